//! What the sockets are opened with.

use core::time::Duration;
use std::net::SocketAddr;
use std::path::PathBuf;
use trunkline_model::tap::Tap;
use trunkline_sip::Transport;

/// Settings of [`Sockets::bind`](crate::Sockets::bind).
#[derive(Clone, Default)]
pub struct Config {
    /// Where messages and connections are taken.
    pub listen: Vec<Listen>,
    /// How TLS and WSS connections are opened. `None`: they cannot be.
    pub tls_client: Option<TlsClient>,
    /// WebSocket handshakes.
    pub web_socket: WebSocketSettings,
    /// How many of each.
    pub limits: Limits,
    /// How long.
    pub timeouts: Timeouts,
    /// How often connections that we open are pinged (RFC 5626 3.5.1). `None`: only those for
    /// which [`Sockets::keep_alive`](crate::Sockets::keep_alive) was called.
    pub keep_alive: Option<Duration>,
    /// Who answers questions about names.
    pub dns: DnsSettings,
    /// Sees every message as it is written.
    pub tap: Option<Tap>,
}

/// One address where messages or connections are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The protocol.
    pub transport: Transport,
    /// The address; port 0 lets the system choose.
    pub address: SocketAddr,
    /// The certificate. TLS and WSS need it, the others have none.
    pub tls: Option<TlsServer>,
}

impl Listen {
    /// For UDP, TCP or WS.
    pub const fn plain(transport: Transport, address: SocketAddr) -> Self {
        Self {
            transport,
            address,
            tls: None,
        }
    }

    /// For TLS or WSS.
    pub const fn secure(transport: Transport, address: SocketAddr, tls: TlsServer) -> Self {
        Self {
            transport,
            address,
            tls: Some(tls),
        }
    }
}

/// A certificate with its key, in PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The certificate, and after it those that lead to its root.
    pub certificate: PathBuf,
    /// Its private key: PKCS #8, PKCS #1 or SEC 1, not encrypted.
    pub key: PathBuf,
}

/// The server's side of TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsServer {
    /// What we show.
    pub own: CertificateFiles,
    /// What clients must show.
    pub clients: ClientCertificates,
}

/// Whether clients show certificates (RFC 3261 26.3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ClientCertificates {
    /// They are not asked for.
    #[default]
    None,
    /// They are asked for; one that does not lead to a root in this file ends the handshake.
    Optional(PathBuf),
    /// As [`ClientCertificates::Optional`], and without one there is no connection.
    Required(PathBuf),
}

/// The client's side of TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsClient {
    /// Files with trusted roots: a bundle as the system has, or a certificate of one's own.
    pub roots: Vec<PathBuf>,
    /// What we show to servers that ask for a certificate.
    pub own: Option<CertificateFiles>,
    /// How far a server's certificate is checked.
    pub verify: Verify,
}

/// How far a server's certificate is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    /// It leads to a root and names the domain that we look for (RFC 5922 7.2).
    #[default]
    Name,
    /// As [`Verify::Name`], but `*.example.com` stands for each name with one more label, which
    /// RFC 5922 7.2 forbids and some carriers need.
    NameOrWildcard,
    /// It leads to a root, whatever its names: for peers that are known by address and have a
    /// root of their own.
    Chain,
}

/// WebSocket handshakes (RFC 7118 4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSocketSettings {
    /// Pages that may connect, by their Origin, as `https://phone.example.com`. `None`: all.
    /// Programs that are no browsers send no Origin and are taken in any case (RFC 6454 7).
    pub origins: Option<Vec<String>>,
    /// The path that we ask for when we connect.
    pub path: String,
}

impl Default for WebSocketSettings {
    fn default() -> Self {
        Self {
            origins: None,
            path: "/".to_owned(),
        }
    }
}

/// How many of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time. When there are as many, the one that was least recently used gives
    /// way: first among those that no message has come over, last among those that are kept.
    pub connections: usize,
    /// Connections at a time from one IPv4 address, or one IPv6 network of 64 bits.
    pub per_source: usize,
    /// Messages that may wait for one connection.
    pub queue_messages: usize,
    /// Octets that may wait for one connection.
    pub queue_octets: usize,
    /// Events that may wait to be taken; then nothing more is read.
    pub events: usize,
    /// Questions about names at a time; others fail at once.
    pub questions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            per_source: 64,
            queue_messages: 1_024,
            queue_octets: 4 << 20,
            events: 4_096,
            questions: 256,
        }
    }
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// To open a TCP connection.
    pub connect: Duration,
    /// For the handshakes of TLS and WebSocket together.
    pub handshake: Duration,
    /// Until the first message comes over a connection that a peer opened.
    pub first_message: Duration,
    /// For a message, from its first octet to its last; for the peer to take one of ours too.
    pub message: Duration,
    /// A connection without any octet for so long is closed.
    pub idle: Duration,
    /// The same for those that [`Sockets::keep`](crate::Sockets::keep) was called for.
    pub idle_kept: Duration,
    /// For the answer to a keep-alive (RFC 5626 4.4.1).
    pub pong: Duration,
    /// For the answer to a question about a name, with all repetitions.
    pub question: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            handshake: Duration::from_secs(5),
            first_message: Duration::from_secs(10),
            message: Duration::from_secs(10),
            idle: Duration::from_secs(600),
            idle_kept: Duration::from_secs(7_200),
            pong: Duration::from_secs(10),
            question: Duration::from_secs(10),
        }
    }
}

/// Who answers questions about names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DnsSettings {
    /// Name servers. None: those of the system.
    pub servers: Vec<SocketAddr>,
}
