//! Two ASPs and a gateway over a network that loses associations, restarts them and delays
//! messages, while managements block and unblock: whatever happened, they end up active, with
//! both ends of one mind, and then are silent.
//!
//! Time is virtual and chance seeded: `M3UA_SEED` plays one seed again.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use trunkline_m3ua::asp::{self, Asp};
use trunkline_m3ua::sgp::{self, AspId, AspSettings, Registration, Sgp};
use trunkline_m3ua::{
    AffectedPointCode, AspState, Message, RoutingKey, RoutingKeyDestination, TrafficMode,
};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{NetworkIndicator, PointCode, Time};

const SEEDS: u64 = 150;
const STEPS: usize = 400;
const ASPS: usize = 2;
const STREAMS: u16 = 4;

/// T(r).
const RECOVERY: Duration = Duration::from_secs(5);

/// What no input can make either end send more of before it is asked again.
const MOST_AT_ONCE: usize = 100;

/// The application servers of each ASP.
const LOADSHARE: usize = 0;
const OVERRIDE: usize = 1;
const REGISTERED: usize = 2;

/// The point code of an AS, and that of the network.
const fn ours(application_server: usize) -> u32 {
    101 + application_server as u32
}
const EXCHANGE: u32 = 9;

/// splitmix64
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn millis(&mut self, limit: u64) -> Duration {
        Duration::from_millis(self.below(limit))
    }
}

/// One direction of an association: a queue for each stream, each in order.
#[derive(Default)]
struct Way(BTreeMap<u16, VecDeque<(Time, Message)>>);

impl Way {
    fn put(&mut self, at: Time, message: Message) {
        let queue = self.0.entry(message.stream(STREAMS)).or_default();
        let at = queue.back().map_or(at, |(last, _)| at.max(*last));
        queue.push_back((at, message));
    }

    fn next(&self) -> Option<Time> {
        let heads = self.0.values().filter_map(VecDeque::front);
        heads.map(|(at, _)| *at).min()
    }

    fn take(&mut self, now: Time) -> Option<(u16, Message)> {
        let mut queues = self.0.iter_mut();
        let (stream, queue) = queues.find(|(_, q)| q.front().is_some_and(|(at, _)| *at <= now))?;
        let (_, message) = queue.pop_front()?;
        Some((*stream, message))
    }
}

/// An association and its ends.
struct Link {
    up: bool,
    to_sgp: Way,
    to_asp: Way,
}

struct World {
    now: Time,
    chance: Chance,
    sgp: Sgp,
    asps: Vec<Asp>,
    links: Vec<Link>,
    /// What reached the network, and what reached the users of each ASP.
    network: Vec<MtpTransfer>,
    users: Vec<Vec<(usize, MtpTransfer)>>,
    sent: usize,
}

impl World {
    fn new(seed: u64) -> Self {
        let asp = |index: usize| {
            Asp::new(asp::Settings {
                application_servers: vec![
                    server(Some(1), TrafficMode::Loadshare, None),
                    server(Some(2), TrafficMode::Override, None),
                    server(None, TrafficMode::Loadshare, Some(key(REGISTERED))),
                ],
                asp_identifier: Some(index as u32 + 1),
                ..asp::Settings::default()
            })
        };
        let server = |index: usize| sgp::AsSettings {
            routing_context: Some(index as u32 + 1),
            network_appearance: None,
            routing_key: key(index).destinations,
            traffic_mode: None,
            minimum_active: 1,
        };
        Self {
            now: Time::from_secs(1),
            chance: Chance(seed),
            sgp: Sgp::new(sgp::Settings {
                application_servers: vec![server(LOADSHARE), server(OVERRIDE)],
                destinations: vec![pc(EXCHANGE)],
                network_appearance: None,
                recovery: RECOVERY,
                pending_queue: 20,
                diversion: Duration::from_millis(100),
                beat: None,
                asp_identifier: None,
                registration: Some(Registration {
                    first_routing_context: 1000,
                    max: 1,
                }),
            }),
            asps: (0..ASPS).map(asp).collect(),
            links: (0..ASPS)
                .map(|_| Link {
                    up: false,
                    to_sgp: Way::default(),
                    to_asp: Way::default(),
                })
                .collect(),
            network: Vec::new(),
            users: vec![Vec::new(); ASPS],
            sent: 0,
        }
    }

    fn asp(&mut self, index: usize, input: asp::Input) {
        self.asps[index].handle(self.now, input);
        self.collect();
    }

    fn gateway(&mut self, input: sgp::Input) {
        self.sgp.handle(self.now, input);
        self.collect();
    }

