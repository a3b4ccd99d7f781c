//! The number at which a recorded voice says why there is no connection, before answer
//! (Q.764 2.1.8: tones and announcements; RFC 3398 7.2.6).

use super::{Act, millis};
use crate::sound::Sound;
use serde::Deserialize;
use trunkline_model::{Cause, CauseValue, Location, Time};

/// How long the voice speaks, and the cause afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Announces {
    /// From the IAM to the ACM; 150.
    pub after_ms: u64,
    /// The length of the announcement; 4000.
    pub length_ms: u64,
    /// What is played; the voice.
    pub plays: Sound,
    /// The cause value of the REL that follows; 1.
    pub cause: u8,
}

impl Announces {
    /// The usual settings.
    pub const USUAL: Self = Self {
        after_ms: 150,
        length_ms: 4_000,
        plays: Sound::Speech,
        cause: CauseValue::UNALLOCATED_NUMBER.value(),
    };
}

impl Default for Announces {
    fn default() -> Self {
        Self::USUAL
    }
}

/// One call at it.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    config: Announces,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Called { announce_at: Time },
    Announcing { until: Time },
    Over,
}

impl Machine {
    pub(super) fn new(config: Announces, now: Time) -> Self {
        Self {
            config,
            state: State::Called {
                announce_at: now + millis(config.after_ms),
            },
        }
    }

    pub(super) const fn poll_timeout(&self) -> Option<Time> {
        match self.state {
            State::Called { announce_at } => Some(announce_at),
            State::Announcing { until } => Some(until),
            State::Over => None,
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Time, acts: &mut Vec<Act>) {
        self.state = match self.state {
            State::Called { .. } => {
                acts.push(Act::AddressComplete {
                    alerting: false,
                    in_band: true,
                });
                acts.push(Act::Play(self.config.plays));
                State::Announcing {
                    until: now + millis(self.config.length_ms),
                }
            }
            State::Announcing { .. } => {
                let value =
                    CauseValue::new(self.config.cause).unwrap_or(CauseValue::NORMAL_UNSPECIFIED);
                acts.push(Act::Release(Cause::new(
                    value,
                    Location::PublicNetworkRemoteUser,
                )));
                State::Over
            }
            State::Over => State::Over,
        };
    }
}
