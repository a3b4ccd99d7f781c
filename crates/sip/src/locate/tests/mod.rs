//! Whole look-ups against a zone: which questions are asked, which targets come out.

mod properties;
mod uris;

use super::*;
use crate::flow::Transport;
use crate::uri::Uri;
use crate::via::Via;
use std::collections::BTreeMap;

/// What DNS knows; of all else there is nothing.
#[derive(Clone, Debug, Default)]
struct Zone(BTreeMap<Question, Answer>);

impl Zone {
    fn naptr(mut self, name: &str, records: &[(u16, u16, &str, &str, &str)]) -> Self {
        let records = records
            .iter()
            .map(|&(order, preference, flags, service, replacement)| Naptr {
                order,
                preference,
                flags: flags.into(),
                service: service.into(),
                regexp: "".into(),
                replacement: replacement.into(),
            });
        self.0.insert(
            Question::Naptr(name.into()),
            Answer::Naptr(records.collect()),
        );
        self
    }

    fn srv(mut self, name: &str, records: &[(u16, u16, u16, &str)]) -> Self {
        let records = records.iter().map(|&(priority, weight, port, target)| Srv {
            priority,
            weight,
            port,
            target: target.into(),
        });
        self.0
            .insert(Question::Srv(name.into()), Answer::Srv(records.collect()));
        self
    }

    fn host(mut self, name: &str, addresses: &[&str]) -> Self {
        for v4 in [true, false] {
            let of_family: Vec<std::net::IpAddr> = addresses
                .iter()
                .map(|text| text.parse().unwrap())
                .filter(|address: &std::net::IpAddr| address.is_ipv4() == v4)
                .collect();
            let question = if v4 {
                Question::A(name.into())
            } else {
                Question::Aaaa(name.into())
            };
            if !of_family.is_empty() {
                self.0.insert(question, Answer::Addresses(of_family));
            }
        }
        self
    }

    fn failed(mut self, question: Question) -> Self {
        self.0.insert(question, Answer::Failed);
        self
    }

    fn answer(&self, question: &Question) -> Answer {
        self.0.get(question).cloned().unwrap_or(Answer::None)
    }

    /// Runs to the end: the questions in the order asked, the targets in the order given.
    fn run(&self, locator: &mut Locator) -> (Vec<String>, Vec<String>) {
        let (mut questions, mut targets) = (Vec::new(), Vec::new());
        for _ in 0..1_000 {
            match locator.next_target() {
                Step::Target(target) => targets.push(shown(&target)),
                Step::Exhausted => return (questions, targets),
                Step::Waiting => {
                    let question = locator.poll_question().expect("something to wait for");
                    locator.answer(&question, &self.answer(&question));
                    questions.push(question.to_string());
                }
            }
        }
        panic!("no end: {targets:?}");
    }

    fn targets(&self, uri: &str, policy: &Policy) -> Vec<String> {
        self.run(&mut locator(uri, policy)).1
    }
}

fn shown(target: &Target) -> String {
    match &target.name {
        Some(name) => format!("{} {} {name}", target.transport, target.address),
        None => format!("{} {}", target.transport, target.address),
    }
}

fn locator(uri: &str, policy: &Policy) -> Locator {
    Locator::new(&Uri::parse(uri).unwrap(), policy, 7).unwrap()
}

fn over(transports: &[Transport]) -> Policy {
    Policy {
        transports: transports.to_vec(),
        ..Policy::default()
    }
}

