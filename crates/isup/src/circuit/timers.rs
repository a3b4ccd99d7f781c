//! The running timers of all circuits.

use std::collections::{BTreeMap, BTreeSet};
use trunkline_model::Time;

/// Timers of Q.764 Annex A that run on circuits. T4 and T30 are of a destination; they run on its
/// first circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "Q.764 Annex A, `TIMERS` and `T30` say what each is for"
)]
pub enum Timer {
    T1,
    T4,
    T5,
    T7,
    T9,
    T12,
    T13,
    T14,
    T15,
    T16,
    T17,
    T18,
    T19,
    T20,
    T21,
    T22,
    T23,
    T30,
    T34,
}

/// The position of a circuit in the table.
pub(super) type Index = u32;

#[derive(Debug, Default)]
pub(super) struct Running {
    at: BTreeMap<(Index, Timer), Time>,
    order: BTreeSet<(Time, Index, Timer)>,
}

impl Running {
    /// Starts a timer, or starts it again.
    pub(super) fn start(&mut self, circuit: Index, timer: Timer, at: Time) {
        if let Some(old) = self.at.insert((circuit, timer), at) {
            self.order.remove(&(old, circuit, timer));
        }
        self.order.insert((at, circuit, timer));
    }

    pub(super) fn stop(&mut self, circuit: Index, timer: Timer) {
        if let Some(at) = self.at.remove(&(circuit, timer)) {
            self.order.remove(&(at, circuit, timer));
        }
    }

    pub(super) fn is_running(&self, circuit: Index, timer: Timer) -> bool {
        self.at.contains_key(&(circuit, timer))
    }

    pub(super) fn next(&self) -> Option<(Time, Timer)> {
        self.order.first().map(|&(at, _, timer)| (at, timer))
    }

    pub(super) fn expire(&mut self, now: Time) -> Option<(Index, Timer)> {
        let &(at, circuit, timer) = self.order.first()?;
        if at > now {
            return None;
        }
        self.stop(circuit, timer);
        Some((circuit, timer))
    }
}
