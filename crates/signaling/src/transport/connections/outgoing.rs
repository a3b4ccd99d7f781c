//! What a connection has to send, and the loop that sends it.

use super::congestion::Congestion;
use super::{Ended, Incoming};
use crate::adapter::AssociationEvent;
use crate::event::DownReason;
use core::cell::Cell;
use core::time::Duration;
use std::collections::VecDeque;
use std::io;
use tokio::sync::{mpsc, watch};

/// A message on its way out.
#[derive(Debug)]
pub(in crate::transport) struct Message {
    pub(in crate::transport) stream: u16,
    pub(in crate::transport) data: Vec<u8>,
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wish {
    #[default]
    GoOn,
    /// All that is queued goes first.
    Shutdown,
    Abort,
}

/// The endpoint's end of a connection. The connection is aborted when it is dropped.
#[derive(Debug)]
pub(super) struct Link {
    messages: mpsc::Sender<Message>,
    wish: watch::Sender<Wish>,
}

/// The connection's end: what it has to send.
#[derive(Debug)]
pub(in crate::transport) struct Outgoing {
    messages: mpsc::Receiver<Message>,
    wish: watch::Receiver<Wish>,
    /// Taken from the queue, but not by the system yet.
    pending: VecDeque<Message>,
}

/// What takes messages of a connection: the system.
pub(in crate::transport) trait Sink {
    /// Hands over as many as the system takes now, and removes them.
    fn send(&mut self, pending: &mut VecDeque<Message>) -> Sent;

    /// Waits until the system may take more.
    async fn writable(&self);

    /// How full the system's own buffer is, 0 to 1000; `None` where that does not show.
    fn fill(&self) -> Option<usize>;

    /// Says that nothing more comes.
    async fn shutdown(&mut self) -> io::Result<()>;
}

/// What came of sending.
#[derive(Debug)]
pub(in crate::transport) enum Sent {
    /// The system has them all.
    All,
    /// It takes no more before it is writable again.
    Full,
    /// It is short of memory, and will not say when it is no longer.
    Later,
    /// The first of the rest can never be sent; it was removed.
    Refused(io::Error),
    /// The connection is over; who reads from it will see why.
    Over,
    /// The connection failed.
    Failed(io::Error),
}

/// Both ends of a queue that holds so many messages.
pub(super) fn queue(limit: usize) -> (Link, Outgoing) {
    let (sender, messages) = mpsc::channel(limit);
    let (wish_sender, wish) = watch::channel(Wish::default());
    let link = Link {
        messages: sender,
        wish: wish_sender,
    };
    let outgoing = Outgoing {
        messages,
        wish,
        pending: VecDeque::new(),
    };
    (link, outgoing)
}

impl Link {
    /// Queues a message.
    pub(super) fn send(&self, message: Message) -> Result<(), mpsc::error::TrySendError<Message>> {
        self.messages.try_send(message)
    }

    pub(super) fn shutdown(&self) {
        self.wish.send_if_modified(|wish| {
            let first = *wish == Wish::GoOn;
            if first {
                *wish = Wish::Shutdown;
            }
            first
        });
    }

    pub(super) fn abort(&self) {
        self.wish.send_replace(Wish::Abort);
    }

    /// Whether the connection takes nothing any more.
    pub(super) fn is_closed(&self) -> bool {
        self.messages.is_closed()
    }
}

impl Outgoing {
    /// Waits until the connection is to end before it is up.
    pub(super) async fn unwanted(&mut self) {
        while *self.wish.borrow_and_update() == Wish::GoOn {
            if self.wish.changed().await.is_err() {
                return;
            }
        }
    }

    /// Sends what comes until the connection is to be aborted or fails. Once the system was told
    /// that nothing more comes, `shut` is set; the end is for the reader to see then.
    pub(in crate::transport) async fn write(
        &mut self,
        sink: &mut impl Sink,
        incoming: &Incoming,
        shut: &Cell<bool>,
    ) -> DownReason {
        let mut congestion = Congestion::default();
        let mut over = false;
        loop {
            let wish = match self.wish.has_changed() {
                Ok(_) => *self.wish.borrow_and_update(),
                Err(_) => Wish::Abort,
            };
            if wish == Wish::Abort {
                return DownReason::Local;
            }
            let (mut full, mut later) = (false, false);
            while !full && !later && !over && self.take() {
                match sink.send(&mut self.pending) {
                    Sent::All => {}
                    Sent::Full => full = true,
                    Sent::Later => later = true,
                    Sent::Refused(error) => {
                        tracing::debug!(%error, "message refused by the system");
                        incoming.tell(AssociationEvent::SendFailed).await;
                    }
                    Sent::Over => over = true,
                    Sent::Failed(error) => return DownReason::Failed(error.to_string()),
                }
            }
            let free = !full && !later && !over;
            if wish == Wish::Shutdown && free && !shut.get() {
                shut.set(true);
                if let Err(error) = sink.shutdown().await {
                    return DownReason::Failed(error.to_string());
                }
            }
            if let Some(level) = congestion.update(self.fill(sink)) {
                incoming.tell(AssociationEvent::Congestion(level)).await;
            }
            let watched = full || later || congestion.level() > 0;
            tokio::select! {
                biased;
                _ = self.wish.changed() => {}
                () = sink.writable(), if full => {}
                message = self.messages.recv(), if free && !shut.get() => {
                    self.pending.extend(message);
                }
                () = tokio::time::sleep(CONGESTION_INTERVAL), if watched => {}
            }
        }
    }

    /// Gives back what was not sent, and says that the connection is down. Nothing is told
    /// of it afterwards, but what its endpoint is still asked to send.
    pub(super) async fn end(mut self, incoming: Incoming, ended: Ended) {
        let Ended {
            reason,
            mut returned,
        } = ended;
        // The shell is gone only when everything ends.
        let Ok(mut permits) = incoming.events.reserve_many(2).await else {
            return;
        };
        // From here on nobody else runs: what is queued now comes before `Down`, what the
        // endpoint is asked to send later after it.
        self.messages.close();
        returned.extend(self.pending.into_iter().map(|message| message.data));
        while let Ok(message) = self.messages.try_recv() {
            returned.push(message.data);
        }
        if !returned.is_empty()
            && let Some(permit) = permits.next()
        {
            permit.send(incoming.event(AssociationEvent::Returned(returned)));
        }
        if let Some(permit) = permits.next() {
            permit.send(incoming.event(AssociationEvent::Down(reason)));
        }
    }

    /// Takes from the queue; false if there is nothing to send.
    fn take(&mut self) -> bool {
        while self.pending.len() < BATCH
            && let Ok(message) = self.messages.try_recv()
        {
            self.pending.push_back(message);
        }
        !self.pending.is_empty()
    }

    /// How full the buffers are, 0 to 1000. Our queue is the second half: it fills only when
    /// the system's is full.
    fn fill(&self, sink: &impl Sink) -> usize {
        let queued = self.messages.len() + self.pending.len();
        let ours = (queued * 1000 / self.messages.max_capacity()).min(1000);
        match sink.fill() {
            Some(system) => usize::midpoint(system, ours),
            None => ours,
        }
    }
}

/// Messages that are taken from the queue at once.
const BATCH: usize = 64;

/// How often a buffer that fills or drains is looked at.
const CONGESTION_INTERVAL: Duration = Duration::from_millis(50);
