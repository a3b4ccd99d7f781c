//! The subscriber who answers without having rung, as a data service or an exchange's test
//! answer does: CON instead of ACM and ANM (Q.764 2.1.7).

use super::{Act, Talk, millis, talk};
use serde::Deserialize;
use trunkline_model::Time;

/// When the subscriber answers.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Connects {
    /// From the IAM to the CON; 100.
    pub after_ms: u64,
    /// What follows the answer.
    pub talk: Talk,
}

impl Connects {
    /// The usual settings.
    pub const USUAL: Self = Self {
        after_ms: 100,
        talk: Talk::USUAL,
    };
}

impl Default for Connects {
    fn default() -> Self {
        Self::USUAL
    }
}

/// One call at it.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    config: Connects,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Called { connect_at: Time },
    Talking(talk::Machine),
}

impl Machine {
    pub(super) fn new(config: Connects, now: Time) -> Self {
        Self {
            config,
            state: State::Called {
                connect_at: now + millis(config.after_ms),
            },
        }
    }

    pub(super) const fn poll_timeout(&self) -> Option<Time> {
        match self.state {
            State::Called { connect_at } => Some(connect_at),
            State::Talking(talk) => talk.poll_timeout(),
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Time, acts: &mut Vec<Act>) {
        match &mut self.state {
            State::Called { .. } => {
                acts.push(Act::Connect);
                self.state = State::Talking(talk::Machine::new(self.config.talk, now, acts));
            }
            State::Talking(talk) => talk.handle_timeout(now, acts),
        }
    }
}
