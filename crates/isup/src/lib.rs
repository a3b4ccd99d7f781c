//! ISUP: the Q.763 codec and the Q.764 circuit machines.
//!
//! [`decode`] and [`encode`] turn octets, from the CIC on, into a [`Pdu`] and back, byte for byte;
//! [`Message`] holds one struct for each message, whose fields are the mandatory parameters and
//! [`OptionalParameters`]. [`Frame`] finds the parts of a message without reading them. What each
//! message and parameter is called, consists of and is defined by stands in the tables
//! [`MESSAGES`] and [`PARAMETERS`], and where a network differs from them, in its [`Variant`].
//! [`CircuitTable`] runs the circuits by Q.764; it uses [`segmentation`] and [`compatibility`].
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
//!
//! ```
//! use trunkline_isup::{CallingPartyNumber, HopCounter, Message, Variant};
//!
//! // An IAM of an ANSI network: without transmission medium requirement, with user service
//! // information, and a hop counter that the next exchange decrements.
//! let ansi = Variant::named("ansi-1995").unwrap();
//! let octets = [
//!     0x05, 0x00, 0x01, 0x00, 0x20, 0x00, 0x0a, 0x03, 0x06, 0x0b, 0x03, 0x80, 0x90, 0xa2, 0x05,
//!     0x03, 0x10, 0x21, 0x43, 0x65, 0x3d, 0x01, 0x14, 0x00,
//! ];
//! let mut pdu = ansi.decode(&octets).unwrap();
//! let Message::Iam(iam) = &mut pdu.message else { panic!() };
//! assert_eq!(iam.called.digits.to_string(), "123456");
//! assert_eq!(iam.optional.get::<CallingPartyNumber>(), None);
//! iam.optional.set(&HopCounter(19));
//! let sent = ansi.encode(&pdu).unwrap();
//! assert_eq!((&sent[..22], sent[22], sent[23]), (&octets[..22], 19, 0));
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
    ClearReason, DestinationEvent, Discard, Indication, Input, Output, Phase, Request, Selection,
    Timers,
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
