//! Session descriptions (RFC 8866), line by line.

use super::Node;
use super::node::hex;
use trunkline_sip::sdp::{
    AttributeError, Candidate, Crypto, Fingerprint, Group, Media, Mid, Parameters, Rtcp, RtpMap,
    SessionDescription, Setup, TlsId, TypedAttribute,
};

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
        field.fields = parts(kind, value);
        if kind == "a" {
            match attribute(value) {
                Ok(fields) => field.fields = fields,
                Err(error) => field.remark = Some(format!("malformed: {error}")),
            }
        }
        if kind == "m" {
            field
                .fields
                .extend(media.next().map(formats).unwrap_or_default());
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

/// The parts of a line that are separated by spaces.
fn parts(kind: &str, value: &str) -> Vec<Node> {
    let names: &[&str] = match kind {
        "o" => &[
            "user name",
            "session id",
            "session version",
            "network type",
            "address type",
            "address",
        ],
        "c" => &["network type", "address type", "address"],
        "t" => &["start", "stop"],
        "m" => &["medium", "port", "protocol"],
        "b" => {
            let Some((kind, bandwidth)) = value.split_once(':') else {
                return Vec::new();
            };
            return vec![Node::new("type", kind), Node::new("bandwidth", bandwidth)];
        }
        _ => return Vec::new(),
    };
    let values = value.split(' ').filter(|value| !value.is_empty());
    let nodes = names.iter().zip(values);
    nodes.map(|(name, value)| Node::new(*name, value)).collect()
}

/// The parts of an attribute that has a type.
fn attribute(text: &str) -> Result<Vec<Node>, AttributeError> {
    let Some((name, value)) = text.split_once(':') else {
        return Ok(Vec::new());
    };
    let mut nodes = Vec::new();
    let mut put = |name: &str, value: String| nodes.push(Node::new(name, value));
    match name {
        RtpMap::NAME => {
            let map = RtpMap::parse(value)?;
            put("payload type", map.payload_type.to_string());
            put("encoding", map.encoding.to_owned());
            put("clock rate", format!("{} Hz", map.clock_rate));
            put("channels", map.channels.to_string());
        }
        "fmtp" => {
            let (format, parameters) = value.split_once(' ').unwrap_or((value, ""));
            put("format", format.to_owned());
            for (name, value) in Parameters::new(parameters).iter() {
                put(&format!("parameter {name}"), value.to_owned());
            }
        }
        Candidate::NAME => {
            let candidate = Candidate::parse(value)?;
            put("foundation", candidate.foundation.to_owned());
            put("component", candidate.component.to_string());
            put("transport", candidate.transport.to_owned());
            put("priority", candidate.priority.to_string());
            let words = value.split(' ').filter(|word| !word.is_empty());
            let words: Vec<_> = words.skip(4).collect();
            // The grammar has been checked: address, port, `typ`, the type, then pairs.
            if let [address, port, _, kind, pairs @ ..] = &words[..] {
                put("address", (*address).to_owned());
                put("port", (*port).to_owned());
                put("type", (*kind).to_owned());
                for pair in pairs.chunks(2) {
                    put(pair[0], pair.get(1).copied().unwrap_or_default().to_owned());
                }
            }
        }
        Crypto::NAME => {
            let crypto = Crypto::parse(value)?;
            let words: Vec<_> = value.split(' ').filter(|word| !word.is_empty()).collect();
            put("tag", crypto.tag.to_string());
            put(
                "suite",
                words.get(1).copied().unwrap_or_default().to_owned(),
            );
            put("keys", words.get(2).copied().unwrap_or_default().to_owned());
            if !crypto.parameters.is_empty() {
                put("session parameters", crypto.parameters.to_owned());
            }
        }
        Fingerprint::NAME => {
            let fingerprint = Fingerprint::parse(value)?;
            put("hash function", fingerprint.hash.to_owned());
            put("hash", hex(&fingerprint.octets, ":"));
        }
        Group::NAME => {
            let group = Group::parse(value)?;
            put("semantics", group.semantics.to_owned());
            for mid in group.mids {
                put("stream", mid.to_owned());
            }
        }
        Rtcp::NAME => {
            let rtcp = Rtcp::parse(value)?;
            put("port", rtcp.port.to_string());
            if let Some(address) = rtcp.address {
                put("address", address.to_string());
            }
        }
        // Of one part.
        Setup::NAME => drop(Setup::parse(value)?),
        Mid::NAME => drop(Mid::parse(value)?),
        TlsId::NAME => drop(TlsId::parse(value)?),
        _ => {}
    }
    Ok(nodes)
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
