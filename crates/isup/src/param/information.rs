//! What an exchange asks for in an INR and gets in an INF (national use).

use super::indicators;
use crate::codes::codes;

codes! {
    /// Calling party address response indicator (Q.763 3.28): 2 bits.
    pub enum CallingPartyAddressResponse {
        NotIncluded = 0, "calling party address not included";
        NotAvailable = 1, "calling party address not available";
        Included = 3, "calling party address included";
        _ => Spare, "spare calling party address response indicator"
    }
}

indicators! {
    /// Information request indicators (Q.763 3.29).
    pub struct InformationRequestIndicators: INFORMATION_REQUEST_INDICATORS {
        0 {
            /// Calling party address request indicator.
            calling_party_address: bool, 0..1, "calling party address request indicator",
                ["calling party address not requested", "calling party address requested"];
            /// Holding indicator.
            holding: bool, 1..2, "holding indicator",
                ["holding not requested", "holding requested"];
            /// Calling party's category request indicator.
            calling_partys_category: bool, 3..4, "calling party's category request indicator",
                ["calling party's category not requested", "calling party's category requested"];
            /// Charge information request indicator.
            charge_information: bool, 4..5, "charge information request indicator",
                ["charge information not requested", "charge information requested"];
            /// Malicious call identification request indicator, as it was used in 1988.
            malicious_call_identification: bool, 7..8,
                "malicious call identification request indicator",
                [
                    "malicious call identification not requested",
                    "malicious call identification requested"
                ];
        }
        1 {
            /// Bits M to P, reserved: 4 bits, kept as they came.
            reserved: u8, 4..8, "reserved", unless 0;
        }
    }

    /// Information indicators (Q.763 3.28).
    pub struct InformationIndicators: INFORMATION_INDICATORS {
        0 {
            /// Calling party address response indicator.
            calling_party_address: CallingPartyAddressResponse, 0..2,
                "calling party address response indicator";
            /// Hold provided indicator.
            hold_provided: bool, 2..3, "hold provided indicator",
                ["hold not provided", "hold provided"];
            /// Calling party's category response indicator.
            calling_partys_category: bool, 5..6, "calling party's category response indicator",
                ["calling party's category not included", "calling party's category included"];
            /// Charge information response indicator.
            charge_information: bool, 6..7, "charge information response indicator",
                ["charge information not included", "charge information included"];
            /// Solicited information indicator: nobody asked for it.
            unsolicited: bool, 7..8, "solicited information indicator",
                ["solicited", "unsolicited"];
        }
        1 {
            /// Bits M to P, reserved: 4 bits, kept as they came.
            reserved: u8, 4..8, "reserved", unless 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{reads_and_writes, refuses_fewer};

    #[test]
    fn information_request_indicators() {
        // H malicious call identification, D category, A address; PONM 0100.
        let value = InformationRequestIndicators {
            calling_party_address: true,
            calling_partys_category: true,
            malicious_call_identification: true,
            reserved: 4,
            ..Default::default()
        };
        reads_and_writes(&[0b1000_1001, 0b0100_0000], value);
        // E charge information, B holding.
        let value = InformationRequestIndicators {
            holding: true,
            charge_information: true,
            ..Default::default()
        };
        reads_and_writes(&[0b0001_0010, 0], value);
        refuses_fewer::<InformationRequestIndicators>(2);
    }

    #[test]
    fn information_indicators() {
        // H unsolicited, F category, BA 11 address included.
        let value = InformationIndicators {
            calling_party_address: CallingPartyAddressResponse::Included,
            calling_partys_category: true,
            unsolicited: true,
            ..Default::default()
        };
        reads_and_writes(&[0b1010_0011, 0], value);
        // G charge information, C hold provided, BA 01 address not available.
        let value = InformationIndicators {
            calling_party_address: CallingPartyAddressResponse::NotAvailable,
            hold_provided: true,
            charge_information: true,
            ..Default::default()
        };
        reads_and_writes(&[0b0100_0101, 0], value);
        refuses_fewer::<InformationIndicators>(2);
    }
}
