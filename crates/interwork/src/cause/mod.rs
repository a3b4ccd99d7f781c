//! Cause tables: ISUP cause to SIP status and back, by profile, with overrides.
//!
//! [`CauseMap`] is what a trunk group holds. The published tables are constant data in `rfc3398`,
//! `q1912_5` and `legacy_draft`; what an operator changes stands in `overrides`.

mod entries;
mod legacy_draft;
pub mod location;
mod overrides;
mod q1912_5;
mod rfc3398;
mod table;

pub use entries::{IsupEntry, IsupException, SipEntry};
pub use location::{LOCATION_NAMES, location_code, location_word, parse_location};
pub use overrides::{OverrideError, OverrideProblem};
pub use table::{
    CauseAnswer, IsupDefault, IsupRow, LocationRule, Profile, ProfileName, Remedy, SipAnswer,
    SipRow, UnknownProfile, When,
};

use overrides::{IsupOverride, Overrides, SipOverride};
use trunkline_model::{Cause, CauseValue, Location};

/// The cause tables of a trunk group: a profile and what the operator changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CauseMap {
    profile: ProfileName,
    overrides: Overrides,
}

/// What a cause becomes in SIP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToSip {
    /// A final response.
    Status {
        /// Its status, 300 to 699.
        status: u16,
        /// The value of its Contact, where the caller is sent elsewhere.
        contact: Option<String>,
        /// The value of Retry-After in seconds, where there is one.
        retry_after: Option<u16>,
    },
    /// No response by itself.
    NotMapped {
        /// Why.
        why: NotMapped,
        /// The status for an INVITE that has to be ended all the same.
        pending: u16,
    },
}

impl ToSip {
    /// The status for an INVITE that has to be ended, whatever the table says.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Status { status, .. }
            | Self::NotMapped {
                pending: status, ..
            } => *status,
        }
    }
}

/// Why a cause is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotMapped {
    /// Normal clearing: a BYE or CANCEL.
    Clearing,
    /// The attempt is to be repeated on another circuit.
    RepeatAttempt,
    /// The table says so.
    Table,
}

/// What the diagnostic of a cause tells that bears on its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Diagnostic<'a> {
    /// The number that the called party has moved to, as a URI (Q.850 2.2.5, cause 22).
    NewNumber(&'a str),
    /// Completion of calls to a busy subscriber is possible (Q.850, causes 17 and 34).
    CcbsPossible,
}

/// What a status becomes in ISUP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToIsup {
    /// A cause.
    Cause(Cause),
    /// Something is to be tried first.
    After {
        /// What.
        remedy: Remedy,
        /// The cause if that is impossible or does not help.
        otherwise: Cause,
    },
    /// The table gives none: the status answers something that we did ourselves.
    NotMapped {
        /// The cause if the status came without that.
        otherwise: Cause,
    },
}

impl ToIsup {
    /// The cause that ends the call if nothing else is tried.
    pub const fn cause(&self) -> Cause {
        match self {
            Self::Cause(cause)
            | Self::After {
                otherwise: cause, ..
            }
            | Self::NotMapped { otherwise: cause } => *cause,
        }
    }
}

/// Where a decision comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A row of the profile: where it stands.
    Row(&'static str),
    /// The profile's default for what has no row: where that stands.
    Default(&'static str),
    /// An override: the line of the file it stands in.
    Override(u64),
}

impl core::fmt::Display for Origin {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Row(section) | Self::Default(section) => f.write_str(section),
            Self::Override(line) => write!(f, "override, line {line}"),
        }
    }
}

impl CauseMap {
    /// The published tables.
    pub fn profile(name: ProfileName) -> Self {
        Self {
            profile: name,
            overrides: Overrides::default(),
        }
    }

    /// Reads overrides from YAML and puts them before the tables; those read earlier are replaced.
    ///
    /// # Errors
    /// The first thing wrong with the file: its line, its key, and what was expected there.
    pub fn with_overrides(mut self, yaml: &str) -> Result<Self, OverrideError> {
        let trusted = self.overrides.trust_reason;
        self.overrides = Overrides::parse(yaml)?;
        self.overrides.trust_reason = self.overrides.trust_reason.or(trusted);
        Ok(self)
    }

