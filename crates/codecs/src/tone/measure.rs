//! Measurement of a tone by least squares: the sine of free frequency, amplitude, phase and
//! offset that leaves the smallest residue (the four-parameter fit of IEEE Std 1057). What is
//! left is all that the tone is not: noise, distortion, gaps, clicks, slips.

use super::level_dbm0;
use crate::SAMPLE_RATE;
use core::f64::consts::TAU;

/// What a piece of sound holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Frequency of the strongest sine in Hz; 0 if there is none.
    pub frequency_hz: f64,
    /// Level of that sine in dBm0; minus infinity if there is none.
    pub level_dbm0: f64,
    /// Power of that sine over the power of all else but a constant offset, in dB; minus
    /// infinity if there is no sine.
    pub snr_db: f64,
    /// Level of the whole sound without its offset, as that of a sine of equal power, in dBm0;
    /// minus infinity for silence.
    pub total_dbm0: f64,
}

impl Measured {
    /// What silence, and sound too short to say anything of it, measures.
    pub const SILENCE: Self = Self {
        frequency_hz: 0.0,
        level_dbm0: f64::NEG_INFINITY,
        snr_db: f64::NEG_INFINITY,
        total_dbm0: f64::NEG_INFINITY,
    };
}

/// Measures the strongest sine in `pcm`. All samples count: a gap or a click anywhere costs SNR.
/// Fewer than 80 samples (10 ms) measure as silence.
pub fn measure(pcm: &[i16]) -> Measured {
    if pcm.len() < SHORTEST {
        return Measured::SILENCE;
    }
    let total = variance(pcm);
    if total == 0.0 {
        return Measured::SILENCE;
    }
    let mut fit = Fit::at(pcm, strongest(pcm));
    // Each step of the iteration corrects the frequency by what the residue says of it.
    for _ in 0..ITERATIONS {
        let next = Fit::at(pcm, (fit.omega + fit.correction).clamp(1e-4, TAU / 2.0));
        if next.residue >= fit.residue {
            break;
        }
        fit = next;
    }
    let power = fit.amplitude * fit.amplitude / 2.0;
    Measured {
        frequency_hz: fit.omega / TAU * f64::from(SAMPLE_RATE),
        level_dbm0: level_dbm0(fit.amplitude),
        snr_db: 10.0 * (power / fit.residue.max(f64::MIN_POSITIVE)).log10(),
        total_dbm0: level_dbm0((2.0 * total).sqrt()),
    }
}

/// The best sine of one frequency.
struct Fit {
    /// Radians a sample.
    omega: f64,
    amplitude: f64,
    /// Mean square of what the sine and the offset do not explain.
    residue: f64,
    /// How far the frequency seems to be off, radians a sample.
    correction: f64,
}

impl Fit {
    fn at(pcm: &[i16], omega: f64) -> Self {
        // Time is counted from the middle of the window: that keeps the equations well behaved.
        let middle = (pcm.len() - 1) as f64 / 2.0;
        let rows = |index: usize| {
            let time = index as f64 - middle;
            let (sin, cos) = (omega * time).sin_cos();
            (time, sin, cos)
        };
        // Three parameters first: they tell the derivative by the frequency.
        let mut normal = [[0.0; 4]; 3];
        for (index, &sample) in pcm.iter().enumerate() {
            let (_, sin, cos) = rows(index);
            accumulate(&mut normal, [cos, sin, 1.0], f64::from(sample));
        }
        let [a, b, offset] = solve(normal);
        let mut residue = 0.0;
        let mut normal = [[0.0; 5]; 4];
        for (index, &sample) in pcm.iter().enumerate() {
            let (time, sin, cos) = rows(index);
            let rest = f64::from(sample) - a * cos - b * sin - offset;
            residue += rest * rest;
            let slope = time * (b * cos - a * sin) / pcm.len() as f64;
            accumulate(&mut normal, [cos, sin, 1.0, slope], rest);
        }
        let [.., correction] = solve(normal);
        Self {
            omega,
            amplitude: a.hypot(b),
            residue: residue / pcm.len() as f64,
            correction: correction / pcm.len() as f64,
        }
    }
}

