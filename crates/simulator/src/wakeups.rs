//! Times at which something is due, by what it is for.

use std::collections::{BTreeMap, BTreeSet};
use trunkline_model::Time;

/// At most one time per key; the earliest is found at once.
#[derive(Debug)]
pub(crate) struct Wakeups<K> {
    by_time: BTreeSet<(Time, K)>,
    by_key: BTreeMap<K, Time>,
}

impl<K: Copy + Ord> Wakeups<K> {
    pub(crate) const fn new() -> Self {
        Self {
            by_time: BTreeSet::new(),
            by_key: BTreeMap::new(),
        }
    }

    /// Replaces the time of a key; `None` takes it away.
    pub(crate) fn set(&mut self, key: K, at: Option<Time>) {
        if let Some(old) = self.by_key.remove(&key) {
            self.by_time.remove(&(old, key));
        }
        if let Some(at) = at {
            self.by_key.insert(key, at);
            self.by_time.insert((at, key));
        }
    }

    /// The earliest.
    pub(crate) fn first(&self) -> Option<(Time, K)> {
        self.by_time.first().copied()
    }

    /// Takes out the earliest if it is due.
    pub(crate) fn due(&mut self, now: Time) -> Option<(Time, K)> {
        let (at, key) = self.first()?;
        if at > now {
            return None;
        }
        self.set(key, None);
        Some((at, key))
    }

    pub(crate) fn contains(&self, key: K) -> bool {
        self.by_key.contains_key(&key)
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_due_once_and_at_its_last_time() {
        let mut wakeups = Wakeups::new();
        wakeups.set('a', Some(Time::from_millis(1)));
        wakeups.set('b', Some(Time::from_millis(2)));
        wakeups.set('a', Some(Time::from_millis(3)));
        assert_eq!(wakeups.due(Time::from_millis(1)), None);
        assert_eq!(
            wakeups.due(Time::from_millis(9)),
            Some((Time::from_millis(2), 'b'))
        );
        assert_eq!(
            wakeups.due(Time::from_millis(9)),
            Some((Time::from_millis(3), 'a'))
        );
        assert!(wakeups.is_empty());
    }
}
