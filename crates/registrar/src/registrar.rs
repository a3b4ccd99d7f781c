//! The registrar.

use crate::binding::{Binding, Origin as Clock};
use crate::config::{Directory, Misconfigured, RegistrarConfig};
use crate::location::Locations;
use crate::store::{Record, Store, StoreError};
use crate::update::{self, Origin, Outbound, Rejection};
use core::time::Duration;
use std::collections::BTreeMap;
use thiserror::Error;
use trunkline_model::Time;
use trunkline_sip::digest::{Refusal, Side, Verdict, Verifier, VerifierCounters};
use trunkline_sip::header::{self, Address};
use trunkline_sip::{ConnectionId, Flow, Message, Method, Name, Uri, reason_phrase};

/// A registrar for some domains (RFC 3261 10.3).
///
/// All bindings are in memory, at most [`RegistrarConfig::max_contacts`] for each address of
/// record that is configured; the store repeats what must survive.
#[derive(Debug)]
pub struct Registrar<S> {
    config: RegistrarConfig,
    directory: Directory,
    verifier: Verifier,
    locations: Locations,
    store: S,
    clock: Clock,
    /// When ended bindings are dropped next, if there are bindings.
    sweep: Time,
    counters: Counters,
}

/// The answer to a REGISTER. Via, From, To, Call-ID and CSeq are the endpoint's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The reason phrase.
    pub reason: &'static str,
    /// The header fields, in this order.
    pub headers: Vec<(Name, String)>,
    /// What was wrong with the credentials, if they were: for the log, and for who counts
    /// attempts. The peer is not told.
    pub refusal: Option<Refusal>,
}

/// What a registrar has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests that were answered.
    pub requests: u64,
    /// 200: bindings listed or changed.
    pub accepted: u64,
    /// 401: credentials asked for.
    pub challenged: u64,
    /// 403: wrong credentials, or not theirs to register.
    pub forbidden: u64,
    /// 404: not of our domains.
    pub not_found: u64,
    /// 423: intervals too short.
    pub too_brief: u64,
    /// 400, 405, 416, 420, 439: what cannot be followed.
    pub invalid: u64,
    /// 500: requests that were overtaken.
    pub out_of_order: u64,
    /// 500: the store could not be written.
    pub store_failures: u64,
    /// Bindings that ended by themselves.
    pub expired: u64,
    /// Bindings that ended with their connection.
    pub disconnected: u64,
    /// Bindings that gave way to newer ones.
    pub gave_way: u64,
}

