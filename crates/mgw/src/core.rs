//! The media gateway as a pure core: commands and packets in, packets and events out.

use crate::context::{Context, duration};
use crate::output::{Channel, Output, Sink, SocketId};
use crate::ports::Ports;
use crate::sender::Sender;
use crate::termination::{LocalBearer, Pending, Termination};
use crate::timers::{Timer, Timers, next_tick};
use crate::{ConfigError, Counters, Discard, MgwConfig};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use trunkline_model::media::{
    Bearer, ContextId, MediaCommand, MediaError, MediaEvent, MediaReply, MediaResult,
    MediaStatistics, Mode, RtpParameters, Signal, TerminationId, TransactionId,
};
use trunkline_model::{Cic, Time, TrunkGroupId};

/// What goes into the core.
#[derive(Debug)]
pub enum Input<'a> {
    /// A command of the MGC.
    Command(MediaCommand),
    /// What became of [`Output::Bind`].
    Bound {
        /// The sockets.
        socket: SocketId,
        /// Whether they are bound; if not, another port is tried.
        bound: bool,
    },
    /// A datagram.
    Packet {
        /// The sockets.
        socket: SocketId,
        /// Which of them it came to.
        channel: Channel,
        /// Where it came from.
        source: SocketAddr,
        /// The datagram.
        data: &'a [u8],
    },
}

/// The contexts of one worker.
#[derive(Debug)]
pub struct Mgw {
    config: MgwConfig,
    contexts: Vec<Option<Context>>,
    free: Vec<usize>,
    places: BTreeMap<ContextId, usize>,
    sockets: Vec<Option<(usize, TerminationId)>>,
    free_sockets: VecDeque<u32>,
    ports: Ports,
    circuits: BTreeSet<(TrunkGroupId, Cic)>,
    timers: Timers,
    random: u64,
    sink: Sink,
}

impl Mgw {
    /// A media gateway without contexts. `seed` makes stream identifiers unpredictable.
    ///
    /// # Errors
    /// [`ConfigError`] if the configuration cannot work.
    pub fn new(config: MgwConfig, seed: u64) -> Result<Self, ConfigError> {
        Self::part(config, seed, 0, 1)
    }

    /// Worker number `part` of `parts`, which shares the ports and the room for contexts with
    /// the others.
    ///
    /// # Errors
    /// [`ConfigError`] if the configuration cannot work.
    pub fn part(
        mut config: MgwConfig,
        seed: u64,
        part: usize,
        parts: usize,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        config.max_contexts = config.max_contexts.div_ceil(parts.max(1));
        Ok(Self {
            ports: Ports::new(&config.ports, part, parts),
            config,
            contexts: Vec::new(),
            free: Vec::new(),
            places: BTreeMap::new(),
            sockets: Vec::new(),
            free_sockets: VecDeque::new(),
            circuits: BTreeSet::new(),
            timers: Timers::default(),
            random: seed,
            sink: Sink::default(),
        })
    }

    /// Takes an input; drain the outputs afterwards.
    pub fn handle(&mut self, now: Time, input: Input<'_>) {
        match input {
            Input::Command(command) => self.command(now, command),
            Input::Bound { socket, bound } => self.bound(socket, bound),
            Input::Packet {
                socket,
                channel,
                source,
                data,
            } => {
                self.packet(now, socket, channel, source, data);
            }
        }
    }

