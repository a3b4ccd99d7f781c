//! The pure core of the adapter: what to do with associations, messages and MTP primitives.
//!
//! An association has up to two halves. The client half is an [`asp::Asp`](trunkline_m3ua::asp)
//! for each peer that we ask for traffic; the server half is one [`Sgp`] for all that ask us.
//! IPSPs of double exchange have both. Above them are the routes: which way leads to which
//! destination, over the AS that a client half is active in, or over the ASPs that serve the
//! destination with us.

mod association;
mod client;
mod peer;
mod route;
mod server;
mod status;
#[cfg(test)]
mod tests;
mod transfer;

use crate::config::{Backoff, Config, LocalPointCode, M3uaTimers, Role, Transport, WayVia};
use crate::event::{Discarded, DownReason, PeerError, SignalingEvent};
use crate::shell::SignalingError;
use core::time::Duration;
use peer::{Link, Peer, half};
use rand::SeedableRng;
use rand::rngs::StdRng;
use route::{Route, Via};
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use trunkline_m3ua::asp::{self, Asp};
use trunkline_m3ua::diversion::Diversion;
use trunkline_m3ua::sgp::{self, Sgp};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{PointCode, Time};

/// An association: of a peer that we connect to the index of that peer in the configuration,
/// of one that connects to us whatever the shell counts from [`FIRST_INCOMING`] on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssociationId(pub u64);

/// Associations that others set up are numbered from here on.
pub const FIRST_INCOMING: u64 = 1 << 32;

/// A peer: its index in the configuration, or the number of its association if it is not in
/// there. The server half knows it by the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct PeerId(u64);

/// What happens to an adapter.
#[derive(Clone, Debug)]
pub enum Input {
    /// Something happened to an association.
    Association(AssociationId, AssociationEvent),
    /// MTP-TRANSFER request.
    Transfer(MtpTransfer),
    /// News of a destination behind us, for those that we serve.
    Indicate(MtpIndication),
    /// Shut down in order.
    Shutdown,
}

/// What a transport tells of an association.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssociationEvent {
    /// It is up.
    Up {
        /// Where the peer is.
        peer: SocketAddr,
        /// Streams that we may send on, at least 1.
        outbound_streams: u16,
    },
    /// It is down; nothing more comes of it before another `Up`.
    Down(DownReason),
    /// The peer restarted it; it is up.
    Restarted {
        /// Streams that we may send on, at least 1.
        outbound_streams: u16,
    },
    /// A message came.
    Message {
        /// The stream, if the transport has any.
        stream: Option<u16>,
        /// The payload protocol identifier, if the transport has one.
        ppid: Option<u32>,
        /// The octets.
        data: Vec<u8>,
    },
    /// A packet was no good.
    BadPacket(String),
    /// A message could not be sent: the association's buffer is full.
    SendFailed,
    /// Messages that the peer never acknowledged, in the order in which they were sent. Comes
    /// right before `Down` or `Restarted`, if it comes.
    Returned(Vec<Vec<u8>>),
    /// A path of a multi-homed association failed or works again.
    Path {
        /// The peer's address.
        address: IpAddr,
        /// Whether it can be reached.
        up: bool,
    },
    /// How full the send buffer is: 0 below a quarter, 3 above three quarters. Told when it
    /// changes.
    Congestion(u8),
}

/// What an adapter wants or tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Set up the association.
    Connect(AssociationId),
    /// Send a message.
    Send {
        /// On which association.
        association: AssociationId,
        /// On which stream: 0 for management, others for DATA.
        stream: u16,
        /// The octets.
        data: Vec<u8>,
    },
    /// Shut the association down in order.
    Shutdown(AssociationId),
    /// End the association at once.
    Abort(AssociationId),
    /// For the owner.
    Event(SignalingEvent),
    /// All is shut down.
    Finished,
}

/// Why an adapter wants to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// A lost association is to be set up again.
    Reconnect,
    /// A timer of M3UA: T(ack), T(beat) or T(r).
    M3ua,
    /// A DAUD is due.
    Audit,
    /// Messages that were held while their way changed may go.
    Diversion,
    /// Shutting down takes too long.
    Shutdown,
}

/// How long an orderly shutdown may take.
pub const SHUTDOWN_LIMIT: Duration = Duration::from_secs(2);

