//! What is refused, where the fault is said to be, and what is borne (RFC 4666 3.1 to 3.8).
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "support/tlv.rs"]
#[allow(dead_code, reason = "messages are not taken apart here")]
mod tlv;

use tlv::{message, parameter};
use trunkline_m3ua::message_type::{MESSAGES, MessageRow, Presence};
use trunkline_m3ua::msg::{Duna, Error, RegRsp};
use trunkline_m3ua::param::{PARAMETERS, Tag};
use trunkline_m3ua::{
    AffectedPointCode, DecodeError, ErrorCode, Message, MessageType, Problem, RegistrationResult,
    RegistrationStatus, decode, encode,
};
use trunkline_model::PointCode;

/// Parameters that stand together: those of a message, or those inside of one.
struct Level {
    message_type: MessageType,
    /// The parameter around them.
    around: Option<Tag>,
    parameters: Vec<(Tag, Presence)>,
}

/// All levels. Those inside of parameters are copied from RFC 4666 3.6.1, 3.6.2 and 3.6.4.
fn levels() -> Vec<Level> {
    use Presence::{Mandatory, MandatoryRepeated, Optional, OptionalRepeated};
    let outer = MESSAGES.iter().map(|row| Level {
        message_type: row.message_type,
        around: None,
        parameters: row.parameters.to_vec(),
    });
    let inner = [
        Level {
            message_type: MessageType::RegReq,
            around: Some(Tag::RoutingKey),
            parameters: vec![
                (Tag::LocalRoutingKeyIdentifier, Mandatory),
                (Tag::RoutingContext, Optional),
                (Tag::TrafficModeType, Optional),
                (Tag::NetworkAppearance, Optional),
                (Tag::DestinationPointCode, MandatoryRepeated),
                (Tag::ServiceIndicators, OptionalRepeated),
                (Tag::OriginatingPointCodeList, OptionalRepeated),
            ],
        },
        Level {
            message_type: MessageType::RegRsp,
            around: Some(Tag::RegistrationResult),
            parameters: vec![
                (Tag::LocalRoutingKeyIdentifier, Mandatory),
                (Tag::RegistrationStatus, Mandatory),
                (Tag::RoutingContext, Mandatory),
            ],
        },
        Level {
            message_type: MessageType::DeregRsp,
            around: Some(Tag::DeregistrationResult),
            parameters: vec![
                (Tag::RoutingContext, Mandatory),
                (Tag::DeregistrationStatus, Mandatory),
            ],
        },
    ];
    outer.chain(inner).collect()
}

impl Level {
    /// The message with those parameters at this level.
    fn message(&self, parameters: &[Vec<u8>]) -> Vec<u8> {
        let row = self.message_type.row();
        let inside = |tag: Tag| parameter(tag.row().code, &parameters.concat());
        match self.around {
            Some(tag) => message(row.class, row.code, &[inside(tag)]),
            None => message(row.class, row.code, parameters),
        }
    }

    /// The mandatory parameters but that one.
    fn mandatory_but(&self, but: Option<Tag>) -> Vec<Vec<u8>> {
        self.parameters
            .iter()
            .filter(|(tag, presence)| presence.is_mandatory() && Some(*tag) != but)
            .map(|(tag, _)| parameter(tag.row().code, &value(*tag)))
            .collect()
    }

    /// Whether a value of that tag may have that length (the drawings of RFC 4666 3.3 to 3.8).
    fn may_be(&self, tag: Tag, length: usize) -> bool {
        let one = self.around.is_some() || self.message_type == MessageType::Data;
        match tag {
            Tag::InfoString => length <= 255,
            Tag::DiagnosticInformation | Tag::HeartbeatData => true,
            Tag::ProtocolData => length >= 12,
            Tag::ServiceIndicators => length >= 1,
            Tag::RoutingContext if one => length == 4,
            Tag::AffectedPointCode if self.message_type == MessageType::Dupu => length == 4,
            Tag::RoutingContext | Tag::AffectedPointCode | Tag::OriginatingPointCodeList => {
                length >= 4 && length.is_multiple_of(4)
            }
            _ => length == 4,
        }
    }
}

