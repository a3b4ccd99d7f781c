//! URIs: `sip:` and `sips:` (RFC 3261 19.1), `tel:` (RFC 3966), and all others by scheme.

use crate::error::ParseError;
use crate::params::Params;
use crate::scan::{self, HEADERS, PARAM, PASSWORD, PHONE, URIC, USER, decimal, skip_escaped};
use core::fmt;
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A URI, its parts borrowed from the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uri<'a> {
    /// `sip:` or `sips:`.
    Sip(SipUri<'a>),
    /// `tel:`.
    Tel(TelUri<'a>),
    /// Any other scheme.
    Other {
        /// The scheme as it stands.
        scheme: &'a str,
        /// What follows the colon.
        rest: &'a str,
    },
}

/// A SIP or SIPS URI (RFC 3261 19.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SipUri<'a> {
    /// Whether the scheme is `sips`.
    pub secure: bool,
    /// The user as it stands, escapes included; see [`SipUri::user_decoded`].
    pub user: Option<&'a str>,
    /// The password as it stands.
    pub password: Option<&'a str>,
    /// The host.
    pub host: Host<'a>,
    /// The port, if one stands there.
    pub port: Option<u16>,
    /// The URI parameters.
    pub params: Params<'a>,
    /// The header fields as they stand after the question mark; empty if there are none.
    pub headers: &'a str,
}

/// A telephone number (RFC 3966).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelUri<'a> {
    /// The number as it stands, with its `+` and visual separators.
    pub number: &'a str,
    /// The parameters.
    pub params: Params<'a>,
}

/// A host (RFC 3261 25.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host<'a> {
    /// A domain name.
    Name(&'a str),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 reference.
    V6(Ipv6Addr),
}

/// Parses a URI.
///
/// # Errors
/// The place and the expectation of RFC 3261 25.1 or RFC 3966 3 that is not met.
pub fn parse(text: &str) -> Result<Uri<'_>, ParseError> {
    let octets = text.as_bytes();
    let colon = scheme_end(octets)?;
    let (scheme, rest) = (&text[..colon], &text[colon + 1..]);
    let shift = |error: ParseError| error.shifted(colon + 1);
    if scheme.eq_ignore_ascii_case("sip") {
        parse_sip(false, rest).map(Uri::Sip).map_err(shift)
    } else if scheme.eq_ignore_ascii_case("sips") {
        parse_sip(true, rest).map(Uri::Sip).map_err(shift)
    } else if scheme.eq_ignore_ascii_case("tel") {
        parse_tel(rest).map(Uri::Tel).map_err(shift)
    } else {
        let end = skip_escaped(rest.as_bytes(), 0, URIC);
        if end < rest.len() || rest.is_empty() {
            return Err(shift(ParseError::in_value(
                end,
                "a URI character",
                ABSOLUTE_URI,
            )));
        }
        Ok(Uri::Other { scheme, rest })
    }
}

impl<'a> Uri<'a> {
    /// Parses a URI; see [`parse`].
    ///
    /// # Errors
    /// As [`parse`].
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        parse(text)
    }

    /// The SIP or SIPS URI, if it is one.
    pub const fn sip(&self) -> Option<&SipUri<'a>> {
        match self {
            Self::Sip(uri) => Some(uri),
            _ => None,
        }
    }
}

impl<'a> SipUri<'a> {
    /// The user without escapes. Escaped octets that make no UTF-8 stay escaped.
    pub fn user_decoded(&self) -> Option<Cow<'a, str>> {
        self.user.map(unescape)
    }
}

impl TelUri<'_> {
    /// The number without visual separators: digits, a leading `+`, `*`, `#`, `A` to `F`.
    pub fn digits(&self) -> String {
        self.number
            .chars()
            .filter(|c| !matches!(c, '-' | '.' | '(' | ')'))
            .collect()
    }

    /// Whether the number is global: starts with `+` (RFC 3966 5.1.4).
    pub fn is_global(&self) -> bool {
        self.number.starts_with('+')
    }
}

impl Host<'_> {
    /// The address, if the host is one.
    pub const fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(address) => Some(IpAddr::V4(*address)),
            Self::V6(address) => Some(IpAddr::V6(*address)),
        }
    }
}

impl From<IpAddr> for Host<'_> {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(address),
        }
    }
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => write!(f, "{address}"),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

