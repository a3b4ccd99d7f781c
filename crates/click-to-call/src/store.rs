//! The calls of a controller: those that are going on, and for a while those that are over.

use crate::call::{CallNumber, CallStatus};
use crate::config::CallLimits;
use crate::machine::{Call, CallTimer};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use trunkline_model::Time;

/// Bounded by [`CallLimits::active`] and [`CallLimits::finished`]; whoever inserts asks first.
#[derive(Debug)]
pub(crate) struct Store {
    limits: CallLimits,
    active: BTreeMap<CallNumber, Call>,
    deadlines: BTreeSet<(Time, CallTimer, CallNumber)>,
    armed: BTreeMap<CallNumber, (Time, CallTimer)>,
    finished: BTreeMap<CallNumber, CallStatus>,
    /// In the order of finishing, with the time at which each is forgotten.
    forgetting: VecDeque<(Time, CallNumber)>,
    ids: BTreeMap<String, CallNumber>,
}

impl Store {
    pub(crate) const fn new(limits: CallLimits) -> Self {
        Self {
            limits,
            active: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            armed: BTreeMap::new(),
            finished: BTreeMap::new(),
            forgetting: VecDeque::new(),
            ids: BTreeMap::new(),
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.active.len() >= self.limits.active
    }

    pub(crate) fn active(&self) -> usize {
        self.active.len()
    }

    pub(crate) fn active_numbers(&self) -> Vec<CallNumber> {
        self.active.keys().copied().collect()
    }

    pub(crate) fn insert(&mut self, call: Call) {
        let number = call.status.number;
        self.ids.insert(call.status.id.clone(), number);
        self.active.insert(number, call);
        self.rearm(number);
    }

    pub(crate) fn get_mut(&mut self, number: CallNumber) -> Option<&mut Call> {
        self.active.get_mut(&number)
    }

    pub(crate) fn number(&self, id: &str) -> Option<CallNumber> {
        self.ids.get(id).copied()
    }

    pub(crate) fn status(&self, number: CallNumber) -> Option<&CallStatus> {
        self.active
            .get(&number)
            .map(|call| &call.status)
            .or_else(|| self.finished.get(&number))
    }

    /// The latest calls, the newest first.
    pub(crate) fn latest(&self, most: usize) -> Vec<&CallStatus> {
        let mut numbers: Vec<CallNumber> = self
            .active
            .keys()
            .rev()
            .take(most)
            .chain(self.finished.keys().rev().take(most))
            .copied()
            .collect();
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        numbers
            .into_iter()
            .take(most)
            .filter_map(|number| self.status(number))
            .collect()
    }

    /// To be called after each change of a call: takes note of its deadline, and puts it aside
    /// when it is over.
    pub(crate) fn settle(&mut self, now: Time, number: CallNumber) {
        if self.active.get(&number).is_some_and(Call::is_over)
            && let Some(call) = self.active.remove(&number)
        {
            self.finished.insert(number, call.status);
            self.forgetting
                .push_back((now + self.limits.retention, number));
            while self.finished.len() > self.limits.finished {
                self.forget_oldest();
            }
        }
        self.rearm(number);
    }

    pub(crate) fn next_deadline(&self) -> Option<(Time, CallTimer, CallNumber)> {
        self.deadlines.first().copied()
    }

    pub(crate) fn next_forgotten(&self) -> Option<Time> {
        self.forgetting.front().map(|(at, _)| *at)
    }

    pub(crate) fn forget(&mut self, now: Time) {
        while self.next_forgotten().is_some_and(|at| at <= now) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((_, number)) = self.forgetting.pop_front()
            && let Some(status) = self.finished.remove(&number)
        {
            self.ids.remove(&status.id);
        }
    }

    fn rearm(&mut self, number: CallNumber) {
        let deadline = self.active.get(&number).and_then(Call::poll_timeout);
        let before = match deadline {
            Some(deadline) => self.armed.insert(number, deadline),
            None => self.armed.remove(&number),
        };
        if let Some((at, timer)) = before {
            self.deadlines.remove(&(at, timer, number));
        }
        if let Some((at, timer)) = deadline {
            self.deadlines.insert((at, timer, number));
        }
    }
}
