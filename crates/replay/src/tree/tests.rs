mod properties;
mod sip;
mod variants;

use super::input::Input;
use super::*;
use trunkline_isup::*;
use trunkline_m3ua::param::Tag;

/// ITU-T, nothing is checked.
const USUAL: Options = Options {
    variant: None,
    check: false,
};

/// ITU-T, written again.
const CHECK: Options = Options {
    variant: None,
    check: true,
};

/// The octets of a text in hexadecimal.
fn octets(hex: &str) -> Vec<u8> {
    match Input::recognise(hex.as_bytes()).unwrap() {
        Input::Octets(octets) => octets,
        Input::Sip { .. } => panic!("{hex} is SIP"),
    }
}

/// Finds a field by the names on the way to it.
fn find<'a>(fields: &'a [Node], path: &[&str]) -> &'a Node {
    let (first, rest) = path.split_first().unwrap();
    let field = fields.iter().find(|field| field.name == *first);
    let field = field.unwrap_or_else(|| panic!("no {first} in {fields:#?}"));
    if rest.is_empty() {
        field
    } else {
        find(&field.fields, rest)
    }
}

/// DATA of those octets.
fn data(user: &str) -> Vec<u8> {
    let code = |value| trunkline_model::PointCode::new(value).unwrap();
    trunkline_m3ua::encode(&trunkline_m3ua::Message::Data(trunkline_m3ua::msg::Data {
        network_appearance: None,
        routing_context: Some(10),
        protocol_data: trunkline_m3ua::msg::ProtocolData {
            opc: code(11522),
            dpc: code(12163),
            si: 5,
            ni: trunkline_model::NetworkIndicator::NationalReserved,
            mp: 0,
            sls: 5,
            data: octets(user),
        },
        correlation_id: None,
    }))
}

#[test]
fn iam_in_data_field_by_field() {
    // The IAM of a public capture without some of its parameters.
    let iam = "d5000100a0010a0202 07 0581908419 0f 0a0703179333937980 31020064 f401c3 00";
    let octets = data(iam);
    let expected = "\
M3UA DATA (RFC 4666 3.3.1), 68 octets
 octet
     0  version: 1 (RFC 4666 3.1.1)  [01]
     1  reserved: 0 (RFC 4666 3.1)  [00]
     2  message class: 1 transfer (RFC 4666 3.1.2)  [01]
     3  message type: 1 (RFC 4666 3.1.2)  [01]
     4  message length: 68 (RFC 4666 3.1.4)  [00 00 00 44]
    12  routing context: 10 (RFC 4666 3.4.1, code 6)  [00 00 00 0a]
    20  protocol data (RFC 4666 3.3.1, code 528)
    20    originating point code: 11522 (5-160-2)  [00 00 2d 02]
    24    destination point code: 12163 (5-240-3)  [00 00 2f 83]
    28    service indicator: 5 ISUP  [05]
    29    network indicator: 3 reserved for national use  [03]
    30    message priority: 0  [00]
    31    signalling link selection: 5  [05]
          ISUP IAM, initial address (Q.763 table 32)
            remark: octets from here on are those of ISUP; its octet 1 is octet 32
     1      circuit identification code: 213 (Q.763 1.2)  [d5 00]
     3      message type: 1 IAM, initial address (Q.763 1.3)  [01]
     4      nature of connection indicators (Q.763 3.35, code 6)  [00]
     4        satellite indicator: no satellite circuit in the connection
     4        continuity check indicator: continuity check not required
     4        echo control device indicator: not included
     5      forward call indicators (Q.763 3.23, code 7)  [a0 01]
     5        national/international call indicator: to be treated as a national call
     5        end-to-end method indicator: no end-to-end method available
     5        interworking indicator: no interworking encountered
     5        end-to-end information indicator: no end-to-end information available
     5        ISDN user part indicator: used all the way
     5        ISDN user part preference indicator: ISDN user part required all the way
     6        ISDN access indicator: originating access ISDN
     6        SCCP method indicator: no indication
     6        ported number translation indicator: number not translated
     6        query on release attempt indicator: no QoR routing attempt
     7      calling party's category: 10 ordinary calling subscriber (Q.763 3.11, code 9)  [0a]
     8      transmission medium requirement: 2 64 kbit/s unrestricted (Q.763 3.54, code 2)  [02]
    12      called party number: 4891 ST (Q.763 3.9, code 4)  [81 90 84 19 0f]
    12        nature of address indicator: subscriber number
    13        internal network number indicator: not allowed
    13        numbering plan indicator: ISDN (telephony) numbering plan, E.164
    19      calling party number: 3933399708 (Q.763 3.10, code 10)  [03 17 93 33 93 79 80]
    19        nature of address indicator: national (significant) number
    20        number incomplete indicator: number complete
    20        numbering plan indicator: ISDN (telephony) numbering plan, E.164
    20        address presentation restricted indicator: presentation restricted
    20        screening indicator: network provided
    28      propagation delay counter: 100 ms (Q.763 3.42, code 49)  [00 64]
    32      parameter 244 (Q.763 3.1, code 244)  [c3]
";
    assert_eq!(read_octets(USUAL, &octets).unwrap().to_string(), expected);
}

