//! That a message goes through as it came, but for what is changed in it.

// What helpers of tests unwrap is a failure of the test.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/hex.rs"]
mod hex;

use hex::{hex, octets};
use trunkline_isup::{
    AutomaticCongestionLevel, CauseIndicators, EncodeError, HopCounter, Message, Pdu,
    RangeAndStatus, Satellite, UnknownMessage, Variant, decode, encode,
};
use trunkline_model::{Cause, CauseValue, Cic, Location};

/// IAM with a bit or an octet in every place that means nothing.
const SPARE: &str = "23f1       // spare bits of the CIC
    01
    e0 0000 0a 03               // spare bits of the nature of connection indicators
    02 07
    05 83 9f 2143f5             // called party number: spare bits, filler that is not 0
    3d 02 f4 aa                 // hop counter 20: spare bits, an octet behind
    c8 00                       // a parameter that is not known, and empty
    00 bbcc                     // octets behind the end
";

/// Messages that are written in another way than they would be here, and why they are read.
const ODD: &[(&str, &str)] = &[
    ("spare bits", SPARE),
    (
        "gaps before and between the parts",
        "2301 0c 03 06 ff 02 8290 ff 27 01 02 00",
    ),
    (
        "the second variable part before the first",
        "2301 2b 06 01 02 030c ff 01 01",
    ),
    ("two pointers to one place", "2301 2b 02 01 02 0100"),
    (
        "a variable part inside the optional part",
        "2301 0c 03 01 12 02 8290 00",
    ),
    (
        "the optional part before the variable one",
        "2301 0c 06 01 27 01 02 00 02 8290",
    ),
    (
        "a pointer into the fixed part of another",
        "2301 0c 02 04 02 8290 00 ff",
    ),
    ("optional part empty, with a pointer", "2301 10 01 00"),
    ("optional part empty, behind a gap", "2301 10 03 ffff 00"),
    (
        "optional part empty, its end in another part",
        "2301 0c 02 04 03 8290 00",
    ),
    ("optional part without its end", "2301 10 01 12 02 8290"),
    (
        "optional part empty and without its end",
        "2301 0c 02 04 02 8290 27 01 01",
    ),
    ("octets behind the end", "2301 10 01 12 02 8290 00 aabb"),
    (
        "octets behind a message without optional part",
        "2301 17 01 01 1f ff",
    ),
    ("octets behind a message without parameters", "2301 12 ffff"),
    ("no pointer to the optional part", "2301 10"),
    (
        "more octets in a variable part than it says",
        "2301 29 01 04 08 0201 ff",
    ),
    ("status where there is none", "2301 17 01 03 0f 0000"),
    ("status beyond the range", "2301 29 01 02 03 f1"),
    ("extension bit of the cause value", "2301 0c 02 00 02 8210"),
    ("spare bits of a fixed part", "2301 0d fe 00"),
    (
        "an optional parameter that makes no sense",
        "2301 10 01 12 01 82 12 00 00",
    ),
];

#[test]
fn odd_messages_are_written_as_they_came() {
    for (what, text) in ODD {
        let octets = octets(text);
        let pdu = decode(&octets).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(!matches!(pdu.message, Message::Unknown(_)), "{what}");
        assert_eq!(hex(&encode(&pdu)), hex(&octets), "{what}");
        // Once more, as if it had not been read.
        let plain = encode(&Pdu::new(pdu.cic, pdu.message.clone()));
        let again = decode(&plain).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(again.message, pdu.message, "{what}");
    }
}

#[test]
fn another_cic_changes_nothing_else() {
    for (what, text) in ODD {
        let mut expected = octets(text);
        let mut pdu = decode(&expected).unwrap();
        pdu.cic = Cic::new(0x456).unwrap();
        expected[0] = 0x56;
        // Spare bits stay.
        expected[1] = expected[1] & 0xf0 | 0x04;
        assert_eq!(hex(&encode(&pdu)), hex(&expected), "{what}");
    }
}

