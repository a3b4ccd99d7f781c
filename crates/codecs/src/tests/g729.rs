//! G.729 Annex A against the ITU-T vectors, bit for bit and sample for sample.

use super::{vector, words};
use crate::{CodecKind, DecodeError, Decoder, EncodeError, Encoder};

/// The frames of a serial bit stream: a sync word, 80, then 80 words, 0x7f for 0, 0x81 for 1;
/// `None` where the frame is erased (a word of zero).
fn frames(serial: &[u8]) -> Vec<Option<[u8; 10]>> {
    words(serial)
        .as_chunks::<82>()
        .0
        .iter()
        .map(|frame| {
            assert_eq!(frame[..2], [0x6b21, 80]);
            let mut octets = [0; 10];
            for (index, &bit) in frame[2..].iter().enumerate() {
                octets[index / 8] |= u8::from(bit == 0x81) << (7 - index % 8);
            }
            (!frame.contains(&0)).then_some(octets)
        })
        .collect()
}

fn check_encoder(name: &str) {
    let (Some(pcm), Some(serial)) = (
        vector(&format!("g729a/{name}.IN")),
        vector(&format!("g729a/{name}.BIT")),
    ) else {
        return;
    };
    let mut encoder = Encoder::new(CodecKind::G729);
    let expected = frames(&serial);
    let pcm = words(&pcm);
    for (index, (input, expected)) in pcm.as_chunks::<80>().0.iter().zip(&expected).enumerate() {
        let mut payload = Vec::new();
        encoder.encode(input, &mut payload).unwrap();
        assert_eq!(
            Some(payload.as_slice()),
            expected.as_ref().map(|f| &f[..]),
            "{name} {index}"
        );
    }
}

fn check_decoder(name: &str, suffix: &str) {
    let (Some(serial), Some(pcm)) = (
        vector(&format!("g729a/{name}.BIT")),
        vector(&format!("g729a/{name}.{suffix}")),
    ) else {
        return;
    };
    let mut decoder = Decoder::new(CodecKind::G729);
    let pcm = words(&pcm);
    let mut compared = 0;
    for (index, (frame, expected)) in frames(&serial)
        .iter()
        .zip(pcm.as_chunks::<80>().0)
        .enumerate()
    {
        let mut out = Vec::new();
        match frame {
            Some(frame) => decoder.decode(frame, &mut out).unwrap(),
            None => decoder.conceal(80, &mut out),
        }
        assert_eq!(out, expected, "{name} frame {index}");
        compared += 1;
    }
    assert!(compared > 0);
}

#[test]
fn encoder_equals_the_vectors() {
    for name in ["ALGTHM", "FIXED", "LSP", "PITCH", "SPEECH", "TAME", "TEST"] {
        check_encoder(name);
    }
}

#[test]
fn decoder_equals_the_vectors() {
    for name in [
        "ALGTHM", "FIXED", "LSP", "OVERFLOW", "PARITY", "PITCH", "SPEECH", "TAME",
    ] {
        check_decoder(name, "PST");
    }
    check_decoder("TEST", "pst");
}

#[test]
fn concealment_equals_the_erasure_vector() {
    check_decoder("ERASURE", "PST");
}

#[test]
fn refuses_what_is_no_whole_number_of_frames() {
    let mut decoder = Decoder::new(CodecKind::G729);
    let mut out = Vec::new();
    for have in [1, 3, 9, 11, 15] {
        let refused = decoder.decode(&vec![0; have], &mut out);
        assert_eq!(refused, Err(DecodeError::G729Length { have }));
    }
    assert!(out.is_empty());
    assert_eq!(
        decoder.decode(&[1; 15], &mut out).unwrap_err().to_string(),
        "G729: need frames of 10 octets and at most one SID frame of 2 octets at the end, have 15 \
         octets (RFC 3551 4.5.6)"
    );
}

#[test]
fn sid_frame_ends_a_payload() {
    let mut decoder = Decoder::new(CodecKind::G729);
    let mut out = Vec::new();
    decoder.decode(&[0x55; 22], &mut out).unwrap();
    assert_eq!(out.len(), 240);
    assert_eq!(CodecKind::G729.samples(&[0; 22]), Some(240));
}

#[test]
fn encoder_wants_whole_frames() {
    let mut encoder = Encoder::new(CodecKind::G729);
    for have in [0, 79, 81] {
        let refused = encoder.encode(&vec![0; have], &mut Vec::new());
        assert!(
            matches!(refused, Err(EncodeError::FrameLength { .. })),
            "{have}"
        );
    }
}
