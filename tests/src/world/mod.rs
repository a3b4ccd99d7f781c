//! The whole system in virtual time: the cores of MGC and MGW between a simulated exchange and
//! simulated telephones, joined by seeded networks.
//!
//! No socket is opened and no clock is read. [`World::step`] jumps to the earliest of all wake-ups,
//! so hours pass in seconds, and the same seed gives the same run to the last message:
//! [`Report::digest`] says so. When a test fails, the seed and the last messages are printed;
//! `SOAK_TRACE=1` prints every one of them.

mod check;
mod network;
mod report;
mod settings;
mod traffic;

pub use network::{Flight, Link, Network, Way};
pub use report::{Listener, Report};
pub use settings::Settings;
pub use traffic::{Action, Traffic};

use core::time::Duration;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use settings::{
    EXCHANGE, GATEWAY, GROUP_0, GROUP_1, bearer_port, circuit_at, circuits, exchange_code,
    gateway_code, phone_address, phone_host, seen_from_exchange,
};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use trunkline_mgc::{self as mgc, Mgc};
use trunkline_mgw::{self as mgw, Mgw, SocketId};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{CircuitId, Time};
use trunkline_simulator::exchange::{self, Exchange};
use trunkline_simulator::phone::{self, Phone};
use trunkline_sip::Flow;
use trunkline_sip::locate::Answer;

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
        let exchange = settings.exchange(chance.random());
        let phones = (0..settings.phones.len())
            .map(|index| settings.phone(index, chance.random()))
            .collect();
        let mut world = Self {
            now: Time::ZERO,
            mgc: Mgc::new(settings.mgc(chance.random())).expect("usable settings"),
            mgw: Mgw::new(settings.mgw(), chance.random()).expect("usable settings"),
            exchange: Exchange::new(Time::ZERO, exchange).expect("usable settings"),
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
        let in_service = |mgc: &Mgc| {
            let groups = [GROUP_0, GROUP_1].into_iter();
            groups.map(|group| mgc.census(group).idle).sum::<usize>() == circuits().len()
        };
        // A lost GRS is repeated after 15 s.
        for _ in 0..20 {
            if !in_service(&world.mgc) || !world.exchange.is_idle() {
                world.run(Duration::from_secs(15));
            }
        }
        assert!(in_service(&world.mgc) && world.exchange.is_idle());
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
            let flow = Flow::udp(GATEWAY, source);
            let input = mgc::Input::Sip { flow, data };
            self.mgc.handle(self.now, input);
            return self.drain_mgc();
        }
        let phone = (0..self.phones.len()).find(|&index| phone_address(index) == destination);
        let Some(index) = phone else {
            return self.report.count("SIP to nobody");
        };
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
                mgc::Output::Sip { flow, data, .. } => {
                    self.send_sip(flow.local, flow.remote, data);
                }
                mgc::Output::Resolve(question) => {
                    let input = mgc::Input::Resolved(question, Answer::None);
                    self.mgc.handle(self.now, input);
                }
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
        let config = self.settings.exchange(self.chance.random());
        self.exchange = Exchange::new(self.now, config).expect("usable settings");
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
        done.expect("a circuit that there is");
        self.drain_mgc();
    }
}

/// Positions of the processes.
const MGC: usize = 0;
const MGW: usize = 1;
