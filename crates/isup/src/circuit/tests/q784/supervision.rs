//! 1.1 Non-allocated circuits, 1.2 Reset of circuits, 1.3 Blocking of circuits.
//!
//! The continuity check procedure (1.4) does not apply, since the media gateway cannot loop a
//! circuit back: CCR is refused with CFN.

use super::*;
use crate::{Cgb, Cgba, Cgu, Cgua, GroupSupervision, RangeAndStatus};

fn remotely_blocked(exchange: &Exchange) -> usize {
    exchange.table.census(GROUP).remotely_blocked
}

fn circuits(range: u8, bits: core::ops::Range<u8>) -> RangeAndStatus {
    let mut status = Status::new();
    for bit in bits {
        status.set(bit, true);
    }
    RangeAndStatus {
        range,
        status: Some(status),
    }
}

/// 1.1: Non-allocated circuits.
#[test]
fn q784_1_1() {
    let mut exchange = Exchange::ready(4);
    // The event is what alerts the maintenance system.
    assert_eq!(exchange.receive(5, iam()), ["discarded: unequipped"]);
}

/// 1.2.1: RSC received on an idle circuit.
#[test]
fn q784_1_2_1() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(exchange.receive(1, Message::Rsc), ["RLC 1"]);
    assert_eq!(exchange.idle(), 4);
}

/// 1.2.2: RSC sent on an idle circuit.
#[test]
fn q784_1_2_2() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(exchange.request(1, Request::Reset), ["RSC 1"]);
    assert_eq!(exchange.receive(1, rlc()), [""; 0]);
    assert_eq!(exchange.idle(), 4);
}

/// 1.2.3: RSC received on a locally blocked circuit.
#[test]
fn q784_1_2_3() {
    let mut exchange = Exchange::ready(4);
    exchange.request(1, Request::Block);
    exchange.receive(1, Message::Bla);
    assert_eq!(exchange.receive(1, Message::Rsc), ["BLO 1", "RLC 1"]);
    assert_eq!(exchange.receive(1, Message::Bla), [""; 0]);
}

/// 1.2.4: RSC received on a remotely blocked circuit.
#[test]
fn q784_1_2_4() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(exchange.receive(1, Message::Blo), ["BLA 1"]);
    assert_eq!(exchange.receive(1, Message::Rsc), ["RLC 1"]);
    assert_eq!(remotely_blocked(&exchange), 0);
}

/// 1.2.5: Circuit group reset received: a normal GRS, one with range 0, one with range 32.
#[test]
fn q784_1_2_5() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(
        exchange.receive(1, Message::Grs(Grs { range: 3 })),
        ["GRA 1"]
    );
    for range in [0, 32] {
        let out = exchange.receive(1, Message::Grs(Grs { range }));
        assert_eq!(out, ["discarded: bad_range"]);
    }
}

/// 1.2.6: Circuit group reset sent.
#[test]
fn q784_1_2_6() {
    let mut exchange = Exchange::unreset(4);
    let resume = Input::Mtp(MtpIndication::Resume(exchange.them));
    assert_eq!(exchange.handle(resume), ["GRS 1"]);
    let gra = Gra {
        range: 3,
        status: Status::new(),
    };
    assert_eq!(exchange.receive(1, Message::Gra(gra)), [""; 0]);
    assert_eq!(exchange.idle(), 4);
}

/// 1.2.7: Circuit group reset received on remotely blocked circuits.
#[test]
fn q784_1_2_7() {
    let mut exchange = Exchange::ready(4);
    exchange.receive(2, Message::Blo);
    exchange.receive(3, Message::Blo);
    assert_eq!(
        exchange.receive(1, Message::Grs(Grs { range: 3 })),
        ["GRA 1"]
    );
    assert_eq!(remotely_blocked(&exchange), 0);
}

/// 1.3.1.1: CGB and CGU received, maintenance oriented (a to c) and hardware failure oriented (d to
/// f): valid range, range 0, range over 32, which is more circuits than one message may name.
#[test]
fn q784_1_3_1_1() {
    for why in [
        GroupSupervision::Maintenance,
        GroupSupervision::HardwareFailure,
    ] {
        let supervision = why.into();
        let cgb = |circuits| {
            Message::Cgb(Cgb {
                supervision,
                circuits,
            })
        };
        let cgu = |circuits| {
            Message::Cgu(Cgu {
                supervision,
                circuits,
            })
        };
        let mut exchange = Exchange::ready(4);
        assert_eq!(exchange.receive(1, cgb(circuits(3, 0..4))), ["CGBA 1"]);
        assert_eq!(exchange.seize(), None);
        assert_eq!(exchange.receive(1, cgu(circuits(3, 0..4))), ["CGUA 1"]);
        assert_eq!(remotely_blocked(&exchange), 0);
        for circuits in [circuits(0, 0..1), circuits(33, 0..34)] {
            assert_eq!(exchange.receive(1, cgb(circuits)), ["discarded: bad_range"]);
        }
        assert!(exchange.seize().is_some());
    }
}

