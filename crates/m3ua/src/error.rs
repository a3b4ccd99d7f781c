//! Why octets are no M3UA message, and what to answer (RFC 4666 3.8.1).

use crate::message_type::{MESSAGES, MessageType};
use crate::msg;
use crate::param::{ErrorCode, Tag};
use crate::{HEADER_LENGTH, VERSION};
use core::fmt;

/// A message that cannot be read. Prints as
/// `DATA: protocol data, octet 8: need 12 octets, have 4 (RFC 4666 3.3.1)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The message, if its header could be read.
    pub message: Option<MessageType>,
    /// The parameter that is wrong, if it is one.
    pub parameter: Option<Tag>,
    /// Where: the offset from the start of the message.
    pub octet: usize,
    /// What is wrong.
    pub problem: Problem,
    /// The section that says so.
    pub clause: &'static str,
}

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The message is shorter than its header or than its length says.
    #[error("need {need} octets, have {have}")]
    Truncated {
        /// Octets needed.
        need: usize,
        /// Octets there.
        have: usize,
    },
    /// Octets follow the message.
    #[error("the length says {length} octets, have {have}")]
    TrailingOctets {
        /// What the header says.
        length: usize,
        /// Octets there.
        have: usize,
    },
    /// Another version than 1.
    #[error("expected version 1, got {0}")]
    Version(u8),
    /// A message class that is not known.
    #[error("unsupported message class {0}")]
    Class(u8),
    /// A message type that is not known in its class.
    #[error("unsupported message type {code} of class {class}")]
    Type {
        /// The class.
        class: u8,
        /// The type.
        code: u8,
    },
    /// The length field of a parameter does not fit the message or the parameter.
    #[error("need {need} octets, have {have}")]
    ParameterLength {
        /// Octets of value that the parameter needs, or that its length field claims.
        need: usize,
        /// Octets of value there.
        have: usize,
    },
    /// A mandatory parameter is not there.
    #[error("is missing")]
    Missing,
    /// A parameter is there twice.
    #[error("is there twice")]
    Duplicate,
    /// A value that is not allowed.
    #[error("expected {expected}, got {value}")]
    Value {
        /// What is allowed.
        expected: &'static str,
        /// The value.
        value: u32,
    },
}

impl DecodeError {
    /// The error code that the sender is to be told.
    pub const fn code(&self) -> ErrorCode {
        match self.problem {
            Problem::Version(_) => ErrorCode::InvalidVersion,
            Problem::Class(_) => ErrorCode::UnsupportedMessageClass,
            Problem::Type { .. } => ErrorCode::UnsupportedMessageType,
            Problem::Truncated { .. } | Problem::TrailingOctets { .. } => ErrorCode::ProtocolError,
            Problem::ParameterLength { .. } => ErrorCode::ParameterFieldError,
            Problem::Missing => ErrorCode::MissingParameter,
            Problem::Duplicate => ErrorCode::UnexpectedParameter,
            Problem::Value { .. } => ErrorCode::InvalidParameterValue,
        }
    }

    /// The Error message to send back for the message `offending`; `None` if that was an
    /// Error itself, which must not be answered by one (RFC 4666 3.8.1).
    ///
    /// The first 40 octets go back as diagnostic information, which is mandatory for unknown
    /// classes and types and wanted for the others.
    pub fn answer(&self, offending: &[u8]) -> Option<msg::Error> {
        let row = &MESSAGES[MessageType::Error as usize];
        if offending.len() >= 4 && offending[2] == row.class && offending[3] == row.code {
            return None;
        }
        let shown = offending.len().min(DIAGNOSTIC_OCTETS);
        Some(msg::Error {
            diagnostic: Some(offending[..shown].to_vec()),
            ..msg::Error::new(self.code())
        })
    }

    pub(crate) const fn header(octet: usize, problem: Problem) -> Self {
        Self {
            message: None,
            parameter: None,
            octet,
            problem,
            clause: "RFC 4666 3.1",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message {
            Some(message) => write!(f, "{message}: ")?,
            None => f.write_str("M3UA header: ")?,
        }
        if let Some(parameter) = self.parameter {
            write!(f, "{parameter}, ")?;
        }
        write!(
            f,
            "octet {}: {} ({})",
            self.octet, self.problem, self.clause
        )
    }
}

impl std::error::Error for DecodeError {}

/// How much of an offending message goes back (RFC 4666 3.8.1).
pub(crate) const DIAGNOSTIC_OCTETS: usize = 40;

/// How long the message that begins with `data` is, octets, once its header is there.
///
/// For transports without message boundaries.
///
/// # Errors
///
/// If the header is not one of M3UA version 1, or if its length is not one from 8 to `limit`:
/// the boundaries are lost then.
pub fn message_length(data: &[u8], limit: usize) -> Result<Option<usize>, DecodeError> {
    let Some(header) = data.get(..HEADER_LENGTH) else {
        return Ok(None);
    };
    if header[0] != VERSION {
        return Err(DecodeError::header(0, Problem::Version(header[0])));
    }
    let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
    match usize::try_from(length) {
        Ok(octets) if (HEADER_LENGTH..=limit).contains(&octets) => Ok(Some(octets)),
        _ => Err(DecodeError::header(
            4,
            Problem::Value {
                expected: "a message length of at least 8 and not too large",
                value: length,
            },
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_message_parameter_place_and_section() {
        let error = DecodeError {
            message: Some(MessageType::Data),
            parameter: Some(Tag::ProtocolData),
            octet: 8,
            problem: Problem::ParameterLength { need: 12, have: 4 },
            clause: "RFC 4666 3.3.1",
        };
        assert_eq!(
            error.to_string(),
            "DATA: protocol data, octet 8: need 12 octets, have 4 (RFC 4666 3.3.1)"
        );
    }

    #[test]
    fn errors_are_not_answered_with_errors() {
        let error = DecodeError::header(0, Problem::Version(2));
        assert_eq!(error.answer(&[2, 0, 0, 0, 0, 0, 0, 8]), None);
        let answer = error.answer(&[2, 0, 3, 1, 0, 0, 0, 8]).unwrap();
        assert_eq!(answer.code, ErrorCode::InvalidVersion);
        assert_eq!(answer.diagnostic.unwrap(), [2, 0, 3, 1, 0, 0, 0, 8]);
    }

    #[test]
    fn diagnostic_is_the_first_forty_octets() {
        let offending = [1, 0, 9, 1].repeat(20);
        let error = DecodeError::header(2, Problem::Class(9));
        let answer = error.answer(&offending).unwrap();
        assert_eq!(answer.code, ErrorCode::UnsupportedMessageClass);
        assert_eq!(answer.diagnostic.unwrap(), offending[..40]);
    }

    #[test]
    fn frames_are_measured_from_the_header() {
        let header = [1, 0, 3, 1, 0, 0, 0, 16];
        assert_eq!(message_length(&header[..7], 100), Ok(None));
        assert_eq!(message_length(&header, 100), Ok(Some(16)));
        assert!(message_length(&header, 15).is_err());
        assert!(message_length(&[1, 0, 3, 1, 0, 0, 0, 7], 100).is_err());
        assert!(message_length(&[0, 0, 3, 1, 0, 0, 0, 8], 100).is_err());
        assert!(message_length(&[1, 0, 3, 1, 255, 255, 255, 255], 100).is_err());
    }
}
