//! What goes into and comes out of an endpoint.

use crate::{Message, Name, ParseError};
use core::fmt;
use std::net::SocketAddr;
use thiserror::Error;

/// One INVITE usage of one endpoint: from the INVITE until the dialog is over. Never used again
/// in the life of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub(crate) u64);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "session {}", self.0)
    }
}

/// An INVITE to be sent. Via, Call-ID, CSeq, tags and, unless `headers` has them, Contact, Allow
/// and User-Agent are the endpoint's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingInvite {
    /// The Request-URI.
    pub request_uri: String,
    /// The From value without a tag, a name-addr such as `"A" <sip:a@example.net>`.
    pub from: String,
    /// The To value.
    pub to: String,
    /// Further headers, in this order.
    pub headers: Vec<(Name, String)>,
    /// The offer; `None` leaves the offer to the other side (RFC 3261 13.2.1).
    pub sdp: Option<Vec<u8>>,
    /// Max-Forwards, usually 70.
    pub max_forwards: u8,
}

/// What an endpoint wants done or known.
#[derive(Clone, Debug)]
pub enum Output {
    /// A datagram to be sent.
    Transmit {
        /// The local socket to send from.
        local: SocketAddr,
        /// Where to.
        destination: SocketAddr,
        /// The payload.
        data: Vec<u8>,
    },
    /// Something that the application should know.
    Event(Event),
}

/// What the application should know. Each session ends with exactly one of [`Event::Cancelled`],
/// [`Event::AckTimeout`], [`Event::Rejected`], [`Event::Bye`] or [`Event::Ended`], unless the
/// application itself called `reject` for its INVITE; after that its id means nothing.
#[derive(Clone, Debug)]
pub enum Event {
    /// A new INVITE; 100 has been queued. Answer with `provisional`, `accept`, `reject`.
    Invite {
        /// The new session.
        id: SessionId,
        /// The INVITE.
        request: Message,
        /// Who sent it.
        source: SocketAddr,
        /// The local socket it came to.
        local: SocketAddr,
    },
    /// An INVITE inside the dialog. Answer with `accept` or `reject`. Those that collide with
    /// another one are answered by the endpoint (RFC 3261 14.2).
    Reinvite {
        /// The session.
        id: SessionId,
        /// The INVITE.
        request: Message,
    },
    /// The peer took back the INVITE that [`Event::Reinvite`] reported, before it was answered;
    /// 487 is queued and the dialog stays as it was.
    ReinviteCancelled {
        /// The session.
        id: SessionId,
    },
    /// CANCEL came before the INVITE was answered: 200 to it and 487 to the INVITE are queued;
    /// the session is over.
    Cancelled {
        /// The session.
        id: SessionId,
        /// The CANCEL.
        request: Message,
    },
    /// The ACK for our 2xx. Its body may be the answer.
    Acked {
        /// The session.
        id: SessionId,
        /// The ACK.
        request: Message,
    },
    /// No ACK for our 2xx in 64*T1: the endpoint has sent BYE, the session is over
    /// (RFC 3261 13.3.1.4).
    AckTimeout {
        /// The session.
        id: SessionId,
    },
    /// A 1xx other than 100 for our INVITE. Not reported once `cancel` or `bye` was called.
    Provisional {
        /// The session.
        id: SessionId,
        /// The response.
        response: Message,
    },
    /// The first 2xx for our INVITE or re-INVITE: call `ack`. It also comes after `cancel` when
    /// the 2xx won the race: then call `ack` and `bye`.
    Answered {
        /// The session.
        id: SessionId,
        /// The response.
        response: Message,
    },
    /// Our INVITE failed; it has been acknowledged and the session is over.
    Rejected {
        /// The session.
        id: SessionId,
        /// The response; `None` if none came.
        response: Option<Message>,
        /// Its status; 408 when nobody answered (timer B), 503 when nothing could be sent.
        status: u16,
    },
    /// Our re-INVITE failed. The dialog stays as it was, except after 408 and 481: then the
    /// endpoint has sent BYE and [`Event::Ended`] follows (RFC 3261 12.2.1.2).
    ReinviteRejected {
        /// The session.
        id: SessionId,
        /// The response; `None` if none came.
        response: Option<Message>,
        /// Its status; 408 when nobody answered, 503 when nothing could be sent.
        status: u16,
    },
    /// BYE came; 200 to it is queued and the session is over.
    Bye {
        /// The session.
        id: SessionId,
        /// The BYE.
        request: Message,
    },
    /// What the application began with `cancel` or `bye` is finished: nothing more comes for this
    /// session.
    Ended {
        /// The session.
        id: SessionId,
    },
    /// A datagram that is no SIP message, or a message that cannot be processed.
    Malformed {
        /// Who sent it.
        source: SocketAddr,
        /// What is wrong.
        error: ParseError,
        /// The status it was answered with, if it could be.
        answered: Option<u16>,
    },
}

impl Event {
    /// The session that it concerns, if it concerns one.
    pub const fn session(&self) -> Option<SessionId> {
        match self {
            Self::Invite { id, .. }
            | Self::Reinvite { id, .. }
            | Self::ReinviteCancelled { id }
            | Self::Cancelled { id, .. }
            | Self::Acked { id, .. }
            | Self::AckTimeout { id }
            | Self::Provisional { id, .. }
            | Self::Answered { id, .. }
            | Self::Rejected { id, .. }
            | Self::ReinviteRejected { id, .. }
            | Self::Bye { id, .. }
            | Self::Ended { id } => Some(*id),
            Self::Malformed { .. } => None,
        }
    }
}

/// The application asked for what the session's state does not allow. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WrongState {
    /// There is no such session, or it is over.
    #[error("{0} does not exist")]
    NoSession(SessionId),
    /// No INVITE of the peer waits for an answer.
    #[error("{0} has no INVITE to answer (RFC 3261 13.3.1)")]
    NothingToAnswer(SessionId),
    /// The status is not in the range of the operation.
    #[error("{id}: {status} is not a status from {low} to {high} (RFC 3261 21)")]
    Status {
        /// The session.
        id: SessionId,
        /// What was asked for.
        status: u16,
        /// The least that is allowed.
        low: u16,
        /// The most that is allowed.
        high: u16,
    },
    /// The dialog is not confirmed yet, or no longer.
    #[error("{0} has no confirmed dialog (RFC 3261 14.1)")]
    NotConfirmed(SessionId),
    /// Another INVITE is in progress, in either direction.
    #[error("{0} has another INVITE in progress (RFC 3261 14.1)")]
    InvitePending(SessionId),
}
