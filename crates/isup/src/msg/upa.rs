//! User part available (Q.763 table 44).

use crate::wire::message;

message! {
    /// User part available message, UPA: it is.
    #[derive(Default)]
    pub struct Upa: "user part available", "Q.763 table 44" {
        fixed {}
        variable {}
        optional [
            PARAMETER_COMPATIBILITY_INFORMATION,
        ]
    }
}