    fn collect(&mut self) {
        let mut count = 0;
        while let Some(output) = self.sgp.poll_output() {
            match output {
                sgp::Output::Send(AspId(index), message) => {
                    let at = self.now + self.chance.millis(40);
                    let link = &mut self.links[index as usize];
                    count += 1;
                    if link.up {
                        link.to_asp.put(at, message);
                    }
                }
                sgp::Output::Network(MtpIndication::Transfer(transfer)) => {
                    self.network.push(transfer);
                }
                _ => {}
            }
        }
        for index in 0..ASPS {
            while let Some(output) = self.asps[index].poll_output() {
                match output {
                    asp::Output::Send(message) => {
                        let at = self.now + self.chance.millis(40);
                        count += 1;
                        assert!(self.links[index].up, "{message} without an association");
                        self.links[index].to_sgp.put(at, message);
                    }
                    asp::Output::Transfer {
                        application_server,
                        transfer,
                    } => {
                        assert_eq!(transfer.dpc, pc(ours(application_server)));
                        self.users[index].push((application_server, transfer));
                    }
                    _ => {}
                }
            }
        }
        assert!(count <= MOST_AT_ONCE, "{count} messages at once");
        self.sent += count;
    }

    /// Lets time pass.
    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        let mut rounds = 0;
        loop {
            let links = self.links.iter();
            let ways = links.flat_map(|link| [link.to_sgp.next(), link.to_asp.next()]);
            let asps = self.asps.iter().map(|asp| Some(asp.poll_timeout()?.0));
            let sgp = self.sgp.poll_timeout().map(|(at, _)| at);
            let next = ways.chain(asps).chain([sgp]).flatten().min();
            match next {
                Some(at) if at <= end => self.now = self.now.max(at),
                _ => break,
            }
            rounds += 1;
            assert!(rounds < 20_000, "no progress at {:?}", self.now);
            self.sgp.handle_timeout(self.now);
            for asp in &mut self.asps {
                asp.handle_timeout(self.now);
            }
            self.collect();
            for index in 0..ASPS {
                while let Some((stream, message)) = self.links[index].to_sgp.take(self.now) {
                    let asp = AspId(index as u64);
                    self.gateway(sgp::Input::Message {
                        asp,
                        stream: Some(stream),
                        message,
                    });
                }
                while let Some((stream, message)) = self.links[index].to_asp.take(self.now) {
                    let stream = Some(stream);
                    self.asp(index, asp::Input::Message { stream, message });
                }
            }
        }
        self.now = end;
    }

    fn connect(&mut self, index: usize) {
        if !self.links[index].up {
            self.links[index].up = true;
            let id = AspId(index as u64);
            self.gateway(sgp::Input::AssociationUp(id, AspSettings::default()));
            self.asp(index, asp::Input::AssociationUp);
        }
    }

    fn drop_messages(&mut self, index: usize) {
        self.links[index].to_asp = Way::default();
        self.links[index].to_sgp = Way::default();
    }

    fn disconnect(&mut self, index: usize) {
        if self.links[index].up {
            self.links[index].up = false;
            self.drop_messages(index);
            self.asp(index, asp::Input::AssociationDown);
            // The gateway may notice later, after what it still sends is lost.
            let later = self.chance.millis(200);
            self.run(later);
            self.gateway(sgp::Input::AssociationDown(AspId(index as u64)));
        }
    }

    /// One end has forgotten the association, and the other learns so.
    fn restart(&mut self, index: usize) {
        if !self.links[index].up {
            return;
        }
        self.drop_messages(index);
        let id = AspId(index as u64);
        match self.chance.below(2) {
            0 => {
                self.gateway(sgp::Input::AssociationDown(id));
                self.drop_messages(index);
                self.gateway(sgp::Input::AssociationUp(id, AspSettings::default()));
                self.asp(index, asp::Input::AssociationRestarted);
            }
            _ => {
                self.asp(index, asp::Input::AssociationDown);
                self.drop_messages(index);
                self.gateway(sgp::Input::AssociationRestarted(id));
                self.asp(index, asp::Input::AssociationUp);
            }
        }
    }

    fn something(&mut self) {
        let index = self.chance.below(ASPS as u64) as usize;
        let server = self.chance.below(3) as usize;
        let id = AspId(index as u64);
        match self.chance.below(16) {
            0 | 1 => self.disconnect(index),
            2..=5 => self.connect(index),
            6 => self.restart(index),
            7 => self.asp(index, asp::Input::Block),
            8 => self.asp(index, asp::Input::Unblock),
            9 => self.gateway(sgp::Input::Block(id)),
            10 => self.gateway(sgp::Input::Unblock(id)),
            11 => self.gateway(sgp::Input::NifLost(Some(server % 2))),
            12 => self.gateway(sgp::Input::NifBack(Some(server % 2))),
            13 => self.request(index, server),
            _ => self.indicate(server),
        }
        let time = self.chance.millis(1500);
        self.run(time);
    }

    fn request(&mut self, index: usize, application_server: usize) {
        let transfer = transfer(ours(application_server), EXCHANGE);
        self.asp(
            index,
            asp::Input::Transfer {
                application_server,
                transfer,
            },
        );
    }

    fn indicate(&mut self, application_server: usize) {
        let transfer = transfer(EXCHANGE, ours(application_server));
        self.gateway(sgp::Input::Network(MtpIndication::Transfer(transfer)));
    }

    /// Nothing stands in the way any more.
    fn heal(&mut self) {
        self.gateway(sgp::Input::NifBack(Some(LOADSHARE)));
        self.gateway(sgp::Input::NifBack(Some(OVERRIDE)));
        for index in 0..ASPS {
            self.gateway(sgp::Input::Unblock(AspId(index as u64)));
            self.asp(index, asp::Input::Unblock);
            self.connect(index);
        }
        self.run(Duration::from_secs(30));
    }

    /// Our state as the gateway has it.
    fn seen(&self, index: usize, application_server: usize) -> AspState {
        let context = self.asps[index].routing_context(application_server);
        let mut servers = self.sgp.application_servers();
        let server = servers.find(|server| server.routing_context == context);
        let id = AspId(index as u64);
        server.map_or(AspState::Down, |server| {
            self.sgp.asp_state(id, server.index)
        })
    }

    fn check(&mut self) {
        for application_server in [LOADSHARE, OVERRIDE, REGISTERED] {
            let mut carrying = 0;
            for (index, asp) in self.asps.iter().enumerate() {
                let ours = asp.asp_state(application_server);
                assert_eq!(
                    ours,
                    self.seen(index, application_server),
                    "ASP {index} in AS {application_server}"
                );
                assert_eq!(
                    asp.carries_traffic(application_server),
                    ours == AspState::Active
                );
                carrying += usize::from(ours == AspState::Active);
            }
            let expected = match application_server {
                OVERRIDE => 1,
                _ => ASPS,
            };
            assert_eq!(carrying, expected, "AS {application_server}");
            self.traffic_flows(application_server);
        }
        // All is said.
        let sent = self.sent;
        self.run(Duration::from_secs(60));
        assert_eq!(self.sent, sent);
        assert_eq!(self.sgp.poll_timeout(), None);
        for asp in &self.asps {
            assert_eq!(asp.poll_timeout(), None);
        }
    }

    fn traffic_flows(&mut self, application_server: usize) {
        self.network.clear();
        self.users.iter_mut().for_each(Vec::clear);
        let mut requests = 0;
        for index in 0..ASPS {
            if self.asps[index].carries_traffic(application_server) {
                self.request(index, application_server);
                requests += 1;
            }
        }
        self.indicate(application_server);
        self.run(Duration::from_secs(1));
        assert_eq!(self.network.len(), requests);
        assert_eq!(self.users.iter().map(Vec::len).sum::<usize>(), 1);
    }
}

