//! Whatever comes in, nothing panics; and what the builder writes, the parser reads.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "support/targets.rs"]
#[allow(dead_code, reason = "streams are fuzzed elsewhere")]
mod targets;

use proptest::prelude::*;
use std::path::Path;
use trunkline_sip::multipart::{self, Multipart, Part};
use trunkline_sip::sdp::{self, Capabilities, SessionDescription};
use trunkline_sip::{Builder, Message, Method, Name, Quoted, Uri, uri};

const INVITE: &str = "INVITE sip:+493012345@gw.example.com;user=phone SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds;rport,\r\n\
    \tSIP/2.0/TCP [2001:db8::1]:5061 ; branch=z9hG4bK1;received=2001:db8::2\r\n\
    Max-Forwards: 70\r\n\
    t: \"B \\\"ob\\\"\" <sip:bob@example.com;x=%41>\r\n\
    From: Alice <sip:alice@example.com>;tag=1928301774\r\n\
    Call-ID: a84b4c76e66710@pc33.example.com\r\n\
    CSeq: 314159 INVITE\r\n\
    Contact: <sip:alice@192.0.2.1>;+sip.instance=\"<urn:uuid:1>\", tel:+49301\r\n\
    Record-Route: <sip:p1;lr>,<sip:p2;lr>\r\n\
    Supported: 100rel, timer\r\n\
    Content-Type: multipart/mixed;boundary=b\r\n\
    Content-Length: 200\r\n\
    \r\n\
    --b\r\n\
    Content-Type: application/sdp\r\n\
    \r\n\
    v=0\r\n\
    o=- 1 1 IN IP4 192.0.2.1\r\n\
    s=-\r\n\
    c=IN IP4 192.0.2.1\r\n\
    t=0 0\r\n\
    m=audio 4000 RTP/AVP 96 8 101\r\n\
    a=rtpmap:96 opus/48000/2\r\n\
    a=rtpmap:101 telephone-event/8000\r\n\
    --b--\r\n";

