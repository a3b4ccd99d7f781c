//! The jitter buffer: packets come out in order and in time, and what is missing is said.
//!
//! The consumer asks for a packet each time it has nothing left to play; [`Playout`] answers.
//! Delay adapts by what happens:
//!
//! ```text
//!   first packet --(initial delay)--> playing --(empty for 100 ms)--> idle --> first packet
//!   playing, nothing there:       conceal and wait: the delay grows by that frame
//!   playing, hole before the head: conceal and go on: the packet is lost
//!   every packet of 2 s was held longer than the minimum and a packet more: one packet is
//!   surplus, to be merged into the next: the delay shrinks
//!   more than the maximum is queued: the oldest go
//! ```

use crate::ExtendedSequence;
use core::time::Duration;
use std::collections::VecDeque;

/// How much delay a buffer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JitterConfig {
    /// How long the first packet of a talkspurt is held.
    pub initial: Duration,
    /// What the delay shrinks to where packets come regularly.
    pub min: Duration,
    /// The sound that is queued at most.
    pub max: Duration,
}

impl Default for JitterConfig {
    /// 40 ms at first and at least, so that a regular stream is never cut; 200 ms at most.
    fn default() -> Self {
        Self {
            initial: Duration::from_millis(40),
            min: Duration::from_millis(40),
            max: Duration::from_millis(200),
        }
    }
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It waits for its turn.
    Queued,
    /// It waits, and older ones had to go to keep to the maximum.
    Overflow,
    /// It is there already, or was.
    Duplicate,
    /// Its turn is over.
    Late,
}

/// What to play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playout<'a> {
    /// A packet's payload.
    Packet(&'a [u8]),
    /// A payload to decode and to merge into the one that follows: there is more delay than need.
    Surplus(&'a [u8]),
    /// A packet of about that duration is lost: conceal it.
    Lost(Duration),
    /// Nothing is there, though the stream was not seen to end: conceal about that duration.
    Starved(Duration),
    /// No stream, or its first packets are being held.
    Idle,
}

/// What a buffer has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JitterCounters {
    /// Packets taken in.
    pub queued: u64,
    /// Packets whose turn came without them.
    pub lost: u64,
    /// Packets that came after their turn.
    pub late: u64,
    /// Packets that came twice.
    pub duplicates: u64,
    /// Packets thrown away because too many were queued.
    pub overflowed: u64,
    /// Times that nothing was there to play.
    pub starved: u64,
    /// Packets merged into their follower to shorten the delay.
    pub surplus: u64,
}

/// Orders and times the packets of one source.
#[derive(Debug)]
pub struct JitterBuffer {
    config: JitterConfig,
    sequence: ExtendedSequence,
    /// By ascending sequence number.
    queue: VecDeque<Slot>,
    /// Payload buffers for reuse.
    spare: Vec<Vec<u8>>,
    current: Vec<u8>,
    /// The number whose turn is next; `None` while idle.
    next: Option<u64>,
    /// Duration of the packet played last.
    typical: Duration,
    /// Frames concealed since the queue ran empty.
    starved: u64,
    /// Late packets in a row.
    late_run: u32,
    /// The shortest time that a packet was held in the window, and when the window ends.
    held: Option<(Duration, Duration)>,
    shrink: bool,
    counters: JitterCounters,
}

#[derive(Debug)]
struct Slot {
    sequence: u64,
    duration: Duration,
    arrival: Duration,
    payload: Vec<u8>,
}

impl JitterBuffer {
    /// An empty buffer.
    pub fn new(config: JitterConfig) -> Self {
        Self {
            config,
            sequence: ExtendedSequence::default(),
            queue: VecDeque::new(),
            spare: Vec::new(),
            current: Vec::new(),
            next: None,
            typical: Duration::from_millis(20),
            starved: 0,
            late_run: 0,
            held: None,
            shrink: false,
            counters: JitterCounters::default(),
        }
    }

    /// Takes in a packet that lasts `duration`. A packet that holds no sound (an event, comfort
    /// noise) is to be inserted with a duration of zero, so that it does not count as lost.
    pub fn insert(
        &mut self,
        now: Duration,
        sequence: u16,
        duration: Duration,
        payload: &[u8],
    ) -> Inserted {
        let sequence = self.sequence.extend(sequence);
        if self.next.is_some_and(|next| sequence < next) {
            self.late_run += 1;
            if self.late_run < LATE_RUN {
                self.counters.late += 1;
                return Inserted::Late;
            }
            // The stream is behind what was played, and stays so: start over at its place.
            self.restart();
        }
        let position = self.queue.partition_point(|slot| slot.sequence < sequence);
        if self
            .queue
            .get(position)
            .is_some_and(|slot| slot.sequence == sequence)
        {
            self.counters.duplicates += 1;
            return Inserted::Duplicate;
        }
        self.late_run = 0;
        self.counters.queued += 1;
        let mut buffer = self.spare.pop().unwrap_or_default();
        buffer.clear();
        buffer.extend_from_slice(payload);
        let slot = Slot {
            sequence,
            duration,
            arrival: now,
            payload: buffer,
        };
        self.queue.insert(position, slot);
        self.shed()
    }

