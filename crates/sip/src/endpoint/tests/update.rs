//! UPDATE (RFC 3311) and its races.

use super::*;

impl Net {
    /// A and B are connected and serve UPDATE.
    #[track_caller]
    fn updatable() -> (Self, SessionId, SessionId) {
        let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
        net.accept(b, Some(ANSWER)).unwrap();
        net.answered(a);
        net.take_ladder();
        (net, a, b)
    }

    /// An early dialog in which offer and answer are exchanged.
    #[track_caller]
    fn early() -> (Self, SessionId, SessionId) {
        let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
        net.ring(b, 183, Some(ANSWER)).unwrap();
        net.expect(A, "Provisional 183");
        net.expect(B, "Pracked Absent");
        net.millis(100);
        (net, a, b)
    }

    fn update(&mut self, side: usize, id: SessionId, sdp: Option<&[u8]>) -> Result<(), WrongState> {
        let sdp = sdp.map(<[u8]>::to_vec);
        self.act(side, |end, now| end.update(now, id, sdp, &[]))
    }

    /// The UPDATE that comes next.
    #[track_caller]
    fn updated(&mut self, side: usize) -> (TransactionId, Message) {
        match self.event(side) {
            Event::Update {
                transaction,
                request,
                ..
            } => (transaction, request),
            other => panic!("{other:?}"),
        }
    }

    fn reply(
        &mut self,
        side: usize,
        to: TransactionId,
        status: u16,
        sdp: Option<&[u8]>,
    ) -> Result<(), WrongState> {
        let body = sdp.map(|sdp| Body::sdp(sdp.to_vec()));
        self.act(side, |end, now| {
            end.respond(now, to, status, "", &[], body.as_ref())
        })
    }

    /// The UPDATE with an offer that comes next is accepted.
    #[track_caller]
    fn agree(&mut self, side: usize) {
        let (transaction, _) = self.updated(side);
        self.reply(side, transaction, 200, Some(ANSWER)).unwrap();
        self.expect(1 - side, "UpdateAccepted");
    }
}

#[test]
fn both_sides_may_update_the_call() {
    let (mut net, a, b) = Net::updatable();
    net.update(A, a, Some(OFFER)).unwrap();
    net.agree(B);
    net.update(B, b, None).unwrap();
    let (transaction, request) = net.updated(A);
    assert_eq!(request.sdp(), None);
    net.reply(A, transaction, 200, None).unwrap();
    net.expect(B, "UpdateAccepted");
    let expected = [
        "A>B UPDATE",
        "B>A 200 UPDATE",
        "B>A UPDATE",
        "A>B 200 UPDATE",
    ];
    assert_eq!(net.take_ladder(), expected);
    net.end_call(a);
}

#[test]
fn both_sides_may_update_the_early_dialog() {
    let (mut net, a, b) = Net::early();
    net.update(A, a, Some(OFFER)).unwrap();
    net.agree(B);
    net.update(B, b, Some(OFFER)).unwrap();
    net.agree(A);
    net.accept(b, None).unwrap();
    net.answered(a);
    net.update(A, a, Some(OFFER)).unwrap();
    net.agree(B);
    net.end_call(a);
}

#[test]
fn update_needs_a_dialog_and_a_turn() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    assert_eq!(net.update(A, a, None), Err(WrongState::NotConfirmed(a)));
    assert_eq!(net.update(B, b, None), Err(WrongState::NotConfirmed(b)));
    net.drops.push(("A>B PRACK", 1));
    net.ring(b, 183, Some(ANSWER)).unwrap();
    net.expect(A, "Provisional 183");
    // Neither the PRACK nor its answer has come.
    for (side, id) in [(A, a), (B, b)] {
        let e = net.update(side, id, Some(OFFER));
        assert!(matches!(e, Err(WrongState::OutOfTurn { .. })), "{e:?}");
    }
    net.expect(B, "Pracked Absent");
    net.millis(100);
    net.update(A, a, Some(OFFER)).unwrap();
    assert_eq!(net.update(A, a, None), Err(WrongState::UpdatePending(a)));
    net.agree(B);
    net.accept(b, None).unwrap();
    net.answered(a);
    net.end_call(a);
}

