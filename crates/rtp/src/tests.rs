//! Tests of the crate, by subject.

mod event;
mod jitter;
mod packet;
mod reception;
mod rtcp;

/// Chance that is the same in each run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }
}
