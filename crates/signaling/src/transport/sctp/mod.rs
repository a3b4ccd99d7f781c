//! SCTP in user space, pure: any number of associations on one packet socket.
//!
//! `dcsctp` is one association; telling them apart is done here. An association is known by
//! the peer's address, its UDP port if there is one, and both SCTP ports. Nobody but
//! configured peers is answered at all.
//!
//! Every packet's checksum is verified once, before anything else is believed of it. Until a
//! COOKIE ECHO brings a genuine cookie back, nothing is kept of a peer ([`cookie`]).
//!
//! ICMP is not listened to: it could be forged more easily than SCTP, and timers find out the
//! same (RFC 6951 5.5: it must not be relied on).

mod association;
mod checksum;
mod cookie;
mod inbox;
mod packet;
mod peers;
#[cfg(test)]
mod tests;
mod unacknowledged;

pub(crate) use peers::{Listener, Peer};

use crate::adapter::{AssociationEvent, AssociationId};
use crate::config::SctpTimers;
use crate::transport::Ids;
use association::{Association, Refused};
use cookie::{COOKIE_LIFE, Cookies};
use core::time::Duration;
use packet::{Cookie, Header, Init};
use peers::Peers;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use trunkline_model::Time;

/// The associations of one packet socket.
pub(crate) struct SctpEndpoint {
    settings: Settings,
    peers: Peers,
    cookies: Cookies,
    associations: BTreeMap<AssociationId, Box<Entry>>,
    by_path: HashMap<Path, AssociationId>,
    by_tag: HashMap<Tag, AssociationId>,
    /// When to look at an association, at the latest.
    due: BTreeSet<(Time, AssociationId)>,
    /// Those that have messages for us, each once, in turn.
    ready: VecDeque<AssociationId>,
    /// Those that have messages to send, each once.
    unsent: Vec<AssociationId>,
    /// How many came in from peers that are not configured.
    incoming: usize,
    /// How many sockets there have been.
    incarnations: u64,
    ids: Ids,
    now: Time,
    outputs: VecDeque<Output>,
    dropped: Dropped,
}

/// An association and where it stands in the indexes.
struct Entry {
    association: Association,
    tag: Option<Tag>,
    due: Option<Time>,
    is_ready: bool,
    is_unsent: bool,
}

/// Our SCTP port, the peer's, and our verification tag.
type Tag = (u16, u16, u32);

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