    /// Sets whether a Q.850 Reason in a response wins over its status (RFC 6432): right only where
    /// the peers are trusted. A file of overrides that says otherwise goes before it.
    pub fn trusting_reason(mut self, trust: bool) -> Self {
        self.overrides.trust_reason.get_or_insert(trust);
        self
    }

    /// Whether a Q.850 Reason in a response wins over its status.
    pub fn trusts_reason(&self) -> bool {
        self.overrides
            .trust_reason
            .unwrap_or(self.tables().trust_reason)
    }

    /// The profile that the overrides change.
    pub const fn profile_name(&self) -> ProfileName {
        self.profile
    }

    /// What a cause becomes in SIP.
    pub fn to_sip(
        &self,
        cause: CauseValue,
        location: Location,
        diagnostic: Option<Diagnostic<'_>>,
    ) -> ToSip {
        self.to_sip_from(cause, location, diagnostic).0
    }

    /// What a cause becomes in SIP, and where that stands.
    pub fn to_sip_from(
        &self,
        cause: CauseValue,
        location: Location,
        diagnostic: Option<Diagnostic<'_>>,
    ) -> (ToSip, Origin) {
        let (answer, retry_after, origin) = self.sip_answer(cause, location, diagnostic);
        let contact = match diagnostic {
            Some(Diagnostic::NewNumber(uri)) => Some(uri),
            _ => None,
        };
        let status = |status: u16, retry_after| ToSip::Status {
            status,
            contact: contact
                .filter(|_| status / 100 == 3)
                .map(|uri| format!("<{uri}>")),
            retry_after,
        };
        let to_sip = match answer {
            SipAnswer::Status(code) => status(code, retry_after),
            SipAnswer::Temporary(code) => status(code, retry_after.or(self.overrides.retry_after)),
            SipAnswer::Clearing(pending) => ToSip::NotMapped {
                why: NotMapped::Clearing,
                pending,
            },
            // Once there is nothing left to try, the call failed for want of a circuit.
            SipAnswer::RepeatAttempt => ToSip::NotMapped {
                why: NotMapped::RepeatAttempt,
                pending: self.status_of(CauseValue::NO_CIRCUIT_AVAILABLE),
            },
            SipAnswer::None => ToSip::NotMapped {
                why: NotMapped::Table,
                pending: match self.tables().isup_default {
                    IsupDefault::Status(status) => status,
                    IsupDefault::Class => self.status_of(cause.unspecified_of_class()),
                },
            },
        };
        (to_sip, origin)
    }

    /// What a final response becomes in ISUP. `warning` is the code of its Warning, if it has one.
    pub fn to_isup(&self, status: u16, warning: Option<u16>) -> ToIsup {
        self.to_isup_from(status, warning).0
    }

    /// What a final response becomes in ISUP, and where that stands.
    pub fn to_isup_from(&self, status: u16, warning: Option<u16>) -> (ToIsup, Origin) {
        let default = self.cause(self.tables().sip_default, status);
        if let Some(row) = SipOverride::find(&self.overrides.sip, status) {
            let location = row.location.unwrap_or_else(|| self.location(status));
            let cause = Cause::new(row.cause, location);
            return (ToIsup::Cause(cause), Origin::Override(row.line));
        }
        let bearer = warning.is_some_and(speaks_of_bearer);
        let rows = self.tables().sip.iter().filter(|row| row.status == status);
        let row = rows
            .filter(|row| bearer || !row.bearer_warning)
            .max_by_key(|row| row.bearer_warning);
        let Some(row) = row else {
            return (
                ToIsup::Cause(default),
                Origin::Default(self.tables().default_section),
            );
        };
        let to_isup = match row.answer {
            CauseAnswer::Cause(value) => ToIsup::Cause(self.cause(value, status)),
            CauseAnswer::After(remedy, value) => ToIsup::After {
                remedy,
                otherwise: self.cause(value, status),
            },
            CauseAnswer::None => ToIsup::NotMapped { otherwise: default },
        };
        (to_isup, Origin::Row(row.section))
    }

