//! What the signaling adapter is configured with. Plain values; the shell checks them once.

use core::time::Duration;
use std::net::{IpAddr, SocketAddr};
use trunkline_m3ua::{AffectedPointCode, Quirks, RoutingKeyDestination, TrafficMode, asp, sgp};
use trunkline_model::{NetworkIndicator, PointCode};

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
    /// [`Self::Kernel`] where the kernel has SCTP, else [`Self::RawIp`] where that is
    /// permitted: peers cannot tell one from the other.
    Auto,
    /// M3UA messages one after the other in a TCP connection, for laboratories whose kernels
    /// lack SCTP. No standard describes it; libosmo-sigtran speaks it too.
    Tcp,
}

impl Transport {
    /// Its name in configurations and status displays.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UdpEncapsulated { .. } => "udp-encapsulated",
            Self::RawIp => "raw-ip",
            Self::Kernel => "kernel",
            Self::Auto => "auto",
            Self::Tcp => "tcp",
        }
    }

    /// UDP encapsulation between the registered ports (9899).
    pub const UDP_ENCAPSULATED: Self = Self::UdpEncapsulated {
        local_port: UDP_ENCAPSULATION_PORT,
        remote_port: UDP_ENCAPSULATION_PORT,
    };
}

/// What we are to a peer (RFC 4666 1.2, 4.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// An application server process; the peer is a signaling gateway process.
    #[default]
    Asp,
    /// A signaling gateway process; the peer is an application server process.
    Sgp,
    /// An IPSP of single exchange that begins: we send ASP Up and ASP Active.
    IpspClient,
    /// An IPSP of single exchange that answers.
    IpspServer,
    /// An IPSP of double exchange: both send ASP Up and ASP Active.
    IpspDouble,
}

impl Role {
    /// Whether we send ASP Up and ASP Active.
    pub const fn asks(self) -> bool {
        matches!(self, Self::Asp | Self::IpspClient | Self::IpspDouble)
    }

    /// Whether we answer the ASP Up and ASP Active of the peer.
    pub const fn answers(self) -> bool {
        matches!(self, Self::Sgp | Self::IpspServer | Self::IpspDouble)
    }

    /// Its name in configurations and status displays.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asp => "asp",
            Self::Sgp => "sgp",
            Self::IpspClient => "ipsp-client",
            Self::IpspServer => "ipsp-server",
            Self::IpspDouble => "ipsp-double",
        }
    }
}

/// A peer that is known by configuration.
#[derive(Clone, Debug)]
pub struct PeerConfig {
    /// Its name in events, logs and routes. Must be unique.
    pub name: String,
    /// What we are to it.
    pub role: Role,
    /// How to reach it.
    pub transport: Transport,
    /// Our addresses, each with our SCTP or TCP port; port 0 for any free one. With a port of
    /// our own, the peer sees at once that we restarted; otherwise it must first miss us.
    /// Several (multi-homing) with [`Transport::Kernel`] only.
    pub local: Vec<SocketAddr>,
    /// Its addresses, each with its SCTP or TCP port, usually [`M3UA_PORT`]; of a peer that
    /// connects to us the port may be 0 for any.
    pub remote: Vec<SocketAddr>,
    /// Whether we set the association up; otherwise we wait for it, which needs a listener.
    pub initiate: bool,
    /// The application servers in which we are active towards it, at least one where
    /// [`Role::asks`].
    pub application_servers: Vec<asp::AsSettings>,
    /// The application servers of [`Config::application_servers`], by index, that it may
    /// serve, where [`Role::answers`]; `None` for all.
    pub serves: Option<Vec<usize>>,
    /// The ASP identifier that we send, where the peer wants one.
    pub asp_identifier: Option<u32>,
    /// The ASP identifier that it must send, where it asks to be served.
    pub demanded_asp_identifier: Option<u32>,
    /// What to do when it begins to carry traffic.
    pub audit: Audit,
    /// Where it differs from the standard.
    pub quirks: Quirks,
    /// SCTP timers of its association.
    pub sctp: SctpTimers,
}

impl PeerConfig {
    /// A signaling gateway with the usual settings: we connect to it as an ASP of one AS in
    /// loadshare mode, without routing context.
    pub fn new(
        name: impl Into<String>,
        transport: Transport,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Self {
        Self {
            name: name.into(),
            role: Role::Asp,
            transport,
            local: vec![local],
            remote: vec![remote],
            initiate: true,
            application_servers: vec![asp::AsSettings {
                routing_context: None,
                network_appearance: None,
                traffic_mode: Some(TrafficMode::Loadshare),
                registration: None,
                standby: false,
            }],
            serves: None,
            asp_identifier: None,
            demanded_asp_identifier: None,
            audit: Audit::default(),
            quirks: Quirks::default(),
            sctp: SctpTimers::default(),
        }
    }
}

impl PeerConfig {
    /// Whether it is asked for the state of destinations: IPSPs stand for theirs.
    pub(crate) fn audits(&self) -> bool {
        self.role == Role::Asp && self.audit != Audit::Off
    }
}

/// When the destinations behind a signaling gateway count as available. IPSPs stand for
/// themselves: their destinations are available as long as traffic flows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audit {
    /// As soon as traffic flows, until a DUNA says otherwise.
    Off,
    /// When the gateway says so in answer to a DAUD. One that does not answer any of
    /// [`AUDITS`] is taken for one that cannot.
    #[default]
    Ask,
    /// When the gateway says so, and not before.
    Insist,
}

