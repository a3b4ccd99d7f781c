//! Circuit group query (Q.764 2.8.3), user part test (Q.764 2.13).

use super::*;
use crate::param::{BlockingState, CallProcessingState, IndicatedState};
use crate::{Cqm, RangeAndStatus, Upa, Upt};

fn cqm(range: u8) -> Message {
    Message::Cqm(Cqm {
        circuits: RangeAndStatus {
            range,
            status: None,
        },
    })
}

#[test]
fn query_tells_the_states_as_this_end_has_them() {
    let mut exchange = Exchange::ready(6);
    exchange.receive(1, iam());
    assert_eq!(exchange.call(), 2);
    exchange.request(3, Request::Block);
    exchange.receive(3, Message::Bla);
    exchange.receive(3, Message::Blo);
    let answered = exchange.call();
    assert_eq!(answered, 4);
    exchange.receive(answered, acm());
    exchange.request(5, Request::Block);
    let answers = exchange.receive_for_messages(1, cqm(6));
    let [Message::Cqr(cqr)] = &answers[..] else {
        panic!("{answers:?}")
    };
    let blocked_on_both_sides = IndicatedState {
        maintenance: BlockingState::LocallyAndRemotelyBlocked,
        ..IndicatedState::IDLE
    };
    let expected = [
        IndicatedState::active(CallProcessingState::IncomingBusy),
        IndicatedState::TRANSIENT, // IAM without an answer
        blocked_on_both_sides,
        IndicatedState::active(CallProcessingState::OutgoingBusy),
        IndicatedState::TRANSIENT, // BLO without an answer
        IndicatedState::IDLE,
        IndicatedState::UNEQUIPPED,
    ];
    assert_eq!(
        (cqr.circuits.range, &cqr.states.states[..]),
        (6, &expected[..])
    );
}

#[test]
fn query_of_one_circuit_is_answered_and_one_of_too_many_is_not() {
    let mut exchange = Exchange::ready(2);
    assert_eq!(exchange.receive(2, cqm(0)), ["CQR 2"]);
    assert_eq!(exchange.receive(2, cqm(31)), ["CQR 2"]);
    assert_eq!(exchange.receive(2, cqm(32)), ["discarded: bad_range"]);
}

#[test]
fn user_part_test_is_answered_whatever_circuit_it_names() {
    let mut exchange = Exchange::unreset(2);
    for cic in [1, 0, 700] {
        let expected = [format!("UPA {cic}")];
        assert_eq!(
            exchange.receive(cic, Message::Upt(Upt::default())),
            expected
        );
    }
    let unasked = Message::Upa(Upa::default());
    assert_eq!(exchange.receive(1, unasked), ["discarded: unexpected"]);
}
