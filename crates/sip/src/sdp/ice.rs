//! The attributes of ICE (RFC 8839; RFC 5245 has the same syntax). `a=ice-lite`,
//! `a=ice-mismatch` and `a=end-of-candidates` have no values.

use super::fields::{Expected, Fields};
use super::{AttributeError, Attributes, Media, SessionDescription, TypedAttribute};
use core::fmt;
use std::net::IpAddr;

/// `a=candidate` (RFC 8839 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// Equal for candidates of one kind, base and server: 1 to 32 characters.
    pub foundation: &'a str,
    /// 1 to 256: 1 for RTP, 2 for RTCP.
    pub component: u16,
    /// The transport, `UDP`, in whatever case.
    pub transport: &'a str,
    /// The priority, 1 to 2^31 - 1.
    pub priority: u32,
    /// The address. A candidate with a name must be ignored.
    pub address: CandidateAddress<'a>,
    /// The port.
    pub port: u16,
    /// How it came to be.
    pub kind: CandidateType<'a>,
    /// The base of it, or for a relayed one what the server saw.
    pub related: Option<(CandidateAddress<'a>, u16)>,
    /// Names and values of extensions, as they stand.
    pub extensions: &'a str,
}

/// The address of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandidateAddress<'a> {
    /// An address.
    Ip(IpAddr),
    /// A name, as of mDNS.
    Name(&'a str),
}

/// The type of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandidateType<'a> {
    /// `host`: an address of the host itself.
    Host,
    /// `srflx`: as a STUN server sees it.
    ServerReflexive,
    /// `prflx`: as the peer sees it.
    PeerReflexive,
    /// `relay`: of a TURN server.
    Relayed,
    /// Any other.
    Other(&'a str),
}

impl<'a> Candidate<'a> {
    /// Names and values of extensions, in order.
    pub fn extensions(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let mut fields = self.extensions.split_ascii_whitespace();
        core::iter::from_fn(move || Some((fields.next()?, fields.next().unwrap_or(""))))
    }
}

impl<'a> From<&'a str> for CandidateAddress<'a> {
    fn from(text: &'a str) -> Self {
        text.parse().map_or(Self::Name(text), Self::Ip)
    }
}

impl<'a> From<&'a str> for CandidateType<'a> {
    fn from(name: &'a str) -> Self {
        match name {
            "host" => Self::Host,
            "srflx" => Self::ServerReflexive,
            "prflx" => Self::PeerReflexive,
            "relay" => Self::Relayed,
            other => Self::Other(other),
        }
    }
}

impl<'a> TypedAttribute<'a> for Candidate<'a> {
    const NAME: &'static str = "candidate";
    const CLAUSE: &'static str = "RFC 8839 5.1";

    fn read(fields: &mut Fields<'a>) -> Result<Self, Expected> {
        let foundation = fields.field("a foundation")?;
        if foundation.len() > 32 {
            return Err(fields.expected("a foundation of up to 32 characters"));
        }
        let component = fields.parsed("a component of 1 to 256")?;
        if !(1..=256).contains(&component) {
            return Err(fields.expected("a component of 1 to 256"));
        }
        let transport = fields.field("a transport, as `UDP`")?;
        // Some send more than 31 bits; they say nothing else.
        let priority = fields.parsed("a priority")?;
        let address = fields.field("an address")?.into();
        let port = fields.parsed("a port up to 65535")?;
        if fields.field("`typ`")? != "typ" {
            return Err(fields.expected("`typ`"));
        }
        let kind = fields.field("a type, as `host`")?.into();
        let mut rest = fields.clone();
        let mut related = None;
        if rest.next_field() == Some("raddr") {
            let address = rest.field("an address behind `raddr`")?.into();
            if rest.field("`rport`")? != "rport" {
                return Err(rest.expected("`rport`"));
            }
            related = Some((address, rest.parsed("a port up to 65535")?));
            *fields = rest;
        }
        Ok(Self {
            foundation,
            component,
            transport,
            priority,
            address,
            port,
            kind,
            related,
            extensions: fields.remainder(),
        })
    }
}

