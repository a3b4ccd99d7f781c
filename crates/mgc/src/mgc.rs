//! [`Mgc`]: takes inputs, finds the call that each belongs to, drains its cores.

use crate::admission::Admission;
use crate::call::{Call, Pending, State};
use crate::config::{Config, ConfigError, SipPeer, Target};
use crate::connected;
use crate::core::Core;
use crate::event::{CallEvent, CallTimer, Direction, Input, Output, Refusal, SipEvent, Timer};
use crate::peers::PeerState;
use crate::users::Users;
use crate::{isup_to_sip, sip_to_isup};
use std::collections::BTreeMap;
use trunkline_interwork as interwork;
use trunkline_isup::{
    Census, CircuitState, CircuitTable, Indication, Message as Isup, Output as CircuitOutput,
    Request,
};
use trunkline_model::media::{MediaEvent, MediaReply, MediaResult};
use trunkline_model::{CallId, CauseValue, CircuitId, Time, TrunkGroupId};
use trunkline_sip::endpoint::{
    Endpoint, Event as Sip, Output as SipOutput, SessionId, TransactionId,
};
use trunkline_sip::{Flow, Message, Method, Name};

/// What the call machines are told.
#[derive(Debug)]
pub(crate) enum Event {
    /// Both terminations stand.
    MediaReady,
    /// The MGW refused a command.
    MediaFailed,
    Isup(Indication),
    Sip(Sip),
    Timer(CallTimer),
    /// The call may look for another circuit.
    Reattempt,
    Shutdown,
}

/// What all calls of an MGC hold together: a call that ends must give everything back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// SIP sessions.
    pub sessions: usize,
    /// Circuits.
    pub circuits: usize,
    /// Media commands that wait for their reply.
    pub transactions: usize,
    /// Running timers of the call machines.
    pub timers: usize,
}

/// The media gateway controller; see the crate's documentation.
#[derive(Debug)]
pub struct Mgc {
    calls: BTreeMap<CallId, Call>,
    core: Core,
    next_call: u64,
    shutting_down: bool,
}

