//! An ASP (point code 1) and a gateway (2), and how to wait for them.

use core::time::Duration;
use std::net::SocketAddr;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, timeout_at};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::tap::Tap;
use trunkline_model::{NetworkIndicator, PointCode};
use trunkline_signaling::{
    Backoff, Config, ListenConfig, PeerConfig, Route, SctpTimers, SignalingError, SignalingEvent,
    SignalingHandle, Transport, Way, spawn,
};

pub(crate) const ASP: u32 = 1;
pub(crate) const EXCHANGE: u32 = 2;

/// More than anything here takes, unless it hangs.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

pub(crate) const UDP: Transport = Transport::UdpEncapsulated {
    local_port: 0,
    remote_port: 0,
};

pub(crate) fn pc(value: u32) -> PointCode {
    PointCode::new(value).unwrap()
}

/// One side: how to talk to it, and what it says.
pub(crate) struct Side {
    pub(crate) handle: SignalingHandle,
    pub(crate) events: Receiver<SignalingEvent>,
    /// What was said and not asked for yet.
    seen: Vec<SignalingEvent>,
}

impl Side {
    pub(crate) fn new(
        spawned: Result<(SignalingHandle, Receiver<SignalingEvent>), SignalingError>,
    ) -> Self {
        let (handle, events) = spawned.unwrap();
        Self {
            handle,
            events,
            seen: Vec::new(),
        }
    }

    /// Waits for an event that the test wants, and gives what it makes of it.
    pub(crate) async fn until<T>(
        &mut self,
        mut wanted: impl FnMut(&SignalingEvent) -> Option<T>,
    ) -> T {
        let deadline = Instant::now() + LIMIT;
        loop {
            let event = match timeout_at(deadline, self.events.recv()).await {
                Ok(Some(event)) => event,
                other => panic!("{other:?} instead of the event, after {:#?}", self.seen),
            };
            if let Some(value) = wanted(&event) {
                return value;
            }
            self.seen.push(event);
        }
    }

    pub(crate) async fn until_mtp(&mut self, indication: MtpIndication) {
        let wanted = SignalingEvent::Mtp(indication);
        self.until(|event| (*event == wanted).then_some(())).await;
    }

    pub(crate) async fn next_transfer(&mut self) -> MtpTransfer {
        self.until(|event| match event {
            SignalingEvent::Mtp(MtpIndication::Transfer(transfer)) => Some(transfer.clone()),
            _ => None,
        })
        .await
    }

    /// Waits until there is nothing more to come; gives the rest.
    pub(crate) async fn until_end(&mut self) -> Vec<SignalingEvent> {
        let deadline = Instant::now() + LIMIT;
        let mut rest = Vec::new();
        while let Some(event) = timeout_at(deadline, self.events.recv()).await.unwrap() {
            rest.push(event);
        }
        rest
    }

    /// What was said so far.
    pub(crate) fn seen(&mut self) -> &[SignalingEvent] {
        while let Ok(event) = self.events.try_recv() {
            self.seen.push(event);
        }
        &self.seen
    }
}

/// Timers that make a test of loss short. Not for the others: on a busy machine a living peer
/// may take longer than these allow.
pub(crate) fn quick() -> SctpTimers {
    SctpTimers {
        rto_initial: Duration::from_millis(100),
        rto_min: Duration::from_millis(100),
        rto_max: Duration::from_millis(300),
        heartbeat_interval: Duration::from_millis(200),
        max_retransmissions: 3,
        max_path_retransmissions: 1,
        max_init_retransmissions: 2,
    }
}

pub(crate) fn sgp_config(transport: Transport) -> Config {
    let mut config = Config::gateway(pc(EXCHANGE), pc(ASP));
    config.listen.push(ListenConfig {
        transport,
        addresses: vec!["127.0.0.1:0".parse().unwrap()],
    });
    config
}

/// A peer for the first thing that a gateway listens on.
pub(crate) fn peer_of(name: &str, sgp: &SignalingHandle) -> PeerConfig {
    let listening = sgp.local_addresses()[0];
    let transport = match listening.transport {
        Transport::UdpEncapsulated { local_port, .. } => Transport::UdpEncapsulated {
            local_port: 0,
            remote_port: local_port,
        },
        other => other,
    };
    let local: SocketAddr = "127.0.0.1:0".parse().unwrap();
    PeerConfig::new(name, transport, local, listening.address)
}

pub(crate) fn asp_config(peers: Vec<PeerConfig>) -> Config {
    let mut config = Config::new(pc(ASP));
    config.reconnect = Backoff {
        min: Duration::from_millis(20),
        max: Duration::from_millis(200),
    };
    config.routes.push(Route {
        dpc: pc(EXCHANGE),
        ways: peers.iter().map(|peer| Way::over(&peer.name)).collect(),
    });
    config.peers = peers;
    config
}

/// Both sides, active.
pub(crate) async fn active_pair(transport: Transport, tap: Option<Tap>) -> (Side, Side) {
    active_pair_with(transport, tap, SctpTimers::default()).await
}

pub(crate) async fn active_pair_with(
    transport: Transport,
    tap: Option<Tap>,
    timers: SctpTimers,
) -> (Side, Side) {
    let mut config = sgp_config(transport);
    config.sctp = timers;
    let mut sgp = Side::new(spawn(config, tap.clone()));
    let mut peer = peer_of("sg", &sgp.handle);
    peer.sctp = timers;
    let config = asp_config(vec![peer]);
    let mut asp = Side::new(spawn(config, tap));
    asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
    sgp.until_mtp(MtpIndication::Resume(pc(ASP))).await;
    (asp, sgp)
}

pub(crate) fn transfer(from: u32, to: u32, number: u32) -> MtpTransfer {
    let mut data = vec![0x55; 24];
    data[..4].copy_from_slice(&number.to_be_bytes());
    MtpTransfer {
        opc: pc(from),
        dpc: pc(to),
        si: 5,
        ni: NetworkIndicator::National,
        mp: 0,
        sls: (number % 16) as u8,
        data,
    }
}
