//! What the sockets tell.

use core::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use trunkline_sip::Flow;
use trunkline_sip::locate::{Answer, Question};
use trunkline_sip::stream::StreamError;

/// What the sockets tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// A whole message came; over UDP a datagram, keep-alives too.
    Received {
        /// Where from. What is sent over the same flow goes back over the same connection.
        flow: Flow,
        /// The message.
        data: Vec<u8>,
        /// Who the peer proved to be by its certificate.
        peer: Option<Arc<PeerCertificate>>,
    },
    /// What came over a stream is no message, and where the next one begins is not known. It may
    /// be answered over the flow: [`Message::salvage`](trunkline_sip::Message::salvage) reads the
    /// octets, [`StreamError::status`] says with what. The connection is closed a second later, or
    /// by [`Sockets::close`](crate::Sockets::close).
    Refused {
        /// Where from.
        flow: Flow,
        /// The octets.
        data: Vec<u8>,
        /// What is wrong with them.
        error: StreamError,
    },
    /// What was sent over this flow, once or more often, did not go out. The flow is as it was
    /// given to [`Sockets::send`](crate::Sockets::send).
    Undelivered(Flow),
    /// A connection is open, handshakes done.
    Opened {
        /// The connection.
        flow: Flow,
        /// Who the peer proved to be by its certificate.
        peer: Option<Arc<PeerCertificate>>,
    },
    /// A connection that was open is not any longer. What was written to it shortly before may
    /// not have arrived.
    Closed {
        /// The connection.
        flow: Flow,
        /// Why.
        why: Why,
    },
    /// A question to DNS and its answer.
    Resolved(Question, Answer),
}

/// Who a certificate that was checked is for (RFC 5922 7.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerCertificate {
    /// SIP domains: those of its `sip` URIs; if it has none, its DNS names; if it has no
    /// alternative name at all, its common name. In lower case.
    pub domains: Vec<Box<str>>,
    /// IP addresses among its alternative names.
    pub addresses: Vec<IpAddr>,
}

/// Why a connection is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// [`Sockets::close`](crate::Sockets::close), or the end of the sockets.
    Local,
    /// The peer closed it.
    Peer,
    /// The peer closed it within a message.
    PeerWithinMessage,
    /// Nothing came or went for too long.
    Idle,
    /// No message came in time over a connection that the peer opened.
    NoMessage,
    /// A message did not come to its end in time.
    SlowMessage,
    /// The peer does not take what we send.
    SlowPeer,
    /// More waited to be sent than may.
    Overflow,
    /// It gave way to another: there were too many.
    GaveWay,
    /// A keep-alive was not answered (RFC 5626 4.4.1).
    NoPong,
    /// The stream is not SIP.
    Stream(String),
    /// WebSocket frames are wrong.
    WebSocket(String),
    /// What the system or TLS says.
    Failed(String),
}

impl Why {
    /// All that [`Why::name`] gives.
    pub const NAMES: [&'static str; 13] = [
        "local",
        "peer",
        "peer_within_message",
        "idle",
        "no_message",
        "slow_message",
        "slow_peer",
        "overflow",
        "gave_way",
        "no_pong",
        "stream",
        "web_socket",
        "failed",
    ];

    /// As a label of metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Peer => "peer",
            Self::PeerWithinMessage => "peer_within_message",
            Self::Idle => "idle",
            Self::NoMessage => "no_message",
            Self::SlowMessage => "slow_message",
            Self::SlowPeer => "slow_peer",
            Self::Overflow => "overflow",
            Self::GaveWay => "gave_way",
            Self::NoPong => "no_pong",
            Self::Stream(_) => "stream",
            Self::WebSocket(_) => "web_socket",
            Self::Failed(_) => "failed",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.write_str("closed by us"),
            Self::Peer => f.write_str("closed by the peer"),
            Self::PeerWithinMessage => f.write_str("closed by the peer within a message"),
            Self::Idle => f.write_str("idle for too long"),
            Self::NoMessage => f.write_str("no message came"),
            Self::SlowMessage => f.write_str("a message did not come to its end"),
            Self::SlowPeer => f.write_str("the peer does not take what is sent"),
            Self::Overflow => f.write_str("too much waited to be sent"),
            Self::GaveWay => f.write_str("it gave way to another connection"),
            Self::NoPong => f.write_str("no answer to a keep-alive"),
            Self::Stream(problem) => write!(f, "not SIP: {problem}"),
            Self::WebSocket(problem) => write!(f, "WebSocket: {problem}"),
            Self::Failed(problem) => f.write_str(problem),
        }
    }
}
