//! Traffic Mode Type (RFC 4666 3.7.1).

use core::fmt;

/// How traffic is spread over the active ASPs of an Application Server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TrafficMode {
    /// One ASP takes over all traffic, 1.
    Override,
    /// The active ASPs share the traffic, 2.
    #[default]
    Loadshare,
    /// Every active ASP gets every message, 3.
    Broadcast,
    /// A value that RFC 4666 does not define, kept as it came.
    Unknown(u32),
}

impl TrafficMode {
    /// The mode with that value.
    pub const fn from_value(value: u32) -> Self {
        match value {
            1 => Self::Override,
            2 => Self::Loadshare,
            3 => Self::Broadcast,
            other => Self::Unknown(other),
        }
    }

    /// The value on the wire.
    pub const fn value(self) -> u32 {
        match self {
            Self::Override => 1,
            Self::Loadshare => 2,
            Self::Broadcast => 3,
            Self::Unknown(value) => value,
        }
    }
}

impl fmt::Display for TrafficMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Override => f.write_str("override"),
            Self::Loadshare => f.write_str("loadshare"),
            Self::Broadcast => f.write_str("broadcast"),
            Self::Unknown(value) => write!(f, "traffic mode {value}"),
        }
    }
}
