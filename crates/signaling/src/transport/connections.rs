//! An endpoint whose associations are connections of the operating system: TCP, or the
//! kernel's SCTP.

mod congestion;
mod outgoing;

pub(super) use outgoing::{Message, Outgoing, Sent, Sink};

use super::sctp::Dropped;
use super::{Command, EndpointEvent, Events, Ids};
use crate::adapter::{AssociationEvent, AssociationId};
use crate::config::{Admission, SctpTimers};
use crate::event::DownReason;
use core::time::Duration;
use outgoing::Link;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::task::spawn_local;

/// How connections of one kind are made and served.
pub(super) trait Medium: Clone + 'static {
    /// What listens.
    type Listener;
    /// A connection.
    type Connection: 'static;

    /// Sets up a connection; gives the peer's address too. Gives up by itself.
    async fn connect(&self, peer: ConnectionPeer) -> io::Result<(Self::Connection, SocketAddr)>;

    /// Waits for a connection.
    async fn accept(&self, listener: &Self::Listener)
    -> io::Result<(Self::Connection, SocketAddr)>;

    /// Whether a peer may come in.
    fn admits(
        &self,
        connection: &Self::Connection,
        source: SocketAddr,
        admission: &Admission,
    ) -> Admitted;

    /// Ends a connection at once.
    fn abort(&self, connection: Self::Connection);

    /// Streams that can be sent on.
    fn outbound_streams(&self, connection: &Self::Connection) -> u16;

    /// Carries messages both ways until the connection ends.
    async fn serve(
        &self,
        connection: Self::Connection,
        outgoing: &mut Outgoing,
        incoming: &Incoming,
    ) -> Ended;
}

/// Whether a peer may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admitted {
    /// By this address of it.
    Yes(SocketAddr),
    No,
    /// It names an address that may, but was not heard from there yet.
    NotYet,
}

/// How a connection ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) reason: DownReason,
    /// What the peer never acknowledged, as far as it was sent, in the order of sending.
    pub(super) returned: Vec<Vec<u8>>,
}

impl From<DownReason> for Ended {
    fn from(reason: DownReason) -> Self {
        Self {
            reason,
            returned: Vec::new(),
        }
    }
}

/// Where what a connection receives goes.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    index: usize,
    id: AssociationId,
    events: Events,
}

impl Incoming {
    /// Hands an event on; waits while the shell is busy.
    pub(super) async fn tell(&self, event: AssociationEvent) {
        // The shell is gone only when everything ends.
        let _ = self.events.send(self.event(event)).await;
    }

    fn event(&self, event: AssociationEvent) -> (usize, EndpointEvent) {
        (self.index, EndpointEvent::Association(self.id, event))
    }
}

/// A peer to connect to. Several addresses are those of a multi-homed association; TCP takes
/// the first of each.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionPeer {
    /// Ours, with one port.
    pub(crate) local: Vec<SocketAddr>,
    /// The peer's, with one port.
    pub(crate) remote: Vec<SocketAddr>,
    pub(crate) timers: SctpTimers,
}

/// What an endpoint listens with, and to whom.
pub(crate) struct Listening<L> {
    pub(crate) listener: L,
    pub(crate) admission: Admission,
    pub(crate) max_associations: usize,
    pub(crate) ids: Ids,
}

impl<L> Listening<L> {
    /// The same with another form of the listener.
    pub(super) fn try_map<N>(
        self,
        form: impl FnOnce(L) -> io::Result<N>,
    ) -> io::Result<Listening<N>> {
        Ok(Listening {
            listener: form(self.listener)?,
            admission: self.admission,
            max_associations: self.max_associations,
            ids: self.ids,
        })
    }
}

/// The endpoint.
pub(super) struct Connections<M: Medium> {
    pub(super) index: usize,
    pub(super) medium: M,
    pub(super) peers: BTreeMap<AssociationId, ConnectionPeer>,
    pub(super) listening: Option<Listening<M::Listener>>,
    /// Messages that may wait for each connection.
    pub(super) queue: usize,
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) events: Events,
}

impl<M: Medium> Connections<M> {
    /// Runs until the shell drops the sender of the commands.
    pub(super) async fn run(mut self) {
        let mut open: BTreeMap<AssociationId, Link> = BTreeMap::new();
        let mut pending: VecDeque<EndpointEvent> = VecDeque::new();
        let mut dropped = Dropped::default();
        loop {
            if dropped != Dropped::default() && pending.is_empty() {
                pending.push_back(EndpointEvent::Dropped(core::mem::take(&mut dropped)));
            }
            tokio::select! {
                permit = self.events.reserve(), if !pending.is_empty() => {
                    let (Ok(permit), Some(event)) = (permit, pending.pop_front()) else {
                        return;
                    };
                    permit.send((self.index, event));
                }
                command = self.commands.recv() => {
                    let Some(command) = command else {
                        return;
                    };
                    self.command(command, &mut open, &mut pending);
                }
                (connection, source) = accept(&self.medium, self.listening.as_ref()) => {
                    open.retain(|_, link| !link.is_closed());
                    self.accepted(connection, source, &mut open, &mut dropped);
                }
            }
        }
    }

    fn command(
        &self,
        command: Command,
        open: &mut BTreeMap<AssociationId, Link>,
        pending: &mut VecDeque<EndpointEvent>,
    ) {
        match command {
            Command::Connect(id) => self.connect(id, open),
            Command::Shutdown(id) => {
                if let Some(link) = open.get(&id) {
                    link.shutdown();
                }
            }
            Command::Abort(id) => {
                if let Some(link) = open.get(&id) {
                    link.abort();
                }
            }
            Command::Send {
                association,
                stream,
                data,
            } => {
                let message = Message { stream, data };
                let sent = match open.get(&association) {
                    Some(link) => link.send(message),
                    None => Err(TrySendError::Closed(message)),
                };
                match sent {
                    Ok(()) => {}
                    Err(TrySendError::Full(_)) if pending.len() >= MAX_PENDING => {}
                    Err(TrySendError::Full(_)) => {
                        let event = AssociationEvent::SendFailed;
                        pending.push_back(EndpointEvent::Association(association, event));
                    }
                    Err(TrySendError::Closed(message)) => {
                        give_back(association, message.data, pending);
                    }
                }
            }
        }
    }

