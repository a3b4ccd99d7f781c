//! Continuity (Q.763 table 28).

use crate::param::ContinuityIndicators;
use crate::wire::message;

message! {
    /// Continuity message, COT: whether there is continuity on the circuit, and those before it.
    pub struct Cot: "continuity", "Q.763 table 28" {
        fixed {
            /// Continuity indicators.
            indicators: ContinuityIndicators,
        }
        variable {}
    }
}
