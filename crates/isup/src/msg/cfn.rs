//! Confusion (Q.763 table 26).

use crate::order::ParameterOrder;
use crate::param::{CauseIndicators, RawParameter};
use crate::wire::message_layout;

/// Confusion message, CFN: a message or part of it was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cfn {
    /// Cause indicators, with the message type or the parameter names as diagnostics.
    pub cause: CauseIndicators,
    /// Optional parameters, in their order.
    pub other: Vec<RawParameter>,
    /// Order of the optional parameters on the wire; leave the default.
    pub order: ParameterOrder,
}

impl Cfn {
    /// A message with that cause.
    pub fn new(cause: impl Into<CauseIndicators>) -> Self {
        Self {
            cause: cause.into(),
            other: Vec::new(),
            order: ParameterOrder::default(),
        }
    }
}

message_layout! {
    Cfn, "confusion", "Q.763 table 26";
    fixed {}
    variable {
        cause: CauseIndicators,
    }
    optional {}
}
