//! Other variants than that of ITU-T, and MTP level 3 around them.

use super::*;

fn by(variant: &str, message: &str) -> Tree {
    let options = Options {
        variant: Some(Variant::named(variant).unwrap()),
        check: true,
    };
    let tree = read(options, message.as_bytes()).unwrap();
    assert_eq!((tree.error, tree.difference.as_ref()), (None, None));
    assert!(tree.is_regular());
    tree
}

#[test]
fn ansi_iam_field_by_field() {
    let iam = "3412 01 00 6000 0a 03060d 038090a2 0703101252550100 0a0703131352550100 ea0100 eb0703101352550100 c403132155 00";
    let expected = "\
ISUP IAM, initial address (T1.113 table 14), 49 octets
  variant ansi-1995: ANSI T1.113-1995
 octet
     1  circuit identification code: 4660 (T1.113 1.2)  [34 12]
     3  message type: 1 IAM, initial address (T1.113 1.3)  [01]
     4  nature of connection indicators (Q.763 3.35, code 6)  [00]
     4    satellite indicator: no satellite circuit in the connection
     4    continuity check indicator: continuity check not required
     4    echo control device indicator: not included
     5  forward call indicators (T1.113 3.20, code 7)  [60 00]
     5    incoming international call indicator: not an incoming international call
     5    end-to-end method indicator: no end-to-end method available
     5    interworking indicator: no interworking encountered
     5    IAM segmentation indicator: no indication
     5    ISDN user part indicator: used all the way
     5    ISDN user part preference indicator: ISDN user part not required all the way
     6    ISDN access indicator: originating access non-ISDN
     6    SCCP method indicator: no indication
     6    ported number translation indicator: number not translated
     7  calling party's category: 10 ordinary calling subscriber (Q.763 3.11, code 9)  [0a]
    12  user service information: speech, circuit mode, 64 kbit/s (Q.763 3.57, code 29)  [80 90 a2]
    12    coding standard: ITU-T standardised coding
    12    information transfer capability: speech
    13    transfer mode: circuit mode
    13    information transfer rate: 64 kbit/s
    14    layer 1 protocol: G.711 mu-law
    16  called party number: 2125551000 (T1.113 3.6, code 4)  [03 10 12 52 55 01 00]
    16    nature of address indicator: national (significant) number
    17    numbering plan indicator: ISDN (telephony) numbering plan, E.164
    25  calling party number: 3125551000 (T1.113 3.7, code 10)  [03 13 13 52 55 01 00]
    25    nature of address indicator: unique national (significant) number
    26    number incomplete indicator: number complete
    26    numbering plan indicator: ISDN (telephony) numbering plan, E.164
    26    address presentation restricted indicator: presentation allowed
    26    screening indicator: network provided
    34  originating line information: 0 identified line, no special treatment (T1.113 3.26A, code 234)  [00]
    37  charge number: 3125551000 (T1.113 3.10, code 235)  [03 10 13 52 55 01 00]
    37    nature of address indicator: ANI of the calling party, national number
    38    numbering plan indicator: ISDN (telephony) numbering plan, E.164
    46  jurisdiction information: 311255 (T1.113 3.23A, code 196)  [13 21 55]
";
    assert_eq!(by("ansi-1995", iam).to_string(), expected);
}

#[test]
fn bicc_iam_field_by_field() {
    let iam =
        "78563412 01 00 2001 0a 00 020a 088310942311325400 3d0114 780b8582c0 01829002 07829004 00";
    let expected = "\
BICC IAM, initial address (Q.763 table 32), 38 octets
  variant bicc: BICC, ITU-T Q.1902.3 (CS2)
 octet
     1  call instance code: 305419896 (Q.1902.3 5.3.1)  [78 56 34 12]
     5  message type: 1 IAM, initial address (Q.763 1.3)  [01]
     6  nature of connection indicators (Q.763 3.35, code 6)  [00]
     6    satellite indicator: no satellite circuit in the connection
     6    continuity check indicator: continuity check not required
     6    echo control device indicator: not included
     7  forward call indicators (Q.763 3.23, code 7)  [20 01]
     7    national/international call indicator: to be treated as a national call
     7    end-to-end method indicator: no end-to-end method available
     7    interworking indicator: no interworking encountered
     7    end-to-end information indicator: no end-to-end information available
     7    ISDN user part indicator: used all the way
     7    ISDN user part preference indicator: ISDN user part preferred all the way
     8    ISDN access indicator: originating access ISDN
     8    SCCP method indicator: no indication
     8    ported number translation indicator: number not translated
     8    query on release attempt indicator: no QoR routing attempt
     9  calling party's category: 10 ordinary calling subscriber (Q.763 3.11, code 9)  [0a]
    10  transmission medium requirement: 0 speech (Q.763 3.54, code 2)  [00]
    14  called party number: 49321123450 (Q.763 3.9, code 4)  [83 10 94 23 11 32 54 00]
    14    nature of address indicator: national (significant) number
    15    internal network number indicator: routing to an internal network number allowed
    15    numbering plan indicator: ISDN (telephony) numbering plan, E.164
    24  hop counter: 20 (Q.763 3.80, code 61)  [14]
    27  application transport: BAT ASE (Q.763 3.82, code 120)  [85 82 c0 01 82 90 02 07 82 90 04]
    27    application context identifier: 5 BAT ASE
    28    release call indicator: do not release call
    28    send notification indicator: send notification
    29    sequence indicator: new sequence
    29    APM segmentation indicator: final segment
    30    encapsulated application information
    30      action indicator: connect forward
    32        if the element is not known: pass on information element
    32        if passing on is not possible: discard information element
    34      bearer network connection characteristics: IP/RTP
    36        if the element is not known: pass on information element
    36        if passing on is not possible: discard information element
";
    assert_eq!(by("bicc", iam).to_string(), expected);
}

