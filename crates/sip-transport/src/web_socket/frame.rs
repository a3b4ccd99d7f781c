//! WebSocket frames (RFC 6455 5), as far as the `sip` subprotocol needs them: messages are put
//! together from their fragments.
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-------+-+-------------+-------------------------------+
//! |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
//! |I|S|S|S|  (4)  |A|     (7)     |            (16/64)            |
//! |N|V|V|V|       |S|             |   (if payload len==126/127)   |
//! | |1|2|3|       |K|             |                               |
//! +-+-+-+-+-------+-+-------------+-------------------------------+
//! |  extended length continued, masking key (if MASK), payload    |
//! +---------------------------------------------------------------+
//! ```

use trunkline_sip::message::MAX_MESSAGE;

/// Which end of the connection we are: clients mask, servers do not (RFC 6455 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Client,
    Server,
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    Message(Vec<u8>),
    Ping(Vec<u8>),
    Pong,
    Close,
}

/// What is wrong with a frame, and the status that says so (RFC 6455 7.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FrameError {
    #[error("reserved bits are set (RFC 6455 5.2)")]
    Reserved,
    #[error("unknown opcode {0:#x} (RFC 6455 5.2)")]
    Opcode(u8),
    #[error("wrongly masked (RFC 6455 5.1)")]
    Mask,
    #[error("control frame in fragments or longer than 125 octets (RFC 6455 5.5)")]
    Control,
    #[error("fragment of no message, or message within another (RFC 6455 5.4)")]
    Fragment,
    #[error("message longer than {MAX_MESSAGE} octets")]
    TooLong,
    #[error("text that is not UTF-8 (RFC 6455 8.1)")]
    NotText,
}

impl FrameError {
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::NotText => 1007,
            Self::TooLong => 1009,
            _ => 1002,
        }
    }
}

/// Frames out of a stream of octets. Keeps one message and one frame at most.
#[derive(Debug)]
pub(crate) struct Deframer {
    role: Role,
    buffer: Vec<u8>,
    /// The message whose fragments have come so far, and whether it is text.
    message: Option<(Vec<u8>, bool)>,
}

impl Deframer {
    pub(crate) const fn new(role: Role) -> Self {
        Self {
            role,
            buffer: Vec::new(),
            message: None,
        }
    }

    pub(crate) fn push(&mut self, octets: &[u8]) {
        self.buffer.extend_from_slice(octets);
    }

    /// Whether a frame or a message has begun and not ended.
    pub(crate) fn is_mid_message(&self) -> bool {
        !self.buffer.is_empty() || self.message.is_some()
    }

    /// The next whole message or control frame. After an error there is nothing more.
    pub(crate) fn poll(&mut self) -> Result<Option<Frame>, FrameError> {
        while let Some(header) = self.header()? {
            let end = header.start + header.length;
            if self.buffer.len() < end {
                break;
            }
            let mut payload = self.buffer[header.start..end].to_vec();
            self.buffer.drain(..end);
            if self.buffer.is_empty() && self.buffer.capacity() > KEPT {
                self.buffer = Vec::new();
            }
            if let Some(key) = header.key {
                mask(&mut payload, key);
            }
            if let Some(frame) = self.frame(header, payload)? {
                return Ok(Some(frame));
            }
        }
        Ok(None)
    }

    fn frame(&mut self, header: Header, payload: Vec<u8>) -> Result<Option<Frame>, FrameError> {
        match header.opcode {
            PING => return Ok(Some(Frame::Ping(payload))),
            PONG => return Ok(Some(Frame::Pong)),
            CLOSE => return Ok(Some(Frame::Close)),
            CONTINUATION => {
                let (message, _) = self.message.as_mut().ok_or(FrameError::Fragment)?;
                message.extend_from_slice(&payload);
            }
            _ => self.message = Some((payload, header.opcode == TEXT)),
        }
        if !header.last {
            return Ok(None);
        }
        match self.message.take() {
            Some((message, true)) if str::from_utf8(&message).is_err() => Err(FrameError::NotText),
            message => Ok(message.map(|(message, _)| Frame::Message(message))),
        }
    }

