//! Registration Status (RFC 4666 3.6.2).

use super::code::codes;
use core::fmt;

codes! {
    /// What became of the registration of a routing key.
    RegistrationStatus: u32;
    SuccessfullyRegistered = 0, "Successfully Registered";
    ErrorUnknown = 1, "Error - Unknown";
    InvalidDpc = 2, "Error - Invalid DPC";
    InvalidNetworkAppearance = 3, "Error - Invalid Network Appearance";
    InvalidRoutingKey = 4, "Error - Invalid Routing Key";
    PermissionDenied = 5, "Error - Permission Denied";
    CannotSupportUniqueRouting = 6, "Error - Cannot Support Unique Routing";
    RoutingKeyNotCurrentlyProvisioned = 7, "Error - Routing Key not Currently Provisioned";
    InsufficientResources = 8, "Error - Insufficient Resources";
    UnsupportedRkParameterField = 9, "Error - Unsupported RK parameter Field";
    UnsupportedTrafficHandlingMode = 10, "Error - Unsupported/Invalid Traffic Handling Mode";
    RoutingKeyChangeRefused = 11, "Error - Routing Key Change Refused";
    RoutingKeyAlreadyRegistered = 12, "Error - Routing Key Already Registered";
    _ = Unknown, "unknown registration status";
}

impl fmt::Display for RegistrationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.value())
    }
}
