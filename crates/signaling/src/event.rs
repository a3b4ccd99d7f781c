//! What the signaling adapter reports.

use core::fmt;
use trunkline_m3ua::{AsState, AspState, ErrorCode};
use trunkline_model::PointCode;
use trunkline_model::mtp::MtpIndication;

/// Something happened. The MTP primitives are for the MTP user, the rest is for metrics and logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignalingEvent {
    /// An MTP primitive. On the ASP side: TRANSFER, PAUSE, RESUME and STATUS of the configured
    /// routes. On the SGP side: TRANSFER from the ASPs, and PAUSE and RESUME of the point codes
    /// of each application server.
    Mtp(MtpIndication),
    /// An association changed its state.
    Association {
        /// The peer's name (its address at a gateway).
        peer: String,
        /// The new state.
        state: AssociationState,
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
    /// An M3UA message was sent or received.
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
