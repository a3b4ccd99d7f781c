//! Signalling Congestion (RFC 4666 3.4.4).

use crate::param::field::fields;
use crate::param::{AffectedPointCode, InfoString};
use trunkline_model::PointCode;

fields! {
    /// SCON: the network towards destinations is congested.
    #[derive(Default)]
    Scon = {
        /// The network that the point codes belong to.
        network_appearance: Option<u32> = NetworkAppearance,
        /// The routing contexts that it concerns; empty for all.
        routing_contexts: Vec<u32> = RoutingContext,
        /// The destinations; at least one in what is received.
        affected: Vec<AffectedPointCode> = AffectedPointCode,
        /// From an ASP: whose message met the congestion.
        concerned: Option<PointCode> = ConcernedDestination,
        /// The level, 0 (none or undefined) to 3; absent where the network has no levels.
        level: Option<u8> = CongestionIndications,
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
        let octets = [
            1, 0, 2, 4, 0, 0, 0, 32, // header
            0, 0x12, 0, 8, 0, 0, 0, 5, // affected point code 5
            2, 6, 0, 8, 0, 0, 0, 6, // concerned destination 6
            2, 5, 0, 8, 0, 0, 0, 2, // level 2
        ];
        let message = Message::Scon(Scon {
            affected: vec![AffectedPointCode::one(PointCode::new(5).unwrap())],
            concerned: PointCode::new(6),
            level: Some(2),
            ..Scon::default()
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }

    #[test]
    fn reserved_octets_are_ignored() {
        let octets = [
            1, 0, 2, 4, 0, 0, 0, 32, // header
            0, 0x12, 0, 8, 0, 0, 0, 5, // affected point code 5
            2, 6, 0, 8, 0xff, 0, 0, 6, // concerned destination 6
            2, 5, 0, 8, 0xff, 0xff, 0xff, 2, // level 2
        ];
        let Ok(Message::Scon(scon)) = decode(&octets) else {
            panic!("no SCON");
        };
        assert_eq!((scon.concerned, scon.level), (PointCode::new(6), Some(2)));
    }
}
