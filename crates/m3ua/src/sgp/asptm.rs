//! ASP traffic maintenance: ASP Active and ASP Inactive (RFC 4666 4.3.4.3, 4.3.4.4).

use super::{AspId, Sgp};
use crate::msg::{AspActive, AspActiveAck, AspInactive, AspInactiveAck, Error, Message};
use crate::param::{ErrorCode, Status, TrafficMode};
use crate::state::AspState;
use trunkline_model::Time;

impl Sgp {
    /// RFC 4666 4.3.4.3
    pub(super) fn asp_active(&mut self, now: Time, asp: AspId, message: &AspActive) {
        let (indices, unknown) = match message.routing_contexts.is_empty() {
            false => self.select(asp, &message.routing_contexts),
            true => match self.implied(asp) {
                Ok(indices) => (indices, Vec::new()),
                Err(code) => return self.refuse(asp, message.clone(), Error::new(code)),
            },
        };
        let asked = indices.len();
        let (mut accepted, mut blocked, mut other_mode) = (Vec::new(), Vec::new(), Vec::new());
        for index in indices {
            let Some(server) = self.application_servers.get(&index) else {
                continue;
            };
            let wanted = message.traffic_mode.or(server.mode).unwrap_or_default();
            let fits = !matches!(wanted, TrafficMode::Unknown(_))
                && server.mode.is_none_or(|mode| mode == wanted);
            if server.isolated {
                blocked.push(index);
            } else if !fits {
                other_mode.push(index);
            } else {
                accepted.push((index, wanted));
            }
        }
        self.refuse_contexts(asp, message, ErrorCode::NoConfiguredAsForAsp, unknown);
        for (code, refused) in [
            (ErrorCode::RefusedManagementBlocking, blocked),
            (ErrorCode::UnsupportedTrafficModeType, other_mode),
        ] {
            if !refused.is_empty() {
                let error = Error {
                    routing_contexts: self.routing_contexts(&refused),
                    ..Error::new(code)
                };
                self.refuse(asp, message.clone(), error);
            }
        }
        if accepted.is_empty() {
            return;
        }
        // Without routing contexts the acknowledgement is for all.
        let all = message.routing_contexts.is_empty() && accepted.len() == asked;
        self.activate(now, asp, &accepted, message.traffic_mode, all);
    }

    fn activate(
        &mut self,
        now: Time,
        asp: AspId,
        accepted: &[(usize, TrafficMode)],
        asked_mode: Option<TrafficMode>,
        all: bool,
    ) {
        let indices: Vec<usize> = accepted.iter().map(|(index, _)| *index).collect();
        // What cannot be reached is told before the acknowledgement lets traffic begin
        // (RFC 4666 4.5.1).
        self.tell_troubles(asp, &indices);
        let mut overridden = Vec::new();
        for &(index, mode) in accepted {
            let Some(server) = self.application_servers.get_mut(&index) else {
                continue;
            };
            server.mode = Some(mode);
            if mode == TrafficMode::Override {
                let others = server.active().filter(|other| *other != asp);
                overridden.extend(others.map(|other| (other, index)));
            }
        }
        for &(other, index) in &overridden {
            self.set_asp(other, index, AspState::Inactive);
            self.tell_state(other);
        }
        for &index in &indices {
            self.set_asp(asp, index, AspState::Active);
        }
        self.tell_state(asp);
        let routing_contexts = match all {
            true => Vec::new(),
            false => self.routing_contexts(&indices),
        };
        self.send(
            asp,
            AspActiveAck {
                traffic_mode: asked_mode,
                routing_contexts,
                info: None,
            },
        );
        let who = self.asps.get(&asp).and_then(|known| known.identifier);
        for (other, index) in overridden {
            self.notify_one(other, index, Status::AlternateAspActive, who);
        }
        for index in indices {
            self.settle(now, index, None);
        }
    }

    /// RFC 4666 4.3.4.4
    pub(super) fn asp_inactive(&mut self, now: Time, asp: AspId, message: &AspInactive) {
        let (indices, unknown) = self.select(asp, &message.routing_contexts);
        self.refuse_contexts(asp, message, ErrorCode::InvalidRoutingContext, unknown);
        if indices.is_empty() {
            if message.routing_contexts.is_empty() {
                let error = Error::new(ErrorCode::NoConfiguredAsForAsp);
                self.refuse(asp, message.clone(), error);
            }
            return;
        }
        for &index in &indices {
            self.set_asp(asp, index, AspState::Inactive);
        }
        self.tell_state(asp);
        let routing_contexts = match message.routing_contexts.is_empty() {
            true => Vec::new(),
            false => self.routing_contexts(&indices),
        };
        self.send(
            asp,
            AspInactiveAck {
                routing_contexts,
                info: None,
            },
        );
        for index in indices {
            self.settle(now, index, None);
        }
    }

    /// What an ASP Active without routing contexts is for: the ASs that are known to be the
    /// ASP's, by configuration or registration. One that may serve any must choose if there
    /// are several.
    fn implied(&self, asp: AspId) -> Result<Vec<usize>, ErrorCode> {
        let named = self
            .asps
            .get(&asp)
            .is_some_and(|known| known.settings.application_servers.is_some());
        let served = self.served_by(asp);
        let its: Vec<usize> = match self.registrations(asp) {
            registered if registered.is_empty() || named => served,
            registered => registered,
        };
        match its.len() {
            0 => Err(ErrorCode::InvalidRoutingContext),
            1 => Ok(its),
            _ if named || its == self.registrations(asp) => Ok(its),
            _ => Err(ErrorCode::MissingParameter),
        }
    }

    fn refuse_contexts(
        &mut self,
        asp: AspId,
        offending: &(impl Into<Message> + Clone),
        code: ErrorCode,
        routing_contexts: Vec<u32>,
    ) {
        if !routing_contexts.is_empty() {
            let error = Error {
                routing_contexts,
                ..Error::new(code)
            };
            self.refuse(asp, offending.clone(), error);
        }
    }
}
