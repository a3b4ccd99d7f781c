//! RTCP: sender and receiver reports, source description and BYE (RFC 3550 6).

mod parse;
mod write;

pub use parse::{RtcpError, RtcpPacket, Rtcps, parse};
pub use write::{write_bye, write_report};

use core::time::Duration;

/// What a sender says of its stream (RFC 3550 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderInfo {
    /// The time of the report, as an NTP timestamp (32.32 bits).
    pub ntp: u64,
    /// The same time in units of the RTP timestamp.
    pub rtp: u32,
    /// Packets sent.
    pub packets: u32,
    /// Octets of payload sent.
    pub octets: u32,
}

/// What a receiver says of one source (RFC 3550 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportBlock {
    /// The source.
    pub ssrc: u32,
    /// Packets lost since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Packets lost since the start, 24 bits signed.
    pub lost: i32,
    /// The highest sequence number, with the count of cycles in the high half.
    pub highest: u32,
    /// The interarrival jitter in timestamp units.
    pub jitter: u32,
    /// The middle 32 bits of the NTP timestamp of the last sender report; 0 if there was none.
    pub last_report: u32,
    /// The time from that report to this one, in units of 1/65,536 s.
    pub delay: u32,
}

impl ReportBlock {
    /// The time to the far end and back, when this report about our stream arrived at `now` and
    /// answers one of our sender reports (RFC 3550 6.4.1); `now` as in [`ntp_middle`].
    pub const fn round_trip(&self, now: u32) -> Option<Duration> {
        if self.last_report == 0 {
            return None;
        }
        let units = now.wrapping_sub(self.last_report).wrapping_sub(self.delay);
        // More than nine hours: the far end's clock arithmetic is off.
        if units > i32::MAX as u32 {
            return None;
        }
        Some(Duration::from_micros((units as u64 * 1_000_000) >> 16))
    }
}

/// An NTP timestamp of a time since an arbitrary origin. RFC 3550 4 allows that where there is
/// no wall clock: only differences count.
pub const fn ntp(time: Duration) -> u64 {
    let fraction = (time.subsec_nanos() as u64 * (1 << 32)) / 1_000_000_000;
    time.as_secs() << 32 | fraction
}

/// The middle 32 bits of an NTP timestamp.
pub const fn ntp_middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const BYE: u8 = 203;
