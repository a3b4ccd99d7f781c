//! Availability of the other end's ISUP (Q.764 2.13, expert-checks 15).

use super::*;
use crate::{Upa, Upt};

const INACCESSIBLE: MtpStatus = MtpStatus::UserPartInaccessible;

fn upa() -> Message {
    Message::Upa(Upa::default())
}

// Annex A, T4: "send user part test message, start T4".
#[test]
fn inaccessible_user_part_is_tested_every_t4_until_upa() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(
        exchange.status(INACCESSIBLE),
        ["UserPartInaccessible", "UPT 1"]
    );
    assert_eq!(exchange.seize(), None);
    assert_eq!(
        exchange.table.census(GROUP).idle,
        4,
        "they are what they were"
    );
    assert_eq!(exchange.after(299), [""; 0]);
    assert_eq!(exchange.after(1), ["UPT 1"]);
    assert_eq!(exchange.after(300), ["UPT 1"]);
    assert_eq!(exchange.seize(), None);
    assert_eq!(exchange.receive(1, upa()), ["UserPartAvailable"]);
    assert_eq!(exchange.seize(), Some(2));
    assert_eq!(exchange.after(3_600), [""; 0], "T4 was stopped");
}

/// The cause "unknown" does not say whether a test is of use: it does no harm.
#[test]
fn user_part_unavailable_for_an_unknown_cause_is_tested_too() {
    let mut exchange = Exchange::ready(4);
    let out = exchange.status(MtpStatus::UserPartUnknown);
    assert_eq!(out, ["UserPartInaccessible", "UPT 1"]);
    assert_eq!(exchange.after(300), ["UPT 1"]);
}

// Annex A, T4: "or any other message".
#[test]
fn any_message_says_that_the_user_part_is_there() {
    for (message, expected) in [
        (Message::Blo, vec!["UserPartAvailable", "BLA 3"]),
        (iam(), vec!["UserPartAvailable", "call 3: IAM"]),
        (
            Message::Upt(Upt::default()),
            vec!["UserPartAvailable", "UPA 3"],
        ),
        (Message::Ucic, vec!["UserPartAvailable", "3: Unequipped"]),
    ] {
        let mut exchange = Exchange::ready(4);
        exchange.status(INACCESSIBLE);
        assert_eq!(exchange.receive(3, message), expected);
        assert!(exchange.seize().is_some());
        // The UPA comes all the same.
        assert_eq!(exchange.receive(700, upa()), [""; 0]);
        assert_eq!(exchange.after(3_600), [""; 0]);
        assert_eq!(exchange.receive(1, upa()), ["discarded: unexpected"]);
    }
}

#[test]
fn message_about_a_circuit_that_is_not_there_says_so_as_well() {
    let mut exchange = Exchange::ready(4);
    exchange.status(INACCESSIBLE);
    let expected = ["UserPartAvailable", "discarded: unequipped"];
    assert_eq!(exchange.receive(700, iam()), expected);
    exchange.status(MtpStatus::UserPartUnequipped);
    assert_eq!(
        exchange.receive_octets(vec![1, 0]),
        ["discarded: malformed"]
    );
    assert_eq!(exchange.seize(), None, "that was no message");
}

#[test]
fn unequipped_user_part_is_not_tested() {
    let mut exchange = Exchange::ready(4);
    let unequipped = MtpStatus::UserPartUnequipped;
    assert_eq!(exchange.status(unequipped), ["UserPartUnequipped"]);
    assert_eq!(exchange.status(unequipped), [""; 0], "an operator was told");
    assert_eq!(exchange.seize(), None);
    assert_eq!(exchange.after(3_600), [""; 0]);
    assert_eq!(exchange.seize(), None);
    let expected = ["UserPartAvailable", "RLC 3"];
    assert_eq!(exchange.receive(3, Message::Rsc), expected);
    assert_eq!(exchange.seize(), Some(2));
}

