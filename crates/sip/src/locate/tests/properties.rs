//! What holds for every URI, policy and answer.

use super::*;
use proptest::prelude::*;

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("a.com"),
        Just("_sip._udp.a.com"),
        Just("_sip._tcp.a.com"),
        Just("_sips._tcp.a.com"),
        Just("h1.a.com"),
        Just("h2.a.com"),
        Just("."),
        Just(""),
        Just("192.0.2.77"),
        Just("\u{0}.x"),
    ]
    .prop_map(str::to_owned)
}

fn any_answer() -> impl Strategy<Value = Answer> {
    let naptr = (
        0..3_u16,
        0..3_u16,
        prop_oneof![Just("s"), Just("a"), Just("")],
        prop_oneof![
            Just("SIP+D2U"),
            Just("SIPS+D2T"),
            Just("sip+d2t"),
            Just("SIP+D2W"),
            Just("x")
        ],
        name(),
    )
        .prop_map(|(order, preference, flags, service, replacement)| Naptr {
            order,
            preference,
            flags: flags.into(),
            service: service.into(),
            regexp: "".into(),
            replacement: replacement.into(),
        });
    let srv = (0..3_u16, any::<u16>(), any::<u16>(), name()).prop_map(
        |(priority, weight, port, target)| Srv {
            priority,
            weight,
            port,
            target: target.into(),
        },
    );
    prop_oneof![
        proptest::collection::vec(naptr, 0..6).prop_map(Answer::Naptr),
        proptest::collection::vec(srv, 0..6).prop_map(Answer::Srv),
        proptest::collection::vec(any::<std::net::IpAddr>(), 0..6).prop_map(Answer::Addresses),
        Just(Answer::None),
        Just(Answer::Failed),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever the URI, the policy and the answers: no panic, an end, each question once, each
    /// target once and within the bounds, no insecure target for a `sips` URI.
    #[test]
    fn every_location_ends(
        scheme in prop_oneof![Just("sip"), Just("sips")],
        host in prop_oneof![Just("a.com"), Just("192.0.2.1"), Just("[2001:db8::1]")],
        port in prop_oneof![Just(""), Just(":5060"), Just(":0")],
        params in prop_oneof![
            Just(""), Just(";transport=udp"), Just(";transport=tcp"), Just(";transport=tls"),
            Just(";transport=ws"), Just(";maddr=h1.a.com"), Just(";maddr=192.0.2.4"),
        ],
        transports in proptest::collection::vec(proptest::sample::select(&Transport::ALL[..]), 0..6),
        flags in any::<[bool; 5]>(),
        bounds in (0..8_usize, 0..20_usize, 0..20_usize),
        random in any::<u64>(),
        answers in proptest::collection::vec(any_answer(), 1..20),
    ) {
        let [ipv4, ipv6, prefer_ipv6, naptr, large] = flags;
        let (max_records, max_questions, max_targets) = bounds;
        let policy = Policy {
            transports, ipv4, ipv6, prefer_ipv6, naptr, large,
            max_records, max_questions, max_targets,
        };
        let uri = format!("{scheme}:{host}{port}{params}");
        let uri = Uri::parse(&uri).unwrap();
        let Ok(mut locator) = Locator::new(&uri, &policy, random) else {
            return Ok(());
        };
        let (mut asked, mut given) = (Vec::new(), Vec::new());
        let mut exhausted = false;
        for _ in 0..200 {
            match locator.next_target() {
                Step::Target(target) => {
                    prop_assert!(policy.transports.contains(&target.transport));
                    prop_assert!(target.address.port() != 0);
                    prop_assert_eq!(target.name.is_some(), target.transport.is_secure());
                    prop_assert!(scheme == "sip" || target.transport.is_secure());
                    let ours = if target.address.is_ipv4() { ipv4 } else { ipv6 };
                    prop_assert!(ours, "{}", target.address);
                    prop_assert!(!given.contains(&target));
                    given.push(target);
                }
                Step::Exhausted => {
                    exhausted = true;
                    break;
                }
                Step::Waiting => {
                    let question = locator.poll_question();
                    prop_assert!(question.is_some(), "waits for nothing");
                    let Some(question) = question else { break };
                    prop_assert!(!asked.contains(&question));
                    locator.answer(&question, &answers[asked.len() % answers.len()]);
                    asked.push(question);
                }
            }
        }
        prop_assert!(exhausted);
        prop_assert!(asked.len() <= max_questions);
        prop_assert!(given.len() <= max_targets);
        prop_assert_eq!(locator.next_target(), Step::Exhausted);
    }
}
