//! Capture files to typed messages to a ladder.
//!
//! [`capture::Reader`] reads pcap and pcapng files frame by frame; [`Dissector`] turns frames into
//! [`Sighting`]s: SIP, M3UA and ISUP messages, RTP streams; [`ladder`] prints them, as it prints
//! what a running gateway sends. [`capture::Writer`] writes datagrams as a pcapng file. [`tree`]
//! shows one message with all its fields.

pub mod capture;
mod dissect;
mod draft;
pub mod ladder;
mod network;
mod rtp;
mod sctp;
mod sighting;
mod stream;
pub mod tree;

pub use dissect::Dissector;
pub use sighting::{Line, Protocol, Sighting, What};
