//! Messages that the peer has not acknowledged: what is given back when an association ends.
//!
//! `dcsctp` gives nothing back, so a copy of each message is kept here. Which message is
//! acknowledged is seen from the packets: the chunk with the end of a message carries its TSN
//! (RFC 9260 3.3.1), and a SACK acknowledges all TSNs up to one (3.3.4). Within a stream chunks
//! leave in the order in which the messages were sent, so their stream tells which one it is.

use super::packet::{self, DATA};
use std::collections::VecDeque;

#[derive(Debug, Default)]
pub(super) struct Unacknowledged {
    /// In the order of sending; `None` once acknowledged. The first is `Some`.
    messages: VecDeque<Option<Vec<u8>>>,
    /// The number of the first of them.
    first: u64,
    /// Octets of the messages that are left.
    octets: usize,
    /// By stream: the numbers of those whose end has not left yet.
    waiting: Vec<VecDeque<u64>>,
    /// Those whose end has left: its TSN, ascending, and the number of the message.
    sent: VecDeque<(u32, u64)>,
    /// The highest TSN that has left.
    highest: Option<u32>,
}

impl Unacknowledged {
    /// Keeps a message that is going to be sent.
    pub(super) fn keep(&mut self, stream: u16, data: Vec<u8>) {
        let stream = usize::from(stream);
        if self.waiting.len() <= stream {
            self.waiting.resize_with(stream + 1, VecDeque::new);
        }
        let number = self.first + self.messages.len() as u64;
        self.waiting[stream].push_back(number);
        self.octets += data.len();
        self.messages.push_back(Some(data));
    }

    /// Takes note of a packet that leaves.
    pub(super) fn leaves(&mut self, packet: &[u8]) {
        for chunk in packet::chunks(packet) {
            let (DATA, &[t3, t2, t1, t0, s1, s0, ..]) = (chunk.kind, chunk.value) else {
                continue;
            };
            let tsn = u32::from_be_bytes([t3, t2, t1, t0]);
            // What is not above has left before: a retransmission.
            if self.highest.is_some_and(|highest| !is_above(tsn, highest)) {
                continue;
            }
            self.highest = Some(tsn);
            let stream = usize::from(u16::from_be_bytes([s1, s0]));
            if chunk.flags & ENDING_FRAGMENT != 0
                && let Some(waiting) = self.waiting.get_mut(stream)
                && let Some(number) = waiting.pop_front()
            {
                self.sent.push_back((tsn, number));
            }
        }
    }

