//! The signaling adapter: SCTP associations and M3UA peers in, MTP primitives out.
//!
//! [`spawn_asp`] connects to signaling gateways as an application server process, which is what
//! the gateway does; [`spawn_sgp`] is the other side, which the simulated exchange uses. Both
//! give a [`SignalingHandle`] to send through and a receiver of [`SignalingEvent`]s.
//!
//! Capture: the tap sees the datagrams of UDP encapsulation only. A socket that is bound to the
//! unspecified address shows that address in it.
//!
//! Inside, the pure [`adapter::Adapter`] decides (routes, load share, availability) over the
//! machines of `trunkline-m3ua`; `transport` carries its messages over SCTP in user space
//! (UDP encapsulation or raw IP), over the kernel's SCTP, or over TCP.

pub mod adapter;
pub mod config;
pub mod event;
mod shell;
mod transport;

pub use config::{
    Admission, AsConfig, AspConfig, Backoff, ListenConfig, M3UA_PORT, M3uaTimers, PeerConfig,
    Route, SctpTimers, SgpConfig, Sharing, Transport, UDP_ENCAPSULATION_PORT,
};
pub use event::{AssociationState, Direction, Discarded, DownReason, PeerError, SignalingEvent};
pub use shell::{LocalAddress, SignalingError, SignalingHandle, spawn_asp, spawn_sgp};
