//! The subscriber who rings, answers and talks.
//!
//! ```text
//! Called --ring_after--> Alerting --answer_after--> Talking
//!   IAM                  ACM [CPG]                  ANM
//! ```

use super::{Act, Talk, millis, talk};
use crate::sound::Sound;
use serde::Deserialize;
use trunkline_model::Time;

/// When the subscriber rings and answers.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answers {
    /// From the IAM to the ACM; 150.
    pub ring_after_ms: u64,
    /// From the ringing to the answer; 2000.
    pub answer_after_ms: u64,
    /// Which message says that the telephone rings.
    pub alerting_by: AlertingBy,
    /// What follows the answer.
    pub talk: Talk,
}

impl Answers {
    /// The usual settings.
    pub const USUAL: Self = Self {
        ring_after_ms: 150,
        answer_after_ms: 2_000,
        alerting_by: AlertingBy::Acm,
        talk: Talk::USUAL,
    };
}

impl Default for Answers {
    fn default() -> Self {
        Self::USUAL
    }
}

/// How the network says that the called party is alerted (Q.764 2.1.4.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertingBy {
    /// ACM with called party's status "subscriber free".
    #[default]
    Acm,
    /// ACM without indication, then CPG with event "alerting".
    Cpg,
}

/// One call at it.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    config: Answers,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Called { ring_at: Time },
    Alerting { answer_at: Time },
    Talking(talk::Machine),
}

impl Machine {
    pub(super) fn new(config: Answers, now: Time) -> Self {
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
                let alerting = self.config.alerting_by == AlertingBy::Acm;
                acts.push(Act::AddressComplete {
                    alerting,
                    in_band: false,
                });
                if !alerting {
                    acts.push(Act::Alerting { in_band: false });
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
