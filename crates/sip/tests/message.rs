//! What a message looks like and what it must not look like, beyond RFC 4475.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use trunkline_sip::message::{MAX_HEADERS, MAX_MESSAGE};
use trunkline_sip::{Header, Kind, Message, Method, Name, ParseError, Problem};

const HEADERS: &str = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
    From: <sip:a@example.com>;tag=1\r\n\
    To: <sip:b@example.com>\r\n\
    Call-ID: x@y\r\n";

/// An OPTIONS with further lines.
fn options(lines: &str) -> Vec<u8> {
    format!("OPTIONS sip:b@example.com SIP/2.0\r\n{HEADERS}CSeq: 1 OPTIONS\r\n{lines}").into()
}

fn parse(data: impl Into<Vec<u8>>) -> Message {
    Message::parse(data.into()).unwrap_or_else(|error| panic!("{error}"))
}

fn error(data: impl Into<Vec<u8>>) -> ParseError {
    Message::parse(data.into()).unwrap_err()
}

#[test]
fn body_is_the_rest_of_the_datagram_without_content_length() {
    assert_eq!(parse(options("\r\nrest")).body(), b"rest");
    assert_eq!(
        parse(options("Content-Length: 2\r\n\r\nrest")).body(),
        b"re"
    );
    assert_eq!(parse(options("Content-Length: 0\r\n\r\nrest")).body(), b"");
    let short = error(options("l: 5\r\n\r\nrest"));
    assert_eq!(
        short.problem,
        Problem::BodyTruncated {
            stated: 5,
            present: 4
        }
    );
    assert_eq!(short.status(), Some(400));
    for bad in ["", "-1", "1 2", "0x10", "99999999999999999999"] {
        let error = error(options(&format!("Content-Length: {bad}\r\n\r\nrest")));
        assert_eq!(
            (error.line, error.field),
            (7, Some(Name::ContentLength)),
            "{bad}"
        );
    }
}

#[test]
fn line_ends_before_the_start_line_are_skipped() {
    let mut data = b"\r\n\r\n\r\n".to_vec();
    data.extend(options("\r\n"));
    let message = parse(data);
    assert_eq!(message.as_bytes(), options("\r\n"));
    for junk in [
        &b""[..],
        b"\r\n",
        b"\r\n\r\n",
        b"\0",
        b"jaK",
        b"hello\r\n\r\n",
    ] {
        assert_eq!(error(junk).status(), None, "{junk:?}");
        assert!(Message::salvage(junk.to_vec()).is_none(), "{junk:?}");
    }
}

#[test]
fn every_line_ends_in_crlf() {
    let bare = String::from_utf8(options("X: a\nInjected: b\r\n\r\n")).unwrap();
    assert_eq!(
        (error(bare.clone()).line, error(bare.clone()).column),
        (7, 5)
    );
    assert_eq!(error(bare.replace('\n', "\r")).status(), None);
    assert_eq!(error(options("X: a\rb\r\n\r\n")).line, 7);
    assert_eq!(error(options("X: a\0b\r\n\r\n")).column, 5);
    assert_eq!(error(options("X: a\\\r\n\n\r\n")).line, 8);
    let unfinished = error(options("X: a"));
    assert_eq!((unfinished.line, unfinished.column), (7, 5));
    assert_eq!(error(options("X: a\r\n")).line, 8);
}

#[test]
fn folded_lines_are_unfolded_and_counted() {
    let message = parse(options(
        "Subject: one\r\n two\r\n\t three \r\nX:\r\n \r\n\r\n",
    ));
    assert_eq!(
        message
            .header(Name::Subject)
            .unwrap()
            .split_whitespace()
            .count(),
        3
    );
    assert_eq!(message.header_by_str("x"), Some(""));
    let error = error(options(
        "Subject: one\r\n two\r\n three\r\nMax-Forwards: x\r\n\r\n",
    ));
    assert_eq!((error.line, error.column), (10, 15));
    let error = crate::error(options("Contact: <sip:a@b>,\r\n  <sip:c@d\r\n\r\n"));
    assert_eq!((error.line, error.column), (8, 11), "{error}");
}

