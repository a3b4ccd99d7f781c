//! The codecs of a telephone gateway at 8 kHz: G.711, G.729 Annex A and Opus (RFC 6716), tones
//! and their measurement.
//!
//! A [`Decoder`] turns the payloads of one direction of one stream into linear samples and
//! conceals those that never came; an [`Encoder`] does the reverse. [`g711`] also converts
//! between the two laws without linear samples, and [`tone`] makes and measures tones.
//!
//! Linear samples are 16 bits, 8,000 a second, one channel, in all of this crate.

mod conceal;
mod decoder;
mod encoder;
pub mod g711;
mod g729;
mod kind;
mod opus;
pub mod tone;

pub use decoder::{DecodeError, Decoder};
pub use encoder::{EncodeError, Encoder, OpusOptions};
pub use kind::CodecKind;

/// Linear samples in a second.
pub const SAMPLE_RATE: u32 = 8_000;

/// Linear samples in 10 ms, the shortest frame that all codecs here share.
pub const SAMPLES_PER_10_MS: usize = 80;

#[cfg(test)]
mod tests;
