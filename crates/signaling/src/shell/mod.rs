//! Starts the adapter's thread and talks to it.

mod clock;
mod driver;
mod open;

use crate::adapter::Adapter;
use crate::config::{Config, Transport};
use crate::event::SignalingEvent;
use crate::links::{LinkAction, LinkError, Links};
pub(crate) use clock::Clock;
use driver::Driver;
use open::Plan;
use rand::TryRng;
use rand::rngs::SysRng;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::LocalSet;
use trunkline_model::PointCode;
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::tap::Tap;

/// Starts the adapter on a thread of its own and begins to connect and to listen.
///
/// The tap sees each datagram of UDP encapsulation as it is sent. It is not called for raw IP,
/// the kernel's SCTP and TCP, whose headers are the system's.
///
/// The receiver ends when the adapter has stopped.
///
/// # Errors
///
/// [`SignalingError`] if the configuration contradicts itself or a socket cannot be had.
pub fn spawn(
    config: Config,
    tap: Option<Tap>,
) -> Result<(SignalingHandle, mpsc::Receiver<SignalingEvent>), SignalingError> {
    let clock = Clock::start();
    let config = open::resolve(config)?;
    let core = Adapter::new(&config, clock.now(), SysRng.try_next_u64().unwrap_or(0))?;
    let plan = Plan::new(&config)?;
    let (requests, requests_receiver) = mpsc::channel(config.queue);
    let (control, control_receiver) = watch::channel(Control::Run);
    let (events, events_receiver) = mpsc::channel(config.queue);
    let (questions, questions_receiver) = mpsc::channel(QUESTIONS);
    let overload = Arc::new(AtomicU64::new(0));
    let handle = SignalingHandle {
        requests,
        questions,
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
        questions: questions_receiver,
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
        .name("trunkline-m3ua".to_owned())
        .spawn(move || LocalSet::new().block_on(&runtime, driver.run()))
        .map_err(SignalingError::Thread)?;
    Ok((handle, events_receiver))
}

/// Talks to a running adapter. Clones talk to the same one; when the last is dropped, the
/// adapter shuts down.
#[derive(Clone, Debug)]
pub struct SignalingHandle {
    requests: mpsc::Sender<Request>,
    questions: mpsc::Sender<Question>,
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
    /// reached again, or is congested (DUNA, DAVA, SCON, DUPU; RFC 4666 4.5.1). To whom nobody
    /// is an ASP has nobody to tell.
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

    /// The state of all associations, application servers and destinations; `None` if the
    /// adapter has stopped.
    pub async fn links(&self) -> Option<Links> {
        let (reply, answer) = oneshot::channel();
        self.questions.send(Question::Links(reply)).await.ok()?;
        answer.await.ok()
    }

    /// Does something to a peer: blocks or unblocks traffic with it, takes its association
    /// down or lets it come up.
    ///
    /// # Errors
    ///
    /// [`LinkError`] if there is no such peer, or no adapter any more.
    pub async fn command(&self, peer: &str, action: LinkAction) -> Result<(), LinkError> {
        let (reply, answer) = oneshot::channel();
        let question = Question::Command(peer.to_owned(), action, reply);
        let sent = self.questions.send(question).await;
        sent.map_err(|_| LinkError::Stopped)?;
        answer.await.unwrap_or(Err(LinkError::Stopped))
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

/// What somebody wants to know or to have done, and waits for.
#[derive(Debug)]
enum Question {
    Links(oneshot::Sender<Links>),
    Command(String, LinkAction, oneshot::Sender<Result<(), LinkError>>),
}

/// Questions that may wait.
const QUESTIONS: usize = 16;

/// Why the adapter did not start.
#[derive(Debug, thiserror::Error)]
pub enum SignalingError {
    /// Two peers have the same name.
    #[error("peer {0:?} is configured twice")]
    DuplicatePeer(String),
    /// A route names a peer that is not configured, or to which we are no ASP in that AS.
    #[error("the route to {dpc} names peer {peer:?}, which has no such application server")]
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
    /// A peer or a listener has no address, or several where the transport takes only one.
    #[error("{name:?}: {transport} takes {expected}, got {got}")]
    Addresses {
        /// The peer, or `listen`.
        name: String,
        /// The transport.
        transport: &'static str,
        /// How many it takes.
        expected: &'static str,
        /// How many there are.
        got: usize,
    },
    /// The addresses of one end have different ports.
    #[error("{0:?}: the addresses of one end of an association have one port")]
    Ports(String),
    /// A peer is to connect to us, but we listen nowhere over its transport.
    #[error("peer {0:?} is to connect to us, but nothing listens over its transport")]
    NoListener(String),
    /// A peer has no application server to be active in.
    #[error("peer {0:?} has no application server")]
    NoApplicationServer(String),
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
    /// Neither the kernel's SCTP nor our own over raw IP can be had.
    #[error("transport auto: {kernel}; {raw}")]
    NoSctp {
        /// What the kernel said.
        kernel: Box<SignalingError>,
        /// What it said to raw sockets.
        raw: Box<SignalingError>,
    },
    /// The thread could not be started.
    #[error("cannot start the signaling thread: {0}")]
    Thread(io::Error),
}
