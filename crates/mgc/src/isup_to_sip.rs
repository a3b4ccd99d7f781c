//! Calls from the telephone network to SIP: the machine of RFC 3398 8.2.
//!
//! ```text
//!          IAM              (Add)          18x            200
//! Idle -> Collecting -> Reserving -> Trying ---> Alerting ---> Connected
//!                                       \ T11    ^
//!                                        > Progressing         BYE, REL: Releasing, from any state
//! ```
//!
//! Collecting (Q.764 2.1.1, overlap) and Reserving (the MGW answers by a message) are ours.

use crate::call::{Call, Circuit, Pending, Release, Session, State as CallState};
use crate::config::Target;
use crate::connected;
use crate::core::Core;
use crate::event::{CallEvent, CallTimer, Direction, Refusal, Side};
use crate::mgc::Event;
use crate::sip_to_isup::gateway_cause;
use std::net::SocketAddr;
use std::sync::Arc;
use trunkline_interwork::{self as interwork, InviteParts};
use trunkline_isup::{CallTimer as CircuitTimer, Iam, Indication, Message as Isup};
use trunkline_model::media::{Bearer, Mode, Signal, TerminationId};
use trunkline_model::{CallId, Cause, CauseValue, CircuitId, Digits, Time, TrunkGroupId};
use trunkline_sip::digest::Credentials;
use trunkline_sip::endpoint::{Description, Event as Sip, NextHop, OutgoingInvite};
use trunkline_sip::uri::{self, Host};
use trunkline_sip::{Message, Name};

/// States of RFC 3398 8.2.
#[derive(Debug)]
pub enum State {
    /// The number matches no route yet; T35 runs until a SAM brings more digits.
    Collecting(Box<Iam>),
    /// The MGW has yet to confirm both terminations; then the INVITE goes out.
    Reserving(Box<Attempt>),
    /// The INVITE went out, no ACM yet; T11 runs.
    Trying,
    /// An early ACM went.
    Progressing,
    /// An ACM "subscriber free" or a CPG "alerting" went.
    Alerting,
    /// The call is up.
    Connected,
}

/// The INVITE to send, and where to.
#[derive(Debug)]
pub struct Attempt {
    parts: InviteParts,
    request_uri: String,
    /// The way to a phone that registered through proxies (RFC 3327 5.1).
    routes: Vec<String>,
    /// What the challenges of a peer are answered with.
    credentials: Option<Arc<[Credentials]>>,
    local: SocketAddr,
    hop: NextHop,
}

/// Why an IAM does not become a call.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) cause: Cause,
    pub(crate) refusal: Refusal,
}

/// Digits that a number may collect; E.164 has 15, the rest is prefixes and ST.
const MAX_DIGITS: usize = 24;

/// 8.2.1: an IAM came. `None` while its number is incomplete.
pub(crate) fn start(
    now: Time,
    id: CallId,
    circuit: CircuitId,
    group: TrunkGroupId,
    iam: Iam,
    core: &mut Core,
) -> Result<Call, Refused> {
    if iam.nature_of_connection.continuity_check_is_required() {
        // Ringing before the circuit is known to work would be worse than refusing (Q.764 2.1.8).
        return Err(refused(
            CauseValue::SERVICE_NOT_IMPLEMENTED,
            Refusal::Unusable,
        ));
    }
    let state = match attempt(now, &iam, group, core) {
        Ok(attempt) => State::Reserving(Box::new(attempt)),
        Err(Refused {
            refusal: Refusal::NoRoute,
            ..
        }) if !iam.called.digits.ends_with_st() => State::Collecting(Box::new(iam.clone())),
        Err(refused) => return Err(refused),
    };
    let mut call = Call::new(
        id,
        Direction::IsupToSip,
        now,
        group,
        CallState::IsupToSip(state),
    );
    call.circuit = Some(Circuit::Active(circuit));
    core.by_circuit.insert(circuit, id);
    core.event(CallEvent::Started {
        call: id,
        direction: Direction::IsupToSip,
        group,
        circuit,
        called: Digits::new(iam.called.digits.to_string()),
    });
    proceed(&mut call, now, core);
    Ok(call)
}

const fn refused(value: CauseValue, refusal: Refusal) -> Refused {
    Refused {
        cause: gateway_cause(value),
        refusal,
    }
}

