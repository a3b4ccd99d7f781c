//! What header field values are made of: tokens, texts, URIs and generic parameters, each of which
//! holds nothing that could end its field or run into its neighbour.

use crate::error::ParseError;
use crate::name_addr::Quoted;
use crate::scan::{self, TOKEN, VALUE, WORD};
use crate::uri::{self, Uri};
use core::fmt;
use std::borrow::Cow;

/// One or more octets of one character class, by construction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checked<'a, const CLASS: u16>(Cow<'a, str>);

/// A `token` (RFC 3261 25.1).
pub type Token<'a> = Checked<'a, { TOKEN }>;

/// A `word`, as Call-IDs are made of (RFC 3261 25.1).
pub type Word<'a> = Checked<'a, { WORD }>;

/// The value of a parameter outside of quotes: a `token`, a `host`, and what else of visible
/// characters separates no parameters (RFC 3261 25.1 `gen-value`).
pub type Bare<'a> = Checked<'a, { VALUE }>;

impl<'a, const CLASS: u16> Checked<'a, CLASS> {
    /// What errors say was expected.
    pub(super) const EXPECTED: &'static str = match CLASS {
        TOKEN => "a token",
        WORD => "a word",
        _ => "a value",
    };

    /// Takes the text if it is of the class.
    ///
    /// # Errors
    /// The place of the first octet that is not (RFC 3261 25.1).
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, ParseError> {
        let text = text.into();
        let end = scan::skip(text.as_bytes(), 0, CLASS);
        if end < text.len() || text.is_empty() {
            return Err(ParseError::in_value(end, Self::EXPECTED, "RFC 3261 25.1"));
        }
        Ok(Self(text))
    }

    /// A text that a standard names. The compiler refuses any other in a `const`.
    pub const fn literal(text: &'static str) -> Self {
        let octets = text.as_bytes();
        let mut index = 0;
        assert!(!octets.is_empty(), "a token is not empty");
        while index < octets.len() {
            assert!(scan::is(octets[index], CLASS), "not a character of it");
            index += 1;
        }
        Self(Cow::Borrowed(text))
    }

    /// What a scanner has already found to be of the class.
    pub(super) const fn scanned(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn into_inner(self) -> Cow<'a, str> {
        self.0
    }

    /// Whether it is that text, without regard to case (RFC 3261 7.3.1).
    pub fn is(&self, text: &str) -> bool {
        self.0.eq_ignore_ascii_case(text)
    }

    /// The same with its own text.
    pub fn into_owned(self) -> Checked<'static, CLASS> {
        Checked(Cow::Owned(self.0.into_owned()))
    }
}

impl<const CLASS: u16> fmt::Display for Checked<'_, CLASS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text of people: a display name, what stands in quotes, a Subject. It has no control
/// characters: they become spaces.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    /// The text, with spaces in place of controls.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.bytes().any(|octet| octet.is_ascii_control()) {
            let is_control = |c: char| c.is_ascii_control();
            return Self(Cow::Owned(text.replace(is_control, " ")));
        }
        Self(text)
    }

    /// The text, without quotes and escapes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn into_inner(self) -> Cow<'a, str> {
        self.0
    }

    /// As it stands in quotes.
    pub fn quoted(&self) -> Quoted<'_> {
        Quoted(&self.0)
    }

    /// The same with its own text.
    pub fn into_owned(self) -> Text<'static> {
        Text(Cow::Owned(self.0.into_owned()))
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// A URI that keeps to the grammar of its scheme, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UriText<'a>(Cow<'a, str>);

impl<'a> UriText<'a> {
    /// Takes the text if it is a URI.
    ///
    /// # Errors
    /// As [`uri::parse`].
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, ParseError> {
        let text = text.into();
        uri::parse(&text)?;
        Ok(Self(text))
    }

    /// What a parser has already taken for a URI.
    pub(super) const fn parsed(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URI in parts.
    ///
    /// # Errors
    /// None: it has been parsed before. As [`uri::parse`].
    pub fn parts(&self) -> Result<Uri<'_>, ParseError> {
        uri::parse(&self.0)
    }

