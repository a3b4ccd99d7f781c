//! Change-over and change-back under load: a thousand messages a second, and a way is lost.
//!
//! Two topologies: one ASP with two gateways (routes share the traffic, or one waits for the
//! loss of the other), and one gateway whose AS two ASPs serve (traffic modes loadshare and
//! override). Four losses: the process is restarted, which the peer notices by the restart of
//! the association; the wire falls silent; ASP Inactive; the process is stopped in order.
//!
//! With the timers that the program has by default. A row for each case goes to the output:
//! `cargo test -p trunkline-signaling --test failover -- --nocapture`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod relay;
mod traffic;

use core::time::Duration;
use relay::Relay;
use std::net::SocketAddr;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, timeout_at};
use traffic::{Arrival, Log, Pump, Verdict, pc};
use trunkline_m3ua::TrafficMode;
use trunkline_model::mtp::MtpIndication;
use trunkline_signaling::{
    Config, LinkAction, ListenConfig, PeerConfig, Route, SignalingEvent, SignalingHandle,
    Transport, Way, spawn,
};

const ASP: u32 = 1;
const EXCHANGE: u32 = 2;

/// So many messages after a loss its effects are over once traffic flows.
const ENOUGH: u32 = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Topology {
    TwoGateways,
    TwoAsps,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sharing {
    Loadshare,
    Override,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    Restart,
    Silence,
    Inactive,
    Stop,
}

/// One of the two that share the traffic.
struct Member {
    config: Config,
    handle: SignalingHandle,
    relay: Relay,
}

struct Case {
    topology: Topology,
    sharing: Sharing,
    /// The single one at the other side, which sends.
    single: SignalingHandle,
    members: Vec<Member>,
    log: Log,
}

fn listening() -> ListenConfig {
    ListenConfig {
        transport: Transport::UdpEncapsulated {
            local_port: 0,
            remote_port: 0,
        },
        addresses: vec!["127.0.0.1:2905".parse().unwrap()],
    }
}

fn udp_port(handle: &SignalingHandle) -> u16 {
    match handle.local_addresses()[0].transport {
        Transport::UdpEncapsulated { local_port, .. } => local_port,
        other => panic!("{other:?}"),
    }
}

fn peer(name: &str, relay: &Relay, port: u16) -> PeerConfig {
    let transport = Transport::UdpEncapsulated {
        local_port: 0,
        remote_port: relay.port,
    };
    let local: SocketAddr = ([127, 0, 0, 1], port).into();
    PeerConfig::new(name, transport, local, "127.0.0.1:2905".parse().unwrap())
}

fn gateway() -> Config {
    let mut config = Config::gateway(pc(EXCHANGE), pc(ASP));
    config.listen.push(listening());
    config
}

async fn resumed(events: &mut Receiver<SignalingEvent>) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match timeout_at(deadline, events.recv()).await {
            Ok(Some(SignalingEvent::Mtp(MtpIndication::Resume(_)))) => return,
            Ok(Some(_)) => {}
            other => panic!("{other:?} instead of RESUME"),
        }
    }
}

/// Waits until that many associations of a side carry traffic.
async fn active(handle: &SignalingHandle, wanted: usize, asp: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let links = handle.links().await.unwrap();
        let asps = links.peers.iter().filter(|peer| peer.asp == asp);
        if asps.count() >= wanted {
            return;
        }
        assert!(Instant::now() < deadline, "{links:#?}");
        tokio::task::yield_now().await;
    }
}

impl Case {
    async fn start(topology: Topology, sharing: Sharing) -> Self {
        let log = Log::new();
        match topology {
            Topology::TwoGateways => {
                let mut members = Vec::new();
                let mut config = Config::new(pc(ASP));
                let mut ways = Vec::new();
                for index in 0..2 {
                    let (handle, events) = spawn(gateway(), None).unwrap();
                    log.listen(index, events);
                    let relay = Relay::to(udp_port(&handle)).await;
                    let name = format!("sg{index}");
                    config.peers.push(peer(&name, &relay, 0));
                    let mut way = Way::over(name);
                    if sharing == Sharing::Override {
                        way.priority = index as u8;
                    }
                    ways.push(way);
                    let mut config = gateway();
                    // The same again, should it be restarted.
                    config.listen[0].transport = handle.local_addresses()[0].transport;
                    members.push(Member {
                        config,
                        handle,
                        relay,
                    });
                }
                let dpc = pc(EXCHANGE);
                config.routes.push(Route { dpc, ways });
                let (single, mut events) = spawn(config, None).unwrap();
                resumed(&mut events).await;
                tokio::spawn(async move { while events.recv().await.is_some() {} });
                active(&single, 2, "ASP-ACTIVE").await;
                Self {
                    topology,
                    sharing,
                    single,
                    members,
                    log,
                }
            }
            Topology::TwoAsps => {
                let mut config = gateway();
                let mode = match sharing {
                    Sharing::Loadshare => TrafficMode::Loadshare,
                    Sharing::Override => TrafficMode::Override,
                };
                config.application_servers[0].traffic_mode = Some(mode);
                let (single, mut events) = spawn(config, None).unwrap();
                let mut members = Vec::new();
                // The last to become active has the traffic in override mode: the first here.
                for index in [1, 0] {
                    let relay = Relay::to(udp_port(&single)).await;
                    let mut config = Config::new(pc(ASP));
                    let mut peer = peer("sg", &relay, 5000 + index as u16);
                    peer.application_servers[0].traffic_mode = Some(mode);
                    config.peers.push(peer);
                    config.routes.push(Route {
                        dpc: pc(EXCHANGE),
                        ways: vec![Way::over("sg")],
                    });
                    let (handle, mut events) = spawn(config.clone(), None).unwrap();
                    resumed(&mut events).await;
                    log.listen(index, events);
                    let member = Member {
                        config,
                        handle,
                        relay,
                    };
                    members.insert(0, member);
                }
                resumed(&mut events).await;
                tokio::spawn(async move { while events.recv().await.is_some() {} });
                let wanted = if sharing == Sharing::Loadshare { 2 } else { 1 };
                active(&single, wanted, "ASP-ACTIVE").await;
                Self {
                    topology,
                    sharing,
                    single,
                    members,
                    log,
                }
            }
        }
    }

