//! Messages that came and wait to be read, and the receiver window that they take.
//!
//! `dcsctp` drops what comes while its own window is closed and does not answer; so a peer that
//! probes the window (RFC 9260 6.1) would take us for dead. Therefore all messages are taken
//! from it at once. What waits here is deducted from the window in the SACKs that leave, and
//! when there is room again a SACK says so.

use super::checksum;
use super::packet;
use dcsctp::api::Message;
use std::collections::VecDeque;

#[derive(Debug, Default)]
pub(super) struct Inbox {
    messages: VecDeque<Message>,
    /// Octets that they take, with what keeps them.
    taken: usize,
    /// Octets that they carry, which is what windows count.
    carried: usize,
    /// The last SACK that left, alone in a packet, if it closed most of the window.
    closed: Option<Vec<u8>>,
}

impl Inbox {
    pub(super) fn push(&mut self, message: Message) {
        self.taken += message.payload.len() + OVERHEAD;
        self.carried += message.payload.len();
        self.messages.push_back(message);
    }

    pub(super) fn pop(&mut self) -> Option<Message> {
        let message = self.messages.pop_front()?;
        self.taken -= message.payload.len() + OVERHEAD;
        self.carried -= message.payload.len();
        Some(message)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Whether there is more than the window allows, and what a peer may send that has not
    /// heard of it yet.
    pub(super) const fn is_overfull(&self) -> bool {
        self.taken > 2 * WINDOW
    }

    /// Deducts what waits from the window in a SACK that leaves.
    pub(super) fn deduct(&mut self, packet: &mut [u8]) {
        if self.messages.is_empty() {
            return;
        }
        let Some(window) = packet::window_of(packet) else {
            return;
        };
        let sack = packet::only(packet, packet::SACK);
        let left = self.narrow(packet, window);
        self.closed = (left < WINDOW as u64 / 4).then_some(sack);
    }

    /// A SACK that tells that there is room again, if there is and the peer does not know.
    pub(super) fn reopen(&mut self) -> Option<Vec<u8>> {
        if self.taken > WINDOW / 2 {
            return None;
        }
        let mut sack = self.closed.take()?;
        let window = packet::window_of(&sack)?;
        self.narrow(&mut sack, window);
        Some(sack)
    }

    /// Writes what is left of a window into a packet. If messages are small, what is left
    /// holds less than it would of large ones.
    fn narrow(&self, packet: &mut [u8], at: core::ops::Range<usize>) -> u64 {
        let octets: [u8; 4] = core::array::from_fn(|n| packet[at.start + n]);
        let left = u64::from(u32::from_be_bytes(octets)).saturating_sub(self.taken as u64);
        let left = match self.taken {
            0 => left,
            taken => left * self.carried as u64 / taken as u64,
        };
        packet[at].copy_from_slice(&(left as u32).to_be_bytes());
        checksum::write(packet);
        left
    }
}

/// What keeps a message takes so much, octets.
const OVERHEAD: usize = size_of::<Message>();

/// What a peer may have sent that we have not read, octets.
pub(super) const WINDOW: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use dcsctp::api::{PpId, StreamId};

    fn message(length: usize) -> Message {
        Message::new(StreamId(1), PpId(3), vec![0; length])
    }

    fn sack(window: u32) -> Vec<u8> {
        let mut packet = vec![9; 12];
        packet.extend_from_slice(&[packet::SACK, 0, 0, 16, 0, 0, 0, 5]);
        packet.extend_from_slice(&window.to_be_bytes());
        packet.extend_from_slice(&[0; 4]);
        checksum::write(&mut packet);
        packet
    }

    fn window(packet: &[u8]) -> u32 {
        assert!(checksum::is_right(packet));
        packet::Seen::read(packet).sack.unwrap().1
    }

    #[test]
    fn what_waits_is_deducted_from_the_window() {
        let mut inbox = Inbox::default();
        let mut packet = sack(1_000_000);
        inbox.deduct(&mut packet);
        assert_eq!(window(&packet), 1_000_000);
        inbox.push(message(70_000));
        inbox.deduct(&mut packet);
        let left = window(&packet) as usize;
        assert!((929_000..930_000).contains(&left), "{left}");
        inbox.pop();
        assert!(inbox.is_empty() && inbox.taken == 0 && inbox.carried == 0);
        // It was never closed, so nothing is to be told.
        assert_eq!(inbox.reopen(), None);
    }

    #[test]
    fn a_closed_window_is_opened_once_half_of_it_is_free() {
        let mut inbox = Inbox::default();
        for _ in 0..12 {
            inbox.push(message(100_000));
        }
        assert!(!inbox.is_overfull());
        let mut packet = sack(900_000);
        packet.extend_from_slice(&[packet::DATA, 3, 0, 17]);
        packet.extend_from_slice(&[0; 16]);
        inbox.deduct(&mut packet);
        assert_eq!(window(&packet), 0);
        for _ in 0..6 {
            inbox.pop();
            assert_eq!(inbox.reopen(), None);
        }
        inbox.pop();
        let update = inbox.reopen().unwrap();
        assert_eq!(update.len(), 28, "the SACK alone");
        assert!(window(&update) > 390_000);
        assert_eq!(inbox.reopen(), None, "told once");
    }

    #[test]
    fn small_messages_get_a_window_that_they_cannot_overfill() {
        let mut inbox = Inbox::default();
        let mut left = 1_000;
        while left > 0 {
            // A peer that uses all that it was given.
            for _ in 0..left {
                inbox.push(message(1));
            }
            assert!(!inbox.is_overfull());
            let mut packet = sack(WINDOW as u32);
            inbox.deduct(&mut packet);
            left = window(&packet);
        }
        assert!(inbox.taken > WINDOW - OVERHEAD - 1);
        // And one that does not care.
        for _ in 0..WINDOW / OVERHEAD {
            inbox.push(message(1));
        }
        assert!(inbox.is_overfull());
    }
}