/// The records of the example in RFC 3263 4.1, with addresses.
fn example() -> Zone {
    Zone::default()
        .naptr(
            "example.com",
            &[
                (50, 50, "s", "SIPS+D2T", "_sips._tcp.example.com."),
                (90, 50, "s", "SIP+D2T", "_sip._tcp.example.com"),
                (100, 50, "s", "SIP+D2U", "_sip._udp.example.com."),
            ],
        )
        .srv(
            "_sips._tcp.example.com",
            &[(0, 0, 5061, "server1.example.com")],
        )
        .srv(
            "_sip._tcp.example.com",
            &[
                (0, 1, 5060, "server1.example.com"),
                (0, 2, 5060, "server2.example.com"),
            ],
        )
        .srv(
            "_sip._udp.example.com",
            &[(0, 0, 5060, "server2.example.com")],
        )
        .host("server1.example.com", &["192.0.2.1"])
        .host("server2.example.com", &["192.0.2.2"])
}

fn one_tcp_server() -> Zone {
    example().srv(
        "_sip._tcp.example.com",
        &[(0, 0, 5060, "server1.example.com")],
    )
}

#[test]
fn example_of_section_4_1_leads_a_client_without_tls_to_tcp() {
    let uri = Uri::parse("sip:user@example.com").unwrap();
    let mut second_first = 0;
    for random in 0..300 {
        let policy = over(&[Transport::Udp, Transport::Tcp]);
        let mut locator = Locator::new(&uri, &policy, random).unwrap();
        let (questions, targets) = example().run(&mut locator);
        let [first, second] = match &targets[..] {
            [first, _] if first == "TCP 192.0.2.1:5060" => [1, 2],
            _ => [2, 1],
        };
        second_first += u32::from(first == 2);
        assert_eq!(
            targets,
            [first, second].map(|server| format!("TCP 192.0.2.{server}:5060"))
        );
        assert_eq!(
            questions,
            [
                "NAPTR example.com".to_owned(),
                "SRV _sip._tcp.example.com".to_owned(),
                format!("AAAA server{first}.example.com"),
                format!("A server{first}.example.com"),
                format!("AAAA server{second}.example.com"),
                format!("A server{second}.example.com"),
            ]
        );
        assert_eq!(locator.exhaustion(), Exhaustion::Tried);
    }
    // Weights 1 and 2, drawn from 0 to 3 (RFC 2782): in half of the cases.
    assert!((120..180).contains(&second_first), "{second_first}");
}

#[test]
fn example_of_section_4_1_leads_a_client_with_tls_to_tls_and_no_further() {
    for uri in ["sip:user@example.com", "sips:user@example.com"] {
        assert_eq!(
            example().targets(uri, &Policy::default()),
            ["TLS 192.0.2.1:5061 example.com"],
            "{uri}"
        );
    }
}

#[test]
fn records_of_one_order_are_tried_one_after_the_other() {
    let zone = one_tcp_server().naptr(
        "example.com",
        &[
            (10, 20, "S", "sip+d2u", "_sip._udp.example.com"),
            (10, 10, "s", "SIP+D2T", "_sip._tcp.example.com"),
        ],
    );
    assert_eq!(
        zone.targets("sip:example.com", &Policy::default()),
        ["TCP 192.0.2.1:5060", "UDP 192.0.2.2:5060"]
    );
}

#[test]
fn order_comes_before_preference_and_our_own_order_last() {
    let zone = one_tcp_server().naptr(
        "example.com",
        &[
            (20, 1, "s", "SIP+D2U", "_sip._udp.example.com"),
            (10, 9, "s", "SIP+D2U", "_sip._udp.example.com"),
            (10, 9, "s", "SIPS+D2T", "_sips._tcp.example.com"),
            (10, 8, "s", "SIP+D2T", "_sip._tcp.example.com"),
        ],
    );
    let policy = over(&[Transport::Tls, Transport::Udp, Transport::Tcp]);
    assert_eq!(
        zone.targets("sip:example.com", &policy),
        [
            "TCP 192.0.2.1:5060",
            "TLS 192.0.2.1:5061 example.com",
            "UDP 192.0.2.2:5060"
        ]
    );
    let policy = over(&[Transport::Udp]);
    let (questions, _) = zone.run(&mut locator("sip:example.com", &policy));
    assert_eq!(questions[1], "SRV _sip._udp.example.com");
}

