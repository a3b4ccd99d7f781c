//! A SIP telephone: rings, answers, speaks, listens, hangs up, and calls when told to.
//!
//! [`Phone`] is the pure core; [`crate::spawn_phone`] gives it sockets and a clock.

mod call;
mod config;
mod event;
mod line;

pub use config::{Extension, PhoneAnswers, PhoneBehaviour, PhoneConfig, PhoneRefuses};
pub use event::{Event, PhoneCall, Why};

use crate::chance::Chance;
use crate::sound::Sound;
use crate::wakeups::Wakeups;
use call::{Call, Final, Plan, State};
use core::time::Duration;
use line::Line;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use trunkline_model::Time;
use trunkline_sip::sdp::{self, Capabilities, Direction, SessionDescription};
use trunkline_sip::uri::{EscapedUser, Uri};
use trunkline_sip::{
    Endpoint, EndpointConfig, Event as Sip, Message, Name, OutgoingInvite, Output as SipOutput,
    Quoted, SessionId, endpoint, reason_phrase,
};

/// A telephone.
#[derive(Debug)]
pub struct Phone {
    config: PhoneConfig,
    capabilities: Capabilities,
    local: SocketAddr,
    endpoint: Endpoint,
    calls: BTreeMap<SessionId, Call>,
    /// Ports for sound that no call uses, the longest unused first.
    free: VecDeque<SocketAddr>,
    /// Whose packets come to which port.
    ports: BTreeMap<SocketAddr, SessionId>,
    wakeups: Wakeups<(SessionId, Due)>,
    outputs: VecDeque<Output>,
    chance: Chance,
    next_call: u64,
}

/// What a telephone is given.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A datagram came to its SIP socket.
    Sip {
        /// Who sent it.
        source: SocketAddr,
        /// The payload.
        data: &'a [u8],
    },
    /// A datagram came to one of its ports for sound.
    Rtp {
        /// Which one.
        local: SocketAddr,
        /// The payload.
        data: &'a [u8],
    },
    /// Nothing could be sent there.
    Unreachable {
        /// The destination.
        destination: SocketAddr,
    },
}

/// What a telephone wants done or known.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// A datagram from its SIP socket.
    Sip {
        /// Where to.
        destination: SocketAddr,
        /// The payload.
        data: Vec<u8>,
    },
    /// A datagram from one of its ports for sound.
    Rtp {
        /// Which one.
        local: SocketAddr,
        /// Where to.
        destination: SocketAddr,
        /// The payload.
        data: Vec<u8>,
    },
    /// Something happened.
    Event(Event),
}

/// Why a telephone wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// A timer of SIP.
    Sip(endpoint::Timer),
    /// A call takes its next step: rings, answers, refuses, hangs up.
    Step,
    /// A packet of sound is due.
    Audio,
}

/// A call to be placed.
#[derive(Clone, Debug, PartialEq)]
pub struct OutgoingCall {
    /// The Request-URI and To.
    pub uri: String,
    /// Where the INVITE goes.
    pub destination: SocketAddr,
    /// Further headers.
    pub headers: Vec<(Name, String)>,
    /// Whether the INVITE carries an offer; otherwise the other side makes it.
    pub offer: bool,
    /// From the answer to the BYE; `None` leaves that to the other side.
    pub hold: Option<Duration>,
    /// How long to wait for the answer before CANCEL; `None` for as long as SIP does.
    pub patience: Option<Duration>,
    /// What to say; `None` for what the telephone always says.
    pub plays: Option<Sound>,
}

impl OutgoingCall {
    /// A call with an offer that lasts until somebody hangs up.
    pub fn new(uri: impl Into<String>, destination: SocketAddr) -> Self {
        Self {
            uri: uri.into(),
            destination,
            headers: Vec::new(),
            offer: true,
            hold: None,
            patience: None,
            plays: None,
        }
    }
}