#[test]
fn json_has_the_same_fields() {
    let tree = read(USUAL, b"d5000c0200028090").unwrap().to_json();
    let expected = json!({
        "protocol": "ISUP",
        "name": "REL",
        "title": "release",
        "clause": "Q.763 table 33",
        "variant": "itu",
        "octets": 8,
        "fields": [
            { "name": "circuit identification code", "octet": 1, "clause": "Q.763 1.2", "value": "213", "hex": "d500" },
            { "name": "message type", "octet": 3, "clause": "Q.763 1.3", "value": "12 REL, release", "hex": "0c" },
            {
                "name": "cause indicators", "octet": 7, "code": 18, "clause": "Q.763 3.12",
                "value": "16 normal call clearing", "hex": "8090",
                "fields": [
                    { "name": "coding standard", "octet": 7, "value": "ITU-T standardised coding" },
                    { "name": "location", "octet": 7, "value": "user (U)" },
                ],
            },
        ],
    });
    assert_eq!(tree, expected);
}

/// Contents of a parameter that make sense, of so many octets if that is given.
fn contents(variant: &Variant, code: ParameterCode, length: Option<usize>) -> Vec<u8> {
    if code == ParameterCode::RANGE_AND_STATUS {
        // Two circuits: as long as a message with status needs, and one without bears.
        return vec![1, 1];
    }
    let coding = variant.parameter(code).and_then(|row| row.coding);
    let lengths = length.map_or(2..=40, |length| length..=length);
    let mut tries = lengths.flat_map(|length| [0x81, 0x01, 0].map(|octet| vec![octet; length]));
    let found = tries.find(|contents| coding.is_none_or(|it| it.describe(contents).is_ok()));
    found.unwrap_or_else(|| panic!("{code}: no contents make sense"))
}

/// A message of that type with every parameter that the standard lists for it.
fn full_message(variant: &Variant, row: &MessageRow) -> Vec<u8> {
    let mut octets = vec![7, 0];
    octets.resize(variant.cic_octets(), 0);
    octets.push(row.message_type.code());
    for &(code, length) in row.fixed {
        octets.extend(contents(variant, code, Some(length)));
    }
    let pointers = row.variable.len() + usize::from(row.has_optional_part);
    let mut parts = Vec::new();
    let mut point = |index: usize, parts: &Vec<u8>| {
        octets.push(u8::try_from(pointers - index + parts.len()).unwrap());
    };
    for (index, &code) in row.variable.iter().enumerate() {
        point(index, &parts);
        let contents = contents(variant, code, None);
        parts.push(u8::try_from(contents.len()).unwrap());
        parts.extend(contents);
    }
    if row.has_optional_part {
        point(row.variable.len(), &parts);
        for &code in row.optional {
            let contents = contents(variant, code, None);
            parts.extend([code.0, u8::try_from(contents.len()).unwrap()]);
            parts.extend(contents);
        }
        parts.push(0);
    }
    octets.extend(parts);
    octets
}

