//! Holding back requests to peers that are overloaded (RFC 7339 5.4 to 5.7, 7; RFC 3261 21.5.4).

use super::feedback::{Feedback, Sequence};
use super::recent::Recent;
use crate::via::Via;
use core::cmp::Ordering;
use core::time::Duration;
use std::net::SocketAddr;
use trunkline_model::Time;

/// Whether a request goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// Send it.
    Send,
    /// Hold this one back: the peer asked for less (RFC 7339 5.10). Send it elsewhere, or treat
    /// it as refused with 503 without Retry-After.
    Withhold,
    /// Hold back all until then: the peer gave a 503 with Retry-After (RFC 3261 21.5.4).
    Stopped(Time),
}

/// What peers ask of us, for each address and port (RFC 7339 5.4). Bounded; the peer that we had
/// not to do with for the longest time is given up first.
#[derive(Clone, Debug)]
pub struct OverloadClient {
    peers: Recent<SocketAddr, State>,
    withheld: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    percent: u8,
    until: Time,
    sequence: Option<(Sequence, Time)>,
    stopped_until: Time,
    /// Percents that are still to be held back; a request is worth 100.
    debt: u32,
}

impl OverloadClient {
    /// For that many peers.
    pub const fn new(peers: usize) -> Self {
        Self {
            peers: Recent::new(peers),
            withheld: 0,
        }
    }

    /// Takes what a response to our request says: its topmost Via, its status, and its
    /// Retry-After.
    pub fn response(
        &mut self,
        now: Time,
        peer: SocketAddr,
        via: &Via<'_>,
        status: u16,
        retry_after: Option<Duration>,
    ) {
        let feedback = Feedback::parse(via);
        let stop = retry_after.filter(|_| status == 503);
        let asks_nothing = stop.is_none()
            && feedback.is_none_or(|feedback| feedback.percent == 0 || feedback.validity.is_zero());
        let state = if asks_nothing {
            // Most peers never ask for anything, and are not remembered.
            let Some(state) = self.peers.get(peer) else {
                return;
            };
            state
        } else {
            self.peers.get_or_insert(peer, State::default)
        };
        if let Some(stop) = stop {
            let until = now + stop.min(LONGEST_STOP);
            state.stopped_until = state.stopped_until.max(until);
        }
        if let Some(feedback) = feedback {
            state.update(now, feedback);
        }
    }

    /// Whether a request may go to that peer. Ask once for each that is about to be sent. Exempt
    /// are requests in dialogs and emergencies (RFC 7339 5.10.1): they always go, and others are
    /// held back in their place.
    pub fn send(&mut self, now: Time, peer: SocketAddr, is_exempt: bool) -> Sending {
        let Some(state) = self.peers.get(peer) else {
            return Sending::Send;
        };
        let sending = state.send(now, is_exempt);
        if sending != Sending::Send {
            self.withheld += 1;
        }
        sending
    }

    /// Until when nothing may go there, if so. Does not count as a request.
    pub fn stopped_until(&self, now: Time, peer: SocketAddr) -> Option<Time> {
        let until = self.peers.peek(peer)?.stopped_until;
        (until > now).then_some(until)
    }

    /// The part of requests to that peer that is held back, in percent.
    pub fn percent(&self, now: Time, peer: SocketAddr) -> u8 {
        self.peers
            .peek(peer)
            .filter(|state| state.until > now)
            .map_or(0, |state| state.percent)
    }

    /// How many requests were held back.
    pub const fn withheld(&self) -> u64 {
        self.withheld
    }
}

impl State {
    fn update(&mut self, now: Time, feedback: Feedback) {
        if let (Some(new), Some((old, taken))) = (feedback.sequence, self.sequence)
            // No response is later than its transaction, so an older number is no proof for ever.
            && now.since(taken) < LATEST_RESPONSE
            && new.follows(old) != Ordering::Greater
        {
            return;
        }
        if let Some(sequence) = feedback.sequence {
            self.sequence = Some((sequence, now));
        }
        if self.until <= now || feedback.percent == 0 {
            self.debt = 0;
        }
        self.percent = feedback.percent;
        // RFC 7339 5.7: no validity ends it, whatever the percentage.
        self.until = now + feedback.validity;
    }

