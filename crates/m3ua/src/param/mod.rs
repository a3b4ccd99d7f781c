//! The parameters of M3UA messages (RFC 4666 3.2).

mod error_code;
mod status;
mod traffic_mode;

pub use error_code::ErrorCode;
pub use status::Status;
pub use traffic_mode::TrafficMode;
