//! Blocking and unblocking (Q.764 2.8.2, expert-checks 8).

use super::*;

#[test]
fn remotely_blocked_circuit_is_not_seized_and_an_iam_unblocks_it() {
    let mut exchange = Exchange::ready(2);
    assert_eq!(exchange.receive(1, Message::Blo), ["BLA 1"]);
    assert_eq!(exchange.receive(2, Message::Blo), ["BLA 2"]);
    assert_eq!(exchange.seize(), None);
    assert_eq!(exchange.receive(2, Message::Ubl), ["UBA 2"]);
    assert_eq!(exchange.seize(), Some(2));
    assert_eq!(
        exchange.receive(1, iam_of(CallingPartyCategory::Test)),
        ["call 1: IAM"]
    );
    assert_eq!(
        exchange.table.census(GROUP).remotely_blocked,
        1,
        "a test call unblocks nothing"
    );
    exchange.receive(1, Message::Rel(rel(CauseValue::NORMAL_CALL_CLEARING)));
    assert_eq!(exchange.receive(1, iam()), ["call 1: IAM"]);
    assert_eq!(exchange.table.census(GROUP).remotely_blocked, 0);
}

#[test]
fn blo_during_a_call_leaves_the_call() {
    let mut exchange = Exchange::ready(2);
    let cic = exchange.call();
    assert_eq!(exchange.receive(cic, acm()), [format!("call {cic}: ACM")]);
    assert_eq!(exchange.receive(cic, Message::Blo), [format!("BLA {cic}")]);
    let anm = Message::Anm(Anm::default());
    assert_eq!(exchange.receive(cic, anm), [format!("call {cic}: ANM")]);
}

// Q.764 2.8.1 ii: "on receipt of the blocking message after sending an initial address message and
// before any backward message has been received".
#[test]
fn blo_that_crosses_an_iam_takes_the_circuit_from_the_call() {
    let mut exchange = Exchange::ready(2);
    let cic = exchange.call();
    let expected = [
        format!("BLA {cic}"),
        format!("call {cic}: Cleared(Blocked)"),
        format!("REL {cic}"),
    ];
    assert_eq!(exchange.receive(cic, Message::Blo), expected);
    assert_eq!(
        exchange.receive(cic, rlc()),
        [format!("call {cic}: ReleaseComplete")]
    );
    let other = exchange.seize().unwrap();
    assert_ne!(other, cic);
    assert_eq!(exchange.seize(), None);
}

#[test]
fn uba_that_was_not_asked_for_unblocks_nothing() {
    let mut exchange = Exchange::ready(2);
    let expected = ["discarded: unexpected"];
    assert_eq!(exchange.receive(1, Message::Uba), expected);
    exchange.request(1, Request::Block);
    exchange.request(1, Request::Unblock);
    // The operator has changed his mind before the acknowledgement came.
    assert_eq!(exchange.request(1, Request::Block), ["BLO 1"]);
    let expected = ["discarded: unexpected", "BLO 1"];
    assert_eq!(exchange.receive(1, Message::Uba), expected);
    assert_eq!(exchange.table.census(GROUP).locally_blocked, 1);
}

#[test]
fn blo_and_ubl_are_repeated_until_acknowledged() {
    let mut exchange = Exchange::ready(1 + 1);
    assert_eq!(exchange.request(1, Request::Block), ["BLO 1"]);
    assert_eq!(exchange.after(15), ["BLO 1"]);
    assert_eq!(exchange.receive(1, Message::Bla), [""; 0]);
    assert_eq!(exchange.after(600), [""; 0]);
    assert_eq!(exchange.receive(1, iam()), ["discarded: blocked", "BLO 1"]);
    assert_eq!(exchange.request(1, Request::Unblock), ["UBL 1"]);
    let out = exchange.after(300);
    assert!(
        out.contains(&"1: NoUnblockingAcknowledgement".to_owned()),
        "{out:?}"
    );
    assert_eq!(exchange.receive(1, Message::Uba), [""; 0]);
    assert_eq!(exchange.table.census(GROUP).locally_blocked, 0);
}

/// Once UBL is out, nothing may tell the other end that the circuit is blocked: it would stay so
/// for ever.
#[test]
fn circuit_that_is_being_unblocked_is_not_named_blocked_any_more() {
    let mut exchange = Exchange::ready(4);
    let status = |exchange: &mut Exchange| {
        let grs = Message::Grs(Grs { range: 1 });
        let out = exchange.receive_for_messages(1, grs);
        let Some(Message::Gra(gra)) = out.into_iter().next_back() else {
            panic!("no GRA")
        };
        gra.status.get(0)
    };
    exchange.request(1, Request::Block);
    exchange.receive(1, Message::Bla);
    assert!(status(&mut exchange));
    assert_eq!(exchange.request(1, Request::Unblock), ["UBL 1"]);
    assert!(!status(&mut exchange));
    assert_eq!(exchange.receive(1, Message::Rsc), ["RLC 1"]);
    assert_eq!(exchange.after(15), ["UBL 1"]);
    // The UBA was lost; the IAM says the same.
    assert_eq!(exchange.receive(1, iam()), ["call 1: IAM"]);
    assert_eq!(exchange.table.census(GROUP).locally_blocked, 0);
    assert_eq!(exchange.after(60), [""; 0]);
}

/// A blocking that only we believe in ends with our own reset.
#[test]
fn own_reset_ends_remote_blocking_unless_blo_comes_before_rlc() {
    for still_blocked in [false, true] {
        let mut exchange = Exchange::ready(2);
        exchange.receive(1, Message::Blo);
        assert_eq!(exchange.request(1, Request::Reset), ["RSC 1"]);
        if still_blocked {
            exchange.receive(1, Message::Blo);
        }
        exchange.receive(1, rlc());
        let blocked = exchange.table.census(GROUP).remotely_blocked;
        assert_eq!(blocked, usize::from(still_blocked));
    }
}
