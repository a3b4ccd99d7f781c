//! What each kind of answer leads to.

use super::*;

/// RFC 3261 24.1.
#[test]
fn registers_and_refreshes() {
    let mut config = biloxi();
    config.expires = 7_200;
    let mut rig = Rig::new(config);
    assert_eq!(rig.machine.state(), RegistrationState::Registering);
    let first = rig.register();
    assert_eq!(first.request_uri, "sip:registrar.biloxi.com");
    assert_eq!(first.to, "\"Bob\" <sip:bob@biloxi.com>");
    assert_eq!(first.from, first.to);
    assert_eq!((first.cseq, first.max_forwards, first.flow), (1, 70, None));
    let sent = message(&first);
    assert_eq!(sent.header(Name::Expires), Some("7200"));
    assert_eq!(
        sent.header(Name::Contact),
        Some("<sip:bob@192.0.2.4>;expires=7200")
    );
    assert_eq!(sent.header(Name::Supported), Some("path"));

    rig.answer(100, &[]);
    assert_eq!(rig.machine.state(), RegistrationState::Registering);
    let fields = [
        (
            Name::Contact,
            "<sip:bob@office.example>;expires=60, <sip:bob@192.0.2.4>",
        ),
        (Name::Expires, "7200"),
    ];
    rig.answer_over(200, &fields, Some(flow(1)));
    let lease = lease_of(rig.event());
    assert_eq!(lease.until, rig.now + Duration::from_secs(7_200));
    assert_eq!((lease.outbound, lease.flow), (false, Some(flow(1))));
    let until = lease.until;
    assert_eq!(rig.machine.state(), RegistrationState::Registered { until });

    let mut times = Vec::new();
    for round in 2..12 {
        let (waited, timer) = rig.wake();
        assert_eq!(timer, RegistrationTimer::Refresh);
        assert!(seconds(3_600..=6_480).contains(&waited), "{waited:?}");
        times.push(waited);
        let register = rig.grant(7_200);
        assert_eq!((register.cseq, register.flow), (round, Some(flow(1))));
        assert_eq!(register.call_id, first.call_id);
        // Nothing but the end of the binding has changed.
        assert_eq!(rig.events(), []);
    }
    times.dedup();
    assert!(times.len() > 5, "{times:?}");
}

#[test]
fn the_interval_granted_is_that_of_our_binding() {
    let bob = "<sip:bob@192.0.2.4>";
    for (contacts, expires, granted) in [
        (
            format!("<sip:x@y>;expires=9, {bob};expires=600"),
            None,
            Some(600),
        ),
        (
            "<sip:%62ob@192.0.2.4;ob>;expires=601".to_owned(),
            None,
            Some(601),
        ),
        (bob.to_owned(), Some("602"), Some(602)),
        (bob.to_owned(), None, Some(3_600)),
        // A registrar that writes what it sees, one that lists nothing.
        (
            "<sip:bob@203.0.113.9:4001>;expires=603".to_owned(),
            None,
            Some(603),
        ),
        (String::new(), Some("604"), Some(604)),
        (String::new(), None, Some(3_600)),
        // None of several, and one that it took away.
        (
            "<sip:x@y>;expires=9, <sip:y@z>;expires=8".to_owned(),
            Some("600"),
            None,
        ),
        (format!("{bob};expires=0"), None, None),
    ] {
        let mut rig = Rig::new(biloxi());
        rig.register();
        let mut fields = Vec::new();
        if !contacts.is_empty() {
            fields.push((Name::Contact, contacts.as_str()));
        }
        fields.extend(expires.map(|value| (Name::Expires, value)));
        rig.answer(200, &fields);
        match granted {
            Some(interval) => {
                let until = rig.now + Duration::from_secs(interval);
                assert_eq!(lease_of(rig.event()).until, until, "{contacts}");
            }
            None => {
                assert_eq!(rig.events(), []);
                let state = rig.machine.state();
                let is_failed = matches!(state, RegistrationState::Failed { status: 200, .. });
                assert!(is_failed, "{contacts}: {state:?}");
            }
        }
    }
}

