//! ISUP of Israel.

use super::Delta;
use super::builtin::national;

/// Charges and changes of tariff are told in messages of their own, as Wireshark knows them. Their
/// fields have no parameter names, so that they are not taken apart: BCM has an octet of
/// indicators, the current rate (2), a time (1) and the next rate (2); TCM has the indicators, a
/// time and the next rate.
pub(super) const ISRAEL: Delta = Delta {
    messages: &[
        national(0xe8, "BCM", "backward charging", "ISUP of Israel"),
        national(0xe9, "TCM", "traffic change", "ISUP of Israel"),
        national(0xea, "CAM", "charge acknowledgement", "ISUP of Israel"),
    ],
    ..Delta::new("israel", "ISUP of Israel", "ISUP of Israel", "itu")
};
