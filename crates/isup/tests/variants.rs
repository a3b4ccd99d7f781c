//! The variants: their tables, and that messages are read and written by them.

// What helpers of tests unwrap is a failure of the test.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use trunkline_isup::{
    BackwardCallIndicators, CalledPartyNumber, Con, DELTAS, Delta, DeltaError, EncodeError, Frame,
    Iam, Message, MessageRow, MessageType, NatureOfAddress, ParameterCode, ParameterRow, Pdu,
    Place, Rlc, TransmissionMedium, Variant,
};
use trunkline_model::Cic;

fn named(name: &str) -> &'static Variant {
    Variant::named(name).unwrap()
}

fn cic(value: u32) -> Cic {
    Cic::call_instance(value)
}

#[test]
fn tables_are_complete_and_without_duplicates() {
    for variant in Variant::all() {
        let name = variant.name();
        let acronyms: BTreeSet<_> = variant.messages().map(|row| row.acronym).collect();
        assert_eq!(acronyms.len(), variant.messages().count(), "{name}");
        let names: BTreeSet<_> = variant.parameters().map(|row| row.name).collect();
        assert_eq!(names.len(), variant.parameters().count(), "{name}");
        for row in variant.messages() {
            for code in row.mandatory().chain(row.optional.iter().copied()) {
                assert!(
                    variant.parameter(code).is_some(),
                    "{name}: {} {code}",
                    row.acronym
                );
            }
            assert!(
                row.fixed.iter().all(|(_, length)| *length > 0),
                "{name}: {}",
                row.acronym
            );
            assert!(
                row.has_optional_part || row.optional.is_empty(),
                "{name}: {}",
                row.acronym
            );
            let listed: BTreeSet<_> = row.optional.iter().collect();
            assert_eq!(listed.len(), row.optional.len(), "{name}: {}", row.acronym);
        }
    }
}

#[test]
fn what_a_delta_adds_cites_its_standard() {
    for delta in DELTAS {
        let messages = delta.messages.iter().map(|row| (row.acronym, row.clause));
        let parameters = delta.parameters.iter().map(|row| (row.name, row.clause));
        for (name, clause) in messages.chain(parameters) {
            assert!(
                clause.starts_with(delta.clause),
                "{}: {name} ({clause})",
                delta.name
            );
        }
    }
}

#[test]
fn what_a_delta_takes_away_was_there() {
    for delta in DELTAS {
        let base = named(delta.base);
        for code in delta.without_messages {
            assert!(base.message(*code).is_some(), "{}: {code:#04x}", delta.name);
        }
        for code in delta.without_parameters {
            assert!(base.parameter(*code).is_some(), "{}: {code}", delta.name);
        }
    }
}

/// The shortest message of that row whose mandatory parts can be read: all octets are 0, or 1
/// where a range of 0 has no status.
fn shortest(variant: &'static Variant, row: &MessageRow) -> Option<(Vec<u8>, Pdu)> {
    let lengths = (0..=16).flat_map(|length| [0, 1].map(|first| (length, first)));
    lengths.into_iter().find_map(|(length, first)| {
        let mut contents = vec![0; length];
        contents.iter_mut().take(1).for_each(|octet| *octet = first);
        let mut octets = vec![0; variant.cic_octets()];
        octets.push(row.message_type.code());
        octets.resize(
            octets.len() + row.fixed.iter().map(|(_, length)| length).sum::<usize>(),
            0,
        );
        let pointers = row.variable.len() + usize::from(row.has_optional_part);
        for index in 0..row.variable.len() {
            octets.push(u8::try_from(pointers - index + index * (length + 1)).unwrap());
        }
        octets.extend(row.has_optional_part.then_some(0));
        for _ in row.variable {
            octets.push(u8::try_from(length).unwrap());
            octets.extend(&contents);
        }
        let pdu = variant.decode(&octets).ok()?;
        Some((octets, pdu))
    })
}

#[test]
fn every_message_of_every_variant_is_read_and_written() {
    for variant in Variant::all() {
        for row in variant.messages() {
            let what = format!("{}: {}", variant.name(), row.acronym);
            let (octets, pdu) = shortest(variant, row).unwrap_or_else(|| panic!("{what}"));
            assert_eq!(variant.encode(&pdu).as_deref(), Ok(&octets[..]), "{what}");
            assert_eq!(pdu.message.message_type(), row.message_type, "{what}");
            let frame = Frame::parse(variant, &octets).unwrap();
            let codes: Vec<_> = frame.parameters().map(|part| part.code).collect();
            assert_eq!(codes, row.mandatory().collect::<Vec<_>>(), "{what}");
            // Written anew, it may differ in spare bits, but is read as the same.
            let anew = variant
                .encode(&Pdu::new(pdu.cic, pdu.message.clone()))
                .unwrap();
            assert_eq!(
                variant.decode(&anew).unwrap().message,
                pdu.message,
                "{what}"
            );
        }
    }
}

