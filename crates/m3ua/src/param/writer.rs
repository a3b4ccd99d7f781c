//! Puts a message together (RFC 4666 3.1, 3.2).

use super::{AffectedPointCode, InfoString, Tag};
use crate::VERSION;
use crate::message_type::MessageType;

/// Writes the header, then parameters with their padding, then the length.
pub(crate) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    pub(crate) fn new(message_type: MessageType, capacity: usize) -> Self {
        let row = message_type.row();
        let mut out = Vec::with_capacity(capacity);
        out.extend_from_slice(&[VERSION, 0, row.class, row.code, 0, 0, 0, 0]);
        Self { out }
    }

    /// One parameter, its value in parts. What exceeds the largest value that a parameter may
    /// have (65531 octets) is cut.
    pub(crate) fn parts(&mut self, tag: Tag, parts: &[&[u8]]) {
        let start = self.out.len();
        self.out.extend_from_slice(&tag.row().code.to_be_bytes());
        self.out.extend_from_slice(&[0, 0]);
        for part in parts {
            let room = (start + MAX_LENGTH).saturating_sub(self.out.len());
            self.out.extend_from_slice(&part[..part.len().min(room)]);
        }
        let length = (self.out.len() - start) as u16;
        self.out[start + 2..start + 4].copy_from_slice(&length.to_be_bytes());
        self.out.resize(self.out.len().next_multiple_of(4), 0);
    }

    pub(crate) fn octets(&mut self, tag: Tag, octets: Option<&[u8]>) {
        if let Some(octets) = octets {
            self.parts(tag, &[octets]);
        }
    }

    pub(crate) fn u32(&mut self, tag: Tag, value: Option<u32>) {
        if let Some(value) = value {
            self.parts(tag, &[&value.to_be_bytes()]);
        }
    }

    /// A list; nothing at all if it is empty.
    pub(crate) fn u32_list(&mut self, tag: Tag, values: &[u32]) {
        if !values.is_empty() {
            let octets: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
            self.parts(tag, &[&octets]);
        }
    }

    pub(crate) fn affected(&mut self, list: &[AffectedPointCode]) {
        let values: Vec<u32> = list.iter().map(|a| a.value()).collect();
        self.u32_list(Tag::AffectedPointCode, &values);
    }

    pub(crate) fn info(&mut self, info: Option<&InfoString>) {
        self.octets(Tag::InfoString, info.map(InfoString::as_bytes));
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let length = self.out.len() as u32;
        self.out[4..8].copy_from_slice(&length.to_be_bytes());
        self.out
    }
}

/// The largest length field of a parameter.
const MAX_LENGTH: usize = u16::MAX as usize;
