//! The numbers: called, calling, connected, original called, redirecting, redirection, generic
//! and subsequent number.

use super::{AddressDigits, Parameter, ParameterCode, bit, first};
use crate::codes::codes;
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
        AdditionalCalledNumber = 1, "additional called number";
        AdditionalConnectedNumber = 5, "additional connected number";
        AdditionalCallingPartyNumber = 6, "additional calling party number";
        AdditionalOriginalCalledNumber = 7, "additional original called number";
        AdditionalRedirectingNumber = 8, "additional redirecting number";
        AdditionalRedirectionNumber = 9, "additional redirection number";
        _ => Spare, "other number qualifier"
    }
}

/// Called party number (Q.763 3.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CalledPartyNumber {
    /// Nature of address indicator.
    pub nature: NatureOfAddress,
    /// Internal network number indicator, INN: whether routing to an internal network number is
    /// allowed (the bit on the wire says "not allowed").
    pub internal_network_allowed: bool,
    /// Numbering plan indicator.
    pub plan: NumberingPlan,
    /// The address signals, ST included.
    pub digits: AddressDigits,
}

/// Redirection number (Q.763 3.46), coded as the called party number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RedirectionNumber {
    /// Nature of address indicator.
    pub nature: NatureOfAddress,
    /// Internal network number indicator, INN, as in the called party number.
    pub internal_network_allowed: bool,
    /// Numbering plan indicator.
    pub plan: NumberingPlan,
    /// The address signals.
    pub digits: AddressDigits,
}

/// Calling party number (Q.763 3.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallingPartyNumber {
    /// Nature of address indicator.
    pub nature: NatureOfAddress,
    /// Number incomplete indicator, NI.
    pub incomplete: bool,
    /// Numbering plan indicator.
    pub plan: NumberingPlan,
    /// Address presentation restricted indicator, APRI.
    pub presentation: Presentation,
    /// Screening indicator.
    pub screening: Screening,
    /// The address signals; none when the address is not available.
    pub digits: AddressDigits,
}

/// Connected number (Q.763 3.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectedNumber {
    /// Nature of address indicator.
    pub nature: NatureOfAddress,
    /// Numbering plan indicator.
    pub plan: NumberingPlan,
    /// Address presentation restricted indicator, APRI.
    pub presentation: Presentation,
    /// Screening indicator.
    pub screening: Screening,
    /// The address signals; none when the address is not available.
    pub digits: AddressDigits,
}

/// Original called number (Q.763 3.39).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OriginalCalledNumber {
    /// Nature of address indicator.
    pub nature: NatureOfAddress,
    /// Numbering plan indicator.
    pub plan: NumberingPlan,
    /// Address presentation restricted indicator, APRI.
    pub presentation: Presentation,
    /// The address signals.
    pub digits: AddressDigits,
}

/// Redirecting number (Q.763 3.44), coded as the original called number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RedirectingNumber {
    /// Nature of address indicator.
    pub nature: NatureOfAddress,
    /// Numbering plan indicator.
    pub plan: NumberingPlan,
    /// Address presentation restricted indicator, APRI.
    pub presentation: Presentation,
    /// The address signals.
    pub digits: AddressDigits,
}

/// Generic number (Q.763 3.26).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GenericNumber {
    /// Whose number it is.
    pub qualifier: NumberQualifier,
    /// Nature of address indicator.
    pub nature: NatureOfAddress,
    /// Number incomplete indicator, NI.
    pub incomplete: bool,
    /// Numbering plan indicator.
    pub plan: NumberingPlan,
    /// Address presentation restricted indicator, APRI.
    pub presentation: Presentation,
    /// Screening indicator.
    pub screening: Screening,
    /// The address signals.
    pub digits: AddressDigits,
}

/// Subsequent number (Q.763 3.51).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SubsequentNumber {
    /// The address signals that follow those of the called party number, ST included.
    pub digits: AddressDigits,
}

