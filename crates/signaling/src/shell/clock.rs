//! The adapter's clock.

use std::time::Instant;
use trunkline_model::Time;

/// Monotonic time since the adapter was started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock(Instant);

impl Clock {
    /// A clock that begins now.
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where this crate reads a clock"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn now(&self) -> Time {
        let micros = self.0.elapsed().as_micros();
        // The cores compare times with zero as "before everything": stay above it.
        Time::from_micros(u64::try_from(micros).unwrap_or(u64::MAX)) + ORIGIN
    }

    /// Waits until then; for ever if there is no such time.
    pub(crate) async fn sleep_until(&self, at: Option<Time>) {
        match at {
            Some(at) => tokio::time::sleep(at.since(self.now())).await,
            None => std::future::pending().await,
        }
    }
}

const ORIGIN: core::time::Duration = core::time::Duration::from_secs(1);
