//! The ASP side: peers to connect to, routes over them.

use super::route::{Route, WayState};
use super::{
    AssociationEvent, AssociationId, Core, Input, Output, Received, SHUTDOWN_LIMIT, Timer, failed,
    receive, received, send,
};
use crate::config::{AspConfig, Backoff, Transport};
use crate::event::{AssociationState, Discarded, DownReason, PeerError, SignalingEvent};
use crate::shell::SignalingError;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use trunkline_m3ua::asp::{self, Asp, DestinationState};
use trunkline_m3ua::msg::MAX_USER_DATA;
use trunkline_m3ua::{AffectedPointCode, Message};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{PointCode, Time};

/// The ASP side of the adapter, pure.
#[derive(Debug)]
pub struct Adapter {
    opcs: BTreeSet<PointCode>,
    audit: bool,
    reconnect: Backoff,
    peers: Vec<Peer>,
    routes: BTreeMap<PointCode, Route>,
    /// When an orderly shutdown is given up, once it has begun.
    shutdown: Option<Time>,
    finished: bool,
    outputs: VecDeque<Output>,
}

#[derive(Debug)]
struct Peer {
    name: String,
    routing_context: Option<u32>,
    asp: Asp,
    link: Link,
    /// The next wait before the association is set up again.
    backoff: Duration,
    carries_traffic: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    /// Wait until then, and connect.
    Waiting(Time),
    Connecting,
    Up {
        outbound_streams: u16,
    },
    /// Down for good.
    Closed,
}

impl Adapter {
    /// An adapter that begins to connect when it is first asked what to do.
    ///
    /// # Errors
    ///
    /// [`SignalingError`] if names or routes contradict each other.
    pub fn new(config: &AspConfig, now: Time) -> Result<Self, SignalingError> {
        let mut names = BTreeMap::new();
        for (index, peer) in config.peers.iter().enumerate() {
            if names.insert(peer.name.as_str(), index).is_some() {
                return Err(SignalingError::DuplicatePeer(peer.name.clone()));
            }
        }
        let mut routes = BTreeMap::new();
        for route in &config.routes {
            let mut peers = Vec::new();
            for name in &route.peers {
                let Some(&index) = names.get(name.as_str()) else {
                    return Err(SignalingError::UnknownPeer {
                        dpc: route.dpc,
                        peer: name.clone(),
                    });
                };
                peers.push(index);
            }
            if peers.is_empty() {
                return Err(SignalingError::EmptyRoute(route.dpc));
            }
            let made = Route::new(route.dpc, route.sharing, peers);
            if routes.insert(route.dpc, made).is_some() {
                return Err(SignalingError::DuplicateRoute(route.dpc));
            }
        }
        let peers = config.peers.iter().map(|peer| Peer {
            name: peer.name.clone(),
            routing_context: peer.routing_context,
            asp: Asp::new(asp::Settings {
                application_servers: vec![asp::AsSettings {
                    routing_context: peer.routing_context,
                    network_appearance: peer.network_appearance,
                    traffic_mode: Some(peer.traffic_mode),
                    ..asp::AsSettings::default()
                }],
                asp_identifier: peer.asp_identifier,
                ack: config.m3ua.ack,
                beat: (peer.transport == Transport::Tcp && !config.m3ua.beat.is_zero())
                    .then_some(config.m3ua.beat),
                ..asp::Settings::default()
            }),
            link: Link::Waiting(now),
            backoff: config.reconnect.min,
            carries_traffic: false,
        });
        let mut adapter = Self {
            opcs: core::iter::once(config.opc)
                .chain(config.further_opcs.iter().copied())
                .collect(),
            audit: config.audit,
            reconnect: config.reconnect,
            peers: peers.collect(),
            routes,
            shutdown: None,
            finished: false,
            outputs: VecDeque::new(),
        };
        adapter.connect_due(now);
        Ok(adapter)
    }

    fn association(&mut self, now: Time, index: usize, event: AssociationEvent) {
        match event {
            AssociationEvent::Up {
                outbound_streams, ..
            } => {
                let peer = &mut self.peers[index];
                peer.link = Link::Up { outbound_streams };
                peer.backoff = self.reconnect.min;
                self.state(index, AssociationState::Up { outbound_streams });
                if self.shutdown.is_some() {
                    self.outputs
                        .push_back(Output::Shutdown(AssociationId(index as u64)));
                    return;
                }
                self.asp(now, index, asp::Input::AssociationUp);
            }
            AssociationEvent::Restarted { outbound_streams } => {
                self.peers[index].link = Link::Up { outbound_streams };
                self.state(index, AssociationState::Down(DownReason::Restarted));
                self.state(index, AssociationState::Up { outbound_streams });
                self.asp(now, index, asp::Input::AssociationRestarted);
            }
            AssociationEvent::Down(reason) => self.down(now, index, reason),
            AssociationEvent::Message { ppid, data, .. } => match receive(ppid, &data) {
                Received::Message(message) => {
                    let event = received(&self.peers[index].name, &message);
                    self.outputs.push_back(event);
                    let stream = None;
                    self.asp(now, index, asp::Input::Message { stream, message });
                }
                Received::Refused(answer, error) => {
                    if let Some(answer) = answer {
                        self.send(index, &answer);
                    }
                    self.failed(index, error);
                }
            },
            AssociationEvent::BadPacket(what) => self.failed(index, PeerError::Packet(what)),
            AssociationEvent::SendFailed => self.failed(index, PeerError::SendFailed),
            AssociationEvent::Returned(_)
            | AssociationEvent::Path { .. }
            | AssociationEvent::Congestion(_) => {}
        }
    }

