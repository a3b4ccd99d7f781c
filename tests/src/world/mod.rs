//! The whole system in virtual time: the cores of MGC and MGW between a simulated exchange and
//! simulated telephones, joined by seeded networks.
//!
//! No socket is opened and no clock is read. [`World::step`] jumps to the earliest of all wake-ups,
//! so hours pass in seconds, and the same seed gives the same run to the last message:
//! [`Report::digest`] says so. When a test fails, the seed and the last messages are printed;
//! `SOAK_TRACE=1` prints every one of them.

mod network;
mod report;
mod traffic;

pub use network::{Flight, Link, Network, Way};
pub use report::Report;
pub use traffic::{Action, Traffic};

use core::time::Duration;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use trunkline_interwork::{CauseMap, ProfileName, TrunkProfile};
use trunkline_isup::{CircuitGroup, Selection, Timers};
use trunkline_mgc::{
    self as mgc, AddressRange, CallTimers, Config, Mgc, SipPeer, Target, TrunkGroup,
};
use trunkline_mgw::{self as mgw, CircuitBearers, Mgw, MgwConfig, SocketId};
use trunkline_model::media::{Codec, Law};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{Cic, CircuitId, NetworkIndicator, PointCode, Time, TrunkGroupId};
use trunkline_numbering::{Routes, Rules};
use trunkline_simulator::exchange::{self, Exchange, ExchangeConfig};
use trunkline_simulator::phone::{self, Phone, PhoneBehaviour, PhoneConfig};
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
}

/// The gateway, and everybody around it.
pub struct World {
    /// The time.
    pub now: Time,
    /// Call control.
    pub mgc: Mgc,
    /// Media.
    pub mgw: Mgw,
    /// The telephone network.
    pub exchange: Exchange,
    /// The SIP telephones.
    pub phones: Vec<Phone>,
    /// What was seen.
    pub report: Report,
    /// What is on its way.
    pub network: Network,
    settings: Settings,
    traffic: Traffic,
    chance: StdRng,
    /// Virtual sockets that the MGW has bound.
    sockets: BTreeMap<SocketId, SocketAddr>,
    bound: BTreeMap<SocketAddr, SocketId>,
    /// Whether MTP joins the two point codes.
    joined: bool,
    /// The MGC and the MGW, each a process that the machine may keep waiting.
    processes: [Process; 2],
}

/// A process that is kept waiting finds its inputs in a queue afterwards, and its timers late.
#[derive(Debug, Default)]
struct Process {
    busy_until: Time,
    inbox: VecDeque<Flight>,
}

impl World {
    /// A world in which all circuits are in service and nobody calls yet.
    pub fn new(settings: Settings) -> Self {
        let mut chance = StdRng::seed_from_u64(settings.seed);
        let exchange = Exchange::new(Time::ZERO, exchange_config(&settings, chance.random()));
        let mut mgw = MgwConfig::new(GATEWAY.ip());
        mgw.ports = 20_000..=20_199;
        mgw.max_contexts = 66;
        mgw.circuits = [GROUP_0, GROUP_1]
            .into_iter()
            .map(|group| CircuitBearers {
                group,
                local_port_base: BEARERS + 1_000 * group.0,
                remote: EXCHANGE,
                remote_port_base: BEARERS + 1_000 * group.0,
                law: settings.law,
                cics: cics(group),
            })
            .collect();
        let phones = (0..settings.phones.len())
            .map(|index| phone(&settings, index, chance.random()))
            .collect();
        let mut world = Self {
            now: Time::ZERO,
            mgc: Mgc::new(mgc_config(&settings, chance.random()))
                .expect("a configuration of this file"),
            mgw: Mgw::new(mgw, chance.random()).expect("a configuration of this file"),
            exchange: exchange.expect("circuits of this file"),
            phones,
            report: Report::new(settings.seed),
            network: Network::new(chance.random()),
            traffic: Traffic::default(),
            chance,
            sockets: BTreeMap::new(),
            bound: BTreeMap::new(),
            joined: false,
            processes: Default::default(),
            settings,
        };
        world.join();
        world.run(Duration::from_secs(60));
        for group in [GROUP_0, GROUP_1] {
            let census = world.mgc.census(group);
            assert_eq!(census.idle, cics(group).len(), "{census:?}");
        }
        world
    }