/// The way to one destination.
#[derive(Clone, Debug)]
pub struct Route {
    /// The destination.
    pub dpc: PointCode,
    /// The ways that lead there.
    pub ways: Vec<Way>,
}

/// One way of a route.
#[derive(Clone, Debug)]
pub struct Way {
    /// What it leads over.
    pub via: WayVia,
    /// Ways with the lowest number that are available share the traffic by signaling link
    /// selection; the others wait.
    pub priority: u8,
}

/// What a way leads over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayVia {
    /// A peer to which we are active in one of its [`PeerConfig::application_servers`], by
    /// index.
    Peer {
        /// Its name.
        name: String,
        /// The index of the application server.
        application_server: usize,
    },
    /// The application server of [`Config::application_servers`] whose routing key has the
    /// destination, over whichever ASPs serve it.
    Served,
}

impl Way {
    /// A way over the first application server of a peer, with priority 0.
    pub fn over(name: impl Into<String>) -> Self {
        Self {
            via: WayVia::Peer {
                name: name.into(),
                application_server: 0,
            },
            priority: 0,
        }
    }
}

/// How long SCTP waits (RFC 9260 16). The defaults find a dead peer in some seconds, as
/// signaling needs it, rather than in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SctpTimers {
    /// RTO.Initial; 1 s.
    pub rto_initial: Duration,
    /// RTO.Min; 300 ms, more than the 200 ms for which Linux delays an acknowledgement.
    pub rto_min: Duration,
    /// RTO.Max; 1 s.
    pub rto_max: Duration,
    /// HB.interval; 2 s.
    pub heartbeat_interval: Duration,
    /// Association.Max.Retrans; 4.
    pub max_retransmissions: u32,
    /// Path.Max.Retrans: before one path of several is given up; 2. Kernel only.
    pub max_path_retransmissions: u32,
    /// Max.Init.Retransmits; 2, which is 3 s in all in user space. The
    /// reconnection back-off comes after it.
    pub max_init_retransmissions: u32,
}

impl Default for SctpTimers {
    fn default() -> Self {
        Self {
            rto_initial: Duration::from_secs(1),
            rto_min: Duration::from_millis(300),
            rto_max: Duration::from_secs(1),
            heartbeat_interval: Duration::from_secs(2),
            max_retransmissions: 4,
            max_path_retransmissions: 2,
            max_init_retransmissions: 2,
        }
    }
}

/// How long to wait before a lost association is set up again: twice as long after each
/// failure, between two bounds, and up to a quarter more or less, so that those who lost the
/// same peer do not come back to it at the same moment.
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

/// The timers of M3UA (RFC 4666 4.3.4, 4.6) and of MTP level 3 above it (Q.704 16.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct M3uaTimers {
    /// T(ack): before ASP Up, Active, Inactive or Down is repeated; 2 s.
    pub ack: Duration,
    /// T(r): how long traffic is held for an AS without an active ASP; 2 s.
    pub recovery: Duration,
    /// T(beat): between Heartbeats over TCP, which has none of its own; 5 s, zero for none.
    pub beat: Duration,
    /// T1 and T3 of Q.704: how long messages of a signaling link selection are held when they
    /// change from one way to another, so that none overtakes what is still under way; 500 ms,
    /// zero for not at all.
    pub diversion: Duration,
    /// Before an unanswered DAUD is repeated; 1 s.
    pub audit: Duration,
    /// T10 of Q.704: between two DAUDs for what is unavailable, restricted or congested; 30 s,
    /// zero for none.
    pub route_test: Duration,
}

impl Default for M3uaTimers {
    fn default() -> Self {
        Self {
            ack: Duration::from_secs(2),
            recovery: Duration::from_secs(2),
            beat: Duration::from_secs(5),
            diversion: Duration::from_millis(500),
            audit: Duration::from_secs(1),
            route_test: Duration::from_secs(30),
        }
    }
}

/// A point code of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalPointCode {
    /// The point code.
    pub point_code: PointCode,
    /// The network in which it is ours; `None` for whichever.
    pub network_indicator: Option<NetworkIndicator>,
}

impl From<PointCode> for LocalPointCode {
    fn from(point_code: PointCode) -> Self {
        Self {
            point_code,
            network_indicator: None,
        }
    }
}

