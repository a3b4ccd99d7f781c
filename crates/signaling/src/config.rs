//! What the signaling adapter is configured with. Plain values; the shell checks them once.

use core::time::Duration;
use std::net::{IpAddr, SocketAddr};
use trunkline_m3ua::TrafficMode;
use trunkline_model::PointCode;

/// How an association reaches its peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// SCTP in user space, each packet in a UDP datagram (RFC 6951).
    UdpEncapsulated {
        /// The UDP port to bind; [`UDP_ENCAPSULATION_PORT`] by default, 0 for any free one.
        local_port: u16,
        /// The peer's UDP port. A listener answers to the port that a packet came from
        /// (RFC 6951 5.4) and does not look at this one.
        remote_port: u16,
    },
    /// SCTP in user space, straight over IP (protocol 132). Needs `CAP_NET_RAW`.
    RawIp,
    /// SCTP of the operating system. Needs a kernel that has it.
    Kernel,
    /// M3UA messages one after the other in a TCP connection, for laboratories whose kernels
    /// lack SCTP. No standard describes it; libosmo-sigtran speaks it too.
    Tcp,
}

impl Transport {
    /// UDP encapsulation between the registered ports (9899).
    pub const UDP_ENCAPSULATED: Self = Self::UdpEncapsulated {
        local_port: UDP_ENCAPSULATION_PORT,
        remote_port: UDP_ENCAPSULATION_PORT,
    };
}

/// A signaling gateway process that we connect to.
#[derive(Clone, Debug)]
pub struct PeerConfig {
    /// Its name in events, logs and routes. Must be unique.
    pub name: String,
    /// How to reach it.
    pub transport: Transport,
    /// Our address and our SCTP or TCP port; port 0 for any free one. With a port of our own,
    /// the gateway sees at once that we restarted; otherwise it must first miss us.
    pub local: SocketAddr,
    /// Its address and its SCTP or TCP port, usually [`M3UA_PORT`].
    pub remote: SocketAddr,
    /// The routing context of our AS there; `None` if that gateway knows it by configuration.
    pub routing_context: Option<u32>,
    /// The network appearance for DATA and SSNM; `None` where there is only one network.
    pub network_appearance: Option<u32>,
    /// The traffic mode that ASP Active asks for.
    pub traffic_mode: TrafficMode,
    /// The ASP identifier for ASP Up, where the gateway wants one.
    pub asp_identifier: Option<u32>,
}

impl PeerConfig {
    /// A peer with the usual settings: loadshare, no routing context.
    pub fn new(
        name: impl Into<String>,
        transport: Transport,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Self {
        Self {
            name: name.into(),
            transport,
            local,
            remote,
            routing_context: None,
            network_appearance: None,
            traffic_mode: TrafficMode::Loadshare,
            asp_identifier: None,
        }
    }
}

/// How the peers of a route share its traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// By signaling link selection over all of them that can reach the destination.
    #[default]
    LoadShare,
    /// The first in the list that can reach the destination takes all.
    FirstAvailable,
}

/// The way to one destination.
#[derive(Clone, Debug)]
pub struct Route {
    /// The destination.
    pub dpc: PointCode,
    /// Names of the peers that lead there, in order of preference.
    pub peers: Vec<String>,
    /// How they share the traffic.
    pub sharing: Sharing,
}

/// How long SCTP waits (RFC 9260 16). The defaults find a dead peer in some seconds, as
/// signaling needs it, rather than in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SctpTimers {
    /// RTO.Initial; 1 s.
    pub rto_initial: Duration,
    /// RTO.Min; 200 ms.
    pub rto_min: Duration,
    /// RTO.Max; 2 s.
    pub rto_max: Duration,
    /// HB.interval; 2 s.
    pub heartbeat_interval: Duration,
    /// Association.Max.Retrans; 4.
    pub max_retransmissions: u32,
    /// Max.Init.Retransmits; 2, which is 7 s in all, since T1 doubles each time. The
    /// reconnection back-off comes after it.
    pub max_init_retransmissions: u32,
}

impl Default for SctpTimers {
    fn default() -> Self {
        Self {
            rto_initial: Duration::from_secs(1),
            rto_min: Duration::from_millis(200),
            rto_max: Duration::from_secs(2),
            heartbeat_interval: Duration::from_secs(2),
            max_retransmissions: 4,
            max_init_retransmissions: 2,
        }
    }
}

/// How long to wait before a lost association is set up again: twice as long after each
/// failure, between two bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The first wait; 500 ms.
    pub min: Duration,
    /// The longest wait; 10 s.
    pub max: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            min: Duration::from_millis(500),
            max: Duration::from_secs(10),
        }
    }
}

/// The M3UA timers (RFC 4666 4.3.4, RFC 4666 4.3.4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct M3uaTimers {
    /// T(ack): before ASP Up, Active, Inactive or Down is repeated; 2 s.
    pub ack: Duration,
    /// T(r): how long a gateway holds traffic for an AS without an active ASP; 2 s.
    pub recovery: Duration,
    /// T(beat): between Heartbeats over TCP, which has none of its own; 5 s, zero for none.
    pub beat: Duration,
}