    /// What to play now. Call it again after `Packet`, `Surplus` and `Lost` if what they gave is
    /// not enough.
    pub fn next(&mut self, now: Duration) -> Playout<'_> {
        let next = match self.next {
            Some(next) => next,
            None => match self.start(now) {
                Some(first) => first,
                None => return Playout::Idle,
            },
        };
        while self
            .queue
            .front()
            .is_some_and(|head| head.duration.is_zero())
        {
            if let Some(slot) = self.queue.pop_front() {
                self.next = self.next.max(Some(slot.sequence + 1));
                self.recycle(slot.payload);
            }
        }
        let next = self.next.map_or(next, |now_next| now_next.max(next));
        let Some(head) = self.queue.front() else {
            return self.starve();
        };
        // Frames concealed while nothing was there stand for the packets missing now.
        let missing = head.sequence.saturating_sub(next);
        let covered = missing.min(self.starved);
        self.starved = 0;
        if missing > covered && missing <= GAP_MAX {
            self.next = Some(next + covered + 1);
            self.counters.lost += covered + 1;
            return Playout::Lost(self.typical);
        }
        self.counters.lost += missing;
        let Some(slot) = self.queue.pop_front() else {
            return Playout::Idle;
        };
        self.next = Some(slot.sequence + 1);
        self.typical = slot.duration;
        let surplus = self.is_surplus(now, &slot);
        let old = core::mem::replace(&mut self.current, slot.payload);
        self.recycle(old);
        if surplus {
            self.counters.surplus += 1;
            Playout::Surplus(&self.current)
        } else {
            Playout::Packet(&self.current)
        }
    }

    /// Forgets the stream, for another source or a restarted one. Counters stay.
    pub fn reset(&mut self) {
        self.sequence = ExtendedSequence::default();
        self.restart();
    }

    /// What has happened so far.
    pub const fn counters(&self) -> JitterCounters {
        self.counters
    }

    /// The sound that is queued.
    pub fn depth(&self) -> Duration {
        self.queue.iter().map(|slot| slot.duration).sum()
    }

    fn restart(&mut self) {
        while let Some(slot) = self.queue.pop_front() {
            self.recycle(slot.payload);
        }
        self.idle();
    }

    fn idle(&mut self) {
        self.next = None;
        self.starved = 0;
        self.late_run = 0;
        self.held = None;
        self.shrink = false;
    }

    /// Starts to play once the packet that came first has been held for the initial delay.
    fn start(&mut self, now: Duration) -> Option<u64> {
        let earliest = self.queue.iter().map(|slot| slot.arrival).min()?;
        if now < earliest + self.config.initial {
            return None;
        }
        self.next = self.queue.front().map(|head| head.sequence);
        self.next
    }

    fn starve(&mut self) -> Playout<'_> {
        self.counters.starved += 1;
        self.starved += 1;
        let typical = self.typical;
        if typical * self.starved as u32 >= STARVED_MAX {
            self.idle();
        }
        Playout::Starved(typical)
    }

    /// Whether the delay is longer than it needs to be: nothing in the window was held for less
    /// than the minimum and a packet.
    fn is_surplus(&mut self, now: Duration, slot: &Slot) -> bool {
        let held = now.saturating_sub(slot.arrival);
        let (shortest, end) = self.held.unwrap_or((held, now + WINDOW));
        let shortest = shortest.min(held);
        if now < end {
            self.held = Some((shortest, end));
        } else {
            self.held = None;
            self.shrink = shortest > self.config.min + slot.duration;
        }
        // A packet alone has nothing to be merged into.
        let surplus = self.shrink
            && self
                .queue
                .front()
                .is_some_and(|head| Some(head.sequence) == self.next);
        if surplus {
            self.shrink = false;
        }
        surplus
    }

    /// Throws the oldest packets away until what is left keeps to the bounds.
    fn shed(&mut self) -> Inserted {
        let mut inserted = Inserted::Queued;
        while self.queue.len() > SLOTS_MAX || self.depth() > self.config.max {
            let Some(slot) = self.queue.pop_front() else {
                break;
            };
            self.recycle(slot.payload);
            self.counters.overflowed += 1;
            inserted = Inserted::Overflow;
            if self.next.is_some() {
                self.next = self.queue.front().map(|head| head.sequence);
            }
        }
        inserted
    }

    fn recycle(&mut self, buffer: Vec<u8>) {
        if self.spare.len() < SPARE_MAX && buffer.capacity() > 0 {
            self.spare.push(buffer);
        }
    }
}

/// After so much concealment without a packet the talkspurt is over.
const STARVED_MAX: Duration = Duration::from_millis(100);
/// A hole of more packets is jumped over: nobody wants to hear so much concealment.
const GAP_MAX: u64 = 25;
/// So many late packets in a row mean that the stream has moved.
const LATE_RUN: u32 = 4;
/// How long the buffer watches before it shrinks.
const WINDOW: Duration = Duration::from_secs(2);
/// The packets that are queued at most, whatever they last.
const SLOTS_MAX: usize = 128;
const SPARE_MAX: usize = 16;
