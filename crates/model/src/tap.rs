//! A look at what a socket sends, for ladders and captures.

use std::net::SocketAddr;
use std::sync::Arc;

/// Called with source, destination and payload of each datagram as it is sent.
///
/// It runs on the sender's thread: it must hand the bytes on and return.
pub type Tap = Arc<dyn Fn(SocketAddr, SocketAddr, &[u8]) + Send + Sync>;
