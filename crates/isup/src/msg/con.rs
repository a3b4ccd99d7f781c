//! Connect (Q.763 table 27).

use crate::optional::OptionalParameters;
use crate::param::BackwardCallIndicators;
use crate::wire::message;

message! {
    /// Connect message, CON: address complete and answer in one.
    pub struct Con: "connect", "Q.763 table 27" {
        fixed {
            /// Backward call indicators.
            backward_call: BackwardCallIndicators,
        }
        variable {}
        optional [
            OPTIONAL_BACKWARD_CALL_INDICATORS,
            CALL_REFERENCE,
            USER_TO_USER_INDICATORS,
            USER_TO_USER_INFORMATION,
            CONNECTED_NUMBER,
            ACCESS_TRANSPORT,
            ACCESS_DELIVERY_INFORMATION,
            GENERIC_NOTIFICATION_INDICATOR,
            PARAMETER_COMPATIBILITY_INFORMATION,
            BACKWARD_GVNS,
            CALL_HISTORY_INFORMATION,
            GENERIC_NUMBER,
            TRANSMISSION_MEDIUM_USED,
            NETWORK_SPECIFIC_FACILITY,
            REMOTE_OPERATIONS,
            REDIRECTION_NUMBER,
            SERVICE_ACTIVATION,
            ECHO_CONTROL_INFORMATION,
            REDIRECTION_NUMBER_RESTRICTION,
            DISPLAY_INFORMATION,
            CONFERENCE_TREATMENT_INDICATORS,
            APPLICATION_TRANSPORT,
            PIVOT_ROUTING_BACKWARD_INFORMATION,
            REDIRECT_STATUS,
        ]
    }
}

impl Con {
    /// A message with those indicators and no optional parameters.
    pub fn new(backward_call: BackwardCallIndicators) -> Self {
        Self {
            backward_call,
            optional: OptionalParameters::new(),
        }
    }
}
