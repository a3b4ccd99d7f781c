//! In what a variant differs from another.

use super::{PointCodeFormat, Variant};
use crate::msg::MessageRow;
use crate::param::{ParameterCode, ParameterRow};
use crate::wire::Frame;

/// What is different in a variant; what is not named is as in its base.
#[derive(Clone, Copy, Debug)]
pub struct Delta {
    /// Its name, as configuration and command line know it.
    pub name: &'static str,
    /// The standard, for people.
    pub title: &'static str,
    /// The standard, as it is cited.
    pub clause: &'static str,
    /// The name of the variant from which it differs.
    pub base: &'static str,
    /// Bits of a CIC: 1 to 14, or 32 for BICC.
    pub cic_bits: Option<u8>,
    /// How point codes are written.
    pub point_code: Option<PointCodeFormat>,
    /// Messages that the base has not, or has with other parameters.
    pub messages: &'static [MessageRow],
    /// Types of messages that only the base has.
    pub without_messages: &'static [u8],
    /// Parameters that the base has not, or has with another meaning.
    pub parameters: &'static [ParameterRow],
    /// Parameters that only the base has.
    pub without_parameters: &'static [ParameterCode],
}

impl Delta {
    /// No difference, under another name.
    pub const fn new(
        name: &'static str,
        title: &'static str,
        clause: &'static str,
        base: &'static str,
    ) -> Self {
        Self {
            name,
            title,
            clause,
            base,
            cic_bits: None,
            point_code: None,
            messages: &[],
            without_messages: &[],
            parameters: &[],
            without_parameters: &[],
        }
    }

    pub(super) fn check(&self, base: &Variant) -> Result<(), DeltaError> {
        if !matches!(base.cic_bits, 1..=14 | 32) {
            return Err(DeltaError::CicBits {
                bits: base.cic_bits,
            });
        }
        for (index, row) in self.messages.iter().enumerate() {
            let (message, code) = (row.acronym, row.message_type.code());
            if let Some((parameter, _)) = row.fixed.iter().find(|(_, length)| *length == 0) {
                return Err(DeltaError::NoLength {
                    message,
                    parameter: *parameter,
                });
            }
            if self
                .messages
                .iter()
                .take(index)
                .any(|other| other.message_type == row.message_type)
            {
                return Err(DeltaError::MessageTwice { code });
            }
            let count = row.fixed.len() + row.variable.len();
            if count > Frame::MANDATORY {
                return Err(DeltaError::TooManyMandatory {
                    message: row.acronym,
                    count,
                });
            }
        }
        for (index, row) in self.parameters.iter().enumerate() {
            if self
                .parameters
                .iter()
                .take(index)
                .any(|other| other.code == row.code)
            {
                return Err(DeltaError::ParameterTwice { code: row.code.0 });
            }
        }
        let end = ParameterCode::END_OF_OPTIONAL_PARAMETERS;
        if self.parameters.iter().any(|row| row.code == end) {
            return Err(DeltaError::EndOfOptionalParameters);
        }
        Ok(())
    }
}

/// What in a delta cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    /// A CIC has at most 14 bits, or 32 in BICC.
    #[error("a CIC has 1 to 14 bits, or 32, not {bits}")]
    CicBits {
        /// How many were asked for.
        bits: u8,
    },
    /// A message has more mandatory parameters than can be read.
    #[error("message {message} has {count} mandatory parameters, at most 8 can be")]
    TooManyMandatory {
        /// The message.
        message: &'static str,
        /// How many it has.
        count: usize,
    },
    /// A mandatory parameter of fixed length has no octets.
    #[error("message {message}: {parameter} has no octets")]
    NoLength {
        /// The message.
        message: &'static str,
        /// The parameter.
        parameter: ParameterCode,
    },
    /// A message names a parameter that the variant has not.
    #[error("message {message} has {parameter}, which the variant has not")]
    NoSuchParameter {
        /// The message.
        message: &'static str,
        /// The parameter.
        parameter: ParameterCode,
    },
    /// Two messages of the delta have one code.
    #[error("message code {code:#04x} is there twice")]
    MessageTwice {
        /// The code.
        code: u8,
    },
    /// Another message of the variant has that acronym.
    #[error("message {message} is there twice, with two codes")]
    AcronymTwice {
        /// The acronym.
        message: &'static str,
    },
    /// Two parameters of the delta have one code.
    #[error("parameter code {code} is there twice")]
    ParameterTwice {
        /// The code.
        code: u8,
    },
    /// Code 0 ends the optional part.
    #[error("parameter code 0 is the end of optional parameters (Q.763 3.20)")]
    EndOfOptionalParameters,
}
