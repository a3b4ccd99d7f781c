//! The direction of a stream.

use super::Attributes;
use trunkline_model::media::Mode;

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

impl Direction {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::SendRecv,
        Self::SendOnly,
        Self::RecvOnly,
        Self::Inactive,
    ];

    /// The direction of that attribute name.
    pub fn from_attribute(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|direction| direction.attribute() == name)
    }

    /// The first direction among attributes of one level.
    pub fn among(attributes: &Attributes) -> Option<Self> {
        attributes
            .iter()
            .find_map(|attribute| Self::from_attribute(attribute.name()))
    }

    /// The name of the attribute.
    pub const fn attribute(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    const fn new(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// The same stream seen from the other side.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self::new(self.receives(), self.sends())
    }

    /// Whether an answer may have this direction when the offer has the other one
    /// (RFC 3264 6.1): it sends only what the offer receives, and receives only what it sends.
    pub const fn may_answer(self, offered: Self) -> bool {
        (!self.sends() || offered.receives()) && (!self.receives() || offered.sends())
    }

    /// What both directions allow.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self::new(
            self.sends() && other.sends(),
            self.receives() && other.receives(),
        )
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

impl From<Mode> for Direction {
    fn from(mode: Mode) -> Self {
        Self::new(mode.sends(), mode.receives())
    }
}