/// The adapter, pure.
#[derive(Debug)]
pub struct Adapter {
    point_codes: Vec<LocalPointCode>,
    peers: BTreeMap<PeerId, Peer>,
    /// Whose association is whose, while it is up.
    associations: BTreeMap<AssociationId, PeerId>,
    admission: crate::Admission,
    sgp: Sgp,
    routes: BTreeMap<PointCode, Route>,
    diversion: Diversion<Via>,
    m3ua: M3uaTimers,
    reconnect: Backoff,
    random: StdRng,
    /// DATA messages sent and received, over all peers.
    data: (u64, u64),
    /// When an orderly shutdown is given up, once it has begun.
    shutdown: Option<Time>,
    finished: bool,
    outputs: VecDeque<Output>,
}

impl Adapter {
    /// An adapter that begins to connect when it is first asked what to do. The seed is for the
    /// jitter of reconnections.
    ///
    /// # Errors
    ///
    /// [`SignalingError`] if names or routes contradict each other.
    pub fn new(config: &Config, now: Time, seed: u64) -> Result<Self, SignalingError> {
        let mut peers = BTreeMap::new();
        for (index, peer) in config.peers.iter().enumerate() {
            if config.peers[..index].iter().any(|p| p.name == peer.name) {
                return Err(SignalingError::DuplicatePeer(peer.name.clone()));
            }
            let asp = peer.role.asks().then(|| {
                Asp::new(asp::Settings {
                    role: half(peer.role),
                    application_servers: peer.application_servers.clone(),
                    asp_identifier: peer.asp_identifier,
                    ack: config.m3ua.ack,
                    beat: (peer.transport == Transport::Tcp && !config.m3ua.beat.is_zero())
                        .then_some(config.m3ua.beat),
                    audit: (peer.audits() && !config.m3ua.route_test.is_zero())
                        .then_some(config.m3ua.route_test),
                    late: config.m3ua.diversion,
                    quirks: peer.quirks,
                })
            });
            let peer = Peer::configured(peer, asp, config.reconnect.min, now);
            peers.insert(PeerId(index as u64), peer);
        }
        let routes = routes(config)?;
        let destinations = config.point_codes.iter().map(|own| own.point_code);
        let sgp = Sgp::new(sgp::Settings {
            application_servers: config.application_servers.clone(),
            destinations: destinations.collect(),
            network_appearance: config.network_appearance,
            recovery: config.m3ua.recovery,
            pending_queue: config.queue,
            diversion: config.m3ua.diversion,
            beat: None,
            asp_identifier: config.peers.iter().find_map(|peer| {
                let answers = peer.role.answers();
                peer.asp_identifier.filter(|_| answers)
            }),
            registration: config.registration,
        });
        let mut adapter = Self {
            point_codes: config.point_codes.clone(),
            peers,
            associations: BTreeMap::new(),
            admission: config.admission.clone(),
            sgp,
            routes,
            diversion: Diversion::new(config.m3ua.diversion, config.queue),
            m3ua: config.m3ua,
            reconnect: config.reconnect,
            random: StdRng::seed_from_u64(seed),
            data: (0, 0),
            shutdown: None,
            finished: false,
            outputs: VecDeque::new(),
        };
        adapter.connect_due(now);
        Ok(adapter)
    }

