//! Blocking of circuit groups by this end (Q.764 2.8.2.2).

use super::event::{Alarm, ClearReason};
use super::group_blocking::Why;
use super::table::CircuitTable;
use super::timers::{Index, Timer};
use crate::{Cgb, Cgu, GroupSupervision, Message, RangeAndStatus, Status};
use trunkline_model::{CircuitId, Time};

/// What CGB or CGU has asked for, and is not acknowledged yet. One message at a time of each kind
/// starts with a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asked {
    /// The circuit with which the range begins.
    first: Index,
    /// CGB, or else CGU.
    block: bool,
    why: Why,
}

impl CircuitTable {
    /// Blocks circuits. They are blocked from now on, whatever the other end answers.
    pub(super) fn block_group(
        &mut self,
        now: Time,
        first: Index,
        supervision: GroupSupervision,
        circuits: RangeAndStatus,
    ) {
        let from = self.group(first).config.opc;
        let Some(named) = self.named(first, from, supervision.into(), circuits) else {
            return;
        };
        for &member in &named.circuits {
            self.withdraw(member, named.why, false);
            self.set_locally_blocked(member, named.why, true);
            match named.why {
                // An UBL that was sent before must not be repeated.
                Why::Maintenance => self.stop_unblocking_timers(member),
                Why::Hardware => self.clear(now, member, ClearReason::HardwareFailure),
            }
        }
        let asked = Asked {
            first,
            block: true,
            why: named.why,
        };
        self.ask(now, asked, named.acknowledged);
    }

    /// Ends the blocking of circuits, when the other end has acknowledged that.
    pub(super) fn unblock_group(
        &mut self,
        now: Time,
        first: Index,
        supervision: GroupSupervision,
        circuits: RangeAndStatus,
    ) {
        let from = self.group(first).config.opc;
        let Some(named) = self.named(first, from, supervision.into(), circuits) else {
            return;
        };
        for &member in &named.circuits {
            self.withdraw(member, named.why, true);
        }
        let asked = Asked {
            first,
            block: false,
            why: named.why,
        };
        self.ask(now, asked, named.acknowledged);
    }

    /// Tells the other end again of a circuit whose hardware has failed here.
    pub(super) fn tell_failure(&mut self, now: Time, index: Index) {
        let mut status = Status::new();
        status.set(0, true);
        // Range 0 is reserved: the message names two circuits, and means one.
        self.tell_failures(now, index, 1, status);
    }

    /// The same for circuits of a range.
    pub(super) fn tell_failures(&mut self, now: Time, first: Index, range: u8, status: Status) {
        let asked = Asked {
            first,
            block: true,
            why: Why::Hardware,
        };
        let status = Some(status);
        self.ask(now, asked, RangeAndStatus { range, status });
    }

    /// CGBA or CGUA.
    pub(super) fn group_acknowledged(&mut self, first: Index, message: &Message) {
        let (block, supervision, circuits) = match message {
            Message::Cgba(cgba) => (true, cgba.supervision, cgba.circuits),
            Message::Cgua(cgua) => (false, cgua.supervision, cgua.circuits),
            _ => return,
        };
        let asked = Why::of(supervision.indicator).map(|why| Asked { first, block, why });
        let expected = asked.and_then(|asked| Some((asked, *self.asked.get(&asked)?)));
        let (Some((asked, expected)), Some(acknowledged)) = (expected, circuits.status) else {
            return self.unexpected(first, message.name());
        };
        if expected.range != circuits.range {
            return self.unexpected(first, message.name());
        }
        self.forget(asked);
        let wanted = expected.status.unwrap_or_default();
        for bit in 0..=circuits.range {
            let Some(member) = self.member(first, bit) else {
                continue;
            };
            match (wanted.get(bit), acknowledged.get(bit)) {
                (true, true) if !block => self.set_locally_blocked(member, asked.why, false),
                // Q.764 2.8.2.3 v) to vii)
                (true, false) | (false, true) => {
                    self.alarm(member, Alarm::GroupAcknowledgementDiffers);
                }
                _ => {}
            }
        }
    }

