//! Real sockets on loopback.

mod dns;
mod framing;
mod hostile;
mod limits;
mod reuse;
mod sipp;
mod tls;
mod udp;
mod web_socket;

use crate::config::{CertificateFiles, ClientCertificates, Config, Listen, TlsClient, TlsServer};
use crate::{SocketEvent, Sockets, Why};
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, SanType};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use trunkline_sip::{Flow, Transport};

pub(crate) const ANY_V4: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
pub(crate) const ANY_V6: SocketAddr = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0);

/// Sockets and what they tell.
pub(crate) struct Node {
    pub(crate) sockets: Sockets,
    events: mpsc::Receiver<SocketEvent>,
}

impl Node {
    pub(crate) async fn new(config: Config) -> Self {
        let (sockets, events) = Sockets::bind(config).await.unwrap();
        Self { sockets, events }
    }

    /// With one plain listener.
    pub(crate) async fn plain(transport: Transport, address: SocketAddr) -> Self {
        Self::new(plain(transport, address)).await
    }

    pub(crate) fn local(&self) -> SocketAddr {
        self.sockets.locals()[0].1
    }

    /// A flow from the first listener, without a connection.
    pub(crate) fn flow(&self, remote: SocketAddr) -> Flow {
        let (transport, local) = self.sockets.locals()[0];
        Flow {
            transport,
            local,
            remote,
            connection: None,
        }
    }

    pub(crate) async fn event(&mut self) -> SocketEvent {
        let event = tokio::time::timeout(PATIENCE, self.events.recv());
        event.await.expect("an event in time").unwrap()
    }

    /// The next message.
    pub(crate) async fn received(&mut self) -> (Flow, Vec<u8>) {
        loop {
            match self.event().await {
                SocketEvent::Received { flow, data, .. } => return (flow, data),
                SocketEvent::Opened { .. } => {}
                other => panic!("expected a message, got {other:?}"),
            }
        }
    }

    /// The next connection that is open.
    pub(crate) async fn opened(&mut self) -> Flow {
        match self.event().await {
            SocketEvent::Opened { flow, .. } => flow,
            other => panic!("expected a connection, got {other:?}"),
        }
    }

    /// The next connection that is closed, whatever is told before.
    pub(crate) async fn closed(&mut self) -> (Flow, Why) {
        loop {
            if let SocketEvent::Closed { flow, why } = self.event().await {
                return (flow, why);
            }
        }
    }

    /// A connection of a stranger to the first listener.
    pub(crate) async fn stranger(&self) -> TcpStream {
        TcpStream::connect(self.local()).await.unwrap()
    }
}

pub(crate) fn plain(transport: Transport, address: SocketAddr) -> Config {
    Config {
        listen: vec![Listen::plain(transport, address)],
        ..Config::default()
    }
}

/// A message with this branch and body.
pub(crate) fn message(branch: &str, body: &str) -> Vec<u8> {
    format!(
        "OPTIONS sip:a.example SIP/2.0\r\nVia: SIP/2.0/TCP b.example;branch=z9hG4bK{branch}\r\n\
         From: <sip:b.example>;tag=1\r\nTo: <sip:a.example>\r\nCall-ID: {branch}\r\n\
         CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A certification authority and what it signs, as files in a folder of their own.
pub(crate) struct Authority {
    folder: PathBuf,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("sip-transport-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, format!("Root {number}"));
        let key = KeyPair::generate().unwrap();
        let issuer = CertifiedIssuer::self_signed(params, key).unwrap();
        std::fs::write(folder.join("root.pem"), issuer.pem()).unwrap();
        Self { folder, issuer }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.join("root.pem")
    }

    /// A certificate with these alternative names: `sip:` URIs, addresses, or DNS names.
    pub(crate) fn issue(&self, file: &str, names: &[&str]) -> CertificateFiles {
        let mut params = CertificateParams::default();
        params.subject_alt_names = names
            .iter()
            .map(|name| match name.parse() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) if name.contains(':') => SanType::URI((*name).try_into().unwrap()),
                Err(_) => SanType::DnsName((*name).try_into().unwrap()),
            })
            .collect();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let files = CertificateFiles {
            certificate: self.folder.join(format!("{file}.pem")),
            key: self.folder.join(format!("{file}.key")),
        };
        std::fs::write(&files.certificate, certificate.pem()).unwrap();
        std::fs::write(&files.key, key.serialize_pem()).unwrap();
        files
    }

    /// A listener whose certificate is for `a.example`.
    pub(crate) fn listen(&self, transport: Transport, clients: ClientCertificates) -> Listen {
        let own = self.issue("server", &["sip:a.example"]);
        Listen::secure(transport, ANY_V4, TlsServer { own, clients })
    }

    pub(crate) fn server(&self, transport: Transport) -> Config {
        Config {
            listen: vec![self.listen(transport, ClientCertificates::None)],
            tls_client: Some(self.client()),
            ..Config::default()
        }
    }

    /// Trusts this authority.
    pub(crate) fn client(&self) -> TlsClient {
        TlsClient {
            roots: vec![self.root()],
            ..TlsClient::default()
        }
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn name(text: &str) -> Option<Arc<str>> {
    Some(text.into())
}

/// Waits for what no event tells.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait)
        .await
        .expect("it comes true in time");
}

/// Nothing in these tests takes as long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
