//! Tags, branches and Call-IDs (RFC 3261 19.3, 8.1.1.4, 8.1.1.7).

use core::hash::{Hash, Hasher};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::hash::DefaultHasher;

/// The endpoint's random numbers, all from its seed.
#[derive(Debug)]
pub(super) struct Random {
    rng: StdRng,
    secret: [u64; 2],
}

impl Random {
    pub(super) fn new(seed: [u8; 32]) -> Self {
        let mut rng = StdRng::from_seed(seed);
        let secret = [rng.next_u64(), rng.next_u64()];
        Self { rng, secret }
    }

    /// A token of 20 characters that nobody can guess: 100 bits. Lower case only, because
    /// tokens may be compared without case (RFC 3261 7.3.1).
    pub(super) fn token(&mut self) -> String {
        let mut token = String::with_capacity(20);
        for _ in 0..2 {
            push_base32(&mut token, self.rng.next_u64(), 10);
        }
        token
    }

    /// A branch with the magic cookie.
    pub(super) fn branch(&mut self) -> String {
        let mut branch = String::with_capacity(27);
        branch.push_str(MAGIC_COOKIE);
        for _ in 0..2 {
            push_base32(&mut branch, self.rng.next_u64(), 10);
        }
        branch
    }

    /// Any number.
    pub(super) fn number(&mut self) -> u64 {
        self.rng.next_u64()
    }

    /// A number from 0 to `bound - 1`.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.rng.next_u64() % bound.max(1)
    }

    /// The tag of answers for which no state is kept: the same for the same request
    /// (RFC 3261 8.2.7).
    pub(super) fn stateless_tag(&self, parts: &[&str]) -> String {
        let mut tag = String::with_capacity(12);
        let mut hasher = DefaultHasher::new();
        (self.secret, parts).hash(&mut hasher);
        push_base32(&mut tag, hasher.finish(), 12);
        tag
    }
}

fn push_base32(text: &mut String, mut bits: u64, characters: usize) {
    for _ in 0..characters {
        text.push(char::from(ALPHABET[(bits & 31) as usize]));
        bits >>= 5;
    }
}

const MAGIC_COOKIE: &str = "z9hG4bK";

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
