//! ISUP of China.

use super::builtin::national;
use super::{Delta, PointCodeFormat};
use crate::msg::MessageRow;
use crate::param::{CHINA_PARAMETERS, ParameterCode};

/// YDN 038 (1997): point codes of 24 bits (GF001-9001), and messages for operators, metering and
/// callers who hang up first. Messages, codes and parameters are those that the ISUP manual of
/// Dialogic gives.
pub(super) const CHINA: Delta = Delta {
    point_code: Some(PointCodeFormat::ANSI),
    messages: &[
        with_compatibility(0xfc, "CCL", "calling party clearing"),
        MessageRow {
            fixed: &[(ParameterCode::CHINESE_CHARGE_INFORMATION, 2)],
            ..with_compatibility(0xfd, "MPM", "metering pulse")
        },
        with_compatibility(0xfe, "OPR", "operator"),
    ],
    parameters: CHINA_PARAMETERS,
    ..Delta::new("china", "ISUP of China, YDN 038 (1997)", "YDN 038", "itu")
};

const fn with_compatibility(code: u8, acronym: &'static str, name: &'static str) -> MessageRow {
    MessageRow {
        has_optional_part: true,
        optional: &[ParameterCode::MESSAGE_COMPATIBILITY_INFORMATION],
        ..national(code, acronym, name, "YDN 038")
    }
}
