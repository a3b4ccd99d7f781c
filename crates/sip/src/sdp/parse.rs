//! Reads session descriptions.
//!
//! Liberal where senders are known to err and nothing becomes ambiguous; [`TOLERATED`] lists it.
//! What could mean two things is refused: an unknown line type, a second `c=` of the session, a
//! line of the session behind an `m=` line.

use super::fields::{Expected, Fields, column};
use super::{
    Attribute, Attributes, Connection, Formats, Media, MediaKind, Origin, Personal, Protocol,
    SdpError, SessionDescription, Text, TimeDescription,
};

/// The largest session description taken, in octets.
pub const MAX_SDP: usize = 32_768;

/// The most media descriptions taken.
pub const MAX_MEDIA: usize = 32;

/// The most attributes taken, of the session and of all media together.
pub const MAX_ATTRIBUTES: usize = 1_024;

/// The most formats taken in one media description.
pub const MAX_FORMATS: usize = 128;

/// The most lines taken that are no attributes.
pub const MAX_OTHER_LINES: usize = 256;

/// What [`SessionDescription::parse`] takes against the RFC, with the clause, because peers are
/// known to send it. [`SessionDescription::parse_strict`] takes nothing of this.
pub const TOLERATED: &[(&str, &str)] = &[
    ("lines of one level in another order", "RFC 8866 5"),
    ("no s=, or an empty one", "RFC 8866 5.3"),
    ("no t=, or no two numbers in it", "RFC 8866 5.9"),
    ("no c= for a stream with a port", "RFC 8866 5.7"),
    ("an address of the other address type", "RFC 8866 5.7"),
    (
        "TTL and number of addresses missing or too much",
        "RFC 8866 5.7",
    ),
    ("an id or version of o= that is no number", "RFC 8866 5.2"),
    ("a bandwidth that is no number", "RFC 8866 5.8"),
    ("no format where the port is 0", "RFC 8866 5.14"),
    ("an attribute name that is no token", "RFC 8866 5.13"),
    (
        "several spaces between fields, and some at the end",
        "RFC 8866 9",
    ),
    ("empty lines and NUL at the end", "RFC 8866 5"),
];

/// Whether what peers are known to do is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tolerance {
    /// It is.
    Known,
    /// Nothing is.
    None,
}

impl Tolerance {
    /// Complains, or does not.
    pub(super) const fn of(self, expected: Expected) -> Result<(), Expected> {
        match self {
            Self::Known => Ok(()),
            Self::None => Err(expected),
        }
    }
}

impl SessionDescription {
    /// Parses a session description. Lines may end in LF alone (RFC 8866 5); what else is taken
    /// against the RFC says [`TOLERATED`].
    ///
    /// # Errors
    /// See [`SdpError`].
    pub fn parse(data: &[u8]) -> Result<Self, SdpError> {
        read(data, Tolerance::Known)
    }

    /// Parses a session description that must stick to RFC 8866.
    ///
    /// # Errors
    /// See [`SdpError`].
    pub fn parse_strict(data: &[u8]) -> Result<Self, SdpError> {
        read(data, Tolerance::None)
    }
}

fn read(data: &[u8], tolerance: Tolerance) -> Result<SessionDescription, SdpError> {
    if data.len() > MAX_SDP {
        return Err(SdpError {
            line: 1,
            column: 1,
            expected: "at most 32768 octets",
            clause: "RFC 8866 5",
        });
    }
    let mut reader = Reader::new(tolerance);
    let mut number = 0;
    let mut rest = match tolerance {
        Tolerance::Known => trim_end(data),
        Tolerance::None => data.strip_suffix(b"\n").unwrap_or(data),
    };
    loop {
        number += 1;
        let end = rest.iter().position(|&octet| octet == b'\n');
        let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        reader.line(line).map_err(|at| at.on_line(number))?;
        match end.and_then(|end| rest.get(end + 1..)) {
            Some(next) => rest = next,
            None => break,
        }
    }
    reader.finish().map_err(|at| at.on_line(number))
}

fn trim_end(mut data: &[u8]) -> &[u8] {
    while let [rest @ .., b'\r' | b'\n' | 0] = data {
        data = rest;
    }
    data
}

impl Expected {
    const fn on_line(self, line: u32) -> SdpError {
        SdpError {
            line,
            column: self.column,
            expected: self.what,
            clause: self.clause,
        }
    }

    /// The same, when `<type>=` stands before the value.
    const fn behind_type(mut self) -> Self {
        self.column = self.column.saturating_add(2);
        self
    }
}

