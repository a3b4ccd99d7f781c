//! Blocking of circuit groups (Q.764 2.8.2.2, expert-checks 7).

use super::*;
use crate::{Cgb, Cgba, Cgu, Cgua, GroupSupervision, RangeAndStatus};
use GroupSupervision::{HardwareFailure, Maintenance};

fn circuits(range: u8, bits: &[u8]) -> RangeAndStatus {
    let mut status = Status::new();
    for bit in bits {
        status.set(*bit, true);
    }
    RangeAndStatus {
        range,
        status: Some(status),
    }
}

fn cgb(why: GroupSupervision, range: u8, bits: &[u8]) -> Message {
    Message::Cgb(Cgb {
        supervision: why.into(),
        circuits: circuits(range, bits),
    })
}

fn cgu(why: GroupSupervision, range: u8, bits: &[u8]) -> Message {
    Message::Cgu(Cgu {
        supervision: why.into(),
        circuits: circuits(range, bits),
    })
}

fn blocked(exchange: &Exchange) -> usize {
    exchange.table.census(GROUP).remotely_blocked
}

#[test]
fn acknowledgement_mirrors_the_bits_of_circuits_that_are_there() {
    let mut exchange = Exchange::ready(4);
    // Circuits 2, 3 and 7; there is no 7.
    let answers = exchange.receive_for_messages(2, cgb(Maintenance, 7, &[0, 1, 5]));
    let acknowledged = circuits(7, &[0, 1]);
    let cgba = Cgba {
        supervision: Maintenance.into(),
        circuits: acknowledged,
    };
    assert_eq!(answers, [Message::Cgba(cgba)]);
    assert_eq!(blocked(&exchange), 2);
    let answers = exchange.receive_for_messages(2, cgu(Maintenance, 7, &[1, 5]));
    let cgua = Cgua {
        supervision: Maintenance.into(),
        circuits: circuits(7, &[1]),
    };
    assert_eq!(answers, [Message::Cgua(cgua)]);
    assert_eq!(blocked(&exchange), 1);
    // What is blocked already, or is not, is acknowledged, too.
    assert_eq!(exchange.receive(2, cgb(Maintenance, 1, &[0])), ["CGBA 2"]);
    assert_eq!(exchange.receive(3, cgu(Maintenance, 1, &[0])), ["CGUA 3"]);
    assert_eq!(blocked(&exchange), 1);
}

#[test]
fn calls_outlive_maintenance_but_not_a_hardware_failure() {
    let mut exchange = Exchange::ready(4);
    exchange.receive(1, iam());
    let attempt = exchange.call();
    assert_eq!(attempt, 2);
    let answered = exchange.call();
    exchange.receive(answered, acm());
    assert_eq!(answered, 4);
    let expected = ["CGBA 1", "call 2: Cleared(Blocked)", "REL 2"];
    assert_eq!(
        exchange.receive(1, cgb(Maintenance, 3, &[0, 1, 2, 3])),
        expected
    );
    let expected = [
        "CGBA 1",
        "call 1: Cleared(HardwareFailure)",
        // Its call is over; nobody waits for RLC any more.
        "call 2: ReleaseComplete",
        "call 4: Cleared(HardwareFailure)",
    ];
    assert_eq!(
        exchange.receive(1, cgb(HardwareFailure, 3, &[0, 1, 2, 3])),
        expected
    );
    assert_eq!(exchange.idle(), 4);
    assert_eq!(exchange.seize(), None);
    assert_eq!(exchange.after(600), [""; 0]);
}

#[test]
fn one_kind_of_blocking_does_not_end_the_other() {
    let mut exchange = Exchange::ready(2);
    exchange.receive(1, cgb(HardwareFailure, 1, &[0, 1]));
    exchange.receive(1, Message::Blo);
    assert_eq!(exchange.receive(1, Message::Ubl), ["UBA 1"]);
    assert_eq!(blocked(&exchange), 2);
    exchange.receive(1, Message::Blo);
    exchange.receive(1, cgu(HardwareFailure, 1, &[0, 1]));
    assert_eq!(blocked(&exchange), 1);
    assert_eq!(exchange.seize(), Some(2));
    assert_eq!(exchange.seize(), None);
    // An IAM, or a reset, ends both.
    exchange.receive(1, cgb(HardwareFailure, 1, &[0]));
    assert_eq!(exchange.receive(1, iam()), ["call 1: IAM"]);
    assert_eq!(blocked(&exchange), 0);
}