impl fmt::Display for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            foundation,
            component,
            transport,
            priority,
            address,
            port,
            kind,
            related,
            extensions,
        } = self;
        write!(f, "{foundation} {component} {transport} {priority} ")?;
        write!(f, "{address} {port} typ {kind}")?;
        if let Some((address, port)) = related {
            write!(f, " raddr {address} rport {port}")?;
        }
        if !extensions.is_empty() {
            write!(f, " {extensions}")?;
        }
        Ok(())
    }
}

impl fmt::Display for CandidateAddress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for CandidateType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "host",
            Self::ServerReflexive => "srflx",
            Self::PeerReflexive => "prflx",
            Self::Relayed => "relay",
            Self::Other(name) => name,
        })
    }
}

/// `a=ice-ufrag` and `a=ice-pwd` (RFC 8839 5.4). `Debug` does not show the password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IceCredentials<'a> {
    /// The user name fragment, 4 to 256 characters.
    pub fragment: &'a str,
    /// The password, 22 to 256 characters.
    pub password: &'a str,
}

impl fmt::Debug for IceCredentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IceCredentials({:?}, ***)", self.fragment)
    }
}

impl SessionDescription {
    /// The ICE credentials of a stream, its own or those of the session.
    ///
    /// # Errors
    /// [`AttributeError`] if one is missing, too short or too long.
    pub fn ice_of<'a>(
        &'a self,
        media: &'a Media,
    ) -> Result<Option<IceCredentials<'a>>, AttributeError> {
        match credentials(&media.attributes)? {
            Some(own) => Ok(Some(own)),
            None => credentials(&self.attributes),
        }
    }

    /// Whether the peer is an ICE lite one (RFC 8839 5.3).
    pub fn is_ice_lite(&self) -> bool {
        self.attributes.has("ice-lite")
    }
}

fn credentials(attributes: &Attributes) -> Result<Option<IceCredentials<'_>>, AttributeError> {
    let fragment = attributes.value("ice-ufrag");
    let password = attributes.value("ice-pwd");
    if fragment.is_none() && password.is_none() {
        return Ok(None);
    }
    let check = |attribute, value: Option<&'_ str>, shortest, expected| {
        let is_right = value.is_some_and(|value| {
            (shortest..=256).contains(&value.len())
                && value
                    .bytes()
                    // `ice-char`, and the two signs of base64url that some send.
                    .all(|octet| octet.is_ascii_alphanumeric() || b"+/-_".contains(&octet))
        });
        if is_right {
            return Ok(());
        }
        Err(AttributeError {
            attribute,
            column: 1,
            expected,
            clause: "RFC 8839 5.4",
        })
    };
    check("ice-ufrag", fragment, 4, "4 to 256 characters")?;
    check("ice-pwd", password, 22, "22 to 256 characters")?;
    Ok(fragment
        .zip(password)
        .map(|(fragment, password)| IceCredentials { fragment, password }))
}

/// `a=ice-options` (RFC 8839 5.6), as `ice2 trickle`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IceOptions<'a>(pub &'a str);

impl IceOptions<'_> {
    /// Whether an option is among them.
    pub fn has(&self, option: &str) -> bool {
        self.0.split_ascii_whitespace().any(|other| other == option)
    }
}

impl<'a> TypedAttribute<'a> for IceOptions<'a> {
    const NAME: &'static str = "ice-options";
    const CLAUSE: &'static str = "RFC 8839 5.6";

    fn read(fields: &mut Fields<'a>) -> Result<Self, Expected> {
        match fields.remainder() {
            "" => Err(fields.expected("at least one option")),
            options => Ok(Self(options)),
        }
    }
}

impl fmt::Display for IceOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
