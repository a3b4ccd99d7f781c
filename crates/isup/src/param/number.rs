//! The numbers: called, calling, connected, original called, redirecting, redirection, generic,
//! subsequent, location and call transfer number, and those of intelligent networks.

use super::number_coding::{digits, numbers, words};
use super::{AddressDigits, Parameter, ParameterCode, bit, first};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;

codes! {
    /// Nature of address indicator (Q.763 3.9 b, 3.10 b): 7 bits.
    pub enum NatureOfAddress {
        Subscriber = 1, "subscriber number";
        Unknown = 2, "unknown";
        National = 3, "national (significant) number";
        International = 4, "international number";
        NetworkSpecific = 5, "network-specific number";
        NetworkRoutingNational = 6, "network routing number in national format";
        NetworkRoutingNetworkSpecific = 7, "network routing number in network-specific format";
        NetworkRoutingConcatenated = 8,
            "network routing number concatenated with called directory number";
        _ => Spare, "spare nature of address"
    }
}

codes! {
    /// Numbering plan indicator (Q.763 3.9 d): 3 bits.
    pub enum NumberingPlan {
        Isdn = 1, "ISDN (telephony) numbering plan, E.164";
        Data = 3, "data numbering plan, X.121";
        Telex = 4, "telex numbering plan, F.69";
        Private = 5, "private numbering plan";
        _ => Spare, "spare numbering plan"
    }
}

codes! {
    /// Address presentation restricted indicator, APRI (Q.763 3.10 e): 2 bits.
    pub enum Presentation {
        Allowed = 0, "presentation allowed";
        Restricted = 1, "presentation restricted";
        NotAvailable = 2, "address not available";
        _ => Spare, "spare presentation indicator"
    }
}

codes! {
    /// Screening indicator (Q.763 3.10 f, 3.26 g): 2 bits. The values 0 and 2 are reserved in the
    /// calling party number and used in the generic number.
    pub enum Screening {
        UserProvidedNotVerified = 0, "user provided, not verified";
        UserProvidedVerifiedPassed = 1, "user provided, verified and passed";
        UserProvidedVerifiedFailed = 2, "user provided, verified and failed";
        NetworkProvided = 3, "network provided";
        _ => Spare, "spare screening indicator"
    }
}

codes! {
    /// Number qualifier indicator of the generic number (Q.763 3.26 a).
    pub enum NumberQualifier {
        DialledDigits = 0, "dialled digits (reserved)";
        AdditionalCalledNumber = 1, "additional called number";
        SupplementalCallingFailed = 2,
            "supplemental user provided calling number, failed network screening (reserved)";
        SupplementalCallingNotScreened = 3,
            "supplemental user provided calling number, not screened (reserved)";
        RedirectingTerminatingNumber = 4, "redirecting terminating number (reserved)";
        AdditionalConnectedNumber = 5, "additional connected number";
        AdditionalCallingPartyNumber = 6, "additional calling party number";
        AdditionalOriginalCalledNumber = 7, "additional original called number (reserved)";
        AdditionalRedirectingNumber = 8, "additional redirecting number (reserved)";
        AdditionalRedirectionNumber = 9, "additional redirection number (reserved)";
        _ => Spare, "other number qualifier"
    }
}

