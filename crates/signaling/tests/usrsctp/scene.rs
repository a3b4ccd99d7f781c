//! One of us and one of them, and what lies between.

use crate::network::Network;
use crate::pair::{ASP, EXCHANGE, Side, asp_config, pc, sgp_config, transfer};
use crate::peer::{Arguments, Peer, STREAMS};
use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use trunkline_m3ua::AspState;
use trunkline_model::mtp::MtpIndication;
use trunkline_signaling::{
    Admission, AssociationState, Config, DownReason, PeerConfig, SctpTimers, SignalingError,
    SignalingEvent, Transport, spawn,
};

/// How packets go between us and the peer.
pub(crate) enum Wire {
    /// UDP encapsulation over loopback: their UDP port.
    Udp(u16),
    /// Raw IP between two hosts: we are 1, they are 2.
    Raw(Network),
}

impl Wire {
    /// UDP encapsulation, to a port that is free.
    pub(crate) fn udp() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        Self::Udp(socket.local_addr().unwrap().port())
    }

    /// Raw IP; `None` where that is not permitted.
    pub(crate) fn raw() -> Option<Self> {
        match spawn(sgp_config(Transport::RawIp), None) {
            Err(error @ SignalingError::RawSocketDenied(_)) => {
                eprintln!("NOT RUN: SCTP over raw IP: {error}");
                None
            }
            Err(error) => panic!("{error}"),
            Ok((handle, _)) => {
                handle.kill();
                Some(Self::Raw(Network::new()))
            }
        }
    }

    fn our_ip(&self) -> &'static str {
        match self {
            Self::Udp(_) => "127.0.0.1",
            Self::Raw(_) => "10.0.1.1",
        }
    }

    fn their_ip(&self) -> &'static str {
        match self {
            Self::Udp(_) => "127.0.0.1",
            Self::Raw(_) => "10.0.1.2",
        }
    }

    pub(crate) fn their_udp_port(&self) -> u16 {
        match self {
            Self::Udp(port) => *port,
            Self::Raw(_) => 0,
        }
    }

    fn transport(&self) -> Transport {
        match self {
            Self::Udp(port) => Transport::UdpEncapsulated {
                local_port: 0,
                remote_port: *port,
            },
            Self::Raw(_) => Transport::RawIp,
        }
    }

    pub(crate) fn at_our_end<T: Send>(&self, what: impl FnOnce() -> T + Send) -> T {
        match self {
            Self::Udp(_) => what(),
            Self::Raw(network) => network.on(1, what),
        }
    }

    pub(crate) fn at_their_end<T: Send>(&self, what: impl FnOnce() -> T + Send) -> T {
        match self {
            Self::Udp(_) => what(),
            Self::Raw(network) => network.on(2, what),
        }
    }

    /// Starts us.
    pub(crate) fn spawn(&self, config: Config) -> Side {
        Side::new(self.at_our_end(|| spawn(config, None)))
    }

    fn arguments(&self, role: &'static str, far: SocketAddr, far_udp: u16) -> Arguments {
        Arguments {
            role,
            ip: self.their_ip(),
            port: THEIR_PORT,
            udp_port: self.their_udp_port(),
            far_ip: self.our_ip(),
            far_port: far.port(),
            far_udp_port: far_udp,
        }
    }
}

/// Our gateway with these timers, for a client of theirs.
pub(crate) fn gateway(wire: &Wire, timers: SctpTimers) -> Config {
    let mut config = sgp_config(wire.transport());
    config.listen[0].addresses = vec![SocketAddr::new(wire.our_ip().parse().unwrap(), 0)];
    config.admission = Admission::Addresses(vec![wire.their_ip().parse().unwrap()]);
    config.sctp = timers;
    config.queue = QUEUE;
    config
}

/// Our ASP with these timers, for a server of theirs.
pub(crate) fn asp(wire: &Wire, timers: SctpTimers) -> Config {
    let near = SocketAddr::new(wire.our_ip().parse().unwrap(), 0);
    let far = SocketAddr::new(wire.their_ip().parse().unwrap(), THEIR_PORT);
    let mut peer = PeerConfig::new("sg", wire.transport(), near, far);
    peer.sctp = timers;
    let mut config = asp_config(vec![peer]);
    config.queue = QUEUE;
    config
}

