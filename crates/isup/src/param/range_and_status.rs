//! Range and status (Q.763 3.43).

use super::{Parameter, ParameterCode, first};
use crate::describe::Description;
use crate::error::Problem;
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

    /// Reads the status of a range, as far as it goes.
    fn read(octets: &[u8], range: u8) -> Result<Self, Problem> {
        let need = Self::length(range);
        let octets = octets.get(..need).ok_or(Problem::TooShort {
            need,
            have: octets.len(),
        })?;
        let mut status = Self::new();
        status.octets[..need].copy_from_slice(octets);
        // Bits beyond the range mean nothing.
        let last = range % 8;
        status.octets[need - 1] &= u8::MAX >> (7 - last);
        Ok(status)
    }

    /// How many octets the status of a range takes.
    fn length(range: u8) -> usize {
        usize::from(range) / 8 + 1
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

impl Parameter for RangeAndStatus {
    const CODE: ParameterCode = ParameterCode::RANGE_AND_STATUS;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [range] = first(octets)?;
        let status = match octets.get(1..) {
            None | Some([]) => None,
            Some(status) => Some(Status::read(status, range)?),
        };
        Ok(Self { range, status })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.range);
        if let Some(status) = self.status {
            out.extend_from_slice(&status.octets[..Status::length(self.range)]);
        }
    }

    fn describe(&self) -> Description {
        let circuits = u16::from(self.range) + 1;
        let description = Description::of(format!("range {}, {circuits} circuits", self.range));
        let Some(status) = self.status else {
            return description;
        };
        let ones: Vec<_> = status.ones().map(|index| index.to_string()).collect();
        let ones = if ones.is_empty() {
            "none".to_owned()
        } else {
            ones.join(", ")
        };
        description.field(
            1,
            "status bits set, counted from the circuit of the label",
            ones,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::described;

    #[test]
    fn bits_stand_for_circuits_from_the_first_on() {
        let mut status = Status::new();
        status.set(0, true);
        status.set(9, true);
        status.set(255, true);
        status.set(255, false);
        assert_eq!(status.ones().collect::<Vec<_>>(), [0, 9]);
        let mut out = Vec::new();
        RangeAndStatus::write(
            &RangeAndStatus {
                range: 9,
                status: Some(status),
            },
            &mut out,
        );
        assert_eq!(out, [9, 0x01, 0x02]);
        let read = RangeAndStatus::read(&out).unwrap();
        assert_eq!(
            described(&read),
            [
                "range 9, 10 circuits",
                "status bits set, counted from the circuit of the label: 0, 9",
            ]
        );
    }

    #[test]
    fn bits_beyond_the_range_are_dropped() {
        let read = RangeAndStatus::read(&[3, 0xff]).unwrap();
        assert_eq!(
            read.status.unwrap().ones().collect::<Vec<_>>(),
            [0, 1, 2, 3]
        );
        let whole = RangeAndStatus::read(&[&[255][..], &[0xff; 32]].concat()).unwrap();
        assert_eq!(whole.status.unwrap().ones().count(), 256);
    }

    #[test]
    fn status_must_be_as_long_as_the_range_says() {
        assert_eq!(
            RangeAndStatus::read(&[8, 0xff]),
            Err(Problem::TooShort { need: 2, have: 1 })
        );
    }
}
