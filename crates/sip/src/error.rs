//! What is wrong with a message, where, and what a server answers to it.

use crate::name::Name;
use core::fmt;

/// A message, or a value in one, that does not keep to the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Line, from 1, as received (folded lines count).
    pub line: u32,
    /// Octet in the line, from 1.
    pub column: u32,
    /// The header field, if the error is in one or one is missing.
    pub field: Option<Name>,
    /// What is wrong.
    pub problem: Problem,
    /// The clause that says so, as `RFC 3261 25.1`.
    pub clause: &'static str,
    /// See [`ParseError::status`].
    pub(crate) status: Option<u16>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Something else stands where this was expected.
    Expected(&'static str),
    /// A mandatory header field is not there.
    Missing,
    /// A header field that may stand once stands again, with another value.
    Repeated,
    /// The message has more octets than this.
    TooLong {
        /// Octets allowed.
        limit: usize,
    },
    /// There are more header fields than this.
    TooManyHeaders {
        /// Header fields allowed.
        limit: usize,
    },
    /// The version is not SIP/2.0.
    Version,
    /// Content-Length promises more than the datagram has.
    BodyTruncated {
        /// Octets stated.
        stated: usize,
        /// Octets present.
        present: usize,
    },
    /// The method of CSeq is not that of the request.
    MethodMismatch,
    /// A number is too large for its field.
    OutOfRange {
        /// The largest value.
        maximum: u32,
    },
}

impl ParseError {
    /// The status that a server answers (400, 501, 505, 513), or `None` where nothing is to be
    /// answered: the message is a response, an ACK, or no SIP at all.
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// An error in a value that stands alone, `offset` octets into it.
    pub(crate) fn in_value(offset: usize, expected: &'static str, clause: &'static str) -> Self {
        Self {
            line: 1,
            column: u32::try_from(offset).unwrap_or(u32::MAX).saturating_add(1),
            field: None,
            problem: Problem::Expected(expected),
            clause,
            status: Some(400),
        }
    }

    /// The same error in a longer text, in which the value stands `by` octets further on.
    pub(crate) fn shifted(mut self, by: usize) -> Self {
        self.column = self
            .column
            .saturating_add(u32::try_from(by).unwrap_or(u32::MAX));
        self
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        if let Some(field) = self.field {
            write!(f, "{field}: ")?;
        }
        write!(f, "{} ({})", self.problem, self.clause)
    }
}

impl core::error::Error for ParseError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected(what) => write!(f, "expected {what}"),
            Self::Missing => f.write_str("mandatory header field is missing"),
            Self::Repeated => f.write_str("header field may not stand twice"),
            Self::TooLong { limit } => write!(f, "longer than {limit} octets"),
            Self::TooManyHeaders { limit } => write!(f, "more than {limit} header fields"),
            Self::Version => f.write_str("expected SIP/2.0"),
            Self::BodyTruncated { stated, present } => {
                write!(f, "states {stated} octets of body, have {present}")
            }
            Self::MethodMismatch => f.write_str("method is not that of the request line"),
            Self::OutOfRange { maximum } => write!(f, "number exceeds {maximum}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_where_and_which_clause() {
        let error = ParseError {
            line: 4,
            column: 17,
            field: Some(Name::From),
            problem: Problem::Expected("`>`"),
            clause: "RFC 3261 25.1",
            status: Some(400),
        };
        assert_eq!(
            error.to_string(),
            "line 4, column 17: From: expected `>` (RFC 3261 25.1)"
        );
    }
}
