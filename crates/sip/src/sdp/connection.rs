//! `c=` and the address in `o=`.

use super::Text;
use super::fields::{Expected, Fields};
use super::parse::Tolerance;
use core::fmt;
use std::net::IpAddr;

/// `c=` (RFC 8866 5.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// One address.
    Ip(IpAddr),
    /// A multicast group.
    Multicast {
        /// The address, or the first of several.
        address: IpAddr,
        /// How far packets go; only IPv4 has it here.
        ttl: Option<u8>,
        /// How many addresses in a row.
        count: u16,
    },
    /// Anything else, as it stands: a name, another network.
    Other(Text),
}

impl Connection {
    /// The address if it is one of the internet, multicast or not.
    pub const fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Ip(address) | Self::Multicast { address, .. } => Some(*address),
            Self::Other(_) => None,
        }
    }

    /// Reads what stands behind `c=` or at the end of `o=`.
    ///
    /// Known to occur and taken: the address type of the other family, a TTL behind a unicast
    /// address, none behind a multicast one.
    pub(super) fn read(fields: &mut Fields<'_>, tolerance: Tolerance) -> Result<Self, Expected> {
        let network = fields.field("a network type, as `IN`")?;
        let kind = fields.field("an address type, `IP4` or `IP6`")?;
        let address = fields.field("an address")?;
        let here = fields.clone();
        fields.end()?;
        if network != "IN" || !matches!(kind, "IP4" | "IP6") {
            return Ok(Self::Other(format!("{network} {kind} {address}").into()));
        }
        let mut parts = address.split('/');
        let base = parts.next().unwrap_or("");
        let Ok(ip) = base.parse::<IpAddr>() else {
            return Ok(Self::Other(format!("{network} {kind} {address}").into()));
        };
        if ip.is_ipv4() != (kind == "IP4") {
            tolerance.of(here.expected("an address of the address type"))?;
        }
        if !ip.is_multicast() {
            if parts.next().is_some() {
                tolerance.of(here.expected("a unicast address without TTL or number"))?;
            }
            return Ok(Self::Ip(ip));
        }
        let ttl = match (ip, parts.next()) {
            (IpAddr::V4(_), Some(ttl)) => {
                let ttl = ttl.parse().ok();
                Some(ttl.ok_or_else(|| here.expected("a TTL of 0 to 255"))?)
            }
            (IpAddr::V4(_), None) => {
                tolerance.of(here.expected("a TTL behind the multicast address"))?;
                None
            }
            (IpAddr::V6(_), Some(count)) => {
                return match (count.parse(), parts.next()) {
                    (Ok(count @ 1..), None) => Ok(Self::Multicast {
                        address: ip,
                        ttl: None,
                        count,
                    }),
                    _ => Err(here.expected("a number of addresses")),
                };
            }
            (IpAddr::V6(_), None) => None,
        };
        let count = match (parts.next().map(str::parse), parts.next()) {
            (None, _) => 1,
            (Some(Ok(count @ 1..)), None) => count,
            _ => return Err(here.expected("a number of addresses")),
        };
        Ok(Self::Multicast {
            address: ip,
            ttl,
            count,
        })
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => write!(f, "IN {} {address}", address_type(*address)),
            Self::Multicast {
                address,
                ttl,
                count,
            } => {
                write!(f, "IN {} {address}", address_type(*address))?;
                if let Some(ttl) = ttl {
                    write!(f, "/{ttl}")?;
                }
                if *count > 1 {
                    // The number is the second one behind an IPv4 address.
                    let default_ttl = address.is_ipv4() && ttl.is_none();
                    write!(f, "{}/{count}", if default_ttl { "/1" } else { "" })?;
                }
                Ok(())
            }
            Self::Other(text) => text.fmt(f),
        }
    }
}

/// The address type of an address (RFC 8866 5.2).
pub(super) const fn address_type(address: IpAddr) -> &'static str {
    match address {
        IpAddr::V4(_) => "IP4",
        IpAddr::V6(_) => "IP6",
    }
}
