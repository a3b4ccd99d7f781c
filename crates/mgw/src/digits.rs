//! Telephone events as they come (RFC 4733) and as they are played.

use std::collections::VecDeque;
use trunkline_codecs::tone::Dtmf;
use trunkline_rtp::TelephoneEvent;

/// Tells new events from repetitions and continuations (RFC 4733 2.5).
#[derive(Debug, Default)]
pub(crate) struct EventReceiver {
    current: Option<Current>,
}

#[derive(Clone, Copy, Debug)]
struct Current {
    event: u8,
    timestamp: u32,
    duration: u16,
    ended: bool,
}

/// What a packet says of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventStep {
    /// It starts.
    Begin,
    /// It goes on.
    Continue,
    /// It ends: the first packet that says so.
    End,
    /// It starts and ends: all packets before were lost.
    Whole,
    /// Nothing new.
    Repeat,
}

impl EventReceiver {
    /// `stretch` says how many units of the sound's clock are in one of the event's.
    pub(crate) fn packet(
        &mut self,
        timestamp: u32,
        event: &TelephoneEvent,
        stretch: u32,
    ) -> EventStep {
        let step = match self.current {
            Some(current) if current.continues(timestamp, event, stretch) => {
                if current.ended {
                    return EventStep::Repeat;
                }
                if event.end {
                    EventStep::End
                } else {
                    EventStep::Continue
                }
            }
            // An older event's repetition that was overtaken.
            Some(current) if current.timestamp.wrapping_sub(timestamp) < 1 << 31 => {
                return EventStep::Repeat;
            }
            _ if event.end => EventStep::Whole,
            _ => EventStep::Begin,
        };
        self.current = Some(Current {
            event: event.event,
            timestamp,
            duration: event.duration,
            ended: event.end,
        });
        step
    }
}

impl Current {
    /// Same start, or the next segment of an event longer than the duration field can say
    /// (RFC 4733 2.5.1.3). Where the clocks differ, its start may be told in either.
    fn continues(&self, timestamp: u32, event: &TelephoneEvent, stretch: u32) -> bool {
        let duration = u32::from(self.duration);
        let later = timestamp.wrapping_sub(self.timestamp);
        let segment = !self.ended
            && (later == duration || later == duration * stretch)
            && self.duration >= SEGMENT;
        self.event == event.event && (timestamp == self.timestamp || segment)
    }
}

/// Digits on their way out: one at a time, each long enough to be recognised (Q.24: 40 ms of
/// tone, 40 ms of pause), whatever the pace at which they came.
#[derive(Debug, Default)]
pub(crate) struct DigitPlayer {
    queue: VecDeque<Digit>,
    /// Samples of pause that are left.
    pause: usize,
}

/// One digit that is played.
#[derive(Debug)]
pub(crate) struct Digit {
    pub(crate) event: u8,
    pub(crate) volume: u8,
    tone: Option<Dtmf>,
    /// Samples played.
    pub(crate) elapsed: usize,
    /// Samples since the far end last spoke of it.
    unheard: usize,
    /// Samples to play at least; meaningful once `ended`.
    length: usize,
    ended: bool,
}

/// What a tick shall send.
pub(crate) enum Play<'a> {
    /// The sound of the stream.
    Sound,
    /// Silence after a digit.
    Pause,
    /// A digit; `last` if this tick ends it.
    Digit { digit: &'a mut Digit, last: bool },
}

impl DigitPlayer {
    /// Takes note of a packet. `samples` is the event's duration so far.
    pub(crate) fn event(&mut self, step: EventStep, event: &TelephoneEvent, samples: usize) {
        if matches!(step, EventStep::Begin | EventStep::Whole) && self.queue.len() < QUEUE_MAX {
            // The two tones share the power.
            let level = (-f64::from(event.volume)).clamp(LEVEL_MIN, LEVEL_MAX) - 3.0;
            self.queue.push_back(Digit {
                event: event.event,
                volume: event.volume,
                tone: event.digit().and_then(|digit| Dtmf::new(digit, level)),
                elapsed: 0,
                unheard: 0,
                length: SHORTEST,
                ended: false,
            });
        }
        if let Some(digit) = self
            .queue
            .back_mut()
            .filter(|digit| digit.event == event.event)
        {
            digit.unheard = 0;
            if matches!(step, EventStep::End | EventStep::Whole) {
                digit.ended = true;
                digit.length = digit.length.max(samples.min(LONGEST_LATE));
            }
        }
    }

    /// What the next `samples` samples shall be.
    pub(crate) fn play(&mut self, samples: usize) -> Play<'_> {
        if self.pause > 0 {
            self.pause = self.pause.saturating_sub(samples);
            return Play::Pause;
        }
        let Some(front) = self.queue.front_mut() else {
            return Play::Sound;
        };
        front.elapsed += samples;
        front.unheard += samples;
        if front.unheard >= UNHEARD_MAX {
            front.ended = true;
        }
        let last = front.ended && front.elapsed >= front.length;
        Play::Digit { digit: front, last }
    }

    /// Takes the finished digit away.
    pub(crate) fn finish(&mut self) {
        self.queue.pop_front();
        self.pause = PAUSE;
    }
}

impl Digit {
    /// Overwrites `out` with the digit's tones, or with silence if the event has none.
    pub(crate) fn render(&mut self, out: &mut [i16]) {
        match &mut self.tone {
            Some(tone) => tone.fill(out),
            None => out.fill(0),
        }
    }
}

/// Durations from here on may be the last of a segment.
const SEGMENT: u16 = 0xff00;
/// Samples of tone, 80 ms, and of pause after it, 60 ms.
const SHORTEST: usize = 640;
const PAUSE: usize = 480;
/// Samples that a digit goes on after it was known to have ended: 500 ms.
const LONGEST_LATE: usize = 4_000;
/// Samples without a packet after which an event is taken for ended: 200 ms.
const UNHEARD_MAX: usize = 1_600;
/// Levels that are played, dBm0.
const LEVEL_MIN: f64 = -24.0;
const LEVEL_MAX: f64 = -4.0;
/// Digits that wait at most.
const QUEUE_MAX: usize = 32;
