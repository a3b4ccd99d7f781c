//! Release complete (Q.763 table 34).

use crate::order::ParameterOrder;
use crate::param::{CauseIndicators, RawParameter};
use crate::wire::message_layout;

/// Release complete message, RLC: the circuit is idle again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rlc {
    /// Cause indicators: why the REL was not understood whole.
    pub cause: Option<CauseIndicators>,
    /// All other optional parameters, in their order.
    pub other: Vec<RawParameter>,
    /// Order of the optional parameters on the wire; leave the default.
    pub order: ParameterOrder,
}

message_layout! {
    Rlc, "release complete", "Q.763 table 34";
    fixed {}
    variable {}
    optional {
        cause: CauseIndicators,
    }
}
