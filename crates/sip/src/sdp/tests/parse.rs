//! Every line of RFC 8866: what is kept, what is refused, what is taken against the RFC.

use crate::sdp::*;
use std::net::IpAddr;

const ORIGIN: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n";

/// Line, column and clause of the complaint.
fn complaint(text: &[u8]) -> (u32, u32, &'static str) {
    let error = SessionDescription::parse(text).unwrap_err();
    (error.line, error.column, error.clause)
}

// RFC 8866 5, with the lines that the example there leaves out.
const WHOLE: &str = "v=0\r\n\
    o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\n\
    s=Call to John Smith\r\n\
    i=SDP Offer #1\r\n\
    u=http://www.jdoe.example.com/home.html\r\n\
    e=Jane Doe <jane@jdoe.example.com>\r\n\
    e=jane@example.org\r\n\
    p=+1 617 555-6011\r\n\
    c=IN IP4 198.51.100.1\r\n\
    b=CT:1000\r\n\
    b=X-YZ:128\r\n\
    t=3034423619 3042462419\r\n\
    r=604800 3600 0 90000\r\n\
    r=7d 1h 0 25h\r\n\
    z=2882844526 -1h 2898848070 0\r\n\
    t=0 0\r\n\
    a=recvonly\r\n\
    a=charset:UTF-8\r\n\
    m=audio 49170 RTP/AVP 0\r\n\
    m=audio 49180/2 RTP/AVP 0\r\n\
    i=The second one\r\n\
    c=IN IP4 233.252.0.1/127/3\r\n\
    c=IN IP6 ff00::db8:0:101/3\r\n\
    b=AS:64\r\n\
    m=video 51372 RTP/AVP 99\r\n\
    c=IN IP6 2001:db8::2\r\n\
    a=rtpmap:99 h263-1998/90000\r\n";

#[test]
fn the_whole_example_is_kept_and_written_as_it_was() {
    for parse in [SessionDescription::parse, SessionDescription::parse_strict] {
        let description = parse(WHOLE.as_bytes()).unwrap();
        assert_eq!(description.to_string(), WHOLE);
        assert_eq!(description.origin.id, "3724394400");
        assert_eq!(description.information, Some("SDP Offer #1".into()));
        assert_eq!(description.emails.len(), 2);
        assert_eq!(description.phones, ["+1 617 555-6011".into()]);
        let [first, second] = &description.times[..] else {
            panic!("{:?}", description.times);
        };
        assert_eq!(first.active(), Some((3_034_423_619, 3_042_462_419)));
        assert_eq!((first.repeats.len(), first.zones.is_some()), (2, true));
        assert_eq!(*second, TimeDescription::unbounded());
        assert_eq!(
            description.bandwidth(BandwidthType::ConferenceTotal),
            Some(1000)
        );
        let [plain, layered, video] = &description.media[..] else {
            panic!("{:?}", description.media);
        };
        assert_eq!(
            description.address_of(plain),
            Some("198.51.100.1:49170".parse().unwrap())
        );
        assert_eq!((layered.ports, layered.connections.len()), (2, 2));
        assert_eq!(
            layered.bandwidth(BandwidthType::ApplicationSpecific),
            Some(64)
        );
        assert_eq!(description.address_of(layered), None, "a group");
        assert_eq!(
            description.address_of(video),
            Some("[2001:db8::2]:51372".parse().unwrap())
        );
        assert_eq!(description.direction_of(video), Direction::RecvOnly);
        assert_eq!(video.rtpmap("99").unwrap().encoding, "h263-1998");
    }
}

#[test]
fn octets_that_are_no_utf_8_stay() {
    let mut text = ORIGIN.as_bytes().to_vec();
    text.extend(b"s=Caf\xe9\r\nt=0 0\r\na=charset:ISO-8859-1\r\na=note:\xfc\r\n");
    let description = SessionDescription::parse(&text).unwrap();
    assert_eq!(description.to_bytes(), text);
    assert_eq!(description.name.as_bytes(), b"Caf\xe9");
    assert_eq!(description.name.as_str(), None);
    assert_eq!(description.name.to_string(), "Caf\u{fffd}");
    assert_eq!(description.attributes.value("note"), Some(""));
}

