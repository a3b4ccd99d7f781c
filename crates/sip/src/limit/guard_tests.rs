//! The guard in virtual time.

use super::*;
use proptest::prelude::*;

const NOW: Time = Time::from_secs(1_000);

fn request(method: &str, uri: &str, to_tag: &str, more: &str) -> Message {
    let text = format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
         From: <sip:a@b.com>;tag=1\r\nTo: <sip:c@d.com>{to_tag}\r\nCall-ID: 1\r\n\
         CSeq: 1 {method}\r\nMax-Forwards: 70\r\n{more}Content-Length: 0\r\n\r\n"
    );
    Message::parse(text.into_bytes()).unwrap()
}

fn invite() -> Message {
    request("INVITE", "sip:c@d.com", "", "")
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Nothing is limited but what a test sets.
fn open() -> Limits {
    Limits {
        rates: Rates::default(),
        ..Limits::default()
    }
}

fn peer(network: &str, rates: Rates) -> Peer {
    Peer {
        network: network.parse().unwrap(),
        rates,
    }
}

fn invites(rate: Rate) -> Rates {
    Rates {
        invite: Some(rate),
        ..Rates::default()
    }
}

fn passed(guard: &mut Guard, now: Time, source: IpAddr, message: &Message, count: usize) -> usize {
    (0..count)
        .filter(|_| guard.look(now, source, message) == Decision::Pass)
        .count()
}

const fn refused(status: u16, retry_after: Option<u64>, reason: Reason) -> Decision {
    Decision::Refuse {
        status,
        retry_after: match retry_after {
            Some(seconds) => Some(Duration::from_secs(seconds)),
            None => None,
        },
        reason,
    }
}

#[test]
fn a_noisy_source_does_not_cost_a_quiet_one() {
    let mut guard = Guard::new(Limits {
        total: Some(Rate::per_second(100)),
        rates: invites(Rate::per_second(10)),
        ..open()
    });
    let (noisy, quiet) = (address("203.0.113.1"), address("203.0.113.2"));
    let message = invite();
    let (mut noisy_passed, mut quiet_passed) = (0, 0);
    let mut now = NOW;
    // 10 s: the noisy one sends 1,000 a second, the quiet one 5.
    for millisecond in 0..10_000 {
        noisy_passed += passed(&mut guard, now, noisy, &message, 1);
        if millisecond % 200 == 0 {
            quiet_passed += passed(&mut guard, now, quiet, &message, 1);
        }
        now += Duration::from_millis(1);
    }
    assert_eq!(quiet_passed, 50);
    // Its burst and its rate.
    assert!((105..=110).contains(&noisy_passed), "{noisy_passed}");
    assert_eq!(guard.refused(Reason::TotalRate), 0);
    assert_eq!(guard.take_load(), (noisy_passed as u64 + 50, 0));
    assert_eq!(guard.take_load(), (0, 0));
}

#[test]
fn addresses_of_one_ipv6_prefix_share_their_rate() {
    let mut guard = Guard::new(Limits {
        rates: invites(Rate::per_second(10)),
        ..open()
    });
    let message = invite();
    let passed_in_all: usize = (0..1_000)
        .map(|index| {
            let source = address(&format!("2001:db8::{index:x}"));
            passed(&mut guard, NOW, source, &message, 1)
        })
        .sum();
    assert_eq!((passed_in_all, guard.sources()), (10, 1));
    assert_eq!(
        passed(&mut guard, NOW, address("2001:db8:0:1::1"), &message, 1),
        1
    );
}

#[test]
fn classes_have_rates_of_their_own_and_dialogs_none() {
    let one = Some(Rate::per_second(1));
    let mut guard = Guard::new(Limits {
        rates: Rates {
            invite: one,
            register: one,
            other: one,
        },
        total: Some(Rate::per_second(3)),
        ..open()
    });
    let source = address("203.0.113.1");
    for method in ["INVITE", "REGISTER", "OPTIONS"] {
        let message = request(method, "sip:d.com", "", "");
        assert_eq!(passed(&mut guard, NOW, source, &message, 50), 1, "{method}");
    }
    for method in ["INVITE", "BYE", "ACK", "UPDATE", "NOTIFY"] {
        let message = request(method, "sip:d.com", ";tag=2", "");
        assert_eq!(
            passed(&mut guard, NOW, source, &message, 50),
            50,
            "{method}"
        );
    }
    let cancel = request("CANCEL", "sip:d.com", "", "");
    assert_eq!(passed(&mut guard, NOW, source, &cancel, 50), 50);
    let response = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
                    From: <sip:a@b.com>;tag=1\r\nTo: <sip:c@d.com>\r\nCall-ID: 1\r\n\
                    CSeq: 1 REGISTER\r\nServer: sipcli\r\nContent-Length: 0\r\n\r\n";
    let response = Message::parse(response.into()).unwrap();
    assert_eq!(passed(&mut guard, NOW, source, &response, 50), 50);
}

#[test]
fn retry_after_is_told_where_the_wait_is_long_and_floods_get_no_answer() {
    let rate = Rate {
        count: 2,
        per: Duration::from_secs(60),
        burst: 2,
    };
    let mut guard = Guard::new(Limits {
        rates: Rates {
            register: Some(rate),
            invite: Some(Rate::per_second(2)),
            other: None,
        },
        peers: vec![peer("192.0.2.0/24", invites(Rate::per_second(2)))],
        ..open()
    });
    let source = address("203.0.113.1");
    let register = request("REGISTER", "sip:d.com", "", "");
    let decisions: Vec<_> = (0..6).map(|_| guard.look(NOW, source, &register)).collect();
    let refusal = refused(503, Some(30), Reason::SourceRate);
    let flood = Decision::Drop(Reason::Flood);
    assert_eq!(
        decisions,
        [
            Decision::Pass,
            Decision::Pass,
            refusal,
            refusal,
            flood,
            flood
        ]
    );
    // It need not wait longer than it was told, whatever it sent in between.
    let later = NOW + Duration::from_secs(30);
    assert_eq!(guard.look(later, source, &register), Decision::Pass);
    // Waits below a second: no more than the request is refused.
    let message = invite();
    let decisions: Vec<_> = (0..6).map(|_| guard.look(NOW, source, &message)).collect();
    let short = refused(503, None, Reason::SourceRate);
    assert_eq!(
        decisions,
        [Decision::Pass, Decision::Pass, short, short, flood, flood]
    );
    // A peer is asked to stop instead.
    let source = address("192.0.2.1");
    let decisions: Vec<_> = (0..6).map(|_| guard.look(NOW, source, &message)).collect();
    let stop = refused(503, Some(1), Reason::SourceRate);
    assert_eq!(
        decisions,
        [Decision::Pass, Decision::Pass, short, short, stop, stop]
    );
    assert_eq!(guard.refused(Reason::Flood), 4);
    assert_eq!(guard.refused(Reason::SourceRate), 8);
}

#[test]
fn a_class_that_is_not_taken_at_all_stops_nothing_else() {
    let rates = Rates {
        register: Some(Rate::per_second(0)),
        ..Rates::default()
    };
    let mut guard = Guard::new(Limits {
        peers: vec![peer("192.0.2.0/24", rates)],
        ..open()
    });
    let register = request("REGISTER", "sip:d.com", "", "");
    let source = address("192.0.2.1");
    for _ in 0..3 {
        let refusal = refused(503, None, Reason::SourceRate);
        assert_eq!(guard.look(NOW, source, &register), refusal);
    }
    assert_eq!(guard.look(NOW, source, &invite()), Decision::Pass);
}

#[test]
fn the_total_refuses_early_and_lets_priority_pass() {
    let mut guard = Guard::new(Limits {
        total: Some(Rate::per_second(10)),
        emergency_numbers: vec!["112".into()],
        ..open()
    });
    let message = invite();
    let decisions: Vec<_> = (0..30)
        .map(|index| guard.look(NOW, address(&format!("203.0.113.{index}")), &message))
        .collect();
    assert!(
        decisions[..10]
            .iter()
            .all(|decision| *decision == Decision::Pass)
    );
    // A little too much: no peer is stopped for it.
    let alone = refused(503, None, Reason::TotalRate);
    assert!(decisions[10..20].iter().all(|decision| *decision == alone));
    let heavy = refused(503, Some(5), Reason::TotalRate);
    assert!(decisions[20..].iter().all(|decision| *decision == heavy));
    assert_eq!(guard.take_load(), (30, 20));
    let source = address("203.0.113.50");
    for (uri, more) in [
        ("sip:112@d.com", ""),
        ("urn:service:sos.fire", ""),
        ("sip:c@d.com", "Resource-Priority: wps.0\r\n"),
        ("sip:c@d.com", "Priority: emergency\r\n"),
    ] {
        let priority = request("INVITE", uri, "", more);
        assert_eq!(
            guard.look(NOW, source, &priority),
            Decision::Pass,
            "{uri} {more}"
        );
    }
    let bye = request("BYE", "sip:c@d.com", ";tag=2", "");
    assert_eq!(guard.look(NOW, source, &bye), Decision::Pass);
    assert_eq!(guard.look(NOW, source, &message), heavy);
    let later = NOW + Duration::from_millis(500);
    assert_eq!(passed(&mut guard, later, source, &message, 100), 5);
}

#[test]
fn emergencies_pass_the_rate_of_a_peer_but_not_of_a_stranger() {
    let rates = invites(Rate::per_second(1));
    let mut guard = Guard::new(Limits {
        rates,
        peers: vec![peer("192.0.2.0/24", rates)],
        ..open()
    });
    let sos = request("INVITE", "urn:service:sos", "", "");
    assert_eq!(passed(&mut guard, NOW, address("192.0.2.1"), &sos, 50), 50);
    assert_eq!(passed(&mut guard, NOW, address("203.0.113.1"), &sos, 50), 1);
}

#[test]
fn a_request_that_the_total_refuses_costs_its_source_nothing() {
    let mut guard = Guard::new(Limits {
        total: Some(Rate {
            count: 1,
            per: Duration::from_secs(1),
            burst: 1,
        }),
        rates: invites(Rate {
            count: 1,
            per: Duration::from_secs(60),
            burst: 2,
        }),
        ..open()
    });
    let message = invite();
    let (first, second) = (address("203.0.113.1"), address("203.0.113.2"));
    assert_eq!(passed(&mut guard, NOW, first, &message, 1), 1);
    assert_eq!(passed(&mut guard, NOW, second, &message, 20), 0);
    for seconds in 1..3 {
        let later = NOW + Duration::from_secs(seconds);
        assert_eq!(passed(&mut guard, later, second, &message, 1), 1);
    }
}

#[test]
fn the_longest_prefix_counts() {
    let mut guard = Guard::new(Limits {
        peers: vec![
            peer("192.0.2.0/24", invites(Rate::per_second(5))),
            peer("192.0.2.7", Rates::default()),
            peer("192.0.0.0/16", invites(Rate::per_second(1))),
        ],
        ..open()
    });
    let message = invite();
    for (source, expected) in [
        ("192.0.2.7", 40),
        ("::ffff:192.0.2.7", 40),
        ("192.0.2.8", 5),
        ("192.0.3.8", 1),
        ("198.51.100.1", 40),
    ] {
        let found = passed(&mut guard, NOW, address(source), &message, 40);
        assert_eq!(found, expected, "{source}");
    }
}

#[test]
fn strangers() {
    for (strangers, expected, malformed) in [
        (Strangers::Serve, Decision::Pass, Decision::Pass),
        (
            Strangers::Refuse,
            refused(403, None, Reason::Stranger),
            Decision::Pass,
        ),
        (
            Strangers::Ignore,
            Decision::Drop(Reason::Stranger),
            Decision::Drop(Reason::Stranger),
        ),
    ] {
        let mut guard = Guard::new(Limits {
            strangers,
            peers: vec![peer("192.0.2.0/24", Rates::default())],
            ..open()
        });
        let stranger = address("203.0.113.1");
        assert_eq!(guard.look(NOW, stranger, &invite()), expected);
        assert_eq!(guard.malformed(NOW, stranger), malformed);
        assert_eq!(
            guard.look(NOW, address("192.0.2.1"), &invite()),
            Decision::Pass
        );
        // The far end of a call that a peer routed may send its BYE itself (RFC 3261 12.2.1.1).
        let bye = request("BYE", "sip:c@d.com", ";tag=2", "");
        assert_eq!(guard.look(NOW, stranger, &bye), Decision::Pass);
    }
}

#[test]
fn scanners_get_no_answer_and_are_banned() {
    let mut guard = Guard::new(Limits {
        peers: vec![peer("192.0.2.0/24", Rates::default())],
        scanners: vec!["friendly-scanner".into(), "".into(), "sipcli".into()],
        ..open()
    });
    let source = address("203.0.113.1");
    for (product, expected) in [
        ("User-Agent: Friendly-Scanner\r\n", false),
        ("User-Agent: sipcli/v1.8\r\n", false),
        ("Server: sipcli/v1.8\r\n", false),
        ("User-Agent: sipcl\r\n", true),
        ("User-Agent: not sipcli\r\n", true),
        ("User-Agent: \r\n", true),
        ("", true),
    ] {
        let message = request("OPTIONS", "sip:d.com", "", product);
        let decision = guard.look(NOW, source, &message);
        let drop = Decision::Drop(Reason::Scanner);
        assert_eq!(
            decision,
            if expected { Decision::Pass } else { drop },
            "{product}"
        );
    }
    let scan = request("REGISTER", "sip:d.com", ";tag=2", "User-Agent: sipcli\r\n");
    assert_eq!(
        guard.look(NOW, source, &scan),
        Decision::Drop(Reason::Scanner)
    );
    // A peer passes on what its customers say.
    assert_eq!(
        passed(&mut guard, NOW, address("192.0.2.1"), &scan, 100),
        100
    );
    assert_eq!(guard.bans(), 0);
    assert_eq!(passed(&mut guard, NOW, source, &scan, 100), 0);
    assert_eq!((guard.bans(), guard.banned_sources(NOW)), (1, 1));
    assert_eq!(
        guard.look(NOW, source, &invite()),
        Decision::Drop(Reason::Banned)
    );
    assert_eq!(guard.offences(Offence::Scanner), 104);
    // All that come by default are found.
    let mut guard = Guard::new(Limits::default());
    for (index, scanner) in SCANNERS.iter().enumerate() {
        let product = format!("User-Agent: {scanner} 1.0\r\n");
        let message = request("OPTIONS", "sip:d.com", "", &product);
        let source = address(&format!("203.0.113.{index}"));
        let decision = guard.look(NOW, source, &message);
        assert_eq!(decision, Decision::Drop(Reason::Scanner), "{scanner}");
    }
}

#[test]
fn bans_begin_and_end_and_spare_peers_and_calls() {
    let mut guard = Guard::new(Limits {
        peers: vec![peer("192.0.2.0/24", Rates::default())],
        ..open()
    });
    let (stranger, known) = (address("203.0.113.1"), address("192.0.2.1"));
    for _ in 0..10 {
        guard.authentication_failed(NOW, stranger);
        assert_eq!(guard.malformed(NOW, known), Decision::Pass);
        guard.authentication_failed(NOW, known);
    }
    for _ in 0..9 {
        assert_eq!(guard.malformed(NOW, stranger), Decision::Pass);
    }
    assert_eq!(guard.look(NOW, stranger, &invite()), Decision::Pass);
    assert_eq!(
        guard.malformed(NOW, stranger),
        Decision::Drop(Reason::Banned)
    );
    assert_eq!(
        guard.look(NOW, stranger, &invite()),
        Decision::Drop(Reason::Banned)
    );
    assert_eq!(guard.look(NOW, known, &invite()), Decision::Pass);
    let bye = request("BYE", "sip:c@d.com", ";tag=2", "");
    assert_eq!(guard.look(NOW, stranger, &bye), Decision::Pass);
    let end = NOW + Duration::from_secs(600);
    assert_eq!(guard.banned_until(NOW, stranger), Some(end));
    assert_eq!(guard.banned_until(NOW, known), None);
    assert_eq!(guard.look(end, stranger, &invite()), Decision::Pass);
    assert_eq!(guard.banned_until(end, stranger), None);
    assert_eq!(guard.offences(Offence::Malformed), 20);
    assert_eq!(guard.offences(Offence::Authentication), 20);
    assert_eq!((guard.bans(), guard.refused(Reason::Banned)), (1, 2));
    for _ in 0..20 {
        guard.authentication_failed(end, stranger);
    }
    assert_eq!(
        guard.look(end, stranger, &invite()),
        Decision::Drop(Reason::Banned)
    );
    guard.lift_ban(stranger);
    assert_eq!(guard.look(end, stranger, &invite()), Decision::Pass);
}

#[test]
fn malformed_messages_are_answered_within_a_rate() {
    let mut guard = Guard::new(Limits {
        rates: Rates {
            other: Some(Rate::per_second(3)),
            ..Rates::default()
        },
        ban: BanRule {
            offences: 0,
            ..BanRule::default()
        },
        ..open()
    });
    let source = address("203.0.113.1");
    let answered = (0..1_000)
        .filter(|_| guard.malformed(NOW, source) == Decision::Pass)
        .count();
    assert_eq!(answered, 3);
}

#[test]
fn memory_is_bounded_whatever_sources_are_forged() {
    let mut guard = Guard::new(Limits {
        sources: 100,
        ban: BanRule {
            sources: 100,
            ..BanRule::default()
        },
        ..Limits::default()
    });
    let message = invite();
    for index in 0..10_000_u32 {
        let source = IpAddr::from(std::net::Ipv4Addr::from_bits(0x0b00_0000 + index));
        assert_eq!(guard.look(NOW, source, &message), Decision::Pass);
        guard.malformed(NOW, source);
    }
    assert_eq!(guard.sources(), 100);
}

#[test]
fn every_reason_has_its_own_label() {
    for (index, reason) in Reason::ALL.into_iter().enumerate() {
        assert_eq!(reason as usize, index);
        for other in &Reason::ALL[index + 1..] {
            assert_ne!(reason.as_str(), other.as_str());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whatever comes when, also with a clock that leaps: no source gets more than its burst and
    /// its rate, all together no more than the total, and everything is counted.
    #[test]
    fn no_more_passes_than_the_rates_allow(
        count in 1..50_u32,
        burst in 1..20_u32,
        total in 1..60_u32,
        steps in proptest::collection::vec((0..4_u8, 0..400_u64, any::<bool>()), 1..300),
    ) {
        let rate = Rate { count, per: Duration::from_secs(1), burst };
        let mut guard = Guard::new(Limits {
            rates: invites(rate),
            total: Some(Rate::per_second(total)),
            ..open()
        });
        let message = invite();
        let mut latest = NOW;
        let mut passed = [0_u64; 4];
        for &(source, millis, is_back) in &steps {
            let now = if is_back { NOW } else { latest + Duration::from_millis(millis) };
            latest = latest.max(now);
            let address = IpAddr::from([203, 0, 113, source]);
            if guard.look(now, address, &message) == Decision::Pass {
                passed[usize::from(source)] += 1;
            }
        }
        let seconds = latest.since(NOW).as_secs_f64();
        for passed in passed {
            let most = f64::from(burst) + seconds * f64::from(count) + 1e-3;
            prop_assert!(passed as f64 <= most, "{passed} {most}");
        }
        let in_all: u64 = passed.iter().sum();
        prop_assert!(in_all as f64 <= f64::from(total) * (1.0 + seconds) + 1e-3);
        let refused: u64 = Reason::ALL.iter().map(|&reason| guard.refused(reason)).sum();
        prop_assert_eq!(in_all + refused, steps.len() as u64);
    }
}
