//! Our side of one association as an application server process (RFC 4666 4.3).
//!
//! The states are those of RFC 4666 figure 3, split by what we wait for:
//!
//! ```txt
//!             AssociationUp /ASPUP           ASPUP_ACK /ASPAC            ASPAC_ACK
//!   Unconnected ---------> SentUp (down) ----------> SentActive (inactive) ------> Active
//!                            ^  | refused               ^  | refused, NTFY            | NTFY alternate
//!                            |  v                       |  v                          v
//!                          WaitUp (down)              WaitActive (inactive)        Standby (inactive)
//!
//!   Stop, from anywhere: [ASPIA, SentInactive,] ASPDN, SentDown, Stopped
//! ```

mod receive;
#[cfg(test)]
mod tests;

use crate::msg::{
    AspActive, AspDown, AspInactive, AspUp, Data, Daud, Heartbeat, Message, ProtocolData,
};
use crate::param::{AffectedPointCode, ErrorCode, TrafficMode};
use crate::state::{AsState, AspState};
use core::time::Duration;
use std::collections::VecDeque;
use trunkline_model::mtp::{MtpStatus, MtpTransfer};
use trunkline_model::{PointCode, Time};

/// What an [`Asp`] is configured with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The routing context of our AS; `None` if the gateway knows it by configuration.
    pub routing_context: Option<u32>,
    /// The network appearance of DATA and SSNM, if there is more than one network.
    pub network_appearance: Option<u32>,
    /// What ASP Active asks for.
    pub traffic_mode: TrafficMode,
    /// What ASP Up carries.
    pub asp_identifier: Option<u32>,
    /// T(ack): before an unanswered request is repeated, and before a refused one is tried
    /// again.
    pub ack: Duration,
    /// T(beat): between our Heartbeats; `None` to send none.
    pub beat: Option<Duration>,
}

/// What happens to an [`Asp`].
#[derive(Clone, Debug)]
pub enum Input {
    /// The association is up (SCTP-COMMUNICATION_UP).
    AssociationUp,
    /// The association is down (SCTP-COMMUNICATION_DOWN, SHUTDOWN_COMPLETE).
    AssociationDown,
    /// The peer restarted the association (SCTP-RESTART): its state is gone, the association
    /// is up.
    AssociationRestarted,
    /// A message came.
    Message(Message),
    /// MTP-TRANSFER request.
    Transfer(MtpTransfer),
    /// Ask for the state of these destinations.
    Audit(Vec<PointCode>),
    /// Leave service in order; [`Output::Stopped`] tells when that is done.
    Stop,
}

/// What an [`Asp`] wants or tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this.
    Send(Message),
    /// Our state changed.
    State(AspState),
    /// The gateway says so of our AS.
    As(AsState),
    /// MTP-TRANSFER indication.
    Transfer(MtpTransfer),
    /// The gateway says so of destinations.
    Destinations(Vec<AffectedPointCode>, DestinationState),
    /// We refused that message with an Error.
    Refused {
        /// The message.
        message: &'static str,
        /// What we answered.
        code: ErrorCode,
    },
    /// The gateway sent an Error.
    Reported(ErrorCode),
    /// That request was not answered within T(ack) and has been repeated.
    NoAnswer(&'static str),
    /// DATA came while we were not active, and was dropped (RFC 4666 3.8.1).
    EarlyData,
    /// An MTP-TRANSFER request was dropped: we are not active.
    NotSent(MtpTransfer),
    /// Nothing came for two T(beat): the association is to be aborted (RFC 4666 4.3.4.6).
    Unresponsive,
    /// We left service; the association can be shut down.
    Stopped,
}

/// What a gateway says of a destination (RFC 4666 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DestinationState {
    /// It can be reached (DAVA).
    Available,
    /// It cannot be reached (DUNA).
    Unavailable,
    /// It can be reached, but better another way (DRST).
    Restricted,
    /// MTP-STATUS: congestion (SCON), or ISUP there is unavailable (DUPU).
    Status(MtpStatus),
}

