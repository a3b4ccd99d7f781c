//! Group reset (Q.764 2.9.3.2): how circuits come into use at the start, and what the other end's
//! group resets do.

use super::event::{Alarm, ClearReason, Discard};
use super::group_blocking::Why;
use super::table::{CircuitTable, State};
use super::timers::{Index, Timer};
use crate::{Gra, Grs, Message, Status};
use std::collections::{BTreeMap, VecDeque};
use trunkline_model::{CircuitId, Time};

/// Circuits that one GRS may name (Q.763 3.43).
const MAX_CIRCUITS: Index = 32;

/// Ranges of a group that may wait for GRA at one time, so that a large group does not flood the
/// link when it starts.
const WINDOW: usize = 4;

/// The resets of one group.
#[derive(Debug, Default)]
pub(super) struct Resets {
    /// Whether the group was ever reset.
    pub(super) started: bool,
    /// Ranges yet to be reset: first circuit and count.
    waiting: VecDeque<(Index, Index)>,
    /// Ranges whose GRS was sent: count by first circuit.
    sent: BTreeMap<Index, Index>,
}

impl CircuitTable {
    /// Resets all circuits of a group, in ranges of consecutive codes.
    pub(super) fn start_group_reset(&mut self, now: Time, position: usize) {
        let group = &mut self.groups[position];
        group.resets.started = true;
        let mut first = group.members.start;
        while first < group.members.end {
            let mut end = first + 1;
            while end < group.members.end
                && end - first < MAX_CIRCUITS
                && self.circuits[end as usize].cic.value()
                    == self.circuits[end as usize - 1].cic.value() + 1
            {
                end += 1;
            }
            group.resets.waiting.push_back((first, end - first));
            first = end;
        }
        self.next_resets(now, position);
    }

    fn next_resets(&mut self, now: Time, position: usize) {
        while self.groups[position].resets.sent.len() < WINDOW {
            let Some((first, count)) = self.groups[position].resets.waiting.pop_front() else {
                return;
            };
            if count == 1 {
                // A range of one circuit cannot be written (Q.763 3.43: range 0 is reserved).
                self.reset(now, first, ClearReason::OwnReset);
                continue;
            }
            let group = &mut self.groups[position];
            group.resets.sent.insert(first, count);
            let timers = group.config.timers;
            self.send_grs(first, count);
            self.start(now, first, Timer::T22, timers.t22);
            self.start(now, first, Timer::T23, timers.t23);
        }
    }

    fn send_grs(&mut self, first: Index, count: Index) {
        // `count` is 2 to 32.
        let range = u8::try_from(count - 1).unwrap_or(u8::MAX);
        self.send(first, Message::Grs(Grs { range }));
    }

    pub(super) fn group_reset_expired(&mut self, now: Time, index: Index, timer: Timer) {
        let position = usize::from(self.circuits[index as usize].group);
        let timers = self.groups[position].config.timers;
        let Some(&count) = self.groups[position].resets.sent.get(&index) else {
            return;
        };
        if timer == Timer::T22 {
            self.start(now, index, Timer::T22, timers.t22);
        } else {
            self.alarm(index, Alarm::NoGroupResetAcknowledgement);
            self.timers.stop(index, Timer::T22);
            self.start(now, index, Timer::T23, timers.t23);
        }
        self.send_grs(index, count);
    }

    /// Whether a circuit waits for a GRA of ours.
    pub(super) fn is_in_group_reset(&self, index: Index) -> bool {
        matches!(self.state_of(index), State::Unknown)
    }

    /// The other end resets a range of circuits; those that we have blocked are named in the GRA.
    pub(super) fn grs(&mut self, now: Time, index: Index, grs: &Grs) {
        let range = grs.range;
        let CircuitId { dpc, cic } = self.name(index);
        if range == 0 || Index::from(range) >= MAX_CIRCUITS {
            return self.discard(dpc, Some(cic), Discard::BadRange(range));
        }
        let members = self.range(index, range);
        let mut status = Status::new();
        let mut failed = Status::new();
        for member in members {
            status.set(self.offset(index, member), self.holds_blocked(member));
            failed.set(self.offset(index, member), self.holds_failed(member));
            self.end_remote_blocking(member);
            self.clear(now, member, ClearReason::GroupReset);
        }
        // GRA tells of maintenance only.
        if failed.ones().next().is_some() {
            self.tell_failures(now, index, range, failed);
        }
        self.send(index, Message::Gra(Gra { range, status }));
    }

    /// The other end has reset a range; those that it has blocked are named.
    pub(super) fn gra(&mut self, now: Time, index: Index, gra: &Gra) {
        let position = usize::from(self.circuits[index as usize].group);
        let expected = self.groups[position].resets.sent.get(&index).copied();
        if expected != Some(Index::from(gra.range) + 1) {
            return self.unexpected(index, "GRA");
        }
        self.groups[position].resets.sent.remove(&index);
        self.timers.stop(index, Timer::T22);
        self.timers.stop(index, Timer::T23);
        for member in self.range(index, gra.range) {
            self.set_remotely_blocked(
                member,
                Why::Maintenance,
                gra.status.get(self.offset(index, member)),
            );
            if matches!(self.state_of(member), State::Unknown) {
                self.enter(now, member, State::Idle);
            }
        }
        self.next_resets(now, position);
    }

    /// How many codes a circuit of a range comes after the first: at most 255.
    fn offset(&self, first: Index, member: Index) -> u8 {
        let code = |index: Index| self.circuits[index as usize].cic.value();
        u8::try_from(code(member) - code(first)).unwrap_or(u8::MAX)
    }

    /// The circuits of ours among the `range` + 1 codes from that of `first` on.
    fn range(&self, first: Index, range: u8) -> core::ops::Range<Index> {
        let last = self.circuits[first as usize]
            .cic
            .value()
            .saturating_add(range.into());
        let members = &self.group(first).members;
        let mut end = first;
        while end < members.end && self.circuits[end as usize].cic.value() <= last {
            end += 1;
        }
        first..end
    }
}
