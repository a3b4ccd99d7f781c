//! SIP (RFC 3261): messages, the user agent core, and SDP.
//!
//! [`Message`] reads what came in, [`Builder`] writes what goes out, [`sdp`] describes and
//! negotiates the media. [`Endpoint`] is the user agent core that drives the transaction machines
//! of [`transaction`] and keeps the dialogs.

pub mod builder;
mod check;
mod dialog;
pub mod digest;
pub mod endpoint;
pub mod error;
pub mod flow;
mod framing;
pub mod header;
pub mod limit;
pub mod locate;
pub mod message;
pub mod method;
pub mod multipart;
pub mod name;
pub mod name_addr;
pub mod params;
pub mod registration;
mod scan;
pub mod sdp;
pub mod stream;
pub mod transaction;
pub mod uri;
pub mod via;

pub use builder::{Builder, reason_phrase};
pub use endpoint::{
    Endpoint, EndpointConfig, Event, OutgoingInvite, Output, SessionId, WrongState,
};
pub use error::{ParseError, Problem};
pub use flow::{ConnectionId, Flow, Transport};
pub use message::{CSeq, Header, Kind, Message};
pub use method::Method;
pub use name::Name;
pub use name_addr::{NameAddr, Quoted};
pub use params::{Param, Params};
pub use uri::{Host, SipUri, TelUri, Uri};
pub use via::Via;
