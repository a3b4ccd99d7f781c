//! URIs: `sip:` and `sips:` (RFC 3261 19.1), `tel:` (RFC 3966), and all others by scheme.

use crate::error::ParseError;
use crate::params::Params;
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
    let _ = text;
    todo!()
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
        todo!()
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
    let _ = text;
    todo!()
}

/// Writes a user part with everything escaped that may not stand there (RFC 3261 25.1, `user`).
#[derive(Clone, Copy, Debug)]
pub struct EscapedUser<'a>(pub &'a str);

impl fmt::Display for EscapedUser<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
