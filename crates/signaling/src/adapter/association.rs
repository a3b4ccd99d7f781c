//! Associations: setting them up, losing them, and what comes over them.

use super::peer::{Link, Peer};
use super::{Adapter, AssociationEvent, AssociationId, FIRST_INCOMING, Output, PeerId};
use crate::event::{AssociationState, Direction, DownReason, PeerError, SignalingEvent};
use rand::RngExt;
use std::net::{IpAddr, SocketAddr};
use trunkline_m3ua::msg::Data;
use trunkline_m3ua::sgp::{self, AspId};
use trunkline_m3ua::{Message, PAYLOAD_PROTOCOL_IDENTIFIER, asp, decode, encode};
use trunkline_model::Time;
use trunkline_model::mtp::MtpTransfer;

impl Adapter {
    pub(super) fn association(&mut self, now: Time, id: AssociationId, event: AssociationEvent) {
        if let AssociationEvent::Up {
            peer: address,
            outbound_streams,
        } = event
        {
            return match self.owner(now, id, address) {
                Some(peer) => self.up(now, id, peer, outbound_streams),
                None => {
                    // The transport admits whole addresses; the port was the wrong one, or the
                    // peer is to stay down.
                    self.outputs.push_back(Output::Abort(id));
                    let peer = address.to_string();
                    let error = PeerError::NotAdmitted(1);
                    self.event(SignalingEvent::Error { peer, error });
                }
            };
        }
        let Some(peer) = self.peer_of(id) else {
            // A guest that is gone already, of whose last messages more come back.
            if let AssociationEvent::Returned(messages) = event {
                self.reroute(now, PeerId(id.0), data_of(&messages).collect());
            }
            return;
        };
        match event {
            AssociationEvent::Up { .. } => {}
            AssociationEvent::Restarted { outbound_streams } => {
                self.set_link(now, peer, Link::Up { outbound_streams });
                self.state(peer, AssociationState::Down(DownReason::Restarted));
                self.state(peer, AssociationState::Up { outbound_streams });
                let returned = self.take_returned(peer);
                self.ask(now, peer, asp::Input::AssociationRestarted);
                self.serve_asp(now, peer, sgp::Input::AssociationRestarted);
                self.reroute(now, peer, returned);
            }
            AssociationEvent::Down(reason) => self.down(now, peer, reason),
            AssociationEvent::Message { stream, ppid, data } => {
                self.received(now, peer, stream, ppid, &data);
            }
            AssociationEvent::BadPacket(what) => self.failed(peer, PeerError::Packet(what)),
            AssociationEvent::SendFailed => self.failed(peer, PeerError::SendFailed),
            AssociationEvent::Returned(messages) => self.returned(now, peer, &messages),
            AssociationEvent::Path { address, up } => self.path(peer, address, up),
            AssociationEvent::Congestion(level) => self.send_buffer(peer, level),
        }
    }

    /// Who has that association, if anyone.
    fn peer_of(&self, id: AssociationId) -> Option<PeerId> {
        match id.0 < FIRST_INCOMING {
            true => Some(PeerId(id.0)).filter(|id| self.peers.contains_key(id)),
            false => self.associations.get(&id).copied(),
        }
    }

    /// Whose association it is that came up. One that comes in is that of a configured peer if
    /// it comes from there, else that of a guest, if guests are admitted.
    fn owner(&mut self, now: Time, id: AssociationId, address: SocketAddr) -> Option<PeerId> {
        if id.0 < FIRST_INCOMING {
            return self.peer_of(id);
        }
        let configured = || {
            self.peers
                .iter()
                .filter(|(id, peer)| id.is_configured() && !peer.initiate && peer.is_at(address))
        };
        let welcome = || configured().filter(|(_, peer)| !peer.taken_down);
        let free = welcome().find(|(_, peer)| !peer.is_up());
        if let Some((&peer, _)) = free.or_else(|| welcome().next()) {
            return Some(peer);
        }
        if configured().next().is_some() {
            // It is to stay down, and does not come in as a guest instead.
            return None;
        }
        if !self.admission.admits(address.ip()) {
            return None;
        }
        let guest = PeerId(id.0);
        self.peers.insert(guest, Peer::guest(address, now));
        Some(guest)
    }

