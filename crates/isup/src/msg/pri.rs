//! Pre-release information (Q.763 table 52).

use crate::wire::message;

message! {
    /// Pre-release information message, PRI: comes before a REL that cannot carry it.
    #[derive(Default)]
    pub struct Pri: "pre-release information", "Q.763 table 52" {
        fixed {}
        variable {}
        optional [
            MESSAGE_COMPATIBILITY_INFORMATION,
            PARAMETER_COMPATIBILITY_INFORMATION,
            OPTIONAL_FORWARD_CALL_INDICATORS,
            OPTIONAL_BACKWARD_CALL_INDICATORS,
            APPLICATION_TRANSPORT,
        ]
    }
}
