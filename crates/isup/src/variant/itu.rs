//! The editions of ITU-T Q.763.
//!
//! Each is the next later one without what that added. The clauses of 1999 tell the editions
//! apart: 3.2 to 3.61 stand in alphabetical order and are the parameters of 1992, those of 1997
//! follow up to 3.81, those of 1999 up to 3.101; 3.102 and more are of the amendments. Message
//! tables and the parameters of 1988 are given from memory.

use super::Delta;
use crate::message::MessageType;
use crate::msg::MessageRow;
use crate::param::{PARAMETERS_OF_1988, ParameterCode};

/// Q.763 (12/1999), without its amendments of 2001 and later.
pub(super) const EDITION_2000: Delta = Delta {
    without_parameters: &[
        ParameterCode::FORWARD_CAT_INDICATORS,
        ParameterCode::BACKWARD_CAT_INDICATORS,
        ParameterCode::AUTOMATIC_REROUTING,
        ParameterCode::IEPS_CALL_INFORMATION,
        ParameterCode::VED_INFORMATION,
    ],
    ..Delta::new(
        "itu-2000",
        "ITU-T Q.763 (12/1999) without amendments",
        "Q.763",
        "itu",
    )
};

/// Q.763 (09/1997): without application transport, pivot routing, redirection and number
/// portability.
pub(super) const EDITION_1997: Delta = Delta {
    without_messages: &[
        MessageType::Apm.code(),
        MessageType::Pri.code(),
        MessageType::Sdn.code(),
    ],
    without_parameters: &[
        ParameterCode::APPLICATION_TRANSPORT,
        ParameterCode::CCNR_POSSIBLE_INDICATOR,
        ParameterCode::PIVOT_CAPABILITY,
        ParameterCode::PIVOT_ROUTING_INDICATORS,
        ParameterCode::CALLED_DIRECTORY_NUMBER,
        ParameterCode::ORIGINAL_CALLED_IN_NUMBER,
        ParameterCode::CALLING_GEODETIC_LOCATION,
        ParameterCode::HTR_INFORMATION,
        ParameterCode::NETWORK_ROUTING_NUMBER,
        ParameterCode::QUERY_ON_RELEASE_CAPABILITY,
        ParameterCode::PIVOT_STATUS,
        ParameterCode::PIVOT_COUNTER,
        ParameterCode::PIVOT_ROUTING_FORWARD_INFORMATION,
        ParameterCode::PIVOT_ROUTING_BACKWARD_INFORMATION,
        ParameterCode::REDIRECT_CAPABILITY,
        ParameterCode::REDIRECT_COUNTER,
        ParameterCode::REDIRECT_STATUS,
        ParameterCode::REDIRECT_FORWARD_INFORMATION,
        ParameterCode::REDIRECT_BACKWARD_INFORMATION,
        ParameterCode::NUMBER_PORTABILITY_FORWARD_INFORMATION,
    ],
    ..Delta::new(
        "itu-1997",
        "ITU-T Q.763 (09/1997)",
        "Q.763 (1997)",
        "itu-2000",
    )
};

/// Q.763 of 1992, printed 03/1993: without loop prevention, call transfer, intelligent networks
/// and the hop counter.
pub(super) const EDITION_1992: Delta = Delta {
    without_messages: &[MessageType::Lop.code()],
    without_parameters: &[
        ParameterCode::BACKWARD_GVNS,
        ParameterCode::CCSS,
        ParameterCode::CALL_TRANSFER_NUMBER,
        ParameterCode::CALL_TRANSFER_REFERENCE,
        ParameterCode::FORWARD_GVNS,
        ParameterCode::LOOP_PREVENTION_INDICATORS,
        ParameterCode::NETWORK_MANAGEMENT_CONTROLS,
        ParameterCode::CIRCUIT_ASSIGNMENT_MAP,
        ParameterCode::CORRELATION_ID,
        ParameterCode::SCF_ID,
        ParameterCode::CALL_DIVERSION_TREATMENT_INDICATORS,
        ParameterCode::CALLED_IN_NUMBER,
        ParameterCode::CALL_OFFERING_TREATMENT_INDICATORS,
        ParameterCode::CHARGED_PARTY_IDENTIFICATION,
        ParameterCode::CONFERENCE_TREATMENT_INDICATORS,
        ParameterCode::DISPLAY_INFORMATION,
        ParameterCode::UID_ACTION_INDICATORS,
        ParameterCode::UID_CAPABILITY_INDICATORS,
        ParameterCode::HOP_COUNTER,
        ParameterCode::COLLECT_CALL_REQUEST,
    ],
    ..Delta::new("itu-1992", "ITU-T Q.763 (1992)", "Q.763 (1992)", "itu-1997")
};

