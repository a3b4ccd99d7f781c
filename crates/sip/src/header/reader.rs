//! A position in a value, for the parsers of header fields.

use super::value::{Checked, GenValue, GenericParam, GenericParams, Text, Token, UriText};
use crate::error::{ParseError, Problem};
use crate::params::resolve_pairs;
use crate::scan::{TOKEN, VALUE, decimal, skip, skip_quoted, skip_space};
use crate::uri::digits_end;
use std::borrow::Cow;

/// A value and how far it has been read. The clause is the one that errors name.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    clause: &'static str,
}

/// One parameter as it was read.
pub(super) struct ReadParam<'a> {
    name: &'a str,
    value: Option<GenValue<'a>>,
    /// Where the value stands, or the name if there is no value.
    at: usize,
    clause: &'static str,
}

impl<'a> Reader<'a> {
    /// At the first character that is no space.
    pub(super) fn new(text: &'a str, clause: &'static str) -> Self {
        let at = skip_space(text.as_bytes(), 0);
        Self { text, at, clause }
    }

    /// At that position.
    pub(super) const fn at_offset(text: &'a str, at: usize, clause: &'static str) -> Self {
        Self { text, at, clause }
    }

    /// That this was expected here.
    pub(super) fn expected(&self, expected: &'static str) -> ParseError {
        ParseError::in_value(self.at, expected, self.clause)
    }

    /// That this was expected there.
    pub(super) fn expected_at(&self, at: usize, expected: &'static str) -> ParseError {
        ParseError::in_value(at, expected, self.clause)
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Where that octet stands first in the whole value, or its end.
    pub(super) fn position_of(&self, octet: u8) -> usize {
        let found = self.text.bytes().position(|at| at == octet);
        found.unwrap_or(self.text.len())
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn space(&mut self) {
        self.at = skip_space(self.text.as_bytes(), self.at);
    }

    /// Reads that octet and nothing else, if it stands here.
    pub(super) fn take_exactly(&mut self, octet: u8) -> bool {
        let stands = self.peek() == Some(octet);
        self.at += usize::from(stands);
        stands
    }

    /// Reads that separator, if it stands here, and the space on both sides.
    pub(super) fn take(&mut self, separator: u8) -> bool {
        let start = self.at;
        self.space();
        if !self.take_exactly(separator) {
            self.at = start;
            return false;
        }
        self.space();
        true
    }

    /// Reads that separator and the space on both sides.
    pub(super) fn need(&mut self, separator: u8, name: &'static str) -> Result<(), ParseError> {
        if self.take(separator) {
            return Ok(());
        }
        self.space();
        Err(self.expected(name))
    }

    /// Reads at least one space.
    pub(super) fn need_space(&mut self, expected: &'static str) -> Result<(), ParseError> {
        let start = self.at;
        self.space();
        if self.at == start {
            return Err(self.expected(expected));
        }
        Ok(())
    }

    /// Reads what is of that class.
    pub(super) fn checked<const CLASS: u16>(
        &mut self,
        expected: &'static str,
    ) -> Result<Checked<'a, CLASS>, ParseError> {
        let end = skip(self.text.as_bytes(), self.at, CLASS);
        if end == self.at {
            return Err(self.expected(expected));
        }
        let text = &self.text[self.at..end];
        self.at = end;
        Ok(Checked::scanned(text))
    }

    pub(super) fn token(&mut self, expected: &'static str) -> Result<Token<'a>, ParseError> {
        self.checked(expected)
    }

    /// Reads up to that octet, or to the end.
    pub(super) fn until(&mut self, octet: u8) -> &'a str {
        let rest = self.rest();
        let end = rest.bytes().position(|at| at == octet);
        let text = &rest[..end.unwrap_or(rest.len())];
        self.at += text.len();
        text
    }

    /// Reads digits as they stand.
    pub(super) fn digits(&mut self, expected: &'static str) -> Result<&'a str, ParseError> {
        let end = digits_end(self.text.as_bytes(), self.at);
        if end == self.at {
            return Err(self.expected(expected));
        }
        let digits = &self.text[self.at..end];
        self.at = end;
        Ok(digits)
    }

    /// Reads a number.
    pub(super) fn number<T: TryFrom<u32>>(&mut self, maximum: u32) -> Result<T, ParseError> {
        let start = self.at;
        let digits = self.digits("a number")?;
        number_in(digits, maximum).ok_or_else(|| out_of_range(start, maximum, self.clause))
    }

    /// Reads a quoted string.
    pub(super) fn quoted(&mut self) -> Result<Text<'a>, ParseError> {
        if self.peek() != Some(b'"') {
            return Err(self.expected("a quoted string"));
        }
        let end = skip_quoted(self.text.as_bytes(), self.at)?;
        let inner = &self.text[self.at + 1..end - 1];
        self.at = end;
        Ok(Text::new(resolve_pairs(inner)))
    }

    /// Reads a comment in parentheses, which may hold others (RFC 3261 25.1 `comment`).
    pub(super) fn comment(&mut self) -> Result<Text<'a>, ParseError> {
        let octets = self.text.as_bytes();
        let (start, mut depth, mut at) = (self.at, 0_usize, self.at);
        loop {
            match octets.get(at) {
                Some(b'\\') => at += 1,
                Some(b'(') => depth += 1,
                Some(b')') => depth -= 1,
                Some(_) => {}
                None => return Err(self.expected_at(octets.len(), "closing parenthesis")),
            }
            at += 1;
            if depth == 0 {
                break;
            }
        }
        let inner = self.text.get(start + 1..at - 1).unwrap_or_default();
        self.at = at;
        Ok(Text::new(resolve_pairs(inner)))
    }

