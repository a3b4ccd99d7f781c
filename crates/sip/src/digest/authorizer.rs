//! The client: answers challenges (RFC 3261 22.2, 22.3, RFC 7616 3.4, RFC 8760 2.4).

use super::Side;
use super::algorithm::{Algorithm, Hash};
use super::response::{Counted, Qop, Vouched, response, session_key};
use super::secret::Secret;
use crate::header::{self, AuthenticationInfo, DigestChallenge, DigestCredentials, Text, Token};
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use thiserror::Error;

/// A name and what proves it.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The realm that they are for; `None` for any.
    pub realm: Option<Box<str>>,
    /// The name.
    pub username: Box<str>,
    /// The password.
    pub password: Secret,
}

/// What a peer challenged us with, and our answers to it. One is kept for each dialog, each
/// registration, or each peer that all requests go to: the credentials of a realm are sent with
/// every later request without another challenge (RFC 3261 22.2, 22.3).
///
/// Bounded: at most 16 challenges are remembered.
#[derive(Clone, Debug, Default)]
pub struct Authorizer {
    sessions: Vec<Session>,
}

/// Why a challenge cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unanswerable {
    /// The response has no challenge that can be read.
    #[error("no Digest challenge in the response (RFC 3261 22.1)")]
    NoChallenge,
    /// No algorithm or quality of protection of the challenge is known.
    #[error("realm \"{realm}\": no known algorithm and qop in the challenge (RFC 8760 2.4)")]
    Unsupported {
        /// The realm.
        realm: Box<str>,
    },
    /// There are no credentials for the realm, or none with a hash of that algorithm.
    #[error("realm \"{realm}\": no credentials for it (RFC 3261 22.1)")]
    NoCredentials {
        /// The realm.
        realm: Box<str>,
    },
    /// The credentials were sent and refused: they must not be sent again.
    #[error("realm \"{realm}\": the credentials were refused (RFC 3261 22.1)")]
    Refused {
        /// The realm.
        realm: Box<str>,
    },
}

/// The authentication session with one challenger (RFC 7616 3.6).
#[derive(Clone, Debug)]
struct Session {
    side: Side,
    realm: Box<str>,
    nonce: Box<str>,
    opaque: Option<Text<'static>>,
    /// As it stood in the challenge.
    algorithm: Option<Token<'static>>,
    is_session: bool,
    /// `None`: the challenger knows RFC 2069 only.
    qop: Option<Qop>,
    username: Box<str>,
    hashed: Hash,
    /// The key of a `-sess` algorithm and the cnonce that it was made with.
    key: Option<(Hash, Box<str>)>,
    /// How often the nonce was used.
    count: u32,
    /// How often in a row a nonce was called stale that was used once.
    stale: u8,
}

/// What a challenge asks for.
struct Asked<'a> {
    realm: &'a str,
    nonce: &'a str,
    /// `None` if it is not known.
    algorithm: Option<Algorithm>,
    is_session: bool,
    /// `None`: the challenger knows RFC 2069 only.
    qop: Option<Qop>,
    /// Whether no quality of protection that it knows is known here.
    has_strange_qop: bool,
    digest: &'a DigestChallenge<'a>,
}

