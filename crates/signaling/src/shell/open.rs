//! From a configuration to bound sockets: everything that can fail, before the thread runs.

use super::{LocalAddress, SignalingError};
use crate::adapter::{AssociationEvent, AssociationId};
use crate::config::{Admission, Config, ListenConfig, PeerConfig, SctpTimers, Transport};
use crate::shell::Clock;
use crate::transport::kernel::{self, KernelEndpoint, KernelSettings};
use crate::transport::sctp::{Listener, Path, Peer, SctpEndpoint, Settings};
use crate::transport::tcp::{self, TcpEndpoint};
use crate::transport::{
    Command, ConnectionPeer, Events, Ids, Listening, PacketSocket, UserSctpEndpoint,
};
use rand::TryRng;
use rand::rngs::SysRng;
use socket2::Socket;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr, TcpListener};
use tokio::sync::mpsc;
use tokio::task::spawn_local;
use trunkline_model::tap::Tap;

/// The endpoints of an adapter, bound but not running.
pub(super) struct Plan {
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) addresses: Vec<LocalAddress>,
    max_associations: usize,
    streams: u16,
    timers: SctpTimers,
    queue: usize,
}

/// One endpoint, bound but not running.
pub(super) enum Endpoint {
    UserSctp {
        socket: PacketSocket,
        listener: Option<Listener>,
        peers: BTreeMap<AssociationId, Peer>,
    },
    Tcp {
        listener: Option<(TcpListener, Admission)>,
        peers: BTreeMap<AssociationId, ConnectionPeer>,
    },
    Kernel {
        listener: Option<(Socket, Admission)>,
        peers: BTreeMap<AssociationId, ConnectionPeer>,
    },
}

impl Endpoint {
    /// The associations that it sets up itself.
    pub(super) fn associations(&self) -> Vec<AssociationId> {
        match self {
            Self::UserSctp { peers, .. } => peers.keys().copied().collect(),
            Self::Tcp { peers, .. } | Self::Kernel { peers, .. } => peers.keys().copied().collect(),
        }
    }
}

impl Plan {
    /// Binds what is needed. Peers and listeners that share an address (and a UDP port) share
    /// a socket.
    pub(super) fn new(config: &Config) -> Result<Self, SignalingError> {
        check(config)?;
        let mut plan = Self {
            endpoints: Vec::new(),
            addresses: Vec::new(),
            max_associations: config.max_associations,
            streams: config.streams,
            timers: config.sctp,
            queue: config.queue,
        };
        let mut sockets: BTreeMap<SocketKey, usize> = BTreeMap::new();
        for listen in &config.listen {
            let admission = admission(config, listen.transport);
            plan.add_listener(listen, admission, &mut sockets)?;
        }
        for (index, peer) in config.peers.iter().enumerate() {
            if peer.initiate {
                plan.add_peer(AssociationId(index as u64), peer, &mut sockets)?;
            }
        }
        Ok(plan)
    }

    fn kernel_settings(&self) -> KernelSettings {
        KernelSettings {
            timers: self.timers,
            streams: self.streams,
        }
    }

    fn add_peer(
        &mut self,
        id: AssociationId,
        peer: &PeerConfig,
        sockets: &mut BTreeMap<SocketKey, usize>,
    ) -> Result<(), SignalingError> {
        let (local, remote) = (first(&peer.local), first(&peer.remote));
        let key = match peer.transport {
            Transport::UdpEncapsulated { local_port, .. } => {
                SocketKey::Udp(SocketAddr::new(local.ip(), local_port))
            }
            Transport::RawIp => SocketKey::Raw(local.ip()),
            Transport::Tcp => SocketKey::Tcp,
            Transport::Kernel | Transport::Auto => {
                kernel::probe(&[local, remote])?;
                SocketKey::Kernel
            }
        };
        let index = self.endpoint(key, sockets)?;
        match &mut self.endpoints[index] {
            Endpoint::UserSctp { socket, peers, .. } => {
                let used = peers.values().map(|peer| peer.path.local_port).collect();
                let path = Path {
                    remote: SocketAddr::new(
                        remote.ip(),
                        match peer.transport {
                            Transport::UdpEncapsulated { remote_port, .. } => remote_port,
                            _ => 0,
                        },
                    ),
                    remote_port: remote.port(),
                    local_port: sctp_port(local.port(), &used),
                };
                if peers.values().any(|other| other.path == path) {
                    return Err(SignalingError::SameAssociation(peer.name.clone()));
                }
                let timers = peer.sctp;
                peers.insert(id, Peer { path, timers });
                self.addresses.push(local_address(socket, path.local_port)?);
            }
            Endpoint::Tcp { peers, .. } | Endpoint::Kernel { peers, .. } => {
                let connection = ConnectionPeer {
                    local: peer.local.clone(),
                    remote: peer.remote.clone(),
                    timers: peer.sctp,
                };
                peers.insert(id, connection);
            }
        }
        Ok(())
    }

