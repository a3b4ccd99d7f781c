//! A speech-like signal: a pulse train and noise through formant resonators, in syllables, words
//! and pauses. It says nothing in any language, but codecs, echo cancellers and level meters
//! take it for speech, which a tone is not.

use super::SAMPLE_RATE;
use crate::chance::Chance;
use core::f64::consts::PI;
use trunkline_codecs::tone::amplitude;

/// A voice, endless and the same for the same seed.
#[derive(Clone, Debug)]
pub struct Voice {
    chance: Chance,
    formants: [Resonator; 3],
    /// The noise of consonants passes through this one.
    fricative: Resonator,
    segment: Segment,
    /// Samples into the segment.
    position: usize,
    /// Syllables left before the voice takes breath.
    syllables: u32,
    /// Where the glottal cycle is, 0 to 1.
    phase: f64,
    pitch_hz: f64,
    /// Formant frequencies now; they glide to those of the segment.
    tract: [f64; 3],
    gain: f64,
}

impl Voice {
    /// A voice whose level while it speaks is about `dbm0`.
    pub fn new(dbm0: f64, seed: u64) -> Self {
        let mut voice = Self {
            chance: Chance::new(seed),
            formants: [Resonator::default(); 3],
            fricative: Resonator::default(),
            segment: Segment::Pause { length: 0 },
            position: 0,
            syllables: 0,
            phase: 0.0,
            pitch_hz: PITCH_HZ,
            tract: VOWELS[0],
            gain: amplitude(dbm0) / core::f64::consts::SQRT_2 / SOURCE_RMS,
        };
        voice.next_segment();
        voice
    }

    /// Overwrites `out` with the next samples, 8,000 a second.
    pub fn fill(&mut self, out: &mut [i16]) {
        for sample in out {
            let value = self.sample() * self.gain;
            // Loud syllables are bent rather than cut.
            *sample = (32_767.0 * (value / 32_767.0).tanh()) as i16;
        }
    }

    fn sample(&mut self) -> f64 {
        if self.position >= self.segment.length() {
            self.next_segment();
        }
        if self.position.is_multiple_of(GLIDE_SAMPLES) {
            self.glide();
        }
        let progress = self.position as f64 / self.segment.length().max(1) as f64;
        self.position += 1;
        match self.segment {
            Segment::Pause { .. } => self.ring(0.0, 0.0),
            Segment::Consonant { loudness, .. } => {
                let noise = self.chance.symmetric() * (PI * progress).sin() * loudness;
                self.ring(0.0, noise)
            }
            Segment::Vowel { .. } => {
                let pulse = self.glottis();
                // Rise and fall of the syllable; breath keeps the spectrum from being a comb.
                let envelope = (PI * progress).sin().sqrt();
                let breath = self.chance.symmetric() * 0.02;
                self.ring((pulse + breath) * envelope, 0.0)
            }
        }
    }

    /// One cycle of the vocal cords: they open slowly and close at once (after Rosenberg); the
    /// derivative of the flow is what the lips radiate.
    fn glottis(&mut self) -> f64 {
        self.phase += self.pitch_hz / f64::from(SAMPLE_RATE);
        if self.phase >= 1.0 {
            self.phase -= 1.0;
            // No voice holds its pitch exactly.
            self.pitch_hz *= 1.0 + self.chance.symmetric() * 0.01;
        }
        match self.phase {
            open if open < 0.4 => (PI * open / 0.4).sin() * 0.5,
            closing if closing < 0.56 => -((closing - 0.4) / 0.16) * 1.2,
            _ => 0.0,
        }
    }

    fn ring(&mut self, voiced: f64, noise: f64) -> f64 {
        let [first, second, third] = &mut self.formants;
        first.next(voiced)
            + 0.5 * second.next(voiced)
            + 0.25 * third.next(voiced)
            + 0.3 * self.fricative.next(noise)
    }

    fn glide(&mut self) {
        let target = match self.segment {
            Segment::Vowel { tract, .. } => tract,
            _ => self.tract,
        };
        for ((now, target), (resonator, bandwidth)) in self
            .tract
            .iter_mut()
            .zip(target)
            .zip(self.formants.iter_mut().zip(BANDWIDTHS_HZ))
        {
            *now += (target - *now) * 0.05;
            resonator.tune(*now, bandwidth);
        }
    }