#[test]
fn attributes_that_mean_nothing_here_stay_in_order() {
    let lines = "a=zz\r\na=foo: bar baz \r\na=FOO:\r\na=foo:2:3\r\na=:odd\r\na=\r\n";
    let text = format!("{ORIGIN}s=-\r\nt=0 0\r\n{lines}m=x-y 9 udp 1 a/b *\r\n{lines}");
    let description = SessionDescription::parse(text.as_bytes()).unwrap();
    assert_eq!(description.to_string(), text);
    let attributes = &description.media[0].attributes;
    assert_eq!(attributes.len(), 6);
    assert_eq!(attributes.value("foo"), Some("bar baz"));
    assert_eq!(
        attributes.values("foo").collect::<Vec<_>>(),
        ["bar baz", "2:3"]
    );
    assert_eq!(attributes.value("FOO"), Some(""), "case matters");
    assert!(!attributes.has("Zz"));
    let formats = &description.media[0].formats;
    assert_eq!(formats.iter().collect::<Vec<_>>(), ["1", "a/b", "*"]);
}

#[test]
fn keys_are_discarded() {
    let text = format!("{ORIGIN}s=-\nt=0 0\nk=clear:secret\nm=audio 5 RTP/AVP 0\nk=prompt\n");
    let description = SessionDescription::parse(text.as_bytes()).unwrap();
    assert!(!description.to_string().contains("k="));
}

#[test]
fn connections_of_all_kinds() {
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    let group = |address, ttl, count| Connection::Multicast {
        address: ip(address),
        ttl,
        count,
    };
    for (text, expected) in [
        ("IN IP4 192.0.2.1", Connection::Ip(ip("192.0.2.1"))),
        ("IN IP6 2001:db8::1", Connection::Ip(ip("2001:db8::1"))),
        ("IN IP4 233.252.0.1/127", group("233.252.0.1", Some(127), 1)),
        ("IN IP4 233.252.0.1/0/3", group("233.252.0.1", Some(0), 3)),
        (
            "IN IP6 ff00::db8:0:101/3",
            group("ff00::db8:0:101", None, 3),
        ),
        ("IN IP6 ff00::db8:0:101", group("ff00::db8:0:101", None, 1)),
        (
            "IN IP4 host.example.com",
            Connection::Other("IN IP4 host.example.com".into()),
        ),
        (
            "TN RFC2543 +15551212",
            Connection::Other("TN RFC2543 +15551212".into()),
        ),
    ] {
        let line = format!("{ORIGIN}s=-\r\nc={text}\r\nt=0 0\r\n");
        for parse in [SessionDescription::parse, SessionDescription::parse_strict] {
            let description = parse(line.as_bytes()).unwrap();
            assert_eq!(description.connection.as_ref(), Some(&expected), "{text}");
            assert_eq!(description.to_string(), line);
        }
    }
    for (text, expected) in [
        ("IN IP4 2001:db8::1", Connection::Ip(ip("2001:db8::1"))),
        ("IN IP4 192.0.2.1/127", Connection::Ip(ip("192.0.2.1"))),
        ("IN IP4 233.252.0.1", group("233.252.0.1", None, 1)),
    ] {
        let line = format!("{ORIGIN}s=-\r\nc={text}\r\nt=0 0\r\n");
        let description = SessionDescription::parse(line.as_bytes()).unwrap();
        assert_eq!(description.connection, Some(expected), "{text}");
        let error = SessionDescription::parse_strict(line.as_bytes()).unwrap_err();
        assert_eq!((error.line, error.column), (4, 10), "{text}");
    }
    for text in [
        "IN IP4",
        "IN IP4 192.0.2.1 x",
        "IN IP4 233.252.0.1/256",
        "IN IP4 233.252.0.1/1/0",
        "IN IP4 233.252.0.1/1/2/3",
        "IN IP6 ff00::1/0",
        "IN IP6 ff00::1/1/1",
    ] {
        let line = format!("{ORIGIN}s=-\nc={text}\n");
        assert_eq!(complaint(line.as_bytes()).0, 4, "{text}");
    }
}

