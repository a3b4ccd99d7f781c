//! What was seen on the wire, in one line each.

use core::fmt;
use core::time::Duration;
use std::net::SocketAddr;
use trunkline_isup as isup;
use trunkline_m3ua as m3ua;
use trunkline_model::PointCode;
use trunkline_sip::message::{Kind, Message};

/// A message between two addresses.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// When, on the clock of the capture.
    pub time: Duration,
    /// Who sent it.
    pub from: SocketAddr,
    /// Who was to receive it.
    pub to: SocketAddr,
    /// What it was.
    pub what: What,
}

/// What was seen.
#[derive(Clone, Debug)]
pub enum What {
    /// A SIP message.
    Sip(Box<Message>),
    /// Text at a SIP port that is no SIP message, and why.
    MalformedSip(trunkline_sip::ParseError),
    /// An M3UA message other than DATA.
    M3ua(m3ua::Message),
    /// Octets with M3UA's identifier that are no M3UA message, and why.
    MalformedM3ua(m3ua::DecodeError),
    /// An ISUP message in M3UA DATA.
    Isup {
        /// Originating point code.
        opc: PointCode,
        /// Destination point code.
        dpc: PointCode,
        /// The message, or why it cannot be read.
        pdu: Result<Box<isup::Pdu>, isup::DecodeError>,
    },
    /// Another MTP user's message in M3UA DATA.
    OtherUser {
        /// Its service indicator.
        si: u8,
        /// Its length in octets.
        length: usize,
    },
    /// A chunk that shows how an SCTP association lives.
    Sctp(&'static str),
    /// The first packets of an RTP stream.
    RtpStarted {
        /// Synchronization source.
        ssrc: u32,
        /// Payload type.
        payload_type: u8,
    },
    /// What an RTP stream was, when the capture ended.
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

impl What {
    /// Whether the message could not be read.
    pub const fn is_malformed(&self) -> bool {
        matches!(
            self,
            Self::MalformedSip(_) | Self::MalformedM3ua(_) | Self::Isup { pdu: Err(_), .. }
        )
    }

    /// The protocol's name.
    pub const fn protocol(&self) -> &'static str {
        match self {
            Self::Sip(_) | Self::MalformedSip(_) => "SIP",
            Self::M3ua(_) | Self::MalformedM3ua(_) | Self::OtherUser { .. } => "M3UA",
            Self::Isup { .. } => "ISUP",
            Self::Sctp(_) => "SCTP",
            Self::RtpStarted { .. } | Self::RtpStream { .. } => "RTP",
        }
    }
}

/// One line: the message's name and what a reader of call flows looks for.
impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sip(message) => sip(f, message),
            Self::MalformedSip(error) => write!(f, "malformed: {error}"),
            Self::M3ua(message) => f.write_str(message.name()),
            Self::MalformedM3ua(error) => write!(f, "malformed: {error}"),
            Self::Isup { opc, dpc, pdu } => match pdu {
                Ok(pdu) => {
                    write!(f, "{}", pdu.message.name())?;
                    isup_details(f, &pdu.message)?;
                    write!(f, " (CIC {}, {opc} to {dpc})", pdu.cic)
                }
                Err(error) => write!(f, "malformed: {error}"),
            },
            Self::OtherUser { si, length } => {
                write!(f, "DATA for service indicator {si}, {length} octets")
            }
            Self::Sctp(chunk) => f.write_str(chunk),
            Self::RtpStarted { ssrc, payload_type } => {
                write!(f, "stream begins: payload type {payload_type}, SSRC {ssrc:08x}")
            }
            Self::RtpStream { ssrc, payload_type, packets, lost } => write!(
                f,
                "stream: payload type {payload_type}, SSRC {ssrc:08x}, {packets} packets, {lost} lost"
            ),
        }
    }
}

fn sip(f: &mut fmt::Formatter<'_>, message: &Message) -> fmt::Result {
    match message.kind() {
        Kind::Request { method, uri } => write!(f, "{method} {uri}")?,
        Kind::Response { status, reason } => {
            write!(f, "{status} {reason} ({})", message.cseq().method)?;
        }
    }
    if message.sdp().is_some() { f.write_str(" + SDP") } else { Ok(()) }
}

fn isup_details(f: &mut fmt::Formatter<'_>, message: &isup::Message) -> fmt::Result {
    match message {
        isup::Message::Iam(iam) => {
            write!(f, " to {}", iam.called.digits)?;
            if let Some(calling) = &iam.calling {
                write!(f, " from {}", calling.digits)?;
            }
            Ok(())
        }
        isup::Message::Rel(rel) => write!(f, " cause {}", rel.cause.cause()),
        isup::Message::Grs(grs) => write!(f, " range {}", grs.range),
        isup::Message::Gra(gra) => write!(f, " range {}", gra.range),
        _ => Ok(()),
    }
}
