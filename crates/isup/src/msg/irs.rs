//! Identification response (Q.763 table 48).

use crate::wire::message;

message! {
    /// Identification response message, IRS: who is calling.
    #[derive(Default)]
    pub struct Irs: "identification response", "Q.763 table 48" {
        fixed {}
        variable {}
        optional [
            MCID_RESPONSE_INDICATORS,
            MESSAGE_COMPATIBILITY_INFORMATION,
            PARAMETER_COMPATIBILITY_INFORMATION,
            CALLING_PARTY_NUMBER,
            ACCESS_TRANSPORT,
            GENERIC_NUMBER,
            CHARGED_PARTY_IDENTIFICATION,
        ]
    }
}
