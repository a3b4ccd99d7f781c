//! An endpoint whose associations are connections of the operating system: TCP, or the
//! kernel's SCTP.

use super::sctp::Dropped;
use super::{Command, EndpointEvent, Events, Ids};
use crate::adapter::{AssociationEvent, AssociationId};
use crate::config::Admission;
use crate::event::DownReason;
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use tokio::sync::mpsc;
use tokio::task::spawn_local;

/// How connections of one kind are made and served.
pub(super) trait Medium: Clone + 'static {
    /// What listens.
    type Listener;
    /// A connection.
    type Connection;

    async fn connect(&self, local: SocketAddr, remote: SocketAddr) -> io::Result<Self::Connection>;

    async fn accept(&self, listener: &Self::Listener)
    -> io::Result<(Self::Connection, SocketAddr)>;

    /// Streams that can be sent on.
    fn outbound_streams(&self, connection: &Self::Connection) -> u16;

    /// Carries messages both ways until the connection ends, and says why it did.
    async fn serve(
        &self,
        connection: Self::Connection,
        outgoing: mpsc::Receiver<Outgoing>,
        incoming: Incoming,
    ) -> DownReason;
}

/// What a connection is told.
#[derive(Debug)]
pub(super) enum Outgoing {
    Message { stream: u16, data: Vec<u8> },
    Shutdown,
    Abort,
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
        let event = EndpointEvent::Association(self.id, event);
        // The shell is gone only when everything ends.
        let _ = self.events.send((self.index, event)).await;
    }
}

/// A peer to connect to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionPeer {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
}

/// What an endpoint listens with, and to whom.
pub(crate) struct Listening<L> {
    pub(crate) listener: L,
    pub(crate) admission: Admission,
    pub(crate) max_associations: usize,
    pub(crate) ids: Ids,
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
        let mut open: BTreeMap<AssociationId, mpsc::Sender<Outgoing>> = BTreeMap::new();
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
                    if let Some(event) = self.command(command, &mut open)
                        && pending.len() < MAX_PENDING
                    {
                        pending.push_back(event);
                    }
                }
                accepted = accept(&self.medium, self.listening.as_ref()) => match accepted {
                    Ok((connection, source)) => {
                        open.retain(|_, sender| !sender.is_closed());
                        self.accepted(connection, source, &mut open, &mut dropped);
                    }
                    Err(error) => {
                        // Out of descriptors, or gone before it was accepted.
                        tracing::debug!(%error, "connection not accepted");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
    }

    fn command(
        &self,
        command: Command,
        open: &mut BTreeMap<AssociationId, mpsc::Sender<Outgoing>>,
    ) -> Option<EndpointEvent> {
        let (id, outgoing) = match command {
            Command::Connect(id) => {
                self.connect(id, open);
                return None;
            }
            Command::Send {
                association,
                stream,
                data,
            } => (association, Outgoing::Message { stream, data }),
            Command::Shutdown(id) => (id, Outgoing::Shutdown),
            Command::Abort(id) => (id, Outgoing::Abort),
        };
        let end = matches!(outgoing, Outgoing::Abort);
        let sender = open.get(&id)?;
        let full = matches!(
            sender.try_send(outgoing),
            Err(mpsc::error::TrySendError::Full(_))
        );
        if full && end {
            // The connection ends when nobody can tell it anything any more.
            open.remove(&id);
            return None;
        }
        full.then_some(EndpointEvent::Association(id, AssociationEvent::SendFailed))
    }

    fn connect(
        &self,
        id: AssociationId,
        open: &mut BTreeMap<AssociationId, mpsc::Sender<Outgoing>>,
    ) {
        let Some(&peer) = self.peers.get(&id) else {
            return;
        };
        let (sender, mut outgoing) = mpsc::channel(self.queue);
        open.insert(id, sender);
        let medium = self.medium.clone();
        let incoming = self.incoming(id);
        spawn_local(async move {
            let connecting = medium.connect(peer.local, peer.remote);
            let connected = tokio::select! {
                connected = tokio::time::timeout(CONNECT_LIMIT, connecting) => connected,
                // All that can come now is the wish to end.
                _ = outgoing.recv() => {
                    incoming.tell(AssociationEvent::Down(DownReason::Local)).await;
                    return;
                }
            };
            let reason = match connected {
                Ok(Ok(connection)) => {
                    serve(medium, connection, peer.remote, outgoing, incoming).await;
                    return;
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => "no answer".to_owned(),
            };
            let down = AssociationEvent::Down(DownReason::Failed(reason));
            incoming.tell(down).await;
        });
    }

    fn accepted(
        &self,
        connection: M::Connection,
        source: SocketAddr,
        open: &mut BTreeMap<AssociationId, mpsc::Sender<Outgoing>>,
        dropped: &mut Dropped,
    ) {
        let Some(listening) = &self.listening else {
            return;
        };
        if !listening.admission.admits(source.ip()) {
            dropped.not_admitted += 1;
            dropped.last = Some(source);
            return;
        }
        if open.len() >= listening.max_associations {
            dropped.stray += 1;
            dropped.last = Some(source);
            return;
        }
        let id = listening.ids.next();
        let (sender, outgoing) = mpsc::channel(self.queue);
        open.insert(id, sender);
        let medium = self.medium.clone();
        let incoming = self.incoming(id);
        spawn_local(serve(medium, connection, source, outgoing, incoming));
    }

    fn incoming(&self, id: AssociationId) -> Incoming {
        Incoming {
            index: self.index,
            id,
            events: self.events.clone(),
        }
    }
}

async fn accept<M: Medium>(
    medium: &M,
    listening: Option<&Listening<M::Listener>>,
) -> io::Result<(M::Connection, SocketAddr)> {
    match listening {
        Some(listening) => medium.accept(&listening.listener).await,
        None => std::future::pending().await,
    }
}

async fn serve<M: Medium>(
    medium: M,
    connection: M::Connection,
    peer: SocketAddr,
    outgoing: mpsc::Receiver<Outgoing>,
    incoming: Incoming,
) {
    let outbound_streams = medium.outbound_streams(&connection);
    let up = AssociationEvent::Up {
        peer,
        outbound_streams,
    };
    incoming.tell(up).await;
    let reason = medium.serve(connection, outgoing, incoming.clone()).await;
    incoming.tell(AssociationEvent::Down(reason)).await;
}

/// How long a connection may take to be set up.
const CONNECT_LIMIT: Duration = Duration::from_secs(7);

/// How long to wait when the system gives no connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Events of the endpoint itself that may wait for the shell.
const MAX_PENDING: usize = 64;
