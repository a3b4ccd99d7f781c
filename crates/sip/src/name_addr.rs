//! The values of From, To, Contact, Route and their like: `name-addr` and `addr-spec` with
//! parameters (RFC 3261 20.10).

use crate::error::ParseError;
use crate::params::{Params, resolve_pairs};
use crate::scan::{self, TOKEN, check_params, skip_quoted, skip_space, trim};
use crate::uri::{self, Uri};
use core::fmt;
use std::borrow::Cow;

/// An address with parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameAddr<'a> {
    /// The display name as it stands, without its quotes; see [`NameAddr::display_name`].
    pub display: Option<&'a str>,
    /// The URI as it stands, without its brackets.
    pub uri: &'a str,
    /// The parameters of the header field (not of the URI).
    pub params: Params<'a>,
}

impl<'a> NameAddr<'a> {
    /// Parses one value.
    ///
    /// # Errors
    /// The place and the expectation of RFC 3261 25.1 that is not met.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let value = Self::split(text)?;
        let at = value.uri.as_ptr().addr() - text.as_ptr().addr();
        uri::parse(value.uri).map_err(|error| error.shifted(at))?;
        let end = text.len() - value.params.as_str().len();
        let is_bare = !text[..end].ends_with('>');
        if is_bare && let Some(comma) = value.uri.find([',', '?']) {
            let expected = "`<` and `>` around this URI";
            return Err(ParseError::in_value(at + comma, expected, CLAUSE));
        }
        check_params(text.as_bytes(), end)?;
        Ok(value)
    }

    /// The parts of a value, URI and parameters as they stand: of one that was checked already.
    ///
    /// # Errors
    /// If the parts cannot be told apart.
    pub(crate) fn split(text: &'a str) -> Result<Self, ParseError> {
        let octets = text.as_bytes();
        let fail = |at, expected| Err(ParseError::in_value(at, expected, CLAUSE));
        let mut at = skip_space(octets, 0);
        let start = at;
        let mut display = None;
        if octets.get(at) == Some(&b'"') {
            at = skip_quoted(octets, at)?;
            display = Some(&text[start + 1..at - 1]);
            at = skip_space(octets, at);
        } else {
            // Tokens and the space between them; other than ASCII letters too, which many send
            // without the quotes that the grammar wants.
            while at < octets.len()
                && (scan::is(octets[at], TOKEN)
                    || octets[at] >= 0x80
                    || b" \t".contains(&octets[at]))
            {
                at += 1;
            }
            if octets.get(at) == Some(&b':') {
                return Ok(Self::addr_spec(text, start));
            }
            let name = trim(&text[start..at]);
            if !name.is_empty() {
                display = Some(name);
            }
        }
        if octets.get(at) != Some(&b'<') {
            return fail(at, "`<`");
        }
        let open = at + 1;
        let Some(length) = octets[open..].iter().position(|&octet| octet == b'>') else {
            return fail(octets.len(), "`>`");
        };
        let close = open + length;
        Ok(Self {
            display,
            uri: &text[open..close],
            params: Params(&text[close + 1..]),
        })
    }

    /// A URI without brackets: what follows a semicolon belongs to the header field, and the URI
    /// has neither comma nor question mark (RFC 3261 20).
    fn addr_spec(text: &'a str, start: usize) -> Self {
        let end = text[start..]
            .find(';')
            .map_or(text.len(), |length| start + length);
        Self {
            display: None,
            uri: trim(&text[start..end]),
            params: Params(&text[end..]),
        }
    }

    /// The tag (RFC 3261 19.3).
    pub fn tag(&self) -> Option<&'a str> {
        self.params.get("tag")
    }

    /// The display name with its escapes resolved.
    pub fn display_name(&self) -> Option<Cow<'a, str>> {
        self.display.map(resolve_pairs)
    }

    /// The URI in parts.
    ///
    /// # Errors
    /// As [`uri::parse`].
    pub fn parsed_uri(&self) -> Result<Uri<'a>, ParseError> {
        uri::parse(self.uri)
    }
}

/// Writes the value, the URI in brackets.
impl fmt::Display for NameAddr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = self.display {
            // Also where it stood as tokens: it has no quote that is not escaped.
            write!(f, "\"{display}\" ")?;
        }
        write!(f, "<{}>{}", self.uri, self.params.as_str())
    }
}

/// Writes text as a quoted string (RFC 3261 25.1): quotes and backslashes escaped, controls
/// replaced by spaces.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                c if c.is_ascii_control() => f.write_str(" ")?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("\"")
    }
}

const CLAUSE: &str = "RFC 3261 25.1 name-addr";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> NameAddr<'_> {
        NameAddr::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn quoted_display_names() {
        let value =
            parse("\"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>   ;  tag = 98asjd8");
        assert_eq!(value.display_name().as_deref(), Some("J Rosenberg \\\""));
        assert_eq!(value.uri, "sip:jdrosen@example.com");
        assert_eq!(value.tag(), Some("98asjd8"));
        assert_eq!(parse("\"\"<sip:a@b>").display, Some(""));
        assert_eq!(parse("\"a<b>;c\" <sip:a@b>;tag=x").tag(), Some("x"));
    }

    #[test]
    fn token_display_names() {
        let value =
            parse("token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;tag=_token~1'+`*%!-.");
        assert_eq!(value.display, Some("token1~` token2'+_ token3*%!.-"));
        assert_eq!(parse("Jürgen <sip:a@b>").display, Some("Jürgen"));
        assert_eq!(parse("<sip:a@b>").display, None);
    }

    #[test]
    fn parameters_of_a_bare_uri_are_the_fields() {
        let value = parse("sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n");
        assert_eq!(value.uri, "sip:vivekg@chair-dnrc.example.com");
        assert_eq!(value.tag(), Some("1918181833n"));
        let value = parse("<sip:a@b;user=phone>");
        assert_eq!(value.uri, "sip:a@b;user=phone");
        assert_eq!(value.params.get("user"), None);
        assert_eq!(parse("tel:+49301234").uri, "tel:+49301234");
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("\"Mr. J. User <sip:j.user@example.com>", 38),
            ("Bell, Alexander <sip:a.g.bell@example.com>;tag=43", 5),
            ("\"Watson\" < sip:t.watson@example.org >", 11),
            ("<sip:a@b", 9),
            ("<sip:a@b>;;x", 11),
            ("<sip:a@b> x", 11),
            ("alan@jasomi.com", 5),
            ("sip:user@example.com?Route=%3Csip:sip.example.com%3E", 21),
            ("sip:a,b@example.com", 6),
            ("\"a\" sip:a@b", 5),
        ] {
            match NameAddr::parse(text) {
                Err(error) => assert_eq!(error.column, column, "{text}: {error}"),
                Ok(value) => panic!("{text}: {value:?}"),
            }
        }
    }

    #[test]
    fn quoting_leaves_nothing_that_ends_the_string() {
        assert_eq!(Quoted("a\"b\\c\r\nd").to_string(), "\"a\\\"b\\\\c  d\"");
        let text = format!("{} <sip:a@b>", Quoted("x\" <sip:evil@b>"));
        assert_eq!(
            parse(&text).display_name().as_deref(),
            Some("x\" <sip:evil@b>")
        );
        assert_eq!(parse(&text).uri, "sip:a@b");
    }
}
