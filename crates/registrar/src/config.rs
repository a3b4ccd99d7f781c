//! What a registrar is told about its domains and users.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use trunkline_sip::Uri;
use trunkline_sip::digest::{Secret, VerifierConfig};

/// A phone, or whoever may register.
#[derive(Clone, Debug)]
pub struct User {
    /// The name in the credentials.
    pub name: Box<str>,
    /// The password, or hashes of it.
    pub secret: Secret,
    /// What it may register: SIP URIs, or bare names and numbers, which stand for one address of
    /// record that all domains share.
    pub aors: Vec<Box<str>>,
}

/// Configuration of a registrar.
#[derive(Clone, Debug)]
pub struct RegistrarConfig {
    /// The domains that it keeps bindings for, as they stand in Request-URI and To: names and
    /// addresses (RFC 3261 10.3).
    pub domains: Vec<Box<str>>,
    /// The users.
    pub users: Vec<User>,
    /// How credentials are asked for.
    pub verifier: VerifierConfig,
    /// The interval where a phone asks for none, in seconds.
    pub default_expires: u32,
    /// The shortest interval taken, in seconds, at most an hour (RFC 3261 10.3 step 7).
    pub min_expires: u32,
    /// The longest interval granted, in seconds.
    pub max_expires: u32,
    /// The most bindings of one address of record. If there are more, those that end first give
    /// way.
    pub max_contacts: usize,
    /// How often phones are asked to keep their flows alive; see RFC 5626 4.4.
    pub flow_timer: Option<Duration>,
}

impl RegistrarConfig {
    /// One domain; credentials for it as realm; an hour where the phone does not say, 60 s to a
    /// day granted, ten bindings of each address of record.
    pub fn new(domain: &str, seed: [u8; 32]) -> Self {
        Self {
            domains: vec![domain.into()],
            users: Vec::new(),
            verifier: VerifierConfig::new(domain, seed),
            default_expires: 3_600,
            min_expires: 60,
            max_expires: 86_400,
            max_contacts: 10,
            flow_timer: None,
        }
    }
}

/// What is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Misconfigured {
    /// There is no domain.
    #[error("domains: need at least one (RFC 3261 10.3)")]
    NoDomain,
    /// Not a host.
    #[error("domains: \"{0}\" is no host (RFC 3261 25.1)")]
    Domain(Box<str>),
    /// The bounds of the interval cross, or the shortest is longer than an hour.
    #[error(
        "expires: need 1 <= min <= default <= max and min <= 3600, have {min}, {default}, {max} \
         (RFC 3261 10.3)"
    )]
    Expires {
        /// The shortest.
        min: u32,
        /// The default.
        default: u32,
        /// The longest.
        max: u32,
    },
    /// No binding at all is allowed.
    #[error("max_contacts: need at least 1")]
    MaxContacts,
    /// No algorithm is allowed.
    #[error("verifier: need at least one algorithm and quality of protection (RFC 8760 2.3)")]
    Verifier,
    /// A user name that stands twice.
    #[error("users: \"{0}\" stands twice")]
    Repeated(Box<str>),
    /// What a user may register is neither a name nor a SIP URI of a domain of the registrar.
    #[error(
        "users: \"{user}\": \"{aor}\" is no name and no SIP URI of our domains (RFC 3261 10.3)"
    )]
    Aor {
        /// The user.
        user: Box<str>,
        /// What it may register.
        aor: Box<str>,
    },
    /// The user's hashes serve none of the algorithms.
    #[error("users: \"{0}\" has no hash of an algorithm that is offered (RFC 7616 3.4.2)")]
    Secret(Box<str>),
}

/// Users and addresses of record, checked.
#[derive(Debug)]
pub(crate) struct Directory {
    /// In lower case, the first one first.
    domains: Vec<Box<str>>,
    secrets: BTreeMap<Box<str>, Secret>,
    /// Who may register what: addresses of record in canonical form.
    aors: BTreeMap<Box<str>, BTreeSet<Box<str>>>,
}

