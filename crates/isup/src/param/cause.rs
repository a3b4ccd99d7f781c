//! Cause indicators (Q.763 3.12, Q.850 2).

use super::{Parameter, ParameterCode, first};
use crate::codes::codes;
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

    /// The same with diagnostics.
    pub fn with_diagnostics(self, diagnostics: Octets) -> Self {
        Self {
            diagnostics,
            ..self
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
        let coding_and_location = (self.coding_standard.code() & 3) << 5 | self.location.bits();
        match self.recommendation {
            Some(recommendation) => {
                out.extend([coding_and_location, recommendation | EXTENSION]);
            }
            None => out.push(coding_and_location | EXTENSION),
        }
        out.push(self.value | EXTENSION);
        out.extend_from_slice(&self.diagnostics);
    }
}

/// The extension bit: 1 in the last octet of a group (Q.850 2.1).
const EXTENSION: u8 = 0x80;
