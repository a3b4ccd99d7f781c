//! 1.6 Receipt of unknown signalling information (Blue Book and Q.767), 1.7 Receipt of unknown
//! signalling information (with compatibility information).

use super::*;
use crate::compatibility::{Action, ExchangeType, Information, Node};
use crate::{Instruction, Parameter, ParameterCode, ParameterCompatibilityInformation};

/// A parameter that nobody knows.
const UNKNOWN: ParameterCode = ParameterCode(200);

/// Instruction indicators of parameters: Q.763 3.41, bits F and G.
const MESSAGE_IF_NOT_PASSED_ON: u8 = 0x20;
const PARAMETER_IF_NOT_PASSED_ON: u8 = 0x40;

/// Puts an unknown parameter into the optional part, with those instructions if there are any.
fn spoil(optional: &mut OptionalParameters, instructions: Option<u8>) {
    optional.push_octets(UNKNOWN, &[1, 2, 3]).unwrap();
    if let Some(instructions) = instructions {
        let code = ParameterCode::PARAMETER_COMPATIBILITY_INFORMATION;
        optional
            .push_octets(code, &[UNKNOWN.0, 0x80 | instructions])
            .unwrap();
    }
}

fn iam_with_unknown(instructions: Option<u8>) -> Message {
    let Message::Iam(mut iam) = iam() else {
        panic!()
    };
    spoil(&mut iam.optional, instructions);
    Message::Iam(iam)
}

fn acm_with_unknown(instructions: Option<u8>) -> Message {
    let mut acm = Acm::new(BackwardCallIndicators::default());
    spoil(&mut acm.optional, instructions);
    Message::Acm(acm)
}

fn unknown() -> Message {
    Message::Unknown(UnknownMessage {
        message_type: 0xfe,
        content: vec![],
    })
}

/// The message of which the call control is told.
fn told(exchange: &mut Exchange, cic: u16, message: Message) -> Message {
    let outputs = exchange.receive_for_outputs(cic, message);
    let mut messages = outputs.into_iter().filter_map(|output| match output {
        Output::Call(_, Indication::Message(message)) => Some(message),
        _ => None,
    });
    messages.next().expect("no indication")
}

/// What one exchange of type B, with ISUP on both sides, does.
fn transit(information: Information, instructions: u8) -> (Action, bool) {
    let octets = [UNKNOWN.0, 0x80 | instructions];
    let read = ParameterCompatibilityInformation::read(&octets).unwrap();
    let instruction: Option<&Instruction> = read.instruction(UNKNOWN);
    let location = Location::TransitNetwork;
    Node {
        exchange: ExchangeType::B,
        can_pass_on: true,
        location,
    }
    .treat(information, instruction)
}

/// 1.6.1.1: Receipt of unknown message in forward direction.
#[test]
fn q784_1_6_1_1() {
    let mut exchange = incoming();
    assert_eq!(answer(&mut exchange, 1, unknown()), ("CFN", 97, vec![0xfe]));
    incoming_call_completes(exchange);
}

/// 1.6.1.2: Receipt of unknown message in backward direction.
#[test]
fn q784_1_6_1_2() {
    let mut exchange = outgoing();
    assert_eq!(answer(&mut exchange, 2, unknown()), ("CFN", 97, vec![0xfe]));
    outgoing_call_completes(exchange);
}

/// 1.6.2.1: Receipt of unknown parameters in forward direction.
#[test]
fn q784_1_6_2_1() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(
        exchange.receive(1, iam_with_unknown(None)),
        ["CFN 1", "call 1: IAM"]
    );
    incoming_call_completes(exchange);
}

/// 1.6.2.2: Receipt of unknown parameters in backward direction.
#[test]
fn q784_1_6_2_2() {
    let mut exchange = outgoing();
    assert_eq!(
        exchange.receive(2, acm_with_unknown(None)),
        ["CFN 2", "call 2: ACM"]
    );
    outgoing_call_is_answered(exchange);
}

/// 1.6.3.1, 1.7.3.1: Receipt of unknown parameter values in forward direction.
#[test]
fn q784_1_6_3_1_and_1_7_3_1() {
    let mut exchange = Exchange::ready(4);
    // Calling party's category 0x1e, spare; nature of address 0x5f, spare.
    let Message::Iam(mut iam) = iam_of(CallingPartyCategory::from_code(0x1e)) else {
        panic!()
    };
    iam.called.nature = NatureOfAddress::from_code(0x5f);
    assert_eq!(
        told(&mut exchange, 1, Message::Iam(iam.clone())),
        Message::Iam(iam)
    );
    incoming_call_completes(exchange);
}

/// 1.6.3.2, 1.7.3.2: Receipt of unknown parameter values in backward direction.
#[test]
fn q784_1_6_3_2_and_1_7_3_2() {
    let mut exchange = outgoing();
    // Backward call indicators: called party's status and category spare.
    let octets = vec![2, 0, 0x06, 0b0011_1100, 0, 0];
    let acm = decode(&octets).unwrap().message;
    assert_eq!(told(&mut exchange, 2, acm.clone()), acm);
    outgoing_call_is_answered(exchange);
}