/// Why [`Asp::poll_timeout`] wants to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// T(ack): a request is unanswered, or a refused one is due again.
    Ack,
    /// T(beat): a Heartbeat is due.
    Beat,
}

/// Our side of one association.
#[derive(Debug)]
pub struct Asp {
    settings: Settings,
    state: State,
    reported: AspState,
    /// False after a Notify that our AS is inactive or pending though we are active.
    as_active: bool,
    /// When the next Heartbeat is due, and when something came last.
    beat: Option<Beat>,
    outputs: VecDeque<Output>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No association.
    Unconnected,
    /// ASPUP is sent.
    SentUp {
        ack: Time,
    },
    /// ASPUP was refused, or we were put down: ASPUP is due again.
    WaitUp {
        retry: Time,
    },
    /// ASPAC is sent.
    SentActive {
        ack: Time,
    },
    /// ASPAC was refused, or we were put inactive: ASPAC is due again.
    WaitActive {
        retry: Time,
    },
    /// Another ASP took over; we wait until we are needed.
    Standby,
    Active,
    /// ASPIA is sent, to stop.
    SentInactive {
        ack: Time,
    },
    /// ASPDN is sent, to stop.
    SentDown {
        ack: Time,
    },
    /// We left service.
    Stopped,
}

#[derive(Debug)]
struct Beat {
    next: Time,
    heard: Time,
}

