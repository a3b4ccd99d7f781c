//! User part test (Q.763 table 44).

use crate::wire::message;

message! {
    /// User part test message, UPT: asks whether the user part is there again.
    #[derive(Default)]
    pub struct Upt: "user part test", "Q.763 table 44" {
        fixed {}
        variable {}
        optional [
            PARAMETER_COMPATIBILITY_INFORMATION,
        ]
    }
}
