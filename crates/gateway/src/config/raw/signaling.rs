//! `signaling:`, and what `simulator:` has of it.

use super::{OneOrMany, ScalarOr};
use serde::Deserialize;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSignaling {
    pub(in crate::config) point_code: Spanned<String>,
    #[serde(default)]
    pub(in crate::config) further_point_codes: Vec<Spanned<ScalarOr<RawPointCode>>>,
    pub(in crate::config) point_code_format: Option<Spanned<String>>,
    pub(in crate::config) network_indicator: Option<Spanned<String>>,
    #[serde(default)]
    pub(in crate::config) listen: Vec<RawListen>,
    #[serde(default)]
    pub(in crate::config) gateways: BTreeMap<String, RawGateway>,
    pub(in crate::config) registration: Option<RawRegistration>,
    #[serde(default)]
    pub(in crate::config) timers: RawM3uaTimers,
    #[serde(default)]
    pub(in crate::config) sctp: RawSctp,
    #[serde(default)]
    pub(in crate::config) reconnect: RawReconnect,
    pub(in crate::config) streams: Option<Spanned<u64>>,
    pub(in crate::config) queue: Option<Spanned<u64>>,
    pub(in crate::config) max_associations: Option<Spanned<u64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawPointCode {
    pub(in crate::config) point_code: Spanned<String>,
    pub(in crate::config) network_indicator: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawListen {
    pub(in crate::config) transport: Spanned<String>,
    pub(in crate::config) address: Option<Spanned<String>>,
    pub(in crate::config) addresses: Option<Vec<Spanned<String>>>,
    pub(in crate::config) udp_port: Option<u16>,
}

/// A peer, whatever it is to us.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawGateway {
    pub(in crate::config) role: Option<Spanned<String>>,
    pub(in crate::config) transport: Option<Spanned<String>>,
    pub(in crate::config) local: Option<Spanned<OneOrMany>>,
    pub(in crate::config) remote: Spanned<OneOrMany>,
    pub(in crate::config) initiate: Option<bool>,
    pub(in crate::config) local_udp_port: Option<Spanned<u16>>,
    pub(in crate::config) remote_udp_port: Option<Spanned<u16>>,
    pub(in crate::config) routing_context: Option<Spanned<u32>>,
    pub(in crate::config) network_appearance: Option<Spanned<u32>>,
    pub(in crate::config) traffic_mode: Option<Spanned<String>>,
    pub(in crate::config) minimum_active: Option<Spanned<u64>>,
    pub(in crate::config) application_servers: Option<Spanned<Vec<RawApplicationServer>>>,
    pub(in crate::config) asp_identifier: Option<u32>,
    pub(in crate::config) demanded_asp_identifier: Option<Spanned<u32>>,
    pub(in crate::config) audit: Option<Spanned<String>>,
    #[serde(default)]
    pub(in crate::config) quirks: Vec<Spanned<String>>,
    #[serde(default)]
    pub(in crate::config) sctp: RawSctp,
    pub(in crate::config) priority: Option<Spanned<u64>>,
    #[serde(default)]
    pub(in crate::config) destinations: Vec<Spanned<ScalarOr<RawDestination>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawApplicationServer {
    pub(in crate::config) routing_context: Option<Spanned<u32>>,
    pub(in crate::config) network_appearance: Option<Spanned<u32>>,
    pub(in crate::config) traffic_mode: Option<Spanned<String>>,
    pub(in crate::config) minimum_active: Option<Spanned<u64>>,
    pub(in crate::config) standby: Option<Spanned<bool>>,
    pub(in crate::config) register: Option<Spanned<RawRegister>>,
    pub(in crate::config) peer_routing_context: Option<Spanned<u32>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawRegister {
    #[serde(default)]
    pub(in crate::config) point_codes: Vec<Spanned<String>>,
    #[serde(default)]
    pub(in crate::config) service_indicators: Vec<Spanned<u64>>,
    #[serde(default)]
    pub(in crate::config) originating_point_codes: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawDestination {
    pub(in crate::config) point_code: Spanned<String>,
    pub(in crate::config) priority: Option<Spanned<u64>>,
    pub(in crate::config) application_server: Option<Spanned<u64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawRegistration {
    pub(in crate::config) first_routing_context: u32,
    pub(in crate::config) max: Spanned<u64>,
}

/// Milliseconds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawM3uaTimers {
    pub(in crate::config) t_ack: Option<Spanned<u64>>,
    pub(in crate::config) t_r: Option<Spanned<u64>>,
    pub(in crate::config) t_beat: Option<Spanned<u64>>,
    pub(in crate::config) diversion: Option<Spanned<u64>>,
    pub(in crate::config) audit: Option<Spanned<u64>>,
    pub(in crate::config) route_test: Option<Spanned<u64>>,
}

/// Milliseconds, and how often.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSctp {
    pub(in crate::config) rto_initial: Option<Spanned<u64>>,
    pub(in crate::config) rto_min: Option<Spanned<u64>>,
    pub(in crate::config) rto_max: Option<Spanned<u64>>,
    pub(in crate::config) heartbeat: Option<Spanned<u64>>,
    pub(in crate::config) max_retransmissions: Option<Spanned<u64>>,
    pub(in crate::config) max_path_retransmissions: Option<Spanned<u64>>,
    pub(in crate::config) max_init_retransmissions: Option<Spanned<u64>>,
}

/// Milliseconds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawReconnect {
    pub(in crate::config) min: Option<Spanned<u64>>,
    pub(in crate::config) max: Option<Spanned<u64>>,
}
