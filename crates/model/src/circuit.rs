//! Circuits and their names (Q.763 1.2).

use crate::PointCode;
use core::fmt;

/// A circuit identification code: 12 bits (Q.763 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cic(u16);

impl Cic {
    /// The largest value.
    pub const MAX: u16 = 0x0fff;

    /// A circuit identification code, or `None` if it does not fit 12 bits.
    pub const fn new(value: u16) -> Option<Self> {
        if value <= Self::MAX {
            Some(Self(value))
        } else {
            None
        }
    }

    /// The number itself.
    pub const fn value(self) -> u16 {
        self.0
    }

    /// The signaling link selection that keeps the messages of one circuit in order: its four
    /// low bits (Q.704 2.2.4 note, Q.764 2.1).
    pub const fn sls(self) -> u8 {
        (self.0 & 0x0f) as u8
    }
}

impl fmt::Display for Cic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The name of a circuit: the exchange at its far end and the code that both ends use for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CircuitId {
    /// The point code of the exchange at the far end.
    pub dpc: PointCode,
    /// The circuit identification code.
    pub cic: Cic,
}

impl fmt::Display for CircuitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.dpc, self.cic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_thirteen_bits() {
        assert_eq!(Cic::new(0x0fff).map(Cic::sls), Some(15));
        assert_eq!(Cic::new(0x1000), None);
    }
}
