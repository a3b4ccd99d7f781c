//! ISUP: the Q.763 codec and the Q.764 circuit machines.
//!
//! [`decode`] and [`encode`] turn octets, from the CIC on, into a [`Pdu`] and back; [`Message`]
//! holds one struct for each message, whose fields are the parameters. What each message and
//! parameter is called, consists of and is defined by stands in the tables [`MESSAGES`] and
//! [`PARAMETERS`].
//!
//! ```
//! use trunkline_isup::{Message, decode, encode};
//!
//! let octets = [0x05, 0x00, 0x0c, 0x02, 0x00, 0x02, 0x8a, 0x91];
//! let pdu = decode(&octets).unwrap();
//! let Message::Rel(rel) = &pdu.message else { panic!() };
//! assert_eq!(pdu.cic.value(), 5);
//! assert_eq!(rel.cause.cause().to_string(), "17 user busy (BI)");
//! assert_eq!(encode(&pdu), octets);
//! ```

pub mod circuit;
mod codes;
pub mod compatibility;
mod describe;
mod error;
mod message;
mod msg;
mod octets;
mod optional;
mod param;
pub mod segmentation;
mod variant;
mod wire;

pub use circuit::{
    Alarm, CallTimer, Census, CircuitGroup, CircuitState, CircuitTable, CircuitTableError,
    ClearReason, Discard, Indication, Input, Output, Phase, Request, Selection, Timers,
};
pub use describe::{Description, Field};
pub use error::{DecodeError, EncodeError, Problem};
pub use message::{Message, MessageType, Pdu};
pub use msg::*;
pub use octets::{Octets, TooLong};
pub use optional::{Iter as OptionalIter, OptionalParameters};
pub use param::*;
pub use variant::{DELTAS, Delta, DeltaError, PointCodeFormat, PointCodeFormatError, Variant};
pub use wire::{Form, Frame, MAX_MESSAGE, Part, Place, decode, decode_with, encode};
