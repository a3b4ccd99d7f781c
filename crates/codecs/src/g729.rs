//! G.729 Annex A through `rvoip-codec-core`, behind our own types.
//!
//! The decoder runs with Annex B understood: SID frames make comfort noise, and an absent frame
//! runs the concealment of G.729 4.4. The encoder never sends Annex B frames.

use crate::{CodecKind, DecodeError, EncodeError, SAMPLES_PER_10_MS};
use codec_core::codecs::g729::G729Codec;
use codec_core::types::{AudioCodecExt, CodecConfig, CodecType};

/// Samples in a payload: 10-octet frames, the last may be a SID frame (RFC 3551 4.5.6).
pub(crate) fn samples(payload: &[u8]) -> Option<usize> {
    match (payload.len() / FRAME, payload.len() % FRAME) {
        (0, 0) => None,
        (frames, 0) => Some(frames * SAMPLES_PER_10_MS),
        (frames, SID_FRAME) => Some((frames + 1) * SAMPLES_PER_10_MS),
        _ => None,
    }
}

pub(crate) struct Decoder {
    codec: G729Codec,
}

impl Decoder {
    pub(crate) fn new() -> Self {
        Self {
            codec: codec(CodecType::G729BA),
        }
    }

    pub(crate) fn decode(&mut self, payload: &[u8], out: &mut Vec<i16>) -> Result<(), DecodeError> {
        if samples(payload).is_none() {
            return Err(DecodeError::G729Length {
                have: payload.len(),
            });
        }
        for frame in payload.chunks(FRAME) {
            self.frame(frame, out);
        }
        Ok(())
    }

    pub(crate) fn conceal(&mut self, samples: usize, out: &mut Vec<i16>) {
        for _ in 0..samples.div_ceil(SAMPLES_PER_10_MS) {
            self.frame(&[], out);
        }
    }

    fn frame(&mut self, frame: &[u8], out: &mut Vec<i16>) {
        let mut pcm = [0; SAMPLES_PER_10_MS];
        // Its only errors are about lengths, and these are right: 0, 2 or 10 octets, 80 samples.
        let decoded = self.codec.decode_to_buffer(frame, &mut pcm);
        debug_assert!(decoded.is_ok(), "{decoded:?}");
        out.extend_from_slice(&pcm);
    }
}

pub(crate) struct Encoder {
    codec: G729Codec,
}

impl Encoder {
    pub(crate) fn new() -> Self {
        Self {
            codec: codec(CodecType::G729A),
        }
    }

    pub(crate) fn encode(&mut self, pcm: &[i16], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let (frames, rest) = pcm.as_chunks::<SAMPLES_PER_10_MS>();
        if frames.is_empty() || !rest.is_empty() {
            return Err(EncodeError::FrameLength {
                kind: CodecKind::G729,
                need: "a multiple of 80",
                have: pcm.len(),
            });
        }
        for frame in frames {
            let mut octets = [0; FRAME];
            let encoded = self.codec.encode_to_buffer(frame, &mut octets);
            debug_assert_eq!(encoded.ok(), Some(FRAME));
            out.extend_from_slice(&octets);
        }
        Ok(())
    }
}

fn codec(profile: CodecType) -> G729Codec {
    let config = match profile {
        CodecType::G729BA => CodecConfig::g729ba(),
        _ => CodecConfig::g729a(),
    };
    G729Codec::new(config).expect("the library's own configuration of the profile is valid")
}

/// Octets of a speech frame and of a silence descriptor.
const FRAME: usize = 10;
const SID_FRAME: usize = 2;
