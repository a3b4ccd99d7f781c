//! Takes a message apart into parameters (RFC 4666 3.2).

use super::{AffectedPointCode, InfoString, Tag};
use crate::HEADER_LENGTH;
use crate::error::{DecodeError, Problem};
use crate::message_type::{MAX_PARAMETERS, MessageRow, MessageType, Presence};
use trunkline_model::PointCode;

/// The parameters of one message, by the message's line in the table: in any order, unknown
/// ones skipped, lengths checked, none twice, mandatory ones there.
pub(crate) struct Reader<'a> {
    row: &'static MessageRow,
    values: [Option<Value<'a>>; MAX_PARAMETERS],
}

#[derive(Clone, Copy)]
struct Value<'a> {
    octet: usize,
    octets: &'a [u8],
}

impl<'a> Reader<'a> {
    /// `message` is the whole message with its header.
    pub(crate) fn new(message_type: MessageType, message: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Self {
            row: message_type.row(),
            values: [None; MAX_PARAMETERS],
        };
        let mut octet = HEADER_LENGTH;
        while let Some(rest) = message.get(octet..)
            && !rest.is_empty()
        {
            octet += reader.take(octet, rest)?;
        }
        for (index, &(tag, presence)) in reader.row.parameters.iter().enumerate() {
            if presence == Presence::Mandatory && reader.values[index].is_none() {
                return Err(reader.error(tag, message.len(), Problem::Missing));
            }
        }
        Ok(reader)
    }

    /// Takes the parameter that begins at `octet`; gives its length with padding.
    fn take(&mut self, octet: usize, rest: &'a [u8]) -> Result<usize, DecodeError> {
        let &[t1, t0, l1, l0, ..] = rest else {
            return Err(DecodeError {
                message: Some(self.row.message_type),
                parameter: None,
                octet,
                problem: Problem::ParameterLength {
                    need: 4,
                    have: rest.len(),
                },
                clause: "RFC 4666 3.2",
            });
        };
        let tag = Tag::from_code(u16::from_be_bytes([t1, t0]));
        let length = usize::from(u16::from_be_bytes([l1, l0]));
        if length < 4 || length > rest.len() {
            return Err(DecodeError {
                message: Some(self.row.message_type),
                parameter: tag,
                octet,
                problem: Problem::ParameterLength {
                    need: length.saturating_sub(4),
                    have: rest.len() - 4,
                },
                clause: "RFC 4666 3.2",
            });
        }
        let slot = tag.and_then(|tag| {
            let position = self.row.parameters.iter().position(|(t, _)| *t == tag);
            position.map(|index| (tag, index))
        });
        if let Some((tag, index)) = slot {
            let octets = &rest[4..length];
            let limits = tag.row();
            if octets.len() < usize::from(limits.min) || octets.len() > usize::from(limits.max) {
                let need = if octets.len() < usize::from(limits.min) {
                    limits.min
                } else {
                    limits.max
                };
                let problem = Problem::ParameterLength {
                    need: usize::from(need),
                    have: octets.len(),
                };
                return Err(self.error(tag, octet, problem));
            }
            if self.values[index].is_some() {
                return Err(self.error(tag, octet, Problem::Duplicate));
            }
            self.values[index] = Some(Value { octet, octets });
        }
        Ok(length.next_multiple_of(4))
    }

    pub(crate) fn octets(&self, tag: Tag) -> Option<&'a [u8]> {
        self.value(tag).map(|value| value.octets)
    }

    /// The value of a parameter whose length the table fixes at four octets.
    pub(crate) fn u32(&self, tag: Tag) -> Option<u32> {
        match self.octets(tag)? {
            &[a, b, c, d] => Some(u32::from_be_bytes([a, b, c, d])),
            _ => None,
        }
    }

    /// The value of a mandatory parameter of four octets.
    pub(crate) fn required_u32(&self, tag: Tag) -> Result<u32, DecodeError> {
        self.u32(tag)
            .ok_or_else(|| self.error(tag, HEADER_LENGTH, Problem::Missing))
    }

    /// The value of a mandatory parameter, and where it begins.
    pub(crate) fn required(&self, tag: Tag) -> Result<(usize, &'a [u8]), DecodeError> {
        self.value(tag)
            .map(|value| (value.octet, value.octets))
            .ok_or_else(|| self.error(tag, HEADER_LENGTH, Problem::Missing))
    }

    /// A list of values of four octets each; empty if it is not there.
    pub(crate) fn u32_list(&self, tag: Tag) -> Result<Vec<u32>, DecodeError> {
        let Some(value) = self.value(tag) else {
            return Ok(Vec::new());
        };
        let (chunks, rest) = value.octets.as_chunks::<4>();
        if !rest.is_empty() {
            let problem = Problem::ParameterLength {
                need: value.octets.len().next_multiple_of(4),
                have: value.octets.len(),
            };
            return Err(self.error(tag, value.octet, problem));
        }
        Ok(chunks.iter().map(|c| u32::from_be_bytes(*c)).collect())
    }

    pub(crate) fn affected(&self) -> Result<Vec<AffectedPointCode>, DecodeError> {
        Ok(self
            .u32_list(Tag::AffectedPointCode)?
            .into_iter()
            .map(AffectedPointCode::from_value)
            .collect())
    }

    pub(crate) fn info(&self) -> Option<InfoString> {
        self.octets(Tag::InfoString).map(InfoString::from_wire)
    }

    /// A point code in a field of 32 bits at `octet`.
    pub(crate) fn point_code(
        &self,
        tag: Tag,
        octet: usize,
        value: u32,
    ) -> Result<PointCode, DecodeError> {
        PointCode::new(value).ok_or_else(|| {
            let problem = Problem::Value {
                expected: "a point code of at most 24 bits",
                value,
            };
            self.error(tag, octet, problem)
        })
    }

    pub(crate) fn error(&self, tag: Tag, octet: usize, problem: Problem) -> DecodeError {
        DecodeError {
            message: Some(self.row.message_type),
            parameter: Some(tag),
            octet,
            problem,
            clause: match problem {
                Problem::Missing => self.row.clause,
                Problem::Duplicate => "RFC 4666 3.2",
                _ => tag.row().clause,
            },
        }
    }

    fn value(&self, tag: Tag) -> Option<Value<'a>> {
        let index = self.row.parameters.iter().position(|(t, _)| *t == tag)?;
        self.values[index]
    }
}
