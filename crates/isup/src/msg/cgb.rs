//! Circuit group blocking (Q.763 table 40).

use crate::param::{CircuitGroupSupervisionMessageType, RangeAndStatus};
use crate::wire::message;

message! {
    /// Circuit group blocking message, CGB: the circuits marked are not to be used for calls.
    pub struct Cgb: "circuit group blocking", "Q.763 table 40" {
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
