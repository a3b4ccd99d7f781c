//! The RTP data packet (RFC 3550 5.1).
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! |V=2|P|X|  CC   |M|     PT      |       sequence number         |
//! |                           timestamp                           |
//! |           synchronization source (SSRC) identifier            |
//! |            contributing source (CSRC) identifiers ...         |
//! ```

/// A packet, borrowing its variable parts from the datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtpPacket<'a> {
    /// The marker bit; in sound, the start of a talkspurt (RFC 3551 4.1).
    pub marker: bool,
    /// The payload type, 7 bits.
    pub payload_type: u8,
    /// The sequence number.
    pub sequence: u16,
    /// The timestamp of the first sample, in units of the payload type's clock.
    pub timestamp: u32,
    /// The synchronization source.
    pub ssrc: u32,
    /// The contributing sources, at most 15.
    pub csrcs: Csrcs<'a>,
    /// The header extension (RFC 3550 5.3.1).
    pub extension: Option<Extension<'a>>,
    /// The payload without padding.
    pub payload: &'a [u8],
    /// Octets of padding after the payload, its count octet included; 0 for none.
    pub padding: u8,
}

/// The contributing sources of a packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Csrcs<'a>(&'a [[u8; 4]]);

/// A header extension (RFC 3550 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    /// The first 16 bits, defined by the profile (0xBEDE for RFC 8285).
    pub profile: u16,
    /// The extension's words.
    pub data: &'a [u8],
}

/// Why a datagram is no RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RtpError {
    /// The datagram ends inside a part.
    #[error("RTP: {part}, octet {octet}: need {need} octets, have {have} (RFC 3550 {clause})")]
    Truncated {
        /// The part.
        part: &'static str,
        /// Where it starts.
        octet: usize,
        /// Octets that it needs.
        need: usize,
        /// Octets left.
        have: usize,
        /// The clause of RFC 3550.
        clause: &'static str,
    },
    /// Another version than 2.
    #[error("RTP: version, octet 0: need 2, have {have} (RFC 3550 5.1)")]
    Version {
        /// The version field.
        have: u8,
    },
    /// The padding count is 0 or exceeds what is there.
    #[error("RTP: padding: need 1 to {room} octets, have a count of {have} (RFC 3550 5.1)")]
    Padding {
        /// Octets after the header.
        room: usize,
        /// The count octet.
        have: u8,
    },
    /// Payload types 72 to 76 are RTCP on the wrong port (RFC 5761 4).
    #[error("RTP: payload type, octet 1: {have} belongs to RTCP (RFC 5761 4)")]
    RtcpType {
        /// The payload type field.
        have: u8,
    },
}

impl<'a> RtpPacket<'a> {
    /// A packet without marker, contributing sources, extension and padding.
    pub const fn new(
        payload_type: u8,
        sequence: u16,
        timestamp: u32,
        ssrc: u32,
        payload: &'a [u8],
    ) -> Self {
        Self {
            marker: false,
            payload_type,
            sequence,
            timestamp,
            ssrc,
            csrcs: Csrcs(&[]),
            extension: None,
            payload,
            padding: 0,
        }
    }

