//! Time-controlled diversion (Q.704 5.6, 6.4, 8.2): how traffic moves from one way to another
//! without its messages overtaking each other.
//!
//! What was sent over the old way may still be on it when the new way is chosen, and the new
//! one may be faster. So the messages of a flow (one destination, one signaling link selection)
//! that changes its way are held for a while after the last message on the old way. A flow
//! that was silent for that long moves at once.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use trunkline_model::mtp::MtpTransfer;
use trunkline_model::{PointCode, Time};

/// Keeps flows in order while they change their way, of whatever kind `W` ways are.
#[derive(Debug)]
pub struct Diversion<W> {
    delay: Duration,
    limit: usize,
    held: usize,
    flows: BTreeMap<FlowId, Flow<W>>,
    due: BTreeSet<(Time, FlowId)>,
}

/// What becomes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passed {
    /// Send it now.
    Now(MtpTransfer),
    /// It waits for its turn; [`Diversion::take_due`] gives it back.
    Held,
    /// As many messages wait as may: it is dropped.
    Full(MtpTransfer),
}

/// What has to stay in order: the messages of one signaling link selection to one destination.
type FlowId = (PointCode, u8);

#[derive(Debug)]
struct Flow<W> {
    way: W,
    last: Time,
    waiting: VecDeque<MtpTransfer>,
    /// How many of those at the front came back from a lost way.
    put_back: usize,
    /// When the wait ends, while there is one.
    until: Option<Time>,
}

impl<W: Copy + Eq> Diversion<W> {
    /// `delay` is T1 (change-over) and T3 (change-back) of Q.704 16.8 in one, 500 to 1200 ms
    /// there; zero moves traffic at once. `limit` is how many messages may wait in all.
    pub const fn new(delay: Duration, limit: usize) -> Self {
        Self {
            delay,
            limit,
            held: 0,
            flows: BTreeMap::new(),
            due: BTreeSet::new(),
        }
    }

    /// Takes a message for which `way` was chosen.
    pub fn pass(&mut self, now: Time, m: MtpTransfer, way: W) -> Passed {
        let id = (m.dpc, m.sls);
        let Some(flow) = self.flows.get_mut(&id) else {
            self.sent(now, &m, way);
            return Passed::Now(m);
        };
        let settled = flow.last + self.delay;
        if flow.until.is_none() {
            if flow.way == way || settled <= now {
                flow.way = way;
                flow.last = now;
                return Passed::Now(m);
            }
            flow.until = Some(settled);
            self.due.insert((settled, id));
        }
        if self.held >= self.limit {
            return Passed::Full(m);
        }
        self.held += 1;
        flow.waiting.push_back(m);
        Passed::Held
    }

    /// Notes that a message went over a way without being asked for, as those of
    /// [`Self::take_due`] do.
    pub fn sent(&mut self, now: Time, m: &MtpTransfer, way: W) {
        if self.flows.len() >= MAX_FLOWS {
            // Silent flows move at once anyway: nothing has to be known of them.
            let delay = self.delay;
            self.flows
                .retain(|_, flow| flow.until.is_some() || flow.last + delay > now);
        }
        let flow = self.flows.entry((m.dpc, m.sls)).or_insert(Flow {
            way,
            last: now,
            waiting: VecDeque::new(),
            put_back: 0,
            until: None,
        });
        flow.way = way;
        flow.last = now;
    }

    /// Takes messages that a lost way gave back, in their order, before all that came after its
    /// loss; gives those that found no room. There may be several calls for one loss.
    pub fn put_back(&mut self, now: Time, returned: Vec<MtpTransfer>) -> Vec<MtpTransfer> {
        let room = self.limit.saturating_sub(self.held).min(returned.len());
        let mut returned = returned;
        // The oldest are the ones that somebody waits for most.
        let mut refused = returned.split_off(room);
        for m in returned {
            let id = (m.dpc, m.sls);
            let Some(flow) = self.flows.get_mut(&id) else {
                // It never went over a way here.
                refused.push(m);
                continue;
            };
            if flow.until.is_none() {
                let until = now + self.delay;
                flow.until = Some(until);
                self.due.insert((until, id));
            }
            self.held += 1;
            flow.waiting.insert(flow.put_back, m);
            flow.put_back += 1;
        }
        refused
    }

    /// When [`Self::take_due`] has something to give.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The messages whose wait is over, in order. Choose a way for each anew, send it there and
    /// say so with [`Self::sent`].
    pub fn take_due(&mut self, now: Time) -> Vec<MtpTransfer> {
        let mut released = Vec::new();
        while let Some(&(at, id)) = self.due.first() {
            if at > now {
                break;
            }
            self.due.remove(&(at, id));
            if let Some(flow) = self.flows.get_mut(&id) {
                flow.until = None;
                flow.put_back = 0;
                self.held -= flow.waiting.len();
                released.extend(flow.waiting.drain(..));
            }
        }
        released
    }

    /// How many messages wait.
    pub const fn held(&self) -> usize {
        self.held
    }
}