#[test]
fn the_seed_of_the_mutations_is_valid() {
    let message = Message::parse(INVITE.into()).unwrap();
    assert_eq!(message.headers(Name::Via).count(), 2);
    let description = SessionDescription::parse(message.sdp().unwrap()).unwrap();
    assert!(sdp::is_acceptable(&description, &Capabilities::default()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn arbitrary_octets_do_not_panic(data in prop::collection::vec(any::<u8>(), 0..512)) {
        targets::message(&data);
    }

    #[test]
    fn arbitrary_sip_like_text_does_not_panic(
        start in "(INVITE|ACK|SIP/2.0|[a-z]{0,3}) {0,2}(sip:|tel:|sips:|200|)[ -~]{0,30}( SIP/2.0)?",
        lines in prop::collection::vec(
            "(Via|v|From|To|Call-ID|CSeq|Contact|Route|Max-Forwards|l|X|) {0,1}: {0,1}\
             (SIP/2.0/UDP |<sip:|\"|1 INVITE|)[ -~\u{e4}]{0,40}", 0..12),
        end in "(\r\n)?(\r\n)?[ -~]{0,20}",
    ) {
        targets::message(format!("{start}\r\n{}{end}", lines.join("\r\n")).as_bytes());
    }

    #[test]
    fn mutated_messages_do_not_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..8),
    ) {
        targets::message(&mutate(INVITE.as_bytes().to_vec(), &edits));
    }

    #[test]
    fn mutated_torture_messages_do_not_panic(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..8),
    ) {
        let messages = torture();
        if !messages.is_empty() {
            targets::message(&mutate(messages[which.index(messages.len())].clone(), &edits));
        }
    }

    #[test]
    fn arbitrary_values_do_not_panic(text in "[ -~\t\u{e4}\u{20ac}]{0,60}") {
        targets::value(&text);
        let _ = SessionDescription::parse(text.as_bytes());
        let _ = multipart::parts(&text, text.as_bytes());
    }

    #[test]
    fn mutated_descriptions_do_not_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..8),
    ) {
        let start = INVITE.find("v=0").unwrap();
        targets::sdp(&mutate(INVITE.as_bytes()[start..INVITE.len() - 7].to_vec(), &edits));
    }

    #[test]
    fn uris_that_are_put_together_are_read(
        user in "\\PC{1,20}",
        password in prop::option::of("\\PC{0,10}"),
        host in "([a-z][a-z0-9]{0,8}\\.){0,2}[a-z]{1,5}|192\\.0\\.2\\.[1-9]|\\[2001:db8::[1-9]\\]",
        port in prop::option::of(any::<u16>()),
        params in prop::collection::vec(("\\PC{1,8}", prop::option::of("\\PC{1,8}")), 0..4),
        headers in prop::collection::vec(("\\PC{1,8}", "\\PC{0,8}"), 0..3),
    ) {
        let mut text = format!("sip:{}", uri::EscapedUser(&user));
        if let Some(password) = &password {
            text += &format!(":{}", uri::EscapedPassword(password));
        }
        text += &format!("@{host}");
        if let Some(port) = port {
            text += &format!(":{port}");
        }
        for (name, value) in &params {
            text += &format!(";{}", uri::EscapedParam(name));
            if let Some(value) = value {
                text += &format!("={}", uri::EscapedParam(value));
            }
        }
        for (index, (name, value)) in headers.iter().enumerate() {
            let sign = if index == 0 { '?' } else { '&' };
            let (name, value) = (uri::EscapedHeader(name), uri::EscapedHeader(value));
            text += &format!("{sign}{name}={value}");
        }
        let parsed = Uri::parse(&text).unwrap();
        prop_assert_eq!(parsed.to_string(), text.as_str());
        prop_assert!(parsed.is_equivalent(&parsed));
        let parsed = parsed.sip().unwrap();
        prop_assert_eq!(parsed.user_decoded(), Some(user.into()));
        prop_assert_eq!(parsed.password.map(uri::unescape), password.map(Into::into));
        prop_assert_eq!((parsed.host.to_string(), parsed.port), (host, port));
        let read = parsed.params.iter().map(|param| {
            let unescaped = |text| uri::unescape(text).into_owned();
            (unescaped(param.name), param.value.map(unescaped))
        });
        prop_assert_eq!(read.collect::<Vec<_>>(), params);
        let read = parsed.header_fields().map(|(name, value)| (name.into(), value.into()));
        prop_assert_eq!(read.collect::<Vec<(String, String)>>(), headers);
    }

    #[test]
    fn parts_that_are_put_together_are_read(
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 1..5),
        id in prop::option::of("[a-z]{1,5}@[a-z]{1,5}"),
        kind in 0_usize..4,
        nest in any::<bool>(),
    ) {
        let parts: Vec<_> = bodies
            .iter()
            .map(|body| Part { id: id.as_deref(), ..Part::new("application/x", body) })
            .collect();
        let kind = match kind {
            0 => Multipart::Mixed,
            1 => Multipart::Alternative,
            kind => Multipart::Related { root: kind - 2 },
        };
        let mut written = multipart::write(kind, &parts);
        if nest {
            let whole = Part::new(&written.content_type, &written.body);
            let outer = multipart::write(Multipart::Mixed, &[whole]);
            let outer = Part::new(&outer.content_type, &outer.body).parts();
            prop_assert_eq!(&outer, &[whole]);
            let (content_type, body) = (outer[0].content_type.to_owned(), outer[0].body.to_vec());
            written = multipart::Written { content_type, body };
        }
        let whole = Part::new(&written.content_type, &written.body);
        prop_assert_eq!(whole.parts(), parts);
    }

    #[test]
    fn what_is_built_is_read(
        user in "\\PC{1,20}",
        display in "\\PC{0,20}",
        subject in "\\PC{0,40}",
        any_text in any::<String>(),
        tag in "[a-z0-9]{1,10}",
        number in any::<u32>(),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let uri = format!("sip:{}@example.com", uri::EscapedUser(&user));
        let data = Builder::request(Method::Options, &uri)
            .header(Name::Via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1")
            .header(Name::From, format_args!("{} <{uri}>;tag={tag}", Quoted(&display)))
            .header(Name::To, format_args!("<{uri}>"))
            .header(Name::CallId, "1@example.com")
            .header(Name::CSeq, format_args!("{number} OPTIONS"))
            .header(Name::Subject, &subject)
            .header(Name::Other("X-Text"), &any_text)
            .body("application/octet-stream", &body)
            .build();
        let message = Message::parse(data.clone()).unwrap();
        prop_assert_eq!(message.as_bytes(), &data);
        prop_assert_eq!(message.all_headers().count(), 9);
        prop_assert_eq!(message.request_uri(), Some(uri.as_str()));
        let parsed = uri::parse(message.to().uri).unwrap();
        prop_assert_eq!(parsed.sip().unwrap().user_decoded().unwrap(), user);
        prop_assert_eq!(message.from().display_name().unwrap(), display);
        prop_assert_eq!(message.from().tag(), Some(tag.as_str()));
        prop_assert_eq!(message.cseq().number, number);
        prop_assert_eq!(message.header(Name::Subject), Some(subject.trim_matches([' ', '\t'])));
        prop_assert_eq!(message.body(), body);
        let response = Builder::response_to(&message, 486, &any_text, Some("t")).build();
        let response = Message::parse(response).unwrap();
        prop_assert_eq!(response.from(), message.from());
        prop_assert_eq!(response.to().tag(), Some("t"));
    }
}

fn mutate(mut data: Vec<u8>, edits: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    for (at, octet, kind) in edits {
        if data.is_empty() {
            break;
        }
        let at = at.index(data.len());
        match kind {
            0 => data[at] = *octet,
            1 => data.insert(at, *octet),
            2 => drop(data.remove(at)),
            // Separators do more harm than other octets.
            _ => data[at] = b"\r\n\t \",;:<>@%\\\0="[usize::from(*octet) % 15],
        }
    }
    data
}

fn torture() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/pcaps/sip/torture");
    let read = |half| std::fs::read_dir(folder.join(half));
    let (Ok(valid), Ok(invalid)) = (read("valid"), read("invalid")) else {
        println!("NOT RUN: {} is not there", folder.display());
        return Vec::new();
    };
    let mut paths: Vec<_> = valid
        .chain(invalid)
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}
