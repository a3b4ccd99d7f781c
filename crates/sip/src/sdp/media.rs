//! A media description.

use super::TypedAttribute as _;
use super::bandwidth::{self, BandwidthType};
use super::{Attributes, Connection, Direction, Parameters, RtpMap, Text};
use core::fmt;
use std::borrow::Cow;

/// A media description (RFC 8866 5.14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// The media type.
    pub kind: MediaKind,
    /// The port; 0 disables the stream (RFC 3264 5.1).
    pub port: u16,
    /// The number of ports, usually 1.
    pub ports: u16,
    /// The transport.
    pub protocol: Protocol,
    /// The formats; payload types, if the transport is RTP.
    pub formats: Formats,
    /// `i=`: a title.
    pub information: Option<Text>,
    /// `c=` of the stream. Layered multicast has several (RFC 8866 5.7).
    pub connections: Vec<Connection>,
    /// `b=` of the stream, as they stand; see [`Media::bandwidth`].
    pub bandwidths: Vec<Text>,
    /// `a=` of the stream.
    pub attributes: Attributes,
}

/// A media type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// `audio`.
    Audio,
    /// `video`.
    Video,
    /// `text` (RFC 4103).
    Text,
    /// `application`.
    Application,
    /// `message` (RFC 4975).
    Message,
    /// `image`, which is T.38.
    Image,
    /// Any other.
    Other(Text),
}

/// The transport of a stream, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol(Cow<'static, str>);

/// The formats of an `m=` line, in order of preference.
#[derive(Clone, PartialEq, Eq)]
pub struct Formats(Box<str>);

impl Media {
    /// A media description without attributes. CR, LF and spaces cannot stand in formats.
    pub fn new(kind: MediaKind, port: u16, protocol: Protocol, formats: Formats) -> Self {
        Self {
            kind,
            port,
            ports: 1,
            protocol,
            formats,
            information: None,
            connections: Vec::new(),
            bandwidths: Vec::new(),
            attributes: Attributes::new(),
        }
    }

    /// The same stream, refused or taken away: port 0. At least one format must stand there, which
    /// one does not matter (RFC 3264 6, 8.2).
    #[must_use]
    pub fn disabled(&self) -> Self {
        let formats = self.formats.iter().take(1).collect();
        Self::new(self.kind.clone(), 0, self.protocol.clone(), formats)
    }

    /// The value of an attribute: `Some("")` if it has none.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.value(name)
    }

    /// `c=` of the stream, the first one if there are several.
    pub fn connection(&self) -> Option<&Connection> {
        self.connections.first()
    }

    /// A limit of bandwidth in the unit of its type. Lines that are no numbers do not count.
    pub fn bandwidth(&self, kind: BandwidthType) -> Option<u64> {
        bandwidth::find(&self.bandwidths, kind)
    }

    /// The direction that the stream itself has.
    pub fn direction(&self) -> Option<Direction> {
        Direction::among(&self.attributes)
    }

    /// Whether the stream is audio over plain RTP and not disabled. Feedback (RFC 4585) is
    /// optional for a receiver, so `RTP/AVPF` is plain enough; encrypted profiles are not.
    pub fn is_usable_audio(&self) -> bool {
        self.kind == MediaKind::Audio
            && self.port != 0
            && self.protocol.is_rtp()
            && !self.protocol.is_encrypted()
    }

    /// Whether the stream is T.38 over UDPTL and not disabled.
    pub fn is_usable_t38(&self) -> bool {
        self.kind == MediaKind::Image
            && self.port != 0
            && self.protocol.is_udptl()
            && self
                .formats
                .iter()
                .any(|format| format.eq_ignore_ascii_case("t38"))
    }

    /// The `a=rtpmap` of a payload type.
    pub fn rtpmap(&self, format: &str) -> Option<RtpMap<'_>> {
        self.attributes
            .values("rtpmap")
            .filter(|value| describes(value, format).is_some())
            .find_map(|value| RtpMap::parse(value).ok())
    }

    /// What a payload type stands for: its `a=rtpmap`, or what is assigned (RFC 3551 6).
    pub fn encoding(&self, format: &str) -> Option<RtpMap<'_>> {
        self.rtpmap(format)
            .or_else(|| RtpMap::assigned(format.parse().ok()?))
    }

    /// The value of the `a=fmtp` of a format, without the format.
    pub fn fmtp(&self, format: &str) -> Option<&str> {
        self.attributes
            .values("fmtp")
            .find_map(|value| describes(value, format))
    }

    /// The parameters in the `a=fmtp` of a format; none if there is no such line.
    pub fn parameters(&self, format: &str) -> Parameters<'_> {
        Parameters::new(self.fmtp(format).unwrap_or(""))
    }

    /// `a=ptime` in milliseconds.
    pub fn ptime(&self) -> Option<u32> {
        self.milliseconds("ptime")
    }

    /// `a=maxptime` in milliseconds.
    pub fn maxptime(&self) -> Option<u32> {
        self.milliseconds("maxptime")
    }

    /// Milliseconds may have a fraction (RFC 8866 6.4), which is dropped. Zero means nothing.
    fn milliseconds(&self, name: &str) -> Option<u32> {
        let whole = self.attribute(name)?.split('.').next()?;
        whole.trim().parse().ok().filter(|&time| time > 0)
    }
}

