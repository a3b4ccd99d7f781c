//! The torture messages of RFC 4475, as files and from the base64 appendix of the RFC, with the
//! outcome that the RFC gives for a parser.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use trunkline_model::Time;
use trunkline_sip::{Endpoint, EndpointConfig, Flow, Output};
use trunkline_sip::{Kind, Message, Method, Name, Problem};

/// What RFC 4475 wants of the parser. What is refused further up is well-formed here.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    /// Well-formed.
    Parses,
    /// Refused, and answered with this status; `None`: dropped.
    Fails(Option<u16>),
}
use Outcome::{Fails, Parses};

/// Name, outcome, section.
const MESSAGES: &[(&str, Outcome, &str)] = &[
    ("wsinv", Parses, "3.1.1.1"),
    ("intmeth", Parses, "3.1.1.2"),
    ("esc01", Parses, "3.1.1.3"),
    ("escnull", Parses, "3.1.1.4"),
    ("esc02", Parses, "3.1.1.5"),
    ("lwsdisp", Parses, "3.1.1.6"),
    ("longreq", Parses, "3.1.1.7"),
    ("dblreq", Parses, "3.1.1.8"),
    ("semiuri", Parses, "3.1.1.9"),
    ("transports", Parses, "3.1.1.10"),
    ("mpart01", Parses, "3.1.1.11"),
    ("unreason", Parses, "3.1.1.12"),
    ("noreason", Parses, "3.1.1.13"),
    ("badinv01", Fails(Some(400)), "3.1.2.1"),
    ("clerr", Fails(Some(400)), "3.1.2.2"),
    ("ncl", Fails(Some(400)), "3.1.2.3"),
    ("scalar02", Fails(Some(400)), "3.1.2.4"),
    ("scalarlg", Fails(None), "3.1.2.5"),
    ("quotbal", Fails(Some(400)), "3.1.2.6"),
    ("ltgtruri", Fails(Some(400)), "3.1.2.7"),
    ("lwsruri", Fails(Some(400)), "3.1.2.8"),
    ("lwsstart", Fails(Some(400)), "3.1.2.9"),
    ("trws", Fails(Some(400)), "3.1.2.10"),
    ("escruri", Fails(Some(400)), "3.1.2.11"),
    // The Date is nobody's business until it is used.
    ("baddate", Parses, "3.1.2.12"),
    ("regbadct", Fails(Some(400)), "3.1.2.13"),
    ("badaspec", Fails(Some(400)), "3.1.2.14"),
    ("baddn", Fails(Some(400)), "3.1.2.15"),
    ("badvers", Fails(Some(505)), "3.1.2.16"),
    ("mismatch01", Fails(Some(400)), "3.1.2.17"),
    ("mismatch02", Fails(Some(501)), "3.1.2.18"),
    ("bigcode", Fails(None), "3.1.2.19"),
    // What follows is for the transaction user to refuse, but for what an answer needs.
    ("badbranch", Parses, "3.2.1"),
    ("insuf", Fails(Some(400)), "3.3.1"),
    ("unkscm", Parses, "3.3.2"),
    ("novelsc", Parses, "3.3.3"),
    ("unksm2", Parses, "3.3.4"),
    ("bext01", Parses, "3.3.5"),
    ("invut", Parses, "3.3.6"),
    ("regaut01", Parses, "3.3.7"),
    ("multi01", Fails(Some(400)), "3.3.8"),
    ("mcl01", Fails(Some(400)), "3.3.9"),
    ("bcast", Parses, "3.3.10"),
    ("zeromf", Parses, "3.3.11"),
    ("cparam01", Parses, "3.3.12"),
    ("cparam02", Parses, "3.3.13"),
    ("regescrt", Parses, "3.3.14"),
    ("sdp01", Parses, "3.3.15"),
    ("inv2543", Parses, "3.4.1"),
    // In the appendix only: a request line without version, and a header field without colon.
    ("test", Fails(Some(400)), "-"),
];

