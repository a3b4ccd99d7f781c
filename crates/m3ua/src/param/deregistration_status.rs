//! Deregistration Status (RFC 4666 3.6.4).

use super::code::codes;
use core::fmt;

codes! {
    /// What became of the deregistration of a routing context.
    DeregistrationStatus: u32;
    SuccessfullyDeregistered = 0, "Successfully Deregistered";
    ErrorUnknown = 1, "Error - Unknown";
    InvalidRoutingContext = 2, "Error - Invalid Routing Context";
    PermissionDenied = 3, "Error - Permission Denied";
    NotRegistered = 4, "Error - Not Registered";
    AspCurrentlyActive = 5, "Error - ASP Currently Active for Routing Context";
    _ = Unknown, "unknown deregistration status";
}

impl fmt::Display for DeregistrationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.value())
    }
}
