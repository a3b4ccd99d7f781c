//! The subscriber whose network says that the ringing tone comes in-band, so that a gateway must
//! let the caller hear it (RFC 3398 7.2.6, 7.2.8: 183 with SDP).
//!
//! ```text
//! Called --ring_after--> Alerting --answer_after--> Talking
//!   IAM       ACM in-band, or ACM and CPG           ANM
//! ```

use super::{Act, Talk, millis, talk};
use crate::sound::Sound;
use serde::Deserialize;
use trunkline_model::Time;

/// When the subscriber rings and answers, and how the tone is announced.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RingsInBand {
    /// From the IAM to the ACM; 150.
    pub ring_after_ms: u64,
    /// From the ringing to the answer; 2000.
    pub answer_after_ms: u64,
    /// Which message says that there is something to hear.
    pub by: InBandBy,
    /// What follows the answer.
    pub talk: Talk,
}

impl RingsInBand {
    /// The usual settings.
    pub const USUAL: Self = Self {
        ring_after_ms: 150,
        answer_after_ms: 2_000,
        by: InBandBy::Acm,
        talk: Talk::USUAL,
    };
}

impl Default for RingsInBand {
    fn default() -> Self {
        Self::USUAL
    }
}

/// The message that carries the optional backward call indicator "in-band information".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InBandBy {
    /// The ACM.
    #[default]
    Acm,
    /// A CPG after an ACM that says nothing.
    Cpg,
}

/// One call at it.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    config: RingsInBand,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Called { ring_at: Time },
    Alerting { answer_at: Time },
    Talking(talk::Machine),
}

impl Machine {
    pub(super) fn new(config: RingsInBand, now: Time) -> Self {
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
            State::Alerting { answer_at } => Some(answer_at),
            State::Talking(talk) => talk.poll_timeout(),
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Time, acts: &mut Vec<Act>) {
        match &mut self.state {
            State::Called { .. } => {
                match self.config.by {
                    InBandBy::Acm => {
                        acts.push(Act::AddressComplete {
                            alerting: false,
                            in_band: true,
                        });
                    }
                    InBandBy::Cpg => {
                        acts.push(Act::AddressComplete {
                            alerting: false,
                            in_band: false,
                        });
                        acts.push(Act::Alerting { in_band: true });
                    }
                }
                acts.push(Act::Play(Sound::Ringback));
                let answer_at = now + millis(self.config.answer_after_ms);
                self.state = State::Alerting { answer_at };
            }
            State::Alerting { .. } => {
                acts.push(Act::Answer);
                self.state = State::Talking(talk::Machine::new(self.config.talk, now, acts));
            }
            State::Talking(talk) => talk.handle_timeout(now, acts),
        }
    }
}
