//! What both call machines do alike: an answered call, and the ends of a call that may come in any
//! state (RFC 3398 9, 10).

use crate::call::{Call, Release, Session, State};
use crate::core::Core;
use crate::event::{CallTimer, Side};
use crate::mgc::Event;
use crate::sip_to_isup::gateway_cause;
use trunkline_interwork as interwork;
use trunkline_isup::{Indication, Message as Isup};
use trunkline_model::media::TerminationId;
use trunkline_model::{CauseValue, Time};
use trunkline_sip::endpoint::{Body, Event as Sip, SessionId, TransactionId};
use trunkline_sip::{Message, Name};

/// Events that no state of the two machines treats in a way of its own.
pub(crate) fn handle(call: &mut Call, now: Time, event: Event, core: &mut Core) {
    match event {
        // 10.1
        Event::Sip(Sip::Bye { request, .. }) => {
            call.lose_session(core);
            let rel = interwork::rel_from_request(&core.trunk(call.group).causes, &request);
            let cause = rel.cause.cause();
            let release = Release {
                side: Side::Sip,
                cause,
                status: 487,
                headers: Vec::new(),
                rel,
            };
            call.release(now, core, release);
        }
        // 10.2
        Event::Isup(Indication::Released(rel)) => {
            call.lose_circuit(core);
            let cause = rel.cause.cause();
            let headers = vec![(Name::Reason, interwork::reason_header(cause))];
            call.release(
                now,
                core,
                Release {
                    side: Side::Isup,
                    cause,
                    status: 480,
                    headers,
                    rel,
                },
            );
        }
        // 11.1
        Event::Isup(Indication::Cleared(_) | Indication::Unequipped | Indication::DualSeizure) => {
            call.lose_circuit(core);
            let cause = gateway_cause(CauseValue::TEMPORARY_FAILURE);
            let mut release = Release::by_gateway(cause, 503);
            release.side = Side::Isup;
            call.release(now, core, release);
        }
        // 10.2.2: the called party hung up; it may come back until T6 runs out. Another SUS does
        // not give it more time.
        Event::Isup(Indication::Message(Isup::Sus(sus))) if sus.is_network_initiated() => {
            if !core.timers.is_running(call.id, CallTimer::T6) {
                let end = now + core.config.timers.t6;
                core.timers.start(call.id, CallTimer::T6, end);
            }
        }
        Event::Isup(Indication::Message(Isup::Res(_))) => {
            core.timers.stop(call.id, CallTimer::T6);
        }
        Event::Timer(CallTimer::T6) => {
            let cause = gateway_cause(CauseValue::RECOVERY_ON_TIMER_EXPIRY);
            call.release(now, core, Release::by_gateway(cause, 480));
        }
        // 9.2, and changes of address or codec.
        Event::Sip(Sip::Reinvite { id, request }) => reinvite(call, now, id, &request, core),
        Event::Sip(Sip::Acked { request, .. }) => acked(call, now, &request, core),
        // What the PRACK holds is agreed before the call is answered (RFC 3262 5).
        Event::Sip(Sip::Pracked {
            request,
            transaction: None,
            ..
        }) => pracked(call, now, &request, core),
        Event::Sip(
            Sip::Pracked {
                request,
                transaction: Some(transaction),
                ..
            }
            | Sip::Update {
                request,
                transaction,
                ..
            },
        ) => updated(call, now, transaction, &request, core),
        Event::Sip(Sip::AckTimeout { .. } | Sip::PrackTimeout { .. }) => {
            call.lose_session(core);
            let cause = gateway_cause(CauseValue::RECOVERY_ON_TIMER_EXPIRY);
            call.release(now, core, Release::by_gateway(cause, 408));
        }
        // Nobody has refreshed the session: its BYE is on the way (RFC 4028 10).
        Event::Sip(Sip::SessionExpired { .. }) => {
            let cause = gateway_cause(CauseValue::RECOVERY_ON_TIMER_EXPIRY);
            call.release(now, core, Release::by_gateway(cause, 408));
        }
        Event::Sip(Sip::Ended { .. }) => {
            call.lose_session(core);
            let cause = gateway_cause(CauseValue::TEMPORARY_FAILURE);
            call.release(now, core, Release::by_gateway(cause, 500));
        }
        Event::MediaFailed | Event::Timer(CallTimer::Media) => {
            let cause = gateway_cause(CauseValue::RESOURCE_UNAVAILABLE);
            call.release(now, core, Release::by_gateway(cause, 503));
        }
        Event::Shutdown => {
            let cause = gateway_cause(CauseValue::NORMAL_UNSPECIFIED);
            call.release(now, core, Release::by_gateway(cause, 503));
        }
        // Nothing of these has a meaning here: late or repeated messages, timers that lost a race.
        Event::Isup(_) | Event::Sip(_) | Event::Timer(_) | Event::MediaReady | Event::Reattempt => {
        }
    }
}

