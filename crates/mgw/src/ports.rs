//! The ports of RTP terminations.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

/// Even ports, given out in the order in which they became free: a late packet of an ended call
/// meets a socket of another as late as can be.
#[derive(Debug)]
pub(crate) struct Ports {
    free: VecDeque<u16>,
    in_use: usize,
}

impl Ports {
    /// The share of worker `part` of `parts` of the even ports whose odd neighbour is in the
    /// range too.
    pub(crate) fn new(range: &RangeInclusive<u16>, part: usize, parts: usize) -> Self {
        let first = (*range.start()).max(1).next_multiple_of(2);
        let free = (first..*range.end())
            .step_by(2)
            .skip(part)
            .step_by(parts.max(1))
            .collect();
        Self { free, in_use: 0 }
    }

    pub(crate) fn take(&mut self) -> Option<u16> {
        let port = self.free.pop_front()?;
        self.in_use += 1;
        Some(port)
    }

    pub(crate) fn give_back(&mut self, port: u16) {
        self.in_use -= 1;
        self.free.push_back(port);
    }

    pub(crate) const fn in_use(&self) -> usize {
        self.in_use
    }

    pub(crate) fn free(&self) -> usize {
        self.free.len()
    }
}
