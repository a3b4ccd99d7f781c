//! Where responses go, and how addresses are written.

use crate::limit;
use crate::via::Via;
use crate::{Flow, Host, Transport};
use core::fmt;
use std::net::{IpAddr, SocketAddr};

/// Where a response goes (RFC 3261 18.2.2, RFC 3581 4): over the connection that the request came
/// on; else to the address that it came from, to its port if the client asked so, else to that of
/// sent-by.
///
/// `maddr` in Via is not followed: anyone could have responses sent to anyone.
pub(super) fn response_flow(via: &Via<'_>, flow: Flow) -> Flow {
    if flow.connection.is_some() || via.wants_rport() {
        flow
    } else {
        sent_by_flow(via.port, flow)
    }
}

/// Where a response goes when the connection of its request is gone (RFC 3261 18.2.2).
pub(super) fn sent_by_flow(port: Option<u16>, flow: Flow) -> Flow {
    let port = port.unwrap_or(flow.transport.default_port());
    Flow {
        remote: SocketAddr::new(flow.remote.ip(), port),
        connection: None,
        ..flow
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

/// The Via of our requests (RFC 3261 8.1.1.7, RFC 3581 3).
pub(super) struct OwnVia<'a> {
    pub(super) flow: &'a Flow,
    pub(super) branch: &'a str,
    /// Whether we hold back if the server asks for it (RFC 7339 4.1).
    pub(super) offers: bool,
}

impl fmt::Display for OwnVia<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transport = self.flow.transport;
        let local = HostPort(self.flow.local);
        write!(
            f,
            "SIP/2.0/{transport} {local};branch={};rport",
            self.branch
        )?;
        f.write_str(if self.offers { limit::OFFER } else { "" })
    }
}

/// The Contact of an endpoint: the address of its socket. A `sips` dialog wants `sips` there
/// (RFC 3261 12.1.1).
pub(super) struct OwnContact {
    pub(super) flow: Flow,
    pub(super) secure: bool,
}

impl fmt::Display for OwnContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { flow, secure } = self;
        let scheme = if *secure { "sips" } else { "sip" };
        write!(f, "<{scheme}:{}", HostPort(flow.local))?;
        match flow.transport {
            Transport::Udp => {}
            Transport::Tls if *secure => {}
            // Deprecated, but the only way to say it without `sips` (RFC 5630 3.1.4).
            Transport::Tls => f.write_str(";transport=tls")?,
            other => write!(f, ";transport={}", other.uri_param())?,
        }
        f.write_str(">")
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
