//! A continuous sine.

use super::amplitude;
use crate::SAMPLE_RATE;
use core::f64::consts::TAU;

/// A generator of a sine whose phase goes on from call to call.
#[derive(Clone, Debug)]
pub struct Sine {
    amplitude: f64,
    /// In turns, 0 to 1.
    phase: f64,
    step: f64,
}

impl Sine {
    /// A sine of `frequency_hz` (above 0, below 4,000) at `level_dbm0` (at most +3.14).
    pub fn new(frequency_hz: f64, level_dbm0: f64) -> Self {
        Self {
            amplitude: amplitude(level_dbm0).min(32_767.0),
            phase: 0.0,
            step: frequency_hz / f64::from(SAMPLE_RATE),
        }
    }

    /// Overwrites `out` with the next samples.
    pub fn fill(&mut self, out: &mut [i16]) {
        for sample in out {
            *sample = self.sample().round() as i16;
        }
    }

    /// Appends the next `samples` samples.
    pub fn append(&mut self, samples: usize, out: &mut Vec<i16>) {
        out.extend((0..samples).map(|_| self.sample().round() as i16));
    }

    /// The next sample, not rounded.
    pub(super) fn sample(&mut self) -> f64 {
        let sample = self.amplitude * (self.phase * TAU).sin();
        self.phase = (self.phase + self.step).fract();
        sample
    }
}