#[test]
fn lists_are_split_and_compact_forms_known() {
    let message = parse(options(
        "k: timer , 100rel\r\nSupported:\r\nSUPPORTED: replaces\r\n\
         m: \"x, y\" <sip:a,b@c>;q=1, <sip:d@e>\r\nDate: Sat, 13 Nov 2010 23:29:00 GMT\r\n\
         X-List: a, b\r\n\r\n",
    ));
    let supported: Vec<_> = message.headers(Name::Supported).collect();
    assert_eq!(supported, ["timer", "100rel", "replaces"]);
    assert!(message.lists(Name::Supported, "100REL"));
    assert!(!message.lists(Name::Supported, "100"));
    assert_eq!(message.header(Name::Supported), Some("timer , 100rel"));
    assert_eq!(message.headers(Name::Contact).count(), 2);
    assert_eq!(message.headers(Name::Date).count(), 1);
    assert_eq!(
        message.headers(Name::Other("x-list")).collect::<Vec<_>>(),
        ["a, b"]
    );
    assert_eq!(
        message.header(Name::Other("cOntact")),
        message.header(Name::Contact)
    );
    let contact = message.contact().unwrap().unwrap();
    assert_eq!((contact.display, contact.uri), (Some("x, y"), "sip:a,b@c"));
    let last = Header {
        name: None,
        text: "X-List",
        value: "a, b",
    };
    assert_eq!(message.all_headers().last(), Some(last));
}

#[test]
fn contact_star_is_no_address() {
    let message = parse(options("Contact: *\r\n\r\n"));
    assert!(message.contact().is_none());
    assert_eq!(message.headers(Name::Contact).next(), Some("*"));
}

#[test]
fn what_must_be_there_must_be_there_once() {
    for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
        let all = String::from_utf8(options("\r\n")).unwrap();
        let line = all
            .split_inclusive("\r\n")
            .find(|line| line.starts_with(name))
            .unwrap();
        let missing = error(all.replace(line, ""));
        assert_eq!(missing.problem, Problem::Missing, "{name}");
        assert_eq!(missing.field, Name::from_text(name));
        assert_eq!(missing.status(), Some(400));
        if name != "Via" {
            assert_eq!(
                error(options(&format!("{line}\r\n"))).problem,
                Problem::Repeated,
                "{name}"
            );
        }
    }
    let twice = "Content-Length: 0\r\nl: 0\r\n\r\n";
    assert_eq!(error(options(twice)).problem, Problem::Repeated);
}

#[test]
fn nothing_is_answered_to_responses_and_acks() {
    let ack = format!("ACK sip:b@example.com SIP/2.0\r\n{HEADERS}CSeq: 1 INVITE\r\n\r\n");
    assert_eq!(error(ack.clone()).problem, Problem::MethodMismatch);
    let broken = ack
        .replace("<sip:b@example.com>", "<sip:b@")
        .replace("1 INVITE", "1 ACK");
    assert_eq!(error(broken.clone()).status(), None);
    assert!(Message::salvage(broken.into()).is_none());
    let response = format!("SIP/2.0 200 OK\r\n{HEADERS}\r\n");
    assert_eq!(error(response.clone()).status(), None);
    assert!(Message::salvage(response.into()).is_none());
}

#[test]
fn status_lines() {
    let response = |line: &str| format!("{line}\r\n{HEADERS}CSeq: 1 INVITE\r\n\r\n");
    let kind = |status, reason| Kind::Response { status, reason };
    assert_eq!(
        parse(response("SIP/2.0 180 Ringing")).kind(),
        kind(180, "Ringing")
    );
    assert_eq!(parse(response("SIP/2.0 200")).kind(), kind(200, ""));
    assert_eq!(parse(response("sip/2.0 699  x ")).kind(), kind(699, " x "));
    for line in [
        "SIP/2.0 99 x",
        "SIP/2.0 700 x",
        "SIP/2.0 2000 x",
        "SIP/2.0  200 OK",
        "SIP/2.0",
        "SIP/",
    ] {
        assert_eq!(error(response(line)).line, 1, "{line}");
    }
    assert_eq!(error(response("SIP/3.0 200 OK")).problem, Problem::Version);
}