impl CalledPartyNumber {
    /// A number of the ISDN numbering plan, routing to internal network numbers not allowed.
    pub const fn new(nature: NatureOfAddress, digits: AddressDigits) -> Self {
        Self {
            nature,
            internal_network_allowed: false,
            plan: NumberingPlan::Isdn,
            digits,
        }
    }
}

impl RedirectionNumber {
    /// A number of the ISDN numbering plan, routing to internal network numbers not allowed.
    pub const fn new(nature: NatureOfAddress, digits: AddressDigits) -> Self {
        Self {
            nature,
            internal_network_allowed: false,
            plan: NumberingPlan::Isdn,
            digits,
        }
    }
}

impl CallingPartyNumber {
    /// A complete number of the ISDN numbering plan, presentation allowed, network provided.
    pub const fn new(nature: NatureOfAddress, digits: AddressDigits) -> Self {
        Self {
            nature,
            incomplete: false,
            plan: NumberingPlan::Isdn,
            presentation: Presentation::Allowed,
            screening: Screening::NetworkProvided,
            digits,
        }
    }

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

impl ConnectedNumber {
    /// A number of the ISDN numbering plan, presentation allowed, network provided.
    pub const fn new(nature: NatureOfAddress, digits: AddressDigits) -> Self {
        Self {
            nature,
            plan: NumberingPlan::Isdn,
            presentation: Presentation::Allowed,
            screening: Screening::NetworkProvided,
            digits,
        }
    }
}

impl OriginalCalledNumber {
    /// A number of the ISDN numbering plan, presentation allowed.
    pub const fn new(nature: NatureOfAddress, digits: AddressDigits) -> Self {
        Self {
            nature,
            plan: NumberingPlan::Isdn,
            presentation: Presentation::Allowed,
            digits,
        }
    }
}

impl RedirectingNumber {
    /// A number of the ISDN numbering plan, presentation allowed.
    pub const fn new(nature: NatureOfAddress, digits: AddressDigits) -> Self {
        Self {
            nature,
            plan: NumberingPlan::Isdn,
            presentation: Presentation::Allowed,
            digits,
        }
    }
}

impl GenericNumber {
    /// A complete number of the ISDN numbering plan, presentation allowed, user provided and not
    /// verified.
    pub const fn new(
        qualifier: NumberQualifier,
        nature: NatureOfAddress,
        digits: AddressDigits,
    ) -> Self {
        Self {
            qualifier,
            nature,
            incomplete: false,
            plan: NumberingPlan::Isdn,
            presentation: Presentation::Allowed,
            screening: Screening::UserProvidedNotVerified,
            digits,
        }
    }
}

impl Parameter for CalledPartyNumber {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::CALLED_PARTY_NUMBER;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let (nature, second, digits) = read(octets)?;
        Ok(Self {
            nature,
            internal_network_allowed: !bit(second, 7),
            plan: plan(second),
            digits,
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        let second = u8::from(!value.internal_network_allowed) << 7 | plan_bits(value.plan);
        write(value.nature, second, &value.digits, out);
    }
}

impl Parameter for RedirectionNumber {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::REDIRECTION_NUMBER;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let (nature, second, digits) = read(octets)?;
        Ok(Self {
            nature,
            internal_network_allowed: !bit(second, 7),
            plan: plan(second),
            digits,
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        let second = u8::from(!value.internal_network_allowed) << 7 | plan_bits(value.plan);
        write(value.nature, second, &value.digits, out);
    }
}

impl Parameter for CallingPartyNumber {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::CALLING_PARTY_NUMBER;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let (nature, second, digits) = read(octets)?;
        Ok(Self {
            nature,
            incomplete: bit(second, 7),
            plan: plan(second),
            presentation: presentation(second),
            screening: screening(second),
            digits,
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        let second = u8::from(value.incomplete) << 7
            | plan_bits(value.plan)
            | presentation_bits(value.presentation)
            | screening_bits(value.screening);
        write(value.nature, second, &value.digits, out);
    }
}

impl Parameter for ConnectedNumber {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::CONNECTED_NUMBER;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let (nature, second, digits) = read(octets)?;
        Ok(Self {
            nature,
            plan: plan(second),
            presentation: presentation(second),
            screening: screening(second),
            digits,
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        let second = plan_bits(value.plan)
            | presentation_bits(value.presentation)
            | screening_bits(value.screening);
        write(value.nature, second, &value.digits, out);
    }
}

impl Parameter for OriginalCalledNumber {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::ORIGINAL_CALLED_NUMBER;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let (nature, second, digits) = read(octets)?;
        Ok(Self {
            nature,
            plan: plan(second),
            presentation: presentation(second),
            digits,
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        let second = plan_bits(value.plan) | presentation_bits(value.presentation);
        write(value.nature, second, &value.digits, out);
    }
}

impl Parameter for RedirectingNumber {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::REDIRECTING_NUMBER;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let (nature, second, digits) = read(octets)?;
        Ok(Self {
            nature,
            plan: plan(second),
            presentation: presentation(second),
            digits,
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        let second = plan_bits(value.plan) | presentation_bits(value.presentation);
        write(value.nature, second, &value.digits, out);
    }
}

impl Parameter for GenericNumber {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::GENERIC_NUMBER;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [qualifier, _, _] = first(octets)?;
        let (nature, second, digits) = read(octets.get(1..).unwrap_or_default())?;
        Ok(Self {
            qualifier: NumberQualifier::from_code(qualifier),
            nature,
            incomplete: bit(second, 7),
            plan: plan(second),
            presentation: presentation(second),
            screening: screening(second),
            digits,
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        let second = u8::from(value.incomplete) << 7
            | plan_bits(value.plan)
            | presentation_bits(value.presentation)
            | screening_bits(value.screening);
        out.push(value.qualifier.code());
        write(value.nature, second, &value.digits, out);
    }
}

impl Parameter for SubsequentNumber {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::SUBSEQUENT_NUMBER;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [first] = first(octets)?;
        let digits = digits(octets.get(1..).unwrap_or_default(), bit(first, 7))?;
        Ok(Self { digits })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        out.push(u8::from(value.digits.is_odd()) << 7);
        out.extend_from_slice(value.digits.octets());
    }
}

/// What most numbers have in common: odd/even and nature of address in the first octet, a second
/// octet of indicators, then the address signals.
fn read(octets: &[u8]) -> Result<(NatureOfAddress, u8, AddressDigits), Problem> {
    let [first, second] = first(octets)?;
    let digits = digits(octets.get(2..).unwrap_or_default(), bit(first, 7))?;
    Ok((NatureOfAddress::from_code(first & 0x7f), second, digits))
}

fn write(nature: NatureOfAddress, second: u8, digits: &AddressDigits, out: &mut Vec<u8>) {
    out.extend([
        u8::from(digits.is_odd()) << 7 | nature.code() & 0x7f,
        second,
    ]);
    out.extend_from_slice(digits.octets());
}

fn digits(octets: &[u8], odd: bool) -> Result<AddressDigits, Problem> {
    AddressDigits::read(octets, odd).map_err(|_| Problem::TooManyDigits {
        limit: AddressDigits::MAX,
        have: octets.len(),
    })
}

const fn plan(second: u8) -> NumberingPlan {
    NumberingPlan::from_code(second >> 4 & 7)
}

const fn plan_bits(plan: NumberingPlan) -> u8 {
    (plan.code() & 7) << 4
}

const fn presentation(second: u8) -> Presentation {
    Presentation::from_code(second >> 2 & 3)
}

const fn presentation_bits(presentation: Presentation) -> u8 {
    (presentation.code() & 3) << 2
}

const fn screening(second: u8) -> Screening {
    Screening::from_code(second & 3)
}

const fn screening_bits(screening: Screening) -> u8 {
    screening.code() & 3
}