/// 1.3.1.2: CGB and CGU sent, maintenance oriented (a) and hardware failure oriented (b).
#[test]
fn q784_1_3_1_2() {
    for why in [
        GroupSupervision::Maintenance,
        GroupSupervision::HardwareFailure,
    ] {
        let (supervision, circuits) = (why.into(), circuits(3, 0..4));
        let mut exchange = Exchange::ready(4);
        assert_eq!(
            exchange.request(1, Request::BlockGroup(why, circuits)),
            ["CGB 1"]
        );
        let cgba = Message::Cgba(Cgba {
            supervision,
            circuits,
        });
        assert_eq!(exchange.receive(1, cgba), [""; 0]);
        assert_eq!(exchange.seize(), None);
        assert_eq!(
            exchange.request(1, Request::UnblockGroup(why, circuits)),
            ["CGU 1"]
        );
        let cgua = Message::Cgua(Cgua {
            supervision,
            circuits,
        });
        assert_eq!(exchange.receive(1, cgua), [""; 0]);
        assert_eq!(exchange.seize(), Some(2));
    }
}

/// 1.3.2.1: BLO received.
#[test]
fn q784_1_3_2_1() {
    let mut exchange = Exchange::ready(1 + 1);
    assert_eq!(exchange.receive(1, Message::Blo), ["BLA 1"]);
    assert_eq!((exchange.seize(), exchange.seize()), (Some(2), None));
    assert_eq!(exchange.receive(1, Message::Ubl), ["UBA 1"]);
    assert_eq!(exchange.seize(), Some(1));
}

/// 1.3.2.2: BLO sent.
#[test]
fn q784_1_3_2_2() {
    let mut exchange = Exchange::ready(2);
    assert_eq!(exchange.request(1, Request::Block), ["BLO 1"]);
    assert_eq!(exchange.receive(1, Message::Bla), [""; 0]);
    assert_eq!((exchange.seize(), exchange.seize()), (Some(2), None));
    assert_eq!(exchange.request(1, Request::Unblock), ["UBL 1"]);
    assert_eq!(exchange.receive(1, Message::Uba), [""; 0]);
    assert_eq!(exchange.seize(), Some(1));
}

/// 1.3.2.3: Blocking from both ends; removal of blocking from one end.
#[test]
fn q784_1_3_2_3() {
    let mut exchange = Exchange::ready(2);
    exchange.request(1, Request::Block);
    exchange.receive(1, Message::Bla);
    assert_eq!(exchange.receive(1, Message::Blo), ["BLA 1"]);
    exchange.request(1, Request::Unblock);
    exchange.receive(1, Message::Uba);
    assert_eq!((exchange.seize(), exchange.seize()), (Some(2), None));
    assert_eq!(exchange.receive(1, Message::Ubl), ["UBA 1"]);
    assert_eq!(exchange.seize(), Some(1));
}

/// 1.3.2.4: IAM received on a remotely blocked circuit.
#[test]
fn q784_1_3_2_4() {
    let mut exchange = Exchange::ready(4);
    exchange.receive(1, Message::Blo);
    assert_eq!(exchange.receive(1, iam()), ["call 1: IAM"]);
    assert_eq!(remotely_blocked(&exchange), 0);
    incoming_call_completes(exchange);
}

/// 1.3.2.5: Blocking with CGB, unblocking with UBL.
#[test]
fn q784_1_3_2_5() {
    let mut exchange = Exchange::ready(4);
    let supervision = GroupSupervision::Maintenance.into();
    let cgb = Message::Cgb(Cgb {
        supervision,
        circuits: circuits(3, 0..1),
    });
    assert_eq!(exchange.receive(1, cgb), ["CGBA 1"]);
    assert_eq!(remotely_blocked(&exchange), 1);
    assert_eq!(exchange.receive(1, Message::Ubl), ["UBA 1"]);
    assert_eq!(remotely_blocked(&exchange), 0);
}

/// What the module says about 1.4.
#[test]
fn continuity_check_request_is_refused() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(
        answer(&mut exchange, 1, Message::Ccr),
        ("CFN", 97, vec![0x11])
    );
    assert_eq!(exchange.idle(), 4);
}
