//! ISUP: the Q.763 codec and the Q.764 circuit machines.
//!
//! [`decode`] and [`encode`] turn octets, from the CIC on, into a [`Pdu`] and back; [`Message`]
//! holds one struct for each message, whose fields are the parameters.

pub mod circuit;
mod codes;
mod error;
mod message;
mod msg;
mod octets;
mod order;
mod param;
mod wire;

pub use circuit::{
    Alarm, CallTimer, Census, CircuitGroup, CircuitState, CircuitTable, CircuitTableError,
    ClearReason, Discard, Indication, Input, Output, Phase, Request, Selection, Timers,
};
pub use error::{DecodeError, Problem};
pub use message::{Message, MessageType, Pdu};
pub use msg::*;
pub use octets::{Octets, TooLong};
pub use order::ParameterOrder;
pub use param::*;
pub use wire::{MAX_MESSAGE, decode, decode_with, encode};
