//! Those who register with the gateway: who they are, and where calls reach them.

use crate::admission::{self, Admission};
use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;
use trunkline_model::Time;
use trunkline_registrar::{
    Binding, Record, Registrar, RegistrarConfig, Reply, StartError, Store, StoreError,
};
use trunkline_sip::digest::{Secret, Verifier};
use trunkline_sip::{ConnectionId, Flow, Message};

/// A registrar, and the credentials that its users' calls need (RFC 3261 10.3, 22.2).
#[derive(Debug)]
pub struct Users {
    registrar: Registrar<Kept>,
    /// Apart from that of the registrar: a nonce count is used once by each.
    verifier: Verifier,
    secrets: BTreeMap<Box<str>, Secret>,
    /// Names and numbers that calls reach, with all those of the same user: a phone registers
    /// under one of them.
    names: BTreeMap<Box<str>, Arc<[Box<str>]>>,
    domains: Vec<Box<str>>,
}

impl Users {
    /// A registrar with the bindings of the store. `unix` is the time since the Unix epoch at
    /// `now`.
    ///
    /// # Errors
    /// The configuration is wrong, or the store cannot be read.
    pub fn new(
        config: RegistrarConfig,
        store: Box<dyn Store + Send>,
        now: Time,
        unix: Duration,
    ) -> Result<Self, StartError> {
        let users = config.users.iter();
        let secrets = users.map(|user| (user.name.clone(), user.secret.clone()));
        let named = |aor: &str| -> Box<str> {
            let user = aor.split_once(':').map_or(aor, |(_, rest)| rest);
            user.split('@').next().unwrap_or(user).into()
        };
        let mut names = BTreeMap::new();
        for user in &config.users {
            let all: Arc<[Box<str>]> = user.aors.iter().map(|aor| named(aor)).collect();
            names.extend(all.iter().map(|name| (name.clone(), Arc::clone(&all))));
        }
        Ok(Self {
            verifier: Verifier::new(config.verifier.clone()),
            secrets: secrets.collect(),
            names,
            domains: config.domains.clone(),
            registrar: Registrar::new(config, Kept(store), now, unix)?,
        })
    }

    /// Addresses of record that are bound, with their bindings.
    pub fn bindings(&self) -> impl Iterator<Item = (&str, &Binding)> {
        self.registrar.bindings()
    }

    /// Answers a REGISTER.
    pub(crate) fn register(&mut self, now: Time, request: &Message, flow: &Flow) -> Reply {
        self.registrar.handle(now, request, flow)
    }

    /// Whether From names one of the users: then the caller must prove to be one.
    pub(crate) fn claims(&self, request: &Message) -> bool {
        let uri = request.from().uri;
        let Ok(uri) = trunkline_sip::Uri::parse(uri) else {
            return false;
        };
        let Some(uri) = uri.sip() else { return false };
        let host = uri.host.to_string();
        let ours = self.domains.iter().any(|it| it.eq_ignore_ascii_case(&host));
        let user = uri.user_decoded();
        ours && user.is_some_and(|user| self.names.contains_key(user.as_ref()))
    }

    /// Looks at the credentials of a request.
    pub(crate) fn admit(&mut self, now: Time, request: &Message) -> Admission {
        let secrets = &self.secrets;
        admission::admit(&mut self.verifier, now, request, &mut |user, _| {
            secrets.get(user)
        })
    }

    /// Whether the number is a user's.
    pub(crate) fn knows(&self, number: &str) -> bool {
        self.names.contains_key(number)
    }

    /// Where to call a number: the contact that its user prefers, of equals the latest. What is
    /// registered under the number itself goes first.
    pub(crate) fn contact(&self, now: Time, number: &str) -> Option<Binding> {
        let others = self.names.get(number).map_or(&[][..], |names| names);
        core::iter::once(number)
            .chain(others.iter().map(|name| &**name))
            .find_map(|name| self.registrar.contacts(now, name).into_iter().next())
    }

    pub(crate) fn connection_closed(&mut self, connection: ConnectionId) {
        self.registrar.connection_closed(connection);
    }

    pub(crate) fn poll_timeout(&self) -> Option<Time> {
        self.registrar.poll_timeout()
    }

    pub(crate) fn handle_timeout(&mut self, now: Time) {
        self.registrar.handle_timeout(now);
    }
}

/// Whatever store there is.
struct Kept(Box<dyn Store + Send>);

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

impl Store for Kept {
    fn load(&mut self, now: i64) -> Result<Vec<Record>, StoreError> {
        self.0.load(now)
    }

    fn replace(&mut self, aor: &str, records: &[Record]) -> Result<(), StoreError> {
        self.0.replace(aor, records)
    }

    fn expire(&mut self, now: i64) -> Result<(), StoreError> {
        self.0.expire(now)
    }
}
