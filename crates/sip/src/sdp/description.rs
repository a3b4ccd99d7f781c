//! A session description.

use super::bandwidth::{self, BandwidthType};
use super::connection::address_type;
use super::{
    AttributeError, Attributes, Connection, Direction, Group, Media, Personal, Text, TypedAttribute,
};
use core::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// A session description (RFC 8866 5). Only `k=` is not kept, which must be discarded (5.12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionDescription {
    /// `o=`.
    pub origin: Origin,
    /// `s=`.
    pub name: Text,
    /// `i=` of the session.
    pub information: Option<Text>,
    /// `u=`.
    pub uri: Option<Text>,
    /// `e=`.
    pub emails: Vec<Personal>,
    /// `p=`.
    pub phones: Vec<Personal>,
    /// `c=` of the session.
    pub connection: Option<Connection>,
    /// `b=` of the session, as they stand; see [`SessionDescription::bandwidth`].
    pub bandwidths: Vec<Text>,
    /// `t=` and what belongs to each.
    pub times: Vec<TimeDescription>,
    /// `a=` of the session.
    pub attributes: Attributes,
    /// `m=` and what belongs to each.
    pub media: Vec<Media>,
}

/// `o=` (RFC 8866 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The user name, `-` for none.
    pub username: Personal,
    /// The session id: digits, of any length.
    pub id: Text,
    /// The version: digits, of any length.
    pub version: Text,
    /// Network type, address type and address.
    pub connection: Connection,
}

/// `<id>` and `<version>` of `o=` (RFC 8866 5.2): the version grows with each change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionVersion {
    /// The session id.
    pub id: u64,
    /// The version.
    pub version: u64,
}

/// `t=` with its `r=` and `z=` (RFC 8866 5.9 to 5.11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeDescription {
    /// Start and stop, as they stand; see [`TimeDescription::active`].
    pub time: Text,
    /// `r=`, as they stand.
    pub repeats: Vec<Text>,
    /// `z=`, as it stands.
    pub zones: Option<Text>,
}

impl SessionDescription {
    /// A description without media, valid from now on and for ever, whose media come to `address`.
    pub fn new(session: SessionVersion, address: IpAddr) -> Self {
        Self {
            origin: Origin::new(session, address),
            // A session name has at least one character (RFC 8866 5.3).
            name: "-".into(),
            information: None,
            uri: None,
            emails: Vec::new(),
            phones: Vec::new(),
            connection: Some(Connection::Ip(address)),
            bandwidths: Vec::new(),
            times: vec![TimeDescription::unbounded()],
            attributes: Attributes::new(),
            media: Vec::new(),
        }
    }

    /// Where a stream wants its media: its own `c=` or that of the session. The unspecified
    /// address means "send nothing" (RFC 3264 8.4, for IPv6 a name in `.invalid`, RFC 6157 3.1).
    /// `None` if there is no `c=` or it is no unicast IP address.
    pub fn address_of(&self, media: &Media) -> Option<SocketAddr> {
        let address = match self.connection_of(media)? {
            Connection::Ip(address) => *address,
            Connection::Other(text) if text.as_bytes().ends_with(b".invalid") => {
                Ipv6Addr::UNSPECIFIED.into()
            }
            Connection::Multicast { .. } | Connection::Other(_) => return None,
        };
        Some(SocketAddr::new(address, media.port))
    }

    /// `c=` that holds for a stream: its own or that of the session.
    pub fn connection_of<'a>(&'a self, media: &'a Media) -> Option<&'a Connection> {
        media.connection().or(self.connection.as_ref())
    }

    /// Where a stream wants its RTCP: the port of RTP itself (RFC 5761 5.1.1), that of `a=rtcp`
    /// (RFC 3605 2.1), or the one above that of RTP (RFC 3550 11). `None` as in
    /// [`SessionDescription::address_of`], or if there is no such port.
    pub fn rtcp_address_of(&self, media: &Media) -> Option<SocketAddr> {
        let rtp = self.address_of(media)?;
        if media.attributes.has("rtcp-mux") {
            return Some(rtp);
        }
        match media.attributes.first::<super::Rtcp>() {
            Ok(Some(rtcp)) => Some(SocketAddr::new(rtcp.address.unwrap_or(rtp.ip()), rtcp.port)),
            _ => Some(SocketAddr::new(rtp.ip(), rtp.port().checked_add(1)?)),
        }
    }

