//! Interworking of SIP and ISUP: RFC 3398 as pure functions and tables.

pub mod cause;
pub mod reason;

pub use cause::{CauseMap, Diagnostic, NotMapped, ProfileName, Remedy, ToIsup, ToSip};
pub use reason::{parse_reason, reason_header};
