//! Session timers, with either side refreshing (RFC 4028).
//!
//! A refresh is an UPDATE without description where the peer takes UPDATE, else a re-INVITE with
//! the description that we gave last. Refreshes that change nothing are no concern of the
//! application, ours nor the peer's: a re-INVITE whose description is, octet for octet, the one
//! that the peer gave last is answered with our last one. A description that says the same in
//! other words goes to the application, for nobody but it can tell.

use super::outgoing::RequestId;
use super::refusal::Refusal;
use super::session::{Headers, Phase, Reinvite, ServerStage};
use super::{Endpoint, Event, SessionId};
use crate::header::{self, MinSe, Refresher, SessionExpires};
use crate::sdp::{Carrier, Way};
use crate::transaction::Timer;
use crate::{Message, Method, Name};
use core::time::Duration;
use trunkline_model::Time;

/// The option tag (RFC 4028 7.1).
pub(super) const TIMER: &str = "timer";

/// Session timers of an endpoint: a session whose peer is gone ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimer {
    /// How long a session lasts without a refresh, in whole seconds; not under `min_se`.
    pub interval: Duration,
    /// The shortest such time that peers may ask for, in whole seconds; at least 90 s
    /// (RFC 4028 5).
    pub min_se: Duration,
    /// Who is to refresh, where we have the choice; `None` leaves it to the peer, or to the
    /// caller where the peer leaves it to us.
    pub refresher: Option<RefreshedBy>,
}

/// Which side refreshes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshedBy {
    /// This endpoint.
    Us,
    /// The peer, if it can.
    Peer,
}

impl Default for SessionTimer {
    /// 1,800 s, not under 90 s.
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(1_800),
            min_se: Duration::from_secs(LEAST.into()),
            refresher: None,
        }
    }
}

impl SessionTimer {
    fn min_se(&self) -> u32 {
        seconds(self.min_se).max(LEAST)
    }

    fn interval(&self) -> u32 {
        seconds(self.interval).max(self.min_se())
    }
}

/// The session timer of one session.
#[derive(Debug, Default)]
pub(super) struct Clock {
    agreed: Option<Agreed>,
    /// When we refresh.
    refresh: Option<Time>,
    /// When the session is over.
    expiry: Option<Time>,
    /// The largest Min-SE that the peer, or a proxy, has asked for.
    min_se: u32,
    /// Whether the peer takes UPDATE.
    peer_updates: bool,
    /// Whether the UPDATE that is out is a refresh of ours.
    pub(super) is_updating: bool,
    /// The number of an INVITE of the peer that changes nothing and was answered here.
    quiet: Option<u32>,
    /// Our last description, and the peer's.
    own: Option<Vec<u8>>,
    peer: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Agreed {
    seconds: u32,
    /// Whether we refresh.
    ours: bool,
}

impl Clock {
    /// What a message of the peer that makes or refreshes the session says.
    fn heard(&mut self, message: &Message) {
        if let Some(sdp) = message.sdp() {
            self.peer = Some(sdp.to_vec());
        }
        if message.header(Name::Allow).is_some() {
            self.peer_updates = message.lists(Name::Allow, Method::Update.as_str());
        }
        if message.is_request()
            && let Some(Ok(min)) = header::get::<MinSe<'_>>(message)
        {
            self.min_se = self.min_se.max(min.seconds);
        }
    }

    /// Whether the ACK of that number is for an answer that was given here.
    pub(super) fn is_quiet(&mut self, cseq: u32) -> bool {
        self.quiet.take_if(|quiet| *quiet == cseq).is_some()
    }

    /// The session has been made or refreshed (RFC 4028 7.2, 9, 10).
    fn start(&mut self, now: Time, agreed: Agreed) {
        let length = Duration::from_secs(agreed.seconds.into());
        self.agreed = Some(agreed);
        self.expiry = Some(now + length.saturating_sub(MARGIN.min(length / 3)));
        self.refresh = agreed.ours.then_some(now + length / 2);
    }