    /// Takes the first member away.
    async fn lose(&mut self, loss: Loss) {
        match loss {
            Loss::Restart => {
                self.members[0].handle.kill();
                self.members[0].handle.stopped().await;
                self.begin_again();
            }
            Loss::Silence => self.members[0].relay.silence(true),
            Loss::Inactive => self.blocked(LinkAction::Block).await,
            Loss::Stop => {
                self.members[0].handle.shutdown();
                self.members[0].handle.stopped().await;
            }
        }
    }

    /// Brings it back.
    async fn regain(&mut self, loss: Loss) {
        match loss {
            Loss::Restart => {}
            Loss::Silence => self.members[0].relay.silence(false),
            Loss::Inactive => self.blocked(LinkAction::Unblock).await,
            Loss::Stop => self.begin_again(),
        }
    }

    /// ASP Inactive comes from whoever is the ASP.
    async fn blocked(&self, action: LinkAction) {
        let done = match self.topology {
            Topology::TwoGateways => self.single.command("sg0", action).await,
            Topology::TwoAsps => self.members[0].handle.command("sg", action).await,
        };
        done.unwrap();
    }

    fn begin_again(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(5);
        let member = &mut self.members[0];
        loop {
            match spawn(member.config.clone(), None) {
                Ok((handle, events)) => {
                    member.handle = handle;
                    return self.log.listen(0, events);
                }
                // The port may still be in the hands of the thread that ends.
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
        }
    }

    /// The whole course; how long the traffic of the lost one stood still, and what became of
    /// all messages.
    async fn run(mut self, loss: Loss) -> (Duration, Verdict) {
        let (from, to) = match self.topology {
            Topology::TwoGateways => (ASP, EXCHANGE),
            Topology::TwoAsps => (EXCHANGE, ASP),
        };
        let pump = Pump::start(self.single.clone(), from, to);
        self.log.during(Duration::from_secs(1)).await;
        let before = self.log.last_receivers();
        assert!(before.contains(&Some(0)), "{before:?}");

        let lost_at = Instant::now();
        let next = pump.sent();
        self.lose(loss).await;
        let concerned = |arrival: Arrival| before[arrival.selection() as usize] == Some(0);
        let what = format!("{:?} {:?}: traffic", self.topology, self.sharing);
        self.log
            .until(&what, |arrival| {
                concerned(arrival) && arrival.number > next + ENOUGH
            })
            .await;
        let pause = self.log.longest_pause(lost_at, concerned);

        self.regain(loss).await;
        // In override mode of an AS, nobody takes the traffic back without need.
        let returns = (self.topology, self.sharing) != (Topology::TwoAsps, Sharing::Override);
        if returns {
            let what = format!("{:?} {:?}: return", self.topology, self.sharing);
            self.log.until(&what, |arrival| arrival.receiver == 0).await;
        }
        self.log.during(Duration::from_secs(1)).await;
        let sent = pump.stop().await;
        // What waits for its diversion comes within its delay.
        self.log.during(Duration::from_millis(1500)).await;
        (pause, self.log.verdict(sent))
    }
}

async fn every_case(loss: Loss) {
    let mut cases = Vec::new();
    for topology in [Topology::TwoGateways, Topology::TwoAsps] {
        for sharing in [Sharing::Loadshare, Sharing::Override] {
            let case = async move {
                let case = Case::start(topology, sharing).await;
                (topology, sharing, case.run(loss).await)
            };
            cases.push(tokio::spawn(case));
        }
    }
    let mut failures = Vec::new();
    for case in cases {
        let (topology, sharing, (pause, verdict)) = case.await.unwrap();
        let Verdict {
            lost,
            twice,
            overtaken,
        } = verdict;
        let row = format!(
            "{topology:?} {sharing:?} {loss:?}: traffic stood still for {} ms, \
             {lost} lost, {twice} twice, {overtaken} overtaken",
            pause.as_millis()
        );
        println!("{row}");
        // A killed process takes with it what it acknowledged and did not hand on yet; what a
        // lost association did not acknowledge may have arrived nevertheless.
        let may_lose = if loss == Loss::Restart { 50 } else { 0 };
        let may_repeat = match loss {
            Loss::Restart | Loss::Silence => 500,
            Loss::Inactive | Loss::Stop => 0,
        };
        if lost > may_lose || twice > may_repeat || overtaken > 0 {
            failures.push(row);
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarted_process() {
    every_case(Loss::Restart).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_wire() {
    every_case(Loss::Silence).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asp_inactive() {
    every_case(Loss::Inactive).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_process() {
    every_case(Loss::Stop).await;
}
