//! The machine.
//!
//! ```text
//!            start                  2xx
//!  Stopped ---------> Asking -------------------> Holding
//!                     ^ |  ^ 401, 407, 423,         | |
//!                     | |  | 3xx, 439               | |
//!              timer  | |  +-(again at once)        | |
//!                     | v       refresh             | |
//!                    Waiting   Asking <-------------+ |
//!                                              stop   v
//!                               Stopped <--------- Leaving
//! ```
//!
//! Beside it runs the lease: it outlives refreshes that fail until it runs out.

use super::contact::{granted, lease, redirection};
use super::{Lease, Misconfigured, Register, RegistrationConfig, RegistrationEvent};
use super::{RegistrationOutput, RegistrationState, RegistrationTimer};
use crate::digest::Authorizer;
use crate::flow::Flow;
use crate::header::{self, MinExpires, RetryAfter};
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::uri::Uri;
use core::time::Duration;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::VecDeque;
use trunkline_model::Time;

/// One registration with one registrar.
///
/// `stop` removes the binding; the machine can be started again.
#[derive(Debug)]
pub struct Registration {
    config: RegistrationConfig,
    authorizer: Authorizer,
    random: StdRng,
    phase: Phase,
    lease: Option<Lease>,
    /// When the lease began, not counting refreshes.
    since: Time,
    /// When what `stop` began must be over.
    stop_at: Option<Time>,
    cseq: u32,
    /// What is asked for: a 423 raises it.
    expires: u32,
    /// Where a 3xx sent us.
    redirected: Option<String>,
    /// Whether the way to the registrar knows no outbound (RFC 5626 11.6).
    lacks_outbound: bool,
    /// The flow that the last REGISTER was for.
    over: Option<Flow>,
    /// Failures in a row (RFC 5626 4.5).
    failures: u32,
    outputs: VecDeque<RegistrationOutput>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Stopped,
    /// A REGISTER waits for its final response.
    Asking {
        tries: u8,
    },
    Holding {
        refresh: Time,
    },
    Waiting {
        retry: Time,
        status: u16,
    },
    /// A REGISTER that removes the binding waits for its final response.
    Leaving {
        tries: u8,
    },
}

/// How bad a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// It may be over soon.
    Passing,
    /// The registrar does not want us: the binding is void.
    Refusal,
}

impl Registration {
    /// A registration that has not been started.
    ///
    /// # Errors
    /// What the standards do not allow.
    pub fn new(config: RegistrationConfig) -> Result<Self, Misconfigured> {
        check(&config)?;
        Ok(Self {
            authorizer: Authorizer::default(),
            random: StdRng::from_seed(config.seed),
            phase: Phase::Stopped,
            lease: None,
            since: Time::ZERO,
            stop_at: None,
            cseq: 0,
            expires: config.expires,
            redirected: None,
            lacks_outbound: false,
            over: None,
            failures: 0,
            outputs: VecDeque::new(),
            config,
        })
    }

    /// Registers, unless that is under way. During a removal it does nothing: wait for
    /// [`RegistrationEvent::Stopped`].
    pub fn start(&mut self) {
        if self.phase == Phase::Stopped {
            self.failures = 0;
            self.ask(0, None);
        }
    }

    /// Removes the binding, if there is one. [`RegistrationEvent::Stopped`] follows within
    /// [`RegistrationConfig::stop_wait`].
    pub fn stop(&mut self, now: Time) {
        if self.stop_at.is_some() {
            return;
        }
        self.stop_at = Some(now + self.config.stop_wait);
        match self.phase {
            // No request while another is under way (RFC 3261 10.2): its outcome goes on.
            Phase::Asking { .. } => {}
            Phase::Holding { .. } | Phase::Waiting { .. } | Phase::Stopped => self.leave(),
            Phase::Leaving { .. } => {}
        }
        // Nothing more may be sent this way, though the binding still stands.
        if self.lease.is_some() {
            self.push(RegistrationEvent::Lost { status: None });
        }
    }

    /// A response to the last REGISTER and the flow that the request took. Provisional ones, and
    /// those to requests before it, do nothing.
    pub fn response(&mut self, now: Time, response: &Message, flow: Option<Flow>) {
        let Some(status) = response.status().filter(|status| *status >= 200) else {
            return;
        };
        if response.cseq().number != self.cseq {
            return;
        }
        match self.phase {
            Phase::Asking { tries } => self.asked(now, status, response, flow, tries + 1),
            Phase::Leaving { tries } => self.left(status, response, tries + 1),
            Phase::Stopped | Phase::Holding { .. } | Phase::Waiting { .. } => {}
        }
    }

