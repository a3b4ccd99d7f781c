//! Targets that failed, and until when they need not be tried.

use crate::flow::Transport;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use trunkline_model::Time;

/// How long targets are dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadTimes {
    /// After the first failure; each further one doubles it.
    pub first: Duration,
    /// The longest. A target that has been tried again and is fine for this long starts anew.
    pub longest: Duration,
    /// The most targets that are remembered.
    pub targets: usize,
}

/// A bounded memory of targets that failed (RFC 3263 4.3), so that not every request has to wait
/// for the same time-out (RFC 7339 5.9). It is about the order of targets: whoever asks still
/// tries a dead one if no other is left. What must not be sent at all, says
/// [`OverloadClient`](crate::limit::OverloadClient).
#[derive(Clone, Debug, Default)]
pub struct DeadTargets {
    times: DeadTimes,
    entries: BTreeMap<Key, Entry>,
    /// When each entry ends; the first is given up when there are too many.
    ends: BTreeSet<(Time, Key)>,
}

type Key = (Transport, SocketAddr);

#[derive(Clone, Copy, Debug)]
struct Entry {
    until: Time,
    /// How long it was dead at the last failure without Retry-After.
    backoff: Duration,
    /// When it is forgotten.
    end: Time,
}

impl Default for DeadTimes {
    /// 4 s, 5 minutes, 4,096 targets.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(4),
            longest: Duration::from_secs(300),
            targets: 4_096,
        }
    }
}

impl DeadTargets {
    /// Remembers nothing yet.
    pub fn new(times: DeadTimes) -> Self {
        Self {
            times,
            ..Self::default()
        }
    }

    /// It failed: no answer, no connection, or 503. With the Retry-After of a 503 it is dead for
    /// that long (RFC 3261 21.5.4), though not for over an hour; without, for a time that doubles
    /// with each failure. A failure while it is dead, of a request that was sent before, changes
    /// nothing but may set a later end. Returns when it is tried again.
    pub fn mark(&mut self, now: Time, target: Key, retry_after: Option<Duration>) -> Time {
        self.forget(now);
        let known = self.remove(target);
        let previous = known.map_or(Duration::ZERO, |entry| entry.backoff);
        let is_dead = known.is_some_and(|entry| entry.until > now);
        let backoff = match retry_after {
            Some(_) => previous,
            None if is_dead && previous > Duration::ZERO => previous,
            None => previous
                .saturating_mul(2)
                .max(self.times.first)
                .min(self.times.longest),
        };
        let asked = match retry_after {
            Some(asked) => now + asked.min(LONGEST_RETRY_AFTER),
            None if is_dead => now,
            None => now + backoff,
        };
        let until = known.map_or(asked, |entry| entry.until.max(asked));
        let entry = Entry {
            until,
            backoff,
            end: until + self.times.longest,
        };
        while self.entries.len() >= self.times.targets {
            let Some((_, first)) = self.ends.first().copied() else {
                return until;
            };
            self.remove(first);
        }
        self.entries.insert(target, entry);
        self.ends.insert((entry.end, target));
        until
    }

    /// Something came from there: it lives.
    pub fn revive(&mut self, target: Key) {
        self.remove(target);
    }

    /// Whether it need not be tried.
    pub fn is_dead(&self, now: Time, target: Key) -> bool {
        self.until(target).is_some_and(|until| until > now)
    }

    /// Until when it is, or was, dead.
    pub fn until(&self, target: Key) -> Option<Time> {
        self.entries.get(&target).map(|entry| entry.until)
    }

    /// How many are dead.
    pub fn count(&self, now: Time) -> usize {
        self.entries
            .values()
            .filter(|entry| entry.until > now)
            .count()
    }

    fn remove(&mut self, target: Key) -> Option<Entry> {
        let entry = self.entries.remove(&target)?;
        self.ends.remove(&(entry.end, target));
        Some(entry)
    }

    fn forget(&mut self, now: Time) {
        while let Some((end, target)) = self.ends.first().copied()
            && end <= now
        {
            self.remove(target);
        }
    }
}

/// Nobody who sends one 503 stops us for days.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3_600);

#[cfg(test)]
mod tests {
    use super::*;

    fn target(index: u16) -> Key {
        (Transport::Udp, SocketAddr::from(([192, 0, 2, 1], index)))
    }

    fn seconds(duration: u64) -> Duration {
        Duration::from_secs(duration)
    }

    #[test]
    fn the_time_doubles_to_its_bound_and_starts_anew() {
        let mut dead = DeadTargets::default();
        let mut now = Time::from_secs(10);
        for expected in [4, 8, 16, 32, 64, 128, 256, 300, 300] {
            assert!(!dead.is_dead(now, target(1)));
            assert_eq!(dead.mark(now, target(1), None), now + seconds(expected));
            assert!(dead.is_dead(now, target(1)));
            assert!(!dead.is_dead(now, target(2)));
            now += seconds(expected);
        }
        // Whatever came from there.
        dead.mark(now, target(1), None);
        dead.revive(target(1));
        assert!(!dead.is_dead(now, target(1)));
        assert_eq!(dead.mark(now, target(1), None), now + seconds(4));
        // Long nothing.
        now += seconds(4 + 300);
        assert_eq!(dead.mark(now, target(1), None), now + seconds(4));
    }

    #[test]
    fn many_requests_that_fail_together_count_once() {
        let mut dead = DeadTargets::default();
        let now = Time::from_secs(10);
        for _ in 0..100 {
            assert_eq!(dead.mark(now, target(1), None), now + seconds(4));
        }
        assert_eq!(
            dead.mark(now + seconds(3), target(1), None),
            now + seconds(4)
        );
        let later = now + seconds(5);
        assert_eq!(dead.mark(later, target(1), None), later + seconds(8));
    }

    #[test]
    fn retry_after_is_kept_to_and_bounded() {
        let mut dead = DeadTargets::default();
        let now = Time::from_secs(10);
        dead.mark(now, target(1), Some(seconds(120)));
        assert!(dead.is_dead(now + seconds(119), target(1)));
        // A failure without one does not end it.
        dead.mark(now + seconds(60), target(1), None);
        assert!(dead.is_dead(now + seconds(119), target(1)));
        assert!(!dead.is_dead(now + seconds(120), target(1)));
        let day = Some(seconds(86_400));
        assert_eq!(dead.mark(now, target(2), day), now + seconds(3_600));
    }

    #[test]
    fn the_first_to_end_is_given_up_when_there_are_too_many() {
        let times = DeadTimes {
            targets: 3,
            ..DeadTimes::default()
        };
        let mut dead = DeadTargets::new(times);
        let now = Time::from_secs(10);
        dead.mark(now, target(1), Some(seconds(30)));
        for index in 2..=100 {
            dead.mark(now, target(index), Some(seconds(20)));
        }
        assert_eq!(dead.count(now), 3);
        assert!(dead.is_dead(now, target(1)));
        assert_eq!(dead.entries.len(), dead.ends.len());
        assert_eq!(dead.count(now + seconds(30)), 0);
        // The memory ends with the time.
        dead.mark(now + seconds(10_000), target(200), None);
        assert_eq!((dead.entries.len(), dead.ends.len()), (1, 1));
        let mut none = DeadTargets::new(DeadTimes {
            targets: 0,
            ..times
        });
        none.mark(now, target(1), None);
        assert!(none.entries.len() <= 1);
    }
}