fn server(
    routing_context: Option<u32>,
    mode: TrafficMode,
    registration: Option<RoutingKey>,
) -> asp::AsSettings {
    asp::AsSettings {
        routing_context,
        traffic_mode: Some(mode),
        registration,
        ..asp::AsSettings::default()
    }
}

fn key(application_server: usize) -> RoutingKey {
    let dpc = AffectedPointCode::one(pc(ours(application_server)));
    RoutingKey {
        local_rk_identifier: 0,
        routing_context: None,
        traffic_mode: None,
        network_appearance: None,
        destinations: vec![RoutingKeyDestination::to(dpc)],
    }
}

fn pc(value: u32) -> PointCode {
    PointCode::new(value).unwrap()
}

fn transfer(from: u32, to: u32) -> MtpTransfer {
    MtpTransfer {
        opc: pc(from),
        dpc: pc(to),
        si: 5,
        ni: NetworkIndicator::National,
        mp: 0,
        sls: 3,
        data: vec![1, 2, 3],
    }
}

#[test]
fn whatever_happens_they_end_up_active() {
    let only = std::env::var("M3UA_SEED").ok();
    let only: Option<u64> = only.map(|seed| seed.parse().unwrap());
    for seed in only.map_or(0..SEEDS, |seed| seed..seed + 1) {
        let played = std::panic::catch_unwind(|| {
            let mut world = World::new(seed);
            for _ in 0..STEPS / 100 {
                for _ in 0..100 {
                    world.something();
                }
                world.heal();
                world.check();
            }
        });
        assert!(played.is_ok(), "M3UA_SEED={seed} fails");
    }
}
