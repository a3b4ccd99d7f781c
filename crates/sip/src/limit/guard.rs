//! Which requests are served, refused, or left without an answer.

use super::ban::{BanRule, Bans, Offence};
use super::bucket::{Bucket, Rate};
use super::class::{Class, is_priority};
use super::network::{Network, Source};
use super::recent::Recent;
use super::scanner::{SCANNERS, is_scanner};
use crate::message::Message;
use core::fmt;
use core::time::Duration;
use std::net::IpAddr;
use trunkline_model::Time;

/// Settings of a [`Guard`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The requests that we take in all; `None` sets no limit.
    pub total: Option<Rate>,
    /// What Retry-After says once we refuse even more than we serve. It stops the whole peer (RFC
    /// 3261 21.5.4), so that a request too many alone is refused without.
    pub retry_after: Duration,
    /// The networks that we know, and what each source in them may send. The longest prefix
    /// counts.
    pub peers: Vec<Peer>,
    /// What becomes of requests from elsewhere.
    pub strangers: Strangers,
    /// What each source elsewhere may send.
    pub rates: Rates,
    /// The most sources whose rates are remembered.
    pub sources: usize,
    /// When strangers are banned. Peers never are: over UDP anyone can send in their name.
    pub ban: BanRule,
    /// What the User-Agent of strangers that get no answer starts with, without regard to case.
    pub scanners: Vec<Box<str>>,
    /// The user part or telephone number of calls that go before others.
    pub emergency_numbers: Vec<Box<str>>,
}

/// A network that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its addresses.
    pub network: Network,
    /// What each source in it may send.
    pub rates: Rates,
}

/// What one source may send outside dialogs, for each class; `None` sets no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// INVITE.
    pub invite: Option<Rate>,
    /// REGISTER.
    pub register: Option<Rate>,
    /// All others, and messages that are malformed.
    pub other: Option<Rate>,
}

/// What becomes of requests from sources that are no [`Peer`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strangers {
    /// They are served, within their rates.
    #[default]
    Serve,
    /// They are answered 403 (RFC 3261 21.4.4).
    Refuse,
    /// They get no answer, so that nobody learns that there is a server.
    Ignore,
}

/// What is done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Serve it.
    Pass,
    /// Answer this, without keeping any state.
    Refuse {
        /// 403 or 503.
        status: u16,
        /// Whole seconds for Retry-After; `None` leaves it out.
        retry_after: Option<Duration>,
        /// Why.
        reason: Reason,
    },
    /// Answer nothing.
    Drop(Reason),
}

/// Why a request is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// It comes from a scanner.
    Scanner,
    /// Its source is banned.
    Banned,
    /// Its source is unknown.
    Stranger,
    /// Its source sends more than it may.
    SourceRate,
    /// Its source sends so much more that answers would only add to it.
    Flood,
    /// All sources together send more than we take.
    TotalRate,
}

/// Looks at requests before any state is made for them. Not for retransmissions: ask for what
/// starts a transaction.
#[derive(Clone, Debug)]
pub struct Guard {
    limits: Limits,
    sources: Recent<Source, SourceState>,
    bans: Bans,
    total: Bucket,
    total_refusals: Bucket,
    refused: [u64; Reason::ALL.len()],
    offences: [u64; 3],
    banned: u64,
    offered: u64,
    overload: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct SourceState {
    /// For each class.
    classes: [Bucket; 3],
    /// The refusals of each class.
    refusals: [Bucket; 3],
}

impl Default for Limits {
    /// No limit in total; for each stranger 20 INVITE, 5 REGISTER and 20 others a second, with as
    /// many at once; 65,536 sources; the usual scanners; no peers.
    fn default() -> Self {
        Self {
            total: None,
            retry_after: Duration::from_secs(5),
            peers: Vec::new(),
            strangers: Strangers::Serve,
            rates: Rates {
                invite: Some(Rate::per_second(20)),
                register: Some(Rate::per_second(5)),
                other: Some(Rate::per_second(20)),
            },
            sources: 65_536,
            ban: BanRule::default(),
            scanners: SCANNERS.iter().map(|&scanner| scanner.into()).collect(),
            emergency_numbers: Vec::new(),
        }
    }
}

impl Rates {
    const fn of(&self, class: Class) -> Option<Rate> {
        match class {
            Class::Invite => self.invite,
            Class::Register => self.register,
            Class::Other => self.other,
        }
    }
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Scanner,
        Self::Banned,
        Self::Stranger,
        Self::SourceRate,
        Self::Flood,
        Self::TotalRate,
    ];