impl Default for M3uaTimers {
    fn default() -> Self {
        Self {
            ack: Duration::from_secs(2),
            recovery: Duration::from_secs(2),
            beat: Duration::from_secs(5),
        }
    }
}

/// Our side as an application server process: associations to signaling gateways.
#[derive(Clone, Debug)]
pub struct AspConfig {
    /// The gateways.
    pub peers: Vec<PeerConfig>,
    /// The destinations behind them.
    pub routes: Vec<Route>,
    /// Our own point code. DATA for any other is dropped and counted (Q.704 2.4).
    pub opc: PointCode,
    /// Further point codes that we stand for.
    pub further_opcs: Vec<PointCode>,
    /// Whether to ask for the state of all routes (DAUD) when an association becomes active.
    /// Asked or not, they are taken as available until a DUNA says otherwise.
    pub audit: bool,
    /// Outbound and inbound SCTP streams to ask for, 2 to 65535; stream 0 is for management.
    pub streams: u16,
    /// SCTP timers.
    pub sctp: SctpTimers,
    /// M3UA timers.
    pub m3ua: M3uaTimers,
    /// Before an association is set up again.
    pub reconnect: Backoff,
    /// How many requests and events may wait, each.
    pub queue: usize,
}

impl AspConfig {
    /// A configuration without peers and routes, all else as usual.
    pub fn new(opc: PointCode) -> Self {
        Self {
            peers: Vec::new(),
            routes: Vec::new(),
            opc,
            further_opcs: Vec::new(),
            audit: true,
            streams: DEFAULT_STREAMS,
            sctp: SctpTimers::default(),
            m3ua: M3uaTimers::default(),
            reconnect: Backoff::default(),
            queue: DEFAULT_QUEUE,
        }
    }
}

/// Where a signaling gateway listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenConfig {
    /// Over what.
    pub transport: Transport,
    /// The address and the SCTP or TCP port; port 0 for any free one.
    pub address: SocketAddr,
}

/// Who may set up an association to a gateway. Nobody else is answered at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Whoever comes from this machine's loopback addresses.
    Loopback,
    /// These addresses.
    Addresses(Vec<IpAddr>),
}

impl Admission {
    /// Whether that address may come in.
    pub fn admits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Self::Loopback => address.is_loopback(),
            Self::Addresses(list) => list.iter().any(|a| a.to_canonical() == address),
        }
    }
}

/// An application server that a gateway serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsConfig {
    /// Its routing context; `None` for the only AS of a gateway that does not use them.
    pub routing_context: Option<u32>,
    /// Its routing key: the point codes that its ASPs stand for.
    pub point_codes: Vec<PointCode>,
    /// Its traffic mode; `None` takes that of the first ASP Active.
    pub traffic_mode: Option<TrafficMode>,
}

/// The other side: a signaling gateway in front of an exchange.
#[derive(Clone, Debug)]
pub struct SgpConfig {
    /// Where it listens.
    pub listen: Vec<ListenConfig>,
    /// The point code of the exchange behind it, available as long as nobody says otherwise.
    pub point_code: PointCode,
    /// Further destinations behind it.
    pub destinations: Vec<PointCode>,
    /// The application servers.
    pub application_servers: Vec<AsConfig>,
    /// The network appearance; `None` where there is only one network.
    pub network_appearance: Option<u32>,
    /// Who may connect.
    pub admission: Admission,
    /// How many associations there may be; the next INIT is not answered.
    pub max_associations: usize,
    /// Outbound and inbound SCTP streams to offer, 2 to 65535.
    pub streams: u16,
    /// SCTP timers.
    pub sctp: SctpTimers,
    /// M3UA timers.
    pub m3ua: M3uaTimers,
    /// How many requests and events may wait, each.
    pub queue: usize,
}

impl SgpConfig {
    /// A gateway for one AS (without routing context) of the ASPs at `asp`, in front of the
    /// exchange `point_code`; loopback only, nothing to listen on yet.
    pub fn new(point_code: PointCode, asp: PointCode) -> Self {
        Self {
            listen: Vec::new(),
            point_code,
            destinations: Vec::new(),
            application_servers: vec![AsConfig {
                routing_context: None,
                point_codes: vec![asp],
                traffic_mode: None,
            }],
            network_appearance: None,
            admission: Admission::Loopback,
            max_associations: 64,
            streams: DEFAULT_STREAMS,
            sctp: SctpTimers::default(),
            m3ua: M3uaTimers::default(),
            queue: DEFAULT_QUEUE,
        }
    }
}

/// The SCTP port of M3UA (RFC 4666 1.4.8).
pub const M3UA_PORT: u16 = 2905;

/// The UDP port of SCTP encapsulation (RFC 6951 6).
pub const UDP_ENCAPSULATION_PORT: u16 = 9899;

/// Streams: one for management and one for each of the sixteen SLS values.
pub const DEFAULT_STREAMS: u16 = 17;

/// Requests and events that may wait.
pub const DEFAULT_QUEUE: usize = 4096;
