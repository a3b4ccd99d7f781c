//! The digits of push-button telephones (Q.23).

use super::Sine;

/// A generator of one digit's pair of tones.
#[derive(Clone, Debug)]
pub struct Dtmf {
    low: Sine,
    high: Sine,
}

impl Dtmf {
    /// The digit `0`-`9`, `*`, `#` or `A`-`D` with each of its two tones at `level_dbm0`;
    /// `None` for another character.
    pub fn new(digit: char, level_dbm0: f64) -> Option<Self> {
        let (low, high) = frequencies(digit)?;
        Some(Self {
            low: Sine::new(low, level_dbm0),
            high: Sine::new(high, level_dbm0),
        })
    }

    /// Overwrites `out` with the next samples.
    pub fn fill(&mut self, out: &mut [i16]) {
        for sample in out {
            let sum = self.low.sample() + self.high.sample();
            *sample = sum.round().clamp(-32_768.0, 32_767.0) as i16;
        }
    }
}

/// The low and the high frequency of a digit in Hz (Q.23 table 1).
pub(crate) fn frequencies(digit: char) -> Option<(f64, f64)> {
    let (row, column) = KEYS
        .iter()
        .enumerate()
        .find_map(|(row, keys)| keys.iter().position(|&key| key == digit).map(|c| (row, c)))?;
    Some((LOW[row], HIGH[column]))
}

const KEYS: [[char; 4]; 4] = [
    ['1', '2', '3', 'A'],
    ['4', '5', '6', 'B'],
    ['7', '8', '9', 'C'],
    ['*', '0', '#', 'D'],
];
const LOW: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
const HIGH: [f64; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
