//! Outbound, many numbers, the end, and what a configuration must be.

use super::*;

/// RFC 5626 9.2 messages 9 and 11, 9.4 message 38.
#[test]
fn outbound_registrations() {
    let mut rig = Rig::new(outbound());
    let first = message(&rig.register());
    assert_eq!(first.header(Name::Route), Some("<sip:ep1.example.com;lr>"));
    assert_eq!(first.header(Name::Supported), Some("path, outbound"));
    let sent = contact(first.header(Name::Contact).unwrap());
    assert_eq!(sent.reg_id, Some(1));
    assert_eq!(sent.instance.as_ref().map(|it| it.as_str()), Some(INSTANCE));
    let listed = format!(
        "<sip:bob@192.0.2.2;transport=tcp>;reg-id=2;expires=60;+sip.instance=\"<{INSTANCE}>\", \
         <sip:bob@192.0.2.2;transport=tcp>;reg-id=1;expires=3600;+sip.instance=\"<{INSTANCE}>\""
    );
    let path = "<sip:VskztcQ/S8p4WPbOnHbuyh5iJvJIW3ib@ep1.example.com;lr;ob>";
    let fields = [
        (Name::Contact, listed.as_str()),
        (Name::Require, "outbound"),
        (Name::Path, path),
        (
            Name::ServiceRoute,
            "<sip:p1.example.com;lr>, <sip:p2.example.com;lr>",
        ),
        (Name::FlowTimer, "95"),
        (Name::PAssociatedUri, "<tel:+49301234>"),
    ];
    rig.answer_over(200, &fields, Some(flow(1)));
    let lease = lease_of(rig.event());
    assert!(lease.outbound);
    assert_eq!(lease.until, rig.now + Duration::from_secs(3_600));
    assert_eq!(lease.path, [address(path)]);
    let routes = [
        address("<sip:p1.example.com;lr>"),
        address("<sip:p2.example.com;lr>"),
    ];
    assert_eq!(lease.service_route, routes);
    assert_eq!(lease.associated, [address("<tel:+49301234>")]);
    assert_eq!(lease.flow_timer, Some(Duration::from_secs(95)));

    // The flow fails after a while: the same binding over another one.
    rig.now += Duration::from_secs(120);
    rig.machine.flow_lost(rig.now, &flow(2));
    assert_eq!(rig.events(), []);
    rig.machine.flow_lost(rig.now, &flow(1));
    assert_eq!(rig.event(), Lost { status: None });
    let again = rig.register();
    assert_eq!((again.cseq, again.flow), (2, None));
    assert_eq!(again.call_id, "16CB75F21C70");
    rig.answer_over(200, &fields, Some(flow(3)));
    assert_eq!(lease_of(rig.event()).flow, Some(flow(3)));

    // A flow that does not last is not formed anew at once.
    rig.now += Duration::from_secs(1);
    rig.machine.flow_lost(rig.now, &flow(3));
    assert_eq!(rig.events(), [Lost { status: None }]);
    let (waited, timer) = rig.wake();
    assert_eq!(timer, RegistrationTimer::Retry);
    assert!(seconds(30..=60).contains(&waited), "{waited:?}");
    rig.register();
    rig.answer_over(200, &fields, Some(flow(4)));
    lease_of(rig.event());
    rig.now += Duration::from_secs(1);
    rig.machine.flow_lost(rig.now, &flow(4));
    assert_eq!(rig.events(), [Lost { status: None }]);
    let (waited, _) = rig.wake();
    assert!(seconds(60..=120).contains(&waited), "{waited:?}");
}

#[test]
fn without_outbound_on_the_way_it_registers_plainly() {
    let mut rig = Rig::new(outbound());
    rig.register();
    rig.answer(439, &[]);
    let again = rig.register();
    assert_eq!(field(&again, Name::Supported), "path");
    let sent = contact(&field(&again, Name::Contact));
    assert_eq!((sent.reg_id, sent.instance.is_some()), (None, true));
    rig.answer(439, &[]);
    assert!(matches!(
        rig.machine.state(),
        RegistrationState::Failed { status: 439, .. }
    ));
}

