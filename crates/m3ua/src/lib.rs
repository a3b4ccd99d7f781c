//! M3UA (RFC 4666): the codec, and the machines of both its sides.

pub mod param;
pub mod state;

pub use param::{ErrorCode, Status, TrafficMode};
pub use state::{AsState, AspState};
