//! What peers may cost, and sparing peers that are overloaded.
//!
//! [`Guard`] stands before the transactions: it says which requests are served, refused or left
//! without an answer. [`OverloadClient`] holds back requests to a peer that asks for it,
//! [`OverloadServer`] asks peers to hold back (RFC 7339).

mod ban;
mod bucket;
mod class;
mod feedback;
mod guard;
mod network;
mod overload_client;
mod overload_server;
mod recent;
mod scanner;

pub use ban::{BanRule, Offence};
pub use bucket::Rate;
pub use class::{Class, is_priority};
pub use feedback::{Feedback, OFFER, Sequence};
pub use guard::{Decision, Guard, Limits, Peer, Rates, Reason, Strangers};
pub use network::{Network, Source};
pub use overload_client::{OverloadClient, Sending};
pub use overload_server::OverloadServer;
pub use scanner::SCANNERS;
