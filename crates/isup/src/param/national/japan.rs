//! What Japan says of callers and calls besides Q.763 (JT-Q763, by Wireshark's tables).

use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::param::number_coding::{digits, numbers, words};
use crate::param::{
    AddressDigits, NatureOfAddress, NumberingPlan, Parameter, ParameterCode, bit, first, indicators,
};

codes! {
    /// Emergency call type: 2 bits.
    pub enum EmergencyCallType {
        NoSpecificCategory = 0, "no specific category";
        _ => Spare, "spare emergency call type"
    }
}

codes! {
    /// Hold at emergency call disconnection indicator: 2 bits.
    pub enum HoldAtEmergencyCallDisconnection {
        NoIndication = 0, "no indication";
        Holding = 1, "emergency call is holding";
        CallBack = 2, "call back from the emergency centre";
        ReAnswer = 3, "re-answer to an emergency call";
        _ => Spare, "spare hold indicator"
    }
}

codes! {
    /// Why the calling line identity is not presented: 7 bits.
    pub enum ClipFailureReason {
        UserRequest = 1, "user's request";
        OtherService = 2, "interaction with other service";
        PublicTelephone = 3, "public telephone origination";
        _ => Spare, "spare reason for CLIP failure"
    }
}

indicators! {
    /// Emergency call indicator (JT-Q763).
    pub struct EmergencyCallIndicator: EMERGENCY_CALL_INDICATOR {
        0 {
            /// Emergency call type.
            kind: EmergencyCallType, 0..2, "emergency call type";
        }
    }

    /// Emergency call information indicators (JT-Q763).
    pub struct EmergencyCallInformationIndicators: EMERGENCY_CALL_INFORMATION_INDICATORS {
        0 {
            /// Whether the call is held after the caller hung up.
            hold: HoldAtEmergencyCallDisconnection, 0..2,
                "hold at emergency call disconnection indicator";
        }
        1 {}
    }

    /// Reason for CLIP failure (JT-Q763). Further octets, which the extension indicator announces,
    /// are not known.
    pub struct ReasonForClipFailure: REASON_FOR_CLIP_FAILURE {
        0 | 0x80 {
            /// The reason.
            reason: ClipFailureReason, 0..7, "reason for CLIP failure";
        }
    }
}

numbers! {
    /// Contractor number (JT-Q763): of who pays for the line.
    pub struct ContractorNumber: CONTRACTOR_NUMBER {
        /// A number of the ISDN numbering plan.
        new;
        nature: NatureOfAddress;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
    }
}

codes! {
    /// Nature of information indicator of the charge area: 7 bits.
    pub enum ChargeAreaKind {
        MessageArea = 0, "MA code (and optionally NC)";
        ChargeArea = 1, "CA code";
        _ => Spare, "spare nature of information"
    }
}

/// Charge area information (JT-Q763): where a call is charged from or to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChargeAreaInformation {
    /// Which code the digits are.
    pub kind: ChargeAreaKind,
    /// The code. Of a message area the first four digits are the NC code.
    pub digits: AddressDigits,
}

impl Parameter for ChargeAreaInformation {
    const CODE: ParameterCode = ParameterCode::CHARGE_AREA_INFORMATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [head] = first(octets)?;
        Ok(Self {
            kind: ChargeAreaKind::from_code(head & 0x7f),
            digits: digits(octets.get(1..).unwrap_or_default(), bit(head, 7))?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.digits.is_odd()) << 7 | self.kind.code() & 0x7f);
        out.extend_from_slice(self.digits.octets());
    }

    fn describe(&self) -> Description {
        Description::of(words(&self.digits)).field(0, "nature of information indicator", self.kind)
    }
}

codes! {
    /// What a pair of octets of the additional party's category is about.
    pub enum AdditionalCategoryType {
        MobileService3 = 0xfb, "type 3 of additional mobile service information";
        MobileService2 = 0xfc, "type 2 of additional mobile service information";
        MobileService1 = 0xfd, "type 1 of additional mobile service information";
        FixedService1 = 0xfe, "type 1 of additional fixed service information";
        _ => Other, "other additional service information"
    }
}

/// Additional party's category (JT-Q763): what else is known of a line, each as type and value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AdditionalPartysCategory {
    /// The types and values, in the order of the wire.
    pub categories: Vec<(AdditionalCategoryType, u8)>,
}

