//! Information request (Q.763 table 31).

use crate::optional::OptionalParameters;
use crate::param::InformationRequestIndicators;
use crate::wire::message;

message! {
    /// Information request message, INR: something about the call is asked for.
    pub struct Inr: "information request", "Q.763 table 31" {
        fixed {
            /// Information request indicators.
            indicators: InformationRequestIndicators,
        }
        variable {}
        optional [
            CALL_REFERENCE,
            NETWORK_SPECIFIC_FACILITY,
            PARAMETER_COMPATIBILITY_INFORMATION,
        ]
    }
}

impl Inr {
    /// A message with that and no optional parameters.
    pub fn new(indicators: InformationRequestIndicators) -> Self {
        Self {
            indicators,
            optional: OptionalParameters::new(),
        }
    }
}
