//! What was seen on the wire.

mod json;
mod line;
mod number;

pub use line::Line;

use core::fmt;
use core::time::Duration;
use std::net::SocketAddr;
use trunkline_isup as isup;
use trunkline_m3ua as m3ua;
use trunkline_model::PointCode;
use trunkline_sip::{Kind, Message, ParseError};

/// A message between two addresses.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// The number of the frame that completed it, from 1; 0 for what was not read from a file.
    pub frame: u64,
    /// When, on the clock of the capture: since 1970.
    pub time: Duration,
    /// Who sent it. The port is that of UDP, TCP or SCTP; of SCTP in UDP that of SCTP.
    pub from: SocketAddr,
    /// Who was to receive it.
    pub to: SocketAddr,
    /// What it was.
    pub what: What,
}

/// What was seen.
///
/// `Display` is [`What::line`] with masked numbers.
#[derive(Clone, Debug)]
pub enum What {
    /// A SIP message.
    Sip(Box<Message>),
    /// Text at a SIP port that is no SIP message, and why.
    MalformedSip {
        /// The method or status, if its first line has one.
        name: Option<String>,
        /// What is wrong.
        error: ParseError,
        /// What could be read of it nevertheless.
        salvaged: Option<Box<Message>>,
    },
    /// An M3UA message other than DATA.
    M3ua(m3ua::Message),
    /// Octets with M3UA's identifier that are no M3UA message, and why.
    MalformedM3ua(m3ua::DecodeError),
    /// An ISUP message in M3UA DATA.
    Isup {
        /// By which tables it was read; those of BICC have a protocol of their own.
        variant: &'static isup::Variant,
        /// Originating point code.
        opc: PointCode,
        /// Destination point code.
        dpc: PointCode,
        /// The message, or why it cannot be read.
        pdu: Result<Box<isup::Pdu>, isup::DecodeError>,
    },
    /// Another MTP user's message in M3UA DATA.
    OtherUser {
        /// Originating point code.
        opc: PointCode,
        /// Destination point code.
        dpc: PointCode,
        /// Its service indicator.
        si: u8,
        /// Its length in octets.
        length: usize,
    },
    /// A chunk that shows how an SCTP association lives.
    Sctp(&'static str),
    /// An RTP stream: it has begun.
    RtpStarted {
        /// Synchronization source.
        ssrc: u32,
        /// Payload type.
        payload_type: u8,
    },
    /// What an RTP stream was, when it or the capture ended.
    RtpStream {
        /// Synchronization source.
        ssrc: u32,
        /// Payload type of its last packet.
        payload_type: u8,
        /// Packets seen.
        packets: u64,
        /// Packets missing in the sequence; negative with more repeated than missing.
        lost: i64,
    },
}

/// The protocol of a sighting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// SIP.
    Sip,
    /// ISUP.
    Isup,
    /// BICC.
    Bicc,
    /// M3UA, and messages of other MTP users than ISUP in it.
    M3ua,
    /// MTP level 3 without M3UA: of messages that are given, not seen.
    Mtp3,
    /// SCTP.
    Sctp,
    /// RTP.
    Rtp,
}

impl What {
    /// The protocol.
    pub fn protocol(&self) -> Protocol {
        match self {
            Self::Sip(_) | Self::MalformedSip { .. } => Protocol::Sip,
            Self::M3ua(_) | Self::MalformedM3ua(_) | Self::OtherUser { .. } => Protocol::M3ua,
            Self::Isup { variant, .. } if variant.name() == BICC => Protocol::Bicc,
            Self::Isup { .. } => Protocol::Isup,
            Self::Sctp(_) => Protocol::Sctp,
            Self::RtpStarted { .. } | Self::RtpStream { .. } => Protocol::Rtp,
        }
    }

    /// What the standard calls the message: `INVITE`, `200`, `IAM`, `ASPUP_ACK`, `INIT ACK`; the
    /// same of a malformed message, as far as that can be told; of RTP, `stream begins` and
    /// `stream`.
    pub fn name(&self) -> String {
        match self {
            Self::Sip(message) => sip_name(message),
            Self::MalformedSip { name, .. } => name.clone().unwrap_or_else(|| "SIP".to_owned()),
            Self::M3ua(message) => message.name().to_owned(),
            Self::MalformedM3ua(error) => error
                .message
                .map_or("M3UA", m3ua::MessageType::name)
                .to_owned(),
            Self::Isup {
                variant,
                pdu: Ok(pdu),
                ..
            } => {
                let message_type = pdu.message.message_type();
                match (variant.message(message_type.code()), message_type) {
                    (Some(row), _) => row.acronym.to_owned(),
                    (None, isup::MessageType::Unknown(code)) => format!("message type {code}"),
                    (None, named) => named.name().to_owned(),
                }
            }
            Self::Isup {
                pdu: Err(error), ..
            } => error
                .message
                .map_or("ISUP", isup::MessageType::name)
                .to_owned(),
            Self::OtherUser { .. } => "DATA".to_owned(),
            Self::Sctp(chunk) => (*chunk).to_owned(),
            Self::RtpStarted { .. } => "stream begins".to_owned(),
            Self::RtpStream { .. } => "stream".to_owned(),
        }
    }

    /// Why the message could not be read, if so.
    pub fn error(&self) -> Option<&dyn core::error::Error> {
        match self {
            Self::MalformedSip { error, .. } => Some(error),
            Self::MalformedM3ua(error) => Some(error),
            Self::Isup {
                pdu: Err(error), ..
            } => Some(error),
            _ => None,
        }
    }
}

/// The variant that is a protocol of its own.
const BICC: &str = "bicc";

impl Protocol {
    /// The name: `SIP`, `ISUP`, `BICC`, `M3UA`, `SCTP`, `RTP`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sip => "SIP",
            Self::Isup => "ISUP",
            Self::Bicc => "BICC",
            Self::M3ua => "M3UA",
            Self::Mtp3 => "MTP3",
            Self::Sctp => "SCTP",
            Self::Rtp => "RTP",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

fn sip_name(message: &Message) -> String {
    match message.kind() {
        Kind::Request { method, .. } => method.to_string(),
        Kind::Response { status, .. } => status.to_string(),
    }
}

/// The MTP users by service indicator (Q.704 14.2.1).
pub(crate) const fn user(si: u8) -> Option<&'static str> {
    match si {
        0 => Some("network management"),
        1 | 2 => Some("network testing"),
        3 => Some("SCCP"),
        4 => Some("TUP"),
        5 => Some("ISUP"),
        9 => Some("B-ISUP"),
        13 => Some("BICC"),
        14 => Some("H.248"),
        _ => None,
    }
}
