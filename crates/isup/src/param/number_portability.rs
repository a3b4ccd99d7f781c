//! Number portability forward information (Q.763 3.101).

use super::indicators;
use crate::codes::codes;

codes! {
    /// Number portability status indicator (Q.763 3.101): 4 bits.
    pub enum NumberPortabilityStatus {
        NoIndication = 0, "no indication";
        QueryNotDone = 1, "number portability query not done for called number";
        NotPorted = 2,
            "number portability query done for called number, non-ported called subscriber";
        Ported = 3, "number portability query done for called number, ported called subscriber";
        _ => Spare, "spare number portability status"
    }
}

indicators! {
    /// Number portability forward information (Q.763 3.101).
    pub struct NumberPortabilityForwardInformation: NUMBER_PORTABILITY_FORWARD_INFORMATION {
        // The extension indicator.
        0 | 0x80 {
            /// Number portability status indicator.
            status: NumberPortabilityStatus, 0..4, "number portability status indicator";
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{reads_and_writes, refuses_fewer};

    #[test]
    fn status_both_ways() {
        for (octet, status) in [
            (0x80, NumberPortabilityStatus::NoIndication),
            (0x83, NumberPortabilityStatus::Ported),
            (0x8f, NumberPortabilityStatus::Spare(15)),
        ] {
            reads_and_writes(&[octet], NumberPortabilityForwardInformation { status });
        }
        refuses_fewer::<NumberPortabilityForwardInformation>(1);
    }
}
