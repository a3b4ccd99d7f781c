//! What the subscribers of the exchange do when they are called: one machine a file.
//!
//! A machine knows nothing of ISUP or RTP. It says what the line does ([`Act`]); the exchange
//! makes messages and sound of it.

mod announces;
mod answers;
mod connects;
mod ignores;
mod no_answer;
mod refuses;
mod rings_in_band;
mod talk;

pub use announces::Announces;
pub use answers::{AlertingBy, Answers};
pub use connects::Connects;
pub use no_answer::NoAnswer;
pub use refuses::Refuses;
pub use rings_in_band::{InBandBy, RingsInBand};
pub use talk::{ClearBack, Talk};

use crate::chance::Chance;
use crate::sound::Sound;
use core::time::Duration;
use serde::Deserialize;
use trunkline_model::{Cause, CauseValue, Location, Time};

/// What a subscriber does when called.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Behaviour {
    /// Rings (ACM), answers (ANM) and talks.
    Answers(Answers),
    /// Answers at once without having rung: CON takes the place of ACM and ANM.
    Connects(Connects),
    /// As `Answers`, but the network says that the ringing tone is in the speech path.
    RingsInBand(RingsInBand),
    /// Rings and never answers.
    NoAnswer(NoAnswer),
    /// Is busy: REL 17, location user.
    Busy,
    /// Rejects the call: REL 21, location user.
    Rejects,
    /// Does not exist: REL 1 from the network.
    Unallocated,
    /// Is released with a cause of one's choice.
    Refuses(Refuses),
    /// The network plays an announcement before answer and then releases.
    Announces(Announces),
    /// The exchange says nothing at all to the IAM, so that T7 of the caller expires.
    Ignores,
    /// Is released with the cause that the last two digits of the number called name.
    CauseByDigits {
        /// What is added to the two digits, so that 100 to 127 can be dialled too: 0 or 100.
        #[serde(default)]
        over: u8,
    },
    /// One of the others, with times of its own, as the seed decides for each call.
    Random,
}

/// What a line does, in the words of call control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Act {
    /// The address is complete: ACM.
    AddressComplete {
        /// Whether the called party is known to be alerted (called party's status: subscriber
        /// free) or nothing is known yet (no indication).
        alerting: bool,
        /// Whether in-band information is in the speech path (Q.763 3.37 bit A).
        in_band: bool,
    },
    /// CPG with event "alerting".
    Alerting {
        /// Whether in-band information is in the speech path.
        in_band: bool,
    },
    /// CPG with event "in-band information or an appropriate pattern is now available".
    InBand,
    /// ANM.
    Answer,
    /// CON.
    Connect,
    /// SUS (network initiated): the called party has cleared back.
    Suspend,
    /// RES: it has come back.
    Resume,
    /// REL.
    Release(Cause),
    /// What the called side sends into the speech path from now on.
    Play(Sound),
}

/// One call at one subscriber.
#[derive(Clone, Debug)]
pub enum Subscriber {
    /// See [`Behaviour::Answers`].
    Answers(answers::Machine),
    /// See [`Behaviour::Connects`].
    Connects(connects::Machine),
    /// See [`Behaviour::RingsInBand`].
    RingsInBand(rings_in_band::Machine),
    /// See [`Behaviour::NoAnswer`].
    NoAnswer(no_answer::Machine),
    /// See [`Behaviour::Refuses`].
    Refuses(refuses::Machine),
    /// See [`Behaviour::Announces`].
    Announces(announces::Machine),
    /// See [`Behaviour::Ignores`].
    Ignores(ignores::Machine),
}

impl Subscriber {
    /// A call for `called` (international digits) arrives at `now`.
    pub(crate) fn new(behaviour: Behaviour, called: &str, now: Time, chance: &mut Chance) -> Self {
        let refuses = |cause| Self::Refuses(refuses::Machine::new(Refuses::with(cause), now));
        match behaviour {
            Behaviour::Answers(config) => Self::Answers(answers::Machine::new(config, now)),
            Behaviour::Connects(config) => Self::Connects(connects::Machine::new(config, now)),
            Behaviour::RingsInBand(config) => {
                Self::RingsInBand(rings_in_band::Machine::new(config, now))
            }
            Behaviour::NoAnswer(config) => Self::NoAnswer(no_answer::Machine::new(config, now)),
            Behaviour::Busy => refuses(BUSY),
            Behaviour::Rejects => refuses(REJECTED),
            Behaviour::Unallocated => refuses(UNALLOCATED),
            Behaviour::Refuses(config) => Self::Refuses(refuses::Machine::new(config, now)),
            Behaviour::Announces(config) => Self::Announces(announces::Machine::new(config, now)),
            Behaviour::Ignores => Self::Ignores(ignores::Machine),
            Behaviour::CauseByDigits { over } => refuses(cause_by_digits(called, over)),
            Behaviour::Random => Self::new(draw(chance), called, now, chance),
        }
    }

