//! Who opens a connection, and whose certificate it must show.

use super::fields::{Expected, Fields};
use super::{AttributeError, Attributes, TypedAttribute};
use core::fmt;

/// `a=fingerprint` (RFC 8122 5): the hash of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint<'a> {
    /// The hash function, as `sha-256`; compare without case.
    pub hash: &'a str,
    /// The hash.
    pub octets: Vec<u8>,
}

impl<'a> TypedAttribute<'a> for Fingerprint<'a> {
    const NAME: &'static str = "fingerprint";
    const CLAUSE: &'static str = "RFC 8122 5";

    fn read(fields: &mut Fields<'a>) -> Result<Self, Expected> {
        const WHAT: &str = "pairs of hexadecimal digits between colons";
        let hash = fields.field("a hash function")?;
        let text = fields.field(WHAT)?;
        // Small letters are known to occur.
        let octet = |pair: &str| {
            let is_pair = pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit());
            u8::from_str_radix(pair, 16).ok().filter(|_| is_pair)
        };
        let octets: Option<Vec<u8>> = text.split(':').map(octet).collect();
        let octets = octets.ok_or_else(|| fields.expected(WHAT))?;
        let known = HASHES
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(hash));
        if known.is_some_and(|(_, length)| length != octets.len()) {
            return Err(fields.expected("as many octets as the hash function gives"));
        }
        fields.end()?;
        Ok(Self { hash, octets })
    }
}

impl fmt::Display for Fingerprint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.hash)?;
        let mut separator = ' ';
        for octet in &self.octets {
            write!(f, "{separator}{octet:02X}")?;
            separator = ':';
        }
        Ok(())
    }
}

/// Hash functions and their octets (RFC 8122 5).
const HASHES: [(&str, usize); 7] = [
    ("sha-1", 20),
    ("sha-224", 28),
    ("sha-256", 32),
    ("sha-384", 48),
    ("sha-512", 64),
    ("md5", 16),
    ("md2", 16),
];

/// `a=setup` (RFC 4145 4): who opens the connection, for DTLS who is the client (RFC 5763 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setup {
    /// `active`: the writer opens.
    Active,
    /// `passive`: the peer opens.
    Passive,
    /// `actpass`: either, the answer says who. Only in offers.
    ActPass,
    /// `holdconn`: not now.
    HoldConn,
}

impl Setup {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Active, Self::Passive, Self::ActPass, Self::HoldConn];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Passive => "passive",
            Self::ActPass => "actpass",
            Self::HoldConn => "holdconn",
        }
    }

    /// Whether an answer may say this to an offer (RFC 4145 4.1).
    pub const fn may_answer(self, offered: Self) -> bool {
        matches!(
            (offered, self),
            (Self::Active, Self::Passive | Self::HoldConn)
                | (Self::Passive, Self::Active | Self::HoldConn)
                | (Self::ActPass, Self::Active | Self::Passive | Self::HoldConn)
                | (Self::HoldConn, Self::HoldConn)
        )
    }
}

impl TypedAttribute<'_> for Setup {
    const NAME: &'static str = "setup";
    const CLAUSE: &'static str = "RFC 4145 4";

    fn read(fields: &mut Fields<'_>) -> Result<Self, Expected> {
        const WHAT: &str = "`active`, `passive`, `actpass` or `holdconn`";
        let name = fields.field(WHAT)?;
        let setup = Self::ALL.into_iter().find(|setup| setup.name() == name);
        let setup = setup.ok_or_else(|| fields.expected(WHAT))?;
        fields.end()?;
        Ok(setup)
    }
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `a=tls-id` (RFC 8842 4): another value means another DTLS association.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlsId<'a>(pub &'a str);

impl<'a> TlsId<'a> {
    /// The first one, also under the name that it had in drafts, `dtls-id`.
    ///
    /// # Errors
    /// [`AttributeError`] if it cannot be read.
    pub fn among(attributes: &'a Attributes) -> Result<Option<Self>, AttributeError> {
        let value = attributes.value(Self::NAME);
        let value = value.or_else(|| attributes.value("dtls-id"));
        value.map(Self::parse).transpose()
    }
}

impl<'a> TypedAttribute<'a> for TlsId<'a> {
    const NAME: &'static str = "tls-id";
    const CLAUSE: &'static str = "RFC 8842 4";

    fn read(fields: &mut Fields<'a>) -> Result<Self, Expected> {
        const WHAT: &str = "20 to 255 letters, digits, `+`, `/`, `-` or `_`";
        let id = fields.field(WHAT)?;
        let is_right = (20..=255).contains(&id.len())
            && id
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || b"+/-_".contains(&octet));
        if !is_right {
            return Err(fields.expected(WHAT));
        }
        fields.end()?;
        Ok(Self(id))
    }
}

impl fmt::Display for TlsId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