    fn connect(&self, id: AssociationId, open: &mut BTreeMap<AssociationId, Link>) {
        let Some(peer) = self.peers.get(&id).cloned() else {
            return;
        };
        let (link, mut outgoing) = outgoing::queue(self.queue);
        open.insert(id, link);
        let medium = self.medium.clone();
        let incoming = self.incoming(id);
        spawn_local(async move {
            let connected = tokio::select! {
                connected = medium.connect(peer) => connected,
                () = outgoing.unwanted() => {
                    outgoing.end(incoming, DownReason::Local.into()).await;
                    return;
                }
            };
            match connected {
                Ok((connection, peer)) => {
                    serve(medium, connection, peer, outgoing, incoming).await;
                }
                Err(error) => {
                    let reason = DownReason::Failed(error.to_string());
                    outgoing.end(incoming, reason.into()).await;
                }
            }
        });
    }

    fn accepted(
        &self,
        connection: M::Connection,
        source: SocketAddr,
        open: &mut BTreeMap<AssociationId, Link>,
        dropped: &mut Dropped,
    ) {
        let Some(listening) = &self.listening else {
            return;
        };
        let admitted = self
            .medium
            .admits(&connection, source, &listening.admission);
        if admitted == Admitted::No {
            dropped.not_admitted += 1;
            dropped.last = Some(source);
            return self.medium.abort(connection);
        }
        let came_in = open.keys().filter(|id| !self.peers.contains_key(id));
        if came_in.count() >= listening.max_associations {
            dropped.stray += 1;
            dropped.last = Some(source);
            return self.medium.abort(connection);
        }
        let id = listening.ids.next();
        let (link, outgoing) = outgoing::queue(self.queue);
        open.insert(id, link);
        let medium = self.medium.clone();
        let incoming = self.incoming(id);
        let admission = listening.admission.clone();
        spawn_local(async move {
            let admitted = match admitted {
                Admitted::Yes(address) => Some(address),
                _ => heard_from(&medium, &connection, source, &admission).await,
            };
            if let Some(address) = admitted {
                return serve(medium, connection, address, outgoing, incoming).await;
            }
            medium.abort(connection);
            let dropped = Dropped {
                not_admitted: 1,
                last: Some(source),
                ..Dropped::default()
            };
            let event = (incoming.index, EndpointEvent::Dropped(dropped));
            let _ = incoming.events.send(event).await;
        });
    }

    fn incoming(&self, id: AssociationId) -> Incoming {
        Incoming {
            index: self.index,
            id,
            events: self.events.clone(),
        }
    }
}

/// A message for a connection that is gone: its `Down` may be on its way while the shell, which
/// does not know yet, still sends.
fn give_back(id: AssociationId, data: Vec<u8>, pending: &mut VecDeque<EndpointEvent>) {
    if let Some(EndpointEvent::Association(last, AssociationEvent::Returned(list))) =
        pending.back_mut()
        && *last == id
    {
        return list.push(data);
    }
    let event = AssociationEvent::Returned(vec![data]);
    pending.push_back(EndpointEvent::Association(id, event));
}

async fn accept<M: Medium>(
    medium: &M,
    listening: Option<&Listening<M::Listener>>,
) -> (M::Connection, SocketAddr) {
    let Some(listening) = listening else {
        return std::future::pending().await;
    };
    loop {
        match medium.accept(&listening.listener).await {
            Ok(accepted) => return accepted,
            Err(error) => {
                // Out of descriptors, or gone before it was accepted.
                tracing::debug!(%error, "connection not accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Waits until a peer is heard from at an address that may come in; `None` if it is not.
///
/// It is looked at from time to time: the notification would lie behind messages, which are
/// not to be read yet.
async fn heard_from<M: Medium>(
    medium: &M,
    connection: &M::Connection,
    source: SocketAddr,
    admission: &Admission,
) -> Option<SocketAddr> {
    for _ in 0..HEARD_TRIES {
        tokio::time::sleep(HEARD_INTERVAL).await;
        match medium.admits(connection, source, admission) {
            Admitted::Yes(address) => return Some(address),
            Admitted::No => return None,
            Admitted::NotYet => {}
        }
    }
    None
}

async fn serve<M: Medium>(
    medium: M,
    connection: M::Connection,
    peer: SocketAddr,
    mut outgoing: Outgoing,
    incoming: Incoming,
) {
    let outbound_streams = medium.outbound_streams(&connection);
    let up = AssociationEvent::Up {
        peer: SocketAddr::new(peer.ip().to_canonical(), peer.port()),
        outbound_streams,
    };
    incoming.tell(up).await;
    let ended = medium.serve(connection, &mut outgoing, &incoming).await;
    outgoing.end(incoming, ended).await;
}

/// How long to wait when the system gives no connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Events of the endpoint itself that may wait for the shell, but for messages that go back.
const MAX_PENDING: usize = 64;

/// How long a peer may take to be heard from at an address that is admitted: the first
/// HEARTBEAT goes there within 1.5 RTO.Initial (RFC 9260 5.4).
const HEARD_INTERVAL: Duration = Duration::from_millis(100);
const HEARD_TRIES: u32 = 30;
