//! What `GET /links` says, as far as it is shown here.

use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};

#[derive(Debug, Deserialize)]
pub(super) struct Shown {
    pub(super) point_codes: Vec<Code>,
    pub(super) peers: Vec<Peer>,
    pub(super) served: Vec<Served>,
    pub(super) destinations: Vec<Destination>,
    pub(super) data_sent: u64,
    pub(super) data_received: u64,
    pub(super) diverted: usize,
    pub(super) problems: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Code {
    pub(super) point_code: u32,
    pub(super) point_code_text: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Peer {
    pub(super) name: String,
    pub(super) role: String,
    pub(super) transport: String,
    pub(super) remote: Vec<SocketAddr>,
    pub(super) association: String,
    pub(super) for_seconds: u64,
    pub(super) last_loss: Option<String>,
    pub(super) established: u64,
    pub(super) outbound_streams: Option<u16>,
    pub(super) paths: Vec<Path>,
    pub(super) congestion: u8,
    pub(super) blocked: bool,
    pub(super) asp: String,
    pub(super) application_servers: Vec<ApplicationServer>,
    pub(super) data_sent: u64,
    pub(super) data_received: u64,
    pub(super) management_sent: u64,
    pub(super) management_received: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Path {
    pub(super) address: IpAddr,
    pub(super) up: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct ApplicationServer {
    pub(super) routing_context: Option<u32>,
    pub(super) asp: String,
    pub(super) application_server: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Served {
    pub(super) routing_context: Option<u32>,
    pub(super) state: String,
    pub(super) traffic_mode: Option<String>,
    pub(super) held: usize,
    pub(super) asps: Vec<ServedAsp>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ServedAsp {
    pub(super) peer: String,
    pub(super) state: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Destination {
    #[serde(flatten)]
    pub(super) code: Code,
    pub(super) available: bool,
    pub(super) ways: Vec<Way>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Way {
    pub(super) peer: Option<String>,
    pub(super) application_server: Option<usize>,
    pub(super) priority: u8,
    pub(super) active: bool,
    pub(super) state: String,
    pub(super) congestion: u8,
    pub(super) in_use: bool,
    pub(super) served_by: Vec<String>,
}

/// A refusal (RFC 9457).
#[derive(Debug, Deserialize)]
pub(super) struct Problem {
    pub(super) detail: String,
}
