//! What the signaling adapter reports.

use core::fmt;
use serde::Serialize;
use std::net::IpAddr;
use trunkline_m3ua::{AsState, AspState, ErrorCode, RegistrationStatus, Status};
use trunkline_model::PointCode;
use trunkline_model::mtp::MtpIndication;

/// Something happened. The MTP primitives are for the MTP user, the rest is for metrics and logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignalingEvent {
    /// An MTP primitive: TRANSFER to our point codes; PAUSE, RESUME and STATUS of the
    /// destinations of routes and of the application servers that we serve.
    Mtp(MtpIndication),
    /// An association changed its state.
    Association {
        /// The peer's name (its address at a gateway).
        peer: String,
        /// The new state.
        state: AssociationState,
    },
    /// A path of a multi-homed association failed, or works again.
    Path {
        /// The peer's name.
        peer: String,
        /// The peer's address.
        address: IpAddr,
        /// Whether it can be reached.
        up: bool,
    },
    /// How full the send buffer towards a peer is.
    Congestion {
        /// The peer's name.
        peer: String,
        /// 0 (below a quarter) to 3 (above three quarters).
        level: u8,
    },
    /// An association was lost before so many DATA messages were acknowledged; they were routed
    /// anew.
    Rerouted {
        /// The peer's name.
        peer: String,
        /// How many.
        messages: usize,
    },
    /// A signaling gateway says so of a destination, or the way over it was found to be so.
    Destination {
        /// The peer's name.
        peer: String,
        /// The destination.
        point_code: PointCode,
        /// What is known of the way there.
        state: WayState,
    },
    /// A routing key was registered: ours at that peer, or that peer's with us.
    Registered {
        /// The peer's name.
        peer: String,
        /// The routing context that goes with it.
        routing_context: u32,
    },
    /// An ASP changed its state: we towards that peer, or that peer towards us.
    Asp {
        /// The peer's name (its address at a gateway).
        peer: String,
        /// The routing context that it concerns.
        routing_context: Option<u32>,
        /// The new state.
        state: AspState,
    },
    /// An application server changed its state: as a Notify of that peer said (ASP side), or
    /// as this gateway decided (SGP side, `peer` is `None`).
    As {
        /// Who said so.
        peer: Option<String>,
        /// The routing context of the AS.
        routing_context: Option<u32>,
        /// The new state.
        state: AsState,
    },
    /// A Notify that says something else than the state of an application server.
    Notified {
        /// Who said so.
        peer: String,
        /// The routing context of the AS.
        routing_context: Option<u32>,
        /// What.
        status: Status,
    },
    /// An M3UA message other than DATA was sent or received. Those are counted
    /// ([`Links`](crate::Links)).
    Message {
        /// The peer's name (its address at a gateway).
        peer: String,
        /// Which way.
        direction: Direction,
        /// Its name in RFC 4666, as `"ASPUP_ACK"`.
        name: &'static str,
    },
    /// Something went wrong, at the peer or between us.
    Error {
        /// The peer's name (its address at a gateway).
        peer: String,
        /// What it was.
        error: PeerError,
    },
    /// An MTP-TRANSFER request was not sent.
    Discarded(Discarded),
    /// Events other than MTP primitives that were dropped because nobody took them in time.
    Missed(u64),
}

/// What is known of the way to a destination over a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WayState {
    /// Nothing yet: it is not used.
    Unknown,
    /// The destination can be reached (DAVA).
    Available,
    /// It can be reached, but better another way (DRST).
    Restricted,
    /// It cannot be reached (DUNA).
    Unavailable,
}

impl fmt::Display for WayState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "unknown",
            Self::Available => "available",
            Self::Restricted => "restricted",
            Self::Unavailable => "unavailable",
        })
    }
}

/// The state of an association.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssociationState {
    /// It is being set up.
    Connecting,
    /// It is up.
    Up {
        /// Streams that we may send on; 1 for TCP, which has none.
        outbound_streams: u16,
    },
    /// It is down, and why. It will be set up again unless we are shutting down.
    Down(DownReason),
}

/// Why an association is down.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownReason {
    /// We shut it down.
    #[error("shut down by us")]
    Local,
    /// The peer shut it down.
    #[error("shut down by the peer")]
    Peer,
    /// It could not be set up, or it was aborted, or the peer did not answer any more.
    #[error("{0}")]
    Failed(String),
    /// The peer restarted it (SCTP RESTART), and it is up again at once.
    #[error("restarted by the peer")]
    Restarted,
    /// M3UA Heartbeats were not answered (RFC 4666 4.3.4.6).
    #[error("no answer to M3UA heartbeats")]
    Heartbeat,
    /// It was taken down by command, and stays down until told otherwise.
    #[error("taken down by command")]
    Command,
    /// The peer set up another association, so this one must be dead.
    #[error("replaced by a new association of the peer")]
    Replaced,
}

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the peer.
    Sent,
    /// From the peer.
    Received,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sent => "sent",
            Self::Received => "received",
        })
    }
}

/// What went wrong with a peer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeerError {
    /// It sent what is no M3UA; an Error message went back unless that would be a loop.
    #[error("malformed message: {0}")]
    Malformed(String),
    /// It sent something that we refused with an Error message.
    #[error("refused {message}: {code}")]
    Refused {
        /// The message that we refused.
        message: &'static str,
        /// The error code we sent.
        code: ErrorCode,
    },
    /// It refused something of ours.
    #[error("the peer reports: {0}")]
    Reported(ErrorCode),
    /// It did not answer that message within T(ack); we repeat it.
    #[error("no answer to {0}, repeated")]
    NoAnswer(&'static str),
    /// It sent an SCTP message with another payload protocol identifier than M3UA's (3).
    #[error("payload protocol identifier {0}, expected 3 (RFC 4666 7.1)")]
    PayloadProtocol(u32),
    /// It refused to register our routing key.
    #[error("routing key not registered: {0}")]
    RegistrationRefused(RegistrationStatus),
    /// It sent DATA before we were active; dropped (RFC 4666 3.8.1).
    #[error("DATA before ASP-ACTIVE, dropped")]
    EarlyData,
    /// It sent DATA for a point code that is not ours; dropped (Q.704 2.4).
    #[error("DATA for {0}, which is not our point code, dropped")]
    NotForUs(PointCode),
    /// A message to it found the association's send buffer full, and was dropped.
    #[error("send buffer full, message dropped")]
    SendFailed,
    /// Datagrams that belong to no association and no configured peer, dropped unanswered.
    #[error("{0} datagrams from where no peer is configured, dropped")]
    NotAdmitted(u64),
    /// Packets from a configured address that belong to no association, or are no SCTP.
    #[error("{0} packets of no association")]
    Stray(u64),
    /// A datagram that is no SCTP packet of this association.
    #[error("not an SCTP packet of this association: {0}")]
    Packet(String),
}

/// Why an MTP-TRANSFER request was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Discarded {
    /// No route leads to the destination.
    #[error("no route to {0}")]
    NoRoute(PointCode),
    /// The destination is unavailable now.
    #[error("{0} is unavailable")]
    Unavailable(PointCode),
    /// The queue towards the peer is full.
    #[error("the queue towards {0} is full")]
    QueueFull(PointCode),
    /// The message is longer than M3UA can carry.
    #[error("message for {0} is too long")]
    TooLong(PointCode),
    /// So many requests found the queue into the adapter full.
    #[error("{0} requests found the adapter's queue full")]
    Overload(u64),
}