#[test]
fn every_parameter_of_every_variant_is_put_in_words() {
    for variant in Variant::all() {
        for row in variant.messages() {
            let options = Options {
                variant: Some(variant),
                check: true,
            };
            let octets = full_message(variant, row);
            let tree = read_octets(options, &octets).unwrap();
            assert_eq!(tree.name, row.acronym);
            assert_eq!(
                (tree.title.as_deref(), tree.clause),
                (Some(row.name), Some(row.clause))
            );
            assert_eq!(
                (tree.error, tree.difference.as_ref(), &tree.remarks[..]),
                (None, None, &[][..]),
                "{variant:?}: {tree}"
            );
            for code in row.mandatory().chain(row.optional.iter().copied()) {
                let of_that_code = |field: &&Node| field.code == Some(code.0.into());
                let field = tree.fields.iter().find(of_that_code);
                let field = field.unwrap_or_else(|| panic!("{}: no {code}", row.name));
                let parameter = variant.parameter(code).unwrap();
                assert_eq!(
                    (&field.remark, field.clause, field.name.as_str()),
                    (&None, Some(parameter.clause), parameter.name)
                );
                let says = field.value.is_some() || !field.fields.is_empty();
                assert!(says || parameter.coding.is_none(), "{variant:?}: {field:?}");
                let at = field.octet.unwrap() - 1;
                let hex = field.hex.as_deref().unwrap();
                assert_eq!(octets[at..at + hex.len()], *hex, "{}: {code}", row.name);
            }
        }
    }
}

#[test]
fn what_was_borne_is_remarked() {
    // ANM: connected number cut to one octet, then a good one, no end of optional parameters.
    let tree = read(USUAL, b"07f0 09 01 2101 03 2104 03178989").unwrap();
    assert_eq!(
        tree.remarks,
        [
            "ANM: octet 14: end of optional parameters is missing (Q.763 1.8)",
            "octet 2: spare bits are 0xf, not 0 (Q.763 1.2)",
        ]
    );
    let [broken, good] = &tree.fields[2..] else {
        panic!("{tree}")
    };
    assert_eq!(
        broken.remark.as_deref(),
        Some("need 2 octets, have 1 (Q.763 3.16): passed on as it is")
    );
    assert_eq!((broken.octet, &broken.value), (Some(7), &None));
    assert_eq!(
        (good.octet, good.value.as_deref()),
        (Some(10), Some("9898"))
    );
    assert!(!tree.is_regular());
}

#[test]
fn octets_that_belong_to_nothing_are_remarked() {
    // ANM with padding behind its end, and with more.
    for (message, hex) in [
        ("0700 09 01 00 0000", "0000"),
        ("0700 09 01 00 00aa", "00aa"),
    ] {
        let tree = read(USUAL, message.as_bytes()).unwrap();
        let behind = find(&tree.fields, &["octets behind the end"]);
        assert_eq!(behind.octet, Some(6));
        assert_eq!(behind.hex, Some(octets(hex)));
    }
    // REL: the pointer leads over two octets; blocking with an octet too many.
    let tree = read(USUAL, b"0700 0c 0400 ffff 028090").unwrap();
    let gap = find(&tree.fields, &["octets between the parameters"]);
    assert_eq!((gap.octet, &gap.hex), (Some(6), &Some(vec![0xff, 0xff])));
    let remark = gap.remark.as_deref();
    assert_eq!(remark, Some("they belong to no parameter (Q.763 1.4)"));
    let tree = read(USUAL, b"0700 13 01").unwrap();
    assert_eq!(
        find(&tree.fields, &["octets behind the end"]).octet,
        Some(4)
    );
    // Nothing is left of a message that has all of it.
    for row in MESSAGES {
        let tree = read_octets(USUAL, &full_message(Variant::itu(), row)).unwrap();
        assert!(tree.is_regular(), "{tree}");
    }
}