// CIC 0x2fff of 14 bits; IAM; nature of connection 0, forward call indicators 0x2001, ordinary
// subscriber; pointers 3, 6 and 0; user service information: speech, 64 kbit/s, mu-law; called
// party number 2 1 2 5: national, ISDN.
const ANSI_IAM: [u8; 20] = [
    0xff, 0x2f, 0x01, 0x00, 0x20, 0x01, 0x0a, 0x03, 0x06, 0x00, 0x03, 0x80, 0x90, 0xa2, 0x04, 0x03,
    0x10, 0x12, 0x52, 0x00,
];

#[test]
fn iam_of_ansi_says_the_medium_in_the_user_service_information() {
    // The last octet lies behind the end.
    let octets = &ANSI_IAM[..19];
    let ansi = named("ansi-1995");
    let pdu = ansi.decode(octets).unwrap();
    assert_eq!(pdu.cic.value(), 0x2fff);
    let Message::Iam(iam) = &pdu.message else {
        panic!("{pdu:?}")
    };
    assert_eq!(iam.transmission_medium, TransmissionMedium::Speech);
    assert_eq!(iam.called.digits, "2125".parse().unwrap());
    assert_eq!(ansi.encode(&pdu).unwrap(), octets);

    // The other way: made here, without a user service information.
    let called = CalledPartyNumber {
        internal_network_allowed: true,
        ..CalledPartyNumber::new(NatureOfAddress::National, "2125".parse().unwrap())
    };
    let mut own = Iam::new(called);
    own.transmission_medium = TransmissionMedium::Speech;
    own.forward_call = iam.forward_call;
    let own = ansi
        .encode(&Pdu::new(cic(0x2fff), Message::Iam(own)))
        .unwrap();
    assert_eq!(own, octets);
}

#[test]
fn ansi_has_no_connect_and_no_contents_in_release_complete() {
    let ansi = named("ansi-1995");
    let con = Message::Con(Con::new(BackwardCallIndicators::default()));
    let refused = EncodeError::NoSuchMessage {
        message: MessageType::Con,
    };
    assert_eq!(ansi.encode(&Pdu::new(cic(1), con)), Err(refused));
    let rlc = Pdu::new(cic(1), Message::Rlc(Rlc::default()));
    assert_eq!(ansi.encode(&rlc).unwrap(), [0x01, 0x00, 0x10]);
    assert_eq!(
        Variant::itu().encode(&rlc).unwrap(),
        [0x01, 0x00, 0x10, 0x00]
    );
    // Overload has no parameters at all: it is refused all the same.
    let refused = EncodeError::NoSuchMessage {
        message: MessageType::Olm,
    };
    assert_eq!(ansi.encode(&Pdu::new(cic(1), Message::Olm)), Err(refused));
}

#[test]
fn national_messages_are_kept_and_their_parameters_found() {
    let japan = named("japan");
    // CIC 0x1001 of 13 bits; CHG; flexible charging; pointers 2 and 4: 10 yen, ordinary, no rates;
    // charge area 1 2 3.
    let octets = [
        0x01, 0x10, 0xfe, 0xfe, 0x02, 0x04, 0x02, 0xfd, 0xfd, 0xfd, 0x03, 0x81, 0x21, 0x03, 0x00,
    ];
    let pdu = japan.decode(&octets).unwrap();
    assert_eq!(pdu.cic.value(), 0x1001);
    assert!(matches!(&pdu.message, Message::Unknown(chg) if chg.content == octets[3..]));
    assert_eq!(japan.encode(&pdu).unwrap(), octets);

    let frame = Frame::parse(japan, &octets).unwrap();
    let parts: Vec<_> = frame
        .parameters()
        .map(|part| (part.place, part.code, part.octet, part.contents.len()))
        .collect();
    assert_eq!(
        parts,
        [
            (Place::Fixed, ParameterCode::CHARGE_INFORMATION_TYPE, 4, 1),
            (Place::Variable, ParameterCode::CHARGE_INFORMATION, 8, 2),
            (
                Place::Optional,
                ParameterCode::CHARGE_AREA_INFORMATION,
                12,
                3
            ),
        ]
    );
    let area = frame.parameters().last().unwrap();
    let row = japan.parameter(area.code).unwrap();
    assert_eq!(
        row.coding
            .unwrap()
            .describe(area.contents)
            .unwrap()
            .value
            .as_deref(),
        Some("123")
    );
    // A broken one is refused, although its parameters are not read.
    assert!(japan.decode(&octets[..6]).is_err());
}