/// Number, route and addresses of the INVITE that an IAM asks for.
fn attempt(now: Time, iam: &Iam, group: TrunkGroupId, core: &Core) -> Result<Attempt, Refused> {
    let trunk = core.trunk(group);
    let parts = interwork::invite_from_iam(iam, &trunk.profile).map_err(|cause| Refused {
        cause,
        refusal: Refusal::Unusable,
    })?;
    let no_route = || refused(CauseValue::UNALLOCATED_NUMBER, Refusal::NoRoute);
    let called = core
        .config
        .rules
        .translate(&parts.called)
        .unwrap_or_else(|| parts.called.clone());
    let mut routes = Vec::new();
    let mut credentials = None;
    let (request_uri, hop) = if called.starts_with("sip:") || called.starts_with("sips:") {
        let hop = hop_to(&called, core).ok_or_else(no_route)?;
        (called, hop)
    } else {
        match core.config.routes.find(&called) {
            Some(&Target::SipPeer(peer)) => {
                if !core.peers.is_up(peer) {
                    return Err(refused(CauseValue::TEMPORARY_FAILURE, Refusal::PeerDown));
                }
                routes = core.peers.service_route(peer);
                let peer = core.config.peers.get(peer).ok_or_else(no_route)?;
                if routes.is_empty() {
                    routes.clone_from(&peer.routes);
                }
                credentials.clone_from(&peer.credentials);
                let uri = format!("{}:{called}@{};user=phone", peer.scheme(), peer.host);
                (uri, peer.hop.clone())
            }
            Some(Target::Users) => {
                let users = core.users.as_ref().filter(|users| users.knows(&called));
                let users = users.ok_or_else(no_route)?;
                let absent = || refused(CauseValue::SUBSCRIBER_ABSENT, Refusal::NotRegistered);
                let binding = users.contact(now, &called).ok_or_else(absent)?;
                routes.extend(binding.path.iter().map(ToString::to_string));
                let hop = binding.flow.map_or(NextHop::Uri, NextHop::Flow);
                (binding.contact.uri.to_string(), hop)
            }
            Some(Target::TrunkGroup(_)) | None => return Err(no_route()),
        }
    };
    let remote = match &hop {
        NextHop::Flow(flow) => Some(flow.remote),
        NextHop::Target(target) => Some(target.address),
        NextHop::Uri => None,
    };
    let mut locals = core.config.endpoint.locals.iter().map(|(_, local)| local);
    let local = locals.find(|local| remote.is_none_or(|to| to.is_ipv6() == local.is_ipv6()));
    let local = *local.ok_or_else(no_route)?;
    Ok(Attempt {
        parts,
        request_uri,
        routes,
        credentials,
        local,
        hop,
    })
}

/// Where a SIP URI leads: to the peer of that name, or where the DNS says.
fn hop_to(uri: &str, core: &Core) -> Option<NextHop> {
    let parsed = uri::parse(uri).ok()?;
    let host = &parsed.sip()?.host;
    let peer = core.config.peers.iter().find(|peer| match host {
        Host::Name(name) => peer.name == *name,
        Host::V4(_) | Host::V6(_) => false,
    });
    Some(peer.map_or(NextHop::Uri, |peer| peer.hop.clone()))
}

fn proceed(call: &mut Call, now: Time, core: &mut Core) {
    match &call.state {
        CallState::IsupToSip(State::Collecting(_)) => {
            core.timers
                .start(call.id, CallTimer::T35, now + core.config.timers.t35);
        }
        CallState::IsupToSip(State::Reserving(attempt)) => {
            call.sdp.use_ipv6(attempt.local.is_ipv6());
            core.timers.stop(call.id, CallTimer::T35);
            core.timers
                .start(call.id, CallTimer::T11, now + core.config.timers.t11);
            reserve(call, core);
        }
        _ => {}
    }
}

fn reserve(call: &mut Call, core: &mut Core) {
    let Some(circuit) = call.circuit.map(Circuit::id) else {
        return;
    };
    let context = core.new_context();
    call.context = Some(context);
    let bearer = Bearer::Circuit {
        group: call.group,
        cic: circuit.cic,
    };
    let circuit = core.add(call.id, context, TerminationId::A, bearer, Mode::SendOnly);
    call.pending.push((circuit, Pending::AddCircuit));
    let rtp = Bearer::Rtp {
        remote: None,
        ipv6: call.sdp.is_ipv6(),
    };
    let sip = core.add(call.id, context, TerminationId::B, rtp, Mode::Inactive);
    call.pending.push((sip, Pending::AddSip));
}

