//! Identification request (Q.763 table 47).

use crate::wire::message;

message! {
    /// Identification request message, IDR: asks who is calling (malicious call identification).
    #[derive(Default)]
    pub struct Idr: "identification request", "Q.763 table 47" {
        fixed {}
        variable {}
        optional [
            MCID_REQUEST_INDICATORS,
            MESSAGE_COMPATIBILITY_INFORMATION,
            PARAMETER_COMPATIBILITY_INFORMATION,
        ]
    }
}