/// All ports for sound are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the telephone is busy: all its ports for sound are in use")]
pub struct Busy;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Step,
    Audio,
}

impl Phone {
    /// A telephone with a SIP socket at `local` and ports for sound at `rtp`, one for each call
    /// that it can have at a time.
    pub fn new(config: PhoneConfig, local: SocketAddr, rtp: Vec<SocketAddr>) -> Self {
        let mut chance = Chance::new(config.seed);
        let mut endpoint = EndpointConfig::new(chance.seed());
        endpoint.timers = config.timers;
        endpoint.user_agent = "Trunkline-Simulator".into();
        Self {
            capabilities: config.capabilities(),
            config,
            local,
            endpoint: Endpoint::new(endpoint),
            calls: BTreeMap::new(),
            free: rtp.into(),
            ports: BTreeMap::new(),
            wakeups: Wakeups::new(),
            outputs: VecDeque::new(),
            chance,
            next_call: 1,
        }
    }

    /// Takes an input.
    pub fn handle(&mut self, now: Time, input: Input<'_>) {
        match input {
            Input::Sip { source, data } => self.endpoint.receive(now, self.local, source, data),
            Input::Rtp { local, data } => {
                if let Some(id) = self.ports.get(&local)
                    && let Some(call) = self.calls.get_mut(id)
                {
                    call.line.receive(now, data);
                }
                return;
            }
            Input::Unreachable { destination } => self.endpoint.unreachable(now, destination),
        }
        self.drain(now);
    }

    /// Places a call.
    ///
    /// # Errors
    /// [`Busy`] if there is no port for its sound.
    pub fn call(&mut self, now: Time, call: OutgoingCall) -> Result<PhoneCall, Busy> {
        let port = self.free.pop_front().ok_or(Busy)?;
        let mut line = Line::new(
            port,
            call.plays.unwrap_or(self.config.plays),
            &mut self.chance,
        );
        let offered = call.offer.then(|| {
            let version = line.next_version();
            sdp::offer(port, &self.capabilities, Direction::SendRecv, version)
        });
        let invite = OutgoingInvite {
            request_uri: call.uri.clone(),
            from: self.identity(),
            to: format!("<{}>", call.uri),
            headers: call.headers,
            sdp: offered.as_ref().map(|offer| offer.to_string().into_bytes()),
            max_forwards: 70,
        };
        let id = self
            .endpoint
            .invite(now, self.local, call.destination, invite);
        let number = self.next_number();
        self.event(Event::Calling {
            call: number,
            request_uri: call.uri,
        });
        self.calls.insert(
            id,
            Call {
                number,
                state: State::Calling,
                line,
                offered,
                answer: None,
                answered_at: None,
                hold: call.hold,
            },
        );
        self.ports.insert(port, id);
        self.wakeups.set(
            (id, Due::Step),
            call.patience.map(|patience| now + patience),
        );
        self.drain(now);
        Ok(number)
    }

    /// Hangs up, refuses or gives up, as the call stands. Unknown calls are left alone.
    pub fn hang_up(&mut self, now: Time, call: PhoneCall) {
        let id = self
            .calls
            .iter()
            .find(|(_, c)| c.number == call)
            .map(|(&id, _)| id);
        if let Some(id) = id {
            self.bye(now, id, Why::HungUp);
            self.drain(now);
        }
    }

    /// Hangs up all calls.
    pub fn hang_up_all(&mut self, now: Time) {
        while let Some((&id, _)) = self.calls.first_key_value() {
            self.bye(now, id, Why::HungUp);
        }
        self.drain(now);
    }

