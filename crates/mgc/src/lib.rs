//! The media gateway controller: one owner for calls, circuits, SIP sessions and their timers.
//!
//! [`Mgc`] takes datagrams, MTP indications and media events with the time at which they came, and
//! queues [`Output`]s: datagrams, MTP transfers, media commands, [`CallEvent`]s. It knows neither
//! sockets nor clocks nor the MGW's insides. The two call machines stand in [`sip_to_isup`]
//! (RFC 3398 7.2) and [`isup_to_sip`] (RFC 3398 8.2); what they share is in [`call`].

mod admission;
pub mod call;
pub mod config;
mod connected;
mod core;
pub mod event;
pub mod isup_to_sip;
mod mgc;
mod offer_answer;
mod peers;
pub mod sip_to_isup;
mod timers;
mod users;

pub use config::{
    AddressRange, Authenticate, CallTimers, Config, ConfigError, KeepAlive, SipPeer, Target,
    TrunkGroup,
};
pub use event::{CallEvent, Direction, Input, Output, Refusal, Side, SipEvent, Timer};
pub use mgc::{Holdings, Mgc};
pub use peers::PeerState;
pub use users::Users;
