//! The hash algorithms (RFC 7616 3.2, RFC 8760 2.1).

use core::fmt;
use md5::Md5;
use sha2::digest::Update;
use sha2::{Digest as _, Sha256, Sha512_256};
use subtle::{Choice, ConstantTimeEq};

/// A hash algorithm. The order is that of strength, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// MD5, of RFC 3261; old equipment knows no other.
    Md5,
    /// SHA-256.
    Sha256,
    /// SHA-512 with other initial values, cut to 256 bits.
    Sha512256,
}

impl Algorithm {
    /// All of them, strongest first.
    pub const ALL: [Self; 3] = [Self::Sha512256, Self::Sha256, Self::Md5];

    /// As it stands in `algorithm`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
            Self::Sha512256 => "SHA-512-256",
        }
    }

    /// From `algorithm`, without `-sess`; case does not matter.
    pub fn from_token(token: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(token))
    }

    /// Octets of a hash.
    pub(super) const fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha256 | Self::Sha512256 => 32,
        }
    }

    /// H of the parts with a colon between each two (RFC 7616 3.3).
    pub(super) fn hash(self, parts: &[&[u8]]) -> Hash {
        fn joined(hasher: &mut impl Update, parts: &[&[u8]]) {
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    hasher.update(b":");
                }
                hasher.update(part);
            }
        }
        let mut octets = [0; 32];
        match self {
            Self::Md5 => {
                let mut hasher = Md5::new();
                joined(&mut hasher, parts);
                octets[..16].copy_from_slice(&hasher.finalize());
            }
            Self::Sha256 => {
                let mut hasher = Sha256::new();
                joined(&mut hasher, parts);
                octets.copy_from_slice(&hasher.finalize());
            }
            Self::Sha512256 => {
                let mut hasher = Sha512_256::new();
                joined(&mut hasher, parts);
                octets.copy_from_slice(&hasher.finalize());
            }
        }
        Hash {
            algorithm: self,
            octets,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an algorithm makes. `Display` writes it in lower-case hexadecimal; `Debug` shows nothing,
/// since a hash of a password serves as well as the password.
#[derive(Clone, Copy)]
pub struct Hash {
    algorithm: Algorithm,
    octets: [u8; 32],
}

impl Hash {
    /// Reads hexadecimal digits of either case; `None` if there are others or not as many as the
    /// algorithm makes.
    pub fn from_hex(algorithm: Algorithm, text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 2 * algorithm.length() {
            return None;
        }
        let value = |digit: u8| char::from(digit).to_digit(16);
        let mut octets = [0; 32];
        for (octet, pair) in octets.iter_mut().zip(digits.chunks_exact(2)) {
            *octet = u8::try_from(value(pair[0])? * 16 + value(pair[1])?).ok()?;
        }
        Some(Self { algorithm, octets })
    }

    /// The algorithm that made it.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl ConstantTimeEq for Hash {
    fn ct_eq(&self, other: &Self) -> Choice {
        Choice::from(u8::from(self.algorithm == other.algorithm)) & self.octets.ct_eq(&other.octets)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.octets[..self.algorithm.length()]
            .iter()
            .try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({}, ..)", self.algorithm)
    }
}
