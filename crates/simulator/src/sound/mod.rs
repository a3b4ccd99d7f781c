//! What is played into a line: tones, call progress tones and a speech-like signal.

mod ear;
mod mouth;
mod speech;

pub use ear::{Ear, Heard};
pub use mouth::Mouth;
pub use speech::Voice;

use core::time::Duration;
use serde::Deserialize;
use trunkline_codecs::tone::Sine;
use trunkline_codecs::{CodecKind, SAMPLE_RATE};
use trunkline_model::media::Codec;

/// Something to play.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Sound {
    /// Nothing: packets of silence.
    Silence,
    /// A test tone. The usual ones are 1004 Hz (off the eighth part of the sampling rate, so that
    /// it passes through all codes) and 1000 Hz, at -10 dBm0 (O.6 and O.131 give the reasons).
    Tone {
        /// Frequency in Hz, 1 to 3,999.
        #[serde(default = "default_frequency")]
        hz: f64,
        /// Level in dBm0, at most +3.
        #[serde(default = "default_level")]
        dbm0: f64,
    },
    /// Syllables, words and pauses of a synthetic voice, -16 dBm0 while it speaks.
    Speech,
    /// Ringing tone: 425 Hz, 1 s on, 4 s off (E.180 table 1 for most of Europe).
    Ringback,
    /// Busy tone: 425 Hz, 480 ms on and off.
    Busy,
}

impl Sound {
    /// The usual test tone: 1004 Hz at -10 dBm0.
    pub const TEST_TONE: Self = Self::Tone {
        hz: 1004.0,
        dbm0: -10.0,
    };
}

/// Makes the samples of a [`Sound`], from a seed where chance is in it.
#[derive(Clone, Debug)]
pub struct Player {
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Silence,
    Tone(Sine),
    Cadence {
        tone: Sine,
        on: usize,
        period: usize,
        position: usize,
    },
    Voice(Box<Voice>),
}

impl Player {
    /// A player at the beginning of the sound.
    pub fn new(sound: Sound, seed: u64) -> Self {
        let source = match sound {
            Sound::Silence => Source::Silence,
            Sound::Tone { hz, dbm0 } => {
                Source::Tone(Sine::new(hz.clamp(1.0, 3_999.0), dbm0.min(3.0)))
            }
            Sound::Speech => Source::Voice(Box::new(Voice::new(SPEECH_DBM0, seed))),
            Sound::Ringback => cadence(Duration::from_secs(1), Duration::from_secs(4)),
            Sound::Busy => cadence(Duration::from_millis(480), Duration::from_millis(480)),
        };
        Self { source }
    }

    /// Overwrites `out` with the next samples, 8,000 a second.
    pub fn fill(&mut self, out: &mut [i16]) {
        match &mut self.source {
            Source::Silence => out.fill(0),
            Source::Tone(tone) => tone.fill(out),
            Source::Voice(voice) => voice.fill(out),
            Source::Cadence {
                tone,
                on,
                period,
                position,
            } => {
                tone.fill(out);
                for sample in out {
                    if *position >= *on {
                        *sample = 0;
                    }
                    *position = (*position + 1) % *period;
                }
            }
        }
    }
}

/// The codec crate's name of a codec.
pub(crate) const fn kind(codec: Codec) -> CodecKind {
    match codec {
        Codec::Pcma => CodecKind::Pcma,
        Codec::Pcmu => CodecKind::Pcmu,
        Codec::G729 => CodecKind::G729,
        Codec::Opus => CodecKind::Opus,
    }
}

fn cadence(on: Duration, off: Duration) -> Source {
    let samples = |time: Duration| time.as_millis() as usize * SAMPLE_RATE as usize / 1_000;
    Source::Cadence {
        tone: Sine::new(425.0, PROGRESS_DBM0),
        on: samples(on),
        period: samples(on + off),
        position: 0,
    }
}

const fn default_frequency() -> f64 {
    1004.0
}

const fn default_level() -> f64 {
    -10.0
}

/// The mean level of active speech on a connection (G.100.1 and P.56 speak of -15 to -20).
const SPEECH_DBM0: f64 = -16.0;

/// E.180 5 wants -10 dBm0 of call progress tones where the network begins.
const PROGRESS_DBM0: f64 = -10.0;

#[cfg(test)]
mod tests {
    use super::*;
    use trunkline_codecs::tone::measure;

    #[test]
    fn ringing_tone_is_one_second_in_five() {
        let mut pcm = vec![0; 10 * 8_000];
        Player::new(Sound::Ringback, 0).fill(&mut pcm);
        for start in [0, 5 * 8_000] {
            let heard = measure(&pcm[start..start + 8_000]);
            assert!((heard.frequency_hz - 425.0).abs() < 0.1, "{heard:?}");
            assert!((heard.level_dbm0 + 10.0).abs() < 0.1, "{heard:?}");
            assert!(
                pcm[start + 8_000..start + 5 * 8_000]
                    .iter()
                    .all(|&s| s == 0)
            );
        }
    }

    #[test]
    fn tone_has_the_level_asked_for() {
        let mut pcm = vec![0; 8_000];
        Player::new(Sound::TEST_TONE, 0).fill(&mut pcm);
        let heard = measure(&pcm);
        assert!((heard.frequency_hz - 1004.0).abs() < 0.1, "{heard:?}");
        assert!((heard.level_dbm0 + 10.0).abs() < 0.05, "{heard:?}");
        assert!(heard.snr_db > 60.0, "{heard:?}");
    }
}