    /// No final response came to the last REGISTER: 408 for a time-out, 503 if it could not be
    /// sent (RFC 3261 8.1.3.1).
    pub fn failed(&mut self, now: Time, status: u16) {
        match self.phase {
            Phase::Asking { .. } => self.fail(now, status, Failure::Passing, None),
            Phase::Leaving { .. } => self.finish(),
            Phase::Stopped | Phase::Holding { .. } | Phase::Waiting { .. } => {}
        }
    }

    /// The flow is gone: its connection was closed, or keep-alives were not answered. If the
    /// binding was over this one, another is made at once, or after a wait if it did not last
    /// (RFC 5626 4.5).
    pub fn flow_lost(&mut self, now: Time, flow: &Flow) {
        if self.lease.as_ref().and_then(|lease| lease.flow) != Some(*flow) {
            return;
        }
        if self.stop_at.is_some() {
            return;
        }
        let lasted = now.since(self.since) >= self.config.base_wait;
        self.lose(None);
        if let Phase::Holding { .. } = self.phase {
            if lasted {
                self.failures = 0;
                self.ask(0, None);
            } else {
                self.fail(now, FLOW_FAILED, Failure::Passing, None);
            }
        }
    }

    /// The next thing to do or know.
    pub fn poll_output(&mut self) -> Option<RegistrationOutput> {
        self.outputs.pop_front()
    }

    /// When [`Registration::handle_timeout`] is to be called, and what for.
    pub fn poll_timeout(&self) -> Option<(Time, RegistrationTimer)> {
        let phase = match self.phase {
            Phase::Holding { refresh } => Some((refresh, RegistrationTimer::Refresh)),
            Phase::Waiting { retry, .. } => Some((retry, RegistrationTimer::Retry)),
            Phase::Stopped | Phase::Asking { .. } | Phase::Leaving { .. } => None,
        };
        let lapse = self.lease.as_ref().map(|lease| lease.until);
        let lapse = lapse
            .filter(|_| self.stop_at.is_none())
            .map(|at| (at, RegistrationTimer::Lapse));
        let stop = self.stop_at.map(|at| (at, RegistrationTimer::Stop));
        [phase, lapse, stop].into_iter().flatten().min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Time) {
        if self.stop_at.is_some_and(|at| at <= now) {
            self.finish();
            return;
        }
        let until = self.lease.as_ref().map(|lease| lease.until);
        if self.stop_at.is_none() && until.is_some_and(|until| until <= now) {
            self.lose(None);
        }
        match self.phase {
            Phase::Holding { refresh: at } if at <= now => {
                // The way was good for a while.
                self.failures = 0;
                let flow = self.lease.as_ref().and_then(|lease| lease.flow);
                self.ask(0, flow);
            }
            // Another try looks for another way (RFC 5626 4.2.1).
            Phase::Waiting { retry: at, .. } if at <= now => self.ask(0, None),
            _ => {}
        }
    }

    /// Where it stands.
    pub fn state(&self) -> RegistrationState {
        if self.stop_at.is_some() {
            return RegistrationState::Unregistered;
        }
        match (&self.lease, self.phase) {
            (Some(lease), _) => RegistrationState::Registered { until: lease.until },
            (None, Phase::Waiting { retry, status }) => RegistrationState::Failed {
                status,
                next_try: retry,
            },
            (None, Phase::Asking { .. }) => RegistrationState::Registering,
            (None, _) => RegistrationState::Unregistered,
        }
    }

    /// What the registrar granted, while it lasts and is wanted.
    pub fn lease(&self) -> Option<&Lease> {
        self.lease.as_ref().filter(|_| self.stop_at.is_none())
    }

