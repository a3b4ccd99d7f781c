//! Calls from SIP to the telephone network: the machine of RFC 3398 7.2.
//!
//! ```text
//!             INVITE            ACM             ANM            ACK
//! Idle -> Reserving -> Trying ------> Alerting ----> Waiting ------> Connected
//!          (Add)  IAM     \  E.ACM   /  ^           for ACK
//!                          > Not alerting                    BYE, REL: Releasing, from any state
//! ```
//!
//! An ACM or CPG with a cause leads from Trying, Not alerting and Alerting to Announcing: the caller
//! hears why the call fails until the interwork timer ends it (7.1.6).
//!
//! Reserving is ours: "an IAM message cannot be sent before the resource reservation" (7.2.1), and
//! the MGW answers by a message.

use crate::call::{Call, Circuit, Pending, Release, Session, State as CallState};
use crate::config::Target;
use crate::connected;
use crate::core::Core;
use crate::event::{CallEvent, CallTimer, Direction, Refusal, Side};
use crate::mgc::Event;
use std::borrow::Cow;
use trunkline_interwork::{self as interwork, Progress, ToSip};
use trunkline_isup::{CallTimer as CircuitTimer, Iam, Indication, Message as Isup, Rel, Request};
use trunkline_model::media::{Bearer, Mode, TerminationId};
use trunkline_model::{CallId, Cause, CauseValue, CircuitId, Digits, Location, Time, TrunkGroupId};
use trunkline_sip::endpoint::{Event as Sip, SessionId};
use trunkline_sip::{Flow, Message, Name};

/// States of RFC 3398 7.2.
#[derive(Debug)]
pub enum State {
    /// The MGW has yet to confirm both terminations; then the IAM goes out.
    Reserving(Box<Iam>),
    /// The IAM went out; T7 runs. It is kept for another attempt.
    Trying(Box<Iam>),
    /// An early ACM came; T9 runs.
    NotAlerting,
    /// The called party is alerted; T9 runs.
    Alerting,
    /// A tone or announcement says that the call fails for that cause; the interwork timer runs.
    Announcing(Cause),
    /// 200 is being sent.
    WaitingForAck,
    /// The call is up.
    Connected,
}

/// Circuits that are tried for one call (Q.764 2.8.1: repeat attempt).
const MAX_ATTEMPTS: usize = 3;

/// Why an INVITE does not become a call.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) refusal: Refusal,
    pub(crate) cause: Option<CauseValue>,
}

impl Refused {
    const fn new(status: u16, refusal: Refusal) -> Self {
        Self {
            status,
            refusal,
            cause: None,
        }
    }
}

/// 7.2.1: an INVITE came, from a trusted peer or a user of ours.
pub(crate) fn start(
    now: Time,
    id: CallId,
    (session, request, flow): (SessionId, &Message, Flow),
    is_user: bool,
    core: &mut Core,
) -> Result<Call, Refused> {
    let (called, group) = route(request, core)?;
    let mut profile = Cow::Borrowed(&core.trunk(group).profile);
    if is_user && profile.trust_identity {
        // A phone is no trusted element (RFC 3325 8).
        profile.to_mut().trust_identity = false;
    }
    let iam = interwork::iam_from_invite(request, &called, &profile)
        .map_err(|refusal| Refused::new(refusal.status, Refusal::Unusable))?;
    let category = iam.calling_category;

    let mut call = Call::new(
        id,
        Direction::SipToIsup,
        now,
        group,
        CallState::SipToIsup(State::Reserving(Box::new(iam))),
    );
    call.sdp
        .receive_offer(request)
        .map_err(|problem| Refused::new(problem.status(), Refusal::Unusable))?;
    call.must_offer = !call.sdp.has_offer() && request.lists(Name::Require, "100rel");
    if !call.sdp.is_acceptable(&core.config.capabilities) {
        return Err(Refused::new(488, Refusal::Unusable));
    }

    // Q.764 2.10.2. A repeat attempt is not asked again: its first one was counted.
    if !core.circuits.admits(group, category) {
        return Err(Refused {
            status: 503,
            refusal: Refusal::SignalingCongestion,
            cause: Some(CauseValue::SWITCHING_EQUIPMENT_CONGESTION),
        });
    }
    let circuit = core.circuits.seize(now, group).ok_or(Refused {
        status: 503,
        refusal: Refusal::NoCircuit,
        cause: Some(CauseValue::NO_CIRCUIT_AVAILABLE),
    })?;
    call.session = Session::Incoming(session);
    call.sdp.use_ipv6(flow.local.is_ipv6());
    call.circuit = Some(Circuit::Seized(circuit));
    core.by_session.insert(session, id);
    core.by_circuit.insert(circuit, id);
    core.event(CallEvent::Started {
        call: id,
        direction: Direction::SipToIsup,
        group,
        circuit,
        called: Digits::new(called),
    });
    reserve(&mut call, core);
    Ok(call)
}

