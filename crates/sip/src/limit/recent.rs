//! A bounded table that gives up what was not used for the longest time.

use std::collections::BTreeMap;

/// Values by key, no more than a limit of them.
#[derive(Clone, Debug)]
pub(super) struct Recent<K, V> {
    limit: usize,
    /// Rises with each use.
    uses: u64,
    values: BTreeMap<K, (u64, V)>,
    order: BTreeMap<u64, K>,
}

impl<K: Copy + Ord, V> Recent<K, V> {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            limit,
            uses: 0,
            values: BTreeMap::new(),
            order: BTreeMap::new(),
        }
    }

    /// The value, without using it.
    pub(super) fn peek(&self, key: K) -> Option<&V> {
        self.values.get(&key).map(|(_, value)| value)
    }

    /// Uses the value, if it is there.
    pub(super) fn get(&mut self, key: K) -> Option<&mut V> {
        let (used, value) = self.values.get_mut(&key)?;
        self.order.remove(used);
        self.uses += 1;
        *used = self.uses;
        self.order.insert(*used, key);
        Some(value)
    }

    /// Uses the value; makes it if it is not there, in place of the one that was not used for the
    /// longest time if there are too many. The table holds at least one.
    pub(super) fn get_or_insert(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        if !self.values.contains_key(&key) {
            while self.values.len() >= self.limit.max(1)
                && let Some((_, oldest)) = self.order.pop_first()
            {
                self.values.remove(&oldest);
            }
        }
        self.uses += 1;
        let (used, value) = self.values.entry(key).or_insert_with(|| (0, make()));
        self.order.remove(used);
        *used = self.uses;
        self.order.insert(*used, key);
        value
    }

    pub(super) fn remove(&mut self, key: K) {
        if let Some((used, _)) = self.values.remove(&key) {
            self.order.remove(&used);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// All values, by key.
    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.values.values().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_the_longest_time_goes() {
        let mut table = Recent::new(3);
        for key in [1, 2, 3] {
            *table.get_or_insert(key, || 0) += key;
        }
        assert_eq!(table.get(1), Some(&mut 1));
        *table.get_or_insert(2, || 0) += 10;
        table.get_or_insert(4, || 4);
        assert_eq!((table.len(), table.peek(3)), (3, None));
        assert_eq!((table.peek(1), table.peek(2)), (Some(&1), Some(&12)));
        table.remove(1);
        table.remove(1);
        assert_eq!(table.values().copied().collect::<Vec<_>>(), [12, 4]);
        assert_eq!(table.order.len(), 2);
        for key in 0..1_000 {
            table.get_or_insert(key, || key);
            assert!(table.len() <= 3 && table.order.len() == table.len());
        }
        let mut least = Recent::new(0);
        least.get_or_insert(1, || 1);
        least.get_or_insert(2, || 2);
        assert_eq!((least.len(), least.get(2)), (1, Some(&mut 2)));
    }
}
