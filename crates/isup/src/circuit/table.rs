//! [`CircuitTable`]: the circuits, how they are found, and what they are told.

use super::config::{CircuitGroup, CircuitTableError};
use super::destination::Destination;
use super::event::{Alarm, Census, CircuitState, Discard, Indication, Input, Output, Phase};
use super::group_blocking::Why;
use super::group_blocking_sent::Asked;
use super::group_reset::Resets;
use super::selection::IdleQueue;
use super::timers::{Index, Running, Timer};
use crate::segmentation::Reassembly;
use crate::{Acm, Anm, Message, MessageType, Pdu, RangeAndStatus, Rel, Variant};
use core::time::Duration;
use std::collections::{BTreeMap, HashMap, VecDeque};
use trunkline_model::mtp::{MtpIndication, MtpTransfer, SI_ISUP};
use trunkline_model::{Cic, CircuitId, PointCode, Time, TrunkGroupId};

/// All circuits of an exchange; see the module's documentation.
#[derive(Debug)]
pub struct CircuitTable {
    pub(super) groups: Vec<Group>,
    pub(super) destinations: Vec<Destination>,
    pub(super) circuits: Vec<Circuit>,
    by_name: HashMap<CircuitId, Index>,
    pub(super) timers: Running,
    /// First segments of messages whose second has yet to come.
    pub(super) segments: BTreeMap<Index, Reassembly>,
    /// CGB and CGU that are not acknowledged yet.
    pub(super) asked: BTreeMap<Asked, RangeAndStatus>,
    pub(super) out: VecDeque<Output>,
}

#[derive(Debug)]
pub(super) struct Group {
    pub(super) config: CircuitGroup,
    /// Positions of its circuits, in the order of their codes.
    pub(super) members: core::ops::Range<Index>,
    pub(super) idle: IdleQueue,
    pub(super) census: Census,
    /// The position of the exchange at its far end.
    pub(super) destination: usize,
    pub(super) resets: Resets,
}

#[derive(Debug)]
pub(super) struct Circuit {
    pub(super) cic: Cic,
    /// The position of its group.
    pub(super) group: u16,
    pub(super) state: State,
    pub(super) locally_blocked: Blocking,
    pub(super) remotely_blocked: Blocking,
    /// Whether it stands in the idle queue.
    pub(super) queued: bool,
    /// Indications that stand in the output queue.
    untold: u32,
}

/// How an end has blocked a circuit (Q.764 2.8.2): one does not end the other.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Blocking {
    /// By BLO or CGB, for maintenance.
    pub(super) maintenance: bool,
    /// By CGB, for a hardware failure.
    pub(super) hardware: bool,
}

impl Blocking {
    pub(super) const fn is_blocked(self) -> bool {
        self.maintenance || self.hardware
    }

    pub(super) const fn set(&mut self, why: Why, blocked: bool) {
        match why {
            Why::Maintenance => self.maintenance = blocked,
            Why::Hardware => self.hardware = blocked,
        }
    }
}

/// States of one circuit: call processing and circuit supervision of Q.764 Annex B in one, since
/// they exclude each other.
#[derive(Debug)]
pub(super) enum State {
    /// Neither end has reset it yet.
    Unknown,
    /// No call.
    Idle,
    /// Taken for a call from us; nothing was sent.
    Seized,
    /// IAM was sent; T7 runs.
    AwaitAcm,
    /// ACM came; T9 runs.
    AwaitAnm,
    /// ANM or CON came.
    OutgoingAnswered,
    /// IAM came; no backward message was sent.
    Incoming,
    /// ACM, CON or ANM was sent.
    IncomingComplete,
    /// REL was sent; T1 and T5 run.
    Releasing(Box<Rel>),
    /// RSC was sent; T16 and T17 run.
    Resetting,
}

impl State {
    pub(super) const fn phase(&self) -> Phase {
        match self {
            Self::Unknown | Self::Resetting => Phase::Resetting,
            Self::Idle => Phase::Idle,
            Self::Seized | Self::AwaitAcm | Self::AwaitAnm | Self::OutgoingAnswered => {
                Phase::Outgoing
            }
            Self::Incoming | Self::IncomingComplete => Phase::Incoming,
            Self::Releasing(_) => Phase::Releasing,
        }
    }

    /// Whether the call control has a call on the circuit.
    pub(super) const fn has_call(&self) -> bool {
        matches!(
            self,
            Self::Seized
                | Self::AwaitAcm
                | Self::AwaitAnm
                | Self::OutgoingAnswered
                | Self::Incoming
                | Self::IncomingComplete
        )
    }

