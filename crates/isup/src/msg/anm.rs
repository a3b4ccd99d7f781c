//! Answer (Q.763 table 22).

use crate::wire::message;

message! {
    /// Answer message, ANM: the called party has answered.
    #[derive(Default)]
    pub struct Anm: "answer", "Q.763 table 22" {
        fixed {}
        variable {}
        optional [
            BACKWARD_CALL_INDICATORS,
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
