//! Routing key registration (RFC 4666 4.4).
//!
//! ```txt
//!                /REG_REQ              registered
//!  WaitRegister ---------> SentRegister ---------> traffic (see `application_server`)
//!      ^                      |
//!      +----------------------+
//!        refused, T(ack)
//!
//!  Stop, all traffic is stopped /DEREG_REQ -> SentDeregister -> DEREG_RSP, T(ack) -> Inactive
//! ```

use super::application_server::State;
use super::{Asp, Output};
use crate::msg::{DeregReq, DeregRsp, Error, Message, RegReq, RegRsp};
use crate::param::{ErrorCode, RegistrationResult, RegistrationStatus, RoutingKey};
use trunkline_model::Time;

impl Asp {
    /// Registers what is due: together the first time, then one by one.
    pub(super) fn register_due(&mut self, now: Time) {
        let due = self.in_state(|state| match state {
            State::WaitRegister { retry } => retry <= now,
            _ => false,
        });
        let ack = now + self.ack;
        let mut together = Vec::new();
        for index in due {
            let server = &self.application_servers[index];
            let Some(key) = server.routing_key() else {
                continue;
            };
            // The index tells the answers apart; it stays unique (RFC 4666 3.6.1).
            let key = RoutingKey {
                local_rk_identifier: identifier(index),
                ..key.clone()
            };
            let alone = server.alone;
            self.enter(index, State::SentRegister { ack });
            match alone {
                true => self.send(RegReq {
                    routing_keys: vec![key],
                }),
                false => together.push(key),
            }
        }
        if !together.is_empty() {
            self.send(RegReq {
                routing_keys: together,
            });
        }
    }

    pub(super) fn registration_response(&mut self, now: Time, response: RegRsp) {
        let mut unexpected = false;
        for result in &response.results {
            match self.registering(result) {
                Some(index) => self.registration_result(now, index, *result),
                None => unexpected = true,
            }
        }
        if unexpected {
            let error = Error::new(ErrorCode::UnexpectedMessage);
            self.refuse(&Message::RegRsp(response), error);
        }
    }

    /// The AS whose registration that is.
    fn registering(&self, result: &RegistrationResult) -> Option<usize> {
        let index = usize::try_from(result.local_rk_identifier).ok()?;
        let index = index.checked_sub(1)?;
        let server = self.application_servers.get(index)?;
        server.registers().then_some(index)
    }

    fn registration_result(&mut self, now: Time, index: usize, result: RegistrationResult) {
        let server = &self.application_servers[index];
        // Otherwise it is the second answer to a repeated request.
        if !server.state.is_registering() {
            return;
        }
        let routing_context = result.routing_context;
        let status = match result.status {
            RegistrationStatus::SuccessfullyRegistered
                if self.with_routing_context(routing_context).is_some() =>
            {
                // A routing context stands for one routing key (RFC 4666 1.4.2.1).
                RegistrationStatus::RoutingKeyAlreadyRegistered
            }
            // RFC 4666 4.4.1: the routing context is the actual one then.
            RegistrationStatus::RoutingKeyAlreadyRegistered
                if routing_context != 0 && self.with_routing_context(routing_context).is_none() =>
            {
                RegistrationStatus::SuccessfullyRegistered
            }
            status => status,
        };
        if status != RegistrationStatus::SuccessfullyRegistered {
            self.outputs.push_back(Output::RegistrationRefused {
                application_server: index,
                status,
            });
            // The routing key may be provisioned meanwhile, or there be room for it.
            return self.register_again(now, index);
        }
        let server = &mut self.application_servers[index];
        server.routing_context = Some(routing_context);
        server.registered = true;
        server.alone = false;
        self.outputs.push_back(Output::Registered {
            application_server: index,
            routing_context,
        });
        self.ready(now, index);
    }

    pub(super) fn register_again(&mut self, now: Time, index: usize) {
        let server = &mut self.application_servers[index];
        server.forget_registration();
        server.alone = true;
        let retry = now + self.ack;
        self.enter(index, State::WaitRegister { retry });
    }

    /// The other end does not support registration (RFC 4666 4.4.1).
    pub(super) fn registration_unsupported(&mut self, now: Time, index: usize) {
        let server = &mut self.application_servers[index];
        server.alone = false;
        server.routing_context = server.settings.routing_context;
        if server.routing_context.is_some() {
            return self.ready(now, index);
        }
        self.outputs.push_back(Output::RegistrationRefused {
            application_server: index,
            status: RegistrationStatus::ErrorUnknown,
        });
        self.enter(index, State::Inactive);
    }

    /// Deregisters once no AS has traffic (RFC 4666 4.4.2).
    pub(super) fn deregister(&mut self, now: Time) {
        if self.is_leaving() {
            return;
        }
        let servers = self.application_servers.iter().enumerate();
        let registered: Vec<usize> = servers
            .filter(|(_, server)| server.registered)
            .map(|(index, _)| index)
            .collect();
        if registered.is_empty() {
            return;
        }
        let ack = now + self.ack;
        for &index in &registered {
            self.enter(index, State::SentDeregister { ack });
        }
        self.send(DeregReq {
            routing_contexts: self.routing_contexts(&registered),
        });
    }

    pub(super) fn deregistration_response(&mut self, response: DeregRsp) {
        let mut unexpected = false;
        for result in &response.results {
            // Whatever the status: ASPDN, which follows, deregisters as well (RFC 4666 4.3.4.2).
            match self.with_routing_context(result.routing_context) {
                Some(index) => self.deregistered(index),
                None => unexpected = true,
            }
        }
        if unexpected && !self.stopping {
            let error = Error::new(ErrorCode::UnexpectedMessage);
            self.refuse(&Message::DeregRsp(response), error);
        }
    }

    pub(super) fn deregistered(&mut self, index: usize) {
        let server = &mut self.application_servers[index];
        if let State::SentDeregister { .. } = server.state {
            server.forget_registration();
            self.enter(index, State::Inactive);
        }
    }
}

/// Never 0, which is what answers have where nothing is meant.
fn identifier(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}