#[test]
fn records_of_a_higher_order_count_where_the_lower_one_leads_nowhere() {
    let mut zone = one_tcp_server();
    zone.0
        .remove(&Question::Srv("_sips._tcp.example.com".into()));
    assert_eq!(
        zone.targets("sip:example.com", &Policy::default()),
        ["TCP 192.0.2.1:5060"]
    );
}

#[test]
fn policy_chooses_among_services_and_families() {
    let zone = Zone::default()
        .srv("_sip._udp.a.com", &[(0, 0, 5060, "h.a.com")])
        .srv("_sip._tcp.a.com", &[(0, 0, 5060, "h.a.com")])
        .srv("_sips._tcp.a.com", &[(0, 0, 5061, "h.a.com")])
        .host(
            "h.a.com",
            &["192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1"],
        );
    // IPv6 first, then in turns; services in our order; the host is asked for once.
    let policy = over(&[Transport::Tcp, Transport::Udp]);
    let (questions, targets) = zone.run(&mut locator("sip:a.com", &policy));
    let hosts = [
        "[2001:db8::1]:5060",
        "192.0.2.1:5060",
        "192.0.2.2:5060",
        "192.0.2.3:5060",
    ];
    let expected: Vec<String> = ["TCP", "UDP"]
        .iter()
        .flat_map(|transport| hosts.iter().map(move |host| format!("{transport} {host}")))
        .collect();
    assert_eq!(targets, expected);
    assert_eq!(
        questions,
        [
            "NAPTR a.com",
            "SRV _sip._tcp.a.com",
            "SRV _sip._udp.a.com",
            "AAAA h.a.com",
            "A h.a.com"
        ]
    );
    let policy = Policy {
        prefer_ipv6: false,
        naptr: false,
        ..over(&[Transport::Udp])
    };
    let (questions, targets) = zone.run(&mut locator("sip:a.com", &policy));
    assert_eq!(
        targets,
        [
            "UDP 192.0.2.1:5060",
            "UDP [2001:db8::1]:5060",
            "UDP 192.0.2.2:5060",
            "UDP 192.0.2.3:5060"
        ]
    );
    assert_eq!(
        questions,
        ["SRV _sip._udp.a.com", "A h.a.com", "AAAA h.a.com"]
    );
    // A request too large for a datagram (RFC 3261 18.1.1).
    let policy = Policy {
        large: true,
        ipv6: false,
        max_records: 1,
        ..over(&[Transport::Udp, Transport::Tls, Transport::Tcp])
    };
    assert_eq!(
        zone.targets("sip:a.com", &policy),
        [
            "TLS 192.0.2.1:5061 a.com",
            "TCP 192.0.2.1:5060",
            "UDP 192.0.2.1:5060"
        ]
    );
    assert_eq!(
        zone.targets("sip:192.0.2.8;transport=udp", &policy),
        ["TCP 192.0.2.8:5060", "UDP 192.0.2.8:5060"]
    );
}

