//! Why octets are no message.

use crate::message::MessageType;
use crate::param::ParameterCode;
use core::fmt;
use trunkline_model::Cic;

/// A message that cannot be read, or a parameter of it that cannot.
///
/// Prints as `IAM: called party number, octet 17: need 4 octets, have 2 (Q.763 3.9)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The message, if its type was there to be read.
    pub message: Option<MessageType>,
    /// The parameter, if the fault lies in one.
    pub parameter: Option<ParameterCode>,
    /// Where: octets are counted from 1, which is the first of the CIC.
    pub octet: usize,
    /// What is wrong there.
    pub problem: Problem,
    /// The clause that is broken.
    pub clause: &'static str,
}

/// What is wrong with a message or parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The octets end too early.
    #[error("need {need} octets, have {have}")]
    TooShort {
        /// How many the message or parameter needs from there on.
        need: usize,
        /// How many are left.
        have: usize,
    },
    /// The message is longer than any can be.
    #[error("at most {limit} octets are allowed, have {have}")]
    TooLong {
        /// The most that is read.
        limit: usize,
        /// How many there are.
        have: usize,
    },
    /// The pointer of a mandatory variable parameter is 0.
    #[error("pointer to a mandatory parameter is 0")]
    NoPointer,
    /// A pointer leads out of the message.
    #[error("pointer {pointer} leads past the end, {have} octets are left")]
    PointerPastEnd {
        /// The pointer.
        pointer: u8,
        /// How many octets are left, that of the pointer included.
        have: usize,
    },
    /// A number has more address signals than can be kept.
    #[error("more than {limit} address signals in {have} octets")]
    TooManyDigits {
        /// The most that can be kept.
        limit: usize,
        /// How many octets there were for them.
        have: usize,
    },
    /// The optional part does not end with the end of optional parameters octet.
    #[error("end of optional parameters is missing")]
    NoEndOfOptionalParameters,
    /// A mandatory parameter of the message is not among those of the variant.
    #[error("is missing")]
    Missing,
    /// The message ends before the pointer to its optional part.
    #[error("pointer to the optional part is missing")]
    NoOptionalPointer,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message {
            Some(MessageType::Unknown(code)) => write!(f, "message type {code}: ")?,
            Some(message) => write!(f, "{}: ", message.name())?,
            None => f.write_str("ISUP: ")?,
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

/// Why a message cannot be written in a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The variant has no such message.
    #[error("{} is no message of the variant", message.name())]
    NoSuchMessage {
        /// The message.
        message: MessageType,
    },
    /// The variant wants a parameter that the message does not have.
    #[error("{}: {parameter} is missing", message.name())]
    Missing {
        /// The message.
        message: MessageType,
        /// The parameter.
        parameter: ParameterCode,
    },
    /// The parts are so long that a pointer cannot lead behind them.
    #[error("{}: a pointer would have to lead on more than 255 octets (Q.763 1.6)", message.name())]
    TooLong {
        /// The message.
        message: MessageType,
    },
    /// The CIC has more bits than the variant.
    #[error("CIC {cic} is more than {limit}")]
    CicTooLarge {
        /// The CIC.
        cic: Cic,
        /// The largest of the variant.
        limit: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_where_and_which_clause() {
        let error = DecodeError {
            message: Some(MessageType::Iam),
            parameter: Some(ParameterCode::CALLED_PARTY_NUMBER),
            octet: 17,
            problem: Problem::TooShort { need: 4, have: 2 },
            clause: ParameterCode::CALLED_PARTY_NUMBER.clause(),
        };
        assert_eq!(
            error.to_string(),
            "IAM: called party number, octet 17: need 4 octets, have 2 (Q.763 3.9)"
        );
    }
}
