//! ISUP of the United Kingdom.

use super::Delta;
use super::builtin::extended;
use crate::msg::MessageRow;
use crate::param::{ParameterCode, UK_PARAMETERS};

/// ND1007, formerly PNO-ISC 007. In which message a parameter comes is said by the ISUP manual of
/// Dialogic, which also knows of no national messages.
pub(super) const UK: Delta = Delta {
    messages: &[
        extended!(
            Iam,
            "ND1007",
            [
                NATIONAL_FORWARD_CALL_INDICATORS_LINK_BY_LINK,
                PARTIAL_CLI,
                LAST_DIVERTING_LINE_IDENTITY,
                PRESENTATION_NUMBER,
                NATIONAL_FORWARD_CALL_INDICATORS,
            ]
        ),
        extended!(Inr, "ND1007", [NATIONAL_INFORMATION_REQUEST_INDICATORS]),
        extended!(
            Inf,
            "ND1007",
            [
                NATIONAL_INFORMATION_INDICATORS,
                CALLED_SUBSCRIBERS_TERMINATING_FACILITY_MARKS,
                CALLING_SUBSCRIBERS_ORIGINATING_FACILITY_MARKS,
                CALLING_SUBSCRIBERS_BASIC_SERVICE_MARKS,
                CALLED_SUBSCRIBERS_BASIC_SERVICE_MARKS,
            ]
        ),
        extended!(Acm, "ND1007", [CALLED_SUBSCRIBERS_BASIC_SERVICE_MARKS]),
        extended!(Con, "ND1007", [CALLED_SUBSCRIBERS_BASIC_SERVICE_MARKS]),
        extended!(Anm, "ND1007", [CALLED_SUBSCRIBERS_BASIC_SERVICE_MARKS]),
        extended!(Cpg, "ND1007", [CALLED_SUBSCRIBERS_BASIC_SERVICE_MARKS]),
    ],
    parameters: UK_PARAMETERS,
    ..Delta::new("uk", "UK ISUP, NICC ND1007", "ND1007", "itu")
};
