//! SIP messages (RFC 3261).

use super::{Difference, Node, Options, Tree, encapsulated, isup, sdp};
use crate::sighting::Protocol;
use trunkline_isup::DecodeError as IsupError;
use trunkline_sip::multipart::{self, is_media_type};
use trunkline_sip::name::NAMES;
use trunkline_sip::uri::{self, Uri};
use trunkline_sip::{Header, Kind, Message, Name, NameAddr, Params, ParseError, Problem, Via};

/// The text of a message. Bare line feeds become CRLF, and what gets lost at the end of a text that
/// was copied is borne: remarks say so.
pub(super) fn tree(options: Options, text: &[u8]) -> Result<Tree, ParseError> {
    let mut remarks = Vec::new();
    let octets = text.len();
    let text = line_ends(text, &mut remarks);
    let length = text.len();
    let message = match Message::parse(text.clone()) {
        // A body that was copied lacks its last line end, or has one more.
        Err(ParseError {
            problem: Problem::BodyTruncated { stated, present },
            ..
        }) if !remarks.is_empty() => {
            remarks.push(format!(
                "Content-Length states {stated} octets, {present} are there"
            ));
            let missing = stated.saturating_sub(present).min(MAX_MISSING);
            Message::parse([text, b"\r\n".repeat(missing.div_ceil(2))].concat())?
        }
        parsed => parsed?,
    };
    let behind = length.saturating_sub(message.as_bytes().len());
    if behind > 0 {
        remarks.push(format!(
            "{behind} octets behind the body are left out (RFC 3261 18.3)"
        ));
    }
    let (name, start) = start_line(&message);
    let mut fields = vec![start];
    let mut bodies = Bodies {
        options,
        error: None,
        difference: None,
    };
    fields.extend(message.all_headers().map(header));
    if !message.body().is_empty() {
        let content_type = message.content_type().unwrap_or("without Content-Type");
        fields.push(bodies.node(content_type, message.body(), multipart::MAX_DEPTH));
    }
    Ok(Tree {
        protocol: Protocol::Sip,
        name,
        title: None,
        clause: None,
        variant: None,
        octets,
        remarks,
        fields,
        error: bodies.error,
        difference: bodies.difference,
        regular: true,
        inside: None,
    })
}

/// What a text may have lost at its end and still be shown.
const MAX_MISSING: usize = 4;

/// Turns bare line feeds into CRLF, and ends the header fields if nothing does.
fn line_ends(text: &[u8], remarks: &mut Vec<String>) -> Vec<u8> {
    let mut whole = Vec::with_capacity(text.len() + 64);
    let mut bare = 0;
    for (index, &octet) in text.iter().enumerate() {
        if octet == b'\n' && (index == 0 || text[index - 1] != b'\r') {
            bare += 1;
            whole.push(b'\r');
        }
        whole.push(octet);
    }
    if bare > 0 {
        remarks.push(format!(
            "{bare} lines end with a bare LF; read as CRLF (RFC 3261 7)"
        ));
    }
    if !whole.windows(4).any(|window| window == b"\r\n\r\n") {
        remarks.push("the empty line after the header fields is missing".to_owned());
        let end: &[u8] = if whole.ends_with(b"\r\n") {
            b"\r\n"
        } else {
            b"\r\n\r\n"
        };
        whole.extend(end);
    }
    whole
}

/// The message's name and its first line.
fn start_line(message: &Message) -> (String, Node) {
    match message.kind() {
        Kind::Request { method, uri } => {
            let name = method.to_string();
            let fields = vec![
                Node::new("method", name.clone()).by("RFC 3261 7.1"),
                Node::new("Request-URI", uri)
                    .by("RFC 3261 8.1.1.1")
                    .with(uri_parts(uri)),
            ];
            let line = Node::new("request line", format!("{name} {uri} SIP/2.0"));
            (name, line.by("RFC 3261 7.1").with(fields))
        }
        Kind::Response { status, reason } => {
            let class = match status / 100 {
                1 => "provisional",
                2 => "success",
                3 => "redirection",
                4 => "client error",
                5 => "server error",
                _ => "global failure",
            };
            let fields = vec![
                Node::new("status", format!("{status}, {class}")).by("RFC 3261 21"),
                Node::new("reason phrase", reason),
            ];
            let line = Node::new("status line", format!("SIP/2.0 {status} {reason}"));
            (status.to_string(), line.by("RFC 3261 7.2").with(fields))
        }
    }
}

fn header(header: Header<'_>) -> Node {
    let row = NAMES
        .iter()
        .find(|row| header.name.is_some_and(|name| name == row.name));
    let mut node = Node::new(row.map_or(header.text, |row| row.text), header.value);
    node.clause = row.map(|row| row.clause);
    if header.text != node.name {
        node.remark = Some(format!("written as {}", header.text));
    }
    node.fields = header
        .name
        .and_then(|name| parts(name, header.value))
        .unwrap_or_default();
    node
}

