//! Opens a connection: TCP, then TLS, then WebSocket, as its transport needs.

use super::framing::Framing;
use crate::counters::Count;
use crate::event::{PeerCertificate, Why};
use crate::sockets::Shared;
use crate::table::Target;
use crate::tls;
use crate::web_socket::frame::Role;
use crate::web_socket::handshake::{self, HandshakeError};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ServerConfig};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector};
use trunkline_sip::{ConnectionId, Flow, Transport};

/// How a connection comes to be.
pub(crate) enum How {
    /// We open it.
    Connect(Target),
    /// A peer did.
    Accept {
        transport: Transport,
        /// Where it was taken.
        local: SocketAddr,
        remote: SocketAddr,
        /// Taken out once.
        stream: Mutex<Option<TcpStream>>,
        tls: Option<Arc<ServerConfig>>,
    },
}

/// A connection that is open.
pub(super) struct Open {
    pub(super) stream: Box<dyn Octets>,
    pub(super) framing: Framing,
    pub(super) peer: Option<Arc<PeerCertificate>>,
    /// What came already.
    pub(super) rest: Vec<u8>,
}

/// Octets both ways.
pub(super) trait Octets: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Octets for T {}

/// Why a connection is not open.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Ended(Why),
    #[error("TCP: {0}")]
    Connect(io::Error),
    #[error("the TCP connection took too long")]
    ConnectTimedOut,
    #[error("the handshake took too long")]
    HandshakeTimedOut,
    #[error("TLS: {0}")]
    Tls(io::Error),
    #[error("TLS: there are no settings for it")]
    NoTls,
    #[error("TLS: {0} is no name of a server")]
    NoName(Arc<str>),
    #[error("WebSocket: {0}")]
    WebSocket(HandshakeError),
}

impl How {
    pub(crate) fn accept(
        (transport, local): (Transport, SocketAddr),
        (stream, remote): (TcpStream, SocketAddr),
        tls: Option<Arc<ServerConfig>>,
    ) -> Self {
        Self::Accept {
            transport,
            local,
            remote,
            stream: Mutex::new(Some(stream)),
            tls,
        }
    }

    pub(super) const fn transport(&self) -> Transport {
        match self {
            Self::Connect(target) => target.transport,
            Self::Accept { transport, .. } => *transport,
        }
    }

    pub(crate) const fn flow(&self, id: ConnectionId) -> Flow {
        let (local, remote) = match self {
            Self::Connect(target) => (target.local, target.remote),
            Self::Accept { local, remote, .. } => (*local, *remote),
        };
        Flow {
            transport: self.transport(),
            local,
            remote,
            connection: Some(id),
        }
    }

    pub(super) const fn count(&self) -> Count {
        match self {
            Self::Connect(_) => Count::Connected,
            Self::Accept { .. } => Count::Accepted,
        }
    }

    /// Counts and logs that it is not open.
    pub(super) fn failed(&self, shared: &Shared, failure: &Failure) {
        let transport = self.transport();
        match failure {
            Failure::HandshakeTimedOut => {
                shared.counters.add(transport, Count::HandshakeTimedOut);
            }
            Failure::Tls(_) => shared.counters.add(transport, Count::TlsFailed),
            Failure::WebSocket(_) => shared.counters.add(transport, Count::WebSocketRefused),
            _ => {}
        }
        match self {
            Self::Connect(Target { remote, name, .. }) => {
                shared.counters.add(transport, Count::NotConnected);
                tracing::info!(%transport, %remote, name = name.as_deref(), error = %failure, "not connected");
            }
            Self::Accept { remote, .. } => {
                tracing::debug!(%transport, %remote, error = %failure, "connection refused");
            }
        }
    }
}