/// RFC 6140 5.1.
#[test]
fn many_numbers_at_once() {
    let mut config = RegistrationConfig::new(
        uri("sip:ssp.example.com"),
        address("<sip:pbx@ssp.example.com>"),
        contact("<sip:198.51.100.3:5060;bnc>"),
        "c",
        [1; 32],
    );
    config.gin = true;
    let mut rig = Rig::new(config.clone());
    let sent = message(&rig.grant(7_200));
    assert_eq!(sent.header(Name::Require), Some("gin"));
    assert_eq!(sent.header(Name::ProxyRequire), Some("gin"));
    assert_eq!(sent.header(Name::Supported), Some("path"));
    assert_eq!(
        sent.header(Name::Contact),
        Some("<sip:198.51.100.3:5060;bnc>;expires=3600")
    );
    assert_eq!(
        lease_of(rig.event()).until,
        rig.now + Duration::from_secs(7_200)
    );

    for bad in [
        "<sip:198.51.100.3>",
        "<sip:+1@198.51.100.3;bnc>",
        "<sip:h;bnc;user=phone>",
    ] {
        config.contact = contact(bad);
        let error = Registration::new(config.clone()).unwrap_err();
        assert_eq!(error, Misconfigured::BulkContact);
    }
}

#[test]
fn stopping_removes_the_binding() {
    let mut rig = Rig::new(biloxi());
    rig.grant(600);
    lease_of(rig.event());
    rig.machine.stop(rig.now);
    assert_eq!(rig.machine.state(), RegistrationState::Unregistered);
    let removal = rig.register();
    assert_eq!(
        field(&removal, Name::Contact),
        "<sip:bob@192.0.2.4>;expires=0"
    );
    assert_eq!(
        (field(&removal, Name::Expires), removal.cseq),
        ("0".to_owned(), 2)
    );
    assert_eq!(rig.events(), [Lost { status: None }]);
    rig.answer(200, &[]);
    assert_eq!(rig.events(), [Stopped]);
    assert_eq!(rig.machine.poll_timeout(), None);
    // And it can be started again, the CSeq going on.
    rig.machine.start();
    assert_eq!(rig.grant(600).cseq, 3);

    // Nobody answers.
    let mut rig = Rig::new(biloxi());
    rig.grant(600);
    rig.machine.stop(rig.now);
    while rig.machine.poll_output().is_some() {}
    assert_eq!(
        rig.wake(),
        (Duration::from_secs(5), RegistrationTimer::Stop)
    );
    assert_eq!(rig.events(), [Stopped]);

    // There is nothing to remove.
    let mut rig = Rig::new(biloxi());
    rig.register();
    rig.machine.failed(rig.now, 503);
    rig.machine.stop(rig.now);
    assert_eq!(rig.events(), [Stopped]);
}

#[test]
fn stopping_waits_for_the_answer_under_way_and_answers_challenges() {
    let mut config = biloxi();
    config.credentials = vec![Credentials {
        realm: None,
        username: "bob".into(),
        password: Secret::password("zanzibar"),
    }];
    let mut rig = Rig::new(config);
    let first = rig.register();
    rig.machine.stop(rig.now);
    assert_eq!(rig.events(), []);
    let value = field(&first, Name::Contact);
    rig.answer(200, &[(Name::Contact, &value)]);
    let removal = rig.register();
    assert_eq!(field(&removal, Name::Expires), "0");
    rig.answer(
        401,
        &[(
            Name::WwwAuthenticate,
            "Digest realm=\"r\", nonce=\"1\", qop=\"auth\"",
        )],
    );
    let again = rig.register();
    assert!(field(&again, Name::Authorization).contains("nc=00000001"));
    assert_eq!(field(&again, Name::Expires), "0");
    rig.answer(200, &[]);
    assert_eq!(rig.events(), [Stopped]);
    // A removal that is refused is over, too.
    rig.machine.start();
    rig.grant(60);
    rig.machine.stop(rig.now);
    while let Some(output) = rig.machine.poll_output() {
        if let RegistrationOutput::Register(register) = output {
            rig.last = Some(register);
        }
    }
    rig.answer(500, &[]);
    assert_eq!(rig.events(), [Stopped]);
}

