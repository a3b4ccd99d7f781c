//! Reading compound packets.

use super::{BYE, RECEIVER_REPORT, ReportBlock, SENDER_REPORT, SenderInfo};

/// One packet of a compound packet. Report blocks after the first are skipped: a gateway's
/// stream has one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RtcpPacket {
    /// SR.
    SenderReport {
        /// Who reports.
        ssrc: u32,
        /// What it sent.
        info: SenderInfo,
        /// What it received.
        block: Option<ReportBlock>,
    },
    /// RR.
    ReceiverReport {
        /// Who reports.
        ssrc: u32,
        /// What it received.
        block: Option<ReportBlock>,
    },
    /// BYE: the sources leave.
    Bye {
        /// The first of them, if any.
        ssrc: Option<u32>,
    },
    /// SDES, APP, and types that other documents define.
    Other {
        /// The packet type.
        packet_type: u8,
    },
}

/// Why a datagram is no compound RTCP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RtcpError {
    /// The datagram ends inside a packet.
    #[error(
        "RTCP: packet type {packet_type}, octet {octet}: need {need} octets, have {have} (RFC 3550 {clause})"
    )]
    Truncated {
        /// The packet type, or 0 if not even the header is whole.
        packet_type: u8,
        /// Where the packet starts.
        octet: usize,
        /// Octets that it needs.
        need: usize,
        /// Octets that there are.
        have: usize,
        /// The clause of RFC 3550.
        clause: &'static str,
    },
    /// Another version than 2.
    #[error("RTCP: version, octet {octet}: need 2, have {have} (RFC 3550 6.4.1)")]
    Version {
        /// Where the packet starts.
        octet: usize,
        /// The version field.
        have: u8,
    },
}

/// Reads a compound packet, part by part. An error ends the iteration.
pub const fn parse(data: &[u8]) -> Rtcps<'_> {
    Rtcps { data, octet: 0 }
}

/// The packets of a compound packet.
#[derive(Clone, Debug)]
pub struct Rtcps<'a> {
    data: &'a [u8],
    octet: usize,
}

impl Iterator for Rtcps<'_> {
    type Item = Result<RtcpPacket, RtcpError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.data.is_empty() {
            return None;
        }
        let result = self.packet();
        if result.is_err() {
            self.data = &[];
        }
        Some(result)
    }
}

impl Rtcps<'_> {
    fn packet(&mut self) -> Result<RtcpPacket, RtcpError> {
        let octet = self.octet;
        let truncated = |packet_type, need, have, clause| RtcpError::Truncated {
            packet_type,
            octet,
            need,
            have,
            clause,
        };
        let Some(&[flags, packet_type, l0, l1]) = self.data.first_chunk() else {
            return Err(truncated(0, 4, self.data.len(), "6.4.1"));
        };
        if flags >> 6 != 2 {
            return Err(RtcpError::Version {
                octet,
                have: flags >> 6,
            });
        }
        let length = (usize::from(u16::from_be_bytes([l0, l1])) + 1) * 4;
        let Some((packet, rest)) = self.data.split_at_checked(length) else {
            return Err(truncated(packet_type, length, self.data.len(), "6.4.1"));
        };
        self.data = rest;
        self.octet += length;
        let count = flags & 0x1f;
        let words = packet.as_chunks::<4>().0;
        let word = |index: usize| words.get(index).map(|&octets| u32::from_be_bytes(octets));
        let block = |first: usize, clause: &'static str| {
            if count == 0 {
                return Ok(None);
            }
            let need = (first + 6) * 4;
            let short = truncated(packet_type, need, length, clause);
            report_block(words, first).map(Some).ok_or(short)
        };
        match packet_type {
            SENDER_REPORT => {
                let short = truncated(packet_type, 28, length, "6.4.1");
                let fixed = (word(1), word(2), word(3), word(4), word(5), word(6));
                let (Some(ssrc), Some(n0), Some(n1), Some(rtp), Some(packets), Some(octets)) =
                    fixed
                else {
                    return Err(short);
                };
                let ntp = u64::from(n0) << 32 | u64::from(n1);
                let info = SenderInfo {
                    ntp,
                    rtp,
                    packets,
                    octets,
                };
                Ok(RtcpPacket::SenderReport {
                    ssrc,
                    info,
                    block: block(7, "6.4.1")?,
                })
            }
            RECEIVER_REPORT => {
                let ssrc = word(1).ok_or(truncated(packet_type, 8, length, "6.4.2"))?;
                Ok(RtcpPacket::ReceiverReport {
                    ssrc,
                    block: block(2, "6.4.2")?,
                })
            }
            BYE => Ok(RtcpPacket::Bye {
                ssrc: if count > 0 { word(1) } else { None },
            }),
            _ => Ok(RtcpPacket::Other { packet_type }),
        }
    }
}

fn report_block(words: &[[u8; 4]], first: usize) -> Option<ReportBlock> {
    let words: &[[u8; 4]; 6] = words.get(first..)?.first_chunk()?;
    let [ssrc, losses, highest, jitter, last_report, delay] = words.map(u32::from_be_bytes);
    Some(ReportBlock {
        ssrc,
        fraction_lost: (losses >> 24) as u8,
        // Sign-extends 24 bits.
        lost: (losses << 8) as i32 >> 8,
        highest,
        jitter,
        last_report,
        delay,
    })
}
