//! SCTP in user space, pure: several associations on one packet socket.
//!
//! `dcsctp` is one association; telling them apart is done here. An association is known by
//! the peer's address, its UDP port if there is one, and both SCTP ports. Nobody but
//! configured peers is answered at all.
//!
//! `dcsctp` does not sign its state cookies (RFC 9260 5.1.3), so a COOKIE ECHO must bring back
//! a cookie that this endpoint gave to that very path.

mod association;
mod packet;
#[cfg(test)]
mod tests;

use crate::adapter::{AssociationEvent, AssociationId};
use crate::config::{Admission, SctpTimers};
use crate::transport::Ids;
use association::Association;
use core::time::Duration;
use packet::Header;
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use trunkline_model::Time;

/// The associations of one packet socket.
pub(crate) struct SctpEndpoint {
    settings: Settings,
    listener: Option<Listener>,
    peers: BTreeMap<AssociationId, Peer>,
    associations: BTreeMap<Path, Association>,
    ids: Ids,
    outputs: VecDeque<Output>,
    dropped: Dropped,
}

/// What all associations of an endpoint have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// For associations that come in.
    pub(crate) timers: SctpTimers,
    /// Streams to ask for, each way.
    pub(crate) streams: u16,
    /// The largest SCTP packet, octets.
    pub(crate) mtu: usize,
    /// Whether the socket sees packets that are for others too: those are ignored then.
    pub(crate) promiscuous: bool,
}

/// Who may set up associations to us.
#[derive(Clone, Debug)]
pub(crate) struct Listener {
    pub(crate) port: u16,
    pub(crate) admission: Admission,
    pub(crate) max_associations: usize,
}

/// Somebody to whom we set up the association.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) path: Path,
    /// Its own timers; those of [`Settings`] are for whoever comes in.
    pub(crate) timers: SctpTimers,
}

/// Where an association goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path {
    /// The peer's IP address and its UDP port (0 without encapsulation).
    pub(crate) remote: SocketAddr,
    /// The peer's SCTP port.
    pub(crate) remote_port: u16,
    /// Our SCTP port.
    pub(crate) local_port: u16,
}

/// What an endpoint wants or tells.
#[derive(Debug)]
pub(crate) enum Output {
    /// Send a packet.
    Transmit { remote: SocketAddr, packet: Vec<u8> },
    /// For the adapter.
    Event(AssociationId, AssociationEvent),
}

/// Packets that belong to nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dropped {
    /// From where nobody is configured.
    pub(crate) not_admitted: u64,
    /// From a configured address, but of no association, or no SCTP at all.
    pub(crate) stray: u64,
    /// Where the last one came from.
    pub(crate) last: Option<SocketAddr>,
}

impl SctpEndpoint {
    pub(crate) fn new(
        settings: Settings,
        listener: Option<Listener>,
        peers: BTreeMap<AssociationId, Peer>,
        ids: Ids,
    ) -> Self {
        Self {
            settings,
            listener,
            peers,
            associations: BTreeMap::new(),
            ids,
            outputs: VecDeque::new(),
            dropped: Dropped::default(),
        }
    }

    /// Sets up the association to a configured peer.
    pub(crate) fn connect(&mut self, now: Time, id: AssociationId) {
        let Some(&Peer { path, timers }) = self.peers.get(&id) else {
            return;
        };
        let mut association = Association::new(now, id, path, &self.settings, &timers);
        association.connect();
        // Whatever is left of an earlier one is silently replaced.
        self.associations.insert(path, association);
        self.drain(now, path);
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, now: Time, id: AssociationId, stream: u16, data: Vec<u8>) {
        self.with(now, id, |association| association.send(stream, data));
    }

    /// Shuts down in order, after what is queued has been sent.
    pub(crate) fn shutdown(&mut self, now: Time, id: AssociationId) {
        self.with(now, id, Association::shutdown);
    }

    /// Ends at once.
    pub(crate) fn abort(&mut self, now: Time, id: AssociationId) {
        self.with(now, id, Association::abort);
    }

    /// Takes a packet that came from `source` (UDP port 0 without encapsulation).
    pub(crate) fn receive(&mut self, now: Time, source: SocketAddr, packet: &[u8]) {
        let header = Header::read(packet);
        if self.settings.promiscuous && !header.is_some_and(|h| self.is_ours(h.destination_port)) {
            return;
        }
        if !self.admits(source.ip()) {
            self.dropped.not_admitted += 1;
            self.dropped.last = Some(source);
            return;
        }
        let Some(header) = header else {
            return self.stray(source);
        };
        let path = Path {
            remote: source,
            remote_port: header.source_port,
            local_port: header.destination_port,
        };
        if self.associations.contains_key(&path) || self.moved(path, header, packet) {
            return self.deliver(now, path, packet);
        }
        if !packet::checksum_is_right(packet) {
            return self.stray(source);
        }
        if header.first == packet::INIT && header.tag == 0 && self.may_come_in(path) {
            let id = self.ids.next();
            let timers = &self.settings.timers;
            let association = Association::new(now, id, path, &self.settings, timers);
            self.associations.insert(path, association);
            return self.deliver(now, path, packet);
        }
        self.stray(source);
        if let Some(packet) = packet::out_of_the_blue(packet, header) {
            let remote = source;
            self.outputs.push_back(Output::Transmit { remote, packet });
        }
    }