    /// Takes one input; call [`Self::poll_output`] until it is empty afterwards.
    pub fn handle(&mut self, now: Time, input: Input) {
        match input {
            Input::Association(id, event) => self.association(now, id, event),
            Input::Transfer(transfer) => self.transfer(now, transfer),
            Input::Indicate(indication) => self.serve(now, sgp::Input::Network(indication)),
            Input::Shutdown => self.shut_down(now),
        }
    }

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`Self::handle_timeout`], and why.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        if self.finished {
            return None;
        }
        let peers = self.peers.values().flat_map(|peer| {
            let reconnect = match peer.link {
                Link::Waiting(at) => Some((at, Timer::Reconnect)),
                _ => None,
            };
            let asp = peer.asp.as_ref().and_then(Asp::poll_timeout);
            let audits = peer.carrying.iter().filter_map(|carrying| carrying.audit);
            reconnect
                .into_iter()
                .chain(asp.map(|(at, _)| (at, Timer::M3ua)))
                .chain(audits.map(|audit| (audit.due, Timer::Audit)))
        });
        let diverted = self.diversion.poll_timeout();
        peers
            .chain(self.sgp.poll_timeout().map(|(at, _)| (at, Timer::M3ua)))
            .chain(diverted.map(|at| (at, Timer::Diversion)))
            .chain(self.shutdown.map(|at| (at, Timer::Shutdown)))
            .min_by_key(|(at, _)| *at)
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Time) {
        self.connect_due(now);
        let due: Vec<PeerId> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.asp.is_some())
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            if let Some(asp) = self.peers.get_mut(&id).and_then(|peer| peer.asp.as_mut()) {
                asp.handle_timeout(now);
            }
            self.drain_asp(now, id);
            self.audits_due(now, id);
        }
        self.sgp.handle_timeout(now);
        self.drain_sgp(now);
        self.diverted_due(now);
        if !self.finished && self.shutdown.is_some_and(|at| at <= now) {
            let left: Vec<AssociationId> = self
                .peers
                .iter()
                .filter(|(_, peer)| peer.link != Link::Closed)
                .filter_map(|(_, peer)| peer.association)
                .collect();
            self.outputs.extend(left.into_iter().map(Output::Abort));
            self.finish();
        }
    }

    fn shut_down(&mut self, now: Time) {
        if self.shutdown.is_some() {
            return;
        }
        self.shutdown = Some(now + SHUTDOWN_LIMIT);
        self.serve(now, sgp::Input::Stop);
        let ids: Vec<PeerId> = self.peers.keys().copied().collect();
        for id in ids {
            self.take_down(now, id);
        }
        self.finish_if_closed();
    }

    fn finish_if_closed(&mut self) {
        let closed = |peer: &Peer| peer.link == Link::Closed;
        if self.shutdown.is_some() && !self.finished && self.peers.values().all(closed) {
            self.finish();
        }
    }

    fn finish(&mut self) {
        self.finished = true;
        self.outputs.push_back(Output::Finished);
    }

    fn event(&mut self, event: SignalingEvent) {
        self.outputs.push_back(Output::Event(event));
    }

    fn failed(&mut self, id: PeerId, error: PeerError) {
        let peer = self.name(id);
        self.event(SignalingEvent::Error { peer, error });
    }

    fn discarded(&mut self, why: Discarded) {
        self.event(SignalingEvent::Discarded(why));
    }

    fn name(&self, id: PeerId) -> String {
        let peer = self.peers.get(&id);
        peer.map(|peer| peer.name.clone()).unwrap_or_default()
    }
}

/// The routes of a configuration, all unavailable at first.
fn routes(config: &Config) -> Result<BTreeMap<PointCode, Route>, SignalingError> {
    let mut routes: BTreeMap<PointCode, Route> = BTreeMap::new();
    for wanted in &config.routes {
        let mut route = Route::new(wanted.dpc);
        if wanted.ways.is_empty() {
            return Err(SignalingError::EmptyRoute(wanted.dpc));
        }
        for way in &wanted.ways {
            let via = match &way.via {
                WayVia::Served => Via::Served,
                WayVia::Peer {
                    name,
                    application_server,
                } => {
                    let index = config.peers.iter().position(|peer| {
                        peer.name == *name
                            && peer.role != Role::IpspDouble
                            && peer.role.asks()
                            && *application_server < peer.application_servers.len()
                    });
                    let Some(index) = index else {
                        return Err(SignalingError::UnknownPeer {
                            dpc: wanted.dpc,
                            peer: name.clone(),
                        });
                    };
                    Via::Peer(PeerId(index as u64), *application_server)
                }
            };
            route.add(via, way.priority);
        }
        if routes.insert(wanted.dpc, route).is_some() {
            return Err(SignalingError::DuplicateRoute(wanted.dpc));
        }
    }
    // What is served needs no route of its own.
    for server in &config.application_servers {
        for key in &server.routing_key {
            let dpc = key.dpc.point_code;
            let route = routes.entry(dpc).or_insert_with(|| Route::new(dpc));
            if route.way(Via::Served).is_none() {
                route.add(Via::Served, 0);
            }
        }
    }
    Ok(routes)
}
