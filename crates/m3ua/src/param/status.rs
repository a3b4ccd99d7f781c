//! Status of a Notify (RFC 4666 3.8.2).

use core::fmt;

/// What a Notify tells: the status type and the status information.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The AS is AS-INACTIVE (type 1, information 2).
    AsInactive,
    /// The AS is AS-ACTIVE (1, 3).
    AsActive,
    /// The AS is AS-PENDING (1, 4).
    AsPending,
    /// Insufficient ASP resources are active in the AS (2, 1).
    InsufficientAspResources,
    /// Another ASP took the traffic over (2, 2).
    AlternateAspActive,
    /// An ASP failed (2, 3).
    AspFailure,
    /// A pair that RFC 4666 does not define, kept as it came.
    Unknown {
        /// The status type.
        status_type: u16,
        /// The status information.
        information: u16,
    },
}

impl Status {
    /// The status with that type and information.
    pub const fn from_values(status_type: u16, information: u16) -> Self {
        match (status_type, information) {
            (1, 2) => Self::AsInactive,
            (1, 3) => Self::AsActive,
            (1, 4) => Self::AsPending,
            (2, 1) => Self::InsufficientAspResources,
            (2, 2) => Self::AlternateAspActive,
            (2, 3) => Self::AspFailure,
            _ => Self::Unknown {
                status_type,
                information,
            },
        }
    }

    /// The type and the information on the wire.
    pub const fn values(self) -> (u16, u16) {
        match self {
            Self::AsInactive => (1, 2),
            Self::AsActive => (1, 3),
            Self::AsPending => (1, 4),
            Self::InsufficientAspResources => (2, 1),
            Self::AlternateAspActive => (2, 2),
            Self::AspFailure => (2, 3),
            Self::Unknown {
                status_type,
                information,
            } => (status_type, information),
        }
    }

    pub(crate) const fn from_value(value: u32) -> Self {
        Self::from_values((value >> 16) as u16, value as u16)
    }

    pub(crate) const fn value(self) -> u32 {
        let (status_type, information) = self.values();
        (status_type as u32) << 16 | information as u32
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsInactive => f.write_str("AS-INACTIVE"),
            Self::AsActive => f.write_str("AS-ACTIVE"),
            Self::AsPending => f.write_str("AS-PENDING"),
            Self::InsufficientAspResources => f.write_str("insufficient ASP resources"),
            Self::AlternateAspActive => f.write_str("alternate ASP active"),
            Self::AspFailure => f.write_str("ASP failure"),
            Self::Unknown {
                status_type,
                information,
            } => write!(f, "status {status_type}/{information}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_kept() {
        for status_type in 0..4 {
            for information in 0..6 {
                let status = Status::from_values(status_type, information);
                assert_eq!(status.values(), (status_type, information));
            }
        }
    }
}
