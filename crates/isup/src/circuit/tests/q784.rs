//! ITU-T Q.784.1 (07/96), the test specification of the basic call, by its numbers.
//!
//! Numbers, titles and purposes are known from the list of cases in the conformance test program of
//! OpenSS7 (`test-q784.c`), which has all of them. For clauses 1.5 to 1.7 and 6.5 that list has no
//! message sequences: those here follow from Q.764. SP A, the exchange under test, is this table;
//! SP B is the other end. The gateway behind the table interworks with SIP, so SP A is an exchange
//! of type A; what only one of type B does is asked of [`Node`], which decides for both.

mod compatibility;
mod segmentation;
mod supervision;
mod unreasonable;

use super::*;
use crate::OptionalParameters;

/// SP A has got a call on circuit 1 and sent nothing yet.
fn incoming() -> Exchange {
    let mut exchange = Exchange::ready(4);
    assert_eq!(exchange.receive(1, iam()), ["call 1: IAM"]);
    exchange
}

/// SP A has sent IAM on circuit 2.
fn outgoing() -> Exchange {
    let mut exchange = Exchange::ready(4);
    assert_eq!(exchange.call(), 2);
    exchange
}

/// The incoming call goes on to its end as if nothing had been.
fn incoming_call_completes(mut exchange: Exchange) {
    assert_eq!(exchange.request(1, Request::Send(acm())), ["ACM 1"]);
    let anm = Message::Anm(Anm::default());
    assert_eq!(exchange.request(1, Request::Send(anm)), ["ANM 1"]);
    let release = Message::Rel(rel(CauseValue::NORMAL_CALL_CLEARING));
    assert_eq!(
        exchange.receive(1, release),
        ["RLC 1", "call 1: Released 16"]
    );
    assert_eq!(exchange.idle(), 4);
}

/// The outgoing call, which waits for ACM, goes on to its end as if nothing had been.
fn outgoing_call_completes(mut exchange: Exchange) {
    assert_eq!(exchange.receive(2, acm()), ["call 2: ACM"]);
    outgoing_call_is_answered(exchange);
}

/// The same after ACM.
fn outgoing_call_is_answered(mut exchange: Exchange) {
    let anm = Message::Anm(Anm::default());
    assert_eq!(exchange.receive(2, anm), ["call 2: ANM"]);
    let release = Request::Release(rel(CauseValue::NORMAL_CALL_CLEARING));
    assert_eq!(exchange.request(2, release), ["REL 2"]);
    assert_eq!(exchange.receive(2, rlc()), ["call 2: ReleaseComplete"]);
    assert_eq!(exchange.idle(), 4);
}

/// The cause and diagnostics of the only message that answers one.
fn answer(exchange: &mut Exchange, cic: u16, message: Message) -> (&'static str, u8, Vec<u8>) {
    let answers = exchange.receive_for_messages(cic, message);
    let [answer] = &answers[..] else {
        panic!("{answers:?}")
    };
    let cause = match answer {
        Message::Rel(rel) => Some(rel.cause.clone()),
        Message::Cfn(cfn) => Some(cfn.cause.clone()),
        other => other.optional().and_then(OptionalParameters::get),
    };
    let cause = cause.unwrap();
    (answer.name(), cause.value, cause.diagnostics.to_vec())
}
