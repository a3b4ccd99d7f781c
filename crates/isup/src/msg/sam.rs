//! Subsequent address (Q.763 table 35).

use crate::optional::OptionalParameters;
use crate::param::{AddressDigits, SubsequentNumber};
use crate::wire::message;

message! {
    /// Subsequent address message, SAM: more digits of the called party number.
    pub struct Sam: "subsequent address", "Q.763 table 35" {
        fixed {}
        variable {
            /// Subsequent number.
            subsequent: SubsequentNumber,
        }
        optional []
    }
}

impl Sam {
    /// A message with those digits.
    pub fn new(digits: AddressDigits) -> Self {
        Self {
            subsequent: SubsequentNumber { digits },
            optional: OptionalParameters::new(),
        }
    }
}
