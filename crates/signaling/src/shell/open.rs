//! From a configuration to bound sockets: everything that can fail, before the thread runs.

use super::{LocalAddress, SignalingError};
use crate::adapter::{AssociationEvent, AssociationId};
use crate::config::{AspConfig, ListenConfig, PeerConfig, SctpTimers, SgpConfig, Transport};
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
        listener: Option<(TcpListener, crate::Admission)>,
        peers: BTreeMap<AssociationId, ConnectionPeer>,
    },
    Kernel {
        listener: Option<(Socket, crate::Admission)>,
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
    /// Binds what an ASP needs. Peers that share an address (and a UDP port) share a socket.
    pub(super) fn asp(config: &AspConfig) -> Result<Self, SignalingError> {
        check_common(config.streams, config.queue, config.m3ua.ack)?;
        let mut plan = Self::new(config.streams, config.sctp, config.queue, 0);
        let mut sockets: BTreeMap<SocketKey, usize> = BTreeMap::new();
        for (index, peer) in config.peers.iter().enumerate() {
            if peer.local.is_ipv4() != peer.remote.is_ipv4() {
                return Err(SignalingError::AddressFamily {
                    local: peer.local,
                    remote: peer.remote,
                });
            }
            plan.add_peer(AssociationId(index as u64), peer, &mut sockets)?;
        }
        Ok(plan)
    }

    /// Binds what a gateway needs.
    pub(super) fn sgp(config: &SgpConfig) -> Result<Self, SignalingError> {
        check_common(config.streams, config.queue, config.m3ua.recovery)?;
        if config.max_associations == 0 {
            return Err(range("max_associations", 0, "at least 1"));
        }
        let max = config.max_associations;
        let mut plan = Self::new(config.streams, config.sctp, config.queue, max);
        for listen in &config.listen {
            plan.add_listener(listen, config)?;
        }
        Ok(plan)
    }

    fn new(streams: u16, timers: SctpTimers, queue: usize, max_associations: usize) -> Self {
        Self {
            endpoints: Vec::new(),
            addresses: Vec::new(),
            max_associations,
            streams,
            timers,
            queue,
        }
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
        let key = match peer.transport {
            Transport::UdpEncapsulated { local_port, .. } => {
                SocketKey::Udp(SocketAddr::new(peer.local.ip(), local_port))
            }
            Transport::RawIp => SocketKey::Raw(peer.local.ip()),
            Transport::Tcp => SocketKey::Tcp,
            Transport::Kernel => {
                kernel::probe(&[peer.local, peer.remote])?;
                SocketKey::Kernel
            }
        };
        let index = match sockets.get(&key) {
            Some(&index) => index,
            None => {
                self.endpoints.push(key.open()?);
                let index = self.endpoints.len() - 1;
                sockets.insert(key, index);
                index
            }
        };
        match &mut self.endpoints[index] {
            Endpoint::UserSctp { socket, peers, .. } => {
                let used = peers.values().map(|peer| peer.path.local_port).collect();
                let path = Path {
                    remote: SocketAddr::new(
                        peer.remote.ip(),
                        match peer.transport {
                            Transport::UdpEncapsulated { remote_port, .. } => remote_port,
                            _ => 0,
                        },
                    ),
                    remote_port: peer.remote.port(),
                    local_port: sctp_port(peer.local.port(), &used),
                };
                if peers.values().any(|other| other.path == path) {
                    return Err(SignalingError::SameAssociation(peer.name.clone()));
                }
                let timers = self.timers;
                peers.insert(id, Peer { path, timers });
                self.addresses.push(local_address(socket, path.local_port)?);
            }
            Endpoint::Tcp { peers, .. } | Endpoint::Kernel { peers, .. } => {
                let (local, remote) = (vec![peer.local], vec![peer.remote]);
                let timers = self.timers;
                peers.insert(id, ConnectionPeer { local, remote, timers });
            }
        }
        Ok(())
    }

    fn add_listener(
        &mut self,
        listen: &ListenConfig,
        config: &SgpConfig,
    ) -> Result<(), SignalingError> {
        let admission = config.admission.clone();
        let socket = match listen.transport {
            Transport::UdpEncapsulated { local_port, .. } => {
                PacketSocket::udp(SocketAddr::new(listen.address.ip(), local_port))?
            }
            Transport::RawIp => PacketSocket::raw(listen.address.ip())?,
            Transport::Tcp => {
                let listener = tcp::listen(listen.address)?;
                let address = listener
                    .local_addr()
                    .map_err(|source| SignalingError::Bind {
                        what: "TCP",
                        address: listen.address,
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
            Transport::Kernel => {
                let socket = kernel::listen(self.kernel_settings(), &[listen.address])?;
                let address = socket.local_addr().ok().and_then(|a| a.as_socket());
                self.addresses.push(LocalAddress {
                    transport: Transport::Kernel,
                    address: address.unwrap_or(listen.address),
                });
                self.endpoints.push(Endpoint::Kernel {
                    listener: Some((socket, admission)),
                    peers: BTreeMap::new(),
                });
                return Ok(());
            }
        };
        let port = sctp_port(listen.address.port(), &BTreeSet::new());
        self.addresses.push(local_address(&socket, port)?);
        self.endpoints.push(Endpoint::UserSctp {
            socket,
            listener: Some(Listener {
                port,
                admission,
                max_associations: config.max_associations,
            }),
            peers: BTreeMap::new(),
        });
        Ok(())
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

fn check_common(
    streams: u16,
    queue: usize,
    timer: core::time::Duration,
) -> Result<(), SignalingError> {
    if streams < 2 {
        return Err(range("streams", u64::from(streams), "2 to 65535"));
    }
    if !(1..=MAX_QUEUE).contains(&queue) {
        return Err(range("queue", queue as u64, "1 to 1048576"));
    }
    if timer.is_zero() {
        return Err(range("m3ua timer", 0, "more than nothing"));
    }
    Ok(())
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

// An association event is what travels most between endpoints and shell.
const _: () = assert!(size_of::<AssociationEvent>() <= 64);
