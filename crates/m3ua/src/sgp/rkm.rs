//! Routing key management: ASPs register and deregister (RFC 4666 4.4).
//!
//! Existing routing keys are not changed (Routing Key Change Refused). Unsupported RK Parameter
//! Field is never the answer: all that RFC 4666 3.6.1 lists is supported, and what it does not
//! list is skipped before it gets here.

use super::distribution::LAST_MANAGEMENT_SI;
use super::{AsSettings, AspId, Output, Registration, Sgp};
use crate::msg::{DeregReq, DeregRsp, RegReq, RegRsp};
use crate::param::{
    DeregistrationResult, DeregistrationStatus, RegistrationResult, RegistrationStatus, RoutingKey,
    RoutingKeyDestination, TrafficMode,
};
use crate::state::{AsState, AspState};
use std::collections::BTreeSet;
use trunkline_model::Time;

impl Sgp {
    /// RFC 4666 4.4.1
    pub(super) fn register(&mut self, now: Time, asp: AspId, offer: Registration, m: &RegReq) {
        let mut joined: Vec<(usize, AsState)> = Vec::new();
        let mut results = Vec::new();
        for (count, key) in m.routing_keys.iter().enumerate() {
            let decision = match count < MAX_KEYS {
                true => self.decide(asp, offer, key),
                false => Err(RegistrationStatus::InsufficientResources.into()),
            };
            let (status, routing_context) = match decision {
                Ok((index, routing_context)) => {
                    let state = self.application_servers.get(&index).map(|s| s.state);
                    joined.extend(state.map(|state| (index, state)));
                    self.join(asp, index, routing_context);
                    let status = RegistrationStatus::SuccessfullyRegistered;
                    (status, routing_context)
                }
                Err(Refusal {
                    status,
                    routing_context,
                }) => {
                    self.outputs
                        .push_back(Output::RegistrationRefused { asp, status });
                    (status, routing_context)
                }
            };
            results.push(RegistrationResult {
                local_rk_identifier: key.local_rk_identifier,
                status,
                routing_context,
            });
        }
        for results in results.chunks(MAX_RESULTS) {
            let results = results.to_vec();
            self.send(asp, RegRsp { results });
        }
        for (index, before) in joined {
            self.settle(now, index, None);
            self.tell_newcomer(asp, index, before);
        }
    }

    /// Which AS a routing key is for, with its routing context; makes a new one if need be.
    fn decide(
        &mut self,
        asp: AspId,
        offer: Registration,
        key: &RoutingKey,
    ) -> Result<(usize, u32), Refusal> {
        self.check_key(key)?;
        let existing = self.existing(key)?;
        if let Some(index) = existing {
            return self.permit(asp, index, key);
        }
        if self.distribution.overlaps(&key.destinations) {
            return Err(RegistrationStatus::CannotSupportUniqueRouting.into());
        }
        if offer.max == 0 {
            return Err(RegistrationStatus::RoutingKeyNotCurrentlyProvisioned.into());
        }
        if self.is_named(asp) {
            return Err(RegistrationStatus::PermissionDenied.into());
        }
        let dynamic = self.application_servers.values().filter(|s| s.dynamic);
        let free = self.free_routing_context(offer.first_routing_context);
        match free {
            Some(routing_context) if dynamic.count() < offer.max => {
                let index = self.add_dynamic(routing_context, key);
                Ok((index, routing_context))
            }
            _ => Err(RegistrationStatus::InsufficientResources.into()),
        }
    }

