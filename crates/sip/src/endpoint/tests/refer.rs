//! REFER and its implicit subscription (RFC 3515, RFC 4488).

use super::*;

const TARGET: &str = "<sip:+4930999@192.0.2.9>";

/// A has called B; both take REFER.
fn connected() -> (Net, SessionId, SessionId) {
    let mut net = Net::with(|config| config.methods = vec![Method::Refer]);
    let a = net.invite();
    let b = id_of(&net.expect(B, "Invite"));
    net.connect(a, b);
    net.take_ladder();
    (net, a, b)
}

/// A refers B; what B is to answer.
fn referred(net: &mut Net, a: SessionId, subscribes: bool) -> (RequestId, TransactionId) {
    let refer = net.act(A, |end, now| end.refer(now, a, TARGET, subscribes, &[]));
    let Event::Request { id, request, .. } = net.expect(B, "Request REFER") else {
        unreachable!()
    };
    assert_eq!(request.header(Name::ReferTo), Some(TARGET));
    (refer.unwrap(), id)
}

/// The next event of A must be this NOTIFY.
#[track_caller]
fn notified(net: &mut Net, of: RequestId) -> (Option<u16>, bool, String) {
    let Event::Notified {
        refer,
        status,
        is_over,
        request,
        ..
    } = net.expect(A, "Notified")
    else {
        unreachable!()
    };
    assert_eq!(refer, of);
    let state = request.header(Name::SubscriptionState).unwrap();
    (status, is_over, state.to_owned())
}