#[test]
fn message_signal_unit_field_by_field() {
    let release = "856782c011 d500 0c 0200 028090";
    let expected = "\
MTP3 MSU, message signal unit (Q.704 2), 13 octets
 octet
     1  service information octet (Q.704 14.2)  [85]
          service indicator: 5 ISUP (Q.704 14.2.1)
          message priority (national option): 0
          network indicator: 2 national network (Q.704 14.2.2)
     2  routing label (Q.704 2.2)  [67 82 c0 11]
     2    destination point code: 615 (0-76-7)
     3    originating point code: 1794 (0-224-2)
     5    signalling link selection: 1
        ISUP REL, release (Q.763 table 33)
          remark: octets from here on are those of ISUP; its octet 1 is octet 6
     1    circuit identification code: 213 (Q.763 1.2)  [d5 00]
     3    message type: 12 REL, release (Q.763 1.3)  [0c]
     7    cause indicators: 16 normal call clearing (Q.763 3.12, code 18)  [80 90]
     7      coding standard: ITU-T standardised coding
     7      location: user (U)
";
    assert_eq!(by("itu", release).to_string(), expected);
    // Without the service information octet all but that is the same.
    let bare = read(CHECK, &release.as_bytes()[2..]).unwrap();
    let with = read(CHECK, release.as_bytes()).unwrap();
    assert_eq!(bare.kind(), "ISUP REL");
    assert_eq!(bare.fields[1].fields, with.fields[2].fields);
    assert_eq!(
        (bare.fields[0].octet, with.fields[1].octet),
        (Some(1), Some(2))
    );
}

#[test]
fn labels_are_as_wide_as_the_network_has_them() {
    // What Wireshark says of the same octets; a release complete on circuit 213 each.
    for (variant, message, dpc, opc, sls) in [
        ("itu", "85 6782c011", "615 (0-76-7)", "1794 (0-224-2)", "1"),
        (
            "ansi-1995",
            "b5 010203 040506 f5",
            "197121 (3-2-1)",
            "394500 (6-5-4)",
            "245",
        ),
        (
            "china",
            "85 010203 040506 05",
            "197121 (3-2-1)",
            "394500 (6-5-4)",
            "5",
        ),
        (
            "japan",
            "85 3412 7856 05",
            "4660 (2-4-52)",
            "22136 (10-12-120)",
            "5",
        ),
    ] {
        let complete = if variant == "ansi-1995" {
            "d500 10"
        } else {
            "d500 10 00"
        };
        for message in [message, &message[2..]] {
            let tree = by(variant, &format!("{message} {complete}"));
            let value = |name| find(&tree.fields, &["routing label", name]).value.clone();
            assert_eq!(
                value("destination point code").as_deref(),
                Some(dpc),
                "{tree}"
            );
            assert_eq!(
                value("originating point code").as_deref(),
                Some(opc),
                "{tree}"
            );
            assert_eq!(
                value("signalling link selection").as_deref(),
                Some(sls),
                "{tree}"
            );
            assert_eq!(tree.kind(), "ISUP RLC");
        }
    }
}

#[test]
fn service_indicator_tells_bicc_from_isup() {
    let tree = read(CHECK, b"8d 6782c011 78563412 1000").unwrap();
    assert_eq!(
        (tree.kind().as_str(), tree.variant.map(Variant::name)),
        ("BICC RLC", Some("bicc"))
    );
    // SCCP is neither.
    let sccp = read(CHECK, b"83 6782c011 78563412 1000");
    assert!(sccp.is_err(), "{sccp:?}");
}

#[test]
fn mtp_and_isup_are_told_apart() {
    let protocol = |text: &str| read(USUAL, text.as_bytes()).unwrap().protocol;
    // The CIC 133 begins like the service information octet of ISUP.
    assert_eq!(protocol("8500 0c 02000280 90"), Protocol::Isup);
    // It is cut or has octets behind its end, but is nothing else.
    assert_eq!(protocol("8500 0c 02000280 90aa"), Protocol::Isup);
    let cut = read(USUAL, b"8500 0c 02000280").unwrap_err();
    assert!(matches!(cut, TreeError::Isup(_)), "{cut}");
    // In the label stands what could be the type of a message without parameters: blocking.
    assert_eq!(
        protocol("85 67 8213 11 d500 0c 0200 028090"),
        Protocol::Mtp3
    );
    // A release that is cut, but by its first octet nothing else.
    let tree = read(USUAL, b"85 67 82c0 11 d500 0c 0200").unwrap();
    let error = tree.error.unwrap();
    assert_eq!(
        (tree.protocol, error.message),
        (Protocol::Mtp3, Some(MessageType::Rel))
    );
}