    /// What a routing key must be in itself.
    fn check_key(&self, key: &RoutingKey) -> Result<(), Refusal> {
        let groups = &key.destinations;
        let listed = |group: &RoutingKeyDestination| 1 + group.opcs.len();
        if groups.iter().map(listed).sum::<usize>() > MAX_POINT_CODES {
            return Err(RegistrationStatus::InsufficientResources.into());
        }
        // A destination of the network behind us is nobody's to register.
        let ours = |group: &RoutingKeyDestination| {
            group.dpc.mask != 0 || self.destinations.get(group.dpc.point_code).is_some()
        };
        if groups.iter().any(ours) {
            return Err(RegistrationStatus::InvalidDpc.into());
        }
        let user = |si: &u8| (LAST_MANAGEMENT_SI + 1..=MAX_SI).contains(si);
        let users = |group: &RoutingKeyDestination| {
            let users = &group.service_indicators;
            users.len() <= usize::from(MAX_SI) && users.iter().all(user)
        };
        let twice = |(i, group): (usize, &RoutingKeyDestination)| {
            groups[..i].iter().any(|other| other.overlaps(group))
        };
        if groups.is_empty() || !groups.iter().all(users) || groups.iter().enumerate().any(twice) {
            return Err(RegistrationStatus::InvalidRoutingKey.into());
        }
        let servers = self.application_servers.values();
        let known: BTreeSet<Option<u32>> = servers
            .map(|server| server.network_appearance)
            .chain([self.settings.network_appearance])
            .collect();
        let network = match key.network_appearance {
            Some(_) => known.contains(&key.network_appearance),
            // It is implied where there is only one.
            None => known.iter().flatten().count() <= 1,
        };
        if !network {
            return Err(RegistrationStatus::InvalidNetworkAppearance.into());
        }
        match key.traffic_mode {
            Some(TrafficMode::Unknown(_)) => {
                Err(RegistrationStatus::UnsupportedTrafficHandlingMode.into())
            }
            _ => Ok(()),
        }
    }

    /// The AS that has that routing key already. Existing routing keys are not changed.
    fn existing(&self, key: &RoutingKey) -> Result<Option<usize>, Refusal> {
        let first = key.destinations.first();
        let candidates = first.map(|group| self.distribution.serving(group.dpc.point_code));
        let existing = candidates.into_iter().flatten().find(|index| {
            let network = key.network_appearance;
            self.application_servers.get(index).is_some_and(|server| {
                server.has_key(&key.destinations)
                    && (network.is_none() || network == server.network_appearance)
            })
        });
        match key.routing_context {
            Some(asked) if existing.and_then(|i| self.routing_context(i)) != Some(asked) => {
                Err(RegistrationStatus::RoutingKeyChangeRefused.into())
            }
            _ => Ok(existing),
        }
    }

    /// Whether an ASP may register for an existing AS.
    fn permit(&self, asp: AspId, index: usize, key: &RoutingKey) -> Result<(usize, u32), Refusal> {
        let (Some(server), Some(known)) =
            (self.application_servers.get(&index), self.asps.get(&asp))
        else {
            return Err(RegistrationStatus::ErrorUnknown.into());
        };
        let Some(routing_context) = server.settings.routing_context else {
            return Err(RegistrationStatus::PermissionDenied.into());
        };
        let modes = server.mode.zip(key.traffic_mode);
        if modes.is_some_and(|(ours, theirs)| ours != theirs) {
            return Err(RegistrationStatus::UnsupportedTrafficHandlingMode.into());
        }
        let configured = known.settings.application_servers.as_ref();
        let named = configured.map(|list| list.contains(&index));
        if server.registered.contains(&asp) || named == Some(true) {
            return Err(Refusal {
                status: RegistrationStatus::RoutingKeyAlreadyRegistered,
                routing_context,
            });
        }
        let taken = |identifier| self.is_taken(identifier, index, asp);
        if named == Some(false) || known.identifier.is_some_and(taken) {
            return Err(RegistrationStatus::PermissionDenied.into());
        }
        Ok((index, routing_context))
    }

    fn join(&mut self, asp: AspId, index: usize, routing_context: u32) {
        if let Some(server) = self.application_servers.get_mut(&index) {
            server.registered.insert(asp);
        }
        self.outputs.push_back(Output::Registered {
            asp,
            application_server: index,
            routing_context,
        });
        if self.asp_state(asp, index) == AspState::Down {
            self.set_asp(asp, index, AspState::Inactive);
        }
    }

    fn add_dynamic(&mut self, routing_context: u32, key: &RoutingKey) -> usize {
        let mut indices = self.configured..;
        let index = indices
            .find(|index| !self.application_servers.contains_key(index))
            .unwrap_or(usize::MAX);
        let settings = AsSettings {
            routing_context: Some(routing_context),
            network_appearance: key.network_appearance,
            routing_key: key.destinations.clone(),
            traffic_mode: key.traffic_mode,
            minimum_active: 1,
        };
        self.add(index, settings, true);
        index
    }

    fn free_routing_context(&self, first: u32) -> Option<u32> {
        (first..=u32::MAX).find(|rc| *rc != 0 && !self.by_routing_context.contains_key(rc))
    }

