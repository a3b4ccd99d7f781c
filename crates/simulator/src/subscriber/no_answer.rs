//! The subscriber who is not at home: the telephone rings until somebody gives up.

use super::{Act, millis};
use crate::sound::Sound;
use serde::Deserialize;
use trunkline_model::{Cause, CauseValue, Location, Time};

/// When it rings, and whether its exchange gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoAnswer {
    /// From the IAM to the ACM; 150.
    pub ring_after_ms: u64,
    /// When the exchange releases with cause 19; `None` leaves that to the caller and to T9.
    pub gives_up_after_ms: Option<u64>,
}

impl NoAnswer {
    /// The usual settings.
    pub const USUAL: Self = Self {
        ring_after_ms: 150,
        gives_up_after_ms: None,
    };
}

impl Default for NoAnswer {
    fn default() -> Self {
        Self::USUAL
    }
}

/// One call at it.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    config: NoAnswer,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Called { ring_at: Time },
    Alerting { until: Option<Time> },
    Over,
}

impl Machine {
    pub(super) fn new(config: NoAnswer, now: Time) -> Self {
        Self {
            config,
            state: State::Called {
                ring_at: now + millis(config.ring_after_ms),
            },
        }
    }

    pub(super) const fn poll_timeout(&self) -> Option<Time> {
        match self.state {
            State::Called { ring_at } => Some(ring_at),
            State::Alerting { until } => until,
            State::Over => None,
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Time, acts: &mut Vec<Act>) {
        self.state = match self.state {
            State::Called { .. } => {
                acts.push(Act::AddressComplete {
                    alerting: true,
                    in_band: false,
                });
                acts.push(Act::Play(Sound::Ringback));
                let until = self
                    .config
                    .gives_up_after_ms
                    .map(|after| now + millis(after));
                State::Alerting { until }
            }
            State::Alerting { .. } => {
                acts.push(Act::Release(GAVE_UP));
                State::Over
            }
            State::Over => State::Over,
        };
    }
}

const GAVE_UP: Cause = Cause::new(
    CauseValue::NO_ANSWER_FROM_USER,
    Location::PublicNetworkRemoteUser,
);
