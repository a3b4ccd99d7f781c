//! Takes a message apart into parameters (RFC 4666 3.2).

use super::Tag;
use crate::HEADER_LENGTH;
use crate::error::{DecodeError, Problem};
use crate::message_type::{MAX_PARAMETERS, MessageType, ParameterList};
use trunkline_model::PointCode;

/// The parameters of one message, or those inside one of its parameters, by their line in a
/// table: in any order, unknown ones skipped, lengths checked, none more often than it may,
/// mandatory ones there.
pub(crate) struct Reader<'a> {
    message_type: MessageType,
    list: ParameterList,
    /// Where it is all listed that may be here.
    clause: &'static str,
    /// The message up to the last of these parameters.
    octets: &'a [u8],
    /// Where in it the first of them begins.
    start: usize,
    /// Where the first of each kind begins, in the order of the list; 0 if there is none. (The
    /// length of a message has 32 bits.)
    places: [u32; MAX_PARAMETERS],
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
    /// `message` is the whole message with its header.
    pub(crate) fn new(message_type: MessageType, message: &'a [u8]) -> Result<Self, DecodeError> {
        let row = message_type.row();
        Self::list(
            message_type,
            row.parameters,
            row.clause,
            message,
            HEADER_LENGTH,
        )
    }

    /// The parameters inside of one.
    pub(crate) fn inside(
        &self,
        tag: Tag,
        value: Value<'a>,
        list: ParameterList,
    ) -> Result<Self, DecodeError> {
        let start = value.octet + TAG_AND_LENGTH;
        let octets = &self.octets[..start + value.octets.len()];
        Self::list(self.message_type, list, tag.row().clause, octets, start)
    }

    fn list(
        message_type: MessageType,
        list: ParameterList,
        clause: &'static str,
        octets: &'a [u8],
        start: usize,
    ) -> Result<Self, DecodeError> {
        let mut reader = Self {
            message_type,
            list,
            clause,
            octets,
            start,
            places: [0; MAX_PARAMETERS],
        };
        let mut octet = start;
        while octet < octets.len() {
            let (code, value) = reader.at(octet)?;
            reader.take(code, value)?;
            octet = value.end();
        }
        for (&(tag, presence), place) in list.iter().zip(reader.places) {
            if presence.is_mandatory() && place == 0 {
                return Err(reader.error(tag, octets.len(), Problem::Missing));
            }
        }
        Ok(reader)
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
        let Some(index) = self.index(tag) else {
            return Ok(());
        };
        let row = tag.row();
        let have = value.octets.len();
        let need = have.clamp(row.min.into(), row.max.into());
        if need != have {
            let problem = Problem::ParameterLength { need, have };
            return Err(self.error(tag, value.octet, problem));
        }
        let place = &mut self.places[index];
        if *place == 0 {
            *place = value.octet as u32;
        } else if !self.list[index].1.is_repeated() {
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
                    && self.index(tag).is_some()
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
        match self.places[self.index(tag)?] {
            0 => None,
            // It has been looked at before.
            place => self.at(place as usize).ok().map(|(_, value)| value),
        }
    }

    fn index(&self, tag: Tag) -> Option<usize> {
        self.list.iter().position(|(t, _)| *t == tag)
    }
}

impl Value<'_> {
    /// Where the next parameter begins.
    fn end(&self) -> usize {
        self.octet + (TAG_AND_LENGTH + self.octets.len()).next_multiple_of(4)
    }
}

const TAG_AND_LENGTH: usize = 4;
