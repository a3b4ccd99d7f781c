//! That the tables have every message and parameter of the standards, and a type for each.

// What helpers of tests unwrap is a failure of the test.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/generate.rs"]
mod generate;
#[path = "support/random.rs"]
mod random;
#[path = "support/tshark.rs"]
mod tshark;

use generate::Generator;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::process::Command;
use trunkline_isup::{
    ANSI_MESSAGES, ANSI_PARAMETERS, MESSAGES, Message, MessageRow, PARAMETERS, ParameterCode,
    ParameterRow, Variant,
};
use tshark::Standard;

/// Codes that Wireshark names and the tables do not, and why.
const ONLY_WIRESHARK: &[(&str, RangeInclusive<u8>, &str)] = &[
    (
        "message of ITU",
        10..=11,
        "reserved, used in the Red Book of 1984",
    ),
    ("message of ITU", 15..=15, "reserved"),
    (
        "message of ITU",
        28..=30,
        "reserved, used in the Blue Book of 1988",
    ),
    (
        "message of ITU",
        34..=35,
        "reserved, used in the Red Book of 1984",
    ),
    (
        "message of ITU",
        37..=39,
        "reserved, used in the Red Book of 1984",
    ),
    ("message of ITU", 57..=61, "reserved, used in B-ISUP"),
    ("message of ITU", 62..=63, "called unknown"),
];

/// Codes that the tables name and Wireshark does not, and where they come from.
const ONLY_HERE: &[(&str, RangeInclusive<u8>, &str)] = &[
    ("parameter of ITU", 122..=125, "Q.763 (12/1999) table 5"),
    ("parameter of ITU", 127..=127, "Q.763 (12/1999) table 5"),
    ("parameter of ITU", 129..=130, "Q.763 (12/1999) table 5"),
    ("parameter of ITU", 132..=141, "Q.763 (12/1999) table 5"),
    ("parameter of ANSI", 226..=228, "T1.113 table 4A"),
];

#[test]
fn every_message_and_parameter_has_a_type() {
    let untyped = PARAMETERS
        .iter()
        .chain(ANSI_PARAMETERS)
        .filter(|row| row.coding.is_none());
    let untyped: Vec<_> = untyped.map(|row| row.name).collect();
    assert_eq!(untyped, [ParameterCode::END_OF_OPTIONAL_PARAMETERS.name()]);
    for variant in Variant::all() {
        let mut generator = Generator::new(variant, 2);
        for row in variant.messages() {
            let octets = generator.message(row, row.optional);
            let pdu = variant
                .decode(&octets)
                .unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(pdu.message.message_type(), row.message_type);
            // National messages are read part by part, but have no type; some have the code of a
            // message of another standard.
            let named = row.acronym == row.message_type.name();
            let typed = !matches!(pdu.message, Message::Unknown(_));
            assert_eq!(typed, named, "{variant:?} {}", row.acronym);
        }
    }
}

#[test]
fn a_message_is_not_read_before_it_is_whole() {
    for variant in Variant::all() {
        let mut generator = Generator::new(variant, 3);
        for row in variant.messages() {
            let octets = generator.message(row, &[]);
            // A missing pointer to the optional part is borne, and so is the end of what is not
            // taken apart.
            let may_lack_pointer = row.has_optional_part && row.variable.is_empty();
            let least = if row.has_optional_part || row.mandatory().count() > 0 {
                octets.len() - usize::from(may_lack_pointer)
            } else {
                variant.cic_octets() + 1
            };
            for length in 0..=octets.len() {
                let read = variant.decode(&octets[..length]);
                assert_eq!(
                    read.is_ok(),
                    length >= least,
                    "{}, {length}: {read:?}",
                    row.acronym
                );
            }
        }
    }
}

/// The README says how much there is.
#[test]
fn readme_counts_what_there_is() {
    let readme = include_str!("../../../README.md");
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    let typed = |rows: &[ParameterRow]| rows.iter().filter(|row| row.coding.is_some()).count();
    let sentence = format!(
        "{} messages and {} parameters of Q.763, {} messages and {} parameters of T1.113, all typed",
        MESSAGES.len(),
        typed(PARAMETERS),
        ANSI_MESSAGES.len(),
        typed(ANSI_PARAMETERS),
    );
    assert!(
        readme.contains(&sentence),
        "README.md does not say: {sentence}"
    );
}

#[test]
fn wireshark_names_the_same_codes() {
    let Some([itu, ansi]) = parameters_of_wireshark() else {
        return tshark::not_run("wireshark_names_the_same_codes");
    };
    let [itu_messages, ansi_messages] =
        [Standard::Itu, Standard::Ansi].map(|standard| messages_of_wireshark(standard).unwrap());
    let own = |rows: &[ParameterRow]| rows.iter().map(|row| row.code.0).collect::<BTreeSet<u8>>();
    let own_messages = |rows: &[&MessageRow]| {
        rows.iter()
            .map(|row| row.message_type.code())
            .collect::<BTreeSet<u8>>()
    };
    let (mut only_there, mut only_here) = (Vec::new(), Vec::new());
    for (what, theirs, base, ours) in [
        (
            "message of ITU",
            itu_messages,
            BTreeSet::new(),
            own_messages(MESSAGES),
        ),
        (
            "message of ANSI",
            ansi_messages,
            own_messages(MESSAGES),
            own_messages(ANSI_MESSAGES),
        ),
        ("parameter of ITU", itu, BTreeSet::new(), own(PARAMETERS)),
        (
            "parameter of ANSI",
            ansi,
            own(PARAMETERS),
            own(ANSI_PARAMETERS),
        ),
    ] {
        assert!(theirs.len() > 40, "{what}: {theirs:?}");
        let all = &base | &ours;
        only_there.extend(theirs.difference(&all).map(|code| (what, *code)));
        only_here.extend(ours.difference(&theirs).map(|code| (what, *code)));
    }
    let listed = |table: &'static [(&'static str, RangeInclusive<u8>, &str)]| -> Vec<_> {
        let codes = table
            .iter()
            .flat_map(|(what, codes, _)| codes.clone().map(|code| (*what, code)));
        codes.collect()
    };
    assert_eq!(only_there, listed(ONLY_WIRESHARK));
    assert_eq!(only_here, listed(ONLY_HERE));
}

/// The codes of parameters that Wireshark knows by ITU-T and by ANSI.
fn parameters_of_wireshark() -> Option<[BTreeSet<u8>; 2]> {
    let output = Command::new("tshark")
        .args(["-G", "values"])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lists: Vec<BTreeSet<u8>> = Vec::new();
    for line in text.lines() {
        match line.split('\t').collect::<Vec<_>>()[..] {
            ["E", "isup.parameter_type", ..] => lists.push(BTreeSet::new()),
            ["V", "isup.parameter_type", code, name] if name != "Not used" => {
                lists.last_mut()?.insert(code.parse().ok()?);
            }
            _ => {}
        }
    }
    Some(lists.try_into().unwrap())
}

/// The types of messages that Wireshark shows by name.
fn messages_of_wireshark(standard: Standard) -> Option<BTreeSet<u8>> {
    let messages: Vec<Vec<u8>> = (0..=u8::MAX).map(|code| vec![1, 0, code]).collect();
    let rows = tshark::dissect(standard, &messages, &["_ws.col.Info"])?;
    let named = (0..=u8::MAX)
        .zip(rows)
        .filter(|(_, row)| !row[0].starts_with("reserved"));
    Some(named.map(|(code, _)| code).collect())
}