/// Replaces `%HH`. Escaped octets that make no UTF-8 stay escaped.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let octets = text.as_bytes();
    let mut resolved = Vec::with_capacity(octets.len());
    let mut at = 0;
    while at < octets.len() {
        match escaped_octet(octets, at) {
            Some(octet) => {
                resolved.push(octet);
                at += 3;
            }
            None => {
                resolved.push(octets[at]);
                at += 1;
            }
        }
    }
    let mut text = String::with_capacity(resolved.len());
    for chunk in resolved.utf8_chunks() {
        text.push_str(chunk.valid());
        for octet in chunk.invalid() {
            text.push_str(&format!("%{octet:02X}"));
        }
    }
    Cow::Owned(text)
}

/// Writes a user part with everything escaped that may not stand there (RFC 3261 25.1, `user`).
#[derive(Clone, Copy, Debug)]
pub struct EscapedUser<'a>(pub &'a str);

impl fmt::Display for EscapedUser<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &octet in self.0.as_bytes() {
            // `#` is taken in but never sent.
            if scan::is(octet, USER) && octet != b'#' {
                write!(f, "{}", char::from(octet))?;
            } else {
                write!(f, "%{octet:02X}")?;
            }
        }
        Ok(())
    }
}

/// The position of the colon after the scheme.
fn scheme_end(text: &[u8]) -> Result<usize, ParseError> {
    let mut at = 0;
    while let Some(octet) = text.get(at) {
        match octet {
            b':' if at > 0 => return Ok(at),
            b'+' | b'-' | b'.' | b'0'..=b'9' if at > 0 => {}
            _ if octet.is_ascii_alphabetic() => {}
            _ => break,
        }
        at += 1;
    }
    Err(ParseError::in_value(at, "a scheme and `:`", ABSOLUTE_URI))
}

/// What follows `sip:` or `sips:`.
fn parse_sip(secure: bool, text: &str) -> Result<SipUri<'_>, ParseError> {
    let octets = text.as_bytes();
    let fail = |at, expected, clause| Err(ParseError::in_value(at, expected, clause));
    let mut at = 0;
    let (mut user, mut password) = (None, None);
    // An at sign stands nowhere in a SIP URI but behind the user.
    if let Some(sign) = octets.iter().position(|&octet| octet == b'@') {
        at = skip_escaped(octets, 0, USER);
        if at == 0 {
            return fail(0, "a user", USERINFO);
        }
        user = Some(&text[..at]);
        if octets[at] == b':' {
            let start = at + 1;
            at = skip_escaped(octets, start, PASSWORD);
            password = Some(&text[start..at]);
        }
        if at != sign {
            return fail(at, "a user character or `@`", USERINFO);
        }
        at = sign + 1;
    }
    let (host, end) = parse_host(text, at)?;
    at = end;
    let mut port = None;
    if octets.get(at) == Some(&b':') {
        let start = at + 1;
        at = digits_end(octets, start);
        port = Some(parse_port(octets, start, at)?);
    }
    let start = at;
    while octets.get(at) == Some(&b';') {
        let name = at + 1;
        at = skip_escaped(octets, name, PARAM);
        if at == name {
            return fail(at, "a parameter name", URI_PARAMETER);
        }
        if octets.get(at) == Some(&b'=') {
            let value = at + 1;
            at = skip_escaped(octets, value, PARAM);
            if at == value {
                return fail(at, "a parameter value", URI_PARAMETER);
            }
        }
    }
    let params = Params(&text[start..at]);
    let mut headers = "";
    if octets.get(at) == Some(&b'?') {
        let start = at + 1;
        at = skip_escaped(octets, start, HEADERS);
        headers = &text[start..at];
        if headers
            .split('&')
            .any(|pair| pair.starts_with('=') || !pair.contains('='))
        {
            return fail(start, "`name=value` pairs", "RFC 3261 25.1 headers");
        }
    }
    if at < octets.len() {
        return fail(
            at,
            "a URI character or the end of the URI",
            "RFC 3261 25.1 SIP-URI",
        );
    }
    Ok(SipUri {
        secure,
        user,
        password,
        host,
        port,
        params,
        headers,
    })
}

