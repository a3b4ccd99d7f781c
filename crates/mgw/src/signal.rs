//! Signals: what a termination plays to its far end while nothing is passed on to it.

use crate::output::Sink;
use crate::paced::{Outlet, tick_of};
use crate::path::{kind, packet_samples};
use crate::sender::Outgoing;
use trunkline_codecs::tone::Sine;
use trunkline_codecs::{Encoder, SAMPLE_RATE};
use trunkline_model::Time;
use trunkline_model::media::{Codec, RingingTone, RtpParameters, Signal};

/// A signal that is being played. A circuit has no pauses, so silence is sent between tones.
pub(crate) struct SignalPlayer {
    tone: Tone,
    encoder: Option<(Codec, Encoder)>,
    /// Played, not yet a whole packet.
    pcm: Vec<i16>,
    payload: Vec<u8>,
    /// The timestamp of the first sample in `pcm`; `None` before the first tick that is sent.
    clock: Option<u32>,
    /// Whether the next packet is the first.
    marker: bool,
}

impl SignalPlayer {
    /// A player at the beginning of the signal.
    pub(crate) fn new(signal: Signal) -> Self {
        Self {
            tone: Tone::new(signal),
            encoder: None,
            pcm: Vec::new(),
            payload: Vec::new(),
            clock: None,
            marker: true,
        }
    }

    /// Samples of a tick towards that far end.
    pub(crate) const fn tick_samples(to: &RtpParameters) -> usize {
        tick_of(packet_samples(to))
    }

    /// Plays `samples` samples. Without an outlet nothing may be sent now, and time goes by.
    pub(crate) fn tick(
        &mut self,
        now: Time,
        samples: usize,
        outlet: Option<Outlet<'_>>,
        sink: &mut Sink,
    ) {
        self.tone.append(samples, &mut self.pcm);
        let Some(mut outlet) = outlet else {
            self.pcm.clear();
            self.clock = None;
            self.marker = true;
            return;
        };
        if self.clock.is_none() {
            self.clock = Some(outlet.sender.timestamp_at(now));
        }
        let packet = packet_samples(&outlet.parameters);
        while self.pcm.len() >= packet {
            self.send(now, packet, &mut outlet, sink);
        }
    }

    fn send(&mut self, now: Time, samples: usize, outlet: &mut Outlet<'_>, sink: &mut Sink) {
        let codec = outlet.parameters.codec;
        let encoder = match &mut self.encoder {
            Some((of, encoder)) if *of == codec => encoder,
            other => &mut other.insert((codec, Encoder::new(kind(codec)))).1,
        };
        self.payload.clear();
        let encoded = encoder.encode(&self.pcm[..samples], &mut self.payload);
        // The encoder is made for this length; if it refuses nevertheless, the far end conceals.
        debug_assert!(encoded.is_ok(), "{encoded:?}");
        let clock = self.clock.unwrap_or(0);
        if encoded.is_ok() && !self.payload.is_empty() {
            let packet = Outgoing {
                marker: core::mem::take(&mut self.marker),
                payload_type: outlet.parameters.send_payload_type,
                sequence: outlet.sender.next_sequence(),
                timestamp: clock,
                payload: &self.payload,
            };
            let to = outlet.destination;
            outlet
                .sender
                .send(now, to, &outlet.parameters, &packet, None, sink);
            sink.counters.count_generated(codec);
        }
        self.pcm.drain(..samples);
        let units = kind(codec).timestamp_units_per_sample() * samples as u32;
        self.clock = Some(clock.wrapping_add(units));
    }
}

impl core::fmt::Debug for SignalPlayer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SignalPlayer")
            .field("position", &self.tone.position)
            .finish_non_exhaustive()
    }
}

/// Sines that sound together, on and off.
struct Tone {
    sines: Vec<Sine>,
    /// Samples of tone in a period.
    on: usize,
    /// Samples of tone and pause.
    period: usize,
    /// Samples since the period began.
    position: usize,
    /// Scratch for one sine.
    single: Vec<i16>,
}