#[test]
fn mandatory_parameters_that_make_no_sense_are_shown_but_cannot_be_read() {
    // GRA without the status of its two circuits.
    let tree = read(USUAL, b"0700 29 01 01 01").unwrap();
    let range = find(&tree.fields, &["range and status"]);
    assert_eq!(
        range.remark.as_deref(),
        Some("need 2 octets, have 1 (Q.763 3.43)")
    );
    let error = tree.error.unwrap();
    assert_eq!(
        (error.parameter, error.octet),
        (Some(ParameterCode::RANGE_AND_STATUS), 6)
    );
}

#[test]
fn messages_that_are_not_taken_apart_are_shown_nevertheless() {
    let tree = read(USUAL, b"0700 31 01").unwrap();
    let contents = find(&tree.fields, &["contents"]);
    assert_eq!((tree.name.as_str(), &contents.hex), ("CRG", &Some(vec![1])));
    assert_eq!(
        contents.remark.as_deref(),
        Some("this message is not taken apart")
    );
    // In DATA, a type without a name cannot be mistaken for another protocol.
    let tree = read_octets(USUAL, &data("0700 7f 01 38 01 8c 00")).unwrap();
    let message = find(&tree.fields, &["protocol data", "ISUP message type 127"]);
    let contents = find(
        &message.fields,
        &["contents", "message compatibility information"],
    );
    assert_eq!(
        find(&contents.fields, &["discard message indicator"])
            .value
            .as_deref(),
        Some("discard the message")
    );
}

#[test]
fn messages_that_are_passed_along_are_shown_inside() {
    let tree = read(USUAL, b"0700 28 0c 0200028090").unwrap();
    assert_eq!(tree.name, "PAM");
    let inside = find(&tree.fields, &["passed along: REL, release"]);
    assert_eq!(inside.clause, Some("Q.763 table 33"));
    let cause = find(&inside.fields, &["cause indicators"]);
    // Counted from the CIC of the message around it.
    assert_eq!(
        (cause.octet, cause.hex.as_deref()),
        (Some(8), Some(&[0x80, 0x90][..]))
    );
    // What is broken within leaves the message around it as it is.
    let tree = read(CHECK, b"0700 28 0c 02").unwrap();
    let inside = find(&tree.fields, &["passed along"]);
    let expected = "malformed: REL: cause indicators, octet 5: pointer 2 leads past the end, 1 octets are left (Q.763 3.12)";
    assert_eq!(inside.remark.as_deref(), Some(expected));
    assert_eq!((tree.error, tree.difference), (None, None));
}

#[test]
fn diagnostics_are_put_in_words() {
    let value = |diagnostics: &str| {
        let tree = read(USUAL, format!("0700 2f 0200 {diagnostics}").as_bytes()).unwrap();
        find(&tree.fields, &["cause indicators", "diagnostics"])
            .value
            .clone()
            .unwrap()
    };
    assert_eq!(value("03 80e3f4"), "parameter 244");
    assert_eq!(value("04 80e33d07"), "hop counter, forward call indicators");
    assert_eq!(value("03 80e141"), "APM");
    assert_eq!(value("05 80e6333037"), "timer 307");
    assert_eq!(value("03 80ffaa"), "aa");
}