/// 1.7.1.1: unknown message, Release call.
#[test]
fn q784_1_7_1_1() {
    let mut exchange = outgoing();
    let unknown = unknown_with(RELEASE);
    assert_eq!(answer(&mut exchange, 2, unknown), ("REL", 97, vec![0xfe]));
    assert_eq!(exchange.receive(2, rlc()), ["call 2: ReleaseComplete"]);
    assert_eq!(exchange.idle(), 4);
}

/// 1.7.1.2: unknown message, Discard message.
#[test]
fn q784_1_7_1_2() {
    let mut exchange = outgoing();
    let discarded = "discarded: not_implemented";
    assert_eq!(exchange.receive(2, unknown_with(DISCARD)), [discarded]);
    let notify = unknown_with(DISCARD | NOTIFY);
    assert_eq!(answer(&mut exchange, 2, notify), ("CFN", 97, vec![0xfe]));
    outgoing_call_completes(exchange);
}

/// 1.7.1.3: unknown message, Pass on; without notification. Of an exchange that can.
#[test]
fn q784_1_7_1_3() {
    for bits in [0x01, 0x01 | NOTIFY] {
        assert_eq!(transit(Information::Message, bits), (Action::PassOn, false));
    }
}

/// 1.7.1.4: unknown message, Pass on not possible, release call.
#[test]
fn q784_1_7_1_4() {
    let mut exchange = incoming();
    assert_eq!(
        answer(&mut exchange, 1, unknown_with(0)),
        ("REL", 97, vec![0xfe])
    );
    exchange.receive(1, rlc());
    assert_eq!(exchange.idle(), 4);
}

/// 1.7.1.5: unknown message, Pass on not possible, discard information.
#[test]
fn q784_1_7_1_5() {
    let mut exchange = incoming();
    let unknown = unknown_with(DISCARD_IF_NOT_PASSED_ON | NOTIFY);
    assert_eq!(answer(&mut exchange, 1, unknown), ("CFN", 97, vec![0xfe]));
    incoming_call_completes(exchange);
}

/// 1.7.1.6: unknown message, Transit interpretation: an exchange of type B ignores the remaining
/// part of the instruction indicator if A = 0.
#[test]
fn q784_1_7_1_6() {
    let all = RELEASE | NOTIFY | DISCARD | DISCARD_IF_NOT_PASSED_ON;
    assert_eq!(transit(Information::Message, all), (Action::PassOn, false));
    assert_eq!(
        transit(Information::Message, all | 1),
        (Action::Release, false)
    );
}

/// 1.7.1.7: unknown message, Message compatibility information not received.
#[test]
fn q784_1_7_1_7() {
    q784_1_6_1_1();
    q784_1_6_1_2();
}

/// 1.7.2.1: unknown parameter, Release call.
#[test]
fn q784_1_7_2_1() {
    // The call control never hears of a call that is refused so.
    let mut exchange = Exchange::ready(4);
    assert_eq!(
        exchange.receive(1, iam_with_unknown(Some(RELEASE))),
        ["REL 1"]
    );
    assert_eq!(exchange.after(15), ["REL 1"], "T1");
    assert_eq!(exchange.receive(1, rlc()), ["call 1: ReleaseComplete"]);
    assert_eq!(exchange.idle(), 4);
    let mut exchange = outgoing();
    let expected = ["call 2: Released 99", "REL 2"];
    assert_eq!(
        exchange.receive(2, acm_with_unknown(Some(RELEASE))),
        expected
    );
    let mut exchange = outgoing();
    let acm = acm_with_unknown(Some(RELEASE | NOTIFY));
    assert_eq!(answer(&mut exchange, 2, acm), ("REL", 99, vec![UNKNOWN.0]));
}

/// 1.7.2.2: unknown parameter, Discard message.
#[test]
fn q784_1_7_2_2() {
    let mut exchange = outgoing();
    let discarded = "discarded: unrecognized_parameter";
    assert_eq!(
        exchange.receive(2, acm_with_unknown(Some(DISCARD))),
        [discarded]
    );
    let acm = acm_with_unknown(Some(DISCARD | NOTIFY));
    assert_eq!(
        answer(&mut exchange, 2, acm),
        ("CFN", 110, vec![0x06, UNKNOWN.0])
    );
    outgoing_call_completes(exchange);
    let mut exchange = Exchange::ready(4);
    assert_eq!(
        exchange.receive(1, iam_with_unknown(Some(DISCARD))),
        [discarded]
    );
    assert_eq!(exchange.idle(), 4);
    let seized: Vec<_> = (0..4).map_while(|_| exchange.seize()).collect();
    assert_eq!(seized.len(), 4);
}

