//! The timers of all calls, in order.

use crate::event::CallTimer;
use std::collections::{BTreeMap, BTreeSet};
use trunkline_model::{CallId, Time};

/// At most one timer of each kind runs for a call.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    running: BTreeMap<(CallId, CallTimer), Time>,
    order: BTreeSet<(Time, CallId, CallTimer)>,
}

impl Timers {
    /// Starts a timer, or starts it again.
    pub(crate) fn start(&mut self, call: CallId, timer: CallTimer, at: Time) {
        self.stop(call, timer);
        self.running.insert((call, timer), at);
        self.order.insert((at, call, timer));
    }

    pub(crate) fn stop(&mut self, call: CallId, timer: CallTimer) {
        if let Some(at) = self.running.remove(&(call, timer)) {
            self.order.remove(&(at, call, timer));
        }
    }

    pub(crate) fn stop_all(&mut self, call: CallId) {
        for timer in [
            CallTimer::T6,
            CallTimer::T11,
            CallTimer::T35,
            CallTimer::Answer,
            CallTimer::Interwork,
            CallTimer::Media,
        ] {
            self.stop(call, timer);
        }
    }

    pub(crate) fn is_running(&self, call: CallId, timer: CallTimer) -> bool {
        self.running.contains_key(&(call, timer))
    }

    pub(crate) fn len(&self) -> usize {
        self.running.len()
    }

    pub(crate) fn next(&self) -> Option<(Time, CallTimer)> {
        self.order.first().map(|&(at, _, timer)| (at, timer))
    }

    /// Takes a timer that has run out by `now`.
    pub(crate) fn expire(&mut self, now: Time) -> Option<(CallId, CallTimer)> {
        let &(at, call, timer) = self.order.first()?;
        if at > now {
            return None;
        }
        self.stop(call, timer);
        Some((call, timer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restarted_timer_runs_once_in_order() {
        let mut timers = Timers::default();
        timers.start(CallId(1), CallTimer::T11, Time::from_secs(5));
        timers.start(CallId(2), CallTimer::T11, Time::from_secs(3));
        timers.start(CallId(1), CallTimer::T11, Time::from_secs(2));
        assert_eq!(timers.next(), Some((Time::from_secs(2), CallTimer::T11)));
        assert_eq!(timers.expire(Time::from_secs(1)), None);
        assert_eq!(
            timers.expire(Time::from_secs(9)),
            Some((CallId(1), CallTimer::T11))
        );
        timers.stop_all(CallId(2));
        assert_eq!(timers.expire(Time::from_secs(9)), None);
    }
}