    fn add_listener(
        &mut self,
        listen: &ListenConfig,
        admission: Admission,
        sockets: &mut BTreeMap<SocketKey, usize>,
    ) -> Result<(), SignalingError> {
        let address = first(&listen.addresses);
        let key = match listen.transport {
            Transport::UdpEncapsulated { local_port, .. } => {
                SocketKey::Udp(SocketAddr::new(address.ip(), local_port))
            }
            Transport::RawIp => SocketKey::Raw(address.ip()),
            Transport::Tcp => {
                let listener = tcp::listen(address)?;
                let address = listener
                    .local_addr()
                    .map_err(|source| SignalingError::Bind {
                        what: "TCP",
                        address,
                        source,
                    })?;
                self.addresses.push(LocalAddress {
                    transport: Transport::Tcp,
                    address,
                });
                self.endpoints.push(Endpoint::Tcp {
                    listener: Some((listener, admission)),
                    peers: BTreeMap::new(),
                });
                return Ok(());
            }
            Transport::Kernel | Transport::Auto => {
                let socket = kernel::listen(self.kernel_settings(), &listen.addresses)?;
                let bound = socket.local_addr().ok().and_then(|a| a.as_socket());
                self.addresses.push(LocalAddress {
                    transport: Transport::Kernel,
                    address: bound.unwrap_or(address),
                });
                self.endpoints.push(Endpoint::Kernel {
                    listener: Some((socket, admission)),
                    peers: BTreeMap::new(),
                });
                return Ok(());
            }
        };
        let index = self.endpoint(key, sockets)?;
        let max_associations = self.max_associations;
        if let Endpoint::UserSctp {
            socket, listener, ..
        } = &mut self.endpoints[index]
        {
            let port = sctp_port(address.port(), &BTreeSet::new());
            self.addresses.push(local_address(socket, port)?);
            *listener = Some(Listener {
                port,
                admission,
                max_associations,
            });
        }
        Ok(())
    }

    /// The endpoint with that socket, opened if it is not there yet.
    fn endpoint(
        &mut self,
        key: SocketKey,
        sockets: &mut BTreeMap<SocketKey, usize>,
    ) -> Result<usize, SignalingError> {
        if let Some(&index) = sockets.get(&key) {
            return Ok(index);
        }
        self.endpoints.push(key.open()?);
        let index = self.endpoints.len() - 1;
        sockets.insert(key, index);
        Ok(index)
    }

    /// Starts the endpoints as tasks of this thread; gives the senders of their commands.
    pub(super) fn run(
        self,
        clock: Clock,
        tap: Option<Tap>,
        events: &Events,
    ) -> Vec<(mpsc::Sender<Command>, tokio::task::JoinHandle<()>)> {
        let ids = Ids::default();
        let kernel_settings = self.kernel_settings();
        let (max_associations, queue) = (self.max_associations, self.queue);
        let mut running = Vec::new();
        for (index, endpoint) in self.endpoints.into_iter().enumerate() {
            let (sender, commands) = mpsc::channel(COMMANDS);
            let (events, ids) = (events.clone(), ids.clone());
            let task = match endpoint {
                Endpoint::UserSctp {
                    socket,
                    listener,
                    peers,
                } => {
                    let settings = Settings {
                        timers: self.timers,
                        streams: self.streams,
                        mtu: MTU,
                        promiscuous: socket.is_raw(),
                    };
                    let endpoint = UserSctpEndpoint {
                        index,
                        socket,
                        endpoint: SctpEndpoint::new(settings, listener, peers, ids),
                        clock,
                        tap: tap.clone(),
                        commands,
                        events,
                    };
                    spawn_local(endpoint.run())
                }
                Endpoint::Tcp { listener, peers } => {
                    let endpoint = TcpEndpoint {
                        index,
                        peers,
                        listening: listener.map(|(listener, admission)| Listening {
                            listener,
                            admission,
                            max_associations,
                            ids,
                        }),
                        queue,
                        commands,
                        events,
                    };
                    spawn_local(endpoint.run())
                }
                Endpoint::Kernel { listener, peers } => {
                    let endpoint = KernelEndpoint {
                        index,
                        settings: kernel_settings,
                        peers,
                        listening: listener.map(|(listener, admission)| Listening {
                            listener,
                            admission,
                            max_associations,
                            ids,
                        }),
                        queue,
                        commands,
                        events,
                    };
                    spawn_local(endpoint.run())
                }
            };
            running.push((sender, task));
        }
        running
    }
}

