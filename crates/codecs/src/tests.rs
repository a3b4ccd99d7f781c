//! Tests of the crate against published vectors and by measurement.

mod conceal;
mod g711;
mod g729;
mod opus;
mod robust;
mod tone;

use std::path::PathBuf;

/// A file of published vectors, or `None`, said loudly, where they are not at hand.
fn vector(path: &str) -> Option<Vec<u8>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let data = std::fs::read(root.join(path)).ok();
    if data.is_none() {
        eprintln!("NOT RUN: the vector {path} is not in {}", root.display());
    }
    data
}

/// Little-endian words.
fn words(data: &[u8]) -> Vec<i16> {
    data.as_chunks()
        .0
        .iter()
        .map(|&word| i16::from_le_bytes(word))
        .collect()
}

/// One second of a sine.
fn sine(frequency_hz: f64, level_dbm0: f64) -> Vec<i16> {
    let mut pcm = vec![0; 8_000];
    crate::tone::Sine::new(frequency_hz, level_dbm0).fill(&mut pcm);
    pcm
}

/// Noise that is the same in each run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    fn octets(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}
