//! Several SIP messages in one input, as they come over TCP.

use std::borrow::Cow;
use trunkline_replay::tree;
use trunkline_sip::stream::{Frame, Framer};

/// The messages of a stream.
pub(super) struct Stream {
    /// The line on which each begins, from 1, and its octets.
    pub(super) messages: Vec<(usize, Vec<u8>)>,
    /// Why there is more that cannot be read.
    pub(super) fault: Option<String>,
}

impl Stream {
    /// The messages of an input; `None` unless there is a second one, or what begins like one.
    pub(super) fn of(input: &[u8]) -> Option<Self> {
        if !tree::is_sip(input) {
            return None;
        }
        let whole = with_line_ends(input);
        let start = whole.len() - whole.trim_ascii_start().len();
        let mut framer = Framer::default();
        framer.push(&whole[start..]);
        let (mut at, mut messages, mut error) = (start, Vec::new(), None);
        while let Some(frame) = framer.poll() {
            match frame {
                // Keep-alives, or empty lines between messages.
                Ok(Frame::Ping | Frame::Pong) => {}
                Ok(Frame::Message(message)) => {
                    at = begin(&whole, at);
                    messages.push((line_of(&whole, at), message));
                    at += messages.last().map_or(0, |(_, message)| message.len());
                }
                Err(found) => error = Some(found),
            }
        }
        at = begin(&whole, at);
        if messages.is_empty() || messages.len() == 1 && !tree::is_sip(&whole[at..]) {
            return None;
        }
        let place = format!(
            "message {}, line {}",
            messages.len() + 1,
            line_of(&whole, at)
        );
        let fault = match error {
            Some(error) => Some(format!("{place}: {error}")),
            None if framer.is_mid_message() => Some(format!("{place}: it is not whole")),
            None => None,
        };
        Some(Self { messages, fault })
    }
}

/// A text whose lines end with bare line feeds throughout, as copying leaves it, with CRLF.
fn with_line_ends(input: &[u8]) -> Cow<'_, [u8]> {
    if input.contains(&b'\r') {
        return Cow::Borrowed(input);
    }
    let lines: Vec<_> = input.split(|&octet| octet == b'\n').collect();
    Cow::Owned(lines.join(&b"\r\n"[..]))
}

/// Where a message begins: behind line ends.
fn begin(whole: &[u8], at: usize) -> usize {
    let rest = whole.get(at..).unwrap_or_default();
    let line_ends = rest.iter().take_while(|octet| b"\r\n".contains(octet));
    at + line_ends.count()
}

fn line_of(whole: &[u8], at: usize) -> usize {
    let before = whole.get(..at).unwrap_or_default();
    before.iter().filter(|&&octet| octet == b'\n').count() + 1
}
