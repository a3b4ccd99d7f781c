//! The numbers of ANSI T1.113: called and calling party number, generic address, charge number,
//! jurisdiction information, outgoing trunk group number.

use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::param::indicators::{put, take};
use crate::param::number_coding::{digits, numbers, words};
use crate::param::{
    AddressDigits, NatureOfAddress, NumberingPlan, Parameter, ParameterCode, Presentation,
    Screening, bit, first,
};

codes! {
    /// Nature of address indicator of the called party number (T1.113 3.6): 7 bits.
    pub enum AnsiCalledNature {
        Subscriber = 1, "subscriber number";
        National = 3, "national (significant) number";
        International = 4, "international number";
        SubscriberOperator = 0x71, "subscriber number, operator requested";
        NationalOperator = 0x72, "national number, operator requested";
        InternationalOperator = 0x73, "international number, operator requested";
        NoNumberOperator = 0x74, "no number present, operator requested";
        NoNumberCutThrough = 0x75, "no number present, cut-through call to carrier";
        Service950 = 0x76, "950+ call";
        TestLine = 0x77, "test line test code";
        _ => Spare, "spare nature of address"
    }
}

codes! {
    /// Nature of address indicator of the calling party number (T1.113 3.7): 7 bits.
    pub enum AnsiCallingNature {
        Subscriber = 1, "unique subscriber number";
        National = 3, "unique national (significant) number";
        International = 4, "unique international number";
        NonUniqueSubscriber = 0x71, "non-unique subscriber number";
        NonUniqueNational = 0x73, "non-unique national (significant) number";
        NonUniqueInternational = 0x74, "non-unique international number";
        TestLine = 0x77, "test line test code";
        _ => Spare, "spare nature of address"
    }
}

codes! {
    /// Nature of address indicator of the charge number (T1.113 3.10): 7 bits. ANI is the
    /// automatic number identification of the exchange.
    pub enum ChargeNature {
        CallingSubscriber = 1, "ANI of the calling party, subscriber number";
        NotAvailable = 2, "ANI not available or not provided";
        CallingNational = 3, "ANI of the calling party, national number";
        CalledSubscriber = 5, "ANI of the called party, subscriber number";
        CalledNoNumber = 6, "ANI of the called party, no number present";
        CalledNational = 7, "ANI of the called party, national number";
        _ => Spare, "spare nature of address"
    }
}

codes! {
    /// Type of address of the generic address (T1.113 3.20A).
    pub enum AddressType {
        Dialed = 0, "dialed number";
        Destination = 1, "destination number";
        SupplementalFailed = 2,
            "supplemental user provided calling address, failed network screening";
        SupplementalNotScreened = 3, "supplemental user provided calling address, not screened";
        Completion = 4, "completion number";
        Ported = 0xc0, "ported number";
        _ => Other, "other type of address"
    }
}

numbers! {
    /// Calling party number (T1.113 3.7).
    pub struct AnsiCallingPartyNumber: ANSI_CALLING_PARTY_NUMBER {
        /// A complete number of the ISDN numbering plan, presentation allowed, network provided.
        new;
        nature: AnsiCallingNature;
        /// Number incomplete indicator, NI.
        incomplete: bool as Ni;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
        /// Address presentation restricted indicator, APRI.
        presentation: Presentation as Apri;
        /// Screening indicator.
        screening: Screening as Si;
    }

    /// Generic address (T1.113 3.20A), which has the name and place of the generic number.
    pub struct GenericAddress: GENERIC_ADDRESS {
        /// An address of the ISDN numbering plan, presentation allowed.
        new;
        /// Whose address it is.
        [kind: AddressType, "type of address"];
        nature: NatureOfAddress;
        /// Numbering plan indicator.
        plan: NumberingPlan as Plan;
        /// Address presentation restricted indicator, APRI.
        presentation: Presentation as Apri;
    }
}

/// Declares numbers that end after the first octet if there is nothing to say.
macro_rules! short_numbers {
    ($($(#[$meta:meta])* $name:ident: $code:ident, $nature:ty;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name {
            /// Nature of address indicator.
            pub nature: $nature,
            /// Numbering plan indicator; none if everything behind the nature of address is left
            /// out, since no number is present.
            pub plan: Option<NumberingPlan>,
            /// The address signals.
            pub digits: AddressDigits,
        }

        impl $name {
            /// A number of the ISDN numbering plan.
            pub const fn new(nature: $nature, digits: AddressDigits) -> Self {
                Self { nature, plan: Some(NumberingPlan::Isdn), digits }
            }

            /// No number.
            pub const fn none(nature: $nature) -> Self {
                Self { nature, plan: None, digits: AddressDigits::new() }
            }
        }

        impl Parameter for $name {
            const CODE: ParameterCode = ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, Problem> {
                let [nature] = first(octets)?;
                let plan = octets.get(1).map(|plan| NumberingPlan::from_code(take(*plan, 4, 7)));
                Ok(Self {
                    nature: <$nature>::from_code(take(nature, 0, 7)),
                    plan,
                    digits: digits(octets.get(2..).unwrap_or_default(), bit(nature, 7))?,
                })
            }

            fn write(&self, out: &mut Vec<u8>) {
                out.push(u8::from(self.digits.is_odd()) << 7 | put(self.nature.code(), 0, 7));
                if self.plan.is_some() || !self.digits.is_empty() {
                    out.push(put(self.plan.map_or(0, NumberingPlan::code), 4, 7));
                    out.extend_from_slice(self.digits.octets());
                }
            }

            fn describe(&self) -> Description {
                let description = Description::of(words(&self.digits))
                    .field(0, "nature of address indicator", self.nature);
                match self.plan {
                    Some(plan) => description.field(1, "numbering plan indicator", plan),
                    None => description,
                }
            }
        }
    )+};
}

