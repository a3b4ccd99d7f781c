//! Peers: `signaling.gateways` and `simulator.gateways`.

use super::address;
use super::application_servers::{self, Served};
use super::problem::Check;
use super::raw::{RawDestination, RawGateway, RawListen, ScalarOr, at, each};
use super::sctp;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use trunkline_isup::PointCodeFormat;
use trunkline_m3ua::{Quirks, sgp};
use trunkline_model::PointCode;
use trunkline_signaling::{
    Audit, ListenConfig, PeerConfig, Role, Route, SctpTimers, Transport, UDP_ENCAPSULATION_PORT,
    Way, WayVia,
};

/// What a list of peers comes to.
#[derive(Debug)]
pub(super) struct Peers {
    pub(super) peers: Vec<PeerConfig>,
    pub(super) routes: Vec<Route>,
    /// What they serve with us.
    pub(super) application_servers: Vec<sgp::AsSettings>,
}

/// What stands around a list of peers.
pub(super) struct Around<'a> {
    /// Of which part of the file it is: `signaling` or `simulator`.
    pub(super) part: &'a str,
    pub(super) format: PointCodeFormat,
    /// Our own point codes.
    pub(super) own: &'a [PointCode],
    pub(super) listen: &'a [ListenConfig],
    pub(super) sctp: SctpTimers,
    /// The destination behind peers that name none.
    pub(super) behind: Option<PointCode>,
    /// Whether those that ask us may register, so that they need no destination.
    pub(super) registration: bool,
}

/// Transports by name; the ports of UDP encapsulation are set afterwards.
pub(super) const TRANSPORTS: [(&str, Transport); 5] = [
    ("udp-encapsulated", Transport::UDP_ENCAPSULATED),
    ("raw-ip", Transport::RawIp),
    ("kernel", Transport::Kernel),
    ("auto", Transport::Auto),
    ("tcp", Transport::Tcp),
];

const ROLES: [(&str, Role); 5] = [
    ("asp", Role::Asp),
    ("sgp", Role::Sgp),
    ("ipsp-client", Role::IpspClient),
    ("ipsp-server", Role::IpspServer),
    ("ipsp-double", Role::IpspDouble),
];

const AUDITS: [(&str, Audit); 3] = [
    ("ask", Audit::Ask),
    ("off", Audit::Off),
    ("insist", Audit::Insist),
];

/// One of [`Quirks`].
#[derive(Clone, Copy)]
enum Quirk {
    NoNotify,
    DaudWhileInactive,
    SsnmWhileInactive,
    AnyStream,
}

const QUIRKS: [(&str, Quirk); 4] = [
    ("no-notify", Quirk::NoNotify),
    ("daud-while-inactive", Quirk::DaudWhileInactive),
    ("ssnm-while-inactive", Quirk::SsnmWhileInactive),
    ("any-stream", Quirk::AnyStream),
];

/// Addresses of one end of an association.
const MAX_ADDRESSES: usize = 8;

/// What goes to a destination of a peer.
pub(super) struct Destination {
    pub(super) point_code: PointCode,
    pub(super) priority: u8,
    /// The index of the peer's application server.
    pub(super) application_server: usize,
}