impl Authorizer {
    /// Takes a 401 or 407 to a request that had the header fields of [`Authorizer::headers`]. All
    /// challenges in it are taken, of all realms, from user agents and from proxies (RFC 3261
    /// 22.3); of several algorithms for one realm the first that is known (RFC 8760 2.4). On `Ok`
    /// the request is to be sent again with new header fields and a higher CSeq.
    ///
    /// Credentials count as refused if they were the first answer to a nonce. If the nonce had
    /// been used before, it may have grown old at a server that does not set `stale`, and one
    /// more answer is given.
    ///
    /// # Errors
    /// None of the challenges can be answered.
    pub fn challenged(
        &mut self,
        response: &Message,
        credentials: &[Credentials],
    ) -> Result<(), Unanswerable> {
        let mut fault = Unanswerable::NoChallenge;
        let mut answered: Vec<Session> = Vec::new();
        let mut realms: Vec<(Side, Box<str>)> = Vec::new();
        for side in Side::ALL {
            let first = answered.len();
            // What cannot be read is no challenge that we understand: it is passed over.
            for challenge in header::all_in(response, side.challenge()).flatten() {
                let header::Challenge::Digest(digest) = challenge else {
                    continue;
                };
                let asked = Asked::new(&digest);
                realms.push((side, asked.realm.into()));
                // Alternatives of one challenger differ in the algorithm; another challenge with
                // the same one comes from another proxy of the realm (RFC 3261 22.3).
                let others = answered.get(first..).unwrap_or_default();
                let is_answered = others.iter().any(|session| {
                    *session.realm == *asked.realm
                        && (asked.algorithm != Some(session.hashed.algorithm())
                            || asked.is_session != session.is_session
                            || *session.nonce == *asked.nonce)
                });
                if is_answered || answered.len() == MAX_SESSIONS {
                    continue;
                }
                match self.answer(side, &asked, credentials) {
                    Ok(session) => answered.push(session),
                    Err(error) => fault = error,
                }
            }
        }
        // What was answered before is refused or has grown old.
        self.sessions.retain(|known| {
            !realms
                .iter()
                .any(|(side, realm)| *side == known.side && *realm == known.realm)
        });
        if answered.is_empty() {
            return Err(fault);
        }
        let excess = (self.sessions.len() + answered.len()).saturating_sub(MAX_SESSIONS);
        self.sessions.drain(..excess.min(self.sessions.len()));
        self.sessions.append(&mut answered);
        Ok(())
    }

    /// Takes the final response to a request that was let through: a `nextnonce` in
    /// Authentication-Info replaces the nonce (RFC 7616 3.5). It names no realm, so it counts
    /// only where one realm of that side is known.
    pub fn accepted(&mut self, response: &Message) {
        for side in Side::ALL {
            let info = header::get_in::<AuthenticationInfo<'_>>(response, side.info());
            let Some(nonce) = info.and_then(|info| info.ok()?.nextnonce) else {
                continue;
            };
            let mut of_side = self.sessions.iter_mut().filter(|it| it.side == side);
            let (Some(session), None) = (of_side.next(), of_side.next()) else {
                continue;
            };
            if *nonce.as_str() != *session.nonce {
                session.nonce = nonce.as_str().into();
                session.count = 0;
                session.stale = 0;
                session.key = None;
            }
        }
    }

    /// Authorization and Proxy-Authorization for the next request: one for each challenge known.
    /// The nonce counts rise with each call, so a retransmission repeats what the first had.
    ///
    /// `uri` is the Request-URI as it will be sent, `cnonce` is random, new for each request.
    ///
    /// None for ACK and CANCEL: they cannot be challenged. The ACK of a 2xx repeats the header
    /// fields of its INVITE, a CANCEL has none (RFC 3261 22.1).
    pub fn headers(
        &mut self,
        method: &Method,
        uri: &str,
        body: &[u8],
        cnonce: &str,
    ) -> Vec<(Name, String)> {
        if matches!(method, Method::Ack | Method::Cancel) {
            return Vec::new();
        }
        let vouched = Vouched {
            method: method.as_str(),
            uri,
            body,
        };
        self.sessions.retain(|session| session.count < u32::MAX);
        self.sessions
            .iter_mut()
            .map(|session| {
                let value = session.credentials(vouched, cnonce);
                (session.side.credentials(), value)
            })
            .collect()
    }

