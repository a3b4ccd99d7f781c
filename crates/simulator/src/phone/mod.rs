//! A SIP telephone: rings, answers, speaks, listens, hangs up, and calls when told to.
//!
//! [`Phone`] is the pure core; [`crate::spawn_phone`] gives it sockets and a clock.

mod call;
mod config;
mod event;
mod io;
mod line;
mod session;

pub use config::{Extension, PhoneAnswers, PhoneBehaviour, PhoneConfig, PhoneRefuses};
pub use event::{Event, PhoneCall, Why};
pub use io::{Busy, Input, OutgoingCall, Output, Timer};

use crate::chance::Chance;
use crate::wakeups::Wakeups;
use call::{Call, Final, State};
use core::time::Duration;
use line::Line;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use trunkline_model::Time;
use trunkline_sip::endpoint::NextHop;
use trunkline_sip::locate::Answer;
use trunkline_sip::sdp::{self, Capabilities, Direction};
use trunkline_sip::uri::EscapedUser;
use trunkline_sip::{
    Endpoint, EndpointConfig, Flow, OutgoingInvite, Output as SipOutput, Quoted, SessionId,
    Transport, reason_phrase,
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
        endpoint.locals = vec![(Transport::Udp, local)];
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
            Input::Sip { source, data } => {
                self.endpoint
                    .receive(now, Flow::udp(self.local, source), data);
            }
            Input::Rtp { local, data } => {
                if let Some(id) = self.ports.get(&local)
                    && let Some(call) = self.calls.get_mut(id)
                {
                    call.line.receive(now, data);
                }
                return;
            }
            Input::Unreachable { destination } => self
                .endpoint
                .undelivered(now, &Flow::udp(self.local, destination)),
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
            credentials: None,
        };
        let hop = NextHop::Flow(Flow::udp(self.local, call.destination));
        let id = self.endpoint.invite(now, hop, invite);
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

    /// Puts the other side of an answered call on hold, or takes it back, by a re-INVITE
    /// (RFC 3264 8.4). `false` if that cannot be: the call is not answered, or over, or another
    /// INVITE is in progress.
    pub fn hold(&mut self, now: Time, call: PhoneCall, held: bool) -> bool {
        let found = self.calls.iter_mut().find(|(_, c)| c.number == call);
        let Some((&id, call)) = found.filter(|(_, c)| matches!(c.state, State::Talking)) else {
            return false;
        };
        let direction = if held {
            Direction::SendOnly
        } else {
            Direction::SendRecv
        };
        let version = call.line.next_version();
        let offer = sdp::offer(call.line.local, &self.capabilities, direction, version);
        let text = offer.to_string().into_bytes();
        let sent = self.endpoint.reinvite(now, id, Some(text), &[]).is_ok();
        if sent {
            call.offered = Some(offer);
        }
        self.drain(now);
        sent
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
                SipOutput::Transmit { flow, data, .. } => {
                    let destination = flow.remote;
                    self.outputs.push_back(Output::Sip { destination, data });
                }
                SipOutput::Resolve(question) => {
                    self.endpoint.resolved(now, &question, &Answer::None);
                }
                SipOutput::Event(event) => self.on_event(now, event),
            }
        }
    }

    fn step(&mut self, now: Time, id: SessionId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        match call.state {
            State::Invited(plan) => {
                let (after, then) = plan.then;
                call.state = State::Ringing(then);
                self.wakeups.set((id, Due::Step), Some(now + after));
                self.ring(now, id, plan.early_media);
            }
            State::Ringing(Final::Answer { hangs_up_after }) => {
                call.hold = hangs_up_after;
                self.accept(now, id);
            }
            State::Ringing(Final::Refuse { status }) => {
                let number = call.number;
                // Reported with what was heard: early media.
                self.end(now, id, Why::Refused { status });
                self.reject(now, id, number, status);
            }
            State::Calling | State::Talking => self.bye(now, id, Why::HungUp),
            State::Accepted => {}
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

/// How late a packet may be before the sound takes up from now.
const MAX_BEHIND: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests;
