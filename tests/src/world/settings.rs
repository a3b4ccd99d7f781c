//! What a world is made of: who is where, and how everybody is configured.

use super::Link;
use core::time::Duration;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use trunkline_interwork::{CauseMap, ProfileName, TrunkProfile};
use trunkline_isup::{CircuitGroup, Selection, Timers};
use trunkline_mgc::{AddressRange, CallTimers, Config, SipPeer, Target, TrunkGroup};
use trunkline_mgw::{CircuitBearers, MgwConfig};
use trunkline_model::media::{Codec, Law};
use trunkline_model::{Cic, CircuitId, NetworkIndicator, PointCode, TrunkGroupId};
use trunkline_numbering::{Routes, Rules};
use trunkline_simulator::exchange::ExchangeConfig;
use trunkline_simulator::phone::{Phone, PhoneBehaviour, PhoneConfig};
use trunkline_sip::Transport;
use trunkline_sip::endpoint::EndpointConfig;
use trunkline_sip::sdp::Capabilities;

/// What a world is made of.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Chance: everything that happens follows from it.
    pub seed: u64,
    /// The codecs of each telephone, in order of preference; there are as many telephones.
    pub phones: Vec<Vec<Codec>>,
    /// Calls that each telephone can have at a time.
    pub lines: u16,
    /// Whether sound is sent.
    pub audio: bool,
    /// The companding law of the circuits.
    pub law: Law,
    /// The SIP network.
    pub sip: Link,
    /// The MTP network.
    pub mtp: Link,
    /// The network that carries sound.
    pub rtp: Link,
    /// How many of a thousand RTP ports are taken by somebody else.
    pub taken_ports: u32,
    /// The longest time without a pause, a restart of the exchange, a reset, a blocking or a
    /// process that is kept waiting; `None` if there are no such things.
    pub quiet: Option<Duration>,
}

impl Settings {
    /// Five telephones, signaling only, all faults.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            phones: vec![
                Codec::ALL.to_vec(),
                vec![Codec::Pcma],
                vec![Codec::Pcmu],
                vec![Codec::G729, Codec::Pcmu],
                vec![Codec::Opus],
            ],
            lines: 60,
            audio: false,
            law: Law::A,
            sip: Link::SIP,
            mtp: Link::MTP,
            rtp: Link::RTP,
            taken_ports: 10,
            quiet: Some(Duration::from_secs(10)),
        }
    }

    pub(super) fn mgc(&self, seed: [u8; 32]) -> Config {
        let mut routes = Routes::new();
        let mut route = |prefix: &str, target| {
            routes
                .insert(prefix, target)
                .expect("a prefix of this file");
        };
        route("+49", Target::TrunkGroup(GROUP_0));
        route("+4930231250", Target::TrunkGroup(GROUP_1));
        let mut peers = Vec::new();
        for index in 0..self.phones.len() {
            route(&format!("+4480{index}"), Target::SipPeer(index));
            let name = format!("phone{index}");
            peers.push(SipPeer::udp(name, phone_address(index)));
        }
        let trunk = |group: TrunkGroupId| TrunkGroup {
            name: format!("landline{}", group.0),
            circuits: circuit_group(group, gateway_code(), exchange_code()),
            profile: TrunkProfile::new("49"),
            causes: CauseMap::profile(ProfileName::Rfc3398),
        };
        Config {
            endpoint: EndpointConfig {
                locals: vec![(Transport::Udp, GATEWAY)],
                ..EndpointConfig::new(seed)
            },
            admitted: vec![AddressRange {
                address: GATEWAY.ip(),
                prefix: 16,
            }],
            peers,
            trunk_groups: vec![trunk(GROUP_0), trunk(GROUP_1)],
            rules: Rules::new(Vec::new()).expect("no rules"),
            routes,
            capabilities: Capabilities::default(),
            timers: CallTimers::default(),
            max_calls: 70,
        }
    }

    pub(super) fn mgw(&self) -> MgwConfig {
        let bearers = |group: TrunkGroupId| CircuitBearers {
            group,
            local_port_base: BEARERS + 1_000 * group.0,
            remote: EXCHANGE,
            remote_port_base: BEARERS + 1_000 * group.0,
            law: self.law,
            cics: cics(group),
        };
        let mut config = MgwConfig::new(GATEWAY.ip());
        config.ports = 20_000..=20_199;
        // Fewer than there are circuits.
        config.max_contexts = 66;
        config.circuits = vec![bearers(GROUP_0), bearers(GROUP_1)];
        config
    }

    pub(super) fn exchange(&self, seed: u64) -> ExchangeConfig {
        let groups =
            [GROUP_0, GROUP_1].map(|id| circuit_group(id, exchange_code(), gateway_code()));
        let mut config = ExchangeConfig::new(groups.to_vec()).expect("the default subscribers");
        config.audio = self.audio;
        config.law = self.law;
        config.seed = seed;
        config
    }

    pub(super) fn phone(&self, index: usize, seed: u64) -> Phone {
        let mut config = PhoneConfig::new(format!("+4480{index}1234"));
        config.codecs.clone_from(&self.phones[index]);
        config.audio = self.audio;
        config.does = PhoneBehaviour::Random;
        config.seed = seed;
        let ports =
            (0..self.lines).map(|line| SocketAddr::new(phone_host(index), 4_000 + 2 * line));
        Phone::new(config, phone_address(index), ports.collect())
    }
}

