//! What each message of an ASP does.

use super::{AspId, Output, Sgp};
use crate::msg::{
    AspActive, AspActiveAck, AspDownAck, AspInactive, AspInactiveAck, AspUp, AspUpAck, Data, Daud,
    Error, HeartbeatAck, Message, Scon,
};
use crate::param::{ErrorCode, Status, TrafficMode};
use crate::state::AspState;
use std::collections::{BTreeMap, BTreeSet};
use trunkline_model::mtp::{MtpIndication, MtpStatus};
use trunkline_model::{PointCode, Time};

impl Sgp {
    pub(super) fn receive(&mut self, now: Time, asp: AspId, message: Message) {
        let up = self.asps.get(&asp).is_some_and(|asp| asp.up);
        match message {
            Message::AspUp(m) => self.asp_up(now, asp, &m),
            Message::AspDown(_) => {
                self.asp_leaves(asp);
                self.send(asp, AspDownAck::default());
                self.settle_all(now);
            }
            Message::Heartbeat(m) => self.send(asp, HeartbeatAck { data: m.data }),
            Message::HeartbeatAck(_) => {}
            Message::Error(m) => self.outputs.push_back(Output::Reported(asp, m.code)),
            Message::AspActive(m) if up => self.asp_active(now, asp, &m),
            Message::AspInactive(m) if up => self.asp_inactive(now, asp, &m),
            Message::Data(m) if up => self.data(asp, m),
            Message::Daud(m) if up => self.audit(asp, &m),
            Message::Scon(m) if up => self.asp_congested(&m),
            // What needs ASP Up first (RFC 4666 4.3.4.1), and what only a gateway sends.
            Message::AspActive(AspActive {
                ref routing_contexts,
                ..
            })
            | Message::AspInactive(AspInactive {
                ref routing_contexts,
                ..
            })
            | Message::Daud(Daud {
                ref routing_contexts,
                ..
            })
            | Message::Scon(Scon {
                ref routing_contexts,
                ..
            }) => {
                let routing_contexts = routing_contexts.clone();
                self.unexpected(asp, message.name(), routing_contexts);
            }
            Message::Data(m) => {
                self.unexpected(asp, "DATA", m.routing_context.into_iter().collect());
            }
            Message::AspUpAck(_)
            | Message::AspDownAck(_)
            | Message::AspActiveAck(_)
            | Message::AspInactiveAck(_)
            | Message::Notify(_)
            | Message::Duna(_)
            | Message::Dava(_)
            | Message::Dupu(_)
            | Message::Drst(_) => self.unexpected(asp, message.name(), Vec::new()),
            Message::RegReq(_)
            | Message::RegRsp(_)
            | Message::DeregReq(_)
            | Message::DeregRsp(_) => {
                // Registration is optional (RFC 4666 4.4.1).
                let mut error = Error::new(ErrorCode::UnsupportedMessageClass);
                let octets = crate::encode(&message).into_iter().take(40).collect();
                error.diagnostic = Some(octets);
                self.refuse(asp, message.name(), error);
            }
        }
    }

    /// The ASP or its association is gone.
    pub(super) fn asp_down(&mut self, now: Time, asp: AspId) {
        self.asp_leaves(asp);
        self.settle_all(now);
    }

    fn asp_leaves(&mut self, asp: AspId) {
        if let Some(known) = self.asps.get_mut(&asp) {
            known.up = false;
        }
        for index in 0..self.application_servers.len() {
            self.set_asp(asp, index, AspState::Down);
        }
    }

    fn settle_all(&mut self, now: Time) {
        for index in 0..self.application_servers.len() {
            self.settle(now, index);
        }
    }

    /// RFC 4666 4.3.4.1
    fn asp_up(&mut self, now: Time, asp: AspId, message: &AspUp) {
        let was_active = self.is_active(asp);
        let Some(known) = self.asps.get_mut(&asp) else {
            return;
        };
        let was_up = core::mem::replace(&mut known.up, true);
        known.identifier = message.asp_identifier;
        for index in 0..self.application_servers.len() {
            self.set_asp(asp, index, AspState::Inactive);
        }
        // An acknowledgement in any case, even if there is nothing to change.
        self.send(asp, AspUpAck::default());
        if was_active {
            self.refuse(asp, "ASPUP", Error::new(ErrorCode::UnexpectedMessage));
        }
        for index in 0..self.application_servers.len() {
            let before = self.application_servers[index].state;
            self.settle(now, index);
            if !was_up {
                self.tell_newcomer(asp, index, before);
            }
        }
    }

