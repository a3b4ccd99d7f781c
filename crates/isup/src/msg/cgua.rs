//! Circuit group unblocking acknowledgement (Q.763 table 40).

use crate::param::{CircuitGroupSupervisionMessageType, RangeAndStatus};
use crate::wire::message;

message! {
    /// Circuit group unblocking acknowledgement message, CGUA.
    pub struct Cgua: "circuit group unblocking acknowledgement", "Q.763 table 40" {
        fixed {
            /// Circuit group supervision message type: for maintenance or for a hardware failure.
            supervision: CircuitGroupSupervisionMessageType,
        }
        variable {
            /// Range and status: a bit for each circuit.
            circuits: RangeAndStatus,
        }
    }
}
