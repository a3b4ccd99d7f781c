//! Circuit validation response (T1.113 table 8).

use crate::param::{CircuitGroupCharacteristicIndicator, CircuitValidationResponseIndicator};
use crate::wire::message;

message! {
    /// Circuit validation response message, CVR (ANSI): what is known of the circuit.
    pub struct Cvr: "circuit validation response", "T1.113 table 8" {
        fixed {
            /// Circuit validation response indicator.
            response: CircuitValidationResponseIndicator,
            /// Circuit group characteristic indicator.
            characteristics: CircuitGroupCharacteristicIndicator,
        }
        variable {}
        optional [
            OUTGOING_TRUNK_GROUP_NUMBER,
            CIRCUIT_IDENTIFICATION_NAME,
            CLLI_CODE,
        ]
    }
}
