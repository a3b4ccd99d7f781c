//! Messages after the grammar of RFC 3261 25: always the same for the same seed.

use super::random::Random;

/// A message that keeps to the grammar, with oddities here and there.
pub(crate) fn message(random: &mut Random) -> Vec<u8> {
    let method = method(random);
    let start = if random.below(10) < 7 {
        let uri = uri(random, false);
        format!("{method} {uri} SIP/2.0")
    } else {
        let status = random.pick(&[100, 180, 183, 200, 302, 404, 486, 487, 503, 603]);
        let reason = random.pick(&["OK", "", "Not Found", "Gr\u{fc}n \u{2603}", "a;b,c:d"]);
        format!("SIP/2.0 {status} {reason}")
    };
    let mut fields = Vec::new();
    let vias: Vec<_> = (0..random.between(1, 3)).map(|_| via(random)).collect();
    if random.below(12) == 0 {
        fields.push(("Via", vias.join(" , ")));
    } else {
        fields.extend(vias.into_iter().map(|via| ("Via", via)));
    }
    fields.push(("From", address(random, true)));
    fields.push(("To", address(random, true)));
    let host = if random.below(3) == 0 {
        String::new()
    } else {
        format!("@{}", word(random))
    };
    fields.push(("Call-ID", word(random) + &host));
    let space = if random.below(20) == 0 { "  " } else { " " };
    let number = random.next() as u32;
    fields.push(("CSeq", format!("{number}{space}{method}")));
    fields.push(("Max-Forwards", random.below(256).to_string()));
    for _ in 0..random.below(3) {
        let name = random.pick(&["Contact", "Route", "Record-Route", "P-Asserted-Identity"]);
        fields.push((name, address(random, false)));
    }
    for (name, values) in OTHERS {
        if random.below(4) == 0 {
            fields.push((name, random.pick(values).to_owned()));
        }
    }
    let (content_type, body) = body(random);
    if let Some(content_type) = content_type {
        fields.push(("Content-Type", content_type));
    }
    fields.push(("Content-Length", body.len().to_string()));
    // In any order.
    for last in (1..fields.len()).rev() {
        fields.swap(last, random.below(last + 1));
    }
    let mut text = start;
    text.push_str("\r\n");
    for (name, value) in fields {
        text.push_str(&field(random, name, &value));
    }
    text.push_str("\r\n");
    let mut octets = text.into_bytes();
    octets.extend(body);
    octets
}

fn method(random: &mut Random) -> &'static str {
    if random.below(60) == 0 {
        return random.pick(&["FROBNICATE", "!x-1_*+`.%'~"]);
    }
    random.pick(&[
        "INVITE",
        "BYE",
        "CANCEL",
        "OPTIONS",
        "REGISTER",
        "INFO",
        "PRACK",
        "UPDATE",
        "REFER",
        "NOTIFY",
        "SUBSCRIBE",
        "MESSAGE",
        "PUBLISH",
        "ACK",
    ])
}

/// One header field with its line end.
fn field(random: &mut Random, name: &str, value: &str) -> String {
    let compact = COMPACT.iter().find(|row| row.0 == name).map(|row| row.1);
    let name = match (random.below(80), compact) {
        (0, Some(letter)) => letter.to_owned(),
        (1, _) => name.to_ascii_uppercase(),
        (2, _) => name.to_ascii_lowercase(),
        _ => name.to_owned(),
    };
    let colon = random.pick(&[":", ": ", ": ", ": ", ": ", ":   "]);
    // A fold may stand wherever a space does that is not quoted.
    let fold = value
        .find(' ')
        .filter(|_| random.below(60) == 0 && !value.contains('"'));
    match fold {
        Some(at) => format!("{name}{colon}{}\r\n {}\r\n", &value[..at], &value[at..]),
        None => format!("{name}{colon}{value}\r\n"),
    }
}

fn via(random: &mut Random) -> String {
    let transport = random.pick(&["UDP", "TCP", "TLS", "WS", "WSS", "SCTP", "udp"]);
    let mut text = format!("SIP/2.0/{transport} {}", host(random));
    port(random, &mut text);
    text.push_str(&format!(";branch=z9hG4bK{}", token(random)));
    for param in [
        "rport",
        "rport=5061",
        "received=192.0.2.207",
        "maddr=192.0.2.1",
        "x=\"a;b\"",
    ] {
        if random.below(12) == 0 {
            text.push_str(&format!(";{param}"));
        }
    }
    text
}

fn address(random: &mut Random, may_be_bare: bool) -> String {
    let tag = format!(";tag={}", token(random));
    if may_be_bare && random.below(5) == 0 {
        // Without brackets the parameters would be those of the header field.
        let user = random.pick(&["alice", "+4930123456", "a%20b", "j.p_(x)!~*'"]);
        return format!("sip:{user}@{}{tag}", host(random));
    }
    let display = match random.below(5) {
        0 => String::new(),
        1 => "Alice ".to_owned(),
        2 => "Mr. Bob `the' Builder ".to_owned(),
        3 => "\"Bob, B\u{fc}lent\" ".to_owned(),
        _ => random
            .pick(&["\"\" ", "\"a\" ", "\"x \\\"y\\\\\" ", "\"a;b@c:d\""])
            .to_owned(),
    };
    let params = match random.below(40) {
        0..4 => ";x",
        4..8 => ";q=0.5;expires=3600",
        8 => ";x=\"a b\"",
        _ => "",
    };
    format!("{display}<{}>{tag}{params}", uri(random, true))
}

