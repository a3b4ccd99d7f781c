//! Messages out of a stream of octets (RFC 3261 18.3, RFC 5626 3.5.1).
//!
//! On TCP and TLS nothing but Content-Length says where a message ends. WebSocket frames and
//! datagrams are whole messages and need no [`Framer`].

use crate::message::MAX_MESSAGE;
use crate::scan::{self, TOKEN, decimal, skip, skip_space};
use core::fmt;

/// Cuts a stream into messages and keep-alives. [`Framer::push`] what came, then
/// [`Framer::poll`] until there is nothing more: then no more than one message within the
/// [`Limits`] is kept. However the stream is cut, the same frames come out.
#[derive(Debug, Default)]
pub struct Framer {
    limits: Limits,
    buffer: Vec<u8>,
    /// Where in the buffer begins what was not given yet.
    start: usize,
    state: State,
}

/// What a peer may make us keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Octets of the start line, the header fields and the empty line.
    pub head: usize,
    /// Octets of the body. A whole message has no more than [`MAX_MESSAGE`] in any case.
    pub body: usize,
}

/// What a stream carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A whole message, for [`Message::parse`](crate::Message::parse).
    Message(Vec<u8>),
    /// CRLFCRLF: to be answered with CRLF (RFC 5626 3.5.1).
    Ping,
    /// CRLF: the answer to a ping. It is given as soon as it is there, since nothing need follow;
    /// so the first half of a [`Frame::Ping`] gives one, too.
    Pong,
}

/// Where the next message begins cannot be known. The connection is to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamError {
    /// What stands where a message begins is none.
    NoMessage,
    /// A line does not end in CRLF.
    BareLineFeed,
    /// The head is longer than this.
    HeadTooLong {
        /// Octets allowed.
        limit: usize,
    },
    /// The body is longer than this.
    BodyTooLong {
        /// Octets allowed.
        limit: usize,
    },
    /// There is no Content-Length.
    NoLength,
    /// The value of Content-Length is no number.
    BadLength,
    /// Content-Length stands there twice with different values.
    Contradiction,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// No octet of a message is there.
    Between {
        /// Whether the first half of a ping has just gone by.
        after_pong: bool,
    },
    /// The empty line is not there.
    Head {
        /// Octets that were searched for it.
        searched: usize,
    },
    /// The head is there.
    Body {
        /// Octets of the message.
        whole: usize,
    },
    Failed,
}

