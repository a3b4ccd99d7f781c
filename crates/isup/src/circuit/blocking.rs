//! Blocking and unblocking for maintenance (Q.764 2.8.2).

use super::event::{Alarm, ClearReason, Indication};
use super::group_blocking::Why;
use super::table::{Blocking, CircuitTable, State};
use super::timers::{Index, Timer};
use crate::{Message, Rel};
use trunkline_model::{Cause, CauseValue, Location, Time};

impl CircuitTable {
    pub(super) fn block(&mut self, now: Time, index: Index) {
        self.withdraw(index, Why::Maintenance, false);
        self.set_locally_blocked(index, Why::Maintenance, true);
        let timers = self.group(index).config.timers;
        self.stop_blocking_timers(index);
        self.send(index, Message::Blo);
        self.start(now, index, Timer::T12, timers.t12);
        self.start(now, index, Timer::T13, timers.t13);
    }

    pub(super) fn unblock(&mut self, now: Time, index: Index) {
        if !self.circuits[index as usize].locally_blocked.maintenance {
            return;
        }
        self.withdraw(index, Why::Maintenance, true);
        let timers = self.group(index).config.timers;
        self.stop_blocking_timers(index);
        self.send(index, Message::Ubl);
        self.start(now, index, Timer::T14, timers.t14);
        self.start(now, index, Timer::T15, timers.t15);
    }

    pub(super) fn blo(&mut self, now: Time, index: Index) {
        self.set_remotely_blocked(index, Why::Maintenance, true);
        self.send(index, Message::Bla);
        self.give_way_to_blocking(now, index);
    }

    /// A circuit was blocked for maintenance. A call on it goes on; but an IAM that nothing answered
    /// yet may be ignored there: the attempt is to be repeated on another circuit (Q.764 2.8.2.1),
    /// and this one is released.
    pub(super) fn give_way_to_blocking(&mut self, now: Time, index: Index) {
        // A first segment is a backward message, too.
        if matches!(self.state_of(index), State::AwaitAcm) && !self.awaits_segment(index) {
            self.tell(index, Indication::Cleared(ClearReason::Blocked));
            let cause = Cause::new(
                CauseValue::NORMAL_UNSPECIFIED,
                Location::BeyondInterworkingPoint,
            );
            self.release(now, index, Rel::new(cause));
        }
    }

    pub(super) fn ubl(&mut self, index: Index) {
        self.set_remotely_blocked(index, Why::Maintenance, false);
        self.send(index, Message::Uba);
    }

    pub(super) fn bla(&mut self, index: Index) {
        self.timers.stop(index, Timer::T12);
        self.timers.stop(index, Timer::T13);
        if !self.circuits[index as usize].locally_blocked.maintenance {
            // The other end believes the circuit blocked: undo that.
            self.unexpected(index, "BLA");
            self.send(index, Message::Ubl);
        }
    }

    pub(super) fn uba(&mut self, index: Index) {
        if self.is_unblocking(index) {
            return self.unblocked(index);
        }
        self.unexpected(index, "UBA");
        if self.circuits[index as usize].locally_blocked.maintenance {
            // The other end believes the circuit unblocked: undo that (Q.764 2.8.2.3).
            self.send(index, Message::Blo);
        }
    }

    /// Whether we have asked the other end to take the circuit as unblocked: it must not be told
    /// that it is blocked after that.
    pub(super) fn is_unblocking(&self, index: Index) -> bool {
        // T15 runs from the UBL on.
        self.timers.is_running(index, Timer::T15)
            || self.is_unblocking_with_group(index, Why::Maintenance)
    }

    /// Whether the other end is to take the circuit as blocked by us for maintenance.
    pub(super) fn holds_blocked(&self, index: Index) -> bool {
        self.circuits[index as usize].locally_blocked.maintenance && !self.is_unblocking(index)
    }

    /// Whether the other end is to take the circuit as one whose hardware has failed here.
    pub(super) fn holds_failed(&self, index: Index) -> bool {
        self.circuits[index as usize].locally_blocked.hardware
            && !self.is_unblocking_with_group(index, Why::Hardware)
    }

    /// The other end has taken the circuit as unblocked.
    pub(super) fn unblocked(&mut self, index: Index) {
        self.stop_unblocking_timers(index);
        self.set_locally_blocked(index, Why::Maintenance, false);
    }

    /// UBL is not waited for to be acknowledged any more.
    pub(super) fn stop_unblocking_timers(&mut self, index: Index) {
        self.timers.stop(index, Timer::T14);
        self.timers.stop(index, Timer::T15);
    }

    pub(super) fn blocking_expired(&mut self, now: Time, index: Index, timer: Timer) {
        let timers = self.group(index).config.timers;
        match timer {
            Timer::T12 => {
                self.send(index, Message::Blo);
                self.start(now, index, Timer::T12, timers.t12);
            }
            Timer::T13 => {
                self.alarm(index, Alarm::NoBlockingAcknowledgement);
                self.timers.stop(index, Timer::T12);
                self.send(index, Message::Blo);
                self.start(now, index, Timer::T13, timers.t13);
            }
            Timer::T14 => {
                self.send(index, Message::Ubl);
                self.start(now, index, Timer::T14, timers.t14);
            }
            Timer::T15 => {
                self.alarm(index, Alarm::NoUnblockingAcknowledgement);
                self.timers.stop(index, Timer::T14);
                self.send(index, Message::Ubl);
                self.start(now, index, Timer::T15, timers.t15);
            }
            _ => {}
        }
    }

    /// The other end has blocked or unblocked a circuit.
    pub(super) fn set_remotely_blocked(&mut self, index: Index, why: Why, blocked: bool) {
        let mut remotely_blocked = self.circuits[index as usize].remotely_blocked;
        remotely_blocked.set(why, blocked);
        self.set_remote_blocking(index, remotely_blocked);
    }

    /// The circuit is not blocked by the other end, whatever was believed.
    pub(super) fn end_remote_blocking(&mut self, index: Index) {
        self.set_remote_blocking(index, Blocking::default());
    }

    fn set_remote_blocking(&mut self, index: Index, blocking: Blocking) {
        let circuit = &mut self.circuits[index as usize];
        let was = core::mem::replace(&mut circuit.remotely_blocked, blocking).is_blocked();
        if was == blocking.is_blocked() {
            return;
        }
        let census = &mut self.groups[usize::from(circuit.group)].census;
        if was {
            census.remotely_blocked -= 1;
        } else {
            census.remotely_blocked += 1;
        }
        self.report(index);
        self.offer(index);
    }

    /// This end has blocked or unblocked a circuit.
    pub(super) fn set_locally_blocked(&mut self, index: Index, why: Why, blocked: bool) {
        let circuit = &mut self.circuits[index as usize];
        let was = circuit.locally_blocked.is_blocked();
        circuit.locally_blocked.set(why, blocked);
        let is = circuit.locally_blocked.is_blocked();
        if was == is {
            return;
        }
        let census = &mut self.groups[usize::from(circuit.group)].census;
        if is {
            census.locally_blocked += 1;
        } else {
            census.locally_blocked -= 1;
        }
        self.report(index);
        self.offer(index);
    }

    fn stop_blocking_timers(&mut self, index: Index) {
        for timer in [Timer::T12, Timer::T13, Timer::T14, Timer::T15] {
            self.timers.stop(index, timer);
        }
    }
}
