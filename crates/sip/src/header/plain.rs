//! Values that are one token, one method or one text: the elements of Allow, Require, Supported
//! and their like, Subject, Organization, Server and User-Agent.

use super::Value;
use super::declare::{header, one_part};
use super::reader::Reader;
use super::value::{Checked, Text, Token};
use crate::error::ParseError;
use crate::method::Method;
use core::fmt;

/// An option tag, an event package, a content coding, an entity tag: an element of Require,
/// Supported, Unsupported, Proxy-Require, Allow-Events, Content-Encoding, Content-Language,
/// Request-Disposition, SIP-ETag or SIP-If-Match.
impl<'a> Value<'a> for Token<'a> {
    fn parse(text: &'a str) -> Result<Self, ParseError> {
        let mut reader = Reader::new(text, "RFC 3261 25.1 token");
        let token = reader.checked(Checked::<'_, { crate::scan::TOKEN }>::EXPECTED)?;
        reader.end()?;
        Ok(token)
    }
}

/// An element of Allow (RFC 3261 20.5).
impl Value<'_> for Method {
    fn parse(text: &str) -> Result<Self, ParseError> {
        text.parse()
    }
}

/// A text without quotes and without space at its ends: Subject (RFC 3261 20.36), Organization,
/// Server, User-Agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line<'a>(Text<'a>);

header!(Line<'a>);
one_part!(Line<'_>);

impl<'a> Line<'a> {
    /// The text, with spaces in place of controls, and without space at its ends.
    pub fn new(text: &'a str) -> Self {
        let is_space = |c: char| c == ' ' || c.is_ascii_control();
        Self(Text::new(text.trim_matches(is_space)))
    }

    /// Parses the value: there is no text that is none.
    ///
    /// # Errors
    /// None.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        Ok(Self::new(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_methods_stand_alone() {
        assert_eq!(Token::parse(" 100rel "), Token::new("100rel"));
        assert_eq!(Token::parse("a b").unwrap_err().column, 3);
        assert_eq!(Token::parse("").unwrap_err().column, 1);
        assert_eq!(<Method as Value<'_>>::parse("PRACK"), Ok(Method::Prack));
        assert!(<Method as Value<'_>>::parse("A B").is_err());
    }

    #[test]
    fn a_line_stays_one() {
        assert_eq!(Line::new(" a\r\nVia: b\t").to_string(), "a  Via: b");
        assert_eq!(Line::new("Tech \u{fc} \"x").as_str(), "Tech \u{fc} \"x");
    }
}
