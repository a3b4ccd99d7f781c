//! The signaling adapter: SCTP associations and M3UA peers in, MTP primitives out.
//!
//! [`spawn`] starts an adapter as its [`Config`] says: it connects to signaling gateways as an
//! application server process, which is what the gateway does; it listens and serves others
//! as a signaling gateway, which the simulated exchange does; or it is an IPSP among equals. It
//! gives a [`SignalingHandle`] to send through and a receiver of [`SignalingEvent`]s.
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
pub mod links;
mod shell;
mod transport;

pub use config::{
    Admission, Audit, Backoff, Config, ListenConfig, LocalPointCode, M3UA_PORT, M3uaTimers,
    PeerConfig, Role, Route, SctpTimers, Transport, UDP_ENCAPSULATION_PORT, Way, WayVia,
    application_server,
};
pub use event::{
    AssociationState, Direction, Discarded, DownReason, PeerError, SignalingEvent, WayState,
};
pub use links::{LinkAction, LinkError, Links};
pub use shell::{LocalAddress, SignalingError, SignalingHandle, spawn};
