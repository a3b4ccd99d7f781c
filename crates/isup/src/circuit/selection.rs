//! Idle circuits of a group in the order in which they are taken.

use super::config::Selection;
use super::timers::Index;
use std::collections::VecDeque;

/// Circuits enter when they become idle. One that is taken by the other end, blocked or reset
/// stays in the queue and is passed over when its turn comes; it enters at most once.
#[derive(Debug, Default)]
pub(super) struct IdleQueue {
    controlled: VecDeque<Index>,
    others: VecDeque<Index>,
}

impl IdleQueue {
    pub(super) fn push(&mut self, circuit: Index, controlled: bool) {
        if controlled {
            self.controlled.push_back(circuit);
        } else {
            self.others.push_back(circuit);
        }
    }

    /// Takes the next one; the caller checks that it is still idle.
    pub(super) fn pop(&mut self, selection: Selection) -> Option<Index> {
        match selection {
            Selection::LeastRecentlyIdle => self
                .controlled
                .pop_front()
                .or_else(|| self.others.pop_front()),
            Selection::MostRecentlyIdle => self
                .controlled
                .pop_back()
                .or_else(|| self.others.pop_back()),
        }
    }
}
