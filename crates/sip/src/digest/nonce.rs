//! The server's nonces (RFC 7616 3.3, 5.4, 5.5): no memory for those that are handed out, little
//! for those that were answered rightly.

use super::algorithm::Algorithm;
use core::time::Duration;
use std::collections::BTreeMap;
use subtle::ConstantTimeEq as _;
use trunkline_model::Time;

/// Which nonce: when it was made, and a number for those of the same microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NonceId {
    made: Time,
    number: u32,
}

/// Whether a nonce may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Yes, and this use is noted.
    Fresh,
    /// Not any longer.
    Stale,
    /// It was used with this count before.
    Replay,
}

/// Makes nonces and knows which were used how often.
///
/// A nonce is its id and a keyed hash of it. What is kept of it when it was used is the highest
/// count and which of the 64 below it were used: over datagrams requests overtake each other.
#[derive(Debug)]
pub(super) struct Nonces {
    secret: [u8; 32],
    lifetime: Duration,
    capacity: usize,
    issued: u32,
    used: BTreeMap<NonceId, Window>,
    /// Nonces up to this one that are not in `used` were forgotten for want of room.
    forgotten: Option<NonceId>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    highest: u32,
    /// Bit n: the count `highest - n` was used.
    below: u64,
}

impl Nonces {
    pub(super) fn new(secret: [u8; 32], lifetime: Duration, capacity: usize) -> Self {
        Self {
            secret,
            lifetime,
            capacity: capacity.max(1),
            issued: 0,
            used: BTreeMap::new(),
            forgotten: None,
        }
    }

    /// A new nonce: hexadecimal.
    pub(super) fn make(&mut self, now: Time) -> String {
        self.issued = self.issued.wrapping_add(1);
        let id = NonceId {
            made: now,
            number: self.issued,
        };
        self.write(id)
    }

    /// Which of ours it is, if it is one. Without a look at its age.
    pub(super) fn read(&self, nonce: &str) -> Option<NonceId> {
        let made = u64::from_str_radix(nonce.get(..16)?, 16).ok()?;
        let number = u32::from_str_radix(nonce.get(16..24)?, 16).ok()?;
        let id = NonceId {
            made: Time::from_micros(made),
            number,
        };
        let is_ours = self.write(id).as_bytes().ct_eq(nonce.as_bytes());
        bool::from(is_ours).then_some(id)
    }

    /// Notes a use with that count, or with none: then the nonce serves once.
    pub(super) fn take(&mut self, now: Time, id: NonceId, count: Option<u32>) -> Use {
        self.drop_expired(now);
        if now.since(id.made) >= self.lifetime {
            return Use::Stale;
        }
        if let Some(window) = self.used.get_mut(&id) {
            return match count {
                Some(count) if window.take(count) => Use::Fresh,
                _ => Use::Replay,
            };
        }
        if self.forgotten.is_some_and(|last| id <= last) {
            return Use::Stale;
        }
        if self.used.len() >= self.capacity {
            self.forgotten = self.used.pop_first().map(|(id, _)| id);
            if self.forgotten.is_some_and(|last| id <= last) {
                return Use::Stale;
            }
        }
        let window = match count {
            Some(highest) => Window { highest, below: 1 },
            // No count is above this one, and no other below it is free.
            None => Window {
                highest: u32::MAX,
                below: u64::MAX,
            },
        };
        self.used.insert(id, window);
        Use::Fresh
    }

    /// How many nonces are remembered.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.used.len()
    }

    fn drop_expired(&mut self, now: Time) {
        while let Some(oldest) = self.used.first_entry() {
            if now.since(oldest.key().made) < self.lifetime {
                return;
            }
            oldest.remove();
        }
    }

    fn write(&self, id: NonceId) -> String {
        let clear = format!("{:016x}{:08x}", id.made.as_micros(), id.number);
        // SHA-512/256 shows half of its state only: nobody can carry it on to a longer text.
        let seal = Algorithm::Sha512256.hash(&[&self.secret, clear.as_bytes()]);
        let mut nonce = format!("{clear}{seal}");
        nonce.truncate(NONCE_LENGTH);
        nonce
    }
}

impl Window {
    /// Whether the count is new; then it is noted.
    fn take(&mut self, count: u32) -> bool {
        if count > self.highest {
            let step = count - self.highest;
            self.below = self.below.checked_shl(step).unwrap_or(0) | 1;
            self.highest = count;
            return true;
        }
        let Some(bit) = 1_u64.checked_shl(self.highest - count) else {
            return false;
        };
        let is_new = self.below & bit == 0;
        self.below |= bit;
        is_new
    }
}

/// The id in clear and 128 bits of seal.
const NONCE_LENGTH: usize = 24 + 32;
