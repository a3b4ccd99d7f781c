//! One call of a telephone.
//!
//! ```text
//! incoming  Invited --ring--> Ringing --answer--> Accepted --ACK--> Talking --hang up--> over
//!           INVITE            18x                 200
//! outgoing  Calling --200--> Talking
//! ```

use super::config::{PhoneAnswers, PhoneBehaviour, PhoneRefuses};
use super::event::PhoneCall;
use super::line::Line;
use core::time::Duration;
use trunkline_model::Time;
use trunkline_sip::sdp::{Negotiated, SessionDescription};

#[derive(Debug)]
pub(super) struct Call {
    pub(super) number: PhoneCall,
    pub(super) state: State,
    pub(super) line: Line,
    /// Our offer that waits for its answer.
    pub(super) offered: Option<SessionDescription>,
    /// Our answer to the offer in the INVITE, ready to be sent with 183 or 200.
    pub(super) answer: Option<(String, Negotiated)>,
    pub(super) answered_at: Option<Time>,
    /// How long to talk.
    pub(super) hold: Option<Duration>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum State {
    Invited(Plan),
    Ringing(Final),
    Accepted,
    Calling,
    Talking,
}

/// What is going to happen to an INVITE.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// When it rings, if it does.
    pub(super) ring_after: Option<Duration>,
    /// Whether the ringing tone is sent in-band (183 with SDP).
    pub(super) early_media: bool,
    /// What comes after, and how long after.
    pub(super) then: (Duration, Final),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Final {
    Answer { hangs_up_after: Option<Duration> },
    Refuse { status: u16 },
}

impl Plan {
    pub(super) fn new(does: PhoneBehaviour) -> Self {
        let millis = Duration::from_millis;
        match does {
            PhoneBehaviour::Answers(PhoneAnswers {
                ring_after_ms,
                answer_after_ms,
                hangs_up_after_ms,
                early_media,
            }) => Self {
                ring_after: ring_after_ms.map(millis),
                early_media,
                then: (
                    millis(answer_after_ms),
                    Final::Answer {
                        hangs_up_after: hangs_up_after_ms.map(millis),
                    },
                ),
            },
            PhoneBehaviour::Refuses(PhoneRefuses {
                status,
                after_ms,
                rings_first_ms,
            }) => {
                let status = if (300..700).contains(&status) {
                    status
                } else {
                    480
                };
                let after = millis(after_ms);
                Self {
                    ring_after: rings_first_ms.map(|_| after),
                    early_media: false,
                    then: (
                        rings_first_ms.map_or(after, millis),
                        Final::Refuse { status },
                    ),
                }
            }
            PhoneBehaviour::NoAnswer => Self {
                ring_after: Some(millis(50)),
                early_media: false,
                then: GIVES_UP,
            },
            // Chance was asked before; a machine must stand for every value all the same.
            PhoneBehaviour::Ignores | PhoneBehaviour::Random => Self {
                ring_after: None,
                early_media: false,
                then: GIVES_UP,
            },
        }
    }
}

/// A caller that vanished without a CANCEL must not hold the line for ever. Whoever is still there
/// has given up long before.
const GIVES_UP: (Duration, Final) = (Duration::from_secs(600), Final::Refuse { status: 480 });
