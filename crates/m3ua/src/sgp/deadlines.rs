//! When which timer expires.

use super::Timer;
use std::collections::{BTreeMap, BTreeSet};
use trunkline_model::Time;

/// The running timers, each once.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    at: BTreeMap<Timer, Time>,
    order: BTreeSet<(Time, Timer)>,
}

impl Deadlines {
    /// Starts a timer anew, or with `None` stops it.
    pub(super) fn set(&mut self, timer: Timer, at: Option<Time>) {
        let before = match at {
            Some(at) => self.at.insert(timer, at),
            None => self.at.remove(&timer),
        };
        if before == at {
            return;
        }
        if let Some(before) = before {
            self.order.remove(&(before, timer));
        }
        self.order.extend(at.map(|at| (at, timer)));
    }

    pub(super) fn runs(&self, timer: Timer) -> bool {
        self.at.contains_key(&timer)
    }

    pub(super) fn first(&self) -> Option<(Time, Timer)> {
        self.order.first().copied()
    }

    /// Stops and gives the first timer that expired by then.
    pub(super) fn pop(&mut self, now: Time) -> Option<Timer> {
        let (_, timer) = self.first().filter(|(at, _)| *at <= now)?;
        self.set(timer, None);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_expire_in_order_and_once() {
        let (a, b) = (Timer::Recovery(1), Timer::Diversion(1));
        let at = Time::from_secs;
        let mut deadlines = Deadlines::default();
        deadlines.set(a, Some(at(9)));
        deadlines.set(b, Some(at(2)));
        deadlines.set(a, Some(at(1)));
        deadlines.set(a, Some(at(1)));
        assert_eq!(deadlines.first(), Some((at(1), a)));
        assert_eq!(deadlines.pop(at(0)), None);
        assert_eq!(deadlines.pop(at(5)), Some(a));
        assert!(!deadlines.runs(a) && deadlines.runs(b));
        deadlines.set(b, None);
        assert_eq!(deadlines.pop(at(5)), None);
        assert_eq!(deadlines.first(), None);
    }
}