/// A good value.
fn value(tag: Tag) -> Vec<u8> {
    let word = |tag: Tag| parameter(tag.row().code, &[0, 0, 0, 1]);
    match tag {
        Tag::ProtocolData => vec![0; 12],
        Tag::RoutingKey => [
            word(Tag::LocalRoutingKeyIdentifier),
            word(Tag::DestinationPointCode),
        ]
        .concat(),
        Tag::RegistrationResult => [
            word(Tag::LocalRoutingKeyIdentifier),
            word(Tag::RegistrationStatus),
            word(Tag::RoutingContext),
        ]
        .concat(),
        Tag::DeregistrationResult => {
            [word(Tag::RoutingContext), word(Tag::DeregistrationStatus)].concat()
        }
        _ => vec![0, 0, 0, 1],
    }
}

fn is_nested(tag: Tag) -> bool {
    use Tag::{DeregistrationResult, RegistrationResult, RoutingKey};
    matches!(tag, RoutingKey | RegistrationResult | DeregistrationResult)
}

fn refused(octets: &[u8]) -> DecodeError {
    match decode(octets) {
        Ok(message) => panic!("{message:?} from {octets:02x?}"),
        Err(error) => error,
    }
}

#[test]
fn a_mandatory_parameter_is_missed() {
    let mut count = 0;
    for level in levels() {
        assert!(decode(&level.message(&level.mandatory_but(None))).is_ok());
        for (tag, presence) in &level.parameters {
            if presence.is_mandatory() {
                let octets = level.message(&level.mandatory_but(Some(*tag)));
                let error = refused(&octets);
                assert_eq!(error.message, Some(level.message_type));
                assert_eq!(error.parameter, Some(*tag), "{error}");
                assert_eq!(
                    (error.octet, error.problem),
                    (octets.len(), Problem::Missing)
                );
                assert_eq!(error.clause, level.message_type.row().clause);
                assert_eq!(error.code(), ErrorCode::MissingParameter);
                count += 1;
            }
        }
    }
    assert_eq!(count, 21);
}

#[test]
fn only_one_parameter_of_the_same_type_is_allowed() {
    for level in levels() {
        for (tag, presence) in &level.parameters {
            let mut parameters = level.mandatory_but(Some(*tag));
            let own = parameter(tag.row().code, &value(*tag));
            parameters.extend([own.clone(), own.clone()]);
            let octets = level.message(&parameters);
            // A destination of a routing key has one list of service indicators and one of
            // originating point codes (RFC 4666 3.6.1).
            if matches!(presence, Presence::MandatoryRepeated) {
                assert!(decode(&octets).is_ok(), "{tag}");
                continue;
            }
            let error = refused(&octets);
            assert_eq!(error.parameter, Some(*tag), "{error}");
            let second = octets.len() - own.len();
            assert_eq!((error.octet, error.problem), (second, Problem::Duplicate));
            assert_eq!(error.clause, "RFC 4666 3.2");
            assert_eq!(error.code(), ErrorCode::UnexpectedParameter);
        }
    }
}

#[test]
fn a_wrong_length_is_a_parameter_field_error() {
    let (mut good, mut bad) = (0, 0);
    for level in levels() {
        for (tag, _) in &level.parameters {
            if is_nested(*tag) {
                continue;
            }
            for length in (0..=24).chain([254, 255, 256, 65_528]) {
                let mut parameters = level.mandatory_but(Some(*tag));
                let octet = level.message(&parameters).len();
                parameters.push(parameter(tag.row().code, &vec![0; length]));
                // What contains it must not get too long itself.
                if level.around.is_some() && length > 256 {
                    continue;
                }
                let octets = level.message(&parameters);
                if level.may_be(*tag, length) {
                    assert!(
                        decode(&octets).is_ok(),
                        "{tag} of {length} in {octets:02x?}"
                    );
                    good += 1;
                    continue;
                }
                let error = refused(&octets);
                assert_eq!(error.parameter, Some(*tag), "{error}");
                assert_eq!(error.octet, octet, "{error}");
                let Problem::ParameterLength { need, have } = error.problem else {
                    panic!("{error}");
                };
                assert!(have == length && level.may_be(*tag, need), "{error}");
                assert_eq!(error.code(), ErrorCode::ParameterFieldError);
                bad += 1;
            }
        }
    }
    assert!(good > 500 && bad > 1000, "{good} good, {bad} bad");
}

