//! The names of the parameters (Q.763 table 5).

use super::Coding;
use core::fmt;

/// The name of a parameter, one octet (Q.763 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParameterCode(pub u8);

/// One row of [`PARAMETERS`].
#[derive(Clone, Copy, Debug)]
pub struct ParameterRow {
    /// The code.
    pub code: ParameterCode,
    /// What the standard calls it, in lower case.
    pub name: &'static str,
    /// Where it is defined.
    pub clause: &'static str,
    /// The type that reads and writes it; `None` for octets that are passed on as they are.
    pub coding: Option<Coding>,
}

/// Declares names of parameters and the table of them: constant, code, name, clause, type.
macro_rules! parameters {
    (
        $(#[$meta:meta])*
        $table:ident;
        $($constant:ident = $code:literal, $name:literal, $clause:literal $(, $type:ident)?;)+
    ) => {
        impl $crate::param::ParameterCode {
            $(
                #[doc = concat!("Code ", stringify!($code), ": ", $name, " (", $clause, ").")]
                pub const $constant: Self = Self($code);
            )+
        }

        $(#[$meta])*
        pub const $table: &[$crate::param::ParameterRow] = &[$($crate::param::ParameterRow {
            code: $crate::param::ParameterCode($code),
            name: $name,
            clause: $clause,
            coding: parameters!(@coding $($type)?),
        },)+];
    };
    (@coding) => { None };
    (@coding $type:ident) => {
        Some($crate::param::Coding::of::<$crate::param::$type>(stringify!($type)))
    };
}

pub(super) use parameters;

parameters! {
    /// Every parameter of Q.763 (table 5), by code.
    PARAMETERS;
    END_OF_OPTIONAL_PARAMETERS = 0, "end of optional parameters", "Q.763 3.20";
    CALL_REFERENCE = 1, "call reference", "Q.763 3.8", CallReference;
    TRANSMISSION_MEDIUM_REQUIREMENT = 2, "transmission medium requirement", "Q.763 3.54", TransmissionMedium;
    ACCESS_TRANSPORT = 3, "access transport", "Q.763 3.3", AccessTransport;
    CALLED_PARTY_NUMBER = 4, "called party number", "Q.763 3.9", CalledPartyNumber;
    SUBSEQUENT_NUMBER = 5, "subsequent number", "Q.763 3.51", SubsequentNumber;
    NATURE_OF_CONNECTION_INDICATORS = 6, "nature of connection indicators", "Q.763 3.35", NatureOfConnection;
    FORWARD_CALL_INDICATORS = 7, "forward call indicators", "Q.763 3.23", ForwardCallIndicators;
    OPTIONAL_FORWARD_CALL_INDICATORS = 8, "optional forward call indicators", "Q.763 3.38", OptionalForwardCallIndicators;
    CALLING_PARTYS_CATEGORY = 9, "calling party's category", "Q.763 3.11", CallingPartyCategory;
    CALLING_PARTY_NUMBER = 10, "calling party number", "Q.763 3.10", CallingPartyNumber;
    REDIRECTING_NUMBER = 11, "redirecting number", "Q.763 3.44", RedirectingNumber;
    REDIRECTION_NUMBER = 12, "redirection number", "Q.763 3.46", RedirectionNumber;
    CONNECTION_REQUEST = 13, "connection request", "Q.763 3.17", ConnectionRequest;
    INFORMATION_REQUEST_INDICATORS = 14, "information request indicators", "Q.763 3.29", InformationRequestIndicators;
    INFORMATION_INDICATORS = 15, "information indicators", "Q.763 3.28", InformationIndicators;
    CONTINUITY_INDICATORS = 16, "continuity indicators", "Q.763 3.18", ContinuityIndicators;
    BACKWARD_CALL_INDICATORS = 17, "backward call indicators", "Q.763 3.5", BackwardCallIndicators;
    CAUSE_INDICATORS = 18, "cause indicators", "Q.763 3.12", CauseIndicators;
    REDIRECTION_INFORMATION = 19, "redirection information", "Q.763 3.45", RedirectionInformation;
    CIRCUIT_GROUP_SUPERVISION_MESSAGE_TYPE = 21,
        "circuit group supervision message type", "Q.763 3.13", CircuitGroupSupervisionMessageType;
    RANGE_AND_STATUS = 22, "range and status", "Q.763 3.43", RangeAndStatus;
    FACILITY_INDICATOR = 24, "facility indicator", "Q.763 3.22", FacilityIndicator;
    CLOSED_USER_GROUP_INTERLOCK_CODE = 26, "closed user group interlock code", "Q.763 3.15", ClosedUserGroupInterlockCode;
    USER_SERVICE_INFORMATION = 29, "user service information", "Q.763 3.57", UserServiceInformation;
    SIGNALLING_POINT_CODE = 30, "signalling point code", "Q.763 3.50", SignallingPointCode;
    USER_TO_USER_INFORMATION = 32, "user-to-user information", "Q.763 3.61", UserToUserInformation;
    CONNECTED_NUMBER = 33, "connected number", "Q.763 3.16", ConnectedNumber;
    SUSPEND_RESUME_INDICATORS = 34, "suspend/resume indicators", "Q.763 3.52", SuspendResumeIndicators;
    TRANSIT_NETWORK_SELECTION = 35, "transit network selection", "Q.763 3.53", TransitNetworkSelection;
    EVENT_INFORMATION = 36, "event information", "Q.763 3.21", EventInformation;
    CIRCUIT_ASSIGNMENT_MAP = 37, "circuit assignment map", "Q.763 3.69", CircuitAssignmentMap;
    CIRCUIT_STATE_INDICATOR = 38, "circuit state indicator", "Q.763 3.14", CircuitStateIndicator;
    AUTOMATIC_CONGESTION_LEVEL = 39, "automatic congestion level", "Q.763 3.4", AutomaticCongestionLevel;
    ORIGINAL_CALLED_NUMBER = 40, "original called number", "Q.763 3.39", OriginalCalledNumber;
    OPTIONAL_BACKWARD_CALL_INDICATORS = 41, "optional backward call indicators", "Q.763 3.37", OptionalBackwardCallIndicators;
    USER_TO_USER_INDICATORS = 42, "user-to-user indicators", "Q.763 3.60", UserToUserIndicators;
    ORIGINATION_ISC_POINT_CODE = 43, "origination ISC point code", "Q.763 3.40", OriginationIscPointCode;
    GENERIC_NOTIFICATION_INDICATOR = 44, "generic notification indicator", "Q.763 3.25", GenericNotificationIndicator;
    CALL_HISTORY_INFORMATION = 45, "call history information", "Q.763 3.7", CallHistoryInformation;
    ACCESS_DELIVERY_INFORMATION = 46, "access delivery information", "Q.763 3.2", AccessDeliveryInformation;
    NETWORK_SPECIFIC_FACILITY = 47, "network specific facility", "Q.763 3.36", NetworkSpecificFacility;
    USER_SERVICE_INFORMATION_PRIME = 48, "user service information prime", "Q.763 3.58", UserServiceInformationPrime;
    PROPAGATION_DELAY_COUNTER = 49, "propagation delay counter", "Q.763 3.42", PropagationDelayCounter;
    REMOTE_OPERATIONS = 50, "remote operations", "Q.763 3.48", RemoteOperations;
    SERVICE_ACTIVATION = 51, "service activation", "Q.763 3.49", ServiceActivation;
    USER_TELESERVICE_INFORMATION = 52, "user teleservice information", "Q.763 3.59", UserTeleserviceInformation;
    TRANSMISSION_MEDIUM_USED = 53, "transmission medium used", "Q.763 3.56", TransmissionMediumUsed;
    CALL_DIVERSION_INFORMATION = 54, "call diversion information", "Q.763 3.6", CallDiversionInformation;
    ECHO_CONTROL_INFORMATION = 55, "echo control information", "Q.763 3.19", EchoControlInformation;
    MESSAGE_COMPATIBILITY_INFORMATION = 56, "message compatibility information", "Q.763 3.33", MessageCompatibilityInformation;
    PARAMETER_COMPATIBILITY_INFORMATION = 57, "parameter compatibility information", "Q.763 3.41", ParameterCompatibilityInformation;
    MLPP_PRECEDENCE = 58, "MLPP precedence", "Q.763 3.34", MlppPrecedence;
    MCID_REQUEST_INDICATORS = 59, "MCID request indicators", "Q.763 3.31", McidRequestIndicators;
    MCID_RESPONSE_INDICATORS = 60, "MCID response indicators", "Q.763 3.32", McidResponseIndicators;
    HOP_COUNTER = 61, "hop counter", "Q.763 3.80", HopCounter;
    TRANSMISSION_MEDIUM_REQUIREMENT_PRIME = 62,
        "transmission medium requirement prime", "Q.763 3.55", TransmissionMediumRequirementPrime;
    LOCATION_NUMBER = 63, "location number", "Q.763 3.30", LocationNumber;
    REDIRECTION_NUMBER_RESTRICTION = 64, "redirection number restriction", "Q.763 3.47", RedirectionNumberRestriction;
    CALL_TRANSFER_REFERENCE = 67, "call transfer reference", "Q.763 3.65", CallTransferReference;
    LOOP_PREVENTION_INDICATORS = 68, "loop prevention indicators", "Q.763 3.67", LoopPreventionIndicators;
    CALL_TRANSFER_NUMBER = 69, "call transfer number", "Q.763 3.64", CallTransferNumber;
    CCSS = 75, "CCSS", "Q.763 3.63", Ccss;
    FORWARD_GVNS = 76, "forward GVNS", "Q.763 3.66", ForwardGvns;
    BACKWARD_GVNS = 77, "backward GVNS", "Q.763 3.62", BackwardGvns;
    REDIRECT_CAPABILITY = 78, "redirect capability", "Q.763 3.96", RedirectCapability;
    NETWORK_MANAGEMENT_CONTROLS = 91, "network management controls", "Q.763 3.68", NetworkManagementControls;
    CORRELATION_ID = 101, "correlation id", "Q.763 3.70", CorrelationId;
    SCF_ID = 102, "SCF id", "Q.763 3.71", ScfId;
    CALL_DIVERSION_TREATMENT_INDICATORS = 110,
        "call diversion treatment indicators", "Q.763 3.72", CallDiversionTreatmentIndicators;
    CALLED_IN_NUMBER = 111, "called IN number", "Q.763 3.73", CalledInNumber;
    CALL_OFFERING_TREATMENT_INDICATORS = 112, "call offering treatment indicators", "Q.763 3.74", CallOfferingTreatmentIndicators;
    CHARGED_PARTY_IDENTIFICATION = 113, "charged party identification", "Q.763 3.75", ChargedPartyIdentification;
    CONFERENCE_TREATMENT_INDICATORS = 114, "conference treatment indicators", "Q.763 3.76", ConferenceTreatmentIndicators;
    DISPLAY_INFORMATION = 115, "display information", "Q.763 3.77", DisplayInformation;
    UID_ACTION_INDICATORS = 116, "UID action indicators", "Q.763 3.78", UidActionIndicators;
    UID_CAPABILITY_INDICATORS = 117, "UID capability indicators", "Q.763 3.79", UidCapabilityIndicators;
    REDIRECT_COUNTER = 119, "redirect counter", "Q.763 3.97", RedirectCounter;
    APPLICATION_TRANSPORT = 120, "application transport", "Q.763 3.82", ApplicationTransport;
    COLLECT_CALL_REQUEST = 121, "collect call request", "Q.763 3.81", CollectCallRequest;
    CCNR_POSSIBLE_INDICATOR = 122, "CCNR possible indicator", "Q.763 3.83", CcnrPossibleIndicator;
    PIVOT_CAPABILITY = 123, "pivot capability", "Q.763 3.84", PivotCapability;
    PIVOT_ROUTING_INDICATORS = 124, "pivot routing indicators", "Q.763 3.85", PivotRoutingIndicators;
    CALLED_DIRECTORY_NUMBER = 125, "called directory number", "Q.763 3.86", CalledDirectoryNumber;
    ORIGINAL_CALLED_IN_NUMBER = 127, "original called IN number", "Q.763 3.87", OriginalCalledInNumber;
    CALLING_GEODETIC_LOCATION = 129, "calling geodetic location", "Q.763 3.88", CallingGeodeticLocation;
    HTR_INFORMATION = 130, "HTR information", "Q.763 3.89", HtrInformation;
    NETWORK_ROUTING_NUMBER = 132, "network routing number", "Q.763 3.90", NetworkRoutingNumber;
    QUERY_ON_RELEASE_CAPABILITY = 133, "query on release capability", "Q.763 3.91", QueryOnReleaseCapability;
    PIVOT_STATUS = 134, "pivot status", "Q.763 3.92", PivotStatus;
    PIVOT_COUNTER = 135, "pivot counter", "Q.763 3.93", PivotCounter;
    PIVOT_ROUTING_FORWARD_INFORMATION = 136, "pivot routing forward information", "Q.763 3.94", PivotRoutingForwardInformation;
    PIVOT_ROUTING_BACKWARD_INFORMATION = 137, "pivot routing backward information", "Q.763 3.95", PivotRoutingBackwardInformation;
    REDIRECT_STATUS = 138, "redirect status", "Q.763 3.98", RedirectStatus;
    REDIRECT_FORWARD_INFORMATION = 139, "redirect forward information", "Q.763 3.99", RedirectForwardInformation;
    REDIRECT_BACKWARD_INFORMATION = 140, "redirect backward information", "Q.763 3.100", RedirectBackwardInformation;
    NUMBER_PORTABILITY_FORWARD_INFORMATION = 141,
        "number portability forward information", "Q.763 3.101", NumberPortabilityForwardInformation;
    FORWARD_CAT_INDICATORS = 142, "forward CAT indicators", "Q.763 Amd. 6", ForwardCatIndicators;
    BACKWARD_CAT_INDICATORS = 143, "backward CAT indicators", "Q.763 Amd. 6", BackwardCatIndicators;
    AUTOMATIC_REROUTING = 150, "automatic re-routing", "Q.763 Amd. 3", AutomaticRerouting;
    IEPS_CALL_INFORMATION = 166, "IEPS call information", "Q.763 Amd. 4", IepsCallInformation;
    VED_INFORMATION = 168, "VED information", "Q.763 Amd. 5", VedInformation;
    GENERIC_NUMBER = 192, "generic number", "Q.763 3.26", GenericNumber;
    GENERIC_DIGITS = 193, "generic digits", "Q.763 3.24", GenericDigits;
}

impl ParameterCode {
    /// Its row of [`PARAMETERS`].
    pub const fn row(self) -> Option<&'static ParameterRow> {
        match ROWS[self.0 as usize] {
            0 => None,
            row => Some(&PARAMETERS[row as usize - 1]),
        }
    }

    /// What Q.763 calls it, in lower case, or `"unknown parameter"`.
    pub const fn name(self) -> &'static str {
        match self.row() {
            Some(row) => row.name,
            None => "unknown parameter",
        }
    }

    /// Where it is defined; for an unknown parameter, where the names are.
    pub const fn clause(self) -> &'static str {
        match self.row() {
            Some(row) => row.clause,
            None => "Q.763 3.1",
        }
    }
}