    /// What stands before that position, which no parameter is cut by.
    pub(super) fn cut(self, end: usize) -> Self {
        Self(match self.0 {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(..end).unwrap_or(text)),
            Cow::Owned(text) => Cow::Owned(text.get(..end).unwrap_or(&text).to_owned()),
        })
    }

    /// The same with its own text.
    pub fn into_owned(self) -> UriText<'static> {
        UriText(Cow::Owned(self.0.into_owned()))
    }
}

impl fmt::Display for UriText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value of a parameter (RFC 3261 25.1 `gen-value`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GenValue<'a> {
    /// Without quotes.
    Bare(Bare<'a>),
    /// With quotes.
    Quoted(Text<'a>),
}

impl GenValue<'_> {
    /// The text, without quotes and escapes.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Bare(text) => text.as_str(),
            Self::Quoted(text) => text.as_str(),
        }
    }

    /// The same with its own text.
    pub fn into_owned(self) -> GenValue<'static> {
        match self {
            Self::Bare(text) => GenValue::Bare(text.into_owned()),
            Self::Quoted(text) => GenValue::Quoted(text.into_owned()),
        }
    }
}

impl fmt::Display for GenValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bare(text) => write!(f, "{text}"),
            Self::Quoted(text) => write!(f, "{}", text.quoted()),
        }
    }
}

/// A parameter that the header field's type has no name for (RFC 3261 25.1 `generic-param`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenericParam<'a> {
    /// The name; compare without case.
    pub name: Token<'a>,
    /// The value, if there is an equals sign.
    pub value: Option<GenValue<'a>>,
}

impl fmt::Display for GenericParam<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        match &self.value {
            Some(value) => write!(f, "={value}"),
            None => Ok(()),
        }
    }
}

/// The parameters that the header field's type has no names for, in order. `Display` writes each
/// with a semicolon before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GenericParams<'a>(pub Vec<GenericParam<'a>>);

impl<'a> GenericParams<'a> {
    /// The value of the first of that name (no case): `Some("")` if it has no value.
    pub fn get(&self, name: &str) -> Option<&str> {
        let param = self.0.iter().find(|param| param.name.is(name))?;
        Some(param.value.as_ref().map_or("", GenValue::as_str))
    }

    /// Adds one.
    pub fn push(&mut self, name: Token<'a>, value: Option<GenValue<'a>>) {
        self.0.push(GenericParam { name, value });
    }

    /// The same with their own texts.
    pub fn into_owned(self) -> GenericParams<'static> {
        let owned = self.0.into_iter().map(|param| GenericParam {
            name: param.name.into_owned(),
            value: param.value.map(GenValue::into_owned),
        });
        GenericParams(owned.collect())
    }
}

impl fmt::Display for GenericParams<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|param| write!(f, ";{param}"))
    }
}

/// `;name=value`, or nothing.
pub(super) struct Param<T>(pub(super) &'static str, pub(super) Option<T>);

impl<T: fmt::Display> fmt::Display for Param<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.1 {
            Some(value) => write!(f, ";{}={value}", self.0),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_checked() {
        const CAUSE: Token<'_> = Token::literal("Q.850");
        assert_eq!(Token::new("Q.850"), Ok(CAUSE));
        assert!(CAUSE.is("q.850"));
        for (text, column) in [("", 1), ("a b", 2), ("a\r\nb", 2), ("ab;c", 3), ("ä", 1)] {
            assert_eq!(Token::new(text).unwrap_err().column, column, "{text:?}");
        }
        assert!(Word::new("f81d4fae<7dec>").is_ok());
        assert!(Bare::new("[2001:db8::1]").is_ok());
        assert!(Bare::new("a,b").is_err());
    }

    #[test]
    fn texts_have_no_controls() {
        assert_eq!(Text::new("a\r\nVia: b\0").as_str(), "a  Via: b ");
        assert_eq!(Text::new("a\"\\").quoted().to_string(), r#""a\"\\""#);
    }

    #[test]
    fn uris_end_where_they_end() {
        assert!(UriText::new("sip:a@b;lr").is_ok());
        for text in ["sip:a@b>", "sip:a@b\r\n", "urn:a b", "data:,<x>"] {
            assert!(UriText::new(text).is_err(), "{text:?}");
        }
    }
}
