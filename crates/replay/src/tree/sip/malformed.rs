//! A SIP message that cannot be read: what is wrong with it, where, and what comes of it.

use super::super::node::printable;
use core::fmt;
use serde_json::{Value, json};
use trunkline_sip::{Message, ParseError, reason_phrase};

/// Why a SIP message cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong. Lines are those of the input.
    pub error: ParseError,
    /// The status that the gateway answers; `None` if it answers nothing.
    pub answer: Option<u16>,
    /// The line, as it came.
    line: String,
    /// Octets of it before the place.
    before: usize,
}

impl Malformed {
    /// What is wrong with that text, before which so many lines of the input were left out.
    pub(super) fn new(mut error: ParseError, text: &[u8], lines: u32) -> Self {
        let index = usize::try_from(error.line.saturating_sub(1)).unwrap_or(usize::MAX);
        let line = text.split(|&octet| octet == b'\n').nth(index);
        let line = line.unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let place = usize::try_from(error.column.saturating_sub(1)).unwrap_or(usize::MAX);
        let (before, behind) = line.split_at(place.min(line.len()));
        // What is no UTF-8 is replaced on both sides of the place alone, so that it stays one.
        let before = String::from_utf8_lossy(before);
        let length = before.len();
        // As the gateway does: it answers what says enough of itself (RFC 3261 8.2.6.2).
        let answer = error
            .status()
            .filter(|_| Message::salvage(text.to_vec()).is_some());
        error.line = error.line.saturating_add(lines);
        Self {
            error,
            answer,
            line: format!("{before}{}", String::from_utf8_lossy(behind)),
            before: length,
        }
    }

    /// The same as an object.
    pub(in super::super) fn to_json(&self) -> Value {
        let ParseError {
            line,
            column,
            field,
            problem,
            clause,
            ..
        } = self.error;
        json!({
            "line": line,
            "column": column,
            "field": field.map(|field| field.as_str()),
            "problem": problem.to_string(),
            "clause": clause,
            "text": self.line,
            "answer": self.answer,
        })
    }
}

/// What is wrong; the line with a caret under the place; what the gateway answers.
impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.error)?;
        if !self.line.is_empty() {
            let (before, behind) = self.line.split_at(self.before);
            let before = printable(before);
            let skipped = before.chars().count().saturating_sub(ROOM);
            let before: String = before.chars().skip(skipped).collect();
            let behind = printable(behind);
            let rest = behind.chars().count().saturating_sub(ROOM);
            let behind: String = behind.chars().take(ROOM).collect();
            let dots = |count| if count > 0 { "..." } else { "" };
            writeln!(f, "  {}{before}{behind}{}", dots(skipped), dots(rest))?;
            let column = dots(skipped).len() + before.chars().count();
            writeln!(f, "  {:column$}^", "")?;
        }
        match self.answer {
            Some(status) => write!(
                f,
                "  the gateway answers {status} {}",
                reason_phrase(status)
            ),
            None => f.write_str("  the gateway answers nothing"),
        }
    }
}

impl core::error::Error for Malformed {}

/// So many characters of a line are shown on each side of the place.
const ROOM: usize = 60;
