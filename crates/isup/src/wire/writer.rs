//! Puts the parts of a message into octets (Q.763 1.4 to 1.8).

use crate::msg::MessageRow;
use crate::param::ParameterCode;

/// A message that is being written, part after part, one behind the other.
pub(super) struct Writer {
    out: Vec<u8>,
    /// Where the next pointer stands.
    pointer: usize,
    /// Whether all pointers lead where they should.
    whole: bool,
}

impl Writer {
    /// Begins with CIC and message type.
    pub(super) fn new(cic: &[u8], message_type: u8) -> Self {
        let mut out = Vec::with_capacity(TYPICAL);
        out.extend_from_slice(cic);
        out.push(message_type);
        Self {
            out,
            pointer: 0,
            whole: true,
        }
    }

    /// The next parameter of the mandatory fixed part: exactly `length` octets.
    pub(super) fn fixed<E>(
        &mut self,
        length: usize,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let end = self.out.len() + length;
        write(&mut self.out)?;
        self.out.resize(end, 0);
        Ok(())
    }

    /// Makes room for the pointers of a message.
    pub(super) fn pointers(&mut self, row: &MessageRow) {
        self.pointer = self.out.len();
        let count = row.variable.len() + usize::from(row.has_optional_part);
        self.out.resize(self.pointer + count, 0);
    }

    /// The next parameter of the mandatory variable part. It is cut if its length indicator, or the
    /// pointer to what `follows` it, could not say how long it is (Q.763 1.6).
    pub(super) fn variable<E>(
        &mut self,
        follows: bool,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.point(self.out.len());
        let indicator = self.out.len();
        self.out.push(0);
        write(&mut self.out)?;
        let limit = if follows { LIMIT - 2 } else { LIMIT };
        self.out.truncate(indicator + 1 + limit);
        let length = self.out.len() - indicator - 1;
        self.out[indicator] = u8::try_from(length).unwrap_or(u8::MAX);
        Ok(())
    }

    /// The optional part; no octets for none.
    pub(super) fn optional(&mut self, parameters: &[u8]) {
        if !parameters.is_empty() {
            self.point(self.out.len());
            self.out.extend_from_slice(parameters);
            self.out.push(ParameterCode::END_OF_OPTIONAL_PARAMETERS.0);
        }
    }

    /// Octets as they are.
    pub(super) fn raw(&mut self, octets: &[u8]) {
        self.out.extend_from_slice(octets);
    }

    /// The octets; `None` if a pointer could not lead as far as it should.
    pub(super) fn finish(self) -> Option<Vec<u8>> {
        self.whole.then_some(self.out)
    }

    /// Makes the next pointer lead to that place.
    fn point(&mut self, target: usize) {
        let distance = u8::try_from(target - self.pointer);
        self.whole &= distance.is_ok();
        self.out[self.pointer] = distance.unwrap_or(0);
        self.pointer += 1;
    }
}

/// Most messages fit into that many octets.
const TYPICAL: usize = 96;

/// The most that a length indicator can say. The pointer to what follows has to pass the indicator
/// and itself, too.
const LIMIT: usize = u8::MAX as usize;
