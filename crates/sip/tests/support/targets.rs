//! What must hold for all octets: the bodies of the fuzz targets of `fuzz/`, which `tests/fuzz.rs`
//! runs with changed valid messages, too.

use trunkline_sip::multipart::{self, MAX_DEPTH, Multipart, Part};
use trunkline_sip::sdp::SessionVersion;
use trunkline_sip::sdp::{self as offers, Capabilities, Direction, SessionDescription};
use trunkline_sip::stream::{Frame, Framer, Limits, StreamError};
use trunkline_sip::{Builder, Message, NameAddr, ParseError, Uri, Via};

/// Whatever comes is read or refused. What is read, reads the same when it is written; what is
/// refused, is so at a place in it. Gives whether it was read.
pub(crate) fn message(octets: &[u8]) -> bool {
    if let Some(message) = Message::salvage(octets.to_vec()) {
        read(&message);
    }
    match Message::parse(octets.to_vec()) {
        Ok(message) => {
            read(&message);
            let again = Message::parse(message.as_bytes().to_vec()).unwrap();
            assert_eq!(again.kind(), message.kind());
            assert_eq!(again.body(), message.body());
            assert!(again.all_headers().eq(message.all_headers()));
            true
        }
        Err(error) => {
            check(&error, octets);
            false
        }
    }
}

/// A stream gives the same frames however it is cut. The first octet says how, the next four are
/// the limits. Gives whether there was a message.
pub(crate) fn stream(input: &[u8]) -> bool {
    let Some((&[cut, head, head_low, body, body_low], stream)) = input.split_first_chunk() else {
        return false;
    };
    let limits = Limits {
        head: usize::from(u16::from_be_bytes([head, head_low])),
        body: usize::from(u16::from_be_bytes([body, body_low])),
    };
    let whole = frames(stream, limits, |_| stream.len());
    // In octets, in equal pieces, and in pieces of all sizes.
    let mut state = u32::from(cut) + 1;
    assert_eq!(frames(stream, limits, |_| 1), whole);
    assert_eq!(frames(stream, limits, |_| usize::from(cut) + 1), whole);
    let uneven = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as usize + 1
    };
    assert_eq!(frames(stream, limits, uneven), whole);
    let mut rest = stream;
    let mut found = false;
    for frame in whole {
        let text: &[u8] = match &frame {
            Ok(Frame::Message(message)) => {
                assert!(message.len() <= limits.head + limits.body);
                found = true;
                message
            }
            // Its first half was a pong.
            Ok(Frame::Ping | Frame::Pong) => b"\r\n",
            Err(error) => {
                assert!(error.to_string().contains("(RFC "));
                continue;
            }
        };
        rest = rest.strip_prefix(text).unwrap();
    }
    found
}

/// A description that is read, reads the same when it is written, and can be answered. Gives
/// whether it was read.
pub(crate) fn sdp(octets: &[u8]) -> bool {
    let Ok(description) = SessionDescription::parse(octets) else {
        return false;
    };
    let written = description.to_bytes();
    let again = SessionDescription::parse(&written).unwrap();
    assert_eq!(again.media, description.media);
    assert_eq!(again.to_bytes(), written);
    let local = "192.0.2.9:4000".parse().unwrap();
    let session = SessionVersion { id: 1, version: 1 };
    let capabilities = Capabilities::default();
    let answer = offers::answer(
        &description,
        local,
        &capabilities,
        Direction::SendRecv,
        session,
    );
    if let Ok((answer, _)) = answer {
        assert_eq!(answer.media.len(), description.media.len());
        SessionDescription::parse(&answer.to_bytes()).unwrap();
    }
    let offer = offers::offer(local, &capabilities, Direction::SendRecv, session);
    let _ = offers::negotiated(&offer, &description);
    true
}

