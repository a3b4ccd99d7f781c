//! Loop prevention (Q.763 table 50).

use crate::wire::message;

message! {
    /// Loop prevention message, LOP: whether a call transfer would make a loop.
    #[derive(Default)]
    pub struct Lop: "loop prevention", "Q.763 table 50" {
        fixed {}
        variable {}
        optional [
            MESSAGE_COMPATIBILITY_INFORMATION,
            PARAMETER_COMPATIBILITY_INFORMATION,
            CALL_TRANSFER_REFERENCE,
            LOOP_PREVENTION_INDICATORS,
        ]
    }
}