#[test]
fn a_national_message_may_have_the_code_of_another() {
    // 0xea is CRM in ANSI, which has a parameter, and CAM in Israel, which has none.
    let octets = [0x01, 0x00, 0xea];
    let israel = named("israel");
    let pdu = israel.decode(&octets).unwrap();
    assert!(matches!(&pdu.message, Message::Unknown(cam) if cam.message_type == 0xea));
    assert_eq!(israel.encode(&pdu).unwrap(), octets);
    assert!(named("ansi-1995").decode(&octets).is_err());
    let crm = named("ansi-1995")
        .decode(&[0x01, 0x00, 0xea, 0x00])
        .unwrap();
    let refused = EncodeError::NoSuchMessage {
        message: MessageType::Crm,
    };
    assert_eq!(israel.encode(&crm), Err(refused));
}

#[test]
fn bicc_has_call_instance_codes_of_32_bits() {
    let bicc = named("bicc");
    let octets = [0x78, 0x56, 0x34, 0x12, 0x0c, 0x02, 0x00, 0x02, 0x8a, 0x91];
    let pdu = bicc.decode(&octets).unwrap();
    assert_eq!(pdu.cic.value(), 0x1234_5678);
    assert_eq!(bicc.encode(&pdu).unwrap(), octets);
    let limit = Variant::itu().cic_max();
    let refused = EncodeError::CicTooLarge {
        cic: pdu.cic,
        limit,
    };
    assert_eq!(Variant::itu().encode(&pdu), Err(refused));
}

#[test]
fn editions_grow() {
    let counts = ["itu-1992", "itu-1997", "itu-2000", "itu"].map(|name| {
        let variant = named(name);
        (variant.messages().count(), variant.parameters().count())
    });
    assert!(counts.is_sorted(), "{counts:?}");
    let (old, new) = (named("itu-1988"), Variant::itu());
    assert_eq!(old.message(0x1e).map(|row| row.acronym), Some("CMRJ"));
    assert!(new.message(0x1e).is_none() && old.message(0x41).is_none());
    // The lists of optional parameters know only those of the edition.
    let iam = old.message(0x01).unwrap();
    assert!(iam.optional.contains(&ParameterCode::REDIRECTING_NUMBER));
    assert!(!iam.optional.contains(&ParameterCode::HOP_COUNTER));
}

#[test]
fn a_delta_that_cannot_be_is_refused() {
    let base = Delta::new("x", "x", "x", "itu");
    let refused = |delta: Delta| Variant::itu().derive(&delta).unwrap_err();
    let row = *Variant::itu().message(0x06).unwrap();
    let leak = |row: MessageRow| -> &'static [MessageRow] { Vec::leak(vec![row]) };
    let with = |row: MessageRow| Delta {
        messages: leak(row),
        ..base
    };
    let unknown = ParameterCode(222);
    assert_eq!(
        refused(with(MessageRow {
            optional: &[ParameterCode(222)],
            ..row
        })),
        DeltaError::NoSuchParameter {
            message: "ACM",
            parameter: unknown
        }
    );
    assert_eq!(
        refused(Delta {
            without_parameters: &[ParameterCode::CAUSE_INDICATORS],
            ..base
        }),
        DeltaError::NoSuchParameter {
            message: "REL",
            parameter: ParameterCode::CAUSE_INDICATORS
        }
    );
    assert_eq!(
        refused(with(MessageRow {
            fixed: &[(ParameterCode::CAUSE_INDICATORS, 0)],
            ..row
        })),
        DeltaError::NoLength {
            message: "ACM",
            parameter: ParameterCode::CAUSE_INDICATORS
        }
    );
    assert_eq!(
        refused(with(MessageRow {
            message_type: MessageType::from_code(0xf0),
            ..row
        })),
        DeltaError::AcronymTwice { message: "ACM" }
    );
    assert_eq!(
        refused(Delta {
            messages: Vec::leak(vec![row, row]),
            ..base
        }),
        DeltaError::MessageTwice { code: 0x06 }
    );
    let parameter = ParameterRow {
        code: unknown,
        name: "x",
        clause: "x",
        coding: None,
    };
    assert_eq!(
        refused(Delta {
            parameters: Vec::leak(vec![parameter, parameter]),
            ..base
        }),
        DeltaError::ParameterTwice { code: 222 }
    );
    let end = ParameterRow {
        code: ParameterCode(0),
        ..parameter
    };
    assert_eq!(
        refused(Delta {
            parameters: Vec::leak(vec![end]),
            ..base
        }),
        DeltaError::EndOfOptionalParameters
    );
    assert_eq!(
        refused(Delta {
            cic_bits: Some(15),
            ..base
        }),
        DeltaError::CicBits { bits: 15 }
    );
}
