//! `simulator:`

use super::address;
use super::peers::{self, Around};
use super::problem::Check;
use super::raw::{RawPhone, RawSimulator};
use super::sip::CODECS;
use super::trunk_groups;
use super::variant;
use std::net::{IpAddr, SocketAddr};
use trunkline_isup::circuit::{CircuitGroup, Selection, Timers};
use trunkline_isup::{PointCodeFormat, Variant};
use trunkline_model::TrunkGroupId;
use trunkline_signaling::{Admission, Config, Route, SctpTimers, WayVia, application_server};
use trunkline_simulator::exchange::ExchangeConfig;
use trunkline_simulator::{
    BearerConfig, ExchangeShellConfig, PhoneConfig, PhoneShellConfig, SubscriberConfig,
};

/// The built-in telephone network, and a telephone.
#[derive(Debug)]
pub(crate) struct Simulator {
    pub(crate) exchange: ExchangeShellConfig,
    pub(crate) phone: Option<PhoneShellConfig>,
}

/// The trunk group of the simulated exchange.
const GROUP: TrunkGroupId = TrunkGroupId(0);

pub(super) fn check(
    check: &mut Check,
    raw: &RawSimulator,
    variants: &[&'static Variant],
    format: PointCodeFormat,
) -> Option<Simulator> {
    let opc = address::point_code(check, &raw.point_code, "simulator.point_code", format);
    let dpc = address::point_code(
        check,
        &raw.gateway_point_code,
        "simulator.gateway_point_code",
        format,
    );
    let variant = variant::of_group(
        check,
        raw.variant.as_ref(),
        "simulator.variant",
        variants,
        format,
        &raw.point_code,
    );
    let ni = address::network_indicator(
        check,
        raw.network_indicator.as_ref(),
        "simulator.network_indicator",
    );
    let cics = address::circuits(
        check,
        &raw.circuits,
        "simulator.circuits",
        variant.unwrap_or(Variant::itu()),
    );
    let bearer = trunk_groups::bearer(check, &raw.bearer, "simulator.bearer");
    let listen = peers::listen(check, &raw.listen, "simulator.listen");
    let own: Vec<_> = opc.into_iter().collect();
    let around = Around {
        part: "simulator",
        format,
        own: &own,
        listen: &listen,
        sctp: SctpTimers::default(),
        behind: dpc,
        registration: false,
    };
    let peers = peers::check(check, &raw.gateways, &around);
    if raw.listen.is_empty() && raw.gateways.is_empty() {
        let what = "must have listen, gateways, or both";
        check.at(&raw.point_code, "simulator", what);
    }
    let admission = admission(check, raw);
    let phone = match &raw.phone {
        Some(raw) => Some(phone(check, raw)?),
        None => None,
    };

    let (opc, dpc, bearer) = (opc?, dpc?, bearer?);
    let group = CircuitGroup {
        variant: variant?,
        id: GROUP,
        opc,
        dpc,
        ni: ni?,
        cics: cics?,
        selection: Selection::LeastRecentlyIdle,
        timers: Timers::default(),
    };
    let mut exchange = match ExchangeConfig::new(vec![group]) {
        Ok(exchange) => exchange,
        Err(error) => {
            check.problem(0, "simulator", error);
            return None;
        }
    };
    for subscriber in raw.subscribers.iter().rev() {
        let SubscriberConfig { .. } = subscriber;
        exchange.directory.insert(subscriber.clone());
    }
    exchange.callers = raw.callers.clone();
    exchange.law = bearer.law;

    let mut signaling = Config::gateway(opc, dpc);
    signaling.admission = admission?;
    let served =
        |route: &Route| route.dpc == dpc && route.ways.iter().any(|way| way.via == WayVia::Served);
    signaling.application_servers = peers.application_servers;
    // Whoever else connects is an ASP of the gateway that we are.
    if !listen.is_empty() && !peers.routes.iter().any(served) {
        let server = application_server(raw.routing_context, dpc);
        signaling.application_servers.push(server);
    }
    let ends = peers.peers.iter().flat_map(|peer| &peer.local);
    let local = listen
        .iter()
        .flat_map(|at| &at.addresses)
        .chain(ends)
        .map(SocketAddr::ip)
        .find(|address| !address.is_unspecified())
        .unwrap_or(IpAddr::from([127, 0, 0, 1]));
    signaling.listen = listen;
    signaling.peers = peers.peers;
    signaling.routes = peers.routes;
    let bearers = vec![BearerConfig {
        group: GROUP,
        local,
        local_port_base: bearer.local_port,
        remote: bearer.remote,
        remote_port_base: bearer.remote_port,
    }];
    Some(Simulator {
        exchange: ExchangeShellConfig {
            exchange,
            signaling,
            bearers,
        },
        phone,
    })
}

fn admission(check: &mut Check, raw: &RawSimulator) -> Option<Admission> {
    let Some(list) = &raw.admit else {
        return Some(Admission::Loopback);
    };
    let addresses: Option<Vec<IpAddr>> = list
        .iter()
        .enumerate()
        .map(|(position, text)| address::ip(check, text, &format!("simulator.admit[{position}]")))
        .collect();
    addresses.map(Admission::Addresses)
}

fn phone(check: &mut Check, raw: &RawPhone) -> Option<PhoneShellConfig> {
    let listen = address::socket(check, &raw.listen, "simulator.phone.listen");
    let mut phone = PhoneConfig::new("phone");
    if let Some(codecs) = &raw.codecs {
        phone.codecs.clear();
        for (position, text) in codecs.iter().enumerate() {
            let key = format!("simulator.phone.codecs[{position}]");
            phone.codecs.extend(check.choose(text, &key, &CODECS));
        }
    }
    if let Some(does) = raw.does {
        phone.does = does;
    }
    Some(PhoneShellConfig::new(phone, listen?))
}
