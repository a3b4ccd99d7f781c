//! Circuit group query response (Q.763 table 24).

use crate::param::{CircuitStateIndicator, RangeAndStatus};
use crate::wire::message;

message! {
    /// Circuit group query response message, CQR (national use): the states of circuits.
    pub struct Cqr: "circuit group query response", "Q.763 table 24" {
        fixed {}
        variable {
            /// Range; there is no status.
            circuits: RangeAndStatus,
            /// The state of each circuit.
            states: CircuitStateIndicator,
        }
    }
}
