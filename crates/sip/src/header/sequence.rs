//! CSeq, RAck and Timestamp: what matches an answer to what it answers.

use super::declare::header;
use super::parts::{Part, Parts, Show};
use super::reader::Reader;
use crate::check::parse_cseq;
use crate::error::ParseError;
use crate::message::CSeq;
use core::fmt;
use std::borrow::Cow;

impl super::Value<'_> for CSeq {
    fn parse(text: &str) -> Result<Self, ParseError> {
        parse_cseq(text)
    }

    fn parts(&self) -> Vec<Part> {
        Parts::of(self)
    }
}

impl super::Typed<'_> for CSeq {
    const NAME: crate::Name = crate::Name::CSeq;
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}

/// Which reliable provisional response a PRACK acknowledges (RFC 3262 7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RAck {
    /// The RSeq of the response.
    pub rseq: u32,
    /// The CSeq of the response.
    pub cseq: CSeq,
}

header!(RAck, RAck);

impl Show for CSeq {
    fn show(&self, parts: &mut Parts) {
        parts.field("number", self.number);
        parts.field("method", &self.method);
    }
}

impl Show for RAck {
    fn show(&self, parts: &mut Parts) {
        parts.field("response number", self.rseq);
        self.cseq.show(parts);
    }
}

impl RAck {
    /// Parses the value.
    ///
    /// # Errors
    /// It is no two numbers and a method.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut reader = Reader::new(text, "RFC 3262 7.2");
        let rseq = reader.number(u32::MAX)?;
        reader.need_space("a space and a CSeq")?;
        let cseq = parse_cseq(reader.rest()).map_err(|error| error.shifted(reader.at()))?;
        Ok(Self { rseq, cseq })
    }
}

impl fmt::Display for RAck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rseq, self.cseq)
    }
}

/// When a request was sent, and how long the server took (RFC 3261 20.38).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timestamp<'a> {
    /// When, in seconds from whatever the client likes.
    pub time: Decimal<'a>,
    /// How long the server took, in seconds.
    pub delay: Option<Decimal<'a>>,
}

header!(Timestamp<'a>, Timestamp);

impl Show for Timestamp<'_> {
    fn show(&self, parts: &mut Parts) {
        parts.field("time", self.time.as_str());
        parts.optional("delay", self.delay.as_ref().map(Decimal::as_str));
    }
}

/// Digits with a dot between or behind them, as they stand: `54`, `54.`, `54.21`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal<'a>(Cow<'a, str>);

impl<'a> Decimal<'a> {
    /// Takes the text if it is one.
    ///
    /// # Errors
    /// The place of the first character that does not belong there (RFC 3261 25.1 `Timestamp`).
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, ParseError> {
        let text = text.into();
        let mut reader = Reader::new(&text, TIMESTAMP);
        reader.decimal()?;
        reader.end()?;
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'a> Reader<'a> {
    fn decimal(&mut self) -> Result<&'a str, ParseError> {
        let (start, rest) = (self.at(), self.rest());
        self.digits("a number")?;
        if self.take_exactly(b'.') && self.peek().is_some_and(|octet| octet.is_ascii_digit()) {
            self.digits("digits")?;
        }
        Ok(&rest[..self.at() - start])
    }
}

impl<'a> Timestamp<'a> {
    /// Parses the value.
    ///
    /// # Errors
    /// It is no number, or no two.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let mut reader = Reader::new(text, TIMESTAMP);
        let time = Decimal(reader.decimal()?.into());
        let mut delay = None;
        if reader
            .peek()
            .is_some_and(|octet| octet.is_ascii_whitespace())
        {
            reader.space();
            delay = Some(Decimal(reader.decimal()?.into()));
        }
        reader.end()?;
        Ok(Self { time, delay })
    }
}

impl fmt::Display for Timestamp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.time.0)?;
        match &self.delay {
            Some(delay) => write!(f, " {}", delay.0),
            None => Ok(()),
        }
    }
}

const TIMESTAMP: &str = "RFC 3261 20.38";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;

    #[test]
    fn examples_of_the_rfcs() {
        let rack = RAck::parse("776656 1 INVITE").unwrap();
        let cseq = CSeq {
            number: 1,
            method: Method::Invite,
        };
        assert_eq!(
            rack,
            RAck {
                rseq: 776_656,
                cseq
            }
        );
        assert_eq!(rack.to_string(), "776656 1 INVITE");
        let timestamp = Timestamp::parse("54.21 0.1").unwrap();
        assert_eq!(timestamp.delay, Some(Decimal::new("0.1").unwrap()));
        for text in ["54", "54.", "54.21 0.1"] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [("", 1), ("1", 2), ("1 x", 3), ("1 2", 4), ("1 2 a b", 5)] {
            let error = RAck::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
        for (text, column) in [("", 1), (".5", 1), ("1.2.3", 4), ("1 x", 3), ("1 2 3", 5)] {
            let error = Timestamp::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
        assert!(Decimal::new("1 2").is_err());
    }
}
