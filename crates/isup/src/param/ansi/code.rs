//! The names of the parameters that ANSI T1.113 has besides those of Q.763, or under a name of
//! Q.763 with another coding (T1.113.3 tables 4 and 4A).
//!
//! A name that is not here has the coding of Q.763. Clauses are those of the chapter T1.113.3;
//! where the clause is not known, the table of the names is given.

use crate::param::code::parameters;

parameters! {
    /// The parameters of T1.113 that differ from those of Q.763, by code.
    ANSI_PARAMETERS;
    ANSI_CALLED_PARTY_NUMBER = 4, "called party number", "T1.113 3.6", AnsiCalledPartyNumber;
    ANSI_FORWARD_CALL_INDICATORS = 7, "forward call indicators", "T1.113 3.20", AnsiForwardCallIndicators;
    ANSI_CALLING_PARTY_NUMBER = 10, "calling party number", "T1.113 3.7", AnsiCallingPartyNumber;
    ANSI_CONNECTION_REQUEST = 13, "connection request", "T1.113 3.15", AnsiConnectionRequest;
    ANSI_BACKWARD_CALL_INDICATORS = 17, "backward call indicators", "T1.113 3.3", AnsiBackwardCallIndicators;
    ANSI_TRANSIT_NETWORK_SELECTION = 35, "transit network selection", "T1.113 3.31C", AnsiTransitNetworkSelection;
    ANSI_OPTIONAL_BACKWARD_CALL_INDICATORS = 41, "optional backward call indicators", "T1.113 3.25", AnsiOptionalBackwardCallIndicators;
    GENERIC_ADDRESS = 192, "generic address", "T1.113 3.20A", GenericAddress;
    ANSI_GENERIC_DIGITS = 193, "generic digits", "T1.113 3.20B", GenericDigits;
    OPERATOR_SERVICES_INFORMATION = 194, "operator services information", "T1.113 table 4A", OperatorServicesInformation;
    EGRESS_SERVICE = 195, "egress service", "T1.113 3.16A", EgressService;
    JURISDICTION_INFORMATION = 196, "jurisdiction information", "T1.113 3.23A", JurisdictionInformation;
    CARRIER_IDENTIFICATION = 197, "carrier identification", "T1.113 3.8A", CarrierIdentification;
    BUSINESS_GROUP = 198, "business group", "T1.113 3.3A", BusinessGroup;
    GENERIC_NAME = 199, "generic name", "T1.113 3.20C", GenericName;
    NOTIFICATION_INDICATOR = 225, "notification indicator", "T1.113 3.24B", NotificationIndicator;
    ANSI_SERVICE_ACTIVATION = 226, "service activation", "T1.113 3.29B", AnsiServiceActivation;
    TRANSACTION_REQUEST = 227, "transaction request", "T1.113 3.31B", TransactionRequest;
    LOCAL_SERVICE_PROVIDER_IDENTIFICATION = 228,
        "local service provider identification", "T1.113 table 4A", LocalServiceProviderIdentification;
    CIRCUIT_GROUP_CHARACTERISTIC_INDICATOR = 229,
        "circuit group characteristic indicator", "T1.113 3.10A", CircuitGroupCharacteristicIndicator;
    CIRCUIT_VALIDATION_RESPONSE_INDICATOR = 230,
        "circuit validation response indicator", "T1.113 3.11C", CircuitValidationResponseIndicator;
    OUTGOING_TRUNK_GROUP_NUMBER = 231, "outgoing trunk group number", "T1.113 3.26B", OutgoingTrunkGroupNumber;
    CIRCUIT_IDENTIFICATION_NAME = 232, "circuit identification name", "T1.113 3.11A", CircuitIdentificationName;
    CLLI_CODE = 233,
        "COMMON LANGUAGE location identification (CLLI) code", "T1.113 table 4A", CommonLanguageLocationIdentification;
    ORIGINATING_LINE_INFORMATION = 234, "originating line information", "T1.113 3.26A", OriginatingLineInformation;
    CHARGE_NUMBER = 235, "charge number", "T1.113 3.10", ChargeNumber;
    SERVICE_CODE_INDICATOR = 236, "service code indicator", "T1.113 3.29C", ServiceCodeIndicator;
    SPECIAL_PROCESSING_REQUEST = 237, "special processing request", "T1.113 3.30A", SpecialProcessingRequest;
    CARRIER_SELECTION_INFORMATION = 238, "carrier selection information", "T1.113 3.8B", CarrierSelectionInformation;
    NETWORK_TRANSPORT = 239, "network transport", "T1.113 3.24A", NetworkTransport;
}

#[cfg(test)]
mod tests {
    use super::ANSI_PARAMETERS;

    #[test]
    fn table_is_in_order_and_without_duplicates() {
        for pair in ANSI_PARAMETERS.windows(2) {
            assert!(pair[0].code < pair[1].code, "{pair:?}");
        }
        for row in ANSI_PARAMETERS {
            assert!(row.clause.starts_with("T1.113 "), "{row:?}");
            let of_that_name = ANSI_PARAMETERS
                .iter()
                .filter(|other| other.name == row.name);
            assert_eq!(of_that_name.count(), 1, "{row:?}");
        }
    }
}
