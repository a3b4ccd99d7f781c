//! What a row of a cause table says, and which profiles there are.

use super::{legacy_draft, q1912_5, rfc3398};
use core::fmt;
use core::str::FromStr;
use trunkline_model::Location;

/// The published tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProfileName {
    /// RFC 3398 7.2.4.1 and 8.2.6.1.
    #[default]
    Rfc3398,
    /// Q.1912.5, which TS 29.163 builds on.
    Q19125,
    /// An early ISUP-SIP draft that is still in old equipment.
    LegacyDraft,
}

impl ProfileName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rfc3398, Self::Q19125, Self::LegacyDraft];

    /// As configuration and command lines name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rfc3398 => "rfc3398",
            Self::Q19125 => "q1912.5",
            Self::LegacyDraft => "legacy-draft",
        }
    }

    /// Its tables.
    pub const fn tables(self) -> &'static Profile {
        match self {
            Self::Rfc3398 => &rfc3398::PROFILE,
            Self::Q19125 => &q1912_5::PROFILE,
            Self::LegacyDraft => &legacy_draft::PROFILE,
        }
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no profile of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no profile: expected rfc3398, q1912.5 or legacy-draft")]
pub struct UnknownProfile(pub String);

impl FromStr for ProfileName {
    type Err = UnknownProfile;

    fn from_str(text: &str) -> Result<Self, UnknownProfile> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownProfile(text.to_owned()))
    }
}

/// Both tables of a profile and what surrounds them.
#[derive(Debug)]
pub struct Profile {
    /// Cause to status. The first list that has any row for a cause decides about it.
    pub isup: &'static [&'static [IsupRow]],
    /// Causes for which only the first of those lists counts.
    pub isup_without: &'static [u8],
    /// What a cause gets that has no row.
    pub isup_default: IsupDefault,
    /// Status to cause.
    pub sip: &'static [SipRow],
    /// The cause of a status that has no row.
    pub sip_default: u8,
    /// Where the defaults stand.
    pub default_section: &'static str,
    /// The cause that a BYE gives.
    pub bye: u8,
    /// The cause that a CANCEL gives.
    pub cancel: u8,
    /// The location that goes with a cause that arose in SIP.
    pub location: LocationRule,
    /// Whether a Q.850 Reason in a response wins over its status unless the operator says otherwise.
    pub trust_reason: bool,
    /// How far the tables can be relied on, in one line.
    pub note: &'static str,
}

/// One row from ISUP to SIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsupRow {
    /// The cause value.
    pub cause: u8,
    /// When the row applies. A row with a condition that is met goes before one without.
    pub when: When,
    /// What the cause becomes.
    pub answer: SipAnswer,
    /// Where the row stands.
    pub section: &'static str,
}

/// The condition of an [`IsupRow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// None.
    Always,
    /// The location is "user".
    LocationUser,
    /// The diagnostic holds a new number.
    NewNumber,
    /// The diagnostic says that CCBS is possible.
    CcbsPossible,
}

/// What a cause becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SipAnswer {
    /// A final response.
    Status(u16),
    /// A final response to which Retry-After may be added.
    Temporary(u16),
    /// Normal clearing: BYE or CANCEL belongs to it. A pending INVITE gets this status.
    Clearing(u16),
    /// No business of SIP's: the attempt is repeated on another circuit.
    RepeatAttempt,
    /// The table says that there is none.
    None,
}

/// What a cause gets that has no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsupDefault {
    /// That status.
    Status(u16),
    /// What the unspecified cause of its class gets (Q.850 2.2.6).
    Class,
}

/// One row from SIP to ISUP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SipRow {
    /// The status.
    pub status: u16,
    /// Whether the row applies only if a Warning speaks of the bearer.
    pub bearer_warning: bool,
    /// What the status becomes.
    pub answer: CauseAnswer,
    /// Where the row stands.
    pub section: &'static str,
}

/// What a status becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CauseAnswer {
    /// A cause.
    Cause(u8),
    /// A cause, if something else has been tried and did not help.
    After(Remedy, u8),
    /// The table says that there is none.
    None,
}

/// What to try before a status is passed on as a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Give credentials and send the request again.
    Authenticate,
    /// Mend the request and send it again.
    Mend,
    /// Send the request again after a while (RFC 3261 14.1).
    Retry,
}

/// The location that goes with a cause that arose in SIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocationRule {
    /// 6xx: the user; all others: the network, which seen from ISUP lies beyond the interworking
    /// point.
    ByClass,
    /// Always that one.
    Always(Location),
}

/// A row without a condition.
pub(super) const fn isup(cause: u8, answer: SipAnswer, section: &'static str) -> IsupRow {
    IsupRow {
        cause,
        when: When::Always,
        answer,
        section,
    }
}

/// A row with a condition.
pub(super) const fn isup_when(
    cause: u8,
    when: When,
    answer: SipAnswer,
    section: &'static str,
) -> IsupRow {
    IsupRow {
        cause,
        when,
        answer,
        section,
    }
}

/// A row without a condition.
pub(super) const fn sip(status: u16, answer: CauseAnswer, section: &'static str) -> SipRow {
    SipRow {
        status,
        bearer_warning: false,
        answer,
        section,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trunkline_model::CauseValue;

    #[test]
    fn tables_hold_no_row_twice_and_no_code_that_cannot_be() {
        for name in ProfileName::ALL {
            let profile = name.tables();
            for list in profile.isup {
                for (index, row) in list.iter().enumerate() {
                    assert!(CauseValue::new(row.cause).is_some(), "{name}: {row:?}");
                    assert!(!row.section.is_empty(), "{name}: {row:?}");
                    if let SipAnswer::Status(status)
                    | SipAnswer::Temporary(status)
                    | SipAnswer::Clearing(status) = row.answer
                    {
                        assert!((300..700).contains(&status), "{name}: {row:?}");
                    }
                    for other in &list[index + 1..] {
                        assert!(
                            (row.cause, row.when) != (other.cause, other.when),
                            "{name}: two rows for {row:?}"
                        );
                    }
                    // A conditional row alone would leave the cause without an answer.
                    assert!(
                        list.iter()
                            .any(|o| o.cause == row.cause && o.when == When::Always),
                        "{name}: {row:?}"
                    );
                }
            }
            for (index, row) in profile.sip.iter().enumerate() {
                assert!((400..700).contains(&row.status), "{name}: {row:?}");
                if let CauseAnswer::Cause(cause) | CauseAnswer::After(_, cause) = row.answer {
                    assert!(CauseValue::new(cause).is_some(), "{name}: {row:?}");
                }
                for other in &profile.sip[index + 1..] {
                    assert!(
                        (row.status, row.bearer_warning) != (other.status, other.bearer_warning),
                        "{name}: two rows for {row:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn profiles_are_found_by_name() {
        for name in ProfileName::ALL {
            assert_eq!(name.name().parse(), Ok(name));
        }
        assert_eq!("Q1912.5".parse(), Ok(ProfileName::Q19125));
        assert!("q1912".parse::<ProfileName>().is_err());
    }
}
