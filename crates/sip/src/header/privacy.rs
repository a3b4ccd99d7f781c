//! Privacy (RFC 3323, RFC 3325, RFC 7044).

use super::declare::{IntoOwned, Lead, header, tokens};
use super::parts::{Parts, Show};
use super::reader::Reader;
use crate::error::ParseError;
use core::fmt;

tokens! {
    /// One thing that is to be kept private.
    PrivacyValue, "RFC 3323 4.2" {
        /// Header fields that say where the user is (RFC 3323 4.2).
        Header "header",
        /// The media (RFC 3323 4.2).
        Session "session",
        /// What the user agent itself reveals (RFC 3323 4.2).
        User "user",
        /// Nothing, whatever the network would do (RFC 3323 4.2).
        None "none",
        /// The request fails if the rest cannot be done (RFC 3323 4.2).
        Critical "critical",
        /// The identity that the network asserts (RFC 3325 9.3).
        Id "id",
        /// History-Info (RFC 7044 10.1).
        History "history",
    }
}

/// What is to be kept private (RFC 3323 4.2). There is at least one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privacy<'a> {
    first: PrivacyValue<'a>,
    more: Vec<PrivacyValue<'a>>,
}

header!(Privacy<'a>, Privacy);

impl Show for Privacy<'_> {
    fn show(&self, parts: &mut Parts) {
        if !self.more.is_empty() {
            self.iter().for_each(|value| parts.field("value", value));
        }
    }
}

impl<'a> Privacy<'a> {
    /// That one thing.
    pub const fn new(value: PrivacyValue<'a>) -> Self {
        Self {
            first: value,
            more: Vec::new(),
        }
    }

    /// And that.
    #[must_use]
    pub fn and(mut self, value: PrivacyValue<'a>) -> Self {
        self.more.push(value);
        self
    }

    /// Parses the value. Commas are taken for semicolons, since they are sent.
    ///
    /// # Errors
    /// There is something else than tokens and semicolons.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let mut reader = Reader::new(text, "RFC 3323 4.2");
        let mut privacy = Self::new(Lead::read(&mut reader)?);
        while reader.take(b';') || reader.take(b',') {
            privacy.more.push(Lead::read(&mut reader)?);
        }
        reader.end()?;
        Ok(privacy)
    }

    /// All values.
    pub fn iter(&self) -> impl Iterator<Item = &PrivacyValue<'a>> {
        core::iter::once(&self.first).chain(&self.more)
    }

    /// Whether that value is among them.
    pub fn has(&self, value: &PrivacyValue<'_>) -> bool {
        self.iter().any(|asked| asked == value)
    }

    /// The same with its own texts.
    pub fn into_owned(self) -> Privacy<'static> {
        let more = self.more.into_iter().map(IntoOwned::into_owned);
        Privacy {
            first: self.first.into_owned(),
            more: more.collect(),
        }
    }
}

impl fmt::Display for Privacy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        self.more.iter().try_for_each(|value| write!(f, ";{value}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_any_case() {
        let privacy = Privacy::parse("ID ; critical;x-own").unwrap();
        assert!(privacy.has(&PrivacyValue::Id) && privacy.has(&PrivacyValue::Critical));
        assert!(!privacy.has(&PrivacyValue::User));
        assert_eq!(privacy.to_string(), "id;critical;x-own");
        assert_eq!(privacy.clone().into_owned(), privacy);
        assert_eq!(
            Privacy::parse("header,user"),
            Ok(Privacy::new(PrivacyValue::Header).and(PrivacyValue::User))
        );
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [("", 1), (";id", 1), ("id;", 4), ("id user", 4), ("id=1", 3)] {
            let error = Privacy::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
    }
}
