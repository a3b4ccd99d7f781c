//! Network resource management (Q.763 table 46).

use crate::wire::message;

message! {
    /// Network resource management message, NRM: echo control devices are put in or taken out.
    #[derive(Default)]
    pub struct Nrm: "network resource management", "Q.763 table 46" {
        fixed {}
        variable {}
        optional [
            MESSAGE_COMPATIBILITY_INFORMATION,
            PARAMETER_COMPATIBILITY_INFORMATION,
            ECHO_CONTROL_INFORMATION,
        ]
    }
}