/// The parts of a value that is typed; none where it is not one value alone.
fn parts(name: Name, value: &str) -> Option<Vec<Node>> {
    match name {
        Name::Via => {
            let via = Via::parse(value).ok()?;
            let host = match via.port {
                Some(port) => format!("{}:{port}", via.host),
                None => via.host.to_string(),
            };
            let mut fields = vec![
                Node::new("transport", via.transport),
                Node::new("sent-by", host),
            ];
            fields.extend(params(via.params));
            Some(fields)
        }
        Name::From
        | Name::To
        | Name::Contact
        | Name::Route
        | Name::RecordRoute
        | Name::ReferTo
        | Name::ReferredBy
        | Name::PAssertedIdentity
        | Name::PPreferredIdentity
        | Name::Diversion
        | Name::HistoryInfo => {
            let address = NameAddr::parse(value).ok()?;
            let mut fields = Vec::new();
            fields.extend(
                address
                    .display_name()
                    .map(|name| Node::new("display name", name)),
            );
            fields.push(Node::new("URI", address.uri).with(uri_parts(address.uri)));
            fields.extend(params(address.params));
            Some(fields)
        }
        Name::CSeq => {
            let (number, method) = value.split_once([' ', '\t'])?;
            Some(vec![
                Node::new("number", number),
                Node::new("method", method.trim()),
            ])
        }
        Name::Reason => {
            // `Q.850;cause=16;text="..."` (RFC 3326 2)
            let number = value.split(';').find_map(|part| {
                let (name, value) = part.split_once('=')?;
                name.trim()
                    .eq_ignore_ascii_case("cause")
                    .then(|| value.trim().parse().ok())?
            })?;
            let protocol = value.split(';').next()?.trim();
            let cause = trunkline_model::CauseValue::new(number)?;
            let text = format!("{number} {}", cause.name());
            protocol
                .eq_ignore_ascii_case("Q.850")
                .then(|| vec![Node::new("cause", text)])
        }
        _ => None,
    }
}

fn params(params: Params<'_>) -> impl Iterator<Item = Node> {
    params.iter().map(|param| match param.value {
        Some(value) => Node::new(format!("parameter {}", param.name), value),
        None => Node::named(format!("parameter {}", param.name)),
    })
}

fn uri_parts(text: &str) -> Vec<Node> {
    let mut fields = Vec::new();
    match uri::parse(text) {
        Ok(Uri::Sip(uri)) => {
            fields.extend(uri.user_decoded().map(|user| Node::new("user", user)));
            fields.push(Node::new("host", uri.host.to_string()));
            fields.extend(uri.port.map(|port| Node::new("port", port.to_string())));
            fields.extend(params(uri.params));
        }
        Ok(Uri::Tel(uri)) => {
            let scope = if uri.is_global() {
                "global number"
            } else {
                "local number"
            };
            fields.push(Node::new(scope, uri.digits()));
            fields.extend(params(uri.params));
        }
        Ok(Uri::Other { .. }) | Err(_) => {}
    }
    fields
}

/// The bodies of a message.
struct Bodies {
    options: Options,
    /// Why an ISUP message cannot be read.
    error: Option<IsupError>,
    /// Where an ISUP message is written otherwise.
    difference: Option<Difference>,
}

impl Bodies {
    /// A body, or a part of one.
    fn node(&mut self, content_type: &str, octets: &[u8], depth: usize) -> Node {
        if is_media_type(content_type, "application/sdp") {
            return sdp::node(octets);
        }
        if is_media_type(content_type, "application/ISUP") {
            return self.isup(content_type, octets);
        }
        let mut node = Node::named(format!("body, {content_type}, {} octets", octets.len()));
        let parts = if depth > 0 {
            multipart::parts(content_type, octets)
        } else {
            Vec::new()
        };
        if parts.is_empty() {
            match str::from_utf8(octets) {
                Ok(text) => node.fields = text.lines().map(Node::named).collect(),
                Err(_) => node.hex = Some(octets.to_vec()),
            }
        } else {
            let parts = parts
                .iter()
                .map(|part| self.node(part.content_type, part.body, depth - 1));
            node.fields = parts.collect();
        }
        node
    }

    fn isup(&mut self, content_type: &str, octets: &[u8]) -> Node {
        let (variant, unknown) = encapsulated::variant(self.options, content_type);
        let options = Options {
            variant: Some(variant),
            ..self.options
        };
        let mut node = Node::named("ISUP").by("RFC 3204 3.1");
        let mut remarks = Vec::from_iter(unknown);
        match isup::tree_without_cic(options, octets) {
            Ok(tree) => {
                node.name = format!("ISUP {}", tree.name);
                remarks.push("octets are counted as if the CIC stood before it".to_owned());
                remarks.extend(tree.error.map(isup::malformed));
                remarks.extend(tree.remarks);
                node.fields = tree.fields;
                self.error = self.error.or(tree.error);
                self.difference = self.difference.take().or(tree.difference);
            }
            Err(error) => {
                self.error.get_or_insert(error);
                remarks.push(isup::malformed(error));
                node.hex = Some(octets.to_vec());
            }
        }
        node.remark = Some(remarks.join("; "));
        node
    }
}
