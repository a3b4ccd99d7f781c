//! How long a connection may take for what it does.

use crate::config::Timeouts;
use crate::event::Why;
use core::time::Duration;
use tokio::time::Instant;

/// The times of one connection.
#[derive(Debug)]
pub(super) struct Timers {
    limits: Timeouts,
    kept: bool,
    /// When anything last came or went.
    active: Instant,
    /// Since when the first message is waited for.
    first: Option<Instant>,
    /// Since when a message is coming.
    message: Option<Instant>,
    /// Since when a message is going.
    write: Option<Instant>,
    /// When the stream was found to be no SIP.
    refused: Option<Instant>,
    /// How often to ping, and when next.
    ping: Option<(Duration, Instant)>,
    /// Since when a pong is waited for.
    pong: Option<Instant>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Close(Why),
    Ping,
    /// The time to answer what was refused is over.
    Refuse,
}

impl Timers {
    /// For a connection that is open now.
    pub(super) const fn new(limits: Timeouts, now: Instant, accepted: bool) -> Self {
        Self {
            limits,
            kept: false,
            active: now,
            first: if accepted { Some(now) } else { None },
            message: None,
            write: None,
            refused: None,
            ping: None,
            pong: None,
        }
    }

    /// What comes next, and when.
    pub(super) fn next(&self) -> (Instant, Due) {
        let limits = &self.limits;
        let idle = match self.kept {
            true => limits.idle_kept,
            false => limits.idle,
        };
        let close = |since: Option<Instant>, limit: Duration, why: Why| {
            since.map(|since| (since + limit, Due::Close(why)))
        };
        let mut next = (self.active + idle, Due::Close(Why::Idle));
        let others = [
            close(self.first, limits.first_message, Why::NoMessage),
            close(self.message, limits.message, Why::SlowMessage),
            close(self.write, limits.message, Why::SlowPeer),
            close(self.pong, limits.pong, Why::NoPong),
            // One ping at a time.
            self.ping
                .filter(|_| self.pong.is_none())
                .map(|(_, at)| (at, Due::Ping)),
            self.refused.map(|since| (since + LINGER, Due::Refuse)),
        ];
        for other in others.into_iter().flatten() {
            if other.0 < next.0 {
                next = other;
            }
        }
        next
    }

    /// Octets came; `mid` if a message has begun and not ended.
    pub(super) fn came(&mut self, now: Instant, mid: bool) {
        self.active = now;
        self.message = match mid {
            true => self.message.or(Some(now)),
            false => None,
        };
    }

    /// A whole message came; the next one has its own time.
    pub(super) const fn whole_message(&mut self) {
        self.first = None;
        self.message = None;
    }

    /// A message is being written.
    pub(super) const fn write_begins(&mut self, now: Instant) {
        self.write = Some(now);
    }

    /// It is written.
    pub(super) const fn written(&mut self, now: Instant) {
        self.write = None;
        self.active = now;
    }

    /// The stream is no SIP: only what answers it is waited for.
    pub(super) const fn refused(&mut self, now: Instant) {
        self.refused = Some(now);
        self.message = None;
        self.first = None;
    }

    pub(super) const fn keep(&mut self) {
        self.kept = true;
    }

    /// Pings from now on, each time after 80 to 100 per cent of the interval, by a random
    /// fraction of 255 (RFC 5626 4.4.1).
    pub(super) fn ping_every(&mut self, interval: Duration, now: Instant, random: u8) {
        let after = interval.mul_f64(0.8 + 0.2 * f64::from(random) / 255.0);
        self.ping = Some((interval, now + after));
    }

    /// A ping is sent. Its pong is waited for.
    pub(super) fn pinged(&mut self, now: Instant, random: u8) {
        if let Some((interval, _)) = self.ping {
            self.ping_every(interval, now, random);
        }
        self.pong = Some(now);
    }

    pub(super) const fn awaits_pong(&self) -> bool {
        self.pong.is_some()
    }

    /// A pong came.
    pub(super) const fn pong(&mut self) {
        self.pong = None;
    }

    /// Nothing could be read for so long, which is not the peer's fault.
    pub(super) fn forgive(&mut self, time: Duration) {
        let all = [&mut self.first, &mut self.message, &mut self.pong];
        for since in all.into_iter().flatten() {
            *since += time;
        }
    }
}

/// For the answer to what is no SIP, before the connection is closed.
const LINGER: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn timers(accepted: bool) -> (Timers, Instant) {
        let now = Instant::now();
        (Timers::new(Timeouts::default(), now, accepted), now)
    }

    #[test]
    fn first_message_is_waited_for_from_peers_only() {
        let (mut timers, start) = timers(true);
        let no_message = (start + seconds(10), Due::Close(Why::NoMessage));
        assert_eq!(timers.next(), no_message);
        // Keep-alives are no messages.
        timers.came(start + seconds(5), false);
        assert_eq!(timers.next(), no_message);
        timers.whole_message();
        let idle = (start + seconds(605), Due::Close(Why::Idle));
        assert_eq!(timers.next(), idle);
        let (timers, start) = self::timers(false);
        assert_eq!(timers.next().0, start + seconds(600));
    }

    #[test]
    fn message_has_its_time_from_its_first_octet() {
        let (mut timers, start) = timers(false);
        timers.came(start + seconds(1), true);
        timers.came(start + seconds(8), true);
        let slow = (start + seconds(11), Due::Close(Why::SlowMessage));
        assert_eq!(timers.next(), slow);
        timers.forgive(seconds(2));
        assert_eq!(timers.next().0, start + seconds(13));
        timers.whole_message();
        timers.came(start + seconds(9), true);
        assert_eq!(timers.next().0, start + seconds(19));
        timers.came(start + seconds(9), false);
        assert_eq!(timers.next().1, Due::Close(Why::Idle));
    }

    #[test]
    fn what_is_written_is_taken_in_time() {
        let (mut timers, start) = timers(false);
        timers.write_begins(start + seconds(3));
        let slow = (start + seconds(13), Due::Close(Why::SlowPeer));
        assert_eq!(timers.next(), slow);
        timers.written(start + seconds(4));
        assert_eq!(timers.next().0, start + seconds(604));
    }

    #[test]
    fn kept_connections_last() {
        let (mut timers, start) = timers(false);
        timers.keep();
        assert_eq!(
            timers.next(),
            (start + seconds(7_200), Due::Close(Why::Idle))
        );
    }

    #[test]
    fn pings_go_out_and_a_pong_is_waited_for() {
        let (mut timers, start) = timers(false);
        timers.ping_every(seconds(100), start, 0);
        assert_eq!(timers.next(), (start + seconds(80), Due::Ping));
        timers.ping_every(seconds(100), start, 255);
        assert_eq!(timers.next(), (start + seconds(100), Due::Ping));
        let sent = start + seconds(100);
        timers.pinged(sent, 0);
        assert_eq!(timers.next(), (sent + seconds(10), Due::Close(Why::NoPong)));
        timers.came(sent + seconds(1), false);
        timers.pong();
        assert_eq!(timers.next(), (sent + seconds(80), Due::Ping));
    }

    #[test]
    fn what_is_refused_may_be_answered() {
        let (mut timers, start) = timers(true);
        timers.refused(start);
        assert_eq!(timers.next(), (start + LINGER, Due::Refuse));
    }
}
