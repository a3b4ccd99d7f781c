//! How a call is to be treated: call diversion, call offering, conference and UID indicators,
//! network management controls, collect call request.

use super::indicators;
use crate::codes::codes;

codes! {
    /// Call to be diverted indicator (Q.763 3.72): 2 bits.
    pub enum CallToBeDiverted {
        NoIndication = 0, "no indication";
        Allowed = 1, "call diversion allowed";
        NotAllowed = 2, "call diversion not allowed";
        _ => Spare, "spare call to be diverted indicator"
    }
}

codes! {
    /// Call to be offered indicator (Q.763 3.74): 2 bits. Other than with diversion, 1 is not
    /// allowed and 2 allowed.
    pub enum CallToBeOffered {
        NoIndication = 0, "no indication";
        NotAllowed = 1, "call offering not allowed";
        Allowed = 2, "call offering allowed";
        _ => Spare, "spare call to be offered indicator"
    }
}

codes! {
    /// Conference acceptance indicator (Q.763 3.76): 2 bits.
    pub enum ConferenceAcceptance {
        NoIndication = 0, "no indication";
        Accept = 1, "accept conference request";
        Reject = 2, "reject conference request";
        _ => Spare, "spare conference acceptance indicator"
    }
}

// Those with an extension indicator (bit H) are one octet: no edition fills further ones.
indicators! {
    /// Call diversion treatment indicators (Q.763 3.72).
    pub struct CallDiversionTreatmentIndicators: CALL_DIVERSION_TREATMENT_INDICATORS {
        0 | 0x80 {
            /// Call to be diverted indicator.
            diversion: CallToBeDiverted, 0..2, "call to be diverted indicator";
        }
    }

    /// Call offering treatment indicators (Q.763 3.74).
    pub struct CallOfferingTreatmentIndicators: CALL_OFFERING_TREATMENT_INDICATORS {
        0 | 0x80 {
            /// Call to be offered indicator.
            offering: CallToBeOffered, 0..2, "call to be offered indicator";
        }
    }

    /// Conference treatment indicators (Q.763 3.76).
    pub struct ConferenceTreatmentIndicators: CONFERENCE_TREATMENT_INDICATORS {
        0 | 0x80 {
            /// Conference acceptance indicator.
            acceptance: ConferenceAcceptance, 0..2, "conference acceptance indicator";
        }
    }

    /// UID action indicators (Q.763 3.78): what an exchange is to do for the dialogue of a user
    /// with the network.
    pub struct UidActionIndicators: UID_ACTION_INDICATORS {
        0 | 0x80 {
            /// Through-connection instruction indicator: through-connect in both directions.
            through_connect: bool, 0..1, "through-connection instruction indicator",
                ["no indication", "through-connect in both directions"];
            /// T9 timer instruction indicator: stop or do not start T9.
            stop_t9: bool, 1..2, "T9 timer instruction indicator",
                ["no indication", "stop or do not start T9 timer"];
        }
    }

    /// UID capability indicators (Q.763 3.79): what exchanges can do for the dialogue of a user
    /// with the network.
    pub struct UidCapabilityIndicators: UID_CAPABILITY_INDICATORS {
        0 | 0x80 {
            /// Through-connection indicator: its modification is possible.
            through_connection: bool, 0..1, "through-connection indicator",
                ["no indication", "through-connection modification possible"];
            /// T9 timer indicator: T9 can be stopped.
            stopping_of_t9: bool, 1..2, "T9 timer indicator",
                ["no indication", "stopping of T9 timer possible"];
        }
    }

    /// Network management controls (Q.763 3.68).
    pub struct NetworkManagementControls: NETWORK_MANAGEMENT_CONTROLS {
        0 | 0x80 {
            /// Temporary alternative routing (TAR) indicator: such routing controls the call.
            tar_controlled: bool, 0..1, "temporary alternative routing (TAR) indicator",
                ["no indication", "TAR controlled call"];
        }
    }

    /// Collect call request (Q.763 3.81).
    pub struct CollectCallRequest: COLLECT_CALL_REQUEST {
        0 {
            /// Collect call request indicator: the called party is to pay.
            requested: bool, 0..1, "collect call request indicator",
                ["no indication", "collect call requested"];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Parameter;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn treatment_indicators_end_with_the_extension_indicator() {
        let diversion = CallToBeDiverted::NotAllowed;
        reads_and_writes(&[0x82], CallDiversionTreatmentIndicators { diversion });
        let offering = CallToBeOffered::Allowed;
        reads_and_writes(&[0x82], CallOfferingTreatmentIndicators { offering });
        let acceptance = ConferenceAcceptance::Accept;
        reads_and_writes(&[0x81], ConferenceTreatmentIndicators { acceptance });
        reads_and_writes(
            &[0x81],
            NetworkManagementControls {
                tar_controlled: true,
            },
        );
        refuses_fewer::<CallDiversionTreatmentIndicators>(1);
        refuses_fewer::<CallOfferingTreatmentIndicators>(1);
        refuses_fewer::<ConferenceTreatmentIndicators>(1);
        refuses_fewer::<NetworkManagementControls>(1);
    }

    #[test]
    fn octet_that_lacks_the_extension_indicator_is_read() {
        let value = NetworkManagementControls {
            tar_controlled: true,
        };
        assert_eq!(NetworkManagementControls::read(&[0x01]), Ok(value));
    }

    #[test]
    fn uid_indicators() {
        // B: T9; A: through-connection.
        let action = UidActionIndicators {
            through_connect: false,
            stop_t9: true,
        };
        reads_and_writes(&[0x82], action);
        let capability = UidCapabilityIndicators {
            through_connection: true,
            stopping_of_t9: false,
        };
        reads_and_writes(&[0x81], capability);
        assert_eq!(
            described(&action),
            [
                "through-connection instruction indicator: no indication",
                "T9 timer instruction indicator: stop or do not start T9 timer"
            ]
        );
        refuses_fewer::<UidActionIndicators>(1);
        refuses_fewer::<UidCapabilityIndicators>(1);
    }

    #[test]
    fn collect_call_request() {
        reads_and_writes(&[1], CollectCallRequest { requested: true });
        reads_and_writes(&[0], CollectCallRequest { requested: false });
        refuses_fewer::<CollectCallRequest>(1);
    }
}
