//! The states that ASPs and Application Servers are in (RFC 4666 4.3.1, 4.3.2).

use core::fmt;

/// The state of an ASP (RFC 4666 4.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AspState {
    /// ASP-DOWN: the ASP is unavailable, or its association is down.
    #[default]
    Down,
    /// ASP-INACTIVE: the ASP is available but its application traffic is stopped.
    Inactive,
    /// ASP-ACTIVE: the ASP is available and its application traffic flows.
    Active,
}

impl AspState {
    /// The name of the standard, as `"ASP-ACTIVE"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Down => "ASP-DOWN",
            Self::Inactive => "ASP-INACTIVE",
            Self::Active => "ASP-ACTIVE",
        }
    }
}

impl fmt::Display for AspState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The state of an Application Server (RFC 4666 4.3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AsState {
    /// AS-DOWN: all its ASPs are down.
    #[default]
    Down,
    /// AS-INACTIVE: it is available, but no traffic flows.
    Inactive,
    /// AS-ACTIVE: it is available and its traffic flows.
    Active,
    /// AS-PENDING: its last active ASP went away; T(r) runs and traffic is held for it.
    Pending,
}

impl AsState {
    /// The name of the standard, as `"AS-ACTIVE"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Down => "AS-DOWN",
            Self::Inactive => "AS-INACTIVE",
            Self::Active => "AS-ACTIVE",
            Self::Pending => "AS-PENDING",
        }
    }
}

impl fmt::Display for AsState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
