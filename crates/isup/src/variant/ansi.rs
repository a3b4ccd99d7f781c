//! ISUP of North America.

use super::{Delta, PointCodeFormat};
use crate::message::MessageType;
use crate::msg::{ANSI_MESSAGES, MessageRow, Rlc};
use crate::param::{ANSI_PARAMETERS, ParameterCode};
use crate::wire::ReadBody;

/// ANSI T1.113-1995: CICs of 14 bits and point codes of 24. An IAM says in its user service
/// information what Q.763 says in the transmission medium requirement; address complete and
/// answer are never one message; addresses come as a whole.
///
/// The layouts are those on which Yate, libss7 and Wireshark agree. Which messages the standard has
/// besides, and which optional parameters its tables list, is given from memory.
pub(super) const ANSI_1995: Delta = Delta {
    cic_bits: Some(14),
    point_code: Some(PointCodeFormat::ANSI),
    messages: &ROWS,
    without_messages: &[
        MessageType::Sam.code(),
        MessageType::Con.code(),
        MessageType::Far.code(),
        MessageType::Faa.code(),
        MessageType::Frj.code(),
        MessageType::Usr.code(),
        MessageType::Olm.code(),
        MessageType::Crg.code(),
        MessageType::Nrm.code(),
        MessageType::Upt.code(),
        MessageType::Upa.code(),
        MessageType::Idr.code(),
        MessageType::Irs.code(),
        MessageType::Sgm.code(),
        MessageType::Lop.code(),
        MessageType::Apm.code(),
        MessageType::Pri.code(),
        MessageType::Sdn.code(),
    ],
    parameters: ANSI_PARAMETERS,
    without_parameters: &[
        ParameterCode::TRANSMISSION_MEDIUM_REQUIREMENT,
        ParameterCode::SUBSEQUENT_NUMBER,
        ParameterCode::SERVICE_ACTIVATION,
        ParameterCode::TRANSMISSION_MEDIUM_REQUIREMENT_PRIME,
    ],
    ..Delta::new("ansi-1995", "ANSI T1.113-1995", "T1.113", "itu")
};

/// Those that the base has with other parameters, then those that it has not.
const ROWS: [MessageRow; 2 + ANSI_MESSAGES.len()] = {
    let mut rows = [IAM; 2 + ANSI_MESSAGES.len()];
    rows[1] = RLC;
    let mut index = 0;
    while index < ANSI_MESSAGES.len() {
        rows[2 + index] = *ANSI_MESSAGES[index];
        index += 1;
    }
    rows
};

/// A release complete has nothing to say.
const RLC: MessageRow = MessageRow {
    has_optional_part: false,
    optional: &[],
    clause: "T1.113 table 5",
    ..*Rlc::ROW
};

const IAM: MessageRow = MessageRow {
    message_type: MessageType::Iam,
    acronym: "IAM",
    name: "initial address",
    fixed: &[
        (ParameterCode::NATURE_OF_CONNECTION_INDICATORS, 1),
        (ParameterCode::FORWARD_CALL_INDICATORS, 2),
        (ParameterCode::CALLING_PARTYS_CATEGORY, 1),
    ],
    variable: &[
        ParameterCode::USER_SERVICE_INFORMATION,
        ParameterCode::CALLED_PARTY_NUMBER,
    ],
    has_optional_part: true,
    optional: &[
        ParameterCode::ACCESS_TRANSPORT,
        ParameterCode::BUSINESS_GROUP,
        ParameterCode::CALL_REFERENCE,
        ParameterCode::CALLING_PARTY_NUMBER,
        ParameterCode::CARRIER_IDENTIFICATION,
        ParameterCode::CARRIER_SELECTION_INFORMATION,
        ParameterCode::CHARGE_NUMBER,
        ParameterCode::CIRCUIT_ASSIGNMENT_MAP,
        ParameterCode::CLOSED_USER_GROUP_INTERLOCK_CODE,
        ParameterCode::CONNECTION_REQUEST,
        ParameterCode::EGRESS_SERVICE,
        ParameterCode::GENERIC_ADDRESS,
        ParameterCode::ANSI_GENERIC_DIGITS,
        ParameterCode::GENERIC_NAME,
        ParameterCode::HOP_COUNTER,
        ParameterCode::INFORMATION_REQUEST_INDICATORS,
        ParameterCode::JURISDICTION_INFORMATION,
        ParameterCode::LOCAL_SERVICE_PROVIDER_IDENTIFICATION,
        ParameterCode::MLPP_PRECEDENCE,
        ParameterCode::NETWORK_TRANSPORT,
        ParameterCode::NOTIFICATION_INDICATOR,
        ParameterCode::OPERATOR_SERVICES_INFORMATION,
        ParameterCode::OPTIONAL_FORWARD_CALL_INDICATORS,
        ParameterCode::ORIGINAL_CALLED_NUMBER,
        ParameterCode::ORIGINATING_LINE_INFORMATION,
        ParameterCode::REDIRECTING_NUMBER,
        ParameterCode::REDIRECTION_INFORMATION,
        ParameterCode::REMOTE_OPERATIONS,
        ParameterCode::ANSI_SERVICE_ACTIVATION,
        ParameterCode::SERVICE_CODE_INDICATOR,
        ParameterCode::SPECIAL_PROCESSING_REQUEST,
        ParameterCode::TRANSACTION_REQUEST,
        ParameterCode::ANSI_TRANSIT_NETWORK_SELECTION,
        ParameterCode::USER_SERVICE_INFORMATION_PRIME,
        ParameterCode::USER_TO_USER_INFORMATION,
    ],
    clause: "T1.113 table 14",
};
