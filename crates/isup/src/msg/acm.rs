//! Address complete (Q.763 table 21).

use crate::optional::OptionalParameters;
use crate::param::BackwardCallIndicators;
use crate::wire::message;

message! {
    /// Address complete message, ACM: the digits suffice, and what is known of the called party.
    pub struct Acm: "address complete", "Q.763 table 21" {
        fixed {
            /// Backward call indicators.
            backward_call: BackwardCallIndicators,
        }
        variable {}
        optional [
            OPTIONAL_BACKWARD_CALL_INDICATORS,
            CALL_REFERENCE,
            CAUSE_INDICATORS,
            USER_TO_USER_INDICATORS,
            USER_TO_USER_INFORMATION,
            ACCESS_TRANSPORT,
            GENERIC_NOTIFICATION_INDICATOR,
            TRANSMISSION_MEDIUM_USED,
            ECHO_CONTROL_INFORMATION,
            ACCESS_DELIVERY_INFORMATION,
            REDIRECTION_NUMBER,
            PARAMETER_COMPATIBILITY_INFORMATION,
            CALL_DIVERSION_INFORMATION,
            NETWORK_SPECIFIC_FACILITY,
            REMOTE_OPERATIONS,
            SERVICE_ACTIVATION,
            REDIRECTION_NUMBER_RESTRICTION,
            CONFERENCE_TREATMENT_INDICATORS,
            UID_ACTION_INDICATORS,
            APPLICATION_TRANSPORT,
            CCNR_POSSIBLE_INDICATOR,
            HTR_INFORMATION,
            PIVOT_ROUTING_BACKWARD_INFORMATION,
            REDIRECT_STATUS,
        ]
    }
}

impl Acm {
    /// A message with those indicators and no optional parameters.
    pub fn new(backward_call: BackwardCallIndicators) -> Self {
        Self {
            backward_call,
            optional: OptionalParameters::new(),
        }
    }
}