/// The number to call and the trunk group that leads there.
fn route(request: &Message, core: &Core) -> Result<(String, TrunkGroupId), Refused> {
    let dialled = interwork::dialled_number(request)
        .map_err(|refusal| Refused::new(refusal.status, Refusal::Unusable))?;
    let called = core.config.rules.translate(&dialled).unwrap_or(dialled);
    match core.config.routes.find(&called) {
        Some(&Target::TrunkGroup(group)) => Ok((called, group)),
        // From SIP to SIP is a proxy's work, not a gateway's.
        Some(Target::SipPeer(_) | Target::Users) | None => Err(Refused::new(404, Refusal::NoRoute)),
    }
}

fn reserve(call: &mut Call, core: &mut Core) {
    let Some(circuit) = call.circuit.map(Circuit::id) else {
        return;
    };
    let context = core.new_context();
    call.context = Some(context);
    let rtp = Bearer::Rtp {
        remote: None,
        ipv6: call.sdp.is_ipv6(),
    };
    let sip = core.add(call.id, context, TerminationId::A, rtp, Mode::Inactive);
    call.pending.push((sip, Pending::AddSip));
    let bearer = Bearer::Circuit {
        group: call.group,
        cic: circuit.cic,
    };
    // Backwards only: the caller must not be heard before the answer.
    let circuit = core.add(
        call.id,
        context,
        TerminationId::B,
        bearer,
        Mode::ReceiveOnly,
    );
    call.pending.push((circuit, Pending::AddCircuit));
}

