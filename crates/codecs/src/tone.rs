//! Tones: sines and DTMF digits to send, and the measurement of what came out at the other end.
//!
//! Levels are in dBm0. The reference is that of A-law in G.711: a sine whose peaks just reach
//! the ends of the 16-bit range has +3.14 dBm0.

mod dtmf;
mod measure;
mod sine;

pub use dtmf::Dtmf;
pub use measure::{Measured, measure};
pub use sine::Sine;

/// The level of a sine of full scale (G.711 table 1a: the maximum of A-law).
#[expect(clippy::approx_constant, reason = "a level, not half a turn")]
pub const FULL_SCALE_DBM0: f64 = 3.14;

/// The peak of a sine of that level, in linear 16-bit units.
pub fn amplitude(level_dbm0: f64) -> f64 {
    FULL_SCALE * 10_f64.powf((level_dbm0 - FULL_SCALE_DBM0) / 20.0)
}

/// The level of a sine with that peak; minus infinity for 0.
pub fn level_dbm0(amplitude: f64) -> f64 {
    20.0 * (amplitude / FULL_SCALE).log10() + FULL_SCALE_DBM0
}

const FULL_SCALE: f64 = 32_768.0;
