//! Opens a connection: TCP, then TLS, then WebSocket, as its transport needs.

use super::framing::Framing;
use crate::counters::Count;
use crate::event::{PeerCertificate, Why};
use crate::sockets::Shared;
use crate::tls;
use crate::web_socket::frame::Role;
use crate::web_socket::handshake::{self, HandshakeError};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ServerConfig};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector};
use trunkline_sip::{Flow, Transport};

/// How a connection comes to be.
pub(crate) enum Start {
    /// We open it, to a server of this name.
    Connect(Option<Arc<str>>),
    /// A peer did; TLS is spoken over it with these settings.
    Accept(TcpStream, Option<Arc<ServerConfig>>),
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

impl Failure {
    /// Counts and logs it.
    pub(super) fn note(&self, shared: &Shared, flow: &Flow, accepted: bool) {
        let transport = flow.transport;
        match self {
            Self::HandshakeTimedOut => shared.counters.add(transport, Count::HandshakeTimedOut),
            Self::Tls(_) => shared.counters.add(transport, Count::TlsFailed),
            Self::WebSocket(_) => shared.counters.add(transport, Count::WebSocketRefused),
            _ => {}
        }
        if accepted {
            tracing::debug!(%flow, error = %self, "connection refused");
        } else {
            shared.counters.add(transport, Count::NotConnected);
            tracing::info!(%flow, error = %self, "not connected");
        }
    }
}

/// Opens it within its times.
pub(super) async fn open(shared: &Shared, flow: &Flow, start: Start) -> Result<Open, Failure> {
    let limits = &shared.timeouts;
    let opened = match start {
        Start::Connect(name) => {
            let stream = timeout(limits.connect, connect(flow))
                .await
                .map_err(|_| Failure::ConnectTimedOut)?
                .map_err(Failure::Connect)?;
            timeout(limits.handshake, greet(shared, flow, name, stream)).await
        }
        Start::Accept(stream, tls) => {
            let welcome = welcome(shared, flow.transport, stream, tls);
            timeout(limits.handshake, welcome).await
        }
    };
    opened.map_err(|_| Failure::HandshakeTimedOut)?
}

async fn connect(flow: &Flow) -> io::Result<TcpStream> {
    let socket = match flow.remote {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    let local = flow.local.ip();
    if !local.is_unspecified() && local.is_ipv4() == flow.remote.is_ipv4() {
        socket.bind(SocketAddr::new(local, 0))?;
    }
    let stream = socket.connect(flow.remote).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The client's handshakes.
async fn greet(
    shared: &Shared,
    flow: &Flow,
    name: Option<Arc<str>>,
    stream: TcpStream,
) -> Result<Open, Failure> {
    if !flow.transport.is_secure() {
        return greet_plain(shared, flow, name, stream, None).await;
    }
    let config: Arc<ClientConfig> = shared.tls_client().ok_or(Failure::NoTls)?;
    let server = match &name {
        Some(name) => {
            ServerName::try_from(name.to_string()).map_err(|_| Failure::NoName(Arc::clone(name)))?
        }
        None => ServerName::IpAddress(flow.remote.ip().into()),
    };
    let stream = TlsConnector::from(config)
        .connect(server, stream)
        .await
        .map_err(Failure::Tls)?;
    let peer = certificate(stream.get_ref().1.peer_certificates());
    greet_plain(shared, flow, name, stream, peer).await
}

async fn greet_plain(
    shared: &Shared,
    flow: &Flow,
    name: Option<Arc<str>>,
    mut stream: impl Octets + 'static,
    peer: Option<Arc<PeerCertificate>>,
) -> Result<Open, Failure> {
    let mut rest = Vec::new();
    let framing = if is_web_socket(flow.transport) {
        let host = match &name {
            Some(name) => format!("{name}:{}", flow.remote.port()),
            None => flow.remote.to_string(),
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