    /// Reads a URI in angle brackets.
    pub(super) fn bracketed_uri(&mut self) -> Result<UriText<'a>, ParseError> {
        self.space();
        if !self.take_exactly(b'<') {
            return Err(self.expected("`<`"));
        }
        let start = self.at;
        let uri = self.until(b'>');
        if !self.take_exactly(b'>') {
            return Err(self.expected("`>`"));
        }
        UriText::new(uri).map_err(|error| error.shifted(start))
    }

    /// Reads that name of a parameter, if no other stands here.
    pub(super) fn takes_name(&mut self, name: &str) -> bool {
        let end = skip(self.text.as_bytes(), self.at, TOKEN);
        let stands = self.text[self.at..end].eq_ignore_ascii_case(name);
        if stands {
            self.at = end;
        }
        stands
    }

    /// Reads `;name[=value]`; `None` at the end of the value.
    pub(super) fn param(&mut self) -> Result<Option<ReadParam<'a>>, ParseError> {
        self.space();
        if self.at == self.text.len() {
            return Ok(None);
        }
        if !self.take(b';') {
            return Err(self.expected("`;` or the end"));
        }
        self.param_here().map(Some)
    }

    /// Reads `name[=value]`.
    pub(super) fn param_here(&mut self) -> Result<ReadParam<'a>, ParseError> {
        let mut at = self.at;
        self.token("a parameter name")?;
        let name = &self.text[at..self.at];
        let mut value = None;
        if self.take(b'=') {
            at = self.at;
            value = Some(if self.peek() == Some(b'"') {
                GenValue::Quoted(self.quoted()?)
            } else {
                GenValue::Bare(self.checked::<VALUE>("a parameter value")?)
            });
        }
        let clause = self.clause;
        Ok(ReadParam {
            name,
            value,
            at,
            clause,
        })
    }

    /// Reads all parameters that are left.
    pub(super) fn generic_params(&mut self) -> Result<GenericParams<'a>, ParseError> {
        let mut params = GenericParams::default();
        while let Some(param) = self.param()? {
            param.keep(&mut params);
        }
        Ok(params)
    }

    /// That nothing is left.
    pub(super) fn end(&mut self) -> Result<(), ParseError> {
        self.space();
        if self.at < self.text.len() {
            return Err(self.expected("the end of the value"));
        }
        Ok(())
    }
}

