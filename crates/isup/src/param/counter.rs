//! Parameters that are one small number: hop, redirect and pivot counter, automatic congestion
//! level.

use super::{Parameter, ParameterCode, first};
use crate::describe::Description;
use crate::error::Problem;

/// Declares counters of 5 bits.
macro_rules! counters {
    ($($(#[$meta:meta])* $name:ident: $code:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u8);

        impl Parameter for $name {
            const CODE: ParameterCode = ParameterCode::$code;

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
    )+};
}

counters! {
    /// Hop counter (Q.763 3.80): how many more exchanges the call may pass, 5 bits.
    HopCounter: HOP_COUNTER;
    /// Pivot counter (Q.763 3.93): how often the call was pivoted, 5 bits.
    PivotCounter: PIVOT_COUNTER;
    /// Redirect counter (Q.763 3.97), national use: how often the call was redirected, 5 bits.
    RedirectCounter: REDIRECT_COUNTER;
}

/// Automatic congestion level (Q.763 3.4) of the exchange that releases: 1 or 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AutomaticCongestionLevel(pub u8);

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn counters_have_5_bits_and_do_not_wrap_round() {
        assert_eq!(RedirectCounter::read(&[0xe3]), Ok(RedirectCounter(3)));
        reads_and_writes(&[0x1f], PivotCounter(31));
        reads_and_writes(&[0x02], HopCounter(2));
        let mut out = Vec::new();
        HopCounter(32).write(&mut out);
        assert_eq!(out, [31]);
        assert_eq!(described(&PivotCounter(3)), ["3"]);
        refuses_fewer::<RedirectCounter>(1);
    }

    #[test]
    fn congestion_level_is_told() {
        reads_and_writes(&[2], AutomaticCongestionLevel(2));
        assert_eq!(
            described(&AutomaticCongestionLevel(2)),
            ["congestion level 2 exceeded"]
        );
        assert_eq!(
            described(&AutomaticCongestionLevel(3)),
            ["spare congestion level (3)"]
        );
    }
}
