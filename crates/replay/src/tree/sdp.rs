//! Session descriptions (RFC 8866), line by line.

use super::Node;
use trunkline_sip::sdp::{Media, SessionDescription};

/// The lines of a session description; those of a medium are in its `m=` line. A remark says what
/// the parser refuses.
pub(super) fn node(body: &[u8]) -> Node {
    let description = SessionDescription::parse(body);
    let mut node = Node::named("session description").by("RFC 8866 5");
    node.remark = description.as_ref().err().map(ToString::to_string);
    let media = description
        .map(|description| description.media)
        .unwrap_or_default();
    let mut media = media.iter();
    let text = String::from_utf8_lossy(body);
    for line in text.lines().filter(|line| !line.is_empty()) {
        let Some((kind, value)) = line.split_once('=') else {
            node.fields.push(Node::new("no line of SDP", line));
            continue;
        };
        let mut field = Node::new(format!("{kind}= {}", name(kind)), value);
        if kind == "m" {
            field.fields = media.next().map(formats).unwrap_or_default();
            node.fields.push(field);
            continue;
        }
        // What follows an `m=` line belongs to it.
        match node
            .fields
            .last_mut()
            .filter(|last| last.name.starts_with("m="))
        {
            Some(medium) => medium.fields.push(field),
            None => node.fields.push(field),
        }
    }
    node
}

/// What the formats of a medium are.
fn formats(media: &Media) -> Vec<Node> {
    let formats = media.formats.iter().map(|format| {
        let name = match media.rtpmap(format) {
            Some(map) if map.channels > 1 => {
                format!("{}/{}/{}", map.encoding, map.clock_rate, map.channels)
            }
            Some(map) => format!("{}/{}", map.encoding, map.clock_rate),
            None => assigned(format).to_owned(),
        };
        let name = match media.fmtp(format) {
            Some(parameters) => format!("{name}; {parameters}"),
            None => name,
        };
        Node::new(format!("format {format}"), name)
    });
    formats.collect()
}

const fn name(kind: &str) -> &'static str {
    match kind.as_bytes() {
        b"v" => "version",
        b"o" => "origin",
        b"s" => "session name",
        b"i" => "information",
        b"u" => "URI",
        b"e" => "email address",
        b"p" => "phone number",
        b"c" => "connection",
        b"b" => "bandwidth",
        b"t" => "time active",
        b"r" => "repeat times",
        b"z" => "time zones",
        b"k" => "encryption key",
        b"a" => "attribute",
        b"m" => "media",
        _ => "unknown",
    }
}

/// The payload types that need no `a=rtpmap` (RFC 3551 6).
const fn assigned(format: &str) -> &'static str {
    match format.as_bytes() {
        b"0" => "PCMU/8000",
        b"3" => "GSM/8000",
        b"4" => "G723/8000",
        b"8" => "PCMA/8000",
        b"9" => "G722/8000",
        b"13" => "CN/8000",
        b"15" => "G728/8000",
        b"18" => "G729/8000",
        b"31" => "H261/90000",
        b"34" => "H263/90000",
        _ => "not described",
    }
}
