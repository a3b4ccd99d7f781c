//! The server: challenges and checks the answers (RFC 3261 22.2, 22.3, RFC 7616 3.6, RFC 8760 2.3).

use super::Side;
use super::algorithm::{Algorithm, Hash};
use super::nonce::{Nonces, Use};
use super::response::{Counted, Qop, Vouched, response};
use super::secret::Secret;
use crate::error::ParseError;
use crate::header::{self, DigestChallenge, DigestCredentials, Text, Token};
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::uri;
use core::time::Duration;
use subtle::ConstantTimeEq as _;
use trunkline_model::Time;

/// What a verifier asks for.
#[derive(Clone, Debug)]
pub struct VerifierConfig {
    /// Whether it challenges as a user agent server (401) or as a proxy (407).
    pub side: Side,
    /// The realm: globally unique, shown to people (RFC 3261 22.1).
    pub realm: Box<str>,
    /// The algorithms offered; the order does not matter, the strongest goes first. Old phones
    /// give up when they see one that they do not know, though they should pass it over
    /// (RFC 8760 2.4): for them MD5 alone is left.
    pub algorithms: Vec<Algorithm>,
    /// The qualities of protection offered.
    pub qop: Vec<Qop>,
    /// Whether answers without `qop`, of clients that know RFC 2069 only, are taken (RFC 3261
    /// 22.4). A nonce then serves once.
    pub without_qop: bool,
    /// Whether the URI of the credentials must name the same resource as the Request-URI. Proxies
    /// may rewrite the latter (RFC 8760 2.6 item 6); a registrar that phones reach directly loses
    /// nothing by asking for it.
    pub same_uri: bool,
    /// URIs that the credentials are good for, separated by spaces (RFC 7616 3.3).
    pub domain: Option<Box<str>>,
    /// How long a nonce serves.
    pub nonce_lifetime: Duration,
    /// How many nonces that were answered rightly are remembered, against replays: about 48
    /// octets each. If more are in use, the oldest grow stale early.
    pub max_nonces: usize,
    /// What nonces are sealed with: secret, random, new each time the clock starts anew.
    pub seed: [u8; 32],
}

impl VerifierConfig {
    /// A user agent server that offers all algorithms with `auth`; nonces serve five minutes.
    pub fn new(realm: impl Into<Box<str>>, seed: [u8; 32]) -> Self {
        Self {
            side: Side::User,
            realm: realm.into(),
            algorithms: Algorithm::ALL.to_vec(),
            qop: vec![Qop::Auth],
            without_qop: true,
            same_uri: true,
            domain: None,
            nonce_lifetime: Duration::from_secs(300),
            max_nonces: 65_536,
            seed,
        }
    }
}

/// Challenges requests and checks their credentials. A request without good credentials leaves
/// nothing behind, however many come.
#[derive(Debug)]
pub struct Verifier {
    config: VerifierConfig,
    nonces: Nonces,
    /// Hashed for names that do not exist, so that they take as long as those that do.
    nobody: Secret,
    counters: VerifierCounters,
}

/// What a verifier says of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The credentials are good.
    Accepted {
        /// Whose they are.
        username: Box<str>,
    },
    /// There are none for this realm: to be challenged.
    NoCredentials,
    /// They are good but for the nonce, which is old or was used with this count: to be challenged
    /// with `stale`.
    Stale,
    /// They are wrong: to be challenged anew, or answered 403 (RFC 3261 22.1).
    Refused {
        /// Whose they are said to be.
        username: Box<str>,
        /// What is wrong, for the log; the peer is not told.
        refusal: Refusal,
    },
    /// They cannot be read: to be answered 400 (RFC 7616 3.4).
    Malformed(ParseError),
    /// ACK and CANCEL must not be challenged (RFC 3261 22.1). An ACK belongs to the INVITE that
    /// was let through, a CANCEL to the INVITE of the same hop.
    Exempt,
}

