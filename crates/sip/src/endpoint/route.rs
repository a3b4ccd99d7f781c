//! Where messages go. Names are not resolved here: a host that is no address is replaced by the
//! address that the dialog already talks to.

use crate::uri::{self, Host, Uri};
use crate::via::Via;
use core::fmt;
use std::net::{IpAddr, SocketAddr};

/// The address of a SIP URI whose host, or `maddr` (RFC 3261 19.1.1), is an address.
pub(super) fn address_of(uri: &str) -> Option<SocketAddr> {
    let Ok(Uri::Sip(sip)) = uri::parse(uri) else {
        return None;
    };
    let ip = match sip.params.get("maddr") {
        Some(maddr) => maddr.trim_matches(['[', ']']).parse().ok()?,
        None => sip.host.ip()?,
    };
    let port = sip.port.unwrap_or(if sip.secure { 5061 } else { 5060 });
    Some(SocketAddr::new(ip, port))
}

/// Where a response goes (RFC 3261 18.2.2, RFC 3581 4): to the address that the request came
/// from; to its port if the client asked so, else to that of sent-by.
///
/// `maddr` in Via is not followed: anyone could have responses sent to anyone.
pub(super) fn response_destination(via: &Via<'_>, source: SocketAddr) -> SocketAddr {
    if via.wants_rport() {
        source
    } else {
        SocketAddr::new(source.ip(), via.port.unwrap_or(5060))
    }
}

/// The top Via of a request as the server's transport completes it: `received` and the value of
/// `rport` (RFC 3261 18.2.1, RFC 3581 4).
pub(super) struct CompletedVia<'a> {
    pub(super) via: Via<'a>,
    pub(super) source: SocketAddr,
}

impl fmt::Display for CompletedVia<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let via = &self.via;
        write!(f, "SIP/2.0/{} {}", via.transport, via.host)?;
        if let Some(port) = via.port {
            write!(f, ":{port}")?;
        }
        for param in via.params.iter() {
            if param.name.eq_ignore_ascii_case("rport") {
                write!(f, ";rport={}", self.source.port())?;
            } else if !param.name.eq_ignore_ascii_case("received") {
                write!(f, ";{}", param.name)?;
                if let Some(value) = param.value {
                    write!(f, "={value}")?;
                }
            }
        }
        if via.wants_rport() || via.host.ip() != Some(self.source.ip()) {
            write!(f, ";received={}", self.source.ip())?;
        }
        Ok(())
    }
}

/// An address as it stands in a URI or in sent-by: an IPv6 address in brackets, 5060 not left
/// out.
pub(super) struct HostPort(pub(super) SocketAddr);

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host: Host<'_> = unmapped(self.0.ip()).into();
        write!(f, "{host}:{}", self.0.port())
    }
}

/// An IPv4 address that a dual-stack socket shows as IPv6 is written as what it is.
fn unmapped(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}
