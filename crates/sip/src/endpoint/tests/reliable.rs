//! Reliable provisional responses (RFC 3262).

use super::*;

impl Net {
    /// Two endpoints of which both support 100rel.
    pub(super) fn reliable() -> Self {
        Self::with(|config| {
            config.reliable_provisionals = ReliableProvisionals::Supported;
            config.methods = vec![Method::Update];
        })
    }

    /// A calls B, which supports 100rel; B has the INVITE.
    #[track_caller]
    pub(super) fn reliably_invited(sdp: Option<&[u8]>) -> (Self, SessionId, SessionId) {
        let mut net = Self::reliable();
        let a = net.invite_with(sdp);
        let b = id_of(&net.expect(B, "Invite"));
        (net, a, b)
    }

    pub(super) fn ring(
        &mut self,
        id: SessionId,
        status: u16,
        sdp: Option<&[u8]>,
    ) -> Result<(), WrongState> {
        self.act(B, |end, now| end.provisional(now, id, status, "", &[], sdp))
    }

    pub(super) fn accept(&mut self, id: SessionId, sdp: Option<&[u8]>) -> Result<(), WrongState> {
        self.act(B, |end, now| end.accept(now, id, &[], sdp))
    }

    /// The 200 came; ACK.
    #[track_caller]
    pub(super) fn answered(&mut self, a: SessionId) {
        self.expect(A, "Answered 200");
        self.act(A, |end, now| end.ack(now, a, None));
        self.expect(B, "Acked");
    }

    /// The call that is up ends.
    #[track_caller]
    pub(super) fn end_call(mut self, a: SessionId) {
        self.bye(A, a);
        self.expect(B, "Bye");
        self.expect(A, "Ended");
        self.finish();
    }
}

fn description(event: &Event) -> Description {
    match event {
        Event::Provisional { description, .. }
        | Event::Answered { description, .. }
        | Event::Pracked { description, .. } => *description,
        other => panic!("{other:?}"),
    }
}

fn sent(net: &Net, label: &str) -> usize {
    let lines = net.ladder.iter();
    lines.filter(|line| line.starts_with(label)).count()
}

#[test]
fn ringing_is_acknowledged() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    net.ring(b, 180, None).unwrap();
    net.expect(A, "Provisional 180");
    net.expect(B, "Pracked Absent");
    net.accept(b, Some(ANSWER)).unwrap();
    net.answered(a);
    let expected = [
        "A>B INVITE",
        "B>A 100 INVITE",
        "B>A 180 INVITE",
        "A>B PRACK",
        "B>A 200 PRACK",
        "B>A 200 INVITE",
        "A>B ACK",
    ];
    assert_eq!(net.take_ladder(), expected);
    net.end_call(a);
}

#[test]
fn numbers_rise_and_the_answer_is_given_once() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    net.ring(b, 183, Some(ANSWER)).unwrap();
    // It waits for the PRACK of the first.
    net.ring(b, 180, Some(ANSWER)).unwrap();
    assert_eq!(sent(&net, "B>A 18"), 1);
    let mut numbers = Vec::new();
    for (status, described) in [(183, Description::Answer), (180, Description::Absent)] {
        let event = net.expect(A, &format!("Provisional {status}"));
        assert_eq!(description(&event), described);
        let Event::Provisional { response, fork, .. } = event else {
            unreachable!()
        };
        assert_eq!(fork, Some(ForkId(0)));
        assert!(response.lists(Name::Require, "100rel"));
        numbers.push(response.header(Name::RSeq).unwrap().parse::<u32>().unwrap());
        let Event::Pracked { request, .. } = net.expect(B, "Pracked Absent") else {
            unreachable!()
        };
        let rack = format!("{} 1 INVITE", numbers.last().unwrap());
        assert_eq!(request.header(Name::RAck), Some(&*rack));
    }
    assert_eq!(numbers[1], numbers[0] + 1);
    assert!(numbers[0] > 0 && numbers[0] < 1 << 31);
    net.accept(b, Some(ANSWER)).unwrap();
    let event = net.expect(A, "Answered 200");
    assert_eq!(description(&event), Description::Absent);
    net.act(A, |end, now| end.ack(now, a, None));
    net.expect(B, "Acked");
    net.end_call(a);
}

#[test]
fn another_answer_after_the_first_is_out_of_turn() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    net.ring(b, 183, Some(ANSWER)).unwrap();
    net.expect(A, "Provisional 183");
    net.expect(B, "Pracked Absent");
    assert!(matches!(
        net.ring(b, 180, Some(OFFER)),
        Err(WrongState::OutOfTurn { .. })
    ));
    assert!(matches!(
        net.accept(b, Some(OFFER)),
        Err(WrongState::OutOfTurn { .. })
    ));
    net.accept(b, None).unwrap();
    net.answered(a);
    net.end_call(a);
}

