//! Registration Request (RFC 4666 3.6.1).

use crate::param::RoutingKey;
use crate::param::field::fields;

fields! {
    /// REG_REQ: an ASP registers for traffic.
    #[derive(Default)]
    RegReq = {
        /// What for; at least one in what is received.
        routing_keys: Vec<RoutingKey> = RoutingKey,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::{AffectedPointCode, RoutingKeyDestination, Tag, TrafficMode};
    use crate::{Message, Problem, decode, encode};
    use trunkline_model::PointCode;

    const OCTETS: [u8; 104] = [
        1, 0, 9, 1, 0, 0, 0, 104, // header
        2, 7, 0, 96, // routing key
        2, 0x0a, 0, 8, 0, 0, 0, 1, // local routing key identifier 1
        0, 6, 0, 8, 0, 0, 0, 7, // routing context 7
        0, 0x0b, 0, 8, 0, 0, 0, 2, // loadshare
        2, 0, 0, 8, 0, 0, 0, 3, // network appearance 3
        2, 0x0b, 0, 8, 0, 0, 0, 5, // destination point code 5
        2, 0x0c, 0, 6, 3, 5, 0, 0, // SCCP, ISUP, padding
        2, 0x0e, 0, 12, 0, 0, 0, 6, 3, 0, 0, 8, // from 6, from 8 to 15
        2, 0x0b, 0, 8, 0, 0, 0, 9, // destination point code 9
        2, 0x0c, 0, 5, 5, 0, 0, 0, // ISUP, padding
        2, 0x0b, 0, 8, 0, 0, 0, 10, // destination point code 10
        2, 0x0c, 0, 5, 5, 0, 0, 0, // ISUP, padding
    ];

    fn one(value: u32) -> AffectedPointCode {
        AffectedPointCode::one(PointCode::new(value).unwrap())
    }

    fn key() -> RoutingKey {
        RoutingKey {
            local_rk_identifier: 1,
            routing_context: Some(7),
            traffic_mode: Some(TrafficMode::Loadshare),
            network_appearance: Some(3),
            destinations: vec![
                RoutingKeyDestination {
                    service_indicators: vec![3, 5],
                    opcs: vec![one(6), AffectedPointCode { mask: 3, ..one(8) }],
                    ..RoutingKeyDestination::to(one(5))
                },
                RoutingKeyDestination {
                    service_indicators: vec![5],
                    ..RoutingKeyDestination::to(one(9))
                },
                RoutingKeyDestination {
                    service_indicators: vec![5],
                    ..RoutingKeyDestination::to(one(10))
                },
            ],
        }
    }

    #[test]
    fn reads_and_writes_known_octets() {
        let message = Message::RegReq(RegReq {
            routing_keys: vec![key()],
        });
        assert_eq!(decode(&OCTETS), Ok(message.clone()));
        assert_eq!(encode(&message), OCTETS);
    }

    #[test]
    fn several_routing_keys_are_kept_in_their_order() {
        let keys = (1..=40).map(|local_rk_identifier| RoutingKey {
            local_rk_identifier,
            ..key()
        });
        let message = Message::from(RegReq {
            routing_keys: keys.collect(),
        });
        assert_eq!(decode(&encode(&message)), Ok(message));
    }

    // RFC 4666 3.6.1: only the first group has other parameters between its own.
    #[test]
    fn what_comes_before_the_first_destination_belongs_to_it() {
        let octets = [
            1, 0, 9, 1, 0, 0, 0, 36, 2, 7, 0, 28, // header, routing key
            2, 0x0c, 0, 5, 5, 0, 0, 0, // ISUP
            2, 0x0b, 0, 8, 0, 0, 0, 5, // destination point code 5
            2, 0x0a, 0, 8, 0, 0, 0, 1, // local routing key identifier 1
        ];
        let Ok(Message::RegReq(request)) = decode(&octets) else {
            panic!("no REG_REQ");
        };
        assert_eq!(
            request.routing_keys[0].destinations,
            [RoutingKeyDestination {
                service_indicators: vec![5],
                ..RoutingKeyDestination::to(one(5))
            }]
        );
    }

    #[test]
    fn a_group_has_one_list_of_service_indicators() {
        let mut octets = OCTETS;
        // The point code between two lists becomes something unknown.
        octets[88..90].copy_from_slice(&[0xff, 0xff]);
        let error = decode(&octets).unwrap_err();
        assert_eq!((error.octet, error.problem), (96, Problem::Duplicate));
        assert_eq!(error.parameter, Some(Tag::ServiceIndicators));
    }

    #[test]
    fn mandatory_parameters_of_a_key_are_missed_where_it_ends() {
        for (at, tag) in [
            (12, Tag::LocalRoutingKeyIdentifier),
            (44, Tag::DestinationPointCode),
        ] {
            let mut octets = OCTETS[..52].to_vec();
            octets[7] = 52;
            octets[11] = 44;
            octets[at..at + 2].copy_from_slice(&[0xff, 0xff]);
            let error = decode(&octets).unwrap_err();
            assert_eq!((error.octet, error.problem), (52, Problem::Missing));
            assert_eq!(error.parameter, Some(tag));
        }
    }

    #[test]
    fn no_parameter_reaches_beyond_its_key() {
        let mut octets = OCTETS[..100].to_vec();
        (octets[7], octets[11]) = (100, 92);
        let error = decode(&octets).unwrap_err();
        let problem = Problem::ParameterLength { need: 1, have: 0 };
        assert_eq!((error.octet, error.problem), (96, problem));
    }

    #[test]
    fn what_does_not_fit_a_key_is_left_out_by_whole_groups() {
        let destination = key().destinations[0].clone();
        let length = 8 + 8 + 12;
        let long = RoutingKey {
            destinations: vec![destination; 3000],
            ..key()
        };
        let octets = encode(&Message::from(RegReq {
            routing_keys: vec![long, key()],
        }));
        let Ok(Message::RegReq(request)) = decode(&octets) else {
            panic!("no REG_REQ");
        };
        let fit = (65_531 - 4 * 8) / length;
        assert_eq!(request.routing_keys[0].destinations.len(), fit);
        assert_eq!(request.routing_keys[1], key());
    }
}
