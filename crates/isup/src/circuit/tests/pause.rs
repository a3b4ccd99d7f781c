//! MTP-PAUSE and MTP-RESUME (Q.764 2.14, expert-checks 14, 15).

use super::*;

// expert-checks 14, 15: a pause stops new calls only; nothing is reset when it ends.
#[test]
fn pause_keeps_calls_and_resume_resets_nothing() {
    let mut exchange = Exchange::ready(4);
    let cic = exchange.call();
    assert_eq!(exchange.pause(), [""; 0]);
    assert_eq!(exchange.seize(), None);
    assert_eq!(exchange.resume(), [""; 0]);
    assert_eq!(exchange.receive(cic, acm()), [format!("call {cic}: ACM")]);
    assert!(exchange.seize().is_some());
}

#[test]
fn stable_calls_of_both_ends_outlast_any_pause() {
    let mut exchange = Exchange::ready(4);
    let ours = exchange.call();
    exchange.receive(ours, acm());
    exchange.receive(ours, Message::Anm(Anm::default()));
    exchange.receive(3, iam());
    exchange.request(3, Request::Send(acm()));
    exchange.request(3, Request::Send(Message::Anm(Anm::default())));
    exchange.pause();
    assert_eq!(exchange.after(86_400), [""; 0]);
    let census = exchange.table.census(GROUP);
    assert_eq!((census.outgoing, census.incoming, census.idle), (1, 1, 2));
    assert_eq!(exchange.resume(), [""; 0]);
    let release = Message::Rel(rel(CauseValue::NORMAL_CALL_CLEARING));
    let expected = [format!("RLC {ours}"), format!("call {ours}: Released 16")];
    assert_eq!(exchange.receive(ours, release), expected);
}

/// The REL is lost in the pause. The circuit is not free before its RLC.
#[test]
fn rel_lost_in_a_pause_is_repeated_by_t1_and_acknowledged_after_it() {
    let mut exchange = Exchange::ready(4);
    let cic = exchange.call();
    exchange.receive(cic, acm());
    exchange.pause();
    let release = Request::Release(rel(CauseValue::NORMAL_CALL_CLEARING));
    assert_eq!(exchange.request(cic, release), [format!("REL {cic}")]);
    let again = format!("REL {cic}");
    assert_eq!(exchange.after(45), [&*again, &*again, &*again]);
    assert_eq!(exchange.table.census(GROUP).releasing, 1, "not freed");
    assert_eq!(exchange.resume(), [""; 0]);
    assert_eq!(exchange.after(15), [&*again]);
    let expected = [format!("call {cic}: ReleaseComplete")];
    assert_eq!(exchange.receive(cic, rlc()), expected);
    assert_eq!(exchange.idle(), 4);
}

#[test]
fn t5_ends_in_a_pause_and_the_reset_goes_on_after_it() {
    let mut exchange = Exchange::ready(4);
    let cic = exchange.call();
    exchange.pause();
    exchange.request(cic, Request::Release(rel(CauseValue::USER_BUSY)));
    let out = exchange.after(300);
    let tail = [
        format!("{cic}: NoReleaseComplete"),
        format!("call {cic}: ReleaseComplete"),
        format!("RSC {cic}"),
    ];
    assert_eq!(out[out.len() - 3..], tail);
    assert_eq!(exchange.after(15), [format!("RSC {cic}")], "T16");
    assert_eq!(exchange.resume(), [""; 0], "that circuit, and no other");
    assert_eq!(exchange.after(15), [format!("RSC {cic}")]);
    assert_eq!(exchange.receive(cic, rlc()), [""; 0]);
    assert_eq!(exchange.idle(), 4);
}

#[test]
fn t7_and_t9_end_in_a_pause() {
    let mut exchange = Exchange::ready(4);
    let first = exchange.call();
    exchange.receive(first, acm());
    let second = exchange.call();
    exchange.pause();
    assert_eq!(exchange.after(25), [format!("call {second}: Expired(T7)")]);
    assert_eq!(exchange.after(155), [format!("call {first}: Expired(T9)")]);
}

/// BLO and UBL, too: T12 to T15 go on.
#[test]
fn blocking_lost_in_a_pause_is_repeated() {
    let mut exchange = Exchange::ready(4);
    exchange.pause();
    assert_eq!(exchange.request(3, Request::Block), ["BLO 3"]);
    assert_eq!(exchange.after(15), ["BLO 3"]);
    exchange.resume();
    assert_eq!(exchange.after(15), ["BLO 3"]);
    assert_eq!(exchange.receive(3, Message::Bla), [""; 0]);
}

/// A pause before the first GRA: the GRS that was sent is repeated, and none besides.
#[test]
fn pause_during_the_first_reset_starts_no_second_one() {
    let mut exchange = Exchange::unreset(4);
    assert_eq!(exchange.resume(), ["GRS 1"]);
    exchange.pause();
    assert_eq!(exchange.resume(), [""; 0]);
    assert_eq!(exchange.after(15), ["GRS 1"]);
    exchange.receive(
        1,
        Message::Gra(Gra {
            range: 3,
            status: Status::new(),
        }),
    );
    assert_eq!(exchange.idle(), 4);
}