impl AdditionalPartysCategory {
    fn words(kind: AdditionalCategoryType, value: u8) -> String {
        let words = match (kind, value) {
            (AdditionalCategoryType::FixedService1, 1) => "train payphone",
            (AdditionalCategoryType::FixedService1, 2) => "pink (payphone not of NTT)",
            (AdditionalCategoryType::MobileService1, 1) => "cellular telephone service",
            (AdditionalCategoryType::MobileService1, 2) => "maritime telephone service",
            (AdditionalCategoryType::MobileService1, 3) => "airplane telephone service",
            (AdditionalCategoryType::MobileService1, 4) => "paging service",
            (AdditionalCategoryType::MobileService1, 5) => "PHS service",
            (AdditionalCategoryType::MobileService2, 1) => "HiCap method (analogue)",
            (AdditionalCategoryType::MobileService2, 2) => "N/J-TACS",
            (AdditionalCategoryType::MobileService2, 3) => "PDC 800 MHz",
            (AdditionalCategoryType::MobileService2, 4) => "PDC 1500 MHz",
            (AdditionalCategoryType::MobileService2, 5) => "N-STAR satellite",
            (AdditionalCategoryType::MobileService2, 6) => "cdmaOne 800 MHz",
            (AdditionalCategoryType::MobileService2, 7) => "Iridium satellite",
            (AdditionalCategoryType::MobileService2, 8) => "IMT-2000",
            (AdditionalCategoryType::MobileService2, 9) => "PHS (depends on the fixed network)",
            _ => return value.to_string(),
        };
        format!("{value} {words}")
    }
}

impl Parameter for AdditionalPartysCategory {
    const CODE: ParameterCode = ParameterCode::ADDITIONAL_PARTYS_CATEGORY;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let (pairs, rest) = octets.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(Problem::TooShort {
                need: octets.len() + 1,
                have: octets.len(),
            });
        }
        let pair = |[kind, value]: &[u8; 2]| (AdditionalCategoryType::from_code(*kind), *value);
        Ok(Self {
            categories: pairs.iter().map(pair).collect(),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(
            self.categories
                .iter()
                .flat_map(|(kind, value)| [kind.code(), *value]),
        );
    }

    fn describe(&self) -> Description {
        let pairs = self.categories.iter().enumerate();
        pairs.fold(
            Description::default(),
            |description, (index, (kind, value))| {
                description.field(2 * index, kind.to_string(), Self::words(*kind, *value))
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both_ways<P: Parameter + PartialEq + core::fmt::Debug>(octets: &[u8], expected: P) {
        assert_eq!(P::read(octets), Ok(expected));
        let mut written = Vec::new();
        P::read(octets).unwrap().write(&mut written);
        assert_eq!(written, octets);
        assert!(P::read(&octets[..octets.len() - 1]) != P::read(octets));
    }

    #[test]
    fn indicators_of_emergency_calls_and_clip() {
        // call back (10 in bits B A)
        let hold = HoldAtEmergencyCallDisconnection::CallBack;
        both_ways(&[0x02, 0x00], EmergencyCallInformationIndicators { hold });
        both_ways(
            &[0x00],
            EmergencyCallIndicator {
                kind: EmergencyCallType::NoSpecificCategory,
            },
        );
        // last octet, public telephone
        both_ways(
            &[0x83],
            ReasonForClipFailure {
                reason: ClipFailureReason::PublicTelephone,
            },
        );
    }

    #[test]
    fn numbers_and_areas() {
        // even, national number; ISDN; 0 3 1 2
        let number = ContractorNumber::new(NatureOfAddress::National, "0312".parse().unwrap());
        both_ways(&[0x03, 0x10, 0x30, 0x21], number);
        // odd, CA code; 1 2 3 4 5, filler
        let digits = "12345".parse().unwrap();
        let area = ChargeAreaInformation {
            kind: ChargeAreaKind::ChargeArea,
            digits,
        };
        both_ways(&[0x81, 0x21, 0x43, 0x05], area);
        assert_eq!(
            ChargeAreaInformation::read(&[]),
            Err(Problem::TooShort { need: 1, have: 0 })
        );
    }

    #[test]
    fn additional_categories_are_pairs() {
        // cellular telephone service, IMT-2000
        let categories = vec![
            (AdditionalCategoryType::MobileService1, 1),
            (AdditionalCategoryType::MobileService2, 8),
        ];
        let both = AdditionalPartysCategory { categories };
        let values = both.describe().fields.into_iter().map(|field| field.value);
        assert_eq!(
            values.collect::<Vec<_>>(),
            ["1 cellular telephone service", "8 IMT-2000"]
        );
        both_ways(&[0xfd, 0x01, 0xfc, 0x08], both);
    }
}
