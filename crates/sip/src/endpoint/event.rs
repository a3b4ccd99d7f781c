//! What goes into and comes out of an endpoint.

use crate::digest::Credentials;
use crate::limit::Reason;
use crate::locate::{Question, Target};
use crate::sdp::{Kind, Refusal};
use crate::{Flow, Message, Method, Name, ParseError};
use core::fmt;
use std::sync::Arc;
use thiserror::Error;

pub use super::outgoing::RequestId;
pub use super::table::TransactionId;

/// One INVITE usage of one endpoint: from the INVITE until the dialog is over. Never used again
/// in the life of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub(crate) u64);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "session {}", self.0)
    }
}

/// One of the dialogs that an INVITE of ours makes when it forks (RFC 3261 12.1); the first is 0.
/// A session that the peer began has 0 alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForkId(pub(super) u32);

impl fmt::Display for ForkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fork {}", self.0)
    }
}

/// What the session description in a message is (RFC 6337 2.2, 3.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Description {
    /// There is none.
    Absent,
    /// An offer.
    Offer,
    /// The answer. That of a 2xx without description was in an earlier response.
    Answer,
    /// What the answer is going to be: to be followed, but the exchange is not over.
    Preview,
    /// One that may not be there, mostly the answer once more: to be ignored.
    Ignored,
}

impl From<Kind> for Description {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Absent => Self::Absent,
            Kind::Offer => Self::Offer,
            Kind::Answer | Kind::Previewed => Self::Answer,
            Kind::Preview => Self::Preview,
            Kind::Ignored => Self::Ignored,
        }
    }
}

/// Where a request outside a dialog goes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextHop {
    /// Over that flow and no other.
    Flow(Flow),
    /// To that address.
    Target(Target),
    /// Where the first Route, or else the Request-URI, leads to (RFC 3261 8.1.2, RFC 3263).
    Uri,
}

/// An INVITE to be sent. Via, Call-ID, CSeq, tags and, unless `headers` has them, Contact, Allow
/// and User-Agent are the endpoint's.
#[derive(Clone, Debug)]
pub struct OutgoingInvite {
    /// The Request-URI.
    pub request_uri: String,
    /// The From value without a tag, a name-addr such as `"A" <sip:a@example.net>`.
    pub from: String,
    /// The To value.
    pub to: String,
    /// Further headers, in this order. Routes among them are followed.
    pub headers: Vec<(Name, String)>,
    /// The offer; `None` leaves the offer to the other side (RFC 3261 13.2.1).
    pub sdp: Option<Vec<u8>>,
    /// Max-Forwards, usually 70.
    pub max_forwards: u8,
    /// What 401 and 407 are answered with, to the INVITE and within its dialog.
    pub credentials: Option<Arc<[Credentials]>>,
}

/// Another request to be sent outside a dialog. Via, tags and, unless `headers` has them, Contact
/// and User-Agent are the endpoint's.
#[derive(Clone, Debug)]
pub struct OutgoingRequest {
    /// The method; not INVITE, ACK, CANCEL or BYE.
    pub method: Method,
    /// The Request-URI.
    pub request_uri: String,
    /// The From value without a tag.
    pub from: String,
    /// The To value.
    pub to: String,
    /// Further headers, in this order. Routes among them are followed.
    pub headers: Vec<(Name, String)>,
    /// The body, if there is one.
    pub body: Option<Body>,
    /// Max-Forwards, usually 70.
    pub max_forwards: u8,
    /// Call-ID and CSeq where they go on from earlier requests (RFC 3261 10.2); else new ones.
    pub sequence: Option<(String, u32)>,
    /// What 401 and 407 are answered with.
    pub credentials: Option<Arc<[Credentials]>>,
}

/// A body with its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Content-Type with its parameters.
    pub content_type: String,
    /// The octets.
    pub data: Vec<u8>,
}

impl Body {
    /// A session description.
    pub fn sdp(data: Vec<u8>) -> Self {
        Self {
            content_type: "application/sdp".to_owned(),
            data,
        }
    }

    /// Whether it is a session description, or may have one among its parts.
    pub(super) fn is_session(&self) -> bool {
        let is = |start: &str| {
            let found = self.content_type.get(..start.len());
            found.is_some_and(|found| found.eq_ignore_ascii_case(start))
        };
        is("application/sdp") || is("multipart/")
    }
}