#[test]
fn only_what_is_odd_is_kept() {
    for (what, text) in ODD {
        let pdu = decode(&octets(text)).unwrap();
        // What stands in the optional part alone is kept there.
        let plain = what.starts_with("an optional parameter");
        assert_eq!(pdu.form.is_plain(), plain, "{what}");
    }
    let usual = "2301 01 00 0000 0a 03 02 05 03 039021 3d 02 f4aa c8 00 00";
    let pdu = decode(&octets(usual)).unwrap();
    assert!(pdu.form.is_plain());
    assert_eq!(pdu.form, Default::default());
}

/// The octets are read, changed and written.
#[track_caller]
fn changed(text: &str, change: impl FnOnce(&mut Message), expected: &str) {
    let mut pdu = decode(&octets(text)).unwrap();
    change(&mut pdu.message);
    assert_eq!(hex(&encode(&pdu)), hex(&octets(expected)));
    let read = decode(&octets(expected)).unwrap();
    assert_eq!(read.message, pdu.message);
}

fn set_hop_counter(message: &mut Message) {
    let Message::Iam(iam) = message else {
        panic!("{message:?}")
    };
    assert_eq!(iam.optional.get(), Some(HopCounter(20)));
    iam.optional.set(&HopCounter(19));
}

fn set_congestion_level(message: &mut Message) {
    let Message::Rel(rel) = message else {
        panic!("{message:?}")
    };
    rel.optional.set(&AutomaticCongestionLevel(1));
}

fn set_cause(message: &mut Message) {
    let Message::Rel(rel) = message else {
        panic!("{message:?}")
    };
    rel.cause = busy();
}

fn busy() -> CauseIndicators {
    Cause::new(CauseValue::USER_BUSY, Location::PublicNetworkLocalUser).into()
}

#[test]
fn transit_changes_the_hop_counter_alone() {
    changed(
        SPARE,
        set_hop_counter,
        "23f1 01 e0 0000 0a 03 02 07 05 83 9f 2143f5 3d 01 13 c8 00 00",
    );
    // Of the same length: gaps and octets behind the end stay.
    changed(
        "2301 01 00 0000 0a 03 03 07 ff 03 039021 ff 3d 01 f4 00 bb",
        set_hop_counter,
        "2301 01 00 0000 0a 03 03 07 ff 03 039021 ff 3d 01 13 00 bb",
    );
    // The same counter is no change.
    changed(
        SPARE,
        |message| {
            let Message::Iam(iam) = message else { panic!() };
            iam.optional.set(&HopCounter(20));
        },
        SPARE,
    );
}

#[test]
fn transit_changes_the_nature_of_connection_alone() {
    changed(
        SPARE,
        |message| {
            let Message::Iam(iam) = message else { panic!() };
            iam.nature_of_connection.satellite = Satellite::One;
        },
        "23f1 01 01 0000 0a 03 02 07 05 83 9f 2143f5 3d 02 f4 aa c8 00 00 bbcc",
    );
}

#[test]
fn a_longer_part_moves_what_follows() {
    changed(
        SPARE,
        |message| {
            let Message::Iam(iam) = message else { panic!() };
            iam.called.digits = "1234567".parse().unwrap();
        },
        "23f1 01 e0 0000 0a 03 02 08 06 83 90 21436507 3d 02 f4 aa c8 00 00",
    );
    changed(
        "2301 10 03 ffff 00",
        |message| {
            let Message::Rlc(rlc) = message else { panic!() };
            rlc.optional.set(&busy());
        },
        "2301 10 01 12 02 8291 00",
    );
    changed(
        "2301 10",
        |message| {
            let Message::Rlc(rlc) = message else { panic!() };
            rlc.optional.set(&busy());
        },
        "2301 10 01 12 02 8291 00",
    );
}

#[test]
fn parts_in_another_order_stay_there() {
    changed(
        "2301 0c 03 06 ff 02 8290 ff 27 01 02 00",
        set_congestion_level,
        "2301 0c 03 06 ff 02 8290 ff 27 01 01 00",
    );
    changed(
        "2301 0c 06 01 27 01 02 00 02 8290",
        set_cause,
        "2301 0c 06 01 27 01 02 00 02 8291",
    );
    changed(
        "2301 2b 06 01 02 030c ff 01 01",
        |message| {
            let Message::Cqr(cqr) = message else { panic!() };
            cqr.circuits.range = 2;
        },
        "2301 2b 06 01 02 030c ff 01 02",
    );
    // A missing end stays missing.
    changed(
        "2301 0c 02 04 02 8290 27 01 02",
        set_cause,
        "2301 0c 02 04 02 8291 27 01 02",
    );
}

