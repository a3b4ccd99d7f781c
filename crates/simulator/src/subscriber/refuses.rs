//! The number at which the call is released before anybody answered.

use super::{Act, millis};
use crate::sound::Sound;
use serde::Deserialize;
use trunkline_model::{Cause, CauseValue, Location, Time};

/// With what the call is released, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refuses {
    /// The cause value (Q.850), 1 to 127; what is none of them becomes 31.
    pub cause: u8,
    /// The location code (Q.850), 0 to 15; 4, the network serving the called user.
    #[serde(default = "remote_network")]
    pub location: u8,
    /// From the IAM, or from the end of the ringing, to the REL; 100.
    #[serde(default = "hundred")]
    pub after_ms: u64,
    /// Whether it rings (ACM) before that, and how long.
    #[serde(default)]
    pub rings_first_ms: Option<u64>,
}

impl Refuses {
    /// Released with that cause after 100 ms, without having rung.
    pub const fn with(cause: Cause) -> Self {
        Self {
            cause: cause.value.value(),
            location: cause.location.bits(),
            after_ms: hundred(),
            rings_first_ms: None,
        }
    }
}

/// One call at it.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    config: Refuses,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Called { ring_at: Time, ring_ms: u64 },
    Refusing { at: Time },
    Over,
}

impl Machine {
    pub(super) fn new(config: Refuses, now: Time) -> Self {
        let after = now + millis(config.after_ms);
        let state = match config.rings_first_ms {
            Some(ring_ms) => State::Called {
                ring_at: after,
                ring_ms,
            },
            None => State::Refusing { at: after },
        };
        Self { config, state }
    }

    pub(super) const fn poll_timeout(&self) -> Option<Time> {
        match self.state {
            State::Called { ring_at, .. } => Some(ring_at),
            State::Refusing { at } => Some(at),
            State::Over => None,
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Time, acts: &mut Vec<Act>) {
        self.state = match self.state {
            State::Called { ring_ms, .. } => {
                acts.push(Act::AddressComplete {
                    alerting: true,
                    in_band: false,
                });
                acts.push(Act::Play(Sound::Ringback));
                State::Refusing {
                    at: now + millis(ring_ms),
                }
            }
            State::Refusing { .. } => {
                let value =
                    CauseValue::new(self.config.cause).unwrap_or(CauseValue::NORMAL_UNSPECIFIED);
                let location = Location::from_bits(self.config.location);
                acts.push(Act::Release(Cause::new(value, location)));
                State::Over
            }
            State::Over => State::Over,
        };
    }
}

const fn hundred() -> u64 {
    100
}

const fn remote_network() -> u8 {
    Location::PublicNetworkRemoteUser.bits()
}
