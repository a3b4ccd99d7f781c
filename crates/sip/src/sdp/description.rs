//! A session description and how it is written.

use super::Direction;
use core::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// A session description (RFC 8866 5). Lines that offer/answer has no use for (`i=`, `u=`, `e=`,
/// `p=`, `r=`, `z=`, `k=`) are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionDescription {
    /// `o=`.
    pub origin: Origin,
    /// `s=`.
    pub name: String,
    /// `c=` of the session.
    pub connection: Option<Connection>,
    /// `b=` of the session, as they stand.
    pub bandwidths: Vec<String>,
    /// `t=`, as they stand: start and stop time.
    pub times: Vec<String>,
    /// `a=` of the session.
    pub attributes: Vec<Attribute>,
    /// `m=` and what belongs to each.
    pub media: Vec<Media>,
}

/// `o=` (RFC 8866 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The user name, `-` for none.
    pub username: String,
    /// The session id: digits, of any length.
    pub id: String,
    /// The version: digits, of any length.
    pub version: String,
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

/// `c=` (RFC 8866 5.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// One address.
    Ip(IpAddr),
    /// Anything else, as it stands: a name, a multicast group with TTL, another network.
    Other(String),
}

/// A media description (RFC 8866 5.14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// The media type.
    pub kind: MediaKind,
    /// The port; 0 disables the stream (RFC 3264 5.1).
    pub port: u16,
    /// The number of ports, usually 1.
    pub ports: u16,
    /// The transport, as `RTP/AVP`.
    pub protocol: String,
    /// The formats; payload types, if the transport is RTP.
    pub formats: Vec<String>,
    /// `c=` of the stream.
    pub connection: Option<Connection>,
    /// `b=` of the stream, as they stand.
    pub bandwidths: Vec<String>,
    /// `a=` of the stream.
    pub attributes: Vec<Attribute>,
}

/// A media type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// `audio`.
    Audio,
    /// `video`.
    Video,
    /// `image`, which is T.38.
    Image,
    /// `application`.
    Application,
    /// Any other.
    Other(String),
}

/// `a=` (RFC 8866 5.13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// The value, if there is a colon.
    pub value: Option<String>,
}

/// The value of `a=rtpmap` (RFC 8866 6.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtpMap<'a> {
    /// The encoding name; compare without case.
    pub encoding: &'a str,
    /// The clock rate in Hz.
    pub clock_rate: u32,
    /// The channels; 1 if none are given.
    pub channels: u8,
}

impl SessionDescription {
    /// Where a stream wants its media: its own `c=` or that of the session. The unspecified
    /// address means "send nothing" (RFC 3264 8.4, for IPv6 a name in `.invalid`, RFC 6157 3.1).
    /// `None` if there is no `c=` or it is no unicast IP address.
    pub fn address_of(&self, media: &Media) -> Option<SocketAddr> {
        let address = match media.connection.as_ref().or(self.connection.as_ref())? {
            Connection::Ip(address) if address.is_multicast() => return None,
            Connection::Ip(address) => *address,
            Connection::Other(text) if text.ends_with(".invalid") => Ipv6Addr::UNSPECIFIED.into(),
            Connection::Other(_) => return None,
        };
        Some(SocketAddr::new(address, media.port))
    }

    /// The direction of a stream: its own attribute, that of the session, or both ways.
    pub fn direction_of(&self, media: &Media) -> Direction {
        direction_in(&media.attributes)
            .or_else(|| direction_in(&self.attributes))
            .unwrap_or_default()
    }

    /// Where the first audio stream that we can use wants its RTP; the family tells which to
    /// allocate.
    pub fn audio_address(&self) -> Option<SocketAddr> {
        self.address_of(self.media.iter().find(|media| media.is_usable_audio())?)
    }
}

impl Origin {
    /// An origin without user name.
    pub fn new(session: SessionVersion, address: IpAddr) -> Self {
        Self {
            username: "-".to_owned(),
            id: session.id.to_string(),
            version: session.version.to_string(),
            connection: Connection::Ip(address),
        }
    }
}

