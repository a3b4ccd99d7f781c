//! The variants that come with this crate, and what their tables are written with.

use super::{Delta, ansi, bicc, china, etsi, europe, israel, itu, japan, russia, uk};
use crate::message::MessageType;
use crate::msg::MessageRow;
use crate::param::ParameterCode;

/// The deltas, each behind the variant from which it differs.
pub const DELTAS: &[Delta] = &[
    itu::EDITION_2000,
    itu::EDITION_1997,
    itu::EDITION_1992,
    itu::EDITION_1988,
    etsi::ETSI,
    ansi::ANSI_1995,
    uk::UK,
    europe::FRANCE,
    europe::GERMANY,
    europe::ITALY,
    china::CHINA,
    japan::JAPAN,
    russia::RUSSIA,
    israel::ISRAEL,
    bicc::BICC,
];

/// A message that a national standard adds, without parameters.
pub(super) const fn national(
    code: u8,
    acronym: &'static str,
    name: &'static str,
    clause: &'static str,
) -> MessageRow {
    MessageRow {
        message_type: MessageType::from_code(code),
        acronym,
        name,
        fixed: &[],
        variable: &[],
        has_optional_part: false,
        optional: &[],
        clause,
    }
}

/// The row of a message of the base with more optional parameters, cited by another standard:
/// `extended!(Iam, "ND1007", [PRESENTATION_NUMBER])`.
macro_rules! extended {
    ($message:ident, $clause:literal, [$($code:ident),+ $(,)?]) => {{
        const BASE: &MessageRow = <crate::msg::$message as crate::wire::ReadBody>::ROW;
        const MORE: &[ParameterCode] = &[$(ParameterCode::$code),+];
        const ALL: [ParameterCode; BASE.optional.len() + MORE.len()] =
            crate::variant::builtin::joined(BASE.optional, MORE);
        MessageRow { optional: &ALL, clause: $clause, ..*BASE }
    }};
}

pub(super) use extended;

/// The one list behind the other.
pub(super) const fn joined<const N: usize>(
    first: &[ParameterCode],
    second: &[ParameterCode],
) -> [ParameterCode; N] {
    let mut all = [ParameterCode(0); N];
    let mut index = 0;
    while index < N {
        all[index] = if index < first.len() {
            first[index]
        } else {
            second[index - first.len()]
        };
        index += 1;
    }
    all
}