    /// The next output; `None` when all has been taken.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`Phone::handle_timeout`], and why.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        let own = self.wakeups.first().map(|(at, (_, due))| match due {
            Due::Step => (at, Timer::Step),
            Due::Audio => (at, Timer::Audio),
        });
        let sip = self
            .endpoint
            .poll_timeout()
            .map(|(at, timer)| (at, Timer::Sip(timer)));
        match (own, sip) {
            (Some(own), Some(sip)) => Some(if sip.0 < own.0 { sip } else { own }),
            (own, sip) => own.or(sip),
        }
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Time) {
        self.endpoint.handle_timeout(now);
        self.drain(now);
        while let Some((at, (id, due))) = self.wakeups.due(now) {
            match due {
                Due::Step => {
                    self.step(now, id);
                    self.drain(now);
                }
                Due::Audio => self.packet(now, at, id),
            }
        }
    }

    /// Calls that are not over.
    pub fn active_calls(&self) -> usize {
        self.calls.len()
    }

    /// Ports for sound that no call uses.
    pub fn free_ports(&self) -> usize {
        self.free.len()
    }

    /// SIP sessions that are not over; some outlive their call by the answer to a BYE.
    pub fn sessions(&self) -> usize {
        self.endpoint.sessions()
    }

    /// SIP transactions that are not over.
    pub fn transactions(&self) -> usize {
        self.endpoint.transactions()
    }

    /// Its SIP address.
    pub const fn local(&self) -> SocketAddr {
        self.local
    }

    /// Handles all that the endpoint has to say.
    fn drain(&mut self, now: Time) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                SipOutput::Transmit {
                    destination, data, ..
                } => {
                    self.outputs.push_back(Output::Sip { destination, data });
                }
                SipOutput::Event(event) => self.on_event(now, event),
            }
        }
    }

    fn on_event(&mut self, now: Time, event: Sip) {
        match event {
            Sip::Invite { id, request, .. } => self.on_invite(now, id, &request),
            Sip::Reinvite { id, request } => self.on_reinvite(now, id, &request),
            Sip::Acked { id, request } => self.on_ack(now, id, &request),
            Sip::Provisional { id, response } => self.on_provisional(now, id, &response),
            Sip::Answered { id, response } => self.on_answered(now, id, &response),
            Sip::Cancelled { id, request } => {
                self.end(
                    now,
                    id,
                    Why::Cancelled {
                        reason: reason(&request),
                    },
                );
            }
            Sip::Bye { id, request } => self.end(
                now,
                id,
                Why::Bye {
                    reason: reason(&request),
                },
            ),
            Sip::AckTimeout { id } => self.end(now, id, Why::NoAck),
            Sip::Rejected {
                id,
                response,
                status,
            } => {
                let reason = response.as_ref().and_then(reason);
                self.end(now, id, Why::Rejected { status, reason });
            }
            // Our own BYE and CANCEL ended the call when they were sent; whatever else ends a
            // session without a word was our doing too.
            Sip::Ended { id } => self.end(now, id, Why::HungUp),
            Sip::ReinviteCancelled { .. } | Sip::ReinviteRejected { .. } => {}
            Sip::Malformed { source, error, .. } => {
                self.event(Event::Malformed {
                    source,
                    error: error.to_string(),
                });
            }
        }
    }

    fn on_invite(&mut self, now: Time, id: SessionId, request: &Message) {
        let request_uri = request.request_uri().unwrap_or_default();
        let number = self.next_number();
        self.event(Event::Incoming {
            call: number,
            request_uri: request_uri.to_owned(),
            from: request.header(Name::From).unwrap_or_default().to_owned(),
        });
        let Some(port) = self.free.pop_front() else {
            self.refuse(now, id, number, 486);
            return;
        };
        let mut line = Line::new(port, self.config.plays, &mut self.chance);
        let answer = match request.sdp().map(|offer| self.answer(&mut line, offer)) {
            Some(Err(status)) => {
                self.free.push_front(port);
                self.refuse(now, id, number, status);
                return;
            }
            Some(Ok(answer)) => Some(answer),
            None => None,
        };
        let plan = Plan::new(self.config.behaviour(&user(request_uri), &mut self.chance));
        let state = match plan.ring_after {
            Some(_) => State::Invited(plan),
            None => State::Ringing(plan.then.map(|(_, then)| then)),
        };
        let first = plan.ring_after.or(plan.then.map(|(after, _)| after));
        self.wakeups
            .set((id, Due::Step), first.map(|after| now + after));
        self.ports.insert(port, id);
        self.calls.insert(
            id,
            Call {
                number,
                state,
                line,
                offered: None,
                answer,
                answered_at: None,
                hold: None,
            },
        );
    }

    /// The answer to an offer, or the status that it deserves.
    fn answer(&self, line: &mut Line, offer: &[u8]) -> Result<(String, sdp::Negotiated), u16> {
        let offer = SessionDescription::parse(offer).map_err(|_| 400_u16)?;
        let version = line.next_version();
        sdp::answer(
            &offer,
            line.local,
            &self.capabilities,
            Direction::SendRecv,
            version,
        )
        .map(|(answer, agreed)| (answer.to_string(), agreed))
        .map_err(sdp::NotAcceptable::status)
    }

    fn on_reinvite(&mut self, now: Time, id: SessionId, request: &Message) {
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        let accepted = match request.sdp() {
            Some(offer) => match self.answer(&mut call.line, offer) {
                Ok((answer, agreed)) => {
                    call.line.agree(agreed, &self.config, &mut self.chance);
                    self.endpoint.accept(now, id, &[], Some(answer.as_bytes()))
                }
                Err(status) => self
                    .endpoint
                    .reject(now, id, status, reason_phrase(status), &[]),
            },
            None => {
                let offer = self.offer(&mut call);
                self.endpoint.accept(now, id, &[], Some(offer.as_bytes()))
            }
        };
        self.calls.insert(id, call);
        match accepted {
            Ok(()) => self.media(now, id),
            Err(error) => self.bye(now, id, Why::Media(error.to_string())),
        }
    }

    fn on_ack(&mut self, now: Time, id: SessionId, request: &Message) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if let State::Accepted = call.state {
            call.state = State::Talking;
            self.wakeups
                .set((id, Due::Step), call.hold.map(|hold| now + hold));
        }
        if call.offered.is_some() {
            self.on_answer(now, id, request.sdp());
        }
    }

    fn on_provisional(&mut self, now: Time, id: SessionId, response: &Message) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let (call, offered) = (call.number, call.offered.clone());
        if let Some(status) = response.status() {
            self.event(Event::Ringing { call, status });
        }
        // The answer of a provisional is a preview; the one that counts comes with the 200.
        if let (Some(offer), Some(answer)) = (offered, response.sdp())
            && let Ok(answer) = SessionDescription::parse(answer)
            && let Ok(agreed) = sdp::negotiated(&offer, &answer)
        {
            self.agree(now, id, agreed);
        }
    }

    fn on_answered(&mut self, now: Time, id: SessionId, response: &Message) {
        let Some(call) = self.calls.get_mut(&id) else {
            // The answer to a call that was given up already.
            self.endpoint.ack(now, id, None);
            self.endpoint.bye(now, id, &[]);
            return;
        };
        if !matches!(call.state, State::Calling) {
            self.endpoint.ack(now, id, None);
            return;
        }
        call.state = State::Talking;
        call.answered_at = Some(now);
        call.line.answer();
        self.wakeups
            .set((id, Due::Step), call.hold.map(|hold| now + hold));
        let (number, offered) = (call.number, call.offered.is_some());
        self.event(Event::Answered { call: number });
        if offered {
            self.endpoint.ack(now, id, None);
            self.on_answer(now, id, response.sdp());
            return;
        }
        let answer = match (response.sdp(), self.calls.get_mut(&id)) {
            (Some(offer), Some(call)) => {
                let version = call.line.next_version();
                let local = call.line.local;
                SessionDescription::parse(offer)
                    .map_err(|e| e.to_string())
                    .and_then(|offer| {
                        sdp::answer(
                            &offer,
                            local,
                            &self.capabilities,
                            Direction::SendRecv,
                            version,
                        )
                        .map_err(|e| e.to_string())
                    })
            }
            _ => Err("200 without an offer".to_owned()),
        };
        match answer {
            Ok((answer, agreed)) => {
                self.endpoint
                    .ack(now, id, Some(answer.to_string().as_bytes()));
                self.agree(now, id, agreed);
            }
            Err(problem) => {
                self.endpoint.ack(now, id, None);
                self.bye(now, id, Why::Media(problem));
            }
        }
    }

    /// The answer to our offer came, or should have.
    fn on_answer(&mut self, now: Time, id: SessionId, answer: Option<&[u8]>) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(offer) = call.offered.take() else {
            return;
        };
        let agreed = match answer {
            Some(answer) => SessionDescription::parse(answer)
                .map_err(|error| error.to_string())
                .and_then(|answer| {
                    sdp::negotiated(&offer, &answer).map_err(|error| error.to_string())
                }),
            // A 200 need not repeat the answer of a provisional that many trust.
            None if call.line.agreed().is_some() => return,
            None => Err("no answer to the offer".to_owned()),
        };
        match agreed {
            Ok(agreed) => self.agree(now, id, agreed),
            Err(problem) => self.bye(now, id, Why::Media(problem)),
        }
    }

    fn agree(&mut self, now: Time, id: SessionId, agreed: sdp::Negotiated) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.line.agree(agreed, &self.config, &mut self.chance);
            self.media(now, id);
        }
    }

    /// Reports what is spoken and starts to speak.
    fn media(&mut self, now: Time, id: SessionId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let Some(agreed) = call.line.agreed() else {
            return;
        };
        let event = Event::Media {
            call: call.number,
            local: call.line.local,
            remote: agreed.parameters.remote,
            codec: agreed.parameters.codec,
            sends: agreed.direction.sends(),
            listens: agreed.direction.receives(),
        };
        self.event(event);
        if self.config.audio && !self.wakeups.contains((id, Due::Audio)) {
            self.wakeups.set((id, Due::Audio), Some(now));
        }
    }

    fn step(&mut self, now: Time, id: SessionId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        match call.state {
            State::Invited(plan) => {
                call.state = State::Ringing(plan.then.map(|(_, then)| then));
                self.wakeups
                    .set((id, Due::Step), plan.then.map(|(after, _)| now + after));
                self.ring(now, id, plan.early_media);
            }
            State::Ringing(Some(Final::Answer { hangs_up_after })) => {
                call.hold = hangs_up_after;
                self.accept(now, id);
            }
            State::Ringing(Some(Final::Refuse { status })) => {
                let number = call.number;
                // Reported with what was heard: early media.
                self.end(now, id, Why::Refused { status });
                self.reject(now, id, number, status);
            }
            State::Calling | State::Talking => self.bye(now, id, Why::HungUp),
            State::Ringing(None) | State::Accepted => {}
        }
    }

    fn ring(&mut self, now: Time, id: SessionId, early_media: bool) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let number = call.number;
        let early = if early_media {
            call.answer.clone()
        } else {
            None
        };
        let (status, sdp) = match &early {
            Some((answer, _)) => (183, Some(answer.as_bytes())),
            None => (180, None),
        };
        if self
            .endpoint
            .provisional(now, id, status, reason_phrase(status), &[], sdp)
            .is_ok()
        {
            self.event(Event::Ringing {
                call: number,
                status,
            });
            if let Some((_, agreed)) = early {
                self.agree(now, id, agreed);
            }
        }
    }

    fn accept(&mut self, now: Time, id: SessionId) {
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        call.state = State::Accepted;
        call.answered_at = Some(now);
        call.line.answer();
        let number = call.number;
        let (sdp, agreed) = match call.answer.take() {
            Some((answer, agreed)) => (answer, Some(agreed)),
            None => (self.offer(&mut call), None),
        };
        let early = call.line.agreed().is_some();
        self.calls.insert(id, call);
        match self.endpoint.accept(now, id, &[], Some(sdp.as_bytes())) {
            Ok(()) => {
                self.event(Event::Answered { call: number });
                if let Some(agreed) = agreed
                    && !early
                {
                    self.agree(now, id, agreed);
                }
            }
            Err(error) => self.end(now, id, Why::Media(error.to_string())),
        }
    }

    /// Makes an offer, whose answer will come with the ACK.
    fn offer(&self, call: &mut Call) -> String {
        let version = call.line.next_version();
        let offer = sdp::offer(
            call.line.local,
            &self.capabilities,
            Direction::SendRecv,
            version,
        );
        let text = offer.to_string();
        call.offered = Some(offer);
        text
    }

    fn packet(&mut self, now: Time, at: Time, id: SessionId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(interval) = call.line.interval() else {
            return;
        };
        if let Some((destination, data)) = call.line.packet() {
            self.outputs.push_back(Output::Rtp {
                local: call.line.local,
                destination,
                data,
            });
        }
        // A clock that jumped does not make a burst.
        let next = if now.since(at) > MAX_BEHIND { now } else { at };
        self.wakeups.set((id, Due::Audio), Some(next + interval));
    }

    /// Refuses an INVITE that never became a call.
    fn refuse(&mut self, now: Time, id: SessionId, call: PhoneCall, status: u16) {
        self.event(Event::Ended {
            call,
            why: Why::Refused { status },
            talked: None,
            sent: 0,
            heard: crate::sound::Heard::NOTHING,
        });
        self.reject(now, id, call, status);
    }

    fn reject(&mut self, now: Time, id: SessionId, call: PhoneCall, status: u16) {
        if let Err(error) = self
            .endpoint
            .reject(now, id, status, reason_phrase(status), &[])
        {
            tracing::debug!(%call, %error, "cannot refuse");
        }
    }

    /// Ends a session in whatever state it is, and the call with it.
    fn bye(&mut self, now: Time, id: SessionId, why: Why) {
        self.endpoint.bye(now, id, &[]);
        self.end(now, id, why);
    }

    /// The call is over, if it is not yet: gives its port back and reports.
    fn end(&mut self, now: Time, id: SessionId, why: Why) {
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        self.wakeups.set((id, Due::Step), None);
        self.wakeups.set((id, Due::Audio), None);
        self.ports.remove(&call.line.local);
        self.free.push_back(call.line.local);
        self.event(Event::Ended {
            call: call.number,
            why,
            talked: call.answered_at.map(|at| now.since(at)),
            sent: call.line.sent(),
            heard: call.line.heard(),
        });
    }

    /// Who calls: the From value.
    fn identity(&self) -> String {
        let uri = format!("<sip:{}@{}>", EscapedUser(&self.config.user), self.local);
        if self.config.display_name.is_empty() {
            uri
        } else {
            format!("{} {uri}", Quoted(&self.config.display_name))
        }
    }

    const fn next_number(&mut self) -> PhoneCall {
        let number = PhoneCall(self.next_call);
        self.next_call += 1;
        number
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}

/// The user part of a URI or the number of a tel URI; empty if there is none.
fn user(uri: &str) -> String {
    match Uri::parse(uri) {
        Ok(Uri::Sip(uri)) => uri.user_decoded().unwrap_or_default().into_owned(),
        Ok(Uri::Tel(tel)) => tel.digits(),
        _ => String::new(),
    }
}

fn reason(message: &Message) -> Option<String> {
    message.header(Name::Reason).map(str::to_owned)
}

/// How late a packet may be before the sound takes up from now.
const MAX_BEHIND: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests;
