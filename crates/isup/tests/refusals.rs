//! Octets that are no message, and irregular ones that are.

// What helpers of tests unwrap is a failure of the test.
#![allow(clippy::unwrap_used, clippy::panic)]

use trunkline_isup::{
    AutomaticCongestionLevel, ConnectedNumber, DecodeError, Delta, EncodeError, HopCounter,
    MAX_MESSAGE, Message, MessageRow, MessageType, ParameterCode, Pdu, Problem, Rlc, Sam, Variant,
    decode, decode_with,
};
use trunkline_model::Cic;

#[track_caller]
fn refused(octets: &[u8]) -> DecodeError {
    decode(octets).unwrap_err()
}

#[track_caller]
fn borne(octets: &[u8]) -> (Message, Vec<DecodeError>) {
    let mut irregularities = Vec::new();
    let pdu = decode_with(octets, &mut |error| irregularities.push(error)).unwrap();
    (pdu.message, irregularities)
}

#[test]
fn less_than_circuit_and_type_is_no_message() {
    for length in 0..3 {
        let error = refused(&[0; 3][..length]);
        assert_eq!(
            error.problem,
            Problem::TooShort {
                need: 3,
                have: length
            }
        );
        assert_eq!(error.message, None);
    }
    assert_eq!(
        refused(&[1, 0]).to_string(),
        "ISUP: octet 1: need 3 octets, have 2 (Q.763 1)"
    );
}

#[test]
fn more_than_any_message_has_is_none() {
    let mut octets = vec![0; MAX_MESSAGE];
    octets[2] = 0xfe;
    assert!(decode(&octets).is_ok());
    octets.push(0);
    assert_eq!(
        refused(&octets).problem,
        Problem::TooLong {
            limit: MAX_MESSAGE,
            have: MAX_MESSAGE + 1
        }
    );
}

#[test]
fn fixed_part_must_be_whole() {
    let error = refused(&[1, 0, 0x01, 0, 0]);
    assert_eq!(
        error.parameter,
        Some(ParameterCode::FORWARD_CALL_INDICATORS)
    );
    assert_eq!(error.octet, 5);
    assert_eq!(
        error.to_string(),
        "IAM: forward call indicators, octet 5: need 2 octets, have 1 (Q.763 3.23)"
    );
}

#[test]
fn pointer_must_lead_into_the_message() {
    assert_eq!(
        refused(&[1, 0, 0x0c]).problem,
        Problem::TooShort { need: 1, have: 0 }
    );
    assert_eq!(refused(&[1, 0, 0x0c, 0, 0]).problem, Problem::NoPointer);
    assert_eq!(
        refused(&[1, 0, 0x0c, 2, 0]).to_string(),
        "REL: cause indicators, octet 4: pointer 2 leads past the end, 2 octets are left \
         (Q.763 3.12)"
    );
    assert_eq!(
        refused(&[1, 0, 0x10, 1]).to_string(),
        "RLC: octet 4: pointer 1 leads past the end, 1 octets are left (Q.763 1.7)"
    );
}

#[test]
fn contents_must_lie_within_the_message() {
    let error = refused(&[1, 0, 0x01, 0, 0, 0, 10, 3, 2, 0, 4, 3, 16]);
    assert_eq!(
        error.to_string(),
        "IAM: called party number, octet 12: need 4 octets, have 2 (Q.763 3.9)"
    );
    let error = refused(&[1, 0, 0x10, 1, 0x12, 3, 0x82, 0x90]);
    assert_eq!(
        error.to_string(),
        "RLC: cause indicators, octet 7: need 3 octets, have 2 (Q.763 3.12)"
    );
    let error = refused(&[1, 0, 0x10, 1, 0x12]);
    assert_eq!(
        error.to_string(),
        "RLC: cause indicators, octet 6: need 1 octets, have 0 (Q.763 3.12)"
    );
}