    pub(super) fn group_blocking_expired(&mut self, now: Time, first: Index, timer: Timer) {
        let timers = self.group(first).config.timers;
        let block = matches!(timer, Timer::T18 | Timer::T19);
        match timer {
            Timer::T18 => self.start(now, first, Timer::T18, timers.t18),
            Timer::T20 => self.start(now, first, Timer::T20, timers.t20),
            Timer::T19 => {
                self.alarm(first, Alarm::NoGroupBlockingAcknowledgement);
                self.timers.stop(first, Timer::T18);
                self.start(now, first, Timer::T19, timers.t19);
            }
            Timer::T21 => {
                self.alarm(first, Alarm::NoGroupUnblockingAcknowledgement);
                self.timers.stop(first, Timer::T20);
                self.start(now, first, Timer::T21, timers.t21);
            }
            _ => return,
        }
        for why in [Why::Maintenance, Why::Hardware] {
            let asked = Asked { first, block, why };
            if let Some(&circuits) = self.asked.get(&asked) {
                self.send_asked(asked, circuits);
            }
        }
    }

    /// Whether a CGU has asked the other end to take the circuit as unblocked.
    pub(super) fn is_unblocking_with_group(&self, index: Index, why: Why) -> bool {
        self.asked.iter().any(|(asked, circuits)| {
            !asked.block
                && asked.why == why
                && circuits.status.is_some_and(|status| {
                    let mut bits = status.ones();
                    bits.any(|bit| self.member(asked.first, bit) == Some(index))
                })
        })
    }

    /// What CGB (`block`) or CGU has asked for about a circuit does not hold any more, and must not
    /// be repeated.
    pub(super) fn withdraw(&mut self, index: Index, why: Why, block: bool) {
        let about = |asked: &&Asked| asked.block == block && asked.why == why;
        let all: Vec<Asked> = self.asked.keys().filter(about).copied().collect();
        for asked in all {
            let bit = (0..=u8::MAX).find(|bit| self.member(asked.first, *bit) == Some(index));
            if let (Some(bit), Some(circuits)) = (bit, self.asked.get_mut(&asked))
                && let Some(status) = &mut circuits.status
            {
                status.set(bit, false);
                if status.ones().next().is_none() {
                    self.forget(asked);
                }
            }
        }
    }

    fn ask(&mut self, now: Time, asked: Asked, mut circuits: RangeAndStatus) {
        if let Some(before) = self.asked.get(&asked) {
            circuits = together(*before, circuits);
        }
        if circuits
            .status
            .is_none_or(|status| status.ones().next().is_none())
        {
            return;
        }
        self.asked.insert(asked, circuits);
        self.send_asked(asked, circuits);
        let timers = self.group(asked.first).config.timers;
        let (repeat, give_up) = asked.timers();
        let (after, long) = match asked.block {
            true => (timers.t18, timers.t19),
            false => (timers.t20, timers.t21),
        };
        self.start(now, asked.first, repeat, after);
        self.start(now, asked.first, give_up, long);
    }

    fn forget(&mut self, asked: Asked) {
        self.asked.remove(&asked);
        let other = Asked {
            why: asked.why.other(),
            ..asked
        };
        if !self.asked.contains_key(&other) {
            let (repeat, give_up) = asked.timers();
            self.timers.stop(asked.first, repeat);
            self.timers.stop(asked.first, give_up);
        }
    }

    fn send_asked(&mut self, asked: Asked, circuits: RangeAndStatus) {
        let supervision = asked.why.supervision().into();
        let message = match asked.block {
            true => Message::Cgb(Cgb {
                supervision,
                circuits,
            }),
            false => Message::Cgu(Cgu {
                supervision,
                circuits,
            }),
        };
        self.send(asked.first, message);
    }

    /// The circuit of ours that a status bit means.
    pub(super) fn member(&self, first: Index, bit: u8) -> Option<Index> {
        let CircuitId { dpc, cic } = self.name(first);
        let cic = trunkline_model::Cic::call_instance(cic.value().saturating_add(bit.into()));
        self.find(CircuitId { dpc, cic })
    }
}

impl Asked {
    /// The timers after which it is repeated, and given up and repeated more rarely.
    const fn timers(self) -> (Timer, Timer) {
        match self.block {
            true => (Timer::T18, Timer::T19),
            false => (Timer::T20, Timer::T21),
        }
    }
}

/// What two messages ask for in one.
fn together(one: RangeAndStatus, other: RangeAndStatus) -> RangeAndStatus {
    let mut status = one.status.unwrap_or_default();
    for bit in other.status.unwrap_or_default().ones() {
        status.set(bit, true);
    }
    RangeAndStatus {
        range: one.range.max(other.range),
        status: Some(status),
    }
}