#[test]
fn a_length_that_reaches_beyond_its_surroundings_is_a_parameter_field_error() {
    for level in levels() {
        for (tag, _) in &level.parameters {
            let mut parameters = level.mandatory_but(Some(*tag));
            let octet = level.message(&parameters).len();
            let mut own = parameter(tag.row().code, &value(*tag));
            let length = own.len();
            for wrong in [0, 1, 3, length + 4, 0xffff] {
                own[2..4].copy_from_slice(&(wrong as u16).to_be_bytes());
                parameters.push(own.clone());
                let error = refused(&level.message(&parameters));
                parameters.pop();
                assert_eq!(
                    (error.parameter, error.octet),
                    (Some(*tag), octet),
                    "{error}"
                );
                let problem = Problem::ParameterLength {
                    need: wrong.saturating_sub(4),
                    have: length - 4,
                };
                assert_eq!(error.problem, problem, "{error}");
                assert_eq!(error.code(), ErrorCode::ParameterFieldError);
            }
        }
        // Neither tag nor length.
        let mut parameters = level.mandatory_but(None);
        let octet = level.message(&parameters).len();
        parameters.push(vec![0, 4]);
        let error = refused(&level.message(&parameters));
        let problem = Problem::ParameterLength { need: 4, have: 2 };
        assert_eq!((error.octet, error.problem), (octet, problem));
        assert_eq!(error.parameter, None);
    }
}

// RFC 4666 3: for forward compatibility all messages may have other parameters attached.
#[test]
fn unknown_and_foreign_parameters_are_skipped() {
    for level in levels() {
        let plain = level.mandatory_but(None);
        let expected = decode(&level.message(&plain)).unwrap();
        let foreign = PARAMETERS
            .iter()
            .filter(|row| !level.parameters.iter().any(|(tag, _)| *tag == row.tag))
            .map(|row| row.code);
        let unknown = (0..=0x0300).chain([0x8000, 0xffff]);
        let unknown = unknown.filter(|code| Tag::from_code(*code).is_none());
        for (index, code) in foreign.chain(unknown).enumerate() {
            let mut parameters = plain.clone();
            let place = index % (plain.len() + 1);
            // The length is anything, and the padding is not looked at (RFC 4666 3.2).
            let mut other = parameter(code, &vec![0; index % 7]);
            other[4..].fill(0xff);
            parameters.insert(place, other);
            let read = decode(&level.message(&parameters));
            assert_eq!(read.as_ref(), Ok(&expected), "{code:#06x}");
        }
    }
}

#[test]
fn header_problems_name_their_octet() {
    use ErrorCode::{
        InvalidVersion, ProtocolError, UnsupportedMessageClass, UnsupportedMessageType,
    };
    let cases: [(&[u8], usize, ErrorCode); 10] = [
        (&[], 0, ProtocolError),
        (&[1, 0, 3, 1, 0, 0, 0], 0, ProtocolError),
        (&[2, 0, 3, 1, 0, 0, 0, 8], 0, InvalidVersion),
        (&[0, 0, 3, 1, 0, 0, 0, 8], 0, InvalidVersion),
        (&[1, 0, 3, 1, 0, 0, 0, 7], 4, ProtocolError),
        (&[1, 0, 3, 1, 0, 0, 0, 12], 4, ProtocolError),
        (&[1, 0, 3, 1, 255, 255, 255, 255], 4, ProtocolError),
        // More than the padding of the last parameter follows.
        (&[1, 0, 3, 3, 0, 0, 0, 8, 0, 0, 0, 0], 4, ProtocolError),
        (&[1, 0, 5, 1, 0, 0, 0, 8], 2, UnsupportedMessageClass),
        (&[1, 0, 9, 5, 0, 0, 0, 8], 3, UnsupportedMessageType),
    ];
    for (octets, octet, code) in cases {
        let error = refused(octets);
        assert_eq!((error.octet, error.code()), (octet, code), "{octets:?}");
        assert_eq!(error.clause, "RFC 4666 3.1");
    }
}

