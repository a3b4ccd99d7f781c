//! ASP Inactive and its acknowledgement (RFC 4666 3.7.3, 3.7.4).

use crate::param::InfoString;
use crate::param::field::fields;

fields! {
    /// ASPIA: an ASP wants no more traffic.
    #[derive(Default)]
    AspInactive
    /// ASPIA_ACK: the answer to ASPIA.
    #[derive(Default)]
    AspInactiveAck
    = {
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
        let mut octets = [1, 0, 4, 2, 0, 0, 0, 16, 0, 6, 0, 8, 0, 0, 0, 7];
        let message = Message::AspInactive(AspInactive {
            routing_contexts: vec![7],
            info: None,
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);

        octets[3] = 4;
        let message = Message::AspInactiveAck(AspInactiveAck {
            routing_contexts: vec![7],
            info: None,
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