fn over(net: Net, a: SessionId) {
    let mut net = net;
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn progress_is_told_to_its_end() {
    let (mut net, a, _) = connected();
    let (refer, asked) = referred(&mut net, a, true);
    let id = net.act(B, |end, now| end.accept_refer(now, asked));
    let id = id.unwrap().unwrap();
    net.expect(A, "Response 202");
    let first = (Some(100), false, "active;expires=300".to_owned());
    assert_eq!(notified(&mut net, refer), first);
    net.act(B, |end, now| end.refer_progress(now, id, 180));
    assert_eq!(notified(&mut net, refer).0, Some(180));
    net.act(B, |end, now| end.refer_progress(now, id, 200));
    let last = (Some(200), true, "terminated;reason=noresource".to_owned());
    assert_eq!(notified(&mut net, refer), last);
    // It is over: nothing more is said.
    net.act(B, |end, now| end.refer_progress(now, id, 200));
    net.millis(100);
    let expected = [
        "A>B REFER",
        "B>A 202 REFER",
        "B>A NOTIFY",
        "A>B 200 NOTIFY",
        "B>A NOTIFY",
        "A>B 200 NOTIFY",
        "B>A NOTIFY",
        "A>B 200 NOTIFY",
    ];
    assert_eq!(net.take_ladder(), expected);
    over(net, a);
}

#[test]
fn notify_may_overtake_the_202() {
    let (mut net, a, _) = connected();
    let (refer, asked) = referred(&mut net, a, true);
    net.drops.push(("B>A 202 REFER", 1));
    let id = net.act(B, |end, now| end.accept_refer(now, asked));
    assert_eq!(notified(&mut net, refer).0, Some(100));
    net.expect(A, "Response 202");
    net.act(B, |end, now| {
        end.refer_progress(now, id.unwrap().unwrap(), 486)
    });
    assert_eq!(notified(&mut net, refer).0, Some(486));
    over(net, a);
}

#[test]
fn without_subscription_nothing_is_told() {
    let (mut net, a, _) = connected();
    let (_, asked) = referred(&mut net, a, false);
    let id = net.act(B, |end, now| end.accept_refer(now, asked));
    assert_eq!(id, Ok(None));
    let Event::Response { response, .. } = net.expect(A, "Response 200") else {
        unreachable!()
    };
    assert_eq!(response.unwrap().header(Name::ReferSub), Some("false"));
    assert!(
        net.ends[A]
            .endpoint
            .session(a)
            .unwrap()
            .referrals
            .is_empty()
    );
    over(net, a);
}

#[test]
fn refused_refer_leaves_no_subscription() {
    let (mut net, a, _) = connected();
    let (_, asked) = referred(&mut net, a, true);
    net.act(B, |end, now| end.respond(now, asked, 603, "", &[], None))
        .unwrap();
    net.expect(A, "Response 603");
    assert!(
        net.ends[A]
            .endpoint
            .session(a)
            .unwrap()
            .referrals
            .is_empty()
    );
    over(net, a);
}

#[test]
fn subscription_that_nobody_ends_times_out() {
    let (mut net, a, _) = connected();
    let (refer, asked) = referred(&mut net, a, true);
    net.act(B, |end, now| end.accept_refer(now, asked)).unwrap();
    net.expect(A, "Response 202");
    notified(&mut net, refer);
    let start = net.now;
    let last = notified(&mut net, refer);
    assert_eq!(last.2, "terminated;reason=timeout");
    assert!(net.now.since(start) >= Duration::from_secs(299));
    over(net, a);
}

#[test]
fn two_refers_are_told_apart() {
    let (mut net, a, _) = connected();
    let (first, asked) = referred(&mut net, a, true);
    let one = net.act(B, |end, now| end.accept_refer(now, asked));
    net.expect(A, "Response 202");
    notified(&mut net, first);
    let (second, asked) = referred(&mut net, a, true);
    let two = net.act(B, |end, now| end.accept_refer(now, asked));
    net.expect(A, "Response 202");
    notified(&mut net, second);
    net.act(B, |end, now| {
        end.refer_progress(now, two.unwrap().unwrap(), 404)
    });
    assert_eq!(notified(&mut net, second).0, Some(404));
    net.act(B, |end, now| {
        end.refer_progress(now, one.unwrap().unwrap(), 200)
    });
    assert_eq!(notified(&mut net, first).0, Some(200));
    over(net, a);
}

#[test]
fn subscribe_prolongs_and_ends_it() {
    let (mut net, a, _) = connected();
    let (refer, asked) = referred(&mut net, a, true);
    let id = net.act(B, |end, now| end.accept_refer(now, asked));
    net.expect(A, "Response 202");
    notified(&mut net, refer);
    let number = net.ends[A].endpoint.session(a).unwrap().dialog.local_cseq;
    let subscribe = |net: &mut Net, expires: &str, id: u32| {
        let headers = [
            (Name::Event, format!("refer;id={id}")),
            (Name::Expires, expires.to_owned()),
        ];
        let sent = net.act(A, |end, now| {
            end.request_within(now, a, Method::Subscribe, &headers, None)
        });
        sent.unwrap()
    };
    subscribe(&mut net, "60", number);
    net.expect(A, "Response 200");
    assert_eq!(notified(&mut net, refer).2, "active;expires=60");
    subscribe(&mut net, "0", number);
    net.expect(A, "Response 200");
    assert!(notified(&mut net, refer).1);
    subscribe(&mut net, "60", number);
    net.expect(A, "Response 481");
    net.act(B, |end, now| {
        end.refer_progress(now, id.unwrap().unwrap(), 200)
    });
    over(net, a);
}

#[test]
fn stray_notify_is_481_and_two_targets_are_400() {
    let (mut net, a, b) = connected();
    let headers = [
        (Name::Event, "refer".to_owned()),
        (Name::SubscriptionState, "active".to_owned()),
    ];
    net.act(B, |end, now| {
        end.request_within(now, b, Method::Notify, &headers, None)
    })
    .unwrap();
    net.expect(B, "Response 481");
    let headers = [
        (Name::ReferTo, TARGET.to_owned()),
        (Name::ReferTo, TARGET.to_owned()),
    ];
    net.act(A, |end, now| {
        end.request_within(now, a, Method::Refer, &headers, None)
    })
    .unwrap();
    net.expect(A, "Response 400");
    over(net, a);
}

#[test]
fn progress_survives_a_lossy_link() {
    for seed in 1..20 {
        let (mut net, a, _) = connected();
        net.rng = StdRng::seed_from_u64(seed);
        net.link.loss = 20;
        net.link.duplicates = 20;
        net.link.jitter = Duration::from_millis(40);
        let (refer, asked) = referred(&mut net, a, true);
        let id = net.act(B, |end, now| end.accept_refer(now, asked));
        let id = id.unwrap().unwrap();
        let mut told = Vec::new();
        while told.len() < 2 {
            match net.event(A) {
                Event::Notified { refer: of, .. } => {
                    assert_eq!(of, refer);
                    told.push("notified");
                }
                Event::Response { status, .. } => {
                    assert_eq!(status, 202);
                    told.push("accepted");
                }
                other => panic!("{other:?}"),
            }
        }
        net.act(B, |end, now| end.refer_progress(now, id, 200));
        assert!(notified(&mut net, refer).1, "seed {seed}");
        net.link = Link::default();
        over(net, a);
    }
}
