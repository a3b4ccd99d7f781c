//! INFO String (RFC 4666 3.4.1).

use core::fmt;

/// Text for whoever debugs, 0 to 255 octets. It should be UTF-8; what came is kept.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct InfoString(Vec<u8>);

impl InfoString {
    /// The text, cut to 255 octets at a character boundary.
    pub fn new(text: &str) -> Self {
        let mut end = text.len().min(MAX_OCTETS);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Self(text.as_bytes()[..end].to_vec())
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn from_wire(octets: &[u8]) -> Self {
        Self(octets.to_vec())
    }
}

impl fmt::Display for InfoString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", String::from_utf8_lossy(&self.0).escape_debug())
    }
}

impl fmt::Debug for InfoString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

const MAX_OCTETS: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters_and_escapes_what_terminals_obey() {
        assert_eq!(InfoString::new(&"ä".repeat(200)).as_bytes().len(), 254);
        assert_eq!(InfoString::new("a\x1b[2J").to_string(), "a\\u{1b}[2J");
    }
}