impl Tone {
    fn new(Signal::RingingTone(tone): Signal) -> Self {
        let Cadence {
            frequencies,
            level,
            on,
            off,
            ..
        } = CADENCES
            .iter()
            .find(|cadence| cadence.tone == tone)
            .unwrap_or(&CADENCES[0]);
        Self {
            sines: frequencies
                .iter()
                .map(|&hz| Sine::new(hz, *level))
                .collect(),
            on: samples(*on),
            period: samples(*on + *off),
            position: 0,
            single: Vec::new(),
        }
    }

    /// Appends the next samples.
    fn append(&mut self, mut samples: usize, out: &mut Vec<i16>) {
        while samples > 0 {
            let end = if self.position < self.on {
                self.on
            } else {
                self.period
            };
            let piece = samples.min(end - self.position);
            let start = out.len();
            out.resize(start + piece, 0);
            if end == self.on {
                self.sound(&mut out[start..]);
            }
            self.position = (self.position + piece) % self.period;
            samples -= piece;
        }
    }

    /// Adds the next samples of all sines to silence.
    fn sound(&mut self, out: &mut [i16]) {
        for sine in &mut self.sines {
            self.single.resize(out.len(), 0);
            sine.fill(&mut self.single);
            for (sum, sample) in out.iter_mut().zip(&self.single) {
                *sum = sum.saturating_add(*sample);
            }
        }
    }
}

/// How a tone sounds.
struct Cadence {
    tone: RingingTone,
    /// In Hz.
    frequencies: &'static [f64],
    /// Of each frequency, in dBm0.
    level: f64,
    /// In ms.
    on: usize,
    /// In ms.
    off: usize,
    /// Where it is written.
    #[cfg_attr(not(test), expect(dead_code, reason = "for readers and for the test"))]
    source: &'static str,
}

const CADENCES: [Cadence; 2] = [
    Cadence {
        tone: RingingTone::European,
        frequencies: &[425.0],
        level: -20.0,
        on: 1_000,
        off: 4_000,
        source: "E.180 5, 6",
    },
    Cadence {
        tone: RingingTone::NorthAmerican,
        frequencies: &[440.0, 480.0],
        level: -19.0,
        on: 2_000,
        off: 4_000,
        source: "E.180 Supplement 2, United States",
    },
];

const fn samples(millis: usize) -> usize {
    millis * SAMPLE_RATE as usize / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use trunkline_codecs::tone::measure;

    #[test]
    fn every_ringing_tone_has_its_row() {
        for tone in [RingingTone::European, RingingTone::NorthAmerican] {
            let rows = CADENCES.iter().filter(|cadence| cadence.tone == tone);
            assert_eq!(rows.count(), 1, "{tone:?}");
        }
        assert!(CADENCES.iter().all(|cadence| !cadence.source.is_empty()));
    }

    #[test]
    fn tones_sound_as_their_row_says() {
        for Cadence {
            tone,
            frequencies,
            level,
            on,
            off,
            ..
        } in &CADENCES
        {
            let mut player = Tone::new(Signal::RingingTone(*tone));
            let mut pcm = Vec::new();
            // In odd pieces, for two periods.
            while pcm.len() < 2 * samples(on + off) {
                player.append(37, &mut pcm);
            }
            for start in [0, samples(on + off)] {
                let sound = measure(&pcm[start..start + samples(*on)]);
                let near = frequencies
                    .iter()
                    .any(|hz| (hz - sound.frequency_hz).abs() < 0.2);
                assert!(near, "{tone:?}: {sound:?}");
                assert!(
                    (sound.level_dbm0 - level).abs() < 0.2,
                    "{tone:?}: {sound:?}"
                );
                let total = level + 10.0 * (frequencies.len() as f64).log10();
                assert!(
                    (sound.total_dbm0 - total).abs() < 0.2,
                    "{tone:?}: {sound:?}"
                );
                let pause = &pcm[start + samples(*on)..start + samples(on + off)];
                assert!(pause.iter().all(|&sample| sample == 0), "{tone:?}");
            }
        }
    }
}
