//! Puts the parts of a message into octets (Q.763 1.4 to 1.8).

use crate::message::MessageType;
use crate::param::{FixedParameter, Parameter, ParameterCode};
use crate::wire::OptionalPart;
use trunkline_model::Cic;

/// A message that is being written, part after part.
pub(crate) struct Writer {
    out: Vec<u8>,
    /// Where the next pointer stands.
    pointer: usize,
}

impl Writer {
    pub(crate) fn new(cic: Cic, message: MessageType) -> Self {
        let mut out = Vec::with_capacity(TYPICAL);
        let [low, high] = cic.value().to_le_bytes();
        out.extend([low, high, message.code()]);
        Self { out, pointer: 0 }
    }

    /// The next parameter of the mandatory fixed part.
    pub(crate) fn fixed<P: FixedParameter>(&mut self, value: &P::Value) {
        P::write(value, &mut self.out);
    }

    /// Makes room for the pointers, that to the optional part included.
    pub(crate) fn pointers(&mut self, count: usize) {
        self.pointer = self.out.len();
        self.out.resize(self.pointer + count, 0);
    }

    /// The next parameter of the mandatory variable part.
    pub(crate) fn variable<P: Parameter>(&mut self, value: &P::Value) {
        self.point();
        // Two octets less than the length indicator could say, so that the pointer to an optional
        // part behind it still fits.
        self.delimited(usize::from(u8::MAX) - 2, |out| P::write(value, out));
    }

    /// The optional part.
    pub(crate) fn optional<M: OptionalPart>(&mut self, message: &M) {
        let (other, order) = message.rest();
        let start = self.out.len();
        if order.as_slice().is_empty() {
            message.write_fields(self);
            for parameter in other {
                self.parameter(parameter.code, |out| {
                    out.extend_from_slice(&parameter.content)
                });
            }
        } else {
            self.in_order(message);
        }
        if self.out.len() > start {
            self.out.push(ParameterCode::END_OF_OPTIONAL_PARAMETERS.0);
            self.out[self.pointer] = u8::try_from(start - self.pointer).unwrap_or(0);
        }
    }

    /// One optional parameter.
    pub(crate) fn parameter(&mut self, code: ParameterCode, write: impl FnOnce(&mut Vec<u8>)) {
        self.out.push(code.0);
        self.delimited(usize::from(u8::MAX), write);
    }

    /// Octets as they are.
    pub(crate) fn raw(&mut self, octets: &[u8]) {
        self.out.extend_from_slice(octets);
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.out
    }

    /// First the parameters that the order names, as far as they are there, then the others.
    fn in_order<M: OptionalPart>(&mut self, message: &M) {
        let (other, order) = message.rest();
        let order = order.as_slice();
        let named = |code: u8, within: &[u8]| within.iter().filter(|c| **c == code).count();
        for (index, code) in order.iter().enumerate() {
            // Of several parameters with one name, the fields hold the first.
            let occurrence = named(*code, &order[..index]);
            let code = ParameterCode(*code);
            let fields = message.count(code);
            if occurrence < fields {
                message.write_field(code, occurrence, self);
            } else {
                let same = other.iter().filter(|parameter| parameter.code == code);
                for parameter in same.skip(occurrence - fields).take(1) {
                    self.parameter(code, |out| out.extend_from_slice(&parameter.content));
                }
            }
        }
        for code in M::FIELDS {
            for occurrence in named(code.0, order)..message.count(*code) {
                message.write_field(*code, occurrence, self);
            }
        }
        for (index, parameter) in other.iter().enumerate() {
            let code = parameter.code;
            let before = other[..index]
                .iter()
                .filter(|earlier| earlier.code == code)
                .count();
            if message.count(code) + before >= named(code.0, order) {
                self.parameter(code, |out| out.extend_from_slice(&parameter.content));
            }
        }
    }

    /// Sets the next pointer to what will be written next.
    fn point(&mut self) {
        let distance = self.out.len() - self.pointer;
        self.out[self.pointer] = u8::try_from(distance).unwrap_or(0);
        self.pointer += 1;
    }

    /// Writes a length indicator and contents, cut at `limit` octets.
    fn delimited(&mut self, limit: usize, write: impl FnOnce(&mut Vec<u8>)) {
        let indicator = self.out.len();
        self.out.push(0);
        write(&mut self.out);
        self.out.truncate(indicator + 1 + limit);
        let length = self.out.len() - indicator - 1;
        self.out[indicator] = u8::try_from(length).unwrap_or(u8::MAX);
    }
}

/// Most messages fit into that many octets.
const TYPICAL: usize = 96;
