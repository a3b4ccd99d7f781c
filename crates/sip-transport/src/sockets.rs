//! The sockets, as their owner sees them.

use crate::config::{Config, Limits, Listen, Timeouts, TlsClient, WebSocketSettings};
use crate::connection::{self, Inbox, Link, Outgoing, Start};
use crate::counters::{Count, Counters};
use crate::dns::Dns;
use crate::error::OpenError;
use crate::event::{SocketEvent, Why};
use crate::listener::Listener;
use crate::notices::Notices;
use crate::table::{Table, Target};
use crate::{tls, udp};
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use rustls::{ClientConfig, ServerConfig};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};
use trunkline_model::tap::Tap;
use trunkline_sip::locate::{Answer, Question};
use trunkline_sip::{ConnectionId, Flow, Transport};

/// The sockets of SIP; cheap to clone. They are closed when the last clone is dropped.
#[derive(Clone)]
pub struct Sockets {
    shared: Arc<Shared>,
    owner: Arc<Owner>,
}

/// Gone with the last clone of the [`Sockets`], and what listens with it.
struct Owner {
    shared: Arc<Shared>,
    /// What takes messages and connections.
    listening: Vec<AbortHandle>,
    /// All but the tasks of connections.
    _tasks: JoinSet<()>,
}

/// What all tasks need.
pub(crate) struct Shared {
    locals: Vec<(Transport, SocketAddr)>,
    ports: Vec<Arc<udp::Port>>,
    table: Mutex<Table<Link>>,
    tls: Tls,
    pub(crate) counters: Counters,
    pub(crate) events: mpsc::Sender<SocketEvent>,
    notices: Notices,
    dns: Dns,
    limits: Limits,
    pub(crate) timeouts: Timeouts,
    pub(crate) keep_alive: Option<Duration>,
    pub(crate) web_socket: WebSocketSettings,
    tap: Option<Tap>,
    runtime: Handle,
    /// Tasks of connections.
    running: watch::Sender<usize>,
}

/// Settings of TLS, and what they were loaded to.
struct Tls {
    listen: Vec<Listen>,
    client: Option<TlsClient>,
    loaded: RwLock<Loaded>,
}

/// What was loaded: one for each listener, and one for all that we open.
struct Loaded {
    servers: Vec<Option<Arc<ServerConfig>>>,
    client: Option<Arc<ClientConfig>>,
}