    /// A refresh has failed; the session lasts as long as it did. Another one follows when half
    /// of the rest is over, unless that is too late for its answer.
    fn failed(&mut self, now: Time) {
        let Some(expiry) = self.expiry.filter(|expiry| *expiry > now) else {
            return;
        };
        let rest = expiry.since(now);
        self.refresh = (rest >= MARGIN * 2).then_some(now + rest / 2);
    }

    pub(super) fn poll_timeout(&self) -> Option<(Time, Timer)> {
        let refresh = self.refresh.map(|at| (at, Timer::Refresh));
        let expiry = self.expiry.map(|at| (at, Timer::Expiry));
        refresh.into_iter().chain(expiry).min()
    }
}

impl Endpoint {
    /// Session-Expires and Min-SE of our INVITE or UPDATE (RFC 4028 7.1, 7.4).
    pub(super) fn timer_wish(&self, id: SessionId) -> Headers {
        let Some((wish, refresher, min)) = self.wished(id) else {
            return Headers::new();
        };
        let expires = SessionExpires::new(wish, refresher);
        vec![
            (Name::SessionExpires, expires.to_string()),
            (Name::MinSe, MinSe::new(min).to_string()),
        ]
    }

    fn wished(&self, id: SessionId) -> Option<(u32, Option<Refresher>, u32)> {
        let own = self.config.session_timer.as_ref()?;
        let clock = &self.session(id)?.clock;
        let min = clock.min_se.max(own.min_se());
        let interval = clock.agreed.map_or(own.interval(), |agreed| agreed.seconds);
        // The roles stay as they are (RFC 4028 7.4).
        let refresher = match (clock.agreed, own.refresher) {
            (Some(Agreed { ours: true, .. }), _) | (None, Some(RefreshedBy::Us)) => {
                Some(Refresher::Uac)
            }
            (Some(Agreed { ours: false, .. }), _) | (None, Some(RefreshedBy::Peer)) => {
                Some(Refresher::Uas)
            }
            (None, None) => None,
        };
        Some((interval.max(min), refresher, min))
    }

    /// A 422 to a request of ours: whether a longer interval answers it (RFC 4028 7.3).
    pub(super) fn takes_longer(&mut self, id: RequestId, response: &Message) -> bool {
        let Some(Ok(min)) = header::get::<MinSe<'_>>(response) else {
            return false;
        };
        let outgoing = self.outgoing.get(id.0);
        let outgoing = outgoing.filter(|outgoing| outgoing.may_be_answered());
        let Some(session) = outgoing.and_then(|outgoing| outgoing.session) else {
            return false;
        };
        // The same once more would be refused once more.
        let is_longer = self
            .wished(session)
            .is_some_and(|(interval, _, _)| min.seconds > interval);
        if !is_longer {
            return false;
        }
        if let Some(session) = self.session_mut(session) {
            session.clock.min_se = min.seconds;
        }
        let wish = self.timer_wish(session);
        let Some(outgoing) = self.outgoing.get_mut(id.0) else {
            return false;
        };
        let headers = &mut outgoing.draft.headers;
        headers.retain(|(name, _)| !matches!(name, Name::SessionExpires | Name::MinSe));
        headers.extend(wish);
        true
    }

