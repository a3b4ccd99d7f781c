//! Takes a message apart into parameters (RFC 4666 3.2).

use super::{PARAMETERS, Tag, TagSet};
use crate::HEADER_LENGTH;
use crate::error::{DecodeError, Problem};
use crate::message_type::{MessageType, ParameterList};
use trunkline_model::PointCode;

/// The parameters of one message, or those inside one of its parameters, by their line in a
/// table: in any order, unknown ones skipped, lengths checked, none more often than it may,
/// mandatory ones there.
pub(crate) struct Reader<'a> {
    message_type: MessageType,
    list: &'static ParameterList,
    /// Where it is all listed that may be here.
    clause: &'static str,
    /// The message up to the last of these parameters.
    octets: &'a [u8],
    /// Where in it the first of them begins.
    start: usize,
    /// Which are there.
    seen: TagSet,
    /// Where the first of each kind begins. (The length of a message has 32 bits.)
    places: [u32; PARAMETERS.len()],
}

/// What a parameter holds.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    /// Where the parameter begins, from the start of the message.
    pub(crate) octet: usize,
    /// The value.
    pub(crate) octets: &'a [u8],
}

impl<'a> Reader<'a> {
    /// `message` is the whole message with its header. [`check`](Self::check) comes next.
    pub(crate) fn new(message_type: MessageType, message: &'a [u8]) -> Self {
        let row = message_type.row();
        Self {
            message_type,
            list: &row.parameters,
            clause: row.clause,
            octets: message,
            start: HEADER_LENGTH,
            seen: TagSet::EMPTY,
            places: [0; PARAMETERS.len()],
        }
    }

    /// The parameters inside of one. [`check`](Self::check) comes next.
    pub(crate) fn inside(&self, tag: Tag, value: Value<'a>, list: &'static ParameterList) -> Self {
        let start = value.octet + TAG_AND_LENGTH;
        Self {
            message_type: self.message_type,
            list,
            clause: tag.row().clause,
            octets: &self.octets[..start + value.octets.len()],
            start,
            seen: TagSet::EMPTY,
            places: [0; PARAMETERS.len()],
        }
    }

    /// Looks at all parameters. (On its own, so that a reader is not moved.)
    pub(crate) fn check(&mut self) -> Result<(), DecodeError> {
        let mut octet = self.start;
        while octet < self.octets.len() {
            let (code, value) = self.at(octet)?;
            self.take(code, value)?;
            octet = value.end();
        }
        match self.list.missing(self.seen) {
            Some(tag) => Err(self.error(tag, self.octets.len(), Problem::Missing)),
            None => Ok(()),
        }
    }

    /// The tag and the value of the parameter that begins at `octet`.
    fn at(&self, octet: usize) -> Result<(u16, Value<'a>), DecodeError> {
        let rest = &self.octets[octet..];
        let error = |parameter, need| DecodeError {
            message: Some(self.message_type),
            parameter,
            octet,
            problem: Problem::ParameterLength {
                need,
                have: rest.len().saturating_sub(TAG_AND_LENGTH),
            },
            clause: "RFC 4666 3.2",
        };
        let Some(&[t1, t0, l1, l0]) = rest.first_chunk() else {
            return Err(DecodeError {
                problem: Problem::ParameterLength {
                    need: TAG_AND_LENGTH,
                    have: rest.len(),
                },
                ..error(None, 0)
            });
        };
        let code = u16::from_be_bytes([t1, t0]);
        let length = usize::from(u16::from_be_bytes([l1, l0]));
        match rest.get(TAG_AND_LENGTH..length) {
            Some(octets) => Ok((code, Value { octet, octets })),
            None => Err(error(
                Tag::from_code(code),
                length.saturating_sub(TAG_AND_LENGTH),
            )),
        }
    }

    fn take(&mut self, code: u16, value: Value<'a>) -> Result<(), DecodeError> {
        let Some(tag) = Tag::from_code(code) else {
            return Ok(());
        };
        if !self.list.has(tag) {
            return Ok(());
        }
        let row = tag.row();
        let have = value.octets.len();
        let need = have.clamp(row.min.into(), row.max.into());
        if need != have {
            let problem = Problem::ParameterLength { need, have };
            return Err(self.error(tag, value.octet, problem));
        }
        if !self.seen.has(tag) {
            self.seen.insert(tag);
            self.places[tag as usize] = value.octet as u32;
        } else if !self.list.may_repeat(tag) {
            return Err(self.error(tag, value.octet, Problem::Duplicate));
        }
        Ok(())
    }

    /// The parameters of the list as they come, all of them.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = (Tag, Value<'a>)> {
        let mut octet = self.start;
        core::iter::from_fn(move || {
            while octet < self.octets.len() {
                // All of them have been looked at before.
                let (code, value) = self.at(octet).ok()?;
                octet = value.end();
                if let Some(tag) = Tag::from_code(code)
                    && self.list.has(tag)
                {
                    return Some((tag, value));
                }
            }
            None
        })
    }

    /// Every parameter of that tag, as they come.
    pub(crate) fn each(&self, tag: Tag) -> impl Iterator<Item = Value<'a>> {
        self.in_order()
            .filter_map(move |(this, value)| (this == tag).then_some(value))
    }

    /// A mandatory parameter.
    pub(crate) fn required(&self, tag: Tag) -> Result<Value<'a>, DecodeError> {
        self.value(tag)
            .ok_or_else(|| self.error(tag, self.octets.len(), Problem::Missing))
    }

    /// The value of that parameter, which has four octets.
    pub(crate) fn u32_of(&self, tag: Tag, value: Value<'a>) -> Result<u32, DecodeError> {
        // Parameters that are lists in other messages are one value here, as the routing
        // context of DATA (RFC 4666 3.3.1).
        let &[a, b, c, d] = value.octets else {
            let problem = Problem::ParameterLength {
                need: 4,
                have: value.octets.len(),
            };
            return Err(self.error(tag, value.octet, problem));
        };
        Ok(u32::from_be_bytes([a, b, c, d]))
    }

    /// The values of four octets each in that parameter.
    pub(crate) fn words<T>(
        &self,
        tag: Tag,
        value: Value<'a>,
        of: impl Fn(u32) -> T,
    ) -> Result<Vec<T>, DecodeError> {
        let (chunks, rest) = value.octets.as_chunks::<4>();
        if !rest.is_empty() {
            let problem = Problem::ParameterLength {
                need: value.octets.len().next_multiple_of(4),
                have: value.octets.len(),
            };
            return Err(self.error(tag, value.octet, problem));
        }
        Ok(chunks.iter().map(|c| of(u32::from_be_bytes(*c))).collect())
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
            message: Some(self.message_type),
            parameter: Some(tag),
            octet,
            problem,
            clause: match problem {
                Problem::Missing => self.clause,
                Problem::Duplicate => "RFC 4666 3.2",
                _ => tag.row().clause,
            },
        }
    }

    /// A parameter; the first of that tag.
    pub(crate) fn value(&self, tag: Tag) -> Option<Value<'a>> {
        if !self.seen.has(tag) {
            return None;
        }
        // It has been looked at before.
        let (_, value) = self.at(self.places[tag as usize] as usize).ok()?;
        Some(value)
    }
}

impl Value<'_> {
    /// Where the next parameter begins.
    fn end(&self) -> usize {
        self.octet + (TAG_AND_LENGTH + self.octets.len()).next_multiple_of(4)
    }
}

const TAG_AND_LENGTH: usize = 4;
