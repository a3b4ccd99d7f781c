//! The messages about circuits.

use super::{cause, same};
use trunkline_isup::{
    BlockingState, CallProcessingState, Cfn, Cgb, Cgba, Cgu, Cgua,
    CircuitGroupSupervisionMessageType, CircuitStateIndicator, ContinuityIndicators, Cot, Cqm, Cqr,
    Gra, GroupSupervision, Grs, Message, Octets, Parameter, RangeAndStatus, Status, UnknownMessage,
};
use trunkline_model::{CauseValue, Cic};

#[test]
fn supervision_of_one_circuit_has_no_parameters() {
    same("2301 11", Message::Ccr);
    same("2301 12", Message::Rsc);
    same("2301 13", Message::Blo);
    same("2301 14", Message::Ubl);
    same("2301 15", Message::Bla);
    same("2301 16", Message::Uba);
    same("2301 24", Message::Lpa);
    same("2301 2e", Message::Ucic);
    same("2301 30", Message::Olm);
}

#[test]
fn continuity_is_one_bit() {
    let cot = |successful| {
        Message::Cot(Cot {
            indicators: ContinuityIndicators { successful },
        })
    };
    same("2301 05 01", cot(true));
    same("2301 05 00", cot(false));
}

#[test]
fn group_reset_has_a_range_and_its_acknowledgement_a_status() {
    same("2301 17 01 01 1f", Message::Grs(Grs { range: 31 }));
    let mut status = Status::new();
    status.set(1, true);
    status.set(8, true);
    same(
        "2301 29 01 03 08 0201",
        Message::Gra(Gra { range: 8, status }),
    );
    let blocked: Vec<_> = Gra { range: 8, status }
        .circuits(Cic::new(33).unwrap())
        .filter_map(|(cic, blocked)| blocked.then_some(cic.value()))
        .collect();
    assert_eq!(blocked, [34, 41]);
}

#[test]
fn group_blocking_says_why_and_which() {
    let supervision = CircuitGroupSupervisionMessageType {
        indicator: GroupSupervision::HardwareFailure,
    };
    let mut status = Status::new();
    status.set(0, true);
    status.set(3, true);
    let circuits = RangeAndStatus {
        range: 3,
        status: Some(status),
    };
    // Hardware failure; circuits 0 and 3 of 4.
    same(
        "2301 18 01 01 02 0309",
        Message::Cgb(Cgb {
            supervision,
            circuits,
        }),
    );
    same(
        "2301 19 01 01 02 0309",
        Message::Cgu(Cgu {
            supervision,
            circuits,
        }),
    );
    same(
        "2301 1a 01 01 02 0309",
        Message::Cgba(Cgba {
            supervision,
            circuits,
        }),
    );
    same(
        "2301 1b 01 01 02 0309",
        Message::Cgua(Cgua {
            supervision,
            circuits,
        }),
    );
}

#[test]
fn group_query_gets_the_state_of_each_circuit() {
    let circuits = RangeAndStatus {
        range: 2,
        status: None,
    };
    same("2301 2a 01 01 02", Message::Cqm(Cqm { circuits }));
    let states = CircuitStateIndicator::read(&[0x2d, 0x08, 0x03]).unwrap();
    let blocked = states.states[0];
    assert_eq!(blocked.maintenance, BlockingState::LocallyBlocked);
    assert_eq!(blocked.hardware, BlockingState::RemotelyBlocked);
    assert_eq!(
        states.states[1].call_processing,
        CallProcessingState::OutgoingBusy
    );
    // Range in 2 octets, states in 3: idle, blocked locally for maintenance and remotely for a
    // failure; busy; unequipped.
    same(
        "2301 2b 02 03 01 02 03 2d 08 03",
        Message::Cqr(Cqr { circuits, states }),
    );
}

#[test]
fn cfn_names_what_was_not_understood() {
    let cause =
        cause(CauseValue::MESSAGE_TYPE_NOT_IMPLEMENTED).with_diagnostics(Octets::from([0x7f]));
    same("2301 2f 02 00 03 82e17f", Message::Cfn(Cfn::new(cause)));
}

#[test]
fn other_messages_are_kept_whole() {
    for (text, message_type, content) in [
        ("2301 fe", 0xfe, vec![]),
        ("2301 e9 01 02", 0xe9, vec![1, 2]),
    ] {
        let unknown = UnknownMessage {
            message_type,
            content,
        };
        same(text, Message::Unknown(unknown));
    }
    assert_eq!(Message::Cra.name(), "CRA");
}