    /// The loss algorithm (RFC 7339 7.2) with an even spread in place of chance: each request adds
    /// its percentage to a debt, and whatever is not exempt pays with itself once the debt makes a
    /// whole request. So the reduction counts over all requests, as the server meant it.
    fn send(&mut self, now: Time, is_exempt: bool) -> Sending {
        if self.until > now {
            self.debt = (self.debt + u32::from(self.percent)).min(MOST_DEBT);
        }
        if is_exempt {
            return Sending::Send;
        }
        if self.stopped_until > now {
            return Sending::Stopped(self.stopped_until);
        }
        if self.until > now && self.debt >= REQUEST {
            self.debt -= REQUEST;
            return Sending::Withhold;
        }
        Sending::Send
    }
}

const REQUEST: u32 = 100;

/// If exempt requests alone are more than may be sent, the others do not pay for it long after.
const MOST_DEBT: u32 = 10 * REQUEST;

/// 64*T1, the end of every transaction (RFC 3261 17).
const LATEST_RESPONSE: Duration = Duration::from_secs(32);

/// Nobody who forges one 503 stops us for a day.
const LONGEST_STOP: Duration = Duration::from_secs(3_600);

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_secs(100);

    fn peer(index: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], index))
    }

    fn milliseconds(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    fn respond(client: &mut OverloadClient, now: Time, params: &str) {
        let via = format!("SIP/2.0/UDP a;branch=z9hG4bK1{params}");
        client.response(now, peer(1), &Via::parse(&via).unwrap(), 180, None);
    }

    fn unavailable(client: &mut OverloadClient, now: Time, index: u16, retry_after: Option<u64>) {
        let via = Via::parse("SIP/2.0/UDP a;branch=z9hG4bK1").unwrap();
        let retry_after = retry_after.map(Duration::from_secs);
        client.response(now, peer(index), &via, 503, retry_after);
    }

    /// How many of so many requests go out.
    fn sent(client: &mut OverloadClient, now: Time, count: u32, is_exempt: bool) -> u32 {
        (0..count)
            .map(|_| u32::from(client.send(now, peer(1), is_exempt) == Sending::Send))
            .sum()
    }

    #[test]
    fn the_part_asked_for_is_held_back_and_spread_evenly() {
        for percent in [0, 1, 10, 33, 50, 99, 100] {
            let mut client = OverloadClient::new(10);
            respond(&mut client, NOW, &format!(";oc={percent};oc-seq=1.1"));
            assert_eq!(sent(&mut client, NOW, 1_000, false), 1_000 - 10 * percent);
            if percent == 10 {
                for _ in 0..10 {
                    assert_eq!(sent(&mut client, NOW, 10, false), 9);
                }
            }
            assert_eq!(
                client.withheld(),
                u64::from(10 * percent) + 10 * u64::from(percent == 10)
            );
        }
    }

    #[test]
    fn exempt_requests_go_and_others_pay_for_them() {
        let mut client = OverloadClient::new(10);
        respond(&mut client, NOW, ";oc=10;oc-seq=1.1");
        // RFC 7339 7.2: 10 % of all is 25 % where 40 % are candidates.
        let (mut exempt, mut others) = (0, 0);
        for _ in 0..200 {
            exempt += sent(&mut client, NOW, 3, true);
            others += sent(&mut client, NOW, 2, false);
        }
        assert_eq!((exempt, others), (600, 300));
        // All is asked for: the exempt ones still go, and the debt does not last.
        respond(&mut client, NOW, ";oc=100;oc-seq=1.2");
        assert_eq!(sent(&mut client, NOW, 1_000, true), 1_000);
        respond(&mut client, NOW, ";oc=1;oc-seq=1.3");
        assert!(sent(&mut client, NOW, 100, false) >= 88);
    }

    #[test]
    fn it_ends_with_its_time_or_when_told() {
        let mut client = OverloadClient::new(10);
        respond(&mut client, NOW, ";oc=100;oc-seq=1.1");
        assert_eq!(sent(&mut client, NOW + milliseconds(499), 10, false), 0);
        assert_eq!(sent(&mut client, NOW + milliseconds(500), 10, false), 10);
        respond(&mut client, NOW, ";oc=100;oc-validity=2000;oc-seq=1.2");
        assert_eq!(client.percent(NOW + milliseconds(1_999), peer(1)), 100);
        assert_eq!(client.percent(NOW + milliseconds(2_000), peer(1)), 0);
        respond(&mut client, NOW, ";oc=100;oc-validity=0;oc-seq=1.3");
        assert_eq!(sent(&mut client, NOW, 10, false), 10);
    }

    #[test]
    fn late_responses_change_nothing_and_a_restarted_server_is_heard() {
        let mut client = OverloadClient::new(10);
        respond(&mut client, NOW, ";oc=50;oc-seq=1282321615.782");
        // The same number does not make it last longer (RFC 7339 5.4).
        let later = NOW + milliseconds(400);
        respond(&mut client, later, ";oc=50;oc-seq=1282321615.782");
        respond(&mut client, later, ";oc=90;oc-seq=1282321614.9");
        assert_eq!(client.percent(later, peer(1)), 50);
        assert_eq!(client.percent(NOW + milliseconds(500), peer(1)), 0);
        respond(&mut client, later, ";oc=70;oc-seq=12.0");
        assert_eq!(client.percent(later, peer(1)), 70);
        respond(&mut client, later, ";oc=60;oc-seq=11.0");
        assert_eq!(client.percent(later, peer(1)), 70);
        // After 32 s no response of that time can come any more.
        let much_later = later + Duration::from_secs(32);
        respond(&mut client, much_later, ";oc=60;oc-seq=11.0");
        assert_eq!(client.percent(much_later, peer(1)), 60);
        // Without a number it is taken as it comes.
        respond(&mut client, much_later, ";oc=0;oc-validity=0");
        assert_eq!(client.percent(much_later, peer(1)), 0);
    }

    #[test]
    fn retry_after_of_503_stops_the_whole_peer_and_nothing_else() {
        let mut client = OverloadClient::new(10);
        unavailable(&mut client, NOW, 1, None);
        assert_eq!(client.send(NOW, peer(1), false), Sending::Send);
        unavailable(&mut client, NOW, 1, Some(30));
        let until = NOW + Duration::from_secs(30);
        assert_eq!(client.send(NOW, peer(1), false), Sending::Stopped(until));
        assert_eq!(client.stopped_until(NOW, peer(1)), Some(until));
        assert_eq!(client.send(NOW, peer(1), true), Sending::Send);
        assert_eq!(client.send(NOW, peer(2), false), Sending::Send);
        // A shorter one, of a request sent before, does not end it.
        unavailable(&mut client, NOW, 1, Some(5));
        assert_eq!(client.stopped_until(NOW, peer(1)), Some(until));
        assert_eq!(client.send(until, peer(1), false), Sending::Send);
        assert_eq!(client.stopped_until(until, peer(1)), None);
        // In any other response it speaks of the callee.
        let via = Via::parse("SIP/2.0/UDP a").unwrap();
        client.response(until, peer(1), &via, 486, Some(Duration::from_secs(30)));
        assert_eq!(client.send(until, peer(1), false), Sending::Send);
        unavailable(&mut client, NOW, 3, Some(u64::MAX));
        assert_eq!(client.stopped_until(NOW, peer(3)), Some(NOW + LONGEST_STOP));
    }

    #[test]
    fn peers_are_bounded_and_quiet_ones_take_no_place() {
        let mut client = OverloadClient::new(3);
        for index in 1..1_000 {
            unavailable(&mut client, NOW, index, Some(30));
        }
        assert_eq!(client.peers.len(), 3);
        assert!(client.stopped_until(NOW, peer(999)).is_some());
        let via = Via::parse("SIP/2.0/UDP a;oc=0;oc-validity=0;oc-seq=1.1").unwrap();
        for index in 2_000..3_000 {
            client.response(NOW, peer(index), &via, 200, None);
            assert_eq!(client.send(NOW, peer(index), false), Sending::Send);
        }
        assert!(client.stopped_until(NOW, peer(999)).is_some());
    }
}