    /// The next output.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.sink.outputs.pop_front()
    }

    /// When to call [`Mgw::handle_timeout`], and why.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        self.timers.first().map(|(at, _, timer)| (at, timer))
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Time) {
        while let Some((at, place, timer)) = self.timers.first().filter(|&(at, ..)| at <= now) {
            self.timers.stop(at, place, timer);
            match timer {
                Timer::Tick => self.tick(now, at, place),
                Timer::Supervision => self.supervise(now, place),
            }
        }
    }

    /// Takes the buffer of a datagram that was sent.
    pub fn recycle(&mut self, buffer: Vec<u8>) {
        self.sink.recycle(buffer);
    }

    /// The contexts that there are, in order.
    pub fn contexts(&self) -> impl Iterator<Item = ContextId> {
        self.places.keys().copied()
    }

    /// What was counted so far, and what there is now.
    pub const fn counters(&self) -> &Counters {
        &self.sink.counters
    }

    fn command(&mut self, now: Time, command: MediaCommand) {
        let transaction = command.transaction();
        let result = match command {
            MediaCommand::Add {
                context,
                termination,
                bearer,
                mode,
                ..
            } => {
                // Answered when the sockets are bound.
                match self.add(now, transaction, context, termination, bearer, mode) {
                    Ok(()) => return,
                    Err(error) => Err(error),
                }
            }
            MediaCommand::Modify {
                context,
                termination,
                remote,
                mode,
                ..
            } => self.modify(now, context, termination, remote, mode),
            MediaCommand::Signal {
                context,
                termination,
                signal,
                ..
            } => self.signal(now, context, termination, signal),
            MediaCommand::Subtract { context, .. } => self.subtract(now, context),
        };
        self.reply(transaction, result);
        self.gauge();
    }

    fn add(
        &mut self,
        now: Time,
        transaction: TransactionId,
        id: ContextId,
        termination: TerminationId,
        bearer: Bearer,
        mode: Mode,
    ) -> Result<(), MediaError> {
        let known = self.places.get(&id).copied();
        match known.and_then(|place| self.contexts[place].as_mut()) {
            Some(context) => {
                if context.termination(termination).is_some() {
                    return Err(MediaError::TerminationBusy);
                }
            }
            None => {
                if self.places.len() >= self.config.max_contexts {
                    return Err(MediaError::InsufficientResources);
                }
            }
        }
        let (bearer, local, remote) = self.reserve(bearer)?;
        let place = known.unwrap_or_else(|| self.make_context(now, id));
        let socket = self.free_sockets.pop_front().unwrap_or_else(|| {
            self.sockets.push(None);
            (self.sockets.len() - 1) as u32
        });
        self.sockets[socket as usize] = Some((place, termination));
        let socket = SocketId(socket);
        let random = [self.draw(), self.draw(), self.draw()];
        let sender = Sender::new(socket, random);
        let pending = Pending {
            transaction,
            attempts: 1,
        };
        if let Some(context) = &mut self.contexts[place] {
            *context.termination(termination) = Some(Termination::new(
                now, bearer, local, remote, mode, pending, sender,
            ));
        }
        self.connect(now, place, false);
        self.sink.outputs.push_back(Output::Bind {
            socket,
            address: local,
        });
        Ok(())
    }

    /// Sets a port or a circuit aside for a bearer.
    fn reserve(
        &mut self,
        bearer: Bearer,
    ) -> Result<(LocalBearer, SocketAddr, Option<RtpParameters>), MediaError> {
        match bearer {
            Bearer::Rtp { remote, ipv6 } => {
                remote.as_ref().map_or(Ok(()), check_parameters)?;
                let address = self.address(ipv6).ok_or(MediaError::Unsupported)?;
                let port = self.ports.take().ok_or(MediaError::InsufficientResources)?;
                Ok((
                    LocalBearer::Rtp { port },
                    SocketAddr::new(address, port),
                    remote,
                ))
            }
            Bearer::Circuit { group, cic } => {
                let bearers = self
                    .config
                    .bearers(group)
                    .filter(|bearers| bearers.cics.contains(&cic))
                    .ok_or(MediaError::UnknownTermination)?;
                let local = SocketAddr::new(self.config.address, bearers.local_port(cic));
                let parameters = bearers.parameters(cic);
                if !self.circuits.insert((group, cic)) {
                    return Err(MediaError::TerminationBusy);
                }
                Ok((LocalBearer::Circuit { group, cic }, local, Some(parameters)))
            }
        }
    }

    fn address(&self, ipv6: bool) -> Option<IpAddr> {
        if ipv6 {
            self.config
                .ipv6
                .or(Some(self.config.address))
                .filter(IpAddr::is_ipv6)
        } else {
            Some(self.config.address)
        }
    }

    fn bound(&mut self, socket: SocketId, bound: bool) {
        let Some((place, id)) = self.holder(socket) else {
            return;
        };
        let Some(context) = &mut self.contexts[place] else {
            return;
        };
        let Some(termination) = context.termination(id) else {
            return;
        };
        let Some(pending) = termination.pending else {
            return;
        };
        if bound {
            termination.pending = None;
            let local = termination.local;
            self.reply(pending.transaction, Ok(MediaResult::Added(local)));
            self.gauge();
            return;
        }
        // Another program has the port: it goes to the end of the line, and the next is tried.
        if let LocalBearer::Rtp { port } = termination.bearer
            && pending.attempts < BIND_ATTEMPTS
            && self.ports.free() > 0
        {
            self.ports.give_back(port);
            if let Some(next) = self.ports.take() {
                termination.bearer = LocalBearer::Rtp { port: next };
                termination.local.set_port(next);
                termination.pending = Some(Pending {
                    attempts: pending.attempts + 1,
                    ..pending
                });
                let address = termination.local;
                self.sink
                    .outputs
                    .push_back(Output::Bind { socket, address });
                return;
            }
        }
        if let Some(termination) = context.termination(id).take() {
            self.release(&termination);
        }
        let empty = self.contexts[place]
            .as_ref()
            .is_some_and(|context| context.terminations.iter().all(Option::is_none));
        if empty {
            self.remove_context(place);
        }
        self.reply(pending.transaction, Err(MediaError::InsufficientResources));
        self.gauge();
    }

    fn modify(
        &mut self,
        now: Time,
        id: ContextId,
        termination: TerminationId,
        remote: Option<RtpParameters>,
        mode: Mode,
    ) -> Result<MediaResult, MediaError> {
        let place = *self.places.get(&id).ok_or(MediaError::UnknownContext)?;
        let context = self.contexts[place]
            .as_mut()
            .ok_or(MediaError::UnknownContext)?;
        let termination = context
            .termination(termination)
            .as_mut()
            .ok_or(MediaError::UnknownTermination)?;
        let mut anew = false;
        if let Some(remote) = remote {
            check_parameters(&remote)?;
            // The far end of a circuit is configured, not signaled.
            if matches!(termination.bearer, LocalBearer::Circuit { .. }) {
                return Err(MediaError::Unsupported);
            }
            anew = termination.set_remote(remote);
        }
        termination.set_mode(now, mode);
        self.connect(now, place, anew);
        Ok(MediaResult::Modified)
    }

    fn signal(
        &mut self,
        now: Time,
        id: ContextId,
        termination: TerminationId,
        signal: Option<Signal>,
    ) -> Result<MediaResult, MediaError> {
        let place = *self.places.get(&id).ok_or(MediaError::UnknownContext)?;
        let context = self.contexts[place]
            .as_mut()
            .ok_or(MediaError::UnknownContext)?;
        context.signal(termination, signal)?;
        self.arm(now, place);
        Ok(MediaResult::Modified)
    }

    fn subtract(&mut self, now: Time, id: ContextId) -> Result<MediaResult, MediaError> {
        let place = *self.places.get(&id).ok_or(MediaError::UnknownContext)?;
        let mut statistics = MediaStatistics::default();
        for id in [TerminationId::A, TerminationId::B] {
            let taken = self.contexts[place]
                .as_mut()
                .and_then(|context| context.termination(id).take());
            let Some(mut termination) = taken else {
                continue;
            };
            match id {
                TerminationId::A => statistics.a = termination.statistics(),
                TerminationId::B => statistics.b = termination.statistics(),
            }
            if let Some(pending) = termination.pending {
                self.reply(pending.transaction, Err(MediaError::UnknownContext));
            }
            if self.config.rtcp && termination.pending.is_none() {
                Context::bye(now, &mut termination, &mut self.sink);
            }
            let socket = termination.socket;
            self.sink.outputs.push_back(Output::Unbind { socket });
            self.release(&termination);
        }
        self.remove_context(place);
        Ok(MediaResult::Subtracted(statistics))
    }

    fn packet(
        &mut self,
        now: Time,
        socket: SocketId,
        channel: Channel,
        source: SocketAddr,
        data: &[u8],
    ) {
        let holder = self.holder(socket);
        let found = holder.and_then(|(place, id)| {
            self.contexts[place]
                .as_mut()
                .map(|context| (context, place, id))
        });
        let Some((context, place, id)) = found else {
            self.sink.counters.count_discarded(Discard::NoTermination);
            return;
        };
        match channel {
            Channel::Rtp => {
                if context.packet(now, id, source, data, &self.config, &mut self.sink) {
                    self.arm(now, place);
                }
            }
            Channel::Rtcp => context.report(now, id, source, data, &mut self.sink),
        }
    }

    fn tick(&mut self, now: Time, due: Time, place: usize) {
        let Some(context) = &mut self.contexts[place] else {
            return;
        };
        let Some((_, samples)) = context.tick.take() else {
            return;
        };
        context.play(now, samples, &mut self.sink);
        let Some(next_samples) = context.tick_samples() else {
            return;
        };
        let period = duration(next_samples);
        let mut next = due + period;
        if next + CATCH_UP < now {
            // Too late to be made good: the far end has heard the gap already.
            let skipped = now.since(next).as_micros() / period.as_micros();
            self.sink.counters.count_overruns(skipped as u64);
            next = next_tick(now, place, period);
        }
        context.tick = Some((next, next_samples));
        self.timers.start(next, place, Timer::Tick);
    }

    fn supervise(&mut self, now: Time, place: usize) {
        let random = self.draw();
        let Some(context) = &mut self.contexts[place] else {
            return;
        };
        context.supervise(now, &self.config, random, &mut self.sink);
        context.supervision = now + SUPERVISION;
        self.timers
            .start(context.supervision, place, Timer::Supervision);
    }

    fn connect(&mut self, now: Time, place: usize, anew: bool) {
        if let Some(context) = &mut self.contexts[place] {
            context.connect(anew, self.config.jitter);
        }
        self.arm(now, place);
    }

    /// Starts the ticks of a context that has come to need them.
    fn arm(&mut self, now: Time, place: usize) {
        let Some(context) = &mut self.contexts[place] else {
            return;
        };
        if let (None, Some(samples)) = (context.tick, context.tick_samples()) {
            let at = next_tick(now, place, duration(samples));
            context.tick = Some((at, samples));
            self.timers.start(at, place, Timer::Tick);
        }
    }

    fn make_context(&mut self, now: Time, id: ContextId) -> usize {
        let place = self.free.pop().unwrap_or_else(|| {
            self.contexts.push(None);
            self.contexts.len() - 1
        });
        let supervision = now + SUPERVISION;
        self.contexts[place] = Some(Context::new(id, supervision));
        self.places.insert(id, place);
        self.timers.start(supervision, place, Timer::Supervision);
        place
    }

    fn remove_context(&mut self, place: usize) {
        let Some(context) = self.contexts[place].take() else {
            return;
        };
        self.places.remove(&context.id);
        self.timers
            .stop(context.supervision, place, Timer::Supervision);
        if let Some((at, _)) = context.tick {
            self.timers.stop(at, place, Timer::Tick);
        }
        self.free.push(place);
    }

    /// Gives back what a termination held.
    fn release(&mut self, termination: &Termination) {
        let SocketId(socket) = termination.socket;
        self.sockets[socket as usize] = None;
        self.free_sockets.push_back(socket);
        match termination.bearer {
            LocalBearer::Rtp { port } => self.ports.give_back(port),
            LocalBearer::Circuit { group, cic } => {
                self.circuits.remove(&(group, cic));
            }
        }
    }

    fn holder(&self, socket: SocketId) -> Option<(usize, TerminationId)> {
        *self.sockets.get(socket.0 as usize)?
    }

    fn reply(&mut self, transaction: TransactionId, result: Result<MediaResult, MediaError>) {
        self.sink.event(MediaEvent::Reply(MediaReply {
            transaction,
            result,
        }));
    }

    fn gauge(&mut self) {
        self.sink.counters.set_contexts(self.places.len() as u64);
        self.sink.counters.set_ports(self.ports.in_use() as u64);
        self.sink.counters.set_circuits(self.circuits.len() as u64);
    }

    /// SplitMix64: unpredictable enough for identifiers that only must not collide (RFC 3550 8).
    const fn draw(&mut self) -> u32 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as u32
    }
}

fn check_parameters(parameters: &RtpParameters) -> Result<(), MediaError> {
    let events = parameters.telephone_event;
    let types = [
        Some(parameters.send_payload_type),
        Some(parameters.receive_payload_type),
        events.map(|events| events.payload_type),
        events.map(|events| events.receive_payload_type),
    ];
    let valid = types
        .into_iter()
        .flatten()
        .all(|payload_type| payload_type < 128);
    let clock = events.is_none_or(|events| EVENT_CLOCKS.contains(&events.clock_rate));
    if valid && clock {
        Ok(())
    } else {
        Err(MediaError::Unsupported)
    }
}

/// Clock rates of telephone events: whole units to a sample, and a segment is longer than a tick.
const EVENT_CLOCKS: [u32; 2] = [8_000, 48_000];
/// Ports that are tried for one termination.
const BIND_ATTEMPTS: u32 = 16;
/// How late ticks may be and still be made good one by one.
const CATCH_UP: Duration = Duration::from_millis(100);
const SUPERVISION: Duration = Duration::from_secs(1);
