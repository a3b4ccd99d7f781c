//! The parameters of M3UA messages (RFC 4666 3.2).

mod affected_point_code;
pub(crate) mod code;
mod deregistration_result;
mod deregistration_status;
mod error_code;
pub(crate) mod field;
mod info_string;
mod reader;
mod registration_result;
mod registration_status;
mod routing_key;
mod status;
mod tag;
mod traffic_mode;
mod writer;

pub use affected_point_code::AffectedPointCode;
pub use deregistration_result::DeregistrationResult;
pub use deregistration_status::DeregistrationStatus;
pub use error_code::ErrorCode;
pub(crate) use field::{Field, Nested};
pub use info_string::InfoString;
pub(crate) use reader::Reader;
pub use registration_result::RegistrationResult;
pub use registration_status::RegistrationStatus;
pub use routing_key::{RoutingKey, RoutingKeyDestination};
pub use status::Status;
pub(crate) use tag::TagSet;
pub use tag::{PARAMETERS, ParameterRow, Tag};
pub use traffic_mode::TrafficMode;
pub(crate) use writer::Writer;
