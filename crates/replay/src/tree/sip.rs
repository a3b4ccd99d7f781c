//! SIP messages (RFC 3261).

mod body;
mod header;
mod malformed;

pub use malformed::Malformed;

use super::{Node, Options, Tree};
use crate::sighting::Protocol;
use body::Bodies;
use trunkline_sip::multipart::{self, Part};
use trunkline_sip::{Kind, Message, ParseError, Problem};

/// The text of a message, before which so many lines were left out. Bare line feeds become CRLF,
/// and what gets lost at the end of a text that was copied is borne: remarks say so.
pub(super) fn tree(options: Options, text: &[u8], lines: u32) -> Result<Tree, Malformed> {
    let mut remarks = Vec::new();
    let octets = text.len();
    let text = line_ends(text, &mut remarks);
    read(&text, &mut remarks)
        .map(|message| whole(options, &message, octets, text.len(), remarks))
        .map_err(|error| Malformed::new(error, &text, lines))
}

/// Reads the message.
fn read(text: &[u8], remarks: &mut Vec<String>) -> Result<Message, ParseError> {
    match Message::parse(text.to_vec()) {
        // A body that was copied lacks its last line end, or has one more.
        Err(ParseError {
            problem: Problem::BodyTruncated { stated, present },
            ..
        }) if !remarks.is_empty() => {
            remarks.push(format!(
                "Content-Length states {stated} octets, {present} are there"
            ));
            let missing = stated.saturating_sub(present).min(MAX_MISSING);
            Message::parse([text, &b"\r\n".repeat(missing.div_ceil(2))].concat())
        }
        parsed => parsed,
    }
}

/// The tree of a message for which so many octets came, and so many were read.
fn whole(
    options: Options,
    message: &Message,
    octets: usize,
    length: usize,
    mut remarks: Vec<String>,
) -> Tree {
    let behind = length.saturating_sub(message.as_bytes().len());
    if behind > 0 {
        remarks.push(format!(
            "{behind} octets behind the body are left out (RFC 3261 18.3)"
        ));
    }
    let (name, start) = start_line(message);
    let mut fields = vec![start];
    let mut bodies = Bodies {
        options,
        error: None,
        difference: None,
    };
    fields.extend(message.all_headers().map(header::node));
    if !message.body().is_empty() {
        let unnamed = Part::new("without Content-Type", message.body());
        let body = Part::of(message).unwrap_or(unnamed);
        fields.push(bodies.node(&body, multipart::MAX_DEPTH));
    }
    Tree {
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
    }
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
                    .with(header::uri_parts(uri)),
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