#[test]
fn one_cause_follows_the_other() {
    let mut exchange = Exchange::ready(4);
    exchange.status(INACCESSIBLE);
    assert_eq!(
        exchange.status(MtpStatus::UserPartUnequipped),
        ["UserPartUnequipped"]
    );
    assert_eq!(exchange.after(400), [""; 0], "T4 was stopped");
    let out = exchange.status(INACCESSIBLE);
    assert_eq!(out, ["UserPartInaccessible", "UPT 1"]);
}

/// MTP may say of each message that it cannot be given to anybody, of the UPT first of all.
#[test]
fn upt_is_sent_once_in_t4_whatever_comes_back() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(
        exchange.status(INACCESSIBLE),
        ["UserPartInaccessible", "UPT 1"]
    );
    for _ in 0..50 {
        assert_eq!(exchange.status(INACCESSIBLE), [""; 0]);
    }
    for _ in 0..50 {
        exchange.receive(1, upa());
        assert_eq!(exchange.status(INACCESSIBLE), ["UserPartInaccessible"]);
        assert_eq!(
            exchange.status(MtpStatus::UserPartUnequipped),
            ["UserPartUnequipped"]
        );
        assert_eq!(exchange.status(INACCESSIBLE), ["UserPartInaccessible"]);
        exchange.after(1);
    }
    assert_eq!(exchange.after(249), [""; 0]);
    assert_eq!(exchange.after(1), ["UPT 1"], "T4 after the last one");
}

/// Calls stay, and so does what is repeated on their circuits.
#[test]
fn calls_go_on_while_the_user_part_is_not_available() {
    let mut exchange = Exchange::ready(4);
    let stable = exchange.call();
    exchange.receive(stable, acm());
    exchange.receive(stable, Message::Anm(Anm::default()));
    let ending = exchange.call();
    let release = Request::Release(rel(CauseValue::NORMAL_CALL_CLEARING));
    exchange.request(ending, release);
    exchange.status(INACCESSIBLE);
    assert_eq!(exchange.after(15), [format!("REL {ending}")], "T1");
    assert_eq!(exchange.table.census(GROUP).outgoing, 1);
    let expected = [
        "UserPartAvailable".to_owned(),
        format!("call {ending}: ReleaseComplete"),
    ];
    assert_eq!(exchange.receive(ending, rlc()), expected);
    assert_eq!(exchange.table.census(GROUP).outgoing, 1);
}

/// When MTP comes back, so may have the user part.
#[test]
fn resume_tests_an_inaccessible_user_part_at_once_and_gives_an_unequipped_one_another_try() {
    let mut exchange = Exchange::ready(4);
    exchange.status(INACCESSIBLE);
    exchange.pause();
    exchange.after(60);
    assert_eq!(exchange.resume(), ["UPT 1"]);
    assert_eq!(exchange.resume(), [""; 0], "it was there");
    assert_eq!(exchange.seize(), None);
    assert_eq!(exchange.after(299), [""; 0]);
    assert_eq!(exchange.after(1), ["UPT 1"], "T4 was restarted");
    exchange.receive(1, upa());

    exchange.status(MtpStatus::UserPartUnequipped);
    exchange.pause();
    assert_eq!(exchange.resume(), ["UserPartAvailable"]);
    assert!(exchange.seize().is_some());
}

/// ANSI has neither UPT nor UPA: T4 lets a call try.
#[test]
fn variant_without_upt_waits_for_t4_and_takes_calls_again() {
    let mut exchange = Exchange::of_variant("ansi-1995", vec![1, 2]);
    exchange.resume();
    exchange.receive(
        1,
        Message::Gra(Gra {
            range: 1,
            status: Status::new(),
        }),
    );
    assert_eq!(exchange.status(INACCESSIBLE), ["UserPartInaccessible"]);
    assert_eq!(exchange.seize(), None);
    assert_eq!(exchange.after(299), [""; 0]);
    assert_eq!(exchange.after(1), ["UserPartAvailable"]);
    assert!(exchange.seize().is_some());
    assert_eq!(exchange.after(3_600), [""; 0]);
}