/// All that an adapter is made of. As an ASP it has peers that it connects to, and routes; as a
/// signaling gateway it listens, and serves application servers; it may be both.
#[derive(Clone, Debug)]
pub struct Config {
    /// Our own point codes, at a gateway also those behind it. DATA for any other is dropped
    /// and counted (Q.704 2.4).
    pub point_codes: Vec<LocalPointCode>,
    /// The peers.
    pub peers: Vec<PeerConfig>,
    /// The destinations behind them. The point codes of [`Self::application_servers`] need
    /// none.
    pub routes: Vec<Route>,
    /// Where we listen.
    pub listen: Vec<ListenConfig>,
    /// Who may connect besides the configured peers, to be served as an ASP.
    pub admission: Admission,
    /// How many associations there may be that others set up; the next is refused.
    pub max_associations: usize,
    /// The application servers that peers serve.
    pub application_servers: Vec<sgp::AsSettings>,
    /// The network appearance towards those that we serve; `None` where there is only one
    /// network.
    pub network_appearance: Option<u32>,
    /// Whether peers may register routing keys (RFC 4666 4.4), and how many.
    pub registration: Option<sgp::Registration>,
    /// Outbound and inbound SCTP streams to ask for, 2 to 65535; stream 0 is for management.
    pub streams: u16,
    /// SCTP timers of associations with peers that are not configured.
    pub sctp: SctpTimers,
    /// M3UA timers.
    pub m3ua: M3uaTimers,
    /// Before an association is set up again.
    pub reconnect: Backoff,
    /// How many requests, events, and messages for a pending AS or a changing way may wait, each.
    pub queue: usize,
}

impl Config {
    /// A configuration without peers, listeners and routes, all else as usual.
    pub fn new(point_code: PointCode) -> Self {
        Self {
            point_codes: vec![point_code.into()],
            peers: Vec::new(),
            routes: Vec::new(),
            listen: Vec::new(),
            admission: Admission::Configured,
            max_associations: DEFAULT_ASSOCIATIONS,
            application_servers: Vec::new(),
            network_appearance: None,
            registration: None,
            streams: DEFAULT_STREAMS,
            sctp: SctpTimers::default(),
            m3ua: M3uaTimers::default(),
            reconnect: Backoff::default(),
            queue: DEFAULT_QUEUE,
        }
    }

    /// A signaling gateway in front of `point_code`, for one AS (without routing context) of
    /// the ASPs at `asp`; whoever comes over loopback may connect, nothing to listen on yet.
    pub fn gateway(point_code: PointCode, asp: PointCode) -> Self {
        Self {
            admission: Admission::Loopback,
            application_servers: vec![application_server(None, asp)],
            ..Self::new(point_code)
        }
    }
}

/// An application server that stands for one point code, in whatever traffic mode its first
/// ASP asks for.
pub fn application_server(routing_context: Option<u32>, dpc: PointCode) -> sgp::AsSettings {
    sgp::AsSettings {
        routing_context,
        network_appearance: None,
        routing_key: vec![RoutingKeyDestination {
            dpc: AffectedPointCode::one(dpc),
            service_indicators: Vec::new(),
            opcs: Vec::new(),
        }],
        traffic_mode: None,
        minimum_active: 1,
    }
}

/// Where we listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenConfig {
    /// Over what.
    pub transport: Transport,
    /// The addresses, each with the SCTP or TCP port; port 0 for any free one. Several with
    /// [`Transport::Kernel`] only.
    pub addresses: Vec<SocketAddr>,
}

/// Who may set up an association to us besides configured peers. Nobody else is answered at
/// all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Nobody.
    Configured,
    /// Whoever comes from this machine's loopback addresses.
    Loopback,
    /// These addresses.
    Addresses(Vec<IpAddr>),
    /// Both.
    LoopbackOr(Vec<IpAddr>),
}

impl Admission {
    /// Whether that address may come in.
    pub fn admits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let is_in = |list: &[IpAddr]| list.iter().any(|a| a.to_canonical() == address);
        match self {
            Self::Configured => false,
            Self::Loopback => address.is_loopback(),
            Self::Addresses(list) => is_in(list),
            Self::LoopbackOr(list) => address.is_loopback() || is_in(list),
        }
    }
}

/// The SCTP port of M3UA (RFC 4666 1.4.8).
pub const M3UA_PORT: u16 = 2905;

/// The UDP port of SCTP encapsulation (RFC 6951 6).
pub const UDP_ENCAPSULATION_PORT: u16 = 9899;

/// Streams: one for management and one for each of the sixteen SLS values.
pub const DEFAULT_STREAMS: u16 = 17;

/// Associations that others may set up.
pub const DEFAULT_ASSOCIATIONS: usize = 64;

/// How many DAUDs without an answer show that a gateway does not answer them.
pub const AUDITS: u32 = 3;

/// Requests and events that may wait.
pub const DEFAULT_QUEUE: usize = 16_384;
