//! Payloads to linear samples.

use crate::conceal::Concealer;
use crate::{CodecKind, g711, g729, opus};

/// Why a payload cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A payload without an octet.
    #[error("{kind:?}: need at least 1 octet of payload, have 0")]
    Empty {
        /// The codec.
        kind: CodecKind,
    },
    /// A G.729 payload that is no whole number of frames.
    #[error(
        "G729: need frames of 10 octets and at most one SID frame of 2 octets at the end, have \
         {have} octets (RFC 3551 4.5.6)"
    )]
    G729Length {
        /// Octets in the payload.
        have: usize,
    },
    /// An Opus packet that breaks the rules of RFC 6716 3.2 to 3.4.
    #[error("opus: packet of {have} octets breaks the framing rules (RFC 6716 3.4)")]
    OpusFraming {
        /// Octets in the payload.
        have: usize,
    },
    /// The library refused a frame.
    #[error("{kind:?}: the decoder refused the frame, code {code}")]
    Refused {
        /// The codec.
        kind: CodecKind,
        /// The library's code.
        code: i32,
    },
}

/// Decodes the payloads of one stream, in the order of their sequence numbers.
pub struct Decoder {
    state: State,
}

enum State {
    G711 {
        kind: CodecKind,
        concealer: Box<Concealer>,
    },
    G729(Box<g729::Decoder>),
    Opus(opus::Decoder),
}

impl Decoder {
    /// A decoder in its initial state.
    pub fn new(kind: CodecKind) -> Self {
        let state = match kind {
            CodecKind::Pcma | CodecKind::Pcmu => State::G711 {
                kind,
                concealer: Box::new(Concealer::new()),
            },
            CodecKind::G729 => State::G729(Box::new(g729::Decoder::new())),
            CodecKind::Opus => State::Opus(opus::Decoder::new()),
        };
        Self { state }
    }

    /// What it decodes.
    pub const fn kind(&self) -> CodecKind {
        match &self.state {
            State::G711 { kind, .. } => *kind,
            State::G729(_) => CodecKind::G729,
            State::Opus(_) => CodecKind::Opus,
        }
    }

    /// Appends the linear samples of a payload to `out`. After an error nothing was appended,
    /// and [`Decoder::conceal`] stands in for the payload.
    ///
    /// # Errors
    /// [`DecodeError`] if the octets are no payload of the codec.
    pub fn decode(&mut self, payload: &[u8], out: &mut Vec<i16>) -> Result<(), DecodeError> {
        if payload.is_empty() {
            return Err(DecodeError::Empty { kind: self.kind() });
        }
        match &mut self.state {
            State::G711 { kind, concealer } => {
                let table = if *kind == CodecKind::Pcma {
                    &g711::ALAW_DECODE
                } else {
                    &g711::ULAW_DECODE
                };
                let start = out.len();
                out.extend(payload.iter().map(|&code| table[code as usize]));
                concealer.heard(&mut out[start..]);
                Ok(())
            }
            State::G729(decoder) => decoder.decode(payload, out),
            State::Opus(decoder) => decoder.decode(payload, out),
        }
    }

    /// Appends `samples` linear samples in place of sound that never came. `samples` is rounded
    /// up to a multiple of 10 ms for G.729.
    pub fn conceal(&mut self, samples: usize, out: &mut Vec<i16>) {
        match &mut self.state {
            State::G711 { concealer, .. } => concealer.conceal(samples, out),
            State::G729(decoder) => decoder.conceal(samples, out),
            State::Opus(decoder) => decoder.conceal(samples, out),
        }
    }
}
