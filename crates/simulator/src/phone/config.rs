//! What a telephone is told when it is made.

use crate::chance::Chance;
use crate::number::Pattern;
use crate::sound::Sound;
use core::time::Duration;
use serde::Deserialize;
use trunkline_model::media::Codec;
use trunkline_sip::endpoint::Timers;
use trunkline_sip::sdp::{Capabilities, Preference};

/// Settings of a [`Phone`](super::Phone).
#[derive(Clone, Debug)]
pub struct PhoneConfig {
    /// The user part of its address, where it calls from.
    pub user: String,
    /// The name it shows; empty for none.
    pub display_name: String,
    /// Its codecs in order of preference.
    pub codecs: Vec<Codec>,
    /// Whether it answers an offer with its own first choice or with the offerer's.
    pub preference: Preference,
    /// Whether it offers and takes telephone events (RFC 4733).
    pub telephone_event: bool,
    /// Milliseconds of sound in a packet, where SDP does not say otherwise.
    pub ptime: u8,
    /// What it does when called.
    pub does: PhoneBehaviour,
    /// What it does when called under certain user parts, first match first.
    pub extensions: Vec<Extension>,
    /// What it says.
    pub plays: Sound,
    /// How much of the last sound it measures.
    pub window: Duration,
    /// Whether packets of sound are sent at all; soaks of signaling do without.
    pub audio: bool,
    /// SIP timers.
    pub timers: Timers,
    /// Tags, branches, identifiers and chance.
    pub seed: u64,
}

impl PhoneConfig {
    /// A telephone that knows all codecs, answers after 2 s and plays 440 Hz at -10 dBm0.
    pub fn new(user: impl Into<String>) -> Self {
        Self {
            user: user.into(),
            display_name: String::new(),
            codecs: Codec::ALL.to_vec(),
            preference: Preference::Own,
            telephone_event: true,
            ptime: 20,
            does: PhoneBehaviour::Answers(PhoneAnswers::USUAL),
            extensions: Vec::new(),
            plays: Sound::Tone {
                hz: 440.0,
                dbm0: -10.0,
            },
            window: Duration::from_secs(1),
            audio: true,
            timers: Timers::default(),
            seed: 1,
        }
    }

    pub(super) fn capabilities(&self) -> Capabilities {
        Capabilities {
            codecs: self.codecs.clone(),
            telephone_event: self.telephone_event,
            ptime: self.ptime,
            preference: self.preference,
        }
    }

    /// What happens to a call for that user part.
    pub(super) fn behaviour(&self, user: &str, chance: &mut Chance) -> PhoneBehaviour {
        use crate::number::Fit;
        let digits = user.strip_prefix('+').unwrap_or(user);
        let extension = self
            .extensions
            .iter()
            .find(|e| e.user.fit(digits) == Fit::Whole);
        match extension.map_or(self.does, |extension| extension.does) {
            PhoneBehaviour::Random => draw(chance),
            other => other,
        }
    }
}

/// A user part with a behaviour of its own.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The user part or a pattern of them, without a leading `+`.
    pub user: Pattern,
    /// What happens when somebody calls there.
    pub does: PhoneBehaviour,
}

/// What a telephone does when called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PhoneBehaviour {
    /// Rings (180) and answers (200).
    Answers(PhoneAnswers),
    /// Rings, for ten minutes at most.
    NoAnswer,
    /// Refuses with a status.
    Refuses(PhoneRefuses),
    /// Says nothing after the 100 that every INVITE gets, for ten minutes.
    Ignores,
    /// One of the others, with times of its own, as the seed decides for each call.
    Random,
}

/// When a telephone rings, answers and hangs up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PhoneAnswers {
    /// From the INVITE to the 180; 50. `None` leaves the 180 out.
    pub ring_after_ms: Option<u64>,
    /// From the 180, or the INVITE where there is none, to the 200; 2000.
    pub answer_after_ms: u64,
    /// From the ACK to its BYE; `None` leaves that to the other side.
    pub hangs_up_after_ms: Option<u64>,
    /// Whether it says 183 with SDP instead of 180 and sends a ringing tone.
    pub early_media: bool,
}

impl PhoneAnswers {
    /// 180 after 50 ms, 200 after another 2 s.
    pub const USUAL: Self = Self {
        ring_after_ms: Some(50),
        answer_after_ms: 2_000,
        hangs_up_after_ms: None,
        early_media: false,
    };
}

impl Default for PhoneAnswers {
    fn default() -> Self {
        Self::USUAL
    }
}

/// With what a telephone refuses, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneRefuses {
    /// The status, 300 to 699; what is none of them becomes 480.
    pub status: u16,
    /// From the INVITE, or from the end of the ringing, to the final response; 0.
    #[serde(default)]
    pub after_ms: u64,
    /// Whether it rings before that, and how long.
    #[serde(default)]
    pub rings_first_ms: Option<u64>,
}

fn draw(chance: &mut Chance) -> PhoneBehaviour {
    let mut up_to = |bound: u32| u64::from(chance.below(bound));
    match up_to(10) {
        0..6 => PhoneBehaviour::Answers(PhoneAnswers {
            ring_after_ms: (up_to(5) > 0).then(|| up_to(300)),
            answer_after_ms: up_to(6_000),
            hangs_up_after_ms: (up_to(2) == 0).then(|| 200 + up_to(15_000)),
            early_media: up_to(5) == 0,
        }),
        6 => PhoneBehaviour::NoAnswer,
        7 => PhoneBehaviour::Ignores,
        _ => PhoneBehaviour::Refuses(PhoneRefuses {
            status: STATUSES[up_to(STATUSES.len() as u32) as usize],
            after_ms: up_to(1_000),
            rings_first_ms: (up_to(2) == 0).then(|| up_to(5_000)),
        }),
    }
}

/// Refusals that chance chooses from: those of RFC 3398 8.2.6.1 that a telephone may say.
const STATUSES: [u16; 12] = [404, 410, 415, 480, 484, 486, 487, 488, 500, 503, 600, 603];
