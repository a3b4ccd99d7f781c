//! Digest authentication as client and as server (RFC 3261 22, RFC 7616, RFC 8760).
//!
//! [`Authorizer`] remembers what a peer challenged us with and answers it, [`Verifier`] challenges
//! and checks the answers. Both hold the passwords as [`Secret`]s. Basic is neither offered nor
//! answered (RFC 3261 22).

mod algorithm;
mod authorizer;
mod nonce;
mod response;
mod secret;
#[cfg(test)]
mod tests;
mod verifier;

pub use algorithm::{Algorithm, Hash};
pub use authorizer::{Authorizer, Credentials, Unanswerable};
pub use response::Qop;
pub use secret::{NotAHash, Secret};
pub use verifier::{Refusal, Verdict, Verifier, VerifierConfig, VerifierCounters};

use crate::name::Name;

/// Who asks for credentials (RFC 3261 22.2, 22.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// A user agent server or registrar: 401, WWW-Authenticate, Authorization.
    User,
    /// A proxy: 407, Proxy-Authenticate, Proxy-Authorization.
    Proxy,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::User, Self::Proxy];

    /// The status of a challenge.
    pub const fn status(self) -> u16 {
        match self {
            Self::User => 401,
            Self::Proxy => 407,
        }
    }

    /// The header field of a challenge.
    pub const fn challenge(self) -> Name {
        match self {
            Self::User => Name::WwwAuthenticate,
            Self::Proxy => Name::ProxyAuthenticate,
        }
    }

    /// The header field of credentials.
    pub const fn credentials(self) -> Name {
        match self {
            Self::User => Name::Authorization,
            Self::Proxy => Name::ProxyAuthorization,
        }
    }

    /// The header field that comes with success (RFC 3261 20.6, RFC 7615 4).
    pub const fn info(self) -> Name {
        match self {
            Self::User => Name::AuthenticationInfo,
            Self::Proxy => Name::Other("Proxy-Authentication-Info"),
        }
    }
}