/// Name, and what our user agent server answers first, or nothing: 100 to an INVITE that it would
/// take. RFC 4475 wants or allows each of them.
const ANSWERS: &[(&str, Option<u16>)] = &[
    // It is within a dialog that is not there.
    ("wsinv", Some(481)),
    ("intmeth", Some(501)),
    ("esc01", Some(100)),
    // We are no registrar (3.3.7).
    ("escnull", Some(405)),
    ("esc02", Some(501)),
    ("lwsdisp", Some(200)),
    ("longreq", Some(100)),
    ("dblreq", Some(405)),
    ("semiuri", Some(200)),
    ("transports", Some(200)),
    ("mpart01", Some(405)),
    ("unreason", None),
    ("noreason", None),
    ("badinv01", Some(400)),
    ("clerr", Some(400)),
    ("ncl", Some(400)),
    ("scalar02", Some(400)),
    ("scalarlg", None),
    ("quotbal", Some(400)),
    ("ltgtruri", Some(400)),
    ("lwsruri", Some(400)),
    ("lwsstart", Some(400)),
    ("trws", Some(400)),
    ("escruri", Some(400)),
    ("baddate", Some(100)),
    ("regbadct", Some(400)),
    ("badaspec", Some(400)),
    ("baddn", Some(400)),
    ("badvers", Some(505)),
    ("mismatch01", Some(400)),
    ("mismatch02", Some(501)),
    ("bigcode", None),
    // RFC 2543 tells requests apart without a branch.
    ("badbranch", Some(200)),
    // 400 would be ideal, but an answer has to repeat what is missing.
    ("insuf", None),
    ("unkscm", Some(416)),
    ("novelsc", Some(416)),
    ("unksm2", Some(405)),
    ("bext01", Some(420)),
    ("invut", Some(415)),
    ("regaut01", Some(405)),
    ("multi01", Some(400)),
    ("mcl01", Some(400)),
    ("bcast", None),
    // It is for a proxy to mind.
    ("zeromf", Some(200)),
    ("cparam01", Some(405)),
    ("cparam02", Some(405)),
    ("regescrt", Some(405)),
    // 406 is for the application to choose: it knows what it would answer.
    ("sdp01", Some(100)),
    // Without a tag in From there is no dialog; only who cares for RFC 2543 has to take it.
    ("inv2543", Some(400)),
    ("test", None),
];