impl<'a> ReadParam<'a> {
    /// The name in lower case.
    pub(super) fn key(&self) -> Cow<'a, str> {
        if self.name.bytes().any(|octet| octet.is_ascii_uppercase()) {
            return Cow::Owned(self.name.to_ascii_lowercase());
        }
        Cow::Borrowed(self.name)
    }

    /// That this was expected as its value.
    pub(super) fn expected(&self, expected: &'static str) -> ParseError {
        ParseError::in_value(self.at, expected, self.clause)
    }

    /// Puts what was read of it in its place; it may not stand twice (RFC 3261 7.3.1).
    pub(super) fn set<T>(
        &self,
        place: &mut Option<T>,
        value: Result<T, ParseError>,
    ) -> Result<(), ParseError> {
        if place.is_some() {
            let expected = "no second parameter of that name";
            return Err(ParseError::in_value(self.at, expected, "RFC 3261 7.3.1"));
        }
        *place = Some(value?);
        Ok(())
    }

    /// Puts it with those that have no place of their own.
    pub(super) fn keep(self, params: &mut GenericParams<'a>) {
        params.0.push(GenericParam {
            name: Token::scanned(self.name),
            value: self.value,
        });
    }

    /// The value in quotes or not.
    pub(super) fn text(&self) -> Result<Text<'a>, ParseError> {
        match &self.value {
            Some(GenValue::Quoted(text)) => Ok(text.clone()),
            Some(GenValue::Bare(text)) => Ok(Text::new(text.as_str().to_owned())),
            None => Err(self.expected("`=` and a value")),
        }
    }

    /// The value of that class, in quotes or not.
    pub(super) fn checked<const CLASS: u16>(
        &self,
        expected: &'static str,
    ) -> Result<Checked<'a, CLASS>, ParseError> {
        let fault = |_| self.expected(expected);
        match self.value.clone() {
            Some(GenValue::Quoted(text)) => Checked::new(text.into_inner()).map_err(fault),
            Some(GenValue::Bare(text)) => Checked::new(text.into_inner()).map_err(fault),
            None => Err(self.expected(expected)),
        }
    }

    /// The value if it is a token.
    pub(super) fn token(&self) -> Result<Token<'a>, ParseError> {
        self.checked("a token")
    }

    /// The value if it is a number.
    pub(super) fn number<T: TryFrom<u32>>(&self, maximum: u32) -> Result<T, ParseError> {
        let text = self.value.as_ref().map_or("", GenValue::as_str);
        if text.is_empty() || text.bytes().any(|octet| !octet.is_ascii_digit()) {
            return Err(self.expected("a number"));
        }
        number_in(text, maximum).ok_or_else(|| out_of_range(self.at, maximum, self.clause))
    }

    /// What a parser of the value's text makes of it.
    pub(super) fn parsed<T>(
        &self,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ParseError> {
        let text = self.value.as_ref().map_or("", GenValue::as_str);
        parse(text).ok_or_else(|| self.expected(expected))
    }

    /// The value.
    pub(super) fn value(&self) -> Option<GenValue<'a>> {
        self.value.clone()
    }

    /// Whether it has no value.
    pub(super) const fn is_flag(&self) -> bool {
        self.value.is_none()
    }

    /// That it is there, without a value.
    pub(super) fn flag(&self) -> Result<(), ParseError> {
        match self.value {
            None => Ok(()),
            Some(_) => Err(self.expected("no value")),
        }
    }
}

fn number_in<T: TryFrom<u32>>(digits: &str, maximum: u32) -> Option<T> {
    T::try_from(decimal(digits.as_bytes(), maximum)?).ok()
}

fn out_of_range(at: usize, maximum: u32, clause: &'static str) -> ParseError {
    let mut error = ParseError::in_value(at, "", clause);
    error.problem = Problem::OutOfRange { maximum };
    error
}