/// One event for one call, in a state of this machine.
pub(crate) fn handle(call: &mut Call, now: Time, event: Event, core: &mut Core) {
    let CallState::IsupToSip(state) = &mut call.state else {
        return;
    };
    match (state, event) {
        (State::Collecting(_), Event::Isup(Indication::Message(Isup::Sam(sam)))) => {
            more_digits(call, now, &sam.subsequent.digits.to_string(), core);
        }
        (State::Collecting(_), Event::Timer(CallTimer::T35)) => {
            let cause = gateway_cause(CauseValue::INVALID_NUMBER_FORMAT);
            call.release(now, core, Release::by_gateway(cause, 484));
        }
        (State::Reserving(_), Event::MediaReady) => media_ready(call, now, core),

        // 8.2.3
        (
            State::Trying,
            Event::Sip(Sip::Provisional {
                response,
                description,
                ..
            }),
        ) => before_acm(call, now, &response, description, core),
        (
            State::Progressing | State::Alerting,
            Event::Sip(Sip::Provisional {
                response,
                description,
                ..
            }),
        ) => after_acm(call, now, &response, description, core),
        // 8.2.8
        (State::Trying, Event::Timer(CallTimer::T11)) => {
            call.state = CallState::IsupToSip(State::Progressing);
            let acm = interwork::early_acm(&core.trunk(call.group).profile);
            call.send_isup(now, core, Isup::Acm(acm));
        }
        // 8.2.4
        (
            State::Trying | State::Progressing | State::Alerting,
            Event::Sip(Sip::Answered {
                response,
                description,
                ..
            }),
        ) => answered(call, now, &response, description, core),
        // 8.2.5, 8.2.6
        (
            State::Trying | State::Progressing | State::Alerting,
            Event::Sip(Sip::Rejected {
                response, status, ..
            }),
        ) => rejected(call, now, status, response.as_ref(), core),
        (State::Trying | State::Progressing | State::Alerting, Event::Timer(CallTimer::Answer)) => {
            let cause = gateway_cause(CauseValue::NO_ANSWER_FROM_USER);
            call.release(now, core, Release::by_gateway(cause, 480));
        }
        // T9 belongs to the exchange that waits for an answer message; we are not that one.
        (_, Event::Isup(Indication::Expired(CircuitTimer::T7 | CircuitTimer::T9))) => {}
        // 8.2.7 and the rest.
        (_, event) => connected::handle(call, now, event, core),
    }
}

fn more_digits(call: &mut Call, now: Time, digits: &str, core: &mut Core) {
    let CallState::IsupToSip(State::Collecting(iam)) = &mut call.state else {
        return;
    };
    for digit in digits.chars() {
        if iam.called.digits.len() >= MAX_DIGITS || iam.called.digits.push(digit).is_err() {
            let cause = gateway_cause(CauseValue::INVALID_NUMBER_FORMAT);
            return call.release(now, core, Release::by_gateway(cause, 484));
        }
    }
    let complete = iam.called.digits.ends_with_st();
    match attempt(now, iam, call.group, core) {
        Ok(attempt) => {
            call.state = CallState::IsupToSip(State::Reserving(Box::new(attempt)));
        }
        Err(Refused {
            refusal: Refusal::NoRoute,
            ..
        }) if !complete => {}
        Err(refused) => {
            return call.release(now, core, Release::by_gateway(refused.cause, 404));
        }
    }
    proceed(call, now, core);
}

/// Both terminations stand: the INVITE may go.
fn media_ready(call: &mut Call, now: Time, core: &mut Core) {
    let CallState::IsupToSip(state @ State::Reserving(_)) = &mut call.state else {
        return;
    };
    let State::Reserving(attempt) = core::mem::replace(state, State::Trying) else {
        return;
    };
    if call.sdp.describe(&core.config.capabilities).is_err() {
        let cause = gateway_cause(CauseValue::RESOURCE_UNAVAILABLE);
        return call.release(now, core, Release::by_gateway(cause, 500));
    }
    let mut headers = attempt.parts.headers(attempt.local);
    let routes = attempt.routes.into_iter();
    headers.extend(routes.map(|route| (Name::Route, route)));
    let invite = OutgoingInvite {
        to: attempt
            .parts
            .to(attempt.local)
            .unwrap_or_else(|| format!("<{}>", attempt.request_uri)),
        request_uri: attempt.request_uri,
        from: attempt.parts.from(attempt.local),
        headers,
        sdp: call.sdp.sent().map(<[u8]>::to_vec),
        max_forwards: attempt.parts.max_forwards,
        credentials: attempt.credentials,
    };
    let session = core.endpoint.invite(now, attempt.hop, invite);
    core.by_session.insert(session, call.id);
    call.session = Session::Outgoing(session);
    core.timers
        .start(call.id, CallTimer::Answer, now + core.config.timers.answer);
}

