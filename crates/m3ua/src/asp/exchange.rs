//! What the other end asks of us.
//!
//! An SGP asks for nothing, and of double exchange the server half of our IPSP takes the
//! requests. With single exchange either end may begin any exchange, and it moves both
//! (RFC 4666 4.3.1, 5.6.1): then we answer as an SGP would, and follow.

use super::application_server::State;
use super::{Asp, association};
use crate::msg::{
    AspActive, AspActiveAck, AspDownAck, AspInactive, AspInactiveAck, AspUpAck, Error, Message,
};
use crate::param::{ErrorCode, TrafficMode};
use crate::role::Role;
use crate::state::AspState;
use trunkline_model::Time;

impl Asp {
    pub(super) fn requested(&mut self, now: Time, message: Message) {
        if self.role != Role::IpspSingle {
            return self.refuse_unexpected(&message);
        }
        match message {
            Message::AspUp(_) => self.up_requested(now, &message),
            Message::AspDown(_) => self.down_requested(),
            Message::AspActive(m) => self.active_requested(m),
            Message::AspInactive(m) => self.inactive_requested(m),
            // Registration is ours to ask for only (RFC 4666 4.4.1, 4.4.3).
            Message::RegReq(_) | Message::DeregReq(_) => {
                self.refuse(&message, Error::new(ErrorCode::UnsupportedMessageClass));
            }
            _ => self.refuse_unexpected(&message),
        }
    }

    /// RFC 4666 3.8.1: with the routing contexts that were in it.
    pub(super) fn refuse_unexpected(&mut self, message: &Message) {
        let routing_contexts = match message {
            Message::AspActive(m) => m.routing_contexts.clone(),
            Message::AspActiveAck(m) => m.routing_contexts.clone(),
            Message::AspInactive(m) => m.routing_contexts.clone(),
            Message::AspInactiveAck(m) => m.routing_contexts.clone(),
            Message::Daud(m) => m.routing_contexts.clone(),
            Message::DeregReq(m) => m.routing_contexts.clone(),
            _ => Vec::new(),
        };
        self.refuse_with(message, ErrorCode::UnexpectedMessage, routing_contexts);
    }

    /// RFC 4666 4.3.4.1.2.
    fn up_requested(&mut self, now: Time, message: &Message) {
        if self.stopping || self.association == association::State::Stopped {
            return self.refuse(message, Error::new(ErrorCode::RefusedManagementBlocking));
        }
        self.send(AspUpAck {
            asp_identifier: self.asp_identifier,
            info: None,
        });
        match self.association {
            association::State::SentUp { .. } | association::State::WaitUp { .. } => self.up(now),
            association::State::Up if self.state() == AspState::Active => {
                self.refuse_unexpected(message);
                self.activate_again(now);
            }
            _ => {}
        }
    }

    /// RFC 4666 4.3.4.2. It is for the other end to go up again.
    fn down_requested(&mut self) {
        self.send(AspDownAck::default());
        match self.association {
            association::State::SentDown { .. } => self.stopped(),
            association::State::Up if self.stopping => self.stopped(),
            association::State::Up
            | association::State::SentUp { .. }
            | association::State::WaitUp { .. } => {
                self.down(association::State::WaitUp { retry: None });
            }
            association::State::Unconnected | association::State::Stopped => {}
        }
    }

    /// RFC 4666 4.3.4.3, 4.3.4.3.1.
    fn active_requested(&mut self, request: AspActive) {
        let (indices, unknown) = self.concerned(&request.routing_contexts);
        let (other_mode, accepted): (Vec<usize>, Vec<usize>) = indices
            .into_iter()
            .filter(|&index| !self.application_servers[index].state.is_registering())
            .partition(|&index| {
                let ours = self.application_servers[index].settings.traffic_mode;
                is_other_mode(ours, request.traffic_mode)
            });
        let named = |asp: &Self, indices: &[usize]| asp.named(&request.routing_contexts, indices);
        let other_contexts = named(self, &other_mode);
        let contexts = named(self, &accepted);
        let message = Message::AspActive(request.clone());
        if !unknown.is_empty() {
            self.refuse_with(&message, ErrorCode::NoConfiguredAsForAsp, unknown);
        }
        if !other_mode.is_empty() {
            let code = ErrorCode::UnsupportedTrafficModeType;
            self.refuse_with(&message, code, other_contexts);
        }
        if accepted.is_empty() {
            return;
        }
        if self.blocked || self.stopping {
            let code = ErrorCode::RefusedManagementBlocking;
            return self.refuse_with(&message, code, contexts);
        }
        self.send(AspActiveAck {
            traffic_mode: request.traffic_mode,
            routing_contexts: contexts,
            info: None,
        });
        for index in accepted {
            self.enter(index, State::Active);
        }
    }

    /// RFC 4666 4.3.4.4, 4.3.4.4.1. It is for the other end to become active again.
    fn inactive_requested(&mut self, request: AspInactive) {
        let (indices, unknown) = self.concerned(&request.routing_contexts);
        if !indices.is_empty() {
            self.send(AspInactiveAck {
                routing_contexts: self.named(&request.routing_contexts, &indices),
                info: None,
            });
        }
        for index in indices {
            let state = self.application_servers[index].state;
            if !state.is_registering() && !matches!(state, State::SentDeregister { .. }) {
                self.enter(index, State::Inactive);
            }
        }
        let message = Message::AspInactive(request);
        self.refuse_routing_contexts(&message, unknown);
    }

    /// The routing contexts of a request that mean these application servers.
    fn named(&self, request: &[u32], indices: &[usize]) -> Vec<u32> {
        let implied = self.has_implied_routing_context();
        let ours = self.routing_contexts(indices);
        let meant = request.iter().filter(|rc| implied || ours.contains(rc));
        meant.copied().collect()
    }

    fn refuse_with(&mut self, message: &Message, code: ErrorCode, routing_contexts: Vec<u32>) {
        let error = Error {
            routing_contexts,
            ..Error::new(code)
        };
        self.refuse(message, error);
    }
}

fn is_other_mode(ours: Option<TrafficMode>, theirs: Option<TrafficMode>) -> bool {
    matches!((ours, theirs), (Some(ours), Some(theirs)) if ours != theirs)
}
