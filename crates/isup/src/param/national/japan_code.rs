//! The names of the parameters that Japan has besides those of Q.763 (JT-Q763).
//!
//! The standard was not at hand: names, codes and codings are those that Wireshark knows, whose
//! dissector follows version 21.1. Clauses of it are therefore not given.

use crate::param::code::parameters;

parameters! {
    /// The parameters that JT-Q763 adds, by code.
    JAPAN_PARAMETERS;
    EMERGENCY_CALL_INDICATOR = 215, "emergency call indicator", "JT-Q763", EmergencyCallIndicator;
    EMERGENCY_CALL_INFORMATION_INDICATORS = 236,
        "emergency call information indicators", "JT-Q763", EmergencyCallInformationIndicators;
    NETWORK_POI_CA = 238, "network POI-CA", "JT-Q763", NetworkPoiCa;
    CARRIER_INFORMATION_TRANSFER = 241,
        "carrier information transfer", "JT-Q763", CarrierInformationTransfer;
    CHARGE_INFORMATION_DELAY = 242, "charge information delay", "JT-Q763", ChargeInformationDelay;
    ADDITIONAL_PARTYS_CATEGORY = 243,
        "additional party's category", "JT-Q763", AdditionalPartysCategory;
    REASON_FOR_CLIP_FAILURE = 245, "reason for CLIP failure", "JT-Q763", ReasonForClipFailure;
    CONTRACTOR_NUMBER = 249, "contractor number", "JT-Q763", ContractorNumber;
    CHARGE_INFORMATION_TYPE = 250, "charge information type", "JT-Q763", ChargeInformationType;
    CHARGE_INFORMATION = 251, "charge information", "JT-Q763", ChargeInformation;
    CHARGE_AREA_INFORMATION = 253, "charge area information", "JT-Q763", ChargeAreaInformation;
}
