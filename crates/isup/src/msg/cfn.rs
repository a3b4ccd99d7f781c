//! Confusion (Q.763 table 26).

use crate::optional::OptionalParameters;
use crate::param::CauseIndicators;
use crate::wire::message;

message! {
    /// Confusion message, CFN: a message or part of it was not understood.
    pub struct Cfn: "confusion", "Q.763 table 26" {
        fixed {}
        variable {
            /// Cause indicators, with the message type or the parameter names as diagnostics.
            cause: CauseIndicators,
        }
        optional []
    }
}

impl Cfn {
    /// A message with that cause.
    pub fn new(cause: impl Into<CauseIndicators>) -> Self {
        Self {
            cause: cause.into(),
            optional: OptionalParameters::new(),
        }
    }
}