impl Framer {
    /// A framer with limits of its own.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Takes what came from the stream. After an error it takes nothing more.
    pub fn push(&mut self, octets: &[u8]) {
        if matches!(self.state, State::Failed) {
            return;
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(octets);
    }

    /// The next frame, if it is there whole.
    ///
    /// # Errors
    /// Once, when the stream cannot be read on; nothing comes after that. [`Framer::refused`]
    /// then has what may be answered.
    pub fn poll(&mut self) -> Option<Result<Frame, StreamError>> {
        if matches!(self.state, State::Failed) {
            return None;
        }
        match self.step() {
            Ok(frame) => {
                if self.start == self.buffer.len() {
                    self.release();
                }
                frame.map(Ok)
            }
            Err(error) => {
                self.state = State::Failed;
                Some(Err(error))
            }
        }
    }

    /// Whether a message has begun and not ended: a peer that stays so for long is slow, or holds
    /// our memory on purpose.
    pub fn is_mid_message(&self) -> bool {
        matches!(self.state, State::Head { .. } | State::Body { .. })
    }

    /// After an error: the octets that it is in, for
    /// [`Message::salvage`](crate::Message::salvage), so that a request can be answered with
    /// [`StreamError::status`] before the connection is closed.
    pub fn refused(&self) -> &[u8] {
        match self.state {
            State::Failed => self.rest(),
            _ => &[],
        }
    }

    fn step(&mut self) -> Result<Option<Frame>, StreamError> {
        loop {
            match self.state {
                State::Between { after_pong } => match self.rest() {
                    [] | [b'\r'] => return Ok(None),
                    [b'\r', b'\n', ..] => {
                        self.start += 2;
                        self.state = State::Between {
                            after_pong: !after_pong,
                        };
                        let frame = if after_pong { Frame::Ping } else { Frame::Pong };
                        return Ok(Some(frame));
                    }
                    [first, ..] if scan::is(*first, TOKEN) => {
                        self.state = State::Head { searched: 0 };
                    }
                    _ => return Err(StreamError::NoMessage),
                },
                State::Head { searched } => {
                    let rest = self.rest();
                    let limit = self.limits.head.min(MAX_MESSAGE);
                    let found = find_head(rest, searched, limit)?;
                    let Some(head) = found else {
                        let searched = rest.len();
                        self.state = State::Head { searched };
                        return Ok(None);
                    };
                    let length = content_length(&rest[..head])?;
                    let limit = self.limits.body.min(MAX_MESSAGE - head);
                    if length > limit {
                        return Err(StreamError::BodyTooLong { limit });
                    }
                    self.state = State::Body {
                        whole: head + length,
                    };
                }
                State::Body { whole } => {
                    let Some(message) = self.rest().get(..whole) else {
                        return Ok(None);
                    };
                    let message = message.to_vec();
                    self.start += whole;
                    self.state = State::default();
                    return Ok(Some(Frame::Message(message)));
                }
                State::Failed => return Ok(None),
            }
        }
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Lets a large buffer go: most connections are idle most of the time.
    fn release(&mut self) {
        self.buffer.clear();
        self.start = 0;
        if self.buffer.capacity() > KEPT {
            self.buffer = Vec::new();
        }
    }
}

impl StreamError {
    /// The status that answers a request (RFC 3261 8.2, 18.3), `None` if there is none.
    pub const fn status(self) -> Option<u16> {
        match self {
            Self::NoMessage => None,
            Self::HeadTooLong { .. } => Some(513),
            Self::BodyTooLong { .. } => Some(413),
            Self::BareLineFeed | Self::NoLength | Self::BadLength | Self::Contradiction => {
                Some(400)
            }
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: MAX_MESSAGE,
            body: MAX_MESSAGE,
        }
    }
}

impl Default for State {
    fn default() -> Self {
        Self::Between { after_pong: false }
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMessage => f.write_str("expected a start line (RFC 3261 7)"),
            Self::BareLineFeed => f.write_str("expected CRLF at the end of a line (RFC 3261 7)"),
            Self::HeadTooLong { limit } => {
                write!(
                    f,
                    "header fields longer than {limit} octets (RFC 3261 21.5.7)"
                )
            }
            Self::BodyTooLong { limit } => {
                write!(f, "body longer than {limit} octets (RFC 3261 21.4.11)")
            }
            Self::NoLength => f.write_str("Content-Length is missing on a stream (RFC 3261 20.14)"),
            Self::BadLength => f.write_str("Content-Length: expected a number (RFC 3261 20.14)"),
            Self::Contradiction => {
                f.write_str("Content-Length stands twice with different values (RFC 3261 18.3)")
            }
        }
    }
}

impl core::error::Error for StreamError {}

/// Octets up to behind the empty line, if it is there. What was `searched` is not looked at again
/// but for the line end in it.
fn find_head(text: &[u8], searched: usize, limit: usize) -> Result<Option<usize>, StreamError> {
    let mut at = searched;
    let searchable = &text[..text.len().min(limit)];
    while let Some(length) = searchable[at..].iter().position(|&octet| octet == b'\n') {
        let line_feed = at + length;
        let before = &text[..line_feed];
        if !before.ends_with(b"\r") {
            return Err(StreamError::BareLineFeed);
        }
        if before.ends_with(b"\r\n\r") {
            return Ok(Some(line_feed + 1));
        }
        at = line_feed + 1;
    }
    // An empty line that ends behind the limit is too late.
    if text.len() >= limit {
        return Err(StreamError::HeadTooLong { limit });
    }
    Ok(None)
}

/// The value of Content-Length in a head, by whichever of its names, folded or not.
fn content_length(head: &[u8]) -> Result<usize, StreamError> {
    let mut stated = None;
    let mut at = 0;
    while at < head.len() {
        let mut end = line_end(head, at);
        // What begins with space goes on with the line before (RFC 3261 7.3.1).
        while matches!(head.get(end), Some(b' ' | b'\t')) {
            end = line_end(head, end);
        }
        if let Some(value) = length_field(&head[at..end]) {
            let value = decimal(value.trim_ascii(), u32::MAX).ok_or(StreamError::BadLength)?;
            if stated.replace(value).is_some_and(|other| other != value) {
                return Err(StreamError::Contradiction);
            }
        }
        at = end;
    }
    let stated = stated.ok_or(StreamError::NoLength)?;
    Ok(usize::try_from(stated).unwrap_or(usize::MAX))
}

/// The value, if the header field is Content-Length (RFC 3261 20.14).
fn length_field(field: &[u8]) -> Option<&[u8]> {
    let name = skip(field, 0, TOKEN);
    if !field[..name].eq_ignore_ascii_case(b"l")
        && !field[..name].eq_ignore_ascii_case(b"Content-Length")
    {
        return None;
    }
    field[skip_space(field, name)..].strip_prefix(b":")
}

/// The position behind the line.
fn line_end(text: &[u8], at: usize) -> usize {
    text[at..]
        .iter()
        .position(|&octet| octet == b'\n')
        .map_or(text.len(), |end| at + end + 1)
}

/// The most octets that a buffer holds when nothing is in it.
const KEPT: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: &str = "OPTIONS sip:a@b SIP/2.0\r\nl: 3\r\n\r\nabc";