const fn at_start(what: &'static str, clause: &'static str) -> Expected {
    Expected {
        column: 1,
        what,
        clause,
    }
}

struct Reader {
    tolerance: Tolerance,
    has_version: bool,
    has_name: bool,
    /// The place of the last line among those of its level.
    rank: u8,
    attributes: usize,
    others: usize,
    description: Option<SessionDescription>,
}

impl Reader {
    const fn new(tolerance: Tolerance) -> Self {
        Self {
            tolerance,
            has_version: false,
            has_name: false,
            rank: 0,
            attributes: 0,
            others: 0,
            description: None,
        }
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Expected> {
        let [kind, b'=', value @ ..] = line else {
            return Err(at_start("`<type>=<value>`", "RFC 8866 5"));
        };
        if let Some(offset) = value.iter().position(|octet| matches!(octet, b'\r' | 0)) {
            return Err(Expected {
                column: column(offset + 2),
                what: "no CR and no NUL in a value",
                clause: "RFC 8866 9",
            });
        }
        if self.tolerance == Tolerance::None
            && matches!(kind, b'v' | b'o' | b'c' | b't' | b'm')
            && let Some(offset) = odd_space(value)
        {
            return Err(Expected {
                column: column(offset + 2),
                what: "single spaces between fields",
                clause: "RFC 8866 9",
            });
        }
        if *kind == b'a' {
            self.attributes += 1;
            if self.attributes > MAX_ATTRIBUTES {
                return Err(at_start("at most 1024 attributes", "RFC 8866 5.13"));
            }
        } else {
            self.others += 1;
            if self.others > MAX_OTHER_LINES + MAX_MEDIA {
                return Err(at_start("at most 288 lines besides a=", "RFC 8866 5"));
            }
        }
        let Some(description) = &mut self.description else {
            self.description = self.start(*kind, value)?;
            return Ok(());
        };
        let tolerance = self.tolerance;
        if *kind == b'm' {
            if description.media.len() == MAX_MEDIA {
                return Err(at_start("at most 32 media descriptions", "RFC 8866 5.14"));
            }
            let media = media(value, tolerance).map_err(Expected::behind_type)?;
            description.media.push(media);
            self.rank = 0;
            return Ok(());
        }
        let in_session = description.media.is_empty();
        let rank = rank(*kind, in_session).ok_or(at_start(
            "a line of a known type in its place",
            "RFC 8866 5",
        ))?;
        if rank < self.rank {
            tolerance.of(at_start("the lines in their order", "RFC 8866 5"))?;
        }
        self.rank = self.rank.max(rank);
        match description.media.last_mut() {
            Some(media) => media_line(media, *kind, value, tolerance),
            None => {
                if *kind == b's' && core::mem::replace(&mut self.has_name, true) {
                    return Err(at_start("one s=", "RFC 8866 5.3"));
                }
                session_line(description, *kind, value, tolerance)
            }
        }
    }

    /// The first two lines: `v=0` and `o=`.
    fn start(&mut self, kind: u8, value: &[u8]) -> Result<Option<SessionDescription>, Expected> {
        if !self.has_version {
            if kind != b'v' || value.trim_ascii_end() != b"0" {
                return Err(at_start("`v=0`", "RFC 8866 5.1"));
            }
            self.has_version = true;
            return Ok(None);
        }
        if kind != b'o' {
            return Err(at_start("`o=`", "RFC 8866 5.2"));
        }
        let origin = origin(value, self.tolerance).map_err(Expected::behind_type)?;
        Ok(Some(SessionDescription {
            origin,
            name: Text::default(),
            information: None,
            uri: None,
            emails: Vec::new(),
            phones: Vec::new(),
            connection: None,
            bandwidths: Vec::new(),
            times: Vec::new(),
            attributes: Attributes::new(),
            media: Vec::new(),
        }))
    }

    fn finish(self) -> Result<SessionDescription, Expected> {
        let mut description = self
            .description
            .ok_or(at_start("`v=` and `o=`", "RFC 8866 5"))?;
        if !self.has_name {
            self.tolerance.of(at_start("`s=`", "RFC 8866 5.3"))?;
        }
        if description.times.is_empty() {
            self.tolerance.of(at_start("`t=`", "RFC 8866 5.9"))?;
            description.times.push(TimeDescription::unbounded());
        }
        let has_address = |media: &Media| {
            media.port == 0 || description.connection.is_some() || media.connection().is_some()
        };
        if !description.media.iter().all(has_address) {
            let what = "`c=` of the session or of each stream";
            self.tolerance.of(at_start(what, "RFC 8866 5.7"))?;
        }
        Ok(description)
    }
}

/// Where a space stands that separates no two fields.
fn odd_space(value: &[u8]) -> Option<usize> {
    let is_space = |octet: Option<&u8>| octet.is_none_or(|octet| *octet == b' ');
    value.iter().enumerate().position(|(at, octet)| {
        *octet == b'\t' || *octet == b' ' && (at == 0 || is_space(value.get(at + 1)))
    })
}

/// The place of a line among those of its level (RFC 8866 9). `None` if it has none there.
const fn rank(kind: u8, in_session: bool) -> Option<u8> {
    Some(match (kind, in_session) {
        (b's', true) => 1,
        (b'i', _) => 2,
        (b'u', true) => 3,
        (b'e', true) => 4,
        (b'p', true) => 5,
        (b'c', _) => 6,
        (b'b', _) => 7,
        (b't' | b'r' | b'z', true) => 8,
        (b'k', _) => 9,
        (b'a', _) => 10,
        _ => return None,
    })
}

fn session_line(
    description: &mut SessionDescription,
    kind: u8,
    value: &[u8],
    tolerance: Tolerance,
) -> Result<(), Expected> {
    match kind {
        b's' => {
            if value.is_empty() {
                tolerance.of(at_start("a name, if only a space", "RFC 8866 5.3").behind_type())?;
            }
            description.name = Text::checked(value.trim_ascii_end());
        }
        b'i' => once(&mut description.information, value, "RFC 8866 5.4")?,
        b'u' => once(&mut description.uri, value, "RFC 8866 5.5")?,
        b'e' => description.emails.push(Personal(Text::checked(value))),
        b'p' => description.phones.push(Personal(Text::checked(value))),
        b'c' => {
            if description.connection.is_some() {
                return Err(at_start("one c= of the session", "RFC 8866 5.7"));
            }
            description.connection = Some(connection(value, tolerance)?);
        }
        b'b' => description.bandwidths.push(bandwidth(value, tolerance)?),
        b't' => {
            let time = TimeDescription {
                time: Text::checked(value.trim_ascii_end()),
                repeats: Vec::new(),
                zones: None,
            };
            if tolerance == Tolerance::None && time.active().is_none() {
                return Err(at_start("`<start> <stop>`", "RFC 8866 5.9").behind_type());
            }
            description.times.push(time);
        }
        b'r' | b'z' => {
            let time = description.times.last_mut();
            let time = time.ok_or(at_start("t= before r= and z=", "RFC 8866 5.10"))?;
            if kind == b'r' {
                time.repeats.push(Text::checked(value));
            } else {
                once(&mut time.zones, value, "RFC 8866 5.11")?;
            }
        }
        b'a' => description.attributes.push(attribute(value, tolerance)?),
        // k=, which must be discarded (RFC 8866 5.12).
        _ => {}
    }
    Ok(())
}

fn media_line(
    media: &mut Media,
    kind: u8,
    value: &[u8],
    tolerance: Tolerance,
) -> Result<(), Expected> {
    match kind {
        b'i' => once(&mut media.information, value, "RFC 8866 5.4")?,
        b'c' => media.connections.push(connection(value, tolerance)?),
        b'b' => media.bandwidths.push(bandwidth(value, tolerance)?),
        b'a' => media.attributes.push(attribute(value, tolerance)?),
        // k=, which must be discarded (RFC 8866 5.12).
        _ => {}
    }
    Ok(())
}

fn once(place: &mut Option<Text>, value: &[u8], clause: &'static str) -> Result<(), Expected> {
    match place.replace(Text::checked(value)) {
        None => Ok(()),
        Some(_) => Err(at_start("one line of this type", clause)),
    }
}

fn text<'a>(
    value: &'a [u8],
    what: &'static str,
    clause: &'static str,
) -> Result<&'a str, Expected> {
    core::str::from_utf8(value).map_err(|error| Expected {
        column: column(error.valid_up_to()),
        what,
        clause,
    })
}

