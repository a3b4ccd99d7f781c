//! The state of the signaling at one moment, for people and programs to look at, and what they
//! can do to it.

use crate::event::WayState;
use serde::Serialize;
use std::net::{IpAddr, SocketAddr};
use trunkline_model::PointCode;

/// All associations, application servers and destinations at one moment.
#[derive(Clone, Debug, Serialize)]
pub struct Links {
    /// Our own point codes.
    pub point_codes: Vec<PointCodeValue>,
    /// The peers, those of the configuration first.
    pub peers: Vec<PeerLink>,
    /// The application servers that peers serve.
    pub served: Vec<ServedLink>,
    /// The destinations, in order of their point codes.
    pub destinations: Vec<DestinationLink>,
    /// DATA messages sent since the start, over all peers that there ever were.
    pub data_sent: u64,
    /// The same for those received.
    pub data_received: u64,
    /// Messages that wait while their signaling link selection changes its way.
    pub diverted: usize,
}

/// A point code as its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PointCodeValue(u32);

impl From<PointCode> for PointCodeValue {
    fn from(point_code: PointCode) -> Self {
        Self(point_code.value())
    }
}

impl PointCodeValue {
    /// The number.
    pub const fn value(self) -> u32 {
        self.0
    }
}

/// A peer and its association.
#[derive(Clone, Debug, Serialize)]
pub struct PeerLink {
    /// Its name; its address if it is not configured.
    pub name: String,
    /// What we are to it: `asp`, `sgp`, `ipsp-client`, `ipsp-server` or `ipsp-double`.
    pub role: &'static str,
    /// `kernel`, `raw-ip`, `udp-encapsulated`, `tcp`, or `auto`; empty if it is not configured.
    pub transport: &'static str,
    /// Its addresses.
    pub remote: Vec<SocketAddr>,
    /// The state of the association.
    pub association: LinkState,
    /// Seconds since that changed.
    pub for_seconds: u64,
    /// Why it was lost the last time.
    pub last_loss: Option<String>,
    /// How often it came up.
    pub established: u64,
    /// Streams that we may send on, while it is up.
    pub outbound_streams: Option<u16>,
    /// The paths of a multi-homed association of which something was heard.
    pub paths: Vec<PathLink>,
    /// How full the send buffer is, 0 to 3.
    pub congestion: u8,
    /// Whether traffic with it was blocked by command.
    pub blocked: bool,
    /// The state of the ASP: ours at the peer, or the peer's with us if it only asks.
    pub asp: &'static str,
    /// The application servers in which we are active towards it.
    pub application_servers: Vec<AspLink>,
    /// DATA messages sent to it.
    pub data_sent: u64,
    /// DATA messages received from it.
    pub data_received: u64,
    /// Other messages sent to it.
    pub management_sent: u64,
    /// Other messages received from it.
    pub management_received: u64,
}

/// The state of an association.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// Down; we set it up again after a while.
    Waiting,
    /// Down; the peer is to set it up.
    Listening,
    /// We are setting it up.
    Connecting,
    /// Up.
    Up,
    /// Taken down by command.
    TakenDown,
    /// Down for good: the adapter stops.
    Closed,
}

impl LinkState {
    /// Its name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Listening => "listening",
            Self::Connecting => "connecting",
            Self::Up => "up",
            Self::TakenDown => "taken-down",
            Self::Closed => "closed",
        }
    }
}

/// One path of a multi-homed association.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PathLink {
    /// The peer's address.
    pub address: IpAddr,
    /// Whether it can be reached.
    pub up: bool,
}

/// Our state in one application server.
#[derive(Clone, Debug, Serialize)]
pub struct AspLink {
    /// Its routing context, if there is one (yet).
    pub routing_context: Option<u32>,
    /// Our state in it, as `ASP-ACTIVE`.
    pub asp: &'static str,
    /// The state of the whole, as the gateway last notified it.
    pub application_server: Option<&'static str>,
}

/// An application server that peers serve.
#[derive(Clone, Debug, Serialize)]
pub struct ServedLink {
    /// Its routing context.
    pub routing_context: Option<u32>,
    /// Its state, as `AS-ACTIVE`.
    pub state: &'static str,
    /// Its traffic mode, once it is known.
    pub traffic_mode: Option<String>,
    /// Messages that wait for an active ASP.
    pub held: usize,
    /// The ASPs that are not down in it.
    pub asps: Vec<ServedAsp>,
}

/// An ASP in an application server.
#[derive(Clone, Debug, Serialize)]
pub struct ServedAsp {
    /// The peer's name.
    pub peer: String,
    /// Its state, as `ASP-ACTIVE`.
    pub state: &'static str,
}

/// A destination.
#[derive(Clone, Debug, Serialize)]
pub struct DestinationLink {
    /// Its point code.
    pub point_code: PointCodeValue,
    /// Whether it can be reached.
    pub available: bool,
    /// The ways there.
    pub ways: Vec<WayLink>,
}

/// A way to a destination.
#[derive(Clone, Debug, Serialize)]
pub struct WayLink {
    /// The peer's name; `None` where it leads to an application server that peers serve.
    pub peer: Option<String>,
    /// The index of the peer's application server.
    pub application_server: Option<usize>,
    /// Ways with the lowest number come first.
    pub priority: u8,
    /// Whether traffic flows over it.
    pub active: bool,
    /// What is known of the destination there.
    pub state: WayState,
    /// Congestion as the network told it, 0 to 3.
    pub congestion: u8,
}

/// What can be done to a peer by command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkAction {
    /// Stop traffic with it: ASP Inactive to those whom we ask, "Refused - Management Blocking"
    /// to those who ask us (RFC 4666 4.3.4.1). The association stays.
    Block,
    /// Let it have traffic again.
    Unblock,
    /// Take its association down in order, and keep it down. One that is not configured may
    /// connect again.
    Down,
    /// Let its association be set up again.
    Up,
}

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// There is no such peer.
    #[error("no peer is called {0:?}")]
    UnknownPeer(String),
    /// The adapter has stopped.
    #[error("the signaling has stopped")]
    Stopped,
}