    fn down(&mut self, now: Time, index: usize, reason: DownReason) {
        let peer = &mut self.peers[index];
        if self.shutdown.is_some() {
            peer.link = Link::Closed;
        } else {
            peer.link = Link::Waiting(now + peer.backoff);
            peer.backoff = (peer.backoff * 2).min(self.reconnect.max);
        }
        self.state(index, AssociationState::Down(reason));
        self.asp(now, index, asp::Input::AssociationDown);
        self.finish_if_closed();
    }

    /// Gives the ASP of a peer one input and does what it wants.
    fn asp(&mut self, now: Time, index: usize, input: asp::Input) {
        self.peers[index].asp.handle(now, input);
        self.drain_asp(now, index);
    }

    fn drain_asp(&mut self, now: Time, index: usize) {
        let id = AssociationId(index as u64);
        while let Some(output) = self.peers[index].asp.poll_output() {
            match output {
                asp::Output::Send(message) => self.send(index, &message),
                asp::Output::State(state) => {
                    let event = SignalingEvent::Asp {
                        peer: self.peers[index].name.clone(),
                        routing_context: self.peers[index].routing_context,
                        state,
                    };
                    self.outputs.push_back(Output::Event(event));
                }
                asp::Output::As { state, .. } => {
                    let event = SignalingEvent::As {
                        peer: Some(self.peers[index].name.clone()),
                        routing_context: self.peers[index].routing_context,
                        state,
                    };
                    self.outputs.push_back(Output::Event(event));
                }
                asp::Output::Transfer { transfer, .. } => self.indicate(index, transfer),
                asp::Output::Destinations {
                    affected, state, ..
                } => {
                    self.destinations(index, &affected, state);
                }
                asp::Output::Refused { message, code } => {
                    self.failed(index, PeerError::Refused { message, code });
                }
                asp::Output::Reported(code) => self.failed(index, PeerError::Reported(code)),
                asp::Output::NoAnswer(message) => {
                    self.failed(index, PeerError::NoAnswer(message));
                }
                asp::Output::EarlyData => self.failed(index, PeerError::EarlyData),
                asp::Output::NotSent(transfer) => {
                    self.discarded(Discarded::Unavailable(transfer.dpc));
                }
                asp::Output::Unresponsive => {
                    self.failed(index, PeerError::NoAnswer("BEAT"));
                    self.outputs.push_back(Output::Abort(id));
                }
                asp::Output::Asp { .. }
                | asp::Output::Notified { .. }
                | asp::Output::Registered { .. }
                | asp::Output::RegistrationRefused { .. } => {}
                asp::Output::Stopped => {
                    if let Link::Up { .. } = self.peers[index].link {
                        self.outputs.push_back(Output::Shutdown(id));
                    }
                }
            }
            self.settle(now, index);
        }
    }

    /// Draws the conclusions from whether traffic flows over a peer.
    fn settle(&mut self, now: Time, index: usize) {
        let peer = &mut self.peers[index];
        let carries = peer.asp.carries_traffic(0);
        if peer.carries_traffic == carries {
            return;
        }
        peer.carries_traffic = carries;
        let mut audited = Vec::new();
        for route in self.routes.values_mut().filter(|route| route.uses(index)) {
            route.set_active(index, carries);
            if carries {
                audited.push(route.dpc);
            } else {
                route.forget(index);
            }
        }
        self.tell_user();
        if carries && self.audit {
            // Only queues DAUD: whoever called us is draining the ASP.
            let asp = &mut self.peers[index].asp;
            asp.handle(
                now,
                asp::Input::Audit {
                    application_server: 0,
                    destinations: audited,
                },
            );
        }
    }

    fn destinations(
        &mut self,
        index: usize,
        affected: &[AffectedPointCode],
        state: DestinationState,
    ) {
        let way = match state {
            DestinationState::Available => WayState::Available,
            DestinationState::Unavailable => WayState::Unavailable,
            DestinationState::Restricted => WayState::Restricted,
            DestinationState::Status(status) => {
                let concerned = self.routes.values().filter(|route| {
                    route.uses(index) && affected.iter().any(|a| a.contains(route.dpc))
                });
                for route in concerned {
                    let status = MtpIndication::Status(route.dpc, status);
                    self.outputs
                        .push_back(Output::Event(SignalingEvent::Mtp(status)));
                }
                return;
            }
        };
        for route in self.routes.values_mut() {
            route.affect(index, affected, way);
        }
        self.tell_user();
    }

