//! The application servers of peers: those in which we are active towards them, and those that
//! they serve with us.

use super::address;
use super::peers::{ANSWERS_ONLY, Around, Destination};
use super::problem::Check;
use super::raw::{RawApplicationServer, RawGateway, RawRegister};
use core::fmt;
use serde_saphyr::Spanned;
use trunkline_m3ua::{AffectedPointCode, RoutingKey, RoutingKeyDestination, TrafficMode, asp, sgp};
use trunkline_model::PointCode;
use trunkline_signaling::Role;

/// The application servers of one peer.
#[derive(Debug, Default)]
pub(super) struct Servers {
    /// How many there are.
    pub(super) count: usize,
    /// Those in which we are active, where we ask.
    pub(super) asked: Vec<asp::AsSettings>,
    /// Those that the peer serves, where it asks.
    pub(super) served: Vec<Wanted>,
}

/// What one peer says of an application server that it serves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    routing_context: Option<u32>,
    network_appearance: Option<u32>,
    traffic_mode: Option<TrafficMode>,
    minimum_active: Option<usize>,
}

const TRAFFIC_MODES: [(&str, TrafficMode); 3] = [
    ("override", TrafficMode::Override),
    ("loadshare", TrafficMode::Loadshare),
    ("broadcast", TrafficMode::Broadcast),
];

const ASKS_ONLY: &str = "goes with role: asp, ipsp-client or ipsp-double only";

pub(super) fn check(
    check: &mut Check,
    raw: &RawGateway,
    role: Role,
    key: &str,
    around: &Around<'_>,
) -> Servers {
    let mut servers = Servers::default();
    let Some(list) = &raw.application_servers else {
        let only = RawApplicationServer {
            routing_context: raw.routing_context.clone(),
            network_appearance: raw.network_appearance.clone(),
            traffic_mode: raw.traffic_mode.clone(),
            minimum_active: raw.minimum_active.clone(),
            ..RawApplicationServer::default()
        };
        servers.add(check, &only, role, key, around);
        return servers;
    };
    let beside = [
        (raw.routing_context.is_some(), "routing_context"),
        (raw.network_appearance.is_some(), "network_appearance"),
        (raw.traffic_mode.is_some(), "traffic_mode"),
        (raw.minimum_active.is_some(), "minimum_active"),
    ];
    let key = format!("{key}.application_servers");
    for (_, name) in beside.into_iter().filter(|(there, _)| *there) {
        let what = format!("{name} then belongs into the list");
        check.at(list, key.clone(), what);
    }
    if list.value.is_empty() {
        check.at(list, key, "must have at least one");
        return servers;
    }
    for (position, server) in list.value.iter().enumerate() {
        let key = format!("{key}[{position}]");
        servers.add(check, server, role, &key, around);
        let context = server.routing_context.as_ref().map(|c| c.value);
        let known = |other: &RawApplicationServer| {
            context.is_some() && other.routing_context.as_ref().map(|c| c.value) == context
        };
        if list.value[..position].iter().any(known) {
            let what = "another application server of this peer has this routing context";
            check.at(list, format!("{key}.routing_context"), what);
        }
        // RFC 4666 3.3.2.1: only where there is one AS does it go without saying which.
        if list.value.len() > 1 && context.is_none() && server.register.is_none() {
            let what = "must have a routing context where there are several, or register";
            check.at(list, key, what);
        }
    }
    servers
}

impl Servers {
    fn add(
        &mut self,
        check: &mut Check,
        raw: &RawApplicationServer,
        role: Role,
        key: &str,
        around: &Around<'_>,
    ) {
        self.count += 1;
        let traffic_mode = raw
            .traffic_mode
            .as_ref()
            .and_then(|text| check.choose(text, &format!("{key}.traffic_mode"), &TRAFFIC_MODES));
        let routing_context = raw.routing_context.as_ref().map(|c| c.value);
        let network_appearance = raw.network_appearance.as_ref().map(|n| n.value);
        if role.asks() {
            let registration = raw.register.as_ref().map(|register| {
                let mut key = routing_key(check, register, &format!("{key}.register"), around);
                key.traffic_mode = traffic_mode;
                key.network_appearance = network_appearance;
                key
            });
            self.asked.push(asp::AsSettings {
                routing_context,
                network_appearance,
                traffic_mode: Some(traffic_mode.unwrap_or(TrafficMode::Loadshare)),
                registration,
                standby: raw.standby.as_ref().is_some_and(|standby| standby.value),
            });
        } else {
            match (&raw.standby, &raw.register) {
                (Some(standby), _) => check.at(standby, format!("{key}.standby"), ASKS_ONLY),
                (_, Some(register)) => check.at(register, format!("{key}.register"), ASKS_ONLY),
                _ => {}
            }
        }
        if let Some(context) = &raw.peer_routing_context
            && role != Role::IpspDouble
        {
            let key = format!("{key}.peer_routing_context");
            check.at(context, key, "goes with role: ipsp-double only");
        }
        let name = format!("{key}.minimum_active");
        let minimum = raw.minimum_active.as_ref();
        if role.answers() {
            let minimum = minimum.map(|_| check.within(minimum, &name, 1, 1..=1_000));
            let context = raw.peer_routing_context.as_ref().map(|c| c.value);
            self.served.push(Wanted {
                routing_context: context.or(routing_context),
                network_appearance,
                traffic_mode,
                minimum_active: minimum.and_then(|minimum| usize::try_from(minimum).ok()),
            });
        } else if let Some(minimum) = minimum {
            check.at(minimum, name, ANSWERS_ONLY);
        }
    }
}

