//! What happens to a circuit while a first segment waits for the second (Q.764 2.1.12,
//! expert-checks 38).

use super::*;
use crate::{OptionalBackwardCallIndicators, OptionalForwardCallIndicators};

pub(super) fn announced_iam() -> Message {
    let Message::Iam(mut iam) = iam() else {
        panic!()
    };
    let segmentation = true;
    iam.optional.push(&OptionalForwardCallIndicators {
        segmentation,
        ..Default::default()
    });
    Message::Iam(iam)
}

pub(super) fn announced_acm() -> Message {
    let mut acm = Acm::new(BackwardCallIndicators::default());
    let segmentation = true;
    acm.optional.push(&OptionalBackwardCallIndicators {
        segmentation,
        ..Default::default()
    });
    Message::Acm(acm)
}

#[test]
fn another_message_of_the_call_comes_behind_the_first_segment() {
    let mut exchange = Exchange::ready(2);
    exchange.receive(1, announced_iam());
    let release = Message::Rel(rel(CauseValue::NORMAL_CALL_CLEARING));
    let expected = ["call 1: IAM", "RLC 1", "call 1: Released 16"];
    assert_eq!(exchange.receive(1, release), expected);
    assert_eq!(exchange.after(10), [""; 0]);
    assert_eq!(exchange.idle(), 2);
}

#[test]
fn a_circuit_whose_iam_is_not_complete_is_not_seized() {
    let mut exchange = Exchange::ready(2);
    exchange.receive(1, announced_iam());
    assert_eq!(exchange.seize(), Some(2));
    assert_eq!(exchange.seize(), None);
    assert_eq!(exchange.after(3), ["call 1: IAM"]);
    let release = Message::Rel(rel(CauseValue::NORMAL_CALL_CLEARING));
    exchange.receive(1, release);
    assert_eq!(exchange.seize(), Some(1), "it is not forgotten either");
}

/// ACM is there, whatever is missing of it.
#[test]
fn t7_and_blo_find_the_first_segment() {
    let mut exchange = Exchange::ready(2);
    let cic = exchange.call();
    exchange.after(24);
    exchange.receive(cic, announced_acm());
    assert_eq!(exchange.after(1), [format!("call {cic}: ACM")], "T7");
    let mut exchange = Exchange::ready(2);
    let cic = exchange.call();
    exchange.receive(cic, announced_acm());
    assert_eq!(exchange.receive(cic, Message::Blo), [format!("BLA {cic}")]);
    assert_eq!(exchange.after(3), [format!("call {cic}: ACM")]);
}

#[test]
fn a_segment_is_forgotten_with_its_call() {
    let mut exchange = Exchange::ready(2);
    let cic = exchange.call();
    exchange.receive(cic, announced_acm());
    let release = Request::Release(rel(CauseValue::NORMAL_CALL_CLEARING));
    assert_eq!(exchange.request(cic, release), [format!("REL {cic}")]);
    assert_eq!(exchange.after(10), [""; 0]);
    let mut exchange = Exchange::ready(2);
    exchange.receive(2, announced_iam());
    // Sent about the range whose first circuit is another one.
    assert_eq!(
        exchange.receive(1, Message::Grs(Grs { range: 1 })),
        ["GRA 1"]
    );
    assert_eq!(exchange.after(10), [""; 0]);
    assert_eq!(exchange.idle(), 2);
}

#[test]
fn what_cannot_go_in_two_goes_whole() {
    let mut exchange = Exchange::ready(2);
    let cic = exchange.seize().unwrap();
    let Message::Iam(mut long) = iam() else {
        panic!()
    };
    for code in [200, 201] {
        long.optional
            .push_octets(crate::ParameterCode(code), &[0; 200])
            .unwrap();
    }
    let out = exchange.request(cic, Request::Send(Message::Iam(long)));
    assert_eq!(out, [format!("IAM {cic}")]);
}