#[test]
fn what_cannot_be_meant_is_discarded() {
    let mut exchange = Exchange::ready(4);
    let bad_range = ["discarded: bad_range"];
    assert_eq!(exchange.receive(1, cgb(Maintenance, 0, &[0])), bad_range);
    let bits: Vec<u8> = (0..33).collect();
    assert_eq!(
        exchange.receive(1, cgb(HardwareFailure, 40, &bits)),
        bad_range
    );
    let without_status = RangeAndStatus {
        range: 3,
        status: None,
    };
    let message = Cgu {
        supervision: Maintenance.into(),
        circuits: without_status,
    };
    assert_eq!(exchange.receive(1, Message::Cgu(message)), bad_range);
    let national = cgb(GroupSupervision::National, 1, &[0]);
    assert_eq!(
        exchange.receive(1, national),
        ["discarded: bad_supervision_type"]
    );
    let unasked = Cgba {
        supervision: Maintenance.into(),
        circuits: circuits(1, &[0]),
    };
    assert_eq!(
        exchange.receive(1, Message::Cgba(unasked)),
        ["discarded: unexpected"]
    );
    assert_eq!(blocked(&exchange), 0);
    // A wide range is none: up to 256 circuits, of which 32 may be meant.
    assert_eq!(
        exchange.receive(1, cgb(Maintenance, 255, &bits[..32])),
        ["CGBA 1"]
    );
    assert_eq!(blocked(&exchange), 4);
}

// ---- by this end

fn cgba(why: GroupSupervision, range: u8, bits: &[u8]) -> Message {
    Message::Cgba(Cgba {
        supervision: why.into(),
        circuits: circuits(range, bits),
    })
}

fn cgua(why: GroupSupervision, range: u8, bits: &[u8]) -> Message {
    Message::Cgua(Cgua {
        supervision: why.into(),
        circuits: circuits(range, bits),
    })
}

fn block(why: GroupSupervision, range: u8, bits: &[u8]) -> Request {
    Request::BlockGroup(why, circuits(range, bits))
}

fn unblock(why: GroupSupervision, range: u8, bits: &[u8]) -> Request {
    Request::UnblockGroup(why, circuits(range, bits))
}

fn locally_blocked(exchange: &Exchange) -> usize {
    exchange.table.census(GROUP).locally_blocked
}

// expert-checks 17
#[test]
fn own_hardware_failure_takes_the_calls_and_tells_the_other_end() {
    let mut exchange = Exchange::ready(4);
    exchange.receive(1, iam());
    assert_eq!(exchange.call(), 2);
    let release = Request::Release(rel(CauseValue::NORMAL_CALL_CLEARING));
    exchange.request(2, release);
    let expected = [
        "call 1: Cleared(HardwareFailure)",
        "call 2: ReleaseComplete",
        "CGB 1",
    ];
    assert_eq!(
        exchange.request(1, block(HardwareFailure, 2, &[0, 1, 2])),
        expected
    );
    assert_eq!(
        exchange.receive(1, cgba(HardwareFailure, 2, &[0, 1, 2])),
        [""; 0]
    );
    assert_eq!((locally_blocked(&exchange), exchange.idle()), (3, 4));
    // Whoever does not seem to know is told again.
    assert_eq!(exchange.receive(3, iam()), ["discarded: blocked", "CGB 3"]);
    assert_eq!(exchange.receive(3, cgba(HardwareFailure, 1, &[0])), [""; 0]);
    assert_eq!(exchange.receive(1, Message::Rsc), ["CGB 1", "RLC 1"]);
    assert_eq!(exchange.receive(1, cgba(HardwareFailure, 1, &[0])), [""; 0]);
    assert_eq!(
        exchange.receive(1, Message::Grs(Grs { range: 3 })),
        ["CGB 1", "GRA 1"]
    );
    assert_eq!(
        exchange.receive(1, cgba(HardwareFailure, 3, &[0, 1, 2])),
        [""; 0]
    );
    assert_eq!(exchange.after(600), [""; 0]);
    // UBL would not end it, nor does the end of a blocking for maintenance.
    exchange.request(1, block(Maintenance, 1, &[0]));
    exchange.receive(1, cgba(Maintenance, 1, &[0]));
    exchange.request(1, unblock(Maintenance, 1, &[0]));
    exchange.receive(1, cgua(Maintenance, 1, &[0]));
    assert_eq!(locally_blocked(&exchange), 3);
    assert_eq!(
        exchange.request(1, unblock(HardwareFailure, 2, &[0, 1, 2])),
        ["CGU 1"]
    );
    assert_eq!(locally_blocked(&exchange), 3, "until CGUA");
    // It came, but the acknowledgement was lost.
    assert_eq!(exchange.receive(3, iam()), ["call 3: IAM"]);
    assert_eq!(locally_blocked(&exchange), 2);
    assert_eq!(
        exchange.receive(1, cgua(HardwareFailure, 2, &[0, 1, 2])),
        [""; 0]
    );
    assert_eq!(locally_blocked(&exchange), 0);
}

