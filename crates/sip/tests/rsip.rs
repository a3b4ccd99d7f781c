//! rsip 0.4 as second opinion: where both take a message, both read the same.
//!
//! rsip reads less of the grammar, and some of it wrongly. What the comparison steps around:
//!
//! - It does not know compact forms of names, and unfolds nothing: such messages it refuses, or
//!   misses a mandatory header field in them, or takes a later Via for the first.
//! - It splits no comma list of Via, Contact or Route: only the first value is compared, and only
//!   of a header field with one value.
//! - A parameter ends for it at the first character that is not of a token; what follows in the
//!   URI is lost without an error ([`is_simple`]).
//! - URI header fields are lost, or taken for a part of the host.
//! - It knows nothing of `tel:` and other schemes and reads their first part as a host
//!   ([`is_read`]).
//! - A user with a dot in it is none for it, but part of the host.
//! - It takes what follows the first colon of an IPv6 address for a port, and refuses it, as it
//!   does methods that it does not know, two spaces in CSeq, and quoted parameters.
//! - It leaves quotes and escapes in display names, and takes a `<` in them for that of the URI.
//! - It leaves the octets behind Content-Length in the body; none are made here.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "support/generate.rs"]
mod generate;
#[path = "../../isup/tests/support/random.rs"]
#[allow(dead_code, reason = "octets are for fuzzing")]
mod random;

use random::Random;
use rsip::headers::ToTypedHeader;
use rsip::headers::untyped::UntypedHeader;
use rsip::message::HasHeaders;
use rsip::prelude::HeadersExt;
use trunkline_sip::{Kind, Message, Name, NameAddr, Uri, Via};

const MESSAGES: usize = 10_000;

#[test]
fn both_read_the_same() {
    let mut random = Random::new(4475);
    let mut both = 0;
    for _ in 0..MESSAGES {
        let octets = generate::message(&mut random);
        let shown = octets.escape_ascii();
        let message = Message::parse(octets.clone()).unwrap_or_else(|e| panic!("{e}: {shown}"));
        let ours = ours(&message);
        if let Ok(theirs) = theirs(octets.clone()) {
            both += 1;
            assert_eq!(ours, theirs, "{shown}");
        }
    }
    println!("both take {both} of {MESSAGES}");
    assert!(both * 10 > MESSAGES * 7, "{both} of {MESSAGES}");
}

/// What both can say of a message.
#[derive(Debug, PartialEq)]
struct Reading {
    start: String,
    uri: Option<Address>,
    via: (String, String, Option<u16>, Option<String>),
    from: (Option<String>, Address, Option<String>),
    to: (Option<String>, Address, Option<String>),
    cseq: (u32, String),
    call_id: String,
    /// All values but those that are folded.
    values: Vec<String>,
    body: Vec<u8>,
}

/// The parts of a SIP URI that both read.
#[derive(Debug, PartialEq)]
enum Address {
    Sip {
        secure: bool,
        user: Option<String>,
        password: Option<String>,
        host: String,
        port: Option<u16>,
        /// Names in lower case, and values.
        params: Option<Vec<(String, Option<String>)>>,
    },
    /// Nothing to compare.
    Other,
}

fn ours(message: &Message) -> Reading {
    let (start, uri) = match message.kind() {
        Kind::Request { method, uri } => (method.to_string(), Some(address(uri))),
        Kind::Response { status, .. } => (status.to_string(), None),
    };
    let first = message.headers(Name::Via).next().unwrap();
    assert_eq!(Via::parse(first), message.via());
    // The first that rsip knows by its name.
    let via = message
        .all_headers()
        .find(|header| header.text.eq_ignore_ascii_case("Via"))
        .map_or(first, |header| header.value);
    let via = via.split(" , ").next().unwrap();
    let via = Via::parse(via).unwrap();
    let name_addr = |value: NameAddr<'_>| {
        let display = value.display.filter(|display| !display.is_empty());
        let tag = value.tag().map(str::to_owned);
        (display.map(str::to_owned), address(value.uri), tag)
    };
    let cseq = message.cseq();
    Reading {
        start,
        uri,
        via: (
            via.transport.to_ascii_uppercase(),
            via.host.to_string(),
            via.port,
            via.branch().map(str::to_owned),
        ),
        from: name_addr(message.from()),
        to: name_addr(message.to()),
        cseq: (cseq.number, cseq.method.to_string()),
        call_id: message.call_id().to_owned(),
        values: message
            .all_headers()
            .map(|header| header.value.to_owned())
            .collect(),
        body: message.body().to_vec(),
    }
}

