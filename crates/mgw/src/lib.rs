//! The media gateway: it joins the two terminations of a context.
//!
//! [`Mgw`] is the pure core: media commands and packets in, packets and events out.
//! [`worker::spawn`] gives it sockets, a clock and threads, and [`MgwHandle`] is how the rest of
//! the gateway speaks to it.
//!
//! A packet takes one of two paths. Between equal codecs, and between the two laws of G.711, it is
//! relayed at once with a new header. Otherwise it goes through a jitter buffer, a decoder and an
//! encoder, and leaves on a tick of the context. Until there is a packet to pass on, a termination
//! can play a signal to its far end, as the ringing tone to a caller.

mod config;
mod context;
mod core;
mod counters;
mod digits;
mod output;
mod paced;
mod path;
mod ports;
mod relay;
mod report;
mod sender;
mod signal;
mod termination;
mod timers;
pub mod worker;

pub use config::{CircuitBearers, ConfigError, MgwConfig};
pub use core::{Input, Mgw};
pub use counters::{Counters, Discard};
pub use output::{Channel, Output, SocketId};
pub use timers::Timer;
pub use trunkline_rtp::JitterConfig;
pub use worker::{MgwHandle, SpawnError};

#[cfg(test)]
mod tests;
