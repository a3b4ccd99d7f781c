//! Circuit group query (Q.763 table 41).

use crate::param::RangeAndStatus;
use crate::wire::message;

message! {
    /// Circuit group query message, CQM (national use): asks for the states of circuits.
    pub struct Cqm: "circuit group query", "Q.763 table 41" {
        fixed {}
        variable {
            /// Range; there is no status.
            circuits: RangeAndStatus,
        }
    }
}
