//! Circuits and their names (Q.763 1.2).

use crate::PointCode;
use core::fmt;

/// A circuit identification code: 12 bits by ITU-T (Q.763 1.2), 14 by ANSI (T1.113 1.2), or a call
/// instance code of BICC, 32 bits, which names no circuit but stands in its place (Q.1902.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cic(u32);

impl Cic {
    /// The largest value that names a circuit.
    pub const MAX: u16 = 0x3fff;

    /// The code of a circuit, or `None` if it does not fit 14 bits. Whether it fits the variant of
    /// a trunk group is for the variant to say.
    pub const fn new(value: u16) -> Option<Self> {
        if value <= Self::MAX {
            Some(Self(value as u32))
        } else {
            None
        }
    }

    /// A call instance code.
    pub const fn call_instance(value: u32) -> Self {
        Self(value)
    }

    /// The number itself.
    pub const fn value(self) -> u32 {
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
    fn refuses_fifteen_bits() {
        assert_eq!(Cic::new(0x3fff).map(Cic::sls), Some(15));
        assert_eq!(Cic::new(0x4000), None);
    }
}
