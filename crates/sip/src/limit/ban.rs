//! Sources that are not listened to for a time.

use super::network::Source;
use super::recent::Recent;
use core::time::Duration;
use trunkline_model::Time;

/// When a source is banned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BanRule {
    /// So many offences; 0 bans nobody ...
    pub offences: u32,
    /// ... in this time, from the first of them ...
    pub within: Duration,
    /// ... ban for this long.
    pub ban: Duration,
    /// The most sources that are remembered.
    pub sources: usize,
}

/// What counts towards a ban.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Offence {
    /// Data that is no SIP message, or a malformed one.
    Malformed,
    /// Credentials that are wrong (RFC 3261 22.4). A first request without any is none.
    Authentication,
    /// A request of a scanner.
    Scanner,
}

/// The offences of each source, and who is banned.
#[derive(Clone, Debug)]
pub(super) struct Bans {
    rule: BanRule,
    sources: Recent<Source, Record>,
}

#[derive(Clone, Copy, Debug)]
enum Record {
    Offences { count: u32, since: Time },
    Banned { until: Time },
}

impl Default for BanRule {
    /// 20 offences in 60 s ban for 10 minutes; 16,384 sources.
    fn default() -> Self {
        Self {
            offences: 20,
            within: Duration::from_secs(60),
            ban: Duration::from_secs(600),
            sources: 16_384,
        }
    }
}

impl Bans {
    pub(super) const fn new(rule: BanRule) -> Self {
        Self {
            rule,
            sources: Recent::new(rule.sources),
        }
    }

    /// Counts an offence; true if it was the one that bans.
    pub(super) fn offend(&mut self, now: Time, source: Source) -> bool {
        if self.rule.offences == 0 {
            return false;
        }
        let first = Record::Offences {
            count: 0,
            since: now,
        };
        let record = self.sources.get_or_insert(source, || first);
        match *record {
            Record::Banned { until } if until > now => return false,
            Record::Offences { since, .. } if now.since(since) < self.rule.within => {}
            _ => *record = first,
        }
        if let Record::Offences { count, .. } = record {
            *count += 1;
            if *count >= self.rule.offences {
                *record = Record::Banned {
                    until: now + self.rule.ban,
                };
                return true;
            }
        }
        false
    }

    /// Whether the source is banned. Who keeps on sending is remembered before others.
    pub(super) fn is_banned(&mut self, now: Time, source: Source) -> bool {
        matches!(self.sources.get(source), Some(Record::Banned { until }) if *until > now)
    }

    /// Until when the source is banned.
    pub(super) fn until(&self, now: Time, source: Source) -> Option<Time> {
        match self.sources.peek(source) {
            Some(&Record::Banned { until }) if until > now => Some(until),
            _ => None,
        }
    }

    pub(super) fn lift(&mut self, source: Source) {
        self.sources.remove(source);
    }

    /// How many are banned.
    pub(super) fn count(&self, now: Time) -> usize {
        self.sources
            .values()
            .filter(|record| matches!(record, Record::Banned { until } if *until > now))
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    const RULE: BanRule = BanRule {
        offences: 3,
        within: Duration::from_secs(60),
        ban: Duration::from_secs(600),
        sources: 100,
    };

    fn source(index: u32) -> Source {
        IpAddr::from(Ipv4Addr::from_bits(0x0a00_0000 + index)).into()
    }

    #[test]
    fn a_ban_begins_with_the_last_offence_and_ends() {
        let mut bans = Bans::new(RULE);
        let now = Time::from_secs(1_000);
        assert!(!bans.offend(now, source(1)));
        assert!(!bans.offend(now, source(1)));
        assert!(!bans.is_banned(now, source(1)));
        assert!(bans.offend(now, source(1)));
        // Further ones do not make it longer: it would never end for a phone behind a translator.
        assert!(!bans.offend(now + Duration::from_secs(599), source(1)));
        assert!(bans.is_banned(now + Duration::from_secs(599), source(1)));
        assert_eq!(bans.until(now, source(1)), Some(now + RULE.ban));
        assert!(!bans.is_banned(now, source(2)));
        assert_eq!(bans.count(now), 1);
        let after = now + RULE.ban;
        assert!(!bans.is_banned(after, source(1)));
        assert_eq!((bans.count(after), bans.until(after, source(1))), (0, None));
        // It starts anew.
        assert!(!bans.offend(after, source(1)) && !bans.offend(after, source(1)));
        assert!(bans.offend(after, source(1)));
        bans.lift(source(1));
        assert!(!bans.is_banned(after, source(1)));
    }

    #[test]
    fn rare_offences_do_not_add_up() {
        let mut bans = Bans::new(RULE);
        let mut now = Time::from_secs(1_000);
        for _ in 0..100 {
            assert!(!bans.offend(now, source(1)));
            now += Duration::from_secs(30);
            assert!(!bans.offend(now, source(1)));
            now += Duration::from_secs(30);
        }
        let mut nobody = Bans::new(BanRule {
            offences: 0,
            ..RULE
        });
        assert!((0..100).all(|_| !nobody.offend(now, source(1))));
    }

    #[test]
    fn a_flood_of_sources_does_not_lift_the_ban_of_one_that_keeps_on() {
        let mut bans = Bans::new(RULE);
        let now = Time::from_secs(1_000);
        for _ in 0..3 {
            bans.offend(now, source(0));
        }
        for index in 1..10_000 {
            bans.offend(now, source(index));
            if index % 50 == 0 {
                assert!(bans.is_banned(now, source(0)));
            }
        }
        assert_eq!(bans.sources.len(), 100);
    }
}
