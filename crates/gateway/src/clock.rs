//! The one clock of the process.

use std::time::Instant;
use trunkline_model::Time;

/// Monotonic time since the process began to serve.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    origin: Instant,
}

impl Clock {
    /// A clock that shows zero.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that cores are given"
    )]
    pub(crate) fn start() -> Self {
        Self {
            origin: Instant::now(),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that cores are given"
    )]
    pub(crate) fn now(self) -> Time {
        let micros = Instant::now().duration_since(self.origin).as_micros();
        Time::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// Since the Unix epoch, as the system has it now.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that cores are given"
    )]
    pub(crate) fn unix() -> core::time::Duration {
        let now = std::time::SystemTime::now();
        now.duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default()
    }

    /// When the clock will show `time`.
    pub(crate) fn instant(self, time: Time) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.origin + time.since(Time::ZERO))
    }
}
