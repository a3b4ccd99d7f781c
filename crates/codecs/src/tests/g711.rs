//! G.711 against the sweep of the ITU-T Software Tool Library: all 65,536 samples, both laws.

use super::{vector, words};
use crate::g711::{
    ALAW_SILENCE, ALAW_TO_ULAW, ULAW_SILENCE, ULAW_TO_ALAW, alaw_to_ulaw, decode_alaw, decode_ulaw,
    encode_alaw, encode_ulaw, ulaw_to_alaw,
};
use crate::tone::measure;

/// Compares in the vectors' form: a code is the low octet of a word.
fn check_sweep(codes: &str, expanded: &str, encode: fn(i16) -> u8, decode: fn(u8) -> i16) {
    let (Some(source), Some(codes), Some(expanded)) =
        (vector("g711/sweep.src"), vector(codes), vector(expanded))
    else {
        return;
    };
    let (source, codes, expanded) = (words(&source), words(&codes), words(&expanded));
    assert_eq!(source.len(), 65_536);
    for ((&sample, &code), &linear) in source.iter().zip(&codes).zip(&expanded) {
        assert_eq!(encode(sample), code as u8, "sample {sample}");
        assert_eq!(decode(code as u8), linear, "code {code:#04x}");
    }
}

#[test]
fn alaw_equals_the_sweep() {
    check_sweep(
        "g711/sweep-r.a",
        "g711/sweep-r.rea",
        encode_alaw,
        decode_alaw,
    );
    check_sweep(
        "g711/sweep-r.a",
        "g711/sweep-r.a-a",
        encode_alaw,
        decode_alaw,
    );
}

#[test]
fn ulaw_equals_the_sweep() {
    check_sweep(
        "g711/sweep-r.u",
        "g711/sweep-r.reu",
        encode_ulaw,
        decode_ulaw,
    );
    check_sweep(
        "g711/sweep-r.u",
        "g711/sweep-r.u-u",
        encode_ulaw,
        decode_ulaw,
    );
}

#[test]
fn every_code_comes_back() {
    for code in 0..=u8::MAX {
        assert_eq!(encode_alaw(decode_alaw(code)), code);
        // The two zeros of mu-law are one linear value.
        if code != 0x7f {
            assert_eq!(encode_ulaw(decode_ulaw(code)), code);
        }
    }
    assert_eq!(decode_alaw(ALAW_SILENCE), 8);
    assert_eq!(decode_ulaw(ULAW_SILENCE), 0);
}

/// G.711 tables 5 and 6: these sequences are 1 kHz at 0 dBm0.
#[test]
fn digital_milliwatt_is_0_dbm0() {
    let alaw = [0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4];
    let ulaw = [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e];
    let alaw: Vec<i16> = alaw
        .iter()
        .cycle()
        .take(8_000)
        .map(|&code| decode_alaw(code))
        .collect();
    let ulaw: Vec<i16> = ulaw
        .iter()
        .cycle()
        .take(8_000)
        .map(|&code| decode_ulaw(code))
        .collect();
    for pcm in [alaw, ulaw] {
        let measured = measure(&pcm);
        assert!(
            (measured.frequency_hz - 1_000.0).abs() < 0.01,
            "{measured:?}"
        );
        // The scales of the two laws in 16 bits differ by 0.07 dB.
        assert!(measured.level_dbm0.abs() < 0.1, "{measured:?}");
    }
}

#[test]
fn laws_convert_without_linear_samples_to_the_nearest_level() {
    for code in 0..=u8::MAX {
        let level = i32::from(decode_alaw(code));
        let distance = |other: u8| (i32::from(decode_ulaw(other)) - level).abs();
        let best = (0..=u8::MAX).map(distance).min().unwrap();
        // The decision values are not midway between levels at the end of a segment: one
        // quarter of the level's step is lost there at most.
        assert!(
            distance(ALAW_TO_ULAW[usize::from(code)]) <= best + level.abs() / 64,
            "{code}"
        );
        let level = i32::from(decode_ulaw(code));
        let distance = |other: u8| (i32::from(decode_alaw(other)) - level).abs();
        let best = (0..=u8::MAX).map(distance).min().unwrap();
        assert!(
            distance(ULAW_TO_ALAW[usize::from(code)]) <= best + level.abs() / 64,
            "{code}"
        );
    }
    let mut codes: Vec<u8> = (0..=255).collect();
    alaw_to_ulaw(&mut codes);
    assert_eq!(codes, ALAW_TO_ULAW);
    let mut codes: Vec<u8> = (0..=255).collect();
    ulaw_to_alaw(&mut codes);
    assert_eq!(codes, ULAW_TO_ALAW);
}

/// G.711 3.3: a second conversion there and back changes nothing more.
#[test]
fn tandem_conversion_settles() {
    for code in 0..=u8::MAX {
        let once = ULAW_TO_ALAW[usize::from(ALAW_TO_ULAW[usize::from(code)])];
        let twice = ULAW_TO_ALAW[usize::from(ALAW_TO_ULAW[usize::from(once)])];
        assert_eq!(once, twice, "{code:#04x}");
    }
}
