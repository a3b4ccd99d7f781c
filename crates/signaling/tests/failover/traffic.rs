//! Numbered messages, a thousand a second over sixteen selections, and what became of them.

use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{NetworkIndicator, PointCode};
use trunkline_signaling::{SignalingEvent, SignalingHandle};

pub(crate) const SELECTIONS: u32 = 16;

/// Messages that go out together, and how far apart these bursts are.
const BURST: (u32, Duration) = (5, Duration::from_millis(5));

pub(crate) fn pc(value: u32) -> PointCode {
    PointCode::new(value).unwrap()
}

/// Sends until it is told to stop.
pub(crate) struct Pump {
    sent: Arc<AtomicU32>,
    stop: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<()>,
}

impl Pump {
    pub(crate) fn start(handle: SignalingHandle, opc: u32, dpc: u32) -> Self {
        let sent = Arc::new(AtomicU32::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let (count, end) = (Arc::clone(&sent), Arc::clone(&stop));
        let task = tokio::spawn(async move {
            let mut ticks = interval(BURST.1);
            // A late burst is made up for: the rate is what counts.
            ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
            while !end.load(Ordering::Relaxed) {
                ticks.tick().await;
                for _ in 0..BURST.0 {
                    let number = count.fetch_add(1, Ordering::Relaxed);
                    handle.transfer(MtpTransfer {
                        opc: pc(opc),
                        dpc: pc(dpc),
                        si: 5,
                        ni: NetworkIndicator::National,
                        mp: 0,
                        sls: (number % SELECTIONS) as u8,
                        data: [&number.to_be_bytes()[..], &[0x55; 40]].concat(),
                    });
                }
            }
        });
        Self { sent, stop, task }
    }

    pub(crate) fn sent(&self) -> u32 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Ends it; how many messages there were.
    pub(crate) async fn stop(self) -> u32 {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.unwrap();
        self.sent.load(Ordering::Relaxed)
    }
}

/// A message that arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    pub(crate) receiver: usize,
    pub(crate) number: u32,
    pub(crate) at: Instant,
}

impl Arrival {
    pub(crate) const fn selection(self) -> u32 {
        self.number % SELECTIONS
    }
}

/// All arrivals, in their order.
pub(crate) struct Log {
    sender: mpsc::UnboundedSender<Arrival>,
    receiver: mpsc::UnboundedReceiver<Arrival>,
    pub(crate) arrivals: Vec<Arrival>,
}

impl Log {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self {
            sender,
            receiver,
            arrivals: Vec::new(),
        }
    }

    /// Notes what arrives at a side, as long as it lives.
    pub(crate) fn listen(&self, receiver: usize, mut events: mpsc::Receiver<SignalingEvent>) {
        let sender = self.sender.clone();
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                if let SignalingEvent::Mtp(MtpIndication::Transfer(transfer)) = event {
                    let number = transfer.data[..4].try_into().unwrap();
                    let arrival = Arrival {
                        receiver,
                        number: u32::from_be_bytes(number),
                        at: Instant::now(),
                    };
                    if sender.send(arrival).is_err() {
                        return;
                    }
                }
            }
        });
    }

    /// Takes what arrives until one is wanted.
    pub(crate) async fn until(&mut self, what: &str, wanted: impl Fn(Arrival) -> bool) -> Arrival {
        let deadline = Instant::now() + LIMIT;
        loop {
            let arrival = timeout_at(deadline, self.receiver.recv()).await;
            let Ok(Some(arrival)) = arrival else {
                panic!("{what}: nothing after {} arrivals", self.arrivals.len());
            };
            self.arrivals.push(arrival);
            if wanted(arrival) {
                return arrival;
            }
        }
    }

    /// Takes what arrives for so long.
    pub(crate) async fn during(&mut self, time: Duration) {
        let deadline = Instant::now() + time;
        while let Ok(Some(arrival)) = timeout_at(deadline, self.receiver.recv()).await {
            self.arrivals.push(arrival);
        }
    }

    /// Where the messages of each selection went last.
    pub(crate) fn last_receivers(&self) -> [Option<usize>; SELECTIONS as usize] {
        let mut last = [None; SELECTIONS as usize];
        for arrival in &self.arrivals {
            last[arrival.selection() as usize] = Some(arrival.receiver);
        }
        last
    }

    /// The longest time after `from` in which nothing of those selections arrived.
    pub(crate) fn longest_pause(&self, from: Instant, of: impl Fn(Arrival) -> bool) -> Duration {
        let arrivals = self.arrivals.iter().copied().filter(|arrival| of(*arrival));
        let times = arrivals.map(|arrival| arrival.at).filter(|at| *at > from);
        let mut last = from;
        let pauses = times.map(|at| at - core::mem::replace(&mut last, at));
        pauses.max().unwrap_or_default()
    }

    /// What became of so many messages.
    pub(crate) fn verdict(&self, sent: u32) -> Verdict {
        let mut seen = BTreeSet::new();
        let mut last = [None; SELECTIONS as usize];
        let mut verdict = Verdict::default();
        for arrival in &self.arrivals {
            if !seen.insert(arrival.number) {
                verdict.twice += 1;
                continue;
            }
            let last = &mut last[arrival.selection() as usize];
            if last.is_some_and(|last| last > arrival.number) {
                verdict.overtaken += 1;
            } else {
                *last = Some(arrival.number);
            }
        }
        verdict.lost = sent - u32::try_from(seen.len()).unwrap();
        verdict
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) lost: u32,
    pub(crate) twice: u32,
    /// Arrived after a later one of their selection.
    pub(crate) overtaken: u32,
}

/// More than any change-over takes, unless it hangs.
const LIMIT: Duration = Duration::from_secs(20);
