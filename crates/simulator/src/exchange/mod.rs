//! A local exchange with subscribers, behind trunk groups to a gateway.
//!
//! [`Exchange`] is the pure core; [`crate::spawn_exchange`] puts a signaling gateway, sockets and
//! a clock around it.

mod bearer;
mod call;
mod config;
mod event;
mod io;
mod messages;

pub use config::{Address, AddressError, CallerConfig, ExchangeConfig, OutgoingCall};
pub use event::{Event, ExchangeCall, Why};
pub use io::{Input, NoCircuit, Output, Timer};

use crate::chance::Chance;
use crate::directory::{Directory, Found};
use crate::subscriber::{Act, Subscriber, UNALLOCATED};
use crate::wakeups::Wakeups;
use bearer::Bearer;
use call::{Call, Calling, Leg};
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use trunkline_isup::circuit::{
    CallTimer, Census, CircuitTable, CircuitTableError, Indication, Input as TableInput,
    Output as TableOutput, Request,
};
use trunkline_isup::{self as isup, Message};
use trunkline_model::media::Law;
use trunkline_model::{Cause, CauseValue, CircuitId, Digits, Location, Time, TrunkGroupId};

/// An exchange.
#[derive(Debug)]
pub struct Exchange {
    table: CircuitTable,
    groups: Vec<TrunkGroupId>,
    directory: Directory,
    callers: Vec<Caller>,
    law: Law,
    window: Duration,
    audio: bool,
    t35: Duration,
    calls: BTreeMap<ExchangeCall, Call>,
    by_circuit: BTreeMap<CircuitId, ExchangeCall>,
    wakeups: Wakeups<Due>,
    outputs: VecDeque<Output>,
    chance: Chance,
    next_call: u64,
}

#[derive(Debug)]
struct Caller {
    config: CallerConfig,
    left: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Step(ExchangeCall),
    Audio(ExchangeCall),
    Caller(usize),
}

impl Exchange {
    /// An exchange that begins to work at `now`.
    ///
    /// # Errors
    /// [`CircuitTableError`] if the trunk groups contradict each other.
    pub fn new(now: Time, config: ExchangeConfig) -> Result<Self, CircuitTableError> {
        let groups = config.groups.iter().map(|group| group.id).collect();
        let mut wakeups = Wakeups::new();
        for (index, caller) in config.callers.iter().enumerate() {
            if caller.times > 0 {
                let at = now + Duration::from_millis(caller.at_ms);
                wakeups.set(Due::Caller(index), Some(at));
            }
        }
        let callers = config.callers.into_iter();
        Ok(Self {
            table: CircuitTable::new(config.groups)?,
            groups,
            directory: config.directory,
            callers: callers
                .map(|config| Caller {
                    left: config.times,
                    config,
                })
                .collect(),
            law: config.law,
            window: config.window,
            audio: config.audio,
            t35: config.t35,
            calls: BTreeMap::new(),
            by_circuit: BTreeMap::new(),
            wakeups,
            outputs: VecDeque::new(),
            chance: Chance::new(config.seed),
            next_call: 1,
        })
    }

    /// Takes an input.
    pub fn handle(&mut self, now: Time, input: Input<'_>) {
        match input {
            Input::Mtp(indication) => self.table.handle(now, TableInput::Mtp(indication)),
            Input::Rtp { circuit, data } => {
                if let Some(call) = self.call_on(circuit) {
                    call.bearer.receive(now, data);
                }
                return;
            }
            Input::Block { circuit, blocked } => {
                let request = if blocked {
                    Request::Block
                } else {
                    Request::Unblock
                };
                self.table
                    .handle(now, TableInput::Request(circuit, request));
            }
            Input::Reset { circuit } => {
                self.table
                    .handle(now, TableInput::Request(circuit, Request::Reset));
            }
        }
        self.drain(now);
    }

