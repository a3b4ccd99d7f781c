//! The bindings of all addresses of record, in memory.

use crate::binding::{Binding, is_reachable_anew};
use std::collections::{BTreeMap, BTreeSet};
use trunkline_model::Time;
use trunkline_sip::ConnectionId;

/// Bindings by address of record in canonical form, none of them without a binding.
#[derive(Debug, Default)]
pub(crate) struct Locations {
    bindings: BTreeMap<Box<str>, Vec<Binding>>,
    /// Which addresses of record have, or had, a flow over a connection that has not been closed.
    connections: BTreeMap<ConnectionId, BTreeSet<Box<str>>>,
}

impl Locations {
    /// Those of an address of record, ended ones too.
    pub(crate) fn of(&self, aor: &str) -> &[Binding] {
        self.bindings.get(aor).map_or(&[], Vec::as_slice)
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.bindings.is_empty()
    }

    /// How many there are.
    fn count(&self) -> usize {
        self.bindings.values().map(Vec::len).sum()
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Binding)> {
        self.bindings
            .iter()
            .flat_map(|(aor, bindings)| bindings.iter().map(|binding| (&**aor, binding)))
    }

    /// Puts these in the place of those of an address of record.
    pub(crate) fn set(&mut self, aor: &str, bindings: Vec<Binding>) {
        let connections = bindings.iter().filter_map(|it| it.flow?.connection);
        for connection in connections {
            let aors = self.connections.entry(connection).or_default();
            aors.insert(aor.into());
        }
        if bindings.is_empty() {
            self.bindings.remove(aor);
        } else {
            self.bindings.insert(aor.into(), bindings);
        }
    }

    /// Drops what has ended; how many.
    pub(crate) fn expire(&mut self, now: Time) -> usize {
        let before = self.count();
        self.bindings.retain(|_, bindings| {
            bindings.retain(|binding| binding.until > now);
            !bindings.is_empty()
        });
        before - self.count()
    }

    /// The addresses of record whose bindings change as the connection is closed, with what they
    /// are then.
    pub(crate) fn without(&mut self, connection: ConnectionId) -> Vec<(Box<str>, Vec<Binding>)> {
        let aors = self.connections.remove(&connection).unwrap_or_default();
        let is_over = |binding: &Binding| {
            binding
                .flow
                .is_some_and(|flow| flow.connection == Some(connection))
        };
        aors.into_iter()
            .filter(|aor| self.of(aor).iter().any(is_over))
            .map(|aor| {
                let left = self.of(&aor).iter().filter_map(|binding| {
                    let flow = binding.flow.filter(|_| is_over(binding));
                    match flow {
                        Some(flow) if !is_reachable_anew(&binding.contact, &flow) => None,
                        Some(_) => Some(Binding {
                            flow: None,
                            ..binding.clone()
                        }),
                        None => Some(binding.clone()),
                    }
                });
                let left = left.collect();
                (aor, left)
            })
            .collect()
    }
}
