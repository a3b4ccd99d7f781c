//! Forward transfer (Q.763 table 37).

use crate::wire::message;

message! {
    /// Forward transfer message, FOT: an operator is to help.
    #[derive(Default)]
    pub struct Fot: "forward transfer", "Q.763 table 37" {
        fixed {}
        variable {}
        optional [
            CALL_REFERENCE,
        ]
    }
}
