//! What the MGC and the MGW say to each other: the vocabulary of H.248.1 (Add, Modify, Subtract,
//! Notify; contexts, terminations and signals) as plain values.
//!
//! The MGC names contexts and terminations and numbers its transactions; the MGW answers each
//! transaction with exactly one [`MediaReply`]. An `Add` is answered with the local address before
//! an IAM or an SDP that needs it goes out.

use crate::{Cic, TrunkGroupId};
use core::fmt;
use std::net::SocketAddr;

/// A context: the association of the terminations of one call (H.248.1 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContextId(pub u64);

/// A termination inside a context. Each context has at most two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TerminationId {
    /// The termination towards the party that started the call.
    A,
    /// The termination towards the party that was called.
    B,
}

impl TerminationId {
    /// The termination at the other end of the context.
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// Names a command so that its reply can be told from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransactionId(pub u64);

/// The direction of media through a termination, seen from the context (H.248.1 C.1, Mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Neither direction.
    #[default]
    Inactive,
    /// Out of the context, towards the far end only.
    SendOnly,
    /// Into the context, from the far end only.
    ReceiveOnly,
    /// Both directions.
    SendReceive,
}

impl Mode {
    /// Whether media goes out towards the far end.
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendOnly | Self::SendReceive)
    }

    /// Whether media from the far end comes in.
    pub const fn receives(self) -> bool {
        matches!(self, Self::ReceiveOnly | Self::SendReceive)
    }
}

/// The codecs that the gateway speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// G.711 A-law.
    Pcma,
    /// G.711 mu-law.
    Pcmu,
    /// G.729 (Annex A; Annex B frames are understood as silence).
    G729,
    /// Opus (RFC 7587).
    Opus,
}

impl Codec {
    /// All of them, in the order of preference of an offer.
    pub const ALL: [Self; 4] = [Self::Opus, Self::Pcma, Self::Pcmu, Self::G729];

    /// The encoding name of SDP's rtpmap.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
            Self::G729 => "G729",
            Self::Opus => "opus",
        }
    }

    /// The RTP clock rate in Hz. Opus counts 48 kHz whatever it carries (RFC 7587 4.1).
    pub const fn clock_rate(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            _ => 8_000,
        }
    }

    /// The static payload type (RFC 3551 6), or `None` if it is dynamic.
    pub const fn static_payload_type(self) -> Option<u8> {
        match self {
            Self::Pcmu => Some(0),
            Self::Pcma => Some(8),
            Self::G729 => Some(18),
            Self::Opus => None,
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The companding law of a circuit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Law {
    /// A-law.
    #[default]
    A,
    /// mu-law.
    Mu,
}

impl Law {
    /// The codec that carries the law over RTP.
    pub const fn codec(self) -> Codec {
        match self {
            Self::A => Codec::Pcma,
            Self::Mu => Codec::Pcmu,
        }
    }
}

/// How RTP is spoken with the far end (the remote descriptor of H.248.1 7.1.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtpParameters {
    /// Where to send.
    pub remote: SocketAddr,
    /// The codec, in both directions.
    pub codec: Codec,
    /// The payload type that the far end expects for it.
    pub send_payload_type: u8,
    /// The payload type under which the far end sends it.
    pub receive_payload_type: u8,
    /// How digits are spoken outside the sound, if that was agreed.
    pub telephone_event: Option<TelephoneEvent>,
    /// Milliseconds of sound in a packet that we send: 10 to 60, a multiple of 10.
    pub ptime: u8,
}

/// How telephone events are spoken with the far end (RFC 4733).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelephoneEvent {
    /// The payload type that the far end expects for them.
    pub payload_type: u8,
    /// The payload type under which the far end sends them.
    pub receive_payload_type: u8,
    /// What their durations count, in Hz: mostly the clock rate of the codec beside them, but
    /// 8,000 also occurs beside Opus (RFC 4733 2.4.1).
    pub clock_rate: u32,
}

/// What a termination is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// RTP on a port that the MGW chooses (ephemeral termination).
    Rtp {
        /// What is known of the far end; `None` until its SDP came.
        remote: Option<RtpParameters>,
        /// Whether the local address must be IPv6.
        ipv6: bool,
    },
    /// The bearer of a circuit (physical termination). Where its RTP goes to and comes from is
    /// the MGW's configuration of the trunk group.
    Circuit {
        /// The trunk group.
        group: TrunkGroupId,
        /// The circuit.
        cic: Cic,
    },
}