    /// RFC 4666 4.3.4.3
    fn asp_active(&mut self, now: Time, asp: AspId, message: &AspActive) {
        let (indices, unknown) = self.select(&message.routing_contexts);
        if !unknown.is_empty() {
            let error = Error {
                routing_contexts: unknown,
                ..Error::new(ErrorCode::NoConfiguredAsForAsp)
            };
            self.refuse(asp, "ASPAC", error);
        }
        if message.routing_contexts.is_empty()
            && let Err(code) = self.all_without_routing_context()
        {
            return self.refuse(asp, "ASPAC", Error::new(code));
        }
        let (mut accepted, mut other_mode) = (Vec::new(), Vec::new());
        for index in indices {
            let server = &self.application_servers[index];
            let wanted = message.traffic_mode.or(server.mode).unwrap_or_default();
            let known = !matches!(wanted, TrafficMode::Unknown(_));
            if known && server.mode.is_none_or(|mode| mode == wanted) {
                accepted.push((index, wanted));
            } else {
                other_mode.extend(server.settings.routing_context);
            }
        }
        if accepted.is_empty() && !message.routing_contexts.is_empty() && other_mode.is_empty() {
            return;
        }
        if accepted.is_empty() || !other_mode.is_empty() {
            let error = Error {
                routing_contexts: other_mode,
                ..Error::new(ErrorCode::UnsupportedTrafficModeType)
            };
            self.refuse(asp, "ASPAC", error);
        }
        if accepted.is_empty() {
            return;
        }
        let routing_contexts: Vec<u32> = match message.routing_contexts.is_empty() {
            true => Vec::new(),
            false => accepted
                .iter()
                .filter_map(|(index, _)| self.application_servers[*index].settings.routing_context)
                .collect(),
        };
        // What cannot be reached is told before the acknowledgement lets traffic begin
        // (RFC 4666 4.5.1).
        self.tell_troubles(asp, &routing_contexts);
        let mut overridden = Vec::new();
        for &(index, mode) in &accepted {
            self.application_servers[index].mode = Some(mode);
            if mode == TrafficMode::Override {
                let others: Vec<AspId> = self.application_servers[index]
                    .active()
                    .filter(|other| *other != asp)
                    .collect();
                for other in others {
                    self.set_asp(other, index, AspState::Inactive);
                    overridden.push((other, index));
                }
            }
            self.set_asp(asp, index, AspState::Active);
        }
        self.send(
            asp,
            AspActiveAck {
                traffic_mode: message.traffic_mode,
                routing_contexts,
                info: None,
            },
        );
        let who = self.asps.get(&asp).and_then(|asp| asp.identifier);
        for (other, index) in overridden {
            self.notify_one(other, index, Status::AlternateAspActive, who);
        }
        for (index, _) in accepted {
            self.settle(now, index);
        }
    }

    /// RFC 4666 4.3.4.4
    fn asp_inactive(&mut self, now: Time, asp: AspId, message: &AspInactive) {
        let (indices, unknown) = self.select(&message.routing_contexts);
        if !unknown.is_empty() {
            let error = Error {
                routing_contexts: unknown,
                ..Error::new(ErrorCode::InvalidRoutingContext)
            };
            self.refuse(asp, "ASPIA", error);
        }
        if indices.is_empty() {
            if message.routing_contexts.is_empty() {
                let error = Error::new(ErrorCode::NoConfiguredAsForAsp);
                self.refuse(asp, "ASPIA", error);
            }
            return;
        }
        for &index in &indices {
            self.set_asp(asp, index, AspState::Inactive);
        }
        let routing_contexts = match message.routing_contexts.is_empty() {
            true => Vec::new(),
            false => indices
                .iter()
                .filter_map(|index| self.application_servers[*index].settings.routing_context)
                .collect(),
        };
        self.send(
            asp,
            AspInactiveAck {
                routing_contexts,
                info: None,
            },
        );
        for index in indices {
            self.settle(now, index);
        }
    }

    fn data(&mut self, asp: AspId, data: Data) {
        if let (Some(ours), Some(theirs)) = (self.network_appearance, data.network_appearance)
            && ours != theirs
        {
            let error = Error {
                network_appearance: Some(theirs),
                ..Error::new(ErrorCode::InvalidNetworkAppearance)
            };
            return self.refuse(asp, "DATA", error);
        }
        let listed: Vec<u32> = data.routing_context.into_iter().collect();
        let (indices, unknown) = self.select(&listed);
        if !unknown.is_empty() {
            let error = Error {
                routing_contexts: unknown,
                ..Error::new(ErrorCode::InvalidRoutingContext)
            };
            return self.refuse(asp, "DATA", error);
        }
        let active = indices
            .iter()
            .any(|index| self.application_servers[*index].asp_state(asp) == AspState::Active);
        if !active {
            return self.unexpected(asp, "DATA", listed);
        }
        let dpc = data.protocol_data.dpc;
        // RFC 4666 3.4.1: the answer to a message for an unreachable destination.
        if !self.destinations.get(&dpc).is_some_and(|d| d.available) {
            return self.tell_unavailable(asp, listed, [dpc]);
        }
        let transfer = MtpIndication::Transfer(data.protocol_data.into());
        self.outputs.push_back(Output::Network(transfer));
    }

