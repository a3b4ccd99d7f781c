//! `signaling:`

use super::address;
use super::problem::Check;
use super::raw::{RawGateway, RawSignaling};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use trunkline_isup::PointCodeFormat;
use trunkline_m3ua::TrafficMode;
use trunkline_model::{NetworkIndicator, PointCode};
use trunkline_signaling::{
    Audit, Config, PeerConfig, Route, Transport, UDP_ENCAPSULATION_PORT, Way,
};

pub(super) struct Signaling {
    pub(super) adapter: Config,
    pub(super) point_code: PointCode,
    pub(super) ni: NetworkIndicator,
}

/// How the point codes of the file are written.
pub(super) fn format(check: &mut Check, raw: &RawSignaling) -> PointCodeFormat {
    let Some(text) = &raw.point_code_format else {
        return PointCodeFormat::ITU;
    };
    let expected = "a format of point codes, as 3-8-3, 5-4-7 or 8-8-8";
    let format = check.parse(text, "signaling.point_code_format", expected);
    format.unwrap_or(PointCodeFormat::ITU)
}

/// Transports by name; the ports of UDP encapsulation are set afterwards.
pub(super) const TRANSPORTS: [(&str, Transport); 5] = [
    ("udp-encapsulated", Transport::UDP_ENCAPSULATED),
    ("raw-ip", Transport::RawIp),
    ("kernel", Transport::Kernel),
    ("auto", Transport::Auto),
    ("tcp", Transport::Tcp),
];

pub(super) fn check(
    check: &mut Check,
    raw: &RawSignaling,
    format: PointCodeFormat,
) -> Option<Signaling> {
    let opc = address::point_code(check, &raw.point_code, "signaling.point_code", format);
    let ni = address::network_indicator(
        check,
        raw.network_indicator.as_ref(),
        "signaling.network_indicator",
    );
    let mut peers = Vec::new();
    let mut destinations: BTreeMap<PointCode, Vec<String>> = BTreeMap::new();
    for (name, gateway) in &raw.gateways {
        let key = format!("signaling.gateways.{name}");
        peers.extend(peer(check, name, gateway, &key));
        for (position, text) in gateway.destinations.iter().enumerate() {
            let key = format!("{key}.destinations[{position}]");
            if let Some(dpc) = address::point_code(check, text, &key, format) {
                destinations.entry(dpc).or_default().push(name.clone());
            }
        }
    }
    if raw.gateways.is_empty() {
        check.problem(0, "signaling.gateways", "must have at least one gateway");
    }
    let point_code = opc?;
    let mut adapter = Config::new(point_code);
    adapter.peers = peers;
    adapter.routes = destinations
        .into_iter()
        .map(|(dpc, peers)| Route {
            dpc,
            ways: peers.into_iter().map(Way::over).collect(),
        })
        .collect();
    if raw.audit == Some(false) {
        for peer in &mut adapter.peers {
            peer.audit = Audit::Off;
        }
    }
    let ni = ni?;
    Some(Signaling {
        adapter,
        point_code,
        ni,
    })
}

fn peer(check: &mut Check, name: &str, raw: &RawGateway, key: &str) -> Option<PeerConfig> {
    let transport = check.choose(&raw.transport, &format!("{key}.transport"), &TRANSPORTS);
    let remote = address::socket(check, &raw.remote, &format!("{key}.remote"));
    let local = match &raw.local {
        Some(text) => address::socket(check, text, &format!("{key}.local")),
        None => remote.map(|remote| SocketAddr::new(any(remote.ip()), 0)),
    };
    let traffic_mode = match &raw.traffic_mode {
        None => Some(TrafficMode::Loadshare),
        Some(text) => check.choose(
            text,
            &format!("{key}.traffic_mode"),
            &[
                ("override", TrafficMode::Override),
                ("loadshare", TrafficMode::Loadshare),
                ("broadcast", TrafficMode::Broadcast),
            ],
        ),
    };
    let mut peer = PeerConfig::new(
        name,
        with_ports(check, transport?, raw, key),
        local?,
        remote?,
    );
    for server in &mut peer.application_servers {
        server.routing_context = raw.routing_context;
        server.network_appearance = raw.network_appearance;
        server.traffic_mode = traffic_mode;
    }
    peer.asp_identifier = raw.asp_identifier;
    Some(peer)
}

fn with_ports(check: &mut Check, transport: Transport, raw: &RawGateway, key: &str) -> Transport {
    if matches!(transport, Transport::UdpEncapsulated { .. }) {
        return Transport::UdpEncapsulated {
            local_port: raw.local_udp_port.unwrap_or(UDP_ENCAPSULATION_PORT),
            remote_port: raw.remote_udp_port.unwrap_or(UDP_ENCAPSULATION_PORT),
        };
    }
    if raw.local_udp_port.is_some() || raw.remote_udp_port.is_some() {
        let line = raw.transport.referenced.line();
        check.problem(
            line,
            key,
            "UDP ports go with transport: udp-encapsulated only",
        );
    }
    transport
}

/// The unspecified address of the family of another, or loopback towards loopback.
const fn any(remote: IpAddr) -> IpAddr {
    match remote {
        IpAddr::V4(address) if address.is_loopback() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(address) if address.is_loopback() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}
