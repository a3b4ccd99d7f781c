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
