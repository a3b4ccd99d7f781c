//! Calls from INVITE to BYE.

use super::*;

#[test]
fn invite_200_ack_bye() {
    let (mut net, a, b) = Net::invited();
    net.act(B, |end, now| end.provisional(now, b, 180, "", &[], None))
        .unwrap();
    let ringing = net.expect(A, "Provisional 180");
    let Event::Provisional { id, response, .. } = ringing else {
        unreachable!()
    };
    assert_eq!(id, a);
    assert!(response.to().tag().is_some());
    assert!(response.contact().is_some());
    net.connect(a, b);
    net.bye(A, a);
    assert_eq!(id_of(&net.expect(B, "Bye")), b);
    assert_eq!(id_of(&net.expect(A, "Ended")), a);
    assert_eq!((net.end(A).sessions(), net.end(B).sessions()), (0, 0));
    let expected = [
        "A>B INVITE",
        "B>A 100 INVITE",
        "B>A 180 INVITE",
        "B>A 200 INVITE",
        "A>B ACK",
        "A>B BYE",
        "B>A 200 BYE",
    ];
    assert_eq!(net.take_ladder(), expected);
    net.finish();
}

#[test]
fn called_side_hangs_up() {
    let (mut net, a, b) = Net::connected();
    net.take_ladder();
    let reason = [(Name::Reason, "Q.850;cause=16".to_owned())];
    net.act(B, |end, now| end.bye(now, b, &reason));
    let Event::Bye { id, request } = net.expect(A, "Bye") else {
        unreachable!()
    };
    assert_eq!(id, a);
    assert_eq!(request.header(Name::Reason), Some("Q.850;cause=16"));
    net.expect(B, "Ended");
    assert_eq!(net.take_ladder(), ["B>A BYE", "A>B 200 BYE"]);
    net.finish();
}

