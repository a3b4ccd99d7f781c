//! TCP streams of SIP and M3UA messages, for captures of either over TCP.
//!
//! Segments are joined while they follow each other; after a gap the stream begins anew at the
//! next segment, which is right where messages begin with segments, as they mostly do.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

/// Octets of one direction that may wait for the rest of a message.
const MAX_BUFFER: usize = 64 * 1024;
/// Directions that are remembered.
const MAX_FLOWS: usize = 256;

type Flow = (SocketAddr, SocketAddr);

#[derive(Debug, Default)]
struct State {
    next: u32,
    buffer: Vec<u8>,
}

/// Cuts streams into messages.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    flows: BTreeMap<Flow, State>,
    order: VecDeque<Flow>,
}

impl Streams {
    /// The messages that a segment completes. `frame` says how long the message at the start of
    /// the buffer is: `None` for not yet known, 0 for none at all.
    pub(crate) fn segment(
        &mut self,
        flow: Flow,
        sequence: u32,
        syn: bool,
        payload: &[u8],
        frame: fn(&[u8]) -> Option<usize>,
    ) -> Vec<Vec<u8>> {
        if !self.flows.contains_key(&flow) {
            if self.order.len() >= MAX_FLOWS
                && let Some(oldest) = self.order.pop_front()
            {
                self.flows.remove(&oldest);
            }
            self.order.push_back(flow);
            self.flows.insert(
                flow,
                State {
                    next: sequence,
                    buffer: Vec::new(),
                },
            );
        }
        let Some(state) = self.flows.get_mut(&flow) else {
            return Vec::new();
        };
        if syn {
            *state = State {
                next: sequence.wrapping_add(1),
                buffer: Vec::new(),
            };
            return Vec::new();
        }
        let behind = state.next.wrapping_sub(sequence);
        if behind != 0 && behind < 1 << 31 {
            // Repeated octets; perhaps with new ones at their end.
            let Some(new) = payload.get(behind as usize..) else {
                return Vec::new();
            };
            return self.segment(flow, sequence.wrapping_add(behind), false, new, frame);
        }
        if behind != 0 {
            state.buffer.clear();
        }
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        state.next = sequence.wrapping_add(length);
        state.buffer.extend_from_slice(payload);
        let mut messages = Vec::new();
        while let Some(length) = frame(&state.buffer).filter(|&length| length <= state.buffer.len())
        {
            if length == 0 {
                state.buffer.clear();
                break;
            }
            messages.push(state.buffer.drain(..length).collect());
        }
        if state.buffer.len() > MAX_BUFFER {
            state.buffer.clear();
        }
        messages
    }
}

/// No start line of SIP is longer.
const MAX_START_LINE: usize = 8 * 1024;

/// The length of the SIP message at the start of a stream (RFC 3261 18.3), line ends before it
/// included.
pub(crate) fn sip(buffer: &[u8]) -> Option<usize> {
    let start = buffer
        .iter()
        .take_while(|octet| matches!(octet, b'\r' | b'\n'))
        .count();
    let rest = &buffer[start..];
    let line = rest.split(|&octet| octet == b'\n').next().unwrap_or(rest);
    let is_whole = line.len() < rest.len();
    if !is_whole && line.len() > MAX_START_LINE || is_whole && !is_start_line(line) {
        return Some(0); // another protocol: do not search all of it
    }
    let end = rest.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&rest[..end]).ok();
    let length = head.into_iter().flat_map(str::lines).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let name = name.trim();
        (name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("l"))
            .then(|| value.trim().parse::<usize>().ok())
            .flatten()
    });
    Some(start + end + length.unwrap_or(0).min(MAX_BUFFER))
}

/// Whether a line, whatever it ends with, looks like the first one of a SIP message.
pub(crate) fn is_start_line(line: &[u8]) -> bool {
    line.starts_with(b"SIP/2.0 ") || line.trim_ascii_end().ends_with(b" SIP/2.0")
}

/// The length of the M3UA message at the start of a stream (RFC 4666 3.1.4).
pub(crate) fn m3ua(buffer: &[u8]) -> Option<usize> {
    trunkline_m3ua::error::message_length(buffer, MAX_BUFFER).unwrap_or(Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow() -> Flow {
        (
            "192.0.2.1:5060".parse().unwrap(),
            "192.0.2.2:5060".parse().unwrap(),
        )
    }

    #[test]
    fn messages_are_cut_out_of_segments() {
        let mut streams = Streams::default();
        let text = b"OPTIONS sip:a SIP/2.0\r\nl: 2\r\n\r\nhi\r\n\r\nBYE sip:b SIP/2.0\r\n\r\n";
        let mut found = Vec::new();
        streams.segment(flow(), 999, true, b"", sip);
        for (position, piece) in text.chunks(7).enumerate() {
            let sequence = 1000 + u32::try_from(position * 7).unwrap();
            found.extend(streams.segment(flow(), sequence, false, piece, sip));
            let again = streams.segment(flow(), sequence, false, piece, sip);
            assert!(again.is_empty(), "a retransmission");
        }
        assert_eq!(found.len(), 2);
        assert!(found[0].ends_with(b"hi") && found[1].ends_with(b"BYE sip:b SIP/2.0\r\n\r\n"));
    }

    #[test]
    fn other_protocols_are_not_kept() {
        let mut streams = Streams::default();
        for piece in 0..100 {
            let line = b"GET / HTTP/1.1\r\nHost: a\r\n";
            let sequence = piece * u32::try_from(line.len()).unwrap();
            assert!(
                streams
                    .segment(flow(), sequence, false, line, sip)
                    .is_empty()
            );
        }
        assert!(
            streams
                .segment(flow(), 2600, false, &[b'x'; 9000], sip)
                .is_empty()
        );
        assert!(streams.flows.values().all(|state| state.buffer.is_empty()));
    }

    #[test]
    fn m3ua_length_is_in_its_header() {
        assert_eq!(m3ua(&[1, 0, 3, 1, 0, 0, 0, 8]), Some(8));
        assert_eq!(m3ua(&[1, 0, 3, 1, 0, 0, 0]), None);
        assert_eq!(m3ua(&[2, 0, 3, 1, 0, 0, 0, 8]), Some(0));
        assert_eq!(m3ua(&[1, 0, 3, 1, 0, 0, 0, 7]), Some(0));
    }
}