    /// RFC 4666 4.5.3
    fn audit(&mut self, asp: AspId, daud: &Daud) {
        let (_, unknown) = self.select(&daud.routing_contexts);
        if !unknown.is_empty() {
            let error = Error {
                routing_contexts: unknown,
                ..Error::new(ErrorCode::InvalidRoutingContext)
            };
            return self.refuse(asp, "DAUD", error);
        }
        if !self.is_active(asp) {
            return self.unexpected(asp, "DAUD", daud.routing_contexts.clone());
        }
        // Each point code once, in one answer, however often it is asked for.
        let (mut available, mut unavailable) = (BTreeMap::new(), BTreeSet::new());
        for affected in &daud.affected {
            let mut known = false;
            for (point_code, destination) in &self.destinations {
                if !affected.contains(*point_code) {
                    continue;
                }
                known = true;
                if destination.available {
                    available.insert(*point_code, destination.congestion);
                } else {
                    unavailable.insert(*point_code);
                }
            }
            if !known {
                unavailable.insert(affected.point_code);
            }
        }
        let routing_contexts = &daud.routing_contexts;
        for (&point_code, &congestion) in &available {
            if congestion > 0 {
                self.tell_congestion(asp, routing_contexts.clone(), point_code, congestion);
            }
        }
        self.tell_available(asp, routing_contexts.clone(), available.into_keys());
        self.tell_unavailable(asp, routing_contexts.clone(), unavailable);
    }

    /// An ASP says that it, or a point code of it, is congested (RFC 4666 3.4.4).
    fn asp_congested(&mut self, scon: &Scon) {
        let level = scon.level.unwrap_or(1).min(3);
        let concerned: Vec<PointCode> = self
            .application_servers
            .iter()
            .flat_map(|server| server.point_codes())
            .filter(|point_code| scon.affected.iter().any(|a| a.contains(*point_code)))
            .collect();
        for point_code in concerned {
            let status = MtpIndication::Status(point_code, MtpStatus::Congestion(level));
            self.outputs.push_back(Output::Network(status));
        }
    }

    fn tell_troubles(&mut self, asp: AspId, routing_contexts: &[u32]) {
        let troubled: Vec<(PointCode, bool, u8)> = self
            .destinations
            .iter()
            .filter(|(_, d)| !d.available || d.congestion > 0)
            .map(|(point_code, d)| (*point_code, d.available, d.congestion))
            .collect();
        for (point_code, available, congestion) in troubled {
            if available {
                self.tell_congestion(asp, routing_contexts.to_vec(), point_code, congestion);
            } else {
                self.tell_unavailable(asp, routing_contexts.to_vec(), [point_code]);
            }
        }
    }

    /// The application servers that a list of routing contexts means, each once, and the
    /// routing contexts that mean none. An empty list means all.
    fn select(&self, routing_contexts: &[u32]) -> (Vec<usize>, Vec<u32>) {
        if routing_contexts.is_empty() {
            return ((0..self.application_servers.len()).collect(), Vec::new());
        }
        let (mut indices, mut unknown) = (Vec::new(), Vec::new());
        for &routing_context in routing_contexts {
            let index = self
                .application_servers
                .iter()
                .position(|server| server.settings.routing_context == Some(routing_context));
            match index {
                Some(index) if !indices.contains(&index) => indices.push(index),
                None if unknown.len() < MAX_LISTED && !unknown.contains(&routing_context) => {
                    unknown.push(routing_context);
                }
                _ => {}
            }
        }
        (indices, unknown)
    }

    /// Whether ASP Active may leave the routing context out: not if there are several to
    /// choose from.
    fn all_without_routing_context(&self) -> Result<(), ErrorCode> {
        match self.application_servers.len() {
            0 => Err(ErrorCode::InvalidRoutingContext),
            1 => Ok(()),
            _ => Err(ErrorCode::MissingParameter),
        }
    }

    fn unexpected(&mut self, asp: AspId, message: &'static str, routing_contexts: Vec<u32>) {
        let error = Error {
            routing_contexts,
            ..Error::new(ErrorCode::UnexpectedMessage)
        };
        self.refuse(asp, message, error);
    }
}

/// How many routing contexts that we do not know are told back.
const MAX_LISTED: usize = 16;
