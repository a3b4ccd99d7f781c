//! The path through a jitter buffer, a decoder and an encoder, driven by ticks.
//!
//! ```text
//!  packet -> JitterBuffer -> Decoder -> heard -> tick: pcm -> Encoder -> Sender
//!                 |  (lost, starved)^               ^
//!                 +--> conceal -----+    digits ----+
//! ```

use crate::Discard;
use crate::digits::{DigitPlayer, EventStep, Play};
use crate::output::Sink;
use crate::path::{kind, packet_samples};
use crate::sender::{Outgoing, Sender};
use std::net::SocketAddr;
use std::time::Duration;
use trunkline_codecs::{CodecKind, Decoder, Encoder, SAMPLE_RATE};
use trunkline_model::Time;
use trunkline_model::media::{Codec, RtpParameters, TelephoneEvent as Events};
use trunkline_rtp::{Inserted, JitterBuffer, JitterConfig, Playout, RtpPacket, TelephoneEvent};

/// One direction of a context that is decoded and encoded.
pub(crate) struct Paced {
    from: Codec,
    to: Codec,
    jitter: JitterBuffer,
    decoder: Decoder,
    encoder: Encoder,
    /// Samples of a packet that is sent.
    packet_samples: usize,
    /// Whether the stream must not pause once it has begun (a circuit has no pauses).
    continuous: bool,
    begun: bool,
    /// Decoded, not yet played.
    heard: Vec<i16>,
    /// Played, not yet a whole packet.
    pcm: Vec<i16>,
    /// Scratch for one tick and for one payload.
    frame: Vec<i16>,
    payload: Vec<u8>,
    /// The timestamp of the first sample in `pcm`; `None` before the first tick.
    clock: Option<u32>,
    /// Whether the next packet follows a pause.
    marker: bool,
    digits: DigitPlayer,
    /// Timestamp and duration so far of the telephone event that is being sent.
    event: Option<(u32, u32)>,
}

/// What a tick needs to know of where packets go.
pub(crate) struct Outlet<'a> {
    pub(crate) sender: &'a mut Sender,
    pub(crate) destination: SocketAddr,
    pub(crate) parameters: RtpParameters,
}

impl Paced {
    pub(crate) fn new(
        from: &RtpParameters,
        to: &RtpParameters,
        continuous: bool,
        jitter: JitterConfig,
    ) -> Self {
        Self {
            from: from.codec,
            to: to.codec,
            jitter: JitterBuffer::new(jitter),
            decoder: Decoder::new(kind(from.codec)),
            encoder: Encoder::new(kind(to.codec)),
            packet_samples: packet_samples(to),
            continuous,
            begun: false,
            heard: Vec::new(),
            pcm: Vec::new(),
            frame: Vec::new(),
            payload: Vec::new(),
            clock: None,
            marker: true,
            digits: DigitPlayer::default(),
            event: None,
        }
    }

    /// Samples of a tick.
    pub(crate) const fn tick_samples(&self) -> usize {
        tick_of(self.packet_samples)
    }

    /// Something else is played to the far end from now on: forgets what was on its way, and where
    /// in the far end's time it was.
    pub(crate) fn halt(&mut self) {
        self.close(0);
        self.clock = None;
    }

    /// The stream starts anew: another source, or a jump in its numbers.
    pub(crate) fn restart(&mut self) {
        self.jitter.reset();
        self.decoder = Decoder::new(kind(self.from));
    }

    /// Takes a packet of sound.
    pub(crate) fn insert(&mut self, now: Time, packet: &RtpPacket<'_>) -> Result<(), Discard> {
        let samples = kind(self.from)
            .samples(packet.payload)
            .ok_or(Discard::Undecodable)?;
        let duration = SAMPLE * samples as u32;
        match self
            .jitter
            .insert(time(now), packet.sequence, duration, packet.payload)
        {
            Inserted::Queued | Inserted::Overflow => Ok(()),
            Inserted::Duplicate | Inserted::Late => Err(Discard::Late),
        }
    }

    /// Takes a telephone event.
    pub(crate) fn event(
        &mut self,
        now: Time,
        packet: &RtpPacket<'_>,
        step: EventStep,
        event: &TelephoneEvent,
        from: &RtpParameters,
        to: &RtpParameters,
    ) {
        // It takes a place among the sequence numbers, but no time.
        self.jitter
            .insert(time(now), packet.sequence, Duration::ZERO, &[]);
        if to.telephone_event.is_none() && event.digit().is_none() {
            return;
        }
        let clock_rate = from
            .telephone_event
            .map_or(SAMPLE_RATE, |events| events.clock_rate.max(1));
        let samples = u32::from(event.duration) * SAMPLE_RATE / clock_rate;
        self.digits.event(step, event, samples as usize);
    }

