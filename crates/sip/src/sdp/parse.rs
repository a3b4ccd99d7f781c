//! Reads session descriptions.
//!
//! Liberal where senders are known to err and nothing becomes ambiguous: lines may end in LF alone
//! (RFC 8866 5), `s=` and `t=` may be missing, and lines of one level may stand in any order.

use super::{Attribute, Connection, Media, MediaKind, Origin, SessionDescription};
use std::net::IpAddr;

/// The largest session description taken, in octets.
pub const MAX_SDP: usize = 32_768;

/// The most media descriptions taken.
pub const MAX_MEDIA: usize = 32;

/// The most attributes taken, of the session and of all media together.
pub const MAX_ATTRIBUTES: usize = 1_024;

/// The most formats taken in one media description.
pub const MAX_FORMATS: usize = 128;

/// A session description that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("SDP line {line}: expected {expected} ({clause})")]
pub struct SdpError {
    /// Line, from 1.
    pub line: u32,
    /// What was expected.
    pub expected: &'static str,
    /// The clause.
    pub clause: &'static str,
}

impl SessionDescription {
    /// Parses a session description.
    ///
    /// # Errors
    /// See [`SdpError`].
    pub fn parse(data: &[u8]) -> Result<Self, SdpError> {
        if data.len() > MAX_SDP {
            return Err(SdpError {
                line: 1,
                expected: "at most 32768 octets",
                clause: "RFC 8866 5",
            });
        }
        // Only free text may be other than ASCII, and its character set is anyone's guess.
        let text = String::from_utf8_lossy(data);
        let mut reader = Reader::default();
        for (index, line) in text
            .trim_end_matches(['\r', '\n', '\0'])
            .split('\n')
            .enumerate()
        {
            let line = line.strip_suffix('\r').unwrap_or(line);
            reader.line(line).map_err(|(expected, clause)| SdpError {
                line: u32::try_from(index + 1).unwrap_or(u32::MAX),
                expected,
                clause,
            })?;
        }
        reader.finish().ok_or(SdpError {
            line: 1,
            expected: "`v=` and `o=`",
            clause: "RFC 8866 5",
        })
    }
}

/// What was expected, and the clause.
type Expected = (&'static str, &'static str);

#[derive(Default)]
struct Reader {
    has_version: bool,
    origin: Option<Origin>,
    name: String,
    connection: Option<Connection>,
    bandwidths: Vec<String>,
    times: Vec<String>,
    attributes: Vec<Attribute>,
    media: Vec<Media>,
    attribute_count: usize,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), Expected> {
        let Some((kind, value)) = line.split_once('=') else {
            return Err(("`<type>=<value>`", "RFC 8866 5"));
        };
        if value.contains(['\r', '\0']) {
            return Err(("no CR and no NUL in a value", "RFC 8866 9"));
        }
        if !self.has_version {
            if (kind, value.trim_end()) != ("v", "0") {
                return Err(("`v=0`", "RFC 8866 5.1"));
            }
            self.has_version = true;
            return Ok(());
        }
        match (kind, self.media.last_mut()) {
            ("o", None) if self.origin.is_none() => self.origin = Some(origin(value)?),
            ("s", None) => value.trim_end().clone_into(&mut self.name),
            ("t", None) => self.times.push(value.to_owned()),
            ("c", None) => self.connection = Some(connection(value)?),
            // A stream may have several in multicast sessions; the first one counts.
            ("c", Some(media)) => {
                let connection = connection(value)?;
                media.connection.get_or_insert(connection);
            }
            ("b", None) => self.bandwidths.push(value.to_owned()),
            ("b", Some(media)) => media.bandwidths.push(value.to_owned()),
            ("a", media) => {
                self.attribute_count += 1;
                if self.attribute_count > MAX_ATTRIBUTES {
                    return Err(("at most 1024 attributes", "RFC 8866 5.13"));
                }
                let attributes = media.map_or(&mut self.attributes, |media| &mut media.attributes);
                attributes.push(attribute(value));
            }
            ("m", _) => {
                if self.media.len() == MAX_MEDIA {
                    return Err(("at most 32 media descriptions", "RFC 8866 5.14"));
                }
                self.media.push(media(value)?);
            }
            ("i" | "k", _) | ("u" | "e" | "p" | "r" | "z", None) => {}
            // Unknown types must not be skipped (RFC 8866 5).
            _ => return Err(("a line of a known type in its place", "RFC 8866 5")),
        }
        Ok(())
    }

    fn finish(self) -> Option<SessionDescription> {
        Some(SessionDescription {
            origin: self.origin?,
            name: self.name,
            connection: self.connection,
            bandwidths: self.bandwidths,
            times: self.times,
            attributes: self.attributes,
            media: self.media,
        })
    }
}

fn origin(value: &str) -> Result<Origin, Expected> {
    const EXPECTED: Expected = (
        "`<username> <id> <version> <nettype> <addrtype> <address>`",
        "RFC 8866 5.2",
    );
    let mut parts = value.splitn(4, ' ');
    let mut part = || parts.next().filter(|part| !part.is_empty()).ok_or(EXPECTED);
    Ok(Origin {
        username: part()?.to_owned(),
        id: part()?.to_owned(),
        version: part()?.to_owned(),
        connection: connection(part()?).map_err(|_| EXPECTED)?,
    })
}

fn connection(value: &str) -> Result<Connection, Expected> {
    let mut parts = value.split_ascii_whitespace();
    let (Some(network), Some(kind), Some(address), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(("`<nettype> <addrtype> <address>`", "RFC 8866 5.7"));
    };
    let is_internet = network == "IN" && matches!(kind, "IP4" | "IP6");
    match address.parse::<IpAddr>() {
        Ok(address) if is_internet => Ok(Connection::Ip(address)),
        _ => Ok(Connection::Other(value.trim().to_owned())),
    }
}

fn attribute(value: &str) -> Attribute {
    match value.trim_end().split_once(':') {
        Some((name, value)) => Attribute {
            name: name.to_owned(),
            value: Some(value.trim_start().to_owned()),
        },
        None => Attribute::property(value.trim_end()),
    }
}

fn media(value: &str) -> Result<Media, Expected> {
    const EXPECTED: Expected = (
        "`<media> <port>[/<number>] <proto> <fmt> ...`",
        "RFC 8866 5.14",
    );
    let mut parts = value.split_ascii_whitespace();
    let kind = MediaKind::from_name(parts.next().ok_or(EXPECTED)?);
    let port = parts.next().ok_or(EXPECTED)?;
    let (port, ports) = port.split_once('/').unwrap_or((port, "1"));
    let protocol = parts.next().ok_or(EXPECTED)?.to_owned();
    let formats: Vec<_> = parts.map(str::to_owned).collect();
    if formats.is_empty() {
        return Err(EXPECTED);
    }
    if formats.len() > MAX_FORMATS {
        return Err(("at most 128 formats", "RFC 8866 5.14"));
    }
    let port = port
        .parse()
        .map_err(|_| ("a port up to 65535", "RFC 8866 5.14"))?;
    let ports = ports.parse().ok().filter(|&ports| ports > 0);
    let ports = ports.ok_or(("a number of ports above 0", "RFC 8866 5.14"))?;
    Ok(Media {
        kind,
        port,
        ports,
        protocol,
        formats,
        connection: None,
        bandwidths: Vec::new(),
        attributes: Vec::new(),
    })
}