/// Where the row of each code stands in [`PARAMETERS`], counted from 1; 0 if it has none.
const ROWS: [u8; 256] = {
    let mut rows = [0; 256];
    let mut index = 0;
    while index < PARAMETERS.len() {
        rows[PARAMETERS[index].code.0 as usize] = index as u8 + 1;
        index += 1;
    }
    rows
};

impl fmt::Display for ParameterCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row() {
            Some(row) => f.write_str(row.name),
            None => write!(f, "parameter {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_complete_in_order_and_without_duplicates() {
        for pair in PARAMETERS.windows(2) {
            assert!(pair[0].code < pair[1].code, "{pair:?}");
        }
        for row in PARAMETERS {
            assert!(row.clause.starts_with("Q.763 "), "{row:?}");
            let same_clause = PARAMETERS.iter().filter(|other| other.clause == row.clause);
            // The amendments' clauses are not to be had: they are cited whole.
            assert!(
                same_clause.count() == 1 || row.clause.contains("Amd."),
                "{row:?}"
            );
            assert_eq!(
                PARAMETERS
                    .iter()
                    .filter(|other| other.name == row.name)
                    .count(),
                1
            );
            assert_eq!((row.code.name(), row.code.clause()), (row.name, row.clause));
        }
    }

    #[test]
    fn unknown_code_is_named_by_its_number() {
        assert_eq!(ParameterCode(200).to_string(), "parameter 200");
        assert_eq!(ParameterCode(200).name(), "unknown parameter");
    }
}
