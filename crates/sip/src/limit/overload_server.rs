//! Asking peers to hold back when we are overloaded (RFC 7339 5.1 to 5.3, 5.7).

use super::feedback::{Feedback, Sequence};
use crate::via::Via;
use core::time::Duration;
use trunkline_model::Time;

/// How much our clients are to hold back. It follows what we had to refuse: as much less is asked
/// for as was too much, and once all could be served, a little more is let come each time.
#[derive(Clone, Debug)]
pub struct OverloadServer {
    epoch: u64,
    validity: Duration,
    /// The part that clients send, in thousandths.
    kept: u32,
    /// Milliseconds.
    sequence: u64,
}

impl OverloadServer {
    /// Asks for nothing yet. `epoch` is the number of seconds since 1970 at [`Time::ZERO`], so
    /// that the sequence goes on rising when we start anew. What is asked for holds for
    /// `validity`, which must be longer than the time between two measurements; RFC 7339 4.3
    /// suggests 500 ms.
    pub const fn new(epoch: u64, validity: Duration) -> Self {
        Self {
            epoch,
            validity,
            kept: ALL,
            sequence: epoch.saturating_mul(1_000),
        }
    }

    /// Takes the figures of the time since the last measurement: how many requests came that
    /// clients can hold back, and how many of them were refused because of load (see
    /// [`Guard::take_load`](super::Guard::take_load)).
    pub fn measure(&mut self, now: Time, offered: u64, refused: u64) {
        let stamp = self
            .epoch
            .saturating_mul(1_000)
            .saturating_add(now.as_millis());
        // RFC 7339 4.4: each must be larger, though the clock may not have moved.
        self.sequence = stamp.max(self.sequence.saturating_add(1));
        let served = offered.saturating_sub(refused);
        self.kept = if refused > 0 && offered > 0 {
            let kept = u128::from(self.kept) * u128::from(served) / u128::from(offered);
            u32::try_from(kept).unwrap_or(ALL).max(LEAST)
        } else {
            (self.kept + self.kept / 8 + 10).min(ALL)
        };
    }

    /// What is asked for, in percent.
    pub const fn percent(&self) -> u8 {
        // Up, so that something is asked for as long as anything is held back.
        (ALL - self.kept).div_ceil(10) as u8
    }

    /// Whether we are overloaded: clients that cannot hold back are then to be refused instead
    /// (RFC 7339 5.10.2).
    pub const fn is_overloaded(&self) -> bool {
        self.kept < ALL
    }

    /// What to say in the response to a request with that topmost Via; `None` if the client did
    /// not ask (RFC 7339 5.1). Written with [`Feedback::write`]. Who must not know that we do
    /// this is for the caller to say (RFC 7339 5.2).
    pub fn feedback(&self, via: &Via<'_>) -> Option<Feedback> {
        Feedback::is_offered(via).then(|| Feedback {
            percent: self.percent(),
            // RFC 7339 5.7: zero says that there is nothing to hold back.
            validity: if self.is_overloaded() {
                self.validity
            } else {
                Duration::ZERO
            },
            sequence: Some(Sequence::from_millis(self.sequence)),
        })
    }
}

const ALL: u32 = 1_000;

/// Clients that send nothing would never learn that it is over.
const LEAST: u32 = 50;

#[cfg(test)]
mod tests {
    use super::super::overload_client::{OverloadClient, Sending};
    use super::*;
    use std::net::SocketAddr;

    const OFFER: &str = "SIP/2.0/UDP a;branch=z9hG4bK1;oc;oc-algo=\"loss\"";

    fn server() -> OverloadServer {
        OverloadServer::new(1_282_321_615, Duration::from_millis(500))
    }

    #[test]
    fn says_nothing_to_whom_it_does_not_concern() {
        let server = server();
        for via in ["SIP/2.0/UDP a", "SIP/2.0/UDP a;oc;oc-algo=\"rate\""] {
            assert_eq!(server.feedback(&Via::parse(via).unwrap()), None);
        }
        let via = Via::parse(OFFER).unwrap();
        assert_eq!(
            server.feedback(&via).unwrap().write(OFFER),
            "SIP/2.0/UDP a;branch=z9hG4bK1;oc=0;oc-algo=\"loss\";oc-validity=0;oc-seq=1282321615.000"
        );
    }

    #[test]
    fn asks_for_what_was_too_much_and_lets_it_rise_again() {
        let mut server = server();
        let via = Via::parse(OFFER).unwrap();
        let mut last = server.feedback(&via).unwrap().sequence;
        let mut check = |server: &OverloadServer| {
            let feedback = server.feedback(&via).unwrap();
            assert!(feedback.sequence > last);
            last = feedback.sequence;
            assert_eq!(feedback.validity.is_zero(), feedback.percent == 0);
            feedback.percent
        };
        server.measure(Time::from_secs(1), 100, 0);
        assert_eq!(check(&server), 0);
        server.measure(Time::from_secs(1), 200, 100);
        assert_eq!(check(&server), 50);
        server.measure(Time::from_secs(1), 100, 20);
        assert_eq!(check(&server), 60);
        // The clock moves back.
        server.measure(Time::ZERO, 1_000_000, 999_999);
        assert_eq!(check(&server), 95);
        let mut rounds = 0;
        while server.is_overloaded() {
            server.measure(Time::from_secs(2), 10, 0);
            check(&server);
            rounds += 1;
        }
        assert!((10..30).contains(&rounds), "{rounds}");
        assert_eq!(server.percent(), 0);
        server.measure(Time::from_secs(3), 0, 5);
        assert_eq!(server.percent(), 0);
    }

    /// A server that can serve 100 requests in each interval, and a client that has 300.
    #[test]
    fn client_and_server_settle_near_the_capacity() {
        let mut server = server();
        let mut client = OverloadClient::new(10);
        let peer = SocketAddr::from(([192, 0, 2, 1], 5060));
        let mut now = Time::from_secs(1);
        let (mut served_in_all, mut came_in_all) = (0, 0);
        for interval in 0..100 {
            let came = (0..300)
                .filter(|_| client.send(now, peer, false) == Sending::Send)
                .count() as u64;
            let served = came.min(100);
            server.measure(now, came, came - served);
            let text = server.feedback(&Via::parse(OFFER).unwrap()).unwrap();
            let text = text.write(OFFER);
            client.response(now, peer, &Via::parse(&text).unwrap(), 100, None);
            now += Duration::from_millis(100);
            if interval >= 10 {
                served_in_all += served;
                came_in_all += came;
            }
        }
        // Of 9,000 that could be served, most are; of 27,000, few come in vain.
        assert!(served_in_all > 8_500, "{served_in_all}");
        assert!(came_in_all < 10_500, "{came_in_all}");
    }
}
