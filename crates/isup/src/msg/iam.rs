//! Initial address (Q.763 table 32).

use crate::optional::OptionalParameters;
use crate::param::{
    CalledPartyNumber, CallingPartyCategory, ForwardCallIndicators, NatureOfConnection,
    TransmissionMedium,
};
use crate::wire::message;

message! {
    /// Initial address message, IAM (Q.763 table 32): seizes the circuit and asks for a call.
    pub struct Iam: "initial address", "Q.763 table 32" {
        fixed {
            /// Nature of connection indicators.
            nature_of_connection: NatureOfConnection,
            /// Forward call indicators.
            forward_call: ForwardCallIndicators,
            /// Calling party's category.
            calling_category: CallingPartyCategory,
            /// Transmission medium requirement.
            transmission_medium: TransmissionMedium,
        }
        variable {
            /// Called party number.
            called: CalledPartyNumber,
        }
        optional [
            TRANSIT_NETWORK_SELECTION,
            CALL_REFERENCE,
            CALLING_PARTY_NUMBER,
            OPTIONAL_FORWARD_CALL_INDICATORS,
            REDIRECTING_NUMBER,
            REDIRECTION_INFORMATION,
            CLOSED_USER_GROUP_INTERLOCK_CODE,
            CONNECTION_REQUEST,
            ORIGINAL_CALLED_NUMBER,
            USER_TO_USER_INFORMATION,
            ACCESS_TRANSPORT,
            USER_SERVICE_INFORMATION,
            USER_TO_USER_INDICATORS,
            GENERIC_NUMBER,
            PROPAGATION_DELAY_COUNTER,
            USER_SERVICE_INFORMATION_PRIME,
            NETWORK_SPECIFIC_FACILITY,
            GENERIC_DIGITS,
            ORIGINATION_ISC_POINT_CODE,
            USER_TELESERVICE_INFORMATION,
            REMOTE_OPERATIONS,
            PARAMETER_COMPATIBILITY_INFORMATION,
            GENERIC_NOTIFICATION_INDICATOR,
            SERVICE_ACTIVATION,
            MLPP_PRECEDENCE,
            TRANSMISSION_MEDIUM_REQUIREMENT_PRIME,
            LOCATION_NUMBER,
            FORWARD_GVNS,
            CCSS,
            NETWORK_MANAGEMENT_CONTROLS,
            CIRCUIT_ASSIGNMENT_MAP,
            CORRELATION_ID,
            CALL_DIVERSION_TREATMENT_INDICATORS,
            CALLED_IN_NUMBER,
            CALL_OFFERING_TREATMENT_INDICATORS,
            CONFERENCE_TREATMENT_INDICATORS,
            SCF_ID,
            UID_CAPABILITY_INDICATORS,
            ECHO_CONTROL_INFORMATION,
            HOP_COUNTER,
            COLLECT_CALL_REQUEST,
            APPLICATION_TRANSPORT,
            PIVOT_CAPABILITY,
            CALLED_DIRECTORY_NUMBER,
            ORIGINAL_CALLED_IN_NUMBER,
            CALLING_GEODETIC_LOCATION,
            NETWORK_ROUTING_NUMBER,
            QUERY_ON_RELEASE_CAPABILITY,
            PIVOT_COUNTER,
            PIVOT_ROUTING_FORWARD_INFORMATION,
            REDIRECT_CAPABILITY,
            REDIRECT_COUNTER,
            REDIRECT_STATUS,
            REDIRECT_FORWARD_INFORMATION,
            NUMBER_PORTABILITY_FORWARD_INFORMATION,
        ]
    }
}

impl Iam {
    /// An ordinary call to that number, 3.1 kHz audio, with all indicators 0 and no optional
    /// parameters.
    pub fn new(called: CalledPartyNumber) -> Self {
        Self {
            nature_of_connection: NatureOfConnection::default(),
            forward_call: ForwardCallIndicators::default(),
            calling_category: CallingPartyCategory::Ordinary,
            transmission_medium: TransmissionMedium::Audio3k1,
            called,
            optional: OptionalParameters::new(),
        }
    }
}