#[test]
fn sdp_goes_both_ways() {
    let mut net = Net::new();
    let a = net.invite();
    let Event::Invite { id: b, request, .. } = net.expect(B, "Invite") else {
        unreachable!()
    };
    assert_eq!(request.sdp(), Some(OFFER));
    assert_eq!(request.header(Name::MaxForwards), Some("70"));
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    let Event::Answered { response, .. } = net.expect(A, "Answered 200") else {
        unreachable!()
    };
    assert_eq!(response.sdp(), Some(ANSWER));
    net.act(A, |end, now| end.ack(now, a, None));
    net.expect(B, "Acked");
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn offerless_invite_is_answered_in_the_ack() {
    let mut net = Net::new();
    let a = net.invite_with(None);
    let Event::Invite { id: b, request, .. } = net.expect(B, "Invite") else {
        unreachable!()
    };
    assert_eq!(request.sdp(), None);
    net.act(B, |end, now| end.accept(now, b, &[], Some(OFFER)))
        .unwrap();
    let Event::Answered { response, .. } = net.expect(A, "Answered 200") else {
        unreachable!()
    };
    assert_eq!(response.sdp(), Some(OFFER));
    // Whoever must ask elsewhere for the answer may take its time.
    net.millis(700);
    net.act(A, |end, now| end.ack(now, a, Some(ANSWER)));
    let Event::Acked { request, .. } = net.expect(B, "Acked") else {
        unreachable!()
    };
    assert_eq!(request.sdp(), Some(ANSWER));
    net.bye(B, b);
    net.expect(A, "Bye");
    net.expect(B, "Ended");
    net.finish();
}

#[test]
fn rejection_is_acknowledged_and_ends_both() {
    let (mut net, _, b) = Net::invited();
    let headers = [(Name::Warning, "399 b \"no\"".to_owned())];
    net.act(B, |end, now| end.reject(now, b, 486, "", &headers))
        .unwrap();
    let Event::Rejected { response, .. } = net.expect(A, "Rejected 486") else {
        unreachable!()
    };
    let response = response.unwrap();
    assert_eq!(response.reason(), Some("Busy Here"));
    assert_eq!(response.header(Name::Warning), Some("399 b \"no\""));
    net.millis(100);
    let expected = ["A>B INVITE", "B>A 100 INVITE", "B>A 486 INVITE", "A>B ACK"];
    assert_eq!(net.take_ladder(), expected);
    net.finish();
}

#[test]
fn lost_ack_for_a_rejection_is_repeated() {
    let (mut net, _, b) = Net::invited();
    net.drops.push(("A>B ACK", 2));
    net.take_ladder();
    net.act(B, |end, now| end.reject(now, b, 404, "", &[]))
        .unwrap();
    net.expect(A, "Rejected 404");
    net.millis(10_000);
    let expected = [
        "B>A 404 INVITE",
        "A>B ACK lost",
        "B>A 404 INVITE",
        "A>B ACK lost",
        "B>A 404 INVITE",
        "A>B ACK",
    ];
    assert_eq!(net.take_ladder(), expected);
    net.finish();
}

#[test]
fn success_is_repeated_until_the_ack() {
    let (mut net, a, b) = Net::invited();
    net.take_ladder();
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    net.expect(A, "Answered 200");
    let start = net.now;
    net.millis(9_000);
    // At 0.5, 1.5, 3.5, 7.5 s.
    assert_eq!(net.take_ladder(), ["B>A 200 INVITE"; 5]);
    net.act(A, |end, now| end.ack(now, a, None));
    net.expect(B, "Acked");
    net.millis(10_000);
    assert_eq!(net.take_ladder(), ["A>B ACK"]);
    assert!(net.now > start);
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn lost_ack_is_repeated_for_each_success() {
    let (mut net, a, b) = Net::invited();
    net.drops.push(("A>B ACK", 3));
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    net.expect(A, "Answered 200");
    net.take_ladder();
    net.act(A, |end, now| end.ack(now, a, None));
    net.expect(B, "Acked");
    let expected = [
        "A>B ACK lost",
        "B>A 200 INVITE",
        "A>B ACK lost",
        "B>A 200 INVITE",
        "A>B ACK lost",
        "B>A 200 INVITE",
        "A>B ACK",
    ];
    assert_eq!(net.take_ladder(), expected);
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn success_without_ack_ends_in_bye() {
    let (mut net, a, b) = Net::invited();
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    let answered = net.now;
    net.expect(A, "Answered 200");
    net.expect(B, "AckTimeout");
    assert_eq!(net.now.since(answered), Duration::from_secs(32));
    assert_eq!(net.end(B).sessions(), 0);
    assert_eq!(id_of(&net.expect(A, "Bye")), a);
    net.finish();
}

#[test]
fn nobody_answers_the_invite() {
    let mut net = Net::new();
    net.drops.push(("A>B INVITE", 99));
    let a = net.invite();
    let start = net.now;
    let Event::Rejected { id, response, .. } = net.expect(A, "Rejected 408") else {
        unreachable!()
    };
    assert_eq!(id, a);
    assert!(response.is_none());
    assert_eq!(net.now.since(start), Duration::from_secs(32));
    assert_eq!(net.take_ladder(), ["A>B INVITE lost"; 7]);
    assert_eq!(net.end(A).transactions(), 0);
    net.finish();
}

#[test]
fn nobody_answers_the_bye() {
    let (mut net, a, b) = Net::connected();
    net.drops.push(("A>B BYE", 99));
    net.bye(A, a);
    let start = net.now;
    net.expect(A, "Ended");
    assert_eq!(net.now.since(start), Duration::from_secs(32));
    net.drops.clear();
    // B hangs up in its turn: A knows nothing of it.
    net.take_ladder();
    net.bye(B, b);
    net.expect(B, "Ended");
    assert_eq!(net.take_ladder(), ["B>A BYE", "A>B 481 BYE"]);
    net.finish();
}

#[test]
fn byes_cross() {
    let (mut net, a, b) = Net::connected();
    net.take_ladder();
    net.bye(A, a);
    net.bye(B, b);
    net.expect(A, "Ended");
    net.expect(B, "Ended");
    let mut ladder = net.take_ladder();
    ladder.sort();
    let expected = ["A>B 200 BYE", "A>B BYE", "B>A 200 BYE", "B>A BYE"];
    assert_eq!(ladder, expected);
    net.finish();
}

#[test]
fn bye_before_the_ack_is_held_until_the_ack() {
    let (mut net, a, b) = Net::invited();
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    net.take_ladder();
    net.bye(B, b);
    assert!(net.take_ladder().is_empty());
    net.expect(A, "Answered 200");
    net.act(A, |end, now| end.ack(now, a, None));
    net.expect(A, "Bye");
    net.expect(B, "Ended");
    assert_eq!(net.take_ladder(), ["A>B ACK", "B>A BYE", "A>B 200 BYE"]);
    net.finish();
}

#[test]
fn bye_before_the_ack_goes_out_when_none_comes() {
    let (mut net, _, b) = Net::invited();
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    net.bye(B, b);
    net.expect(A, "Answered 200");
    net.expect(A, "Bye");
    net.expect(B, "Ended");
    net.finish();
}

#[test]
fn bye_after_the_success_acknowledges_first() {
    let (mut net, a, b) = Net::invited();
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    net.expect(A, "Answered 200");
    net.take_ladder();
    net.bye(A, a);
    net.expect(B, "Acked");
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    assert_eq!(net.take_ladder(), ["A>B ACK", "A>B BYE", "B>A 200 BYE"]);
    net.finish();
}

#[test]
fn called_side_hangs_up_before_it_answered() {
    let (mut net, _, b) = Net::invited();
    net.bye(B, b);
    net.expect(B, "Ended");
    net.expect(A, "Rejected 480");
    net.finish();
}

#[test]
fn repeated_invite_gets_the_last_response() {
    let mut net = Net::new();
    net.drops.push(("B>A 100 INVITE", 1));
    net.drops.push(("B>A 180 INVITE", 1));
    net.invite();
    let b = id_of(&net.expect(B, "Invite"));
    net.act(B, |end, now| end.provisional(now, b, 180, "", &[], None))
        .unwrap();
    net.expect(A, "Provisional 180");
    let expected = [
        "A>B INVITE",
        "B>A 100 INVITE lost",
        "B>A 180 INVITE lost",
        "A>B INVITE",
        "B>A 180 INVITE",
    ];
    assert_eq!(net.take_ladder(), expected);
    assert_eq!(net.end(B).counters().retransmissions, 1);
    net.act(B, |end, now| end.reject(now, b, 603, "", &[]))
        .unwrap();
    net.expect(A, "Rejected 603");
    net.finish();
}

#[test]
fn ringing_is_repeated_every_minute() {
    let (mut net, a, b) = Net::invited();
    net.act(B, |end, now| end.provisional(now, b, 180, "", &[], None))
        .unwrap();
    net.expect(A, "Provisional 180");
    let start = net.now;
    net.expect(A, "Provisional 180");
    assert_eq!(net.now.since(start), Duration::from_secs(60));
    net.expect(A, "Provisional 180");
    assert_eq!(net.now.since(start), Duration::from_secs(120));
    net.connect(a, b);
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

// RFC 3261 13.2.2.4: each 2xx is acknowledged; only the first is kept.
#[test]
fn second_answer_of_a_fork_is_acknowledged_and_ended() {
    let mut net = Net::new();
    let a = net.invite();
    let Event::Invite {
        id: b,
        request: invite,
        ..
    } = net.expect(B, "Invite")
    else {
        unreachable!()
    };
    net.connect(a, b);
    net.take_ladder();
    let fork = format!(
        "SIP/2.0 200 OK\nVia: {}\nFrom: {}\nTo: {};tag=fork\nCall-ID: {}\nCSeq: 1 INVITE\n\
         Contact: <sip:{C}>\nContent-Length: 0\n\n",
        invite.header(Name::Via).unwrap(),
        invite.header(Name::From).unwrap(),
        invite.header(Name::To).unwrap(),
        invite.call_id(),
    );
    let sent = net.inject(A, C, &fork);
    let methods: Vec<_> = sent.iter().map(|m| m.method().unwrap()).collect();
    assert_eq!(methods, [Method::Ack, Method::Bye]);
    assert_eq!(sent[0].cseq().number, 1);
    assert_eq!(sent[1].cseq().number, 2);
    for message in &sent {
        assert_eq!(message.to().tag(), Some("fork"));
        assert_eq!(message.request_uri(), Some(&*format!("sip:{C}")));
    }
    // Repeated, it gets the same ACK but no second BYE.
    let again = net.inject(A, C, &fork);
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].as_bytes(), sent[0].as_bytes());
    net.silent();
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn forks_without_end_are_bounded() {
    let (mut net, a, b) = Net::connected();
    let invite = {
        let id = net.end(A).table.ids().next().unwrap();
        let table::Machine::ClientInvite(_, own) = &net.end(A).table.get(id).unwrap().machine
        else {
            unreachable!()
        };
        own.request.clone()
    };
    for fork in 0..100 {
        let fork = format!(
            "SIP/2.0 200 OK\nVia: {}\nFrom: {}\nTo: {};tag=fork{fork}\nCall-ID: {}\n\
             CSeq: 1 INVITE\nContact: <sip:{C}>\nContent-Length: 0\n\n",
            invite.header(Name::Via).unwrap(),
            invite.header(Name::From).unwrap(),
            invite.header(Name::To).unwrap(),
            invite.call_id(),
        );
        net.inject(A, C, &fork);
    }
    assert!(net.end(A).transactions() <= 17);
    net.bye(B, b);
    assert_eq!(id_of(&net.expect(A, "Bye")), a);
    net.expect(B, "Ended");
    net.finish();
}

#[test]
fn unreachable_peer_is_503() {
    let mut net = Net::new();
    net.drops.push(("A>B INVITE", 1));
    net.invite();
    let flow = Flow::udp(net.ends[A].address, net.ends[B].address);
    net.act(A, |end, now| end.undelivered(now, &flow));
    net.expect(A, "Rejected 503");
    assert_eq!(net.end(A).transactions(), 0);
    net.finish();
}

#[test]
fn unreachable_peer_ends_a_bye() {
    let (mut net, a, b) = Net::connected();
    net.drops.push(("A>B BYE", 99));
    net.bye(A, a);
    let flow = Flow::udp(net.ends[A].address, net.ends[B].address);
    net.act(A, |end, now| end.undelivered(now, &flow));
    net.expect(A, "Ended");
    net.drops.clear();
    net.bye(B, b);
    net.expect(B, "Ended");
    net.finish();
}

#[test]
fn operations_in_the_wrong_state_change_nothing() {
    let (mut net, a, b) = Net::invited();
    net.take_ladder();
    let sdp = Some(ANSWER);
    let wrong = |result: Result<(), WrongState>| result.unwrap_err();
    let nothing = WrongState::NothingToAnswer(a);
    let e = net.act(A, |end, now| end.accept(now, a, &[], sdp));
    assert_eq!(wrong(e), nothing);
    let e = net.act(A, |end, now| end.reject(now, a, 486, "", &[]));
    assert_eq!(wrong(e), nothing);
    let e = net.act(A, |end, now| end.reinvite(now, a, None, &[]));
    assert_eq!(wrong(e), WrongState::NotConfirmed(a));
    let e = net.act(B, |end, now| end.reject(now, b, 200, "", &[]));
    assert!(matches!(wrong(e), WrongState::Status { status: 200, .. }));
    let e = net.act(B, |end, now| end.provisional(now, b, 100, "", &[], None));
    assert!(matches!(wrong(e), WrongState::Status { status: 100, .. }));
    net.act(A, |end, now| end.ack(now, a, None));
    net.act(B, |end, now| end.cancel(now, b, &[]));
    let gone = SessionId(77);
    let e = net.act(B, |end, now| end.accept(now, gone, &[], sdp));
    assert_eq!(wrong(e), WrongState::NoSession(gone));
    net.act(B, |end, now| end.bye(now, gone, &[]));
    assert!(net.take_ladder().is_empty());
    net.connect(a, b);
    let e = net.act(B, |end, now| end.accept(now, b, &[], sdp));
    assert_eq!(wrong(e), WrongState::NothingToAnswer(b));
    net.bye(A, a);
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn equal_seeds_make_equal_bytes() {
    let bytes = || {
        let (mut net, a, _) = Net::connected();
        net.bye(A, a);
        net.wire.values().next().unwrap().data.clone()
    };
    assert_eq!(bytes(), bytes());
}