    /// Whether the call on the circuit came from the other end.
    pub(super) const fn is_incoming(&self) -> bool {
        matches!(self, Self::Incoming | Self::IncomingComplete)
    }
}

impl CircuitTable {
    /// A table of these groups. No circuit can be used until MTP-RESUME comes for its far end and
    /// the reset that follows has been acknowledged.
    ///
    /// # Errors
    ///
    /// If a circuit is named twice, or a group is empty.
    pub fn new(groups: Vec<CircuitGroup>) -> Result<Self, CircuitTableError> {
        let mut table = Self {
            groups: Vec::new(),
            destinations: Vec::new(),
            circuits: Vec::new(),
            by_name: HashMap::new(),
            timers: Running::default(),
            segments: BTreeMap::new(),
            asked: BTreeMap::new(),
            out: VecDeque::new(),
        };
        for group in groups {
            table.add(group)?;
        }
        Ok(table)
    }

    fn add(&mut self, mut config: CircuitGroup) -> Result<(), CircuitTableError> {
        if self.groups.iter().any(|group| group.config.id == config.id) {
            return Err(CircuitTableError::DuplicateGroup(config.id));
        }
        if config.opc == config.dpc {
            return Err(CircuitTableError::Loop(config.id, config.opc));
        }
        if config.cics.is_empty() {
            return Err(CircuitTableError::Empty(config.id));
        }
        let variant = config.variant;
        let to_same = |group: &&Group| group.config.dpc == config.dpc;
        let sibling = self.groups.iter().find(to_same);
        let sibling = sibling.map(|group| (group.destination, group.config.variant));
        if let Some((_, other)) = sibling
            && other != variant
        {
            return Err(CircuitTableError::Variants(config.id, config.dpc));
        }
        config.cics.sort_unstable();
        if let Some(last) = config.cics.last()
            && last.value() > variant.cic_max()
        {
            let (max, name) = (variant.cic_max(), variant.name());
            return Err(CircuitTableError::CicTooLarge(config.id, *last, max, name));
        }
        let group = u16::try_from(self.groups.len()).unwrap_or(u16::MAX);
        let first = self.end();
        for &cic in &config.cics {
            let name = CircuitId {
                dpc: config.dpc,
                cic,
            };
            if self.by_name.insert(name, self.end()).is_some() {
                return Err(CircuitTableError::Duplicate(name));
            }
            self.circuits.push(Circuit {
                cic,
                group,
                state: State::Unknown,
                locally_blocked: Blocking::default(),
                remotely_blocked: Blocking::default(),
                queued: false,
                untold: 0,
            });
        }
        let destination = sibling.map_or(self.destinations.len(), |(destination, _)| destination);
        if sibling.is_none() {
            self.destinations.push(Destination::new(config.dpc, first));
        }
        let census = Census {
            resetting: config.cics.len(),
            ..Census::default()
        };
        self.groups.push(Group {
            members: first..self.end(),
            idle: IdleQueue::default(),
            census,
            destination,
            resets: Resets::default(),
            config,
        });
        Ok(())
    }

    fn end(&self) -> Index {
        // A circuit takes some hundred octets: memory ends before the index does.
        Index::try_from(self.circuits.len()).unwrap_or(Index::MAX)
    }

    /// Takes an idle circuit of a group for a call from us, or `None`: all busy, blocked, not
    /// reset, with an indication that was not polled yet, or the far end out of reach or without an
    /// ISUP that answers. Next comes [`Request::Send`](super::Request::Send) of the IAM, or
    /// [`Request::Free`](super::Request::Free).
    pub fn seize(&mut self, now: Time, group: TrunkGroupId) -> Option<CircuitId> {
        let position = self
            .groups
            .iter()
            .position(|entry| entry.config.id == group)?;
        let group = &mut self.groups[position];
        if !self.destinations[group.destination].is_available() {
            return None;
        }
        while let Some(index) = group.idle.pop(group.config.selection) {
            let circuit = &mut self.circuits[index as usize];
            circuit.queued = false;
            // An IAM of which one segment is there has as good as taken it.
            if circuit.is_free() && !self.segments.contains_key(&index) {
                self.enter(now, index, State::Seized);
                return Some(self.name(index));
            }
        }
        None
    }

