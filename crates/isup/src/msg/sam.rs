//! Subsequent address (Q.763 table 35).

use crate::order::ParameterOrder;
use crate::param::{AddressDigits, RawParameter, SubsequentNumber};
use crate::wire::message_layout;

/// Subsequent address message, SAM: more digits of the called party number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sam {
    /// Subsequent number.
    pub subsequent: SubsequentNumber,
    /// Optional parameters, in their order.
    pub other: Vec<RawParameter>,
    /// Order of the optional parameters on the wire; leave the default.
    pub order: ParameterOrder,
}

impl Sam {
    /// A message with those digits.
    pub fn new(digits: AddressDigits) -> Self {
        Self {
            subsequent: SubsequentNumber { digits },
            other: Vec::new(),
            order: ParameterOrder::default(),
        }
    }
}

message_layout! {
    Sam, "subsequent address", "Q.763 table 35";
    fixed {}
    variable {
        subsequent: SubsequentNumber,
    }
    optional {}
}