impl Asp {
    /// An ASP without an association.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            state: State::Unconnected,
            reported: AspState::Down,
            as_active: true,
            beat: None,
            outputs: VecDeque::new(),
        }
    }

    /// Our state in the AS.
    pub const fn state(&self) -> AspState {
        match self.state {
            State::Unconnected
            | State::SentUp { .. }
            | State::WaitUp { .. }
            | State::SentDown { .. }
            | State::Stopped => AspState::Down,
            State::SentActive { .. }
            | State::WaitActive { .. }
            | State::Standby
            | State::SentInactive { .. } => AspState::Inactive,
            State::Active => AspState::Active,
        }
    }

    /// Whether traffic flows: we are ASP-ACTIVE and nothing says that the AS is not AS-ACTIVE.
    pub const fn carries_traffic(&self) -> bool {
        matches!(self.state, State::Active) && self.as_active
    }

    /// Takes one input; call [`Self::poll_output`] until it is empty afterwards.
    pub fn handle(&mut self, now: Time, input: Input) {
        match input {
            Input::AssociationUp | Input::AssociationRestarted => self.associated(now),
            Input::AssociationDown => {
                self.beat = None;
                self.enter(State::Unconnected);
            }
            Input::Message(message) => {
                if let Some(beat) = &mut self.beat {
                    beat.heard = now;
                }
                self.receive(now, message);
            }
            Input::Transfer(transfer) if self.carries_traffic() => {
                self.send(Data {
                    network_appearance: self.settings.network_appearance,
                    routing_context: self.settings.routing_context,
                    protocol_data: ProtocolData::from(transfer),
                    correlation_id: None,
                });
            }
            Input::Transfer(transfer) => self.outputs.push_back(Output::NotSent(transfer)),
            Input::Audit(destinations) => {
                if self.state == State::Active && !destinations.is_empty() {
                    self.send(Daud {
                        network_appearance: self.settings.network_appearance,
                        routing_contexts: self.routing_contexts(),
                        affected: destinations
                            .into_iter()
                            .map(AffectedPointCode::one)
                            .collect(),
                        info: None,
                    });
                }
            }
            Input::Stop => self.stop(now),
        }
    }

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`Self::handle_timeout`], and why.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        let ack = match self.state {
            State::SentUp { ack: at }
            | State::WaitUp { retry: at }
            | State::SentActive { ack: at }
            | State::WaitActive { retry: at }
            | State::SentInactive { ack: at }
            | State::SentDown { ack: at } => Some((at, Timer::Ack)),
            State::Unconnected | State::Standby | State::Active | State::Stopped => None,
        };
        let beat = self.beat.as_ref().map(|beat| (beat.next, Timer::Beat));
        ack.into_iter().chain(beat).min_by_key(|(at, _)| *at)
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Time) {
        self.beat_due(now);
        match self.state {
            State::SentUp { ack } if ack <= now => {
                self.outputs.push_back(Output::NoAnswer("ASPUP"));
                self.send_up(now);
            }
            State::WaitUp { retry } if retry <= now => self.send_up(now),
            State::SentActive { ack } if ack <= now => {
                self.outputs.push_back(Output::NoAnswer("ASPAC"));
                self.send_active(now);
            }
            State::WaitActive { retry } if retry <= now => self.send_active(now),
            // Whoever stops does not wait for ever: go on without the answer.
            State::SentInactive { ack } if ack <= now => {
                self.outputs.push_back(Output::NoAnswer("ASPIA"));
                self.send_down(now);
            }
            State::SentDown { ack } if ack <= now => {
                self.outputs.push_back(Output::NoAnswer("ASPDN"));
                self.stopped();
            }
            _ => {}
        }
    }

    fn associated(&mut self, now: Time) {
        self.enter(State::Unconnected);
        self.as_active = true;
        self.beat = self.settings.beat.map(|beat| Beat {
            next: now + beat,
            heard: now,
        });
        self.send_up(now);
    }

    fn beat_due(&mut self, now: Time) {
        let Some(interval) = self.settings.beat else {
            return;
        };
        let Some(beat) = &mut self.beat else {
            return;
        };
        if beat.next > now {
            return;
        }
        if now.since(beat.heard) >= interval * 2 {
            self.beat = None;
            self.outputs.push_back(Output::Unresponsive);
            return;
        }
        beat.next = now + interval;
        self.send(Heartbeat {
            data: Some(now.as_micros().to_be_bytes().to_vec()),
        });
    }

    fn stop(&mut self, now: Time) {
        match self.state {
            State::Active | State::SentActive { .. } => {
                self.enter(State::SentInactive {
                    ack: now + self.settings.ack,
                });
                self.send(AspInactive {
                    routing_contexts: self.routing_contexts(),
                    info: None,
                });
            }
            State::Standby
            | State::WaitActive { .. }
            | State::SentUp { .. }
            | State::WaitUp { .. } => self.send_down(now),
            State::Unconnected => self.stopped(),
            State::SentInactive { .. } | State::SentDown { .. } | State::Stopped => {}
        }
    }

    fn send_up(&mut self, now: Time) {
        self.enter(State::SentUp {
            ack: now + self.settings.ack,
        });
        self.send(AspUp {
            asp_identifier: self.settings.asp_identifier,
            info: None,
        });
    }

    fn send_active(&mut self, now: Time) {
        self.enter(State::SentActive {
            ack: now + self.settings.ack,
        });
        self.send(AspActive {
            traffic_mode: Some(self.settings.traffic_mode),
            routing_contexts: self.routing_contexts(),
            info: None,
        });
    }

    fn send_down(&mut self, now: Time) {
        self.enter(State::SentDown {
            ack: now + self.settings.ack,
        });
        self.send(AspDown::default());
    }

    fn stopped(&mut self) {
        self.beat = None;
        self.enter(State::Stopped);
        self.outputs.push_back(Output::Stopped);
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        let state = self.state();
        if self.reported != state {
            self.reported = state;
            self.outputs.push_back(Output::State(state));
        }
    }

    fn send(&mut self, message: impl Into<Message>) {
        self.outputs.push_back(Output::Send(message.into()));
    }

    fn routing_contexts(&self) -> Vec<u32> {
        self.settings.routing_context.into_iter().collect()
    }
}
