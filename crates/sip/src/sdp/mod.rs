//! SDP: session descriptions (RFC 8866) and offer/answer (RFC 3264).

use core::fmt;
use std::net::SocketAddr;
use trunkline_model::media::{Codec, Mode, RtpParameters};

/// The direction of a stream, seen from the side that writes it (RFC 8866 6.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Both ways.
    #[default]
    SendRecv,
    /// Only sends.
    SendOnly,
    /// Only receives.
    RecvOnly,
    /// Neither.
    Inactive,
}

/// `<id>` and `<version>` of `o=` (RFC 8866 5.2): the version grows with each change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionVersion {
    /// The session id.
    pub id: u64,
    /// The version.
    pub version: u64,
}

/// A session description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionDescription {}

/// Whose order of codecs decides an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preference {
    /// The offer's (RFC 3264 6.1).
    #[default]
    Offer,
    /// Our own.
    Own,
}

/// What we can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The codecs, the preferred one first.
    pub codecs: Vec<Codec>,
    /// Whether we take telephone-event (RFC 4733).
    pub telephone_event: bool,
    /// Milliseconds of sound in a packet that we ask for and send unless the peer asks otherwise.
    pub ptime: u8,
    /// Whose order of codecs decides our answer.
    pub preference: Preference,
}

/// What offer and answer agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// How RTP is spoken with the far end.
    pub parameters: RtpParameters,
    /// The direction, seen from us.
    pub direction: Direction,
}

/// A session description that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("SDP line {line}: expected {expected} ({clause})")]
pub struct SdpError {
    /// Line, from 1.
    pub line: u32,
    /// What was expected.
    pub expected: &'static str,
    /// The clause.
    pub clause: &'static str,
}

/// Why an offer or an answer cannot be taken: 488 with a Warning (RFC 3261 20.43).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAcceptable {
    /// No stream of audio over RTP that is not disabled.
    #[error("no audio stream over RTP")]
    NoAudio,
    /// No codec that both sides have.
    #[error("no common codec")]
    NoCommonCodec,
    /// The address is a name, multicast, or of the other family than ours.
    #[error("network address not usable")]
    Address,
    /// The answer does not match the offer (RFC 3264 6).
    #[error("answer does not match the offer")]
    Mismatch,
}

impl NotAcceptable {
    /// The status to refuse an offer with.
    pub const fn status(self) -> u16 {
        488
    }

    /// The value of a Warning header field that says why.
    pub fn warning(self, agent: &str) -> String {
        let _ = agent;
        todo!()
    }
}

impl Direction {
    /// The same stream seen from the other side.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            other => other,
        }
    }

    /// Whether it sends.
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether it receives.
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// The mode of a termination that does this.
    pub const fn mode(self) -> Mode {
        match self {
            Self::SendRecv => Mode::SendReceive,
            Self::SendOnly => Mode::SendOnly,
            Self::RecvOnly => Mode::ReceiveOnly,
            Self::Inactive => Mode::Inactive,
        }
    }
}

impl Default for Capabilities {
    /// All codecs in the order of [`Codec::ALL`], telephone-event, 20 ms.
    fn default() -> Self {
        Self {
            codecs: Codec::ALL.to_vec(),
            telephone_event: true,
            ptime: 20,
            preference: Preference::Offer,
        }
    }
}

impl SessionDescription {
    /// Parses a session description.
    ///
    /// # Errors
    /// See [`SdpError`].
    pub fn parse(data: &[u8]) -> Result<Self, SdpError> {
        let _ = data;
        todo!()
    }

    /// Where the first usable audio stream wants its RTP; the family tells which to allocate.
    pub fn audio_address(&self) -> Option<SocketAddr> {
        todo!()
    }
}

impl fmt::Display for SessionDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = f;
        todo!()
    }
}

/// Our offer.
pub fn offer(
    local: SocketAddr,
    capabilities: &Capabilities,
    direction: Direction,
    session: SessionVersion,
) -> SessionDescription {
    let _ = (local, capabilities, direction, session);
    todo!()
}

/// Our answer to an offer. `direction` is the most that we want.
///
/// # Errors
/// See [`NotAcceptable`].
pub fn answer(
    offer: &SessionDescription,
    local: SocketAddr,
    capabilities: &Capabilities,
    direction: Direction,
    session: SessionVersion,
) -> Result<(SessionDescription, Negotiated), NotAcceptable> {
    let _ = (offer, local, capabilities, direction, session);
    todo!()
}

/// What our offer and the peer's answer agree on.
///
/// # Errors
/// See [`NotAcceptable`].
pub fn negotiated(
    offer: &SessionDescription,
    answer: &SessionDescription,
) -> Result<Negotiated, NotAcceptable> {
    let _ = (offer, answer);
    todo!()
}
