//! Facility (Q.763 table 45).

use crate::wire::message;

message! {
    /// Facility message, FAC: a service is asked for, granted or refused in a call.
    #[derive(Default)]
    pub struct Fac: "facility", "Q.763 table 45" {
        fixed {}
        variable {}
        optional [
            MESSAGE_COMPATIBILITY_INFORMATION,
            PARAMETER_COMPATIBILITY_INFORMATION,
            REMOTE_OPERATIONS,
            SERVICE_ACTIVATION,
            CALL_TRANSFER_NUMBER,
            ACCESS_TRANSPORT,
            GENERIC_NOTIFICATION_INDICATOR,
            REDIRECTION_NUMBER,
            PIVOT_ROUTING_INDICATORS,
            PIVOT_STATUS,
            PIVOT_COUNTER,
            PIVOT_ROUTING_BACKWARD_INFORMATION,
            REDIRECT_STATUS,
        ]
    }
}
