//! Shapes of URIs.

use super::*;

#[test]
fn shapes_of_uris() {
    let zone = example().host("example.com", &["192.0.2.9"]).srv(
        "_sips._ws.example.com",
        &[(0, 0, 8443, "server1.example.com")],
    );
    let all = over(&Transport::ALL);
    let v4_only = Policy {
        ipv6: false,
        ..Policy::default()
    };
    let table: &[(&str, &Policy, &[&str], &[&str])] = &[
        // Numeric: UDP, or TLS for sips; no question.
        ("sip:192.0.2.5", &all, &[], &["UDP 192.0.2.5:5060"]),
        ("sip:a@192.0.2.5:5070", &all, &[], &["UDP 192.0.2.5:5070"]),
        (
            "sip:192.0.2.5;transport=tcp",
            &all,
            &[],
            &["TCP 192.0.2.5:5060"],
        ),
        (
            "sip:192.0.2.5;transport=TLS",
            &all,
            &[],
            &["TLS 192.0.2.5:5061 192.0.2.5"],
        ),
        (
            "sip:192.0.2.5;transport=ws",
            &all,
            &[],
            &["WS 192.0.2.5:80"],
        ),
        (
            "sips:192.0.2.5;transport=ws",
            &all,
            &[],
            &["WSS 192.0.2.5:443 192.0.2.5"],
        ),
        (
            "sips:192.0.2.5;transport=tcp",
            &all,
            &[],
            &["TLS 192.0.2.5:5061 192.0.2.5"],
        ),
        (
            "sips:[2001:db8::5]",
            &all,
            &[],
            &["TLS [2001:db8::5]:5061 2001:db8::5"],
        ),
        (
            "sip:[2001:db8::5]:5099",
            &all,
            &[],
            &["UDP [2001:db8::5]:5099"],
        ),
        // maddr is where it goes, the host is whom the certificate is for.
        (
            "sip:example.com;maddr=192.0.2.7",
            &all,
            &[],
            &["UDP 192.0.2.7:5060"],
        ),
        (
            "sips:Example.com;maddr=[2001:db8::7]",
            &all,
            &[],
            &["TLS [2001:db8::7]:5061 example.com"],
        ),
        (
            "sip:192.0.2.5;maddr=server1.example.com;transport=udp",
            &v4_only,
            &["SRV _sip._udp.server1.example.com", "A server1.example.com"],
            &["UDP 192.0.2.1:5060"],
        ),
        // A port: no SRV.
        (
            "sip:example.com:5060",
            &v4_only,
            &["A example.com"],
            &["UDP 192.0.2.9:5060"],
        ),
        (
            "sips:example.com:5071",
            &v4_only,
            &["A example.com"],
            &["TLS 192.0.2.9:5071 example.com"],
        ),
        (
            "sip:example.com:5070;transport=tcp",
            &v4_only,
            &["A example.com"],
            &["TCP 192.0.2.9:5070"],
        ),
        // A transport: its SRV.
        (
            "sip:example.com.;transport=udp",
            &v4_only,
            &["SRV _sip._udp.example.com", "A server2.example.com"],
            &["UDP 192.0.2.2:5060"],
        ),
        (
            "sips:example.com;transport=tcp",
            &v4_only,
            &["SRV _sips._tcp.example.com", "A server1.example.com"],
            &["TLS 192.0.2.1:5061 example.com"],
        ),
        (
            "sips:example.com;transport=ws",
            &all,
            &[
                "SRV _sips._ws.example.com",
                "AAAA server1.example.com",
                "A server1.example.com",
            ],
            &["WSS 192.0.2.1:8443 example.com"],
        ),
        (
            "sip:server1.example.com;transport=ws",
            &all,
            &[
                "SRV _sip._ws.server1.example.com",
                "AAAA server1.example.com",
                "A server1.example.com",
            ],
            &["WS 192.0.2.1:80"],
        ),
        // Neither, and no records: SRV of all that we have, in our order, then the addresses.
        (
            "sip:server1.example.com",
            &v4_only,
            &[
                "NAPTR server1.example.com",
                "SRV _sip._udp.server1.example.com",
                "SRV _sip._tcp.server1.example.com",
                "SRV _sips._tcp.server1.example.com",
                "A server1.example.com",
            ],
            &["UDP 192.0.2.1:5060"],
        ),
        (
            "sips:server1.example.com",
            &v4_only,
            &[
                "NAPTR server1.example.com",
                "SRV _sips._tcp.server1.example.com",
                "A server1.example.com",
            ],
            &["TLS 192.0.2.1:5061 server1.example.com"],
        ),
    ];
    for (uri, policy, questions, targets) in table {
        let (asked, found) = zone.run(&mut locator(uri, policy));
        assert_eq!(
            (&asked[..], &found[..]),
            (&owned(questions)[..], &owned(targets)[..]),
            "{uri}"
        );
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn uris_that_lead_nowhere_say_why() {
    let default = Policy::default();
    let v4_only = Policy {
        ipv6: false,
        ..Policy::default()
    };
    let plain = over(&[Transport::Udp, Transport::Tcp]);
    let none = over(&[]);
    let long = format!("sip:{}.com", "a".repeat(64));
    let table: &[(&str, &Policy, LocateError, u16)] = &[
        ("tel:+4930123", &default, LocateError::Scheme, 416),
        ("urn:service:sos", &default, LocateError::Scheme, 416),
        (
            "sip:a.com;transport=sctp",
            &default,
            LocateError::UnknownTransport("sctp".into()),
            503,
        ),
        (
            "sips:a.com;transport=udp",
            &default,
            LocateError::Insecure(Transport::Udp),
            400,
        ),
        (
            "sip:a.com;transport=ws",
            &default,
            LocateError::NotOurs(Transport::Ws),
            503,
        ),
        (
            "sips:a.com;transport=tcp",
            &plain,
            LocateError::NotOurs(Transport::Tls),
            503,
        ),
        ("sips:a.com", &plain, LocateError::NoTransport, 503),
        ("sips:192.0.2.1", &plain, LocateError::NoTransport, 503),
        ("sip:a.com", &none, LocateError::NoTransport, 503),
        (
            "sip:[2001:db8::1]",
            &v4_only,
            LocateError::Family("IPv6"),
            503,
        ),
        (
            "sip:a.com;maddr=2001:db8::1",
            &v4_only,
            LocateError::Family("IPv6"),
            503,
        ),
        ("sip:a.com:0", &default, LocateError::Port, 400),
        (
            "sip:a.com;maddr=a..b",
            &default,
            LocateError::Name("a..b".into()),
            400,
        ),
        (
            "sip:a.com;maddr",
            &default,
            LocateError::Name("".into()),
            400,
        ),
        (
            &long,
            &default,
            LocateError::Name(format!("{}.com", "a".repeat(64)).into()),
            400,
        ),
    ];
    for (uri, policy, error, status) in table {
        let found = Locator::new(&Uri::parse(uri).unwrap(), policy, 0).map(|_| ());
        assert_eq!(found, Err(error.clone()), "{uri}");
        assert_eq!(error.status(), *status, "{uri}");
    }
}
