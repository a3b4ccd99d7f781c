//! Starts the adapter's thread and talks to it.

mod clock;
mod driver;
mod open;

use crate::adapter::{Adapter, Core, SgpAdapter};
use crate::config::{AspConfig, SgpConfig, Transport};
use crate::event::SignalingEvent;
pub(crate) use clock::Clock;
use driver::Driver;
use open::Plan;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime;
use tokio::sync::{mpsc, watch};
use tokio::task::LocalSet;
use trunkline_model::PointCode;
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::tap::Tap;

/// Starts the ASP side on a thread of its own and begins to connect to the peers.
///
/// The tap sees each datagram of UDP encapsulation as it is sent. It is not called for raw IP
/// and TCP, whose headers are the system's.
///
/// The receiver ends when the adapter has stopped.
///
/// # Errors
///
/// [`SignalingError`] if the configuration contradicts itself or a socket cannot be had.
pub fn spawn_asp(
    config: AspConfig,
    tap: Option<Tap>,
) -> Result<(SignalingHandle, mpsc::Receiver<SignalingEvent>), SignalingError> {
    let clock = Clock::start();
    let core = Adapter::new(&config, clock.now())?;
    let plan = Plan::asp(&config)?;
    spawn(
        "trunkline-asp",
        Box::new(core),
        plan,
        clock,
        tap,
        config.queue,
    )
}

/// Starts a signaling gateway process on a thread of its own. The tap is as for [`spawn_asp`].
///
/// # Errors
///
/// [`SignalingError`] if the configuration contradicts itself or a socket cannot be had.
pub fn spawn_sgp(
    config: SgpConfig,
    tap: Option<Tap>,
) -> Result<(SignalingHandle, mpsc::Receiver<SignalingEvent>), SignalingError> {
    let core = SgpAdapter::new(&config);
    let plan = Plan::sgp(&config)?;
    let clock = Clock::start();
    spawn(
        "trunkline-sgp",
        Box::new(core),
        plan,
        clock,
        tap,
        config.queue,
    )
}

/// Talks to a running adapter. Clones talk to the same one; when the last is dropped, the
/// adapter shuts down.
#[derive(Clone, Debug)]
pub struct SignalingHandle {
    requests: mpsc::Sender<Request>,
    /// Apart from the requests, so that it works even if their queue is full.
    control: Arc<watch::Sender<Control>>,
    overload: Arc<AtomicU64>,
    local_addresses: Arc<[LocalAddress]>,
}

/// An address that the adapter has bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalAddress {
    /// The transport; for UDP encapsulation with the UDP port that was bound.
    pub transport: Transport,
    /// The IP address and the SCTP or TCP port.
    pub address: SocketAddr,
}

impl SignalingHandle {
    /// MTP-TRANSFER request. Never waits: if the adapter's queue is full the message is
    /// dropped and counted ([`Discarded::Overload`](crate::Discarded::Overload)).
    pub fn transfer(&self, m: MtpTransfer) {
        self.request(Request::Transfer(m));
    }

    /// At a gateway: tells the ASPs that a destination behind it cannot be reached, can be
    /// reached again, or is congested (DUNA, DAVA, SCON, DUPU; RFC 4666 4.5.1). An ASP has
    /// nobody to tell; there it does nothing.
    pub fn indicate(&self, indication: MtpIndication) {
        self.request(Request::Indicate(indication));
    }

    /// Shuts down in order: ASP Inactive, ASP Down, SCTP SHUTDOWN; after two seconds what is
    /// left is aborted. Returns at once; the event receiver ends when all is done.
    pub fn shutdown(&self) {
        let _ = self.control.send(Control::Shutdown);
    }

    /// Stops at once and tells the peers nothing, as a crash would. For tests and drills.
    pub fn kill(&self) {
        let _ = self.control.send(Control::Kill);
    }

    fn request(&self, request: Request) {
        if self.requests.try_send(request).is_err() {
            self.overload.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until the adapter has stopped.
    pub async fn stopped(&self) {
        self.requests.closed().await;
    }

    /// What is bound, in the order of the configuration. A TCP client has no address before
    /// it is connected and is not listed.
    pub fn local_addresses(&self) -> &[LocalAddress] {
        &self.local_addresses
    }
}

/// What the owner asks for.
#[derive(Debug)]
enum Request {
    Transfer(MtpTransfer),
    Indicate(MtpIndication),
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Control {
    Run,
    Shutdown,
    Kill,
}

fn spawn(
    name: &str,
    core: Box<dyn Core + Send>,
    plan: Plan,
    clock: Clock,
    tap: Option<Tap>,
    queue: usize,
) -> Result<(SignalingHandle, mpsc::Receiver<SignalingEvent>), SignalingError> {
    let (requests, requests_receiver) = mpsc::channel(queue);
    let (control, control_receiver) = watch::channel(Control::Run);
    let (events, events_receiver) = mpsc::channel(queue);
    let overload = Arc::new(AtomicU64::new(0));
    let handle = SignalingHandle {
        requests,
        control: Arc::new(control),
        overload: Arc::clone(&overload),
        local_addresses: plan.addresses.clone().into(),
    };
    let driver = Driver {
        core,
        plan,
        clock,
        tap,
        requests: requests_receiver,
        control: control_receiver,
        overload,
        events,
    };
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(SignalingError::Thread)?;
    // A thread of its own: the SCTP stack cannot move between threads, and no other work of the
    // process may hold up signaling.
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || LocalSet::new().block_on(&runtime, driver.run()))
        .map_err(SignalingError::Thread)?;
    Ok((handle, events_receiver))
}

/// Why the adapter did not start.
#[derive(Debug, thiserror::Error)]
pub enum SignalingError {
    /// Two peers have the same name.
    #[error("peer {0:?} is configured twice")]
    DuplicatePeer(String),
    /// A route names a peer that is not configured.
    #[error("the route to {dpc} names peer {peer:?}, which is not configured")]
    UnknownPeer {
        /// The destination.
        dpc: PointCode,
        /// The name.
        peer: String,
    },
    /// A route names no peer at all.
    #[error("the route to {0} names no peer")]
    EmptyRoute(PointCode),
    /// Two routes lead to the same destination.
    #[error("there are two routes to {0}")]
    DuplicateRoute(PointCode),
    /// A peer would have the same association as another: same addresses, same ports.
    #[error("peer {0:?} has the same addresses and ports as another")]
    SameAssociation(String),
    /// A number is out of its range.
    #[error("{key} is {value}, expected {expected}")]
    Range {
        /// The setting.
        key: &'static str,
        /// Its value.
        value: u64,
        /// What it may be.
        expected: &'static str,
    },
    /// Our address and the peer's are of different families.
    #[error("{local} and {remote} are not of the same address family")]
    AddressFamily {
        /// Ours.
        local: SocketAddr,
        /// The peer's.
        remote: SocketAddr,
    },
    /// A socket could not be opened or bound.
    #[error("cannot bind {what} {address}: {source}")]
    Bind {
        /// What kind of socket.
        what: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Raw sockets need a privilege.
    #[error(
        "cannot open a raw IP socket for SCTP (protocol 132): {0}; it needs root or CAP_NET_RAW"
    )]
    RawSocketDenied(io::Error),
    /// The kernel has no SCTP.
    #[error("this kernel has no SCTP ({0}); load the sctp module or use UDP encapsulation")]
    NoKernelSctp(io::Error),
    /// The thread could not be started.
    #[error("cannot start the signaling thread: {0}")]
    Thread(io::Error),
}