    /// When it does something next.
    pub fn poll_timeout(&self) -> Option<Time> {
        match self {
            Self::Answers(machine) => machine.poll_timeout(),
            Self::Connects(machine) => machine.poll_timeout(),
            Self::RingsInBand(machine) => machine.poll_timeout(),
            Self::NoAnswer(machine) => machine.poll_timeout(),
            Self::Refuses(machine) => machine.poll_timeout(),
            Self::Announces(machine) => machine.poll_timeout(),
            Self::Ignores(_) => None,
        }
    }

    /// Takes the step that is due; appends what the line does.
    pub(crate) fn handle_timeout(&mut self, now: Time, acts: &mut Vec<Act>) {
        match self {
            Self::Answers(machine) => machine.handle_timeout(now, acts),
            Self::Connects(machine) => machine.handle_timeout(now, acts),
            Self::RingsInBand(machine) => machine.handle_timeout(now, acts),
            Self::NoAnswer(machine) => machine.handle_timeout(now, acts),
            Self::Refuses(machine) => machine.handle_timeout(now, acts),
            Self::Announces(machine) => machine.handle_timeout(now, acts),
            Self::Ignores(_) => {}
        }
    }
}

/// The cause for a number that nobody has.
pub(crate) const UNALLOCATED: Cause = Cause::new(
    CauseValue::UNALLOCATED_NUMBER,
    Location::PublicNetworkRemoteUser,
);

const BUSY: Cause = Cause::new(CauseValue::USER_BUSY, Location::User);
const REJECTED: Cause = Cause::new(CauseValue::CALL_REJECTED, Location::User);

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn cause_by_digits(called: &str, over: u8) -> Cause {
    let tail = called
        .get(called.len().saturating_sub(2)..)
        .unwrap_or_default();
    let value = tail.parse::<u8>().unwrap_or_default().saturating_add(over);
    let value = CauseValue::new(value).unwrap_or(CauseValue::NORMAL_UNSPECIFIED);
    let location = match value {
        CauseValue::USER_BUSY | CauseValue::CALL_REJECTED => Location::User,
        _ => Location::PublicNetworkRemoteUser,
    };
    Cause::new(value, location)
}

fn draw(chance: &mut Chance) -> Behaviour {
    let mut up_to = |bound: u32| u64::from(chance.below(bound));
    let ring_after_ms = up_to(400);
    let answer_after_ms = up_to(6_000);
    let talk = Talk {
        plays: Sound::TEST_TONE,
        hangs_up_after_ms: (up_to(2) == 0).then(|| 200 + up_to(15_000)),
        clear_back: (up_to(4) == 0).then(|| ClearBack {
            for_ms: up_to(3_000),
            returns: up_to(2) == 0,
        }),
    };
    match up_to(20) {
        0..7 => Behaviour::Answers(Answers {
            ring_after_ms,
            answer_after_ms,
            alerting_by: if up_to(3) == 0 {
                AlertingBy::Cpg
            } else {
                AlertingBy::Acm
            },
            talk,
        }),
        7..9 => Behaviour::Connects(Connects {
            after_ms: ring_after_ms,
            talk,
        }),
        9..11 => Behaviour::RingsInBand(RingsInBand {
            ring_after_ms,
            answer_after_ms,
            by: if up_to(2) == 0 {
                InBandBy::Cpg
            } else {
                InBandBy::Acm
            },
            talk,
        }),
        11..13 => Behaviour::Busy,
        13 => Behaviour::Rejects,
        14 => Behaviour::Unallocated,
        15..17 => Behaviour::Refuses(Refuses {
            cause: CauseValue::NAMED[up_to(CauseValue::NAMED.len() as u32) as usize].value(),
            location: up_to(11) as u8,
            after_ms: up_to(500),
            rings_first_ms: (up_to(2) == 0).then(|| up_to(5_000)),
        }),
        17 => Behaviour::Announces(Announces {
            length_ms: up_to(6_000),
            ..Announces::default()
        }),
        18 => Behaviour::Ignores,
        _ => Behaviour::NoAnswer(NoAnswer {
            ring_after_ms,
            gives_up_after_ms: (up_to(2) == 0).then(|| 5_000 + up_to(60_000)),
        }),
    }
}

#[cfg(test)]
mod tests;