/// Why credentials are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// There is no user of that name, or none with a hash of that algorithm.
    UnknownUser,
    /// The response is not that of the password.
    WrongPassword,
    /// An algorithm or quality of protection that was not offered.
    NotOffered,
    /// The URI is not that of the request (RFC 7616 3.4.6): see [`VerifierConfig::same_uri`].
    OtherUri,
}

/// What a verifier has said so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerifierCounters {
    /// Challenges made.
    pub challenged: u64,
    /// Requests let through.
    pub accepted: u64,
    /// Nonces that were too old.
    pub stale: u64,
    /// Nonce counts that came twice.
    pub replayed: u64,
    /// Credentials that were wrong.
    pub refused: u64,
    /// Credentials that could not be read.
    pub malformed: u64,
}

impl Verifier {
    /// A verifier that has seen nothing.
    pub fn new(mut config: VerifierConfig) -> Self {
        config.algorithms.sort_unstable_by(|a, b| b.cmp(a));
        config.algorithms.dedup();
        let nonces = Nonces::new(config.seed, config.nonce_lifetime, config.max_nonces);
        Self {
            config,
            nonces,
            nobody: Secret::password(""),
            counters: VerifierCounters::default(),
        }
    }

    /// The header fields of a 401 or 407: one challenge for each algorithm, the strongest first.
    /// `stale` says that only the nonce was wrong.
    pub fn challenge(&mut self, now: Time, stale: bool) -> Vec<(Name, String)> {
        self.counters.challenged += 1;
        let nonce = self.nonces.make(now);
        let challenge = |algorithm: &Algorithm| {
            let qop = self.config.qop.iter().map(|it| Token::literal(it.as_str()));
            let digest = DigestChallenge {
                realm: Text::new(&*self.config.realm),
                domain: self.config.domain.as_deref().map(Text::new),
                nonce: Text::new(&*nonce),
                stale: stale.then_some(true),
                algorithm: Some(Token::literal(algorithm.as_str())),
                qop: qop.collect(),
                ..DigestChallenge::default()
            };
            (self.config.side.challenge(), digest.to_string())
        };
        self.config.algorithms.iter().map(challenge).collect()
    }

