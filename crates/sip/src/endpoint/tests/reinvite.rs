//! INVITEs inside a dialog (RFC 3261 14).

use super::*;

impl Net {
    #[track_caller]
    fn reinvite(&mut self, side: usize, id: SessionId) {
        let sdp = Some(OFFER.to_vec());
        self.act(side, |end, now| end.reinvite(now, id, sdp, &[]))
            .unwrap();
    }

    /// The other side accepts the re-INVITE that `side` sent.
    #[track_caller]
    fn accept_reinvite(&mut self, side: usize, id: SessionId, other: SessionId) {
        let peer = 1 - side;
        assert_eq!(id_of(&self.expect(peer, "Reinvite")), other);
        self.act(peer, |end, now| end.accept(now, other, &[], Some(ANSWER)))
            .unwrap();
        assert_eq!(id_of(&self.expect(side, "Answered 200")), id);
        self.act(side, |end, now| end.ack(now, id, None));
        self.expect(peer, "Acked");
    }

    #[track_caller]
    fn hang_up(mut self, a: SessionId) {
        self.bye(A, a);
        self.expect(B, "Bye");
        self.expect(A, "Ended");
        self.finish();
    }
}

#[test]
fn both_sides_may_reinvite() {
    let (mut net, a, b) = Net::connected();
    net.take_ladder();
    net.reinvite(A, a);
    net.accept_reinvite(A, a, b);
    net.reinvite(B, b);
    net.accept_reinvite(B, b, a);
    let expected = [
        "A>B INVITE",
        "B>A 100 INVITE",
        "B>A 200 INVITE",
        "A>B ACK",
        "B>A INVITE",
        "A>B 100 INVITE",
        "A>B 200 INVITE",
        "B>A ACK",
    ];
    assert_eq!(net.take_ladder(), expected);
    net.hang_up(a);
}

#[test]
fn numbers_rise_and_tags_stay() {
    let (mut net, a, b) = Net::connected();
    net.reinvite(A, a);
    let Event::Reinvite { request: first, .. } = net.expect(B, "Reinvite") else {
        unreachable!()
    };
    net.act(B, |end, now| end.reject(now, b, 488, "", &[]))
        .unwrap();
    net.expect(A, "ReinviteRejected 488");
    net.reinvite(A, a);
    let Event::Reinvite {
        request: second, ..
    } = net.expect(B, "Reinvite")
    else {
        unreachable!()
    };
    assert_eq!((first.cseq().number, second.cseq().number), (2, 3));
    assert_eq!(first.from(), second.from());
    assert_eq!(first.to(), second.to());
    assert_eq!(first.sdp(), Some(OFFER));
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    net.expect(A, "Answered 200");
    net.act(A, |end, now| end.ack(now, a, None));
    net.expect(B, "Acked");
    net.hang_up(a);
}

#[test]
fn reinvites_that_cross_are_both_refused_and_tried_again() {
    let (mut net, a, b) = Net::connected();
    net.take_ladder();
    net.reinvite(A, a);
    net.reinvite(B, b);
    let crossed = net.now;
    // B does not own the Call-ID: it tries again within 2 s, A after 2.1 s at the least.
    net.accept_reinvite(B, b, a);
    assert!(net.now.since(crossed) < Duration::from_millis(2_100));
    net.accept_reinvite(A, a, b);
    let late = net.now.since(crossed);
    assert!(late >= Duration::from_millis(2_100) && late < Duration::from_millis(4_200));
    let refused = |line: &&String| line.contains("491");
    assert_eq!(net.take_ladder().iter().filter(refused).count(), 2);
    net.silent();
    net.hang_up(a);
}

#[test]
fn reinvite_that_is_always_refused_with_491_is_reported() {
    let (mut net, a, b) = Net::connected();
    net.reinvite(A, a);
    for _ in 0..4 {
        net.expect(B, "Reinvite");
        net.act(B, |end, now| end.reject(now, b, 491, "", &[]))
            .unwrap();
    }
    net.expect(A, "ReinviteRejected 491");
    net.hang_up(a);
}

#[test]
fn bye_stops_the_tries_after_491() {
    let (mut net, a, b) = Net::connected();
    net.reinvite(A, a);
    net.expect(B, "Reinvite");
    net.act(B, |end, now| end.reject(now, b, 491, "", &[]))
        .unwrap();
    net.millis(100);
    let e = net.act(A, |end, now| end.reinvite(now, a, None, &[]));
    assert_eq!(e, Err(WrongState::InvitePending(a)));
    net.hang_up(a);
}