/// What we register for: traffic to us.
fn routing_key(
    check: &mut Check,
    raw: &Spanned<RawRegister>,
    key: &str,
    around: &Around<'_>,
) -> RoutingKey {
    let raw = &raw.value;
    let mut codes = |texts: &[Spanned<String>], name: &str, ours: bool| {
        let mut codes = Vec::new();
        for (position, text) in texts.iter().enumerate() {
            let key = format!("{key}.{name}[{position}]");
            let code = address::point_code(check, text, &key, around.format);
            if let Some(code) = code.filter(|code| ours && !around.own.contains(code)) {
                check.at(text, key, format_args!("{code} is not our point code"));
            }
            codes.extend(code);
        }
        codes
    };
    let opcs = codes(
        &raw.originating_point_codes,
        "originating_point_codes",
        false,
    );
    let mut ours = codes(&raw.point_codes, "point_codes", true);
    if raw.point_codes.is_empty() {
        ours.extend(around.own.first());
    }
    let indicators = raw.service_indicators.iter().enumerate();
    let service_indicators: Vec<u8> = indicators
        .map(|(position, indicator)| {
            let key = format!("{key}.service_indicators[{position}]");
            // Q.704 14.2.1
            let indicator = check.within(Some(indicator), &key, 5, 3..=15);
            u8::try_from(indicator).unwrap_or_default()
        })
        .collect();
    RoutingKey {
        local_rk_identifier: 0,
        routing_context: None,
        traffic_mode: None,
        network_appearance: None,
        destinations: ours
            .into_iter()
            .map(|code| RoutingKeyDestination {
                dpc: AffectedPointCode::one(code),
                service_indicators: service_indicators.clone(),
                opcs: opcs.iter().copied().map(AffectedPointCode::one).collect(),
            })
            .collect(),
    }
}

/// The application servers that peers serve with us: several peers may be of one.
#[derive(Debug, Default)]
pub(super) struct Served(Vec<Server>);

#[derive(Debug)]
struct Server {
    said: Wanted,
    point_codes: Vec<PointCode>,
    /// Where it was first named.
    line: u64,
}

impl Served {
    /// Adds the application servers of a peer, with the destinations that are their routing
    /// keys; gives their indices.
    pub(super) fn join(
        &mut self,
        check: &mut Check,
        raw: &RawGateway,
        wanted: &[Wanted],
        destinations: &[Destination],
        key: &str,
    ) -> Vec<usize> {
        let line = raw.remote.referenced.line();
        let mut indices = Vec::new();
        for (index, wanted) in wanted.iter().enumerate() {
            let mut point_codes: Vec<PointCode> = destinations
                .iter()
                .filter(|destination| destination.application_server == index)
                .map(|destination| destination.point_code)
                .collect();
            point_codes.sort_unstable();
            // Without a routing context, those are one that have one routing key.
            let known = self.0.iter().position(|server| {
                server.said.routing_context == wanted.routing_context
                    && (wanted.routing_context.is_some() || server.point_codes == point_codes)
            });
            indices.push(match known {
                Some(known) => {
                    self.0[known].merge(check, wanted, &point_codes, line, key);
                    known
                }
                None => {
                    self.0.push(Server {
                        said: *wanted,
                        point_codes,
                        line,
                    });
                    self.0.len() - 1
                }
            });
        }
        indices
    }

    pub(super) fn finish(self, check: &mut Check, part: &str) -> Vec<sgp::AsSettings> {
        for (position, server) in self.0.iter().enumerate() {
            let others = self.0[..position].iter();
            let mut others = others.flat_map(|other| &other.point_codes);
            if let Some(twice) = others.find(|code| server.point_codes.contains(code)) {
                let what = format!("two application servers have {twice} as a destination");
                check.problem(server.line, format!("{part}.gateways"), what);
            }
        }
        let servers = self.0.into_iter();
        servers
            .map(|server| sgp::AsSettings {
                routing_context: server.said.routing_context,
                network_appearance: server.said.network_appearance,
                routing_key: server
                    .point_codes
                    .into_iter()
                    .map(|code| RoutingKeyDestination::to(AffectedPointCode::one(code)))
                    .collect(),
                traffic_mode: server.said.traffic_mode,
                minimum_active: server.said.minimum_active.unwrap_or(1),
            })
            .collect()
    }
}

impl Server {
    fn merge(
        &mut self,
        check: &mut Check,
        wanted: &Wanted,
        point_codes: &[PointCode],
        line: u64,
        key: &str,
    ) {
        for code in point_codes {
            if !self.point_codes.contains(code) {
                self.point_codes.push(*code);
            }
        }
        let said = &mut self.said;
        let mut agree = Agreement { check, line, key };
        agree.on(
            "network_appearance",
            &mut said.network_appearance,
            wanted.network_appearance,
        );
        agree.on("traffic_mode", &mut said.traffic_mode, wanted.traffic_mode);
        agree.on(
            "minimum_active",
            &mut said.minimum_active,
            wanted.minimum_active,
        );
    }
}

/// Peers that serve one application server may leave out what another says of it, but not say
/// otherwise.
struct Agreement<'a> {
    check: &'a mut Check,
    line: u64,
    key: &'a str,
}

impl Agreement<'_> {
    fn on<T: PartialEq + fmt::Display>(
        &mut self,
        name: &str,
        known: &mut Option<T>,
        wanted: Option<T>,
    ) {
        match (&*known, wanted) {
            (Some(known), Some(wanted)) if *known != wanted => {
                let what = format!(
                    "{wanted}, but another peer says {known} of the same application server"
                );
                let key = format!("{}.{name}", self.key);
                self.check.problem(self.line, key, what);
            }
            (None, Some(wanted)) => *known = Some(wanted),
            _ => {}
        }
    }
}