fn address(uri: &str) -> Address {
    match Uri::parse(uri).unwrap() {
        Uri::Sip(parsed) if is_read(uri) => Address::Sip {
            secure: parsed.secure,
            user: parsed.user.map(str::to_owned),
            password: parsed.password.map(str::to_owned),
            host: parsed.host.to_string(),
            port: parsed.port,
            params: is_simple(parsed.params.as_str()).then(|| {
                let params = parsed.params.iter();
                let pair = |param: trunkline_sip::Param<'_>| {
                    let value = param.value.map(|value| plain(param.name, value));
                    (param.name.to_ascii_lowercase(), value)
                };
                params.map(pair).collect()
            }),
        },
        _ => Address::Other,
    }
}

fn theirs(octets: Vec<u8>) -> Result<Reading, rsip::Error> {
    let text = String::from_utf8_lossy(&octets).into_owned();
    let message = rsip::SipMessage::try_from(octets)?;
    let (start, uri) = match &message {
        rsip::SipMessage::Request(request) => {
            let line = text.lines().next().unwrap_or_default();
            let uri = line.split(' ').nth(1).unwrap_or_default();
            (
                request.method.to_string(),
                Some(their_address(&request.uri, uri)),
            )
        }
        rsip::SipMessage::Response(response) => (response.status_code.code().to_string(), None),
    };
    let via = message.via_header()?.typed()?;
    let from = message.from_header()?;
    let (from_text, from) = (from.value().to_owned(), from.typed()?);
    let to = message.to_header()?;
    let (to_text, to) = (to.value().to_owned(), to.typed()?);
    let cseq = message.cseq_header()?.typed()?;
    let values = message.headers().iter().map(|header| {
        let header = header.to_string();
        header
            .split_once(':')
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    });
    let uri_of = |value: &str| {
        let inner = value.rsplit_once('<').map_or(value, |(_, rest)| rest);
        inner.split(['>']).next().unwrap_or_default().to_owned()
    };
    Ok(Reading {
        start,
        uri,
        via: (
            via.transport.to_string().to_ascii_uppercase(),
            via.uri.host().to_string(),
            via.uri.port().map(|port| *port.value()),
            via.branch().map(|branch| branch.value().to_owned()),
        ),
        from: (
            from.display_name.as_deref().and_then(without_quotes),
            their_address(&from.uri, &uri_of(&from_text)),
            from.tag().map(|tag| tag.value().to_owned()),
        ),
        to: (
            to.display_name.as_deref().and_then(without_quotes),
            their_address(&to.uri, &uri_of(&to_text)),
            to.tag().map(|tag| tag.value().to_owned()),
        ),
        cseq: (cseq.seq, cseq.method.to_string()),
        call_id: message.call_id_header()?.value().to_owned(),
        values: values.collect(),
        body: message.body().clone(),
    })
}

fn their_address(uri: &rsip::Uri, text: &str) -> Address {
    if !is_read(text) {
        return Address::Other;
    }
    let rest = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
    let params = rest.find(';').map_or("", |at| &rest[at..]);
    let params = params.split('?').next().unwrap_or_default();
    Address::Sip {
        secure: uri.is_sips().unwrap_or(false),
        user: uri.user().map(str::to_owned),
        password: uri.auth.as_ref().and_then(|auth| auth.password.clone()),
        host: uri.host().to_string(),
        port: uri.port().map(|port| *port.value()),
        params: is_simple(params).then(|| {
            let params = uri.params.iter().map(|param| {
                let text = param.to_string();
                let text = text.trim_start_matches(';');
                match text.split_once('=') {
                    Some((name, value)) => (name.to_ascii_lowercase(), Some(plain(name, value))),
                    None => (text.to_ascii_lowercase(), None),
                }
            });
            params.collect()
        }),
    }
}

/// Values that rsip writes in a case of its own.
fn plain(name: &str, value: &str) -> String {
    if name.eq_ignore_ascii_case("transport") {
        return value.to_ascii_lowercase();
    }
    value.to_owned()
}

/// Whether rsip reads a URI: one of SIP without header fields, whose user has no dot.
fn is_read(uri: &str) -> bool {
    let user = uri.split_once('@').map_or("", |(user, _)| user);
    (uri.starts_with("sip:") || uri.starts_with("sips:"))
        && !user.contains('.')
        && !uri.contains('?')
}

/// Whether rsip reads parameters to their end.
fn is_simple(params: &str) -> bool {
    params
        .bytes()
        .all(|octet| octet.is_ascii_alphanumeric() || b";=-.!%*_+`'~".contains(&octet))
}

fn without_quotes(text: &str) -> Option<String> {
    let text = text.trim();
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    Some(inner.unwrap_or(text).to_owned()).filter(|text| !text.is_empty())
}