fn origin(value: &[u8], tolerance: Tolerance) -> Result<Origin, Expected> {
    const CLAUSE: &str = "RFC 8866 5.2";
    // The user name may be of any character set.
    let split = value.iter().position(|&octet| octet == b' ').unwrap_or(0);
    let (username, rest) = value.split_at(split);
    if username.is_empty() {
        return Err(at_start("a user name, or `-`", CLAUSE));
    }
    let shifted = |mut expected: Expected| {
        expected.column = expected.column.saturating_add(column(split) - 1);
        expected
    };
    let rest = text(rest, "an origin in UTF-8", CLAUSE).map_err(shifted)?;
    let mut fields = Fields::new(rest, CLAUSE);
    let mut number = |what| {
        let field = fields.field(what)?;
        if !field.bytes().all(|octet| octet.is_ascii_digit()) {
            tolerance.of(fields.expected(what))?;
        }
        Ok(Text::checked(field.as_bytes()))
    };
    let id = number("a session id in digits").map_err(shifted)?;
    let version = number("a session version in digits").map_err(shifted)?;
    let connection = Connection::read(&mut fields, tolerance).map_err(shifted)?;
    Ok(Origin {
        username: Personal(Text::checked(username)),
        id,
        version,
        connection,
    })
}

fn connection(value: &[u8], tolerance: Tolerance) -> Result<Connection, Expected> {
    const CLAUSE: &str = "RFC 8866 5.7";
    text(value, "an address in UTF-8", CLAUSE)
        .and_then(|value| Connection::read(&mut Fields::new(value, CLAUSE), tolerance))
        .map_err(Expected::behind_type)
}

