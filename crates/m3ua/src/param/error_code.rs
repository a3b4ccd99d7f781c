//! Error Code (RFC 4666 3.8.1).

use core::fmt;

macro_rules! error_codes {
    ($($name:ident = $value:literal, $text:literal;)*) => {
        /// Why a message was refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $(
                #[doc = concat!($text, ", ", stringify!($value), ".")]
                $name,
            )*
            /// A code that RFC 4666 does not define, kept as it came.
            Unknown(u32),
        }

        impl ErrorCode {
            /// Every code that RFC 4666 defines, in order.
            pub const NAMED: &'static [Self] = &[$(Self::$name,)*];

            /// The code with that value.
            pub const fn from_value(value: u32) -> Self {
                match value {
                    $($value => Self::$name,)*
                    other => Self::Unknown(other),
                }
            }

            /// The value on the wire.
            pub const fn value(self) -> u32 {
                match self {
                    $(Self::$name => $value,)*
                    Self::Unknown(value) => value,
                }
            }

            /// The name in the standard, or `"unknown error code"`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Unknown(_) => "unknown error code",
                }
            }
        }
    };
}

error_codes! {
    InvalidVersion = 0x01, "Invalid Version";
    UnsupportedMessageClass = 0x03, "Unsupported Message Class";
    UnsupportedMessageType = 0x04, "Unsupported Message Type";
    UnsupportedTrafficModeType = 0x05, "Unsupported Traffic Mode Type";
    UnexpectedMessage = 0x06, "Unexpected Message";
    ProtocolError = 0x07, "Protocol Error";
    InvalidStreamIdentifier = 0x09, "Invalid Stream Identifier";
    RefusedManagementBlocking = 0x0d, "Refused - Management Blocking";
    AspIdentifierRequired = 0x0e, "ASP Identifier Required";
    InvalidAspIdentifier = 0x0f, "Invalid ASP Identifier";
    InvalidParameterValue = 0x11, "Invalid Parameter Value";
    ParameterFieldError = 0x12, "Parameter Field Error";
    UnexpectedParameter = 0x13, "Unexpected Parameter";
    DestinationStatusUnknown = 0x14, "Destination Status Unknown";
    InvalidNetworkAppearance = 0x15, "Invalid Network Appearance";
    MissingParameter = 0x16, "Missing Parameter";
    InvalidRoutingContext = 0x19, "Invalid Routing Context";
    NoConfiguredAsForAsp = 0x1a, "No Configured AS for ASP";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:#04x})", self.name(), self.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_itself_and_unknown_ones_are_kept() {
        for &code in ErrorCode::NAMED {
            assert_eq!(ErrorCode::from_value(code.value()), code);
        }
        for value in [0, 2, 8, 0x0a, 0x10, 0x17, 0x1b, u32::MAX] {
            assert_eq!(ErrorCode::from_value(value), ErrorCode::Unknown(value));
            assert_eq!(ErrorCode::Unknown(value).value(), value);
        }
    }
}
