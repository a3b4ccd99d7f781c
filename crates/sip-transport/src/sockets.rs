//! The sockets, as their owner sees them.

use crate::config::{Config, Listen};
use crate::counters::{Count, Counters};
use crate::dns::Dns;
use crate::error::OpenError;
use crate::event::SocketEvent;
use crate::notices::Notices;
use crate::udp;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use trunkline_model::tap::Tap;
use trunkline_sip::locate::{Answer, Question};
use trunkline_sip::{ConnectionId, Flow, Transport};

/// The sockets of SIP; cheap to clone. They are closed when the last clone is dropped.
#[derive(Clone)]
pub struct Sockets {
    shared: Arc<Shared>,
    /// What listens, until the last clone is gone.
    _tasks: Arc<JoinSet<()>>,
}

/// What all tasks need.
pub(crate) struct Shared {
    locals: Vec<(Transport, SocketAddr)>,
    ports: Vec<Arc<udp::Port>>,
    pub(crate) counters: Counters,
    pub(crate) events: mpsc::Sender<SocketEvent>,
    notices: Notices,
    tap: Option<Tap>,
    dns: Dns,
    runtime: Handle,
}

impl Sockets {
    /// Opens the sockets: all are bound when it returns. Events come over the receiver; nothing
    /// more is read while it is full. Needs a running tokio runtime.
    ///
    /// # Errors
    /// What cannot be bound, or a file that cannot be used.
    pub async fn bind(config: Config) -> Result<(Self, mpsc::Receiver<SocketEvent>), OpenError> {
        let (events, receiver) = mpsc::channel(config.limits.events.max(1));
        let mut locals = Vec::new();
        let mut ports = Vec::new();
        for listen in &config.listen {
            check(listen)?;
            if listen.transport == Transport::Udp {
                let port = udp::Port::bind(listen.address)?;
                locals.push((Transport::Udp, port.local));
                ports.push(Arc::new(port));
            }
        }
        let shared = Arc::new(Shared {
            locals,
            ports,
            counters: Counters::default(),
            events,
            notices: Notices::default(),
            tap: config.tap,
            dns: Dns::new(
                &config.dns,
                config.limits.questions,
                config.timeouts.question,
            ),
            runtime: Handle::current(),
        });
        let mut tasks = JoinSet::new();
        for port in &shared.ports {
            let (port, shared) = (Arc::clone(port), Arc::clone(&shared));
            tasks.spawn(async move { port.run(shared).await });
        }
        let notified = Arc::clone(&shared);
        tasks.spawn(async move { notified.notices.run(&notified.events).await });
        let sockets = Self {
            shared,
            _tasks: Arc::new(tasks),
        };
        Ok((sockets, receiver))
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
    /// domain that the certificate of a TLS peer must be for (RFC 5922).
    ///
    /// What cannot go out comes back as [`SocketEvent::Undelivered`].
    pub fn send(&self, flow: Flow, name: Option<Arc<str>>, data: Vec<u8>) {
        let shared = &self.shared;
        let _ = name;
        match flow.transport {
            Transport::Udp => {
                let Some(port) = shared.ports.iter().find(|port| port.local == flow.local) else {
                    tracing::warn!(local = %flow.local, "no UDP socket with this address");
                    return shared.undelivered(flow);
                };
                if let Err(error) = port.send(flow.remote, &data) {
                    tracing::debug!(%flow, %error, "not sent");
                    return shared.undelivered(flow);
                }
                shared.sent(&flow, &data);
            }
            _ => shared.undelivered(flow),
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
        let _ = connection;
    }
}

impl Shared {
    pub(crate) fn sent(&self, flow: &Flow, data: &[u8]) {
        self.counters.add(flow.transport, Count::Sent);
        if let Some(tap) = &self.tap {
            tap(flow.local, flow.remote, data);
        }
    }

    /// Tells that a message did not go out.
    pub(crate) fn undelivered(&self, flow: Flow) {
        self.counters.add(flow.transport, Count::Undelivered);
        self.tell(SocketEvent::Undelivered(flow));
    }

    /// For those who cannot wait until an event is taken.
    pub(crate) fn tell(&self, event: SocketEvent) {
        if !self.notices.push(event) {
            tracing::warn!("nobody takes events: one is lost");
        }
    }
}

fn check(listen: &Listen) -> Result<(), OpenError> {
    let (transport, address) = (listen.transport, listen.address);
    match (transport.is_secure(), &listen.tls) {
        (true, None) => Err(OpenError::NoCertificate { transport, address }),
        (false, Some(_)) => Err(OpenError::UselessCertificate { transport, address }),
        _ => Ok(()),
    }
}
