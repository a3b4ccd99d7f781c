//! The numbers: called, calling, connected, original called, redirecting, redirection, generic
//! and subsequent number.

use crate::codes::codes;
use crate::param::AddressDigits;

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