pub(super) fn check(
    check: &mut Check,
    raw: &BTreeMap<String, RawGateway>,
    around: &Around<'_>,
) -> Peers {
    let mut peers: Vec<PeerConfig> = Vec::new();
    let mut routes: BTreeMap<PointCode, Vec<Way>> = BTreeMap::new();
    let mut served = Served::default();
    for (name, gateway) in raw {
        let key = format!("{}.gateways.{name}", around.part);
        let role = match &gateway.role {
            None => Some(Role::Asp),
            Some(text) => check.choose(text, &format!("{key}.role"), &ROLES),
        };
        let Some(role) = role else { continue };
        let servers = application_servers::check(check, gateway, role, &key, around);
        let destinations = destinations(check, gateway, role, &key, around, servers.count);
        for destination in &destinations {
            let way = Way {
                via: match role.answers() {
                    true => WayVia::Served,
                    false => WayVia::Peer {
                        name: name.clone(),
                        application_server: destination.application_server,
                    },
                },
                priority: destination.priority,
            };
            let ways = routes.entry(destination.point_code).or_default();
            match ways.iter().find(|known| known.via == way.via) {
                None => ways.push(way),
                // Who serves the same application server is one way together.
                Some(known) if role.answers() && known.priority == way.priority => {}
                Some(known) => {
                    let what = match role.answers() {
                        true => format!(
                            "{} has priority {} at another peer that serves it: it is one way",
                            destination.point_code, known.priority
                        ),
                        false => format!("{} is there twice", destination.point_code),
                    };
                    check.at(&gateway.remote, format!("{key}.destinations"), what);
                }
            }
        }
        let serves = role
            .answers()
            .then(|| served.join(check, gateway, &servers.served, &destinations, &key));
        let peer = peer(check, name, gateway, role, &key, around);
        peers.extend(peer.map(|peer| PeerConfig {
            application_servers: servers.asked,
            serves,
            ..peer
        }));
    }
    for (position, peer) in peers.iter().enumerate() {
        if let Some(other) = peers[..position].iter().find(|other| is_same(peer, other)) {
            let key = format!("{}.gateways.{}", around.part, peer.name);
            let line = raw.get(&peer.name);
            let line = line.map_or(0, |gateway| gateway.remote.referenced.line());
            let what = format!("{:?} has the same addresses and ports", other.name);
            check.problem(line, key, what);
        }
    }
    let routes = routes.into_iter().map(|(dpc, ways)| Route { dpc, ways });
    Peers {
        peers,
        routes: routes.collect(),
        application_servers: served.finish(check, around.part),
    }
}

/// Whether the associations of two peers could not be told apart.
fn is_same(one: &PeerConfig, other: &PeerConfig) -> bool {
    let same_end = !one.initiate || one.local == other.local && one.local[0].port() != 0;
    one.initiate == other.initiate
        && one.transport == other.transport
        && one.remote == other.remote
        && same_end
}

fn destinations(
    check: &mut Check,
    raw: &RawGateway,
    role: Role,
    key: &str,
    around: &Around<'_>,
    servers: usize,
) -> Vec<Destination> {
    let usual = check.within(
        raw.priority.as_ref(),
        &format!("{key}.priority"),
        0,
        0..=u64::from(u8::MAX),
    );
    let mut destinations = Vec::new();
    for (position, entry) in raw.destinations.iter().enumerate() {
        let key = format!("{key}.destinations[{position}]");
        let simple;
        let full = match &entry.value {
            ScalarOr::Full(full) => full,
            ScalarOr::Scalar(text) => {
                simple = RawDestination {
                    point_code: at(entry, text),
                    priority: None,
                    application_server: None,
                };
                &simple
            }
        };
        let range = 0..=u64::from(u8::MAX);
        let priority = full.priority.as_ref();
        let priority = check.within(priority, &format!("{key}.priority"), usual, range);
        let server = check.within(
            full.application_server.as_ref(),
            &format!("{key}.application_server"),
            0,
            0..=(servers.max(1) - 1) as u64,
        );
        let Some(point_code) = address::point_code(check, &full.point_code, &key, around.format)
        else {
            continue;
        };
        if around.own.contains(&point_code) {
            check.at(&full.point_code, key, "is our own point code");
            continue;
        }
        destinations.push(Destination {
            point_code,
            priority: u8::try_from(priority).unwrap_or_default(),
            application_server: usize::try_from(server).unwrap_or_default(),
        });
    }
    if raw.destinations.is_empty() {
        match around.behind {
            Some(point_code) => destinations.push(Destination {
                point_code,
                priority: u8::try_from(usual).unwrap_or_default(),
                application_server: 0,
            }),
            None if role.answers() && around.registration => {}
            None => {
                let what = "must have at least one point code";
                check.at(&raw.remote, format!("{key}.destinations"), what);
            }
        }
    }
    destinations
}