/// Why a registrar cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Misconfigured(#[from] Misconfigured),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<S: Store> Registrar<S> {
    /// A registrar with the bindings of the store. `unix` is the time since the Unix epoch at
    /// `now`.
    ///
    /// Bindings that can only be reached over a connection are not taken up again, nor those of
    /// addresses of record that are no longer configured.
    ///
    /// # Errors
    /// The configuration is wrong, or the store cannot be read.
    pub fn new(
        config: RegistrarConfig,
        mut store: S,
        now: Time,
        unix: Duration,
    ) -> Result<Self, StartError> {
        let mut config = config;
        config.verifier.side = Side::User;
        let directory = Directory::new(&config)?;
        let clock = Clock::new(now, unix);
        let mut stored: BTreeMap<String, Vec<Binding>> = BTreeMap::new();
        for record in store.load(clock.unix(now))? {
            if let Some(binding) = Binding::from_record(&record, clock)
                && directory.has(&record.aor)
            {
                let bindings = stored.entry(record.aor).or_default();
                if bindings.len() < config.max_contacts {
                    bindings.push(binding);
                }
            }
        }
        let mut locations = Locations::default();
        for (aor, bindings) in stored {
            locations.set(&aor, bindings);
        }
        Ok(Self {
            verifier: Verifier::new(config.verifier.clone()),
            directory,
            locations,
            store,
            clock,
            sweep: now + SWEEP,
            counters: Counters::default(),
            config,
        })
    }

    /// Answers a REGISTER that came over that flow.
    pub fn handle(&mut self, now: Time, request: &Message, flow: &Flow) -> Reply {
        self.counters.requests += 1;
        let reply = match self.follow(now, request, flow) {
            Ok(reply) | Err(reply) => reply,
        };
        let counters = &mut self.counters;
        match reply.status {
            200 => counters.accepted += 1,
            401 => counters.challenged += 1,
            403 => counters.forbidden += 1,
            404 => counters.not_found += 1,
            423 => counters.too_brief += 1,
            500 => {}
            _ => counters.invalid += 1,
        }
        reply
    }

    /// Where an address of record can be reached: by its URI, or by its name or number alone.
    /// The preferred one first, of equals the one that was refreshed last (RFC 3261 16.6).
    pub fn contacts(&self, now: Time, aor: &str) -> Vec<Binding> {
        let aors = if aor.contains(':') {
            self.directory.aor(aor).into_iter().collect()
        } else {
            self.directory.named(aor)
        };
        let bindings = aors.into_iter().flat_map(|aor| self.locations.of(aor));
        let mut found: Vec<Binding> = bindings.filter(|it| it.until > now).cloned().collect();
        found.sort_by(|a, b| b.q().cmp(&a.q()).then(b.updated.cmp(&a.updated)));
        found
    }

    /// All bindings with their addresses of record in canonical form, for display.
    pub fn bindings(&self) -> impl Iterator<Item = (&str, &Binding)> {
        self.locations.iter()
    }

    /// The connection is closed: bindings over it end, unless the phone takes another connection.
    pub fn connection_closed(&mut self, connection: ConnectionId) {
        for (aor, bindings) in self.locations.without(connection) {
            let ended = self.locations.of(&aor).len() - bindings.len();
            self.counters.disconnected += u64::try_from(ended).unwrap_or(u64::MAX);
            // The store may keep what is gone: a phone that cannot be reached is no worse than
            // one that does not answer.
            if self.commit(&aor, &bindings).is_err() {
                self.counters.store_failures += 1;
            }
            self.locations.set(&aor, bindings);
        }
    }

    /// When [`Registrar::handle_timeout`] is to be called.
    pub fn poll_timeout(&self) -> Option<Time> {
        (!self.locations.is_empty()).then_some(self.sweep)
    }

    /// Drops what has ended. It has not been given out since it ended.
    pub fn handle_timeout(&mut self, now: Time) {
        if now < self.sweep {
            return;
        }
        self.sweep = now + SWEEP;
        let ended = self.locations.expire(now);
        if ended > 0 {
            self.counters.expired += u64::try_from(ended).unwrap_or(u64::MAX);
            if self.store.expire(self.clock.unix(now)).is_err() {
                self.counters.store_failures += 1;
            }
        }
    }

    /// What it has done so far.
    pub const fn counters(&self) -> Counters {
        self.counters
    }

    /// What its verifier has said so far.
    pub const fn verifier_counters(&self) -> VerifierCounters {
        self.verifier.counters()
    }

    /// The steps of RFC 3261 10.3. `Err` skips the remaining ones.
    fn follow(&mut self, now: Time, request: &Message, flow: &Flow) -> Result<Reply, Reply> {
        if request.method() != Some(Method::Register) {
            let allow = vec![(Name::Allow, "REGISTER".to_owned())];
            return Err(Reply::with(405, allow));
        }
        // Step 1.
        let uri = request.request_uri().unwrap_or("");
        if !matches!(Uri::parse(uri), Ok(Uri::Sip(_))) {
            return Err(Reply::plain(416));
        }
        if !self.directory.serves(uri) {
            return Err(Reply::plain(404));
        }
        // Step 2.
        let strange: Vec<&str> = request
            .headers(Name::Require)
            .filter(|option| !SUPPORTED.iter().any(|it| it.eq_ignore_ascii_case(option)))
            .collect();
        if !strange.is_empty() {
            let unsupported = vec![(Name::Unsupported, strange.join(", "))];
            return Err(Reply::with(420, unsupported));
        }
        // Step 3.
        let user = self.authenticate(now, request)?;
        // Steps 4 and 5.
        let to = request.to().uri;
        if !self.directory.serves(to) {
            return Err(Reply::plain(404));
        }
        let aor = self
            .directory
            .aor(to)
            .filter(|aor| self.directory.may_register(&user, aor));
        let Some(aor) = aor.map(str::to_owned) else {
            return Err(Reply::plain(403));
        };
        // Steps 6 and 7.
        let outbound = self.change(now, request, flow, &aor)?;
        // Step 8.
        Ok(self.listing(now, request, &aor, outbound))
    }

    /// The user whose credentials the request has.
    fn authenticate(&mut self, now: Time, request: &Message) -> Result<Box<str>, Reply> {
        let directory = &self.directory;
        let verdict = self
            .verifier
            .verify(now, request, &mut |user, _| directory.secret(user));
        let (stale, refusal) = match verdict {
            Verdict::Accepted { username } => return Ok(username),
            Verdict::Malformed(_) => return Err(Reply::reason(400, "Malformed Credentials")),
            Verdict::Stale => (true, None),
            Verdict::NoCredentials | Verdict::Exempt => (false, None),
            // Another algorithm may do.
            Verdict::Refused {
                refusal: refusal @ Refusal::NotOffered,
                ..
            } => (false, Some(refusal)),
            Verdict::Refused { refusal, .. } => {
                return Err(Reply {
                    refusal: Some(refusal),
                    ..Reply::plain(403)
                });
            }
        };
        Err(Reply {
            refusal,
            ..Reply::with(401, self.verifier.challenge(now, stale))
        })
    }

    /// Changes the bindings as the request asks.
    fn change(
        &mut self,
        now: Time,
        request: &Message,
        flow: &Flow,
        aor: &str,
    ) -> Result<Outbound, Reply> {
        let (wish, outbound) =
            update::wish(request, &self.config).map_err(|it| self.rejected(it))?;
        if matches!(wish, update::Wish::Query) {
            return Ok(outbound);
        }
        let path: Result<Vec<_>, _> = header::all_in::<Address<'_>>(request, Name::Path)
            .map(|path| path.map(Address::into_owned))
            .collect();
        let length: usize = request.headers(Name::Path).map(str::len).sum();
        let path = path
            .ok()
            .filter(|_| length <= MAX_PATH)
            .ok_or_else(|| Reply::reason(400, "Malformed Or Long Path"))?;
        let sent_by = request.via().ok().map(|via| via.host.to_string());
        let cseq = request.cseq();
        let origin = Origin {
            now,
            call_id: request.call_id(),
            cseq: cseq.number,
            path,
            direct: sent_by
                .filter(|_| update::is_first_hop(request))
                .map(|host| (*flow, host)),
        };
        let current = self.locations.of(aor);
        let (bindings, gave_way) = update::apply(current, wish, &origin, self.config.max_contacts)
            .map_err(|it| self.rejected(it))?;
        // All or nothing: what cannot be stored is not done (RFC 3261 10.3 step 7).
        if self.commit(aor, &bindings).is_err() {
            self.counters.store_failures += 1;
            return Err(Reply::plain(500));
        }
        self.counters.gave_way += u64::try_from(gave_way).unwrap_or(u64::MAX);
        if self.locations.is_empty() {
            self.sweep = now + SWEEP;
        }
        self.locations.set(aor, bindings);
        Ok(outbound)
    }

    fn commit(&mut self, aor: &str, bindings: &[Binding]) -> Result<(), StoreError> {
        let records: Vec<Record> = bindings
            .iter()
            .map(|binding| binding.record(aor, self.clock))
            .collect();
        self.store.replace(aor, &records)
    }

    /// 200 with all bindings (RFC 3261 10.3 step 8, RFC 3327 5.3, RFC 5626 6).
    fn listing(&self, now: Time, request: &Message, aor: &str, outbound: Outbound) -> Reply {
        let mut headers: Vec<(Name, String)> = self
            .locations
            .of(aor)
            .iter()
            .filter(|binding| binding.until > now)
            .map(|binding| (Name::Contact, binding.listed(now)))
            .collect();
        if request.lists(Name::Supported, "path") {
            let path = request.headers(Name::Path);
            headers.extend(path.map(|value| (Name::Path, value.to_owned())));
        }
        headers.push((Name::Supported, SUPPORTED.join(", ")));
        if outbound == Outbound::Applied {
            headers.push((Name::Require, "outbound".to_owned()));
            if let Some(interval) = self.config.flow_timer
                && update::is_first_hop(request)
            {
                let seconds = interval.as_secs().to_string();
                headers.push((Name::FlowTimer, seconds));
            }
        }
        Reply::with(200, headers)
    }

    fn rejected(&mut self, rejection: Rejection) -> Reply {
        match rejection {
            Rejection::Invalid(reason) => Reply::reason(400, reason),
            Rejection::TooManyContacts => Reply::reason(403, "Too Many Contacts"),
            Rejection::TooBrief => {
                let least = self.config.min_expires.to_string();
                Reply::with(423, vec![(Name::MinExpires, least)])
            }
            Rejection::FirstHopLacksOutbound => {
                Reply::reason(439, "First Hop Lacks Outbound Support")
            }
            Rejection::OutOfOrder => {
                self.counters.out_of_order += 1;
                Reply::reason(500, "Request Out Of Order")
            }
        }
    }
}

impl Reply {
    fn plain(status: u16) -> Self {
        Self::with(status, Vec::new())
    }

    fn with(status: u16, headers: Vec<(Name, String)>) -> Self {
        Self {
            headers,
            ..Self::reason(status, reason_phrase(status))
        }
    }

    fn reason(status: u16, reason: &'static str) -> Self {
        Self {
            status,
            reason,
            headers: Vec::new(),
            refusal: None,
        }
    }
}

/// Option tags (RFC 3327 5.1, RFC 5626 11.4).
const SUPPORTED: [&str; 2] = ["path", "outbound"];

/// Octets of all Path values together.
const MAX_PATH: usize = 2_048;

/// How often ended bindings are looked for.
const SWEEP: Duration = Duration::from_secs(30);