/// Reads one value as everything that it may be.
pub(crate) fn value(text: &str) {
    if let Ok(address) = NameAddr::parse(text) {
        let _ = (address.display_name(), address.parsed_uri().unwrap());
        let again = address.to_string();
        let again = NameAddr::parse(&again).unwrap();
        assert_eq!(again.uri, address.uri);
        assert_eq!(again.display_name(), address.display_name());
        assert!(again.params.iter().eq(address.params.iter()));
        for param in address.params.iter() {
            let _ = param.unquoted();
        }
    }
    if let Ok(via) = Via::parse(text) {
        let _ = (via.branch(), via.received(), via.rport());
        let again = via.to_string();
        let again = Via::parse(&again).unwrap();
        assert_eq!((again.transport, again.host), (via.transport, via.host));
        assert_eq!(again.port, via.port);
        assert!(again.params.iter().eq(via.params.iter()));
    }
    match Uri::parse(text) {
        Ok(uri) => {
            self::uri(&uri);
            let written = uri.to_string();
            let again = Uri::parse(&written).unwrap();
            assert!(again.is_equivalent(&uri) && uri.is_equivalent(&uri));
            assert_eq!(again.to_string(), written);
        }
        Err(error) => check(&error, text.as_bytes()),
    }
}

fn uri(uri: &Uri<'_>) {
    if let Some(uri) = uri.sip() {
        let _ = (uri.user_decoded(), uri.maddr(), uri.ttl(), uri.method());
        assert!(uri.header_fields().all(|(name, _)| !name.is_empty()));
        assert!(uri.params.iter().all(|param| !param.name.is_empty()));
    }
    if let Some(tel) = uri.subscriber() {
        assert!(!tel.digits().is_empty());
        let _ = (tel.phone_context(), tel.isub(), tel.ext(), tel.rn());
        let _ = (tel.cic(), tel.cpc(), tel.oli(), tel.unknown_mandatory());
    }
}

fn read(message: &Message) {
    let _ = (message.kind(), message.via().is_ok(), message.cseq());
    let _ = (message.from().tag(), message.to().tag(), message.call_id());
    let _ = (message.contact(), message.max_forwards());
    for header in message.all_headers() {
        value(header.value);
        if let Some(name) = header.name {
            message.headers(name).for_each(value);
        }
    }
    if let Some(description) = message.sdp() {
        sdp(description);
    }
    if let Some(part) = Part::of(message) {
        bodies(part, MAX_DEPTH);
        let sdp_and_isup =
            |part: &Part<'_>| part.is("application/sdp") || part.is("application/isup");
        match part.understood(&sdp_and_isup) {
            Ok(parts) => assert!(parts.iter().all(sdp_and_isup)),
            Err(part) => assert!(!sdp_and_isup(&part)),
        }
    }
    if message.is_request() {
        let data = Builder::response_to(message, 400, "Bad Request", Some("t")).build();
        assert!(data.starts_with(b"SIP/2.0 400 Bad Request\r\n"));
        assert!(data.ends_with(b"\r\n\r\n"));
    }
}

/// Parts that are read, read the same when they are written.
fn bodies(part: Part<'_>, depth: usize) {
    let _ = (part.content(), part.isup_type(), part.is_required());
    let parts = part.parts();
    if parts.is_empty() || depth == 0 {
        return;
    }
    let written = multipart::write(Multipart::Mixed, &parts);
    let whole = Part::new(&written.content_type, &written.body);
    let again = whole.parts();
    assert_eq!(again.len(), parts.len());
    for (again, part) in again.iter().zip(&parts) {
        assert_eq!(again.body, part.body);
        assert_eq!(again.disposition.is_some(), part.disposition.is_some());
        bodies(*part, depth - 1);
    }
}

/// An error is at a place in the text.
fn check(error: &ParseError, text: &[u8]) {
    let mut lines = text.split(|&octet| octet == b'\n');
    let line = lines.nth(error.line as usize - 1);
    let line = line.unwrap_or_else(|| panic!("{error}"));
    assert!(error.column as usize <= line.len() + 1, "{error}");
    assert!(error.column > 0 && error.to_string().contains("(RFC "));
}

fn frames(
    mut stream: &[u8],
    limits: Limits,
    mut size: impl FnMut(usize) -> usize,
) -> Vec<Result<Frame, StreamError>> {
    let mut framer = Framer::new(limits);
    let mut frames = Vec::new();
    while !stream.is_empty() {
        let (piece, rest) = stream.split_at(size(stream.len()).min(stream.len()));
        framer.push(piece);
        frames.extend(core::iter::from_fn(|| framer.poll()));
        stream = rest;
    }
    assert!(framer.poll().is_none());
    frames
}