/// Where an association goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
            peers: Peers::new(listener, peers),
            cookies: Cookies::new(Time::ZERO),
            associations: BTreeMap::new(),
            by_path: HashMap::new(),
            by_tag: HashMap::new(),
            due: BTreeSet::new(),
            ready: VecDeque::new(),
            unsent: Vec::new(),
            incoming: 0,
            incarnations: 0,
            ids,
            now: Time::ZERO,
            outputs: VecDeque::new(),
            dropped: Dropped::default(),
        }
    }

    /// Sets up the association to a configured peer. If the peer was first, tells that it is up.
    pub(crate) fn connect(&mut self, now: Time, id: AssociationId) {
        self.now = now;
        let Some(&Peer { path, timers }) = self.peers.get(id) else {
            return;
        };
        if let Some(entry) = self.associations.get(&id)
            && entry.association.is_up()
        {
            return entry.association.tell_up(&mut self.outputs);
        }
        // Whatever is left of an earlier one is silently replaced.
        self.forget(id);
        if let Some(&other) = self.by_path.get(&path) {
            self.abort(now, other);
        }
        let options = association::options(path, &self.settings, &timers);
        let incarnation = self.next_incarnation();
        let association = Association::connect(now, id, path, options, incarnation);
        self.enter(id, association);
    }

    /// Sends a message, together with others that are sent before the next
    /// [`Self::poll_output`]. Comes back at once if the association is not up.
    pub(crate) fn send(&mut self, now: Time, id: AssociationId, stream: u16, data: Vec<u8>) {
        self.now = now;
        let outcome = match self.associations.get_mut(&id) {
            Some(entry) => {
                let outcome = entry.association.queue(stream, data);
                if outcome.is_ok() && !core::mem::replace(&mut entry.is_unsent, true) {
                    self.unsent.push(id);
                }
                outcome
            }
            None => Err(Refused::NotUp(data)),
        };
        let event = match outcome {
            Ok(()) => return,
            Err(Refused::Full) => AssociationEvent::SendFailed,
            Err(Refused::NotUp(data)) => {
                // Its `Down` may be on its way while the shell, which does not know, still sends.
                if let Some(Output::Event(last, AssociationEvent::Returned(messages))) =
                    self.outputs.back_mut()
                    && *last == id
                {
                    return messages.push(data);
                }
                AssociationEvent::Returned(vec![data])
            }
        };
        self.outputs.push_back(Output::Event(id, event));
    }

    /// Shuts down in order, after what is queued has been sent and acknowledged.
    pub(crate) fn shutdown(&mut self, now: Time, id: AssociationId) {
        self.with(now, id, |association| {
            association.flush();
            association.shutdown(now);
        });
    }

    /// Ends at once.
    pub(crate) fn abort(&mut self, now: Time, id: AssociationId) {
        self.with(now, id, Association::abort);
    }

    /// Takes a packet that came from `source` (UDP port 0 without encapsulation).
    pub(crate) fn receive(&mut self, now: Time, source: SocketAddr, packet: &[u8]) {
        self.now = now;
        let header = Header::read(packet);
        if self.settings.promiscuous
            && !header.is_some_and(|h| self.peers.has_port(h.destination_port))
        {
            return;
        }
        let path = header.map(|header| Path {
            remote: source,
            remote_port: header.source_port,
            local_port: header.destination_port,
        });
        let known = path.and_then(|path| self.by_path.get(&path).copied());
        if known.is_none() && !self.peers.admits(source.ip()) {
            self.dropped.not_admitted += 1;
            self.dropped.last = Some(source);
            return;
        }
        let (Some(header), Some(path), true) = (header, path, checksum::is_right(packet)) else {
            return self.stray(source);
        };
        match header.first {
            packet::INIT => self.init(path, header, packet, known),
            packet::COOKIE_ECHO => self.cookie_echo(path, header, packet, known),
            _ => match known.or_else(|| self.by_tag(path, header)) {
                Some(id) => self.deliver(id, source, header, packet),
                None => self.out_of_the_blue(source, header, packet),
            },
        }
    }

    /// What is to be done next.
    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        if self.outputs.is_empty() {
            for id in core::mem::take(&mut self.unsent) {
                if let Some(entry) = self.associations.get_mut(&id) {
                    entry.is_unsent = false;
                    entry.association.advance(self.now);
                    entry.association.flush();
                }
                self.settle(id);
            }
        }
        self.outputs.pop_front()
    }

    /// Whether there is something to be done.
    pub(crate) fn has_output(&self) -> bool {
        !self.outputs.is_empty() || !self.unsent.is_empty()
    }

    /// Whether there is a message to be read.
    pub(crate) fn has_message(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The next message, of the association whose turn it is. What is not taken stays in the
    /// receive window, so that a slow reader slows its peers down.
    pub(crate) fn poll_message(&mut self) -> Option<(AssociationId, AssociationEvent)> {
        while let Some(id) = self.ready.pop_front() {
            let Some(entry) = self.associations.get_mut(&id) else {
                continue;
            };
            let message = entry.association.message(&mut self.outputs);
            entry.is_ready = entry.association.has_message();
            if entry.is_ready {
                self.ready.push_back(id);
            }
            if let Some(message) = message {
                return Some((id, message));
            }
        }
        None
    }

    /// When to call [`Self::handle_timeout`].
    pub(crate) fn poll_timeout(&self) -> Option<Time> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Does what is due at `now`.
    pub(crate) fn handle_timeout(&mut self, now: Time) {
        self.now = now;
        let later = (now + Duration::from_micros(1), AssociationId(0));
        let later = self.due.split_off(&later);
        for (_, id) in core::mem::replace(&mut self.due, later) {
            if let Some(entry) = self.associations.get_mut(&id) {
                entry.due = None;
                entry.association.advance(now);
            }
            self.settle(id);
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
        self.now = now;
        if let Some(entry) = self.associations.get_mut(&id) {
            entry.association.advance(now);
            act(&mut entry.association);
            self.settle(id);
        }
    }

    /// Answers an INIT (RFC 9260 5.1 and 5.2). Nothing is kept of one that is of no association.
    fn init(&mut self, path: Path, header: Header, packet: &[u8], known: Option<AssociationId>) {
        match (Init::read(packet, header), known) {
            (Init::Ignored, _) => return self.stray(path.remote),
            (Init::Proper, Some(id)) => return self.deliver(id, path.remote, header, packet),
            (Init::Proper, None) if self.peers.may_come_in(&path, self.incoming) => {
                let options = self.options(path);
                let cookies = &mut self.cookies;
                let answer = association::answer_init(self.now, cookies, &path, &options, packet);
                if let Some(packet) = answer {
                    return self.transmit(path.remote, packet);
                }
            }
            (Init::Proper | Init::Refused, _) => {}
        }
        self.out_of_the_blue(path.remote, header, packet);
    }

    /// Takes a COOKIE ECHO (RFC 9260 5.1.5 and 5.2.4).
    fn cookie_echo(
        &mut self,
        path: Path,
        header: Header,
        packet: &[u8],
        known: Option<AssociationId>,
    ) {
        let Some(cookie) = Cookie::returned(packet) else {
            return self.stray(path.remote);
        };
        let signed = &packet[cookie.place.clone()];
        let Some((own, trailer)) = self.cookies.open(&path, signed) else {
            return self.stray(path.remote);
        };
        let tag = Some((path.local_port, path.remote_port, header.tag));
        let known = known.and_then(|id| Some((id, self.associations.get(&id)?.tag == tag)));
        let age = self.now.since(trailer.made);
        // The cookie of this very association is good for ever.
        if age > COOKIE_LIFE && known.is_none_or(|(_, is_its_own)| !is_its_own) {
            self.stray(path.remote);
            let staleness = (age - COOKIE_LIFE).as_micros();
            let staleness = u32::try_from(staleness).unwrap_or(u32::MAX);
            let answer = packet::stale_cookie(header, trailer.peer_tag, staleness);
            return self.transmit(path.remote, answer);
        }
        let packet = &cookie.replaced(packet, own);
        let incarnation = self.next_incarnation();
        if let Some((id, _)) = known {
            let now = self.now;
            let taken = self.associations.get_mut(&id).is_some_and(|entry| {
                entry.association.advance(now);
                let association = &mut entry.association;
                association.cookie_echo(now, header, packet, trailer, incarnation)
            });
            if !taken {
                self.stray(path.remote);
            }
            return self.settle(id);
        }
        if !self.peers.may_come_in(&path, self.incoming) {
            return self.out_of_the_blue(path.remote, header, packet);
        }
        let configured = self.peers.id_of(&path);
        let id = configured.unwrap_or_else(|| self.ids.next());
        let options = self.options(path);
        match Association::accept(self.now, id, path, options, incarnation, packet) {
            Some(association) => {
                // One that moved away; the peer did not miss it.
                self.abort(self.now, id);
                self.enter(id, association);
            }
            None => self.stray(path.remote),
        }
    }

    /// Gives a packet to its association. If the peer's UDP port changed on the way, the
    /// association moves to the new one (RFC 6951 5.4). From another address of the peer it is
    /// taken too, but answers still go where they went.
    fn deliver(&mut self, id: AssociationId, source: SocketAddr, header: Header, packet: &[u8]) {
        let Some(entry) = self.associations.get_mut(&id) else {
            return;
        };
        let association = &mut entry.association;
        association.advance(self.now);
        let old = association.path();
        if old.remote != source && old.remote.ip() == source.ip() {
            let path = Path {
                remote: source,
                ..old
            };
            association.set_path(path);
            self.by_path.remove(&old);
            self.by_path.insert(path, id);
        }
        if !association.receive(header, packet) {
            self.stray(source);
        }
        self.settle(id);
    }

    /// The association whose ports and verification tag a packet from elsewhere has.
    fn by_tag(&self, path: Path, header: Header) -> Option<AssociationId> {
        let tag = (path.local_port, path.remote_port, header.tag);
        self.by_tag.get(&tag).copied()
    }

    fn out_of_the_blue(&mut self, source: SocketAddr, header: Header, packet: &[u8]) {
        self.stray(source);
        if let Some(answer) = packet::out_of_the_blue(packet, header) {
            self.transmit(source, answer);
        }
    }

    fn transmit(&mut self, remote: SocketAddr, packet: Vec<u8>) {
        self.outputs.push_back(Output::Transmit { remote, packet });
    }

    fn stray(&mut self, source: SocketAddr) {
        self.dropped.stray += 1;
        self.dropped.last = Some(source);
    }

    fn options(&self, path: Path) -> dcsctp::api::Options {
        let configured = self.peers.id_of(&path).and_then(|id| self.peers.get(id));
        let timers = configured.map_or(&self.settings.timers, |peer| &peer.timers);
        association::options(path, &self.settings, timers)
    }

    fn next_incarnation(&mut self) -> u64 {
        self.incarnations += 1;
        self.incarnations
    }

    /// Takes a new association into the indexes.
    fn enter(&mut self, id: AssociationId, association: Association) {
        self.by_path.insert(association.path(), id);
        let entry = Entry {
            association,
            tag: None,
            due: None,
            is_ready: false,
            is_unsent: false,
        };
        self.associations.insert(id, Box::new(entry));
        if self.peers.get(id).is_none() {
            self.incoming += 1;
        }
        self.settle(id);
    }

    /// Takes an association out of the indexes.
    fn forget(&mut self, id: AssociationId) {
        let Some(entry) = self.associations.remove(&id) else {
            return;
        };
        self.by_path.remove(&entry.association.path());
        if let Some(tag) = entry.tag {
            self.by_tag.remove(&tag);
        }
        if let Some(due) = entry.due {
            self.due.remove(&(due, id));
        }
        if entry.is_ready {
            self.ready.retain(|other| *other != id);
        }
        if entry.is_unsent {
            self.unsent.retain(|other| *other != id);
        }
        if self.peers.get(id).is_none() {
            self.incoming -= 1;
        }
    }

    /// Takes what an association has for us after something was done with it, and brings the
    /// indexes up to date.
    fn settle(&mut self, id: AssociationId) {
        let Some(entry) = self.associations.get_mut(&id) else {
            return;
        };
        let association = &mut entry.association;
        association.drain(self.now, &mut self.cookies, &mut self.outputs);
        if association.is_over() {
            return self.forget(id);
        }
        let path = association.path();
        let tag = (path.local_port, path.remote_port, association.tag());
        if entry.tag != Some(tag) {
            if let Some(old) = entry.tag.replace(tag) {
                self.by_tag.remove(&old);
            }
            self.by_tag.insert(tag, id);
        }
        // An entry that is too early is looked at in vain once; timers move later far more
        // often than they move earlier.
        if let Some(at) = association.poll_timeout()
            && entry.due.is_none_or(|due| at < due)
        {
            if let Some(due) = entry.due.replace(at) {
                self.due.remove(&(due, id));
            }
            self.due.insert((at, id));
        }
        if !entry.is_ready && association.has_message() {
            entry.is_ready = true;
            self.ready.push_back(id);
        }
    }
}
