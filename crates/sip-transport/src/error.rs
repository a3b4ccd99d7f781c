//! Why the sockets are not opened.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use trunkline_sip::Transport;

/// Why the sockets are not opened, or certificates not loaded again.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// An address cannot be bound.
    #[error("cannot bind {transport} {address}: {error}")]
    Bind {
        /// The protocol.
        transport: Transport,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// TLS or WSS without a certificate.
    #[error("{transport} {address} needs a certificate")]
    NoCertificate {
        /// The protocol.
        transport: Transport,
        /// The address.
        address: SocketAddr,
    },
    /// A certificate for a protocol that has none.
    #[error("{transport} {address} takes no certificate")]
    UselessCertificate {
        /// The protocol.
        transport: Transport,
        /// The address.
        address: SocketAddr,
    },
    /// A file of certificates or of a key cannot be used.
    #[error("{}: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: FileProblem,
    },
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    /// It cannot be read.
    #[error(transparent)]
    Read(io::Error),
    /// It is not PEM.
    #[error("not PEM: {0}")]
    Pem(String),
    /// It has no certificate.
    #[error("no certificate in it")]
    NoCertificate,
    /// It has no private key.
    #[error("no unencrypted private key in it")]
    NoKey,
    /// A certificate cannot be read.
    #[error("certificate {number} of it: {problem}")]
    Certificate {
        /// Counted from 1.
        number: usize,
        /// What is wrong.
        problem: String,
    },
    /// The key is of a kind that is not supported, or not that of the certificate.
    #[error("the key does not serve: {0}")]
    Key(String),
    /// None of its certificates can be a root.
    #[error("no root that can be used in it: {0}")]
    NoRoot(String),
}