#[test]
fn second_reinvite_before_the_answer_is_500_with_retry_after() {
    let mut net = Net::new();
    net.inject(B, C, &request("INVITE", 1, "", "z9hG4bK1", ""));
    let b = id_of(&net.expect(B, "Invite"));
    net.act(B, |end, now| end.provisional(now, b, 180, "", &[], None))
        .unwrap();
    net.millis(20);
    let data = net.elsewhere.last().unwrap().data.clone();
    let ringing = Message::parse(data).unwrap();
    let tag = format!(";tag={}", ringing.to().tag().unwrap());
    let answers = net.inject(B, C, &request("INVITE", 2, &tag, "z9hG4bK2", ""));
    assert_eq!(answers[0].status(), Some(500));
    let after: u32 = answers[0]
        .header(Name::RetryAfter)
        .unwrap()
        .parse()
        .unwrap();
    assert!(after <= 10);
    net.inject(B, C, &request("ACK", 2, &tag, "z9hG4bK2", ""));
    net.act(B, |end, now| end.reject(now, b, 486, "", &[]))
        .unwrap();
    net.finish();
}

#[test]
fn reinvite_before_the_ack_is_491() {
    let (mut net, a, b) = Net::invited();
    net.drops.push(("A>B ACK", 1));
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    net.expect(A, "Answered 200");
    net.act(A, |end, now| end.ack(now, a, None));
    net.reinvite(A, a);
    net.expect(B, "Acked");
    net.accept_reinvite(A, a, b);
    let ladder = net.take_ladder();
    assert!(ladder.contains(&"B>A 491 INVITE".to_owned()), "{ladder:#?}");
    net.hang_up(a);
}

#[test]
fn number_out_of_order_is_500() {
    let (mut net, a, b) = Net::connected();
    net.reinvite(A, a);
    net.accept_reinvite(A, a, b);
    let session = net.end(A).session_mut(a).unwrap();
    session.dialog.local_cseq = 0;
    net.reinvite(A, a);
    net.expect(A, "ReinviteRejected 500");
    net.end(A).session_mut(a).unwrap().dialog.local_cseq = 7;
    net.hang_up(a);
}

#[test]
fn reinvite_without_dialog_at_the_peer_ends_the_session() {
    let (mut net, a, b) = Net::connected();
    net.drops.push(("B>A BYE", 99));
    net.bye(B, b);
    net.expect(B, "Ended");
    net.reinvite(A, a);
    net.expect(A, "ReinviteRejected 481");
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn reinvite_that_nobody_answers_ends_the_session() {
    let (mut net, a, _) = Net::connected();
    net.drops.push(("A>B INVITE", 99));
    net.reinvite(A, a);
    net.expect(A, "ReinviteRejected 408");
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn cancelled_reinvite_leaves_the_dialog() {
    let (mut net, a, b) = Net::connected();
    net.reinvite(A, a);
    net.expect(B, "Reinvite");
    net.millis(20);
    net.act(A, |end, now| end.cancel(now, a, &[]));
    net.expect(B, "ReinviteCancelled");
    net.expect(A, "ReinviteRejected 487");
    net.reinvite(B, b);
    net.accept_reinvite(B, b, a);
    net.hang_up(a);
}

#[test]
fn bye_answers_a_reinvite_that_waits() {
    let (mut net, a, b) = Net::connected();
    net.reinvite(A, a);
    net.expect(B, "Reinvite");
    net.millis(20);
    net.take_ladder();
    net.bye(B, b);
    net.expect(A, "ReinviteRejected 487");
    net.expect(A, "Bye");
    net.expect(B, "Ended");
    net.millis(100);
    let mut ladder = net.take_ladder();
    ladder.sort();
    let expected = ["A>B 200 BYE", "A>B ACK", "B>A 487 INVITE", "B>A BYE"];
    assert_eq!(ladder, expected);
    net.finish();
}

#[test]
fn bye_overtakes_our_own_reinvite() {
    let (mut net, a, b) = Net::connected();
    net.reinvite(A, a);
    net.expect(B, "Reinvite");
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    let e = net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)));
    assert_eq!(e, Err(WrongState::NoSession(b)));
    net.finish();
}