/// What their client needs to know of our gateway.
pub(crate) fn client(wire: &Wire, gateway: &Side) -> Arguments {
    let bound = gateway.handle.local_addresses()[0];
    let udp_port = match bound.transport {
        Transport::UdpEncapsulated { local_port, .. } => local_port,
        _ => 0,
    };
    wire.arguments("client", bound.address, udp_port)
}

/// Their server needs to know nothing of us.
pub(crate) fn server(wire: &Wire) -> Arguments {
    let nobody = SocketAddr::from(([0, 0, 0, 0], 0));
    wire.arguments("server", nobody, 0)
}

/// Our gateway and their client, which is active.
pub(crate) async fn gateway_and_client(wire: &Wire, timers: SctpTimers) -> (Side, Peer) {
    let mut side = wire.spawn(gateway(wire, timers));
    let mut peer = Peer::start(wire, &client(wire, &side)).await;
    side.until_mtp(MtpIndication::Resume(pc(ASP))).await;
    peer.until(&format!("up {STREAMS}")).await;
    (side, peer)
}

/// Our ASP, which is active, and their server.
pub(crate) async fn asp_and_server(wire: &Wire, timers: SctpTimers) -> (Side, Peer) {
    let mut peer = Peer::start(wire, &server(wire)).await;
    let mut side = wire.spawn(asp(wire, timers));
    side.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
    peer.until(&format!("up {STREAMS}")).await;
    (side, peer)
}

/// Carries so many messages each way and looks at all of them: each once, in order on its
/// stream, on the stream of its signaling link selection, with the identifier of M3UA.
pub(crate) async fn exchange(side: &mut Side, peer: &mut Peer, ours: u32, count: u32) {
    exchange_again(side, peer, ours, count, 0).await;
}

/// The same on a later association. What the peer had of an earlier one and did not come to
/// acknowledge may come first: it was given back, and went out once more.
pub(crate) async fn exchange_again(
    side: &mut Side,
    peer: &mut Peer,
    ours: u32,
    count: u32,
    round: u32,
) {
    let theirs = ASP + EXCHANGE - ours;
    let first = round * ROUND;
    peer.command(&format!("send {count}"));
    for number in first..first + count {
        side.handle.transfer(transfer(ours, theirs, number));
    }
    let mut next: BTreeMap<u8, u32> = (0..16).map(|sls| (sls, u32::from(sls))).collect();
    for _ in 0..count {
        let received = side.next_transfer().await;
        let expected = next.get_mut(&received.sls).unwrap();
        assert_eq!(received, transfer(theirs, ours, *expected));
        *expected += 16;
    }
    let streams = u32::from(STREAMS);
    let mut next: BTreeMap<u32, u32> = (0..16).map(|sls| (sls, first + sls)).collect();
    let mut left = count;
    while left > 0 {
        let [ppid, stream, sls, number] = peer.next_data().await;
        assert_eq!((ppid, stream), (3, 1 + sls % (streams - 1)));
        if number >= first {
            let expected = next.get_mut(&sls).unwrap();
            assert_eq!(number, *expected);
            *expected += 16;
            left -= 1;
        }
    }
    peer.until(&format!("sent {count}")).await;
}

/// Waits until their client is active at our gateway again. The AS was pending meanwhile, so
/// that its users did not notice.
pub(crate) async fn until_active(side: &mut Side) {
    side.until(|event| match event {
        SignalingEvent::Asp {
            state: AspState::Active,
            ..
        } => Some(()),
        _ => None,
    })
    .await;
}

/// Waits until our side says that an association is down, and why.
pub(crate) async fn until_down(side: &mut Side) -> DownReason {
    side.until(|event| match event {
        SignalingEvent::Association {
            state: AssociationState::Down(reason),
            ..
        } => Some(reason.clone()),
        _ => None,
    })
    .await
}

/// Their SCTP port.
pub(crate) const THEIR_PORT: u16 = 2905;

/// Between the numbers of our messages on one association and on the next.
const ROUND: u32 = 16 * 1_024;

/// More than a test sends at once.
const QUEUE: usize = 8_192;