    /// A final response while asking, the `tries`th in a row.
    fn asked(&mut self, now: Time, status: u16, response: &Message, flow: Option<Flow>, tries: u8) {
        let again_over = flow.or(self.over);
        let may_try = tries < MAX_TRIES;
        match status {
            200..300 => self.granted(now, response, flow),
            401 | 407 => {
                match self
                    .authorizer
                    .challenged(response, &self.config.credentials)
                {
                    Ok(()) if may_try => self.ask(tries, again_over),
                    Ok(()) => self.fail(now, status, Failure::Refusal, None),
                    Err(error) => {
                        self.push(RegistrationEvent::Unanswerable(error));
                        self.fail(now, status, Failure::Refusal, None);
                    }
                }
            }
            423 => match header::get::<MinExpires>(response) {
                // RFC 3261 10.2.8.
                Some(Ok(MinExpires(least))) if least > self.expires && may_try => {
                    self.expires = least;
                    self.ask(tries, again_over);
                }
                _ => self.fail(now, status, Failure::Refusal, None),
            },
            300..=302 => {
                let target = redirection(response, &self.request_uri());
                match target.filter(|target| may_try && *target != self.request_uri()) {
                    Some(target) => {
                        self.redirected = Some(target);
                        self.ask(tries, None);
                    }
                    None => self.fail(now, status, Failure::Refusal, None),
                }
            }
            // First Hop Lacks Outbound Support (RFC 5626 4.2.1).
            439 if self.wants_outbound() && may_try => {
                self.lacks_outbound = true;
                self.ask(tries, again_over);
            }
            408 | 430 | 480 | 486 | 491 | 500..600 => {
                let after = retry_after(response);
                self.fail(now, status, Failure::Passing, after);
            }
            _ => self.fail(now, status, Failure::Refusal, retry_after(response)),
        }
    }

    /// A 2xx.
    fn granted(&mut self, now: Time, response: &Message, flow: Option<Flow>) {
        self.authorizer.accepted(response);
        let seconds = granted(response, &self.config.contact, self.expires);
        if seconds == 0 {
            // It answered well and keeps no binding of ours.
            self.fail(now, 200, Failure::Refusal, None);
            return;
        }
        let interval = Duration::from_secs(seconds.into());
        let flow = flow.or(self.over);
        let old = self.lease.replace(lease(response, now + interval, flow));
        if self.stop_at.is_some() {
            self.leave();
            return;
        }
        let changed = match (&old, &self.lease) {
            (Some(old), Some(new)) => {
                let until = old.until;
                Lease {
                    until,
                    ..new.clone()
                } != *old
            }
            _ => true,
        };
        if old.is_none() {
            self.since = now;
        }
        if changed && let Some(lease) = self.lease.clone() {
            self.push(RegistrationEvent::Registered(lease));
        }
        let (low, high) = (*self.config.refresh.start(), *self.config.refresh.end());
        let refresh = now + self.between(interval, low.into(), high.into());
        self.phase = Phase::Holding { refresh };
    }

    /// A final response to the removal, the `tries`th in a row.
    fn left(&mut self, status: u16, response: &Message, tries: u8) {
        let is_challenge = matches!(status, 401 | 407) && tries < MAX_TRIES;
        if is_challenge
            && self
                .authorizer
                .challenged(response, &self.config.credentials)
                .is_ok()
        {
            self.send_removal(tries);
        } else {
            self.finish();
        }
    }

    /// Sends a REGISTER for the binding.
    fn ask(&mut self, tries: u8, flow: Option<Flow>) {
        self.phase = Phase::Asking { tries };
        self.send(self.expires, flow);
    }

    /// Removes the binding, if there may be one.
    fn leave(&mut self) {
        if self.lease.is_some() {
            self.send_removal(0);
        } else {
            self.finish();
        }
    }

    fn send_removal(&mut self, tries: u8) {
        self.phase = Phase::Leaving { tries };
        let flow = self.lease.as_ref().and_then(|lease| lease.flow);
        self.send(0, flow);
    }

    fn finish(&mut self) {
        self.phase = Phase::Stopped;
        self.lease = None;
        self.stop_at = None;
        self.push(RegistrationEvent::Stopped);
    }

    /// Waits for another try.
    fn fail(&mut self, now: Time, status: u16, failure: Failure, after: Option<Duration>) {
        if failure == Failure::Refusal {
            self.lose(Some(status));
        }
        if self.stop_at.is_some() {
            self.leave();
            return;
        }
        self.failures = self.failures.saturating_add(1);
        self.redirected = None;
        let limit = match failure {
            Failure::Refusal => self.config.max_wait,
            Failure::Passing => {
                let factor = 1_u32.checked_shl(self.failures).unwrap_or(u32::MAX);
                let wait = self.config.base_wait.saturating_mul(factor);
                wait.min(self.config.max_wait)
            }
        };
        let wait = self.between(limit, 50, 100);
        let wait = match after {
            // It may well say 0 (RFC 5626 4.2.1), but not again and again.
            Some(after) if self.failures == 1 => after,
            Some(after) => after.max(wait),
            None => wait,
        };
        let retry = now + wait;
        self.phase = Phase::Waiting { retry, status };
    }

