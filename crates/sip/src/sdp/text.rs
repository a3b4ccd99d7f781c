//! Text of a line.

use core::fmt;

/// The text of a value, octet for octet as it came: any but NUL, CR and LF (RFC 8866 9,
/// `byte-string`). It is mostly UTF-8, but `a=charset` may say otherwise.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Text(Box<[u8]>);

impl Text {
    /// Text of these octets. NUL, CR and LF become spaces, so that a value cannot end its line.
    pub fn new(octets: impl AsRef<[u8]>) -> Self {
        let mut octets = Box::<[u8]>::from(octets.as_ref());
        for octet in &mut octets {
            if matches!(octet, b'\r' | b'\n' | 0) {
                *octet = b' ';
            }
        }
        Self(octets)
    }

    /// Text whose octets were looked at before.
    pub(super) fn checked(octets: &[u8]) -> Self {
        Self(octets.into())
    }

    /// The octets.
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, if it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        core::str::from_utf8(&self.0).ok()
    }

    /// Whether there are no octets.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What is not UTF-8 is shown as U+FFFD.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// Text that names a person: an address, a number. `Debug` does not show it.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Personal(pub Text);

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 == "-" { "\"-\"" } else { "***" })
    }
}

impl From<&str> for Personal {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}
