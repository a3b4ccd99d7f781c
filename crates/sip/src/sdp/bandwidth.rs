//! `b=` lines.

use super::Text;

/// The types of bandwidth that have a meaning here (RFC 8866 5.8). Others are kept and ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandwidthType {
    /// `CT`: kbit/s of all streams together (RFC 8866 5.8).
    ConferenceTotal,
    /// `AS`: kbit/s with all headers down to IP (RFC 8866 5.8).
    ApplicationSpecific,
    /// `TIAS`: bit/s without the headers of transports (RFC 3890 6.2).
    TransportIndependent,
    /// `RS`: bit/s of RTCP for senders of media (RFC 3556 2).
    RtcpSenders,
    /// `RR`: bit/s of RTCP for those who only receive (RFC 3556 2).
    RtcpReceivers,
}

impl BandwidthType {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConferenceTotal => "CT",
            Self::ApplicationSpecific => "AS",
            Self::TransportIndependent => "TIAS",
            Self::RtcpSenders => "RS",
            Self::RtcpReceivers => "RR",
        }
    }

    /// The line with that value, behind `b=`.
    pub fn line(self, value: u64) -> Text {
        format!("{}:{value}", self.name()).into()
    }
}

/// The first value of a type.
pub(super) fn find(lines: &[Text], kind: BandwidthType) -> Option<u64> {
    lines.iter().find_map(|line| {
        let (name, value) = line.as_str()?.split_once(':')?;
        (name.trim() == kind.name()).then(|| value.trim().parse().ok())?
    })
}
