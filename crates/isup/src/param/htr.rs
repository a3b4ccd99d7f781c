//! HTR information (Q.763 3.89).

use super::number_coding::numbers;
use super::{NatureOfAddress, NumberingPlan};

numbers! {
    /// HTR information (Q.763 3.89): to which number calls are hard to reach (E.412), for the
    /// exchanges before this one to hold them back. The digits are as many as say which
    /// destination it is.
    pub struct HtrInformation: HTR_INFORMATION {
        /// A number of the ISDN numbering plan.
        new;
        nature: NatureOfAddress;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problem;
    use crate::param::Parameter;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn htr_information() {
        // Odd number of signals, national number; E.164; 4 9 3, filler 0.
        let value = HtrInformation::new(NatureOfAddress::National, "493".parse().unwrap());
        reads_and_writes(&[0x83, 0x10, 0x94, 0x03], value);
        assert_eq!(described(&value)[0], "493");
        assert!(!format!("{value:?}").contains("493"));
        refuses_fewer::<HtrInformation>(2);
    }

    #[test]
    fn more_signals_than_can_be_kept_are_refused() {
        let problem = Problem::TooManyDigits {
            limit: 32,
            have: 17,
        };
        assert_eq!(HtrInformation::read(&[0; 19]), Err(problem));
    }
}