    /// Lets time pass.
    pub fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        while self.step(end) {}
        self.now = end;
    }

    /// Jumps to the earliest wake-up and does what is due; `false` if there is none by `end`.
    pub fn step(&mut self, end: Time) -> bool {
        let Some(next) = self.poll_timeout().filter(|&next| next <= end) else {
            return false;
        };
        if next > self.now {
            self.now = next;
            self.report.at_once = 0;
        }
        self.report.count_step();
        self.wake();
        while let Some(flight) = self.network.arrived(self.now) {
            self.arrive(flight);
        }
        true
    }

    fn poll_timeout(&self) -> Option<Time> {
        let mgc = self.late(MGC, self.mgc.poll_timeout().map(|(at, _)| at));
        let mgw = self.late(MGW, self.mgw.poll_timeout().map(|(at, _)| at));
        let exchange = self.exchange.poll_timeout().map(|(at, _)| at);
        let phones = self.phones.iter().filter_map(|phone| phone.poll_timeout());
        let phone = phones.map(|(at, _)| at).min();
        let network = self.network.poll_timeout();
        [mgc, mgw, exchange, phone, network]
            .into_iter()
            .flatten()
            .min()
    }

    /// When a process has something to do that it could do at `at`.
    fn late(&self, process: usize, at: Option<Time>) -> Option<Time> {
        let Process { busy_until, inbox } = &self.processes[process];
        let inbox = (!inbox.is_empty()).then_some(Time::ZERO);
        let at = [at, inbox].into_iter().flatten().min();
        at.map(|at| at.max(*busy_until))
    }

    fn wake(&mut self) {
        let now = self.now;
        let due = |at: Option<Time>| at.is_some_and(|at| at <= now);
        if due(self.late(MGC, self.mgc.poll_timeout().map(|(at, _)| at))) {
            // A process that waited reads its sockets first, or its clock.
            if self.processes[MGC].inbox.is_empty() || self.chance.random() {
                self.mgc.handle_timeout(now);
                self.drain_mgc();
            }
            self.empty_inbox(MGC);
        }
        if due(self.late(MGW, self.mgw.poll_timeout().map(|(at, _)| at))) {
            self.empty_inbox(MGW);
            self.mgw.handle_timeout(now);
            self.drain_mgw();
        }
        if due(self.exchange.poll_timeout().map(|(at, _)| at)) {
            self.exchange.handle_timeout(now);
            self.drain_exchange();
        }
        for index in 0..self.phones.len() {
            if due(self.phones[index].poll_timeout().map(|(at, _)| at)) {
                self.phones[index].handle_timeout(now);
                self.drain_phone(index);
            }
        }
    }

    fn empty_inbox(&mut self, process: usize) {
        for flight in core::mem::take(&mut self.processes[process].inbox) {
            self.deliver(flight);
        }
    }

    fn arrive(&mut self, flight: Flight) {
        let process = match &flight {
            Flight::Sip { destination, .. } if *destination == GATEWAY => Some(MGC),
            Flight::Mtp(transfer) if transfer.dpc == gateway_code() => Some(MGC),
            Flight::Media(_) => Some(MGC),
            Flight::Command(_) => Some(MGW),
            Flight::Rtp { destination, .. } if destination.ip() == GATEWAY.ip() => Some(MGW),
            _ => None,
        };
        match process.map(|process| &mut self.processes[process]) {
            Some(process) if process.busy_until > self.now => process.inbox.push_back(flight),
            _ => self.deliver(flight),
        }
    }

    fn deliver(&mut self, flight: Flight) {
        match flight {
            Flight::Sip {
                source,
                destination,
                data,
            } => self.sip_arrives(source, destination, &data),
            Flight::Mtp(transfer) => self.mtp_arrives(transfer),
            Flight::Rtp {
                source,
                destination,
                data,
            } => self.rtp_arrives(source, destination, &data),
            Flight::Command(command) => {
                self.mgw.handle(self.now, mgw::Input::Command(command));
                self.drain_mgw();
            }
            Flight::Media(event) => {
                self.mgc.handle(self.now, mgc::Input::Media(event));
                self.drain_mgc();
            }
            Flight::Action(action) => self.act(action),
        }
    }

    fn sip_arrives(&mut self, source: SocketAddr, destination: SocketAddr, data: &[u8]) {
        if destination == GATEWAY {
            let local = GATEWAY;
            let input = mgc::Input::Sip {
                local,
                source,
                data,
            };
            self.mgc.handle(self.now, input);
            return self.drain_mgc();
        }
        let phone = (0..self.phones.len()).find(|&index| phone_address(index) == destination);
        let index = phone.unwrap_or_else(|| panic!("SIP to {destination}, where nobody is"));
        self.phones[index].handle(self.now, phone::Input::Sip { source, data });
        self.drain_phone(index);
    }

    fn mtp_arrives(&mut self, transfer: MtpTransfer) {
        if !self.joined {
            return self.report.count("MTP messages into a pause");
        }
        let indication = MtpIndication::Transfer(transfer.clone());
        if transfer.dpc == gateway_code() {
            self.mgc.handle(self.now, mgc::Input::Mtp(indication));
            self.drain_mgc();
        } else {
            let input = exchange::Input::Mtp(indication);
            self.exchange.handle(self.now, input);
            self.drain_exchange();
        }
    }

    fn rtp_arrives(&mut self, source: SocketAddr, destination: SocketAddr, data: &[u8]) {
        if destination.ip() == EXCHANGE {
            let Some(circuit) = circuit_at(destination.port()) else {
                return self.report.count("RTCP to the exchange");
            };
            let input = exchange::Input::Rtp { circuit, data };
            self.exchange.handle(self.now, input);
            return self.drain_exchange();
        }
        if destination.ip() != GATEWAY.ip() {
            let local = destination;
            let phone = (0..self.phones.len()).find(|&index| phone_host(index) == local.ip());
            let index = phone.unwrap_or_else(|| panic!("RTP to {local}, where nobody is"));
            self.phones[index].handle(self.now, phone::Input::Rtp { local, data });
            return self.drain_phone(index);
        }
        let Some(&socket) = self.bound.get(&destination) else {
            return self.report.count("RTP to a closed port of the MGW");
        };
        let channel = mgw::Channel::Rtp;
        let input = mgw::Input::Packet {
            socket,
            channel,
            source,
            data,
        };
        self.mgw.handle(self.now, input);
        self.drain_mgw();
    }

    fn drain_mgc(&mut self) {
        while let Some(output) = self.mgc.poll_output() {
            match output {
                mgc::Output::Sip {
                    local,
                    destination,
                    data,
                } => self.send_sip(local, destination, data),
                mgc::Output::Mtp(transfer) => self.send_mtp(Way::MtpOut, transfer),
                mgc::Output::Media(command) => {
                    self.report.command(self.now, &command);
                    let flight = Flight::Command(command);
                    self.network
                        .send(self.now, Way::Command, Link::MEDIA, flight);
                }
                mgc::Output::Event(event) => self.report.mgc(self.now, &event),
            }
        }
    }

    fn drain_mgw(&mut self) {
        while let Some(output) = self.mgw.poll_output() {
            match output {
                mgw::Output::Bind { socket, address } => {
                    let bound = self.bind(socket, address);
                    self.mgw
                        .handle(self.now, mgw::Input::Bound { socket, bound });
                }
                mgw::Output::Unbind { socket } => {
                    let address = self.sockets.remove(&socket);
                    let address = address.unwrap_or_else(|| panic!("{socket:?} is not bound"));
                    self.bound.remove(&address);
                }
                mgw::Output::Transmit {
                    socket,
                    channel: mgw::Channel::Rtp,
                    destination,
                    data,
                } => {
                    let source = self.sockets[&socket];
                    self.send_rtp(source, destination, data);
                }
                mgw::Output::Transmit { data, .. } => {
                    self.report.count("RTCP from the MGW");
                    self.mgw.recycle(data);
                }
                mgw::Output::Event(event) => {
                    let flight = Flight::Media(event);
                    self.network.send(self.now, Way::Media, Link::MEDIA, flight);
                }
            }
        }
    }

    /// A virtual socket; other programs have some of the ports.
    fn bind(&mut self, socket: SocketId, address: SocketAddr) -> bool {
        assert!(
            !self.bound.contains_key(&address),
            "{address} is bound already"
        );
        let taken = self.settings.taken_ports;
        if self.chance.random_range(0..1000) < taken {
            self.report.count("ports taken by others");
            return false;
        }
        let before = self.sockets.insert(socket, address);
        assert_eq!(before, None, "{socket:?} is bound already");
        self.bound.insert(address, socket);
        true
    }

    fn drain_exchange(&mut self) {
        while let Some(output) = self.exchange.poll_output() {
            match output {
                exchange::Output::Mtp(transfer) => self.send_mtp(Way::MtpIn, transfer),
                exchange::Output::Rtp { circuit, data } => {
                    let port = bearer_port(circuit.cic);
                    let source = SocketAddr::new(EXCHANGE, port);
                    let destination = SocketAddr::new(GATEWAY.ip(), port);
                    self.send_rtp(source, destination, data);
                }
                exchange::Output::Bearer { .. } => {}
                exchange::Output::Event(event) => self.report.exchange(self.now, &event),
            }
        }
    }

    fn drain_phone(&mut self, index: usize) {
        while let Some(output) = self.phones[index].poll_output() {
            match output {
                phone::Output::Sip { destination, data } => {
                    self.send_sip(phone_address(index), destination, data);
                }
                phone::Output::Rtp {
                    local,
                    destination,
                    data,
                } => self.send_rtp(local, destination, data),
                phone::Output::Event(event) => self.report.phone(self.now, index, &event),
            }
        }
    }

    fn send_sip(&mut self, source: SocketAddr, destination: SocketAddr, data: Vec<u8>) {
        let line = self.report.sip(self.now, source, destination, &data);
        let flight = Flight::Sip {
            source,
            destination,
            data,
        };
        let sent = self
            .network
            .send(self.now, Way::Sip, self.settings.sip, flight);
        self.report.sent(line, sent);
    }

    fn send_mtp(&mut self, way: Way, transfer: MtpTransfer) {
        let line = self.report.mtp(self.now, way, &transfer);
        if !self.joined {
            self.report.count("MTP messages into a pause");
            return self.report.sent(line, false);
        }
        let flight = Flight::Mtp(transfer);
        let sent = self.network.send(self.now, way, self.settings.mtp, flight);
        self.report.sent(line, sent);
    }

    fn send_rtp(&mut self, source: SocketAddr, destination: SocketAddr, data: Vec<u8>) {
        let flight = Flight::Rtp {
            source,
            destination,
            data,
        };
        self.network
            .send(self.now, Way::Rtp, self.settings.rtp, flight);
    }

    /// MTP reaches the other side again, or for the first time.
    pub fn join(&mut self) {
        self.joined = true;
        let indication = MtpIndication::Resume(exchange_code());
        self.mgc.handle(self.now, mgc::Input::Mtp(indication));
        self.drain_mgc();
        let indication = MtpIndication::Resume(gateway_code());
        self.exchange
            .handle(self.now, exchange::Input::Mtp(indication));
        self.drain_exchange();
    }

    /// MTP does not reach the other side any more.
    pub fn part(&mut self) {
        self.joined = false;
        let indication = MtpIndication::Pause(exchange_code());
        self.mgc.handle(self.now, mgc::Input::Mtp(indication));
        self.drain_mgc();
        let indication = MtpIndication::Pause(gateway_code());
        self.exchange
            .handle(self.now, exchange::Input::Mtp(indication));
        self.drain_exchange();
    }

    /// The exchange loses its memory and starts again: it resets all circuits by GRS.
    pub fn restart_exchange(&mut self) {
        self.report.exchange_restarts(self.exchange.active_calls());
        // Its links go with it. Messages of two lives of one exchange cannot be told apart.
        let of_links = |flight: &Flight| matches!(flight, Flight::Mtp(_));
        self.network.forget(of_links);
        self.processes[MGC].inbox.retain(|flight| !of_links(flight));
        let config = exchange_config(&self.settings, self.chance.random());
        self.exchange = Exchange::new(self.now, config).expect("circuits of this file");
        if self.joined {
            let indication = MtpIndication::Resume(gateway_code());
            self.exchange
                .handle(self.now, exchange::Input::Mtp(indication));
        }
        self.drain_exchange();
    }

    /// The gateway takes no new calls and ends those that there are.
    pub fn shut_down(&mut self) {
        self.mgc.handle(self.now, mgc::Input::Shutdown);
        self.drain_mgc();
    }

    /// No message is lost any more, MTP is there, and nothing is blocked.
    pub fn calm(&mut self) {
        self.settings.sip = self.settings.sip.faultless();
        self.settings.mtp = self.settings.mtp.faultless();
        self.settings.rtp = self.settings.rtp.faultless();
        self.settings.taken_ports = 0;
        if !self.joined {
            self.join();
        }
        for circuit in circuits() {
            self.block_at_exchange(circuit, false);
            self.maintain(circuit, trunkline_isup::Request::Unblock);
        }
    }

    fn block_at_exchange(&mut self, circuit: CircuitId, blocked: bool) {
        let circuit = seen_from_exchange(circuit);
        self.exchange
            .handle(self.now, exchange::Input::Block { circuit, blocked });
        self.drain_exchange();
    }

    fn maintain(&mut self, circuit: CircuitId, request: trunkline_isup::Request) {
        let done = self.mgc.maintain(self.now, circuit, request);
        done.expect("a circuit of this file");
        self.drain_mgc();
    }

    /// What must hold at any time: every circuit that is busy in the MGC belongs to a call, every
    /// context of the MGW to a call that has it or to a command on its way, and indices hold no
    /// more than what calls need.
    pub fn check(&self) {
        let calls: Vec<_> = self.mgc.each_call().collect();
        let mut held = BTreeSet::new();
        for call in &calls {
            if let Some(circuit) = call.circuit {
                let first = held.insert(circuit.id());
                assert!(first, "two calls have circuit {}", circuit.id());
            }
        }
        for circuit in circuits() {
            let state = self.mgc.circuit(circuit).expect("a circuit of this file");
            let has_call = matches!(
                state.phase,
                trunkline_isup::Phase::Outgoing | trunkline_isup::Phase::Incoming
            );
            assert!(
                !has_call || held.contains(&circuit),
                "circuit {circuit} is busy, and no call knows of it"
            );
            let free = state.phase == trunkline_isup::Phase::Idle;
            assert!(
                !free || !held.contains(&circuit),
                "circuit {circuit} is idle, and a call holds it"
            );
        }

        let mut adding = BTreeSet::new();
        let mut subtracting = BTreeSet::new();
        let waiting = self.processes.iter().flat_map(|process| &process.inbox);
        for flight in self.network.flights().chain(waiting) {
            use trunkline_model::media::MediaCommand::{Add, Subtract};
            match flight {
                Flight::Command(Add { context, .. }) => adding.insert(*context),
                Flight::Command(Subtract { context, .. }) => subtracting.insert(*context),
                _ => continue,
            };
        }
        let standing: BTreeSet<_> = self.mgw.contexts().collect();
        let wanted: BTreeSet<_> = calls.iter().filter_map(|call| call.context).collect();
        for context in &standing {
            let known = wanted.contains(context) || subtracting.contains(context);
            assert!(known, "{context:?} belongs to no call");
        }
        assert_eq!(wanted.len(), calls.iter().filter_map(|c| c.context).count());

        let holdings = self.mgc.holdings();
        assert_eq!(holdings.circuits, held.len(), "{holdings:?}");
        assert!(holdings.sessions <= calls.len(), "{holdings:?}");
        let pending: usize = calls.iter().map(|call| call.pending_commands()).sum();
        assert_eq!(holdings.transactions, pending, "{holdings:?}");
        // At most one timer of each kind for a call.
        assert!(holdings.timers <= 6 * calls.len(), "{holdings:?}");
        assert!(self.mgc.sip_load().0 <= 2 * calls.len() + 200);

        let counters = self.mgw.counters();
        assert_eq!(counters.contexts() as usize, standing.len());
        assert!(self.sockets.len() <= 2 * standing.len());
        assert_eq!(
            (counters.ports_in_use() + counters.circuits_in_use()) as usize,
            self.sockets.len(),
            "each termination has its sockets"
        );
    }

    /// Nothing is left of anything, anywhere.
    pub fn check_idle(&self) {
        self.check();
        let stuck: Vec<_> = self.mgc.each_call().collect();
        assert!(stuck.is_empty(), "calls left in the MGC: {stuck:#?}");
        assert_eq!(
            self.exchange.active_calls(),
            0,
            "calls left in the exchange"
        );
        for (index, phone) in self.phones.iter().enumerate() {
            assert_eq!(phone.active_calls(), 0, "calls left in telephone {index}");
            let load = (phone.sessions(), phone.transactions());
            assert_eq!(load, (0, 0), "SIP left in telephone {index}");
            assert_eq!(phone.free_ports(), usize::from(self.settings.lines));
        }
        assert_eq!(self.mgc.sip_load(), (0, 0), "SIP left in the MGC");
        assert_eq!(self.mgc.holdings(), mgc::Holdings::default());
        for group in [GROUP_0, GROUP_1] {
            let expected = trunkline_isup::Census {
                idle: cics(group).len(),
                ..trunkline_isup::Census::default()
            };
            assert_eq!(self.mgc.census(group), expected, "{group} in the MGC");
            let census = self.exchange.census(group);
            assert_eq!(census, expected, "{group} in the exchange");
        }
        let counters = self.mgw.counters();
        assert_eq!(counters.contexts(), 0);
        assert_eq!(counters.ports_in_use(), 0);
        assert_eq!(counters.circuits_in_use(), 0);
        assert!(self.sockets.is_empty() && self.bound.is_empty());
        assert_eq!(self.mgw.poll_timeout(), None, "a timer runs in the MGW");
        assert_eq!(self.mgc.poll_timeout(), None, "a timer runs in the MGC");
        self.report.check_ended();
    }
}