/// What is refused, where, and by which clause.
#[test]
fn what_could_mean_two_things_is_refused() {
    for (lines, expected) in [
        ("", (1, 1, "RFC 8866 5")),
        ("v=1\n", (1, 1, "RFC 8866 5.1")),
        ("v=0\n", (1, 1, "RFC 8866 5")),
        ("v=0\ns=-\n", (2, 1, "RFC 8866 5.2")),
        ("v=0\no=- 1 1\n", (2, 8, "RFC 8866 5.2")),
        ("v=0\no= 1 1 IN IP4 192.0.2.1\n", (2, 3, "RFC 8866 5.2")),
        ("O\nx=y\n", (3, 1, "RFC 8866 5")),
        ("O\no=- 1 1 IN IP4 192.0.2.1\n", (3, 1, "RFC 8866 5")),
        ("O\nv=0\n", (3, 1, "RFC 8866 5")),
        ("O\nS=x\n", (3, 1, "RFC 8866 5")),
        ("O\ns =x\n", (3, 1, "RFC 8866 5")),
        ("O\ns=a\ns=b\n", (4, 1, "RFC 8866 5.3")),
        ("O\ni=a\ni=b\n", (4, 1, "RFC 8866 5.4")),
        ("O\nu=a\nu=b\n", (4, 1, "RFC 8866 5.5")),
        (
            "O\nc=IN IP4 192.0.2.1\nc=IN IP4 192.0.2.2\n",
            (4, 1, "RFC 8866 5.7"),
        ),
        ("O\nb=64\n", (3, 3, "RFC 8866 5.8")),
        ("O\nr=1 2 3\nt=0 0\n", (3, 1, "RFC 8866 5.10")),
        ("O\nt=0 0\nz=0 0\nz=0 0\n", (5, 1, "RFC 8866 5.11")),
        ("O\na=x\0y\n", (3, 4, "RFC 8866 9")),
        ("O\na=x\ry\n", (3, 4, "RFC 8866 9")),
        ("O\nm=audio 70000 RTP/AVP 0\n", (3, 9, "RFC 8866 5.14")),
        ("O\nm=audio -1 RTP/AVP 0\n", (3, 9, "RFC 8866 5.14")),
        ("O\nm=audio 5000/0 RTP/AVP 0\n", (3, 9, "RFC 8866 5.14")),
        ("O\nm=audio 5000 RTP/AVP\n", (3, 21, "RFC 8866 5.14")),
        ("O\nm=audio\n", (3, 8, "RFC 8866 5.14")),
        ("O\nm=audio 5 RTP/AVP 0\ni=a\ni=b\n", (5, 1, "RFC 8866 5.4")),
        // Lines of the session behind a stream.
        ("O\nm=audio 5 RTP/AVP 0\ns=x\n", (4, 1, "RFC 8866 5")),
        ("O\nm=audio 5 RTP/AVP 0\nt=0 0\n", (4, 1, "RFC 8866 5")),
        ("O\nm=audio 5 RTP/AVP 0\nu=x\n", (4, 1, "RFC 8866 5")),
        ("O\nm=audio 5 RTP/AVP 0\ne=x\n", (4, 1, "RFC 8866 5")),
        ("O\nm=audio 5 RTP/AVP 0\nz=0 0\n", (4, 1, "RFC 8866 5")),
    ] {
        let text = lines.replacen("O\n", ORIGIN, 1);
        assert_eq!(complaint(text.as_bytes()), expected, "{lines:?}");
    }
    let error = SessionDescription::parse(b"v=0\no=- 1 x\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "SDP line 2, column 8: expected a network type, as `IN` (RFC 8866 5.2)"
    );
}

