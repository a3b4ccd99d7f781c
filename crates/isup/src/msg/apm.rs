//! Application transport (Q.763 table 51).

use crate::wire::message;

message! {
    /// Application transport message, APM (Q.765): carries what another application says.
    #[derive(Default)]
    pub struct Apm: "application transport", "Q.763 table 51" {
        fixed {}
        variable {}
        optional [
            MESSAGE_COMPATIBILITY_INFORMATION,
            PARAMETER_COMPATIBILITY_INFORMATION,
            APPLICATION_TRANSPORT,
        ]
    }
}
