//! A cause map laid out row by row, for tables that people read and for comparing maps.

use super::{CauseMap, Diagnostic, Origin, ToIsup, ToSip};
use trunkline_model::{CauseValue, Location};

/// What becomes of one cause, at every location and with every diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IsupEntry {
    /// The cause value.
    pub cause: CauseValue,
    /// What it becomes.
    pub to_sip: ToSip,
    /// Where that stands.
    pub origin: Origin,
    /// Where it becomes something else.
    pub exceptions: Vec<(IsupException, ToSip, Origin)>,
}

/// The condition under which a cause becomes something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsupException {
    /// At that location.
    Location(Location),
    /// With a new number in the diagnostic.
    NewNumber,
    /// If the diagnostic says that CCBS is possible.
    CcbsPossible,
}

/// What becomes of one status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipEntry {
    /// The status.
    pub status: u16,
    /// What it becomes.
    pub to_isup: ToIsup,
    /// Where that stands.
    pub origin: Origin,
    /// What it becomes if a Warning speaks of the bearer, where that is something else.
    pub bearer_warning: Option<ToIsup>,
}

impl CauseMap {
    /// What becomes of a cause, with its exceptions.
    pub fn isup_entry(&self, cause: CauseValue) -> IsupEntry {
        let at = |bits: u8| self.to_sip_from(cause, Location::from_bits(bits), None);
        // What most locations get is the entry; the others are its exceptions.
        let votes = |bits: &u8| {
            let answer = at(*bits);
            (0..16).filter(|&other| at(other) == answer).count()
        };
        // Of equals the last is taken, which is no location of a user.
        let usual = (0..16).max_by_key(votes).unwrap_or_default();
        let (to_sip, origin) = at(usual);
        let mut exceptions = Vec::new();
        for bits in 0..16 {
            let (other, origin) = at(bits);
            if other != to_sip {
                let location = IsupException::Location(Location::from_bits(bits));
                exceptions.push((location, other, origin));
            }
        }
        for (condition, diagnostic) in [
            (
                IsupException::NewNumber,
                Diagnostic::NewNumber("tel:new-number"),
            ),
            (IsupException::CcbsPossible, Diagnostic::CcbsPossible),
        ] {
            let location = Location::from_bits(usual);
            let (other, origin) = self.to_sip_from(cause, location, Some(diagnostic));
            if other.status() != to_sip.status() {
                exceptions.push((condition, other, origin));
            }
        }
        IsupEntry {
            cause,
            to_sip,
            origin,
            exceptions,
        }
    }

    /// The entries of all causes that a row of the profile or an override names, in order.
    pub fn isup_entries(&self) -> Vec<IsupEntry> {
        (1..=127)
            .filter_map(CauseValue::new)
            .map(|cause| self.isup_entry(cause))
            .filter(|entry| {
                !matches!(entry.origin, Origin::Default(_)) || !entry.exceptions.is_empty()
            })
            .collect()
    }

    /// What becomes of a status, with and without a Warning.
    pub fn sip_entry(&self, status: u16) -> SipEntry {
        let (to_isup, origin) = self.to_isup_from(status, None);
        let warned = self.to_isup(status, Some(304));
        let bearer_warning = (warned != to_isup).then_some(warned);
        SipEntry {
            status,
            to_isup,
            origin,
            bearer_warning,
        }
    }

    /// The entries of all final statuses of failure that a row of the profile or an override for
    /// just that status names, in order.
    pub fn sip_entries(&self) -> Vec<SipEntry> {
        let tables = self.profile.tables();
        (300..700)
            .filter(|&status| {
                tables.sip.iter().any(|row| row.status == status)
                    || self.overrides.names_status(status)
            })
            .map(|status| self.sip_entry(status))
            .collect()
    }
}
