//! Header fields, by the types of their values.

use super::super::Node;
use trunkline_sip::header::{self, Part, PartKind};
use trunkline_sip::name::NAMES;
use trunkline_sip::uri::{self, Uri};
use trunkline_sip::{Header, Name, ParseError, reason_phrase};

/// A header field: its value as it came, and the parts of it. What its type refuses is remarked
/// where it stands.
pub(super) fn node(header: Header<'_>) -> Node {
    let row = NAMES
        .iter()
        .find(|row| header.name.is_some_and(|name| name == row.name));
    let mut node = Node::new(row.map_or(header.text, |row| row.text), header.value);
    node.clause = row.map(|row| row.clause);
    let mut remarks = Vec::new();
    if header.text != node.name {
        remarks.push(format!("written as {}", header.text));
    }
    if let Some(name) = header.name {
        let values: Vec<_> = header::split(name, header.value).collect();
        match values[..] {
            [(at, value)] => {
                let (fields, fault) = value_parts(name, value, at);
                node.fields = fields;
                remarks.extend(fault);
            }
            _ => {
                node.fields = values
                    .iter()
                    .map(|&(at, value)| one_of(name, value, at))
                    .collect()
            }
        }
    }
    node.remark = (!remarks.is_empty()).then(|| remarks.join("; "));
    node
}

/// One value of a list.
fn one_of(name: Name, value: &str, at: usize) -> Node {
    let mut node = Node::new("value", value);
    (node.fields, node.remark) = value_parts(name, value, at);
    node
}

/// The parts of a value that stands so many octets into its field, or what is wrong with it.
fn value_parts(name: Name, value: &str, at: usize) -> (Vec<Node>, Option<String>) {
    match header::parts(name, value) {
        None => (Vec::new(), None),
        Some(Ok(parts)) => (nodes(name, &parts), None),
        Some(Err(error)) => (Vec::new(), Some(fault(&error, value, at))),
    }
}

/// What is wrong with a value, where, and by which clause.
fn fault(error: &ParseError, value: &str, at: usize) -> String {
    let place = usize::try_from(error.column)
        .unwrap_or(usize::MAX)
        .saturating_sub(1);
    let rest = String::from_utf8_lossy(value.as_bytes().get(place..).unwrap_or_default());
    let found: String = rest.chars().take(SHOWN).collect();
    let found = match found.is_empty() {
        true => "the end".to_owned(),
        false => format!("`{found}`"),
    };
    let ParseError {
        problem, clause, ..
    } = error;
    let column = place.saturating_add(at).saturating_add(1);
    format!("malformed: column {column} of the value, at {found}: {problem} ({clause})")
}

/// So many characters of what is wrong are shown.
const SHOWN: usize = 16;

fn nodes(name: Name, parts: &[Part]) -> Vec<Node> {
    let protocol = parts.first().and_then(|part| part.value.as_deref());
    let nodes = parts.iter().map(|part| {
        let value = part.value.as_deref();
        match part.kind {
            PartKind::Uri => Node::new(&part.name, value.unwrap_or_default())
                .with(uri_parts(value.unwrap_or_default())),
            PartKind::Field => Node::new(&part.name, value.unwrap_or_default()),
            PartKind::Parameter => {
                let mut node = Node::named(format!("parameter {}", part.name));
                let is_cause = name == Name::Reason && part.name == "cause";
                let meaning = value
                    .filter(|_| is_cause)
                    .and_then(|cause| meaning(protocol.unwrap_or_default(), cause.parse().ok()?));
                node.value = match (value, meaning) {
                    (Some(value), Some(meaning)) => Some(format!("{value} {meaning}")),
                    (value, _) => value.map(ToOwned::to_owned),
                };
                node
            }
        }
    });
    nodes.collect()
}

/// What a cause means (RFC 3326 2).
fn meaning(protocol: &str, cause: u16) -> Option<&'static str> {
    match protocol {
        "Q.850" => {
            let cause = u8::try_from(cause).ok()?;
            trunkline_model::CauseValue::new(cause).map(|cause| cause.name())
        }
        "SIP" if (100..700).contains(&cause) => Some(reason_phrase(cause)),
        _ => None,
    }
}

/// The parts of a URI.
pub(super) fn uri_parts(text: &str) -> Vec<Node> {
    let mut fields = Vec::new();
    let params = match uri::parse(text) {
        Ok(Uri::Sip(uri)) => {
            fields.extend(uri.user_decoded().map(|user| Node::new("user", user)));
            fields.extend(uri.password.map(|password| Node::new("password", password)));
            fields.push(Node::new("host", uri.host.to_string()));
            fields.extend(uri.port.map(|port| Node::new("port", port.to_string())));
            let headers = uri.headers.split('&').filter(|pair| !pair.is_empty());
            let headers = headers.map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                Node::new(format!("header {name}"), uri::unescape(value))
            });
            fields.extend(params(uri.params));
            fields.extend(headers);
            return fields;
        }
        Ok(Uri::Tel(uri)) => {
            let scope = if uri.is_global() {
                "global number"
            } else {
                "local number"
            };
            fields.push(Node::new(scope, uri.digits()));
            uri.params
        }
        Ok(Uri::Other { .. }) | Err(_) => return fields,
    };
    fields.extend(self::params(params));
    fields
}

fn params(params: trunkline_sip::Params<'_>) -> impl Iterator<Item = Node> {
    params.iter().map(|param| match param.value {
        Some(value) => Node::new(format!("parameter {}", param.name), value),
        None => Node::named(format!("parameter {}", param.name)),
    })
}
