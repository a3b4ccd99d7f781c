//! What carries messages: one small interface over four transports.
//!
//! An endpoint is one socket with its associations. The shell sends it [`Command`]s and gets
//! [`EndpointEvent`]s from it, over bounded queues; each endpoint is a task of the adapter's
//! thread. An endpoint always takes its commands, whether its events are taken or not.

mod connections;
mod framing;
pub(crate) mod kernel;
mod packet_socket;
pub(crate) mod sctp;
pub(crate) mod tcp;
mod user_sctp;

pub(crate) use connections::{ConnectionPeer, Listening};
pub(crate) use packet_socket::PacketSocket;
pub(crate) use user_sctp::UserSctpEndpoint;

use crate::adapter::{AssociationEvent, AssociationId, FIRST_INCOMING};
use sctp::Dropped;
use std::cell::Cell;
use std::rc::Rc;
use tokio::sync::mpsc;

/// What the shell tells an endpoint.
#[derive(Debug)]
pub(crate) enum Command {
    /// Set up an association that the endpoint was configured with.
    Connect(AssociationId),
    /// Send a message.
    Send {
        association: AssociationId,
        stream: u16,
        data: Vec<u8>,
    },
    /// Shut down in order.
    Shutdown(AssociationId),
    /// End at once.
    Abort(AssociationId),
}

/// What an endpoint tells the shell.
#[derive(Debug)]
pub(crate) enum EndpointEvent {
    /// Something happened to an association.
    Association(AssociationId, AssociationEvent),
    /// Packets or connections that belong to nothing.
    Dropped(Dropped),
}

/// An event and the index of the endpoint that it comes from.
pub(crate) type Events = mpsc::Sender<(usize, EndpointEvent)>;

/// Numbers for the associations that come in, over all endpoints of an adapter.
#[derive(Clone, Debug)]
pub(crate) struct Ids(Rc<Cell<u64>>);

impl Default for Ids {
    fn default() -> Self {
        Self(Rc::new(Cell::new(FIRST_INCOMING)))
    }
}

impl Ids {
    pub(crate) fn next(&self) -> AssociationId {
        let id = self.0.get();
        self.0.set(id + 1);
        AssociationId(id)
    }
}

/// The longest M3UA message that is accepted from a transport without its own limit, octets.
pub(crate) const MAX_MESSAGE: usize = 70_000;