    /// Looks at the credentials of a request for this realm; those for others are not ours
    /// (RFC 3261 22.3). `lookup` gives the secret of a user name in a realm.
    pub fn verify<'s>(
        &mut self,
        now: Time,
        request: &Message,
        lookup: &mut dyn FnMut(&str, &str) -> Option<&'s Secret>,
    ) -> Verdict {
        let (Some(method), Some(uri)) = (request.method(), request.request_uri()) else {
            return Verdict::NoCredentials;
        };
        if matches!(method, Method::Ack | Method::Cancel) {
            return Verdict::Exempt;
        }
        let vouched = Vouched {
            method: method.as_str(),
            uri,
            body: request.body(),
        };
        let mut verdict = Verdict::NoCredentials;
        let name = self.config.side.credentials();
        // A client that answers the challenges of several proxies of one realm sends several.
        for credentials in header::all_in(request, name).take(MAX_CREDENTIALS) {
            let found = match credentials {
                Err(error) => Verdict::Malformed(error),
                Ok(header::Credentials::Digest(digest)) => {
                    self.check(now, &digest, vouched, lookup)
                }
                Ok(header::Credentials::Other(_)) => continue,
            };
            match found {
                Verdict::NoCredentials => {}
                Verdict::Accepted { .. } => {
                    verdict = found;
                    break;
                }
                // What comes nearest to being good says how to go on.
                _ if verdict == Verdict::Stale => {}
                _ => verdict = found,
            }
        }
        match &verdict {
            Verdict::Accepted { .. } => self.counters.accepted += 1,
            Verdict::Refused { .. } => self.counters.refused += 1,
            Verdict::Malformed(_) => self.counters.malformed += 1,
            Verdict::NoCredentials | Verdict::Stale | Verdict::Exempt => {}
        }
        verdict
    }

    /// What it has said so far.
    pub const fn counters(&self) -> VerifierCounters {
        self.counters
    }

    /// The realm.
    pub fn realm(&self) -> &str {
        &self.config.realm
    }

    fn check<'s>(
        &mut self,
        now: Time,
        digest: &DigestCredentials<'_>,
        request: Vouched<'_>,
        lookup: &mut dyn FnMut(&str, &str) -> Option<&'s Secret>,
    ) -> Verdict {
        let (realm, nonce) = (digest.realm.as_str(), digest.nonce.as_str());
        // A client that has not been challenged yet may send its name with empty values
        // (RFC 8760 2.7).
        if *realm != *self.config.realm || digest.response.as_str().is_empty() || nonce.is_empty() {
            return Verdict::NoCredentials;
        }
        let username = digest.username.as_str();
        let refused = |refusal| Verdict::Refused {
            username: username.into(),
            refusal,
        };
        let token = digest.algorithm.as_ref().map_or("MD5", Token::as_str);
        let algorithm = Algorithm::from_token(token)
            .filter(|algorithm| self.config.algorithms.contains(algorithm));
        let Some(algorithm) = algorithm else {
            return refused(Refusal::NotOffered);
        };
        let counted = match &digest.qop {
            Some(token) => {
                let qop = Qop::from_token(token.as_str());
                let Some(qop) = qop.filter(|qop| self.config.qop.contains(qop)) else {
                    return refused(Refusal::NotOffered);
                };
                let (Some(nc), Some(cnonce)) = (digest.nc, &digest.cnonce) else {
                    let missing = "`nc` and `cnonce` with `qop`";
                    return Verdict::Malformed(ParseError::in_value(0, missing, "RFC 7616 3.4"));
                };
                let cnonce = cnonce.as_str();
                Some(Counted { qop, nc, cnonce })
            }
            None if self.config.without_qop => None,
            None => return refused(Refusal::NotOffered),
        };
        let vouched = Vouched {
            uri: digest.uri.as_str(),
            ..request
        };
        let found = lookup(username, realm)
            .filter(|_| digest.userhash != Some(true))
            .and_then(|secret| secret.hashed(algorithm, username, realm));
        let key = found.or_else(|| self.nobody.hashed(algorithm, username, realm));
        let is_right = key.is_some_and(|key| {
            let expected = response(key, nonce, counted, vouched);
            let given = Hash::from_hex(algorithm, digest.response.as_str());
            given.is_some_and(|given| expected.ct_eq(&given).into())
        });
        if found.is_none() {
            return refused(Refusal::UnknownUser);
        }
        if !is_right {
            return refused(Refusal::WrongPassword);
        }
        if self.config.same_uri && !same_uri(vouched.uri, request.uri) {
            return refused(Refusal::OtherUri);
        }
        let Some(id) = self.nonces.read(nonce) else {
            // Good, but for a nonce from before we were started.
            self.counters.stale += 1;
            return Verdict::Stale;
        };
        match self.nonces.take(now, id, counted.map(|counted| counted.nc)) {
            Use::Fresh => Verdict::Accepted {
                username: username.into(),
            },
            Use::Stale => {
                self.counters.stale += 1;
                Verdict::Stale
            }
            Use::Replay => {
                self.counters.replayed += 1;
                Verdict::Stale
            }
        }
    }
}

/// Whether both name the same resource (RFC 7616 3.4.6): the same text, equivalent URIs
/// (RFC 3261 19.1.4), or SIP URIs of the same user and host: phones differ in whether they write
/// the port and the transport in the one or in the other.
fn same_uri(given: &str, requested: &str) -> bool {
    if given == requested {
        return true;
    }
    let (Ok(given), Ok(requested)) = (uri::parse(given), uri::parse(requested)) else {
        return false;
    };
    let is_same_place = match (given.sip(), requested.sip()) {
        (Some(a), Some(b)) => a.host.is_same(&b.host) && a.user_decoded() == b.user_decoded(),
        _ => false,
    };
    is_same_place || given.is_equivalent(&requested)
}

/// Credentials looked at in one request.
const MAX_CREDENTIALS: usize = 8;