#[test]
fn mandatory_contents_must_make_sense() {
    let error = refused(&[1, 0, 0x0c, 2, 0, 1, 0x82]);
    assert_eq!(error.problem, Problem::TooShort { need: 2, have: 1 });
    // Octet 1a announced, but not there.
    let error = refused(&[1, 0, 0x0c, 2, 0, 2, 0x02, 0x90]);
    assert_eq!(error.problem, Problem::TooShort { need: 3, have: 2 });
    // Status of two octets, one is there.
    let error = refused(&[1, 0, 0x29, 1, 2, 8, 0]);
    assert_eq!(error.problem, Problem::TooShort { need: 2, have: 1 });
    // GRA without status.
    let error = refused(&[1, 0, 0x29, 1, 1, 8]);
    assert_eq!(error.problem, Problem::TooShort { need: 3, have: 1 });

    let mut iam = vec![1, 0, 0x01, 0, 0, 0, 10, 3, 2, 0, 19, 3, 16];
    iam.extend([0x11; 17]);
    let error = refused(&iam);
    assert_eq!(
        error.problem,
        Problem::TooManyDigits {
            limit: 32,
            have: 17
        }
    );
    assert_eq!(error.message, Some(MessageType::Iam));
}

/// An optional parameter that makes no sense costs no call.
#[test]
fn senseless_optional_parameter_is_kept_and_reported() {
    let (message, irregularities) = borne(&[1, 0, 0x09, 1, 0x21, 1, 0x03, 0x3d, 0, 0]);
    let Message::Anm(anm) = message else {
        panic!("{message:?}")
    };
    assert_eq!(anm.optional.get::<ConnectedNumber>(), None);
    assert_eq!(
        anm.optional.octets(ParameterCode::CONNECTED_NUMBER),
        Some(&[3][..])
    );
    let [number, counter] = &irregularities[..] else {
        panic!("{irregularities:?}")
    };
    assert_eq!(
        number.to_string(),
        "ANM: connected number, octet 7: need 2 octets, have 1 (Q.763 3.16)"
    );
    assert_eq!(
        counter.to_string(),
        "ANM: hop counter, octet 10: need 1 octets, have 0 (Q.763 3.80)"
    );
}

/// Of two parameters with the same name, the one that makes sense counts.
#[test]
fn a_senseless_parameter_hides_none_behind_it() {
    let (message, irregularities) = borne(&[1, 0, 0x09, 1, 0x3d, 0, 0x3d, 1, 5, 0]);
    let optional = message.optional().unwrap();
    assert_eq!(
        (optional.get(), irregularities.len()),
        (Some(HopCounter(5)), 1)
    );
}

#[test]
fn missing_end_of_optional_parameters_is_borne_and_reported() {
    let (message, irregularities) = borne(&[1, 0, 0x10, 1, 0x12, 2, 0x82, 0x90]);
    let Message::Rlc(rlc) = message else {
        panic!("{message:?}")
    };
    assert!(rlc.optional.contains(ParameterCode::CAUSE_INDICATORS));
    assert_eq!(
        irregularities[0].to_string(),
        "RLC: octet 9: end of optional parameters is missing (Q.763 1.8)"
    );
}

#[test]
fn rlc_without_pointer_is_borne_and_reported() {
    let (message, irregularities) = borne(&[1, 0, 0x10]);
    assert_eq!(message, Message::Rlc(Default::default()));
    assert_eq!(irregularities[0].problem, Problem::NoOptionalPointer);
}

#[test]
fn what_follows_the_end_is_ignored() {
    let (message, irregularities) = borne(&[1, 0, 0x10, 1, 0, 0xff, 0xff]);
    assert_eq!(
        (message, irregularities.len()),
        (Message::Rlc(Default::default()), 0)
    );
}

/// Q.763 1.2, 1.10.
#[test]
fn spare_bits_of_the_circuit_are_not_examined() {
    assert_eq!(decode(&[0x01, 0xf2, 0x12]).unwrap().cic.value(), 0x201);
}

#[test]
fn gaps_before_and_between_variable_parameters_are_stepped_over() {
    let (message, irregularities) =
        borne(&[1, 0, 0x0c, 3, 6, 0xff, 2, 0x82, 0x90, 0xff, 0x27, 1, 2, 0]);
    let Message::Rel(rel) = message else {
        panic!("{message:?}")
    };
    assert_eq!(
        (rel.cause.value, rel.optional.get()),
        (16, Some(AutomaticCongestionLevel(2)))
    );
    assert!(irregularities.is_empty());
}