/// So many flows are remembered before the silent ones are forgotten.
const MAX_FLOWS: usize = 1 << 16;

#[cfg(test)]
mod tests {
    use super::*;
    use trunkline_model::NetworkIndicator;

    const DELAY: Duration = Duration::from_millis(500);

    fn message(sls: u8, mark: u8) -> MtpTransfer {
        MtpTransfer {
            opc: PointCode::new(1).unwrap(),
            dpc: PointCode::new(2).unwrap(),
            si: 5,
            ni: NetworkIndicator::National,
            mp: 0,
            sls,
            data: vec![mark],
        }
    }

    fn at(millis: u64) -> Time {
        Time::from_micros(1_000_000 + millis * 1000)
    }

    #[test]
    fn flow_that_changes_its_way_waits_and_keeps_its_order() {
        let mut diversion = Diversion::new(DELAY, 10);
        assert!(matches!(
            diversion.pass(at(0), message(1, 0), 'a'),
            Passed::Now(_)
        ));
        assert_eq!(diversion.pass(at(10), message(1, 1), 'b'), Passed::Held);
        // Even if the old way is back: what came first goes first.
        assert_eq!(diversion.pass(at(20), message(1, 2), 'a'), Passed::Held);
        // Other selections are not concerned.
        assert!(matches!(
            diversion.pass(at(20), message(2, 9), 'b'),
            Passed::Now(_)
        ));
        assert_eq!(diversion.poll_timeout(), Some(at(500)));
        assert_eq!(diversion.take_due(at(499)), []);
        assert_eq!(diversion.take_due(at(500)), [message(1, 1), message(1, 2)]);
        diversion.sent(at(500), &message(1, 2), 'b');
        assert_eq!(diversion.poll_timeout(), None);
        assert!(matches!(
            diversion.pass(at(501), message(1, 3), 'b'),
            Passed::Now(_)
        ));
        assert_eq!(diversion.held(), 0);
    }

    #[test]
    fn silent_flow_moves_at_once() {
        let mut diversion = Diversion::new(DELAY, 10);
        let _ = diversion.pass(at(0), message(1, 0), 'a');
        assert!(matches!(
            diversion.pass(at(500), message(1, 1), 'b'),
            Passed::Now(_)
        ));
        let mut at_once = Diversion::new(Duration::ZERO, 10);
        let _ = at_once.pass(at(0), message(1, 0), 'a');
        assert!(matches!(
            at_once.pass(at(0), message(1, 1), 'b'),
            Passed::Now(_)
        ));
    }

    #[test]
    fn what_a_lost_way_gives_back_goes_before_what_waits() {
        let mut diversion = Diversion::new(DELAY, 4);
        for mark in 0..3 {
            let _ = diversion.pass(at(0), message(1, mark), 'a');
        }
        assert_eq!(diversion.pass(at(10), message(1, 3), 'b'), Passed::Held);
        // In two parts: what was sent before the loss was known comes later.
        assert_eq!(diversion.put_back(at(20), vec![message(1, 1)]), []);
        assert_eq!(diversion.pass(at(30), message(1, 4), 'b'), Passed::Held);
        assert_eq!(diversion.put_back(at(40), vec![message(1, 2)]), []);
        let marks = |messages: Vec<MtpTransfer>| -> Vec<u8> {
            messages.iter().map(|m| m.data[0]).collect()
        };
        let more = vec![message(1, 9)];
        assert_eq!(marks(diversion.put_back(at(30), more)), [9]);
        assert_eq!(marks(diversion.take_due(at(500))), [1, 2, 3, 4]);
        assert_eq!(diversion.held(), 0);
    }

    #[test]
    fn silent_flows_are_forgotten_when_there_are_many() {
        let mut diversion = Diversion::new(DELAY, 10);
        let to = |dpc: u32| MtpTransfer {
            dpc: PointCode::new(dpc).unwrap(),
            ..message(0, 0)
        };
        let many = u32::try_from(MAX_FLOWS).unwrap();
        (0..many).for_each(|dpc| diversion.sent(at(0), &to(dpc), 'a'));
        assert_eq!(diversion.flows.len(), MAX_FLOWS);
        assert_eq!(diversion.pass(at(10), to(7), 'b'), Passed::Held);
        diversion.sent(at(600), &to(many), 'a');
        assert_eq!(diversion.flows.len(), 2);
        assert_eq!(diversion.take_due(at(600)), [to(7)]);
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut diversion = Diversion::new(DELAY, 2);
        let _ = diversion.pass(at(0), message(1, 0), 'a');
        for mark in 1..=2 {
            assert_eq!(diversion.pass(at(1), message(1, mark), 'b'), Passed::Held);
        }
        let third = message(1, 3);
        assert_eq!(
            diversion.pass(at(1), third.clone(), 'b'),
            Passed::Full(third)
        );
        assert_eq!(diversion.take_due(at(500)).len(), 2);
        assert_eq!(diversion.held(), 0);
    }
}
