//! Identity (RFC 8224).

use super::declare::{ParamValue, header};
use super::parts::{Parts, Show};
use super::reader::Reader;
use super::value::{GenericParams, Token, UriText};
use crate::error::ParseError;
use core::fmt;
use std::borrow::Cow;

/// A signed statement who calls (RFC 8224 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity<'a> {
    /// What was signed, and the signature.
    pub passport: Passport<'a>,
    /// Where the certificate is.
    pub info: UriText<'a>,
    /// The algorithm of the signature; ES256 without it.
    pub alg: Option<Token<'a>>,
    /// The kind of PASSporT: `shaken`, `div`, `rcd`.
    pub ppt: Option<Token<'a>>,
    /// All other parameters.
    pub others: GenericParams<'a>,
}

header!(Identity<'a>, Identity);

impl Show for Identity<'_> {
    fn show(&self, parts: &mut Parts) {
        if !self.passport.is_compact() {
            parts.field("PASSporT header", self.passport.header());
            parts.field("PASSporT payload", self.passport.payload());
        }
        parts.field("signature", self.passport.signature());
        parts.uri(&self.info);
        parts.param("alg", self.alg.as_ref());
        parts.param("ppt", self.ppt.as_ref());
        parts.others(&self.others);
    }
}

/// A PASSporT (RFC 8225): header, payload and signature, in base64 without padding (RFC 7515 2).
/// What they say is not looked at. The compact form has the signature only (RFC 8224 4.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passport<'a> {
    text: Cow<'a, str>,
    /// Where the dots are.
    dots: (usize, usize),
}

impl<'a> Passport<'a> {
    /// Takes `header.payload.signature`, or the compact form `..signature`.
    ///
    /// # Errors
    /// The place of what is not in base64, of a dot that is missing, or of one too many.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, ParseError> {
        const CLAUSE: &str = "RFC 8224 4";
        let text = text.into();
        let is_base64 = |octet: u8| octet.is_ascii_alphanumeric() || b"-_+/=.".contains(&octet);
        if let Some(at) = text.bytes().position(|octet| !is_base64(octet)) {
            return Err(ParseError::in_value(at, "base64 and dots", CLAUSE));
        }
        let mut dots = text.match_indices('.').map(|(at, _)| at);
        let missing = |expected| ParseError::in_value(text.len(), expected, CLAUSE);
        let three = "three parts with dots between them";
        let first = dots.next().ok_or_else(|| missing(three))?;
        let second = dots.next().ok_or_else(|| missing(three))?;
        if let Some(at) = dots.next() {
            return Err(ParseError::in_value(at, three, CLAUSE));
        }
        // Both of header and payload are left out, or none.
        if (first == 0) != (second == first + 1) {
            return Err(ParseError::in_value(first, "header and payload", CLAUSE));
        }
        if second + 1 == text.len() {
            return Err(missing("a signature"));
        }
        Ok(Self {
            text,
            dots: (first, second),
        })
    }

    /// The header, which says how it is signed; empty in the compact form.
    pub fn header(&self) -> &str {
        &self.text[..self.dots.0]
    }

    /// The payload, which says who calls whom; empty in the compact form.
    pub fn payload(&self) -> &str {
        &self.text[self.dots.0 + 1..self.dots.1]
    }

    /// The signature.
    pub fn signature(&self) -> &str {
        &self.text[self.dots.1 + 1..]
    }

    /// Whether header and payload are left out.
    pub const fn is_compact(&self) -> bool {
        self.dots.0 == 0
    }
}

impl fmt::Display for Passport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'a> Identity<'a> {
    /// Parses one value.
    ///
    /// # Errors
    /// The place and the expectation of RFC 8224 4 that is not met.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let mut reader = Reader::new(text, "RFC 8224 4");
        let at = reader.at();
        let passport = reader.until(b';').trim_end();
        let passport = Passport::new(passport).map_err(|error| error.shifted(at))?;
        let (mut info, mut alg, mut ppt) = (None, None, None);
        let mut others = GenericParams::default();
        while reader.take(b';') {
            if reader.takes_name("info") {
                reader.need(b'=', "`=`")?;
                info = Some(reader.bracketed_uri()?);
                continue;
            }
            let param = reader.param_here()?;
            match param.key().as_ref() {
                "alg" => param.set(&mut alg, Token::read(&param))?,
                "ppt" => param.set(&mut ppt, Token::read(&param))?,
                _ => param.keep(&mut others),
            }
        }
        reader.end()?;
        Ok(Self {
            passport,
            info: info.ok_or_else(|| reader.expected("`;info=<URI>`"))?,
            alg,
            ppt,
            others,
        })
    }
}

impl fmt::Display for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};info=<{}>", self.passport, self.info)?;
        if let Some(alg) = &self.alg {
            write!(f, ";alg={alg}")?;
        }
        // The grammar has a token; the example of RFC 8588 and what signs calls have quotes, which
        // the grammar of a generic parameter allows.
        if let Some(ppt) = &self.ppt {
            write!(f, ";ppt=\"{ppt}\"")?;
        }
        write!(f, "{}", self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_and_compact_form() {
        // RFC 8224 4 and 4.1.1
        let text = "eyJhbGciOiJFUzI1NiJ9.eyJpYXQiOiIxNDQzMjA4MzQ1In0.sv5CTo05KqpSmtHt3dcEiO_1\
                    ;info=<https://biloxi.example.org/biloxi.cer>;alg=ES256";
        let identity = Identity::parse(text).unwrap();
        assert_eq!(identity.passport.header(), "eyJhbGciOiJFUzI1NiJ9");
        assert_eq!(identity.passport.signature(), "sv5CTo05KqpSmtHt3dcEiO_1");
        assert!(!identity.passport.is_compact());
        assert_eq!(identity.to_string(), text);
        let text = "..sv5CTo05KqpSmtHtF ; info = <https://a.example/c;x>;ppt=shaken;y=z";
        let identity = Identity::parse(text).unwrap();
        assert!(identity.passport.is_compact());
        assert_eq!(identity.passport.payload(), "");
        assert!(identity.ppt.as_ref().unwrap().is("shaken"));
        assert_eq!(
            identity.to_string(),
            "..sv5CTo05KqpSmtHtF;info=<https://a.example/c;x>;ppt=\"shaken\";y=z"
        );
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("\"old\";info=<https://a>", 1),
            ("a.b;info=<https://a>", 4),
            ("a.b.c.d;info=<https://a>", 6),
            ("a..c;info=<https://a>", 2),
            ("a.b.;info=<https://a>", 5),
            ("..c", 4),
            ("..c;info=https://a", 10),
            ("..c;info=<a>", 12),
            ("..c;info=<x:a", 14),
            ("..c;information=x", 18),
        ] {
            let error = Identity::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
    }
}
