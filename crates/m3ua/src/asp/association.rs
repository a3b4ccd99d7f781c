//! ASPSM: whether we are up (RFC 4666 4.3.4.1, 4.3.4.2).
//!
//! The states are those of RFC 4666 figure 3, ASP-DOWN split by what we wait for, and `Up` for
//! ASP-INACTIVE and ASP-ACTIVE, which each application server tells apart:
//!
//! ```txt
//!              AssociationUp /ASPUP          ASPUP_ACK
//!  Unconnected ---------------> SentUp --------------------> Up
//!                                |  ^                        |
//!                        refused |  | T(ack) /ASPUP          | ASPDN_ACK that we
//!                                v  |                        | did not ask for
//!                               WaitUp <---------------------+
//!                                                            |
//!                       Stopped <--------- SentDown <--------+ Stop, all traffic is
//!                               ASPDN_ACK,                     stopped /ASPDN
//!                               T(ack)
//!
//!  AssociationDown, from anywhere: Unconnected
//! ```

use super::{Asp, Output};
use crate::msg::{AspDown, AspUp, AspUpAck, Error, Message};
use crate::param::ErrorCode;
use crate::state::AspState;
use trunkline_model::Time;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// No association.
    Unconnected,
    /// ASPUP is sent.
    SentUp { ack: Time },
    /// We are down, and ASPUP is due again; `None` if it would be in vain: until the
    /// association is set up again, or an IPSP of single exchange goes up itself.
    WaitUp { retry: Option<Time> },
    /// ASPUP_ACK came.
    Up,
    /// ASPDN is sent, to stop.
    SentDown { ack: Time },
    /// We left service.
    Stopped,
}

impl State {
    pub(super) const fn is_connected(self) -> bool {
        !matches!(self, Self::Unconnected)
    }

    pub(super) const fn timeout(self) -> Option<Time> {
        match self {
            Self::SentUp { ack } | Self::SentDown { ack } => Some(ack),
            Self::WaitUp { retry } => retry,
            Self::Unconnected | Self::Up | Self::Stopped => None,
        }
    }
}

impl Asp {
    /// SCTP-COMMUNICATION_UP, or SCTP-RESTART: the other end has us for ASP-DOWN
    /// (RFC 4666 4.3.3).
    pub(super) fn associated(&mut self, now: Time) {
        if self.stopping {
            // That is all that the stop was to bring about.
            return self.stopped();
        }
        self.beat.start(now);
        self.down(State::WaitUp { retry: Some(now) });
    }

    pub(super) fn disconnected(&mut self) {
        self.beat.stop();
        self.down(State::Unconnected);
        if core::mem::take(&mut self.stopping) {
            self.outputs.push_back(Output::Stopped);
        }
    }

    pub(super) fn up_ack(&mut self, now: Time, ack: AspUpAck) {
        match self.association {
            // In WaitUp it answers an ASPUP from before the refusal.
            State::SentUp { .. } | State::WaitUp { .. } => self.up(now),
            // RFC 4666 4.3.4.1: consider ourselves inactive, send an Error if we were not, and
            // return to where we were. Otherwise it is the second answer to a repeated request.
            State::Up if !self.stopping && self.state() == AspState::Active => {
                let message = Message::AspUpAck(ack);
                self.refuse(&message, Error::new(ErrorCode::UnexpectedMessage));
                self.activate_again(now);
            }
            State::Up => {}
            // We are on our way out.
            State::SentDown { .. } | State::Stopped | State::Unconnected => {}
        }
    }

    pub(super) fn down_ack(&mut self, now: Time) {
        match self.association {
            State::SentDown { .. } => self.stopped(),
            // The other end was faster.
            State::Up if self.stopping => self.stopped(),
            // RFC 4666 4.3.4.2: return to where we were. Not at once: a gateway that cannot
            // reach its network does this to everyone (4.7).
            State::Up => self.down(State::WaitUp {
                retry: Some(now + self.ack),
            }),
            // Down already, and going up again when the time comes.
            State::SentUp { .. } | State::WaitUp { .. } => {}
            State::Stopped | State::Unconnected => {}
        }
    }

    /// We are ASP-INACTIVE: on to the traffic.
    pub(super) fn up(&mut self, now: Time) {
        self.association = State::Up;
        self.doubted = false;
        self.report();
        self.begin(now);
    }

    /// We are ASP-DOWN, whatever comes next.
    pub(super) fn down(&mut self, state: State) {
        self.association = state;
        self.doubted = false;
        self.report();
        self.leave_all();
    }

    pub(super) fn stop(&mut self) {
        match self.association {
            // Also if we are not up yet: the other end may be about to take us up.
            State::Up | State::SentUp { .. } | State::WaitUp { .. } => self.stopping = true,
            State::Unconnected => self.stopped(),
            State::SentDown { .. } | State::Stopped => {}
        }
    }

    pub(super) fn stopped(&mut self) {
        self.stopping = false;
        self.beat.stop();
        self.down(State::Stopped);
        self.outputs.push_back(Output::Stopped);
    }

    /// Does what the states ask for, once an input has been taken.
    pub(super) fn proceed(&mut self, now: Time) {
        match self.association {
            State::Up => self.proceed_traffic(now),
            State::WaitUp { retry: Some(retry) } if retry <= now && !self.stopping => {
                self.association = State::SentUp {
                    ack: now + self.ack,
                };
                self.send(AspUp {
                    asp_identifier: self.asp_identifier,
                    info: None,
                });
            }
            State::SentUp { .. } | State::WaitUp { .. } => {}
            State::Unconnected | State::SentDown { .. } | State::Stopped => {}
        }
        let traffic_stopped = match self.association {
            State::Up => !self.is_leaving(),
            State::SentUp { .. } | State::WaitUp { .. } => true,
            State::Unconnected | State::SentDown { .. } | State::Stopped => false,
        };
        if self.stopping && traffic_stopped {
            self.down(State::SentDown {
                ack: now + self.ack,
            });
            self.send(AspDown::default());
        }
    }

    pub(super) fn association_due(&mut self, now: Time) {
        match self.association {
            State::SentUp { ack } if ack <= now => {
                self.outputs.push_back(Output::NoAnswer("ASPUP"));
                self.association = State::WaitUp { retry: Some(now) };
            }
            // Whoever stops does not wait for ever.
            State::SentDown { ack } if ack <= now => {
                self.outputs.push_back(Output::NoAnswer("ASPDN"));
                self.stopped();
            }
            _ => {}
        }
    }
}
