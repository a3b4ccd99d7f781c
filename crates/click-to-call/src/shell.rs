//! Runs the controller: clock, sockets, tasks. Nothing else is decided here.

mod clock;
mod core_task;

pub(crate) use clock::Clock;
pub(crate) use core_task::Core;

use crate::config::{Config, ConfigError};
use crate::controller::{Controller, Counters, Refused};
use crate::{CallEvent, CallRequest, CallStatus, http, web};
use core::time::Duration;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use trunkline_model::tap::Tap;

/// What subscribers are told: an event, and the call as it is after it.
#[derive(Clone, Debug)]
pub struct CallUpdate {
    /// The event.
    pub event: CallEvent,
    /// The call.
    pub status: Arc<CallStatus>,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// The settings cannot be served.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An address cannot be bound.
    #[error("cannot bind the {what} address {address}: {error}")]
    Bind {
        /// `SIP` or `HTTP`.
        what: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
}

/// A running server. It stops when the handle is dropped; [`Handle::stop`] is the orderly way.
#[derive(Debug)]
pub struct Handle {
    sip: Vec<SocketAddr>,
    http: SocketAddr,
    core: Core,
    clock: Clock,
    tasks: [JoinHandle<()>; 2],
}

impl Handle {
    /// The SIP addresses as bound, in the order of the settings.
    pub fn sip_addresses(&self) -> &[SocketAddr] {
        &self.sip
    }

    /// The HTTP address as bound.
    pub const fn http_address(&self) -> SocketAddr {
        self.http
    }

    /// All events of all calls from now on. A subscriber that falls behind by more than 1,024
    /// events loses the oldest.
    pub fn subscribe(&self) -> broadcast::Receiver<CallUpdate> {
        self.core.subscribe()
    }

    /// The time on the clock of the events, for those who compare.
    pub fn now(&self) -> trunkline_model::Time {
        self.clock.now()
    }

    /// Places a call, as an HTTP user does.
    ///
    /// # Errors
    /// Why it is not placed.
    pub async fn place(&self, request: CallRequest) -> Result<CallStatus, Refused> {
        self.core.place(request).await
    }

    /// Ends a call by its id; its status after that, or `None` if it is not known.
    pub async fn hang_up(&self, id: &str) -> Option<CallStatus> {
        self.core.hang_up(id).await
    }

    /// The state of a call by its id.
    pub async fn status(&self, id: &str) -> Option<CallStatus> {
        self.core.find(id).await
    }

    /// What was counted, and how many calls are active.
    pub async fn counters(&self) -> (Counters, usize) {
        self.core.counters().await
    }

    /// Ends all calls, waits until their signaling is over but not longer than `within`, and
    /// stops.
    pub async fn stop(self, within: Duration) {
        // Too late is no error: the tasks are ended all the same.
        let _ = tokio::time::timeout(within, self.core.stop()).await;
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Starts the server. Must be called inside a tokio runtime; all addresses are bound when it
/// returns. `tap` sees each SIP datagram as it is sent.
///
/// # Errors
/// Settings that cannot be served, or an address that cannot be bound.
pub fn spawn(config: Config, tap: Option<Tap>) -> Result<Handle, SpawnError> {
    config.check()?;
    let clock = Clock::start();
    let mut sockets = Vec::new();
    for address in &config.sip {
        let socket = std::net::UdpSocket::bind(address)
            .and_then(|socket| {
                socket.set_nonblocking(true)?;
                tokio::net::UdpSocket::from_std(socket)
            })
            .and_then(|socket| Ok((socket.local_addr()?, socket)))
            .map_err(|error| SpawnError::Bind {
                what: "SIP",
                address: *address,
                error,
            })?;
        sockets.push(socket);
    }
    let listener = std::net::TcpListener::bind(config.http)
        .and_then(|listener| {
            listener.set_nonblocking(true)?;
            tokio::net::TcpListener::from_std(listener)
        })
        .and_then(|listener| Ok((listener.local_addr()?, listener)));
    let (http, listener) = listener.map_err(|error| SpawnError::Bind {
        what: "HTTP",
        address: config.http,
        error,
    })?;

    let sip: Vec<SocketAddr> = sockets.iter().map(|(address, _)| *address).collect();
    let controller = Controller::new(config.controller, sip.clone())?;
    let (core, sip_task) = core_task::spawn(controller, sockets, clock, tap);
    let front = http::Front::new(
        core.clone(),
        clock,
        http::Settings {
            credentials: config.credentials,
            get_interface: config.get_interface,
            request_timeout: config.request_timeout,
        },
    );
    let server = web::serve(
        listener,
        http::router(front),
        config.connections,
        config.request_timeout,
    );
    let http_task = tokio::spawn(server);
    tracing::info!(%http, ?sip, "click-to-call is up");
    Ok(Handle {
        sip,
        http,
        core,
        clock,
        tasks: [sip_task, http_task],
    })
}
