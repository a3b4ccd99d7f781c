//! Hosts and ports (RFC 3261 25.1, RFC 5954).

use crate::error::ParseError;
use crate::scan::decimal;
use core::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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

impl Host<'_> {
    /// The address, if the host is one.
    pub const fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(address) => Some(IpAddr::V4(*address)),
            Self::V6(address) => Some(IpAddr::V6(*address)),
        }
    }

    /// Whether both are the same: names without case, addresses by their value. A name is never
    /// an address, whatever it resolves to (RFC 3261 19.1.4).
    pub fn is_same(&self, other: &Host<'_>) -> bool {
        match (self, other) {
            (Self::Name(name), Host::Name(other)) => name.eq_ignore_ascii_case(other),
            (Self::V4(address), Host::V4(other)) => address == other,
            (Self::V6(address), Host::V6(other)) => address == other,
            _ => false,
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

/// A host from `at` on, and the position after it.
pub(crate) fn parse_host(text: &str, at: usize) -> Result<(Host<'_>, usize), ParseError> {
    let octets = text.as_bytes();
    if octets.get(at) == Some(&b'[') {
        let close = octets[at..]
            .iter()
            .position(|&octet| octet == b']')
            .map(|end| at + end);
        return close
            .and_then(|close| Some((Host::V6(parse_ipv6(&text[at + 1..close])?), close + 1)))
            .ok_or_else(|| ParseError::in_value(at, "an IPv6 address in brackets", CLAUSE));
    }
    let (address, end) = skip_ipv4(octets, at);
    // Underscores stand in no hostname of the grammar, but in names that hosts have.
    let in_name = |octet: &u8| octet.is_ascii_alphanumeric() || b".-_".contains(octet);
    if octets.get(end).is_some_and(in_name) {
        let length = octets[end..].iter().position(|octet| !in_name(octet));
        let end = length.map_or(octets.len(), |length| end + length);
        let host = &text[at..end];
        // A hostname may end in a dot; no other label is empty.
        let labels = host.strip_suffix('.').unwrap_or(host).as_bytes();
        if labels.first() == Some(&b'.')
            || labels.last() == Some(&b'.')
            || labels.windows(2).any(|pair| pair == b"..")
        {
            return Err(ParseError::in_value(at, "a hostname", CLAUSE));
        }
        return Ok((Host::Name(host), end));
    }
    match address {
        Some(address) => Ok((Host::V4(address), end)),
        None => Err(ParseError::in_value(at, "a host", CLAUSE)),
    }
}

/// The position after the digits from `at` on.
pub(crate) fn digits_end(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

/// The port whose digits begin at `at`, and the position after it.
pub(crate) fn parse_port(text: &[u8], at: usize) -> Result<(u16, usize), ParseError> {
    let end = digits_end(text, at);
    decimal(&text[at..end], 65_535)
        .and_then(|port| u16::try_from(port).ok())
        .map(|port| (port, end))
        .ok_or_else(|| ParseError::in_value(at, "a port up to 65535", "RFC 3261 25.1 port"))
}

/// Digits and dots from `at` on, which are an address if there are four numbers up to 255, and the
/// position after them. Unlike the standard library's, the numbers may have leading zeros, as in
/// the grammar.
fn skip_ipv4(text: &[u8], mut at: usize) -> (Option<Ipv4Addr>, usize) {
    let mut address = 0_u32;
    let (mut part, mut digits, mut dots) = (0_u32, 0_u32, 0_u32);
    let mut is_address = true;
    while let Some(&octet) = text.get(at) {
        match octet {
            b'0'..=b'9' => {
                part = part.wrapping_mul(10).wrapping_add(u32::from(octet - b'0'));
                digits += 1;
            }
            b'.' => {
                is_address &= (1..=3).contains(&digits) && part <= 255;
                address = address << 8 | part & 0xff;
                (part, digits) = (0, 0);
                dots += 1;
            }
            _ => break,
        }
        at += 1;
    }
    is_address &= (1..=3).contains(&digits) && part <= 255 && dots == 3;
    let address = Ipv4Addr::from_bits(address << 8 | part & 0xff);
    (is_address.then_some(address), at)
}

/// An address without brackets. The grammar of RFC 3261 lets a third colon stand before an IPv4
/// address, which is to be overlooked (RFC 5118 4.10, RFC 5954 3.1).
pub(crate) fn parse_ipv6(text: &str) -> Option<Ipv6Addr> {
    text.parse().ok().or_else(|| {
        let (before, behind) = text.split_once(":::")?;
        let _: Ipv4Addr = behind.parse().ok()?;
        format!("{before}::{behind}").parse().ok()
    })
}

const CLAUSE: &str = "RFC 3261 25.1 host";

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Host<'_> {
        match parse_host(text, 0) {
            Ok((host, end)) if end == text.len() => host,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn hosts_of_all_kinds() {
        let address = Host::V4(Ipv4Addr::new(192, 0, 2, 1));
        assert_eq!(host("192.0.2.1"), address);
        assert_eq!(host("192.000.002.001"), address);
        assert_eq!(host("4f3a2b"), Host::Name("4f3a2b"));
        assert_eq!(host("host."), Host::Name("host."));
        let address = host("[2001:db8::10]");
        assert_eq!(address, Host::V6("2001:db8::10".parse().unwrap()));
        assert_eq!(address.to_string(), "[2001:db8::10]");
    }

    #[test]
    fn third_colon_before_an_ipv4_address_is_overlooked() {
        let address = host("[2001:db8::192.0.2.1]");
        assert_eq!(host("[2001:db8:::192.0.2.1]"), address);
        for bad in [
            "[2001:db8:::1]",
            "[:::1]",
            "[1::2:::192.0.2.1]",
            "[::1%eth0]",
            "[]",
        ] {
            assert!(parse_host(bad, 0).is_err(), "{bad}");
        }
        assert_eq!(host("[:::192.0.2.1]"), host("[::192.0.2.1]"));
    }

    #[test]
    fn names_are_the_same_without_case_and_addresses_by_value() {
        assert!(host("Example.COM").is_same(&host("example.com")));
        assert!(host("[2001:DB8:0::1]").is_same(&host("[2001:db8::1]")));
        assert!(!host("[::ffff:192.0.2.1]").is_same(&host("192.0.2.1")));
        assert!(!host("a").is_same(&host("192.0.2.1")));
    }
}
