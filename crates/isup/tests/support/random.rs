//! Random numbers that are the same in every run.

/// Marsaglia's xorshift with 64 bits.
pub(crate) struct Random(u64);

impl Random {
    /// The sequence of that seed.
    pub(crate) fn new(seed: u64) -> Self {
        // 0 would stay 0, and small seeds begin with small numbers.
        let mut random = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..8 {
            random.next();
        }
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Less than `bound`; 0 for 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // The low bits of xorshift are the weaker ones.
        ((self.next() >> 16) as usize)
            .checked_rem(bound)
            .unwrap_or(0)
    }

    /// From `least` to `most`.
    pub(crate) fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most + 1 - least)
    }

    pub(crate) fn octet(&mut self) -> u8 {
        (self.next() >> 32) as u8
    }

    pub(crate) fn octets(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.octet()).collect()
    }

    /// One of them.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}
