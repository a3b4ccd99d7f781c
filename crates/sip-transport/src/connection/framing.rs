//! What the octets of a connection are cut into, and what messages are wrapped in.

use crate::event::Why;
use crate::tls;
use crate::web_socket::frame::{self, Deframer, FrameError, Role};
use trunkline_sip::stream::{self, Framer};

/// How messages lie in the stream.
#[derive(Debug)]
pub(super) enum Framing {
    /// One after the other (RFC 3261 18.3).
    Stream {
        framer: Framer,
        /// A CRLF stands before the next frame, and came together with it.
        after_line: bool,
    },
    /// Each in a frame (RFC 7118 4.2).
    WebSocket(Role, Deframer),
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Message(Vec<u8>),
    /// It is to be answered.
    Ping {
        answer: Vec<u8>,
        /// Two pongs, one after the other, look like a ping that came in halves.
        perhaps_pong: bool,
    },
    Pong,
    /// The peer closes.
    Close,
}

/// The stream cannot be read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// Octets in which a message may be recognized, to answer it.
    Stream(stream::StreamError, Vec<u8>),
    WebSocket(FrameError),
}

impl Framing {
    pub(super) fn stream() -> Self {
        Self::Stream {
            framer: Framer::default(),
            after_line: false,
        }
    }

    pub(super) const fn web_socket(role: Role) -> Self {
        Self::WebSocket(role, Deframer::new(role))
    }

    pub(super) fn push(&mut self, octets: &[u8]) {
        match self {
            Self::Stream { framer, after_line } => {
                *after_line = false;
                framer.push(octets);
            }
            Self::WebSocket(_, deframer) => deframer.push(octets),
        }
    }

    pub(super) fn poll(&mut self) -> Result<Option<Frame>, Broken> {
        match self {
            Self::Stream { framer, after_line } => match framer.poll() {
                None => Ok(None),
                Some(Ok(stream::Frame::Message(data))) => Ok(Some(Frame::Message(data))),
                Some(Ok(stream::Frame::Ping)) => Ok(Some(Frame::Ping {
                    answer: CRLF.to_vec(),
                    perhaps_pong: !core::mem::take(after_line),
                })),
                Some(Ok(stream::Frame::Pong)) => {
                    *after_line = true;
                    Ok(Some(Frame::Pong))
                }
                Some(Err(error)) => Err(Broken::Stream(error, framer.refused().to_vec())),
            },
            Self::WebSocket(role, deframer) => {
                let role = *role;
                let ping = |answer| Frame::Ping {
                    answer,
                    perhaps_pong: false,
                };
                let frame = deframer.poll().map_err(Broken::WebSocket)?;
                Ok(frame.map(|frame| match frame {
                    // The keep-alive of RFC 5626 may be used here too (RFC 7118 6).
                    frame::Frame::Message(data) if data == b"\r\n\r\n" => {
                        ping(frame::message(CRLF, key(role)))
                    }
                    frame::Frame::Message(data) if data == CRLF => Frame::Pong,
                    frame::Frame::Message(data) => Frame::Message(data),
                    frame::Frame::Ping(payload) => ping(frame::pong(&payload, key(role))),
                    frame::Frame::Pong => Frame::Pong,
                    frame::Frame::Close => Frame::Close,
                }))
            }
        }
    }

    pub(super) fn is_mid_message(&self) -> bool {
        match self {
            Self::Stream { framer, .. } => framer.is_mid_message(),
            Self::WebSocket(_, deframer) => deframer.is_mid_message(),
        }
    }

    /// A message as it is written.
    pub(super) fn message(&self, data: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Stream { .. } => data,
            Self::WebSocket(role, _) => frame::message(&data, key(*role)),
        }
    }

    /// A keep-alive as it is written.
    pub(super) fn ping(&self) -> Vec<u8> {
        match self {
            Self::Stream { .. } => b"\r\n\r\n".to_vec(),
            Self::WebSocket(role, _) => frame::ping(key(*role)),
        }
    }

    /// The last that is written, if there is such a thing.
    pub(super) fn farewell(&self, why: &Why, broken: Option<FrameError>) -> Option<Vec<u8>> {
        let Self::WebSocket(role, _) = self else {
            return None;
        };
        let status = match (broken, why) {
            (Some(error), _) => error.status(),
            // RFC 6455 7.4.1: closed in order; going away.
            (None, Why::Peer) => 1000,
            _ => 1001,
        };
        Some(frame::close(status, key(*role)))
    }
}

/// Clients mask each frame with another key (RFC 6455 5.3).
fn key(role: Role) -> Option<[u8; 4]> {
    (role == Role::Client).then(tls::random)
}

const CRLF: &[u8] = b"\r\n";
