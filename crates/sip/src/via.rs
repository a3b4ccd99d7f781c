//! Via (RFC 3261 20.42).

use crate::error::ParseError;
use crate::params::Params;
use crate::uri::Host;
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
        let _ = text;
        todo!()
    }

    /// The branch (RFC 3261 8.1.1.7).
    pub fn branch(&self) -> Option<&'a str> {
        self.params.get("branch")
    }

    /// Whether the branch has the magic cookie, so that it names the transaction.
    pub fn has_magic_cookie(&self) -> bool {
        self.branch().is_some_and(|branch| branch.starts_with("z9hG4bK"))
    }

    /// The source address that the next hop saw (RFC 3261 18.2.1).
    pub fn received(&self) -> Option<IpAddr> {
        todo!()
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
