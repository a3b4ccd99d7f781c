//! SCTP packets (RFC 9260 3): the user messages of their DATA chunks, put together.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

/// A whole user message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserMessage {
    pub(crate) stream: u16,
    pub(crate) ppid: u32,
    pub(crate) data: Vec<u8>,
}

/// Chunks of interest, and others by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Chunk {
    Message(UserMessage),
    /// INIT, ABORT and the like: what shows how an association lives.
    Control(&'static str),
}

/// One direction of an association.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Flow {
    from: (IpAddr, u16),
    to: (IpAddr, u16),
}

/// Octets of fragments of one direction that may wait for the others.
const MAX_WAITING: usize = 256 * 1024;
/// What a fragment costs beside its octets.
const FRAGMENT_OVERHEAD: usize = 64;
/// Directions that are remembered; the oldest is forgotten.
const MAX_FLOWS: usize = 128;
/// TSNs by which a repeated chunk is recognised.
const MAX_SEEN: usize = 512;

#[derive(Debug, Default)]
struct State {
    fragments: BTreeMap<u32, Fragment>,
    waiting: usize,
    seen: VecDeque<u32>,
}

#[derive(Debug)]
struct Fragment {
    begins: bool,
    ends: bool,
    stream: u16,
    ppid: u32,
    data: Vec<u8>,
}

/// Puts user messages together.
#[derive(Debug, Default)]
pub(crate) struct Associations {
    flows: BTreeMap<Flow, State>,
    order: VecDeque<Flow>,
}

impl Associations {
    /// The ports and the chunks of a packet; `None` if it is no SCTP packet. What is cut off or
    /// malformed ends the list.
    pub(crate) fn packet(
        &mut self,
        source: IpAddr,
        destination: IpAddr,
        packet: &[u8],
    ) -> Option<(u16, u16, Vec<Chunk>)> {
        let header = packet.get(..12)?;
        let (from, to) = (be16(&header[0..2]), be16(&header[2..4]));
        let flow = Flow {
            from: (source, from),
            to: (destination, to),
        };
        let mut chunks = Vec::new();
        let mut rest = &packet[12..];
        while let Some(&[kind, flags, high, low]) = rest.first_chunk::<4>() {
            let length = usize::from(u16::from_be_bytes([high, low]));
            let Some(chunk) = rest.get(4..length).filter(|_| length >= 4) else {
                break;
            };
            if matches!(kind, INIT | INIT_ACK) {
                // The association begins anew, and with it the count of TSNs.
                *self.state(flow) = State::default();
            }
            if kind == DATA {
                chunks.extend(self.data(flow, flags, chunk).map(Chunk::Message));
            } else if let Some(name) = control(kind) {
                chunks.push(Chunk::Control(name));
            }
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        }
        Some((from, to, chunks))
    }

    /// A DATA chunk (RFC 9260 3.3.1) without its header: perhaps the last of its message.
    fn data(&mut self, flow: Flow, flags: u8, chunk: &[u8]) -> Option<UserMessage> {
        let (header, data) = chunk.split_at_checked(12)?;
        let tsn = u32::from_be_bytes(*header.first_chunk()?);
        let stream = be16(&header[4..6]);
        let ppid = u32::from_be_bytes(*header[8..].first_chunk()?);
        let state = self.state(flow);
        if state.seen.contains(&tsn) {
            return None; // a retransmission
        }
        state.seen.push_back(tsn);
        if state.seen.len() > MAX_SEEN {
            state.seen.pop_front();
        }
        let (begins, ends) = (flags & 2 != 0, flags & 1 != 0);
        if begins && ends {
            return Some(UserMessage {
                stream,
                ppid,
                data: data.to_vec(),
            });
        }
        state.waiting += data.len() + FRAGMENT_OVERHEAD;
        if state.waiting > MAX_WAITING {
            state.fragments.clear();
            state.waiting = data.len() + FRAGMENT_OVERHEAD;
        }
        let fragment = Fragment {
            begins,
            ends,
            stream,
            ppid,
            data: data.to_vec(),
        };
        state.fragments.insert(tsn, fragment);
        state.complete(tsn)
    }