fn circuit_group(id: TrunkGroupId, opc: PointCode, dpc: PointCode) -> CircuitGroup {
    CircuitGroup {
        variant: trunkline_isup::Variant::itu(),
        id,
        opc,
        dpc,
        ni: NetworkIndicator::National,
        cics: cics(id),
        selection: Selection::LeastRecentlyIdle,
        timers: Timers::default(),
    }
}

/// The codes of a trunk group: two primary rate groups with a hole between them, and a small one.
pub(super) fn cics(group: TrunkGroupId) -> Vec<Cic> {
    let codes = if group == GROUP_0 {
        (1..=31).chain(33..=63).collect::<Vec<u16>>()
    } else {
        (101..=110).collect()
    };
    let cic = |code| Cic::new(code).expect("at most 4095");
    codes.into_iter().map(cic).collect()
}

/// All circuits, as the gateway names them.
pub(super) fn circuits() -> Vec<CircuitId> {
    let all = cics(GROUP_0).into_iter().chain(cics(GROUP_1));
    all.map(|cic| CircuitId {
        dpc: exchange_code(),
        cic,
    })
    .collect()
}

pub(super) fn seen_from_exchange(circuit: CircuitId) -> CircuitId {
    CircuitId {
        dpc: gateway_code(),
        ..circuit
    }
}

/// The port of a circuit's bearer, at both ends.
pub(super) fn bearer_port(cic: Cic) -> u16 {
    let group = if cic.value() > 100 { GROUP_1 } else { GROUP_0 };
    BEARERS + 1_000 * group.0 + 2 * u16::try_from(cic.value()).expect("a circuit of this file")
}

/// The circuit whose bearer has a port, as the exchange names it.
pub(super) fn circuit_at(port: u16) -> Option<CircuitId> {
    let mut all = circuits().into_iter();
    let circuit = all.find(|circuit| bearer_port(circuit.cic) == port)?;
    Some(seen_from_exchange(circuit))
}

pub(super) fn phone_host(index: usize) -> IpAddr {
    let last = u8::try_from(10 + index).expect("few telephones");
    IpAddr::from([192, 0, 2, last])
}

pub(super) fn phone_address(index: usize) -> SocketAddr {
    SocketAddr::new(phone_host(index), 5060)
}

pub(super) fn gateway_code() -> PointCode {
    PointCode::new(100).expect("14 bits")
}

pub(super) fn exchange_code() -> PointCode {
    PointCode::new(200).expect("14 bits")
}

pub(super) const GATEWAY: SocketAddr =
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 5060);
pub(super) const EXCHANGE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 200));
pub(super) const GROUP_0: TrunkGroupId = TrunkGroupId(0);
pub(super) const GROUP_1: TrunkGroupId = TrunkGroupId(1);
/// Port of the bearer of CIC 0 of the first trunk group.
const BEARERS: u16 = 40_000;