/// Q.763 (1988), the Blue Book: with call modification and delayed release, without the
/// compatibility information and what came with it.
pub(super) const EDITION_1988: Delta = Delta {
    messages: &[
        call_modification(0x1c, "CMR", "call modification request"),
        call_modification(0x1d, "CMC", "call modification completed"),
        call_modification(0x1e, "CMRJ", "call modification reject"),
        MessageRow {
            message_type: MessageType::from_code(0x27),
            acronym: "DRS",
            name: "delayed release",
            fixed: &[],
            variable: &[ParameterCode::CAUSE_INDICATORS],
            has_optional_part: true,
            optional: &[ParameterCode::CALL_REFERENCE],
            clause: "Q.763 (1988) 4",
        },
    ],
    without_messages: &[
        MessageType::Nrm.code(),
        MessageType::Fac.code(),
        MessageType::Upt.code(),
        MessageType::Upa.code(),
        MessageType::Idr.code(),
        MessageType::Irs.code(),
        MessageType::Sgm.code(),
    ],
    parameters: PARAMETERS_OF_1988,
    without_parameters: &[
        ParameterCode::ORIGINATION_ISC_POINT_CODE,
        ParameterCode::GENERIC_NOTIFICATION_INDICATOR,
        ParameterCode::CALL_HISTORY_INFORMATION,
        ParameterCode::ACCESS_DELIVERY_INFORMATION,
        ParameterCode::NETWORK_SPECIFIC_FACILITY,
        ParameterCode::USER_SERVICE_INFORMATION_PRIME,
        ParameterCode::PROPAGATION_DELAY_COUNTER,
        ParameterCode::REMOTE_OPERATIONS,
        ParameterCode::SERVICE_ACTIVATION,
        ParameterCode::USER_TELESERVICE_INFORMATION,
        ParameterCode::TRANSMISSION_MEDIUM_USED,
        ParameterCode::CALL_DIVERSION_INFORMATION,
        ParameterCode::ECHO_CONTROL_INFORMATION,
        ParameterCode::MESSAGE_COMPATIBILITY_INFORMATION,
        ParameterCode::PARAMETER_COMPATIBILITY_INFORMATION,
        ParameterCode::MLPP_PRECEDENCE,
        ParameterCode::MCID_REQUEST_INDICATORS,
        ParameterCode::MCID_RESPONSE_INDICATORS,
        ParameterCode::TRANSMISSION_MEDIUM_REQUIREMENT_PRIME,
        ParameterCode::LOCATION_NUMBER,
        ParameterCode::REDIRECTION_NUMBER_RESTRICTION,
        ParameterCode::GENERIC_NUMBER,
        ParameterCode::GENERIC_DIGITS,
    ],
    ..Delta::new(
        "itu-1988",
        "CCITT Q.763 (1988), Blue Book",
        "Q.763 (1988)",
        "itu-1992",
    )
};

const fn call_modification(code: u8, acronym: &'static str, name: &'static str) -> MessageRow {
    MessageRow {
        message_type: MessageType::from_code(code),
        acronym,
        name,
        fixed: &[(ParameterCode::CALL_MODIFICATION_INDICATORS, 1)],
        variable: &[],
        has_optional_part: true,
        optional: &[ParameterCode::CALL_REFERENCE],
        clause: "Q.763 (1988) 4",
    }
}
