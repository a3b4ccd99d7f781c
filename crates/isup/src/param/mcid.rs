//! Malicious call identification, MCID (Q.731.7).

use super::indicators;

indicators! {
    /// MCID request indicators (Q.763 3.31), in an IDR.
    pub struct McidRequestIndicators: MCID_REQUEST_INDICATORS {
        0 {
            /// MCID request indicator.
            mcid: bool, 0..1, "MCID request indicator",
                ["MCID not requested", "MCID requested"];
            /// Holding indicator.
            holding: bool, 1..2, "holding indicator",
                ["holding not requested", "holding requested"];
        }
    }

    /// MCID response indicators (Q.763 3.32), in an IRS.
    pub struct McidResponseIndicators: MCID_RESPONSE_INDICATORS {
        0 {
            /// MCID response indicator.
            mcid: bool, 0..1, "MCID response indicator",
                ["MCID not included", "MCID included"];
            /// Hold provided indicator.
            hold_provided: bool, 1..2, "hold provided indicator",
                ["holding not provided", "holding provided"];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{reads_and_writes, refuses_fewer};

    #[test]
    fn request_and_response() {
        // A: MCID, B: holding.
        reads_and_writes(
            &[1],
            McidRequestIndicators {
                mcid: true,
                holding: false,
            },
        );
        reads_and_writes(
            &[2],
            McidRequestIndicators {
                mcid: false,
                holding: true,
            },
        );
        reads_and_writes(
            &[1],
            McidResponseIndicators {
                mcid: true,
                hold_provided: false,
            },
        );
        reads_and_writes(
            &[2],
            McidResponseIndicators {
                mcid: false,
                hold_provided: true,
            },
        );
        refuses_fewer::<McidRequestIndicators>(1);
        refuses_fewer::<McidResponseIndicators>(1);
    }
}