/// What an endpoint wants done or known.
#[derive(Clone, Debug)]
pub enum Output {
    /// A message to be sent.
    Transmit {
        /// Where to, and over what. A connection that is gone is answered with
        /// [`Endpoint::undelivered`](super::Endpoint::undelivered).
        flow: Flow,
        /// Whom the certificate must be of, if a connection must be opened (RFC 5922).
        name: Option<Arc<str>>,
        /// The message.
        data: Vec<u8>,
    },
    /// A question for the DNS, to be answered with
    /// [`Endpoint::resolved`](super::Endpoint::resolved).
    Resolve(Question),
    /// Something that the application should know.
    Event(Event),
}

/// What the application should know. Each session ends with exactly one of [`Event::Cancelled`],
/// [`Event::AckTimeout`], [`Event::PrackTimeout`], [`Event::Rejected`], [`Event::Bye`] or
/// [`Event::Ended`], unless the application itself called `reject` for its INVITE; after that its id means nothing.
#[derive(Clone, Debug)]
pub enum Event {
    /// A new INVITE; 100 has been queued. Answer with `provisional`, `accept`, `reject`.
    Invite {
        /// The new session.
        id: SessionId,
        /// The INVITE.
        request: Message,
        /// How it came.
        flow: Flow,
    },
    /// An INVITE inside the dialog. Answer with `accept` or `reject`. Those that collide with
    /// another one are answered by the endpoint (RFC 3261 14.2).
    Reinvite {
        /// The session.
        id: SessionId,
        /// The INVITE.
        request: Message,
    },
    /// The peer took back the INVITE that [`Event::Reinvite`] reported, before it was answered, or
    /// left a reliable provisional response to it without PRACK; 487 or 504 is queued and the
    /// dialog stays as it was.
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
    /// The PRACK for a reliable provisional response of ours (RFC 3262 3).
    Pracked {
        /// The session.
        id: SessionId,
        /// The PRACK.
        request: Message,
        /// What its session description is.
        description: Description,
        /// What to answer with [`Endpoint::respond`](super::Endpoint::respond), if it is an offer.
        /// Else 200 is queued.
        transaction: Option<TransactionId>,
    },
    /// No PRACK for a reliable provisional response of ours in 64*T1: 504 is queued, the session is
    /// over (RFC 3262 3).
    PrackTimeout {
        /// The session.
        id: SessionId,
    },
    /// A 1xx other than 100 for our INVITE. A reliable one has been acknowledged, unless it has an
    /// offer: then call [`Endpoint::prack`](super::Endpoint::prack). 199 ends its fork
    /// (RFC 6228). Not reported once `cancel` or `bye` was called. Of a re-INVITE only reliable
    /// ones with a session description are reported.
    Provisional {
        /// The session.
        id: SessionId,
        /// The early dialog that it belongs to; `None` if it makes none.
        fork: Option<ForkId>,
        /// The response.
        response: Message,
        /// What its session description is.
        description: Description,
    },
    /// The first 2xx for our INVITE or re-INVITE: call `ack`. It also comes after `cancel` when
    /// the 2xx won the race: then call `ack` and `bye`.
    Answered {
        /// The session.
        id: SessionId,
        /// Which fork has won; the others are over.
        fork: ForkId,
        /// The response.
        response: Message,
        /// What its session description is.
        description: Description,
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
    /// Neither we nor the peer could refresh the session in time, or the peer does not know it any
    /// more: the endpoint sends BYE, and [`Event::Ended`] follows (RFC 4028 10).
    SessionExpired {
        /// The session.
        id: SessionId,
    },
    /// A refresh of ours was answered with another description than the peer's last one, and has
    /// been acknowledged. Refreshes that change nothing are not reported.
    Refreshed {
        /// The session.
        id: SessionId,
        /// The 2xx.
        response: Message,
    },
    /// An UPDATE inside the dialog, early or confirmed (RFC 3311). A body is an offer. Answer soon
    /// with [`Endpoint::respond`](super::Endpoint::respond); it is answered 487 if the session ends
    /// first. Those at the wrong time are answered by the endpoint (RFC 3311 5.2).
    Update {
        /// The session.
        id: SessionId,
        /// The early dialog that it came in.
        fork: ForkId,
        /// What to answer.
        transaction: TransactionId,
        /// The UPDATE.
        request: Message,
    },
    /// Our UPDATE was answered with 2xx. A body is the answer.
    UpdateAccepted {
        /// The session.
        id: SessionId,
        /// The response.
        response: Message,
    },
    /// Our UPDATE failed. The dialog stays as it was, except that a confirmed one ends after 408
    /// and 481: then the endpoint has sent BYE and [`Event::Ended`] follows (RFC 3311 5.3).
    UpdateRejected {
        /// The session.
        id: SessionId,
        /// The response; `None` if none came.
        response: Option<Message>,
        /// Its status; 408 when nobody answered, 487 when its fork ended first, 503 when nothing
        /// could be sent.
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
    /// A request of another method that [`EndpointConfig::methods`](super::EndpointConfig::methods)
    /// names. It must be answered with [`Endpoint::respond`](super::Endpoint::respond).
    Request {
        /// What to answer.
        id: TransactionId,
        /// The session of the dialog that it came in.
        session: Option<SessionId>,
        /// The request.
        request: Message,
        /// How it came.
        flow: Flow,
    },
    /// The peer tells what becomes of a REFER of ours (RFC 3515 2.4.4); 200 is queued.
    Notified {
        /// The session.
        id: SessionId,
        /// The REFER.
        refer: RequestId,
        /// The status that the peer had of whom it was referred to, if it says so.
        status: Option<u16>,
        /// Whether this was the last word.
        is_over: bool,
        /// The NOTIFY.
        request: Message,
    },
    /// A request of ours that is no INVITE and no BYE has come to its end.
    Response {
        /// The request.
        id: RequestId,
        /// The session of the dialog that it went out in.
        session: Option<SessionId>,
        /// The final response; `None` if none came.
        response: Option<Message>,
        /// Its status; 408 when nobody answered (timer F), 503 when nothing could be sent.
        status: u16,
    },
    /// A request was not served, for the sake of the others. If it was answered, then without
    /// keeping state.
    NotServed {
        /// How it came.
        flow: Flow,
        /// Why.
        reason: Reason,
    },
    /// What is no SIP message, or a message that cannot be processed.
    Malformed {
        /// How it came.
        flow: Flow,
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
            | Self::Pracked { id, .. }
            | Self::PrackTimeout { id }
            | Self::SessionExpired { id }
            | Self::Refreshed { id, .. }
            | Self::Update { id, .. }
            | Self::UpdateAccepted { id, .. }
            | Self::UpdateRejected { id, .. }
            | Self::Provisional { id, .. }
            | Self::Answered { id, .. }
            | Self::Rejected { id, .. }
            | Self::ReinviteRejected { id, .. }
            | Self::Bye { id, .. }
            | Self::Notified { id, .. }
            | Self::Ended { id } => Some(*id),
            Self::Request { session, .. } | Self::Response { session, .. } => *session,
            Self::NotServed { .. } | Self::Malformed { .. } => None,
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
    /// No request of the peer waits there for an answer.
    #[error("{0} has no request to answer")]
    NoRequest(TransactionId),
    /// There is no such early dialog, or it is over.
    #[error("{0} has no dialog {1} (RFC 3261 12.1, RFC 6228 4)")]
    NoFork(SessionId, ForkId),
    /// Another UPDATE of ours is in progress.
    #[error("{0} has another UPDATE in progress (RFC 3311 5.1)")]
    UpdatePending(SessionId),
    /// No reliable provisional response with an offer waits for its PRACK.
    #[error("{0} has no provisional response to acknowledge (RFC 3262 4)")]
    NothingToAcknowledge(SessionId),
    /// So many provisional responses wait for the PRACK of an earlier one.
    #[error("{0} has too many provisional responses without PRACK (RFC 3262 3)")]
    TooManyProvisionals(SessionId),
    /// A session description may not be in that message now, or must be.
    #[error("{id}: {refusal}")]
    OutOfTurn {
        /// The session.
        id: SessionId,
        /// What is wrong.
        refusal: Refusal,
    },
    /// Another INVITE is in progress, in either direction.
    #[error("{0} has another INVITE in progress (RFC 3261 14.1)")]
    InvitePending(SessionId),
}