    /// Forgets what a cumulative TSN acknowledges.
    pub(super) fn acknowledge(&mut self, cumulative: u32) {
        // Of what has not left nothing can be acknowledged.
        if self
            .highest
            .is_none_or(|highest| is_above(cumulative, highest))
        {
            return;
        }
        while let Some((tsn, number)) = self.sent.front().copied()
            && !is_above(tsn, cumulative)
        {
            self.sent.pop_front();
            let index = (number - self.first) as usize;
            if let Some(message) = self.messages.get_mut(index).and_then(Option::take) {
                self.octets -= message.len();
            }
            while let Some(None) = self.messages.front() {
                self.messages.pop_front();
                self.first += 1;
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// How much it is.
    pub(super) const fn octets(&self) -> usize {
        self.octets
    }

    /// Gives all of it, in the order in which it was sent, and begins anew.
    pub(super) fn take(&mut self) -> Vec<Vec<u8>> {
        let all = core::mem::take(self);
        all.messages.into_iter().flatten().collect()
    }
}

/// Whether a TSN is higher than another (RFC 9260 1.6).
const fn is_above(tsn: u32, other: u32) -> bool {
    tsn.wrapping_sub(other).cast_signed() > 0
}

/// The E bit of a DATA chunk.
const ENDING_FRAGMENT: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet with DATA chunks: TSN, stream, flags.
    fn data(chunks: &[(u32, u16, u8)]) -> Vec<u8> {
        let mut packet = vec![0; 12];
        for (tsn, stream, flags) in chunks {
            packet.extend_from_slice(&[DATA, *flags, 0, 18]);
            packet.extend_from_slice(&tsn.to_be_bytes());
            packet.extend_from_slice(&stream.to_be_bytes());
            packet.extend_from_slice(&[0; 6]);
            packet.extend_from_slice(&[1, 2, 0, 0]);
        }
        packet
    }

    fn kept(messages: &[(u16, &str)]) -> Unacknowledged {
        let mut all = Unacknowledged::default();
        for (stream, text) in messages {
            all.keep(*stream, text.as_bytes().to_vec());
        }
        all
    }

    fn texts(all: &mut Unacknowledged) -> Vec<String> {
        let text = |message| String::from_utf8(message).unwrap();
        all.take().into_iter().map(text).collect()
    }

    const WHOLE: u8 = 3;
    const BEGIN: u8 = 2;
    const END: u8 = 1;

    #[test]
    fn what_is_left_comes_back_in_order_of_sending() {
        let mut all = kept(&[(1, "a"), (2, "b"), (1, "c"), (2, "d"), (1, "e")]);
        assert_eq!(all.octets(), 5);
        // The streams take turns otherwise than the messages came.
        all.leaves(&data(&[(10, 2, WHOLE), (11, 1, WHOLE), (12, 1, WHOLE)]));
        all.acknowledge(10);
        assert_eq!(all.octets(), 4);
        all.acknowledge(11);
        assert_eq!(texts(&mut all), ["c", "d", "e"]);
        assert!(all.is_empty());
        assert_eq!(all.octets(), 0);
    }

    #[test]
    fn a_message_is_acknowledged_with_its_last_fragment() {
        let mut all = kept(&[(0, "long"), (0, "short")]);
        all.leaves(&data(&[(7, 0, BEGIN), (8, 0, 0), (9, 0, END)]));
        all.leaves(&data(&[(10, 0, WHOLE)]));
        all.acknowledge(8);
        assert_eq!(all.octets(), 9);
        all.acknowledge(9);
        assert_eq!(texts(&mut all), ["short"]);
    }

    #[test]
    fn retransmissions_and_repeated_acknowledgements_change_nothing() {
        let mut all = kept(&[(0, "a"), (0, "b"), (0, "c")]);
        all.leaves(&data(&[(1, 0, WHOLE), (2, 0, WHOLE)]));
        all.leaves(&data(&[(1, 0, WHOLE), (2, 0, WHOLE)]));
        all.acknowledge(1);
        all.acknowledge(1);
        all.acknowledge(0);
        assert_eq!(texts(&mut all), ["b", "c"]);
    }

    #[test]
    fn nothing_is_acknowledged_that_has_not_left() {
        let mut all = kept(&[(0, "a"), (0, "b")]);
        all.acknowledge(5);
        all.leaves(&data(&[(4, 0, WHOLE)]));
        all.acknowledge(5);
        assert_eq!(all.octets(), 2);
        all.acknowledge(4);
        assert_eq!(texts(&mut all), ["b"]);
    }

    #[test]
    fn tsns_wrap() {
        let mut all = kept(&[(0, "a"), (0, "b"), (0, "c")]);
        all.leaves(&data(&[(u32::MAX, 0, WHOLE), (0, 0, WHOLE), (1, 0, WHOLE)]));
        all.acknowledge(0);
        assert_eq!(texts(&mut all), ["c"]);
    }

    #[test]
    fn damaged_packets_do_not_matter() {
        let mut all = kept(&[(0, "a")]);
        all.leaves(&[0; 12]);
        all.leaves(&data(&[(1, 65_535, WHOLE)])[..20]);
        all.leaves(&data(&[(1, 65_535, WHOLE)]));
        all.acknowledge(1);
        assert_eq!(texts(&mut all), ["a"]);
    }
}
