//! NTFY: what becomes of application servers and of other ASPs (RFC 4666 4.3.4.5).

use super::application_server::State;
use super::{Asp, Output};
use crate::msg::Notify;
use crate::param::Status;
use crate::state::AsState;
use trunkline_model::Time;

impl Asp {
    pub(super) fn notified(&mut self, now: Time, notify: &Notify) {
        if self.quirks.no_notify {
            return;
        }
        // Routing contexts that are none of ours are let pass: a Notify may overtake the answer
        // to a registration on another stream.
        let (indices, _) = self.concerned(&notify.routing_contexts);
        let about_us =
            notify.asp_identifier.is_some() && notify.asp_identifier == self.asp_identifier;
        for index in indices {
            match notify.status {
                Status::AsActive => self.as_state_told(now, index, AsState::Active),
                Status::AsInactive => self.as_state_told(now, index, AsState::Inactive),
                Status::AsPending => self.as_state_told(now, index, AsState::Pending),
                status => {
                    self.outputs.push_back(Output::Notified {
                        application_server: index,
                        status,
                        asp_identifier: notify.asp_identifier,
                    });
                    self.told(now, index, status, about_us);
                }
            }
        }
    }

    fn as_state_told(&mut self, now: Time, index: usize, state: AsState) {
        let server = &mut self.application_servers[index];
        server.as_state = Some(state);
        self.outputs.push_back(Output::As {
            application_server: index,
            state,
        });
        let server = &self.application_servers[index];
        if let State::Standby { due } = server.state {
            match server.standby(now, self.ack) {
                // The wait goes on as it began.
                State::Standby { due: Some(_) } if due.is_some() => {}
                next => self.enter(index, next),
            }
        }
    }

    fn told(&mut self, now: Time, index: usize, status: Status, about_us: bool) {
        let state = self.application_servers[index].state;
        match (status, state) {
            // RFC 4666 4.3.4.3: we must consider ourselves inactive now; unless the other ASP
            // is ourselves.
            (Status::AlternateAspActive, State::Active) if !about_us => {
                self.enter(index, State::Standby { due: None });
            }
            // RFC 4666 3.8.2: another ASP is needed, and here is one.
            (Status::InsufficientAspResources, State::Standby { .. }) => {
                self.enter(index, State::WaitActive { retry: now });
            }
            // Another ASP failed: if we are needed the state of the AS tells.
            _ => {}
        }
    }
}