/// Opens it within its times.
pub(super) async fn open(shared: &Shared, how: &How) -> Result<Open, Failure> {
    let limits = &shared.timeouts;
    match how {
        How::Connect(target) => {
            let stream = timeout(limits.connect, connect(target))
                .await
                .map_err(|_| Failure::ConnectTimedOut)?
                .map_err(Failure::Connect)?;
            timeout(limits.handshake, greet(shared, target, stream))
                .await
                .map_err(|_| Failure::HandshakeTimedOut)?
        }
        How::Accept { stream, tls, .. } => {
            let stream = stream
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take()
                .ok_or_else(|| Failure::Connect(io::ErrorKind::NotConnected.into()))?;
            let welcome = welcome(shared, how.transport(), stream, tls.clone());
            timeout(limits.handshake, welcome)
                .await
                .map_err(|_| Failure::HandshakeTimedOut)?
        }
    }
}

async fn connect(target: &Target) -> io::Result<TcpStream> {
    let socket = match target.remote {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    let local = target.local.ip();
    if !local.is_unspecified() && local.is_ipv4() == target.remote.is_ipv4() {
        socket.bind(SocketAddr::new(local, 0))?;
    }
    let stream = socket.connect(target.remote).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The client's handshakes.
async fn greet(shared: &Shared, target: &Target, stream: TcpStream) -> Result<Open, Failure> {
    if !target.transport.is_secure() {
        return greet_plain(shared, target, stream, None).await;
    }
    let config: Arc<ClientConfig> = shared.tls_client().ok_or(Failure::NoTls)?;
    let name = match &target.name {
        Some(name) => {
            ServerName::try_from(name.to_string()).map_err(|_| Failure::NoName(Arc::clone(name)))?
        }
        None => ServerName::IpAddress(target.remote.ip().into()),
    };
    let stream = TlsConnector::from(config)
        .connect(name, stream)
        .await
        .map_err(Failure::Tls)?;
    let peer = certificate(stream.get_ref().1.peer_certificates());
    greet_plain(shared, target, stream, peer).await
}

async fn greet_plain(
    shared: &Shared,
    target: &Target,
    mut stream: impl Octets + 'static,
    peer: Option<Arc<PeerCertificate>>,
) -> Result<Open, Failure> {
    let mut rest = Vec::new();
    let framing = if is_web_socket(target.transport) {
        let host = match &target.name {
            Some(name) => format!("{name}:{}", target.remote.port()),
            None => target.remote.to_string(),
        };
        rest = handshake::connect(&mut stream, &host, &shared.web_socket.path)
            .await
            .map_err(Failure::WebSocket)?;
        Framing::web_socket(Role::Client)
    } else {
        Framing::stream()
    };
    Ok(Open {
        stream: Box::new(stream),
        framing,
        peer,
        rest,
    })
}

/// The server's handshakes.
async fn welcome(
    shared: &Shared,
    transport: Transport,
    stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
) -> Result<Open, Failure> {
    stream.set_nodelay(true).map_err(Failure::Connect)?;
    let Some(config) = tls else {
        return welcome_plain(shared, transport, stream, None).await;
    };
    let stream = TlsAcceptor::from(config)
        .accept(stream)
        .await
        .map_err(Failure::Tls)?;
    let peer = certificate(stream.get_ref().1.peer_certificates());
    welcome_plain(shared, transport, stream, peer).await
}

async fn welcome_plain(
    shared: &Shared,
    transport: Transport,
    mut stream: impl Octets + 'static,
    peer: Option<Arc<PeerCertificate>>,
) -> Result<Open, Failure> {
    let mut rest = Vec::new();
    let framing = if is_web_socket(transport) {
        rest = handshake::accept(&mut stream, &shared.web_socket)
            .await
            .map_err(Failure::WebSocket)?;
        Framing::web_socket(Role::Server)
    } else {
        Framing::stream()
    };
    Ok(Open {
        stream: Box::new(stream),
        framing,
        peer,
        rest,
    })
}

const fn is_web_socket(transport: Transport) -> bool {
    matches!(transport, Transport::Ws | Transport::Wss)
}

fn certificate(chain: Option<&[CertificateDer<'_>]>) -> Option<Arc<PeerCertificate>> {
    tls::names(chain?.first()?).map(Arc::new)
}