    /// The cause that a BYE gives if no Reason says better.
    pub fn bye(&self) -> Cause {
        let value = self
            .overrides
            .bye
            .map_or(self.tables().bye, CauseValue::value);
        self.cause(value, 0)
    }

    /// The cause that a CANCEL gives if no Reason says better.
    pub fn cancel(&self) -> Cause {
        let value = self
            .overrides
            .cancel
            .map_or(self.tables().cancel, CauseValue::value);
        self.cause(value, 0)
    }

    fn tables(&self) -> &'static Profile {
        self.profile.tables()
    }

    fn sip_answer(
        &self,
        cause: CauseValue,
        location: Location,
        diagnostic: Option<Diagnostic<'_>>,
    ) -> (SipAnswer, Option<u16>, Origin) {
        if let Some(row) = IsupOverride::find(&self.overrides.isup, cause, location) {
            return (row.answer, row.retry_after, Origin::Override(row.line));
        }
        let tables = self.tables();
        if let Some(row) = tables.row(cause, location, diagnostic) {
            return (row.answer, None, Origin::Row(row.section));
        }
        let origin = Origin::Default(tables.default_section);
        match tables.isup_default {
            IsupDefault::Status(status) => (SipAnswer::Status(status), None, origin),
            IsupDefault::Class => {
                let class = cause.unspecified_of_class();
                let row = tables.row(class, location, diagnostic);
                let answer = row.map_or(SipAnswer::Status(500), |row| row.answer);
                (answer, None, origin)
            }
        }
    }

    /// The status of a cause at no particular location.
    fn status_of(&self, cause: CauseValue) -> u16 {
        match self
            .sip_answer(cause, Location::BeyondInterworkingPoint, None)
            .0
        {
            SipAnswer::Status(status)
            | SipAnswer::Temporary(status)
            | SipAnswer::Clearing(status) => status,
            SipAnswer::RepeatAttempt | SipAnswer::None => 503,
        }
    }

    fn cause(&self, value: u8, status: u16) -> Cause {
        // The tables are constant, and a test walks them.
        let value = CauseValue::new(value).unwrap_or(CauseValue::INTERWORKING);
        Cause::new(value, self.location(status))
    }

    fn location(&self, status: u16) -> Location {
        match self.tables().location {
            LocationRule::Always(location) => location,
            LocationRule::ByClass if status / 100 == 6 => Location::User,
            LocationRule::ByClass => Location::BeyondInterworkingPoint,
        }
    }
}

impl Profile {
    /// The row that decides about a cause.
    fn row(
        &self,
        cause: CauseValue,
        location: Location,
        diagnostic: Option<Diagnostic<'_>>,
    ) -> Option<&'static IsupRow> {
        let applies = |when| match when {
            When::Always => true,
            When::LocationUser => location == Location::User,
            When::NewNumber => matches!(diagnostic, Some(Diagnostic::NewNumber(_))),
            When::CcbsPossible => diagnostic == Some(Diagnostic::CcbsPossible),
        };
        let lists = if self.isup_without.contains(&cause.value()) {
            1
        } else {
            self.isup.len()
        };
        self.isup.iter().take(lists).find_map(|list| {
            let rows = list
                .iter()
                .filter(|row| row.cause == cause.value() && applies(row.when));
            rows.max_by_key(|row| row.when)
        })
    }
}

/// Whether a Warning code says that a kind of bearer cannot be had: "media type not available" and
/// "incompatible media format" (RFC 3261 20.43). Too little bandwidth (370) is a want of resources,
/// no want of a capability.
const fn speaks_of_bearer(warning: u16) -> bool {
    matches!(warning, 304 | 305)
}

#[cfg(test)]
mod tests;
