//! What exchanges can do to route a call anew: pivot routing, redirection, query on release.

use super::indicators;
use crate::codes::codes;

codes! {
    /// Pivot possible indicator (Q.763 3.84): 3 bits.
    pub enum PivotPossible {
        NoIndication = 0, "no indication";
        BeforeAcm = 1, "pivot routing possible before ACM";
        BeforeAnm = 2, "pivot routing possible before ANM";
        AnyTime = 3, "pivot routing possible at any time during the call";
        _ => Spare, "spare pivot possible indicator"
    }
}

codes! {
    /// Pivot routing indicator (Q.763 3.85): 7 bits.
    pub enum PivotRouting {
        NoIndication = 0, "no indication";
        Request = 1, "pivot request";
        CancelRequest = 2, "cancel pivot request";
        RequestFailure = 3, "pivot request failure";
        InterworkingProhibited = 4, "interworking to redirection prohibited (backward)";
        _ => Spare, "spare pivot routing indicator"
    }
}

codes! {
    /// Pivot status indicator (Q.763 3.92): 2 bits.
    pub enum PivotStatusIndicator {
        NotUsed = 0, "not used";
        Acknowledged = 1, "acknowledgment of pivot routing";
        WillNotBeInvoked = 2, "pivot routing will not be invoked";
        _ => Spare, "spare pivot status indicator"
    }
}

codes! {
    /// Redirect possible indicator (Q.763 3.96): 3 bits.
    pub enum RedirectPossible {
        NotUsed = 0, "not used";
        BeforeAcm = 1, "redirect possible before ACM";
        BeforeAnm = 2, "redirect possible before ANM";
        AnyTime = 3, "redirect possible at any time during the call";
        _ => Spare, "spare redirect possible indicator"
    }
}

codes! {
    /// Redirect status indicator (Q.763 3.98): 2 bits.
    pub enum RedirectStatusIndicator {
        NotUsed = 0, "not used";
        Acknowledged = 1, "acknowledgment of redirection";
        WillNotBeInvoked = 2, "redirection will not be invoked";
        _ => Spare, "spare redirect status indicator"
    }
}

// All have an extension indicator (bit H); no edition fills further octets.
indicators! {
    /// Pivot capability (Q.763 3.84): whether an exchange passed can take the call back and
    /// route it anew.
    pub struct PivotCapability: PIVOT_CAPABILITY {
        0 | 0x80 {
            /// Pivot possible indicator.
            possible: PivotPossible, 0..3, "pivot possible indicator";
            /// Interworking to redirection indicator: not allowed (national use).
            interworking_not_allowed: bool, 6..7, "interworking to redirection indicator",
                ["allowed (forward)", "not allowed (forward)"];
        }
    }

    /// Pivot routing indicators (Q.763 3.85).
    pub struct PivotRoutingIndicators: PIVOT_ROUTING_INDICATORS {
        0 | 0x80 {
            /// Pivot routing indicator.
            routing: PivotRouting, 0..7, "pivot routing indicator";
        }
    }

    /// Pivot status (Q.763 3.92, national use).
    pub struct PivotStatus: PIVOT_STATUS {
        0 | 0x80 {
            /// Pivot status indicator.
            status: PivotStatusIndicator, 0..2, "pivot status indicator";
        }
    }

    /// Redirect capability (Q.763 3.96, national use).
    pub struct RedirectCapability: REDIRECT_CAPABILITY {
        0 | 0x80 {
            /// Redirect possible indicator.
            possible: RedirectPossible, 0..3, "redirect possible indicator";
        }
    }

    /// Redirect status (Q.763 3.98, national use).
    pub struct RedirectStatus: REDIRECT_STATUS {
        0 | 0x80 {
            /// Redirect status indicator.
            status: RedirectStatusIndicator, 0..2, "redirect status indicator";
        }
    }

    /// Query on release capability (Q.763 3.91, network option): whether an exchange passed asks
    /// where a ported number is once the call is released (Q.769.1).
    pub struct QueryOnReleaseCapability: QUERY_ON_RELEASE_CAPABILITY {
        0 | 0x80 {
            /// QoR capability indicator.
            supported: bool, 0..1, "QoR capability indicator", ["no indication", "QoR support"];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn pivot_capability() {
        // H last octet, G interworking not allowed, CBA 010 before ANM.
        let value = PivotCapability {
            possible: PivotPossible::BeforeAnm,
            interworking_not_allowed: true,
        };
        reads_and_writes(&[0b1100_0010], value);
        refuses_fewer::<PivotCapability>(1);
    }

    #[test]
    fn single_codes_end_with_the_extension_indicator() {
        let routing = PivotRoutingIndicators {
            routing: PivotRouting::RequestFailure,
        };
        reads_and_writes(&[0x83], routing);
        assert_eq!(described(&routing), ["pivot request failure"]);
        let status = PivotStatusIndicator::WillNotBeInvoked;
        reads_and_writes(&[0x82], PivotStatus { status });
        let possible = RedirectPossible::AnyTime;
        reads_and_writes(&[0x83], RedirectCapability { possible });
        let status = RedirectStatusIndicator::Acknowledged;
        reads_and_writes(&[0x81], RedirectStatus { status });
        reads_and_writes(&[0x81], QueryOnReleaseCapability { supported: true });
        refuses_fewer::<PivotRoutingIndicators>(1);
        refuses_fewer::<PivotStatus>(1);
        refuses_fewer::<RedirectCapability>(1);
        refuses_fewer::<RedirectStatus>(1);
        refuses_fewer::<QueryOnReleaseCapability>(1);
    }
}