/// What follows `tel:`.
fn parse_tel(text: &str) -> Result<TelUri<'_>, ParseError> {
    const CLAUSE: &str = "RFC 3966 3";
    let octets = text.as_bytes();
    let start = usize::from(octets.first() == Some(&b'+'));
    let mut at = scan::skip(octets, start, PHONE);
    let number = &text[..at];
    let is_digit = |octet: &u8| {
        octet.is_ascii_digit()
            || (start == 0 && (octet.is_ascii_hexdigit() || b"*#".contains(octet)))
    };
    if !octets[start..at].iter().any(is_digit) {
        return Err(ParseError::in_value(at, "a telephone number", CLAUSE));
    }
    if start == 1
        && let Some(letter) = number.find(|c: char| c.is_ascii_alphabetic() || c == '*' || c == '#')
    {
        return Err(ParseError::in_value(
            letter,
            "a digit of a global number",
            CLAUSE,
        ));
    }
    let params = at;
    while octets.get(at) == Some(&b';') {
        let name = at + 1;
        at = skip_escaped(octets, name, PARAM);
        if at == name {
            return Err(ParseError::in_value(at, "a parameter name", CLAUSE));
        }
        if octets.get(at) == Some(&b'=') {
            let value = at + 1;
            at = skip_escaped(octets, value, PARAM);
            if at == value {
                return Err(ParseError::in_value(at, "a parameter value", CLAUSE));
            }
        }
    }
    if at < octets.len() {
        return Err(ParseError::in_value(
            at,
            "`;` or the end of the URI",
            CLAUSE,
        ));
    }
    Ok(TelUri {
        number,
        params: Params(&text[params..at]),
    })
}

/// A host from `at` on, and the position after it.
pub(crate) fn parse_host(text: &str, at: usize) -> Result<(Host<'_>, usize), ParseError> {
    let octets = text.as_bytes();
    if octets.get(at) == Some(&b'[') {
        let close = octets[at..]
            .iter()
            .position(|&octet| octet == b']')
            .map(|end| at + end);
        return close
            .and_then(|close| Some((Host::V6(text[at + 1..close].parse().ok()?), close + 1)))
            .ok_or_else(|| ParseError::in_value(at, "an IPv6 address in brackets", HOST));
    }
    let mut end = at;
    let mut has_letter = false;
    while end < octets.len() {
        match octets[end] {
            b'0'..=b'9' | b'.' => {}
            // Underscores stand in no hostname of the grammar, but in names that hosts have.
            octet if octet.is_ascii_alphabetic() || matches!(octet, b'-' | b'_') => {
                has_letter = true;
            }
            _ => break,
        }
        end += 1;
    }
    let host = &text[at..end];
    if has_letter {
        // A hostname may end in a dot; no other label is empty.
        let labels = host.strip_suffix('.').unwrap_or(host);
        if labels.starts_with('.') || labels.ends_with('.') || labels.contains("..") {
            return Err(ParseError::in_value(at, "a hostname", HOST));
        }
        return Ok((Host::Name(host), end));
    }
    match parse_ipv4(host.as_bytes()) {
        Some(address) => Ok((Host::V4(address), end)),
        None => Err(ParseError::in_value(at, "a host", HOST)),
    }
}

/// The position after the digits from `at` on.
pub(crate) fn digits_end(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

/// The port whose digits stand in `start..end`.
pub(crate) fn parse_port(text: &[u8], start: usize, end: usize) -> Result<u16, ParseError> {
    decimal(&text[start..end], 65_535)
        .and_then(|port| u16::try_from(port).ok())
        .ok_or_else(|| ParseError::in_value(start, "a port up to 65535", "RFC 3261 25.1 port"))
}

/// Dotted decimal. Unlike the standard library's, it takes leading zeros, as the grammar does.
fn parse_ipv4(text: &[u8]) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut parts = text.split(|&octet| octet == b'.');
    for octet in &mut octets {
        let part = parts.next().filter(|part| part.len() <= 3)?;
        *octet = u8::try_from(decimal(part, 255)?).ok()?;
    }
    parts.next().is_none().then(|| octets.into())
}

