//! Exit (T1.113 table 3A).

use crate::wire::message;

message! {
    /// Exit message, EXM (ANSI): the call has left the network.
    #[derive(Default)]
    pub struct Exm: "exit", "T1.113 table 3A" {
        fixed {}
        variable {}
        optional [
            OUTGOING_TRUNK_GROUP_NUMBER,
        ]
    }
}
