//! Sequence numbers that do not wrap.

/// Extends 16-bit sequence numbers of one source to 64 bits by the nearest value to the highest
/// seen, so that order survives the roll-over.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExtendedSequence {
    highest: Option<u64>,
}

impl ExtendedSequence {
    /// The extended number of a packet; the first packet is put one cycle up, so that earlier
    /// ones which come late still have a number.
    pub const fn extend(&mut self, sequence: u16) -> u64 {
        let Some(highest) = self.highest else {
            let first = CYCLE + sequence as u64;
            self.highest = Some(first);
            return first;
        };
        let ahead = sequence.wrapping_sub(highest as u16);
        if ahead < 0x8000 {
            let extended = highest + ahead as u64;
            self.highest = Some(extended);
            extended
        } else {
            highest.saturating_sub(0x1_0000 - ahead as u64)
        }
    }

    /// The highest number seen.
    pub const fn highest(&self) -> Option<u64> {
        self.highest
    }
}

const CYCLE: u64 = 1 << 16;
