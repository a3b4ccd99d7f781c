//! The pure core: calls on a SIP endpoint.

use crate::address::{self, AddressProblem, Target};
use crate::allowance::Allowance;
use crate::call::{
    CallEvent, CallNumber, CallRequest, CallState, CallStatus, Failure, Leg, Party, ReleasedBy,
};
use crate::config::{ConfigError, ControllerConfig};
use crate::leg::Legs;
use crate::machine::{Action, Call, CallTimer, Input};
use crate::reason::Reason;
use crate::session::Origin;
use crate::store::Store;
use crate::wire::{failure, reason_headers, reasons, sdp};
use core::time::Duration;
use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use trunkline_model::{CauseValue, Time};
use trunkline_sip::endpoint::{
    Endpoint, EndpointConfig, Event, NextHop, OutgoingInvite, Output as SipOutput, SessionId,
    Timer as SipTimer, WrongState,
};
use trunkline_sip::locate::Answer;
use trunkline_sip::{Flow, Quoted, Transport, reason_phrase};

/// What a controller wants done or known.
#[derive(Debug)]
pub enum Output {
    /// A datagram to be sent.
    Transmit {
        /// The local socket to send from.
        local: SocketAddr,
        /// Where to.
        destination: SocketAddr,
        /// The payload.
        data: Vec<u8>,
    },
    /// Something happened to a call.
    Event(CallEvent),
}

/// Why the controller wants [`Controller::handle_timeout`] to be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// A timer of a call.
    Call(CallNumber, CallTimer),
    /// A timer of the SIP endpoint.
    Sip(SipTimer),
    /// A finished call is forgotten.
    Forget,
}

/// Why a call is not placed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The address is missing.
    #[error("no {0} is given")]
    Missing(Party),
    /// No translation rule matches the address.
    #[error("no translation rule matches the {0}")]
    NoRule(Party),
    /// The address, or what the rules make of it, cannot be called.
    #[error("the {party} cannot be called: {problem}")]
    Address {
        /// Whose.
        party: Party,
        /// What the rules made of it, if it came so far.
        translated: Option<String>,
        /// Why.
        problem: AddressProblem,
    },
    /// As many calls as there may be ([`active`](crate::CallLimits::active)).
    #[error("{active} calls are active, which is the most allowed")]
    TooManyCalls {
        /// How many there are.
        active: usize,
    },
    /// More calls in a short time than there may be ([`per_second`](crate::CallLimits::per_second)).
    #[error("too many calls in a short time")]
    TooFast {
        /// When the next is allowed.
        retry_after: Duration,
    },
    /// The controller is stopping.
    #[error("the controller is stopping")]
    Stopping,
}

/// What a controller has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Calls placed.
    pub placed: u64,
    /// Requests refused, for whatever reason.
    pub refused: u64,
    /// Calls whose parties were joined.
    pub connected: u64,
    /// Calls over without a failure.
    pub ended: u64,
    /// Calls over with a failure.
    pub failed: u64,
    /// Datagrams that were no SIP message, or one that could not be processed.
    pub malformed: u64,
    /// INVITEs to the controller, which takes no calls.
    pub foreign_invites: u64,
}

/// The core of the click-to-call server.
///
/// After each call of a method that takes `now`: take all outputs, then ask for the next timeout.
#[derive(Debug)]
pub struct Controller {
    config: ControllerConfig,
    locals: Vec<SocketAddr>,
    endpoint: Endpoint,
    store: Store,
    sessions: BTreeMap<SessionId, (CallNumber, Party)>,
    by_leg: BTreeMap<(CallNumber, Party), SessionId>,
    targets: BTreeMap<(CallNumber, Party), Target>,
    random: StdRng,
    next: u64,
    allowance: Allowance,
    outputs: VecDeque<Output>,
    counters: Counters,
    stopping: bool,
}

impl Controller {
    /// A controller that sends from these local SIP addresses.
    ///
    /// # Errors
    /// The first setting that cannot be served.
    pub fn new(config: ControllerConfig, locals: Vec<SocketAddr>) -> Result<Self, ConfigError> {
        config.check()?;
        let mut random = StdRng::from_seed(config.seed);
        let mut seed = [0; 32];
        random.fill_bytes(&mut seed);
        let mut endpoint = EndpointConfig::new(seed);
        endpoint.user_agent.clone_from(&config.user_agent);
        endpoint.locals = locals
            .iter()
            .map(|&local| (Transport::Udp, local))
            .collect();
        // Two legs a call, and as many strangers that are told 403.
        endpoint.max_sessions = config.limits.active.saturating_mul(4);
        endpoint.max_transactions = config.limits.active.saturating_mul(32).max(1_000);
        Ok(Self {
            store: Store::new(config.limits),
            allowance: Allowance::new(config.limits),
            config,
            locals,
            endpoint: Endpoint::new(endpoint),
            sessions: BTreeMap::new(),
            by_leg: BTreeMap::new(),
            targets: BTreeMap::new(),
            random,
            next: 1,
            outputs: VecDeque::new(),
            counters: Counters::default(),
            stopping: false,
        })
    }