    fn state(&mut self, flow: Flow) -> &mut State {
        if !self.flows.contains_key(&flow) {
            if self.order.len() >= MAX_FLOWS
                && let Some(oldest) = self.order.pop_front()
            {
                self.flows.remove(&oldest);
            }
            self.order.push_back(flow);
        }
        self.flows.entry(flow).or_default()
    }
}

/// Whether a datagram is an SCTP packet: its first chunk fits into it, and its checksum is right.
/// That tells encapsulated packets on whatever port from anything else.
pub(crate) fn is_packet(datagram: &[u8]) -> bool {
    let Some((header, chunks)) = datagram.split_at_checked(12) else {
        return false;
    };
    let Some(&[_, _, high, low]) = chunks.first_chunk::<4>() else {
        return false;
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    let checksum = header[8..]
        .first_chunk()
        .map(|octets| u32::from_le_bytes(*octets));
    (4..=chunks.len()).contains(&length) && checksum == Some(crc32c(&header[..8], chunks))
}

/// CRC-32c of a packet, whose checksum counts as 0 (RFC 9260 appendix A).
fn crc32c(before: &[u8], behind: &[u8]) -> u32 {
    let octets = before.iter().chain(&[0; 4]).chain(behind);
    !octets.fold(u32::MAX, |crc, octet| {
        crc >> 8 ^ CRC32C[usize::from(crc as u8 ^ octet)]
    })
}

const CRC32C: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0x82f6_3b78
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
};

impl State {
    /// The message that the fragment `tsn` belongs to, if all of it is there.
    fn complete(&mut self, tsn: u32) -> Option<UserMessage> {
        let mut first = tsn;
        while !self.fragments.get(&first)?.begins {
            first = first.wrapping_sub(1);
        }
        let mut last = tsn;
        while !self.fragments.get(&last)?.ends {
            last = last.wrapping_add(1);
        }
        let Fragment { stream, ppid, .. } = *self.fragments.get(&first)?;
        let mut data = Vec::new();
        let mut next = first;
        loop {
            let fragment = self.fragments.remove(&next)?;
            self.waiting -= fragment.data.len() + FRAGMENT_OVERHEAD;
            data.extend(fragment.data);
            if next == last {
                return Some(UserMessage { stream, ppid, data });
            }
            next = next.wrapping_add(1);
        }
    }
}

/// Chunk types (RFC 9260 3.2).
const DATA: u8 = 0;
const INIT: u8 = 1;
const INIT_ACK: u8 = 2;

const fn control(kind: u8) -> Option<&'static str> {
    match kind {
        INIT => Some("INIT"),
        INIT_ACK => Some("INIT ACK"),
        6 => Some("ABORT"),
        7 => Some("SHUTDOWN"),
        8 => Some("SHUTDOWN ACK"),
        9 => Some("ERROR"),
        10 => Some("COOKIE ECHO"),
        11 => Some("COOKIE ACK"),
        14 => Some("SHUTDOWN COMPLETE"),
        _ => None, // SACK, HEARTBEAT: they tell nothing to a reader of calls
    }
}

