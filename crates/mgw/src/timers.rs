//! When a context wants to be called.

use std::collections::BTreeSet;
use std::time::Duration;
use trunkline_model::Time;

/// Why the core wants to be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// A context's transcoded packets are due.
    Tick,
    /// Reports are due, or a far end may have fallen silent.
    Supervision,
}

/// The timers of all contexts, by time. A context is named by its place in the slab.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    due: BTreeSet<(Time, usize, Timer)>,
}

impl Timers {
    pub(crate) fn start(&mut self, at: Time, context: usize, timer: Timer) {
        self.due.insert((at, context, timer));
    }

    pub(crate) fn stop(&mut self, at: Time, context: usize, timer: Timer) {
        self.due.remove(&(at, context, timer));
    }

    pub(crate) fn first(&self) -> Option<(Time, usize, Timer)> {
        self.due.first().copied()
    }
}

/// The next tick after `now`. Each context has its own phase within 20 ms, so that encoders of
/// many contexts do not run at once.
pub(crate) fn next_tick(now: Time, context: usize, period: Duration) -> Time {
    let period = period.as_micros() as u64;
    // 7.3 ms is far from any simple fraction of 20 ms: neighbours spread evenly.
    let phase = (context as u64).wrapping_mul(7_300) % period;
    let past = (now.as_micros() + period - phase) % period;
    now + Duration::from_micros(period - past)
}
