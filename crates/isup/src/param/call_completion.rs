//! Call completion: CCSS and CCNR possible indicator (Q.733.3, Q.733.5).

use super::indicators;

indicators! {
    /// CCSS (Q.763 3.63): call completion service set-up.
    pub struct Ccss: CCSS {
        0 {
            /// CCSS call indicator: this is the call that completes an earlier one.
            ccss_call: bool, 0..1, "CCSS call indicator", ["no indication", "CCSS call"];
        }
    }

    /// CCNR possible indicator (Q.763 3.83): completion of calls on no reply.
    pub struct CcnrPossibleIndicator: CCNR_POSSIBLE_INDICATOR {
        0 {
            /// The called party's exchange can complete the call later if nobody answers.
            possible: bool, 0..1, "CCNR possible indicator",
                ["CCNR not possible", "CCNR possible"];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{reads_and_writes, refuses_fewer};

    #[test]
    fn indicators_are_bit_a() {
        reads_and_writes(&[1], Ccss { ccss_call: true });
        reads_and_writes(&[0], Ccss { ccss_call: false });
        reads_and_writes(&[1], CcnrPossibleIndicator { possible: true });
        reads_and_writes(&[0], CcnrPossibleIndicator { possible: false });
        refuses_fewer::<Ccss>(1);
        refuses_fewer::<CcnrPossibleIndicator>(1);
    }
}
