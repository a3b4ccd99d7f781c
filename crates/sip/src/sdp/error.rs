//! What is wrong with a description or an attribute.

use super::fields::Expected;

/// A session description that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("SDP line {line}, column {column}: expected {expected} ({clause})")]
pub struct SdpError {
    /// Line, from 1.
    pub line: u32,
    /// Octet in the line, from 1.
    pub column: u32,
    /// What was expected.
    pub expected: &'static str,
    /// The clause.
    pub clause: &'static str,
}

/// An attribute whose value cannot be read. The description as a whole can be used nevertheless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("SDP attribute {attribute}, octet {column} of the value: expected {expected} ({clause})")]
pub struct AttributeError {
    /// The name of the attribute.
    pub attribute: &'static str,
    /// Octet in the value, from 1.
    pub column: u32,
    /// What was expected.
    pub expected: &'static str,
    /// The clause.
    pub clause: &'static str,
}

impl AttributeError {
    pub(super) const fn new(attribute: &'static str, expected: Expected) -> Self {
        Self {
            attribute,
            column: expected.column,
            expected: expected.what,
            clause: expected.clause,
        }
    }
}