numbers! {
    /// Called party number (Q.763 3.9).
    pub struct CalledPartyNumber: CALLED_PARTY_NUMBER {
        /// A number of the ISDN numbering plan, routing to internal network numbers not allowed.
        new;
        nature: NatureOfAddress;
        /// Internal network number indicator, INN: whether routing to an internal network number
        /// is allowed (the bit on the wire says "not allowed").
        internal_network_allowed: bool as Inn;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
    }

    /// Calling party number (Q.763 3.10).
    pub struct CallingPartyNumber: CALLING_PARTY_NUMBER {
        /// A complete number of the ISDN numbering plan, presentation allowed, network provided.
        new;
        nature: NatureOfAddress;
        /// Number incomplete indicator, NI.
        incomplete: bool as Ni;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
        /// Address presentation restricted indicator, APRI.
        presentation: Presentation as Apri;
        /// Screening indicator.
        screening: Screening as Si;
    }

    /// Connected number (Q.763 3.16).
    pub struct ConnectedNumber: CONNECTED_NUMBER {
        /// A number of the ISDN numbering plan, presentation allowed, network provided.
        new;
        nature: NatureOfAddress;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
        /// Address presentation restricted indicator, APRI.
        presentation: Presentation as Apri;
        /// Screening indicator.
        screening: Screening as Si;
    }

    /// Generic number (Q.763 3.26).
    pub struct GenericNumber: GENERIC_NUMBER {
        /// A complete number of the ISDN numbering plan, presentation allowed, user provided and
        /// not verified.
        new;
        /// Whose number it is.
        [qualifier: NumberQualifier, "number qualifier indicator"];
        nature: NatureOfAddress;
        /// Number incomplete indicator, NI.
        incomplete: bool as Ni;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
        /// Address presentation restricted indicator, APRI.
        presentation: Presentation as Apri;
        /// Screening indicator.
        screening: Screening as UserSi;
    }

    /// Location number (Q.763 3.30): where a mobile or an intelligent network sees the caller.
    pub struct LocationNumber: LOCATION_NUMBER {
        /// A number of the ISDN numbering plan, routing to internal network numbers not allowed,
        /// presentation allowed, network provided.
        new;
        nature: NatureOfAddress;
        /// Internal network number indicator, INN, as in the called party number.
        internal_network_allowed: bool as Inn;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
        /// Address presentation restricted indicator, APRI.
        presentation: Presentation as Apri;
        /// Screening indicator.
        screening: Screening as Si;
    }

    /// Original called number (Q.763 3.39).
    pub struct OriginalCalledNumber: ORIGINAL_CALLED_NUMBER {
        /// A number of the ISDN numbering plan, presentation allowed.
        new;
        nature: NatureOfAddress;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
        /// Address presentation restricted indicator, APRI.
        presentation: Presentation as Apri;
    }

    /// Redirecting number (Q.763 3.44), coded as the original called number.
    pub struct RedirectingNumber: REDIRECTING_NUMBER {
        /// A number of the ISDN numbering plan, presentation allowed.
        new;
        nature: NatureOfAddress;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
        /// Address presentation restricted indicator, APRI.
        presentation: Presentation as Apri;
    }

    /// Redirection number (Q.763 3.46), coded as the called party number.
    pub struct RedirectionNumber: REDIRECTION_NUMBER {
        /// A number of the ISDN numbering plan, routing to internal network numbers not allowed.
        new;
        nature: NatureOfAddress;
        /// Internal network number indicator, INN, as in the called party number.
        internal_network_allowed: bool as Inn;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
    }

    /// Call transfer number (Q.763 3.64): of the party to which a call is transferred.
    pub struct CallTransferNumber: CALL_TRANSFER_NUMBER {
        /// A number of the ISDN numbering plan, presentation allowed, network provided.
        new;
        nature: NatureOfAddress;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
        /// Address presentation restricted indicator, APRI.
        presentation: Presentation as Apri;
        /// Screening indicator.
        screening: Screening as Si;
    }

    /// Called IN number (Q.763 3.73), coded as the original called number: the number of the
    /// service that an intelligent network has translated.
    pub struct CalledInNumber: CALLED_IN_NUMBER {
        /// A number of the ISDN numbering plan, presentation allowed.
        new;
        nature: NatureOfAddress;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
        /// Address presentation restricted indicator, APRI.
        presentation: Presentation as Apri;
    }

    /// Called directory number (Q.763 3.86), national use: what was called before the number was
    /// translated into a network routing number.
    pub struct CalledDirectoryNumber: CALLED_DIRECTORY_NUMBER {
        /// A number of the ISDN numbering plan, routing to internal network numbers not allowed.
        new;
        nature: NatureOfAddress;
        /// Internal network number indicator, INN, as in the called party number; "allowed" is
        /// reserved here.
        internal_network_allowed: bool as Inn;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
    }

    /// Original called IN number (Q.763 3.87), coded as the original called number.
    pub struct OriginalCalledInNumber: ORIGINAL_CALLED_IN_NUMBER {
        /// A number of the ISDN numbering plan, presentation allowed.
        new;
        nature: NatureOfAddress;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
        /// Address presentation restricted indicator, APRI.
        presentation: Presentation as Apri;
    }
}

impl CallingPartyNumber {
    /// No number: the address is not available (Q.763 3.10, note to e).
    pub const fn not_available() -> Self {
        Self {
            nature: NatureOfAddress::Spare(0),
            incomplete: false,
            plan: NumberingPlan::Spare(0),
            presentation: Presentation::NotAvailable,
            screening: Screening::NetworkProvided,
            digits: AddressDigits::new(),
        }
    }
}

/// Subsequent number (Q.763 3.51).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SubsequentNumber {
    /// The address signals that follow those of the called party number, ST included.
    pub digits: AddressDigits,
}

