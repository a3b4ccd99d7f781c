//! ISUP of Russia.

use super::Delta;
use super::builtin::national;
use crate::msg::MessageRow;
use crate::param::RUSSIA_PARAMETERS;

/// ISUP-R 2000 (RD 45.217-2001 book 4): callers who hang up first and ringing are told in messages
/// of their own, and there are more categories of callers. Messages, codes and categories are
/// those that Wireshark knows; it reads point codes of 14 bits, as in Q.704.
pub(super) const RUSSIA: Delta = Delta {
    messages: &[
        national(0xfc, "CCL", "clear calling line", "ISUP-R"),
        MessageRow {
            has_optional_part: true,
            ..national(0xff, "RNG", "ringing", "ISUP-R")
        },
    ],
    parameters: RUSSIA_PARAMETERS,
    ..Delta::new("russia", "ISUP-R 2000, ISUP of Russia", "ISUP-R", "itu")
};
