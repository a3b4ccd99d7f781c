//! ERR, both ways (RFC 4666 3.8.1).

use super::application_server::State;
use super::{Asp, Output, association};
use crate::error::DIAGNOSTIC_OCTETS;
use crate::message_type::MessageType;
use crate::msg::{Error, Message, encode};
use crate::param::ErrorCode;
use crate::state::AspState;
use trunkline_model::Time;

/// What an Error does to the request that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reaction {
    /// Nothing but being told: T(ack) repeats the request, if there is one.
    Report,
    /// The request is tried again after T(ack). Whoever runs the other end may mend it
    /// meanwhile, or may unblock us.
    Retry,
    /// As [`Self::Retry`]; if it names an AS that we are active in, that AS is not configured
    /// any more, so we are no longer active there and begin again.
    Lost,
    /// The other end does not have us where we think: begin again a step earlier.
    Resynchronise,
    /// The request is not repeated: it would always be refused.
    GiveUp,
}

/// What each Error does, by its code and the section that says why.
const REACTIONS: &[(ErrorCode, Reaction, &str)] = &[
    (ErrorCode::InvalidVersion, Reaction::GiveUp, "4.8"),
    (
        ErrorCode::UnsupportedMessageClass,
        Reaction::GiveUp,
        "4.4.1",
    ),
    (ErrorCode::UnsupportedMessageType, Reaction::GiveUp, "3.8.1"),
    (
        ErrorCode::UnsupportedTrafficModeType,
        Reaction::Retry,
        "4.3.4.3",
    ),
    (
        ErrorCode::UnexpectedMessage,
        Reaction::Resynchronise,
        "4.3.4.1",
    ),
    (ErrorCode::ProtocolError, Reaction::Report, "3.8.1"),
    (
        ErrorCode::InvalidStreamIdentifier,
        Reaction::Report,
        "3.8.1",
    ),
    (
        ErrorCode::RefusedManagementBlocking,
        Reaction::Retry,
        "4.3.4.1, 4.3.4.3, 4.7",
    ),
    (ErrorCode::AspIdentifierRequired, Reaction::Retry, "3.8.1"),
    (ErrorCode::InvalidAspIdentifier, Reaction::Retry, "3.8.1"),
    (ErrorCode::InvalidParameterValue, Reaction::Retry, "3.8.1"),
    (ErrorCode::ParameterFieldError, Reaction::Retry, "3.8.1"),
    (ErrorCode::UnexpectedParameter, Reaction::Retry, "3.8.1"),
    (
        ErrorCode::DestinationStatusUnknown,
        Reaction::Report,
        "4.5.3",
    ),
    (
        ErrorCode::InvalidNetworkAppearance,
        Reaction::Report,
        "3.8.1",
    ),
    (ErrorCode::MissingParameter, Reaction::Retry, "4.3.4.3"),
    (
        ErrorCode::InvalidRoutingContext,
        Reaction::Lost,
        "4.3.4.3, 4.3.4.4",
    ),
    (
        ErrorCode::NoConfiguredAsForAsp,
        Reaction::Lost,
        "4.3.4.3, 4.3.4.4",
    ),
];

impl Reaction {
    /// To that code; nothing is done about codes that RFC 4666 does not define.
    fn to(code: ErrorCode) -> Self {
        let row = REACTIONS.iter().find(|(known, ..)| *known == code);
        row.map_or(Self::Report, |(_, reaction, _)| *reaction)
    }
}

impl Asp {
    /// Answers a message with an Error, unless it is one itself.
    pub(super) fn refuse(&mut self, message: &Message, error: Error) {
        if let Message::Error(_) = message {
            return;
        }
        let code = error.code;
        let mut octets = encode(message);
        octets.truncate(DIAGNOSTIC_OCTETS);
        self.send(Error {
            diagnostic: Some(octets),
            ..error
        });
        let message = message.name();
        self.outputs.push_back(Output::Refused { message, code });
    }

    pub(super) fn error_reported(&mut self, now: Time, error: &Error) {
        self.outputs.push_back(Output::Reported(error.code));
        let reaction = Reaction::to(error.code);
        let offending = offending(error);
        match self.association {
            association::State::SentUp { .. } => {
                let retry = now + self.ack;
                let about_us = offending.is_none_or(|message| message == MessageType::AspUp);
                let retry = match reaction {
                    // Unknown classes and types name the message that they refuse.
                    Reaction::GiveUp
                        if error.code == ErrorCode::InvalidVersion || offending.is_some() =>
                    {
                        None
                    }
                    Reaction::Retry | Reaction::Lost => Some(retry),
                    Reaction::GiveUp | Reaction::Report | Reaction::Resynchronise => return,
                };
                if about_us {
                    self.association = association::State::WaitUp { retry };
                }
            }
            association::State::Up => {
                let (indices, _) = self.concerned(&error.routing_contexts);
                let named = !error.routing_contexts.is_empty();
                if reaction == Reaction::Resynchronise {
                    return self.resynchronise(now, &indices, named, offending);
                }
                for index in indices {
                    self.refused(now, index, error.code, named, offending);
                }
            }
            // Whoever stops goes on when T(ack) is over.
            association::State::Unconnected
            | association::State::WaitUp { .. }
            | association::State::SentDown { .. }
            | association::State::Stopped => {}
        }
    }