/// 1.7.2.3: unknown parameter, Discard parameter.
#[test]
fn q784_1_7_2_3() {
    let mut exchange = outgoing();
    // Bit E, of a parameter.
    let discard = DISCARD_IF_NOT_PASSED_ON;
    let acm = told(&mut exchange, 2, acm_with_unknown(Some(discard)));
    let optional = acm.optional().unwrap();
    let left: Vec<_> = optional.iter().map(|(code, _)| code).collect();
    assert_eq!(left, [ParameterCode::PARAMETER_COMPATIBILITY_INFORMATION]);
    outgoing_call_is_answered(exchange);
    let mut exchange = outgoing();
    let acm = acm_with_unknown(Some(discard | NOTIFY));
    assert_eq!(answer(&mut exchange, 2, acm), ("CFN", 99, vec![UNKNOWN.0]));
    outgoing_call_is_answered(exchange);
}

/// 1.7.2.4: unknown parameter, Pass on; without notification. Of an exchange that can.
#[test]
fn q784_1_7_2_4() {
    for bits in [0x01, 0x01 | NOTIFY] {
        assert_eq!(
            transit(Information::Parameter, bits),
            (Action::PassOn, false)
        );
    }
}

/// 1.7.2.5: unknown parameter, Pass on not possible, release call.
#[test]
fn q784_1_7_2_5() {
    for reserved in [0, MESSAGE_IF_NOT_PASSED_ON | PARAMETER_IF_NOT_PASSED_ON] {
        let mut exchange = outgoing();
        let acm = acm_with_unknown(Some(reserved));
        assert_eq!(answer(&mut exchange, 2, acm), ("REL", 99, vec![UNKNOWN.0]));
    }
}

/// 1.7.2.6: unknown parameter, Pass on not possible, discard message.
#[test]
fn q784_1_7_2_6() {
    let mut exchange = outgoing();
    let acm = acm_with_unknown(Some(MESSAGE_IF_NOT_PASSED_ON | NOTIFY));
    assert_eq!(
        answer(&mut exchange, 2, acm),
        ("CFN", 110, vec![0x06, UNKNOWN.0])
    );
    outgoing_call_completes(exchange);
}

/// 1.7.2.7: unknown parameter, Pass on not possible, discard parameter.
#[test]
fn q784_1_7_2_7() {
    let mut exchange = outgoing();
    let acm = acm_with_unknown(Some(PARAMETER_IF_NOT_PASSED_ON | NOTIFY));
    assert_eq!(answer(&mut exchange, 2, acm), ("CFN", 99, vec![UNKNOWN.0]));
    outgoing_call_is_answered(exchange);
}

/// 1.7.2.8: unknown parameter, Transit interpretation: an exchange of type B ignores the remaining
/// part of the instruction indicator if A = 0.
#[test]
fn q784_1_7_2_8() {
    let all = RELEASE | NOTIFY | DISCARD | DISCARD_IF_NOT_PASSED_ON;
    assert_eq!(
        transit(Information::Parameter, all),
        (Action::PassOn, false)
    );
    assert_eq!(
        transit(Information::Parameter, all | 1),
        (Action::Release, false)
    );
}

/// 1.7.2.9: unknown parameter, Parameter compatibility information not received.
#[test]
fn q784_1_7_2_9() {
    let mut exchange = outgoing();
    let acm = acm_with_unknown(None);
    assert_eq!(answer(&mut exchange, 2, acm), ("CFN", 99, vec![UNKNOWN.0]));
    outgoing_call_is_answered(exchange);
}

/// 1.7.2.10: unknown parameter, Parameter compatibility information not received in REL.
#[test]
fn q784_1_7_2_10() {
    let mut exchange = incoming();
    let mut release = rel(CauseValue::NORMAL_CALL_CLEARING);
    spoil(&mut release.optional, None);
    let release = Message::Rel(release);
    assert_eq!(
        answer(&mut exchange, 1, release),
        ("RLC", 99, vec![UNKNOWN.0])
    );
    assert_eq!(exchange.idle(), 4);
}

/// A REL is acted upon whatever is asked for, and what is not recognized in an RLC or CFN is never
/// spoken of: confusion would go to and fro (expert-checks 39).
#[test]
fn confusion_is_not_answered_with_confusion() {
    let mut exchange = outgoing();
    let mut cfn = crate::Cfn::new(Cause::new(
        CauseValue::MESSAGE_TYPE_NOT_IMPLEMENTED,
        Location::User,
    ));
    spoil(&mut cfn.optional, Some(RELEASE | NOTIFY));
    assert_eq!(
        exchange.receive(2, Message::Cfn(cfn)),
        ["call 2: Confusion"]
    );
    let mut complete = Rlc::default();
    spoil(&mut complete.optional, None);
    exchange.request(2, Request::Release(rel(CauseValue::NORMAL_CALL_CLEARING)));
    let expected = ["call 2: ReleaseComplete"];
    assert_eq!(exchange.receive(2, Message::Rlc(complete)), expected);
    let mut exchange = incoming();
    let mut release = rel(CauseValue::NORMAL_CALL_CLEARING);
    spoil(&mut release.optional, Some(RELEASE | DISCARD | NOTIFY));
    let expected = ["RLC 1", "call 1: Released 16"];
    assert_eq!(exchange.receive(1, Message::Rel(release)), expected);
}
