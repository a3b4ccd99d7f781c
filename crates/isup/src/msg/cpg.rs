//! Call progress (Q.763 table 23).

use crate::optional::OptionalParameters;
use crate::param::EventInformation;
use crate::wire::message;

message! {
    /// Call progress message, CPG: something happened to the call that must be known.
    pub struct Cpg: "call progress", "Q.763 table 23" {
        fixed {
            /// Event information.
            event: EventInformation,
        }
        variable {}
        optional [
            CAUSE_INDICATORS,
            CALL_REFERENCE,
            BACKWARD_CALL_INDICATORS,
            OPTIONAL_BACKWARD_CALL_INDICATORS,
            ACCESS_TRANSPORT,
            USER_TO_USER_INDICATORS,
            REDIRECTION_NUMBER,
            USER_TO_USER_INFORMATION,
            GENERIC_NOTIFICATION_INDICATOR,
            NETWORK_SPECIFIC_FACILITY,
            REMOTE_OPERATIONS,
            TRANSMISSION_MEDIUM_USED,
            ACCESS_DELIVERY_INFORMATION,
            PARAMETER_COMPATIBILITY_INFORMATION,
            CALL_DIVERSION_INFORMATION,
            SERVICE_ACTIVATION,
            REDIRECTION_NUMBER_RESTRICTION,
            CALL_TRANSFER_NUMBER,
            ECHO_CONTROL_INFORMATION,
            CONNECTED_NUMBER,
            BACKWARD_GVNS,
            GENERIC_NUMBER,
            CALL_HISTORY_INFORMATION,
            CONFERENCE_TREATMENT_INDICATORS,
            UID_ACTION_INDICATORS,
            APPLICATION_TRANSPORT,
            CCNR_POSSIBLE_INDICATOR,
            PIVOT_ROUTING_BACKWARD_INFORMATION,
            REDIRECT_STATUS,
        ]
    }
}

impl Cpg {
    /// A message of that event with no optional parameters.
    pub fn new(event: impl Into<EventInformation>) -> Self {
        Self {
            event: event.into(),
            optional: OptionalParameters::new(),
        }
    }
}
