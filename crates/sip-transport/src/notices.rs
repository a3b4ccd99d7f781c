//! Events of those who cannot wait until somebody takes them.

use crate::event::SocketEvent;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use tokio::sync::{Notify, mpsc};

/// A bounded queue in front of that of the events.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    queue: Mutex<VecDeque<SocketEvent>>,
    wake: Notify,
}

impl Notices {
    /// Puts an event in; false if there are too many.
    pub(crate) fn push(&self, event: SocketEvent) -> bool {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.len() >= MAX {
            return false;
        }
        queue.push_back(event);
        drop(queue);
        self.wake.notify_one();
        true
    }

    fn pop(&self) -> Option<SocketEvent> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.pop_front()
    }

    /// Hands them on until nobody takes events any longer.
    pub(crate) async fn run(&self, events: &mpsc::Sender<SocketEvent>) {
        loop {
            self.wake.notified().await;
            while let Some(event) = self.pop() {
                if events.send(event).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Whoever sends so much without taking an event has stopped; its timers tell it the same.
const MAX: usize = 65_536;
