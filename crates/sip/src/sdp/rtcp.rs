//! Where RTCP goes.

use super::TypedAttribute;
use super::description::Address;
use super::fields::{Expected, Fields};
use core::fmt;
use std::net::IpAddr;

/// `a=rtcp` (RFC 3605 2.1). `a=rtcp-mux` (RFC 5761 5.1.1), which has no value, goes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rtcp {
    /// The port.
    pub port: u16,
    /// The address, if it is another than that of the stream.
    pub address: Option<IpAddr>,
}

impl TypedAttribute<'_> for Rtcp {
    const NAME: &'static str = "rtcp";
    const CLAUSE: &'static str = "RFC 3605 2.1";

    fn read(fields: &mut Fields<'_>) -> Result<Self, Expected> {
        let port = fields.parsed("a port up to 65535")?;
        let Some(network) = fields.next_field() else {
            return Ok(Self {
                port,
                address: None,
            });
        };
        let kind = fields.field("an address type")?;
        if network != "IN" || !matches!(kind, "IP4" | "IP6") {
            return Err(fields.expected("`IN IP4` or `IN IP6`"));
        }
        let address = Some(fields.parsed("an IP address")?);
        fields.end()?;
        Ok(Self { port, address })
    }
}

impl fmt::Display for Rtcp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.port)?;
        match self.address {
            Some(address) => write!(f, " {}", Address(address)),
            None => Ok(()),
        }
    }
}
