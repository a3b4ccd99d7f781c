//! Cause indicators (Q.763 3.12, Q.850 2).

use super::group::EXTENSION;
use super::{Diagnostics, Parameter, ParameterCode, first};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use trunkline_model::{Cause, CauseValue, Location};

codes! {
    /// Coding standard (Q.850 2.2.2): 2 bits.
    pub enum CodingStandard {
        ItuT = 0, "ITU-T standardised coding";
        IsoIec = 1, "ISO/IEC standard";
        National = 2, "national standard";
        LocationSpecific = 3, "standard specific to the identified location";
        _ => Spare, "spare coding standard"
    }
}

/// Cause indicators (Q.763 3.12).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CauseIndicators {
    /// Coding standard.
    pub coding_standard: CodingStandard,
    /// Location.
    pub location: Location,
    /// Octet 1a, the recommendation, 7 bits; absent means Q.931. Q.763 does not use it.
    pub recommendation: Option<u8>,
    /// The cause value as it came: 7 bits.
    pub value: u8,
    /// The diagnostics, which depend on the cause value (Q.850 table 1).
    pub diagnostics: Octets,
}

impl CauseIndicators {
    /// A cause in ITU-T coding, without diagnostics.
    pub const fn new(cause: Cause) -> Self {
        Self {
            coding_standard: CodingStandard::ItuT,
            location: cause.location,
            recommendation: None,
            value: cause.value.value(),
            diagnostics: Octets::new(),
        }
    }

    /// The same with diagnostics: octets, or [`Diagnostics`].
    #[must_use]
    pub fn with_diagnostics(self, diagnostics: impl Into<Octets>) -> Self {
        Self {
            diagnostics: diagnostics.into(),
            ..self
        }
    }

    /// What the diagnostics mean with this cause value. Those of another coding than that of ITU-T
    /// mean something else, and stay octets.
    pub fn read_diagnostics(&self) -> Diagnostics {
        match CauseValue::new(self.value) {
            Some(value) if self.coding_standard == CodingStandard::ItuT => {
                Diagnostics::read(value, &self.diagnostics)
            }
            _ if self.diagnostics.is_empty() => Diagnostics::None,
            _ => Diagnostics::Other(self.diagnostics.clone()),
        }
    }

    /// The octets before the diagnostics, and how many there are.
    fn head(&self) -> ([u8; 3], usize) {
        let coding_and_location = (self.coding_standard.code() & 3) << 5 | self.location.bits();
        let value = self.value | EXTENSION;
        match self.recommendation {
            Some(recommendation) => ([coding_and_location, recommendation | EXTENSION, value], 3),
            None => ([coding_and_location | EXTENSION, value, 0], 2),
        }
    }

    /// The cause. A value that is not ITU-T coded means something else than in Q.850, and 0 is no
    /// cause: both become the unspecified cause of their class (Q.850 2.2.5).
    pub fn cause(&self) -> Cause {
        let value = match CauseValue::new(self.value) {
            Some(value) if self.coding_standard == CodingStandard::ItuT => value,
            Some(value) => value.unspecified_of_class(),
            None => CauseValue::NORMAL_UNSPECIFIED,
        };
        Cause::new(value, self.location)
    }
}

impl From<Cause> for CauseIndicators {
    fn from(cause: Cause) -> Self {
        Self::new(cause)
    }
}

impl Parameter for CauseIndicators {
    const CODE: ParameterCode = ParameterCode::CAUSE_INDICATORS;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [coding_and_location, next] = first(octets)?;
        let extended = coding_and_location & EXTENSION == 0;
        let (recommendation, value, diagnostics) = if extended {
            let [_, recommendation, value] = first(octets)?;
            (Some(recommendation & !EXTENSION), value, octets.get(3..))
        } else {
            (None, next, octets.get(2..))
        };
        Ok(Self {
            coding_standard: CodingStandard::from_code(coding_and_location >> 5 & 3),
            location: Location::from_bits(coding_and_location),
            recommendation,
            value: value & !EXTENSION,
            diagnostics: Octets::copy(diagnostics.unwrap_or_default()),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let (head, length) = self.head();
        out.extend_from_slice(head.get(..length).unwrap_or(&head));
        out.extend_from_slice(&self.diagnostics);
    }

    fn is_written_as(&self, contents: &[u8]) -> bool {
        let (head, length) = self.head();
        let head = head.get(..length).unwrap_or(&head);
        contents.strip_prefix(head) == Some(&self.diagnostics)
    }

    fn describe(&self) -> Description {
        let name = match CauseValue::new(self.value) {
            Some(value) if self.coding_standard == CodingStandard::ItuT => value.name(),
            _ => "not coded by Q.850",
        };
        let mut description = Description::of(format!("{} {name}", self.value))
            .field(0, "coding standard", self.coding_standard)
            .field(0, "location", location_words(self.location));
        if let Some(recommendation) = self.recommendation {
            description = description.field(1, "recommendation", recommendation);
        }
        if self.diagnostics.is_empty() {
            return description;
        }
        let octet = 2 + usize::from(self.recommendation.is_some());
        description.nested(octet, "diagnostics", self.read_diagnostics().describe())
    }
}

/// What Q.850 (2.2.3) calls a location, with its abbreviation.
pub(super) fn location_words(location: Location) -> String {
    let words = match location {
        Location::User => "user",
        Location::PrivateNetworkLocalUser => "private network serving the local user",
        Location::PublicNetworkLocalUser => "public network serving the local user",
        Location::TransitNetwork => "transit network",
        Location::PublicNetworkRemoteUser => "public network serving the remote user",
        Location::PrivateNetworkRemoteUser => "private network serving the remote user",
        Location::InternationalNetwork => "international network",
        Location::BeyondInterworkingPoint => "network beyond interworking point",
        Location::Spare(bits) => return format!("spare ({bits})"),
    };
    format!("{words} ({})", location.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};
    use crate::param::{CcbsIndicator, NewDestination};

    #[test]
    fn a_cause_with_recommendation_and_diagnostics() {
        // Transit network; recommendation X.21; user busy; CCBS possible.
        let cause = Cause::new(CauseValue::USER_BUSY, Location::TransitNetwork);
        let indicators = CauseIndicators {
            recommendation: Some(3),
            ..CauseIndicators::new(cause)
                .with_diagnostics(Diagnostics::Ccbs(CcbsIndicator::Possible))
        };
        assert_eq!(
            described(&indicators),
            [
                "17 user busy",
                "coding standard: ITU-T standardised coding",
                "location: transit network (TN)",
                "recommendation: 3",
                "diagnostics: CCBS possible",
            ]
        );
        assert_eq!(indicators.describe().fields[3].octet, 3);
        reads_and_writes(&[0x03, 0x83, 0x91, 0x81], indicators);
        refuses_fewer::<CauseIndicators>(2);
    }

    #[test]
    fn diagnostics_of_another_coding_are_octets() {
        // National standard: 22 is not "number changed".
        let octets = [0xc0, 0x96, 0x04, 0x03, 0x83, 0x90, 0x01];
        let indicators = CauseIndicators::read(&octets).unwrap();
        assert_eq!(
            indicators.read_diagnostics(),
            Diagnostics::Other(Octets::copy(&octets[2..]))
        );
        assert_eq!(described(&indicators)[0], "22 not coded by Q.850");
        let itu = CauseIndicators {
            coding_standard: CodingStandard::ItuT,
            ..indicators
        };
        assert!(matches!(
            itu.read_diagnostics(),
            Diagnostics::NewDestination(NewDestination { .. })
        ));
    }
}