/// Each is taken, and refused by the strict reader with this clause. One line for each of
/// [`TOLERATED`], in its order.
#[test]
fn what_peers_are_known_to_do_is_taken() {
    let rows: [(&str, &str); 12] = [
        ("O\r\ns=-\r\nt=0 0\r\nc=IN IP4 192.0.2.1\r\n", "RFC 8866 5"),
        ("O\r\nt=0 0\r\n", "RFC 8866 5.3"),
        ("O\r\ns=-\r\n", "RFC 8866 5.9"),
        (
            "O\r\ns=-\r\nt=0 0\r\nm=audio 5 RTP/AVP 0\r\n",
            "RFC 8866 5.7",
        ),
        (
            "O\r\ns=-\r\nc=IN IP6 192.0.2.1\r\nt=0 0\r\n",
            "RFC 8866 5.7",
        ),
        (
            "O\r\ns=-\r\nc=IN IP4 192.0.2.1/1\r\nt=0 0\r\n",
            "RFC 8866 5.7",
        ),
        (
            "v=0\r\no=- 0x1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n",
            "RFC 8866 5.2",
        ),
        ("O\r\ns=-\r\nb=AS:64.5\r\nt=0 0\r\n", "RFC 8866 5.8"),
        (
            "O\r\ns=-\r\nt=0 0\r\nm=video 0 RTP/AVP\r\n",
            "RFC 8866 5.14",
        ),
        ("O\r\ns=-\r\nt=0 0\r\na=a b:c\r\n", "RFC 8866 5.13"),
        (
            "O\r\ns=-\r\nt=0  0 \r\nm=audio  0 RTP/AVP 0  8 \r\n",
            "RFC 8866 9",
        ),
        ("O\r\ns=-\r\nt=0 0\r\n\r\n", "RFC 8866 5"),
    ];
    assert_eq!(rows.len(), TOLERATED.len());
    for ((lines, clause), (what, listed)) in rows.into_iter().zip(TOLERATED) {
        let text = lines.replacen("O\r\n", ORIGIN, 1);
        let description = SessionDescription::parse(text.as_bytes());
        assert!(description.is_ok(), "{what}: {description:?}");
        assert_eq!(clause, *listed, "{what}");
        match SessionDescription::parse_strict(text.as_bytes()) {
            Err(error) => assert_eq!(error.clause, clause, "{what}: {error}"),
            Ok(_) => panic!("{what}: taken by the strict reader"),
        }
    }
    let spaces = format!("{ORIGIN}s=-\nt=0 0\nm=audio  5 \t RTP/AVP  0  8 \n");
    let description = SessionDescription::parse(spaces.as_bytes()).unwrap();
    assert_eq!(description.media[0].formats.as_str(), "0 8");
}

#[test]
fn sizes_are_bounded() {
    let media = |count: usize| format!("{ORIGIN}{}", "m=audio 5000 RTP/AVP 0\n".repeat(count));
    let attributes = |count: usize| format!("{ORIGIN}{}", "a=x\n".repeat(count));
    let formats = |count: usize| format!("{ORIGIN}m=audio 5000 RTP/AVP{}\n", " 0".repeat(count));
    let empty = format!("{ORIGIN}s=\r\n").len();
    let octets = |count: usize| format!("{ORIGIN}s={}\r\n", "x".repeat(count - empty));
    let is_taken = |text: String| SessionDescription::parse(text.as_bytes()).is_ok();
    assert!(is_taken(media(MAX_MEDIA)) && !is_taken(media(MAX_MEDIA + 1)));
    assert!(is_taken(attributes(MAX_ATTRIBUTES)) && !is_taken(attributes(MAX_ATTRIBUTES + 1)));
    assert!(is_taken(formats(MAX_FORMATS)) && !is_taken(formats(MAX_FORMATS + 1)));
    assert!(is_taken(octets(MAX_SDP)) && !is_taken(octets(MAX_SDP + 1)));
    let others = |count: usize| format!("{ORIGIN}{}", "b=AS:1\n".repeat(count));
    assert!(is_taken(others(MAX_OTHER_LINES)) && !is_taken(others(MAX_OTHER_LINES + MAX_MEDIA)));
}

#[test]
fn values_cannot_end_their_line() {
    let text = format!("{ORIGIN}m=audio 5 RTP/AVP 8\n");
    let mut description = SessionDescription::parse(text.as_bytes()).unwrap();
    description.name = "a\r\nm=audio 1 RTP/AVP 0".into();
    let odd = Attribute::value("x", "y\r\na=sendonly");
    description.media[0].attributes.push(odd);
    description.media[0].kind = MediaKind::Other("x\ny".into());
    let again = SessionDescription::parse(&description.to_bytes()).unwrap();
    assert_eq!(again.media.len(), 1);
    assert_eq!(again.media[0].kind.name(), "xy");
    assert_eq!(again.direction_of(&again.media[0]), Direction::SendRecv);
}

#[test]
fn persons_and_keys_are_not_shown() {
    let text = "v=0\no=alice 1 1 IN IP4 192.0.2.1\ns=-\ne=alice@example.com\np=+1 617 555-6011\n\
        t=0 0\na=ice-pwd:aaaabbbbccccddddeeeeff\na=Crypto:1 x inline:topsecret\n";
    let shown = format!("{:?}", SessionDescription::parse(text.as_bytes()).unwrap());
    for secret in ["alice", "617", "aaaabbbb", "topsecret"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
