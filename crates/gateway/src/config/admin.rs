//! `admin:`

use super::address;
use super::problem::Check;
use super::raw::RawAdmin;
use core::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use trunkline_click_to_call::web::SECRET_MAX;

/// Where the program is looked at and commanded.
#[derive(Debug)]
pub(crate) struct Admin {
    pub(crate) listen: SocketAddr,
    /// What who commands must know; needed beyond this machine.
    pub(crate) token: Option<Token>,
}

/// A shared secret (RFC 6750). It does not show in debug output.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    /// Reads it from a file: one line of 16 to 512 characters.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Self::parse(&text).ok_or_else(|| {
            format!(
                "{}: expected one token of {MIN} to {} letters, digits and -._~+/=, as \
                 `head -c 18 /dev/urandom | base64` makes it",
                path.display(),
                Self::MAX
            )
        })
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let token = text.trim();
        // What a header field takes as a token (RFC 6750 2.1).
        let legal = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
        let length = (MIN..=Self::MAX).contains(&token.len());
        (length && token.chars().all(legal)).then(|| Self(token.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    const MAX: usize = SECRET_MAX;
}

const MIN: usize = 16;

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Where a running program with that file is reached, without a look at the secret.
#[derive(Debug)]
pub(crate) struct Reached {
    pub(crate) listen: SocketAddr,
    pub(crate) token_file: Option<PathBuf>,
}

pub(super) fn check(check: &mut Check, raw: &RawAdmin) -> Option<Admin> {
    let reached = reached(check, raw);
    let token = match &raw.token_file {
        None => None,
        Some(file) => match Token::read(&check.folder().join(&file.value)) {
            Ok(token) => Some(token),
            Err(what) => {
                check.at(file, "admin.token_file", what);
                return None;
            }
        },
    };
    Some(Admin {
        listen: reached?.listen,
        token,
    })
}

pub(super) fn reached(check: &mut Check, raw: &RawAdmin) -> Option<Reached> {
    let listen = address::socket(check, &raw.listen, "admin.listen")?;
    let file = raw.token_file.as_ref();
    Some(Reached {
        listen,
        token_file: file.map(|file| check.folder().join(&file.value)),
    })
}
