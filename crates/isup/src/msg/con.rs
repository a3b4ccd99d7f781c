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
            BACKWARD_GVNS,
            CONNECTED_NUMBER,
            CALL_REFERENCE,
            USER_TO_USER_INDICATORS,
            USER_TO_USER_INFORMATION,
            ACCESS_TRANSPORT,
            NETWORK_SPECIFIC_FACILITY,
            GENERIC_NOTIFICATION_INDICATOR,
            REMOTE_OPERATIONS,
            TRANSMISSION_MEDIUM_USED,
            ECHO_CONTROL_INFORMATION,
            ACCESS_DELIVERY_INFORMATION,
            CALL_HISTORY_INFORMATION,
            PARAMETER_COMPATIBILITY_INFORMATION,
            SERVICE_ACTIVATION,
            GENERIC_NUMBER,
            REDIRECTION_NUMBER_RESTRICTION,
            CONFERENCE_TREATMENT_INDICATORS,
            APPLICATION_TRANSPORT,
            HTR_INFORMATION,
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
