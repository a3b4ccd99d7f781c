//! What a telephone reports.

use crate::sound::Heard;
use core::fmt;
use core::time::Duration;
use std::net::SocketAddr;
use trunkline_model::media::Codec;

/// A call of one telephone, numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneCall(pub u64);

impl fmt::Display for PhoneCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "phone call {}", self.0)
    }
}

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An INVITE came.
    Incoming {
        /// The call.
        call: PhoneCall,
        /// The Request-URI.
        request_uri: String,
        /// The From value.
        from: String,
    },
    /// An INVITE went out.
    Calling {
        /// The call.
        call: PhoneCall,
        /// The Request-URI.
        request_uri: String,
    },
    /// It rings: 18x was sent, or came.
    Ringing {
        /// The call.
        call: PhoneCall,
        /// The status.
        status: u16,
    },
    /// The call is answered: 200 was sent, or came.
    Answered {
        /// The call.
        call: PhoneCall,
    },
    /// What is spoken was agreed, or agreed anew.
    Media {
        /// The call.
        call: PhoneCall,
        /// Where its packets come to.
        local: SocketAddr,
        /// Where its packets go to.
        remote: SocketAddr,
        /// The codec.
        codec: Codec,
        /// Whether it sends.
        sends: bool,
        /// Whether it listens.
        listens: bool,
    },
    /// The call is over.
    Ended {
        /// The call.
        call: PhoneCall,
        /// Why.
        why: Why,
        /// From the answer to the end; `None` if there was no answer.
        talked: Option<Duration>,
        /// Packets of sound sent.
        sent: u64,
        /// What was heard after the answer.
        heard: Heard,
    },
    /// A datagram was no SIP message.
    Malformed {
        /// Who sent it.
        source: SocketAddr,
        /// What is wrong.
        error: String,
    },
}

/// Why a call is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// This telephone hung up.
    HungUp,
    /// The other side sent BYE.
    Bye {
        /// Its Reason header, if there was one (RFC 3326).
        reason: Option<String>,
    },
    /// The other side sent CANCEL.
    Cancelled {
        /// Its Reason header, if there was one.
        reason: Option<String>,
    },
    /// This telephone refused the call.
    Refused {
        /// With that status.
        status: u16,
    },
    /// The call of this telephone was refused.
    Rejected {
        /// The status; 408 if nothing came, 503 if nothing could be sent.
        status: u16,
        /// The Reason header of the response, if there was one (RFC 6432).
        reason: Option<String>,
    },
    /// No ACK came for the 200.
    NoAck,
    /// What the two sides said of the media does not fit together.
    Media(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let because = |reason: &Option<String>| {
            reason
                .as_ref()
                .map_or_else(String::new, |reason| format!(" ({reason})"))
        };
        match self {
            Self::HungUp => f.write_str("hung up"),
            Self::Bye { reason } => write!(f, "BYE{}", because(reason)),
            Self::Cancelled { reason } => write!(f, "CANCEL{}", because(reason)),
            Self::Refused { status } => write!(f, "refused with {status}"),
            Self::Rejected { status, reason } => write!(f, "{status}{}", because(reason)),
            Self::NoAck => f.write_str("no ACK"),
            Self::Media(problem) => f.write_str(problem),
        }
    }
}