fn before_acm(
    call: &mut Call,
    now: Time,
    response: &Message,
    description: Description,
    core: &mut Core,
) {
    let status = response.status().unwrap_or(100);
    if status == 100 {
        return; // 8.2.2
    }
    let early_media = early_media(call, response, description, core);
    core.timers.stop(call.id, CallTimer::T11);
    let profile = &core.trunk(call.group).profile;
    for message in interwork::backward_before_acm(profile, status, early_media) {
        call.send_isup(now, core, message);
    }
    call.state = CallState::IsupToSip(if status == 180 {
        alerting(call, now, core);
        State::Alerting
    } else {
        State::Progressing
    });
}

fn after_acm(
    call: &mut Call,
    now: Time,
    response: &Message,
    description: Description,
    core: &mut Core,
) {
    let status = response.status().unwrap_or(100);
    let early_media = early_media(call, response, description, core);
    if let Some(cpg) = interwork::cpg_from_status(status, early_media) {
        call.send_isup(now, core, Isup::Cpg(cpg));
    }
    if status == 180 {
        call.state = CallState::IsupToSip(State::Alerting);
        alerting(call, now, core);
    }
}

/// 8.2.3: "Upon receipt of a 180 response, the gateway SHOULD generate the ringback tone to be
/// heard by the caller on the PSTN side", unless the SIP side has sound of its own.
fn alerting(call: &mut Call, now: Time, core: &mut Core) {
    call.report_alerting(now, core);
    let tone = core.trunk(call.group).profile.ringing_tone;
    if let Some(tone) = tone
        && !call.ringing
        && !call.sdp.early_mode(false).receives()
    {
        call.ringing = true;
        call.signal(core, TerminationId::A, Some(Signal::RingingTone(tone)));
    }
}

/// The SIP side is about to be heard. (The first sound of it would end the tone too.)
fn end_ringing(call: &mut Call, core: &mut Core) {
    if core::mem::take(&mut call.ringing) {
        call.signal(core, TerminationId::A, None);
    }
}

/// Lets the SIP side be heard if the response holds an answer to our offer.
fn early_media(
    call: &mut Call,
    response: &Message,
    description: Description,
    core: &mut Core,
) -> bool {
    // What is no answer, but stands where one stood, is not for us (RFC 6337 3.1.1).
    if !matches!(description, Description::Answer | Description::Preview) {
        return false;
    }
    if call.sdp.receive_answer(response) != Ok(true) {
        return false;
    }
    let (parameters, mode) = (call.sdp.parameters(), call.sdp.early_mode(false));
    if mode.receives() {
        end_ringing(call, core);
    }
    call.modify(core, TerminationId::B, parameters, mode);
    true
}

fn answered(
    call: &mut Call,
    now: Time,
    response: &Message,
    description: Description,
    core: &mut Core,
) {
    let Session::Outgoing(session) = call.session else {
        return;
    };
    core.timers.stop(call.id, CallTimer::T11);
    core.timers.stop(call.id, CallTimer::Answer);
    call.session = Session::Dialog(session);
    core.endpoint.ack(now, session, None);
    let answer = match description {
        // The answer came in a reliable response, and perhaps another one in an UPDATE.
        Description::Ignored => Ok(false),
        _ => call.sdp.receive_answer(response),
    };
    call.sdp.close_offer();
    // Without SDP in the 200 an early answer holds (RFC 3261 13.2.1); without either there is none.
    if answer.is_err() || call.sdp.parameters().is_none() {
        let cause = gateway_cause(CauseValue::BEARER_CAPABILITY_NOT_IMPLEMENTED);
        return call.release(now, core, Release::by_gateway(cause, 488));
    }
    call.report_answer(now, core);
    let had_acm = !matches!(call.state, CallState::IsupToSip(State::Trying));
    call.state = CallState::IsupToSip(State::Connected);
    end_ringing(call, core);
    call.connect_media(core);
    let answer = interwork::answer_message(&core.trunk(call.group).profile, had_acm);
    call.send_isup(now, core, answer);
}

fn rejected(call: &mut Call, now: Time, status: u16, response: Option<&Message>, core: &mut Core) {
    call.lose_session(core);
    let trunk = core.trunk(call.group);
    let rel = interwork::rel_from_response(&trunk.causes, &trunk.profile, status, response);
    let cause = rel.cause.cause();
    let headers: Vec<(Name, String)> = Vec::new();
    call.release(
        now,
        core,
        Release {
            side: Side::Sip,
            cause,
            status,
            headers,
            rel,
        },
    );
}