/// Whoever shares octets with what is changed does not change.
#[test]
fn parts_that_share_octets_go_apart() {
    changed(
        "2301 0c 03 01 12 02 8290 00",
        set_cause,
        "2301 0c 02 04 02 8291 12 02 8290 00",
    );
    changed(
        "2301 0c 03 01 12 02 8290 00",
        |message| {
            let Message::Rel(rel) = message else { panic!() };
            rel.optional.set(&busy());
        },
        "2301 0c 02 04 02 8290 12 02 8291 00",
    );
    changed(
        "2301 2b 02 01 02 0100",
        |message| {
            let Message::Cqr(cqr) = message else { panic!() };
            cqr.circuits = RangeAndStatus {
                range: 7,
                ..cqr.circuits
            };
        },
        "2301 2b 02 04 02 0700 02 0100",
    );
}

#[test]
fn a_message_in_the_place_of_another_has_nothing_of_it() {
    let mut pdu = decode(&octets(SPARE)).unwrap();
    pdu.message = Message::Rsc;
    assert_eq!(hex(&encode(&pdu)), "23 f1 12 ".replace("f1", "01"));
    pdu.message = Message::Unknown(UnknownMessage {
        message_type: 0x7f,
        content: vec![1, 2],
    });
    assert_eq!(hex(&encode(&pdu)), "23 01 7f 01 02 ");
}

#[test]
fn a_cic_that_does_not_fit_is_refused_however_the_message_came() {
    let limit = 0xfff;
    let cic = Cic::call_instance(0x1000);
    for text in [SPARE, "2301 12"] {
        let mut pdu = decode(&octets(text)).unwrap();
        pdu.cic = cic;
        let refused = Err(EncodeError::CicTooLarge { cic, limit });
        assert_eq!(Variant::itu().encode(&pdu), refused, "{text}");
    }
}

#[test]
fn messages_that_are_not_known_are_kept_whole() {
    for text in [
        "23f1 7f",
        "2301 fe 01 02",
        "2301 28 10 00 ff",
        "2301 31 aabbcc",
    ] {
        let mut expected = octets(text);
        let mut pdu = decode(&expected).unwrap();
        assert_eq!(hex(&encode(&pdu)), hex(&expected));
        pdu.cic = Cic::new(0x024).unwrap();
        expected[0] = 0x24;
        expected[1] &= 0xf0;
        assert_eq!(hex(&encode(&pdu)), hex(&expected));
    }
}

/// ANSI: 14 bits of CIC, user service information before the called party number in an IAM, no
/// transmission medium requirement (T1.113).
const ANSI: &[(&str, &str)] = &[
    (
        "usual",
        "2321 01 00 0000 0a 03 06 0a 03 8090a3 04 03 10 2143 ea 01 00 00",
    ),
    (
        "spare bits of CIC and fixed part",
        "23e1 01 e0 0000 0a 03 06 00 03 8090a3 04 03 1f 2143",
    ),
    (
        "called party number first",
        "2301 01 00 0000 0a 08 02 0a 04 03 10 2143 03 8090a3 ea 01 00 00",
    ),
    (
        "gaps and octets behind",
        "2301 01 00 0000 0a 04 08 00 ff 03 8090a3 ff 04 03 10 2143 ffff",
    ),
    (
        "octets behind user service information",
        "2301 01 00 0000 0a 03 07 00 04 8090a3 ff 03 03 10 21",
    ),
    ("no pointer in a release complete", "2301 10"),
    ("octets behind a release complete", "2301 10 00"),
    ("validation response", "2301 eb 00 8a 00"),
    ("exit", "2301 ed 01 e7 02 2143 00"),
];

