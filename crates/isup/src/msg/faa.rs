//! Facility accepted (Q.763 table 42).

use crate::optional::OptionalParameters;
use crate::param::FacilityIndicator;
use crate::wire::message;

message! {
    /// Facility accepted message, FAA: the facility is granted.
    pub struct Faa: "facility accepted", "Q.763 table 42" {
        fixed {
            /// Facility indicator.
            facility: FacilityIndicator,
        }
        variable {}
        optional [
            USER_TO_USER_INDICATORS,
            CALL_REFERENCE,
            CONNECTION_REQUEST,
            PARAMETER_COMPATIBILITY_INFORMATION,
        ]
    }
}

impl Faa {
    /// A message with that and no optional parameters.
    pub fn new(facility: FacilityIndicator) -> Self {
        Self {
            facility,
            optional: OptionalParameters::new(),
        }
    }
}