fn escaped_octet(text: &[u8], at: usize) -> Option<u8> {
    let [b'%', high, low] = *text.get(at..at + 3)? else {
        return None;
    };
    let digit = |octet: u8| char::from(octet).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

const ABSOLUTE_URI: &str = "RFC 3261 25.1 absoluteURI";
const USERINFO: &str = "RFC 3261 25.1 userinfo";
const HOST: &str = "RFC 3261 25.1 host";
const URI_PARAMETER: &str = "RFC 3261 25.1 uri-parameter";

#[cfg(test)]
mod tests {
    use super::*;

    fn sip(text: &str) -> SipUri<'_> {
        match parse(text) {
            Ok(Uri::Sip(uri)) => uri,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn all_parts_of_a_sip_uri() {
        let uri = sip("sips:alice:secret@Example.com:5071;transport=tcp;lr?subject=a&x=");
        assert!(uri.secure);
        assert_eq!((uri.user, uri.password), (Some("alice"), Some("secret")));
        assert_eq!(
            (uri.host, uri.port),
            (Host::Name("Example.com"), Some(5071))
        );
        assert_eq!(uri.params.get("Transport"), Some("tcp"));
        assert_eq!(uri.params.get("lr"), Some(""));
        assert_eq!(uri.headers, "subject=a&x=");
    }

    #[test]
    fn hosts_of_all_kinds() {
        assert_eq!(
            sip("sip:192.0.2.1").host,
            Host::V4(Ipv4Addr::new(192, 0, 2, 1))
        );
        assert_eq!(
            sip("sip:192.000.002.001").host,
            Host::V4(Ipv4Addr::new(192, 0, 2, 1))
        );
        assert_eq!(sip("sip:4f3a2b").host, Host::Name("4f3a2b"));
        assert_eq!(sip("SIP:host.").host, Host::Name("host."));
        let uri = sip("sip:+49@[2001:db8::10]:5070;lr");
        assert_eq!(uri.host, Host::V6("2001:db8::10".parse().unwrap()));
        assert_eq!(uri.port, Some(5070));
        assert_eq!(uri.host.to_string(), "[2001:db8::10]");
    }

    #[test]
    fn users_with_every_allowed_character() {
        let uri = sip(
            "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.\
             (doesn't-it)@example.com",
        );
        assert_eq!(
            uri.user,
            Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
        );
        assert_eq!(
            uri.password,
            Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
        );
        let uri = sip("sip:user;par=u%40example.net@example.com");
        assert_eq!(
            uri.user_decoded().as_deref(),
            Some("user;par=u@example.net")
        );
        let uri = sip("sip:sips%3Auser%40example.com@example.net");
        assert_eq!(uri.user_decoded().as_deref(), Some("sips:user@example.com"));
        let uri = sip("sip:+1-650;phone-context=+1@gw.example;user=phone");
        assert_eq!(uri.user, Some("+1-650;phone-context=+1"));
    }

    #[test]
    fn escapes_that_are_no_utf8_stay() {
        assert_eq!(unescape("a%00%C3%A4%ff%zz%4"), "a\0ä%FF%zz%4");
        assert_eq!(
            EscapedUser("a b@\r\nä#").to_string(),
            "a%20b%40%0D%0A%C3%A4%23"
        );
    }

    #[test]
    fn telephone_numbers() {
        let Ok(Uri::Tel(uri)) = parse("tel:+49-30(1)23.45;cpc=ordinary") else {
            panic!()
        };
        assert_eq!(
            (uri.digits().as_str(), uri.is_global()),
            ("+493012345", true)
        );
        let Ok(Uri::Tel(uri)) = parse("TEL:*21#;phone-context=+49") else {
            panic!()
        };
        assert_eq!(
            (uri.number, uri.params.get("phone-context")),
            ("*21#", Some("+49"))
        );
    }

    #[test]
    fn unknown_schemes_are_kept() {
        assert_eq!(
            parse("soap.beep://192.0.2.103:3002"),
            Ok(Uri::Other {
                scheme: "soap.beep",
                rest: "//192.0.2.103:3002"
            })
        );
        assert!(parse("urn:service:sos").is_ok());
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("alan@jasomi.com", 5),
            (":x", 1),
            ("sip:", 5),
            ("sip:@host", 5),
            ("sip:a b@host", 6),
            ("sip:a@b@c", 8),
            ("sip:user@example.com; lr", 22),
            ("sip:[::1", 5),
            ("sip:[1.2.3.4]", 5),
            ("sip:1.2.3.4.5", 5),
            ("sip:256.1.1.1", 5),
            ("sip:a..b", 5),
            ("sip:host:", 10),
            ("sip:host:65536", 10),
            ("sip:host;=x", 10),
            ("sip:host;a=", 12),
            ("sip:host?a", 10),
            ("sip:%4@host", 5),
            ("tel:", 5),
            ("tel:+-", 7),
            ("tel:+12a", 8),
            ("tel:12 3", 7),
            ("x:<y>", 3),
        ] {
            match parse(text) {
                Err(error) => assert_eq!(error.column, column, "{text}: {error}"),
                Ok(uri) => panic!("{text}: {uri:?}"),
            }
        }
    }
}