short_numbers! {
    /// Called party number (T1.113 3.6).
    AnsiCalledPartyNumber: ANSI_CALLED_PARTY_NUMBER, AnsiCalledNature;
    /// Charge number (T1.113 3.10): who pays.
    ChargeNumber: CHARGE_NUMBER, ChargeNature;
}

/// Declares digits without an odd/even indicator: two in each octet.
macro_rules! digit_pairs {
    ($($(#[$meta:meta])* $name:ident: $code:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name {
            /// The digits. Behind an odd number of them stands a 0.
            pub digits: AddressDigits,
        }

        impl Parameter for $name {
            const CODE: ParameterCode = ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, Problem> {
                digits(octets, false).map(|digits| Self { digits })
            }

            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(self.digits.octets());
            }

            fn describe(&self) -> Description {
                Description::of(words(&self.digits))
            }
        }
    )+};
}

digit_pairs! {
    /// Jurisdiction information (T1.113 3.23A): the six digits of area and office code from which
    /// the call comes.
    JurisdictionInformation: JURISDICTION_INFORMATION;
    /// Outgoing trunk group number (T1.113 3.26B), which EXM returns.
    OutgoingTrunkGroupNumber: OUTGOING_TRUNK_GROUP_NUMBER;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    fn number(text: &str) -> AddressDigits {
        text.parse().unwrap()
    }

    #[test]
    fn calling_number_has_the_natures_of_ansi() {
        let calling = AnsiCallingPartyNumber::read(&[0x73, 0x13, 0x02, 0x43]).unwrap();
        // non-unique national; complete, E.164, allowed, network provided; 2 0 3 4
        reads_and_writes(
            &[0x73, 0x13, 0x02, 0x43],
            AnsiCallingPartyNumber::new(AnsiCallingNature::NonUniqueNational, number("2034")),
        );
        assert_eq!(
            described(&calling)[1],
            "nature of address indicator: non-unique national (significant) number"
        );
        refuses_fewer::<AnsiCallingPartyNumber>(2);
    }

    #[test]
    fn number_that_is_not_present_is_one_octet() {
        let none = AnsiCalledPartyNumber::none(AnsiCalledNature::NoNumberCutThrough);
        reads_and_writes(&[0x75], none);
        assert_eq!(
            described(&none),
            [
                "no digits",
                "nature of address indicator: no number present, cut-through call to carrier"
            ]
        );
        reads_and_writes(&[0x02], ChargeNumber::none(ChargeNature::NotAvailable));
        refuses_fewer::<AnsiCalledPartyNumber>(1);
        refuses_fewer::<ChargeNumber>(1);
    }

    #[test]
    fn charge_number_is_the_ani() {
        let charge = ChargeNumber::new(ChargeNature::CallingNational, number("2035551"));
        // odd, ANI of the calling party; E.164; 2 0 3 5 5 5 1
        reads_and_writes(&[0x83, 0x10, 0x02, 0x53, 0x55, 0x01], charge);
        assert_eq!(described(&charge)[0], "2035551");
    }

    #[test]
    fn ported_number_is_a_generic_address() {
        let ported = GenericAddress::new(
            AddressType::Ported,
            NatureOfAddress::National,
            number("2034"),
        );
        // ported; national; E.164, presentation allowed; 2 0 3 4
        reads_and_writes(&[0xc0, 0x03, 0x10, 0x02, 0x43], ported);
        assert_eq!(
            described(&ported)[..2],
            ["2034", "type of address: ported number"]
        );
        refuses_fewer::<GenericAddress>(3);
    }

    #[test]
    fn jurisdiction_and_trunk_group_are_pairs_of_digits() {
        let jurisdiction = JurisdictionInformation {
            digits: number("972301"),
        };
        reads_and_writes(&[0x79, 0x32, 0x10], jurisdiction);
        assert_eq!(described(&jurisdiction), ["972301"]);
        reads_and_writes(
            &[0x21, 0x43],
            OutgoingTrunkGroupNumber {
                digits: number("1234"),
            },
        );
        assert!(!format!("{jurisdiction:?}").contains("972301"));
    }
}
