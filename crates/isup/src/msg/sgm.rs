//! Segmentation (Q.763 table 49).

use crate::wire::message;

message! {
    /// Segmentation message, SGM: what did not fit into the message before it (Q.764 2.1.12).
    #[derive(Default)]
    pub struct Sgm: "segmentation", "Q.763 table 49" {
        fixed {}
        variable {}
        optional [
            ACCESS_TRANSPORT,
            USER_TO_USER_INFORMATION,
            MESSAGE_COMPATIBILITY_INFORMATION,
            GENERIC_DIGITS,
            GENERIC_NOTIFICATION_INDICATOR,
            GENERIC_NUMBER,
        ]
    }
}