fn mgc_config(settings: &Settings, seed: [u8; 32]) -> Config {
    let mut routes = Routes::new();
    let mut route = |prefix: &str, target| {
        routes
            .insert(prefix, target)
            .expect("a prefix of this file");
    };
    route("+49", Target::TrunkGroup(GROUP_0));
    route("+4930231250", Target::TrunkGroup(GROUP_1));
    let mut peers = Vec::new();
    for index in 0..settings.phones.len() {
        route(&format!("+4480{index}"), Target::SipPeer(index));
        peers.push(SipPeer {
            name: format!("phone{index}"),
            address: phone_address(index),
        });
    }
    let trunk = |group: TrunkGroupId| TrunkGroup {
        name: format!("landline{}", group.0),
        circuits: circuit_group(group, gateway_code(), exchange_code()),
        profile: TrunkProfile::new("49"),
        causes: CauseMap::profile(ProfileName::Rfc3398),
    };
    Config {
        endpoint: EndpointConfig::new(seed),
        local: vec![GATEWAY],
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

fn exchange_config(settings: &Settings, seed: u64) -> ExchangeConfig {
    let groups = [GROUP_0, GROUP_1].map(|id| circuit_group(id, exchange_code(), gateway_code()));
    let mut config = ExchangeConfig::new(groups.to_vec()).expect("the default subscribers");
    config.audio = settings.audio;
    config.law = settings.law;
    config.seed = seed;
    config
}

fn phone(settings: &Settings, index: usize, seed: u64) -> Phone {
    let mut config = PhoneConfig::new(format!("+4480{index}1234"));
    config.codecs.clone_from(&settings.phones[index]);
    config.audio = settings.audio;
    config.does = PhoneBehaviour::Random;
    config.seed = seed;
    let ports =
        (0..settings.lines).map(|line| SocketAddr::new(phone_host(index), 4_000 + 2 * line));
    Phone::new(config, phone_address(index), ports.collect())
}

fn circuit_group(id: TrunkGroupId, opc: PointCode, dpc: PointCode) -> CircuitGroup {
    CircuitGroup {
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
fn cics(group: TrunkGroupId) -> Vec<Cic> {
    let codes = if group == GROUP_0 {
        (1..=31).chain(33..=63).collect::<Vec<u16>>()
    } else {
        (101..=110).collect()
    };
    let cic = |code| Cic::new(code).expect("at most 4095");
    codes.into_iter().map(cic).collect()
}

/// All circuits, as the gateway names them.
fn circuits() -> Vec<CircuitId> {
    let all = cics(GROUP_0).into_iter().chain(cics(GROUP_1));
    all.map(|cic| CircuitId {
        dpc: exchange_code(),
        cic,
    })
    .collect()
}

fn seen_from_exchange(circuit: CircuitId) -> CircuitId {
    CircuitId {
        dpc: gateway_code(),
        ..circuit
    }
}

/// The port of a circuit's bearer, at both ends.
fn bearer_port(cic: Cic) -> u16 {
    let group = if cic.value() > 100 { GROUP_1 } else { GROUP_0 };
    BEARERS + 1_000 * group.0 + 2 * cic.value()
}

/// The circuit whose bearer has a port, as the exchange names it.
fn circuit_at(port: u16) -> Option<CircuitId> {
    let mut all = circuits().into_iter();
    let circuit = all.find(|circuit| bearer_port(circuit.cic) == port)?;
    Some(seen_from_exchange(circuit))
}

fn phone_host(index: usize) -> IpAddr {
    let last = u8::try_from(10 + index).expect("few telephones");
    IpAddr::from([192, 0, 2, last])
}

fn phone_address(index: usize) -> SocketAddr {
    SocketAddr::new(phone_host(index), 5060)
}

fn gateway_code() -> PointCode {
    PointCode::new(100).expect("14 bits")
}

fn exchange_code() -> PointCode {
    PointCode::new(200).expect("14 bits")
}

const GATEWAY: SocketAddr =
    SocketAddr::new(IpAddr::V4(core::net::Ipv4Addr::new(192, 0, 2, 1)), 5060);
const EXCHANGE: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(192, 0, 2, 200));
const GROUP_0: TrunkGroupId = TrunkGroupId(0);
const GROUP_1: TrunkGroupId = TrunkGroupId(1);
/// Positions of the processes.
const MGC: usize = 0;
const MGW: usize = 1;
/// Port of the bearer of CIC 0 of the first trunk group.
const BEARERS: u16 = 40_000;
