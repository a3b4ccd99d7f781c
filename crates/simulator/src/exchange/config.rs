//! What an exchange is told when it is made.

use crate::directory::Directory;
use crate::number::PatternError;
use crate::sound::Sound;
use core::fmt;
use core::time::Duration;
use serde::Deserialize;
use std::str::FromStr;
use trunkline_isup::circuit::CircuitGroup;
use trunkline_model::TrunkGroupId;
use trunkline_model::media::Law;

/// Settings of an [`Exchange`](super::Exchange).
#[derive(Clone, Debug)]
pub struct ExchangeConfig {
    /// The trunk groups, as this exchange sees them: `opc` is its own point code, `dpc` that of
    /// the gateway.
    pub groups: Vec<CircuitGroup>,
    /// Who has which number.
    pub directory: Directory,
    /// Who calls out without being told to.
    pub callers: Vec<CallerConfig>,
    /// The companding law of the circuits.
    pub law: Law,
    /// How much of the last sound of a call is measured.
    pub window: Duration,
    /// Whether packets of sound are sent at all; soaks of signaling do without.
    pub audio: bool,
    /// How long to wait for more digits of an incomplete number (T35, Q.764 2.1.3: 15 to 20 s).
    pub t35: Duration,
    /// Chance: stream identifiers, voices, random subscribers.
    pub seed: u64,
}

impl ExchangeConfig {
    /// An exchange with the default subscribers and A-law circuits.
    ///
    /// # Errors
    /// As [`Directory::with_default_subscribers`].
    pub fn new(groups: Vec<CircuitGroup>) -> Result<Self, PatternError> {
        Ok(Self {
            groups,
            directory: Directory::with_default_subscribers()?,
            callers: Vec::new(),
            law: Law::A,
            window: Duration::from_secs(1),
            audio: true,
            t35: Duration::from_secs(15),
            seed: 1,
        })
    }
}

/// A subscriber who calls a number, once or again and again.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallerConfig {
    /// Whom to call.
    pub number: Address,
    /// The caller's own number; none is sent without it.
    #[serde(default)]
    pub calling: Option<Address>,
    /// Whether the called party may not see it (Q.763 3.10, address presentation restricted).
    #[serde(default)]
    pub restricted: bool,
    /// The trunk group; 0.
    #[serde(default)]
    pub group: u16,
    /// When the first call begins.
    #[serde(default)]
    pub at_ms: u64,
    /// From the beginning of one call to that of the next; 1000.
    #[serde(default = "second")]
    pub every_ms: u64,
    /// How many calls; 1.
    #[serde(default = "once")]
    pub times: u32,
    /// From the answer to the REL; 5000. 0 leaves that to the other side.
    #[serde(default = "five_seconds")]
    pub hold_ms: u64,
    /// How long to wait for the answer; without it T9 decides.
    #[serde(default)]
    pub patience_ms: Option<u64>,
    /// What to say.
    #[serde(default = "test_tone")]
    pub plays: Sound,
}

impl CallerConfig {
    /// The call that it makes.
    pub fn call(&self) -> OutgoingCall {
        OutgoingCall {
            group: TrunkGroupId(self.group),
            called: self.number.clone(),
            calling: self.calling.clone(),
            restricted: self.restricted,
            hold: (self.hold_ms > 0).then(|| Duration::from_millis(self.hold_ms)),
            patience: self.patience_ms.map(Duration::from_millis),
            plays: self.plays,
        }
    }
}

/// A call from a subscriber of the exchange into a trunk group.
#[derive(Clone, Debug, PartialEq)]
pub struct OutgoingCall {
    /// The trunk group.
    pub group: TrunkGroupId,
    /// Whom to call.
    pub called: Address,
    /// Who calls, if that is sent.
    pub calling: Option<Address>,
    /// Whether the called party may not see it.
    pub restricted: bool,
    /// From the answer to the REL; `None` leaves that to the other side.
    pub hold: Option<Duration>,
    /// How long to wait for the answer before REL 16; `None` leaves that to T7 and T9.
    pub patience: Option<Duration>,
    /// What to say after the answer.
    pub plays: Sound,
}

impl OutgoingCall {
    /// A call that plays the test tone until somebody hangs up.
    pub const fn new(group: TrunkGroupId, called: Address) -> Self {
        Self {
            group,
            called,
            calling: None,
            restricted: false,
            hold: None,
            patience: None,
            plays: Sound::TEST_TONE,
        }
    }
}

/// A number with its nature of address: `+` and an international number, or a national
/// (significant) number without prefix. Spaces and hyphens are for the reader.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Address {
    /// Whether it is international.
    pub international: bool,
    /// Its digits.
    pub digits: String,
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (international, body) = match text.strip_prefix('+') {
            Some(body) => (true, body),
            None => (false, text),
        };
        let digits: String = body.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if digits.is_empty() || digits.len() > 20 || digits.chars().any(|c| !c.is_ascii_digit()) {
            return Err(AddressError(text.to_owned()));
        }
        Ok(Self {
            international,
            digits,
        })
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.international { "+" } else { "" };
        write!(
            f,
            "{sign}{}",
            trunkline_model::Digits::new(self.digits.as_str())
        )
    }
}

/// A text is no number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no number: expected 1 to 20 digits, with + before an international number")]
pub struct AddressError(String);

const fn second() -> u64 {
    1_000
}

const fn once() -> u32 {
    1
}

const fn five_seconds() -> u64 {
    5_000
}

const fn test_tone() -> Sound {
    Sound::TEST_TONE
}
