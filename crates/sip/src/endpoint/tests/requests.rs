//! Requests that are no INVITE, both ways, in dialogs and outside them (RFC 3261 8, 12, 17.2.2).

use super::solo::{HERE, Solo};
use super::*;

const PEER: &str = "UDP 198.51.100.1:5060";
const URI: &str = "sip:b@198.51.100.1";

fn serving(methods: &[Method]) -> Net {
    Net::with(|config| config.methods = methods.to_vec())
}

#[track_caller]
fn connected(net: &mut Net) -> (SessionId, SessionId) {
    let a = net.invite();
    let b = id_of(&net.expect(B, "Invite"));
    net.connect(a, b);
    net.take_ladder();
    (a, b)
}

fn dtmf(signal: &str) -> Body {
    Body {
        content_type: "application/dtmf-relay".to_owned(),
        data: format!("Signal={signal}\r\nDuration=160\r\n").into_bytes(),
    }
}

#[track_caller]
fn transaction_of(event: &Event) -> TransactionId {
    match event {
        Event::Request { id, .. } => *id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn info_goes_to_the_application_with_its_body() {
    let mut net = serving(&[Method::Info]);
    let (a, b) = connected(&mut net);
    for content_type in ["application/dtmf-relay", "application/dtmf"] {
        let body = Body {
            content_type: content_type.to_owned(),
            ..dtmf("5")
        };
        let sent = Some(body.clone());
        net.act(A, |end, now| {
            end.request_within(now, a, Method::Info, &[], sent)
        })
        .unwrap();
        let event = net.expect(B, "Request INFO");
        let Event::Request {
            session, request, ..
        } = &event
        else {
            unreachable!()
        };
        assert_eq!(*session, Some(b));
        assert_eq!(request.content_type(), Some(content_type));
        assert_eq!(request.body(), body.data);
        let id = transaction_of(&event);
        net.act(B, |end, now| end.respond(now, id, 200, "", &[], None))
            .unwrap();
        net.expect(A, "Response 200");
        // Once only.
        let again = net.act(B, |end, now| end.respond(now, id, 200, "", &[], None));
        assert_eq!(again, Err(WrongState::NoRequest(id)));
    }
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

// RFC 6086 4.2.2: which packages there are is the application's affair, and so is its 469.
#[test]
fn an_info_package_is_refused_by_the_application() {
    let mut net = serving(&[Method::Info]);
    let (a, _) = connected(&mut net);
    let package = [(Name::InfoPackage, "unknown".to_owned())];
    net.act(A, |end, now| {
        end.request_within(now, a, Method::Info, &package, None)
    })
    .unwrap();
    let event = net.expect(B, "Request INFO");
    let id = transaction_of(&event);
    let known = [(Name::RecvInfo, "conference".to_owned())];
    net.act(B, |end, now| end.respond(now, id, 469, "", &known, None))
        .unwrap();
    let Event::Response { response, .. } = net.expect(A, "Response 469") else {
        unreachable!()
    };
    let response = response.unwrap();
    assert_eq!(response.header(Name::RecvInfo), Some("conference"));
    // It does not end the dialog.
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn while_the_application_thinks_the_request_comes_again_and_is_one() {
    let mut net = serving(&[Method::Message]);
    let (a, _) = connected(&mut net);
    net.act(A, |end, now| {
        end.request_within(now, a, Method::Message, &[], None)
    })
    .unwrap();
    let id = transaction_of(&net.expect(B, "Request MESSAGE"));
    net.run(Duration::from_secs(20));
    net.silent();
    let repeated = net.take_ladder();
    assert!(repeated.len() > 5);
    assert!(
        repeated.iter().all(|it| it == "A>B MESSAGE"),
        "{repeated:?}"
    );
    net.act(B, |end, now| end.respond(now, id, 202, "", &[], None))
        .unwrap();
    net.expect(A, "Response 202");
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

// RFC 4320 3: after timer F nobody waits for the answer.
#[test]
fn an_application_that_never_answers_leaves_nothing() {
    let mut solo = Solo::with(|config| config.methods = vec![Method::Message]);
    let flow = Flow::udp(HERE.parse().unwrap(), C.parse().unwrap());
    for number in 1..=50 {
        let branch = format!("z9hG4bK{number}");
        solo.receive(flow, &request("MESSAGE", number, "", &branch, ""));
    }
    assert_eq!(solo.endpoint.transactions(), 50);
    let ids: Vec<_> = solo
        .events
        .drain(..)
        .map(|it| transaction_of(&it))
        .collect();
    assert_eq!(ids.len(), 50);
    // A provisional answer does not make it wait for longer.
    solo.act(|endpoint, now| endpoint.respond(now, ids[0], 183, "", &[], None))
        .unwrap();
    solo.sent.clear();
    solo.pass(Duration::from_millis(31_999));
    assert_eq!(solo.endpoint.transactions(), 50);
    solo.pass(Duration::from_millis(1));
    assert_eq!(solo.endpoint.transactions(), 0);
    solo.nothing_sent();
    for id in ids {
        let late = solo.act(|endpoint, now| endpoint.respond(now, id, 200, "", &[], None));
        assert_eq!(late, Err(WrongState::NoRequest(id)));
    }
    solo.finish();
}

#[test]
fn requests_beyond_the_bound_are_refused() {
    let mut solo = Solo::with(|config| {
        config.methods = vec![Method::Message];
        config.max_transactions = 2;
    });
    let flow = Flow::udp(HERE.parse().unwrap(), C.parse().unwrap());
    for number in 1..=3 {
        let branch = format!("z9hG4bK{number}");
        solo.receive(flow, &request("MESSAGE", number, "", &branch, ""));
    }
    solo.expect("Request MESSAGE");
    solo.expect("Request MESSAGE");
    solo.expect_sent(&format!("UDP {C} 503 MESSAGE"));
    solo.finish();
}

#[test]
fn a_request_for_a_dialog_that_nobody_knows_is_481() {
    let mut solo = Solo::with(|config| config.methods = vec![Method::Info, Method::Message]);
    let flow = Flow::udp(HERE.parse().unwrap(), C.parse().unwrap());
    for (number, method) in (1..).zip(["INFO", "MESSAGE", "OPTIONS", "BYE"]) {
        let branch = format!("z9hG4bK{number}");
        solo.receive(flow, &request(method, number, ";tag=gone", &branch, ""));
        solo.expect_sent(&format!("UDP {C} 481 {method}"));
    }
    solo.finish();
}

#[test]
fn a_request_after_our_bye_is_481() {
    let mut solo = Solo::with(|config| config.methods = vec![Method::Info]);
    let id = solo.connected(URI, PEER);
    solo.act(|endpoint, now| endpoint.bye(now, id, &[]));
    let bye = solo.expect_sent(&format!("{PEER} BYE"));
    let info = format!(
        "INFO sip:a@192.0.2.1 SIP/2.0\n\
         Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bKi\nMax-Forwards: 70\n\
         From: <{URI}>;tag=t1\nTo: {}\nCall-ID: {}\nCSeq: 1 INFO\nContent-Length: 0\n\n",
        bye.message.header(Name::From).unwrap(),
        bye.message.call_id(),
    );
    solo.receive(bye.flow, &info);
    solo.expect_sent(&format!("{PEER} 481 INFO"));
    solo.answer(&bye, 200, "");
    solo.expect("Ended");
    solo.finish();
}

// RFC 3261 12.2.2.
#[test]
fn a_request_that_comes_late_is_500() {
    let mut net = serving(&[Method::Info]);
    let (a, _) = connected(&mut net);
    let info = |end: &mut Endpoint, now| end.request_within(now, a, Method::Info, &[], None);
    net.drops = vec![("A>B INFO", 1)];
    net.act(A, info).unwrap();
    net.act(A, info).unwrap();
    let id = transaction_of(&net.expect(B, "Request INFO"));
    net.act(B, |end, now| end.respond(now, id, 200, "", &[], None))
        .unwrap();
    net.expect(A, "Response 200");
    net.expect(A, "Response 500");
    net.silent();
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn an_answer_after_the_end_of_the_session_still_goes_out() {
    let mut net = serving(&[Method::Info]);
    let (a, _) = connected(&mut net);
    net.act(A, |end, now| {
        end.request_within(now, a, Method::Info, &[], None)
    })
    .unwrap();
    let id = transaction_of(&net.expect(B, "Request INFO"));
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.act(B, |end, now| end.respond(now, id, 200, "", &[], None))
        .unwrap();
    net.expect(A, "Response 200");
    net.finish();
}

// RFC 3261 12.2.1.2, RFC 5057 5.1.
#[test]
fn a_481_or_408_to_our_request_ends_the_dialog() {
    for status in [408, 481] {
        let mut solo = Solo::new();
        let id = solo.connected(URI, PEER);
        solo.act(|endpoint, now| endpoint.request_within(now, id, Method::Info, &[], None))
            .unwrap();
        let info = solo.expect_sent(&format!("{PEER} INFO"));
        solo.answer(&info, status, "");
        solo.expect(&format!("Response {status}"));
        let bye = solo.expect_sent(&format!("{PEER} BYE"));
        solo.answer(&bye, 481, "");
        solo.expect("Ended");
        solo.finish();
    }
}

#[test]
fn silence_to_our_request_ends_the_dialog() {
    let mut solo = Solo::new();
    let id = solo.connected(URI, PEER);
    solo.act(|endpoint, now| endpoint.request_within(now, id, Method::Info, &[], None))
        .unwrap();
    solo.pass(Duration::from_secs(32));
    solo.expect("Response 408");
    assert_eq!(solo.sent.pop_back().unwrap().label(), format!("{PEER} BYE"));
    solo.pass(Duration::from_secs(32));
    solo.expect("Ended");
    solo.finish();
}

#[test]
fn other_refusals_and_those_of_subscriptions_leave_the_dialog() {
    let cases = [
        (Method::Info, 405),
        (Method::Info, 415),
        (Method::Info, 469),
        (Method::Info, 500),
        (Method::Message, 486),
        (Method::Notify, 481),
        (Method::Subscribe, 481),
    ];
    for (method, status) in cases {
        let mut solo = Solo::new();
        let id = solo.connected(URI, PEER);
        let sent = method.clone();
        solo.act(|endpoint, now| endpoint.request_within(now, id, sent, &[], None))
            .unwrap();
        let request = solo.expect_sent(&format!("{PEER} {}", method.as_str()));
        solo.answer(&request, status, "");
        solo.expect(&format!("Response {status}"));
        solo.nothing_sent();
        solo.hang_up(id, PEER);
        solo.finish();
    }
}

#[test]
fn options_in_a_dialog_change_nothing() {
    let mut net = Net::new();
    let (a, b) = connected(&mut net);
    for (side, id) in [(A, a), (B, b)] {
        net.act(side, |end, now| {
            end.request_within(now, id, Method::Options, &[], None)
        })
        .unwrap();
        let Event::Response { response, .. } = net.expect(side, "Response 200") else {
            unreachable!()
        };
        let response = response.unwrap();
        assert!(response.lists(Name::Allow, "INVITE"));
        assert!(response.header(Name::Accept).is_some());
    }
    net.silent();
    net.bye(B, b);
    net.expect(A, "Bye");
    net.expect(B, "Ended");
    net.finish();
}

#[test]
fn requests_survive_loss_duplicates_and_reordering() {
    for seed in 0..12 {
        let mut net = serving(&[Method::Info]);
        let (a, b) = connected(&mut net);
        net.rng = StdRng::seed_from_u64(seed);
        net.link = Link {
            delay: Duration::from_millis(30),
            jitter: Duration::from_millis(200),
            loss: 15,
            duplicates: 15,
        };
        for turn in 0..20 {
            let (from, to, id) = if turn % 2 == 0 { (A, B, a) } else { (B, A, b) };
            net.act(from, |end, now| {
                end.request_within(now, id, Method::Info, &[], Some(dtmf("1")))
            })
            .unwrap();
            let id = transaction_of(&net.expect(to, "Request INFO"));
            net.act(to, |end, now| end.respond(now, id, 200, "", &[], None))
                .unwrap();
            net.expect(from, "Response 200");
        }
        net.link = Link::default();
        net.run(Duration::from_secs(60));
        net.silent();
        net.bye(A, a);
        net.expect(B, "Bye");
        net.expect(A, "Ended");
        net.finish();
    }
}
