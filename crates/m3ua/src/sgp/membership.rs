//! Which ASP serves which AS, by configuration or registration (RFC 4666 1.4.2.3).

use super::{ApplicationServer, AsSettings, AspId, Sgp};
use crate::state::AspState;
use std::collections::BTreeSet;

impl Sgp {
    pub(super) fn add(&mut self, index: usize, settings: AsSettings, dynamic: bool) {
        self.distribution.add(index, &settings.routing_key);
        if let Some(routing_context) = settings.routing_context {
            self.by_routing_context
                .entry(routing_context)
                .or_insert(index);
        }
        let server = ApplicationServer::new(settings, dynamic, &self.settings);
        self.application_servers.insert(index, server);
    }

    pub(super) fn serves(&self, asp: AspId, index: usize) -> bool {
        let (Some(known), Some(server)) =
            (self.asps.get(&asp), self.application_servers.get(&index))
        else {
            return false;
        };
        let configured = known.settings.application_servers.as_ref();
        let named = configured.is_none_or(|list| list.contains(&index));
        server.registered.contains(&asp) || !server.dynamic && named
    }

    /// The ASs that an ASP serves.
    pub(super) fn served_by(&self, asp: AspId) -> Vec<usize> {
        let indices = self.application_servers.keys().copied();
        indices.filter(|index| self.serves(asp, *index)).collect()
    }

    /// Whether configuration names the ASs of an ASP.
    pub(super) fn is_named(&self, asp: AspId) -> bool {
        let known = self.asps.get(&asp);
        known.is_some_and(|known| known.settings.application_servers.is_some())
    }

    /// The ASs of an ASP that a list of routing contexts means, each once, and the routing
    /// contexts that mean none. An empty list means all.
    pub(super) fn select(&self, asp: AspId, routing_contexts: &[u32]) -> (Vec<usize>, Vec<u32>) {
        if routing_contexts.is_empty() {
            return (self.served_by(asp), Vec::new());
        }
        let (mut indices, mut unknown) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for routing_context in routing_contexts {
            if !seen.insert(*routing_context) {
                continue;
            }
            let index = self.by_routing_context.get(routing_context).copied();
            match index.filter(|index| self.serves(asp, *index)) {
                Some(index) => indices.push(index),
                None if unknown.len() < MAX_LISTED => unknown.push(*routing_context),
                None => {}
            }
        }
        (indices, unknown)
    }

    pub(super) fn routing_context(&self, index: usize) -> Option<u32> {
        let server = self.application_servers.get(&index);
        server.and_then(|server| server.settings.routing_context)
    }

    pub(super) fn routing_contexts(&self, indices: &[usize]) -> Vec<u32> {
        let indices = indices.iter().copied();
        indices.filter_map(|i| self.routing_context(i)).collect()
    }

    pub(super) fn asps_up(&self) -> impl Iterator<Item = AspId> {
        let up = self.asps.iter().filter(|(_, known)| known.up);
        up.map(|(asp, _)| *asp)
    }

    /// The state of an ASP as its states in all ASs make it.
    pub(super) fn overall(&self, asp: AspId) -> AspState {
        let mut servers = self.application_servers.values();
        match self.asps.get(&asp) {
            Some(known) if known.up => {
                match servers.any(|server| server.asp_state(asp) == AspState::Active) {
                    true => AspState::Active,
                    false => AspState::Inactive,
                }
            }
            _ => AspState::Down,
        }
    }
}

/// How many routing contexts that we do not know are told back.
pub(super) const MAX_LISTED: usize = 16;