/// What peers of an ASP can share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SocketKey {
    Udp(SocketAddr),
    Raw(IpAddr),
    Tcp,
    Kernel,
}

impl SocketKey {
    fn open(self) -> Result<Endpoint, SignalingError> {
        let socket = match self {
            Self::Udp(address) => PacketSocket::udp(address)?,
            Self::Raw(address) => PacketSocket::raw(address)?,
            Self::Tcp => {
                return Ok(Endpoint::Tcp {
                    listener: None,
                    peers: BTreeMap::new(),
                });
            }
            Self::Kernel => {
                return Ok(Endpoint::Kernel {
                    listener: None,
                    peers: BTreeMap::new(),
                });
            }
        };
        Ok(Endpoint::UserSctp {
            socket,
            listener: None,
            peers: BTreeMap::new(),
        })
    }
}

fn local_address(socket: &PacketSocket, port: u16) -> Result<LocalAddress, SignalingError> {
    let bound = socket
        .local_address()
        .map_err(|source| SignalingError::Bind {
            what: "packet socket",
            address: SocketAddr::new(IpAddr::from([0, 0, 0, 0]), 0),
            source,
        })?;
    Ok(LocalAddress {
        transport: match socket.is_raw() {
            true => Transport::RawIp,
            false => Transport::UdpEncapsulated {
                local_port: bound.port(),
                remote_port: 0,
            },
        },
        address: SocketAddr::new(bound.ip(), port),
    })
}

/// The SCTP port that was asked for, or a free one of the dynamic range.
fn sctp_port(wanted: u16, used: &BTreeSet<u16>) -> u16 {
    if wanted != 0 {
        return wanted;
    }
    let random = SysRng.try_next_u32().unwrap_or(0) as u16;
    let mut port = DYNAMIC_PORTS | random;
    while used.contains(&port) {
        port = DYNAMIC_PORTS | port.wrapping_add(1);
    }
    port
}

/// Chooses for [`Transport::Auto`].
///
/// # Errors
///
/// [`SignalingError::NoSctp`] if there is nothing to choose from.
pub(super) fn resolve(mut config: Config) -> Result<Config, SignalingError> {
    let automatic = config
        .peers
        .iter()
        .map(|peer| (peer.transport, &peer.local));
    let listening = config.listen.iter().map(|l| (l.transport, &l.addresses));
    let wanted = automatic
        .chain(listening)
        .find(|(transport, _)| *transport == Transport::Auto);
    let Some((_, addresses)) = wanted else {
        return Ok(config);
    };
    let address = first(addresses);
    let chosen = match kernel::probe(&[address]) {
        Ok(()) => Transport::Kernel,
        Err(no_kernel) => match PacketSocket::raw(address.ip()) {
            Ok(_) => Transport::RawIp,
            Err(no_raw) => {
                return Err(SignalingError::NoSctp {
                    kernel: Box::new(no_kernel),
                    raw: Box::new(no_raw),
                });
            }
        },
    };
    tracing::info!(transport = chosen.name(), "transport chosen");
    let settle = |transport: &mut Transport, locals: &mut Vec<SocketAddr>| {
        if *transport == Transport::Auto {
            *transport = chosen;
            if chosen == Transport::RawIp && locals.len() > 1 {
                tracing::warn!(
                    first = %locals[0],
                    "no SCTP in the kernel: the first address alone is used"
                );
                locals.truncate(1);
            }
        }
    };
    for peer in &mut config.peers {
        let automatic = peer.transport == Transport::Auto;
        settle(&mut peer.transport, &mut peer.local);
        if automatic && chosen == Transport::RawIp {
            peer.remote.truncate(1);
        }
    }
    for listen in &mut config.listen {
        settle(&mut listen.transport, &mut listen.addresses);
    }
    Ok(config)
}