/// One event for one call, in a state of this machine.
pub(crate) fn handle(call: &mut Call, now: Time, event: Event, core: &mut Core) {
    let CallState::SipToIsup(state) = &mut call.state else {
        return;
    };
    match (state, event) {
        (State::Reserving(_), Event::MediaReady) => media_ready(call, now, core),

        // 7.2.5, 7.2.6
        (state @ State::Trying(_), Event::Isup(Indication::Message(Isup::Acm(acm)))) => {
            *state = if interwork::is_early_acm(&acm) {
                State::NotAlerting
            } else {
                State::Alerting
            };
            progressed(call, now, interwork::response_from_acm(&acm), core);
        }
        // 7.2.9
        (
            state @ (State::NotAlerting | State::Alerting | State::Announcing(_)),
            Event::Isup(Indication::Message(Isup::Cpg(cpg))),
        ) => {
            let progress = interwork::response_from_cpg(&cpg);
            match progress.as_ref().map(|progress| progress.status) {
                Some(180) => *state = State::Alerting,
                // Forwarded: the call goes on elsewhere.
                Some(181) => *state = State::NotAlerting,
                _ => {}
            }
            progressed(call, now, progress, core);
        }
        // 7.2.7
        (
            State::Trying(_) | State::NotAlerting | State::Alerting | State::Announcing(_),
            Event::Isup(Indication::Message(Isup::Anm(_) | Isup::Con(_))),
        ) => answered(call, now, core),
        // 7.1.6
        (
            State::Announcing(cause),
            Event::Timer(CallTimer::Interwork) | Event::Isup(Indication::Expired(CircuitTimer::T9)),
        ) => {
            let announced = interwork::rel(*cause);
            let release = Release {
                rel: interwork::rel(gateway_cause(CauseValue::NORMAL_CALL_CLEARING)),
                ..rejected_by_isup(call, announced, core)
            };
            call.release(now, core, release);
        }

        // 7.2.2
        (_, Event::Isup(Indication::Expired(CircuitTimer::T7))) => {
            let cause = gateway_cause(CauseValue::RECOVERY_ON_TIMER_EXPIRY);
            call.release(now, core, Release::by_gateway(cause, 504));
        }
        // 7.2.8
        (_, Event::Isup(Indication::Expired(CircuitTimer::T9))) => {
            let cause = gateway_cause(CauseValue::NO_ANSWER_FROM_USER);
            call.release(now, core, Release::by_gateway(cause, 480));
        }
        // The circuit was not to be had: another one (Q.764 2.8.1, 2.9.1.4; RFC 3398 11.1).
        (
            State::Reserving(iam) | State::Trying(iam),
            Event::Isup(Indication::DualSeizure | Indication::Unequipped | Indication::Cleared(_)),
        ) => {
            let iam = iam.clone();
            give_up_circuit(call, iam, core);
        }
        (State::Trying(iam), Event::Isup(Indication::Released(rel)))
            if rel.cause.cause().value == CauseValue::REQUESTED_CIRCUIT_NOT_AVAILABLE =>
        {
            let iam = iam.clone();
            give_up_circuit(call, iam, core);
        }
        (State::Reserving(iam), Event::Reattempt) => {
            let iam = iam.clone();
            reattempt(call, now, iam, core);
        }
        // 7.2.4
        (
            State::Reserving(_)
            | State::Trying(_)
            | State::NotAlerting
            | State::Alerting
            | State::Announcing(_),
            Event::Isup(Indication::Released(rel)),
        ) => {
            call.lose_circuit(core);
            let release = rejected_by_isup(call, rel, core);
            call.release(now, core, release);
        }

        // 7.2.3: 200 and 487 are on their way already.
        (_, Event::Sip(Sip::Cancelled { request, .. })) => {
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
        // 7.3
        (State::WaitingForAck, Event::Sip(Sip::Acked { request, .. })) => {
            call.state = CallState::SipToIsup(State::Connected);
            connected::acked(call, now, &request, core);
        }
        (_, event) => connected::handle(call, now, event, core),
    }
}

/// Both terminations stand: the IAM may go.
fn media_ready(call: &mut Call, now: Time, core: &mut Core) {
    let CallState::SipToIsup(State::Reserving(iam)) = &call.state else {
        return;
    };
    let Some(Circuit::Seized(circuit)) = call.circuit else {
        return;
    };
    let iam = iam.clone();
    let trunk = &core.trunk(call.group).profile;
    for message in interwork::address_messages((*iam).clone(), trunk) {
        core.request(now, circuit, Request::Send(message));
    }
    call.circuit = Some(Circuit::Active(circuit));
    call.state = CallState::SipToIsup(State::Trying(iam));
}

/// The circuit could not be had. Another one is sought when all calls know what has become of
/// theirs: one GRS may take those of many.
fn give_up_circuit(call: &mut Call, iam: Box<Iam>, core: &mut Core) {
    call.tried.extend(call.circuit.map(Circuit::id));
    call.lose_circuit(core);
    // Its bearer, too: an IAM of the other end may be waiting for both.
    call.forget_adds(core);
    call.subtract(core);
    call.state = CallState::SipToIsup(State::Reserving(iam));
    core.reattempts.push_back(call.id);
}

/// Q.764 2.8.1: the attempt is repeated on a circuit that was not tried yet.
fn reattempt(call: &mut Call, now: Time, iam: Box<Iam>, core: &mut Core) {
    let Some(circuit) = untried_circuit(call, now, core) else {
        let cause = gateway_cause(CauseValue::NO_CIRCUIT_AVAILABLE);
        return call.release(now, core, Release::by_gateway(cause, 503));
    };
    core.by_circuit.insert(circuit, call.id);
    call.circuit = Some(Circuit::Seized(circuit));
    call.state = CallState::SipToIsup(State::Reserving(iam));
    core.event(CallEvent::Reattempt {
        call: call.id,
        circuit,
    });
    reserve(call, core);
}

fn untried_circuit(call: &Call, now: Time, core: &mut Core) -> Option<CircuitId> {
    if call.tried.len() >= MAX_ATTEMPTS {
        return None;
    }
    let mut aside = Vec::new();
    let found = loop {
        match core.circuits.seize(now, call.group) {
            Some(circuit) if call.tried.contains(&circuit) => aside.push(circuit),
            found => break found,
        }
    };
    for circuit in aside {
        core.request(now, circuit, Request::Free);
    }
    found
}

fn progressed(call: &mut Call, now: Time, progress: Option<Progress>, core: &mut Core) {
    let (Session::Incoming(session), Some(progress)) = (call.session, progress) else {
        return;
    };
    // Who has made no offer and wants reliable responses gets ours in the first (RFC 3262 5).
    let offers = call.must_offer && call.sdp.sent().is_none();
    if offers && call.sdp.describe(&core.config.capabilities).is_err() {
        let cause = gateway_cause(CauseValue::BEARER_CAPABILITY_NOT_IMPLEMENTED);
        return call.release(now, core, Release::by_gateway(cause, 488));
    }
    let early = offers || progress.early_media && cut_through(call, core);
    let body = if early { call.sdp.sent() } else { None };
    // The state was checked: the INVITE has no final response yet.
    let _ = core
        .endpoint
        .provisional(now, session, progress.status, "", &progress.headers, body);
    if progress.status == 180 {
        call.report_alerting(now, core);
    }
    if let Some(cause) = progress.cause {
        call.state = CallState::SipToIsup(State::Announcing(cause));
    }
    // It runs from the first cause on.
    if !matches!(call.state, CallState::SipToIsup(State::Announcing(_))) {
        core.timers.stop(call.id, CallTimer::Interwork);
    } else if !core.timers.is_running(call.id, CallTimer::Interwork) {
        let end = now + core.config.timers.interwork;
        core.timers.start(call.id, CallTimer::Interwork, end);
    }
}

/// Makes the answer to the INVITE's offer, if that has not been done, and lets media pass
/// backwards. `false` without an offer: there is nothing to answer yet.
fn cut_through(call: &mut Call, core: &mut Core) -> bool {
    if call.sdp.sent().is_some() {
        return true;
    }
    if !call.sdp.has_offer() || call.sdp.describe(&core.config.capabilities).is_err() {
        return false;
    }
    let (parameters, mode) = (call.sdp.parameters(), call.sdp.early_mode(true));
    call.modify(core, TerminationId::A, parameters, mode);
    true
}

fn answered(call: &mut Call, now: Time, core: &mut Core) {
    let Session::Incoming(session) = call.session else {
        return;
    };
    if call.sdp.sent().is_none() && call.sdp.describe(&core.config.capabilities).is_err() {
        let cause = gateway_cause(CauseValue::BEARER_CAPABILITY_NOT_IMPLEMENTED);
        return call.release(now, core, Release::by_gateway(cause, 488));
    }
    core.timers.stop(call.id, CallTimer::Interwork);
    call.report_answer(now, core);
    let _ = core.endpoint.accept(now, session, &[], call.sdp.sent());
    call.session = Session::Dialog(session);
    call.state = CallState::SipToIsup(State::WaitingForAck);
    call.connect_media(core);
}

/// 7.2.4: what the SIP side is told when the network rejects the call.
fn rejected_by_isup(call: &Call, rel: Rel, core: &Core) -> Release {
    let trunk = core.trunk(call.group);
    let cause = rel.cause.cause();
    let mut headers: Vec<(Name, String)> = vec![(Name::Reason, interwork::reason_header(cause))];
    let to_sip = interwork::status_from_rel(&trunk.causes, &trunk.profile, &rel);
    let status = to_sip.status();
    if let ToSip::Status {
        contact,
        retry_after,
        ..
    } = to_sip
    {
        headers.extend(contact.map(|contact| (Name::Contact, contact)));
        headers.extend(retry_after.map(|seconds| (Name::RetryAfter, seconds.to_string())));
    }
    Release {
        side: Side::Isup,
        cause,
        status,
        headers,
        rel,
    }
}

pub(crate) const fn gateway_cause(value: CauseValue) -> Cause {
    Cause::new(value, Location::BeyondInterworkingPoint)
}
