//! The shell of the core: threads with sockets and a clock.
//!
//! Each worker owns a core, its sockets and its contexts; nothing is shared between workers but
//! published counters. A context stays on the worker that its number names.

mod handle;
mod run;
mod sockets;

pub use handle::MgwHandle;

use crate::{ConfigError, MgwConfig};
use handle::Link;
use run::{Shared, Worker};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, mpsc};
use std::thread;
use trunkline_model::media::MediaEvent;
use trunkline_model::tap::Tap;

/// Why the media gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// The configuration cannot work.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The operating system refused a poll or a thread.
    #[error("media gateway worker {worker}: {error}")]
    System {
        /// The worker's number.
        worker: usize,
        /// What the system said.
        error: std::io::Error,
    },
}

/// Starts the workers. `events` is called on their threads: it must hand the event on and
/// return. `tap` sees each datagram that is sent.
///
/// # Errors
/// [`SpawnError`] if the configuration cannot work, or the operating system refuses.
pub fn spawn(
    config: MgwConfig,
    tap: Option<Tap>,
    events: impl Fn(MediaEvent) + Send + Sync + 'static,
) -> Result<MgwHandle, SpawnError> {
    config.check()?;
    let workers = config.workers.max(1);
    let events: Arc<dyn Fn(MediaEvent) + Send + Sync> = Arc::new(events);
    let mut links = Vec::with_capacity(workers);
    for number in 0..workers {
        let system = |error| SpawnError::System {
            worker: number,
            error,
        };
        // The standard library's random keys are the only randomness that needs no dependency.
        let seed = RandomState::new().build_hasher().finish();
        let core = crate::Mgw::part(config.clone(), seed, number, workers)?;
        let (sender, commands) = mpsc::channel();
        let shared = Arc::new(Shared::default());
        let worker = Worker::new(
            core,
            config.rtcp,
            commands,
            Arc::clone(&shared),
            Arc::clone(&events),
            tap.clone(),
        )
        .map_err(system)?;
        let waker = worker.waker().map_err(system)?;
        let thread = thread::Builder::new()
            .name(format!("mgw-{number}"))
            .spawn(move || worker.run())
            .map_err(system)?;
        links.push(Link::new(sender, waker, shared, thread));
    }
    Ok(MgwHandle::new(links))
}
