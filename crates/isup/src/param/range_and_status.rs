//! Range and status (Q.763 3.43).

use core::fmt;

/// The status field: one bit for each circuit of a range, at most 256.
///
/// Bit 0 stands for the circuit whose CIC is in the message's label.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Status {
    octets: [u8; 32],
}

impl Status {
    /// All bits 0.
    pub const fn new() -> Self {
        Self { octets: [0; 32] }
    }

    /// The bit of the circuit `index` after the first.
    pub const fn get(&self, index: u8) -> bool {
        self.octets[index as usize / 8] >> (index % 8) & 1 == 1
    }

    /// Sets the bit of the circuit `index` after the first.
    pub const fn set(&mut self, index: u8, value: bool) {
        let bit = 1 << (index % 8);
        if value {
            self.octets[index as usize / 8] |= bit;
        } else {
            self.octets[index as usize / 8] &= !bit;
        }
    }

    /// The indices of the bits that are 1, in order.
    pub fn ones(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=u8::MAX).filter(|index| self.get(*index))
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.ones()).finish()
    }
}

/// Range and status (Q.763 3.43).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RangeAndStatus {
    /// Range: the number of circuits less one.
    pub range: u8,
    /// Status; `None` in the messages that have a range alone.
    pub status: Option<Status>,
}
