//! Release (Q.763 table 33).

use crate::optional::OptionalParameters;
use crate::param::CauseIndicators;
use crate::wire::message;

message! {
    /// Release message, REL: the call is over, and why.
    pub struct Rel: "release", "Q.763 table 33" {
        fixed {}
        variable {
            /// Cause indicators.
            cause: CauseIndicators,
        }
        optional [
            REDIRECTION_INFORMATION,
            REDIRECTION_NUMBER,
            ACCESS_TRANSPORT,
            SIGNALLING_POINT_CODE,
            USER_TO_USER_INFORMATION,
            AUTOMATIC_CONGESTION_LEVEL,
            NETWORK_SPECIFIC_FACILITY,
            ACCESS_DELIVERY_INFORMATION,
            PARAMETER_COMPATIBILITY_INFORMATION,
            USER_TO_USER_INDICATORS,
            DISPLAY_INFORMATION,
            REMOTE_OPERATIONS,
            HTR_INFORMATION,
            REDIRECT_COUNTER,
            REDIRECT_BACKWARD_INFORMATION,
        ]
    }
}

impl Rel {
    /// A release with that cause and no optional parameters.
    pub fn new(cause: impl Into<CauseIndicators>) -> Self {
        Self {
            cause: cause.into(),
            optional: OptionalParameters::new(),
        }
    }
}