impl Directory {
    pub(crate) fn new(config: &RegistrarConfig) -> Result<Self, Misconfigured> {
        let mut domains = Vec::new();
        for domain in &config.domains {
            let text = format!("sip:{domain}");
            match Uri::parse(&text) {
                Ok(Uri::Sip(uri)) if uri.host.to_string() == **domain => {
                    domains.push(domain.to_ascii_lowercase().into());
                }
                _ => return Err(Misconfigured::Domain(domain.clone())),
            }
        }
        if domains.is_empty() {
            return Err(Misconfigured::NoDomain);
        }
        let (min, default) = (config.min_expires, config.default_expires);
        let max = config.max_expires;
        if !(1..=3_600).contains(&min) || default < min || max < default {
            return Err(Misconfigured::Expires { min, default, max });
        }
        if config.max_contacts == 0 {
            return Err(Misconfigured::MaxContacts);
        }
        let algorithms = &config.verifier.algorithms;
        if algorithms.is_empty() || config.verifier.qop.is_empty() {
            return Err(Misconfigured::Verifier);
        }
        let mut directory = Self {
            domains,
            secrets: BTreeMap::new(),
            aors: BTreeMap::new(),
        };
        for user in &config.users {
            if !algorithms.iter().any(|it| user.secret.serves(*it)) {
                return Err(Misconfigured::Secret(user.name.clone()));
            }
            for aor in &user.aors {
                let known = if aor.contains(':') {
                    directory.canonical(aor)
                } else {
                    (!aor.is_empty()).then(|| directory.shared(aor))
                };
                let known = known.ok_or_else(|| Misconfigured::Aor {
                    user: user.name.clone(),
                    aor: aor.clone(),
                })?;
                let users = directory.aors.entry(known).or_default();
                users.insert(user.name.clone());
            }
            let old = directory
                .secrets
                .insert(user.name.clone(), user.secret.clone());
            if old.is_some() {
                return Err(Misconfigured::Repeated(user.name.clone()));
            }
        }
        Ok(directory)
    }

    /// The secret of a user.
    pub(crate) fn secret(&self, user: &str) -> Option<&Secret> {
        self.secrets.get(user)
    }

    /// Whether the host of a URI is a domain of ours.
    pub(crate) fn serves(&self, uri: &str) -> bool {
        self.domain_of(uri).is_some()
    }

    /// The address of record that a URI names, if it is one that can be registered.
    ///
    /// The canonical form has no scheme: SIPS and SIP URIs name the same user (RFC 5630 3.3). It
    /// has no port, no password and no parameters, and escapes are resolved (RFC 3261 10.3
    /// step 5). A name that all domains share has that of the first.
    pub(crate) fn aor(&self, uri: &str) -> Option<&str> {
        let exact = self.canonical(uri);
        let shared = || {
            let exact = self.canonical(uri)?;
            let (user, _) = exact.rsplit_once('@')?;
            Some(self.shared(user))
        };
        self.known(exact).or_else(|| self.known(shared()))
    }

    /// The addresses of record of a bare name or number, in all domains.
    pub(crate) fn named(&self, name: &str) -> Vec<&str> {
        let mut found = Vec::new();
        found.extend(self.known(Some(self.shared(name))));
        for domain in &self.domains {
            found.extend(self.known(Some(format!("{name}@{domain}").into())));
        }
        found
    }

    /// Whether the user may register the address of record.
    pub(crate) fn may_register(&self, user: &str, aor: &str) -> bool {
        self.aors.get(aor).is_some_and(|users| users.contains(user))
    }

    /// How many there are that can be registered.
    pub(crate) fn has(&self, aor: &str) -> bool {
        self.aors.contains_key(aor)
    }

    fn known(&self, aor: Option<Box<str>>) -> Option<&str> {
        let (aor, _) = self.aors.get_key_value(&aor?)?;
        Some(aor)
    }

    /// The form of names that all domains share. No host is empty.
    fn shared(&self, name: &str) -> Box<str> {
        format!("{name}@").into()
    }

    fn domain_of(&self, uri: &str) -> Option<&str> {
        let uri = Uri::parse(uri).ok()?;
        let host = uri.sip()?.host.to_string().to_ascii_lowercase();
        let domain = self.domains.iter().find(|domain| ***domain == *host)?;
        Some(domain)
    }

    fn canonical(&self, uri: &str) -> Option<Box<str>> {
        let domain = self.domain_of(uri)?;
        let uri = Uri::parse(uri).ok()?;
        let user = uri.sip()?.user_decoded()?;
        Some(format!("{user}@{domain}").into())
    }
}
