//! Passwords.

use super::algorithm::{Algorithm, Hash};
use core::fmt;
use thiserror::Error;

/// What proves who one is: a password, or hashes of name, realm and password (`H(A1)` of RFC 7616
/// 3.4.2), one for each algorithm that is to be possible. `Debug` shows nothing of it.
///
/// Texts are hashed as the UTF-8 that they are; normalising them (RFC 7616 4) is up to who writes
/// them down.
#[derive(Clone)]
pub struct Secret(Kind);

#[derive(Clone)]
enum Kind {
    Password(Box<str>),
    Hashes(Vec<Hash>),
}

/// A text that is not the hexadecimal form of a hash of that algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("H(A1) with {algorithm}: need {} hexadecimal digits, have {found} characters (RFC 7616 3.2)",
    .algorithm.length() * 2)]
pub struct NotAHash {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// Octets of the text.
    pub found: usize,
}

impl Secret {
    /// A password in clear.
    pub fn password(password: impl Into<Box<str>>) -> Self {
        Self(Kind::Password(password.into()))
    }

    /// `H(username:realm:password)` in hexadecimal.
    ///
    /// # Errors
    /// The text is no such hash.
    pub fn ha1(algorithm: Algorithm, hex: &str) -> Result<Self, NotAHash> {
        Self(Kind::Hashes(Vec::new())).and_ha1(algorithm, hex)
    }

    /// The same with that of one more algorithm. Nothing changes if it has the password.
    ///
    /// # Errors
    /// The text is no such hash.
    pub fn and_ha1(mut self, algorithm: Algorithm, hex: &str) -> Result<Self, NotAHash> {
        let hash = Hash::from_hex(algorithm, hex).ok_or(NotAHash {
            algorithm,
            found: hex.len(),
        })?;
        if let Kind::Hashes(hashes) = &mut self.0 {
            hashes.retain(|known| known.algorithm() != algorithm);
            hashes.push(hash);
        }
        Ok(self)
    }

    /// Whether answers with that algorithm are possible.
    pub fn serves(&self, algorithm: Algorithm) -> bool {
        match &self.0 {
            Kind::Password(_) => true,
            Kind::Hashes(hashes) => hashes.iter().any(|hash| hash.algorithm() == algorithm),
        }
    }

    /// `H(A1)` without a session (RFC 7616 3.4.2).
    pub(super) fn hashed(&self, algorithm: Algorithm, user: &str, realm: &str) -> Option<Hash> {
        match &self.0 {
            Kind::Password(password) => {
                let parts = [user.as_bytes(), realm.as_bytes(), password.as_bytes()];
                Some(algorithm.hash(&parts))
            }
            Kind::Hashes(hashes) => hashes
                .iter()
                .find(|hash| hash.algorithm() == algorithm)
                .copied(),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}
