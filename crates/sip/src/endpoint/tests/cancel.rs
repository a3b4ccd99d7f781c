//! CANCEL and its races (RFC 3261 9).

use super::*;

#[test]
fn cancel_before_any_response_is_held() {
    let mut net = Net::new();
    net.drops.push(("A>B INVITE", 2));
    let a = net.invite();
    net.act(A, |end, now| end.cancel(now, a, &[]));
    net.millis(1_000);
    assert_eq!(net.take_ladder(), ["A>B INVITE lost"; 2]);
    net.expect(B, "Invite");
    net.expect(B, "Cancelled");
    net.expect(A, "Ended");
    let ladder = net.take_ladder();
    let expected = [
        "A>B INVITE",
        "B>A 100 INVITE",
        "A>B CANCEL",
        "B>A 200 CANCEL",
        "B>A 487 INVITE",
        "A>B ACK",
    ];
    assert_eq!(ladder, expected);
    net.finish();
}

#[test]
fn cancel_held_for_ever_ends_with_timer_b() {
    let mut net = Net::new();
    net.drops.push(("A>B INVITE", 99));
    let a = net.invite();
    let start = net.now;
    net.act(A, |end, now| end.cancel(now, a, &[]));
    net.expect(A, "Ended");
    assert_eq!(net.now.since(start), Duration::from_secs(32));
    assert!(!net.take_ladder().iter().any(|line| line.contains("CANCEL")));
    net.finish();
}

#[test]
fn cancel_while_ringing() {
    let (mut net, a, b) = Net::invited();
    net.act(B, |end, now| end.provisional(now, b, 180, "", &[], None))
        .unwrap();
    net.expect(A, "Provisional 180");
    let reason = [(Name::Reason, "SIP;cause=480".to_owned())];
    net.act(A, |end, now| end.cancel(now, a, &reason));
    let Event::Cancelled { id, request } = net.expect(B, "Cancelled") else {
        unreachable!()
    };
    assert_eq!(id, b);
    assert_eq!(request.header(Name::Reason), Some("SIP;cause=480"));
    assert_eq!(net.end(B).sessions(), 0);
    let e = net.act(B, |end, now| end.accept(now, b, &[], None));
    assert_eq!(e, Err(WrongState::NoSession(b)));
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn responses_to_invite_and_cancel_have_one_tag() {
    let mut net = Net::new();
    let [trying] = &net.inject(B, C, &request("INVITE", 1, "", "z9hG4bKi", ""))[..] else {
        panic!()
    };
    assert_eq!(trying.status(), Some(100));
    net.expect(B, "Invite");
    let answers = net.inject(B, C, &request("CANCEL", 1, "", "z9hG4bKi", ""));
    let statuses: Vec<_> = answers.iter().map(|m| m.status().unwrap()).collect();
    assert_eq!(statuses, [200, 487]);
    assert_eq!(answers[0].cseq().method, Method::Cancel);
    assert_eq!(answers[1].cseq().method, Method::Invite);
    assert!(answers[0].to().tag().is_some());
    assert_eq!(answers[0].to().tag(), answers[1].to().tag());
    net.expect(B, "Cancelled");
    // The CANCEL again: its own transaction answers.
    let again = net.inject(B, C, &request("CANCEL", 1, "", "z9hG4bKi", ""));
    assert_eq!(again[0].as_bytes(), answers[0].as_bytes());
    net.finish();
}

// The 200 leaves B before the CANCEL arrives.
#[test]
fn success_wins_against_cancel() {
    let (mut net, a, b) = Net::invited();
    net.millis(20);
    net.take_ladder();
    net.act(A, |end, now| end.cancel(now, a, &[]));
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    net.expect(A, "Answered 200");
    net.act(A, |end, now| end.ack(now, a, None));
    net.bye(A, a);
    net.expect(B, "Acked");
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    let mut ladder = net.take_ladder();
    ladder.sort();
    let expected = [
        "A>B ACK",
        "A>B BYE",
        "A>B CANCEL",
        "B>A 200 BYE",
        "B>A 200 CANCEL",
        "B>A 200 INVITE",
    ];
    assert_eq!(ladder, expected);
    net.finish();
}

#[test]
fn bye_against_success_needs_no_more_of_the_application() {
    let (mut net, a, b) = Net::invited();
    net.millis(20);
    net.take_ladder();
    net.bye(A, a);
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    net.expect(B, "Acked");
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.silent();
    net.finish();
}

#[test]
fn cancel_after_a_rejection_crossed_it() {
    let (mut net, a, b) = Net::invited();
    net.millis(20);
    net.act(A, |end, now| end.cancel(now, a, &[]));
    net.act(B, |end, now| end.reject(now, b, 486, "", &[]))
        .unwrap();
    net.expect(A, "Ended");
    net.finish();
}

// An RFC 2543 server does not answer 487: the client gives up (RFC 3261 9.1).
#[test]
fn invite_without_final_response_after_cancel_is_given_up() {
    let (mut net, a, _) = Net::invited();
    net.drops.push(("B>A 487 INVITE", 99));
    net.millis(20);
    let start = net.now;
    net.act(A, |end, now| end.cancel(now, a, &[]));
    net.expect(B, "Cancelled");
    net.expect(A, "Ended");
    assert_eq!(net.now.since(start), Duration::from_secs(32));
    net.finish();
}

#[test]
fn lost_cancel_is_repeated() {
    let (mut net, a, _) = Net::invited();
    net.millis(20);
    net.drops.push(("A>B CANCEL", 3));
    net.act(A, |end, now| end.cancel(now, a, &[]));
    net.expect(B, "Cancelled");
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn provisional_responses_after_cancel_are_not_reported() {
    let (mut net, a, b) = Net::invited();
    net.millis(20);
    net.act(B, |end, now| end.provisional(now, b, 180, "", &[], None))
        .unwrap();
    net.act(A, |end, now| end.cancel(now, a, &[]));
    net.expect(A, "Ended");
    net.expect(B, "Cancelled");
    net.finish();
}

#[test]
fn caller_may_end_an_early_dialog_with_bye() {
    let mut net = Net::new();
    net.inject(B, C, &request("INVITE", 1, "", "z9hG4bKi", ""));
    let b = id_of(&net.expect(B, "Invite"));
    net.act(B, |end, now| end.provisional(now, b, 180, "", &[], None))
        .unwrap();
    net.millis(20);
    let ringing = &net.elsewhere.last().unwrap().data;
    let ringing = Message::parse(ringing.clone()).unwrap();
    let tag = format!(";tag={}", ringing.to().tag().unwrap());
    let answers = net.inject(B, C, &request("BYE", 2, &tag, "z9hG4bKb", ""));
    let statuses: Vec<_> = answers.iter().map(|m| m.status().unwrap()).collect();
    assert_eq!(statuses, [200, 487]);
    net.expect(B, "Bye");
    net.finish();
}
