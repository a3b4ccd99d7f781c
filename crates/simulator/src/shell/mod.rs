//! Sockets, clock and tasks around the pure cores.

mod exchange;
mod phone;
mod ports;

pub use exchange::{
    Activity, BearerConfig, ExchangeHandle, ExchangeReport, ExchangeShellConfig, spawn_exchange,
};
pub use phone::{PhoneHandle, PhoneShellConfig, spawn_phone};

use core::time::Duration;
use std::io;
use std::net::SocketAddr;
use tokio::sync::mpsc;
use tokio::time::Instant;
use trunkline_isup::circuit::CircuitTableError;
use trunkline_model::{Cic, Time, TrunkGroupId};
use trunkline_signaling::SignalingError;

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// The trunk groups contradict each other.
    #[error(transparent)]
    Circuits(#[from] CircuitTableError),
    /// The signaling gateway did not start.
    #[error(transparent)]
    Signaling(#[from] SignalingError),
    /// A port number for a circuit is out of range.
    #[error(
        "{group}, circuit {cic}: port {base} + 2 * {cic} is above 65535; choose a lower port base"
    )]
    Port {
        /// The trunk group.
        group: TrunkGroupId,
        /// The circuit.
        cic: Cic,
        /// The port base.
        base: u16,
    },
    /// A trunk group's bearers are configured twice, or the group does not exist.
    #[error("bearers of {0}: expected once for each trunk group")]
    Bearers(TrunkGroupId),
    /// A telephone needs an address that it can name to others.
    #[error("{0} is no address that a telephone can name in Contact and SDP")]
    Unspecified(SocketAddr),
    /// A socket could not be bound.
    #[error("cannot bind {what} {address}: {source}")]
    Bind {
        /// What for.
        what: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

/// The task of a simulator has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the simulator has stopped")]
pub struct Stopped;

/// Monotonic time since the shell started.
#[derive(Clone, Copy, Debug)]
struct Clock {
    origin: Instant,
}

impl Clock {
    fn start() -> Self {
        Self {
            origin: Instant::now(),
        }
    }

    fn now(self) -> Time {
        let elapsed = self.origin.elapsed().as_micros();
        Time::from_micros(u64::try_from(elapsed).unwrap_or(u64::MAX))
    }

    /// Sleeps until then; for ever if there is nothing to wake up for.
    async fn sleep_until(self, at: Option<Time>) {
        match at {
            Some(at) => {
                let after = at.since(Time::ZERO);
                tokio::time::sleep_until(self.origin + after).await;
            }
            None => core::future::pending().await,
        }
    }
}

/// Hands an event on, unless nobody takes them: a simulator does not wait for its audience.
fn report<T>(events: &mpsc::Sender<T>, event: T) {
    if let Err(mpsc::error::TrySendError::Full(_)) = events.try_send(event) {
        tracing::debug!("events of the simulator are not taken, one is lost");
    }
}

/// Datagrams that are handled before the rest has its turn.
const BATCH: usize = 64;

/// Events that may wait.
const EVENTS: usize = 8_192;

/// Commands that may wait.
const COMMANDS: usize = 256;

/// How long an orderly end may take before what is left is dropped.
const GRACE: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests;