    /// An AS is refused something.
    fn refused(
        &mut self,
        now: Time,
        index: usize,
        code: ErrorCode,
        named: bool,
        offending: Option<MessageType>,
    ) {
        let reaction = Reaction::to(code);
        let is = |message: MessageType| offending.is_none_or(|offending| offending == message);
        let retry = now + self.ack;
        match (self.application_servers[index].state, reaction) {
            (State::SentActive { .. }, Reaction::Retry | Reaction::Lost)
                if is(MessageType::AspActive) =>
            {
                // What the other end registered, and does not know any more, begins there.
                if reaction == Reaction::Lost && self.application_servers[index].registered {
                    return self.register_again(now, index);
                }
                self.application_servers[index].alone = true;
                self.enter(index, State::WaitActive { retry });
            }
            (State::SentActive { .. }, Reaction::GiveUp)
                if offending == Some(MessageType::AspActive) =>
            {
                self.enter(index, State::Inactive);
            }
            (State::SentRegister { .. }, Reaction::GiveUp) if is(MessageType::RegReq) => {
                self.registration_unsupported(now, index);
            }
            (State::SentRegister { .. }, Reaction::Retry | Reaction::Lost)
                if is(MessageType::RegReq) =>
            {
                self.register_again(now, index);
            }
            // There is nothing to withdraw from.
            (State::SentInactive { .. }, Reaction::Lost) if is(MessageType::AspInactive) => {
                self.enter(index, State::Inactive);
            }
            (State::SentDeregister { .. }, Reaction::Lost | Reaction::GiveUp)
                if is(MessageType::DeregReq) =>
            {
                self.deregistered(index);
            }
            (State::Active, Reaction::Lost)
                if offending == Some(MessageType::Data) || (named && offending.is_none()) =>
            {
                match self.application_servers[index].registered {
                    true => self.register_again(now, index),
                    false => self.enter(index, State::WaitActive { retry }),
                }
            }
            _ => {}
        }
    }

    /// "Unexpected Message": what we sent does not fit the state that we have at the other end.
    fn resynchronise(
        &mut self,
        now: Time,
        indices: &[usize],
        named: bool,
        offending: Option<MessageType>,
    ) {
        let retry = now + self.ack;
        let asking = |state| matches!(state, State::SentActive { .. } | State::SentRegister { .. });
        let asking = self.in_state(asking);
        let refused = match offending {
            Some(MessageType::AspActive | MessageType::RegReq) => true,
            // The answer to an ASPUP that came while we were active, or to one that we sent
            // twice, comes with ASPUP_ACK (RFC 4666 4.3.4.1).
            Some(_) => false,
            None => named,
        };
        if refused && asking.iter().any(|index| indices.contains(index)) {
            // It has us for down.
            if self.state() != AspState::Active {
                return self.down(association::State::WaitUp { retry: Some(retry) });
            }
            for index in asking.into_iter().filter(|index| indices.contains(index)) {
                self.application_servers[index].alone = true;
                match self.application_servers[index].state {
                    State::SentActive { .. } => self.enter(index, State::WaitActive { retry }),
                    _ => self.register_again(now, index),
                }
            }
            return;
        }
        if offending == Some(MessageType::Data) {
            // It has us for inactive.
            let active = self.in_state(|state| state == State::Active);
            for index in active.into_iter().filter(|index| indices.contains(index)) {
                self.enter(index, State::WaitActive { retry });
            }
            return;
        }
        self.doubted |= offending.is_none() && !asking.is_empty();
    }
}

/// The message that an Error is about, if it shows its beginning.
fn offending(error: &Error) -> Option<MessageType> {
    match error.diagnostic.as_deref()? {
        [_version, _reserved, class, code, ..] => MessageType::from_codes(*class, *code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_reaction() {
        let codes: Vec<ErrorCode> = REACTIONS.iter().map(|(code, ..)| *code).collect();
        assert_eq!(codes, ErrorCode::NAMED);
        assert_eq!(Reaction::to(ErrorCode::Unknown(2)), Reaction::Report);
    }
}
