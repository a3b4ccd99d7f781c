//! The measurement is measured: known signals, known noise, known faults.

use super::{Noise, sine};
use crate::tone::{Dtmf, FULL_SCALE_DBM0, Measured, amplitude, level_dbm0, measure};

#[test]
fn finds_frequency_and_level() {
    for frequency in [
        50.0, 400.0, 425.0, 1_000.0, 1_004.0, 1_333.3, 2_100.0, 3_400.0, 3_850.0,
    ] {
        for level in [3.0, 0.0, -10.0, -30.0] {
            let measured = measure(&sine(frequency, level));
            assert!(
                (measured.frequency_hz - frequency).abs() < 0.05,
                "{frequency} {measured:?}"
            );
            assert!(
                (measured.level_dbm0 - level).abs() < 0.01,
                "{level} {measured:?}"
            );
            assert!(
                (measured.total_dbm0 - level).abs() < 0.05,
                "{level} {measured:?}"
            );
        }
    }
}

/// Rounding to integers is noise of 1/12 of a unit squared.
#[test]
fn snr_of_a_rounded_sine_is_that_of_rounding() {
    let measured = measure(&sine(1_004.0, -10.0));
    let power = amplitude(-10.0).powi(2) / 2.0;
    let expected = 10.0 * (power * 12.0).log10();
    assert!(
        (measured.snr_db - expected).abs() < 0.5,
        "{measured:?}, expected {expected}"
    );
}

#[test]
fn snr_is_that_of_added_noise() {
    let mut noise = Noise(1);
    let mut pcm = sine(1_000.0, -10.0);
    // Uniform noise of +-400 has a power of 400 squared over three.
    for sample in &mut pcm {
        *sample += (noise.next() % 801) as i16 - 400;
    }
    let expected = 10.0 * (amplitude(-10.0).powi(2) / 2.0 / (400.5 * 400.5 / 3.0)).log10();
    let measured = measure(&pcm);
    assert!(
        (measured.snr_db - expected).abs() < 0.3,
        "{measured:?}, expected {expected}"
    );
    assert!(
        (measured.frequency_hz - 1_000.0).abs() < 0.2,
        "{measured:?}"
    );
}

#[test]
fn a_gap_a_slip_and_a_click_cost_snr() {
    let clean = sine(1_000.0, -10.0);
    let mut gap = clean.clone();
    gap[4_000..4_160].fill(0);
    assert!(measure(&gap).snr_db < 20.0, "{:?}", measure(&gap));
    let mut slip = clean.clone();
    slip.drain(4_000..4_003);
    assert!(measure(&slip).snr_db < 10.0, "{:?}", measure(&slip));
    let mut click = clean;
    click[4_000] = 32_767;
    assert!(measure(&click).snr_db < 50.0, "{:?}", measure(&click));
}

#[test]
fn offset_is_not_noise() {
    let shifted: Vec<i16> = sine(1_000.0, -10.0)
        .iter()
        .map(|sample| sample + 500)
        .collect();
    let measured = measure(&shifted);
    assert!(measured.snr_db > 60.0, "{measured:?}");
    assert!((measured.level_dbm0 + 10.0).abs() < 0.01, "{measured:?}");
}

#[test]
fn noise_has_no_tone_to_speak_of() {
    let mut noise = Noise(7);
    let pcm: Vec<i16> = (0..8_000)
        .map(|_| (noise.next() % 8_001) as i16 - 4_000)
        .collect();
    assert!(measure(&pcm).snr_db < -20.0, "{:?}", measure(&pcm));
}

#[test]
fn silence_and_too_little_measure_as_silence() {
    assert_eq!(measure(&[]), Measured::SILENCE);
    assert_eq!(measure(&[0; 8_000]), Measured::SILENCE);
    assert_eq!(measure(&[8; 8_000]), Measured::SILENCE);
    assert_eq!(measure(&sine(1_000.0, 0.0)[..79]), Measured::SILENCE);
}

#[test]
fn short_and_long_windows_agree() {
    let mut long = vec![0; 160_000];
    crate::tone::Sine::new(1_004.3, -13.0).fill(&mut long);
    for window in [&long[..160], &long[..800], &long[3..20_003], &long[..]] {
        let measured = measure(window);
        assert!(
            (measured.frequency_hz - 1_004.3).abs() < 0.1,
            "{} {measured:?}",
            window.len()
        );
        assert!(
            (measured.level_dbm0 + 13.0).abs() < 0.02,
            "{} {measured:?}",
            window.len()
        );
        assert!(measured.snr_db > 60.0, "{} {measured:?}", window.len());
    }
}

#[test]
fn levels_are_relative_to_full_scale() {
    assert!((level_dbm0(32_768.0) - FULL_SCALE_DBM0).abs() < 1e-9);
    assert!((amplitude(FULL_SCALE_DBM0) - 32_768.0).abs() < 1e-6);
    assert_eq!(level_dbm0(0.0), f64::NEG_INFINITY);
}

#[test]
fn dtmf_has_its_two_tones() {
    for (digit, low, high) in [
        ('1', 697.0, 1_209.0),
        ('0', 941.0, 1_336.0),
        ('D', 941.0, 1_633.0),
    ] {
        let mut pcm = vec![0; 8_000];
        Dtmf::new(digit, -10.0).unwrap().fill(&mut pcm);
        let first = measure(&pcm);
        // Both are equally strong: take the one that was found away, and the other is left.
        let mut other = crate::tone::Sine::new(first.frequency_hz, first.level_dbm0);
        let mut cancelled = vec![0; 8_000];
        other.fill(&mut cancelled);
        for (sample, tone) in pcm.iter_mut().zip(cancelled) {
            *sample -= tone;
        }
        let second = measure(&pcm);
        let mut found = [first.frequency_hz, second.frequency_hz];
        found.sort_by(f64::total_cmp);
        assert!(
            (found[0] - low).abs() < 0.2 && (found[1] - high).abs() < 0.2,
            "{digit} {found:?}"
        );
        assert!((first.level_dbm0 + 10.0).abs() < 0.1, "{first:?}");
    }
    assert!(Dtmf::new('E', -10.0).is_none());
}