fn be16(octets: &[u8]) -> u16 {
    u16::from(octets[0]) << 8 | u16::from(octets[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(tsn: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(16 + payload.len()).unwrap();
        let mut chunk = vec![0, flags];
        chunk.extend(length.to_be_bytes());
        chunk.extend(tsn.to_be_bytes());
        chunk.extend([0, 1, 0, 9, 0, 0, 0, 3]);
        chunk.extend(payload);
        chunk.resize(chunk.len().next_multiple_of(4), 0);
        chunk
    }

    fn packet(chunks: &[Vec<u8>]) -> Vec<u8> {
        let mut packet = vec![0x0b, 0x59, 0x0b, 0x59, 0, 0, 0, 0, 0, 0, 0, 0];
        packet.extend(chunks.concat());
        packet
    }

    fn take(associations: &mut Associations, packet: &[u8]) -> Vec<Chunk> {
        let address = "192.0.2.1".parse().unwrap();
        let (from, to, chunks) = associations.packet(address, address, packet).unwrap();
        assert_eq!((from, to), (2905, 2905));
        chunks
    }

    fn message(data: &[u8]) -> Chunk {
        Chunk::Message(UserMessage {
            stream: 1,
            ppid: 3,
            data: data.to_vec(),
        })
    }

    #[test]
    fn several_chunks_and_fragments_in_any_order_become_messages() {
        let mut associations = Associations::default();
        let bundled = packet(&[data(1, 3, b"one"), vec![3, 0, 0, 4], data(2, 3, b"two")]);
        assert_eq!(
            take(&mut associations, &bundled),
            [message(b"one"), message(b"two")]
        );
        assert_eq!(take(&mut associations, &bundled), [], "a retransmission");
        let last = packet(&[data(u32::MAX.wrapping_add(6), 1, b"c")]);
        assert_eq!(take(&mut associations, &last), []);
        assert_eq!(take(&mut associations, &packet(&[data(3, 2, b"a")])), []);
        assert_eq!(
            take(&mut associations, &packet(&[data(4, 0, b"b")])),
            [message(b"abc")]
        );
    }

    #[test]
    fn init_begins_a_new_count_of_tsns() {
        let mut associations = Associations::default();
        let one = packet(&[data(1, 3, b"one")]);
        assert_eq!(take(&mut associations, &one), [message(b"one")]);
        assert_eq!(take(&mut associations, &one), []);
        assert_eq!(
            take(&mut associations, &packet(&[vec![1, 0, 0, 4]])),
            [Chunk::Control("INIT")]
        );
        assert_eq!(take(&mut associations, &one), [message(b"one")]);
    }

    #[test]
    fn fragments_that_wait_are_bounded() {
        let mut associations = Associations::default();
        for tsn in 0..1000 {
            take(&mut associations, &packet(&[data(2 * tsn, 2, &[0; 1000])]));
            let state = associations.flows.values().next().unwrap();
            let octets: usize = state.fragments.values().map(|f| f.data.len()).sum();
            assert!(octets <= MAX_WAITING && state.seen.len() <= MAX_SEEN);
            assert_eq!(
                state.waiting,
                octets + state.fragments.len() * FRAGMENT_OVERHEAD
            );
        }
        for source in 0..1000_u32 {
            let address = std::net::Ipv4Addr::from(source).into();
            associations
                .packet(address, address, &packet(&[data(0, 2, b"x")]))
                .unwrap();
        }
        assert!(associations.flows.len() <= MAX_FLOWS && associations.order.len() <= MAX_FLOWS);
    }

    #[test]
    fn the_checksum_tells_a_packet() {
        // ASPUP of a public capture.
        let whole = [
            0x0b, 0x5a, 0x18, 0x9f, 0xd4, 0x2b, 0x48, 0x92, 0x19, 0x67, 0x67, 0x22, 0x00, 0x03,
            0x00, 0x20, 0x06, 0x29, 0xbe, 0xa6, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03,
            0x01, 0x00, 0x03, 0x01, 0x00, 0x00, 0x00, 0x10, 0x00, 0x11, 0x00, 0x08, 0x00, 0x00,
            0x00, 0x0d,
        ];
        assert!(is_packet(&whole));
        assert!(
            !is_packet(&packet(&[data(1, 3, b"one")])),
            "a checksum of 0"
        );
        for length in 0..whole.len() {
            assert!(!is_packet(&whole[..length]));
        }
    }

    #[test]
    fn cut_packets_do_no_harm() {
        let whole = packet(&[data(1, 3, b"one"), vec![1, 0, 0, 4]]);
        for length in 0..whole.len() {
            let address = "::1".parse().unwrap();
            let _ = Associations::default().packet(address, address, &whole[..length]);
        }
        let mut associations = Associations::default();
        assert_eq!(take(&mut associations, &packet(&[vec![0, 3, 0, 3]])), []);
        assert_eq!(
            take(&mut associations, &packet(&[vec![6, 0, 0, 4]])),
            [Chunk::Control("ABORT")]
        );
    }
}
