//! Circuit validation response (T1.113 table 3A).

use crate::param::{CircuitGroupCharacteristicIndicator, CircuitValidationResponseIndicator};
use crate::wire::message;

message! {
    /// Circuit validation response message, CVR (ANSI): what is known of the circuit.
    pub struct Cvr: "circuit validation response", "T1.113 table 3A" {
        fixed {
            /// Circuit validation response indicator.
            response: CircuitValidationResponseIndicator,
            /// Circuit group characteristic indicator.
            characteristics: CircuitGroupCharacteristicIndicator,
        }
        variable {}
        optional [
            CIRCUIT_IDENTIFICATION_NAME,
            CLLI_CODE,
        ]
    }
}
