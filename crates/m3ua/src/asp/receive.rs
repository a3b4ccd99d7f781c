//! What each message does in each state.

use super::{Asp, DestinationState, Output, State};
use crate::msg::{Data, Dupu, Error, HeartbeatAck, Message, Notify, UnavailabilityCause};
use crate::param::{AffectedPointCode, ErrorCode, Status};
use crate::state::AsState;
use trunkline_model::Time;
use trunkline_model::mtp::{MtpStatus, SI_ISUP};

impl Asp {
    pub(super) fn receive(&mut self, now: Time, message: Message) {
        if self.state == State::Unconnected {
            return;
        }
        match message {
            Message::AspUpAck(_) => self.up_ack(now),
            Message::AspDownAck(_) => self.down_ack(now),
            Message::AspActiveAck(m) => {
                if self.concerns_us(&m.routing_contexts) {
                    self.active_ack();
                }
            }
            Message::AspInactiveAck(m) => {
                if self.concerns_us(&m.routing_contexts) {
                    self.inactive_ack(now);
                }
            }
            Message::Notify(m) => {
                if self.concerns_us(&m.routing_contexts) {
                    self.notified(now, &m);
                }
            }
            Message::Error(m) => self.error_reported(now, &m),
            Message::Data(m) => self.data(m),
            Message::Duna(m) => {
                let state = DestinationState::Unavailable;
                self.destinations("DUNA", &m.routing_contexts, m.affected, state);
            }
            Message::Dava(m) => {
                let state = DestinationState::Available;
                self.destinations("DAVA", &m.routing_contexts, m.affected, state);
            }
            Message::Drst(m) => {
                let state = DestinationState::Restricted;
                self.destinations("DRST", &m.routing_contexts, m.affected, state);
            }
            Message::Scon(m) => {
                // Without a level the network has only one: congested (RFC 4666 3.4.4).
                let level = m.level.unwrap_or(1).min(3);
                let state = DestinationState::Status(MtpStatus::Congestion(level));
                self.destinations("SCON", &m.routing_contexts, m.affected, state);
            }
            Message::Dupu(m) => self.user_part_unavailable(&m),
            Message::Heartbeat(m) => self.send(HeartbeatAck { data: m.data }),
            Message::HeartbeatAck(_) => {}
            // What only an ASP or an IPSP sends.
            Message::AspUp(_)
            | Message::AspDown(_)
            | Message::AspActive(_)
            | Message::AspInactive(_)
            | Message::Daud(_)
            | Message::RegReq(_)
            | Message::RegRsp(_)
            | Message::DeregReq(_)
            | Message::DeregRsp(_) => {
                self.refuse(message.name(), Error::new(ErrorCode::UnexpectedMessage));
            }
        }
    }

    fn up_ack(&mut self, now: Time) {
        match self.state {
            State::SentUp { .. } => self.send_active(now),
            // RFC 4666 4.3.4.1: consider ourselves inactive, send an Error, return to where
            // we were.
            State::Active => {
                self.refuse("ASPUP_ACK", Error::new(ErrorCode::UnexpectedMessage));
                self.send_active(now);
            }
            // The second answer to a repeated request.
            State::SentActive { .. } | State::WaitActive { .. } | State::Standby => {}
            // We are on our way out, or were put down meanwhile.
            State::WaitUp { .. }
            | State::SentInactive { .. }
            | State::SentDown { .. }
            | State::Stopped
            | State::Unconnected => {}
        }
    }

    fn down_ack(&mut self, now: Time) {
        match self.state {
            State::SentDown { .. } => self.stopped(),
            // The gateway was faster.
            State::SentInactive { .. } => self.stopped(),
            // RFC 4666 4.3.4.2: return to where we were. Not at once: a gateway that cannot
            // reach its network does this to everyone (4.7).
            State::SentActive { .. }
            | State::WaitActive { .. }
            | State::Standby
            | State::Active => {
                self.enter(State::WaitUp {
                    retry: now + self.settings.ack,
                });
            }
            // Down already, and going up again when the time comes.
            State::SentUp { .. } | State::WaitUp { .. } => {}
            State::Stopped | State::Unconnected => {}
        }
    }

    fn active_ack(&mut self) {
        match self.state {
            State::SentActive { .. } => {
                self.as_active = true;
                self.enter(State::Active);
            }
            // The second answer to a repeated request, or one that came too late.
            State::Active
            | State::WaitActive { .. }
            | State::Standby
            | State::SentUp { .. }
            | State::WaitUp { .. }
            | State::SentInactive { .. }
            | State::SentDown { .. }
            | State::Stopped
            | State::Unconnected => {}
        }
    }