#[test]
fn records_that_make_no_sense_are_passed_over() {
    let mut zone = Zone::default()
        .naptr(
            "a.com",
            &[
                (1, 1, "s", "SIP+D2S", "_sip._sctp.a.com"),
                (1, 2, "u", "E2U+sip", ""),
                (1, 3, "a", "SIP+D2U", "h.a.com"),
                (1, 4, "", "SIP+D2U", "other.a.com"),
                (1, 5, "s", "SIPS+D2U", "_sips._udp.a.com"),
                (1, 6, "s", "SIP+D2U", "not a name"),
                (1, 7, "s", "SIP+D2U", "."),
                (9, 9, "s", "SIP+D2U", "_sip._udp.b.com"),
            ],
        )
        .srv(
            "_sip._udp.b.com",
            &[
                (1, 1, 0, "h.a.com"),
                (2, 1, 5060, "."),
                (3, 1, 5060, "b\0ad"),
                (4, 1, 5060, "192.0.2.4"),
                (5, 1, 5060, "2001:db8::4"),
                (6, 1, 5062, "H.a.com."),
            ],
        )
        .host("h.a.com", &["192.0.2.1"]);
    // A regular expression belongs to another application.
    if let Some(Answer::Naptr(records)) = zone.0.get_mut(&Question::Naptr("a.com".into())) {
        records.push(Naptr {
            order: 0,
            preference: 0,
            flags: "s".into(),
            service: "SIP+D2U".into(),
            regexp: "!^.*$!sip:evil.com!".into(),
            replacement: "_sip._udp.evil.com".into(),
        });
    }
    let policy = Policy {
        ipv6: false,
        ..Policy::default()
    };
    let (questions, targets) = zone.run(&mut locator("sip:a.com", &policy));
    assert_eq!(targets, ["UDP 192.0.2.4:5060", "UDP 192.0.2.1:5062"]);
    assert_eq!(
        questions,
        ["NAPTR a.com", "SRV _sip._udp.b.com", "A h.a.com"]
    );
    // Addresses of the other family, and the unspecified one.
    let mut zone = Zone::default();
    zone.0.insert(
        Question::A("a.com".into()),
        Answer::Addresses(vec![
            "2001:db8::1".parse().unwrap(),
            "0.0.0.0".parse().unwrap(),
        ]),
    );
    let mut locator = locator("sip:a.com:5060", &policy);
    assert_eq!(zone.run(&mut locator).1, Vec::<String>::new());
    assert_eq!(locator.exhaustion(), Exhaustion::Nonexistent);
}

#[test]
fn the_root_as_target_says_that_there_is_no_such_service() {
    let zone = Zone::default()
        .srv("_sip._udp.a.com", &[(0, 0, 0, ".")])
        .host("a.com", &["192.0.2.1"]);
    let mut locator = locator("sip:a.com;transport=udp", &Policy::default());
    let (questions, targets) = zone.run(&mut locator);
    assert_eq!((questions.len(), targets.len()), (1, 0));
    assert_eq!(locator.exhaustion(), Exhaustion::Nonexistent);
    assert_eq!(locator.exhaustion().status(), 480);
}

#[test]
fn a_question_without_answer_stops_no_other_and_is_told() {
    let policy = Policy {
        ipv6: false,
        ..over(&[Transport::Udp, Transport::Tcp])
    };
    // NAPTR and one SRV fail, the other SRV leads on; one of its hosts fails.
    let zone = Zone::default()
        .failed(Question::Naptr("a.com".into()))
        .failed(Question::Srv("_sip._udp.a.com".into()))
        .srv(
            "_sip._tcp.a.com",
            &[(0, 0, 5060, "h1.a.com"), (1, 0, 5060, "h2.a.com")],
        )
        .failed(Question::A("h1.a.com".into()))
        .host("h2.a.com", &["192.0.2.2"]);
    let mut found = locator("sip:a.com", &policy);
    assert_eq!(zone.run(&mut found).1, ["TCP 192.0.2.2:5060"]);
    assert_eq!(found.exhaustion(), Exhaustion::Tried);
    // All fail.
    let zone = Zone::default().failed(Question::A("a.com".into()));
    let mut failed = locator("sip:a.com", &policy);
    assert_eq!(zone.run(&mut failed).1, Vec::<String>::new());
    assert_eq!(failed.exhaustion(), Exhaustion::Unknown);
    assert_eq!(failed.exhaustion().status(), 503);
    // There is nothing.
    let mut nothing = locator("sip:a.com", &policy);
    assert_eq!(Zone::default().run(&mut nothing).1, Vec::<String>::new());
    assert_eq!(nothing.exhaustion(), Exhaustion::Nonexistent);
}

