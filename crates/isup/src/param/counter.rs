//! Parameters that are one small number: hop counter, automatic congestion level.

use super::{Parameter, ParameterCode, first};
use crate::error::Problem;

/// Hop counter (Q.763 3.80): 5 bits.
pub(crate) enum HopCounter {}

/// Automatic congestion level (Q.763 3.4): 8 bits.
pub(crate) enum AutomaticCongestionLevel {}

impl Parameter for HopCounter {
    type Value = u8;
    const CODE: ParameterCode = ParameterCode::HOP_COUNTER;

    fn read(octets: &[u8]) -> Result<u8, Problem> {
        let [octet] = first(octets)?;
        Ok(octet & 0x1f)
    }

    fn write(value: &u8, out: &mut Vec<u8>) {
        // A counter that does not fit must not wrap round to a small one.
        out.push((*value).min(0x1f));
    }
}

impl Parameter for AutomaticCongestionLevel {
    type Value = u8;
    const CODE: ParameterCode = ParameterCode::AUTOMATIC_CONGESTION_LEVEL;

    fn read(octets: &[u8]) -> Result<u8, Problem> {
        let [octet] = first(octets)?;
        Ok(octet)
    }

    fn write(value: &u8, out: &mut Vec<u8>) {
        out.push(*value);
    }
}