impl Media {
    /// The value of an attribute: `Some("")` if it has none.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let attribute = self
            .attributes
            .iter()
            .find(|attribute| attribute.name == name)?;
        Some(attribute.value.as_deref().unwrap_or(""))
    }

    /// Whether the stream is audio over plain RTP and not disabled. Feedback (RFC 4585) is
    /// optional for a receiver, so `RTP/AVPF` is plain enough; encrypted profiles are not.
    pub fn is_usable_audio(&self) -> bool {
        self.kind == MediaKind::Audio
            && self.port != 0
            && matches!(self.protocol.as_str(), "RTP/AVP" | "RTP/AVPF")
    }

    /// The `a=rtpmap` of a payload type.
    pub fn rtpmap(&self, format: &str) -> Option<RtpMap<'_>> {
        let mut parts = self.of_format("rtpmap", format)?.split('/');
        Some(RtpMap {
            encoding: parts.next()?,
            clock_rate: parts.next()?.trim().parse().ok()?,
            channels: parts
                .next()
                .map_or(Some(1), |channels| channels.trim().parse().ok())?,
        })
    }

    /// The `a=fmtp` of a format.
    pub fn fmtp(&self, format: &str) -> Option<&str> {
        self.of_format("fmtp", format)
    }

    /// `a=ptime` in milliseconds.
    pub fn ptime(&self) -> Option<u32> {
        self.milliseconds("ptime")
    }

    /// `a=maxptime` in milliseconds.
    pub fn maxptime(&self) -> Option<u32> {
        self.milliseconds("maxptime")
    }

    fn of_format(&self, name: &str, format: &str) -> Option<&str> {
        self.attributes
            .iter()
            .filter(|attribute| attribute.name == name)
            .find_map(|attribute| {
                let (of, value) = attribute.value.as_deref()?.split_once(' ')?;
                (of == format).then(|| value.trim())
            })
    }

    /// Milliseconds may have a fraction (RFC 8866 6.4), which is dropped. Zero means nothing.
    fn milliseconds(&self, name: &str) -> Option<u32> {
        let whole = self.attribute(name)?.split('.').next()?;
        whole.trim().parse().ok().filter(|&time| time > 0)
    }
}

impl Attribute {
    /// A property attribute.
    pub fn property(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: None,
        }
    }

    /// A value attribute.
    pub fn value(name: &str, value: impl fmt::Display) -> Self {
        Self {
            name: name.to_owned(),
            value: Some(value.to_string()),
        }
    }
}

impl MediaKind {
    /// The media type of that name.
    pub fn from_name(name: &str) -> Self {
        match name {
            "audio" => Self::Audio,
            "video" => Self::Video,
            "image" => Self::Image,
            "application" => Self::Application,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Image => "image",
            Self::Application => "application",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(IpAddr::V4(address)) => write!(f, "IN IP4 {address}"),
            Self::Ip(IpAddr::V6(address)) => write!(f, "IN IP6 {address}"),
            Self::Other(text) => write!(f, "{}", OneLine(text)),
        }
    }
}

/// The description as it goes out. Line ends in a value become spaces.
impl fmt::Display for SessionDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin {
            username,
            id,
            version,
            connection,
        } = &self.origin;
        write!(f, "v=0\r\no={} ", OneLine(username))?;
        write!(f, "{} {} {connection}\r\n", OneLine(id), OneLine(version))?;
        // A session name has at least one character (RFC 8866 5.3).
        let name = if self.name.is_empty() {
            "-"
        } else {
            &self.name
        };
        write!(f, "s={}\r\n", OneLine(name))?;
        write_common(f, self.connection.as_ref(), &self.bandwidths)?;
        if self.times.is_empty() {
            f.write_str("t=0 0\r\n")?;
        }
        for time in &self.times {
            write!(f, "t={}\r\n", OneLine(time))?;
        }
        write_attributes(f, &self.attributes)?;
        for media in &self.media {
            write!(f, "m={} {}", OneLine(media.kind.name()), media.port)?;
            if media.ports > 1 {
                write!(f, "/{}", media.ports)?;
            }
            write!(f, " {}", OneLine(&media.protocol))?;
            for format in &media.formats {
                write!(f, " {}", OneLine(format))?;
            }
            f.write_str("\r\n")?;
            write_common(f, media.connection.as_ref(), &media.bandwidths)?;
            write_attributes(f, &media.attributes)?;
        }
        Ok(())
    }
}

fn write_common(
    f: &mut fmt::Formatter<'_>,
    connection: Option<&Connection>,
    bandwidths: &[String],
) -> fmt::Result {
    if let Some(connection) = connection {
        write!(f, "c={connection}\r\n")?;
    }
    for bandwidth in bandwidths {
        write!(f, "b={}\r\n", OneLine(bandwidth))?;
    }
    Ok(())
}

fn write_attributes(f: &mut fmt::Formatter<'_>, attributes: &[Attribute]) -> fmt::Result {
    for Attribute { name, value } in attributes {
        write!(f, "a={}", OneLine(name))?;
        if let Some(value) = value {
            write!(f, ":{}", OneLine(value))?;
        }
        f.write_str("\r\n")?;
    }
    Ok(())
}

/// Writes text that cannot end its line.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pieces = self.0.split(['\r', '\n', '\0']);
        f.write_str(pieces.next().unwrap_or(""))?;
        for piece in pieces {
            write!(f, " {piece}")?;
        }
        Ok(())
    }
}

fn direction_in(attributes: &[Attribute]) -> Option<Direction> {
    attributes
        .iter()
        .find_map(|attribute| Direction::from_attribute(&attribute.name))
}