/// A variant of which an IAM has neither a calling party's category nor a called party number.
fn poor() -> &'static Variant {
    const IAM: MessageRow = MessageRow {
        message_type: MessageType::Iam,
        acronym: "IAM",
        name: "initial address",
        fixed: &[
            (ParameterCode::NATURE_OF_CONNECTION_INDICATORS, 1),
            (ParameterCode::FORWARD_CALL_INDICATORS, 2),
        ],
        variable: &[ParameterCode::USER_SERVICE_INFORMATION],
        has_optional_part: true,
        optional: &[],
        clause: "none",
    };
    let delta = Delta {
        messages: &[IAM],
        without_messages: &[0x10],
        ..Delta::new("poor", "poor", "none", "itu")
    };
    Variant::itu().derive(&delta).unwrap()
}

#[test]
fn a_parameter_that_the_variant_has_not_may_come_as_an_optional_one() {
    let without = [1, 0, 0x01, 0, 0, 0, 2, 0, 3, 0x80, 0x90, 0xa2];
    let error = poor().decode(&without).unwrap_err();
    assert_eq!(error.problem, Problem::Missing);
    assert_eq!(
        error.to_string(),
        "IAM: calling party's category, octet 13: is missing (Q.763 3.11)"
    );
    let with = [
        &[1, 0, 0x01, 0, 0, 0, 2, 5, 3, 0x80, 0x90, 0xa2][..],
        &[9, 1, 10, 4, 3, 3, 0x10, 0x21, 0],
    ]
    .concat();
    let pdu = poor().decode(&with).unwrap();
    let Message::Iam(iam) = &pdu.message else {
        panic!("{pdu:?}")
    };
    assert_eq!(iam.called.digits.to_string(), "12");
    assert_eq!(poor().encode(&pdu), Ok(with));
}

#[test]
fn what_a_variant_does_not_have_is_not_written() {
    let cic = Cic::new(1).unwrap();
    let rlc = Pdu::new(cic, Message::Rlc(Rlc::default()));
    let message = MessageType::Rlc;
    assert_eq!(
        poor().encode(&rlc),
        Err(EncodeError::NoSuchMessage { message })
    );
    let ansi = Variant::named("ansi-1995").unwrap();
    let sam = Pdu::new(cic, Message::Sam(Sam::new("1".parse().unwrap())));
    let message = MessageType::Sam;
    let refused = ansi.encode(&sam).unwrap_err();
    assert_eq!(refused, EncodeError::NoSuchMessage { message });
    assert_eq!(refused.to_string(), "SAM is no message of the variant");
    let cic = Cic::call_instance(0x1000);
    let refused = Variant::itu().encode(&Pdu { cic, ..sam }).unwrap_err();
    assert_eq!(refused.to_string(), "CIC 4096 is more than 4095");
}

#[test]
fn what_no_pointer_can_lead_past_is_not_written() {
    let ansi = Variant::named("ansi-1995").unwrap();
    // User service information of 250 octets, called party number, hop counter.
    let mut octets = vec![1, 0, 0x01, 0, 0, 0, 10, 3, 253, 0, 250];
    octets.extend([0x80, 0x90]);
    octets.resize(11 + 250, 0xa2);
    octets.extend([8, 3, 0x10, 0x21, 0x43, 0x65, 0x87, 0x09, 0x21]);
    let mut pdu = ansi.decode(&octets).unwrap();
    assert_eq!(ansi.encode(&pdu), Ok(octets));
    let Message::Iam(iam) = &mut pdu.message else {
        panic!("{pdu:?}")
    };
    iam.optional.push(&HopCounter(1));
    let message = MessageType::Iam;
    let refused = ansi.encode(&pdu).unwrap_err();
    assert_eq!(refused, EncodeError::TooLong { message });
    assert_eq!(
        refused.to_string(),
        "IAM: a pointer would have to lead on more than 255 octets (Q.763 1.6)"
    );
}
