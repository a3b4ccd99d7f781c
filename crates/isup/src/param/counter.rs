//! Parameters that are one small number: hop counter, automatic congestion level.

use super::{Parameter, ParameterCode, first};
use crate::describe::Description;
use crate::error::Problem;

/// Hop counter (Q.763 3.80): how many more exchanges the call may pass, 5 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HopCounter(pub u8);

/// Automatic congestion level (Q.763 3.4) of the exchange that releases: 1 or 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AutomaticCongestionLevel(pub u8);

impl Parameter for HopCounter {
    const CODE: ParameterCode = ParameterCode::HOP_COUNTER;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(Self(octet & 0x1f))
    }

    fn write(&self, out: &mut Vec<u8>) {
        // A counter that does not fit must not wrap round to a small one.
        out.push(self.0.min(0x1f));
    }

    fn describe(&self) -> Description {
        Description::of(self.0)
    }
}

impl Parameter for AutomaticCongestionLevel {
    const CODE: ParameterCode = ParameterCode::AUTOMATIC_CONGESTION_LEVEL;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(Self(octet))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.0);
    }

    fn describe(&self) -> Description {
        Description::of(match self.0 {
            1 => "congestion level 1 exceeded".to_owned(),
            2 => "congestion level 2 exceeded".to_owned(),
            other => format!("spare congestion level ({other})"),
        })
    }
}
