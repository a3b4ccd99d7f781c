//! Release causes (Q.850) and where they arose.

use core::fmt;

/// A cause value (Q.850 2.2.5): 7 bits, 1 to 127.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CauseValue(u8);

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $value:literal, $text:literal;)*) => {
        impl CauseValue {
            $(
                #[doc = concat!("Cause ", stringify!($value), ": ", $text, ".")]
                pub const $name: Self = Self($value);
            )*

            /// Every value that Q.850 names, in order.
            pub const NAMED: &'static [Self] = &[$(Self($value),)*];

            /// The name that Q.850 gives to the value, or `"unassigned"`.
            pub const fn name(self) -> &'static str {
                match self.0 {
                    $($value => $text,)*
                    _ => "unassigned",
                }
            }
        }
    };
}

causes! {
    UNALLOCATED_NUMBER = 1, "unallocated (unassigned) number";
    NO_ROUTE_TO_TRANSIT_NETWORK = 2, "no route to specified transit network";
    NO_ROUTE_TO_DESTINATION = 3, "no route to destination";
    SEND_SPECIAL_INFORMATION_TONE = 4, "send special information tone";
    MISDIALLED_TRUNK_PREFIX = 5, "misdialled trunk prefix";
    PREEMPTION = 8, "preemption";
    PREEMPTION_CIRCUIT_RESERVED = 9, "preemption - circuit reserved for reuse";
    QOR_PORTED_NUMBER = 14, "QoR: ported number";
    NORMAL_CALL_CLEARING = 16, "normal call clearing";
    USER_BUSY = 17, "user busy";
    NO_USER_RESPONDING = 18, "no user responding";
    NO_ANSWER_FROM_USER = 19, "no answer from user (user alerted)";
    SUBSCRIBER_ABSENT = 20, "subscriber absent";
    CALL_REJECTED = 21, "call rejected";
    NUMBER_CHANGED = 22, "number changed";
    REDIRECTION_TO_NEW_DESTINATION = 23, "redirection to new destination";
    CALL_REJECTED_DUE_TO_FEATURE = 24, "call rejected due to feature at the destination";
    EXCHANGE_ROUTING_ERROR = 25, "exchange routing error";
    NON_SELECTED_USER_CLEARING = 26, "non-selected user clearing";
    DESTINATION_OUT_OF_ORDER = 27, "destination out of order";
    INVALID_NUMBER_FORMAT = 28, "invalid number format (address incomplete)";
    FACILITY_REJECTED = 29, "facility rejected";
    RESPONSE_TO_STATUS_ENQUIRY = 30, "response to STATUS ENQUIRY";
    NORMAL_UNSPECIFIED = 31, "normal, unspecified";
    NO_CIRCUIT_AVAILABLE = 34, "no circuit/channel available";
    NETWORK_OUT_OF_ORDER = 38, "network out of order";
    PERMANENT_FRAME_MODE_OUT_OF_SERVICE = 39, "permanent frame mode connection out of service";
    PERMANENT_FRAME_MODE_OPERATIONAL = 40, "permanent frame mode connection operational";
    TEMPORARY_FAILURE = 41, "temporary failure";
    SWITCHING_EQUIPMENT_CONGESTION = 42, "switching equipment congestion";
    ACCESS_INFORMATION_DISCARDED = 43, "access information discarded";
    REQUESTED_CIRCUIT_NOT_AVAILABLE = 44, "requested circuit/channel not available";
    PRECEDENCE_CALL_BLOCKED = 46, "precedence call blocked";
    RESOURCE_UNAVAILABLE = 47, "resource unavailable, unspecified";
    QUALITY_OF_SERVICE_NOT_AVAILABLE = 49, "quality of service not available";
    FACILITY_NOT_SUBSCRIBED = 50, "requested facility not subscribed";
    OUTGOING_CALLS_BARRED_IN_CUG = 53, "outgoing calls barred within CUG";
    INCOMING_CALLS_BARRED_IN_CUG = 55, "incoming calls barred within CUG";
    BEARER_CAPABILITY_NOT_AUTHORIZED = 57, "bearer capability not authorized";
    BEARER_CAPABILITY_NOT_AVAILABLE = 58, "bearer capability not presently available";
    INCONSISTENT_OUTGOING_ACCESS = 62, "inconsistency in designated outgoing access information and subscriber class";
    SERVICE_NOT_AVAILABLE = 63, "service or option not available, unspecified";
    BEARER_CAPABILITY_NOT_IMPLEMENTED = 65, "bearer capability not implemented";
    CHANNEL_TYPE_NOT_IMPLEMENTED = 66, "channel type not implemented";
    FACILITY_NOT_IMPLEMENTED = 69, "requested facility not implemented";
    ONLY_RESTRICTED_DIGITAL = 70, "only restricted digital information bearer capability is available";
    SERVICE_NOT_IMPLEMENTED = 79, "service or option not implemented, unspecified";
    INVALID_CALL_REFERENCE = 81, "invalid call reference value";
    CHANNEL_DOES_NOT_EXIST = 82, "identified channel does not exist";
    SUSPENDED_CALL_EXISTS = 83, "a suspended call exists, but this call identity does not";
    CALL_IDENTITY_IN_USE = 84, "call identity in use";
    NO_CALL_SUSPENDED = 85, "no call suspended";
    CALL_IDENTITY_CLEARED = 86, "call having the requested call identity has been cleared";
    USER_NOT_MEMBER_OF_CUG = 87, "user not member of CUG";
    INCOMPATIBLE_DESTINATION = 88, "incompatible destination";
    NON_EXISTENT_CUG = 90, "non-existent CUG";
    INVALID_TRANSIT_NETWORK = 91, "invalid transit network selection";
    INVALID_MESSAGE = 95, "invalid message, unspecified";
    MANDATORY_INFORMATION_MISSING = 96, "mandatory information element is missing";
    MESSAGE_TYPE_NOT_IMPLEMENTED = 97, "message type non-existent or not implemented";
    MESSAGE_NOT_COMPATIBLE = 98, "message not compatible with call state, or non-existent";
    PARAMETER_NOT_IMPLEMENTED = 99, "information element/parameter non-existent or not implemented";
    INVALID_INFORMATION_CONTENTS = 100, "invalid information element contents";
    MESSAGE_NOT_COMPATIBLE_WITH_STATE = 101, "message not compatible with call state";
    RECOVERY_ON_TIMER_EXPIRY = 102, "recovery on timer expiry";
    PARAMETER_PASSED_ON = 103, "parameter non-existent or not implemented, passed on";
    UNRECOGNIZED_PARAMETER_DISCARDED = 110, "message with unrecognized parameter, discarded";
    PROTOCOL_ERROR = 111, "protocol error, unspecified";
    INTERWORKING = 127, "interworking, unspecified";
}

