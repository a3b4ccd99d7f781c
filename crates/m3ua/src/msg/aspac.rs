//! ASP Active and its acknowledgement (RFC 4666 3.7.1, 3.7.2).

use crate::param::field::fields;
use crate::param::{InfoString, TrafficMode};

fields! {
    /// ASPAC: an ASP wants traffic.
    #[derive(Default)]
    AspActive
    /// ASPAC_ACK: the answer to ASPAC.
    #[derive(Default)]
    AspActiveAck
    = {
        /// How the traffic is spread.
        traffic_mode: Option<TrafficMode> = TrafficModeType,
        /// The routing contexts that it concerns; empty for all that are configured.
        routing_contexts: Vec<u32> = RoutingContext,
        /// Text for whoever debugs.
        info: Option<InfoString> = InfoString,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, decode, encode};

    #[test]
    fn reads_and_writes_known_octets() {
        let mut octets = [
            1, 0, 4, 1, 0, 0, 0, 28, // header
            0, 0x0b, 0, 8, 0, 0, 0, 2, // loadshare
            0, 6, 0, 12, 0, 0, 0, 1, 0, 0, 0, 7, // routing contexts 1 and 7
        ];
        let message = Message::AspActive(AspActive {
            traffic_mode: Some(TrafficMode::Loadshare),
            routing_contexts: vec![1, 7],
            info: None,
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);

        octets[3] = 3;
        let message = Message::AspActiveAck(AspActiveAck {
            traffic_mode: Some(TrafficMode::Loadshare),
            routing_contexts: vec![1, 7],
            info: None,
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