    /// Takes one input; [`CircuitTable::poll_output`] has what follows from it.
    pub fn handle(&mut self, now: Time, input: Input) {
        match input {
            Input::Mtp(MtpIndication::Transfer(transfer)) => self.transfer(now, &transfer),
            Input::Mtp(MtpIndication::Pause(dpc)) => self.set_available(now, dpc, false),
            Input::Mtp(MtpIndication::Resume(dpc)) => self.set_available(now, dpc, true),
            Input::Mtp(MtpIndication::Status(dpc, status)) => self.mtp_status(now, dpc, status),
            Input::Request(name, request) => {
                if let Some(&index) = self.by_name.get(&name) {
                    self.request(now, index, request);
                }
            }
        }
    }

    /// The next thing to do, if there is one.
    pub fn poll_output(&mut self) -> Option<Output> {
        let output = self.out.pop_front()?;
        if let Output::Call(name, _) = &output
            && let Some(&index) = self.by_name.get(name)
        {
            self.circuits[index as usize].untold -= 1;
            self.offer(index);
        }
        Some(output)
    }

    /// When [`CircuitTable::handle_timeout`] must be called, and for what.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        self.timers.next()
    }

    /// Runs the timers that have run out by `now`.
    pub fn handle_timeout(&mut self, now: Time) {
        while let Some((index, timer)) = self.timers.expire(now) {
            self.expired(now, index, timer);
        }
    }

    /// The state of a circuit, or `None` if there is none of that name.
    pub fn state(&self, circuit: CircuitId) -> Option<CircuitState> {
        let index = *self.by_name.get(&circuit)?;
        Some(self.circuits[index as usize].watched())
    }

    /// The circuits of a group by state; all zero if there is no such group.
    pub fn census(&self, group: TrunkGroupId) -> Census {
        let group = self.groups.iter().find(|entry| entry.config.id == group);
        group.map_or_else(Census::default, |group| group.census)
    }

    /// The group of a circuit.
    pub fn group_of(&self, circuit: CircuitId) -> Option<TrunkGroupId> {
        let index = *self.by_name.get(&circuit)?;
        Some(self.group(index).config.id)
    }

    fn transfer(&mut self, now: Time, transfer: &MtpTransfer) {
        let opc = transfer.opc;
        if transfer.si != SI_ISUP {
            return;
        }
        let group = self.groups.iter().position(|group| group.config.dpc == opc);
        let config = group.and_then(|group| self.groups.get(group));
        let variant = config.map_or(Variant::itu(), |group| group.config.variant);
        match variant.decode(&transfer.data) {
            Ok(Pdu { cic, message, .. }) => {
                if let Some(group) = group {
                    let destination = self.groups[group].destination;
                    self.user_part_heard(destination);
                    // They are about no circuit, whatever code they have.
                    match message {
                        Message::Upt(_) => return self.upt(group, cic),
                        Message::Upa(_) if self.awaits_upa(destination) => {
                            return self.upa(destination);
                        }
                        _ => {}
                    }
                }
                match self.find(CircuitId { dpc: opc, cic }) {
                    Some(index) => self.received(now, index, message),
                    None => self.discard(opc, Some(cic), Discard::Unequipped),
                }
            }
            Err(error) => {
                let octets = transfer.data.first_chunk();
                let cic = octets.map(|octets| variant.cic(u16::from_le_bytes(*octets).into()));
                self.discard(opc, cic, Discard::Malformed(error));
            }
        }
    }

    /// The position of a circuit.
    pub(super) fn find(&self, name: CircuitId) -> Option<Index> {
        self.by_name.get(&name).copied()
    }

    pub(super) fn group(&self, index: Index) -> &Group {
        &self.groups[usize::from(self.circuits[index as usize].group)]
    }

    pub(super) fn name(&self, index: Index) -> CircuitId {
        let circuit = &self.circuits[index as usize];
        let dpc = self.groups[usize::from(circuit.group)].config.dpc;
        CircuitId {
            dpc,
            cic: circuit.cic,
        }
    }

    /// Whether this end has precedence on a circuit: the exchange with the higher point code
    /// controls the even codes, the other one the odd ones (Q.764 2.9.1.4).
    pub(super) fn controls(&self, index: Index) -> bool {
        let group = &self.group(index).config;
        (group.opc > group.dpc) == (self.circuits[index as usize].cic.value().is_multiple_of(2))
    }

    /// Brings a circuit into a state; stops the timers of the state that it leaves.
    pub(super) fn enter(&mut self, now: Time, index: Index, state: State) {
        for timer in [
            Timer::T1,
            Timer::T5,
            Timer::T7,
            Timer::T9,
            Timer::T16,
            Timer::T17,
        ] {
            self.timers.stop(index, timer);
        }
        let circuit = &mut self.circuits[index as usize];
        let census = &mut self.groups[usize::from(circuit.group)].census;
        let (before, after) = (circuit.state.phase(), state.phase());
        *census.of_phase(before) -= 1;
        *census.of_phase(after) += 1;
        circuit.state = state;
        let timers = self.group(index).config.timers;
        match self.circuits[index as usize].state {
            State::AwaitAcm => self.start(now, index, Timer::T7, timers.t7),
            State::AwaitAnm => self.start(now, index, Timer::T9, timers.t9),
            State::Releasing(_) => {
                self.start(now, index, Timer::T1, timers.t1);
                self.start(now, index, Timer::T5, timers.t5);
            }
            State::Resetting => {
                self.start(now, index, Timer::T16, timers.t16);
                self.start(now, index, Timer::T17, timers.t17);
            }
            _ => {}
        }
        if before != after {
            self.report(index);
        }
        self.offer(index);
    }

    /// Puts a circuit into the idle queue if it can be seized.
    pub(super) fn offer(&mut self, index: Index) {
        let controlled = self.controls(index);
        let circuit = &mut self.circuits[index as usize];
        if circuit.is_free() && !circuit.queued {
            circuit.queued = true;
            self.groups[usize::from(circuit.group)]
                .idle
                .push(index, controlled);
        }
    }

    pub(super) fn start(&mut self, now: Time, index: Index, timer: Timer, after: Duration) {
        self.timers.start(index, timer, now + after);
    }

    pub(super) fn report(&mut self, index: Index) {
        let state = self.circuits[index as usize].watched();
        let name = self.name(index);
        self.out.push_back(Output::State(name, state));
    }

    pub(super) fn alarm(&mut self, index: Index, alarm: Alarm) {
        let name = self.name(index);
        self.out.push_back(Output::Alarm(name, alarm));
    }

    pub(super) fn tell(&mut self, index: Index, indication: Indication) {
        let name = self.name(index);
        self.circuits[index as usize].untold += 1;
        self.out.push_back(Output::Call(name, indication));
    }

    pub(super) fn send(&mut self, index: Index, message: Message) {
        let config = &self.group(index).config;
        let cic = self.circuits[index as usize].cic;
        // ANSI has no CON: what it says, ACM and ANM say (RFC 3398 7.2.7).
        if let Message::Con(con) = &message
            && config.variant.message(MessageType::Con.code()).is_none()
        {
            let anm = Anm {
                optional: con.optional.clone(),
            };
            self.send(index, Message::Acm(Acm::new(con.backward_call)));
            return self.send(index, Message::Anm(anm));
        }
        let group = usize::from(self.circuits[index as usize].group);
        self.send_segments(group, &Pdu::new(cic, message));
    }

    /// Sends what is encoded to the far end of a group, in order with all else about that circuit.
    pub(super) fn transfer_out(&mut self, group: usize, cic: Cic, data: Vec<u8>) {
        let config = &self.groups[group].config;
        let transfer = MtpTransfer {
            opc: config.opc,
            dpc: config.dpc,
            si: SI_ISUP,
            ni: config.ni,
            mp: 0,
            sls: cic.sls(),
            data,
        };
        self.out.push_back(Output::Mtp(transfer));
    }

    pub(super) fn discard(&mut self, opc: PointCode, cic: Option<Cic>, reason: Discard) {
        self.out.push_back(Output::Discarded { opc, cic, reason });
    }

    /// A message that makes no sense in the circuit's state.
    pub(super) fn unexpected(&mut self, index: Index, message: &'static str) {
        let phase = self.circuits[index as usize].state.phase();
        let CircuitId { dpc, cic } = self.name(index);
        self.discard(dpc, Some(cic), Discard::Unexpected(message, phase));
    }
}

impl Circuit {
    /// Whether it can be given to a call. What a circuit's last call has yet to be told (one GRS
    /// takes many circuits) would otherwise be told to the next one.
    const fn is_free(&self) -> bool {
        matches!(self.state, State::Idle)
            && !self.locally_blocked.is_blocked()
            && !self.remotely_blocked.is_blocked()
            && self.untold == 0
    }

    pub(super) const fn watched(&self) -> CircuitState {
        CircuitState {
            phase: self.state.phase(),
            locally_blocked: self.locally_blocked.is_blocked(),
            remotely_blocked: self.remotely_blocked.is_blocked(),
        }
    }
}
