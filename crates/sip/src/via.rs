//! Via (RFC 3261 20.42).

use crate::error::ParseError;
use crate::params::Params;
use crate::scan::{TOKEN, check_params, skip, skip_space};
use crate::uri::{Host, parse_host, parse_ipv6, parse_port};
use core::fmt;
use std::net::IpAddr;

/// One value of Via.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via<'a> {
    /// The transport as it stands: `UDP`, `TCP`, ...
    pub transport: &'a str,
    /// The host of sent-by.
    pub host: Host<'a>,
    /// The port of sent-by, if one stands there.
    pub port: Option<u16>,
    /// The parameters.
    pub params: Params<'a>,
}

impl<'a> Via<'a> {
    /// Parses one value.
    ///
    /// # Errors
    /// The place and the expectation of RFC 3261 25.1 that is not met.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let via = Self::split(text)?;
        let params = text.len() - via.params.as_str().len();
        check_params(text.as_bytes(), params)?;
        Ok(via)
    }

    /// The parts of a value, parameters as they stand: of one that was checked already.
    ///
    /// # Errors
    /// If there is no sent-by.
    pub(crate) fn split(text: &'a str) -> Result<Self, ParseError> {
        let octets = text.as_bytes();
        let fail = |at, expected| Err(ParseError::in_value(at, expected, CLAUSE));
        // protocol-name SLASH protocol-version SLASH transport
        let mut at = 0;
        let mut transport = 0..0;
        for part in 0..3 {
            at = skip_space(octets, at);
            let start = at;
            at = skip(octets, at, TOKEN);
            if at == start {
                return fail(at, "SIP/2.0/transport");
            }
            transport = start..at;
            if part < 2 {
                at = skip_space(octets, at);
                if octets.get(at) != Some(&b'/') {
                    return fail(at, "`/`");
                }
                at += 1;
            }
        }
        let space = at;
        at = skip_space(octets, at);
        if at == space {
            return fail(at, "a space before sent-by");
        }
        let (host, end) = parse_host(text, at)?;
        at = skip_space(octets, end);
        let mut port = None;
        if octets.get(at) == Some(&b':') {
            let (number, behind) = parse_port(octets, skip_space(octets, at + 1))?;
            (port, at) = (Some(number), behind);
        }
        Ok(Self {
            transport: &text[transport],
            host,
            port,
            params: Params(&text[at..]),
        })
    }

    /// The branch (RFC 3261 8.1.1.7).
    pub fn branch(&self) -> Option<&'a str> {
        self.params.get("branch")
    }

    /// Whether the branch has the magic cookie, so that it names the transaction.
    pub fn has_magic_cookie(&self) -> bool {
        self.branch()
            .is_some_and(|branch| branch.starts_with("z9hG4bK"))
    }

    /// The source address that the next hop saw (RFC 3261 18.2.1).
    pub fn received(&self) -> Option<IpAddr> {
        let value = self.params.get("received")?;
        // Brackets are not in the grammar but are sent (RFC 5118 4.5).
        let address = value.strip_prefix('[').and_then(|v| v.strip_suffix(']'));
        match parse_ipv6(address.unwrap_or(value)) {
            Some(address) => Some(address.into()),
            None => value.parse().ok(),
        }
    }

    /// Whether the client asked for the source port (RFC 3581 3): `rport` stands there.
    pub fn wants_rport(&self) -> bool {
        self.params.get("rport").is_some()
    }

    /// The source port that the next hop saw (RFC 3581 4).
    pub fn rport(&self) -> Option<u16> {
        self.params.get("rport")?.parse().ok()
    }
}

/// Writes the value; its protocol is SIP/2.0.
impl fmt::Display for Via<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}", self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(self.params.as_str())
    }
}

const CLAUSE: &str = "RFC 3261 25.1 via-parm";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_may_stand_around_every_separator() {
        let via = Via::parse(
            "SIP  / 2.0  / TCP     spindle.example.com : 5061  ;  branch  =   z9hG4bK9ikj8",
        );
        let via = via.unwrap();
        assert_eq!(
            (via.transport, via.host),
            ("TCP", Host::Name("spindle.example.com"))
        );
        assert_eq!(via.port, Some(5061));
        assert_eq!(via.branch(), Some("z9hG4bK9ikj8"));
        assert!(via.has_magic_cookie());
    }

    #[test]
    fn addresses_and_rport() {
        let via =
            Via::parse("SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];rport;branch=x");
        let via = via.unwrap();
        assert_eq!(via.host, Host::V6("2001:db8::9:1".parse().unwrap()));
        assert_eq!(via.received(), Some("2001:db8::9:255".parse().unwrap()));
        assert_eq!((via.wants_rport(), via.rport()), (true, None));
        assert!(!via.has_magic_cookie());
        let via = Via::parse("SIP/2.0/UDP 192.0.2.1:5060;received=192.0.2.9;rport=9988").unwrap();
        assert_eq!(
            (via.received(), via.rport()),
            ("192.0.2.9".parse().ok(), Some(9988))
        );
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("SIP/2.0", 8),
            ("SIP/2.0/UDP", 12),
            ("SIP/2.0/UDP ", 13),
            ("SIP/2.0/UDP 192.0.2.15;;", 24),
            ("SIP/2.0/UDP host:", 18),
            ("SIP/2.0/UDP host:99999", 18),
            ("SIP/2.0/UDP 2001:db8::1", 13),
        ] {
            match Via::parse(text) {
                Err(error) => assert_eq!(error.column, column, "{text}: {error}"),
                Ok(via) => panic!("{text}: {via:?}"),
            }
        }
    }
}
