//! What holds for all messages.

use super::*;
use crate::param::Tag;
use crate::{ErrorCode, TrafficMode};
use proptest::prelude::*;

#[test]
fn parameters_are_accepted_in_any_order() {
    let forward = [
        1, 0, 4, 1, 0, 0, 0, 24, 0, 0x0b, 0, 8, 0, 0, 0, 2, 0, 6, 0, 8, 0, 0, 0, 7,
    ];
    let mut backward = forward;
    backward[8..16].copy_from_slice(&forward[16..24]);
    backward[16..24].copy_from_slice(&forward[8..16]);
    assert_eq!(decode(&forward), decode(&backward));
    let Ok(Message::AspActive(active)) = decode(&backward) else {
        panic!("no ASPAC");
    };
    assert_eq!(active.traffic_mode, Some(TrafficMode::Loadshare));
}

#[test]
fn unknown_and_foreign_parameters_are_skipped() {
    let octets = [
        1, 0, 3, 1, 0, 0, 0, 32, // ASPUP
        0xff, 0xff, 0, 5, 1, 0, 0, 0, // no tag of RFC 4666
        0, 0x11, 0, 8, 0, 0, 0, 9, // ASP identifier 9
        0, 0x0b, 0, 8, 0, 0, 0, 1, // traffic mode type, which does not belong here
    ];
    let expected = AspUp {
        asp_identifier: Some(9),
        info: None,
    };
    assert_eq!(decode(&octets), Ok(expected.into()));
}

#[test]
fn final_padding_may_be_left_out_of_the_length_and_of_the_message() {
    let counted = [1, 0, 3, 3, 0, 0, 0, 16, 0, 9, 0, 5, 0xab, 0, 0, 0];
    let mut uncounted = counted;
    uncounted[7] = 13;
    let message = decode(&counted).unwrap();
    assert_eq!(decode(&uncounted), Ok(message.clone()));
    assert_eq!(decode(&uncounted[..13]), Ok(message));
}

#[test]
fn octets_after_the_message_are_a_protocol_error() {
    let error = decode(&[1, 0, 3, 3, 0, 0, 0, 8, 0, 0, 0, 0]).unwrap_err();
    let (length, have) = (8, 12);
    assert_eq!(error.problem, Problem::TrailingOctets { length, have });
    assert_eq!(error.code(), ErrorCode::ProtocolError);
}

#[test]
fn header_problems_name_their_octet() {
    let cases: [(&[u8], usize, ErrorCode); 7] = [
        (&[], 0, ErrorCode::ProtocolError),
        (&[1, 0, 3, 1, 0, 0, 0], 0, ErrorCode::ProtocolError),
        (&[2, 0, 3, 1, 0, 0, 0, 8], 0, ErrorCode::InvalidVersion),
        (
            &[1, 0, 8, 1, 0, 0, 0, 8],
            2,
            ErrorCode::UnsupportedMessageClass,
        ),
        (
            &[1, 0, 10, 1, 0, 0, 0, 8],
            2,
            ErrorCode::UnsupportedMessageClass,
        ),
        (
            &[1, 0, 3, 9, 0, 0, 0, 8],
            3,
            ErrorCode::UnsupportedMessageType,
        ),
        (&[1, 0, 3, 1, 0, 0, 0, 12], 4, ErrorCode::ProtocolError),
    ];
    for (octets, octet, code) in cases {
        let error = decode(octets).unwrap_err();
        assert_eq!((error.octet, error.code()), (octet, code), "{octets:?}");
    }
}

#[test]
fn parameter_problems_name_parameter_and_octet() {
    let missing = decode(&[1, 0, 0, 1, 0, 0, 0, 8]).unwrap_err();
    assert_eq!(missing.parameter, Some(Tag::Status));
    assert_eq!(missing.code(), ErrorCode::MissingParameter);
    assert_eq!(
        missing.to_string(),
        "NTFY: status, octet 8: is missing (RFC 4666 3.8.2)"
    );

    let twice = [
        1, 0, 3, 1, 0, 0, 0, 24, 0, 0x11, 0, 8, 0, 0, 0, 9, 0, 0x11, 0, 8, 0, 0, 0, 9,
    ];
    let error = decode(&twice).unwrap_err();
    assert_eq!((error.octet, error.problem), (16, Problem::Duplicate));

    // A length field of less than its own four octets would never end.
    let endless = decode(&[1, 0, 3, 1, 0, 0, 0, 12, 0, 0x11, 0, 0]).unwrap_err();
    assert_eq!(
        (endless.octet, endless.code()),
        (8, ErrorCode::ParameterFieldError)
    );

    let beyond = decode(&[1, 0, 3, 1, 0, 0, 0, 12, 0, 0x11, 0, 8]).unwrap_err();
    let problem = Problem::ParameterLength { need: 4, have: 0 };
    assert_eq!((beyond.octet, beyond.problem), (8, problem));

    let odd_list = [1, 0, 4, 2, 0, 0, 0, 20, 0, 6, 0, 10, 0, 0, 0, 7, 0, 0, 0, 0];
    let error = decode(&odd_list).unwrap_err();
    assert_eq!(error.parameter, Some(Tag::RoutingContext));
    assert_eq!(error.code(), ErrorCode::ParameterFieldError);
}

/// Octets that look like a message: a good header, then parameters with good lengths.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let row = prop::sample::select(MESSAGES);
    let tag = prop::sample::select(crate::param::PARAMETERS);
    let value = prop::collection::vec(any::<u8>(), 0..20);
    let parameter = (
        tag,
        prop_oneof![Just(None), value.prop_map(Some)],
        any::<u32>(),
    );
    (row, prop::collection::vec(parameter, 0..6)).prop_map(|(row, parameters)| {
        let mut octets = vec![1, 0, row.class, row.code, 0, 0, 0, 0];
        for (tag, value, number) in parameters {
            let value = value.unwrap_or_else(|| number.to_be_bytes().to_vec());
            octets.extend_from_slice(&tag.code.to_be_bytes());
            octets.extend_from_slice(&(value.len() as u16 + 4).to_be_bytes());
            octets.extend_from_slice(&value);
            octets.resize(octets.len().next_multiple_of(4), 0);
        }
        let length = octets.len() as u32;
        octets[4..8].copy_from_slice(&length.to_be_bytes());
        octets
    })
}

proptest! {
    #[test]
    fn no_octets_make_it_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&octets);
    }

    #[test]
    fn what_was_read_is_written_so_that_it_reads_the_same(octets in plausible()) {
        match decode(&octets) {
            Ok(message) => prop_assert_eq!(decode(&encode(&message)), Ok(message)),
            Err(error) => {
                prop_assert!(error.octet <= octets.len());
                let is_error = octets[2..4] == [0, 0];
                prop_assert_eq!(error.answer(&octets).is_none(), is_error);
            }
        }
    }

    #[test]
    fn cut_and_flipped_messages_do_not_panic(
        octets in plausible(),
        cut in any::<prop::sample::Index>(),
        flip in any::<prop::sample::Index>(),
        bits in any::<u8>(),
    ) {
        let mut octets = octets;
        let _ = decode(&octets[..cut.index(octets.len() + 1)]);
        let at = flip.index(octets.len());
        octets[at] ^= bits;
        let _ = decode(&octets);
    }
}