    /// Reads a datagram.
    ///
    /// # Errors
    /// [`RtpError`] if it is no RTP packet of version 2, whole in all its parts.
    pub fn parse(data: &'a [u8]) -> Result<Self, RtpError> {
        let Some((header, rest)) = data.split_first_chunk::<HEADER_LENGTH>() else {
            return Err(truncated("header", 0, HEADER_LENGTH, data.len(), "5.1"));
        };
        let &[flags, marker_type, s0, s1, t0, t1, t2, t3, i0, i1, i2, i3] = header;
        if flags >> 6 != VERSION {
            return Err(RtpError::Version { have: flags >> 6 });
        }
        // The whole second octet is what RTCP calls its packet type (RFC 5761 4).
        if (200..=204).contains(&marker_type) {
            return Err(RtpError::RtcpType {
                have: marker_type & 0x7f,
            });
        }
        let csrc_octets = usize::from(flags & 0x0f) * 4;
        let Some((csrcs, mut rest)) = rest.split_at_checked(csrc_octets) else {
            return Err(truncated(
                "CSRC list",
                HEADER_LENGTH,
                csrc_octets,
                rest.len(),
                "5.1",
            ));
        };
        let mut extension = None;
        if flags & EXTENSION != 0 {
            let octet = data.len() - rest.len();
            let Some((&[p0, p1, l0, l1], after)) = rest.split_first_chunk::<4>() else {
                return Err(truncated("header extension", octet, 4, rest.len(), "5.3.1"));
            };
            let words = usize::from(u16::from_be_bytes([l0, l1])) * 4;
            let Some((words, after)) = after.split_at_checked(words) else {
                return Err(truncated(
                    "header extension",
                    octet + 4,
                    words,
                    after.len(),
                    "5.3.1",
                ));
            };
            extension = Some(Extension {
                profile: u16::from_be_bytes([p0, p1]),
                data: words,
            });
            rest = after;
        }
        let mut padding = 0;
        if flags & PADDING != 0 {
            padding = rest.last().copied().unwrap_or(0);
            if padding == 0 || usize::from(padding) > rest.len() {
                return Err(RtpError::Padding {
                    room: rest.len(),
                    have: padding,
                });
            }
            rest = &rest[..rest.len() - usize::from(padding)];
        }
        Ok(Self {
            marker: marker_type & 0x80 != 0,
            payload_type: marker_type & 0x7f,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([i0, i1, i2, i3]),
            csrcs: Csrcs(csrcs.as_chunks().0),
            extension,
            payload: rest,
            padding,
        })
    }

    /// Appends the packet to `out`. An extension's data is cut to whole words, 65,535 at most.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut flags = VERSION << 6 | self.csrcs.0.len() as u8;
        if self.extension.is_some() {
            flags |= EXTENSION;
        }
        if self.padding > 0 {
            flags |= PADDING;
        }
        out.reserve(HEADER_LENGTH + self.payload.len());
        out.extend_from_slice(&[flags, u8::from(self.marker) << 7 | self.payload_type & 0x7f]);
        out.extend_from_slice(&self.sequence.to_be_bytes());
        out.extend_from_slice(&self.timestamp.to_be_bytes());
        out.extend_from_slice(&self.ssrc.to_be_bytes());
        out.extend_from_slice(self.csrcs.0.as_flattened());
        if let Some(extension) = self.extension {
            let words = (extension.data.len() / 4).min(usize::from(u16::MAX));
            out.extend_from_slice(&extension.profile.to_be_bytes());
            out.extend_from_slice(&(words as u16).to_be_bytes());
            out.extend_from_slice(&extension.data[..words * 4]);
        }
        out.extend_from_slice(self.payload);
        if self.padding > 0 {
            out.resize(out.len() + usize::from(self.padding) - 1, 0);
            out.push(self.padding);
        }
    }
}

impl<'a> Csrcs<'a> {
    /// Contributing sources, each four octets in network order; those after the fifteenth are
    /// left out, since the count has four bits.
    pub fn new(sources: &'a [[u8; 4]]) -> Self {
        Self(&sources[..sources.len().min(15)])
    }

    /// The identifiers in the packet's order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = u32> + 'a {
        self.0.iter().map(|&octets| u32::from_be_bytes(octets))
    }
}

fn truncated(
    part: &'static str,
    octet: usize,
    need: usize,
    have: usize,
    clause: &'static str,
) -> RtpError {
    RtpError::Truncated {
        part,
        octet,
        need,
        have,
        clause,
    }
}

/// Octets of the fixed part of the header.
pub const HEADER_LENGTH: usize = 12;

const VERSION: u8 = 2;
const PADDING: u8 = 0x20;
const EXTENSION: u8 = 0x10;