impl Parameter for SubsequentNumber {
    const CODE: ParameterCode = ParameterCode::SUBSEQUENT_NUMBER;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [first] = first(octets)?;
        let digits = digits(octets.get(1..).unwrap_or_default(), bit(first, 7))?;
        Ok(Self { digits })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.digits.is_odd()) << 7);
        out.extend_from_slice(self.digits.octets());
    }

    fn describe(&self) -> Description {
        Description::of(words(&self.digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::PARAMETERS;

    /// What contents of the parameter with that code say, after a look that they are written as
    /// they came.
    fn described(code: ParameterCode, octets: &[u8]) -> Vec<String> {
        let row = PARAMETERS.iter().find(|row| row.code == code).unwrap();
        let coding = row
            .coding
            .unwrap_or_else(|| panic!("{} has no type", row.name));
        let mut rewritten = Vec::new();
        coding.rewrite(octets, &mut rewritten).unwrap();
        assert_eq!(rewritten, octets, "{}", row.name);
        let description = coding.describe(octets).unwrap();
        let fields = description.fields.into_iter().map(|field| field.value);
        description.value.into_iter().chain(fields).collect()
    }

    // 0x83: odd, national number; 0x01, 0x03: digits 1 0 3, filler.
    const DIGITS: [u8; 2] = [0x01, 0x03];

    #[test]
    fn second_octet_means_what_the_number_declares() {
        let isdn = "ISDN (telephony) numbering plan, E.164";
        let (allowed, not_allowed) = (
            "routing to an internal network number allowed",
            "not allowed",
        );
        // 0x97: bit 8; plan 1; presentation restricted (01); network provided (11).
        let cases: &[(ParameterCode, u8, &[&str])] = &[
            (
                ParameterCode::CALLED_PARTY_NUMBER,
                0x90,
                &[not_allowed, isdn],
            ),
            (ParameterCode::REDIRECTION_NUMBER, 0x10, &[allowed, isdn]),
            (
                ParameterCode::CALLED_DIRECTORY_NUMBER,
                0x90,
                &[not_allowed, isdn],
            ),
            (
                ParameterCode::CALLING_PARTY_NUMBER,
                0x97,
                &[
                    "number incomplete",
                    isdn,
                    "presentation restricted",
                    "network provided",
                ],
            ),
            (
                ParameterCode::LOCATION_NUMBER,
                0x97,
                &[
                    not_allowed,
                    isdn,
                    "presentation restricted",
                    "network provided",
                ],
            ),
            (
                ParameterCode::CONNECTED_NUMBER,
                0x17,
                &[isdn, "presentation restricted", "network provided"],
            ),
            (
                ParameterCode::CALL_TRANSFER_NUMBER,
                0x15,
                &[
                    isdn,
                    "presentation restricted",
                    "user provided, verified and passed",
                ],
            ),
            (
                ParameterCode::ORIGINAL_CALLED_NUMBER,
                0x14,
                &[isdn, "presentation restricted"],
            ),
            (
                ParameterCode::REDIRECTING_NUMBER,
                0x14,
                &[isdn, "presentation restricted"],
            ),
            (
                ParameterCode::CALLED_IN_NUMBER,
                0x14,
                &[isdn, "presentation restricted"],
            ),
            (
                ParameterCode::ORIGINAL_CALLED_IN_NUMBER,
                0x14,
                &[isdn, "presentation restricted"],
            ),
        ];
        for (code, second, fields) in cases {
            let octets = [&[0x83, *second], &DIGITS[..]].concat();
            let mut expected = vec!["103", "national (significant) number"];
            expected.extend(*fields);
            assert_eq!(described(*code, &octets), expected, "{code}");
        }
    }

    #[test]
    fn generic_number_begins_with_its_qualifier() {
        let octets = [&[6, 0x83, 0x12], &DIGITS[..]].concat();
        let fields = described(ParameterCode::GENERIC_NUMBER, &octets);
        assert_eq!(
            fields[..3],
            [
                "103",
                "additional calling party number",
                "national (significant) number"
            ]
        );
        assert_eq!(fields[6], "user provided, verified and failed");
        let number = GenericNumber::read(&octets).unwrap();
        assert_eq!(number.describe().fields[2].octet, 2);
        assert_eq!(
            GenericNumber::read(&[6, 3]),
            Err(Problem::TooShort { need: 3, have: 2 })
        );
    }

    #[test]
    fn subsequent_number_is_digits_alone() {
        // odd; 0 1 2 3 ST
        let octets = [0x80, 0x10, 0x32, 0x0f];
        assert_eq!(
            described(ParameterCode::SUBSEQUENT_NUMBER, &octets),
            ["0123 ST"]
        );
        assert_eq!(
            SubsequentNumber::read(&[]),
            Err(Problem::TooShort { need: 1, have: 0 })
        );
    }

    #[test]
    fn refuses_too_few_octets_and_too_many_digits() {
        assert_eq!(
            LocationNumber::read(&[3]),
            Err(Problem::TooShort { need: 2, have: 1 })
        );
        assert_eq!(
            CalledInNumber::read(&[0; 19]),
            Err(Problem::TooManyDigits {
                limit: 32,
                have: 17
            })
        );
    }

    #[test]
    fn spare_bits_are_written_as_0_and_digits_are_masked() {
        let number = RedirectingNumber::read(&[0x03, 0x93, 0x21, 0x43]).unwrap();
        let mut out = Vec::new();
        number.write(&mut out);
        assert_eq!(out, [0x03, 0x10, 0x21, 0x43]);
        assert!(!format!("{number:?}").contains("1234"));
    }
}