#[test]
fn request_lines() {
    let request = |line: &str| format!("{line}\r\n{HEADERS}CSeq: 1 OPTIONS\r\n\r\n");
    assert_eq!(
        parse(request("OPTIONS tel:+493012345 SIP/2.0")).request_uri(),
        Some("tel:+493012345")
    );
    assert!(parse(request("OPTIONS sip:[2001:db8::1]:5060;lr SIP/2.0")).is_request());
    for (line, status) in [
        ("OPTIONS sip:a@b", Some(400)),
        ("OPTIONS sip:a@b SIP/2.0 ", Some(400)),
        ("OPTIONS  sip:a@b SIP/2.0", Some(400)),
        ("OPTIONS b SIP/2.0", Some(400)),
        ("OPTIONS sip:a@b HTTP/1.1", Some(400)),
        ("OPTIONS sip:a@b SIP/1.0", Some(505)),
        ("ACK sip:a@b SIP/1.0", None),
        ("OPT(IONS sip:a@b SIP/2.0", None),
        ("OPTIONS", None),
    ] {
        let error = error(request(line));
        assert_eq!((error.line, error.status()), (1, status), "{line}: {error}");
    }
    let cseq = request("OPTIONS sip:a@b SIP/2.0").replace("1 OPTIONS", "1 INVITE");
    assert_eq!(error(cseq).status(), Some(400));
}

#[test]
fn sizes_are_bounded() {
    let lines = |count: usize| options(&format!("{}\r\n", "X: y\r\n".repeat(count)));
    assert_eq!(
        parse(lines(MAX_HEADERS - 5)).all_headers().count(),
        MAX_HEADERS
    );
    let many = error(lines(MAX_HEADERS - 4));
    assert_eq!(many.problem, Problem::TooManyHeaders { limit: MAX_HEADERS });
    assert_eq!(many.status(), Some(513));
    let start = options("\r\n");
    let mut long = start.clone();
    long.resize(MAX_MESSAGE, b'x');
    assert_eq!(parse(long.clone()).body().len(), MAX_MESSAGE - start.len());
    long.push(b'x');
    assert_eq!(
        error(long.clone()).problem,
        Problem::TooLong { limit: MAX_MESSAGE }
    );
    assert_eq!(error(long.clone()).status(), Some(513));
    let answerable = Message::salvage(long).unwrap();
    assert_eq!(answerable.method(), Some(Method::Options));
    assert_eq!(answerable.cseq().number, 1);
}

#[test]
fn header_fields_are_utf8() {
    let mut data = options("Subject: ");
    data.extend(b"\xe4\r\n\r\n\xe4");
    let error = error(data.clone());
    assert_eq!((error.line, error.column), (7, 10));
    assert!(Message::salvage(data).is_some());
    assert_eq!(
        parse(options("Subject: \u{e4}\r\n\r\n")).header(Name::Subject),
        Some("\u{e4}")
    );
    let mut binary = options("\r\n");
    binary.extend(b"\xff\xfe\0");
    assert_eq!(parse(binary).body(), b"\xff\xfe\0");
}

#[test]
fn addresses_of_all_families() {
    let message = parse(
        "INVITE sips:+1;phone-context=x@[2001:db8::1] SIP/2.0\r\n\
         v: SIP/2.0/UDP [2001:db8::9]:5070;branch=z9hG4bK2;rport\r\n\
         f: tel:+493012345;tag=a\r\n\
         t: <urn:service:sos>\r\n\
         i: 1\r\n\
         CSeq: 4294967295 INVITE\r\n\
         m: <sip:[2001:db8::9]:5070>\r\n\r\n",
    );
    assert_eq!(message.from().uri, "tel:+493012345");
    assert_eq!(message.from().tag(), Some("a"));
    assert_eq!(message.to().uri, "urn:service:sos");
    assert_eq!(message.via().unwrap().port, Some(5070));
    assert_eq!(message.cseq().number, u32::MAX);
    assert_eq!(
        message.contact().unwrap().unwrap().uri,
        "sip:[2001:db8::9]:5070"
    );
}
