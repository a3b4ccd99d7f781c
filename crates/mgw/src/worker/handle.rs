//! How the rest of the gateway speaks to the workers.

use super::run::{Message, Shared};
use crate::Counters;
use mio::Waker;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use trunkline_model::media::{ContextId, MediaCommand};

/// The media gateway, running. Clones are the same gateway; it stops when [`Self::shutdown`] is
/// called or the last clone is dropped.
#[derive(Clone, Debug)]
pub struct MgwHandle {
    links: Arc<Vec<Link>>,
}

/// The way to one worker.
#[derive(Debug)]
pub(super) struct Link {
    sender: Sender<Message>,
    waker: Waker,
    shared: Arc<Shared>,
    /// Taken by the one who joins it.
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl MgwHandle {
    pub(super) fn new(links: Vec<Link>) -> Self {
        Self {
            links: Arc::new(links),
        }
    }

    /// Hands a command over; its reply comes as an event. Commands after a shutdown have none.
    pub fn command(&self, command: MediaCommand) {
        let ContextId(context) = match command {
            MediaCommand::Add { context, .. }
            | MediaCommand::Modify { context, .. }
            | MediaCommand::Signal { context, .. }
            | MediaCommand::Subtract { context, .. } => context,
        };
        let worker = (context % self.links.len() as u64) as usize;
        if let Some(link) = self.links.get(worker) {
            link.send(Message::Command(command));
        }
    }

    /// What all workers counted until a moment ago.
    pub fn counters(&self) -> Counters {
        let mut sum = [0; Counters::LENGTH];
        for link in self.links.iter() {
            link.shared.add_to(&mut sum);
        }
        Counters::from_values(sum)
    }

    /// Stops the workers and waits until their sockets are closed. Not to be called from the
    /// event callback.
    pub fn shutdown(&self) {
        for link in self.links.iter() {
            link.send(Message::Stop);
        }
        for link in self.links.iter() {
            let thread = link
                .thread
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            if let Some(thread) = thread
                && thread.join().is_err()
            {
                tracing::error!("a media gateway worker had panicked");
            }
        }
    }
}

impl Link {
    pub(super) fn new(
        sender: Sender<Message>,
        waker: Waker,
        shared: Arc<Shared>,
        thread: JoinHandle<()>,
    ) -> Self {
        Self {
            sender,
            waker,
            shared,
            thread: Mutex::new(Some(thread)),
        }
    }

    fn send(&self, message: Message) {
        // An error says that the worker has stopped: then there is nobody to tell.
        if self.sender.send(message).is_ok() {
            let _ = self.waker.wake();
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.send(Message::Stop);
    }
}
