//! Linear samples to payloads.

use crate::{CodecKind, g711, g729, opus};

/// Why samples cannot be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// A number of samples that the codec has no frame for.
    #[error("{kind:?}: need {need} samples, have {have}")]
    FrameLength {
        /// The codec.
        kind: CodecKind,
        /// The lengths that it takes.
        need: &'static str,
        /// Samples given.
        have: usize,
    },
    /// The library refused the frame.
    #[error("{kind:?}: the encoder refused the frame, code {code}")]
    Refused {
        /// The codec.
        kind: CodecKind,
        /// The library's code.
        code: i32,
    },
}

/// How Opus is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpusOptions {
    /// Bits a second, 6,000 to 64,000.
    pub bitrate: u32,
    /// 0 to 10.
    pub complexity: u8,
    /// Whether packets carry a coarse copy of the one before (RFC 6716 2.1.7).
    pub fec: bool,
}

impl Default for OpusOptions {
    /// 24 kbit/s, complexity 5, no FEC: narrowband speech without audible loss.
    fn default() -> Self {
        Self {
            bitrate: 24_000,
            complexity: 5,
            fec: false,
        }
    }
}

/// Encodes the sound of one stream.
pub struct Encoder {
    state: State,
}

enum State {
    Pcma,
    Pcmu,
    G729(Box<g729::Encoder>),
    Opus(opus::Encoder),
}

impl Encoder {
    /// An encoder in its initial state.
    pub fn new(kind: CodecKind) -> Self {
        let state = match kind {
            CodecKind::Pcma => State::Pcma,
            CodecKind::Pcmu => State::Pcmu,
            CodecKind::G729 => State::G729(Box::new(g729::Encoder::new())),
            CodecKind::Opus => State::Opus(opus::Encoder::new(OpusOptions::default())),
        };
        Self { state }
    }

    /// An Opus encoder with other options than the usual.
    pub fn opus(options: OpusOptions) -> Self {
        Self {
            state: State::Opus(opus::Encoder::new(options)),
        }
    }

    /// What it encodes to.
    pub const fn kind(&self) -> CodecKind {
        match &self.state {
            State::Pcma => CodecKind::Pcma,
            State::Pcmu => CodecKind::Pcmu,
            State::G729(_) => CodecKind::G729,
            State::Opus(_) => CodecKind::Opus,
        }
    }

    /// Appends one payload that holds all of `pcm` to `out`.
    ///
    /// # Errors
    /// [`EncodeError::FrameLength`] if the codec has no frame of that length: G.729 takes
    /// multiples of 80 samples, Opus takes 80, 160, 320 or 480 (and 20 or 40), G.711 any.
    pub fn encode(&mut self, pcm: &[i16], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match &mut self.state {
            State::Pcma => {
                out.extend(pcm.iter().map(|&sample| g711::encode_alaw(sample)));
                Ok(())
            }
            State::Pcmu => {
                out.extend(pcm.iter().map(|&sample| g711::encode_ulaw(sample)));
                Ok(())
            }
            State::G729(encoder) => encoder.encode(pcm, out),
            State::Opus(encoder) => encoder.encode(pcm, out),
        }
    }
}