    /// Tells the MTP user which destinations changed.
    fn tell_user(&mut self) {
        for route in self.routes.values_mut() {
            let reachable = route.reachable();
            if route.available == reachable {
                continue;
            }
            route.available = reachable;
            let indication = match reachable {
                true => MtpIndication::Resume(route.dpc),
                false => MtpIndication::Pause(route.dpc),
            };
            self.outputs
                .push_back(Output::Event(SignalingEvent::Mtp(indication)));
        }
    }

    /// Message discrimination (Q.704 2.4): what is not for us is dropped.
    fn indicate(&mut self, index: usize, transfer: MtpTransfer) {
        if !self.opcs.contains(&transfer.dpc) {
            return self.failed(index, PeerError::NotForUs(transfer.dpc));
        }
        let indication = MtpIndication::Transfer(transfer);
        self.outputs
            .push_back(Output::Event(SignalingEvent::Mtp(indication)));
    }

    fn transfer(&mut self, now: Time, transfer: MtpTransfer) {
        let dpc = transfer.dpc;
        if transfer.data.len() > MAX_USER_DATA {
            return self.discarded(Discarded::TooLong(dpc));
        }
        let Some(route) = self.routes.get(&dpc) else {
            return self.discarded(Discarded::NoRoute(dpc));
        };
        match route.choose(transfer.sls) {
            Some(index) => self.asp(
                now,
                index,
                asp::Input::Transfer {
                    application_server: 0,
                    transfer,
                },
            ),
            None => self.discarded(Discarded::Unavailable(dpc)),
        }
    }

    fn shut_down(&mut self, now: Time) {
        if self.shutdown.is_some() {
            return;
        }
        self.shutdown = Some(now + SHUTDOWN_LIMIT);
        for index in 0..self.peers.len() {
            match self.peers[index].link {
                Link::Waiting(_) | Link::Closed => self.peers[index].link = Link::Closed,
                Link::Connecting => {
                    self.outputs
                        .push_back(Output::Abort(AssociationId(index as u64)));
                }
                Link::Up { .. } => self.asp(now, index, asp::Input::Stop),
            }
        }
        self.finish_if_closed();
    }

    fn finish_if_closed(&mut self) {
        if self.shutdown.is_some()
            && !self.finished
            && self.peers.iter().all(|peer| peer.link == Link::Closed)
        {
            self.finished = true;
            self.outputs.push_back(Output::Finished);
        }
    }

    fn connect_due(&mut self, now: Time) {
        for index in 0..self.peers.len() {
            match self.peers[index].link {
                Link::Waiting(at) if at <= now => {
                    self.peers[index].link = Link::Connecting;
                    self.state(index, AssociationState::Connecting);
                    self.outputs
                        .push_back(Output::Connect(AssociationId(index as u64)));
                }
                _ => {}
            }
        }
    }

    fn send(&mut self, index: usize, message: &Message) {
        let peer = &self.peers[index];
        if let Link::Up { outbound_streams } = peer.link {
            let id = AssociationId(index as u64);
            self.outputs
                .extend(send(id, &peer.name, outbound_streams, message));
        }
    }

    fn state(&mut self, index: usize, state: AssociationState) {
        let peer = self.peers[index].name.clone();
        let event = SignalingEvent::Association { peer, state };
        self.outputs.push_back(Output::Event(event));
    }

    fn failed(&mut self, index: usize, error: PeerError) {
        let event = failed(&self.peers[index].name, error);
        self.outputs.push_back(event);
    }

    fn discarded(&mut self, why: Discarded) {
        let event = SignalingEvent::Discarded(why);
        self.outputs.push_back(Output::Event(event));
    }
}

impl Core for Adapter {
    fn handle(&mut self, now: Time, input: Input) {
        match input {
            Input::Association(AssociationId(id), event) => {
                if let Some(index) = usize::try_from(id).ok().filter(|i| *i < self.peers.len()) {
                    self.association(now, index, event);
                }
            }
            Input::Transfer(transfer) => self.transfer(now, transfer),
            Input::Indicate(_) => {}
            Input::Shutdown => self.shut_down(now),
        }
    }

    fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Time, Timer)> {
        if self.finished {
            return None;
        }
        let peers = self.peers.iter().flat_map(|peer| {
            let reconnect = match peer.link {
                Link::Waiting(at) => Some((at, Timer::Reconnect)),
                _ => None,
            };
            let m3ua = peer.asp.poll_timeout().map(|(at, _)| (at, Timer::M3ua));
            reconnect.into_iter().chain(m3ua)
        });
        peers
            .chain(self.shutdown.map(|at| (at, Timer::Shutdown)))
            .min_by_key(|(at, _)| *at)
    }

    fn handle_timeout(&mut self, now: Time) {
        self.connect_due(now);
        for index in 0..self.peers.len() {
            self.peers[index].asp.handle_timeout(now);
            self.drain_asp(now, index);
        }
        if !self.finished && self.shutdown.is_some_and(|at| at <= now) {
            for (index, peer) in self.peers.iter().enumerate() {
                if peer.link != Link::Closed {
                    let id = AssociationId(index as u64);
                    self.outputs.push_back(Output::Abort(id));
                }
            }
            self.finished = true;
            self.outputs.push_back(Output::Finished);
        }
    }
}