    fn header(&self) -> Result<Option<Header>, FrameError> {
        let &[first, second, ref rest @ ..] = &self.buffer[..] else {
            return Ok(None);
        };
        if first & 0x70 != 0 {
            return Err(FrameError::Reserved);
        }
        let (last, opcode) = (first & 0x80 != 0, first & 0x0f);
        let masked = second & 0x80 != 0;
        if masked != (self.role == Role::Server) {
            return Err(FrameError::Mask);
        }
        let short = second & 0x7f;
        match opcode {
            CONTINUATION if self.message.is_none() => return Err(FrameError::Fragment),
            TEXT | BINARY if self.message.is_some() => return Err(FrameError::Fragment),
            CONTINUATION | TEXT | BINARY => {}
            PING | PONG | CLOSE if !last || short > 125 => return Err(FrameError::Control),
            PING | PONG | CLOSE => {}
            other => return Err(FrameError::Opcode(other)),
        }
        let (length, extra) = match (short, rest) {
            (126, &[a, b, ..]) => (u64::from(u16::from_be_bytes([a, b])), 2),
            (127, &[a, b, c, d, e, f, g, h, ..]) => {
                (u64::from_be_bytes([a, b, c, d, e, f, g, h]), 8)
            }
            (126 | 127, _) => return Ok(None),
            _ => (u64::from(short), 0),
        };
        let before = match &self.message {
            Some((message, _)) if opcode == CONTINUATION => message.len(),
            _ => 0,
        };
        let length = usize::try_from(length)
            .ok()
            .filter(|length| *length <= MAX_MESSAGE - before)
            .ok_or(FrameError::TooLong)?;
        let mut start = 2 + extra;
        let mut key = None;
        if masked {
            let Some(&[a, b, c, d]) = self.buffer.get(start..start + 4) else {
                return Ok(None);
            };
            key = Some([a, b, c, d]);
            start += 4;
        }
        Ok(Some(Header {
            last,
            opcode,
            key,
            start,
            length,
        }))
    }
}

/// A frame's header.
#[derive(Clone, Copy, Debug)]
struct Header {
    last: bool,
    opcode: u8,
    key: Option<[u8; 4]>,
    /// Where the payload begins.
    start: usize,
    length: usize,
}

/// A message as one frame: text if it is text (RFC 7118 4.2).
pub(crate) fn message(data: &[u8], key: Option<[u8; 4]>) -> Vec<u8> {
    let opcode = match str::from_utf8(data) {
        Ok(_) => TEXT,
        Err(_) => BINARY,
    };
    encode(opcode, data, key)
}

pub(crate) fn ping(key: Option<[u8; 4]>) -> Vec<u8> {
    encode(PING, &[], key)
}

pub(crate) fn pong(payload: &[u8], key: Option<[u8; 4]>) -> Vec<u8> {
    encode(PONG, payload, key)
}

/// A Close frame with a status (RFC 6455 7.4.1).
pub(crate) fn close(status: u16, key: Option<[u8; 4]>) -> Vec<u8> {
    encode(CLOSE, &status.to_be_bytes(), key)
}

fn encode(opcode: u8, payload: &[u8], key: Option<[u8; 4]>) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + 14);
    out.push(0x80 | opcode);
    let masked = if key.is_some() { 0x80 } else { 0 };
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ ..=125), _) => out.push(masked | length),
        (_, Ok(length)) => {
            out.push(masked | 126);
            out.extend(length.to_be_bytes());
        }
        _ => {
            out.push(masked | 127);
            out.extend((payload.len() as u64).to_be_bytes());
        }
    }
    out.extend(key.unwrap_or_default().iter().filter(|_| key.is_some()));
    let start = out.len();
    out.extend_from_slice(payload);
    if let Some(key) = key {
        mask(&mut out[start..], key);
    }
    out
}