fn uri(random: &mut Random, headers: bool) -> String {
    if random.below(30) == 0 {
        return random
            .pick(&[
                "tel:+49-30-1234;npdi",
                "tel:7042;phone-context=example.com",
                "urn:service:sos",
            ])
            .to_owned();
    }
    let mut text = random.pick(&["sip:", "sip:", "sip:", "sips:"]).to_owned();
    if random.below(6) > 0 {
        text.push_str(&user(random));
        if random.below(20) == 0 {
            text.push_str(":pass%20word");
        }
        text.push('@');
    }
    text.push_str(&host(random));
    port(random, &mut text);
    for param in [
        "transport=tcp",
        "transport=UDP",
        "lr",
        "user=phone",
        "ttl=15",
        "maddr=192.0.2.1",
        "method=INVITE",
        "x-a=b.c",
        "ob",
        "gr=urn%3auuid",
    ] {
        if random.below(14) == 0 {
            text.push_str(&format!(";{param}"));
        }
    }
    if headers && random.below(40) == 0 {
        text.push_str("?Subject=a%20b&X=");
    }
    text
}

fn user(random: &mut Random) -> String {
    match random.below(12) {
        0 => "+49-30-1234".to_owned(),
        1 => "+4930;npdi;rn=+4931".to_owned(),
        2 => "a%20b%40c".to_owned(),
        3 => "j.p_(x)!~*'".to_owned(),
        4 => "u=1&2,$".to_owned(),
        _ => random
            .pick(&["alice", "bob", "+4930123456", "1234", "sip-gw"])
            .to_owned(),
    }
}

fn host(random: &mut Random) -> String {
    match random.below(48) {
        0..24 => format!("192.0.2.{}", random.below(256)),
        24 => random
            .pick(&["[2001:db8::1]", "[::ffff:192.0.2.1]", "[::]"])
            .to_owned(),
        _ => random
            .pick(&[
                "example.com",
                "pbx-1.Example.NET",
                "localhost",
                "4a.example",
            ])
            .to_owned(),
    }
}

fn port(random: &mut Random, text: &mut String) {
    if random.below(3) == 0 {
        let port = random.pick(&[5060, 5061, 1, 65_535]);
        text.push_str(&format!(":{port}"));
    }
}

fn token(random: &mut Random) -> String {
    let length = random.between(1, 12);
    let octets = (0..length).map(|_| random.pick(b"abcXYZ019-._~"));
    octets.map(char::from).collect()
}

fn word(random: &mut Random) -> String {
    let odd = random.pick(&["", "", "", "(", "<a>", "[1]", "/x?y", "{\"}"]);
    token(random) + odd
}

fn body(random: &mut Random) -> (Option<String>, Vec<u8>) {
    const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n\
        m=audio 30000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";
    match random.below(4) {
        0 | 1 => (None, Vec::new()),
        2 => (Some("application/sdp".to_owned()), SDP.into()),
        _ => {
            let subtype = random.pick(&["mixed", "alternative", "related"]);
            let mut body = format!(
                "--b\r\nContent-Type: application/sdp\r\n\r\n{SDP}\r\n--b\r\n\
                Content-Type: application/ISUP;version=itu-t92+\r\n\
                Content-Disposition: signal;handling=optional\r\n\r\n"
            );
            body.push_str("\u{1}\u{0}\u{7f}");
            body.push_str("\r\n--b--\r\n");
            (Some(format!("multipart/{subtype};boundary=b")), body.into())
        }
    }
}

/// Header fields that stand once or not at all, with some of their values.
const OTHERS: &[(&str, &[&str])] = &[
    ("Supported", &["100rel, timer", "replaces", ""]),
    ("Allow", &["INVITE, ACK, CANCEL, BYE", "OPTIONS"]),
    ("Subject", &["Need more boxes", "\u{4f60}\u{597d}", ";;,,:"]),
    ("User-Agent", &["Border/7.4 (x(y)z)", "a"]),
    ("Accept", &["application/sdp;level=1, text/html", "*/*"]),
    ("Date", &["Sat, 13 Nov 2010 23:29:00 GMT"]),
    ("X-Thing", &["a", "\"a\\\"b\"", "=;,<>@"]),
    ("Expires", &["0", "4294967295"]),
    ("Session-Expires", &["1800;refresher=uac"]),
    ("Organization", &["Boxes by Bob"]),
];

const COMPACT: &[(&str, &str)] = &[
    ("Via", "v"),
    ("From", "f"),
    ("To", "t"),
    ("Call-ID", "i"),
    ("Contact", "m"),
    ("Content-Type", "c"),
    ("Content-Length", "l"),
    ("Subject", "s"),
    ("Supported", "K"),
    ("Session-Expires", "x"),
];
