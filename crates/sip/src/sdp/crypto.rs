//! Keys of SRTP in the description (SDES, RFC 4568).

use super::TypedAttribute;
use super::fields::{Expected, Fields};
use core::fmt;

/// `a=crypto` (RFC 4568 9.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crypto<'a> {
    /// Tells the offered ones apart; the answer names the one it takes. Up to nine digits.
    pub tag: u32,
    /// The cipher, its authentication and their lengths.
    pub suite: CryptoSuite<'a>,
    /// The keys, at least one; several have an MKI each.
    pub keys: Vec<InlineKey<'a>>,
    /// Session parameters between spaces, as they stand.
    pub parameters: &'a str,
}

/// A crypto suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CryptoSuite<'a> {
    /// `AES_CM_128_HMAC_SHA1_80` (RFC 4568 6.2.1).
    AesCm128HmacSha1_80,
    /// `AES_CM_128_HMAC_SHA1_32` (RFC 4568 6.2.2).
    AesCm128HmacSha1_32,
    /// `F8_128_HMAC_SHA1_80` (RFC 4568 6.2.3).
    F8_128HmacSha1_80,
    /// `AES_192_CM_HMAC_SHA1_80` (RFC 6188).
    Aes192CmHmacSha1_80,
    /// `AES_192_CM_HMAC_SHA1_32` (RFC 6188).
    Aes192CmHmacSha1_32,
    /// `AES_256_CM_HMAC_SHA1_80` (RFC 6188).
    Aes256CmHmacSha1_80,
    /// `AES_256_CM_HMAC_SHA1_32` (RFC 6188).
    Aes256CmHmacSha1_32,
    /// `AEAD_AES_128_GCM` (RFC 7714).
    AeadAes128Gcm,
    /// `AEAD_AES_256_GCM` (RFC 7714).
    AeadAes256Gcm,
    /// Any other.
    Other(&'a str),
}

/// A key with its salt. `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InlineKey<'a> {
    /// Key and salt behind one another, in Base64.
    pub key_and_salt: &'a str,
    /// How many packets it is good for, as it stands: digits, or a power as `2^31`.
    pub lifetime: Option<&'a str>,
    /// The number that packets carry for it, and its length in octets, 1 to 128.
    pub mki: Option<(&'a str, u8)>,
}

impl fmt::Debug for InlineKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InlineKey(***)")
    }
}

impl<'a> CryptoSuite<'a> {
    /// The suite of that name.
    pub fn from_name(name: &'a str) -> Self {
        SUITES
            .into_iter()
            .find(|(_, known, _)| *known == name)
            .map_or(Self::Other(name), |(suite, ..)| suite)
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        match *self {
            Self::Other(name) => name,
            known => SUITES
                .into_iter()
                .find(|(suite, ..)| *suite == known)
                .map_or("", |(_, name, _)| name),
        }
    }

    /// The octets of key and salt together. `None` for a suite that is not known.
    pub fn key_length(&self) -> Option<usize> {
        SUITES
            .into_iter()
            .find(|(suite, ..)| suite == self)
            .map(|(.., length)| length)
    }
}