#[test]
fn server_answers_as_the_rfc_wants() {
    let Some(messages) = appendix() else { return };
    assert_eq!(messages.len(), ANSWERS.len());
    let mut differences = Vec::new();
    for (name, expected) in ANSWERS {
        let answer = answer(&messages[*name]);
        if answer != *expected {
            differences.push(format!("{name}: {answer:?}, not {expected:?}"));
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

/// The status of the first response of a server to a datagram.
fn answer(data: &[u8]) -> Option<u16> {
    let (local, remote) = ("192.0.2.1:5060", "192.0.2.200:5060");
    let flow = Flow::udp(local.parse().unwrap(), remote.parse().unwrap());
    let mut config = EndpointConfig::new([1; 32]);
    config.locals = vec![(flow.transport, flow.local)];
    let mut endpoint = Endpoint::new(config);
    endpoint.receive(Time::from_secs(1_000), flow, data);
    while let Some(output) = endpoint.poll_output() {
        if let Output::Transmit { data, .. } = output {
            // What it repeats may be malformed, so that it cannot be parsed whole.
            let status = data.strip_prefix(b"SIP/2.0 ").unwrap();
            return Some(str::from_utf8(&status[..3]).unwrap().parse().unwrap());
        }
    }
    None
}

#[test]
fn files_have_the_outcome_of_the_rfc() {
    let Some(folder) = shared("pcaps/sip/torture") else {
        return;
    };
    let mut seen = 0;
    for half in ["valid", "invalid"] {
        for entry in std::fs::read_dir(folder.join(half)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let row = MESSAGES.iter().find(|row| row.0 == name);
            let (_, expected, section) = row.unwrap_or_else(|| panic!("{name} has no row"));
            let data = std::fs::read(&path).unwrap();
            assert_eq!(
                outcome(&name, data),
                *expected,
                "{half}/{name}, RFC 4475 {section}"
            );
            if half == "valid" {
                assert_eq!(*expected, Parses, "{name} is valid");
            }
            seen += 1;
        }
    }
    assert!(seen >= 33, "only {seen} messages");
}

#[test]
fn appendix_messages_have_the_outcome_of_the_rfc() {
    let Some(messages) = appendix() else { return };
    assert_eq!(messages.len(), 50);
    for (name, data) in messages {
        let row = MESSAGES.iter().find(|row| row.0 == name);
        let (_, expected, section) = row.unwrap_or_else(|| panic!("{name} has no row"));
        assert_eq!(
            outcome(&name, data),
            *expected,
            "{name}, RFC 4475 {section}"
        );
    }
}

#[test]
fn tortuous_invite_reads_as_meant() {
    let Some(messages) = appendix() else { return };
    let message = Message::parse(messages["wsinv"].clone()).unwrap();
    let uri = "sip:vivekg@chair-dnrc.example.com;unknownparam";
    assert_eq!(
        message.kind(),
        Kind::Request {
            method: Method::Invite,
            uri
        }
    );
    assert_eq!(message.to().uri, "sip:vivekg@chair-dnrc.example.com");
    assert_eq!(message.to().tag(), Some("1918181833n"));
    assert_eq!(
        message.from().display_name().as_deref(),
        Some("J Rosenberg \\\"")
    );
    assert_eq!(message.from().tag(), Some("98asjd8"));
    assert_eq!(message.max_forwards(), Some(68));
    assert_eq!(
        (message.cseq().number, message.cseq().method),
        (9, Method::Invite)
    );
    assert_eq!(message.headers(Name::Via).count(), 3);
    let via = message.via().unwrap();
    assert_eq!((via.transport, via.branch()), ("UDP", Some("390skdjuw")));
    assert_eq!(message.header(Name::Subject), Some(""));
    let value = "newfangled value  continued newfangled value";
    let folded = message.header_by_str("newfangledheader").unwrap();
    assert_eq!(
        folded.split_whitespace().collect::<Vec<_>>(),
        value.split_whitespace().collect::<Vec<_>>()
    );
    assert_eq!(
        message.header_by_str("UnknownHeaderWithUnusualValue"),
        Some(";;,,;;,;")
    );
    let contact = message.contact().unwrap().unwrap();
    assert_eq!(
        contact.display_name().as_deref(),
        Some("Quoted string \"\"")
    );
    assert_eq!(contact.params.get("q"), Some("0.33"));
    assert_eq!(contact.params.get("secondparam"), Some(""));
    assert_eq!(message.sdp().unwrap().len(), 150);
}

#[test]
fn second_request_in_a_datagram_is_dropped() {
    let Some(messages) = appendix() else { return };
    let message = Message::parse(messages["dblreq"].clone()).unwrap();
    assert_eq!(message.method(), Some(Method::Register));
    assert_eq!(message.body(), b"");
    assert!(message.as_bytes().ends_with(b"\r\n\r\n"));
}

#[test]
fn escapes_and_odd_characters_read_as_meant() {
    let Some(messages) = appendix() else { return };
    let message = Message::parse(messages["intmeth"].clone()).unwrap();
    assert_eq!(
        message.method().unwrap().as_str(),
        "!interesting-Method0123456789_*+`.%indeed'~"
    );
    assert_eq!(
        message.to().display_name().as_deref(),
        Some("BEL:\u{7} NUL:\0 DEL:\u{7f}")
    );
    let message = Message::parse(messages["esc02"].clone()).unwrap();
    // A method and a header field name have no escapes.
    assert_eq!(message.method().unwrap().as_str(), "RE%47IST%45R");
    assert_eq!(message.headers(Name::Contact).count(), 2);
    let message = Message::parse(messages["escnull"].clone()).unwrap();
    let uri = trunkline_sip::uri::parse(message.to().uri).unwrap();
    assert_eq!(
        uri.sip().unwrap().user_decoded().as_deref(),
        Some("null-\0-null")
    );
    let message = Message::parse(messages["noreason"].clone()).unwrap();
    assert_eq!(
        message.kind(),
        Kind::Response {
            status: 100,
            reason: ""
        }
    );
}

#[test]
fn refused_requests_can_be_answered() {
    let Some(messages) = appendix() else { return };
    for (name, outcome, _) in MESSAGES {
        let Some(data) = messages.get(*name) else {
            continue;
        };
        let salvaged = Message::salvage(data.clone());
        match (outcome, *name) {
            // Without From, To, Call-ID or CSeq, an answer would be as malformed.
            (_, "insuf" | "test") | (Fails(None), _) => assert!(salvaged.is_none(), "{name}"),
            (Fails(Some(_)), _) => {
                let salvaged = salvaged.unwrap_or_else(|| panic!("{name} has no answer"));
                assert!(salvaged.via().is_ok(), "{name}");
                assert!(
                    salvaged.is_request() && salvaged.body().is_empty(),
                    "{name}"
                );
            }
            (Parses, _) => {}
        }
    }
}

#[test]
fn errors_say_line_and_field() {
    let Some(messages) = appendix() else { return };
    let error = |name: &str| Message::parse(messages[name].clone()).unwrap_err();
    let quotbal = error("quotbal");
    assert_eq!((quotbal.line, quotbal.field), (2, Some(Name::To)));
    let scalar = error("scalar02");
    assert_eq!(
        (scalar.field, scalar.line, scalar.column),
        (Some(Name::CSeq), 5, 7)
    );
    assert_eq!(scalar.problem, Problem::OutOfRange { maximum: u32::MAX });
    let clerr = error("clerr");
    let present = messages["clerr"].len() - find(&messages["clerr"], b"v=0");
    assert_eq!(
        clerr.problem,
        Problem::BodyTruncated {
            stated: 9999,
            present
        }
    );
    assert_eq!(error("badvers").problem, Problem::Version);
    assert_eq!(error("mcl01").problem, Problem::Repeated);
    assert_eq!(error("insuf").problem, Problem::Missing);
}

fn outcome(name: &str, data: Vec<u8>) -> Outcome {
    match Message::parse(data) {
        Ok(_) => Parses,
        Err(error) => {
            println!("{name}: {error}");
            Fails(error.status())
        }
    }
}

/// The messages of RFC 4475 appendix A.1, which is a gzipped tar as base64.
fn appendix() -> Option<BTreeMap<String, Vec<u8>>> {
    let rfc = std::fs::read_to_string(shared("rfc/rfc4475.txt")?).unwrap();
    let (_, archive) = rfc
        .split_once("A.1.  Encoded Reference Messages\n\n   -- BEGIN MESSAGE ARCHIVE --\n")
        .unwrap();
    let (archive, _) = archive.split_once("-- END MESSAGE ARCHIVE --").unwrap();
    // Lines of the archive are one word; page headings and footings are several.
    let lines = archive
        .lines()
        .map(str::trim)
        .filter(|line| !line.contains(' '));
    let packed = base64(&lines.collect::<String>());
    let tool = Command::new("gzip")
        .arg("-dc")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut tool) = tool else {
        println!("NOT RUN: gzip is not there");
        return None;
    };
    // The archive is smaller than a pipe holds.
    tool.stdin.take().unwrap().write_all(&packed).unwrap();
    let tar = tool.wait_with_output().unwrap().stdout;
    Some(untar(&tar))
}

fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut octets = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.bytes().filter(|&octet| octet != b'=') {
        let value = DIGITS.iter().position(|&d| d == digit).unwrap();
        bits = (bits << 6 | value as u32) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            octets.push((bits >> count) as u8);
        }
    }
    octets
}

/// The files of a tar archive by their stems.
fn untar(mut tar: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    while tar.len() >= 512 && tar[0] != 0 {
        let text = |field: &[u8]| {
            String::from_utf8(field.iter().copied().take_while(|&c| c != 0).collect()).unwrap()
        };
        let (name, kind) = (text(&tar[..100]), tar[156]);
        let size = usize::from_str_radix(text(&tar[124..136]).trim(), 8).unwrap();
        if kind == b'0' || kind == 0 {
            let stem = Path::new(&name)
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            files.insert(stem, tar[512..512 + size].to_vec());
        }
        tar = &tar[512 + size.div_ceil(512) * 512..];
    }
    files
}

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared")
        .join(path);
    if path.exists() {
        return Some(path);
    }
    println!("NOT RUN: {} is not there", path.display());
    None
}

fn find(text: &[u8], wanted: &[u8]) -> usize {
    text.windows(wanted.len())
        .position(|window| window == wanted)
        .unwrap()
}