/// Adds one row to normal equations whose last column is the right-hand side.
fn accumulate<const N: usize, const M: usize>(
    normal: &mut [[f64; M]; N],
    row: [f64; N],
    value: f64,
) {
    for (equation, &factor) in normal.iter_mut().zip(&row) {
        for (cell, &other) in equation.iter_mut().zip(&row) {
            *cell += factor * other;
        }
        equation[N] += factor * value;
    }
}

/// Gaussian elimination with pivoting; what cannot be told apart comes out as 0.
fn solve<const N: usize, const M: usize>(mut normal: [[f64; M]; N]) -> [f64; N] {
    for column in 0..N {
        let pivot = (column..N)
            .max_by(|&a, &b| normal[a][column].abs().total_cmp(&normal[b][column].abs()))
            .unwrap_or(column);
        normal.swap(column, pivot);
        let head = normal[column];
        if head[column].abs() < 1e-9 {
            continue;
        }
        for (row, equation) in normal.iter_mut().enumerate() {
            if row != column {
                let factor = equation[column] / head[column];
                for (cell, &above) in equation.iter_mut().zip(&head).skip(column) {
                    *cell -= factor * above;
                }
            }
        }
    }
    core::array::from_fn(|row| {
        let pivot = normal[row][row];
        if pivot.abs() < 1e-9 {
            0.0
        } else {
            normal[row][N] / pivot
        }
    })
}

/// The frequency of the largest bin of the spectrum (Hann window), radians a sample.
fn strongest(pcm: &[i16]) -> f64 {
    // A part of a long window is enough to start from; the fit then uses all of it.
    let part = &pcm[..pcm.len().min(SPECTRUM / 2)];
    let mean = part.iter().map(|&s| f64::from(s)).sum::<f64>() / part.len() as f64;
    let mut spectrum = vec![(0.0, 0.0); SPECTRUM];
    for (index, (bin, &sample)) in spectrum.iter_mut().zip(part).enumerate() {
        let window = 0.5 - 0.5 * (TAU * (index as f64 + 0.5) / part.len() as f64).cos();
        bin.0 = (f64::from(sample) - mean) * window;
    }
    transform(&mut spectrum);
    let power = |index: usize| {
        let (re, im) = spectrum[index];
        re * re + im * im
    };
    // Bin 0 is what the mean left of the offset.
    let peak = (1..SPECTRUM / 2)
        .max_by(|&a, &b| power(a).total_cmp(&power(b)))
        .unwrap_or(1);
    // Between bins by a parabola through the logarithms.
    let [left, top, right] =
        [peak - 1, peak, peak + 1].map(|index| power(index).max(f64::MIN_POSITIVE).ln());
    let bend = left - 2.0 * top + right;
    let shift = if bend < 0.0 {
        ((left - right) / (2.0 * bend)).clamp(-0.5, 0.5)
    } else {
        0.0
    };
    (peak as f64 + shift) * TAU / SPECTRUM as f64
}

/// The fast Fourier transform in place (Cooley and Tukey, radix 2).
fn transform(data: &mut [(f64, f64)]) {
    let length = data.len();
    let bits = length.trailing_zeros();
    for index in 0..length {
        let mirrored = index.reverse_bits() >> (usize::BITS - bits);
        if index < mirrored {
            data.swap(index, mirrored);
        }
    }
    let mut half = 1;
    while half < length {
        for start in (0..length).step_by(2 * half) {
            for offset in 0..half {
                let (sin, cos) = (-TAU * offset as f64 / (2 * half) as f64).sin_cos();
                let (re, im) = data[start + half + offset];
                let turned = (re * cos - im * sin, re * sin + im * cos);
                let (re, im) = data[start + offset];
                data[start + offset] = (re + turned.0, im + turned.1);
                data[start + half + offset] = (re - turned.0, im - turned.1);
            }
        }
        half *= 2;
    }
}

fn variance(pcm: &[i16]) -> f64 {
    let count = pcm.len() as f64;
    let mean = pcm.iter().map(|&s| f64::from(s)).sum::<f64>() / count;
    pcm.iter()
        .map(|&s| (f64::from(s) - mean).powi(2))
        .sum::<f64>()
        / count
}

const SHORTEST: usize = 80;
/// Length of the transform that gives the first guess.
const SPECTRUM: usize = 4096;
const ITERATIONS: usize = 12;