    /// All frames of a stream that comes in pieces of `size`.
    fn cut(stream: &[u8], size: usize, limits: Limits) -> Vec<Result<Frame, StreamError>> {
        let mut framer = Framer::new(limits);
        let mut frames = Vec::new();
        for piece in stream.chunks(size) {
            framer.push(piece);
            frames.extend(core::iter::from_fn(|| framer.poll()));
        }
        frames
    }

    fn frames(stream: &str) -> Vec<Result<Frame, StreamError>> {
        let whole = cut(stream.as_bytes(), usize::MAX, Limits::default());
        for size in 1..stream.len() {
            assert_eq!(cut(stream.as_bytes(), size, Limits::default()), whole);
        }
        whole
    }

    fn message(text: &str) -> Result<Frame, StreamError> {
        Ok(Frame::Message(text.into()))
    }

    #[test]
    fn messages_and_keep_alives_come_apart() {
        let stream = format!("\r\n\r\n{OPTIONS}{OPTIONS}\r\n{OPTIONS}\r\n\r\n\r\n");
        assert_eq!(
            frames(&stream),
            [
                Ok(Frame::Pong),
                Ok(Frame::Ping),
                message(OPTIONS),
                message(OPTIONS),
                Ok(Frame::Pong),
                message(OPTIONS),
                Ok(Frame::Pong),
                Ok(Frame::Ping),
                Ok(Frame::Pong),
            ]
        );
    }

    #[test]
    fn length_is_found_by_each_of_its_names() {
        for field in [
            "l:3",
            "L : 3",
            "Content-Length: 3 ",
            "CONTENT-LENGTH:\t0003",
            "content-length :\r\n  3",
            "l: 3\r\nContent-Length: 3",
            "Subject: x\r\n l: 9\r\nl: 3",
            "Subject: l: 9\r\nl: 3\r\nLength: 9",
        ] {
            let text = format!("OPTIONS sip:a@b SIP/2.0\r\n{field}\r\n\r\nabc");
            assert_eq!(frames(&text), [message(&text)], "{field}");
        }
    }