impl Sockets {
    /// Opens the sockets: all are bound when it returns. Events come over the receiver; nothing
    /// more is read while it is full. Needs a running tokio runtime.
    ///
    /// # Errors
    /// What cannot be bound, or a file that cannot be used.
    #[expect(
        clippy::unused_async,
        reason = "only inside a runtime can sockets be opened"
    )]
    pub async fn bind(config: Config) -> Result<(Self, mpsc::Receiver<SocketEvent>), OpenError> {
        let (events, receiver) = mpsc::channel(config.limits.events.max(1));
        let loaded = load(&config.listen, config.tls_client.as_ref())?;
        let mut locals = Vec::new();
        let mut ports = Vec::new();
        let mut listeners = Vec::new();
        for (index, listen) in config.listen.iter().enumerate() {
            let local = if listen.transport == Transport::Udp {
                let port = Arc::new(udp::Port::bind(listen.address)?);
                ports.push(Arc::clone(&port));
                port.local
            } else {
                let listener = Listener::bind(listen.transport, listen.address, index)?;
                let local = listener.local;
                listeners.push(listener);
                local
            };
            locals.push((listen.transport, local));
        }
        let shared = Arc::new(Shared {
            locals,
            ports,
            table: Mutex::new(Table::new(config.limits)),
            tls: Tls {
                listen: config.listen,
                client: config.tls_client,
                loaded: RwLock::new(loaded),
            },
            counters: Counters::default(),
            events,
            notices: Notices::default(),
            dns: Dns::new(
                &config.dns,
                config.limits.questions,
                config.timeouts.question,
            ),
            limits: config.limits,
            timeouts: config.timeouts,
            keep_alive: config.keep_alive,
            web_socket: config.web_socket,
            tap: config.tap,
            runtime: Handle::current(),
            running: watch::Sender::new(0),
        });
        let mut tasks = JoinSet::new();
        let mut listening = Vec::new();
        for port in &shared.ports {
            let (port, shared) = (Arc::clone(port), Arc::clone(&shared));
            listening.push(tasks.spawn(async move { port.run(shared).await }));
        }
        for listener in listeners {
            let shared = Arc::clone(&shared);
            listening.push(tasks.spawn(async move { listener.run(shared).await }));
        }
        let notified = Arc::clone(&shared);
        tasks.spawn(async move { notified.notices.run(&notified.events).await });
        let owner = Arc::new(Owner {
            shared: Arc::clone(&shared),
            listening,
            _tasks: tasks,
        });
        Ok((Self { shared, owner }, receiver))
    }

    /// The addresses as bound, in the order of the settings.
    pub fn locals(&self) -> &[(Transport, SocketAddr)] {
        &self.shared.locals
    }

    /// What was counted.
    pub fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    /// Sends a message over a flow; never waits.
    ///
    /// A flow with a connection goes over that connection only. One without goes over a
    /// connection that we opened before to the same address under the same name, or a new one is
    /// opened; those that peers opened are not used (RFC 5923 needs their consent). `name` is the
    /// domain that the certificate of a TLS peer must be for (RFC 5922); without it the
    /// certificate must be for the address.
    ///
    /// What cannot go out comes back as [`SocketEvent::Undelivered`].
    pub fn send(&self, flow: Flow, name: Option<Arc<str>>, data: Vec<u8>) {
        match flow.transport {
            Transport::Udp => self.shared.send_datagram(flow, &data),
            _ => self.shared.send_over_connection(flow, name, data),
        }
    }

    /// Asks DNS. The answer comes as [`SocketEvent::Resolved`]; that there is none in time, or
    /// that too many questions are under way, is [`Answer::Failed`].
    pub fn resolve(&self, question: Question) {
        let shared = Arc::clone(&self.shared);
        let Ok(place) = Arc::clone(&shared.dns.places).try_acquire_owned() else {
            return shared.tell(SocketEvent::Resolved(question, Answer::Failed));
        };
        self.shared.runtime.spawn(async move {
            let answer = shared.dns.ask(&question).await;
            // Nobody may be listening any longer.
            let event = SocketEvent::Resolved(question, answer);
            let _ = shared.events.send(event).await;
            drop(place);
        });
    }

    /// Closes a connection once what waits for it is sent.
    pub fn close(&self, connection: ConnectionId) {
        drop(self.shared.table().remove(connection));
    }

    /// Lets a connection last while it is idle, as long as
    /// [`Timeouts::idle_kept`] says: somebody is registered over it (RFC 5626 5.3).
    pub fn keep(&self, connection: ConnectionId) {
        if let Some(link) = self.shared.table().keep(connection) {
            link.keep();
        }
    }

    /// Pings over a connection from now on, each time after 80 to 100 per cent of the interval
    /// (RFC 5626 4.4.1), and closes it if no pong comes.
    pub fn keep_alive(&self, connection: ConnectionId, interval: Duration) {
        if let Some(link) = self.shared.table().get(connection) {
            link.ping_every(interval);
        }
    }

    /// Loads the files of certificates, keys and roots again. Handshakes from then on go by them;
    /// connections that are open stay.
    ///
    /// # Errors
    /// A file that cannot be used. Then nothing is changed.
    pub fn reload_certificates(&self) -> Result<(), OpenError> {
        let tls = &self.shared.tls;
        let loaded = load(&tls.listen, tls.client.as_ref())?;
        *tls.loaded.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(())
    }

    /// Stops listening, closes all connections once what waits for them is sent, and waits for
    /// that, but not longer than `within`. Events have to be taken meanwhile.
    pub async fn stop(&self, within: Duration) {
        self.owner.stop();
        let mut running = self.shared.running.subscribe();
        // Too late is no error: the tasks end by themselves later.
        let _ = tokio::time::timeout(within, running.wait_for(|count| *count == 0)).await;
    }
}

impl fmt::Debug for Sockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sockets").field(&self.locals()).finish()
    }
}

impl Owner {
    fn stop(&self) {
        for task in &self.listening {
            task.abort();
        }
        self.shared.table().clear();
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    pub(crate) fn table(&self) -> MutexGuard<'_, Table<Link>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tls_client(&self) -> Option<Arc<ClientConfig>> {
        let loaded = self.tls.loaded.read();
        let loaded = loaded.unwrap_or_else(PoisonError::into_inner);
        loaded.client.clone()
    }

    pub(crate) fn tls_server(&self, index: usize) -> Option<Arc<ServerConfig>> {
        let loaded = self.tls.loaded.read();
        let loaded = loaded.unwrap_or_else(PoisonError::into_inner);
        loaded.servers.get(index).cloned().flatten()
    }