#[test]
fn ansi_messages_are_written_as_they_came() {
    let ansi = Variant::named("ansi-1995").unwrap();
    for (what, text) in ANSI {
        let mut expected = octets(text);
        let mut pdu = ansi
            .decode(&expected)
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(!matches!(pdu.message, Message::Unknown(_)), "{what}");
        assert_eq!(
            ansi.encode(&pdu).map(|octets| hex(&octets)),
            Ok(hex(&expected)),
            "{what}"
        );
        pdu.cic = Cic::new(0x3456).unwrap();
        expected[0] = 0x56;
        expected[1] = expected[1] & 0xc0 | 0x34;
        assert_eq!(
            ansi.encode(&pdu).map(|octets| hex(&octets)),
            Ok(hex(&expected)),
            "{what}"
        );
    }
}

#[test]
fn transit_in_ansi_changes_one_thing_alone() {
    let ansi = Variant::named("ansi-1995").unwrap();
    let text = "23e1 01 e0 0000 0a 04 08 0d ff 03 8090a3 ff 04 03 1f 2143 ff 3d 01 f4 00 aa";
    let mut pdu = ansi.decode(&octets(text)).unwrap();
    set_hop_counter(&mut pdu.message);
    let expected = "23e1 01 e0 0000 0a 04 08 0d ff 03 8090a3 ff 04 03 1f 2143 ff 3d 01 13 00 aa";
    assert_eq!(
        ansi.encode(&pdu).map(|octets| hex(&octets)),
        Ok(hex(&octets(expected)))
    );
    let mut pdu = ansi.decode(&octets(text)).unwrap();
    let Message::Iam(iam) = &mut pdu.message else {
        panic!("{pdu:?}")
    };
    iam.nature_of_connection.satellite = Satellite::One;
    let expected = text.replace(" e0 ", " 01 ");
    assert_eq!(
        ansi.encode(&pdu).map(|octets| hex(&octets)),
        Ok(hex(&octets(&expected)))
    );
}

/// Between networks: what one variant has and the other not (Q.931 4.5.5).
#[test]
fn an_iam_of_one_variant_is_written_in_the_other() {
    let ansi = Variant::named("ansi-1995").unwrap();
    let itu_text = "2301 01 01 0000 0a 00 02 06 04 03 90 2143 3d 01 13 00";
    let itu = decode(&octets(itu_text)).unwrap();
    let written = ansi.encode(&itu).unwrap();
    // Speech, 64 kbit/s, mu-law.
    let expected = "2301 01 01 0000 0a 03 06 0a 03 8090a2 04 03 90 2143 3d 01 13 00";
    assert_eq!(hex(&written), hex(&octets(expected)));
    let back = ansi.decode(&written).unwrap();
    let written = Variant::itu().encode(&back).unwrap();
    let expected = "2301 01 01 0000 0a 00 02 06 04 03 90 2143 1d 03 8090a2 3d 01 13 00";
    assert_eq!(hex(&written), hex(&octets(expected)));
}

#[test]
fn a_call_instance_of_bicc_has_four_octets() {
    let bicc = Variant::named("bicc").unwrap();
    let text = "78563412 0c 02 00 02 8290";
    let mut pdu = bicc.decode(&octets(text)).unwrap();
    assert_eq!(pdu.cic, Cic::call_instance(0x1234_5678));
    assert_eq!(
        bicc.encode(&pdu).map(|octets| hex(&octets)),
        Ok(hex(&octets(text)))
    );
    pdu.cic = Cic::call_instance(1);
    let expected = "01000000 0c 02 00 02 8290";
    assert_eq!(
        bicc.encode(&pdu).map(|octets| hex(&octets)),
        Ok(hex(&octets(expected)))
    );
}

/// As long as a length indicator can say, where a pointer behind it could not lead (Q.763 1.6).
#[test]
fn the_longest_variable_part_is_written_as_it_came() {
    for length in [253_u8, 254, 255] {
        let mut expected = octets("2301 0c 02 00");
        expected.push(length);
        expected.extend([0x82, 0x90]);
        expected.resize(6 + usize::from(length), 0x55);
        let mut pdu = decode(&expected).unwrap();
        assert_eq!(hex(&encode(&pdu)), hex(&expected));
        let Message::Rel(rel) = &mut pdu.message else {
            panic!()
        };
        rel.cause.value = 17;
        expected[7] = 0x91;
        assert_eq!(hex(&encode(&pdu)), hex(&expected));
    }
}
