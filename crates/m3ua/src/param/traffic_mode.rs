//! Traffic Mode Type (RFC 4666 3.7.1).

use super::code::codes;
use core::fmt;

codes! {
    /// How traffic is spread over the active ASPs of an Application Server: one of them takes
    /// it over, they share it, or each gets all of it.
    #[derive(Default)]
    TrafficMode: u32;
    Override = 1, "override";
    #[default]
    Loadshare = 2, "loadshare";
    Broadcast = 3, "broadcast";
    _ = Unknown, "unknown traffic mode";
}

impl fmt::Display for TrafficMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(value) => write!(f, "traffic mode {value}"),
            named => f.write_str(named.name()),
        }
    }
}
