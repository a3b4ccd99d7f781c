//! Opus through `unsafe-libopus` (libopus in Rust, with its C interface) at the 8 kHz rate.
//!
//! The landline side has 8 kHz only: at that rate of the interface encoding costs a fifth of
//! what it costs at 48 kHz, and no resampler is needed. Whatever bandwidth a packet has, the
//! decoder gives 8 kHz, one channel.
//!
//! The library's own concealment must never run: in version 0.2.0 the SILK part of it saturates
//! every sample to +32,767 (`silk/PLC.rs` and `silk/CNG.rs` limit to `0x8000` as a positive
//! number where the C source has the most negative). It runs for absent packets, for frames of
//! at most one octet (DTX), and at a switch from SILK to CELT. So absent sound is concealed here
//! as for G.711, DTX frames are taken for absent, and that switch resets the decoder.
#![allow(
    unsafe_code,
    reason = "the library keeps the C interface: raw pointers to its state"
)]

use crate::conceal::Concealer;
use crate::{CodecKind, DecodeError, EncodeError, OpusOptions, SAMPLE_RATE};
use core::ptr::NonNull;
use unsafe_libopus as unsafe_lib;

/// Samples (8 kHz) of a packet by its table-of-contents octet and frame count (RFC 6716 3.1,
/// 3.2), or `None` if it has no valid one or lasts longer than 120 ms.
pub(crate) fn samples(packet: &[u8]) -> Option<usize> {
    let &toc = packet.first()?;
    let per_frame = match toc >> 3 {
        // SILK: 10, 20, 40, 60 ms. Hybrid: 10, 20 ms. CELT: 2.5, 5, 10, 20 ms.
        config @ 0..=11 => [80, 160, 320, 480][usize::from(config & 3)],
        config @ 12..=15 => [80, 160][usize::from(config & 1)],
        config => [20, 40, 80, 160][usize::from(config & 3)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => usize::from(packet.get(1)? & 0x3f),
    };
    let samples = per_frame * frames;
    (1..=LONGEST).contains(&samples).then_some(samples)
}

/// Octets of the shortest frame of a packet (RFC 6716 3.2), or `None` if the framing is broken.
fn shortest_frame(packet: &[u8]) -> Option<usize> {
    let (&toc, rest) = packet.split_first()?;
    match toc & 3 {
        0 => Some(rest.len()),
        1 => rest.len().is_multiple_of(2).then_some(rest.len() / 2),
        2 => {
            let (first, rest) = frame_length(rest)?;
            Some(first.min(rest.len().checked_sub(first)?))
        }
        _ => {
            let (&count, mut rest) = rest.split_first()?;
            let frames = usize::from(count & 0x3f);
            if count & 0x40 != 0 {
                // 255 means 254 octets of padding and another count (RFC 6716 3.2.5).
                let mut padding = 0;
                loop {
                    let (&more, after) = rest.split_first()?;
                    rest = after;
                    padding += usize::from(more.min(254));
                    if more < 255 {
                        break;
                    }
                }
                rest = rest.get(..rest.len().checked_sub(padding)?)?;
            }
            if count & 0x80 == 0 {
                let whole = frames > 0 && rest.len().is_multiple_of(frames);
                return whole.then(|| rest.len() / frames);
            }
            let (mut shortest, mut total) = (usize::MAX, 0);
            for _ in 1..frames {
                let (length, after) = frame_length(rest)?;
                rest = after;
                total += length;
                shortest = shortest.min(length);
            }
            Some(shortest.min(rest.len().checked_sub(total)?))
        }
    }
}

/// A frame length of one or two octets (RFC 6716 3.2.1), and what follows it.
fn frame_length(data: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = data.split_first()?;
    if first < 252 {
        return Some((usize::from(first), rest));
    }
    let (&second, rest) = rest.split_first()?;
    Some((4 * usize::from(second) + usize::from(first), rest))
}

pub(crate) struct Decoder {
    state: NonNull<unsafe_lib::OpusDecoder>,
    concealer: Box<Concealer>,
    /// Whether the last packet was of CELT alone.
    celt: bool,
}

// SAFETY: the state is one heap block that only this value points to, without thread-local or
// shared mutable parts; it may be used from any one thread at a time.
unsafe impl Send for Decoder {}

impl Decoder {
    pub(crate) fn new() -> Self {
        let mut error = 0;
        // SAFETY: `error` outlives the call; the arguments are a valid rate and channel count.
        let state =
            unsafe { unsafe_lib::opus_decoder_create(SAMPLE_RATE as i32, 1, &raw mut error) };
        let state = NonNull::new(state).expect("8 kHz and one channel are valid arguments");
        Self {
            state,
            concealer: Box::new(Concealer::new()),
            celt: false,
        }
    }

    pub(crate) fn decode(&mut self, packet: &[u8], out: &mut Vec<i16>) -> Result<(), DecodeError> {
        let framing = DecodeError::OpusFraming { have: packet.len() };
        let samples = samples(packet).ok_or(framing)?;
        let length = i32::try_from(packet.len()).map_err(|_| framing)?;
        if shortest_frame(packet).ok_or(framing)? < 2 {
            self.concealer.conceal(samples, out);
            return Ok(());
        }
        let celt = packet[0] & 0x80 != 0;
        if celt && !self.celt {
            // SAFETY: `state` is live; the request takes no argument.
            unsafe {
                unsafe_lib::opus_decoder_ctl_impl(
                    self.state.as_ptr(),
                    unsafe_lib::OPUS_RESET_STATE,
                    unsafe_lib::varargs!(),
                );
            }
        }
        self.celt = celt;
        let start = out.len();
        out.resize(start + samples, 0);
        // SAFETY: `state` is live (freed in `drop` only); `packet` has `length` octets; `out`
        // has room for `samples` samples from `start` on, and the library writes no more.
        let code = unsafe {
            unsafe_lib::opus_decode(
                self.state.as_ptr(),
                packet.as_ptr(),
                length,
                out[start..].as_mut_ptr(),
                samples as i32,
                0,
            )
        };
        match usize::try_from(code) {
            Ok(decoded) => {
                out.truncate(start + decoded);
                self.concealer.heard(&mut out[start..]);
                Ok(())
            }
            Err(_) => {
                out.truncate(start);
                Err(if code == unsafe_lib::OPUS_INVALID_PACKET {
                    framing
                } else {
                    DecodeError::Refused {
                        kind: CodecKind::Opus,
                        code,
                    }
                })
            }
        }
    }

    pub(crate) fn conceal(&mut self, samples: usize, out: &mut Vec<i16>) {
        self.concealer.conceal(samples, out);
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: made by `opus_decoder_create`, freed once, not used afterwards.
        unsafe { unsafe_lib::opus_decoder_destroy(self.state.as_ptr()) }
    }
}

pub(crate) struct Encoder {
    state: NonNull<unsafe_lib::OpusEncoder>,
}

// SAFETY: as for `Decoder`.
unsafe impl Send for Encoder {}

impl Encoder {
    pub(crate) fn new(options: OpusOptions) -> Self {
        let mut error = 0;
        // SAFETY: `error` outlives the call; the arguments are valid constants.
        let state = unsafe {
            unsafe_lib::opus_encoder_create(
                SAMPLE_RATE as i32,
                1,
                unsafe_lib::OPUS_APPLICATION_VOIP,
                &raw mut error,
            )
        };
        let state = NonNull::new(state).expect("8 kHz, one channel and VOIP are valid arguments");
        let mut encoder = Self { state };
        encoder.set(
            unsafe_lib::OPUS_SET_BITRATE_REQUEST,
            options.bitrate.clamp(6_000, 64_000) as i32,
        );
        encoder.set(
            unsafe_lib::OPUS_SET_COMPLEXITY_REQUEST,
            i32::from(options.complexity.min(10)),
        );
        encoder.set(
            unsafe_lib::OPUS_SET_MAX_BANDWIDTH_REQUEST,
            unsafe_lib::OPUS_BANDWIDTH_NARROWBAND,
        );
        encoder.set(
            unsafe_lib::OPUS_SET_INBAND_FEC_REQUEST,
            i32::from(options.fec),
        );
        encoder
    }

    pub(crate) fn encode(&mut self, pcm: &[i16], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if !matches!(pcm.len(), 20 | 40 | 80 | 160 | 320 | 480) {
            return Err(EncodeError::FrameLength {
                kind: CodecKind::Opus,
                need: "20, 40, 80, 160, 320 or 480",
                have: pcm.len(),
            });
        }
        let start = out.len();
        out.resize(start + PACKET_MAX, 0);
        // SAFETY: `state` is live; `pcm` has the samples that its length says; `out` has room
        // for `PACKET_MAX` octets from `start` on, and the library writes no more.
        let code = unsafe {
            unsafe_lib::opus_encode(
                self.state.as_ptr(),
                pcm.as_ptr(),
                pcm.len() as i32,
                out[start..].as_mut_ptr(),
                PACKET_MAX as i32,
            )
        };
        match usize::try_from(code) {
            Ok(octets) => {
                out.truncate(start + octets);
                Ok(())
            }
            Err(_) => {
                out.truncate(start);
                Err(EncodeError::Refused {
                    kind: CodecKind::Opus,
                    code,
                })
            }
        }
    }

    fn set(&mut self, request: i32, value: i32) {
        // SAFETY: `state` is live; the requests used here take one integer.
        let code = unsafe {
            unsafe_lib::opus_encoder_ctl_impl(
                self.state.as_ptr(),
                request,
                unsafe_lib::varargs!(value),
            )
        };
        debug_assert_eq!(code, unsafe_lib::OPUS_OK, "request {request}");
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: made by `opus_encoder_create`, freed once, not used afterwards.
        unsafe { unsafe_lib::opus_encoder_destroy(self.state.as_ptr()) }
    }
}

/// Samples in 120 ms, the longest packet (RFC 6716 3.4 R5).
const LONGEST: usize = 960;
/// Octets that an encoded packet may take: one frame (RFC 6716 3.4 R2).
const PACKET_MAX: usize = 1275;