    fn up(&mut self, now: Time, id: AssociationId, peer: PeerId, outbound_streams: u16) {
        let earlier = self.peers.get(&peer).and_then(|peer| peer.association);
        if let Some(earlier) = earlier.filter(|earlier| *earlier != id) {
            self.outputs.push_back(Output::Abort(earlier));
            self.down(now, peer, DownReason::Replaced);
        }
        self.associations.insert(id, peer);
        let backoff = self.reconnect.min;
        let Some(known) = self.peers.get_mut(&peer) else {
            return;
        };
        known.association = Some(id);
        known.backoff = backoff;
        known.seen.established += 1;
        known.seen.paths.clear();
        known.seen.congestion = 0;
        let serves = known.serves.clone();
        let stays_down = known.taken_down;
        self.set_link(now, peer, Link::Up { outbound_streams });
        self.state(peer, AssociationState::Up { outbound_streams });
        // It came up while it was being given up.
        if stays_down || self.shutdown.is_some() {
            return self.outputs.push_back(Output::Shutdown(id));
        }
        self.ask(now, peer, asp::Input::AssociationUp);
        if let Some(settings) = serves {
            self.serve(now, sgp::Input::AssociationUp(AspId(peer.0), settings));
        }
    }

    fn down(&mut self, now: Time, id: PeerId, reason: DownReason) {
        let (stops, jitter) = (
            self.shutdown.is_some(),
            self.random.random_range(0.75..1.25),
        );
        let max = self.reconnect.max;
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        let reason = match (peer.taken_down && !stops, reason) {
            (true, DownReason::Local) => DownReason::Command,
            (_, reason) => reason,
        };
        peer.seen.last_loss = Some(reason.to_string());
        let link = if stops {
            Link::Closed
        } else if peer.taken_down {
            Link::TakenDown
        } else if peer.initiate {
            let wait = peer.backoff.mul_f64(jitter);
            peer.backoff = (peer.backoff * 2).min(max);
            Link::Waiting(now + wait)
        } else {
            Link::Listening
        };
        if let Some(association) = peer.association.take() {
            self.associations.remove(&association);
        }
        self.set_link(now, id, link);
        let returned = self.take_returned(id);
        self.state(id, AssociationState::Down(reason));
        self.ask(now, id, asp::Input::AssociationDown);
        self.serve_asp(now, id, sgp::Input::AssociationDown);
        self.reroute(now, id, returned);
        if !id.is_configured() {
            self.peers.remove(&id);
        }
        self.finish_if_closed();
    }