    /// A subscriber calls out.
    ///
    /// # Errors
    /// [`NoCircuit`] if the trunk group has none to give.
    pub fn call(&mut self, now: Time, request: OutgoingCall) -> Result<ExchangeCall, NoCircuit> {
        let circuit = self
            .table
            .seize(now, request.group)
            .ok_or(NoCircuit(request.group))?;
        let number = self.next_number();
        if let Some(patience) = request.patience {
            self.wakeups.set(Due::Step(number), Some(now + patience));
        }
        self.set_up(now, number, circuit, Box::new(request), 1);
        self.drain(now);
        Ok(number)
    }

    /// The subscriber of this exchange hangs up (REL 16). Unknown calls are left alone.
    pub fn hang_up(&mut self, now: Time, call: ExchangeCall) {
        self.release(now, call, HUNG_UP);
        self.drain(now);
    }

    /// All subscribers hang up, and nobody calls out any more.
    pub fn hang_up_all(&mut self, now: Time) {
        for index in 0..self.callers.len() {
            self.wakeups.set(Due::Caller(index), None);
        }
        while let Some((&call, _)) = self.calls.first_key_value() {
            self.release(now, call, HUNG_UP);
        }
        self.drain(now);
    }

    /// The next output; `None` when all has been taken.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`Exchange::handle_timeout`], and why.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        let own = self.wakeups.first().map(|(at, due)| match due {
            Due::Step(_) => (at, Timer::Step),
            Due::Audio(_) => (at, Timer::Audio),
            Due::Caller(_) => (at, Timer::Caller),
        });
        let isup = self
            .table
            .poll_timeout()
            .map(|(at, timer)| (at, Timer::Isup(timer)));
        match (own, isup) {
            (Some(own), Some(isup)) => Some(if isup.0 < own.0 { isup } else { own }),
            (own, isup) => own.or(isup),
        }
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Time) {
        self.table.handle_timeout(now);
        self.drain(now);
        while let Some((at, due)) = self.wakeups.due(now) {
            match due {
                Due::Audio(call) => self.packet(now, at, call),
                Due::Step(call) => {
                    self.step(now, call);
                    self.drain(now);
                }
                Due::Caller(index) => {
                    self.call_out(now, at, index);
                    self.drain(now);
                }
            }
        }
    }

    /// Calls that are not over. Their circuits may need the RLC still, see [`Exchange::census`].
    pub fn active_calls(&self) -> usize {
        self.calls.len()
    }

    /// The circuits of a trunk group by state.
    pub fn census(&self, group: TrunkGroupId) -> Census {
        self.table.census(group)
    }

    /// Whether no call is there and all circuits of all groups are idle.
    pub fn is_idle(&self) -> bool {
        self.is_released()
            && self
                .groups
                .iter()
                .all(|&group| self.table.census(group).resetting == 0)
    }

    /// Whether no call is there and no circuit waits for the end of one. Circuits that were
    /// never reset, because the gateway was never there, do not count.
    pub fn is_released(&self) -> bool {
        self.calls.is_empty()
            && self.groups.iter().all(|&group| {
                let census = self.table.census(group);
                census.outgoing + census.incoming + census.releasing == 0
            })
    }

    /// Whether somebody will still call out by himself.
    pub fn has_callers_left(&self) -> bool {
        self.callers.iter().any(|caller| caller.left > 0)
    }

    /// Handles all that the table has to say.
    fn drain(&mut self, now: Time) {
        while let Some(output) = self.table.poll_output() {
            match output {
                TableOutput::Mtp(transfer) => self.outputs.push_back(Output::Mtp(transfer)),
                TableOutput::Call(circuit, indication) => {
                    self.on_indication(now, circuit, indication);
                }
                TableOutput::State(circuit, state) => {
                    self.event(Event::Circuit { circuit, state });
                }
                TableOutput::Alarm(circuit, alarm) => {
                    self.event(Event::Alarm { circuit, alarm });
                }
                // Its callers try and fail.
                TableOutput::Destination(..) => {}
                TableOutput::Discarded { opc, cic, reason } => {
                    self.event(Event::Discarded { opc, cic, reason });
                }
            }
        }
    }

    fn on_indication(&mut self, now: Time, circuit: CircuitId, indication: Indication) {
        let call = self.by_circuit.get(&circuit).copied();
        match (indication, call) {
            (Indication::Message(Message::Iam(iam)), None) => self.on_iam(now, circuit, &iam),
            (Indication::Message(message), Some(call)) => self.on_message(now, call, message),
            (Indication::Released(rel), Some(call)) => {
                self.end(now, call, Why::ReleasedByPeer(rel.cause.cause()));
            }
            (Indication::Cleared(reason), Some(call)) => self.end(now, call, Why::Cleared(reason)),
            (Indication::DualSeizure | Indication::Unequipped, Some(call)) => {
                self.try_another(now, call);
            }
            // T7 and T9 (Q.764 2.9.8.3 and 2.1.4.7).
            (Indication::Expired(CallTimer::T7), Some(call)) => {
                self.release(now, call, NOTHING_CAME);
            }
            (Indication::Expired(CallTimer::T9), Some(call)) => {
                self.release(now, call, NO_ANSWER);
            }
            // The call ended when REL was sent; the table does the rest.
            (Indication::ReleaseComplete | Indication::Confusion(_), _) | (_, None) => {}
        }
    }

    fn on_iam(&mut self, now: Time, circuit: CircuitId, iam: &isup::Iam) {
        let (digits, complete) = messages::called(&iam.called, self.directory.numbering());
        let call = self.next_number();
        self.event(Event::Incoming {
            call,
            circuit,
            called: Digits::new(digits.as_str()),
            calling: messages::calling(iam, self.directory.numbering()).map(Digits::new),
        });
        self.open(call, circuit, Leg::Collecting { digits });
        self.route(now, call, complete);
    }

    /// Looks up the digits collected so far.
    fn route(&mut self, now: Time, call: ExchangeCall, complete: bool) {
        let Some(Call {
            leg: Leg::Collecting { digits },
            ..
        }) = self.calls.get(&call)
        else {
            return;
        };
        let subscriber = match self.directory.find(digits, complete) {
            Found::Subscriber(does) => Subscriber::new(does, digits, now, &mut self.chance),
            Found::Incomplete => {
                self.wakeups.set(Due::Step(call), Some(now + self.t35));
                return;
            }
            Found::Nobody => {
                self.release(now, call, UNALLOCATED);
                return;
            }
        };
        self.wakeups.set(Due::Step(call), subscriber.poll_timeout());
        if let Some(call) = self.calls.get_mut(&call) {
            call.leg = Leg::Called(subscriber);
        }
    }

    fn on_message(&mut self, now: Time, number: ExchangeCall, message: Message) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        match (&mut call.leg, message) {
            (Leg::Collecting { digits }, Message::Sam(sam)) => {
                let complete = messages::append(digits, &sam);
                self.route(now, number, complete);
            }
            (Leg::Calling { state, .. }, Message::Acm(acm)) => {
                if *state == Calling::Setup {
                    *state = Calling::Alerting;
                }
                if messages::acm_says_alerting(&acm) {
                    self.event(Event::Ringing { call: number });
                }
            }
            (Leg::Calling { .. }, Message::Cpg(cpg)) if messages::cpg_says_alerting(&cpg) => {
                self.event(Event::Ringing { call: number });
            }
            (Leg::Calling { state, request, .. }, Message::Anm(_) | Message::Con(_)) => {
                if *state == Calling::Talking {
                    return;
                }
                *state = Calling::Talking;
                let (hold, plays) = (request.hold, request.plays);
                call.answered_at = Some(now);
                call.bearer.answer();
                self.wakeups
                    .set(Due::Step(number), hold.map(|hold| now + hold));
                self.event(Event::Answered { call: number });
                self.play(now, number, plays);
            }
            // CPG of other events, digits that come late, and clear-back by a called party,
            // whose call lasts until somebody releases: there is no T6 here.
            _ => {}
        }
    }

    fn step(&mut self, now: Time, number: ExchangeCall) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        match &mut call.leg {
            Leg::Collecting { .. } => self.release(now, number, INCOMPLETE),
            Leg::Calling { .. } => self.release(now, number, HUNG_UP),
            Leg::Called(subscriber) => {
                let mut acts = Vec::new();
                subscriber.handle_timeout(now, &mut acts);
                self.wakeups
                    .set(Due::Step(number), subscriber.poll_timeout());
                for act in acts {
                    self.act(now, number, act);
                }
            }
        }
    }

    fn act(&mut self, now: Time, number: ExchangeCall, act: Act) {
        let message = match act {
            Act::AddressComplete { alerting, in_band } => {
                if alerting {
                    self.event(Event::Ringing { call: number });
                }
                messages::acm(alerting, in_band)
            }
            Act::Alerting { in_band } => {
                self.event(Event::Ringing { call: number });
                messages::alerting(in_band)
            }
            Act::InBand => messages::in_band(),
            Act::Answer | Act::Connect => {
                if let Some(call) = self.calls.get_mut(&number) {
                    call.answered_at = Some(now);
                    call.bearer.answer();
                }
                self.event(Event::Answered { call: number });
                if act == Act::Answer {
                    messages::anm()
                } else {
                    messages::con()
                }
            }
            Act::Suspend => messages::sus(),
            Act::Resume => messages::res(),
            Act::Play(sound) => {
                self.play(now, number, sound);
                return;
            }
            Act::Release(cause) => {
                self.release(now, number, cause);
                return;
            }
        };
        if let Some(call) = self.calls.get(&number) {
            let request = TableInput::Request(call.circuit, Request::Send(message));
            self.table.handle(now, request);
        }
    }

    fn play(&mut self, now: Time, number: ExchangeCall, sound: crate::sound::Sound) {
        if !self.audio {
            return;
        }
        if let Some(call) = self.calls.get_mut(&number)
            && call.bearer.play(sound, &mut self.chance)
        {
            self.wakeups.set(Due::Audio(number), Some(now));
        }
    }

    fn packet(&mut self, now: Time, at: Time, number: ExchangeCall) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        let Some((data, interval)) = call.bearer.packet() else {
            return;
        };
        self.outputs.push_back(Output::Rtp {
            circuit: call.circuit,
            data,
        });
        // A clock that jumped does not make a burst.
        let next = if now.since(at) > MAX_BEHIND { now } else { at };
        self.wakeups.set(Due::Audio(number), Some(next + interval));
    }

    /// Sends an IAM on a seized circuit.
    fn set_up(
        &mut self,
        now: Time,
        number: ExchangeCall,
        circuit: CircuitId,
        request: Box<OutgoingCall>,
        attempts: u32,
    ) {
        self.event(Event::Outgoing {
            call: number,
            circuit,
            called: Digits::new(request.called.digits.as_str()),
        });
        let iam = messages::iam(&request);
        self.open(
            number,
            circuit,
            Leg::Calling {
                request,
                attempts,
                state: Calling::Setup,
            },
        );
        match iam {
            Some(iam) => {
                let request = Request::Send(Message::Iam(iam));
                self.table
                    .handle(now, TableInput::Request(circuit, request));
            }
            // No address that can be made is refused by the wire; if one were, the circuit
            // must not be lost.
            None => {
                self.table
                    .handle(now, TableInput::Request(circuit, Request::Free));
                self.end(now, number, Why::NoCircuit);
            }
        }
    }

    /// The circuit was lost at set-up: takes another one, a few times.
    fn try_another(&mut self, now: Time, number: ExchangeCall) {
        let Some(Call {
            leg: Leg::Calling {
                request, attempts, ..
            },
            ..
        }) = self.calls.get(&number)
        else {
            self.end(now, number, Why::NoCircuit);
            return;
        };
        let (request, attempts) = (request.clone(), *attempts);
        let circuit = if attempts < MAX_ATTEMPTS {
            self.table.seize(now, request.group)
        } else {
            None
        };
        match circuit {
            Some(circuit) => {
                self.close(number);
                self.set_up(now, number, circuit, request, attempts + 1);
            }
            None => self.end(now, number, Why::NoCircuit),
        }
    }

    fn call_out(&mut self, now: Time, at: Time, index: usize) {
        let Some(caller) = self.callers.get_mut(index) else {
            return;
        };
        let census = self.table.census(TrunkGroupId(caller.config.group));
        if census.idle == 0 && census.resetting > 0 {
            // Not in service yet: the calls begin when it is.
            self.wakeups
                .set(Due::Caller(index), Some(now + OUT_OF_SERVICE));
            return;
        }
        caller.left = caller.left.saturating_sub(1);
        let every = Duration::from_millis(caller.config.every_ms.max(1));
        let next = (caller.left > 0).then_some(at + every);
        self.wakeups.set(Due::Caller(index), next);
        let request = caller.config.call();
        if let Err(error) = self.call(now, request) {
            tracing::warn!(caller = index, %error, "cannot call out");
        }
    }

    fn release(&mut self, now: Time, number: ExchangeCall, cause: Cause) {
        let Some(call) = self.calls.get(&number) else {
            return;
        };
        let request = Request::Release(messages::rel(cause));
        self.table
            .handle(now, TableInput::Request(call.circuit, request));
        self.end(now, number, Why::Released(cause));
    }

    /// Puts a call on a circuit.
    fn open(&mut self, number: ExchangeCall, circuit: CircuitId, leg: Leg) {
        let bearer = Bearer::new(self.law, self.window);
        self.calls.insert(
            number,
            Call {
                circuit,
                leg,
                bearer,
                answered_at: None,
            },
        );
        self.by_circuit.insert(circuit, number);
        self.outputs.push_back(Output::Bearer {
            circuit,
            open: true,
        });
    }

    /// Takes a call off its circuit.
    fn close(&mut self, number: ExchangeCall) -> Option<Call> {
        let call = self.calls.remove(&number)?;
        self.by_circuit.remove(&call.circuit);
        self.wakeups.set(Due::Audio(number), None);
        self.outputs.push_back(Output::Bearer {
            circuit: call.circuit,
            open: false,
        });
        Some(call)
    }

    fn end(&mut self, now: Time, number: ExchangeCall, why: Why) {
        let Some(mut call) = self.close(number) else {
            return;
        };
        self.wakeups.set(Due::Step(number), None);
        self.event(Event::Ended {
            call: number,
            circuit: call.circuit,
            why,
            talked: call.answered_at.map(|at| now.since(at)),
            sent: call.bearer.sent(),
            heard: call.bearer.heard(),
        });
    }

    fn call_on(&mut self, circuit: CircuitId) -> Option<&mut Call> {
        self.calls.get_mut(self.by_circuit.get(&circuit)?)
    }

    const fn next_number(&mut self) -> ExchangeCall {
        let number = ExchangeCall(self.next_call);
        self.next_call += 1;
        number
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}

const HUNG_UP: Cause = Cause::new(CauseValue::NORMAL_CALL_CLEARING, Location::User);
const NO_ANSWER: Cause = Cause::new(
    CauseValue::NO_ANSWER_FROM_USER,
    Location::PublicNetworkLocalUser,
);
const NOTHING_CAME: Cause = Cause::new(
    CauseValue::RECOVERY_ON_TIMER_EXPIRY,
    Location::PublicNetworkLocalUser,
);
const INCOMPLETE: Cause = Cause::new(
    CauseValue::INVALID_NUMBER_FORMAT,
    Location::PublicNetworkRemoteUser,
);

/// How long a caller waits when the trunk group is not in service.
const OUT_OF_SERVICE: Duration = Duration::from_millis(500);

/// Circuits that a call tries.
const MAX_ATTEMPTS: u32 = 4;

/// How late a packet may be before the sound takes up from now.
const MAX_BEHIND: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests;