/// The peer without its application servers.
fn peer(
    check: &mut Check,
    name: &str,
    raw: &RawGateway,
    role: Role,
    key: &str,
    around: &Around<'_>,
) -> Option<PeerConfig> {
    let sayable = (1..=64).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !sayable {
        check.at(&raw.remote, key, "a peer's name has 1 to 64 characters");
    }
    let transport = match &raw.transport {
        None => Some(Transport::Auto),
        Some(text) => check.choose(text, &format!("{key}.transport"), &TRANSPORTS),
    };
    let transport = transport.map(|transport| with_ports(check, transport, raw, key));
    let initiate = raw.initiate.unwrap_or(match role {
        Role::Asp | Role::IpspClient | Role::IpspDouble => true,
        Role::Sgp | Role::IpspServer => false,
    });
    let ends = |check: &mut Check, end: &Spanned<_>, name: &str| {
        let texts = each(end, &format!("{key}.{name}"));
        addresses(check, end, &texts, &format!("{key}.{name}"), transport)
    };
    let remote = ends(check, &raw.remote, "remote");
    let local = match &raw.local {
        Some(list) => ends(check, list, "local"),
        None => remote
            .as_ref()
            .map(|remote| vec![SocketAddr::new(any(remote[0].ip()), 0)]),
    };
    let audit = match &raw.audit {
        None => Some(Audit::default()),
        Some(text) => {
            let key = format!("{key}.audit");
            if role != Role::Asp {
                check.at(text, key.clone(), "goes with role: asp only");
            }
            check.choose(text, &key, &AUDITS)
        }
    };
    if let Some(demanded) = raw.demanded_asp_identifier.as_ref()
        && !role.answers()
    {
        let key = format!("{key}.demanded_asp_identifier");
        check.at(demanded, key, ANSWERS_ONLY);
    }
    let quirks = quirks(check, raw, key);
    let sctp = sctp::sctp(check, &raw.sctp, &format!("{key}.sctp"), around.sctp);

    let (transport, local, remote) = (transport?, local?, remote?);
    if local[0].is_ipv4() != remote[0].is_ipv4() {
        let what = format!(
            "{} and {} are not of the same address family",
            local[0], remote[0]
        );
        check.at(&raw.remote, format!("{key}.remote"), what);
    }
    if initiate && remote[0].port() == 0 {
        let what = "must have a port: we connect to it";
        check.at(&raw.remote, format!("{key}.remote"), what);
    }
    if !initiate && !around.listen.iter().any(|l| hears(l.transport, transport)) {
        let what = format!(
            "it is to connect to us, but {}.listen has nothing over {}",
            around.part,
            transport.name()
        );
        check.at(&raw.remote, key, what);
    }
    let first = remote[0];
    Some(PeerConfig {
        role,
        local,
        remote,
        initiate,
        asp_identifier: raw.asp_identifier,
        demanded_asp_identifier: raw.demanded_asp_identifier.as_ref().map(|id| id.value),
        audit: audit?,
        quirks,
        sctp,
        ..PeerConfig::new(name, transport, first, first)
    })
}

/// Whether what comes over one transport may be what the other waits for.
fn hears(listen: Transport, peer: Transport) -> bool {
    let native = |t| matches!(t, Transport::Kernel | Transport::RawIp);
    listen.name() == peer.name()
        || listen == Transport::Auto && native(peer)
        || peer == Transport::Auto && native(listen)
}

/// `listen:` of the file and of the simulator.
pub(super) fn listen(check: &mut Check, raw: &[RawListen], key: &str) -> Vec<ListenConfig> {
    let mut listen = Vec::new();
    for (position, entry) in raw.iter().enumerate() {
        listen.extend(listen_at(check, entry, &format!("{key}[{position}]")));
    }
    listen
}

