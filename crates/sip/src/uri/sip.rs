//! `sip:` and `sips:` (RFC 3261 19.1).

use super::escape::unescape;
use super::host::{Host, parse_host, parse_port};
use super::tel::TelUri;
use crate::error::ParseError;
use crate::params::Params;
use crate::scan::{HEADERS, PARAM, PASSWORD, USER, skip_escaped};
use core::fmt;
use std::borrow::Cow;

/// A SIP or SIPS URI (RFC 3261 19.1.1).
///
/// `==` compares the text; see [`Uri::is_equivalent`](super::Uri::is_equivalent).
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

impl<'a> SipUri<'a> {
    /// The user without escapes. Escaped octets that make no UTF-8 stay escaped.
    pub fn user_decoded(&self) -> Option<Cow<'a, str>> {
        self.user.map(unescape)
    }

    /// Whether the user is said to be a telephone number: `user=phone` (RFC 3261 19.1.1).
    pub fn is_phone(&self) -> bool {
        self.params
            .get("user")
            .is_some_and(|user| user.eq_ignore_ascii_case("phone"))
    }

    /// The user as a telephone number with its parameters, if `user=phone` says that it is one
    /// (RFC 3261 19.1.6). Without that it is opaque; who knows better reads it with
    /// [`TelUri::from_subscriber`].
    pub fn subscriber(&self) -> Option<TelUri<'a>> {
        let user = self.user.filter(|_| self.is_phone())?;
        TelUri::from_subscriber(user).ok()
    }

    /// `lr`: the element at this URI routes loosely (RFC 3261 19.1.1, 16.12).
    pub fn is_loose_router(&self) -> bool {
        self.params.get("lr").is_some()
    }

    /// `transport` as it stands.
    pub fn transport(&self) -> Option<&'a str> {
        self.params.get("transport")
    }

    /// `maddr`: where to send instead of the host.
    pub fn maddr(&self) -> Option<Host<'a>> {
        let value = self.params.get("maddr")?;
        match parse_host(value, 0) {
            Ok((host, end)) if end == value.len() => Some(host),
            _ => None,
        }
    }

    /// `ttl`: of a multicast message.
    pub fn ttl(&self) -> Option<u8> {
        self.params.get("ttl")?.parse().ok()
    }

    /// `method`: of the request that is to be formed from this URI, without escapes.
    pub fn method(&self) -> Option<Cow<'a, str>> {
        self.params.get("method").map(unescape)
    }

    /// The header fields that a request formed from this URI is to have, names and values without
    /// escapes; `body` is the body (RFC 3261 19.1.1).
    pub fn header_fields(&self) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> {
        header_pairs(self.headers).map(|(name, value)| (unescape(name), unescape(value)))
    }
}

impl fmt::Display for SipUri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secure { "sips:" } else { "sip:" })?;
        if let Some(user) = self.user {
            f.write_str(user)?;
            if let Some(password) = self.password {
                write!(f, ":{password}")?;
            }
            f.write_str("@")?;
        }
        write!(f, "{}", self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(self.params.as_str())?;
        if self.headers.is_empty() {
            return Ok(());
        }
        write!(f, "?{}", self.headers)
    }
}

/// Names and values of `headers`, as they stand.
pub(super) fn header_pairs(headers: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = headers.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// What follows `sip:` or `sips:`.
pub(super) fn parse(secure: bool, text: &str) -> Result<SipUri<'_>, ParseError> {
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
    let (host, mut end) = parse_host(text, at)?;
    let mut port = None;
    if octets.get(end) == Some(&b':') {
        let (number, behind) = parse_port(octets, end + 1)?;
        (port, end) = (Some(number), behind);
    }
    at = skip_params(octets, end)?;
    let params = Params(&text[end..at]);
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

/// The position after `*( ";" uri-parameter )` from `at` on.
fn skip_params(text: &[u8], mut at: usize) -> Result<usize, ParseError> {
    const CLAUSE: &str = "RFC 3261 25.1 uri-parameter";
    while text.get(at) == Some(&b';') {
        let name = at + 1;
        at = skip_escaped(text, name, PARAM);
        if at == name {
            return Err(ParseError::in_value(at, "a parameter name", CLAUSE));
        }
        if text.get(at) == Some(&b'=') {
            let value = at + 1;
            at = skip_escaped(text, value, PARAM);
            if at == value {
                return Err(ParseError::in_value(at, "a parameter value", CLAUSE));
            }
        }
    }
    Ok(at)
}

const USERINFO: &str = "RFC 3261 25.1 userinfo";