    /// Shows a message that is sent.
    pub(crate) fn tap(&self, flow: &Flow, data: &[u8]) {
        if let Some(tap) = &self.tap {
            tap(flow.local, flow.remote, data);
        }
    }

    /// For those who cannot wait until an event is taken.
    fn tell(&self, event: SocketEvent) {
        if !self.notices.push(event) {
            tracing::warn!("nobody takes events: one is lost");
        }
    }

    /// Tells that a message did not go out.
    fn undelivered(&self, flow: Flow) {
        self.counters.add(flow.transport, Count::Undelivered);
        self.tell(SocketEvent::Undelivered(flow));
    }

    /// Counts a connection's task until it is dropped.
    pub(crate) fn running(self: &Arc<Self>) -> Running {
        self.running.send_modify(|count| *count += 1);
        Running(Arc::clone(self))
    }

    fn send_datagram(&self, flow: Flow, data: &[u8]) {
        let Some(port) = self.ports.iter().find(|port| port.local == flow.local) else {
            tracing::warn!(local = %flow.local, "no UDP socket with this address");
            return self.undelivered(flow);
        };
        if let Err(error) = port.send(flow.remote, data) {
            tracing::debug!(%flow, %error, "not sent");
            return self.undelivered(flow);
        }
        self.counters.add(Transport::Udp, Count::Sent);
        self.tap(&flow, data);
    }

    fn send_over_connection(self: &Arc<Self>, flow: Flow, name: Option<Arc<str>>, data: Vec<u8>) {
        let mut table = self.table();
        let id = flow.connection.unwrap_or_else(|| {
            let target = Target {
                transport: flow.transport,
                local: flow.local,
                remote: flow.remote,
                name,
            };
            let found = table.find(&target);
            found.unwrap_or_else(|| self.connect(&mut table, target))
        });
        let Some(link) = table.use_for_sending(id) else {
            return self.undelivered(flow);
        };
        if !link.send(Outgoing { flow, data }) {
            link.end(Why::Overflow);
            table.remove(id);
            self.undelivered(flow);
        }
    }

    fn connect(self: &Arc<Self>, table: &mut Table<Link>, target: Target) -> ConnectionId {
        let id = next_id();
        let flow = Flow {
            transport: target.transport,
            local: target.local,
            remote: target.remote,
            connection: Some(id),
        };
        let start = Start::Connect(target.name.clone());
        let (link, inbox) = connection::link(&self.limits);
        let gives_way = table.open(id, target, link);
        self.run((id, flow), gives_way, start, inbox);
        id
    }

    /// Takes in a connection that a peer opened, if it may have one more.
    pub(crate) fn accepted(
        self: &Arc<Self>,
        flow: Flow,
        stream: TcpStream,
        tls: Option<Arc<ServerConfig>>,
    ) {
        let id = next_id();
        let (link, inbox) = connection::link(&self.limits);
        let Ok(gives_way) = self.table().accept(id, flow.remote, link) else {
            tracing::debug!(%flow, "too many connections from there");
            return self.counters.add(flow.transport, Count::RefusedSource);
        };
        let flow = Flow {
            connection: Some(id),
            ..flow
        };
        self.run((id, flow), gives_way, Start::Accept(stream, tls), inbox);
    }

    fn run(
        self: &Arc<Self>,
        connection: (ConnectionId, Flow),
        gives_way: Option<Link>,
        start: Start,
        inbox: Inbox,
    ) {
        if let Some(other) = gives_way {
            other.end(Why::GaveWay);
        }
        let run = connection::run(Arc::clone(self), connection, start, inbox);
        self.runtime.spawn(run);
    }
}

/// See [`Shared::running`].
pub(crate) struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.send_modify(|count| *count -= 1);
    }
}

fn next_id() -> ConnectionId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    ConnectionId(NEXT.fetch_add(1, Ordering::Relaxed))
}

fn load(listen: &[Listen], client: Option<&TlsClient>) -> Result<Loaded, OpenError> {
    let server = |listen: &Listen| {
        let (transport, address) = (listen.transport, listen.address);
        match (transport.is_secure(), &listen.tls) {
            (true, Some(settings)) => tls::server(settings).map(Some),
            (true, None) => Err(OpenError::NoCertificate { transport, address }),
            (false, Some(_)) => Err(OpenError::UselessCertificate { transport, address }),
            (false, None) => Ok(None),
        }
    };
    Ok(Loaded {
        servers: listen.iter().map(server).collect::<Result<_, _>>()?,
        client: client.map(tls::client).transpose()?,
    })
}
