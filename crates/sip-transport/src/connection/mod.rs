//! One connection: its task, and what leads to it.

mod framing;
mod open;
mod serve;
mod timers;

pub(crate) use open::Start;

use crate::config::Limits;
use crate::counters::Count;
use crate::event::{SocketEvent, Why};
use crate::sockets::Shared;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use trunkline_sip::{ConnectionId, Flow};

/// A message on its way out.
#[derive(Debug)]
pub(crate) struct Outgoing {
    /// As it was given to be sent over.
    pub(crate) flow: Flow,
    pub(crate) data: Vec<u8>,
}

/// What the task is told beside messages.
#[derive(Clone, Debug, Default)]
struct Control {
    /// To end at once.
    end: Option<Why>,
    keep: bool,
    ping: Option<Duration>,
}

/// Leads to the task of a connection, which ends in order once this is dropped: after all that
/// waits is sent.
#[derive(Debug)]
pub(crate) struct Link {
    queue: mpsc::Sender<Outgoing>,
    octets: Arc<AtomicUsize>,
    max_octets: usize,
    control: watch::Sender<Control>,
}

/// The task's end of a [`Link`].
#[derive(Debug)]
pub(crate) struct Inbox {
    queue: mpsc::Receiver<Outgoing>,
    octets: Arc<AtomicUsize>,
    control: watch::Receiver<Control>,
}

/// Both ends.
pub(crate) fn link(limits: &Limits) -> (Link, Inbox) {
    let (sender, receiver) = mpsc::channel(limits.queue_messages.max(1));
    let (control, controlled) = watch::channel(Control::default());
    let octets = Arc::new(AtomicUsize::new(0));
    let link = Link {
        queue: sender,
        octets: Arc::clone(&octets),
        max_octets: limits.queue_octets,
        control,
    };
    let inbox = Inbox {
        queue: receiver,
        octets,
        control: controlled,
    };
    (link, inbox)
}

impl Link {
    /// Puts a message in; false if too much waits.
    pub(crate) fn send(&self, outgoing: Outgoing) -> bool {
        let length = outgoing.data.len();
        let waiting = self.octets.fetch_add(length, Ordering::Relaxed);
        // One message may always go.
        (waiting == 0 || waiting + length <= self.max_octets)
            && self.queue.try_send(outgoing).is_ok()
    }

    /// Ends it at once.
    pub(crate) fn end(&self, why: Why) {
        self.control.send_modify(|control| control.end = Some(why));
    }

    pub(crate) fn keep(&self) {
        self.control.send_modify(|control| control.keep = true);
    }

    pub(crate) fn ping_every(&self, interval: Duration) {
        self.control
            .send_modify(|control| control.ping = Some(interval));
    }
}

/// The next message; `None` once the link is dropped and all was given.
async fn next(queue: &mut mpsc::Receiver<Outgoing>, octets: &AtomicUsize) -> Option<Outgoing> {
    let outgoing = queue.recv().await?;
    octets.fetch_sub(outgoing.data.len(), Ordering::Relaxed);
    Some(outgoing)
}

/// Waits for something new; for ever once the link is dropped.
async fn control(control: &mut watch::Receiver<Control>) -> Control {
    match control.changed().await {
        Ok(()) => control.borrow_and_update().clone(),
        Err(_) => core::future::pending().await,
    }
}

/// Waits until it is to end, or the link is dropped.
async fn ended(control: &watch::Receiver<Control>) -> Why {
    let ended = |control: &Control| control.end.is_some();
    match control.clone().wait_for(ended).await {
        Ok(control) => control.end.clone().unwrap_or(Why::Local),
        Err(_) => Why::Local,
    }
}

/// The life of a connection. The flow names it.
pub(crate) async fn run(
    shared: Arc<Shared>,
    (id, flow): (ConnectionId, Flow),
    start: Start,
    mut inbox: Inbox,
) {
    let _running = shared.running();
    let transport = flow.transport;
    let accepted = matches!(start, Start::Accept(..));
    let opened = tokio::select! {
        opened = open::open(&shared, &flow, start) => opened,
        why = ended(&inbox.control) => Err(open::Failure::Ended(why)),
    };
    let open = match opened {
        Ok(open) => open,
        Err(failure) => {
            failure.note(&shared, &flow, accepted);
            return give_back(&shared, id, None, inbox).await;
        }
    };
    let peer = open.peer.clone();
    let count = match accepted {
        true => Count::Accepted,
        false => Count::Connected,
    };
    shared.counters.add(transport, count);
    shared.counters.add_open(transport);
    tracing::debug!(%flow, "open");
    // Nobody may be listening any longer: then the task is about to end too.
    let _ = shared.events.send(SocketEvent::Opened { flow, peer }).await;
    let (why, unsent) = serve::serve(&shared, (id, flow), open, accepted, &mut inbox).await;
    tracing::debug!(%flow, %why, "closed");
    shared.counters.add_closed(transport, &why);
    give_back(&shared, id, unsent, inbox).await;
    let _ = shared.events.send(SocketEvent::Closed { flow, why }).await;
}

/// Takes the connection out of the table, and tells what was not sent.
async fn give_back(shared: &Shared, id: ConnectionId, unsent: Option<Flow>, mut inbox: Inbox) {
    // Nothing more comes in after this: the table had the only link.
    drop(shared.table().remove(id));
    let mut flows = BTreeSet::new();
    let mut unsent = unsent;
    while let Some(flow) = match unsent.take() {
        Some(flow) => Some(flow),
        None => inbox.queue.recv().await.map(|outgoing| outgoing.flow),
    } {
        shared.counters.add(flow.transport, Count::Undelivered);
        flows.insert(flow);
    }
    for flow in flows {
        let _ = shared.events.send(SocketEvent::Undelivered(flow)).await;
    }
}