    /// The direction of a stream: its own attribute, that of the session, or both ways.
    pub fn direction_of(&self, media: &Media) -> Direction {
        media
            .direction()
            .or_else(|| Direction::among(&self.attributes))
            .unwrap_or_default()
    }

    /// Whether the stream is held the way of RFC 2543: by the unspecified address (RFC 3264 8.4).
    pub fn is_held_by_address(&self, media: &Media) -> bool {
        self.address_of(media)
            .is_some_and(|address| address.ip().is_unspecified())
    }

    /// An attribute that stands for a stream: its own, or that of the session (RFC 8866 5.13).
    ///
    /// # Errors
    /// [`AttributeError`] if it cannot be read.
    pub fn first_for<'a, T: TypedAttribute<'a>>(
        &'a self,
        media: &'a Media,
    ) -> Result<Option<T>, AttributeError> {
        let own = media.attributes.first()?;
        own.map_or_else(|| self.attributes.first(), |own| Ok(Some(own)))
    }

    /// The groups of streams (RFC 5888 5).
    ///
    /// # Errors
    /// [`AttributeError`] for one that cannot be read.
    pub fn groups(&self) -> impl Iterator<Item = Result<Group<'_>, AttributeError>> {
        self.attributes.every()
    }

    /// A limit of bandwidth in the unit of its type. Lines that are no numbers do not count.
    pub fn bandwidth(&self, kind: BandwidthType) -> Option<u64> {
        bandwidth::find(&self.bandwidths, kind)
    }

    /// Where the first audio stream that we can use wants its RTP; the family tells which to
    /// allocate.
    pub fn audio_address(&self) -> Option<SocketAddr> {
        self.address_of(self.media.iter().find(|media| media.is_usable_audio())?)
    }
}

impl Origin {
    /// An origin of ours. There is no user; a dash would say so, but there are peers that want a
    /// word.
    pub fn new(session: SessionVersion, address: IpAddr) -> Self {
        Self {
            username: "trunkline".into(),
            id: session.id.to_string().into(),
            version: session.version.to_string().into(),
            connection: Connection::Ip(address),
        }
    }

    /// Whether another origin names the same session: all but the version is equal
    /// (RFC 8866 5.2).
    pub fn is_same_session(&self, other: &Self) -> bool {
        self.username == other.username
            && self.id == other.id
            && self.connection == other.connection
    }

    /// Whether the version is the next one after that of `before` (RFC 3264 8).
    pub fn follows(&self, before: &Self) -> bool {
        before.next_version().as_bytes() == trim_zeros(self.version.as_bytes())
    }

    /// The next version. Versions are digits of any length.
    pub(super) fn next_version(&self) -> Text {
        let mut next = trim_zeros(self.version.as_bytes()).to_vec();
        for digit in next.iter_mut().rev() {
            if *digit != b'9' {
                *digit = digit.saturating_add(1);
                return Text::new(next);
            }
            *digit = b'0';
        }
        next.insert(0, b'1');
        Text::new(next)
    }
}

fn trim_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    digits.get(zeros..).unwrap_or(digits)
}

impl TimeDescription {
    /// From now on and for ever (RFC 8866 5.9).
    pub fn unbounded() -> Self {
        Self {
            time: "0 0".into(),
            repeats: Vec::new(),
            zones: None,
        }
    }

    /// Start and stop in seconds since 1900, 0 for unbounded. `None` if they are no such numbers.
    pub fn active(&self) -> Option<(u64, u64)> {
        let mut fields = super::Fields::new(self.time.as_str()?, "RFC 8866 5.9");
        let active = (fields.parsed("").ok()?, fields.parsed("").ok()?);
        fields.end().ok().map(|()| active)
    }
}

/// What stands behind `o=`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            username,
            id,
            version,
            connection,
        } = self;
        write!(f, "{} {id} {version} {connection}", username.0)
    }
}

/// The address in the form of SDP, as `IN IP4 192.0.2.1`.
pub(super) struct Address(pub(super) IpAddr);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IN {} {}", address_type(self.0), self.0)
    }
}
