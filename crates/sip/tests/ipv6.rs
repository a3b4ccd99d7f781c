//! The messages of RFC 5118, out of the text of the RFC, with the outcome that it gives.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::path::Path;
use trunkline_sip::sdp::SessionDescription;
use trunkline_sip::{Host, Message, Uri};

/// Name, status that refuses it, section.
const MESSAGES: &[(&str, Option<u16>, &str)] = &[
    ("ipv6-good", None, "4.1"),
    ("ipv6-bad", Some(400), "4.2"),
    // Well-formed, but not what was meant.
    ("port-ambiguous", None, "4.3"),
    ("port-unambiguous", None, "4.4"),
    // Not of the grammar, but to be taken.
    ("via-received-param-with-delim", None, "4.5"),
    ("via-received-param-no-delim", None, "4.5"),
    ("ipv6-in-sdp", None, "4.6"),
    ("mult-ip-in-header", None, "4.7"),
    ("mult-ip-in-sdp", None, "4.8"),
    ("ipv4-mapped-ipv6", None, "4.9"),
    // Not of today's grammar, but to be taken.
    ("ipv6-bug-abnf-3-colons", None, "4.10"),
    ("ipv6-correct-abnf-2-colons", None, "4.10"),
];

#[test]
fn messages_have_the_outcome_of_the_rfc() {
    let Some(messages) = messages() else { return };
    assert_eq!(messages.len(), MESSAGES.len());
    for (name, refused, section) in MESSAGES {
        let data = messages[*name].clone();
        match (Message::parse(data), refused) {
            (Ok(_), None) => {}
            (Err(error), Some(status)) => assert_eq!(error.status(), Some(*status), "{name}"),
            (outcome, _) => panic!("{name}, RFC 5118 {section}: {outcome:?}"),
        }
    }
}

#[test]
fn ports_stand_outside_the_brackets() {
    let Some(messages) = messages() else { return };
    let uri = |name: &str| {
        let message = Message::parse(messages[name].clone()).unwrap();
        let uri = Uri::parse(message.request_uri().unwrap()).unwrap();
        let uri = uri.sip().unwrap();
        (uri.host.ip().unwrap().to_string(), uri.port)
    };
    assert_eq!(uri("ipv6-good"), ("2001:db8::10".to_owned(), None));
    assert_eq!(
        uri("port-ambiguous"),
        ("2001:db8::10:5070".to_owned(), None)
    );
    assert_eq!(
        uri("port-unambiguous"),
        ("2001:db8::10".to_owned(), Some(5070))
    );
    // The third colon means nothing.
    assert_eq!(
        uri("ipv6-bug-abnf-3-colons"),
        uri("ipv6-correct-abnf-2-colons")
    );
    assert_eq!(uri("ipv6-correct-abnf-2-colons").0, "2001:db8::c000:201");
}

#[test]
fn via_has_addresses_of_both_families() {
    let Some(messages) = messages() else { return };
    let message = |name: &str| Message::parse(messages[name].clone()).unwrap();
    for name in [
        "via-received-param-with-delim",
        "via-received-param-no-delim",
    ] {
        let message = message(name);
        let via = message.via().unwrap();
        assert_eq!(via.received(), "2001:db8::9:255".parse().ok(), "{name}");
    }
    let message = message("mult-ip-in-header");
    let vias = message.headers(trunkline_sip::Name::Via);
    let vias: Vec<_> = vias
        .map(|via| trunkline_sip::Via::parse(via).unwrap())
        .collect();
    assert_eq!(vias[0].host, Host::V6("2001:db8::9:1".parse().unwrap()));
    assert_eq!(vias[0].port, Some(6050));
    assert_eq!(vias[1].host, Host::V4("192.0.2.1".parse().unwrap()));
    assert_eq!(vias[2].received(), "192.0.2.200".parse().ok());
    let mapped = Message::parse(messages["ipv4-mapped-ipv6"].clone()).unwrap();
    let via = mapped.via().unwrap();
    assert_eq!(via.host.to_string(), "[::ffff:192.0.2.10]");
    assert_eq!(via.port, Some(19823));
    let contact = mapped.contact().unwrap().unwrap();
    assert_eq!(contact.uri, "sip:ted@[::ffff:192.0.2.2]");
}

#[test]
fn descriptions_have_addresses_of_both_families() {
    let Some(messages) = messages() else { return };
    for (name, addresses) in [
        ("ipv6-in-sdp", ["2001:db8::20"; 2]),
        ("mult-ip-in-sdp", ["192.0.2.1", "2001:db8::1"]),
        ("ipv4-mapped-ipv6", ["::ffff:192.0.2.2"; 2]),
    ] {
        let message = Message::parse(messages[name].clone()).unwrap();
        let sdp = message.sdp().unwrap();
        let description = SessionDescription::parse(sdp).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(description.media.len(), 2, "{name}");
        let text = str::from_utf8(sdp).unwrap();
        let lines: Vec<_> = text.lines().filter(|line| line.starts_with("c=")).collect();
        for (index, address) in addresses.iter().enumerate() {
            assert!(lines[index % lines.len()].ends_with(address), "{name}");
        }
    }
}

/// The messages by their names, with CRLF and unbroken lines. The RFC counts more octets of body
/// than it prints, so Content-Length is that of what is printed.
fn messages() -> Option<BTreeMap<String, Vec<u8>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/rfc/rfc5118.txt");
    if !path.exists() {
        println!("NOT RUN: {} is not there", path.display());
        return None;
    }
    let rfc = std::fs::read_to_string(path).unwrap();
    let mut messages = BTreeMap::new();
    for section in rfc.split("Message Details: ").skip(1) {
        let (name, rest) = section.split_once('\n').unwrap();
        let mut lines: Vec<String> = Vec::new();
        let (mut joined, mut in_body, mut blank) = (false, false, 0);
        for line in rest.lines() {
            if line.starts_with("RFC 5118") || line.starts_with("Gurbani") || line == "\u{c}" {
                continue;
            }
            let text = line.trim();
            match text {
                "" => {
                    blank += 1;
                    continue;
                }
                "<allOneLine>" => {
                    lines.push(String::new());
                    joined = true;
                    continue;
                }
                "</allOneLine>" => {
                    joined = false;
                    continue;
                }
                _ => {}
            }
            // Messages are set in further than the text; what follows is another section.
            if !line.starts_with("      ") {
                break;
            }
            if blank > 0 && !lines.is_empty() && text.starts_with("v=0") {
                lines.push(String::new());
                in_body = true;
            }
            blank = 0;
            match lines.last_mut() {
                Some(last) if joined => last.push_str(text),
                _ => lines.push(text.to_owned()),
            }
        }
        if !in_body {
            lines.push(String::new());
        }
        let body = lines.iter().skip_while(|line| !line.is_empty()).skip(1);
        let length: usize = body.map(|line| line.len() + 2).sum();
        let lines = lines
            .iter()
            .map(|line| match line.strip_prefix("Content-Length:") {
                Some(_) => format!("Content-Length: {length}\r\n"),
                None => format!("{line}\r\n"),
            });
        messages.insert(
            name.trim().to_owned(),
            lines.collect::<String>().into_bytes(),
        );
    }
    Some(messages)
}