impl CauseValue {
    /// The cause with that value, or `None` for 0 and for more than 7 bits.
    pub const fn new(value: u8) -> Option<Self> {
        if value >= 1 && value <= 127 {
            Some(Self(value))
        } else {
            None
        }
    }

    /// The number itself.
    pub const fn value(self) -> u8 {
        self.0
    }

    /// The class: the three high bits of the value (Q.850 2.2.5).
    pub const fn class(self) -> u8 {
        self.0 >> 4
    }

    /// The value that stands for an unknown one of the same class (Q.850 2.2.6: class
    /// "unspecified": 31, 47, 63, 79, 95, 111, 127).
    pub const fn unspecified_of_class(self) -> Self {
        let value = self.0 | 0x0f;
        Self(if value == 15 { 31 } else { value })
    }
}

impl fmt::Display for CauseValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The location field of the cause indicators (Q.850 2.2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// User, 0.
    User,
    /// Private network serving the local user, 1.
    PrivateNetworkLocalUser,
    /// Public network serving the local user, 2.
    PublicNetworkLocalUser,
    /// Transit network, 3.
    TransitNetwork,
    /// Public network serving the remote user, 4.
    PublicNetworkRemoteUser,
    /// Private network serving the remote user, 5.
    PrivateNetworkRemoteUser,
    /// International network, 7.
    InternationalNetwork,
    /// Network beyond the interworking point, 10. What a gateway says of the SIP side.
    #[default]
    BeyondInterworkingPoint,
    /// A code that Q.850 leaves spare, kept as it came (4 bits).
    Spare(u8),
}

impl Location {
    /// The location with that code; only the four low bits count.
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 0x0f {
            0 => Self::User,
            1 => Self::PrivateNetworkLocalUser,
            2 => Self::PublicNetworkLocalUser,
            3 => Self::TransitNetwork,
            4 => Self::PublicNetworkRemoteUser,
            5 => Self::PrivateNetworkRemoteUser,
            7 => Self::InternationalNetwork,
            10 => Self::BeyondInterworkingPoint,
            spare => Self::Spare(spare),
        }
    }

    /// The code, four bits.
    pub const fn bits(self) -> u8 {
        match self {
            Self::User => 0,
            Self::PrivateNetworkLocalUser => 1,
            Self::PublicNetworkLocalUser => 2,
            Self::TransitNetwork => 3,
            Self::PublicNetworkRemoteUser => 4,
            Self::PrivateNetworkRemoteUser => 5,
            Self::InternationalNetwork => 7,
            Self::BeyondInterworkingPoint => 10,
            Self::Spare(spare) => spare & 0x0f,
        }
    }

    /// The code of RFC 8606 4 (`U`, `LPN`, `LN`, `TN`, `RLN`, `RPN`, `INTL`, `BI`), or `"spare"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "U",
            Self::PrivateNetworkLocalUser => "LPN",
            Self::PublicNetworkLocalUser => "LN",
            Self::TransitNetwork => "TN",
            Self::PublicNetworkRemoteUser => "RLN",
            Self::PrivateNetworkRemoteUser => "RPN",
            Self::InternationalNetwork => "INTL",
            Self::BeyondInterworkingPoint => "BI",
            Self::Spare(_) => "spare",
        }
    }
}

/// Why a call ended, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cause {
    /// The cause value.
    pub value: CauseValue,
    /// Where it arose.
    pub location: Location,
}

impl Cause {
    /// A cause at a location.
    pub const fn new(value: CauseValue, location: Location) -> Self {
        Self { value, location }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} ({})",
            self.value.value(),
            self.value.name(),
            self.location.name()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_eight_bits_are_no_causes() {
        assert_eq!(CauseValue::new(0), None);
        assert_eq!(CauseValue::new(128), None);
        assert_eq!(CauseValue::new(17), Some(CauseValue::USER_BUSY));
    }

    #[test]
    fn location_keeps_every_code() {
        for bits in 0..16 {
            assert_eq!(Location::from_bits(bits).bits(), bits);
        }
    }

    #[test]
    fn unknown_value_falls_to_its_class() {
        assert_eq!(
            CauseValue::new(36).unwrap().unspecified_of_class(),
            CauseValue::RESOURCE_UNAVAILABLE
        );
        assert_eq!(
            CauseValue::new(6).unwrap().unspecified_of_class(),
            CauseValue::NORMAL_UNSPECIFIED
        );
    }
}