    fn inactive_ack(&mut self, now: Time) {
        match self.state {
            State::SentInactive { .. } => self.send_down(now),
            // RFC 4666 4.3.4.4: return to where we were; not at once, see `down_ack`.
            State::Active => {
                self.enter(State::WaitActive {
                    retry: now + self.settings.ack,
                });
            }
            // T(ack) repeats the request.
            State::SentActive { .. } => {}
            State::WaitActive { .. }
            | State::Standby
            | State::SentUp { .. }
            | State::WaitUp { .. }
            | State::SentDown { .. }
            | State::Stopped
            | State::Unconnected => {}
        }
    }

    fn notified(&mut self, now: Time, notify: &Notify) {
        let as_state = match notify.status {
            Status::AsActive => AsState::Active,
            Status::AsInactive => AsState::Inactive,
            Status::AsPending => AsState::Pending,
            Status::AlternateAspActive => {
                // RFC 4666 4.3.4.3: we must consider ourselves inactive now.
                if self.state == State::Active {
                    self.enter(State::Standby);
                }
                return;
            }
            Status::InsufficientAspResources => {
                if self.state == State::Standby {
                    self.send_active(now);
                }
                return;
            }
            Status::AspFailure | Status::Unknown { .. } => return,
        };
        self.as_active = as_state == AsState::Active;
        self.outputs.push_back(Output::As(as_state));
        // Whoever took over from us is gone.
        if self.state == State::Standby && as_state != AsState::Active {
            self.send_active(now);
        }
    }

    fn error_reported(&mut self, now: Time, error: &Error) {
        self.outputs.push_back(Output::Reported(error.code));
        // What a repetition at once would not cure. The request is tried again nevertheless:
        // whoever runs the gateway may configure us meanwhile.
        let refusal = matches!(
            error.code,
            ErrorCode::RefusedManagementBlocking
                | ErrorCode::NoConfiguredAsForAsp
                | ErrorCode::InvalidRoutingContext
                | ErrorCode::UnsupportedTrafficModeType
                | ErrorCode::AspIdentifierRequired
                | ErrorCode::InvalidAspIdentifier
                | ErrorCode::MissingParameter
        );
        let retry = now + self.settings.ack;
        match self.state {
            State::SentUp { .. } if refusal => self.enter(State::WaitUp { retry }),
            State::SentActive { .. } if refusal => self.enter(State::WaitActive { retry }),
            _ => {}
        }
    }

    fn data(&mut self, data: Data) {
        if self.state != State::Active {
            // RFC 4666 3.8.1: an ASP drops it in silence.
            self.outputs.push_back(Output::EarlyData);
            return;
        }
        if let (Some(ours), Some(theirs)) = (self.settings.routing_context, data.routing_context)
            && ours != theirs
        {
            let error = Error {
                routing_contexts: vec![theirs],
                ..Error::new(ErrorCode::InvalidRoutingContext)
            };
            return self.refuse("DATA", error);
        }
        if let (Some(ours), Some(theirs)) =
            (self.settings.network_appearance, data.network_appearance)
            && ours != theirs
        {
            let error = Error {
                network_appearance: Some(theirs),
                ..Error::new(ErrorCode::InvalidNetworkAppearance)
            };
            return self.refuse("DATA", error);
        }
        self.outputs
            .push_back(Output::Transfer(data.protocol_data.into()));
    }

    fn destinations(
        &mut self,
        message: &'static str,
        routing_contexts: &[u32],
        affected: Vec<AffectedPointCode>,
        state: DestinationState,
    ) {
        if !self.concerns_us(routing_contexts) {
            let error = Error {
                routing_contexts: routing_contexts.to_vec(),
                ..Error::new(ErrorCode::InvalidRoutingContext)
            };
            return self.refuse(message, error);
        }
        // A gateway may tell the state of destinations before ASPAC_ACK (RFC 4666 4.5.1).
        if matches!(self.state, State::Active | State::SentActive { .. }) {
            self.outputs
                .push_back(Output::Destinations(affected, state));
        }
    }

    fn user_part_unavailable(&mut self, dupu: &Dupu) {
        if dupu.user != u16::from(SI_ISUP) {
            return;
        }
        let status = match dupu.cause {
            UnavailabilityCause::UnequippedRemoteUser => MtpStatus::UserPartUnequipped,
            UnavailabilityCause::InaccessibleRemoteUser => MtpStatus::UserPartInaccessible,
            UnavailabilityCause::Unknown | UnavailabilityCause::Other(_) => {
                MtpStatus::UserPartUnknown
            }
        };
        self.destinations(
            "DUPU",
            &dupu.routing_contexts,
            vec![AffectedPointCode::one(dupu.affected)],
            DestinationState::Status(status),
        );
    }

    /// Whether a list of routing contexts means our AS: it is in it, or the list is empty, or
    /// we do not know our own.
    fn concerns_us(&self, routing_contexts: &[u32]) -> bool {
        match self.settings.routing_context {
            Some(ours) => routing_contexts.is_empty() || routing_contexts.contains(&ours),
            None => true,
        }
    }

    fn refuse(&mut self, message: &'static str, error: Error) {
        let code = error.code;
        self.send(error);
        self.outputs.push_back(Output::Refused { message, code });
    }
}