#[test]
fn m3ua_parameters_are_put_in_words() {
    for (message, tag, expected) in [
        (
            "0100 0301 00000018 00110008 0000000d 00040006 68690000",
            Tag::AspIdentifier,
            "13",
        ),
        (
            "0100 0301 00000018 00110008 0000000d 00040006 68690000",
            Tag::InfoString,
            "\"hi\"",
        ),
        (
            "0100 0401 00000018 000b0008 00000002 00060008 00000007",
            Tag::TrafficModeType,
            "2 loadshare",
        ),
        (
            "0100 0401 00000014 0006000c 00000007 00000008",
            Tag::RoutingContext,
            "7, 8",
        ),
        (
            "0100 0000 00000010 000c0008 00000019",
            Tag::ErrorCode,
            "Invalid Routing Context (0x19)",
        ),
        (
            "0100 0001 00000010 000d0008 00010003",
            Tag::Status,
            "1/3 AS-ACTIVE",
        ),
        (
            "0100 0201 00000014 0012000c 00000005 03000008",
            Tag::AffectedPointCode,
            "5 (0-0-5), 8 (0-1-0) mask 3",
        ),
        (
            "0100 0205 00000018 00120008 00000005 02040008 00010005",
            Tag::UserCause,
            "user 5 ISUP, cause 1 unequipped remote user",
        ),
        (
            "0100 0204 00000020 00120008 00000005 02060008 00000006 02050008 00000002",
            Tag::CongestionIndications,
            "2",
        ),
        (
            "0100 0204 00000020 00120008 00000005 02060008 00000006 02050008 00000002",
            Tag::ConcernedDestination,
            "6 (0-0-6)",
        ),
    ] {
        let tree = read(USUAL, message.as_bytes()).unwrap();
        assert_eq!(tree.protocol, Protocol::M3ua);
        let field = find(&tree.fields, &[tag.row().name]);
        assert_eq!(field.value.as_deref(), Some(expected), "{message}");
        assert_eq!(field.clause, Some(tag.row().clause));
    }
}

#[test]
fn data_of_a_draft_is_shown_with_a_remark() {
    let tree = read(
        USUAL,
        b"01000101 00000018 0002000d c502ede05b d5001000 000000",
    )
    .unwrap();
    assert_eq!(tree.name, "DATA");
    assert!(
        tree.remarks[0].contains("Internet-Draft"),
        "{:?}",
        tree.remarks
    );
    let data = find(&tree.fields, &["protocol data 1"]);
    assert_eq!(
        find(&data.fields, &["originating point code"])
            .value
            .as_deref(),
        Some("12163 (5-240-3)")
    );
    assert_eq!(data.fields[5].name, "ISUP RLC, release complete");
}

#[test]
fn m3ua_and_isup_are_told_apart() {
    let protocol = |hex: &str| read(USUAL, hex.as_bytes()).map(|tree| tree.protocol);
    assert_eq!(protocol("0100 0301 00000008"), Ok(Protocol::M3ua));
    // RLC on CIC 1; as M3UA its length would be nonsense.
    assert_eq!(protocol("0100 10 00"), Ok(Protocol::Isup));
    assert_eq!(protocol("0100 0c 02000280 9000"), Ok(Protocol::Isup));
    // Cut or too long, but nothing else than M3UA.
    let M3uaError { octet, problem, .. } = match protocol("0100 0301 00000010") {
        Err(TreeError::M3ua(error)) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(octet, 4);
    assert_eq!(
        problem,
        trunkline_m3ua::Problem::Truncated { need: 16, have: 8 }
    );
    assert_eq!(
        protocol("0700 99 00"),
        Err(TreeError::Unrecognised {
            octet: 3,
            message_type: 0x99
        })
    );
}

#[test]
fn faults_inside_name_their_octet() {
    let tree = read_octets(USUAL, &data("0700 0c 09 00 02 80 00")).unwrap();
    let error = tree.error.unwrap();
    assert_eq!((error.message, error.octet), (Some(MessageType::Rel), 4));
    assert!(
        tree.to_string()
            .contains("remark: malformed: REL: cause indicators, octet 4: "),
        "{tree}"
    );
    assert_eq!(tree.to_json()["error"], error.to_string());
}
