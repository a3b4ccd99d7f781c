//! What the two ends of an association are to each other (RFC 4666 4.3).

/// How an association is used, as its two ends have agreed beforehand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// One end is an ASP and asks for traffic, the other is an SGP and answers.
    #[default]
    Asp,
    /// Two IPSPs, single exchange: one exchange of ASPSM and of ASPTM messages makes both ends
    /// active, so whoever did not begin answers as an SGP would. DATA goes both ways under the
    /// same routing context.
    IpspSingle,
    /// Two IPSPs, double exchange: each end begins an exchange of its own, for the traffic that
    /// is to come to it. What one exchange does is nothing to the other.
    IpspDouble,
}

impl Role {
    /// Whether the other end is an IPSP.
    pub const fn is_ipsp(self) -> bool {
        matches!(self, Self::IpspSingle | Self::IpspDouble)
    }

    /// The name in the standard, as `"IPSP single exchange"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asp => "ASP",
            Self::IpspSingle => "IPSP single exchange",
            Self::IpspDouble => "IPSP double exchange",
        }
    }
}

impl core::fmt::Display for Role {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}