fn mask(octets: &mut [u8], key: [u8; 4]) {
    for (octet, key) in octets.iter_mut().zip(key.iter().cycle()) {
        *octet ^= key;
    }
}

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// The most octets that a buffer holds when nothing is in it.
const KEPT: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

    fn all(role: Role, octets: &[u8], step: usize) -> Result<Vec<Frame>, FrameError> {
        let mut deframer = Deframer::new(role);
        let mut frames = Vec::new();
        for part in octets.chunks(step) {
            deframer.push(part);
            while let Some(frame) = deframer.poll()? {
                frames.push(frame);
            }
        }
        assert!(!deframer.is_mid_message());
        Ok(frames)
    }

    #[test]
    fn examples_of_the_standard() {
        // RFC 6455 5.7: a masked "Hello"; "Hel" and "lo"; an unmasked Ping and its masked Pong.
        let masked = [
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ];
        assert_eq!(message(b"Hello", Some(KEY)), masked);
        let hello = || Frame::Message(b"Hello".to_vec());
        assert_eq!(all(Role::Server, &masked, 1), Ok(vec![hello()]));
        let fragments = [0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f];
        assert_eq!(all(Role::Client, &fragments, 2), Ok(vec![hello()]));
        let ping = [0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f];
        let frame = Frame::Ping(b"Hello".to_vec());
        assert_eq!(all(Role::Client, &ping, 3), Ok(vec![frame]));
        let answer = [
            0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ];
        assert_eq!(pong(b"Hello", Some(KEY)), answer);
    }

    #[test]
    fn messages_of_all_lengths_come_out_as_they_went_in() {
        for length in [0, 1, 125, 126, 127, 4_096, 65_535] {
            let data: Vec<u8> = (0..length).map(|n: usize| n as u8).collect();
            for (role, key) in [(Role::Server, Some(KEY)), (Role::Client, None)] {
                let frame = message(&data, key);
                let frames = all(role, &frame, 1_000).unwrap();
                assert_eq!(frames, [Frame::Message(data.clone())], "{length}");
            }
        }
    }

    #[test]
    fn control_frames_may_come_between_fragments() {
        let octets = [
            0x02, 1, b'a', // begin
            0x89, 1, b'p', // Ping
            0x00, 0, // nothing
            0x8a, 0, // Pong
            0x80, 1, b'b', // end
            0x88, 2, 3, 0xe8, // Close, 1000
        ];
        assert_eq!(
            all(Role::Client, &octets, 1).unwrap(),
            [
                Frame::Ping(b"p".to_vec()),
                Frame::Pong,
                Frame::Message(b"ab".to_vec()),
                Frame::Close
            ]
        );
    }

    #[test]
    fn wrong_frames_are_errors() {
        let table: [(Role, &[u8], FrameError, u16); 12] = [
            (Role::Client, &[0xc1, 0], FrameError::Reserved, 1002),
            (Role::Client, &[0x83, 0], FrameError::Opcode(3), 1002),
            (Role::Client, &[0x8b, 0], FrameError::Opcode(11), 1002),
            (Role::Client, &[0x81, 0x80], FrameError::Mask, 1002),
            (Role::Server, &[0x81, 0], FrameError::Mask, 1002),
            (Role::Client, &[0x09, 0], FrameError::Control, 1002),
            (Role::Client, &[0x89, 126], FrameError::Control, 1002),
            (Role::Client, &[0x80, 0], FrameError::Fragment, 1002),
            (Role::Client, &[1, 0, 1, 0], FrameError::Fragment, 1002),
            (
                Role::Client,
                &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0],
                FrameError::TooLong,
                1009,
            ),
            (
                Role::Client,
                &[0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255],
                FrameError::TooLong,
                1009,
            ),
            (Role::Client, &[0x81, 1, 0xff], FrameError::NotText, 1007),
        ];
        for (role, octets, error, status) in table {
            assert_eq!(all(role, octets, 100), Err(error), "{octets:?}");
            assert_eq!(error.status(), status);
        }
        // Fragments count together.
        let mut octets = vec![0x02, 126, 0xff, 0xff];
        octets.extend([0; 65_535]);
        octets.extend([0x80, 1, 0]);
        assert_eq!(all(Role::Client, &octets, 9_999), Err(FrameError::TooLong));
    }

    #[test]
    fn whatever_comes_is_read_alike_however_it_is_cut() {
        let mut seed = 1_u64;
        let mut random = move || {
            // Knuth's MMIX.
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 56) as u8
        };
        let run = |octets: &[u8], step| {
            let mut deframer = Deframer::new(Role::Client);
            let mut frames = Vec::new();
            for part in octets.chunks(step) {
                deframer.push(part);
                loop {
                    match deframer.poll() {
                        Ok(Some(frame)) => frames.push(frame),
                        Ok(None) => break,
                        Err(error) => return (frames, Some(error)),
                    }
                }
            }
            (frames, None)
        };
        let (mut good, mut bad) = (0, 0);
        for _ in 0..20_000 {
            let mut octets = Vec::new();
            for _ in 0..random() % 6 {
                let length = random() % 20;
                // Mostly such as may stand there.
                let first = match random() % 16 {
                    0 => random(),
                    n => [0x82, 0x02, 0x00, 0x80, 0x89, 0x8a][usize::from(n) % 6],
                };
                octets.extend([first, length]);
                octets.extend((0..length).map(|_| random()));
            }
            let whole = run(&octets, usize::MAX);
            assert_eq!(whole, run(&octets, 1));
            assert_eq!(whole, run(&octets, 7));
            match whole.1 {
                None => good += whole.0.len(),
                Some(_) => bad += 1,
            }
        }
        assert!(good > 1_000 && bad > 1_000, "{good}, {bad}");
    }

    #[test]
    fn binary_need_not_be_text() {
        let frame = message(&[0xff], None);
        assert_eq!(frame, [0x82, 1, 0xff]);
        let frames = all(Role::Client, &frame, 1).unwrap();
        assert_eq!(frames, [Frame::Message(vec![0xff])]);
    }
}