#[test]
fn classes_and_types_that_are_reserved_are_unsupported() {
    for class in 0..=u8::MAX {
        for code in 0..=u8::MAX {
            let own = |row: &&MessageRow| row.class == class;
            let expected = match MESSAGES.iter().filter(own).any(|row| row.code == code) {
                true => continue,
                false if MESSAGES.iter().any(|row| own(&row)) => ErrorCode::UnsupportedMessageType,
                false => ErrorCode::UnsupportedMessageClass,
            };
            let octets = [1, 0, class, code, 0, 0, 0, 8];
            let error = refused(&octets);
            assert_eq!(error.code(), expected, "class {class}, type {code}");
            // The offending message must go back (RFC 4666 3.8.1).
            let answer = error.answer(&octets).unwrap();
            assert_eq!(answer.diagnostic.unwrap(), octets);
        }
    }
}

#[test]
fn the_reserved_octet_is_ignored() {
    let octets = [1, 0xff, 3, 2, 0, 0, 0, 8];
    assert!(matches!(decode(&octets), Ok(Message::AspDown(_))));
}

// RFC 4666 3.1.4: "A receiver SHOULD accept the message whether or not the final parameter padding
// is included in the message length."
#[test]
fn final_padding_may_be_left_out_of_the_length_and_of_the_message() {
    let counted = [1, 0, 3, 3, 0, 0, 0, 16, 0, 9, 0, 5, 0xab, 0, 0, 0];
    let mut uncounted = counted;
    uncounted[7] = 13;
    let message = decode(&counted).unwrap();
    assert_eq!(decode(&uncounted), Ok(message.clone()));
    assert_eq!(decode(&uncounted[..13]), Ok(message));
    let mut missing = counted;
    missing[7] = 12;
    assert_eq!(refused(&missing).code(), ErrorCode::ProtocolError);
}

#[test]
fn texts_name_message_parameter_octet_and_section() {
    for (octets, text) in [
        (
            &[1, 0, 0, 1, 0, 0, 0, 8][..],
            "NTFY: status, octet 8: is missing (RFC 4666 3.8.2)",
        ),
        (
            &[1, 0, 3, 1, 0, 0, 0, 12, 0, 0x11, 0, 8],
            "ASPUP: ASP identifier, octet 8: need 4 octets, have 0 (RFC 4666 3.2)",
        ),
        (
            &[1, 0, 9, 3, 0, 0, 0, 12, 0, 6, 0, 4],
            "DEREG_REQ: routing context, octet 8: need 4 octets, have 0 (RFC 4666 3.4.1)",
        ),
        (
            &[1, 0, 8, 1, 0, 0, 0, 8],
            "M3UA header: octet 2: unsupported message class 8 (RFC 4666 3.1)",
        ),
    ] {
        assert_eq!(refused(octets).to_string(), text);
    }
}

/// The most values of four octets that a parameter may have.
const MOST: usize = (65_535 - 4) / 4;

// RFC 4666 3.4.1: "it is mandatory to receive" more than one affected point code.
#[test]
fn lists_are_as_long_as_a_parameter_may_be() {
    let code = |value: usize| AffectedPointCode {
        mask: 1,
        point_code: PointCode::new(value as u32).unwrap(),
    };
    let longest = Duna {
        routing_contexts: (0..MOST as u32).collect(),
        affected: (0..MOST).map(code).collect(),
        ..Duna::default()
    };
    let message = Message::Duna(longest.clone());
    assert_eq!(decode(&encode(&message)), Ok(message.clone()));

    // What exceeds it is cut, and the rest is whole.
    let mut longer = longest;
    longer.routing_contexts.push(0);
    longer.affected.extend([code(0), code(0)]);
    assert_eq!(decode(&encode(&longer.into())), Ok(message));
}

#[test]
fn octets_of_a_parameter_that_exceed_its_length_are_cut() {
    let diagnostic = |octets| {
        Message::Error(Error {
            diagnostic: Some(vec![7; octets]),
            ..Error::new(ErrorCode::ProtocolError)
        })
    };
    let longest = diagnostic(65_531);
    assert_eq!(decode(&encode(&longest)), Ok(longest.clone()));
    assert_eq!(decode(&encode(&diagnostic(70_000))), Ok(longest));
}

#[test]
fn results_are_as_many_as_the_message_has_room_for() {
    let result = |identifier| RegistrationResult {
        local_rk_identifier: identifier,
        status: RegistrationStatus::ErrorUnknown,
        routing_context: 0,
    };
    let message = Message::RegRsp(RegRsp {
        results: (0..10_000).map(result).collect(),
    });
    assert_eq!(decode(&encode(&message)), Ok(message));
}