#[test]
fn success_waits_for_the_prack_of_an_answer() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    net.drops.push(("A>B PRACK", 2));
    net.ring(b, 183, Some(ANSWER)).unwrap();
    net.accept(b, Some(ANSWER)).unwrap();
    // What is to come is fixed.
    assert_eq!(net.accept(b, None), Err(WrongState::NothingToAnswer(b)));
    assert_eq!(net.ring(b, 180, None), Err(WrongState::NothingToAnswer(b)));
    let e = net.act(B, |end, now| end.reject(now, b, 486, "", &[]));
    assert_eq!(e, Err(WrongState::NothingToAnswer(b)));
    net.expect(A, "Provisional 183");
    net.millis(400);
    assert_eq!(sent(&net, "B>A 200 INVITE"), 0);
    net.expect(B, "Pracked Absent");
    net.answered(a);
    net.end_call(a);
}

#[test]
fn success_does_not_wait_for_ringing() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    net.drops.push(("A>B PRACK", 1));
    net.ring(b, 180, None).unwrap();
    net.ring(b, 181, None).unwrap();
    net.accept(b, Some(ANSWER)).unwrap();
    net.expect(A, "Provisional 180");
    net.expect(A, "Answered 200");
    net.act(A, |end, now| end.ack(now, a, None));
    net.expect(B, "Acked");
    // The PRACK comes late, and the 181 is not sent any more.
    net.expect(B, "Pracked Absent");
    assert_eq!(sent(&net, "B>A 180"), 1);
    assert_eq!(sent(&net, "B>A 181"), 0);
    net.end_call(a);
}

#[test]
fn ringing_without_prack_does_not_disturb_a_reinvite() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    net.drops.push(("A>B PRACK", 99));
    net.ring(b, 180, None).unwrap();
    net.accept(b, Some(ANSWER)).unwrap();
    net.expect(A, "Provisional 180");
    net.answered(a);
    net.act(A, |end, now| {
        end.reinvite(now, a, Some(OFFER.to_vec()), &[])
    })
    .unwrap();
    net.expect(B, "Reinvite");
    net.run(Duration::from_secs(100));
    assert_eq!(sent(&net, "B>A 180"), 1);
    net.accept(b, Some(ANSWER)).unwrap();
    net.answered(a);
    net.end_call(a);
}

#[test]
fn lost_responses_are_repeated_at_growing_intervals() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    net.drops.push(("B>A 180 INVITE", 4));
    let start = net.now;
    net.ring(b, 180, None).unwrap();
    net.expect(A, "Provisional 180");
    // After 0.5, 1.5, 3.5 and 7.5 s.
    assert_eq!(net.now.since(start), Duration::from_millis(7_510));
    net.expect(B, "Pracked Absent");
    net.accept(b, Some(ANSWER)).unwrap();
    net.answered(a);
    net.end_call(a);
}

#[test]
fn repeated_responses_are_swallowed() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    net.drops.push(("A>B PRACK", 3));
    net.ring(b, 180, None).unwrap();
    net.expect(A, "Provisional 180");
    net.expect(B, "Pracked Absent");
    assert!(sent(&net, "B>A 180") > 1);
    net.silent();
    net.accept(b, Some(ANSWER)).unwrap();
    net.answered(a);
    net.end_call(a);
}

#[test]
fn without_prack_the_call_is_refused() {
    let (mut net, _, b) = Net::reliably_invited(Some(OFFER));
    net.drops.push(("A>B PRACK", 99));
    let start = net.now;
    net.ring(b, 183, Some(ANSWER)).unwrap();
    net.accept(b, Some(ANSWER)).unwrap();
    net.expect(A, "Provisional 183");
    net.expect(B, "PrackTimeout");
    assert_eq!(net.now.since(start), Duration::from_secs(32));
    net.expect(A, "Rejected 504");
    net.finish();
}