fn bandwidth(value: &[u8], tolerance: Tolerance) -> Result<Text, Expected> {
    const CLAUSE: &str = "RFC 8866 5.8";
    let Some(colon) = value.iter().position(|&octet| octet == b':') else {
        return Err(at_start("`<bwtype>:<bandwidth>`", CLAUSE).behind_type());
    };
    let digits = value.get(colon + 1..).unwrap_or_default();
    if colon == 0 || digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        tolerance.of(Expected {
            column: column(colon + 3),
            what: "a bandwidth in digits",
            clause: CLAUSE,
        })?;
    }
    Ok(Text::checked(value))
}

fn attribute(value: &[u8], tolerance: Tolerance) -> Result<Attribute, Expected> {
    let attribute = Attribute::new(Text::checked(value));
    if tolerance == Tolerance::None {
        let name = value.split(|&octet| octet == b':').next().unwrap_or(value);
        if name.is_empty() || !name.iter().copied().all(is_token) {
            return Err(at_start("an attribute name, a token", "RFC 8866 5.13").behind_type());
        }
    }
    Ok(attribute)
}

/// `token-char` (RFC 8866 9).
const fn is_token(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(
            octet,
            b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'{'..=b'~'
        )
}

fn media(value: &[u8], tolerance: Tolerance) -> Result<Media, Expected> {
    const CLAUSE: &str = "RFC 8866 5.14";
    let value = text(value, "a media description in UTF-8", CLAUSE)?;
    let mut fields = Fields::new(value, CLAUSE);
    let kind = MediaKind::from_name(fields.field("a media type")?);
    let port = fields.field("a port")?;
    let (port, ports) = match port.split_once('/') {
        Some((port, ports)) => (port, Some(ports)),
        None => (port, None),
    };
    let port = port
        .parse()
        .map_err(|_| fields.expected("a port up to 65535"))?;
    let ports = match ports.map(str::parse) {
        None => 1,
        Some(Ok(ports @ 1..)) => ports,
        Some(_) => return Err(fields.expected("a number of ports above 0")),
    };
    let protocol = Protocol::from_name(fields.field("a transport, as `RTP/AVP`")?);
    let formats = formats(&mut fields)?;
    if formats.is_empty() {
        let expected = fields.expected("at least one format");
        if port != 0 {
            return Err(expected);
        }
        tolerance.of(expected)?;
    }
    Ok(Media {
        ports,
        ..Media::new(kind, port, protocol, formats)
    })
}

fn formats(fields: &mut Fields<'_>) -> Result<Formats, Expected> {
    let mut rest = fields.clone();
    let text = fields.remainder();
    let mut count = 0;
    let mut length = 0;
    while let Some(format) = rest.next_field() {
        count += 1;
        length += format.len();
        if count > MAX_FORMATS {
            return Err(rest.expected("at most 128 formats"));
        }
    }
    // Single spaces, and none that is another white space: the usual line needs no copy but one.
    if count == 0 || length + count - 1 == text.len() && !text.contains('\t') {
        return Ok(Formats::new(text));
    }
    Ok(text
        .split([' ', '\t'])
        .filter(|format| !format.is_empty())
        .collect())
}