/// What cannot be, whatever the system says.
fn check(config: &Config) -> Result<(), SignalingError> {
    if config.streams < 2 {
        return Err(range("streams", u64::from(config.streams), "2 to 65535"));
    }
    if !(1..=MAX_QUEUE).contains(&config.queue) {
        return Err(range("queue", config.queue as u64, "1 to 1048576"));
    }
    if config.max_associations == 0 {
        return Err(range("max_associations", 0, "at least 1"));
    }
    let m3ua = &config.m3ua;
    if m3ua.ack.is_zero() || m3ua.recovery.is_zero() || m3ua.audit.is_zero() {
        return Err(range("m3ua timer", 0, "more than nothing"));
    }
    for listen in &config.listen {
        count("listen", listen.transport, &listen.addresses)?;
    }
    for peer in &config.peers {
        count(&peer.name, peer.transport, &peer.local)?;
        count(&peer.name, peer.transport, &peer.remote)?;
        let (local, remote) = (first(&peer.local), first(&peer.remote));
        if local.is_ipv4() != remote.is_ipv4() {
            return Err(SignalingError::AddressFamily { local, remote });
        }
        if peer.role.asks() && peer.application_servers.is_empty() {
            return Err(SignalingError::NoApplicationServer(peer.name.clone()));
        }
        let heard = |listen: &ListenConfig| listen.transport.name() == peer.transport.name();
        if !peer.initiate && !config.listen.iter().any(heard) {
            return Err(SignalingError::NoListener(peer.name.clone()));
        }
    }
    Ok(())
}

fn count(name: &str, transport: Transport, addresses: &[SocketAddr]) -> Result<(), SignalingError> {
    let several = matches!(transport, Transport::Kernel | Transport::Auto);
    let (most, expected) = match several {
        true => (MAX_ADDRESSES, "1 to 8 addresses"),
        false => (1, "1 address"),
    };
    let port = first(addresses).port();
    if addresses.iter().any(|address| address.port() != port) {
        return Err(SignalingError::Ports(name.to_owned()));
    }
    if (1..=most).contains(&addresses.len()) {
        return Ok(());
    }
    Err(SignalingError::Addresses {
        name: name.to_owned(),
        transport: transport.name(),
        expected,
        got: addresses.len(),
    })
}

/// Who may come in over a transport: whoever is admitted anyway, and the peers that we wait for.
fn admission(config: &Config, transport: Transport) -> Admission {
    let awaited = config
        .peers
        .iter()
        .filter(|peer| !peer.initiate && peer.transport.name() == transport.name())
        .flat_map(|peer| peer.remote.iter().map(SocketAddr::ip));
    match &config.admission {
        Admission::Configured => Admission::Addresses(awaited.collect()),
        Admission::Loopback => Admission::LoopbackOr(awaited.collect()),
        Admission::Addresses(list) => {
            Admission::Addresses(list.iter().copied().chain(awaited).collect())
        }
        Admission::LoopbackOr(list) => {
            Admission::LoopbackOr(list.iter().copied().chain(awaited).collect())
        }
    }
}

/// The only or the first address; [`check`] has seen that there is one.
fn first(addresses: &[SocketAddr]) -> SocketAddr {
    let none = SocketAddr::new(IpAddr::from([0, 0, 0, 0]), 0);
    addresses.first().copied().unwrap_or(none)
}

fn range(key: &'static str, value: u64, expected: &'static str) -> SignalingError {
    SignalingError::Range {
        key,
        value,
        expected,
    }
}

/// The dynamic ports (RFC 6335 6): 49152 and above.
const DYNAMIC_PORTS: u16 = 0xc000;

/// Fits every IPv6 path, with the headers of IPv6 and UDP.
const MTU: usize = 1200;

/// Commands that may wait for an endpoint, which takes them at once.
const COMMANDS: usize = 256;

const MAX_QUEUE: usize = 1 << 20;

/// Addresses of one end of an association.
const MAX_ADDRESSES: usize = 8;

// An association event is what travels most between endpoints and shell.
const _: () = assert!(size_of::<AssociationEvent>() <= 64);
