//! The session descriptions that the controller sends: the parties' own with another origin line,
//! and the few that it makes itself.
//!
//! To each party the controller is the one other end of the session, so all descriptions that
//! party gets carry one origin, whose version counts up (RFC 3725 4.4 and 7, RFC 3264 8).
//! Everything but the origin line is passed as it came: codecs, addresses, attributes.

use crate::config::InitialOffer;
use core::fmt::Write as _;
use std::net::IpAddr;

/// The origin (`o=`, RFC 4566 5.2) under which one party knows the controller.
#[derive(Debug)]
pub(crate) struct Origin {
    id: u64,
    version: u64,
    address: IpAddr,
}

impl Origin {
    /// `id` must be unique for the address; `address` is where the controller is.
    pub(crate) const fn new(id: u64, address: IpAddr) -> Self {
        Self {
            id,
            version: 0,
            address,
        }
    }

    /// The description of the other party under this origin; `None` if it is no description.
    pub(crate) fn relay(&mut self, description: &[u8]) -> Option<Vec<u8>> {
        if !is_description(description) {
            return None;
        }
        let mut relayed = Vec::with_capacity(description.len() + 64);
        let mut found = false;
        for line in description.split_inclusive(|octet| *octet == b'\n') {
            if line.starts_with(b"o=") && !found {
                found = true;
                relayed.extend_from_slice(self.next_line().as_bytes());
            } else {
                relayed.extend_from_slice(line);
            }
        }
        Some(relayed)
    }

    /// The offer with which the initiator is invited: nothing is to flow yet (RFC 3725 4.4).
    pub(crate) fn initial_offer(&mut self, kind: InitialOffer) -> Vec<u8> {
        let mut offer = self.head();
        if kind == InitialOffer::InactiveAudio {
            offer.push_str(INACTIVE_AUDIO);
        }
        offer.into_bytes()
    }

    /// An answer that takes none of the offered streams (RFC 3264 6: port zero). It goes in the
    /// ACK where an offer came in a 2xx and the call ends, since the ACK must carry an answer
    /// (RFC 3261 13.2.2.4).
    pub(crate) fn refusal(&mut self, offer: &[u8]) -> Vec<u8> {
        let mut answer = self.head();
        for line in String::from_utf8_lossy(offer).lines() {
            let Some(rest) = line.strip_prefix("m=") else {
                continue;
            };
            let mut words = rest.split_ascii_whitespace();
            if let (Some(media), Some(_port)) = (words.next(), words.next()) {
                let rest: Vec<&str> = words.collect();
                // Writing to a String does not fail.
                let _ = write!(answer, "m={media} 0 {}\r\n", rest.join(" "));
            }
        }
        answer.into_bytes()
    }

    fn head(&mut self) -> String {
        let family = if self.address.is_ipv4() { "IP4" } else { "IP6" };
        format!(
            "v=0\r\n{}s=-\r\nc=IN {family} {}\r\nt=0 0\r\n",
            self.next_line(),
            self.address
        )
    }

    fn next_line(&mut self) -> String {
        self.version += 1;
        let family = if self.address.is_ipv4() { "IP4" } else { "IP6" };
        format!(
            "o=clicktocall {} {} IN {family} {}\r\n",
            self.id, self.version, self.address
        )
    }
}

/// Whether the octets are a session description as far as the controller has to know: a version
/// and an origin (RFC 4566 5).
pub(crate) fn is_description(text: &[u8]) -> bool {
    text.starts_with(b"v=0") && text.windows(3).any(|window| window == b"\no=")
}

/// An audio stream that is on hold from the start, for phones that refuse an offer without media.
/// Port 9 is the discard port: nothing is received. It names the codecs that phones have, so that
/// none of them refuses it; the real offer follows in the re-INVITE. There, a payload type may not
/// stand for another codec than here (RFC 3264 8.3.2), hence Opus under a number that others
/// rarely use, and no telephone-event.
const INACTIVE_AUDIO: &str = "m=audio 9 RTP/AVP 0 8 18 127\r\n\
    a=rtpmap:0 PCMU/8000\r\n\
    a=rtpmap:8 PCMA/8000\r\n\
    a=rtpmap:18 G729/8000\r\n\
    a=rtpmap:127 opus/48000/2\r\n\
    a=inactive\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Origin {
        Origin::new(7, IpAddr::from([192, 0, 2, 1]))
    }

    #[test]
    fn only_the_origin_line_changes() {
        let theirs = "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=o=x\r\nm=audio 4000 RTP/AVP 96\r\n\
             a=rtpmap:96 opus/48000/2\r\na=fmtp:96 stereo=0\r\n";
        let mut origin = origin();
        origin.initial_offer(InitialOffer::NoMedia);
        let relayed = origin.relay(theirs.as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(relayed).unwrap(),
            theirs.replace(
                "o=- 1 1 IN IP4 198.51.100.1",
                "o=clicktocall 7 2 IN IP4 192.0.2.1"
            )
        );
    }

    #[test]
    fn refuses_what_is_no_description() {
        for text in ["", "x", "v=0\r\ns=-\r\n", "o=- 1 1 IN IP4 1.2.3.4\r\n"] {
            assert_eq!(origin().relay(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn refusal_has_every_stream_with_port_zero() {
        let offer = "v=0\r\nm=audio 4000 RTP/AVP 0 8\r\na=x\r\nm=video 4002 RTP/AVP 99\r\n";
        let answer = String::from_utf8(origin().refusal(offer.as_bytes())).unwrap();
        let streams: Vec<&str> = answer.lines().filter(|l| l.starts_with("m=")).collect();
        assert_eq!(streams, ["m=audio 0 RTP/AVP 0 8", "m=video 0 RTP/AVP 99"]);
    }

    #[test]
    fn initial_offer_is_inactive_or_empty() {
        let text = |kind| String::from_utf8(origin().initial_offer(kind)).unwrap();
        assert!(text(InitialOffer::InactiveAudio).contains("\r\na=inactive\r\n"));
        assert!(!text(InitialOffer::NoMedia).contains("m="));
        let mut six = Origin::new(1, IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]));
        let offer = String::from_utf8(six.initial_offer(InitialOffer::NoMedia)).unwrap();
        assert!(offer.contains("c=IN IP6 ::1\r\n"), "{offer}");
    }
}