    /// RFC 4666 4.4.2
    pub(super) fn deregister(&mut self, now: Time, asp: AspId, m: &DeregReq) {
        let asked: BTreeSet<u32> = m.routing_contexts.iter().copied().collect();
        let mut left = Vec::new();
        let mut results = Vec::new();
        for routing_context in asked.into_iter().take(MAX_CONTEXTS) {
            let status = match self.may_leave(asp, routing_context) {
                Ok(index) => {
                    self.end_registration(asp, index);
                    left.push(index);
                    DeregistrationStatus::SuccessfullyDeregistered
                }
                Err(status) => status,
            };
            results.push(DeregistrationResult {
                routing_context,
                status,
            });
        }
        for results in results.chunks(MAX_RESULTS) {
            let results = results.to_vec();
            self.send(asp, DeregRsp { results });
        }
        for index in left {
            self.settle(now, index, None);
        }
    }

    fn may_leave(&self, asp: AspId, routing_context: u32) -> Result<usize, DeregistrationStatus> {
        let index = self.by_routing_context.get(&routing_context).copied();
        let found = index.and_then(|i| Some((i, self.application_servers.get(&i)?)));
        let Some((index, server)) = found else {
            return Err(DeregistrationStatus::InvalidRoutingContext);
        };
        if !server.registered.contains(&asp) {
            // What is configured only management takes away.
            return Err(match self.is_named(asp) && self.serves(asp, index) {
                true => DeregistrationStatus::PermissionDenied,
                false => DeregistrationStatus::NotRegistered,
            });
        }
        match server.asp_state(asp) {
            AspState::Active => Err(DeregistrationStatus::AspCurrentlyActive),
            AspState::Inactive | AspState::Down => Ok(index),
        }
    }

    /// Ends what an ASP registered, as it must when it goes down (RFC 4666 4.3.4.2); the ASs
    /// that it is no longer in.
    pub(super) fn deregister_all(&mut self, asp: AspId) -> Vec<usize> {
        let registered = self.registrations(asp);
        for index in &registered {
            self.end_registration(asp, *index);
        }
        registered
    }

    fn end_registration(&mut self, asp: AspId, index: usize) {
        let Some(server) = self.application_servers.get_mut(&index) else {
            return;
        };
        server.registered.remove(&asp);
        let (dynamic, routing_context) = (server.dynamic, server.settings.routing_context);
        self.outputs.push_back(Output::Deregistered {
            asp,
            application_server: index,
            routing_context: routing_context.unwrap_or_default(),
        });
        // One that may serve any configured AS stays in it.
        if dynamic {
            self.set_asp(asp, index, AspState::Down);
        }
    }

    /// Removes an AS that came into being by registration once nobody is registered for it.
    /// While it is pending it stays: who comes back in time finds its traffic.
    pub(super) fn remove_unused(&mut self, index: usize) {
        let unused = self.application_servers.get(&index).is_some_and(|server| {
            server.dynamic && server.registered.is_empty() && server.state == AsState::Down
        });
        if unused && let Some(server) = self.application_servers.remove(&index) {
            self.distribution.remove(index);
            if let Some(routing_context) = server.settings.routing_context {
                self.by_routing_context.remove(&routing_context);
            }
        }
    }

    /// The ASs that an ASP registered for.
    pub(super) fn registrations(&self, asp: AspId) -> Vec<usize> {
        let servers = self.application_servers.iter();
        servers
            .filter(|(_, server)| server.registered.contains(&asp))
            .map(|(index, _)| *index)
            .collect()
    }
}

/// What a registration is refused with.
struct Refusal {
    status: RegistrationStatus,
    /// Of the AS that the ASP is registered for already, else 0 (RFC 4666 3.6.2).
    routing_context: u32,
}

impl From<RegistrationStatus> for Refusal {
    fn from(status: RegistrationStatus) -> Self {
        Self {
            status,
            routing_context: 0,
        }
    }
}

/// Routing keys of one request that are looked at.
const MAX_KEYS: usize = 64;

/// Routing contexts of one request that are answered.
const MAX_CONTEXTS: usize = 256;

/// Results in one response.
const MAX_RESULTS: usize = 64;

/// Point codes in one routing key.
const MAX_POINT_CODES: usize = 256;

/// Service indicators have four bits (Q.704 14.2.1).
const MAX_SI: u8 = 15;
