//! The parameters of M3UA messages (RFC 4666 3.2).

mod affected_point_code;
mod error_code;
mod info_string;
mod reader;
mod status;
mod tag;
mod traffic_mode;
mod writer;

pub use affected_point_code::AffectedPointCode;
pub use error_code::ErrorCode;
pub use info_string::InfoString;
pub(crate) use reader::Reader;
pub use status::Status;
pub use tag::{PARAMETERS, ParameterRow, Tag};
pub use traffic_mode::TrafficMode;
pub(crate) use writer::Writer;