#[test]
fn challenges_are_answered_and_the_nonce_is_used_again() {
    let secret = Secret::password("zanzibar");
    let mut verifier = Verifier::new(VerifierConfig::new("biloxi.com", [2; 32]));
    let verify = |now, register: &Register, verifier: &mut Verifier| {
        verifier.verify(now, &message(register), &mut |_, _| Some(&secret))
    };
    let mut config = biloxi();
    config.credentials = vec![Credentials {
        realm: Some("biloxi.com".into()),
        username: "bob".into(),
        password: secret.clone(),
    }];
    let mut rig = Rig::new(config);
    let first = rig.register();
    assert_eq!(
        verify(rig.now, &first, &mut verifier),
        Verdict::NoCredentials
    );
    let challenge = verifier.challenge(rig.now, false);
    let fields: Vec<_> = challenge
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    rig.answer_over(401, &fields, Some(flow(1)));
    let second = rig.grant(60);
    assert_eq!((second.cseq, second.flow), (2, Some(flow(1))));
    let accepted = Verdict::Accepted {
        username: "bob".into(),
    };
    assert_eq!(verify(rig.now, &second, &mut verifier), accepted);
    lease_of(rig.event());
    rig.wake();
    let third = rig.register();
    assert!(field(&third, Name::Authorization).contains("nc=00000002"));
    assert_eq!(verify(rig.now, &third, &mut verifier), accepted);
    // The same credentials are not sent a second time when they are refused.
    let again = |nonce| format!("Digest realm=\"biloxi.com\", nonce=\"{nonce}\", qop=\"auth\"");
    rig.answer(401, &[(Name::WwwAuthenticate, &again("1"))]);
    rig.register();
    rig.answer(401, &[(Name::WwwAuthenticate, &again("2"))]);
    assert_eq!(
        rig.events(),
        [
            RegistrationEvent::Unanswerable(Unanswerable::Refused {
                realm: "biloxi.com".into()
            }),
            Lost { status: Some(401) },
        ]
    );
    let (waited, timer) = rig.wake();
    assert_eq!(timer, RegistrationTimer::Retry);
    assert!(seconds(900..=1_800).contains(&waited), "{waited:?}");
    rig.register();
}

#[test]
fn a_longer_interval_is_asked_for() {
    let mut config = biloxi();
    config.expires = 60;
    let mut rig = Rig::new(config);
    rig.register();
    rig.answer(423, &[(Name::MinExpires, "120")]);
    let again = rig.register();
    assert_eq!(field(&again, Name::Expires), "120");
    assert_eq!(
        field(&again, Name::Contact),
        "<sip:bob@192.0.2.4>;expires=120"
    );
    // Never twice for the same, and never for ever.
    rig.answer(423, &[(Name::MinExpires, "120")]);
    assert!(matches!(
        rig.machine.state(),
        RegistrationState::Failed { status: 423, .. }
    ));
    rig.wake();
    let mut asked = 0;
    while let Some(RegistrationOutput::Register(register)) = rig.machine.poll_output() {
        asked += 1;
        let least = field(&register, Name::Expires).parse::<u32>().unwrap() + 1;
        rig.last = Some(register);
        rig.answer(423, &[(Name::MinExpires, &least.to_string())]);
    }
    assert_eq!(asked, 8);
}

#[test]
fn redirections_are_followed_until_they_fail() {
    let mut rig = Rig::new(biloxi());
    rig.register();
    rig.answer(
        302,
        &[(
            Name::Contact,
            "<tel:+1>, <sip:bob@r2.biloxi.com:5070;transport=tcp?a=b>",
        )],
    );
    assert_eq!(
        rig.register().request_uri,
        "sip:r2.biloxi.com:5070;transport=tcp"
    );
    rig.answer(200, &[]);
    lease_of(rig.event());
    rig.wake();
    assert_eq!(
        rig.register().request_uri,
        "sip:r2.biloxi.com:5070;transport=tcp"
    );
    rig.machine.failed(rig.now, 408);
    rig.wake();
    assert_eq!(rig.register().request_uri, "sip:registrar.biloxi.com");
    // In a circle.
    let mut hops = 0;
    loop {
        hops += 1;
        rig.answer(
            301,
            &[(Name::Contact, &format!("<sip:r{}.biloxi.com>", hops % 2))],
        );
        match rig.machine.poll_output() {
            Some(RegistrationOutput::Register(register)) => rig.last = Some(register),
            other => {
                break assert_eq!(
                    other,
                    Some(RegistrationOutput::Event(Lost { status: Some(301) }))
                );
            }
        }
    }
    assert_eq!(hops, 8);

    let mut config = biloxi();
    config.registrar = uri("sips:biloxi.com");
    let mut rig = Rig::new(config);
    rig.register();
    rig.answer(302, &[(Name::Contact, "<sip:r2.biloxi.com>")]);
    assert!(matches!(
        rig.machine.state(),
        RegistrationState::Failed { status: 302, .. }
    ));
}

