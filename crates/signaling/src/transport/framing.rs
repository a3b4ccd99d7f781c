//! Message boundaries in a stream of octets: the length in the M3UA header (RFC 4666 3.1.4).

use super::MAX_MESSAGE;
use trunkline_m3ua::DecodeError;
use trunkline_m3ua::error::message_length;

/// Collects octets and gives whole messages.
#[derive(Debug, Default)]
pub(super) struct Deframer {
    buffer: Vec<u8>,
    /// What has been given already.
    start: usize,
}

impl Deframer {
    pub(super) fn push(&mut self, octets: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(octets);
    }

    /// Octets of a message that is not whole yet.
    pub(super) fn len(&self) -> usize {
        self.buffer.len() - self.start
    }

    /// The next whole message.
    ///
    /// # Errors
    ///
    /// If what comes is no M3UA header: the boundaries are lost then, and the connection with
    /// them.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, DecodeError> {
        let rest = &self.buffer[self.start..];
        let Some(length) = message_length(rest, MAX_MESSAGE)? else {
            return Ok(None);
        };
        let Some(message) = rest.get(..length) else {
            return Ok(None);
        };
        let message = message.to_vec();
        self.start += length;
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trunkline_m3ua::msg::{AspDown, Heartbeat};
    use trunkline_m3ua::{Message, encode};

    #[test]
    fn messages_come_out_whole_however_they_are_cut() {
        let messages = [
            encode(&Message::AspDown(AspDown::default())),
            encode(&Message::Heartbeat(Heartbeat {
                data: Some(vec![1; 100]),
            })),
        ];
        let stream = messages.concat();
        for size in 1..stream.len() {
            let mut deframer = Deframer::default();
            let mut out = Vec::new();
            for part in stream.chunks(size) {
                deframer.push(part);
                while let Some(message) = deframer.next().unwrap() {
                    out.push(message);
                }
            }
            assert_eq!(out, messages, "in parts of {size}");
            assert_eq!(deframer.len(), 0);
        }
    }

    #[test]
    fn lost_boundaries_are_an_error() {
        let mut deframer = Deframer::default();
        deframer.push(b"GET / HTTP/1.1\r\n");
        assert!(deframer.next().is_err());
        let mut deframer = Deframer::default();
        deframer.push(&[1, 0, 1, 1, 0xff, 0xff, 0xff, 0xff]);
        assert!(deframer.next().is_err());
    }
}
