//! Facility reject (Q.763 table 29).

use crate::param::{CauseIndicators, FacilityIndicator};
use crate::wire::message;

message! {
    /// Facility reject message, FRJ: the facility is refused.
    pub struct Frj: "facility reject", "Q.763 table 29" {
        fixed {
            /// Facility indicator.
            facility: FacilityIndicator,
        }
        variable {
            /// Cause indicators: why.
            cause: CauseIndicators,
        }
        optional [
            USER_TO_USER_INDICATORS,
        ]
    }
}
