//! What we can send with, and why a URI has no place to send to.

use crate::flow::Transport;
use crate::uri::{Host, SipUri};

/// What a [`Locator`](super::Locator) may come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The transports that we can send with, preferred first. Without TLS and WSS here no `sips`
    /// URI can be reached.
    pub transports: Vec<Transport>,
    /// Whether we have IPv4.
    pub ipv4: bool,
    /// Whether we have IPv6.
    pub ipv6: bool,
    /// Whether the first address of a host that has both is its IPv6 one (RFC 6724 6, rule 6);
    /// after it the families take turns (RFC 8305 4).
    pub prefer_ipv6: bool,
    /// Whether NAPTR records are asked for (RFC 3263 4.1). Without, SRV records are asked for at
    /// once.
    pub naptr: bool,
    /// Whether the request is too large for a datagram (RFC 3261 18.1.1): where UDP would be used,
    /// if we have TCP, TCP to the same place comes before it; services over other transports come
    /// before those over UDP.
    pub large: bool,
    /// The most records of one answer that are looked at.
    pub max_records: usize,
    /// The most questions asked for one URI.
    pub max_questions: usize,
    /// The most targets given for one URI.
    pub max_targets: usize,
}

/// Why nothing can be located for a URI.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocateError {
    /// The scheme is not `sip` or `sips`. A telephone number needs a domain first.
    #[error("expected a sip or sips URI (RFC 3263 4)")]
    Scheme,
    /// The `transport` parameter, or the transport of Via, names none that we know.
    #[error("unknown transport `{0}` (RFC 3261 19.1.1)")]
    UnknownTransport(Box<str>),
    /// A `sips` URI asks for a datagram.
    #[error("transport {0} in a sips URI (RFC 3261 26.2.2)")]
    Insecure(Transport),
    /// We do not have the transport that the URI asks for.
    #[error("{0} is not among our transports")]
    NotOurs(Transport),
    /// We have no transport at all for that scheme.
    #[error("none of our transports serves this scheme")]
    NoTransport,
    /// We do not have the family of the address.
    #[error("no {0} here")]
    Family(&'static str),
    /// The host, or `maddr`, cannot be a domain name (RFC 1035 2.3.4).
    #[error("`{0}` is no domain name (RFC 1035 2.3.4)")]
    Name(Box<str>),
    /// The port is 0.
    #[error("port 0")]
    Port,
}

impl LocateError {
    /// The status of a request to such a URI: 416 where the scheme is not ours (RFC 3261
    /// 8.2.2.1), 400 where nobody could use it, 503 where only we cannot (RFC 3261 8.1.3.1).
    pub const fn status(&self) -> u16 {
        match self {
            Self::Scheme => 416,
            Self::Insecure(_) | Self::Name(_) | Self::Port => 400,
            Self::UnknownTransport(_) | Self::NotOurs(_) | Self::NoTransport | Self::Family(_) => {
                503
            }
        }
    }
}

impl Default for Policy {
    /// UDP, TCP and TLS over both families, IPv6 first, with NAPTR; 32 records of an answer, 64
    /// questions, 64 targets.
    fn default() -> Self {
        Self {
            transports: vec![Transport::Udp, Transport::Tcp, Transport::Tls],
            ipv4: true,
            ipv6: true,
            prefer_ipv6: true,
            naptr: true,
            large: false,
            max_records: 32,
            max_questions: 64,
            max_targets: 64,
        }
    }
}

impl Policy {
    /// The transport that the URI names, if it names one.
    pub(super) fn named(&self, uri: &SipUri<'_>) -> Result<Option<Transport>, LocateError> {
        let Some(token) = uri.params.get("transport") else {
            return Ok(None);
        };
        let named = Transport::from_token(token)
            .ok_or_else(|| LocateError::UnknownTransport(token.into()))?;
        let transport = match named {
            Transport::Udp if uri.secure => return Err(LocateError::Insecure(named)),
            Transport::Tcp if uri.secure => Transport::Tls,
            Transport::Ws if uri.secure => Transport::Wss,
            // `tls` and `wss` are deprecated or never were, but are sent (RFC 3261 26.2.2).
            named => named,
        };
        self.ours(transport).map(Some)
    }

    /// That transport, if we have it.
    pub(super) fn ours(&self, transport: Transport) -> Result<Transport, LocateError> {
        if self.transports.contains(&transport) {
            Ok(transport)
        } else {
            Err(LocateError::NotOurs(transport))
        }
    }

    /// Our transports for the scheme, preferred first, each once.
    pub(super) fn for_scheme(&self, secure: bool) -> Vec<Transport> {
        let mut found = Vec::new();
        for &transport in &self.transports {
            if (!secure || transport.is_secure()) && !found.contains(&transport) {
                found.push(transport);
            }
        }
        if self.large {
            // Stable: the others keep their order.
            found.sort_by_key(|&transport| transport == Transport::Udp);
        }
        found
    }

    /// The transport where neither the URI nor DNS says one (RFC 3263 4.1): UDP for `sip`, TLS
    /// for `sips`; our first if we do not have it.
    pub(super) fn unnamed(&self, secure: bool) -> Result<Transport, LocateError> {
        let usual = if secure {
            Transport::Tls
        } else {
            Transport::Udp
        };
        let ours = self.for_scheme(secure);
        if ours.contains(&usual) {
            return Ok(usual);
        }
        ours.first().copied().ok_or(LocateError::NoTransport)
    }

    /// Whether we have the family of a numeric host; a name is found out later.
    pub(super) fn check_family(&self, host: Host<'_>) -> Result<(), LocateError> {
        match host {
            Host::V4(_) if !self.ipv4 => Err(LocateError::Family("IPv4")),
            Host::V6(_) if !self.ipv6 => Err(LocateError::Family("IPv6")),
            _ => Ok(()),
        }
    }
}