/// What a termination plays to its far end of its own accord (H.248.1 7.1.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The called party is being alerted (ringing tone of the call progress tones generator,
    /// H.248.1 E.7).
    RingingTone(RingingTone),
}

/// The ringing tones of countries (E.180; its Supplement 2 lists them all).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RingingTone {
    /// 425 Hz, 1 s on, 4 s off: recommended by E.180 and used in most of Europe.
    #[default]
    European,
    /// 440 and 480 Hz, 2 s on, 4 s off: countries of the North American numbering plan.
    NorthAmerican,
}

/// MGC to MGW.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaCommand {
    /// Add a termination to a context, which is made if it does not exist.
    Add {
        /// Names the reply.
        transaction: TransactionId,
        /// The context.
        context: ContextId,
        /// The termination.
        termination: TerminationId,
        /// What it is attached to.
        bearer: Bearer,
        /// Its direction.
        mode: Mode,
    },
    /// Change the direction of a termination, and what is known of its far end.
    Modify {
        /// Names the reply.
        transaction: TransactionId,
        /// The context.
        context: ContextId,
        /// The termination.
        termination: TerminationId,
        /// The new remote descriptor; `None` leaves it as it is.
        remote: Option<RtpParameters>,
        /// The new direction.
        mode: Mode,
    },
    /// Play a signal to the far end of a termination, instead of one that is being played. A
    /// signal ends with the first packet that is passed on from the other termination, and with
    /// the context. (H.248.1 has signals in Add and Modify; ours change nothing else.)
    Signal {
        /// Names the reply.
        transaction: TransactionId,
        /// The context.
        context: ContextId,
        /// The termination.
        termination: TerminationId,
        /// The signal; `None` for silence.
        signal: Option<Signal>,
    },
    /// Take all terminations out of a context, which ends it.
    Subtract {
        /// Names the reply.
        transaction: TransactionId,
        /// The context.
        context: ContextId,
    },
}

impl MediaCommand {
    /// The transaction of the command.
    pub const fn transaction(&self) -> TransactionId {
        match self {
            Self::Add { transaction, .. }
            | Self::Modify { transaction, .. }
            | Self::Signal { transaction, .. }
            | Self::Subtract { transaction, .. } => *transaction,
        }
    }
}

/// MGW to MGC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaEvent {
    /// The answer to a command.
    Reply(MediaReply),
    /// Something happened on a termination (H.248.1 Notify).
    Notify {
        /// The context.
        context: ContextId,
        /// The termination.
        termination: TerminationId,
        /// What happened.
        event: Notification,
    },
}

/// The answer to one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaReply {
    /// The command's transaction.
    pub transaction: TransactionId,
    /// What became of it.
    pub result: Result<MediaResult, MediaError>,
}

/// What a command achieved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaResult {
    /// The termination stands; its local address.
    Added(SocketAddr),
    /// The termination was changed, or plays its signal.
    Modified,
    /// The context is gone; what its terminations counted.
    Subtracted(MediaStatistics),
}

/// Packets of one context, by termination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaStatistics {
    /// Counters of termination A.
    pub a: TerminationStatistics,
    /// Counters of termination B.
    pub b: TerminationStatistics,
}

/// Packets of one termination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TerminationStatistics {
    /// RTP packets sent.
    pub packets_sent: u64,
    /// RTP packets received and used.
    pub packets_received: u64,
    /// Packets of the far end that never came (RFC 3550 6.4.1).
    pub packets_lost: u64,
    /// Datagrams that were no RTP of this stream: malformed, unknown payload type, wrong source.
    pub packets_discarded: u64,
}

/// Why a command failed (compare the error codes of H.248.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// H.248.8 411: no such context.
    #[error("unknown context")]
    UnknownContext,
    /// H.248.8 430: no such termination in the context.
    #[error("unknown termination")]
    UnknownTermination,
    /// H.248.8 433: the termination is in a context already.
    #[error("termination is already in a context")]
    TerminationBusy,
    /// H.248.8 510: no port, or no room for another context.
    #[error("insufficient resources")]
    InsufficientResources,
    /// H.248.8 449: the parameters cannot be served.
    #[error("unsupported or unknown parameter")]
    Unsupported,
}

/// What a termination reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notification {
    /// The first packet of the far end arrived.
    MediaStarted,
    /// No packet of the far end for that many milliseconds (H.248.40 application data inactivity).
    Inactivity(u32),
    /// A digit arrived as telephone-event (RFC 4733): `0`-`9`, `*`, `#`, `A`-`D`.
    Digit(char),
}