#[test]
fn offer_in_a_response_is_answered_in_the_prack() {
    let (mut net, a, b) = Net::reliably_invited(None);
    // Without offer it can only go unreliably.
    net.ring(b, 180, None).unwrap();
    net.expect(A, "Provisional 180");
    net.ring(b, 183, Some(OFFER)).unwrap();
    let event = net.expect(A, "Provisional 183");
    assert_eq!(description(&event), Description::Offer);
    assert_eq!(sent(&net, "A>B PRACK"), 0);
    net.act(A, |end, now| end.prack(now, a, ForkId(0), ANSWER))
        .unwrap();
    let again = net.act(A, |end, now| end.prack(now, a, ForkId(0), ANSWER));
    assert_eq!(again, Err(WrongState::NothingToAcknowledge(a)));
    let Event::Pracked { request, .. } = net.expect(B, "Pracked Answer") else {
        unreachable!()
    };
    assert_eq!(request.sdp(), Some(ANSWER));
    net.accept(b, None).unwrap();
    net.answered(a);
    net.end_call(a);
}

#[test]
fn offer_that_nobody_answers_ends_the_call() {
    let (mut net, a, b) = Net::reliably_invited(None);
    net.ring(b, 183, Some(OFFER)).unwrap();
    net.expect(A, "Provisional 183");
    let other = net.act(A, |end, now| end.prack(now, a, ForkId(1), ANSWER));
    assert_eq!(other, Err(WrongState::NoFork(a, ForkId(1))));
    net.expect(B, "PrackTimeout");
    net.expect(A, "Rejected 504");
    net.finish();
}

#[test]
fn prack_after_the_refusal_is_answered() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    net.ring(b, 180, None).unwrap();
    net.act(B, |end, now| end.reject(now, b, 486, "", &[]))
        .unwrap();
    net.expect(A, "Provisional 180");
    net.expect(A, "Rejected 486");
    net.millis(100);
    assert_eq!(sent(&net, "B>A 200 PRACK"), 1);
    assert_eq!(
        net.act(A, |end, now| end.prack(now, a, ForkId(0), ANSWER)),
        Err(WrongState::NoSession(a))
    );
    net.finish();
}

#[test]
fn cancel_and_prack_cross() {
    for first in [true, false] {
        let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
        net.millis(20);
        if first {
            net.act(A, |end, now| end.cancel(now, a, &[]));
            net.ring(b, 183, Some(ANSWER)).unwrap();
        } else {
            net.ring(b, 183, Some(ANSWER)).unwrap();
            net.expect(A, "Provisional 183");
            net.act(A, |end, now| end.cancel(now, a, &[]));
            net.expect(B, "Pracked Absent");
        }
        net.expect(B, "Cancelled");
        net.expect(A, "Ended");
        net.millis(100);
        // Whichever comes first, the PRACK is answered.
        assert_eq!(sent(&net, "B>A 200 PRACK"), 1, "{:#?}", net.ladder);
        net.finish();
    }
}

#[test]
fn cancel_ends_a_success_that_waits() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    net.drops.push(("A>B PRACK", 1));
    net.ring(b, 183, Some(ANSWER)).unwrap();
    net.accept(b, None).unwrap();
    net.expect(A, "Provisional 183");
    net.act(A, |end, now| end.cancel(now, a, &[]));
    net.expect(B, "Cancelled");
    net.expect(A, "Ended");
    assert_eq!(sent(&net, "B>A 200 INVITE"), 0);
    net.finish();
}

#[test]
fn bye_ends_a_success_that_waits() {
    let (mut net, _, b) = Net::reliably_invited(Some(OFFER));
    net.ring(b, 183, Some(ANSWER)).unwrap();
    net.accept(b, None).unwrap();
    net.bye(B, b);
    net.expect(B, "Ended");
    net.expect(A, "Provisional 183");
    net.expect(A, "Rejected 480");
    net.finish();
}

#[test]
fn prack_that_was_overtaken_is_sent_again() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    net.ring(b, 180, None).unwrap();
    net.millis(10);
    net.expect(A, "Provisional 180");
    // An UPDATE with a higher number comes before the PRACK.
    let (_, prack) = net.wire.pop_first().expect("the PRACK");
    net.act(A, |end, now| end.update(now, a, None, &[]))
        .unwrap();
    let Event::Update { transaction, .. } = net.expect(B, "Update") else {
        unreachable!()
    };
    net.deliver(prack);
    net.act(B, |end, now| {
        end.respond(now, transaction, 200, "", &[], None)
    })
    .unwrap();
    net.expect(A, "UpdateAccepted");
    net.expect(B, "Pracked Absent");
    assert_eq!(sent(&net, "B>A 500 PRACK"), 1);
    assert_eq!(sent(&net, "A>B PRACK"), 2);
    net.accept(b, Some(ANSWER)).unwrap();
    net.answered(a);
    net.end_call(a);
}