    /// Places a call: the initiator is dialled at once.
    ///
    /// # Errors
    /// Why it is not placed. Nothing was sent then.
    pub fn place(&mut self, now: Time, request: CallRequest) -> Result<CallNumber, Refused> {
        let placed = self.try_place(now, request);
        match placed {
            Ok(_) => self.counters.placed += 1,
            Err(_) => self.counters.refused += 1,
        }
        self.drain_endpoint(now);
        placed
    }

    /// Ends a call. `false` if there is no such call that goes on.
    pub fn hang_up(&mut self, now: Time, call: CallNumber) -> bool {
        let known = self
            .store
            .status(call)
            .is_some_and(|status| !status.state.is_over());
        if known {
            let reason = Reason::q850(CauseValue::NORMAL_CALL_CLEARING);
            self.input(now, call, Input::HangUp(ReleasedBy::User, reason));
            self.drain_endpoint(now);
        }
        known
    }

    /// Ends all calls and takes no more. [`Controller::is_idle`] says when they are over.
    pub fn stop(&mut self, now: Time) {
        self.stopping = true;
        for call in self.store.active_numbers() {
            let reason = Reason::q850(CauseValue::TEMPORARY_FAILURE);
            self.input(now, call, Input::HangUp(ReleasedBy::Controller, reason));
        }
        self.drain_endpoint(now);
    }

    /// Takes a datagram that came to the socket `local`.
    pub fn receive(&mut self, now: Time, local: SocketAddr, source: SocketAddr, data: &[u8]) {
        self.endpoint.receive(now, Flow::udp(local, source), data);
        self.drain_endpoint(now);
    }

