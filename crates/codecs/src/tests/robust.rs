//! Payloads of chance: errors are allowed, panics are not, and the decoder stays usable.

use super::{Noise, sine};
use crate::tone::measure;
use crate::{CodecKind, Decoder, Encoder};

#[test]
fn random_payloads_do_not_panic() {
    for kind in CodecKind::ALL {
        let mut noise = Noise(kind as u64 + 1);
        let mut decoder = Decoder::new(kind);
        let mut out = Vec::new();
        for _ in 0..4_000 {
            let length = (noise.next() % 90) as usize;
            let payload = noise.octets(length);
            let samples = kind.samples(&payload);
            let start = out.len();
            match decoder.decode(&payload, &mut out) {
                Ok(()) => assert_eq!(Some(out.len() - start), samples, "{kind:?} {payload:02x?}"),
                Err(error) => assert_eq!(out.len(), start, "{error}"),
            }
            if noise.next().is_multiple_of(8) {
                decoder.conceal(160, &mut out);
            }
            out.clear();
        }
    }
}

#[test]
fn truncated_and_flipped_packets_do_not_panic() {
    for kind in CodecKind::ALL {
        let mut noise = Noise(99);
        let mut encoder = Encoder::new(kind);
        let mut decoder = Decoder::new(kind);
        let mut out = Vec::new();
        for _ in 0..20 {
            for frame in sine(1_000.0, -3.0).chunks_exact(160) {
                let mut payload = Vec::new();
                encoder.encode(frame, &mut payload).unwrap();
                let index = noise.next() as usize % payload.len();
                payload[index] ^= noise.next() as u8;
                if noise.next().is_multiple_of(4) {
                    payload.truncate(noise.next() as usize % payload.len());
                }
                out.clear();
                let _ = decoder.decode(&payload, &mut out);
            }
        }
    }
}

#[test]
fn extreme_sound_does_not_panic() {
    for kind in CodecKind::ALL {
        let mut noise = Noise(5);
        let mut encoder = Encoder::new(kind);
        let mut decoder = Decoder::new(kind);
        for round in 0..200 {
            let frame: Vec<i16> = (0..160)
                .map(|index| match round % 4 {
                    0 => i16::MIN,
                    1 => i16::MAX,
                    2 if index % 2 == 0 => i16::MIN,
                    2 => i16::MAX,
                    _ => noise.next() as i16,
                })
                .collect();
            let (mut payload, mut out) = (Vec::new(), Vec::new());
            encoder.encode(&frame, &mut payload).unwrap();
            decoder.decode(&payload, &mut out).unwrap();
            assert_eq!(out.len(), 160);
        }
    }
}

/// What the demonstration relies on: a kilohertz through each codec.
#[test]
fn kilohertz_survives_each_codec() {
    for (kind, snr) in [
        (CodecKind::Pcma, 35.0),
        (CodecKind::Pcmu, 35.0),
        (CodecKind::G729, 10.0),
        (CodecKind::Opus, 20.0),
    ] {
        let (mut encoder, mut decoder) = (Encoder::new(kind), Decoder::new(kind));
        let mut out = Vec::new();
        for frame in sine(1_000.0, -10.0).chunks_exact(160) {
            let mut payload = Vec::new();
            encoder.encode(frame, &mut payload).unwrap();
            decoder.decode(&payload, &mut out).unwrap();
        }
        let measured = measure(&out[1_600..]);
        println!("{kind:?}: {measured:?}");
        assert!(
            (measured.frequency_hz - 1_000.0).abs() < 0.5,
            "{kind:?} {measured:?}"
        );
        assert!(
            (measured.level_dbm0 + 10.0).abs() < 1.0,
            "{kind:?} {measured:?}"
        );
        assert!(measured.snr_db > snr, "{kind:?} {measured:?}");
    }
}