/// Suite, name, octets of key and salt.
const SUITES: [(CryptoSuite<'static>, &str, usize); 9] = [
    (
        CryptoSuite::AesCm128HmacSha1_80,
        "AES_CM_128_HMAC_SHA1_80",
        30,
    ),
    (
        CryptoSuite::AesCm128HmacSha1_32,
        "AES_CM_128_HMAC_SHA1_32",
        30,
    ),
    (CryptoSuite::F8_128HmacSha1_80, "F8_128_HMAC_SHA1_80", 30),
    (
        CryptoSuite::Aes192CmHmacSha1_80,
        "AES_192_CM_HMAC_SHA1_80",
        38,
    ),
    (
        CryptoSuite::Aes192CmHmacSha1_32,
        "AES_192_CM_HMAC_SHA1_32",
        38,
    ),
    (
        CryptoSuite::Aes256CmHmacSha1_80,
        "AES_256_CM_HMAC_SHA1_80",
        46,
    ),
    (
        CryptoSuite::Aes256CmHmacSha1_32,
        "AES_256_CM_HMAC_SHA1_32",
        46,
    ),
    (CryptoSuite::AeadAes128Gcm, "AEAD_AES_128_GCM", 28),
    (CryptoSuite::AeadAes256Gcm, "AEAD_AES_256_GCM", 44),
];

impl<'a> TypedAttribute<'a> for Crypto<'a> {
    const NAME: &'static str = "crypto";
    const CLAUSE: &'static str = "RFC 4568 9";

    fn read(fields: &mut Fields<'a>) -> Result<Self, Expected> {
        let tag = fields.parsed("a tag of up to nine digits")?;
        if tag > 999_999_999 {
            return Err(fields.expected("a tag of up to nine digits"));
        }
        let suite = CryptoSuite::from_name(fields.field("a crypto suite")?);
        let text = fields.field("`inline:` and a key")?;
        let keys: Vec<_> = text
            .split(';')
            .map(|key| inline_key(key, suite))
            .collect::<Result<_, _>>()
            .map_err(|what| fields.expected(what))?;
        // "the MKI MUST be included" (RFC 4568 6.1).
        if keys.len() > 1 && keys.iter().any(|key| key.mki.is_none()) {
            return Err(fields.expected("an MKI with each of several keys"));
        }
        Ok(Self {
            tag,
            suite,
            keys,
            parameters: fields.remainder(),
        })
    }
}

fn inline_key<'a>(text: &'a str, suite: CryptoSuite<'_>) -> Result<InlineKey<'a>, &'static str> {
    let text = text.strip_prefix("inline:").ok_or("`inline:`")?;
    let mut parts = text.split('|');
    let key_and_salt = parts.next().unwrap_or("");
    let digits = key_and_salt.trim_end_matches('=');
    let is_base64 = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/');
    if digits.is_empty() || !digits.bytes().all(is_base64) {
        return Err("a key in Base64");
    }
    // "If the length of the key is not as defined, it MUST be considered invalid": 6 bits a digit.
    if suite
        .key_length()
        .is_some_and(|octets| digits.len() != (octets * 8).div_ceil(6))
    {
        return Err("key and salt of the length of the suite");
    }
    let mut lifetime = None;
    let mut mki = None;
    for (index, part) in parts.enumerate() {
        match part.split_once(':') {
            Some((number, length)) if mki.is_none() => {
                let length: Option<u8> = length.parse().ok();
                let length = length.filter(|length| (1..=128).contains(length));
                let is_number = !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit());
                let length = length.filter(|_| is_number);
                mki = Some((number, length.ok_or("an MKI and its length of 1 to 128")?));
            }
            None if index == 0 => {
                let number = part.strip_prefix("2^").unwrap_or(part);
                if number.is_empty() || !number.bytes().all(|c| c.is_ascii_digit()) {
                    return Err("a lifetime in digits, or as a power of 2");
                }
                lifetime = Some(part);
            }
            _ => return Err("a lifetime and an MKI at most"),
        }
    }
    Ok(InlineKey {
        key_and_salt,
        lifetime,
        mki,
    })
}

/// As it goes out, with the key.
impl fmt::Display for Crypto<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.tag, self.suite.name())?;
        let mut separator = ' ';
        for key in &self.keys {
            write!(f, "{separator}inline:{}", key.key_and_salt)?;
            if let Some(lifetime) = key.lifetime {
                write!(f, "|{lifetime}")?;
            }
            if let Some((number, length)) = key.mki {
                write!(f, "|{number}:{length}")?;
            }
            separator = ';';
        }
        if !self.parameters.is_empty() {
            write!(f, " {}", self.parameters)?;
        }
        Ok(())
    }
}
