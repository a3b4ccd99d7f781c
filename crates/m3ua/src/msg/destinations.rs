//! The state of destinations, and the question for it (RFC 4666 3.4.1, 3.4.2, 3.4.3, 3.4.6).

use crate::param::field::fields;
use crate::param::{AffectedPointCode, InfoString};

fields! {
    /// DUNA: destinations cannot be reached.
    #[derive(Default)]
    Duna
    /// DAVA: destinations can be reached again.
    #[derive(Default)]
    Dava
    /// DAUD: asks for the state of destinations.
    #[derive(Default)]
    Daud
    /// DRST: destinations are better reached another way.
    #[derive(Default)]
    Drst
    = {
        /// The network that the point codes belong to.
        network_appearance: Option<u32> = NetworkAppearance,
        /// The routing contexts that it concerns; empty for all.
        routing_contexts: Vec<u32> = RoutingContext,
        /// The destinations; at least one in what is received.
        affected: Vec<AffectedPointCode> = AffectedPointCode,
        /// Text for whoever debugs.
        info: Option<InfoString> = InfoString,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, decode, encode};
    use trunkline_model::PointCode;

    #[test]
    fn reads_and_writes_known_octets() {
        let mut octets = [
            1, 0, 2, 0, 0, 0, 0, 36, // header without type
            2, 0, 0, 8, 0, 0, 0, 3, // network appearance 3
            0, 6, 0, 8, 0, 0, 0, 1, // routing context 1
            0, 0x12, 0, 12, 0, 0, 0x10, 1, 3, 0, 0x20, 8, // 4097; 8200 to 8207
        ];
        macro_rules! check {
            ($($code:literal $type:ident)*) => {$(
                octets[3] = $code;
                let message = Message::$type($type {
                    network_appearance: Some(3),
                    routing_contexts: vec![1],
                    affected: vec![
                        AffectedPointCode::one(PointCode::new(0x1001).unwrap()),
                        AffectedPointCode {
                            mask: 3,
                            point_code: PointCode::new(0x2008).unwrap(),
                        },
                    ],
                    info: None,
                });
                assert_eq!(decode(&octets), Ok(message.clone()));
                assert_eq!(encode(&message), octets);
            )*};
        }
        check! { 1 Duna 2 Dava 3 Daud 6 Drst }
    }
}