#[test]
fn ringing_goes_on_by_new_responses() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    net.ring(b, 180, None).unwrap();
    net.expect(A, "Provisional 180");
    net.expect(B, "Pracked Absent");
    net.run(Duration::from_secs(149));
    net.silent();
    net.expect(A, "Provisional 180");
    net.expect(B, "Pracked Absent");
    net.accept(b, Some(ANSWER)).unwrap();
    net.answered(a);
    net.end_call(a);
}

#[test]
fn only_some_responses_may_wait() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    for _ in 0..9 {
        net.ring(b, 183, None).unwrap();
    }
    assert_eq!(
        net.ring(b, 183, None),
        Err(WrongState::TooManyProvisionals(b))
    );
    for _ in 0..9 {
        net.expect(A, "Provisional 183");
        net.expect(B, "Pracked Absent");
    }
    net.accept(b, Some(ANSWER)).unwrap();
    net.answered(a);
    net.end_call(a);
}

#[test]
fn reinvite_may_be_answered_reliably() {
    let (mut net, a, b) = Net::reliably_invited(Some(OFFER));
    net.accept(b, Some(ANSWER)).unwrap();
    net.answered(a);
    net.act(A, |end, now| end.reinvite(now, a, None, &[]))
        .unwrap();
    net.expect(B, "Reinvite");
    net.ring(b, 183, Some(OFFER)).unwrap();
    net.expect(A, "Provisional 183");
    net.act(A, |end, now| end.prack(now, a, ForkId(0), ANSWER))
        .unwrap();
    net.expect(B, "Pracked Answer");
    net.accept(b, None).unwrap();
    net.answered(a);
    // Nobody acknowledges: the dialog stays.
    net.act(A, |end, now| {
        end.reinvite(now, a, Some(OFFER.to_vec()), &[])
    })
    .unwrap();
    net.expect(B, "Reinvite");
    net.drops.push(("A>B PRACK", 99));
    net.ring(b, 180, None).unwrap();
    net.expect(B, "ReinviteCancelled");
    net.expect(A, "ReinviteRejected 504");
    net.end_call(a);
}

// ---- by whom it is wanted

#[test]
fn it_is_off_or_on_or_required_at_both_sides() {
    use ReliableProvisionals::{Off, Required, Supported};
    // What the 180 is, or how the INVITE is refused.
    for (caller, callee, expected) in [
        (Off, Off, Ok(false)),
        (Off, Supported, Ok(false)),
        (Supported, Off, Ok(false)),
        (Supported, Supported, Ok(true)),
        (Supported, Required, Ok(true)),
        (Required, Supported, Ok(true)),
        (Required, Required, Ok(true)),
        (Off, Required, Err(421)),
        (Required, Off, Err(420)),
    ] {
        let mut net = Net::new();
        for (side, setting) in [(A, caller), (B, callee)] {
            let config = EndpointConfig {
                reliable_provisionals: setting,
                ..net.ends[side].endpoint.config.clone()
            };
            net.ends[side].endpoint = Endpoint::new(config);
        }
        let a = net.invite();
        match expected {
            Ok(reliable) => {
                let b = id_of(&net.expect(B, "Invite"));
                net.ring(b, 180, None).unwrap();
                net.expect(A, "Provisional 180");
                if reliable {
                    net.expect(B, "Pracked Absent");
                }
                net.millis(1_000);
                assert_eq!(sent(&net, "A>B PRACK"), usize::from(reliable));
                net.accept(b, Some(ANSWER)).unwrap();
                net.answered(a);
                net.end_call(a);
            }
            Err(status) => {
                net.expect(A, &format!("Rejected {status}"));
                net.finish();
            }
        }
    }
}

#[test]
fn who_requires_it_and_has_no_offer_gets_one_first() {
    let mut net = Net::reliable();
    let invite = request("INVITE", 1, "", "z9hG4bK1", "Require: 100rel\n");
    net.inject(B, C, &invite);
    let b = id_of(&net.expect(B, "Invite"));
    let refusal = crate::sdp::Refusal::Missing;
    let e = net.ring(b, 180, None);
    assert_eq!(e, Err(WrongState::OutOfTurn { id: b, refusal }));
    net.ring(b, 180, Some(OFFER)).unwrap();
    net.act(B, |end, now| end.reject(now, b, 486, "", &[]))
        .unwrap();
    net.finish();
}

// ---- PRACKs that are wrong