/// A call that is over: what is left of it comes to its end.
pub(crate) fn releasing(call: &mut Call, now: Time, event: Event, core: &mut Core) {
    match event {
        Event::Isup(
            Indication::ReleaseComplete | Indication::Released(_) | Indication::Cleared(_),
        ) => call.lose_circuit(core),
        // Our CANCEL lost the race: "the gateway MUST send an ACK followed by an appropriate BYE
        // request" (RFC 3398 8.2.7).
        Event::Sip(Sip::Answered { id, .. }) => {
            core.endpoint.ack(now, id, None);
            core.endpoint.bye(now, id, &[]);
        }
        Event::Sip(
            Sip::Rejected { .. }
            | Sip::Ended { .. }
            | Sip::Bye { .. }
            | Sip::Cancelled { .. }
            | Sip::PrackTimeout { .. }
            | Sip::AckTimeout { .. },
        ) => call.lose_session(core),
        // The MGW does not answer; its worker is gone, and with it the context.
        Event::Timer(CallTimer::Media) => {
            for (transaction, _) in call.pending.drain(..) {
                core.by_transaction.remove(&transaction);
            }
        }
        _ => {}
    }
    debug_assert!(matches!(call.state, State::Releasing));
}

/// The ACK of our 2xx came; it holds the answer if the 2xx held an offer.
pub(crate) fn acked(call: &mut Call, now: Time, request: &Message, core: &mut Core) {
    if !call.sdp.offer_is_open() {
        return;
    }
    let answer = call.sdp.receive_answer(request);
    call.sdp.close_offer();
    if answer == Ok(true) {
        call.connect_media(core);
    } else {
        let cause = gateway_cause(CauseValue::BEARER_CAPABILITY_NOT_IMPLEMENTED);
        call.release(now, core, Release::by_gateway(cause, 488));
    }
}

/// The PRACK of a provisional response of ours came; it holds the answer if that held an offer.
fn pracked(call: &mut Call, now: Time, request: &Message, core: &mut Core) {
    if !matches!(call.session, Session::Incoming(_)) {
        return acked(call, now, request, core);
    }
    if !call.sdp.offer_is_open() {
        return;
    }
    let answer = call.sdp.receive_answer(request);
    call.sdp.close_offer();
    if answer == Ok(true) {
        early_media(call, core);
    } else {
        let cause = gateway_cause(CauseValue::BEARER_CAPABILITY_NOT_IMPLEMENTED);
        call.release(now, core, Release::by_gateway(cause, 488));
    }
}

/// An UPDATE, or a PRACK with an offer: changes of address, codec or direction (RFC 3311 5.2).
fn updated(
    call: &mut Call,
    now: Time,
    transaction: TransactionId,
    request: &Message,
    core: &mut Core,
) {
    let described = request.sdp().map(|_| {
        call.sdp.receive_offer(request)?;
        call.sdp.describe(&core.config.capabilities)
    });
    let (status, body) = match described {
        Some(Ok(())) => (200, call.sdp.sent().map(|sdp| Body::sdp(sdp.to_vec()))),
        None => (200, None),
        // "the session parameters MUST remain unchanged" (RFC 3311 5.3)
        Some(Err(problem)) => {
            call.sdp.refuse_offer();
            (problem.status(), None)
        }
    };
    let answered = core
        .endpoint
        .respond(now, transaction, status, "", &[], body.as_ref());
    if answered.is_err() || body.is_none() {
        return;
    }
    match call.session {
        Session::Dialog(_) => call.connect_media(core),
        _ => early_media(call, core),
    }
}

/// Lets media pass in the direction that it has before the answer.
fn early_media(call: &mut Call, core: &mut Core) {
    let termination = call.sip_termination();
    let towards_sip = termination == TerminationId::A;
    let (parameters, mode) = (call.sdp.parameters(), call.sdp.early_mode(towards_sip));
    call.modify(core, termination, parameters, mode);
}

fn reinvite(call: &mut Call, now: Time, id: SessionId, request: &Message, core: &mut Core) {
    if !matches!(call.session, Session::Dialog(_)) {
        return core.reject(now, id, 491, &[]);
    }
    let described = call
        .sdp
        .receive_offer(request)
        .and_then(|_| call.sdp.describe(&core.config.capabilities));
    match described {
        Ok(()) => {
            let _ = core.endpoint.accept(now, id, &[], call.sdp.sent());
            if !call.sdp.offer_is_open() {
                call.connect_media(core);
            }
        }
        // "the session continues unchanged" (RFC 3261 14.2)
        Err(problem) => {
            call.sdp.refuse_offer();
            core.reject(now, id, problem.status(), &[]);
        }
    }
}
