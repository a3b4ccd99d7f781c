//! Warning (RFC 3261 20.43).

use super::declare::header;
use super::parts::{Parts, Show};
use super::reader::Reader;
use super::value::{Bare, Text};
use crate::error::ParseError;
use core::fmt;

/// What else there is to say about a response (RFC 3261 20.43).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning<'a> {
    code: u16,
    agent: Bare<'a>,
    text: Text<'a>,
}

header!(Warning<'a>, Warning);

impl Show for Warning<'_> {
    fn show(&self, parts: &mut Parts) {
        parts.field("code", self.code);
        parts.field("agent", &self.agent);
        parts.text("text", Some(&self.text));
    }
}

impl<'a> Warning<'a> {
    /// A code of three digits, who says it (a host with or without port, or a name), and the text;
    /// `None` if the code has not three digits.
    pub fn new(code: u16, agent: Bare<'a>, text: Text<'a>) -> Option<Self> {
        (100..1_000)
            .contains(&code)
            .then_some(Self { code, agent, text })
    }

    /// Parses one value.
    ///
    /// # Errors
    /// The place and the expectation of RFC 3261 20.43 that is not met.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let mut reader = Reader::new(text, "RFC 3261 20.43");
        let at = reader.at();
        let code = reader.number(999)?;
        if code < 100 {
            return Err(reader.expected_at(at, "a code of three digits"));
        }
        reader.need_space("a space and the agent")?;
        let agent = reader.checked("a host or a name")?;
        reader.need_space("a space and the text")?;
        let text = reader.quoted()?;
        reader.end()?;
        Ok(Self { code, agent, text })
    }

    /// The code, 100 to 999 (RFC 3261 27.2).
    pub const fn code(&self) -> u16 {
        self.code
    }

    /// Who says it.
    pub const fn agent(&self) -> &Bare<'a> {
        &self.agent
    }

    /// The text.
    pub const fn text(&self) -> &Text<'a> {
        &self.text
    }
}

impl fmt::Display for Warning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.code, self.agent, self.text.quoted())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_rfc() {
        for text in [
            "307 isi.edu \"Session parameter 'foo' not understood\"",
            "301 isi.edu:5060 \"Incompatible network address type 'E.164'\"",
        ] {
            assert_eq!(Warning::parse(text).unwrap().to_string(), text);
        }
        let warning = Warning::parse("399 [2001:db8::1]:5060  \"a \\\"b\\\", c\"").unwrap();
        assert_eq!(
            (warning.code(), warning.text().as_str()),
            (399, "a \"b\", c")
        );
        let agent = Bare::literal("h");
        assert_eq!(Warning::new(99, agent.clone(), Text::new("")), None);
        let warning = Warning::new(399, agent, Text::new("a\"\r\nVia: b")).unwrap();
        assert_eq!(warning.to_string(), "399 h \"a\\\"  Via: b\"");
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("1812 overture \"In Progress\"", 1),
            ("42 h \"x\"", 1),
            ("301", 4),
            ("301 h", 6),
            ("301 h x", 7),
            ("301 h \"x", 9),
            ("301 h \"x\" y", 11),
        ] {
            let error = Warning::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
    }
}
