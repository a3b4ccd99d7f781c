//! What an answered subscriber does, common to those who answer.
//!
//! ```text
//! Talking --hangs up--> Over                         REL 16
//!    |  ^
//!    |  +-----returns-----+
//!    +--clears back--> Suspended --for_ms--> Over    SUS, then RES or REL 16 (Q.764 2.4)
//! ```

use super::{Act, millis};
use crate::sound::Sound;
use serde::Deserialize;
use trunkline_model::{Cause, CauseValue, Location, Time};

/// What a subscriber does after the answer.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Talk {
    /// What it says into the telephone.
    pub plays: Sound,
    /// When it hangs up; `None` leaves that to the other side.
    pub hangs_up_after_ms: Option<u64>,
    /// Whether hanging up begins with a clear-back (SUS) instead of REL.
    pub clear_back: Option<ClearBack>,
}

impl Talk {
    /// The test tone until the other side hangs up.
    pub const USUAL: Self = Self {
        plays: Sound::TEST_TONE,
        hangs_up_after_ms: None,
        clear_back: None,
    };
}

impl Default for Talk {
    fn default() -> Self {
        Self::USUAL
    }
}

/// The called party has put the handset down, and the network waits a while (Q.764 2.4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClearBack {
    /// How long the call stays suspended.
    pub for_ms: u64,
    /// Whether the party then picks up again (RES) or the call is released (REL 16).
    #[serde(default)]
    pub returns: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Machine {
    talk: Talk,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Talking { until: Option<Time> },
    Suspended { until: Time, returns: bool },
    Over,
}

impl Machine {
    /// The subscriber has just answered.
    pub(super) fn new(talk: Talk, now: Time, acts: &mut Vec<Act>) -> Self {
        acts.push(Act::Play(talk.plays));
        let until = talk.hangs_up_after_ms.map(|after| now + millis(after));
        Self {
            talk,
            state: State::Talking { until },
        }
    }

    pub(super) const fn poll_timeout(&self) -> Option<Time> {
        match self.state {
            State::Talking { until } => until,
            State::Suspended { until, .. } => Some(until),
            State::Over => None,
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Time, acts: &mut Vec<Act>) {
        self.state = match (self.state, self.talk.clear_back) {
            (State::Talking { .. }, Some(ClearBack { for_ms, returns })) => {
                acts.push(Act::Suspend);
                acts.push(Act::Play(Sound::Silence));
                State::Suspended {
                    until: now + millis(for_ms),
                    returns,
                }
            }
            (State::Suspended { returns: true, .. }, _) => {
                acts.push(Act::Resume);
                acts.push(Act::Play(self.talk.plays));
                State::Talking { until: None }
            }
            (State::Talking { .. }, None) | (State::Suspended { returns: false, .. }, _) => {
                acts.push(Act::Release(HUNG_UP));
                State::Over
            }
            (State::Over, _) => State::Over,
        };
    }
}

const HUNG_UP: Cause = Cause::new(CauseValue::NORMAL_CALL_CLEARING, Location::User);
