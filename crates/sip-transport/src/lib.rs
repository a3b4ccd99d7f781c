//! The sockets of SIP: UDP, TCP, TLS and WebSocket (RFC 3261 18, RFC 7118), and DNS (RFC 3263).
//!
//! [`Sockets`] sends and never waits; what comes is told as [`SocketEvent`]s. It frames streams,
//! opens, shares, bounds and closes connections. What messages mean is not its matter.

pub mod config;
mod connection;
mod counters;
mod dns;
mod error;
mod event;
mod listener;
mod notices;
mod sockets;
mod table;
mod tls;
mod udp;
mod web_socket;

pub use config::Config;
pub use counters::{Count, Counters};
pub use error::{FileProblem, OpenError};
pub use event::{PeerCertificate, SocketEvent, Why};
pub use sockets::Sockets;

#[cfg(test)]
mod tests;