/// A peer of its own hand has called B, which has sent it a 183 with the answer.
fn rung_stranger() -> (Net, SessionId, String, u32) {
    let mut net = Net::reliable();
    let invite = request("INVITE", 1, "", "z9hG4bK1", "Supported: 100rel\n");
    let body = String::from_utf8(OFFER.to_vec())
        .unwrap()
        .replace("\r\n", "\n");
    let length = OFFER.len();
    let invite = invite.replace(
        "Content-Length: 0\n\n",
        &format!("Content-Type: application/sdp\nContent-Length: {length}\n\n{body}"),
    );
    net.inject(B, C, &invite);
    let b = id_of(&net.expect(B, "Invite"));
    net.ring(b, 183, Some(ANSWER)).unwrap();
    net.millis(20);
    let data = net.elsewhere.last().unwrap().data.clone();
    let ringing = Message::parse(data).unwrap();
    let tag = format!(";tag={}", ringing.to().tag().unwrap());
    let rseq = ringing.header(Name::RSeq).unwrap().parse().unwrap();
    (net, b, tag, rseq)
}

#[test]
fn pracks_that_match_nothing_are_refused() {
    let (mut net, b, tag, rseq) = rung_stranger();
    let racks = [
        ("RAck: x\n".to_owned(), 400),
        (String::new(), 400),
        (format!("RAck: {} 1 INVITE\n", rseq + 1), 481),
        (format!("RAck: {rseq} 2 INVITE\n"), 481),
        (format!("RAck: {rseq} 1 UPDATE\n"), 481),
    ];
    for (number, (rack, status)) in racks.iter().enumerate() {
        let branch = format!("z9hG4bKp{number}");
        let answers = net.inject(B, C, &request("PRACK", 2, &tag, &branch, rack));
        assert_eq!(answers[0].status(), Some(*status), "{rack}");
    }
    let good = format!("RAck: {rseq} 1 INVITE\n");
    let stranger = request("PRACK", 2, "", "z9hG4bKq1", &good);
    assert_eq!(net.inject(B, C, &stranger)[0].status(), Some(481));
    let old = request("PRACK", 1, &tag, "z9hG4bKq2", &good);
    assert_eq!(net.inject(B, C, &old)[0].status(), Some(500));
    let right = request("PRACK", 2, &tag, "z9hG4bKq3", &good);
    for _ in 0..2 {
        // The second is a retransmission.
        assert_eq!(net.inject(B, C, &right)[0].status(), Some(200));
    }
    net.expect(B, "Pracked Absent");
    let again = request("PRACK", 3, &tag, "z9hG4bKq4", &good);
    assert_eq!(net.inject(B, C, &again)[0].status(), Some(481));
    net.act(B, |end, now| end.reject(now, b, 486, "", &[]))
        .unwrap();
    net.finish();
}

#[test]
fn offer_in_a_prack_is_answered_by_the_application() {
    let (mut net, b, tag, rseq) = rung_stranger();
    let body = String::from_utf8(OFFER.to_vec())
        .unwrap()
        .replace("\r\n", "\n");
    let rack = format!("RAck: {rseq} 1 INVITE\n");
    let prack = request("PRACK", 2, &tag, "z9hG4bKp", &rack).replace(
        "Content-Length: 0\n\n",
        &format!(
            "Content-Type: application/sdp\nContent-Length: {}\n\n{body}",
            OFFER.len()
        ),
    );
    assert!(net.inject(B, C, &prack).is_empty());
    let Event::Pracked {
        transaction: Some(transaction),
        ..
    } = net.expect(B, "Pracked Offer")
    else {
        panic!("nothing to answer");
    };
    // The 2xx waits for that answer, and so does another provisional response.
    net.run(Duration::from_secs(200));
    assert_eq!(sent(&net, "B>C 18"), 1);
    net.accept(b, None).unwrap();
    net.run(Duration::from_secs(200));
    assert_eq!(sent(&net, "B>C 200 INVITE"), 0);
    let without = net.act(B, |end, now| {
        end.respond(now, transaction, 200, "", &[], None)
    });
    assert!(matches!(without, Err(WrongState::OutOfTurn { .. })));
    let answer = Body::sdp(ANSWER.to_vec());
    net.act(B, |end, now| {
        end.respond(now, transaction, 200, "", &[], Some(&answer))
    })
    .unwrap();
    net.millis(20);
    let answers: Vec<_> = net.elsewhere.iter().rev().take(2).collect();
    let last = |at: usize| Message::parse(answers[at].data.clone()).unwrap();
    assert_eq!(last(1).sdp(), Some(ANSWER));
    assert_eq!((last(0).status(), last(0).sdp()), (Some(200), None));
    net.inject(B, C, &request("ACK", 1, &tag, "z9hG4bKack", ""));
    net.expect(B, "Acked");
    assert_eq!(
        net.inject(B, C, &request("BYE", 3, &tag, "z9hG4bKb", ""))[0].status(),
        Some(200)
    );
    net.expect(B, "Bye");
    net.finish();
}