#[test]
fn cgb_and_cgu_are_repeated_until_acknowledged() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(
        exchange.request(1, block(Maintenance, 3, &[0, 1])),
        ["CGB 1"]
    );
    assert_eq!(exchange.after(15), ["CGB 1"], "T18");
    let out = exchange.after(285);
    let end = out.len() - 2;
    assert_eq!(
        out[end..],
        ["1: NoGroupBlockingAcknowledgement", "CGB 1"],
        "T19"
    );
    assert_eq!(exchange.after(299), [""; 0]);
    // Of another range, or of another kind.
    let unexpected = ["discarded: unexpected"];
    assert_eq!(
        exchange.receive(1, cgba(Maintenance, 2, &[0, 1])),
        unexpected
    );
    assert_eq!(
        exchange.receive(1, cgba(HardwareFailure, 3, &[0, 1])),
        unexpected
    );
    let differs = [
        "2: GroupAcknowledgementDiffers",
        "3: GroupAcknowledgementDiffers",
    ];
    assert_eq!(exchange.receive(1, cgba(Maintenance, 3, &[0, 2])), differs);
    assert_eq!(exchange.after(600), [""; 0]);
    assert_eq!(locally_blocked(&exchange), 2);
    assert_eq!(
        exchange.request(1, unblock(Maintenance, 3, &[0, 1])),
        ["CGU 1"]
    );
    assert_eq!(exchange.after(15), ["CGU 1"], "T20");
    let out = exchange.after(285);
    assert!(
        out.contains(&"1: NoGroupUnblockingAcknowledgement".to_owned()),
        "T21: {out:?}"
    );
    // Nothing says any more that they are blocked.
    assert_eq!(exchange.receive(1, Message::Rsc), ["RLC 1"]);
    // The operator has changed his mind: CGU is not repeated.
    assert_eq!(
        exchange.request(1, block(Maintenance, 3, &[0, 1])),
        ["CGB 1"]
    );
    assert_eq!(exchange.receive(1, cgba(Maintenance, 3, &[0, 1])), [""; 0]);
    assert_eq!(
        exchange.receive(1, cgua(Maintenance, 3, &[0, 1])),
        unexpected
    );
    assert_eq!(exchange.after(600), [""; 0]);
    assert_eq!(locally_blocked(&exchange), 2);
}

/// What is repeated must not undo what was asked for later.
#[test]
fn later_requests_about_a_circuit_take_it_out_of_earlier_ones() {
    let mut exchange = Exchange::ready(4);
    exchange.request(1, block(Maintenance, 3, &[0, 1]));
    assert_eq!(exchange.request(2, Request::Unblock), ["UBL 2"]);
    exchange.receive(2, Message::Uba);
    exchange.request(1, Request::Unblock);
    exchange.receive(1, Message::Uba);
    assert_eq!(exchange.after(600), [""; 0]);
    exchange.request(1, block(Maintenance, 3, &[0, 1]));
    exchange.receive(1, cgba(Maintenance, 3, &[0, 1]));
    exchange.request(1, unblock(Maintenance, 3, &[0, 1]));
    assert_eq!(exchange.request(2, Request::Block), ["BLO 2"]);
    exchange.receive(2, Message::Bla);
    assert_eq!(exchange.request(1, block(Maintenance, 1, &[0])), ["CGB 1"]);
    exchange.receive(1, cgba(Maintenance, 1, &[0]));
    assert_eq!(exchange.after(600), [""; 0]);
    assert_eq!(locally_blocked(&exchange), 2);
}

#[test]
fn group_requests_that_cannot_be_written_are_refused() {
    let mut exchange = Exchange::ready(4);
    let refused = ["discarded: bad_range"];
    assert_eq!(exchange.request(1, block(Maintenance, 0, &[0])), refused);
    let national = exchange.request(1, block(GroupSupervision::National, 1, &[0]));
    assert_eq!(national, ["discarded: bad_supervision_type"]);
    // No such circuits.
    assert_eq!(exchange.request(4, block(Maintenance, 7, &[5])), [""; 0]);
    assert_eq!(locally_blocked(&exchange), 0);
}
