//! The example file, and one mistake of each kind.

use super::*;
use crate::config::tests::assert_names;
use trunkline_isup::{Frame, Message, Place};

const EXAMPLE: &str = include_str!("../../../../../config/variant.example.yaml");

fn read(text: &str) -> Result<&'static Variant, String> {
    let known: Vec<_> = Variant::all().collect();
    super::read(Path::new("v.yaml"), text, &known).map_err(|problems| problems.to_string())
}

/// What is said of the example with one text replaced by another.
fn mistake(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "{from:?} is not in the file");
    read(&EXAMPLE.replacen(from, to, 1))
        .err()
        .unwrap_or_default()
}

#[test]
fn messages_are_read_by_the_example() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/variant.example.yaml");
    let variant = load(&path).unwrap();
    assert_eq!((variant.name(), variant.clause()), ("example", "Example 5"));
    // CIC 5; MPM; 3 pulses; pointers 2 and 6; charged line: even, national, ISDN, network
    // provided, 3 0; tariff 0x0102.
    let octets = [
        0x05, 0x00, 0xfd, 0x03, 0x02, 0x05, 0x03, 0x03, 0x13, 0x03, 0xe2, 0x02, 0x01, 0x02, 0x00,
    ];
    let frame = Frame::parse(variant, &octets).unwrap();
    assert_eq!(frame.row().map(|row| row.acronym), Some("MPM"));
    let parts: Vec<_> = frame
        .parameters()
        .map(|part| {
            let row = variant.parameter(part.code).unwrap();
            let value = row
                .coding
                .map(|coding| coding.describe(part.contents).unwrap().value);
            (part.place, row.name, row.clause, value.flatten())
        })
        .collect();
    assert_eq!(
        parts,
        [
            (
                Place::Fixed,
                "metering pulses",
                "Example 5.1",
                Some("3".to_owned())
            ),
            (
                Place::Variable,
                "charged line",
                "Example 5",
                Some("30".to_owned())
            ),
            (Place::Optional, "tariff", "Example 5", None),
        ]
    );
    let pdu = variant.decode(&octets).unwrap();
    assert!(matches!(pdu.message, Message::Unknown(_)));
    assert_eq!(variant.encode(&pdu).unwrap(), octets);
    // Overload is there no more.
    assert!(variant.message(0x30).is_none() && Variant::itu().message(0x30).is_some());
    assert!(
        variant
            .parameter(ParameterCode::NETWORK_SPECIFIC_FACILITY)
            .is_none()
    );
}

#[test]
fn little_is_needed() {
    let variant = read("name: a\ntitle: A\nclause: A 1\n").unwrap();
    assert_eq!(
        variant.messages().count(),
        Variant::itu().messages().count()
    );
    assert_eq!(
        (variant.cic_bits(), variant.point_code()),
        (12, PointCodeFormat::ITU)
    );
    let ansi = read("name: b\ntitle: B\nclause: B 1\nbase: ansi-1995\n").unwrap();
    assert_eq!(
        (ansi.cic_bits(), ansi.point_code()),
        (14, PointCodeFormat::ANSI)
    );
}

#[test]
fn codings_are_known_by_parameters_and_types() {
    let pattern = "name: metering pulses\n    clause: Example 5.1\n    coding: hop counter";
    for (coding, name) in [
        ("redirecting number", Some("RedirectingNumber")),
        // A type of another variant.
        ("PresentationNumber", Some("PresentationNumber")),
        ("octets", None),
    ] {
        let text = EXAMPLE.replace(pattern, &pattern.replace("hop counter", coding));
        let variant = read(&text).unwrap();
        let row = variant.parameter(ParameterCode(0xe0)).unwrap();
        assert_eq!(row.coding.map(|coding| coding.name), name);
    }
}

#[test]
fn a_file_may_stand_on_another() {
    let mut known: Vec<_> = Variant::all().collect();
    known.push(super::read(Path::new("a.yaml"), EXAMPLE, &known).unwrap());
    let text = "name: more\ntitle: More\nclause: More 1\nbase: example\n";
    let more = super::read(Path::new("b.yaml"), text, &known).unwrap();
    assert_eq!(more.message(0xfd).map(|row| row.acronym), Some("MPM"));
    let again = super::read(Path::new("c.yaml"), EXAMPLE, &known)
        .unwrap_err()
        .to_string();
    assert!(
        again.ends_with(": name: another variant is called \"example\""),
        "{again}"
    );
}

#[test]
fn a_mistake_is_named_with_its_line_and_key() {
    for (from, to, expected) in [
        (
            "name: example\n",
            "name: itu\n",
            "name: another variant is called \"itu\"",
        ),
        (
            "name: example\n",
            "name: my net\n",
            "name: \"my net\" is no name: expected one word",
        ),
        (
            "base: itu\n",
            "base: ansi\n",
            "base: \"ansi\" is none of: itu, itu-2000, ",
        ),
        (
            "cic_bits: 12",
            "cic_bits: 15",
            "cic_bits: a CIC has 1 to 14 bits, or 32, not 15",
        ),
        ("cic_bits: 12", "cic_bits: many", "cic_bits: "),
        (
            "point_code: 3-8-3",
            "point_code: 3-8",
            "point_code: \"3-8\" is not a format of point",
        ),
        (
            "    variable: [",
            "    variables: [",
            "unknown field `variables`",
        ),
        (
            "variable: [charged line]",
            "variable: [charged lines]",
            "messages[0].variable[0]: no parameter of this variant or of itu is called \"charged l",
        ),
        (
            "octets: 1 }",
            "octets: 0 }",
            "messages[0].fixed[0].octets: expected 1 or more",
        ),
        (
            "optional: [message",
            "optional: [0xf0, message",
            "messages[0].optional[0]: no parameter of this variant or of itu is called \"0xf0\"",
        ),
        (
            "acronym: MPM",
            "acronym: REL",
            "messages[0]: message REL is there twice, with two codes",
        ),
        (
            "without_messages: [OLM, 0x43]",
            "without_messages: [OLM, MPM]",
            "without_messages[1]: \"MPM\" is no message of itu",
        ),
        (
            "without_parameters: [remote operations, 0x2f]",
            "without_parameters: [remote operations, 0xe0]",
            "without_parameters[1]: \"0xe0\" is no parameter of itu",
        ),
        (
            "without_parameters: [remote operations, 0x2f]",
            "without_parameters: [cause indicators]",
            "without_parameters: message REL has cause indicators, which the variant has not",
        ),
        (
            "coding: hop counter",
            "coding: hops",
            "parameters[0].coding: \"hops\" is neither \"octets\" nor a parameter of itu whose",
        ),
        (
            "code: 0xe2, name: tariff",
            "code: 0xe1, name: tariff",
            "parameters[2].code: parameter code 225 is there twice",
        ),
        (
            "code: 0xe2",
            "code: 0",
            "parameters[2].code: parameter code 0 is the end of optional",
        ),
        (
            "code: 0xe2",
            "code: 256",
            "code: expected a whole number up to 255",
        ),
    ] {
        assert_names(&mistake(from, to), "v.yaml", EXAMPLE, from, expected);
    }
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let said = load(Path::new("no-such-file.yaml")).unwrap_err();
    assert!(
        said.starts_with("no-such-file.yaml: cannot be read: "),
        "{said}"
    );
}