// The peer dies after its 100: nothing of the re-INVITE may stay.
#[test]
fn reinvite_of_a_session_that_is_gone_is_given_up() {
    let (mut net, a, b) = Net::connected();
    net.reinvite(A, a);
    net.expect(B, "Reinvite");
    net.millis(20);
    net.drops.push(("B>A 487 INVITE", 99));
    net.bye(B, b);
    net.expect(A, "Bye");
    net.expect(B, "Ended");
    net.finish();
}

#[test]
fn success_for_a_reinvite_after_bye_is_acknowledged() {
    let (mut net, a, b) = Net::connected();
    net.reinvite(A, a);
    net.expect(B, "Reinvite");
    net.millis(20);
    net.take_ladder();
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    net.bye(A, a);
    net.expect(A, "Ended");
    net.expect(B, "Bye");
    net.millis(100);
    let ladder = net.take_ladder();
    assert!(ladder.contains(&"A>B ACK".to_owned()), "{ladder:#?}");
    net.finish();
}

#[test]
fn success_for_a_reinvite_of_a_session_that_is_gone_is_acknowledged() {
    let (mut net, a, b) = Net::connected();
    net.reinvite(A, a);
    net.expect(B, "Reinvite");
    net.millis(20);
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    let (_, late) = net.wire.pop_first().expect("the 200");
    net.bye(A, a);
    net.expect(A, "Ended");
    net.expect(B, "Bye");
    net.take_ladder();
    net.deliver(late);
    assert_eq!(net.take_ladder(), ["A>B ACK"]);
    net.finish();
}

#[test]
fn no_try_after_491_while_the_bye_waits_for_its_answer() {
    let (mut net, a, b) = Net::connected();
    net.reinvite(A, a);
    net.expect(B, "Reinvite");
    net.act(B, |end, now| end.reject(now, b, 491, "", &[]))
        .unwrap();
    net.millis(100);
    net.drops.push(("A>B BYE", 5));
    net.take_ladder();
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    assert!(!net.take_ladder().iter().any(|line| line.contains("INVITE")));
    net.finish();
}

#[test]
fn cancel_stops_the_tries_after_491() {
    let (mut net, a, b) = Net::connected();
    net.reinvite(A, a);
    net.expect(B, "Reinvite");
    net.act(B, |end, now| end.reject(now, b, 491, "", &[]))
        .unwrap();
    net.millis(100);
    net.act(A, |end, now| end.cancel(now, a, &[]));
    net.expect(A, "ReinviteRejected 491");
    net.reinvite(A, a);
    net.accept_reinvite(A, a, b);
    net.hang_up(a);
}

#[test]
fn callee_can_neither_change_nor_end_an_early_dialog() {
    let (mut net, a, b) = Net::invited();
    let dialog = net.end(A).session(a).unwrap().dialog.clone();
    for (method, expected) in [("INVITE", 491), ("BYE", 481)] {
        let tag = format!(";tag={}", dialog.local_tag);
        let text = request(method, 1, &tag, "z9hG4bKe", "").replace("c-call", &dialog.call_id);
        let answers = net.inject(A, C, &text);
        assert_eq!(answers[0].status(), Some(expected), "{method}");
        net.inject(A, C, &text.replace(method, "ACK"));
    }
    net.connect(a, b);
    net.hang_up(a);
}

#[test]
fn new_contact_moves_the_dialog() {
    let (mut net, a, b) = Net::connected();
    let contact = [(Name::Contact, format!("<sip:moved@{C}>"))];
    net.act(A, |end, now| end.reinvite(now, a, None, &contact))
        .unwrap();
    net.expect(B, "Reinvite");
    net.act(B, |end, now| end.accept(now, b, &[], Some(OFFER)))
        .unwrap();
    net.expect(A, "Answered 200");
    net.act(A, |end, now| end.ack(now, a, Some(ANSWER)));
    net.expect(B, "Acked");
    net.bye(B, b);
    net.millis(20);
    let bye = net
        .elsewhere
        .last()
        .expect("the BYE went to the new address");
    assert_eq!(bye.destination.to_string(), C);
    let bye = Message::parse(bye.data.clone()).unwrap();
    assert_eq!(bye.request_uri(), Some(&*format!("sip:moved@{C}")));
    net.bye(A, a);
    net.expect(A, "Ended");
    net.expect(B, "Ended");
    net.finish();
}
