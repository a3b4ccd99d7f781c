//! Release complete (Q.763 table 34).

use crate::wire::message;

message! {
    /// Release complete message, RLC: the circuit is idle again.
    #[derive(Default)]
    pub struct Rlc: "release complete", "Q.763 table 34" {
        fixed {}
        variable {}
        optional [
            CAUSE_INDICATORS,
        ]
    }
}