    /// Ends the lease.
    fn lose(&mut self, status: Option<u16>) {
        if self.lease.take().is_some() && self.stop_at.is_none() {
            self.push(RegistrationEvent::Lost { status });
        }
    }

    fn send(&mut self, expires: u32, flow: Option<Flow>) {
        self.cseq += 1;
        self.over = flow;
        let request_uri = self.request_uri();
        let mut contact = self.config.contact.clone();
        contact.expires = Some(expires);
        let mut supported = "path";
        if self.wants_outbound() {
            supported = "path, outbound";
        } else {
            contact.reg_id = None;
        }
        let mut headers = Vec::new();
        for route in &self.config.route {
            headers.push((Name::Route, route.to_string()));
        }
        headers.push((Name::Contact, contact.to_string()));
        headers.push((Name::Expires, expires.to_string()));
        headers.push((Name::Supported, supported.to_owned()));
        if self.config.gin {
            headers.push((Name::Require, "gin".to_owned()));
            headers.push((Name::ProxyRequire, "gin".to_owned()));
        }
        let cnonce = format!(
            "{:016x}{:016x}",
            self.random.next_u64(),
            self.random.next_u64()
        );
        let method = Method::Register;
        headers.extend(self.authorizer.headers(&method, &request_uri, b"", &cnonce));
        headers.extend(self.config.headers.iter().cloned());
        let aor = self.config.aor.to_string();
        let register = Register {
            request_uri,
            from: aor.clone(),
            to: aor,
            call_id: self.config.call_id.clone(),
            cseq: self.cseq,
            max_forwards: 70,
            headers,
            flow,
        };
        self.outputs
            .push_back(RegistrationOutput::Register(register));
    }

    fn request_uri(&self) -> String {
        let configured = self.config.registrar.as_str();
        self.redirected.clone().unwrap_or_else(|| configured.into())
    }

    fn wants_outbound(&self) -> bool {
        self.config.contact.reg_id.is_some() && !self.lacks_outbound
    }

    /// A random time from `low` to `high` percent of that one.
    fn between(&mut self, whole: Duration, low: u64, high: u64) -> Duration {
        let percent = |part| u64::try_from(whole.as_millis()).unwrap_or(u64::MAX) / 100 * part;
        let (low, high) = (percent(low), percent(high));
        let spread = high.saturating_sub(low).saturating_add(1);
        Duration::from_millis(low + self.random.next_u64() % spread)
    }

    fn push(&mut self, event: RegistrationEvent) {
        self.outputs.push_back(RegistrationOutput::Event(event));
    }
}

/// Refuses what the standards do not allow.
fn check(config: &RegistrationConfig) -> Result<(), Misconfigured> {
    let registrar = config.registrar.parts().ok();
    if !matches!(registrar, Some(Uri::Sip(uri)) if uri.user.is_none()) {
        return Err(Misconfigured::Registrar);
    }
    if !matches!(config.aor.uri.parts(), Ok(Uri::Sip(_))) {
        return Err(Misconfigured::Aor);
    }
    if config.expires == 0 {
        return Err(Misconfigured::Expires);
    }
    let refresh = &config.refresh;
    if *refresh.start() < 1 || *refresh.end() > 99 || refresh.is_empty() {
        return Err(Misconfigured::Refresh);
    }
    if config.contact.reg_id.is_some() && config.contact.instance.is_none() {
        return Err(Misconfigured::RegIdWithoutInstance);
    }
    if config.gin {
        let contact = config.contact.uri.parts().ok();
        let is_bulk = matches!(contact, Some(Uri::Sip(uri)) if uri.user.is_none()
            && uri.params.get("bnc").is_some()
            && uri.params.get("user").is_none());
        if !is_bulk {
            return Err(Misconfigured::BulkContact);
        }
    }
    Ok(())
}

/// Retry-After (RFC 3261 20.33).
fn retry_after(response: &Message) -> Option<Duration> {
    let value = header::get::<RetryAfter<'_>>(response)?.ok()?;
    let seconds = value.seconds.min(MAX_RETRY_AFTER);
    Some(Duration::from_secs(seconds.into()))
}

/// Requests in a row without a pause: challenges, redirections, longer intervals.
const MAX_TRIES: u8 = 8;

/// The longest Retry-After that is heeded, in seconds: a day.
const MAX_RETRY_AFTER: u32 = 86_400;

/// Flow Failed (RFC 5626 11.5).
const FLOW_FAILED: u16 = 430;