    #[test]
    fn length_that_says_nothing_ends_the_stream() {
        for (field, error) in [
            ("Subject: l: 3", StreamError::NoLength),
            ("l:", StreamError::BadLength),
            ("l: -1", StreamError::BadLength),
            ("l: 3 3", StreamError::BadLength),
            ("l: 4294967296", StreamError::BadLength),
            ("l: 3\r\nContent-Length: 4", StreamError::Contradiction),
            ("l: 3\nX: y", StreamError::BareLineFeed),
        ] {
            let text = format!("OPTIONS sip:a@b SIP/2.0\r\n{field}\r\n\r\nabc{OPTIONS}");
            assert_eq!(frames(&text), [Err(error)], "{field}");
            assert!(error.to_string().contains("(RFC 3261 "));
            assert_eq!(error.status(), Some(400));
        }
        for noise in ["\x16\x03\x01", "\n", "\rX", " OPTIONS", "\0\0\0\0"] {
            assert_eq!(frames(noise), [Err(StreamError::NoMessage)], "{noise:?}");
        }
    }

    #[test]
    fn no_more_is_kept_than_allowed() {
        let limits = Limits { head: 32, body: 4 };
        let head = "OPTIONS sip:a@b SIP/2.0\r\nl:4\r\n\r\n";
        assert_eq!(head.len(), 32);
        let all = |stream: &str| {
            let whole = cut(stream.as_bytes(), usize::MAX, limits);
            for size in 1..stream.len() {
                assert_eq!(cut(stream.as_bytes(), size, limits), whole, "{size}");
            }
            whole
        };
        let good = format!("{head}abcd");
        assert_eq!(all(&good.repeat(2)), [message(&good), message(&good)]);
        let long = head.replace("l:", "l: ");
        let error = StreamError::HeadTooLong { limit: 32 };
        assert_eq!(all(&long), [Err(error)]);
        let error = StreamError::BodyTooLong { limit: 4 };
        assert_eq!(all(&head.replace('4', "5")), [Err(error)]);

        let mut framer = Framer::default();
        let mut error = None;
        for _ in 0..1_000 {
            framer.push(&[b'x'; 1_000]);
            error = error.or(framer.poll());
        }
        let limit = MAX_MESSAGE;
        assert_eq!(error, Some(Err(StreamError::HeadTooLong { limit })));
        assert!(framer.buffer.len() <= MAX_MESSAGE + 1_000);
    }

    #[test]
    fn octets_one_at_a_time_are_looked_at_once() {
        let text = format!(
            "OPTIONS sip:a@b SIP/2.0\r\nSubject: {}\r\nl: 0\r\n\r\n",
            "x".repeat(60_000)
        );
        let mut framer = Framer::default();
        for octet in text.as_bytes() {
            assert_eq!(framer.poll(), None);
            framer.push(&[*octet]);
            match framer.state {
                State::Head { searched } => assert_eq!(searched + 1, framer.buffer.len()),
                State::Between { .. } => assert_eq!(framer.buffer.len(), 1),
                _ => panic!("no other state is for a part of the head"),
            }
        }
        assert_eq!(framer.poll(), Some(message(&text)));
        assert!(framer.buffer.capacity() <= KEPT);
    }

    #[test]
    fn knows_when_a_message_is_on_its_way() {
        let mut framer = Framer::default();
        framer.push(b"\r\n");
        assert_eq!(framer.poll(), Some(Ok(Frame::Pong)));
        assert!(!framer.is_mid_message());
        framer.push(b"O");
        assert_eq!(framer.poll(), None);
        assert!(framer.is_mid_message());
        framer.push(&OPTIONS.as_bytes()[1..]);
        assert!(framer.poll().is_some());
        assert!(!framer.is_mid_message() && framer.refused().is_empty());
        framer.push(b"OPTIONS sip:a@b SIP/2.0\r\n\r\n");
        assert_eq!(framer.poll(), Some(Err(StreamError::NoLength)));
        assert_eq!(framer.refused(), b"OPTIONS sip:a@b SIP/2.0\r\n\r\n");
        framer.push(OPTIONS.as_bytes());
        assert_eq!(framer.poll(), None);
    }
}
