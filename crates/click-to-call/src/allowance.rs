//! How fast calls may be placed.

use crate::config::CallLimits;
use core::time::Duration;
use trunkline_model::Time;

/// How many calls may be placed: a bucket that fills with time.
#[derive(Debug)]
pub(crate) struct Allowance {
    per_second: u64,
    /// Thousandths of a call.
    content: u64,
    most: u64,
    filled: Time,
}

impl Allowance {
    pub(crate) fn new(limits: CallLimits) -> Self {
        let most = u64::from(limits.burst) * 1_000;
        Self {
            per_second: u64::from(limits.per_second),
            content: most,
            most,
            filled: Time::ZERO,
        }
    }

    /// Takes one, or says how long to wait for it.
    pub(crate) fn take(&mut self, now: Time) -> Result<(), Duration> {
        let millis = now.as_millis().saturating_sub(self.filled.as_millis());
        let gained = millis.saturating_mul(self.per_second);
        self.content = self.content.saturating_add(gained).min(self.most);
        self.filled = now;
        if self.content >= 1_000 {
            self.content -= 1_000;
            return Ok(());
        }
        let wait = (1_000 - self.content).div_ceil(self.per_second.max(1));
        Err(Duration::from_millis(wait))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn burst_first_then_the_rate() {
        let limits = CallLimits {
            burst: 3,
            per_second: 2,
            ..CallLimits::default()
        };
        let mut allowance = Allowance::new(limits);
        let start = Time::from_secs(1_000);
        for _ in 0..3 {
            assert_eq!(allowance.take(start), Ok(()));
        }
        assert_eq!(allowance.take(start), Err(Duration::from_millis(500)));
        let later = start + Duration::from_millis(500);
        assert_eq!(allowance.take(later), Ok(()));
        assert!(allowance.take(later).is_err());
        let much_later = start + Duration::from_secs(1_000_000);
        assert_eq!(
            (0..9)
                .filter(|_| allowance.take(much_later).is_ok())
                .count(),
            3
        );
    }
}
