//! M3UA (RFC 4666): the codec, and the machines of both its sides.
//!
//! [`decode`] and [`encode`] turn octets into a [`Message`] and back; [`asp::Asp`] is our side
//! of one association as an application server process, [`sgp::Sgp`] is a whole signaling
//! gateway process with its application servers. All of it is pure: time and messages come in
//! as arguments, what to do is polled out.
//!
//! What the two ends are to each other (ASP and SGP, or two IPSPs) is a [`Role`].

pub mod asp;
pub mod diversion;
pub mod error;
pub mod message_type;
pub mod msg;
pub mod param;
pub mod quirks;
pub mod role;
pub mod sgp;
pub mod state;
mod stream;

pub use error::{DecodeError, Problem};
pub use message_type::MessageType;
pub use msg::{Message, decode, encode};
pub use param::{
    AffectedPointCode, DeregistrationResult, DeregistrationStatus, ErrorCode, InfoString,
    RegistrationResult, RegistrationStatus, RoutingKey, RoutingKeyDestination, Status, TrafficMode,
};
pub use quirks::Quirks;
pub use role::Role;
pub use state::{AsState, AspState};

/// The SCTP payload protocol identifier of M3UA (RFC 4666 7.1).
pub const PAYLOAD_PROTOCOL_IDENTIFIER: u32 = 3;

/// The length of the common message header in octets (RFC 4666 3.1).
pub const HEADER_LENGTH: usize = 8;

/// The only version of M3UA (RFC 4666 3.1.1).
pub const VERSION: u8 = 1;
