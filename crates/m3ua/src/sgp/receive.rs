//! What each message of an ASP does, and who may send it when.

use super::membership::MAX_LISTED;
use super::{AspId, Output, Sgp};
use crate::error::DIAGNOSTIC_OCTETS;
use crate::msg::{Error, HeartbeatAck, Message};
use crate::param::ErrorCode;
use crate::role::Role;
use trunkline_model::Time;

impl Sgp {
    pub(super) fn receive(&mut self, now: Time, asp: AspId, stream: Option<u16>, m: Message) {
        self.heard(now, asp);
        let Some(known) = self.asps.get(&asp) else {
            return;
        };
        let (up, role) = (known.up, known.settings.role);
        let strict = !known.settings.quirks.any_stream;
        if strict && stream.is_some_and(|stream| !m.belongs_on(stream)) {
            let error = Error::new(ErrorCode::InvalidStreamIdentifier);
            return self.refuse(asp, m, error);
        }
        match (m, self.settings.registration) {
            (Message::AspUp(m), _) => self.asp_up(now, asp, &m),
            (Message::AspDown(_), _) => self.asp_down(now, asp),
            (Message::Heartbeat(m), _) => self.send(asp, HeartbeatAck { data: m.data }),
            (Message::HeartbeatAck(_), _) => {}
            (Message::Error(m), _) => self.outputs.push_back(Output::Reported(asp, m.code)),
            (Message::AspActive(m), _) if up => self.asp_active(now, asp, &m),
            (Message::AspInactive(m), _) if up => self.asp_inactive(now, asp, &m),
            (Message::RegReq(m), Some(offer)) if up => self.register(now, asp, offer, &m),
            (Message::DeregReq(m), Some(_)) if up => self.deregister(now, asp, &m),
            (Message::Daud(m), _) if up => self.audit(asp, &m),
            (Message::Scon(m), _) if up => self.asp_congested(asp, &m),
            // On an association of double exchange DATA goes to the client half.
            (Message::Data(m), _) if (up || self.takes_data(asp)) && role != Role::IpspDouble => {
                self.data(asp, m)
            }
            // Either IPSP may notify the other (RFC 4666 4.3.4.5.1).
            (Message::Notify(_), _) if role.is_ipsp() => {}
            // RFC 4666 4.4.1: how registration is not offered.
            (m @ (Message::RegReq(_) | Message::DeregReq(_)), None) => {
                self.refuse(asp, m, Error::new(ErrorCode::UnsupportedMessageClass));
            }
            // What needs ASP Up first (RFC 4666 4.3.4.1), and what only a gateway sends.
            (m, _) => {
                let listed = match &m {
                    Message::AspActive(m) => m.routing_contexts.clone(),
                    Message::AspInactive(m) => m.routing_contexts.clone(),
                    Message::DeregReq(m) => m.routing_contexts.clone(),
                    Message::Daud(m) => m.routing_contexts.clone(),
                    Message::Scon(m) => m.routing_contexts.clone(),
                    Message::Data(m) => m.routing_context.into_iter().collect(),
                    _ => Vec::new(),
                };
                self.unexpected(asp, m, listed);
            }
        }
    }

    pub(super) fn unexpected(
        &mut self,
        asp: AspId,
        offending: impl Into<Message>,
        mut routing_contexts: Vec<u32>,
    ) {
        routing_contexts.truncate(MAX_LISTED);
        let error = Error {
            routing_contexts,
            ..Error::new(ErrorCode::UnexpectedMessage)
        };
        self.refuse(asp, offending, error);
    }

    /// Answers a message with an Error, which shows the beginning of it (RFC 4666 3.8.1).
    pub(super) fn refuse(&mut self, asp: AspId, offending: impl Into<Message>, error: Error) {
        let (offending, code) = (offending.into(), error.code);
        let mut diagnostic = crate::encode(&offending);
        diagnostic.truncate(DIAGNOSTIC_OCTETS);
        self.send(
            asp,
            Error {
                diagnostic: Some(diagnostic),
                ..error
            },
        );
        let message = offending.name();
        self.outputs
            .push_back(Output::Refused { asp, message, code });
    }
}
