//! What a receiver knows of one source (RFC 3550 A.1, A.3, A.8).

use core::time::Duration;

/// Statistics of the packets of one source. Make a new one when the source changes.
#[derive(Clone, Debug)]
pub struct Reception {
    clock_rate: u32,
    state: Option<Source>,
    /// Packets that counted.
    received: u64,
    expected_prior: u64,
    received_prior: u64,
}

/// How a sequence number fits its source (RFC 3550 A.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// In order, or ahead by a gap that can be loss.
    Valid,
    /// Behind the highest: duplicate or late.
    Late,
    /// Too far away: discard, unless the next packet follows it.
    Discontinuous,
    /// The second packet in a row after a discontinuity: the source has restarted.
    Restarted,
}

#[derive(Clone, Copy, Debug)]
struct Source {
    base: u64,
    /// The highest sequence number with its count of cycles.
    highest: u64,
    /// The number that would prove a restart.
    restart: Option<u16>,
    /// Of the last packet with a time.
    transit: Option<i64>,
    /// The interarrival jitter times 16, in timestamp units (RFC 3550 A.8).
    jitter16: u64,
    /// Lost before a restart of the source.
    lost_before: i64,
}

impl Reception {
    /// Statistics of a source whose timestamps count `clock_rate` Hz.
    pub const fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate,
            state: None,
            received: 0,
            expected_prior: 0,
            received_prior: 0,
        }
    }

    /// Takes note of a packet that arrived at `now`.
    ///
    /// The source's address is known from signaling, so it counts from its first packet on (a
    /// `MIN_SEQUENTIAL` of 1 in the words of A.1).
    pub fn packet(&mut self, now: Duration, sequence: u16, timestamp: u32) -> Validity {
        let arrival = (now.as_micros() * u128::from(self.clock_rate) / 1_000_000) as i64;
        self.number(sequence, Some(arrival.wrapping_sub(i64::from(timestamp))))
    }

    /// Takes note of a packet whose timestamp counts another clock: it says nothing of jitter.
    pub fn untimed_packet(&mut self, sequence: u16) -> Validity {
        self.number(sequence, None)
    }

    fn number(&mut self, sequence: u16, transit: Option<i64>) -> Validity {
        let Some(source) = &mut self.state else {
            self.state = Some(Source::new(sequence, transit, 0));
            self.received = 1;
            return Validity::Valid;
        };
        let ahead = sequence.wrapping_sub(source.highest as u16);
        let validity = if ahead == 0 {
            Validity::Late
        } else if ahead < MAX_DROPOUT {
            source.highest += u64::from(ahead);
            source.restart = None;
            Validity::Valid
        } else if ahead > u16::MAX - MAX_MISORDER {
            Validity::Late
        } else if source.restart == Some(sequence) {
            let lost = source.lost_before + source.expected() as i64 - self.received as i64;
            self.state = Some(Source::new(sequence, transit, lost));
            self.received = 1;
            self.expected_prior = 0;
            self.received_prior = 0;
            return Validity::Restarted;
        } else {
            source.restart = Some(sequence.wrapping_add(1));
            return Validity::Discontinuous;
        };
        self.received += 1;
        // A.8: the difference of the relative transit times of two packets.
        let Some(transit) = transit else {
            return validity;
        };
        let before = source.transit.replace(transit).unwrap_or(transit);
        let difference = transit.wrapping_sub(before) as u32 as i32;
        let difference = u64::from(difference.unsigned_abs());
        source.jitter16 += difference;
        source.jitter16 -= (source.jitter16 - difference + 8) >> 4;
        validity
    }

    /// Packets that counted, duplicates included (RFC 3550 A.3).
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// The highest sequence number, with the count of cycles in the high half.
    pub fn extended_highest(&self) -> u32 {
        self.state.map_or(0, |source| source.highest as u32)
    }

    /// Packets expected less packets received since the start; duplicates can make it negative.
    pub fn lost(&self) -> i64 {
        self.state.map_or(0, |source| {
            source.lost_before + source.expected() as i64 - self.received as i64
        })
    }

    /// The interarrival jitter in timestamp units (RFC 3550 6.4.1).
    pub fn jitter(&self) -> u32 {
        self.state.map_or(0, |source| (source.jitter16 >> 4) as u32)
    }

    /// The interarrival jitter as time.
    pub fn jitter_time(&self) -> Duration {
        let micros = u64::from(self.jitter()) * 1_000_000 / u64::from(self.clock_rate.max(1));
        Duration::from_micros(micros)
    }

    /// The fraction of packets lost since the last call, in 256ths (RFC 3550 A.3).
    pub fn fraction_lost(&mut self) -> u8 {
        let Some(source) = self.state else { return 0 };
        let expected = source.expected();
        let interval = expected - self.expected_prior;
        let received = self.received - self.received_prior;
        self.expected_prior = expected;
        self.received_prior = self.received;
        match interval.checked_sub(received) {
            Some(lost) if interval > 0 => (lost * 256 / interval).min(255) as u8,
            _ => 0,
        }
    }
}

impl Source {
    fn new(sequence: u16, transit: Option<i64>, lost_before: i64) -> Self {
        Self {
            base: u64::from(sequence),
            highest: u64::from(sequence),
            restart: None,
            transit,
            jitter16: 0,
            lost_before,
        }
    }

    const fn expected(&self) -> u64 {
        self.highest - self.base + 1
    }
}

/// RFC 3550 A.1.
const MAX_DROPOUT: u16 = 3_000;
const MAX_MISORDER: u16 = 100;