#[test]
fn answer_is_needed_and_only_then() {
    let (mut net, a, _) = Net::updatable();
    net.update(A, a, Some(OFFER)).unwrap();
    let (transaction, _) = net.updated(B);
    let e = net.reply(B, transaction, 200, None);
    assert!(matches!(e, Err(WrongState::OutOfTurn { .. })));
    net.reply(B, transaction, 488, None).unwrap();
    net.expect(A, "UpdateRejected 488");
    net.update(A, a, None).unwrap();
    let (transaction, _) = net.updated(B);
    let e = net.reply(B, transaction, 200, Some(ANSWER));
    assert!(matches!(e, Err(WrongState::OutOfTurn { .. })));
    net.reply(B, transaction, 200, None).unwrap();
    net.expect(A, "UpdateAccepted");
    net.end_call(a);
}

#[test]
fn updates_that_cross_are_tried_again() {
    let (mut net, a, b) = Net::updatable();
    net.update(A, a, Some(OFFER)).unwrap();
    net.update(B, b, Some(OFFER)).unwrap();
    let crossed = net.now;
    // B does not own the Call-ID: it tries again within 2 s, A after 2.1 s at the least.
    net.agree(A);
    assert!(net.now.since(crossed) < Duration::from_millis(2_100));
    net.agree(B);
    let late = net.now.since(crossed);
    assert!(late >= Duration::from_millis(2_100) && late < Duration::from_millis(4_200));
    let refused = |line: &&String| line.contains("491 UPDATE");
    assert_eq!(net.take_ladder().iter().filter(refused).count(), 2);
    net.end_call(a);
}

#[test]
fn update_and_reinvite_cross() {
    let (mut net, a, b) = Net::updatable();
    net.update(A, a, Some(OFFER)).unwrap();
    let sdp = Some(OFFER.to_vec());
    net.act(B, |end, now| end.reinvite(now, b, sdp, &[]))
        .unwrap();
    net.expect(A, "Reinvite");
    net.act(A, |end, now| end.accept(now, a, &[], Some(ANSWER)))
        .unwrap();
    net.expect(B, "Answered 200");
    net.act(B, |end, now| end.ack(now, b, None));
    net.expect(A, "Acked");
    net.agree(B);
    let ladder = net.take_ladder();
    for refused in ["B>A 491 UPDATE", "A>B 491 INVITE"] {
        assert!(ladder.contains(&refused.to_owned()), "{ladder:#?}");
    }
    net.end_call(a);
}

#[test]
fn reinvite_waits_for_the_update() {
    let (mut net, a, b) = Net::updatable();
    net.update(A, a, Some(OFFER)).unwrap();
    let sdp = || Some(OFFER.to_vec());
    let e = net.act(A, |end, now| end.reinvite(now, a, sdp(), &[]));
    assert!(matches!(e, Err(WrongState::OutOfTurn { .. })));
    let (transaction, _) = net.updated(B);
    let e = net.act(B, |end, now| end.reinvite(now, b, sdp(), &[]));
    assert!(matches!(e, Err(WrongState::OutOfTurn { .. })));
    let e = net.update(B, b, Some(OFFER));
    assert!(matches!(e, Err(WrongState::OutOfTurn { .. })));
    net.reply(B, transaction, 200, Some(ANSWER)).unwrap();
    net.expect(A, "UpdateAccepted");
    net.end_call(a);
}

#[test]
fn update_that_is_always_refused_with_491_is_reported() {
    let (mut net, a, _) = Net::updatable();
    net.update(A, a, Some(OFFER)).unwrap();
    for _ in 0..4 {
        let (transaction, _) = net.updated(B);
        net.reply(B, transaction, 491, None).unwrap();
    }
    net.expect(A, "UpdateRejected 491");
    net.end_call(a);
}

#[test]
fn bye_stops_the_tries_after_491() {
    let (mut net, a, _) = Net::updatable();
    net.update(A, a, Some(OFFER)).unwrap();
    let (transaction, _) = net.updated(B);
    net.reply(B, transaction, 491, None).unwrap();
    net.millis(100);
    net.end_call(a);
}