    /// What is to be done next.
    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The next message, of whichever association has one. What is not taken stays in the
    /// receive window, so that a slow reader slows its peers down.
    pub(crate) fn poll_message(&mut self) -> Option<(AssociationId, AssociationEvent)> {
        self.associations
            .values_mut()
            .find_map(|association| Some((association.id(), association.message()?)))
    }

    /// When to call [`Self::handle_timeout`].
    pub(crate) fn poll_timeout(&self) -> Option<Time> {
        self.associations
            .values()
            .filter_map(Association::poll_timeout)
            .min()
    }

    /// Does what is due at `now`.
    pub(crate) fn handle_timeout(&mut self, now: Time) {
        let due = |association: &Association| association.poll_timeout().is_some_and(|t| t <= now);
        let paths: Vec<Path> = self
            .associations
            .iter()
            .filter(|(_, association)| due(association))
            .map(|(path, _)| *path)
            .collect();
        for path in paths {
            if let Some(association) = self.associations.get_mut(&path) {
                association.advance(now);
            }
            self.drain(now, path);
        }
    }

    /// Whether something was dropped that [`Self::take_dropped`] has not given yet.
    pub(crate) fn has_dropped(&self) -> bool {
        self.dropped != Dropped::default()
    }

    /// What was dropped since the last call.
    pub(crate) fn take_dropped(&mut self) -> Option<Dropped> {
        let dropped = core::mem::take(&mut self.dropped);
        (dropped != Dropped::default()).then_some(dropped)
    }

    fn with(&mut self, now: Time, id: AssociationId, act: impl FnOnce(&mut Association)) {
        let found = self.associations.iter().find(|(_, a)| a.id() == id);
        let Some((&path, _)) = found else {
            return;
        };
        if let Some(association) = self.associations.get_mut(&path) {
            association.advance(now);
            act(association);
        }
        self.drain(now, path);
    }

    fn deliver(&mut self, now: Time, path: Path, packet: &[u8]) {
        let Some(association) = self.associations.get_mut(&path) else {
            return;
        };
        association.advance(now);
        if !association.receive(packet) {
            self.dropped.stray += 1;
            self.dropped.last = Some(path.remote);
        }
        self.drain(now, path);
    }

    /// Takes what an association has for us, and forgets it once it is closed.
    fn drain(&mut self, now: Time, path: Path) {
        let Some(association) = self.associations.get_mut(&path) else {
            return;
        };
        association.drain(&mut self.outputs);
        if association.is_over(now) {
            self.associations.remove(&path);
        }
    }

    fn stray(&mut self, source: SocketAddr) {
        self.dropped.stray += 1;
        self.dropped.last = Some(source);
    }

    fn admits(&self, address: IpAddr) -> bool {
        self.listener
            .as_ref()
            .is_some_and(|listener| listener.admission.admits(address))
            || self
                .peers
                .values()
                .any(|peer| peer.path.remote.ip() == address)
    }

    fn is_ours(&self, port: u16) -> bool {
        self.listener.as_ref().is_some_and(|l| l.port == port)
            || self.peers.values().any(|peer| peer.path.local_port == port)
    }

    /// Whether an INIT on that path may make an association. If all half-open ones are taken,
    /// the oldest makes room: a flood of INITs keeps nobody out for long.
    fn may_come_in(&mut self, path: Path) -> bool {
        let Some(listener) = &self.listener else {
            return false;
        };
        if listener.port != path.local_port || !listener.admission.admits(path.remote.ip()) {
            return false;
        }
        let (half_open, up): (Vec<_>, Vec<_>) = self
            .associations
            .iter()
            .partition(|(_, association)| association.is_half_open());
        if up.len() >= listener.max_associations {
            return false;
        }
        if half_open.len() >= MAX_HALF_OPEN {
            let oldest = half_open.iter().min_by_key(|(_, a)| a.created());
            if let Some(oldest) = oldest.map(|(path, _)| **path) {
                self.associations.remove(&oldest);
            }
        }
        true
    }

    /// Whether a packet from an unknown UDP port belongs to an association whose peer's port
    /// changed on the way (RFC 6951 5.4); that association moves to the new port then.
    fn moved(&mut self, path: Path, header: Header, packet: &[u8]) -> bool {
        if header.tag == 0 || !packet::checksum_is_right(packet) {
            return false;
        }
        let found = self.associations.iter().find(|(old, association)| {
            old.remote.ip() == path.remote.ip()
                && old.remote_port == path.remote_port
                && old.local_port == path.local_port
                && association.tag() == header.tag
        });
        let Some((&old, _)) = found else {
            return false;
        };
        if let Some(mut association) = self.associations.remove(&old) {
            association.set_path(path);
            self.associations.insert(path, association);
        }
        true
    }
}

/// Associations that an INIT made and no COOKIE ECHO confirmed yet.
const MAX_HALF_OPEN: usize = 64;

/// How long such an association may take.
const HALF_OPEN_TIME: Duration = Duration::from_secs(10);