    /// The next thing to be done.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Controller::handle_timeout`] is to be called, and why.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        let call = self
            .store
            .next_deadline()
            .map(|(at, timer, call)| (at, Timer::Call(call, timer)));
        let sip = self
            .endpoint
            .poll_timeout()
            .map(|(at, timer)| (at, Timer::Sip(timer)));
        let forget = self.store.next_forgotten().map(|at| (at, Timer::Forget));
        [call, sip, forget]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
    }

    /// Runs the timers that are due.
    pub fn handle_timeout(&mut self, now: Time) {
        while let Some((at, _, number)) = self.store.next_deadline()
            && at <= now
        {
            if let Some(call) = self.store.get_mut(number) {
                call.handle_timeout(now);
            }
            self.perform(now, number);
        }
        self.endpoint.handle_timeout(now);
        self.drain_endpoint(now);
        self.store.forget(now);
    }

    /// A call by its number.
    pub fn status(&self, call: CallNumber) -> Option<&CallStatus> {
        self.store.status(call)
    }

    /// A call by its id.
    pub fn find(&self, id: &str) -> Option<&CallStatus> {
        self.store.number(id).and_then(|call| self.status(call))
    }

    /// The latest calls, the newest first.
    pub fn latest(&self, most: usize) -> Vec<&CallStatus> {
        self.store.latest(most)
    }

    /// Calls whose signaling is not over.
    pub fn active(&self) -> usize {
        self.store.active()
    }

    /// Whether no call and no SIP session is left.
    pub fn is_idle(&self) -> bool {
        self.store.active() == 0 && self.endpoint.sessions() == 0
    }

    /// What was counted.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    fn try_place(&mut self, now: Time, request: CallRequest) -> Result<CallNumber, Refused> {
        if self.stopping {
            return Err(Refused::Stopping);
        }
        let initiator = self.target(Party::Initiator, &request.initiator)?;
        let destination = self.target(Party::Destination, &request.destination)?;
        if self.store.is_full() {
            return Err(Refused::TooManyCalls {
                active: self.store.active(),
            });
        }
        self.allowance
            .take(now)
            .map_err(|retry_after| Refused::TooFast { retry_after })?;

        let number = CallNumber(self.next);
        self.next += 1;
        let status = CallStatus {
            number,
            id: format!("{:032x}", self.random.random::<u128>()),
            state: CallState::CallingInitiator,
            anchored: true,
            initiator: Leg::new(request.initiator, initiator.uri.clone()),
            destination: Leg::new(request.destination, destination.uri.clone()),
            placed: now,
            connected: None,
            ended: None,
            released_by: None,
            reasons: Vec::new(),
            revision: 0,
        };
        let legs = Legs::new(self.origin(&initiator), self.origin(&destination));
        let call = Call::new(
            now,
            status,
            legs,
            self.config.timers,
            self.config.initial_offer,
        );
        self.targets.insert((number, Party::Initiator), initiator);
        self.targets
            .insert((number, Party::Destination), destination);
        self.store.insert(call);
        self.perform(now, number);
        Ok(number)
    }

    fn target(&self, party: Party, address: &str) -> Result<Target, Refused> {
        if address.is_empty() {
            return Err(Refused::Missing(party));
        }
        let proxy = self.config.outbound_proxy;
        address::resolve(address, &self.config.rules, proxy, &self.locals).map_err(
            |(problem, translated)| match problem {
                AddressProblem::NoRule => Refused::NoRule(party),
                problem => Refused::Address {
                    party,
                    translated,
                    problem,
                },
            },
        )
    }

    fn origin(&mut self, target: &Target) -> Origin {
        // 62 bits: some phones read the number as a signed one.
        Origin::new(self.random.random::<u64>() >> 2, target.local.ip())
    }

    fn input(&mut self, now: Time, number: CallNumber, input: Input) {
        if let Some(call) = self.store.get_mut(number) {
            call.handle(now, input);
        }
        self.perform(now, number);
    }

    /// Does what a call wants done, and puts it aside when it is over.
    fn perform(&mut self, now: Time, number: CallNumber) {
        while let Some(action) = self.store.get_mut(number).and_then(Call::poll_action) {
            self.act(now, number, action);
        }
        self.store.settle(now, number);
        if self.store.get_mut(number).is_none() {
            for party in Party::BOTH {
                self.targets.remove(&(number, party));
                if let Some(session) = self.by_leg.remove(&(number, party)) {
                    self.sessions.remove(&session);
                }
            }
        }
    }

    fn act(&mut self, now: Time, number: CallNumber, action: Action) {
        let session = |party| self.by_leg.get(&(number, party)).copied();
        match action {
            Action::Event(kind) => {
                self.count(&kind);
                self.outputs.push_back(Output::Event(CallEvent {
                    call: number,
                    at: now,
                    kind,
                }));
            }
            Action::Invite(party, offer) => self.invite(now, number, party, offer),
            Action::Ack(party, answer) => {
                if let Some(id) = session(party) {
                    self.endpoint.ack(now, id, answer.as_deref());
                }
            }
            Action::Accept(party, description) => {
                if let Some(id) = session(party) {
                    let accepted = self.endpoint.accept(now, id, &[], Some(&description));
                    // A CANCEL was faster; its event follows.
                    let _: Result<(), WrongState> = accepted;
                }
            }
            Action::Reject(party, status) => {
                if let Some(id) = session(party) {
                    let phrase = reason_phrase(status);
                    let rejected = self.endpoint.reject(now, id, status, phrase, &[]);
                    let _: Result<(), WrongState> = rejected;
                }
            }
            Action::Cancel(party, reasons) => {
                if let Some(id) = session(party) {
                    self.endpoint.cancel(now, id, &reason_headers(&reasons));
                }
            }
            Action::Bye(party, reasons) => {
                if let Some(id) = session(party) {
                    self.endpoint.bye(now, id, &reason_headers(&reasons));
                }
            }
            Action::Reinvite(party, offer) => {
                if let Some(id) = session(party) {
                    let sent = self.endpoint.reinvite(now, id, offer, &[]);
                    if let Err(problem) = sent {
                        self.reinvite_failed(now, number, party, problem);
                    }
                }
            }
        }
    }

    /// A re-INVITE that the endpoint could not even send is as one that was refused.
    fn reinvite_failed(
        &mut self,
        now: Time,
        number: CallNumber,
        party: Party,
        problem: WrongState,
    ) {
        let status = match problem {
            WrongState::InvitePending(_) => 491,
            _ => 500,
        };
        let failure = Failure {
            status,
            phrase: reason_phrase(status).to_owned(),
            reasons: Vec::new(),
        };
        if let Some(call) = self.store.get_mut(number) {
            call.handle(now, Input::ReinviteRejected(party, failure));
        }
    }

    fn invite(&mut self, now: Time, number: CallNumber, party: Party, offer: Option<Vec<u8>>) {
        let (Some(target), Some(other)) = (
            self.targets.get(&(number, party)),
            self.targets.get(&(number, party.other())),
        ) else {
            return;
        };
        let from = match party {
            // The phone shows whom it is about to talk to.
            Party::Initiator => {
                let own = format!("sip:clicktocall@{}", target.local);
                let identity = self.config.identity.as_deref().unwrap_or(&own);
                let display = format!("Click-To-Call: {}", other.user);
                format!("{} <{identity}>", Quoted(&display))
            }
            // The landline sees who calls.
            Party::Destination => format!("<{}>", other.uri),
        };
        let invite = OutgoingInvite {
            request_uri: target.uri.clone(),
            from,
            to: format!("<{}>", target.uri),
            headers: Vec::new(),
            sdp: offer,
            max_forwards: MAX_FORWARDS,
            credentials: None,
        };
        let hop = NextHop::Flow(Flow::udp(target.local, target.destination));
        let id = self.endpoint.invite(now, hop, invite);
        self.sessions.insert(id, (number, party));
        self.by_leg.insert((number, party), id);
    }

    fn drain_endpoint(&mut self, now: Time) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                SipOutput::Transmit { flow, data, .. } => {
                    self.outputs.push_back(Output::Transmit {
                        local: flow.local,
                        destination: flow.remote,
                        data,
                    });
                }
                SipOutput::Resolve(question) => {
                    self.endpoint.resolved(now, &question, &Answer::None);
                }
                SipOutput::Event(event) => self.event(now, event),
            }
        }
    }

    fn event(&mut self, now: Time, event: Event) {
        let id = event.session();
        let party = id.and_then(|id| self.sessions.get(&id).copied());
        let Some((number, party)) = party else {
            self.stranger(now, &event);
            return;
        };
        let input = match event {
            Event::Provisional { .. } => Input::Provisional(party),
            Event::Answered { response, .. } => Input::Answered(party, sdp(&response)),
            Event::Rejected {
                response, status, ..
            } => Input::Rejected(party, failure(response.as_ref(), status)),
            Event::ReinviteRejected {
                response, status, ..
            } => Input::ReinviteRejected(party, failure(response.as_ref(), status)),
            Event::Reinvite { request, .. } => Input::Reinvite(party, sdp(&request)),
            Event::ReinviteCancelled { .. } => Input::ReinviteCancelled(party),
            Event::Acked { request, .. } => Input::Acked(party, sdp(&request)),
            Event::Bye { request, .. } => Input::Bye(party, reasons(&request)),
            Event::AckTimeout { .. }
            | Event::PrackTimeout { .. }
            | Event::Ended { .. }
            | Event::Cancelled { .. } => Input::Ended(party),
            // None belongs to a session of ours, or is served.
            Event::Invite { .. }
            | Event::Pracked { .. }
            | Event::Update { .. }
            | Event::UpdateAccepted { .. }
            | Event::SessionExpired { .. }
            | Event::Refreshed { .. }
            | Event::UpdateRejected { .. }
            | Event::Malformed { .. }
            | Event::NotServed { .. }
            | Event::Notified { .. }
            | Event::Request { .. }
            | Event::Response { .. } => return,
        };
        self.input(now, number, input);
    }

    /// What belongs to no call.
    fn stranger(&mut self, now: Time, event: &Event) {
        match event {
            Event::Invite { id, .. } => {
                self.counters.foreign_invites += 1;
                let phrase = reason_phrase(FORBIDDEN);
                // It is there: its event has just come.
                let _ = self.endpoint.reject(now, *id, FORBIDDEN, phrase, &[]);
            }
            Event::Malformed { .. } => self.counters.malformed += 1,
            // A 2xx of a leg that was forgotten.
            Event::Answered { id, .. } => {
                self.endpoint.ack(now, *id, None);
                self.endpoint.bye(now, *id, &[]);
            }
            _ => {}
        }
    }

    fn count(&mut self, kind: &crate::CallEventKind) {
        use crate::CallEventKind as Kind;
        match kind {
            Kind::Call(CallState::Connected) => self.counters.connected += 1,
            Kind::Over { state, .. } if *state == CallState::Failed => self.counters.failed += 1,
            Kind::Over { .. } => self.counters.ended += 1,
            Kind::Call(_) | Kind::Leg { .. } => {}
        }
    }
}

/// Max-Forwards of a new request (RFC 3261 8.1.1.6).
const MAX_FORWARDS: u8 = 70;

/// What who calls the controller is told.
const FORBIDDEN: u16 = 403;

#[cfg(test)]
mod tests;