/// What a value says of a format, if it begins with that format.
fn describes<'a>(value: &'a str, format: &str) -> Option<&'a str> {
    let (of, rest) = value.split_once([' ', '\t'])?;
    (of == format).then(|| rest.trim_start())
}

impl MediaKind {
    /// The media type of that name.
    pub fn from_name(name: &str) -> Self {
        match name {
            "audio" => Self::Audio,
            "video" => Self::Video,
            "text" => Self::Text,
            "application" => Self::Application,
            "message" => Self::Message,
            "image" => Self::Image,
            other => Self::Other(other.into()),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Text => "text",
            Self::Application => "application",
            Self::Message => "message",
            Self::Image => "image",
            Self::Other(name) => name.as_str().unwrap_or(""),
        }
    }
}

impl Protocol {
    /// RTP with the audio and video profile (RFC 3551).
    pub const RTP_AVP: Self = Self(Cow::Borrowed("RTP/AVP"));
    /// UDP transport layer of facsimile (T.38).
    pub const UDPTL: Self = Self(Cow::Borrowed("udptl"));

    /// The transport of that name. Spaces and line ends cannot stand in it.
    pub fn from_name(name: &str) -> Self {
        if let Some(known) = PROTOCOLS.into_iter().find(|known| *known == name) {
            return Self(Cow::Borrowed(known));
        }
        Self(Cow::Owned(name.chars().filter(is_visible).collect()))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Whether it carries RTP over UDP or over DTLS: not what is only known by name.
    pub fn is_rtp(&self) -> bool {
        matches!(
            self.name(),
            "RTP/AVP"
                | "RTP/AVPF"
                | "RTP/SAVP"
                | "RTP/SAVPF"
                | "UDP/TLS/RTP/SAVP"
                | "UDP/TLS/RTP/SAVPF"
        )
    }

    /// Whether the formats are payload types: RTP over whatever transport, as `TCP/RTP/AVP`.
    pub fn has_payload_types(&self) -> bool {
        self.name().split('/').any(|part| part == "RTP")
    }

    /// Whether the stream is encrypted: SRTP (RFC 3711), or anything over TLS or DTLS.
    pub fn is_encrypted(&self) -> bool {
        self.name()
            .split('/')
            .any(|part| matches!(part, "SAVP" | "SAVPF" | "TLS" | "DTLS"))
    }

    /// Whether the keys of SRTP come from DTLS (RFC 5764).
    pub fn is_dtls_srtp(&self) -> bool {
        self.name().starts_with("UDP/TLS/RTP/SAVP")
    }

    /// Whether it is UDPTL. The name is registered in small letters, but not always so written.
    pub fn is_udptl(&self) -> bool {
        self.name().eq_ignore_ascii_case("udptl")
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Transports that are named often.
const PROTOCOLS: [&str; 9] = [
    "RTP/AVP",
    "RTP/AVPF",
    "RTP/SAVP",
    "RTP/SAVPF",
    "UDP/TLS/RTP/SAVP",
    "UDP/TLS/RTP/SAVPF",
    "UDP/DTLS/SCTP",
    "udptl",
    "TCP/MSRP",
];

impl Formats {
    /// Formats between single spaces.
    pub(super) fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The formats, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|format| !format.is_empty())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The formats between single spaces.
    pub const fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: AsRef<str>> FromIterator<S> for Formats {
    fn from_iter<I: IntoIterator<Item = S>>(formats: I) -> Self {
        let mut text = String::new();
        for format in formats {
            let separator = if text.is_empty() { "" } else { " " };
            let length = text.len();
            text.push_str(separator);
            text.extend(format.as_ref().chars().filter(is_visible));
            if text.len() == length + separator.len() {
                text.truncate(length);
            }
        }
        Self(text.into())
    }
}

impl fmt::Debug for Formats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &self.0)
    }
}

/// What may stand in a field: no space, no line end.
const fn is_visible(character: &char) -> bool {
    !matches!(*character, ' ' | '\t' | '\r' | '\n' | '\0')
}
