//! 6.5 Simple segmentation.

use super::super::segments::{announced_acm, announced_iam};
use super::*;
use crate::segmentation::{is_announced, merge, message_limit};
use crate::{ParameterCode, Sgm};

const ATP: ParameterCode = ParameterCode::ACCESS_TRANSPORT;
const UUI: ParameterCode = ParameterCode::USER_TO_USER_INFORMATION;

fn sgm() -> Message {
    let mut sgm = Sgm::default();
    sgm.optional.push_octets(UUI, &[4, 0x48, 0x69]).unwrap();
    Message::Sgm(sgm)
}

/// The messages of which the call control is told.
fn told(outputs: Vec<Output>) -> Vec<Message> {
    let messages = outputs.into_iter().filter_map(|output| match output {
        Output::Call(_, Indication::Message(message)) => Some(message),
        _ => None,
    });
    messages.collect()
}

/// 6.5.1: Sending of SGM.
#[test]
fn q784_6_5_1() {
    let mut exchange = Exchange::ready(4);
    let Message::Iam(mut long) = iam() else {
        panic!()
    };
    long.optional.push_octets(UUI, &[4; 129]).unwrap();
    long.optional.push_octets(ATP, &[5; 200]).unwrap();
    let cic = exchange.seize().unwrap();
    let name = exchange.name(cic);
    let input = Input::Request(name, Request::Send(Message::Iam(long.clone())));
    exchange.table.handle(exchange.now, input);
    let outputs = exchange.outputs();
    let sent: Vec<_> = outputs
        .into_iter()
        .filter_map(|output| match output {
            Output::Mtp(transfer) => Some(transfer.data),
            _ => None,
        })
        .collect();
    assert!(
        sent.iter()
            .all(|octets| octets.len() <= message_limit(Variant::itu()))
    );
    let messages: Vec<_> = sent
        .iter()
        .map(|octets| decode(octets).unwrap().message)
        .collect();
    let [first, Message::Sgm(second)] = &messages[..] else {
        panic!("{messages:?}")
    };
    assert!(is_announced(first));
    let mut whole = first.clone();
    merge(&mut whole, second);
    let optional = whole.optional().unwrap();
    assert_eq!(optional.octets(UUI), long.optional.octets(UUI));
    assert_eq!(optional.octets(ATP), long.optional.octets(ATP));
    outgoing_call_completes(exchange);
}

/// 6.5.2: Receipt of SGM.
#[test]
fn q784_6_5_2() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(exchange.receive(1, announced_iam()), [""; 0]);
    let told = told(exchange.receive_for_outputs(1, sgm()));
    let [whole @ Message::Iam(iam)] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(iam.optional.octets(UUI), Some(&[4, 0x48, 0x69][..]));
    assert!(!is_announced(whole));
    assert_eq!(exchange.after(4), [""; 0], "T34 does not run any more");
    incoming_call_completes(exchange);
    // The same in backward direction, for the message on which T7 stops.
    let mut exchange = outgoing();
    assert_eq!(exchange.receive(2, announced_acm()), [""; 0]);
    assert_eq!(exchange.receive(2, sgm()), ["call 2: ACM"]);
    outgoing_call_is_answered(exchange);
}

/// 6.5.3: Receipt of SGM after timer T34 expired.
#[test]
fn q784_6_5_3() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(exchange.receive(1, announced_iam()), [""; 0]);
    assert_eq!(exchange.after(2), [""; 0]);
    assert_eq!(exchange.after(1), ["call 1: IAM"]);
    assert_eq!(exchange.receive(1, sgm()), ["discarded: unexpected"]);
    incoming_call_completes(exchange);
}

/// 6.5.4: Receipt of SGM in forward direction.
#[test]
fn q784_6_5_4() {
    let mut exchange = incoming();
    assert_eq!(exchange.receive(1, sgm()), ["discarded: unexpected"]);
    incoming_call_completes(exchange);
}

/// 6.5.5: Receipt of SGM in backward direction.
#[test]
fn q784_6_5_5() {
    let mut exchange = outgoing();
    assert_eq!(exchange.receive(2, sgm()), ["discarded: unexpected"]);
    outgoing_call_completes(exchange);
}