    /// As a label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scanner => "scanner",
            Self::Banned => "banned",
            Self::Stranger => "stranger",
            Self::SourceRate => "source_rate",
            Self::Flood => "flood",
            Self::TotalRate => "total_rate",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Guard {
    /// With these settings, and all buckets full.
    pub fn new(mut limits: Limits) -> Self {
        limits
            .peers
            .sort_by_key(|peer| core::cmp::Reverse(peer.network.length()));
        Self {
            sources: Recent::new(limits.sources),
            bans: Bans::new(limits.ban),
            limits,
            total: Bucket::default(),
            total_refusals: Bucket::default(),
            refused: Default::default(),
            offences: Default::default(),
            banned: 0,
            offered: 0,
            overload: 0,
        }
    }

    /// What to do with a message. Responses and requests in dialogs pass, also from a source that
    /// is banned, so that calls end as they should; only a scanner's do not.
    pub fn look(&mut self, now: Time, source: IpAddr, request: &Message) -> Decision {
        if !request.is_request() {
            return Decision::Pass;
        }
        let peer = self.peer(source).copied();
        if peer.is_none() && is_scanner(request, &self.limits.scanners) {
            self.offend(now, source, Offence::Scanner);
            return self.drop(Reason::Scanner);
        }
        let Some(class) = Class::of(request) else {
            return Decision::Pass;
        };
        if peer.is_none() {
            if self.bans.is_banned(now, source.into()) {
                return self.drop(Reason::Banned);
            }
            match self.limits.strangers {
                Strangers::Serve => {}
                Strangers::Refuse => return self.refuse(403, None, Reason::Stranger),
                Strangers::Ignore => return self.drop(Reason::Stranger),
            }
        }
        self.admit(now, source, class, peer, Some(request))
    }

    /// What to do with data from there that is no message, or a malformed one: answer it as its
    /// error says, or not at all.
    pub fn malformed(&mut self, now: Time, source: IpAddr) -> Decision {
        let peer = self.peer(source).copied();
        self.offend(now, source, Offence::Malformed);
        if peer.is_none() {
            if self.bans.is_banned(now, source.into()) {
                return self.drop(Reason::Banned);
            }
            if self.limits.strangers == Strangers::Ignore {
                return self.drop(Reason::Stranger);
            }
        }
        self.admit(now, source, Class::Other, peer, None)
    }

    /// A request from there had wrong credentials.
    pub fn authentication_failed(&mut self, now: Time, source: IpAddr) {
        self.offend(now, source, Offence::Authentication);
    }

    /// Until when the source is banned, if it is. Whoever reads from the network may then drop
    /// what comes from there unread.
    pub fn banned_until(&self, now: Time, source: IpAddr) -> Option<Time> {
        self.bans.until(now, source.into())
    }

    /// Ends a ban and forgets the offences before it.
    pub fn lift_ban(&mut self, source: IpAddr) {
        self.bans.lift(source.into());
    }

    /// How many requests were not served for this reason.
    pub const fn refused(&self, reason: Reason) -> u64 {
        self.refused[reason as usize]
    }

    /// How often this was seen.
    pub const fn offences(&self, offence: Offence) -> u64 {
        self.offences[offence as usize]
    }

    /// How many bans there were.
    pub const fn bans(&self) -> u64 {
        self.banned
    }

    /// How many sources are banned.
    pub fn banned_sources(&self, now: Time) -> usize {
        self.bans.count(now)
    }

    /// How many sources' rates are remembered.
    pub fn sources(&self) -> usize {
        self.sources.len()
    }

    /// The requests that came within the rates of their sources, and how many of them were
    /// refused for the total, since this was asked last: for
    /// [`OverloadServer::measure`](super::OverloadServer::measure).
    pub fn take_load(&mut self) -> (u64, u64) {
        (
            core::mem::take(&mut self.offered),
            core::mem::take(&mut self.overload),
        )
    }

    /// The rates: of the source first, so that who sends too much takes nothing from the others.
    fn admit(
        &mut self,
        now: Time,
        source: IpAddr,
        class: Class,
        peer: Option<Peer>,
        request: Option<&Message>,
    ) -> Decision {
        let rates = peer.map_or(self.limits.rates, |peer| peer.rates);
        let rate = rates.of(class);
        let index = class as usize;
        let source = Source::from(source);
        if let Some(rate) = rate {
            let state = self.sources.get_or_insert(source, SourceState::default);
            let wait = state.classes[index].wait(now, rate);
            // Anyone can claim an emergency; we believe those whom we know.
            let may_pass = wait.is_zero() || (peer.is_some() && self.is_priority(request));
            if !may_pass {
                let state = self.sources.get_or_insert(source, SourceState::default);
                let may_answer = state.refusals[index].take(now, rate);
                if !may_answer && peer.is_none() {
                    return self.drop(Reason::Flood);
                }
                // Retry-After says no less than a second, and so would stop what may come; but a
                // peer that does not stop otherwise is stopped at all. Where nothing ever passes
                // there is nothing to wait for.
                let is_told = (wait >= SECOND || !may_answer) && wait <= HOUR;
                let retry_after = is_told.then(|| whole_seconds(wait));
                return self.refuse(503, retry_after, Reason::SourceRate);
            }
        }
        if let Some(total) = self.limits.total {
            self.offered += 1;
            if !self.total.take(now, total) && !self.is_priority(request) {
                self.overload += 1;
                let is_heavy = !self.total_refusals.take(now, total);
                let retry_after = is_heavy.then(|| whole_seconds(self.limits.retry_after));
                return self.refuse(503, retry_after, Reason::TotalRate);
            }
        }
        if let Some(rate) = rate
            && let Some(state) = self.sources.get(source)
        {
            state.classes[index].take(now, rate);
        }
        Decision::Pass
    }

    /// Looked at only where a request would be refused otherwise.
    fn is_priority(&self, request: Option<&Message>) -> bool {
        request.is_some_and(|request| is_priority(request, &self.limits.emergency_numbers))
    }

    fn peer(&self, source: IpAddr) -> Option<&Peer> {
        self.limits
            .peers
            .iter()
            .find(|peer| peer.network.contains(source))
    }

    fn offend(&mut self, now: Time, source: IpAddr, offence: Offence) {
        self.offences[offence as usize] += 1;
        if self.peer(source).is_none() {
            self.banned += u64::from(self.bans.offend(now, source.into()));
        }
    }

    const fn drop(&mut self, reason: Reason) -> Decision {
        self.refused[reason as usize] += 1;
        Decision::Drop(reason)
    }

    const fn refuse(
        &mut self,
        status: u16,
        retry_after: Option<Duration>,
        reason: Reason,
    ) -> Decision {
        self.refused[reason as usize] += 1;
        Decision::Refuse {
            status,
            retry_after,
            reason,
        }
    }
}

/// Up, and at least one: Retry-After has no less (RFC 3261 20.33). At most an hour.
fn whole_seconds(duration: Duration) -> Duration {
    let up = u64::from(duration.subsec_nanos() > 0);
    let seconds = duration.as_secs().saturating_add(up);
    Duration::from_secs(seconds.max(1)).min(HOUR)
}

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