    fn next_segment(&mut self) {
        self.position = 0;
        self.segment = match self.segment {
            Segment::Pause { .. } => {
                self.syllables = 4 + self.chance.below(7);
                self.pitch_hz = PITCH_HZ * (1.1 + 0.1 * self.chance.symmetric());
                self.consonant()
            }
            Segment::Consonant { .. } => Segment::Vowel {
                length: millis(110 + self.chance.below(130)),
                tract: VOWELS[self.chance.below(VOWELS.len() as u32) as usize],
            },
            Segment::Vowel { .. } if self.syllables == 0 => Segment::Pause {
                length: millis(200 + self.chance.below(250)),
            },
            Segment::Vowel { .. } => {
                self.syllables -= 1;
                // The voice falls towards the end of what it says.
                self.pitch_hz *= 0.97 + 0.02 * self.chance.symmetric();
                self.consonant()
            }
        };
    }

    fn consonant(&mut self) -> Segment {
        let centre = 1_400.0 + 1_800.0 * self.chance.unit();
        self.fricative.tune(centre, 500.0);
        Segment::Consonant {
            length: millis(30 + self.chance.below(60)),
            loudness: 0.2 + 0.8 * self.chance.unit(),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Segment {
    Pause { length: usize },
    Consonant { length: usize, loudness: f64 },
    Vowel { length: usize, tract: [f64; 3] },
}

impl Segment {
    const fn length(self) -> usize {
        match self {
            Self::Pause { length }
            | Self::Consonant { length, .. }
            | Self::Vowel { length, .. } => length,
        }
    }
}

/// A resonance: two poles.
#[derive(Clone, Copy, Debug, Default)]
struct Resonator {
    a: f64,
    b: f64,
    c: f64,
    last: f64,
    before: f64,
}

impl Resonator {
    fn tune(&mut self, frequency_hz: f64, bandwidth_hz: f64) {
        let rate = f64::from(SAMPLE_RATE);
        let radius = (-PI * bandwidth_hz / rate).exp();
        self.c = -radius * radius;
        self.b = 2.0 * radius * (2.0 * PI * frequency_hz / rate).cos();
        self.a = 1.0 - self.b - self.c;
    }

    fn next(&mut self, input: f64) -> f64 {
        let output = self.a * input + self.b * self.last + self.c * self.before;
        self.before = self.last;
        self.last = output;
        output
    }
}

fn millis(millis: u32) -> usize {
    millis as usize * SAMPLE_RATE as usize / 1_000
}

/// Formants of five vowels in Hz, as textbooks of phonetics give them for a man's voice, rounded.
const VOWELS: [[f64; 3]; 5] = [
    [730.0, 1_090.0, 2_440.0],
    [530.0, 1_840.0, 2_480.0],
    [270.0, 2_290.0, 3_010.0],
    [570.0, 840.0, 2_410.0],
    [300.0, 870.0, 2_240.0],
];
const BANDWIDTHS_HZ: [f64; 3] = [60.0, 90.0, 150.0];
const PITCH_HZ: f64 = 115.0;
const GLIDE_SAMPLES: usize = 8;
/// Root mean square of the signal while it speaks, before the gain: measured, see the test.
const SOURCE_RMS: f64 = 0.58;

#[cfg(test)]
mod tests {
    use super::*;
    use trunkline_codecs::tone::{level_dbm0, measure};

    fn seconds(seed: u64, seconds: usize) -> Vec<i16> {
        let mut pcm = vec![0; seconds * 8_000];
        // Any cut into calls gives the same sound.
        let mut voice = Voice::new(-16.0, seed);
        for chunk in pcm.chunks_mut(160) {
            voice.fill(chunk);
        }
        pcm
    }

    fn rms(pcm: &[i16]) -> f64 {
        (pcm.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / pcm.len() as f64).sqrt()
    }

    #[test]
    fn speaks_at_its_level_with_pauses() {
        for seed in 0..5 {
            let pcm = seconds(seed, 20);
            let loud: Vec<f64> = pcm
                .chunks(160)
                .map(rms)
                .filter(|&level| level > 200.0)
                .collect();
            let share = loud.len() as f64 / (pcm.len() / 160) as f64;
            let active = (loud.iter().map(|l| l * l).sum::<f64>() / loud.len() as f64).sqrt();
            let level = level_dbm0(active * core::f64::consts::SQRT_2);
            assert!((level + 16.0).abs() < 2.0, "seed {seed}: {level} dBm0");
            assert!(
                (0.6..0.97).contains(&share),
                "seed {seed}: speaks {share} of the time"
            );
        }
    }

    #[test]
    fn is_no_tone_and_the_same_for_the_same_seed() {
        let pcm = seconds(7, 4);
        let heard = measure(&pcm);
        assert!(heard.snr_db < 3.0, "{heard:?}");
        assert_eq!(pcm, seconds(7, 4));
        assert_ne!(pcm, seconds(8, 4));
    }
}
