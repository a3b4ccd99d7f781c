//! Subsequent directory number (Q.763 table 53).

use crate::wire::message;

message! {
    /// Subsequent directory number message, SDN (national use): more digits of the called directory number.
    #[derive(Default)]
    pub struct Sdn: "subsequent directory number", "Q.763 table 53" {
        fixed {}
        variable {}
        optional [
            SUBSEQUENT_NUMBER,
            MESSAGE_COMPATIBILITY_INFORMATION,
        ]
    }
}