    /// A 2xx to our INVITE or UPDATE (RFC 4028 7.2). Of a peer without session timers we make
    /// sure ourselves that it is still there.
    pub(super) fn timer_granted(&mut self, now: Time, id: SessionId, response: &Message) {
        let Some((seconds, _, _)) = self.wished(id) else {
            return;
        };
        let agreed = match header::get::<SessionExpires<'_>>(response) {
            // A shorter time than 90 s would be a flood (RFC 4028 11.1).
            Some(Ok(expires)) => Agreed {
                seconds: expires.seconds.max(LEAST),
                ours: expires.refresher != Some(Refresher::Uas),
            },
            _ => Agreed {
                seconds,
                ours: true,
            },
        };
        if let Some(session) = self.session_mut(id) {
            session.clock.heard(response);
            session.clock.start(now, agreed);
        }
        self.arm_session(id);
    }

    /// Whether a request asks for too short an interval (RFC 4028 9). A peer that does not know
    /// session timers could not help it.
    pub(super) fn inspect_interval(&self, request: &Message) -> Result<(), Refusal> {
        let Some(own) = &self.config.session_timer else {
            return Ok(());
        };
        match header::get::<SessionExpires<'_>>(request) {
            Some(Ok(expires)) if expires.seconds < own.min_se() && knows_timers(request) => {
                Err(Refusal::new(422).header(Name::MinSe, own.min_se()))
            }
            _ => Ok(()),
        }
    }

    /// What is agreed on by our 2xx to a request (RFC 4028 9 and its table 2).
    fn agree(&self, id: SessionId, request: &Message) -> Option<Agreed> {
        let own = self.config.session_timer.as_ref()?;
        let clock = &self.session(id)?.clock;
        let min = match header::get::<MinSe<'_>>(request) {
            Some(Ok(min)) => min.seconds.max(clock.min_se),
            _ => clock.min_se,
        };
        let longest = own.interval().max(min);
        let knows = knows_timers(request);
        let asked = header::get::<SessionExpires<'_>>(request);
        let asked = asked.and_then(Result::ok);
        let asked = asked.filter(|asked| asked.seconds >= LEAST);
        // It may be made shorter, but not longer.
        let seconds = asked.as_ref().map_or(longest, |it| it.seconds.min(longest));
        let ours = match asked.and_then(|asked| asked.refresher) {
            _ if !knows => true,
            Some(refresher) => refresher == Refresher::Uas,
            None => match (clock.agreed, own.refresher) {
                (Some(agreed), _) => agreed.ours,
                (None, refresher) => refresher == Some(RefreshedBy::Us),
            },
        };
        Some(Agreed { seconds, ours })
    }

    /// Session-Expires and Require of our 2xx (RFC 4028 9).
    pub(super) fn timer_grant(&self, id: SessionId, request: &Message) -> Headers {
        let Some(agreed) = self.agree(id, request) else {
            return Headers::new();
        };
        let refresher = if agreed.ours {
            Refresher::Uas
        } else {
            Refresher::Uac
        };
        let expires = SessionExpires::new(agreed.seconds, Some(refresher));
        let mut headers = vec![(Name::SessionExpires, expires.to_string())];
        if knows_timers(request) {
            headers.push((Name::Require, TIMER.to_owned()));
        }
        headers
    }

    /// Our 2xx to a request goes out; its header fields were [`Endpoint::timer_grant`].
    pub(super) fn timer_starts(&mut self, now: Time, id: SessionId, request: &Message) {
        let agreed = self.agree(id, request);
        if let Some(agreed) = agreed
            && let Some(session) = self.session_mut(id)
        {
            session.clock.heard(request);
            session.clock.start(now, agreed);
        }
        self.arm_session(id);
    }

    /// The time has come for a refresh of ours.
    pub(super) fn refresh_session(&mut self, now: Time, id: SessionId) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        session.clock.refresh = None;
        if session.phase != Phase::Confirmed || session.hang_up.is_some() {
            return;
        }
        let turn = session.turns.classify(Way::Sent, Carrier::Invite, true);
        let is_busy = session.client.is_some()
            || session.server.is_some()
            || session.glare.is_some()
            || session.update.is_some()
            || turn.is_err();
        if is_busy {
            // That may refresh it too.
            session.clock.refresh = Some(now + BUSY);
        } else if session.clock.peer_updates {
            session.clock.is_updating = true;
            if self.update(now, id, None, &[]).is_err()
                && let Some(session) = self.session_mut(id)
            {
                session.clock.is_updating = false;
                session.clock.refresh = Some(now + BUSY);
            }
        } else if let Some(sdp) = session.clock.own.clone() {
            let reinvite = Reinvite {
                sdp: Some(sdp),
                headers: Headers::new(),
                tries: 0,
                is_refresh: true,
            };
            self.send_reinvite(now, id, reinvite);
        }
    }

    /// Nobody has refreshed the session in time (RFC 4028 10).
    pub(super) fn session_expired(&mut self, now: Time, id: SessionId) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        session.clock.refresh = None;
        session.clock.expiry = None;
        if session.phase == Phase::Confirmed && session.hang_up.is_none() {
            self.emit(Event::SessionExpired { id });
            self.bye(now, id, &[]);
        }
    }

    /// Our re-INVITE that refreshes was answered with 2xx.
    pub(super) fn refreshed(
        &mut self,
        now: Time,
        id: SessionId,
        last: Option<&[u8]>,
        response: Message,
    ) {
        self.ack(now, id, None);
        if response.sdp().is_some_and(|sdp| Some(sdp) != last) {
            self.emit(Event::Refreshed { id, response });
        }
    }

    /// We have given that description, if it is one.
    pub(super) fn said(&mut self, id: SessionId, sdp: Option<&[u8]>) {
        if self.config.session_timer.is_some()
            && let (Some(session), Some(sdp)) = (self.session_mut(id), sdp)
        {
            session.clock.own = Some(sdp.to_vec());
        }
    }

    /// The peer has given its description in an ACK.
    pub(super) fn peer_said(&mut self, id: SessionId, ack: &Message) {
        if self.config.session_timer.is_some()
            && let (Some(session), Some(sdp)) = (self.session_mut(id), ack.sdp())
        {
            session.clock.peer = Some(sdp.to_vec());
        }
    }

    /// Whether the session has its 2xx and is not being ended.
    pub(super) fn is_confirmed(&self, id: SessionId) -> bool {
        self.session(id)
            .is_some_and(|session| session.phase == Phase::Confirmed)
    }

    /// What the peer's last description was.
    pub(super) fn last_of_peer(&self, id: SessionId) -> Option<Vec<u8>> {
        self.session(id)?.clock.peer.clone()
    }

    /// A refresh of ours has failed (RFC 4028 10). After 408 and 481 the caller sends BYE.
    pub(super) fn refresh_failed(&mut self, now: Time, id: SessionId, status: u16) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let was_update = core::mem::take(&mut session.clock.is_updating);
        match status {
            408 | 481 => {
                session.clock.expiry = None;
                self.emit(Event::SessionExpired { id });
            }
            405 | 501 if was_update => {
                session.clock.peer_updates = false;
                session.clock.refresh = Some(now);
            }
            _ => session.clock.failed(now),
        }
        self.arm_session(id);
    }

    /// Answers a re-INVITE of the peer that changes nothing; whether it was one.
    pub(super) fn answers_refresh(&mut self, now: Time, id: SessionId, request: &Message) -> bool {
        if self.config.session_timer.is_none() {
            return false;
        }
        let Some(session) = self.session_mut(id) else {
            return false;
        };
        let clock = &mut session.clock;
        let changes = request.sdp().is_none() || request.sdp() != clock.peer.as_deref();
        let Some(own) = clock.own.clone().filter(|_| !changes) else {
            return false;
        };
        clock.quiet = Some(request.cseq().number);
        let is_answered = self.accept(now, id, &[], Some(&own)).is_ok();
        if !is_answered && let Some(session) = self.session_mut(id) {
            session.clock.quiet = None;
        }
        is_answered
    }

    /// The INVITE that waits for our answer.
    pub(super) fn waiting_invite(&self, id: SessionId) -> Option<&Message> {
        match &self.session(id)?.server.as_ref()?.stage {
            ServerStage::Proceeding { request, .. } => Some(request),
            ServerStage::Accepted { .. } => None,
        }
    }
}

/// Whether whoever sent a request supports session timers.
fn knows_timers(request: &Message) -> bool {
    [Name::Supported, Name::Require]
        .into_iter()
        .any(|name| request.lists(name, TIMER))
}

fn seconds(duration: Duration) -> u32 {
    duration.as_secs().try_into().unwrap_or(u32::MAX)
}

/// The shortest interval that there is, in seconds (RFC 4028 4).
const LEAST: u32 = 90;

/// How long before the end the BYE goes out, at most (RFC 4028 10).
const MARGIN: Duration = Duration::from_secs(32);

/// When a refresh is tried again that another request stood in the way of.
const BUSY: Duration = Duration::from_secs(5);