    /// Whether no challenge is known.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// The session that answers the challenge.
    fn answer(
        &self,
        side: Side,
        asked: &Asked<'_>,
        credentials: &[Credentials],
    ) -> Result<Session, Unanswerable> {
        let realm: Box<str> = asked.realm.into();
        // Session keys need a cnonce, and that needs a qop (RFC 3261 22.4 item 8).
        let lacks_qop = asked.has_strange_qop || (asked.is_session && asked.qop.is_none());
        let Some(algorithm) = asked.algorithm.filter(|_| !lacks_qop) else {
            return Err(Unanswerable::Unsupported { realm });
        };
        let of_realm = |it: &&Credentials| it.realm.as_deref() == Some(asked.realm);
        let of_any = |it: &&Credentials| it.realm.is_none();
        let Some((user, hashed)) = credentials
            .iter()
            .find(of_realm)
            .or_else(|| credentials.iter().find(of_any))
            .and_then(|it| {
                let hashed = it.password.hashed(algorithm, &it.username, asked.realm)?;
                Some((&it.username, hashed))
            })
        else {
            return Err(Unanswerable::NoCredentials { realm });
        };
        let (mut count, mut stale) = (0, 0);
        let known = self
            .sessions
            .iter()
            .filter(|known| known.side == side && *known.realm == *asked.realm);
        for known in known {
            // The count belongs to the nonce, whoever gives it again.
            let is_same_nonce = *known.nonce == *asked.nonce;
            if is_same_nonce {
                count = count.max(known.count);
            }
            let was_answered = known.count == 1 || (is_same_nonce && known.count > 0);
            if was_answered && known.username == *user {
                if asked.digest.stale != Some(true) || known.stale >= MAX_STALE {
                    return Err(Unanswerable::Refused { realm });
                }
                stale = stale.max(known.stale + 1);
            }
        }
        Ok(Session {
            side,
            realm,
            nonce: asked.nonce.into(),
            opaque: asked.digest.opaque.clone().map(Text::into_owned),
            algorithm: asked.digest.algorithm.clone().map(Token::into_owned),
            is_session: asked.is_session,
            qop: asked.qop,
            username: user.clone(),
            hashed,
            key: None,
            count,
            stale,
        })
    }
}

impl<'a> Asked<'a> {
    fn new(digest: &'a DigestChallenge<'a>) -> Self {
        let token = digest.algorithm.as_ref().map_or("MD5", Token::as_str);
        // A token is ASCII.
        let at = token.len().saturating_sub(SESSION.len());
        let is_session = token[at..].eq_ignore_ascii_case(SESSION);
        let token = if is_session { &token[..at] } else { token };
        // Not auth-int if it can be avoided: proxies change session descriptions.
        let known = digest
            .qop
            .iter()
            .filter_map(|it| Qop::from_token(it.as_str()));
        let qop = known.min();
        Self {
            realm: digest.realm.as_str(),
            nonce: digest.nonce.as_str(),
            algorithm: Algorithm::from_token(token),
            is_session,
            qop,
            has_strange_qop: qop.is_none() && !digest.qop.is_empty(),
            digest,
        }
    }
}

impl Session {
    /// The value of the next Authorization.
    fn credentials(&mut self, vouched: Vouched<'_>, cnonce: &str) -> String {
        self.count += 1;
        // The key of a session is made with its first cnonce. Servers differ in whether they
        // make it anew with that of each request: the same one throughout suits both.
        let (key, cnonce) = if self.is_session {
            let (key, cnonce) = self.key.get_or_insert_with(|| {
                let key = session_key(self.hashed, &self.nonce, cnonce);
                (key, cnonce.into())
            });
            (*key, &**cnonce)
        } else {
            (self.hashed, cnonce)
        };
        let nc = self.count;
        let counted = self.qop.map(|qop| Counted { qop, nc, cnonce });
        let digest = DigestCredentials {
            username: Text::new(&*self.username),
            realm: Text::new(&*self.realm),
            nonce: Text::new(&*self.nonce),
            uri: Text::new(vouched.uri),
            response: Text::new(response(key, &self.nonce, counted, vouched).to_string()),
            algorithm: self.algorithm.clone(),
            cnonce: counted.map(|_| Text::new(cnonce)),
            opaque: self.opaque.clone(),
            qop: self.qop.map(|qop| Token::literal(qop.as_str())),
            nc: counted.map(|_| nc),
            ..DigestCredentials::default()
        };
        digest.to_string()
    }
}

const SESSION: &str = "-sess";

/// Challenges remembered.
const MAX_SESSIONS: usize = 16;

/// How often in a row a nonce that was used once may be called stale.
const MAX_STALE: u8 = 3;
