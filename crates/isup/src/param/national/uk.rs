//! The parameters that the United Kingdom has besides those of Q.763 (NICC ND1007).
//!
//! Codes, lengths and clauses are those that Yate and the ISUP manual of Dialogic agree on; the
//! bits are Yate's. The standard was not at hand.

use crate::param::code::parameters;
use crate::param::number_coding::numbers;
use crate::param::{NatureOfAddress, NumberingPlan, Presentation, Screening, indicators};

parameters! {
    /// The parameters of ND1007, by code.
    UK_PARAMETERS;
    // Its length is not known.
    NATIONAL_FORWARD_CALL_INDICATORS_LINK_BY_LINK = 244,
        "national forward call indicators (link by link)", "ND1007 3.2.2";
    // What its two octets and those of the next say is not known.
    NATIONAL_INFORMATION_INDICATORS = 245, "national information indicators", "ND1007 3.2.11";
    NATIONAL_INFORMATION_REQUEST_INDICATORS = 246,
        "national information request indicators", "ND1007 3.2.10";
    // Of the marks only the lengths are known: 2, 2, 3 and 3 octets.
    CALLED_SUBSCRIBERS_TERMINATING_FACILITY_MARKS = 247,
        "called subscriber's terminating facility marks", "ND1007 3.2.9";
    CALLING_SUBSCRIBERS_ORIGINATING_FACILITY_MARKS = 248,
        "calling subscriber's originating facility marks", "ND1007 3.2.8";
    CALLING_SUBSCRIBERS_BASIC_SERVICE_MARKS = 249,
        "calling subscriber's basic service marks", "ND1007 3.2.7";
    CALLED_SUBSCRIBERS_BASIC_SERVICE_MARKS = 250,
        "called subscriber's basic service marks", "ND1007 3.2.6";
    PARTIAL_CLI = 251, "partial CLI", "ND1007 3.2.5";
    LAST_DIVERTING_LINE_IDENTITY = 252,
        "last diverting line identity", "ND1007 3.2.4", LastDivertingLineIdentity;
    PRESENTATION_NUMBER = 253, "presentation number", "ND1007 3.2.3", PresentationNumber;
    NATIONAL_FORWARD_CALL_INDICATORS = 254,
        "national forward call indicators", "ND1007 3.2.1", NationalForwardCallIndicators;
}

indicators! {
    /// National forward call indicators (ND1007 3.2.1). The second octet is spare.
    pub struct NationalForwardCallIndicators: NATIONAL_FORWARD_CALL_INDICATORS {
        0 {
            /// CLI blocking indicator, CBI: the calling line identity may be shown.
            cli_allowed: bool, 0..1, "CLI blocking indicator", ["CLI blocked", "CLI allowed"];
            /// Network translated address indicator.
            translated: bool, 1..2, "network translated address indicator",
                ["not translated", "translated"];
            /// Priority access indicator (IUP).
            priority: bool, 2..3, "priority access indicator (IUP)",
                ["without priority", "with priority"];
            /// Protection indicator (IUP).
            protected: bool, 3..4, "protection indicator (IUP)", ["not protected", "protected"];
        }
        1 {}
    }
}

numbers! {
    /// Presentation number (ND1007 3.2.3): the number that the caller wants to be shown.
    pub struct PresentationNumber: PRESENTATION_NUMBER {
        /// A number of the ISDN numbering plan, presentation allowed, network provided.
        new;
        nature: NatureOfAddress;
        /// Presentation number preference indicator, PNP.
        preferred: bool as Pnp;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
        /// Address presentation restricted indicator, APRI.
        presentation: Presentation as Apri;
        /// Screening indicator.
        screening: Screening as Si;
    }

    /// Last diverting line identity (ND1007 3.2.4), coded as the presentation number.
    pub struct LastDivertingLineIdentity: LAST_DIVERTING_LINE_IDENTITY {
        /// A number of the ISDN numbering plan, presentation allowed, network provided.
        new;
        nature: NatureOfAddress;
        /// Presentation number preference indicator, PNP.
        preferred: bool as Pnp;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
        /// Address presentation restricted indicator, APRI.
        presentation: Presentation as Apri;
        /// Screening indicator.
        screening: Screening as Si;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problem;
    use crate::param::Parameter;

    #[test]
    fn indicators_both_ways() {
        // 0b0011: CLI allowed, translated
        let indicators = NationalForwardCallIndicators::read(&[0x03, 0x00]).unwrap();
        assert!(indicators.cli_allowed && indicators.translated && !indicators.priority);
        let mut written = Vec::new();
        indicators.write(&mut written);
        assert_eq!(written, [0x03, 0x00]);
        let short = Problem::TooShort { need: 2, have: 1 };
        assert_eq!(NationalForwardCallIndicators::read(&[0x03]), Err(short));
    }

    #[test]
    fn numbers_have_a_preference() {
        // even, national number; preferred, ISDN, restricted, network provided; 2 0 7 1
        let octets = [0x03, 0x97, 0x02, 0x17];
        let number = PresentationNumber::read(&octets).unwrap();
        assert!(number.preferred && number.presentation == Presentation::Restricted);
        assert_eq!(number.digits, "2071".parse().unwrap());
        let mut written = Vec::new();
        LastDivertingLineIdentity::read(&octets)
            .unwrap()
            .write(&mut written);
        assert_eq!(written, octets);
    }
}