impl Mgc {
    /// A controller without calls. Circuits come into use once MTP-RESUME came for their
    /// destination and they were reset.
    ///
    /// # Errors
    ///
    /// If routes lead nowhere, or the circuits of two trunk groups are the same.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        if config.endpoint.locals.is_empty() {
            return Err(ConfigError::NoLocalAddress);
        }
        for (position, trunk) in config.trunk_groups.iter().enumerate() {
            let expected = u16::try_from(position).unwrap_or(u16::MAX);
            if trunk.circuits.id.0 != expected {
                return Err(ConfigError::GroupId(trunk.circuits.id, expected));
            }
        }
        for target in config.routes.targets() {
            match *target {
                Target::TrunkGroup(group) if usize::from(group.0) >= config.trunk_groups.len() => {
                    return Err(ConfigError::NoSuchTrunkGroup(
                        group.0,
                        config.trunk_groups.len(),
                    ));
                }
                Target::SipPeer(peer) if peer >= config.peers.len() => {
                    return Err(ConfigError::NoSuchPeer(peer, config.peers.len()));
                }
                _ => {}
            }
        }
        let circuits = config
            .trunk_groups
            .iter()
            .map(|trunk| trunk.circuits.clone())
            .collect();
        let circuits = CircuitTable::new(circuits)?;
        let mut endpoint = config.endpoint.clone();
        if !endpoint.methods.contains(&Method::Update) {
            endpoint.methods.push(Method::Update);
        }
        let endpoint = Endpoint::new(endpoint);
        let core = Core::new(config, endpoint, circuits);
        Ok(Self {
            calls: BTreeMap::new(),
            core,
            next_call: 1,
            shutting_down: false,
        })
    }

    /// Serves users: answers REGISTER, which must be among the methods of the endpoint, and takes
    /// their calls.
    pub fn serve(&mut self, users: Users) {
        self.core.users = Some(Box::new(users));
    }

    /// The SIP peers of the configuration, and how they are.
    pub fn peers(&self) -> impl Iterator<Item = (&SipPeer, PeerState)> {
        self.core.config.peers.iter().zip(self.core.peers.states())
    }

    /// The users, if there are any.
    pub fn users(&self) -> Option<&Users> {
        self.core.users.as_deref()
    }

    /// Takes one input. Call [`Mgc::poll_output`] until it is empty afterwards.
    pub fn handle(&mut self, now: Time, input: Input<'_>) {
        match input {
            Input::Sip { flow, data } => self.core.endpoint.receive(now, flow, data),
            Input::Undelivered(flow) => self.core.endpoint.undelivered(now, &flow),
            Input::Opened { flow, domains } => {
                let peers = &self.core.config.peers;
                self.core.peers.opened(peers, &flow, domains);
            }
            Input::Closed(flow) => {
                self.core.endpoint.undelivered(now, &flow);
                self.core.peers.closed(now, &flow);
                if let (Some(users), Some(connection)) = (&mut self.core.users, flow.connection) {
                    users.connection_closed(connection);
                }
            }
            Input::Resolved(question, answer) => {
                self.core.endpoint.resolved(now, &question, &answer);
            }
            Input::Mtp(indication) => {
                self.core
                    .circuits
                    .handle(now, trunkline_isup::Input::Mtp(indication));
            }
            Input::Media(event) => self.media(now, event),
            Input::Shutdown => {
                self.shutting_down = true;
                self.core.peers.stop(now);
                let calls: Vec<CallId> = self.calls.keys().copied().collect();
                for call in calls {
                    self.tell(now, call, Event::Shutdown);
                }
            }
        }
        self.drain(now);
    }

    /// Runs the timers that have run out by `now`.
    pub fn handle_timeout(&mut self, now: Time) {
        if self
            .core
            .endpoint
            .poll_timeout()
            .is_some_and(|(at, _)| at <= now)
        {
            self.core.endpoint.handle_timeout(now);
        }
        if self
            .core
            .circuits
            .poll_timeout()
            .is_some_and(|(at, _)| at <= now)
        {
            self.core.circuits.handle_timeout(now);
        }
        if let Some(users) = &mut self.core.users {
            users.handle_timeout(now);
        }
        let (peers, endpoint) = (&self.core.config.peers, &mut self.core.endpoint);
        self.core.peers.handle_timeout(now, peers, endpoint);
        self.drain(now);
        while let Some((call, timer)) = self.core.timers.expire(now) {
            self.tell(now, call, Event::Timer(timer));
            self.drain(now);
        }
    }

    /// The next thing to do, if there is one.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.core.out.pop_front()
    }

    /// When [`Mgc::handle_timeout`] must be called, and for what.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        let sip = self
            .core
            .endpoint
            .poll_timeout()
            .map(|(at, _)| (at, Timer::Sip));
        let circuit = self
            .core
            .circuits
            .poll_timeout()
            .map(|(at, _)| (at, Timer::Circuit));
        let call = self
            .core
            .timers
            .next()
            .map(|(at, timer)| (at, Timer::Call(timer)));
        let users = self.core.users.as_ref();
        let users = users.and_then(|users| users.poll_timeout());
        let users = users.map(|at| (at, Timer::Users));
        let peers = self.core.peers.poll_timeout();
        let peers = peers.map(|at| (at, Timer::Peers));
        [sip, circuit, users, peers, call]
            .into_iter()
            .flatten()
            .min()
    }

    /// Calls that are not wholly over.
    pub fn calls(&self) -> usize {
        self.calls.len()
    }

    /// The calls that are not wholly over, in the order in which they began.
    pub fn each_call(&self) -> impl Iterator<Item = &Call> {
        self.calls.values()
    }

    /// What calls hold in all; nothing when there are none.
    pub fn holdings(&self) -> Holdings {
        Holdings {
            sessions: self.core.by_session.len(),
            circuits: self.core.by_circuit.len(),
            transactions: self.core.by_transaction.len(),
            timers: self.core.timers.len(),
        }
    }

    /// Circuits of a trunk group by state.
    pub fn census(&self, group: TrunkGroupId) -> Census {
        self.core.circuits.census(group)
    }

    /// The state of a circuit.
    pub fn circuit(&self, circuit: CircuitId) -> Option<CircuitState> {
        self.core.circuits.state(circuit)
    }

    /// SIP sessions and transactions that are not wholly over.
    pub fn sip_load(&self) -> (usize, usize) {
        (
            self.core.endpoint.sessions(),
            self.core.endpoint.transactions(),
        )
    }

    /// Whether no call and no registration of ours is left: after [`Input::Shutdown`] the process may end.
    pub fn is_idle(&self) -> bool {
        self.calls.is_empty() && self.core.peers.is_idle()
    }

    /// Blocks or unblocks a circuit for maintenance (Q.764 2.8.2), or resets it.
    ///
    /// # Errors
    ///
    /// If there is no such circuit.
    pub fn maintain(
        &mut self,
        now: Time,
        circuit: CircuitId,
        request: Request,
    ) -> Result<(), ConfigError> {
        if self.core.circuits.state(circuit).is_none() {
            return Err(ConfigError::NoSuchCircuit(circuit));
        }
        self.core.request(now, circuit, request);
        self.drain(now);
        Ok(())
    }

    /// Empties the queues of the cores below, which may fill each other's.
    fn drain(&mut self, now: Time) {
        loop {
            let (peers, endpoint) = (&self.core.config.peers, &mut self.core.endpoint);
            if let Some(event) = self.core.peers.poll(now, peers, endpoint) {
                self.core.event(CallEvent::Sip(event));
            } else if let Some(output) = self.core.endpoint.poll_output() {
                match output {
                    SipOutput::Transmit { flow, name, data } => {
                        self.core.out.push_back(Output::Sip { flow, name, data });
                    }
                    SipOutput::Resolve(question) => {
                        self.core.out.push_back(Output::Resolve(question));
                    }
                    SipOutput::Event(event) => self.sip(now, event),
                }
            } else if let Some(output) = self.core.circuits.poll_output() {
                self.circuit_output(now, output);
            } else if let Some(call) = self.core.reattempts.pop_front() {
                self.tell(now, call, Event::Reattempt);
            } else {
                return;
            }
        }
    }

    fn sip(&mut self, now: Time, event: Sip) {
        match event {
            Sip::Invite { id, request, flow } => self.invite(now, id, &request, flow),
            Sip::NotServed { flow, reason } => {
                self.core.event(CallEvent::NotServed { flow, reason });
            }
            Sip::Request {
                id,
                session: None,
                request,
                flow,
            } if request.method() == Some(Method::Register) => {
                self.register(now, id, &request, flow);
            }
            Sip::Response {
                id,
                session: None,
                response,
                status,
            } => {
                let peers = &mut self.core.peers;
                peers.response(now, id, response.as_ref(), status);
            }
            Sip::Malformed {
                flow,
                error,
                answered,
            } => {
                self.core.event(CallEvent::MalformedSip {
                    flow,
                    error,
                    answered,
                });
            }
            event => {
                let call = event.session().and_then(|id| self.core.by_session.get(&id));
                if let Some(&call) = call {
                    self.tell(now, call, Event::Sip(event));
                }
            }
        }
    }

    fn invite(&mut self, now: Time, session: SessionId, request: &Message, flow: Flow) {
        let admitted = self
            .core
            .config
            .admitted
            .iter()
            .any(|range| range.contains(flow.remote.ip()));
        let peers = &self.core.config.peers;
        let peer = self.core.peers.of(peers, &flow);
        let admitted = admitted || peer.is_some();
        let users = self.core.users.as_mut();
        let user = users
            .filter(|users| !admitted || users.claims(request))
            .map(|users| users.admit(now, request));
        let is_user = user == Some(Admission::Admitted);
        let of_peer = peer.filter(|_| user.is_none());
        let of_peer = of_peer.map(|peer| self.core.peers.admit(now, peers, peer, request));
        let user = user.or(of_peer);
        if let Some(Admission::Challenge(headers)) = &user {
            return self.core.reject(now, session, 401, headers);
        }
        if user == Some(Admission::Refused) {
            let source = flow.remote.ip();
            self.core.endpoint.authentication_failed(now, source);
        }
        // Who proves to be a user is not asked where from.
        let outcome = if user == Some(Admission::Malformed) {
            Err((400, Refusal::Unusable, None))
        } else if user == Some(Admission::Refused) {
            Err((403, Refusal::WrongCredentials, None))
        } else if !admitted && !is_user {
            Err((403, Refusal::NotAdmitted, None))
        } else if self.shutting_down || self.calls.len() >= self.core.config.max_calls {
            Err((
                503,
                Refusal::Overload,
                Some(CauseValue::SWITCHING_EQUIPMENT_CONGESTION),
            ))
        } else {
            let id = self.new_call();
            sip_to_isup::start(now, id, (session, request, flow), is_user, &mut self.core)
                .map_err(|refused| (refused.status, refused.refusal, refused.cause))
        };
        match outcome {
            Ok(call) => {
                call.watch_mgw(now, &mut self.core, false);
                self.calls.insert(call.id, call);
            }
            Err((status, refusal, cause)) => self.refuse(now, session, status, refusal, cause),
        }
    }

    fn register(&mut self, now: Time, id: TransactionId, request: &Message, flow: Flow) {
        let Some(users) = &mut self.core.users else {
            // Configuration has it that nobody asks for what is not served.
            let _ = self.core.endpoint.respond(now, id, 405, "", &[], None);
            return;
        };
        let reply = users.register(now, request, &flow);
        if reply.refusal.is_some() {
            let source = flow.remote.ip();
            self.core.endpoint.authentication_failed(now, source);
        }
        // A request is answered once: this is the one time.
        let _ =
            self.core
                .endpoint
                .respond(now, id, reply.status, reply.reason, &reply.headers, None);
        let event = SipEvent::Register {
            flow,
            status: reply.status,
        };
        self.core.event(CallEvent::Sip(event));
    }

    fn refuse(
        &mut self,
        now: Time,
        session: SessionId,
        status: u16,
        refusal: Refusal,
        cause: Option<CauseValue>,
    ) {
        let mut headers = Vec::new();
        if let Some(value) = cause {
            let reason = interwork::reason_header(sip_to_isup::gateway_cause(value));
            headers.push((Name::Reason, reason));
        }
        // It stops everything that the peer would send us (RFC 3261 21.5.4): where one trunk group
        // has no circuit, it would cost the calls to all others.
        if refusal == Refusal::Overload {
            headers.push((Name::RetryAfter, "5".to_owned()));
        }
        self.core.reject(now, session, status, &headers);
        self.core.event(CallEvent::Refused {
            direction: Direction::SipToIsup,
            refusal,
            cause: sip_to_isup::gateway_cause(cause.unwrap_or(CauseValue::INTERWORKING)),
            status: Some(status),
        });
    }

    fn circuit_output(&mut self, now: Time, output: CircuitOutput) {
        match output {
            CircuitOutput::Mtp(transfer) => self.core.out.push_back(Output::Mtp(transfer)),
            CircuitOutput::Call(circuit, indication) => self.indication(now, circuit, indication),
            CircuitOutput::State(circuit, state) => {
                self.core.event(CallEvent::Circuit { circuit, state });
            }
            CircuitOutput::Discarded { opc, cic, reason } => {
                self.core
                    .event(CallEvent::DiscardedIsup { opc, cic, reason });
            }
            CircuitOutput::Alarm(circuit, alarm) => {
                self.core.event(CallEvent::CircuitAlarm { circuit, alarm });
            }
            CircuitOutput::Destination(destination, event) => {
                self.core
                    .event(CallEvent::Destination { destination, event });
            }
        }
    }

    fn indication(&mut self, now: Time, circuit: CircuitId, indication: Indication) {
        match (self.core.by_circuit.get(&circuit).copied(), indication) {
            (None, Indication::Message(Isup::Iam(iam))) => self.iam(now, circuit, iam),
            (Some(call), indication) => self.tell(now, call, Event::Isup(indication)),
            (None, _) => {}
        }
    }

    fn iam(&mut self, now: Time, circuit: CircuitId, iam: trunkline_isup::Iam) {
        let Some(group) = self.core.circuits.group_of(circuit) else {
            return;
        };
        let outcome = if self.shutting_down || self.calls.len() >= self.core.config.max_calls {
            let cause = sip_to_isup::gateway_cause(CauseValue::SWITCHING_EQUIPMENT_CONGESTION);
            Err(isup_to_sip::Refused {
                cause,
                refusal: Refusal::Overload,
            })
        } else {
            let id = self.new_call();
            isup_to_sip::start(now, id, circuit, group, iam, &mut self.core)
        };
        match outcome {
            Ok(call) => {
                call.watch_mgw(now, &mut self.core, false);
                self.calls.insert(call.id, call);
            }
            Err(isup_to_sip::Refused { cause, refusal }) => {
                self.core
                    .request(now, circuit, Request::Release(interwork::rel(cause)));
                let direction = Direction::IsupToSip;
                self.core.event(CallEvent::Refused {
                    direction,
                    refusal,
                    cause,
                    status: None,
                });
            }
        }
    }

    fn media(&mut self, now: Time, event: MediaEvent) {
        // What terminations report is counted by the shell; the machines need none of it yet.
        let MediaEvent::Reply(MediaReply {
            transaction,
            result,
        }) = event
        else {
            return;
        };
        let Some(id) = self.core.by_transaction.remove(&transaction) else {
            return;
        };
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(position) = call
            .pending
            .iter()
            .position(|(pending, _)| *pending == transaction)
        else {
            return;
        };
        let (_, pending) = call.pending.remove(position);
        call.watch_mgw(now, &mut self.core, true);
        let event = match (pending, result) {
            (Pending::AddSip, Ok(MediaResult::Added(local))) => {
                call.sdp.set_local(local);
                None
            }
            (Pending::Subtract, Ok(MediaResult::Subtracted(statistics))) => {
                call.statistics = statistics;
                None
            }
            // A caller who hears no ringing tone is better off than one whose call ends.
            (Pending::Subtract | Pending::Signal, Err(_)) | (_, Ok(_)) => None,
            (_, Err(_)) => Some(Event::MediaFailed),
        };
        let reserving = call
            .pending
            .iter()
            .any(|(_, pending)| matches!(pending, Pending::AddSip | Pending::AddCircuit));
        let added = matches!(pending, Pending::AddSip | Pending::AddCircuit) && !reserving;
        match event {
            Some(event) => self.tell(now, id, event),
            None if added => self.tell(now, id, Event::MediaReady),
            None => self.end_if_over(id),
        }
    }

    fn tell(&mut self, now: Time, id: CallId, event: Event) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        match call.state {
            State::SipToIsup(_) => sip_to_isup::handle(call, now, event, &mut self.core),
            State::IsupToSip(_) => isup_to_sip::handle(call, now, event, &mut self.core),
            State::Releasing => connected::releasing(call, now, event, &mut self.core),
        }
        call.watch_mgw(now, &mut self.core, false);
        self.end_if_over(id);
    }

    fn end_if_over(&mut self, id: CallId) {
        if self.calls.get(&id).is_some_and(Call::is_over)
            && let Some(call) = self.calls.remove(&id)
        {
            self.core.timers.stop_all(id);
            self.core.event(CallEvent::Ended {
                call: id,
                statistics: call.statistics,
            });
        }
    }

    const fn new_call(&mut self) -> CallId {
        let id = CallId(self.next_call);
        self.next_call += 1;
        id
    }
}
