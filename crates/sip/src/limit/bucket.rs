//! Token buckets.

use core::time::Duration;
use trunkline_model::Time;

/// How much is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// So many; 0 lets nothing through ...
    pub count: u32,
    /// ... in this time.
    pub per: Duration,
    /// How many may come at once after a pause; at least 1 is let through.
    pub burst: u32,
}

impl Rate {
    /// So many a second, and as many at once.
    pub const fn per_second(count: u32) -> Self {
        Self {
            count,
            per: Duration::from_secs(1),
            burst: count,
        }
    }

    /// The time after which there is one more token, in nanoseconds.
    fn interval(self) -> u64 {
        let interval = self.per.as_nanos() / u128::from(self.count.max(1));
        u64::try_from(interval).unwrap_or(u64::MAX)
    }
}

/// A bucket of tokens. It holds one number: the time at which it will be full again (the generic
/// cell rate algorithm, ITU-T I.371 annex A).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bucket {
    /// In nanoseconds of the clock.
    full_at: u64,
}

impl Bucket {
    /// How long until there is a token; zero if there is one, the longest time if there never is.
    pub(super) fn wait(self, now: Time, rate: Rate) -> Duration {
        if rate.count == 0 {
            return Duration::MAX;
        }
        let spare = u64::from(rate.burst.max(1) - 1).saturating_mul(rate.interval());
        let wait = self
            .full_at
            .saturating_sub(nanos(now).saturating_add(spare));
        Duration::from_nanos(wait)
    }

    /// Takes a token, if there is one.
    pub(super) fn take(&mut self, now: Time, rate: Rate) -> bool {
        let is_there = self.wait(now, rate).is_zero();
        if is_there {
            self.full_at = self.full_at.max(nanos(now)).saturating_add(rate.interval());
        }
        is_there
    }
}

fn nanos(time: Time) -> u64 {
    time.as_micros().saturating_mul(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        count: 10,
        per: Duration::from_secs(1),
        burst: 5,
    };

    fn taken(bucket: &mut Bucket, now: Time, rate: Rate) -> usize {
        (0..1_000).take_while(|_| bucket.take(now, rate)).count()
    }

    #[test]
    fn a_burst_then_the_rate() {
        let mut bucket = Bucket::default();
        let mut now = Time::from_secs(100);
        assert_eq!(taken(&mut bucket, now, RATE), 5);
        assert_eq!(bucket.wait(now, RATE), Duration::from_millis(100));
        // The clock does not move, or moves back.
        assert_eq!(taken(&mut bucket, now, RATE), 0);
        assert_eq!(taken(&mut bucket, Time::from_secs(99), RATE), 0);
        let mut passed = 0;
        for _ in 0..10_000 {
            now += Duration::from_millis(10);
            passed += taken(&mut bucket, now, RATE);
        }
        assert_eq!(passed, 1_000);
        // A pause fills it, and no more than that.
        now += Duration::from_secs(1_000);
        assert_eq!(taken(&mut bucket, now, RATE), 5);
    }

    #[test]
    fn extremes() {
        let now = Time::from_secs(1);
        let none = Rate::per_second(0);
        let mut bucket = Bucket::default();
        assert_eq!(taken(&mut bucket, now, none), 0);
        assert_eq!(bucket.wait(now, none), Duration::MAX);
        let slow = Rate {
            count: 1,
            per: Duration::from_secs(3_600),
            burst: 0,
        };
        let mut bucket = Bucket::default();
        assert_eq!(taken(&mut bucket, now, slow), 1);
        assert_eq!(bucket.wait(now, slow), Duration::from_secs(3_600));
        assert_eq!(taken(&mut bucket, Time::from_secs(3_601), slow), 1);
        let fast = Rate::per_second(u32::MAX);
        let mut bucket = Bucket::default();
        assert_eq!(taken(&mut bucket, Time::from_micros(u64::MAX), fast), 1_000);
        assert!(
            Rate {
                per: Duration::MAX,
                ..slow
            }
            .interval()
                > 0
        );
        assert_eq!(
            taken(
                &mut Bucket::default(),
                now,
                Rate {
                    per: Duration::ZERO,
                    ..slow
                }
            ),
            1_000
        );
    }
}
