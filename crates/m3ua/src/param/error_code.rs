//! Error Code (RFC 4666 3.8.1).

use super::code::codes;
use core::fmt;

codes! {
    /// Why a message was refused.
    ErrorCode: u32;
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
    _ = Unknown, "unknown error code";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:#04x})", self.name(), self.value())
    }
}