#[test]
fn late_answers_do_nothing() {
    let mut rig = Rig::new(biloxi());
    rig.register();
    let first = rig.last.clone();
    rig.machine.failed(rig.now, 408);
    rig.wake();
    rig.register();
    let second = rig.last.clone();
    rig.last = first;
    rig.answer(200, &[]);
    assert_eq!(rig.events(), []);
    assert_eq!(rig.machine.state(), RegistrationState::Registering);
    rig.last = second;
    rig.answer(200, &[]);
    lease_of(rig.event());
    rig.answer(403, &[]);
    rig.machine.failed(rig.now, 408);
    assert_eq!(rig.events(), []);
}

#[test]
fn what_cannot_be_registered_is_refused() {
    let check = |change: fn(&mut RegistrationConfig), expected| {
        let mut config = biloxi();
        change(&mut config);
        assert_eq!(Registration::new(config).unwrap_err(), expected);
    };
    check(
        |it| it.registrar = uri("sip:bob@biloxi.com"),
        Misconfigured::Registrar,
    );
    check(|it| it.registrar = uri("tel:+1"), Misconfigured::Registrar);
    check(|it| it.aor = address("<tel:+1>"), Misconfigured::Aor);
    check(|it| it.expires = 0, Misconfigured::Expires);
    check(|it| it.refresh = 0..=90, Misconfigured::Refresh);
    check(|it| it.refresh = 50..=100, Misconfigured::Refresh);
    #[expect(clippy::reversed_empty_ranges, reason = "it is what is tested")]
    check(|it| it.refresh = 90..=50, Misconfigured::Refresh);
    check(
        |it| it.contact.reg_id = Some(1),
        Misconfigured::RegIdWithoutInstance,
    );
}

/// Random answers, random time: there is always a way on, one REGISTER at a time.
#[test]
fn it_never_gets_stuck() {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};
    for seed in 0..200 {
        let mut random = StdRng::seed_from_u64(seed);
        let mut rig = Rig::new(outbound());
        let mut waiting = false;
        let mut sent = 0;
        for _ in 0..500 {
            while let Some(output) = rig.machine.poll_output() {
                if let RegistrationOutput::Register(register) = output {
                    assert!(!waiting, "two at a time");
                    assert_eq!(register.cseq, sent + 1);
                    sent = register.cseq;
                    waiting = true;
                    rig.last = Some(register);
                }
            }
            let statuses = [100, 200, 200, 200, 302, 401, 403, 423, 439, 500, 503];
            let pick = usize::try_from(random.next_u64() % 20).unwrap();
            let has_timer = rig.machine.poll_timeout().is_some();
            assert!(waiting || has_timer || rig.machine.state() == RegistrationState::Unregistered);
            if waiting && pick < 15 {
                match statuses.get(pick) {
                    Some(status) => {
                        waiting = *status < 200;
                        let over = Some(flow(u16::from(pick % 2 == 0)));
                        rig.answer_over(*status, &[(Name::RetryAfter, "0")], over);
                    }
                    None => {
                        waiting = false;
                        rig.machine.failed(rig.now, 408);
                    }
                }
            } else if pick == 16 {
                rig.machine.flow_lost(rig.now, &flow(1));
            } else if pick == 17 && random.next_u64() % 8 == 0 {
                rig.machine.stop(rig.now);
            } else if let Some((at, _)) = rig.machine.poll_timeout() {
                rig.now = rig.now.max(at);
                let was_stopping = rig.machine.state() == RegistrationState::Unregistered;
                rig.machine.handle_timeout(rig.now);
                // A removal that took too long is given up.
                waiting &= !was_stopping;
            } else if !waiting {
                rig.machine.start();
            }
        }
        assert!(sent > 20, "{sent}");
    }
}

#[test]
fn nothing_secret_is_shown() {
    let mut config = biloxi();
    config.credentials = vec![Credentials {
        realm: None,
        username: "bob".into(),
        password: Secret::password("zanzibar"),
    }];
    let machine = Registration::new(config).unwrap();
    assert!(!format!("{machine:?}").contains("zanzibar"));
}
