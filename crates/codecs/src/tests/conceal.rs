//! Concealment by measurement: what is left of a tone when packets are missing.

use super::sine;
use crate::tone::measure;
use crate::{CodecKind, Decoder, Encoder};

/// Encodes `pcm` in frames of 20 ms, loses those that `lost` says, decodes.
fn with_loss(kind: CodecKind, pcm: &[i16], lost: impl Fn(usize) -> bool) -> Vec<i16> {
    let (mut encoder, mut decoder) = (Encoder::new(kind), Decoder::new(kind));
    let mut out = Vec::new();
    for (index, frame) in pcm.chunks_exact(160).enumerate() {
        let mut payload = Vec::new();
        encoder.encode(frame, &mut payload).unwrap();
        if lost(index) {
            decoder.conceal(160, &mut out);
        } else {
            decoder.decode(&payload, &mut out).unwrap();
        }
    }
    assert_eq!(out.len(), pcm.len());
    out
}

#[test]
fn single_losses_hardly_hurt_a_tone() {
    // 440 Hz has no period of whole samples. G.729 is a model of speech, in which tones take long
    // to come back: its concealment is held against the erasure vector instead.
    let pcm = sine(440.0, -10.0);
    for (kind, snr) in [
        (CodecKind::Pcma, 14.0),
        (CodecKind::Pcmu, 14.0),
        // The decoder goes on from where it was before the loss: its phase is off for a while.
        (CodecKind::Opus, 0.0),
    ] {
        let silent = {
            let mut pcm = pcm.clone();
            for frame in pcm.chunks_exact_mut(160).skip(10).step_by(10) {
                frame.fill(0);
            }
            measure(&pcm).snr_db
        };
        let measured = measure(&with_loss(kind, &pcm, |index| index % 10 == 0 && index > 0));
        assert!(
            (measured.frequency_hz - 440.0).abs() < 1.0,
            "{kind:?} {measured:?}"
        );
        assert!(
            (measured.total_dbm0 + 10.0).abs() < 0.7,
            "{kind:?} {measured:?}"
        );
        assert!(
            measured.snr_db > snr,
            "{kind:?} {measured:?}, silence instead gives {silent}"
        );
    }
}

#[test]
fn long_loss_fades_to_silence() {
    let pcm = sine(440.0, -10.0);
    for kind in CodecKind::ALL {
        let out = with_loss(kind, &pcm, |index| (10..40).contains(&index));
        let first = measure(&out[1_600..1_760]).total_dbm0;
        let late = measure(&out[5_600..6_400]).total_dbm0;
        assert!(first > -18.0, "{kind:?} starts at {first}");
        assert!(late < -40.0, "{kind:?} ends at {late}");
        let after = measure(&out[6_800..]);
        let tolerance = if kind == CodecKind::G729 { 7.0 } else { 1.0 };
        assert!(
            (after.level_dbm0 + 10.0).abs() < tolerance,
            "{kind:?} returns at {after:?}"
        );
    }
}

#[test]
fn concealment_before_any_sound_is_quiet() {
    for kind in CodecKind::ALL {
        let mut out = Vec::new();
        Decoder::new(kind).conceal(480, &mut out);
        assert_eq!(out.len(), 480);
        assert!(out.iter().all(|sample| sample.abs() < 64), "{kind:?}");
    }
}

/// The library's concealment of SILK saturates; it must not be reached by any way.
#[test]
fn opus_dtx_frames_fade_and_never_burst() {
    let mut encoder = Encoder::new(CodecKind::Opus);
    let mut decoder = Decoder::new(CodecKind::Opus);
    let mut out = Vec::new();
    let mut toc = 0;
    for frame in sine(440.0, -10.0).chunks_exact(160).take(20) {
        let mut packet = Vec::new();
        encoder.encode(frame, &mut packet).unwrap();
        toc = packet[0];
        decoder.decode(&packet, &mut out).unwrap();
    }
    let peak = out
        .iter()
        .map(|sample| sample.unsigned_abs())
        .max()
        .unwrap();
    let double = toc | 1;
    let many = toc | 3;
    // Nothing but the table of contents; frames of one octet; a frame of none among others.
    for packet in [
        &[toc][..],
        &[toc, 7],
        &[double, 1, 2],
        &[toc | 2, 0, 1, 2, 3],
        &[many, 0x82, 0, 5, 5, 5],
        &[many, 0x43, 1, 9, 9, 9, 0],
    ] {
        let samples = CodecKind::Opus.samples(packet).unwrap();
        let mut dtx = Vec::new();
        decoder.decode(packet, &mut dtx).unwrap();
        assert_eq!(dtx.len(), samples, "{packet:?}");
        assert!(
            dtx.iter().all(|sample| sample.unsigned_abs() <= peak + 500),
            "{packet:?}"
        );
    }
}
