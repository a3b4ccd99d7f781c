//! 1.5 Receipt of unreasonable signalling information messages, 6.2 Automatic repeat attempt, 6.3
//! Dual seizure. The call control makes the repeat attempt when it is told that the circuit is lost;
//! 6.2.4, after a continuity check failure, does not apply.

use super::*;
use crate::Sus;

fn sus() -> Message {
    Message::Sus(Sus::new(true))
}

/// 1.5.1: Receipt of unexpected messages.
#[test]
fn q784_1_5_1() {
    let mut exchange = Exchange::ready(4);
    let release = Message::Rel(rel(CauseValue::NORMAL_CALL_CLEARING));
    assert_eq!(exchange.receive(1, release), ["RLC 1"]);
    assert_eq!(exchange.receive(1, rlc()), ["discarded: unexpected"]);
    for message in [acm(), sus(), Message::Anm(Anm::default())] {
        let expected = ["discarded: unexpected", "RSC 1"];
        assert_eq!(exchange.receive(1, message), expected);
        assert_eq!(exchange.receive(1, rlc()), [""; 0]);
    }
    // A busy circuit for which no REL was sent.
    exchange.receive(1, iam());
    let expected = ["call 1: Cleared(UnexpectedRlc)", "REL 1"];
    assert_eq!(exchange.receive(1, rlc()), expected);
}

/// 1.5.2: Receipt of unexpected messages during call setup: before a backward message.
#[test]
fn q784_1_5_2() {
    let mut exchange = outgoing();
    let expected = [
        "discarded: unexpected",
        "call 2: Cleared(UnexpectedMessage)",
        "RSC 2",
    ];
    assert_eq!(exchange.receive(2, sus()), expected);
    assert_eq!(exchange.receive(2, rlc()), [""; 0]);
    assert_eq!(exchange.idle(), 4);
    let mut exchange = incoming();
    let expected = [
        "discarded: unexpected",
        "call 1: Cleared(UnexpectedMessage)",
        "RSC 1",
    ];
    assert_eq!(exchange.receive(1, acm()), expected);
    assert_eq!(exchange.receive(1, rlc()), [""; 0]);
    assert_eq!(exchange.idle(), 4);
}

/// 1.5.3: Receipt of unexpected messages during a call.
#[test]
fn q784_1_5_3() {
    let mut exchange = outgoing();
    exchange.receive(2, acm());
    assert_eq!(exchange.receive(2, acm()), ["discarded: unexpected"]);
    assert_eq!(exchange.receive(2, sus()), ["discarded: unexpected"]);
    outgoing_call_is_answered(exchange);
    let mut exchange = incoming();
    exchange.request(1, Request::Send(acm()));
    assert_eq!(exchange.receive(1, acm()), ["discarded: unexpected"]);
    let anm = Message::Anm(Anm::default());
    assert_eq!(exchange.request(1, Request::Send(anm)), ["ANM 1"]);
}

/// 6.2.1: Dual seizure for non-controlling SP.
#[test]
fn q784_6_2_1() {
    let mut exchange = Exchange::ready(2);
    assert_eq!((exchange.call(), exchange.call()), (2, 1));
    let expected = ["call 1: DualSeizure", "call 1: IAM"];
    assert_eq!(exchange.receive(1, iam()), expected);
}

/// 6.2.2: Blocking of a circuit.
#[test]
fn q784_6_2_2() {
    let mut exchange = outgoing();
    let expected = ["BLA 2", "call 2: Cleared(Blocked)", "REL 2"];
    assert_eq!(exchange.receive(2, Message::Blo), expected);
}

/// 6.2.3: Circuit reset.
#[test]
fn q784_6_2_3() {
    let mut exchange = outgoing();
    let expected = ["RLC 2", "call 2: Cleared(Reset)"];
    assert_eq!(exchange.receive(2, Message::Rsc), expected);
    assert_eq!(exchange.idle(), 4);
}

/// 6.2.5: Receipt of unreasonable signalling information.
#[test]
fn q784_6_2_5() {
    let mut exchange = outgoing();
    let out = exchange.receive(2, sus());
    assert!(
        out.contains(&"call 2: Cleared(UnexpectedMessage)".to_owned()),
        "{out:?}"
    );
    assert_eq!(exchange.seize(), Some(4), "another circuit");
}

/// 6.3.1: Dual seizure for controlling SP.
#[test]
fn q784_6_3_1() {
    let mut exchange = outgoing();
    assert_eq!(exchange.receive(2, iam()), ["discarded: dual_seizure"]);
    outgoing_call_completes(exchange);
}