#[test]
fn update_without_dialog_at_the_peer_ends_the_call() {
    let (mut net, a, b) = Net::updatable();
    net.drops.push(("B>A BYE", 99));
    net.bye(B, b);
    net.expect(B, "Ended");
    net.update(A, a, None).unwrap();
    net.expect(A, "UpdateRejected 481");
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn bye_answers_an_update_that_waits() {
    let (mut net, a, _) = Net::updatable();
    net.update(A, a, Some(OFFER)).unwrap();
    let (transaction, _) = net.updated(B);
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    assert!(net.take_ladder().contains(&"B>A 487 UPDATE".to_owned()));
    let e = net.reply(B, transaction, 200, Some(ANSWER));
    assert_eq!(e, Err(WrongState::NoRequest(transaction)));
    net.finish();
}

#[test]
fn new_contact_in_an_update_moves_the_dialog() {
    let (mut net, a, b) = Net::updatable();
    let contact = [(Name::Contact, format!("<sip:moved@{C}>"))];
    net.act(A, |end, now| end.update(now, a, None, &contact))
        .unwrap();
    let (transaction, _) = net.updated(B);
    let before = net.end(B).session(b).unwrap().dialog.remote_target.clone();
    assert!(!before.contains("moved"));
    net.reply(B, transaction, 200, None).unwrap();
    net.expect(A, "UpdateAccepted");
    let after = net.end(B).session(b).unwrap().dialog.remote_target.clone();
    assert_eq!(after, format!("sip:moved@{C}"));
    net.end_call(a);
}

#[test]
fn updates_at_the_wrong_time_are_refused() {
    let mut net = Net::reliable();
    let with = |text: String, sdp: &[u8]| {
        let body = String::from_utf8(sdp.to_vec())
            .unwrap()
            .replace("\r\n", "\n");
        let content = format!(
            "Content-Type: application/sdp\nContent-Length: {}\n\n{body}",
            sdp.len()
        );
        text.replace("Content-Length: 0\n\n", &content)
    };
    let outside = request("UPDATE", 1, "", "z9hG4bK0", "");
    assert_eq!(net.inject(B, C, &outside)[0].status(), Some(481));
    net.inject(B, C, &with(request("INVITE", 1, "", "z9hG4bK1", ""), OFFER));
    let b = id_of(&net.expect(B, "Invite"));
    net.ring(b, 180, None).unwrap();
    net.millis(20);
    let data = net.elsewhere.last().unwrap().data.clone();
    let ringing = Message::parse(data).unwrap();
    let tag = format!(";tag={}", ringing.to().tag().unwrap());
    // The offer of the INVITE has no answer yet.
    let offer = with(request("UPDATE", 2, &tag, "z9hG4bK2", ""), OFFER);
    let answers = net.inject(B, C, &offer);
    assert_eq!(answers[0].status(), Some(500));
    let after: u32 = answers[0]
        .header(Name::RetryAfter)
        .unwrap()
        .parse()
        .unwrap();
    assert!(after <= 10);
    // One without offer may come, but not another one.
    net.inject(B, C, &request("UPDATE", 3, &tag, "z9hG4bK3", ""));
    let (transaction, _) = net.updated(B);
    let second = request("UPDATE", 4, &tag, "z9hG4bK4", "");
    let answers = net.inject(B, C, &second);
    assert_eq!(answers[0].status(), Some(500));
    assert!(answers[0].header(Name::RetryAfter).is_some());
    net.reply(B, transaction, 200, None).unwrap();
    let old = request("UPDATE", 2, &tag, "z9hG4bK5", "");
    assert_eq!(net.inject(B, C, &old).last().unwrap().status(), Some(500));
    net.act(B, |end, now| end.reject(now, b, 486, "", &[]))
        .unwrap();
    net.finish();
}

#[test]
fn update_is_listed_only_where_it_is_served() {
    for serves in [true, false] {
        let mut net = Net::with(|config| {
            config.reliable_provisionals = ReliableProvisionals::Supported;
            config.methods = if serves { vec![Method::Update] } else { vec![] };
        });
        let a = net.invite();
        let Event::Invite { request, id: b, .. } = net.expect(B, "Invite") else {
            unreachable!()
        };
        assert_eq!(request.lists(Name::Allow, "UPDATE"), serves);
        assert!(request.lists(Name::Allow, "PRACK"));
        assert!(request.lists(Name::Supported, "100rel"));
        assert!(request.lists(Name::Supported, "199"));
        net.connect(a, b);
        net.update(A, a, None).unwrap();
        if serves {
            let (transaction, _) = net.updated(B);
            net.reply(B, transaction, 200, None).unwrap();
            net.expect(A, "UpdateAccepted");
        } else {
            net.expect(A, "UpdateRejected 405");
        }
        net.end_call(a);
    }
}