    /// Keeps the DATA that an association gives back until it is known to be down. What was on
    /// its way to it when it went down is given back later.
    fn returned(&mut self, now: Time, id: PeerId, messages: &[Vec<u8>]) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        peer.returned.extend(data_of(messages));
        if !peer.is_up() {
            let late = self.take_returned(id);
            self.reroute(now, id, late);
        }
    }

    fn take_returned(&mut self, id: PeerId) -> Vec<Data> {
        let peer = self.peers.get_mut(&id);
        peer.map(|peer| core::mem::take(&mut peer.returned))
            .unwrap_or_default()
    }

    /// Sends what a lost association gave back another way, before anything that comes later.
    fn reroute(&mut self, now: Time, id: PeerId, returned: Vec<Data>) {
        if returned.is_empty() || self.shutdown.is_some() {
            return;
        }
        self.event(SignalingEvent::Rerouted {
            peer: self.name(id),
            messages: returned.len(),
        });
        let asked = self.peers.get(&id).is_some_and(|peer| peer.asp.is_some());
        let served = self
            .peers
            .get(&id)
            .is_some_and(|peer| peer.serves.is_some());
        let transfers: Vec<MtpTransfer> = returned
            .into_iter()
            .map(|data| data.protocol_data.into())
            .collect();
        if served || !asked {
            // The server half knows whether another ASP has the traffic or it has to wait.
            return self.serve(now, sgp::Input::Returned(transfers));
        }
        for transfer in self.diversion.put_back(now, transfers) {
            self.discarded(crate::Discarded::QueueFull(transfer.dpc));
        }
        self.diverted_due(now);
    }

    /// Sets up what is due to be set up.
    pub(super) fn connect_due(&mut self, now: Time) {
        let due = |peer: &Peer| matches!(peer.link, Link::Waiting(at) if at <= now);
        let ids: Vec<PeerId> = self
            .peers
            .iter()
            .filter(|(_, peer)| due(peer))
            .map(|(id, _)| *id)
            .collect();
        for id in ids {
            let association = AssociationId(id.0);
            if let Some(peer) = self.peers.get_mut(&id) {
                peer.association = Some(association);
            }
            self.set_link(now, id, Link::Connecting);
            self.state(id, AssociationState::Connecting);
            self.outputs.push_back(Output::Connect(association));
        }
    }

    /// Ends an association in order, or what there is of one.
    pub(super) fn take_down(&mut self, now: Time, id: PeerId) {
        let Some(peer) = self.peers.get(&id) else {
            return;
        };
        let resting = match self.shutdown {
            Some(_) => Link::Closed,
            None => Link::TakenDown,
        };
        let asks = peer.asp.is_some();
        match (peer.link, peer.association) {
            (Link::Up { .. }, Some(_)) if asks => self.ask(now, id, asp::Input::Stop),
            (Link::Up { .. }, Some(association)) => {
                self.outputs.push_back(Output::Shutdown(association));
            }
            (Link::Connecting, Some(association)) => {
                self.outputs.push_back(Output::Abort(association));
            }
            _ => self.set_link(now, id, resting),
        }
    }

    fn received(
        &mut self,
        now: Time,
        id: PeerId,
        stream: Option<u16>,
        ppid: Option<u32>,
        data: &[u8],
    ) {
        if let Some(other) = ppid.filter(|ppid| *ppid != PAYLOAD_PROTOCOL_IDENTIFIER) {
            return self.failed(id, PeerError::PayloadProtocol(other));
        }
        // Over a single stream there is no choice.
        let single = |peer: &Peer| {
            peer.link
                == Link::Up {
                    outbound_streams: 1,
                }
        };
        let stream = stream.filter(|_| !self.peers.get(&id).is_some_and(single));
        match decode(data) {
            Ok(message) => self.message(now, id, stream, message),
            Err(error) => {
                if let Some(answer) = error.answer(data) {
                    self.send(id, &answer.into());
                }
                self.failed(id, PeerError::Malformed(error.to_string()));
            }
        }
    }

    fn message(&mut self, now: Time, id: PeerId, stream: Option<u16>, message: Message) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        if let Message::Data(_) = message {
            peer.seen.data_received += 1;
            self.data.1 += 1;
        } else {
            peer.seen.management_received += 1;
            let event = SignalingEvent::Message {
                peer: peer.name.clone(),
                direction: Direction::Received,
                name: message.name(),
            };
            self.outputs.push_back(Output::Event(event));
        }
        let (asks, answers) = (peer.asp.is_some(), peer.serves.is_some());
        let asp = AspId(id.0);
        match (asks, answers) {
            (true, true) => match message {
                // What a client half says, for our server half.
                Message::AspUp(_)
                | Message::AspDown(_)
                | Message::AspActive(_)
                | Message::AspInactive(_)
                | Message::RegReq(_)
                | Message::DeregReq(_)
                | Message::Daud(_) => {
                    self.serve(
                        now,
                        sgp::Input::Message {
                            asp,
                            stream,
                            message,
                        },
                    );
                }
                Message::Error(_) => {
                    let copy = message.clone();
                    self.ask(now, id, asp::Input::Message { stream, message });
                    let message = copy;
                    self.serve(
                        now,
                        sgp::Input::Message {
                            asp,
                            stream,
                            message,
                        },
                    );
                }
                _ => self.ask(now, id, asp::Input::Message { stream, message }),
            },
            (true, false) => self.ask(now, id, asp::Input::Message { stream, message }),
            (false, _) => self.serve(
                now,
                sgp::Input::Message {
                    asp,
                    stream,
                    message,
                },
            ),
        }
    }

    /// Sends a message to a peer, if its association is up.
    pub(super) fn send(&mut self, id: PeerId, message: &Message) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        let (Link::Up { outbound_streams }, Some(association)) = (peer.link, peer.association)
        else {
            return;
        };
        self.outputs.push_back(Output::Send {
            association,
            stream: message.stream(outbound_streams),
            data: encode(message),
        });
        if let Message::Data(_) = message {
            peer.seen.data_sent += 1;
            self.data.0 += 1;
            return;
        }
        peer.seen.management_sent += 1;
        let event = SignalingEvent::Message {
            peer: peer.name.clone(),
            direction: Direction::Sent,
            name: message.name(),
        };
        self.outputs.push_back(Output::Event(event));
    }

    fn path(&mut self, id: PeerId, address: IpAddr, up: bool) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        let known = peer.seen.paths.len() < MAX_PATHS || peer.seen.paths.contains_key(&address);
        if !known || peer.seen.paths.insert(address, up) == Some(up) {
            return;
        }
        let peer = peer.name.clone();
        self.event(SignalingEvent::Path { peer, address, up });
    }

    pub(super) fn set_link(&mut self, now: Time, id: PeerId, link: Link) {
        if let Some(peer) = self.peers.get_mut(&id) {
            if peer.link != link {
                peer.seen.since = now;
            }
            peer.link = link;
        }
    }

    fn state(&mut self, id: PeerId, state: AssociationState) {
        let peer = self.name(id);
        self.event(SignalingEvent::Association { peer, state });
    }
}

/// The DATA among messages.
fn data_of(messages: &[Vec<u8>]) -> impl Iterator<Item = Data> {
    messages.iter().filter_map(|octets| match decode(octets) {
        Ok(Message::Data(data)) => Some(data),
        _ => None,
    })
}

/// Addresses of one peer whose state is shown.
const MAX_PATHS: usize = 16;
