//! ASP state maintenance: ASP Up, ASP Down, and how else an ASP gets up and down
//! (RFC 4666 4.3.4.1, 4.3.4.2, 4.7).

use super::{AspId, Sgp};
use crate::msg::{AspDownAck, AspInactiveAck, AspUp, AspUpAck, Error};
use crate::param::{ErrorCode, Status};
use crate::state::AspState;
use trunkline_model::Time;

impl Sgp {
    /// RFC 4666 4.3.4.1
    pub(super) fn asp_up(&mut self, now: Time, asp: AspId, message: &AspUp) {
        if let Err(code) = self.admits(asp, message.asp_identifier) {
            return self.refuse(asp, message.clone(), Error::new(code));
        }
        let Some(known) = self.asps.get_mut(&asp) else {
            return;
        };
        let before = known.state;
        let ipsp = known.settings.role.is_ipsp();
        known.up = true;
        known.identifier = message.asp_identifier;
        let mut concerned = Vec::new();
        if before == AspState::Active {
            concerned = self.deregister_all(asp);
        }
        for index in self.served_by(asp) {
            self.set_asp(asp, index, AspState::Inactive);
            concerned.push(index);
        }
        self.tell_state(asp);
        if before == AspState::Active {
            self.refuse(
                asp,
                message.clone(),
                Error::new(ErrorCode::UnexpectedMessage),
            );
        }
        // An acknowledgement in any case, even if there is nothing to change.
        self.send(
            asp,
            AspUpAck {
                asp_identifier: self.settings.asp_identifier.filter(|_| ipsp),
                ..AspUpAck::default()
            },
        );
        if before != AspState::Inactive {
            for index in concerned {
                let was = self.application_servers.get(&index).map(|s| s.state);
                self.settle(now, index, None);
                if let Some(was) = was
                    && before == AspState::Down
                {
                    self.tell_newcomer(asp, index, was);
                }
            }
        }
    }

    /// RFC 4666 4.3.4.2
    pub(super) fn asp_down(&mut self, now: Time, asp: AspId) {
        let concerned = self.leave(asp);
        self.send(asp, AspDownAck::default());
        for index in concerned {
            self.settle(now, index, None);
        }
    }

    /// The association of an ASP is lost, or the ASP is mute.
    pub(super) fn asp_failed(&mut self, now: Time, asp: AspId) {
        let identifier = self.asps.get(&asp).and_then(|known| known.identifier);
        for index in self.leave(asp) {
            self.notify(index, Status::AspFailure, identifier);
            self.settle(now, index, identifier);
        }
    }

    /// Management blocks an ASP.
    pub(super) fn block(&mut self, now: Time, asp: AspId) {
        let Some(known) = self.asps.get_mut(&asp) else {
            return;
        };
        known.blocked = true;
        if known.up {
            self.asp_down(now, asp);
        }
    }

    /// The interworking function cannot serve an AS, or any (RFC 4666 4.7).
    pub(super) fn isolate(&mut self, now: Time, application_server: Option<usize>) {
        let Some(index) = application_server else {
            self.isolated = true;
            let up: Vec<AspId> = self.asps_up().collect();
            for asp in up {
                self.asp_down(now, asp);
            }
            return;
        };
        let Some(server) = self.application_servers.get_mut(&index) else {
            return;
        };
        server.isolated = true;
        let active: Vec<AspId> = server.active().collect();
        for asp in active {
            self.set_asp(asp, index, AspState::Inactive);
            self.tell_state(asp);
            self.send(
                asp,
                AspInactiveAck {
                    routing_contexts: self.routing_context(index).into_iter().collect(),
                    info: None,
                },
            );
        }
        self.settle(now, index, None);
    }

    /// The interworking function is back.
    pub(super) fn rejoin(&mut self, application_server: Option<usize>) {
        match application_server {
            None => self.isolated = self.stopped,
            Some(index) => {
                if let Some(server) = self.application_servers.get_mut(&index) {
                    server.isolated = false;
                }
            }
        }
    }

    /// Takes an ASP out of all its ASs; which these were.
    fn leave(&mut self, asp: AspId) -> Vec<usize> {
        let Some(known) = self.asps.get_mut(&asp) else {
            return Vec::new();
        };
        known.up = false;
        let member_of = |server: &super::ApplicationServer| server.asp_state(asp) != AspState::Down;
        let servers = self.application_servers.iter();
        let concerned: Vec<usize> = servers
            .filter(|(_, server)| member_of(server))
            .map(|(index, _)| *index)
            .collect();
        self.deregister_all(asp);
        for index in &concerned {
            self.set_asp(asp, *index, AspState::Down);
        }
        self.tell_state(asp);
        concerned
    }

    /// Whether an ASP may come up with that identifier.
    fn admits(&self, asp: AspId, identifier: Option<u32>) -> Result<(), ErrorCode> {
        let Some(known) = self.asps.get(&asp) else {
            return Ok(());
        };
        if known.blocked || self.isolated {
            return Err(ErrorCode::RefusedManagementBlocking);
        }
        match (known.settings.asp_identifier, identifier) {
            (Some(_), None) => Err(ErrorCode::AspIdentifierRequired),
            (Some(ours), Some(theirs)) if ours != theirs => Err(ErrorCode::InvalidAspIdentifier),
            (_, Some(theirs)) => {
                let mut servers = self.served_by(asp).into_iter();
                match servers.any(|index| self.is_taken(theirs, index, asp)) {
                    true => Err(ErrorCode::InvalidAspIdentifier),
                    false => Ok(()),
                }
            }
            (None, None) => Ok(()),
        }
    }

    /// Whether another ASP of an AS has that identifier, which must be unique there
    /// (RFC 4666 3.5.1).
    pub(super) fn is_taken(&self, identifier: u32, index: usize, asp: AspId) -> bool {
        self.asps.iter().any(|(other, known)| {
            *other != asp
                && known.identifier == Some(identifier)
                && self.asp_state(*other, index) != AspState::Down
        })
    }
}
