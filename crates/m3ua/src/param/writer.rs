//! Puts a message together (RFC 4666 3.1, 3.2).

use super::Tag;
use crate::VERSION;
use crate::message_type::MessageType;

/// Writes the header, then parameters with their padding, then the length.
pub(crate) struct Writer {
    out: Vec<u8>,
    /// Where the parameter begins whose parameters are being written.
    outer: usize,
}

impl Writer {
    pub(crate) fn new(message_type: MessageType, capacity: usize) -> Self {
        let row = message_type.row();
        let mut out = Vec::with_capacity(capacity);
        out.extend_from_slice(&[VERSION, 0, row.class, row.code, 0, 0, 0, 0]);
        Self { out, outer: 0 }
    }

    /// One parameter. What exceeds the largest value that one may have (65531 octets) is cut.
    pub(crate) fn octets(&mut self, tag: Tag, octets: &[u8]) {
        self.label_and_octets(tag, [], octets);
    }

    pub(crate) fn u32(&mut self, tag: Tag, value: u32) {
        let ([t1, t0], [a, b, c, d]) = (tag.row().code.to_be_bytes(), value.to_be_bytes());
        self.out.extend_from_slice(&[t1, t0, 0, 8, a, b, c, d]);
    }

    /// Octets of one length, then octets, as one parameter; what exceeds its largest value is
    /// cut.
    pub(crate) fn label_and_octets<const N: usize>(
        &mut self,
        tag: Tag,
        label: [u8; N],
        octets: &[u8],
    ) {
        let start = self.begin(tag);
        self.out.extend_from_slice(&label);
        let room = octets.len().min(MAX_VALUE - N);
        self.out.extend_from_slice(&octets[..room]);
        self.end(start);
    }

    /// A list; nothing at all if it is empty. What exceeds the 16,382 values that a parameter
    /// may have is cut.
    pub(crate) fn words(&mut self, tag: Tag, values: impl ExactSizeIterator<Item = u32>) {
        if values.len() > 0 {
            let start = self.begin(tag);
            let octets = values.take(MAX_VALUE / 4).flat_map(u32::to_be_bytes);
            self.out.extend(octets);
            self.end(start);
        }
    }

    /// A parameter made of the parameters that `write` writes. They must fit, or come in
    /// [`group`](Self::group)s.
    pub(crate) fn nested(&mut self, tag: Tag, write: impl FnOnce(&mut Self)) {
        let start = self.begin(tag);
        self.outer = start;
        write(self);
        self.end(start);
    }

    /// Parameters inside a nested one that are there whole or, if it would get too long, not
    /// at all.
    pub(crate) fn group(&mut self, write: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        write(self);
        if self.out.len() - self.outer > MAX_LENGTH {
            self.out.truncate(start);
        }
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let length = self.out.len() as u32;
        self.out[4..8].copy_from_slice(&length.to_be_bytes());
        self.out
    }

    /// Begins a parameter; gives where.
    fn begin(&mut self, tag: Tag) -> usize {
        let start = self.out.len();
        let [t1, t0] = tag.row().code.to_be_bytes();
        self.out.extend_from_slice(&[t1, t0, 0, 0]);
        start
    }

    /// Ends the parameter that began at `start`: its length, and the padding.
    fn end(&mut self, start: usize) {
        let length = (self.out.len() - start) as u16;
        self.out[start + 2..start + 4].copy_from_slice(&length.to_be_bytes());
        let padding = self.out.len().next_multiple_of(4) - self.out.len();
        self.out.extend_from_slice(&[0; 3][..padding]);
    }
}

/// The largest length field of a parameter.
const MAX_LENGTH: usize = u16::MAX as usize;

/// The most octets that a parameter may hold.
const MAX_VALUE: usize = MAX_LENGTH - 4;
