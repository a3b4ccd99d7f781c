//! SIP messages, and the ISUP in them.

use super::*;

pub(super) const INVITE: &str = "INVITE sip:+493012345678@gw.example;user=phone SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport
f: \"A\" <sip:alice@example.com>;tag=1
To: <tel:+49-30-1234>
Call-ID: abc
CSeq: 1 INVITE
Reason: Q.850;cause=16;text=\"bye\"
X-Own: <a>
Content-Type: application/sdp
Content-Length: 108

v=0
o=- 1 1 IN IP4 192.0.2.1
s=-
t=0 0
m=audio 4000 RTP/AVP 8 96
a=rtpmap:96 opus/48000/2
a=sendrecv
";

#[test]
fn sip_message_line_by_line() {
    let expected = "\
SIP INVITE, 393 octets
  remark: 18 lines end with a bare LF; read as CRLF (RFC 3261 7)
  request line: INVITE sip:+493012345678@gw.example;user=phone SIP/2.0 (RFC 3261 7.1)
    method: INVITE (RFC 3261 7.1)
    Request-URI: sip:+493012345678@gw.example;user=phone (RFC 3261 8.1.1.1)
      user: +493012345678
      host: gw.example
      parameter user: phone
  Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport (RFC 3261 20.42)
    transport: UDP
    sent-by: 192.0.2.1:5060
    parameter branch: z9hG4bK1
    parameter rport
  From: \"A\" <sip:alice@example.com>;tag=1 (RFC 3261 20.20)
    remark: written as f
    display name: A
    URI: sip:alice@example.com
      user: alice
      host: example.com
    parameter tag: 1
  To: <tel:+49-30-1234> (RFC 3261 20.39)
    URI: tel:+49-30-1234
      global number: +49301234
  Call-ID: abc (RFC 3261 20.8)
  CSeq: 1 INVITE (RFC 3261 20.16)
    number: 1
    method: INVITE
  Reason: Q.850;cause=16;text=\"bye\" (RFC 3326 2)
    cause: 16 normal call clearing
  X-Own: <a>
  Content-Type: application/sdp (RFC 3261 20.15)
  Content-Length: 108 (RFC 3261 20.14)
  session description (RFC 8866 5)
    v= version: 0
    o= origin: - 1 1 IN IP4 192.0.2.1
    s= session name: -
    t= time active: 0 0
    m= media: audio 4000 RTP/AVP 8 96
      format 8: PCMA/8000
      format 96: opus/48000/2
      a= attribute: rtpmap:96 opus/48000/2
      a= attribute: sendrecv
";
    let length = INVITE
        .split_once("\n\n")
        .unwrap()
        .1
        .lines()
        .map(|line| line.len() + 2)
        .sum::<usize>();
    assert_eq!(length, 108, "Content-Length");
    assert_eq!(
        read(USUAL, INVITE.as_bytes()).unwrap().to_string(),
        expected
    );
    // As it was on the wire, and with what copying does to the end of a text.
    let wire = read(USUAL, INVITE.replace('\n', "\r\n").as_bytes()).unwrap();
    assert!(wire.remarks.is_empty());
    let cut = read(USUAL, INVITE.trim_end().as_bytes()).unwrap();
    assert_eq!(
        cut.remarks[1],
        "Content-Length states 108 octets, 106 are there"
    );
    assert_eq!(cut.fields, wire.fields);
    let more = read(USUAL, INVITE.replace("108", "98").as_bytes()).unwrap();
    assert_eq!(
        more.remarks[1],
        "10 octets behind the body are left out (RFC 3261 18.3)"
    );
}

#[test]
fn responses_and_bodies_of_several_parts() {
    let text = "SIP/2.0 183 Session Progress\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n\
                From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\
                Content-Type: multipart/mixed;boundary=b\r\n\r\n--b\r\n\
                Content-Type: application/ISUP;version=itu-t92+\r\n\r\n\x06\x10\x14\0\r\n--b\r\n\
                Content-Type: text/plain\r\n\r\nhello\r\n--b\r\n\
                Content-Type: application/ISUP\r\n\r\n\x06\x10\r\n--b--\r\n";
    let tree = read(USUAL, text.as_bytes()).unwrap();
    assert_eq!((tree.name.as_str(), tree.remarks.len()), ("183", 0));
    let status = find(&tree.fields, &["status line", "status"]);
    assert_eq!(status.value.as_deref(), Some("183, provisional"));
    let parts = &tree.fields.last().unwrap().fields;
    let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["ISUP ACM", "body, text/plain, 5 octets", "ISUP"]);
    let charge = find(
        &parts[0].fields,
        &["backward call indicators", "charge indicator"],
    );
    assert_eq!(charge.value.as_deref(), Some("no indication"));
    assert_eq!(tree.error.unwrap().message, Some(MessageType::Acm));
}

#[test]
fn malformed_sip_names_line_and_column() {
    let text = INVITE.replace("To: <tel:", "To: <tel:x y");
    match read(USUAL, text.as_bytes()) {
        Err(TreeError::Sip(error)) => assert_eq!(
            (error.line, error.field),
            (4, Some(trunkline_sip::Name::To))
        ),
        other => panic!("{other:?}"),
    }
    assert!(
        matches!(read(USUAL, b"INVITE sip:a\n\n"), Err(TreeError::Sip(error)) if error.line == 1)
    );
}

#[test]
fn terminals_are_left_in_peace() {
    let text = "SIP/2.0 200 a\u{9b}2J\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
                To: <sip:b@h>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Type: text/x\u{9b}\r\n\r\n\
                \x1b[2J\n";
    let text = read(USUAL, text.as_bytes()).unwrap().to_string();
    assert!(
        !text.contains(|c: char| c.is_control() && c != '\n'),
        "{text:?}"
    );
    assert!(text.contains("\\u{1b}[2J"), "{text}");
}

#[test]
fn isup_in_sip_is_of_the_version_that_the_body_names() {
    let kind = |parameters: &str| {
        let text = format!(
            "BYE sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
             To: <sip:b@h>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\nMax-Forwards: 70\r\n\
             Content-Type: application/ISUP{parameters}\r\nContent-Length: 1\r\n\r\n\x10"
        );
        let tree = read(CHECK, text.as_bytes()).unwrap();
        let body = tree.fields.last().unwrap();
        (body.name.clone(), body.remark.clone().unwrap(), tree.error)
    };
    // A release complete of T1.113 has no pointer to optional parameters.
    let counted = "octets are counted as if the CIC stood before it";
    let isup = |remark: &str| ("ISUP RLC".to_owned(), remark.to_owned(), None);
    assert_eq!(kind(";version=ansi00"), isup(counted));
    assert_eq!(kind(";version=own;base=ansi88"), isup(counted));
    let missing = "RLC: octet 4: pointer to the optional part is missing (Q.763 1.7)";
    let itu = format!("{counted}; {missing}");
    assert_eq!(kind(";version=itu-t92+"), isup(&itu));
    let unknown = "version own is not known, read as itu (RFC 3204 3.1)";
    assert_eq!(kind(";version=own"), isup(&format!("{unknown}; {itu}")));
}
