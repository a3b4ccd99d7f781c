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
    protocol: Q.850
    parameter cause: 16 normal call clearing
    parameter text: bye
  X-Own: <a>
  Content-Type: application/sdp (RFC 3261 20.15)
    media: application/sdp
  Content-Length: 108 (RFC 3261 20.14)
  session description (RFC 8866 5)
    v= version: 0
    o= origin: - 1 1 IN IP4 192.0.2.1
      user name: -
      session id: 1
      session version: 1
      network type: IN
      address type: IP4
      address: 192.0.2.1
    s= session name: -
    t= time active: 0 0
      start: 0
      stop: 0
    m= media: audio 4000 RTP/AVP 8 96
      medium: audio
      port: 4000
      protocol: RTP/AVP
      format 8: PCMA/8000
      format 96: opus/48000/2
      a= attribute: rtpmap:96 opus/48000/2
        payload type: 96
        encoding: opus
        clock rate: 48000 Hz
        channels: 2
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

/// The message that cannot be read.
fn malformed(text: &str) -> Malformed {
    match read(USUAL, text.as_bytes()) {
        Err(TreeError::Sip(malformed)) => malformed,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn malformed_sip_shows_the_line_the_place_the_clause_and_the_answer() {
    let text = INVITE.replace("CSeq: 1", "CSeq:\t4294967296");
    let fault = malformed(&text);
    assert_eq!(
        fault.to_string(),
        "line 6, column 7: CSeq: number exceeds 4294967295 (RFC 3261 20.16)\n  \
         CSeq:\\t4294967296 INVITE\n         ^\n  the gateway answers 400 Bad Request"
    );
    assert_eq!(
        (fault.error.field, fault.answer),
        (Some(trunkline_sip::Name::CSeq), Some(400))
    );
    // Lines are counted from the beginning of the input.
    assert_eq!(malformed(&format!("\r\n\n{text}")).error.line, 8);
    // A response is never answered, nor is what does not say to whom.
    let response = text.replace(
        "INVITE sip:+493012345678@gw.example;user=phone SIP/2.0",
        "SIP/2.0 200 OK",
    );
    let fault = malformed(&response);
    assert_eq!(fault.answer, None);
    assert!(
        fault
            .to_string()
            .ends_with("\n  the gateway answers nothing")
    );
    let fault = malformed("INVITE sip:a\n\n");
    assert_eq!((fault.error.line, fault.answer), (1, None));
    assert_eq!(
        malformed(&text.replace("SIP/2.0\nVia", "SIP/3.0\nVia")).answer,
        Some(505)
    );
    // Of a long line, what is near the place.
    let long = "x".repeat(500);
    let fault = malformed(&INVITE.replace("tag=1", &format!("{long};;{long}")));
    let shown = fault.to_string();
    let lines: Vec<_> = shown.lines().collect();
    assert!(lines[1].len() < 140 && lines[1].starts_with("  ...x") && lines[1].ends_with("x..."));
    let caret = lines[2].find('^').unwrap();
    assert!(
        matches!(&lines[1][caret - 1..=caret], ";;" | ";x"),
        "{shown}"
    );
    let object = TreeError::Sip(fault).to_json();
    assert_eq!(
        (&object["sip"]["line"], &object["sip"]["answer"]),
        (&3.into(), &400.into())
    );
}

#[test]
fn a_fault_in_a_header_field_is_shown_at_its_place() {
    let text = INVITE.replace(
        "X-Own: <a>",
        "Supported: 100rel, a b, path\nDate: Fri, 01 Jan 2010 16:00:00 EST\nP-Early-Media: gated\n\
         Diversion: <tel:+1>;counter=x",
    );
    let tree = read(USUAL, text.as_bytes()).unwrap();
    let supported = find(&tree.fields, &["Supported"]);
    let values: Vec<_> = supported
        .fields
        .iter()
        .map(|field| (field.value.as_deref().unwrap(), field.remark.as_deref()))
        .collect();
    let fault = "malformed: column 11 of the value, at `b`: expected the end of the value \
                 (RFC 3261 25.1 token)";
    assert_eq!(
        values,
        [("100rel", None), ("a b", Some(fault)), ("path", None)]
    );
    assert_eq!(
        find(&tree.fields, &["Date"]).remark.as_deref(),
        Some("malformed: column 27 of the value, at `EST`: expected `GMT` (RFC 3261 20.17)")
    );
    let diversion = find(&tree.fields, &["Diversion"]);
    let remark = diversion.remark.as_deref().unwrap();
    assert!(
        remark.starts_with("malformed: column 18 of the value, at `x`: "),
        "{remark}"
    );
    assert!(find(&tree.fields, &["P-Early-Media"]).remark.is_none());
    let json = tree.to_json().to_string();
    assert!(json.contains("malformed: column 27"), "{json}");
}

#[test]
fn values_embedded_in_others_are_taken_apart() {
    let text = INVITE.replace(
        "X-Own: <a>",
        "History-Info: <sip:a@h?Reason=Q.850%3Bcause%3D17&x=1>;index=1.1;mp=1, <tel:+1>;index=1.2\n\
         Refer-To: <sip:b@h?Replaces=1%40h%3Bto-tag%3Da%3Bfrom-tag%3Db>\n\
         Authorization: Digest username=\"a\",realm=\"r\",nonce=\"n\",uri=\"sip:h\",response=\"0\"",
    );
    let tree = read(USUAL, text.as_bytes()).unwrap();
    let entry = &find(&tree.fields, &["History-Info"]).fields[0];
    let reason = find(&entry.fields, &["reason"]);
    assert_eq!(reason.value.as_deref(), Some("Q.850;cause=17"));
    let index = find(&entry.fields, &["parameter index"]);
    assert_eq!(index.value.as_deref(), Some("1.1"));
    let replaces = find(&tree.fields, &["Refer-To", "URI", "header Replaces"]);
    assert_eq!(replaces.value.as_deref(), Some("1@h;to-tag=a;from-tag=b"));
    let user = find(&tree.fields, &["Authorization", "parameter username"]);
    assert_eq!(user.value.as_deref(), Some("a"));
}

#[test]
fn attributes_of_sdp_are_typed_and_their_faults_shown() {
    let sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
               a=group:BUNDLE a\r\nm=audio 9 UDP/TLS/RTP/SAVPF 101\r\nb=AS:64\r\n\
               a=fmtp:101 0-15;x=1\r\na=setup:sideways\r\na=fingerprint:sha-1 {}\r\n\
               a=candidate:1 1 udp 99 192.0.2.1 4000 typ host x 1\r\na=rtcp:9 IN IP4 192.0.2.1\r\n"
        .replace("{}", &["0A"; 20].join(":"));
    let head = INVITE.split_once("Content-Length").unwrap().0;
    let text = format!("{head}Content-Length: {}\n\n", sdp.len()).replace('\n', "\r\n") + &sdp;
    let tree = read(USUAL, text.as_bytes()).unwrap();
    let description = tree.fields.last().unwrap();
    assert_eq!(description.remark, None, "{description:#?}");
    let group = find(&description.fields, &["a= attribute", "semantics"]);
    assert_eq!(group.value.as_deref(), Some("BUNDLE"));
    let medium = find(&description.fields, &["m= media"]);
    let typed: Vec<_> = medium
        .fields
        .iter()
        .filter(|field| field.name == "a= attribute")
        .collect();
    assert_eq!(typed.len(), 5);
    assert!(
        typed[1].remark.as_ref().unwrap().contains("setup"),
        "{typed:#?}"
    );
    let value = |index: usize, name| find(&typed[index].fields, &[name]).value.as_deref();
    assert_eq!(value(0, "parameter x"), Some("1"));
    assert_eq!(value(2, "hash").unwrap().len(), 59);
    assert_eq!((value(3, "type"), value(3, "x")), (Some("host"), Some("1")));
    assert_eq!(value(4, "address"), Some("192.0.2.1"));
}

#[test]
fn octets_of_a_text_are_read_as_it() {
    let hex: String = INVITE.bytes().map(|octet| format!("{octet:02x}")).collect();
    let tree = read(USUAL, hex.as_bytes()).unwrap();
    assert_eq!(tree.name, "INVITE");
}

/// The messages of RFC 4475, from the archive in its appendix.
fn torture() -> Option<Vec<(String, Vec<u8>)>> {
    let rfc = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/rfc/rfc4475.txt"
    );
    let Ok(rfc) = std::fs::read_to_string(rfc) else {
        println!("NOT RUN: {rfc} is not there");
        return None;
    };
    let (_, archive) = rfc.rsplit_once("-- BEGIN MESSAGE ARCHIVE --\n").unwrap();
    let (archive, _) = archive.split_once("-- END MESSAGE ARCHIVE --").unwrap();
    // Lines of the archive are one word; page headings and footings are several.
    let lines = archive.lines().map(str::trim);
    let archive: String = lines.filter(|line| !line.contains(' ')).collect();
    let folder = std::env::temp_dir().join(format!("trunkline-torture-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut tool = std::process::Command::new("sh")
        .args(["-c", "base64 -d | tar -xzf -"])
        .current_dir(&folder)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut tool.stdin.take().unwrap(), archive.as_bytes()).unwrap();
    assert!(tool.wait().unwrap().success());
    let mut messages = Vec::new();
    let mut folders = vec![folder.clone()];
    while let Some(inner) = folders.pop() {
        for entry in std::fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                    messages.push((name, std::fs::read(path).unwrap()));
                }
            }
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
    Some(messages)
}

#[test]
fn every_torture_message_is_a_tree_or_an_error_with_a_place() {
    let Some(messages) = torture() else { return };
    assert_eq!(messages.len(), 50);
    let (mut trees, mut errors) = (0, 0);
    for (name, octets) in &messages {
        match read(CHECK, octets) {
            Ok(tree) => {
                trees += 1;
                assert!(tree.fields.len() > 5, "{name}");
                assert!(!tree.to_string().is_empty() && tree.to_json().is_object());
            }
            Err(TreeError::Sip(fault)) => {
                errors += 1;
                let lines = octets.iter().filter(|&&octet| octet == b'\n').count();
                let line = usize::try_from(fault.error.line).unwrap();
                assert!((1..=lines + 2).contains(&line), "{name}: {fault}");
                assert!(
                    fault.error.column > 0 && !fault.error.clause.is_empty(),
                    "{name}"
                );
                assert!(
                    fault.to_string().contains("\n  the gateway answers "),
                    "{name}"
                );
            }
            Err(other) => panic!("{name}: {other}"),
        }
    }
    assert!(trees > 25 && errors > 15, "{trees} trees, {errors} errors");
    let tree = |wanted: &str| {
        let (_, octets) = messages.iter().find(|(name, _)| name == wanted).unwrap();
        read(USUAL, octets).unwrap()
    };
    // RFC 4475 3.1.2.12
    let date = tree("baddate");
    let remark = find(&date.fields, &["Date"]).remark.as_deref().unwrap();
    assert!(remark.contains("at `EST`"), "{remark}");
    // RFC 4475 3.1.1.1: folded, compact, escaped, with space at every place.
    let tortuous = tree("wsinv").to_string();
    let (tortuous, description) = tortuous.split_once("session description").unwrap();
    assert!(!tortuous.contains("malformed"), "{tortuous}");
    // Its SDP has an rtpmap without clock rate.
    assert!(description.contains("malformed"), "{description}");
    // RFC 4475 3.1.1.11
    let parts = tree("mpart01");
    assert!(parts.fields.last().unwrap().fields.len() >= 2);
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
