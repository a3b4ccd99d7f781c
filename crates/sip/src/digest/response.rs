//! How a response is computed (RFC 7616 3.4.1 to 3.4.3).

use super::algorithm::{Algorithm, Hash};

/// The quality of protection (RFC 7616 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qop {
    /// The method and the URI are protected.
    Auth,
    /// The body too. What changes a session description on its way breaks it.
    AuthInt,
}

impl Qop {
    /// As it stands in `qop`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
        }
    }

    /// From one element of `qop`; case does not matter.
    pub fn from_token(token: &str) -> Option<Self> {
        [Self::Auth, Self::AuthInt]
            .into_iter()
            .find(|qop| qop.as_str().eq_ignore_ascii_case(token))
    }
}

/// What says how often a nonce was used, and with what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted<'a> {
    pub(super) qop: Qop,
    pub(super) nc: u32,
    pub(super) cnonce: &'a str,
}

/// What a response vouches for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vouched<'a> {
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
    pub(super) body: &'a [u8],
}

/// `H(A1)` of a session: nonce and cnonce are those that it began with (RFC 7616 3.4.2).
pub(super) fn session_key(hashed: Hash, nonce: &str, cnonce: &str) -> Hash {
    let hex = hashed.to_string();
    let parts = [hex.as_bytes(), nonce.as_bytes(), cnonce.as_bytes()];
    hashed.algorithm().hash(&parts)
}

/// The response: `key` is `H(A1)`; without a count it is that of RFC 2069.
pub(super) fn response(
    key: Hash,
    nonce: &str,
    counted: Option<Counted<'_>>,
    vouched: Vouched<'_>,
) -> Hash {
    let algorithm: Algorithm = key.algorithm();
    let (method, uri) = (vouched.method.as_bytes(), vouched.uri.as_bytes());
    let a2 = match counted {
        Some(Counted {
            qop: Qop::AuthInt, ..
        }) => {
            let body = algorithm.hash(&[vouched.body]).to_string();
            algorithm.hash(&[method, uri, body.as_bytes()])
        }
        _ => algorithm.hash(&[method, uri]),
    };
    let (key, a2) = (key.to_string(), a2.to_string());
    match counted {
        Some(Counted { qop, nc, cnonce }) => algorithm.hash(&[
            key.as_bytes(),
            nonce.as_bytes(),
            format!("{nc:08x}").as_bytes(),
            cnonce.as_bytes(),
            qop.as_str().as_bytes(),
            a2.as_bytes(),
        ]),
        None => algorithm.hash(&[key.as_bytes(), nonce.as_bytes(), a2.as_bytes()]),
    }
}