/// RFC 5626 4.5.
#[test]
fn waits_double_up_to_half_an_hour() {
    let mut rig = Rig::new(biloxi());
    for limit in [60, 120, 240, 480, 960, 1_800, 1_800, 1_800] {
        rig.register();
        rig.machine.failed(rig.now, 408);
        assert!(matches!(
            rig.machine.state(),
            RegistrationState::Failed { status: 408, .. }
        ));
        let (waited, timer) = rig.wake();
        assert_eq!(timer, RegistrationTimer::Retry);
        assert!(seconds(limit / 2..=limit).contains(&waited), "{waited:?}");
    }
    // Once it works and lasts, it begins anew.
    rig.grant(600);
    lease_of(rig.event());
    rig.wake();
    rig.register();
    rig.machine.failed(rig.now, 503);
    let (waited, _) = rig.wake();
    assert!(seconds(30..=60).contains(&waited), "{waited:?}");
}

#[test]
fn many_registrations_do_not_wait_alike() {
    let mut waits: Vec<_> = (0..50)
        .map(|seed| {
            let mut config = biloxi();
            config.seed = [seed; 32];
            let mut rig = Rig::new(config);
            rig.register();
            rig.machine.failed(rig.now, 503);
            rig.wake().0
        })
        .collect();
    waits.sort();
    waits.dedup();
    assert!(waits.len() > 45, "{waits:?}");
    assert!(waits[0] < Duration::from_secs(35) && waits[waits.len() - 1] > Duration::from_secs(55));
}

#[test]
fn refusals_wait_long_and_end_the_binding() {
    for status in [400, 403, 404, 405, 420, 501 + 100, 603] {
        let mut rig = Rig::new(biloxi());
        rig.grant(600);
        lease_of(rig.event());
        rig.wake();
        rig.register();
        rig.answer(status, &[]);
        assert_eq!(
            rig.events(),
            [Lost {
                status: Some(status)
            }]
        );
        let (waited, timer) = rig.wake();
        assert_eq!(timer, RegistrationTimer::Retry);
        assert!(
            seconds(900..=1_800).contains(&waited),
            "{status}: {waited:?}"
        );
        rig.register();
    }
}

#[test]
fn the_binding_outlives_refreshes_that_fail_for_now() {
    let mut rig = Rig::new(biloxi());
    rig.grant(300);
    let until = lease_of(rig.event()).until;
    rig.wake();
    loop {
        rig.register();
        rig.answer(503, &[]);
        assert_eq!(rig.machine.state(), RegistrationState::Registered { until });
        assert!(rig.machine.lease().is_some());
        let (_, timer) = rig.wake();
        if timer == RegistrationTimer::Lapse {
            break;
        }
    }
    assert_eq!(rig.now, until);
    assert_eq!(rig.events(), [Lost { status: None }]);
    assert!(matches!(
        rig.machine.state(),
        RegistrationState::Failed { status: 503, .. }
    ));
    assert_eq!(rig.machine.lease(), None);
    rig.wake();
    rig.grant(300);
    lease_of(rig.event());
}

#[test]
fn retry_after_is_heeded() {
    for (value, range) in [
        ("5", 5..=5),
        ("18000;duration=3600", 18_000..=18_000),
        ("120 (I'm in a meeting)", 120..=120),
        ("4294967295", 86_400..=86_400),
        ("soon", 30..=60),
    ] {
        let mut rig = Rig::new(biloxi());
        rig.register();
        rig.answer(503, &[(Name::RetryAfter, value)]);
        let (waited, _) = rig.wake();
        assert!(seconds(range).contains(&waited), "{value}: {waited:?}");
    }
    // 0 is at once (RFC 5626 4.2.1), but only the first time.
    let mut rig = Rig::new(biloxi());
    rig.register();
    rig.answer(503, &[(Name::RetryAfter, "0")]);
    assert_eq!(
        rig.machine.poll_timeout(),
        Some((rig.now, RegistrationTimer::Retry))
    );
    rig.machine.handle_timeout(rig.now);
    rig.register();
    rig.answer(503, &[(Name::RetryAfter, "0")]);
    let (waited, _) = rig.wake();
    assert!(seconds(60..=120).contains(&waited), "{waited:?}");
}