    /// Plays `samples` samples. Without an outlet nothing may be sent now.
    pub(crate) fn tick(
        &mut self,
        now: Time,
        samples: usize,
        open: bool,
        outlet: Option<Outlet<'_>>,
        sink: &mut Sink,
    ) {
        let Some(mut outlet) = outlet.filter(|_| open) else {
            self.close(samples);
            return;
        };
        if self.clock.is_none() {
            self.clock = Some(outlet.sender.timestamp_at(now));
        }
        let mut frame = core::mem::take(&mut self.frame);
        frame.clear();
        let sound = self.hear(now, samples, &mut frame, sink);
        match self.digits.play(samples) {
            Play::Sound if sound || (self.continuous && self.begun) => {
                self.pcm.extend_from_slice(&frame);
            }
            Play::Sound => {
                self.flush(now, &mut outlet, sink);
                self.advance(samples);
                self.marker = true;
            }
            Play::Pause => {
                frame.fill(0);
                self.pcm.extend_from_slice(&frame);
            }
            Play::Digit { digit, last } => {
                if let Some(events) = outlet.parameters.telephone_event {
                    let report = TelephoneEvent {
                        event: digit.event,
                        end: last,
                        volume: digit.volume,
                        duration: 0,
                    };
                    self.send_event(now, samples, &events, report, &mut outlet, sink);
                } else {
                    digit.render(&mut frame);
                    self.pcm.extend_from_slice(&frame);
                }
                if last {
                    self.digits.finish();
                    self.event = None;
                }
            }
        }
        while self.pcm.len() >= self.packet_samples {
            self.send(now, &mut outlet, sink);
        }
        self.frame = frame;
    }

    /// Nothing goes out: forget what was on its way, so that nothing stale comes out later.
    fn close(&mut self, samples: usize) {
        self.advance(self.pcm.len() + samples);
        self.pcm.clear();
        if !self.heard.is_empty() || !self.jitter.depth().is_zero() {
            self.heard.clear();
            self.jitter.reset();
        }
        self.digits = DigitPlayer::default();
        self.event = None;
        self.marker = true;
        self.begun = false;
    }

    /// Appends exactly `samples` samples of what arrived to `out`; false if it is only silence
    /// because no stream is there.
    fn hear(&mut self, now: Time, samples: usize, out: &mut Vec<i16>, sink: &mut Sink) -> bool {
        let mut surplus = None;
        while self.heard.len() < samples || surplus.is_some() {
            let start = self.heard.len();
            match self.jitter.next(time(now)) {
                Playout::Packet(payload) => {
                    decode(&mut self.decoder, self.from, payload, &mut self.heard, sink);
                }
                Playout::Surplus(payload) => {
                    decode(&mut self.decoder, self.from, payload, &mut self.heard, sink);
                    surplus = Some(start);
                    continue;
                }
                Playout::Lost(duration) | Playout::Starved(duration) => {
                    let missing = (duration.as_micros() / SAMPLE.as_micros()) as usize;
                    self.decoder.conceal(missing.max(1), &mut self.heard);
                    sink.counters.count_concealed();
                }
                Playout::Idle => break,
            }
            if let Some(earlier) = surplus.take() {
                merge(&mut self.heard, earlier, start);
            }
        }
        let there = self.heard.len().min(samples);
        out.extend(self.heard.drain(..there));
        out.resize(samples, 0);
        there > 0
    }

    fn send(&mut self, now: Time, outlet: &mut Outlet<'_>, sink: &mut Sink) {
        let samples = self.packet_samples.min(self.pcm.len());
        self.payload.clear();
        let encoded = self.encoder.encode(&self.pcm[..samples], &mut self.payload);
        // The encoder is made for this length; if it refuses nevertheless, the far end conceals.
        debug_assert!(encoded.is_ok(), "{encoded:?}");
        if encoded.is_ok() && !self.payload.is_empty() {
            let packet = Outgoing {
                marker: core::mem::take(&mut self.marker),
                payload_type: outlet.parameters.send_payload_type,
                sequence: outlet.sender.next_sequence(),
                timestamp: self.clock.unwrap_or(0),
                payload: &self.payload,
            };
            let to = outlet.destination;
            outlet
                .sender
                .send(now, to, &outlet.parameters, &packet, None, sink);
            sink.counters.count_transcoded(self.from, self.to);
            self.begun = true;
        }
        self.pcm.drain(..samples);
        self.advance(samples);
    }

