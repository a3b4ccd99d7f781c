//! Circuit reservation (T1.113 table 3A).

use crate::param::NatureOfConnection;
use crate::wire::message;

message! {
    /// Circuit reservation message, CRM (ANSI): the circuit is reserved while another call is set up.
    pub struct Crm: "circuit reservation", "T1.113 table 3A" {
        fixed {
            /// Nature of connection indicators.
            nature_of_connection: NatureOfConnection,
        }
        variable {}
    }
}