#[test]
fn the_preferred_family_does_not_wait_for_the_other() {
    let mut locator = locator("sip:a.com:5060", &Policy::default());
    let aaaa = locator.poll_question().unwrap();
    let a = locator.poll_question().unwrap();
    assert_eq!(
        (aaaa.to_string(), a.to_string()),
        ("AAAA a.com".into(), "A a.com".into())
    );
    assert_eq!(locator.poll_question(), None);
    assert_eq!(locator.next_target(), Step::Waiting);
    let addresses = [
        "2001:db8::1".parse().unwrap(),
        "2001:db8::2".parse().unwrap(),
    ];
    locator.answer(&aaaa, &Answer::Addresses(addresses.to_vec()));
    assert!(matches!(locator.next_target(), Step::Target(_)));
    assert_eq!(locator.next_target(), Step::Waiting);
    locator.answer(&a, &Answer::Failed);
    // A second answer, and one to what was not asked, change nothing.
    locator.answer(&a, &Answer::Addresses(vec!["192.0.2.1".parse().unwrap()]));
    locator.answer(&Question::A("b.com".into()), &Answer::Failed);
    assert!(matches!(locator.next_target(), Step::Target(_)));
    assert_eq!(locator.next_target(), Step::Exhausted);
}

#[test]
fn responses_go_where_sent_by_says() {
    let zone = example().host("example.com", &["192.0.2.9"]);
    let policy = Policy {
        ipv6: false,
        large: true,
        ..Policy::default()
    };
    for (via, expected) in [
        ("SIP/2.0/UDP 192.0.2.5;branch=x", "UDP 192.0.2.5:5060"),
        ("SIP/2.0/TLS 192.0.2.5:5071", "TLS 192.0.2.5:5071 192.0.2.5"),
        ("SIP/2.0/TCP example.com:5070", "TCP 192.0.2.9:5070"),
        ("SIP/2.0/UDP example.com", "UDP 192.0.2.2:5060"),
        ("SIP/2.0/TLS example.com", "TLS 192.0.2.1:5061 example.com"),
        ("SIP/2.0/TCP server2.example.com", "TCP 192.0.2.2:5060"),
    ] {
        let parsed = Via::parse(via).unwrap();
        let mut locator = Locator::for_response(&parsed, &policy, 1).unwrap();
        assert_eq!(zone.run(&mut locator).1[0], expected, "{via}");
    }
    for (via, error) in [
        (
            "SIP/2.0/SCTP a.com",
            LocateError::UnknownTransport("SCTP".into()),
        ),
        (
            "SIP/2.0/WS df7jal23ls0d.invalid",
            LocateError::NotOurs(Transport::Ws),
        ),
        ("SIP/2.0/UDP a.com:0", LocateError::Port),
    ] {
        let found = Locator::for_response(&Via::parse(via).unwrap(), &policy, 1).map(|_| ());
        assert_eq!(found, Err(error), "{via}");
    }
}

#[test]
fn what_dns_can_cost_is_bounded() {
    let names: Vec<String> = (0..500).map(|index| format!("h{index}.a.com")).collect();
    let records: Vec<_> = names
        .iter()
        .map(|name| (0, 0, 5060, name.as_str()))
        .collect();
    let mut zone = Zone::default().srv("_sip._udp.a.com", &records);
    let mut found = locator("sip:a.com;transport=udp", &Policy::default());
    assert_eq!(zone.run(&mut found).0.len(), 64);
    let many: Vec<String> = (0..200).map(|index| format!("10.0.0.{index}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for name in &names {
        zone = zone.host(name, &many);
    }
    let policy = Policy {
        max_targets: 5,
        ..Policy::default()
    };
    assert_eq!(zone.targets("sip:a.com;transport=udp", &policy).len(), 5);
    let zone = Zone::default().host("a.com", &many);
    assert_eq!(zone.targets("sip:a.com:5060", &Policy::default()).len(), 32);
}