    /// Sends what is there of a packet, filled up with silence.
    fn flush(&mut self, now: Time, outlet: &mut Outlet<'_>, sink: &mut Sink) {
        if !self.pcm.is_empty() {
            self.pcm.resize(self.packet_samples, 0);
            self.send(now, outlet, sink);
        }
    }

    /// Sends one report of a telephone event, or three of its end (RFC 4733 2.5.1.4). Timestamps
    /// go on in the clock of the sound (2.1), durations count that of the event.
    fn send_event(
        &mut self,
        now: Time,
        samples: usize,
        events: &Events,
        mut report: TelephoneEvent,
        outlet: &mut Outlet<'_>,
        sink: &mut Sink,
    ) {
        // Sound stops where the event starts.
        self.advance(self.pcm.len());
        self.pcm.clear();
        let start = self.clock.unwrap_or(0);
        self.advance(samples);
        let mut marker = self.event.is_none();
        let (mut timestamp, mut duration) = self.event.unwrap_or((start, 0));
        duration += samples as u32 * events.clock_rate / SAMPLE_RATE;
        let mut send = |timestamp, report: TelephoneEvent| {
            let packet = Outgoing {
                marker: core::mem::take(&mut marker),
                payload_type: events.payload_type,
                sequence: outlet.sender.next_sequence(),
                timestamp,
                payload: &report.to_bytes(),
            };
            let to = outlet.destination;
            outlet
                .sender
                .send(now, to, &outlet.parameters, &packet, None, sink);
            sink.counters.count_generated(self.to);
        };
        if duration > SEGMENT {
            // A long event: this segment ends, the next one begins (RFC 4733 2.5.1.3).
            let last = TelephoneEvent {
                end: false,
                duration: u16::MAX,
                ..report
            };
            for _ in 0..REPEATS {
                send(timestamp, last);
            }
            let stretch = self.to.clock_rate() / events.clock_rate.max(1);
            timestamp = timestamp.wrapping_add(SEGMENT * stretch);
            duration -= SEGMENT;
        }
        report.duration = duration as u16;
        for _ in 0..if report.end { REPEATS } else { 1 } {
            send(timestamp, report);
        }
        self.event = Some((timestamp, duration));
        self.marker = true;
    }

    fn advance(&mut self, samples: usize) {
        let units = kind(self.to).timestamp_units_per_sample() * samples as u32;
        self.clock = self.clock.map(|clock| clock.wrapping_add(units));
    }
}

impl core::fmt::Debug for Paced {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Paced")
            .field("from", &self.from)
            .field("to", &self.to)
            .finish()
    }
}

/// Samples of a tick where packets hold so many: 20 ms, or 10 where they hold an odd number of
/// those.
pub(crate) const fn tick_of(packet_samples: usize) -> usize {
    if packet_samples.is_multiple_of(TICK) {
        TICK
    } else {
        TICK / 2
    }
}

/// Decodes, or conceals what cannot be decoded.
fn decode(
    decoder: &mut Decoder,
    codec: Codec,
    payload: &[u8],
    heard: &mut Vec<i16>,
    sink: &mut Sink,
) {
    if decoder.decode(payload, heard).is_err() {
        sink.counters.count_discarded(Discard::Undecodable);
        sink.counters.count_concealed();
        let samples = kind(codec).samples(payload).unwrap_or(TICK);
        decoder.conceal(samples, heard);
    }
}

/// Fades the sound from `earlier` on into that from `later` on, which moves up to its place.
fn merge(heard: &mut Vec<i16>, earlier: usize, later: usize) {
    let overlap = (later - earlier).min(heard.len() - later);
    for index in 0..overlap {
        let old = i32::from(heard[earlier + index]);
        let new = i32::from(heard[later + index]);
        let weight = index as i32 + 1;
        let total = overlap as i32 + 1;
        heard[later + index] = ((old * (total - weight) + new * weight) / total) as i16;
    }
    heard.drain(earlier..later);
}

fn time(now: Time) -> Duration {
    Duration::from_micros(now.as_micros())
}

/// Samples of 20 ms.
const TICK: usize = 2 * trunkline_codecs::SAMPLES_PER_10_MS;
/// How often the last report of an event or of a segment is sent (RFC 4733 2.5.1.4).
const REPEATS: u32 = 3;
/// Units of the longest duration that one report can tell.
const SEGMENT: u32 = u16::MAX as u32;
/// Duration of a sample.
const SAMPLE: Duration = Duration::from_micros(125);
const _: () = assert!(CodecKind::ALL.len() == Codec::ALL.len());