fn listen_at(check: &mut Check, raw: &RawListen, key: &str) -> Option<ListenConfig> {
    let transport = check.choose(&raw.transport, &format!("{key}.transport"), &TRANSPORTS);
    let texts: Vec<(Spanned<String>, String)> = match (&raw.address, &raw.addresses) {
        (Some(one), None) => vec![(one.clone(), format!("{key}.address"))],
        (None, Some(many)) => many
            .iter()
            .enumerate()
            .map(|(position, text)| (text.clone(), format!("{key}.addresses[{position}]")))
            .collect(),
        _ => {
            let what = "must have either address or addresses";
            check.at(&raw.transport, key, what);
            return None;
        }
    };
    let addresses = addresses(
        check,
        &raw.transport,
        &texts,
        &format!("{key}.addresses"),
        transport,
    );
    let transport = match transport? {
        Transport::UdpEncapsulated { .. } => Transport::UdpEncapsulated {
            local_port: raw.udp_port.unwrap_or(UDP_ENCAPSULATION_PORT),
            remote_port: UDP_ENCAPSULATION_PORT,
        },
        other => {
            if raw.udp_port.is_some() {
                check.at(&raw.transport, format!("{key}.udp_port"), UDP_ONLY);
            }
            other
        }
    };
    Some(ListenConfig {
        transport,
        addresses: addresses?,
    })
}

/// The addresses of one end of an association: as many as the transport takes, with one port.
fn addresses<T>(
    check: &mut Check,
    whole: &Spanned<T>,
    texts: &[(Spanned<String>, String)],
    key: &str,
    transport: Option<Transport>,
) -> Option<Vec<SocketAddr>> {
    let mut addresses = Vec::new();
    for (text, key) in texts {
        let address = address::socket(check, text, key)?;
        if addresses.contains(&address) {
            check.at(text, key, format_args!("{address} is there twice"));
        }
        addresses.push(address);
    }
    let several = matches!(transport, Some(Transport::Kernel | Transport::Auto) | None);
    let most = if several { MAX_ADDRESSES } else { 1 };
    let transport = transport.map_or("", Transport::name);
    if addresses.is_empty() || addresses.len() > most {
        let takes = match several {
            true => format!("1 to {MAX_ADDRESSES} addresses"),
            false => "one address".to_owned(),
        };
        let got = addresses.len();
        check.at(whole, key, format!("{transport} takes {takes}, got {got}"));
        return None;
    }
    if addresses.iter().any(|a| a.port() != addresses[0].port()) {
        let what = "the addresses of one end of an association have one port";
        check.at(whole, key, what);
    }
    Some(addresses)
}

fn with_ports(check: &mut Check, transport: Transport, raw: &RawGateway, key: &str) -> Transport {
    let (local, remote) = (&raw.local_udp_port, &raw.remote_udp_port);
    if matches!(transport, Transport::UdpEncapsulated { .. }) {
        let port = |given: &Option<Spanned<u16>>| {
            let given = given.as_ref().map(|port| port.value);
            given.unwrap_or(UDP_ENCAPSULATION_PORT)
        };
        return Transport::UdpEncapsulated {
            local_port: port(local),
            remote_port: port(remote),
        };
    }
    for (port, name) in [(local, "local_udp_port"), (remote, "remote_udp_port")] {
        if let Some(port) = port {
            check.at(port, format!("{key}.{name}"), UDP_ONLY);
        }
    }
    transport
}

fn quirks(check: &mut Check, raw: &RawGateway, key: &str) -> Quirks {
    let mut quirks = Quirks::default();
    for (position, text) in raw.quirks.iter().enumerate() {
        let key = format!("{key}.quirks[{position}]");
        match check.choose(text, &key, &QUIRKS) {
            None => {}
            Some(Quirk::NoNotify) => quirks.no_notify = true,
            Some(Quirk::DaudWhileInactive) => quirks.daud_while_inactive = true,
            Some(Quirk::SsnmWhileInactive) => quirks.ssnm_while_inactive = true,
            Some(Quirk::AnyStream) => quirks.any_stream = true,
        }
    }
    quirks
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

const UDP_ONLY: &str = "goes with transport: udp-encapsulated only";

/// Of keys about those who ask us for traffic.
pub(super) const ANSWERS_ONLY: &str = "goes with role: sgp, ipsp-server or ipsp-double only";
