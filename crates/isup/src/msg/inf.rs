//! Information (Q.763 table 30).

use crate::optional::OptionalParameters;
use crate::param::InformationIndicators;
use crate::wire::message;

message! {
    /// Information message, INF: what was asked for by INR, or what is worth telling.
    pub struct Inf: "information", "Q.763 table 30" {
        fixed {
            /// Information indicators.
            indicators: InformationIndicators,
        }
        variable {}
        optional [
            CALLING_PARTYS_CATEGORY,
            CALLING_PARTY_NUMBER,
            CALL_REFERENCE,
            CONNECTION_REQUEST,
            PARAMETER_COMPATIBILITY_INFORMATION,
            NETWORK_SPECIFIC_FACILITY,
        ]
    }
}

impl Inf {
    /// A message with that and no optional parameters.
    pub fn new(indicators: InformationIndicators) -> Self {
        Self {
            indicators,
            optional: OptionalParameters::new(),
        }
    }
}
