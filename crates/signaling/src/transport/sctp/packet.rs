//! As much of SCTP packets (RFC 9260 3) as `dcsctp` leaves to us: which association a packet
//! belongs to, what it acknowledges, its cookie, and the answers to packets of no association.

use super::checksum;
use core::ops::Range;

/// The common header and the first chunk of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) source_port: u16,
    pub(super) destination_port: u16,
    pub(super) tag: u32,
    /// The type of the first chunk.
    pub(super) first: u8,
}

impl Header {
    /// Reads the header; `None` if the packet is too short for one chunk.
    pub(super) fn read(packet: &[u8]) -> Option<Self> {
        let &[
            s1,
            s0,
            d1,
            d0,
            t3,
            t2,
            t1,
            t0,
            _,
            _,
            _,
            _,
            first,
            _,
            _,
            _,
            ..,
        ] = packet
        else {
            return None;
        };
        Some(Self {
            source_port: u16::from_be_bytes([s1, s0]),
            destination_port: u16::from_be_bytes([d1, d0]),
            tag: u32::from_be_bytes([t3, t2, t1, t0]),
            first,
        })
    }
}

/// Chunk types (RFC 9260 3.2).
pub(super) const DATA: u8 = 0;
pub(super) const INIT: u8 = 1;
pub(super) const INIT_ACK: u8 = 2;
pub(super) const SACK: u8 = 3;
pub(super) const ABORT: u8 = 6;
pub(super) const SHUTDOWN: u8 = 7;
pub(super) const SHUTDOWN_ACK: u8 = 8;
pub(super) const ERROR: u8 = 9;
pub(super) const COOKIE_ECHO: u8 = 10;
pub(super) const COOKIE_ACK: u8 = 11;
pub(super) const SHUTDOWN_COMPLETE: u8 = 14;

/// A chunk of a packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk<'a> {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) value: &'a [u8],
    /// Where it begins in the packet.
    at: usize,
}

/// The chunks of a packet. Ends at the first that does not fit.
pub(super) fn chunks(packet: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut at = COMMON_HEADER;
    core::iter::from_fn(move || {
        let rest = packet.get(at..)?;
        let &[kind, flags, l1, l0, ..] = rest else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([l1, l0]));
        let value = rest.get(4..length)?;
        let chunk = Chunk {
            kind,
            flags,
            value,
            at,
        };
        at += length.next_multiple_of(4);
        Some(chunk)
    })
}

/// What a packet brings, as far as `dcsctp` needs help with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// It has a chunk whose verification tag follows rules of its own (RFC 9260 8.5.1).
    pub(super) own_tag_rules: bool,
    pub(super) data: bool,
    pub(super) abort: bool,
    /// SACK: the cumulative TSN and the receiver window.
    pub(super) sack: Option<(u32, u32)>,
    /// SHUTDOWN: the cumulative TSN.
    pub(super) shutdown: Option<u32>,
    /// ERROR with the cause "Stale Cookie".
    pub(super) stale_cookie: bool,
}

impl Seen {
    pub(super) fn read(packet: &[u8]) -> Self {
        let mut seen = Self::default();
        for chunk in chunks(packet) {
            match (chunk.kind, chunk.value) {
                (SACK, &[c3, c2, c1, c0, w3, w2, w1, w0, ..]) => {
                    let cumulative = u32::from_be_bytes([c3, c2, c1, c0]);
                    seen.sack = Some((cumulative, u32::from_be_bytes([w3, w2, w1, w0])));
                }
                (SHUTDOWN, &[c3, c2, c1, c0, ..]) => {
                    seen.shutdown = Some(u32::from_be_bytes([c3, c2, c1, c0]));
                }
                (INIT | COOKIE_ECHO, _) => seen.own_tag_rules = true,
                (ABORT | SHUTDOWN_ACK | SHUTDOWN_COMPLETE, _) => {
                    seen.own_tag_rules = true;
                    seen.abort |= chunk.kind == ABORT;
                }
                (DATA, _) => seen.data = true,
                (ERROR, &[0, STALE_COOKIE, ..]) => seen.stale_cookie = true,
                _ => {}
            }
        }
        seen
    }
}

/// What becomes of an INIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Init {
    /// It can be answered.
    Proper,
    /// One of its parameters is out of range: ABORT.
    Refused,
    /// Nothing is to be answered.
    Ignored,
}

impl Init {
    /// Looks at a packet whose first chunk is an INIT (RFC 9260 3.3.2 and 8.5.1 A).
    pub(super) fn read(packet: &[u8], header: Header) -> Self {
        let mut chunks = chunks(packet);
        let first = chunks.next().map(|chunk| chunk.value);
        let Some(
            &[
                t3,
                t2,
                t1,
                t0,
                w3,
                w2,
                w1,
                w0,
                o1,
                o0,
                i1,
                i0,
                _,
                _,
                _,
                _,
                ..,
            ],
        ) = first
        else {
            return Self::Ignored;
        };
        let tag = u32::from_be_bytes([t3, t2, t1, t0]);
        if header.tag != 0 || tag == 0 || chunks.next().is_some() {
            return Self::Ignored;
        }
        let window = u32::from_be_bytes([w3, w2, w1, w0]);
        match window < LEAST_WINDOW || [o1, o0] == [0, 0] || [i1, i0] == [0, 0] {
            true => Self::Refused,
            false => Self::Proper,
        }
    }
}

/// Where the state cookie is in a packet, and the lengths that include it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cookie {
    pub(super) place: Range<usize>,
    lengths: [Option<usize>; 2],
}

impl Cookie {
    /// The cookie of an INIT ACK, which is the first chunk (RFC 9260 3.3.3).
    pub(super) fn given(packet: &[u8]) -> Option<Self> {
        let chunk = chunks(packet).next().filter(|c| c.kind == INIT_ACK)?;
        let end = chunk.at + 4 + chunk.value.len();
        let mut at = chunk.at + 20;
        loop {
            let &[t1, t0, l1, l0, ..] = packet.get(at..end)? else {
                return None;
            };
            let length = usize::from(u16::from_be_bytes([l1, l0]));
            if length < 4 || at + length > end {
                return None;
            }
            if u16::from_be_bytes([t1, t0]) == STATE_COOKIE {
                return Some(Self {
                    place: at + 4..at + length,
                    lengths: [Some(chunk.at + 2), Some(at + 2)],
                });
            }
            at += length.next_multiple_of(4);
        }
    }

    /// The cookie of a COOKIE ECHO, which is the first chunk (RFC 9260 3.3.11).
    pub(super) fn returned(packet: &[u8]) -> Option<Self> {
        let chunk = chunks(packet).next().filter(|c| c.kind == COOKIE_ECHO)?;
        let start = chunk.at + 4;
        Some(Self {
            place: start..start + chunk.value.len(),
            lengths: [Some(chunk.at + 2), None],
        })
    }

    /// The packet with another cookie, which is longer or shorter by a multiple of four octets.
    pub(super) fn replaced(&self, packet: &[u8], cookie: &[u8]) -> Vec<u8> {
        let mut replaced = Vec::with_capacity(packet.len() + cookie.len());
        replaced.extend_from_slice(&packet[..self.place.start]);
        replaced.extend_from_slice(cookie);
        replaced.extend_from_slice(&packet[self.place.end..]);
        for at in self.lengths.into_iter().flatten() {
            let length = usize::from(u16::from_be_bytes([packet[at], packet[at + 1]]));
            let length = length + cookie.len() - self.place.len();
            replaced[at..at + 2].copy_from_slice(&(length as u16).to_be_bytes());
        }
        checksum::write(&mut replaced);
        replaced
    }
}

/// The packet with its chunks of one kind alone.
pub(super) fn only(packet: &[u8], kind: u8) -> Vec<u8> {
    selected(packet, |chunk| chunk.kind == kind)
}

/// Where the receiver window of a SACK is in the packet.
pub(super) fn window_of(packet: &[u8]) -> Option<Range<usize>> {
    let sack = chunks(packet).find(|chunk| chunk.kind == SACK && chunk.value.len() >= 8)?;
    Some(sack.at + 8..sack.at + 12)
}

/// The packet with a SACK for its SHUTDOWN, unless it has one already: a SHUTDOWN acknowledges
/// too (RFC 9260 3.3.8).
pub(super) fn sack_for_shutdown(packet: &[u8], cumulative: u32, window: u32) -> Vec<u8> {
    let mut without = selected(packet, |chunk| chunk.kind != SHUTDOWN);
    if !chunks(&without).any(|chunk| chunk.kind == SACK) {
        without.extend_from_slice(&[SACK, 0, 0, 16]);
        without.extend_from_slice(&cumulative.to_be_bytes());
        without.extend_from_slice(&window.to_be_bytes());
        without.extend_from_slice(&[0; 4]);
        checksum::write(&mut without);
    }
    without
}

fn selected(packet: &[u8], wanted: impl Fn(&Chunk<'_>) -> bool) -> Vec<u8> {
    let mut selected = packet[..COMMON_HEADER].to_vec();
    for chunk in chunks(packet).filter(wanted) {
        selected.extend_from_slice(&packet[chunk.at..chunk.at + 4 + chunk.value.len()]);
        selected.resize(selected.len().next_multiple_of(4), 0);
    }
    checksum::write(&mut selected);
    selected
}

/// What to answer to a packet that belongs to no association (RFC 9260 8.4).
pub(super) fn out_of_the_blue(packet: &[u8], header: Header) -> Option<Vec<u8>> {
    for chunk in chunks(packet) {
        match chunk.kind {
            ABORT | SHUTDOWN_COMPLETE | COOKIE_ACK => return None,
            ERROR if chunk.value.starts_with(&[0, STALE_COOKIE]) => return None,
            // The tag that the peer expects is in the chunk; ours is reflected otherwise.
            INIT => {
                let tag = chunk.value.first_chunk().copied().map(u32::from_be_bytes)?;
                return Some(answer(header, tag, ABORT, 0, &[]));
            }
            SHUTDOWN_ACK => {
                let tag = header.tag;
                return Some(answer(header, tag, SHUTDOWN_COMPLETE, TAG_REFLECTED, &[]));
            }
            _ => {}
        }
    }
    Some(answer(header, header.tag, ABORT, TAG_REFLECTED, &[]))
}

/// ERROR with the cause "Stale Cookie" (RFC 9260 3.3.10.3); the staleness is in microseconds.
pub(super) fn stale_cookie(to: Header, peer_tag: u32, staleness: u32) -> Vec<u8> {
    let [s3, s2, s1, s0] = staleness.to_be_bytes();
    let cause = [0, STALE_COOKIE, 0, 8, s3, s2, s1, s0];
    answer(to, peer_tag, ERROR, 0, &cause)
}

fn answer(to: Header, tag: u32, chunk: u8, flags: u8, value: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(COMMON_HEADER + 4 + value.len());
    packet.extend_from_slice(&to.destination_port.to_be_bytes());
    packet.extend_from_slice(&to.source_port.to_be_bytes());
    packet.extend_from_slice(&tag.to_be_bytes());
    packet.extend_from_slice(&[0, 0, 0, 0, chunk, flags, 0, 4 + value.len() as u8]);
    packet.extend_from_slice(value);
    checksum::write(&mut packet);
    packet
}

const COMMON_HEADER: usize = 12;
const STATE_COOKIE: u16 = 7;
const STALE_COOKIE: u8 = 3;

/// The least window that an INIT may offer, octets.
const LEAST_WINDOW: u32 = 1_500;

/// The T bit: the verification tag is the receiver's own, sent back.
const TAG_REFLECTED: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use dcsctp::api::{DcSctpSocket, Options, Socket, SocketEvent};

    fn init() -> Vec<u8> {
        let mut socket = Socket::new("a", &Options::default());
        socket.connect();
        match socket.poll_event() {
            Some(SocketEvent::SendPacket(packet)) => packet,
            other => panic!("{other:?}"),
        }
    }

    fn init_ack() -> Vec<u8> {
        let mut listener = Socket::new("z", &Options::default());
        listener.handle_input(&init());
        match listener.poll_event() {
            Some(SocketEvent::SendPacket(packet)) => packet,
            other => panic!("{other:?}"),
        }
    }

    /// A packet with these chunks.
    fn packet(chunks: &[&[u8]]) -> Vec<u8> {
        let mut packet = [
            &[0x13, 0x88, 0x13, 0x88, 0, 0, 0, 77, 0, 0, 0, 0][..],
            &chunks.concat(),
        ]
        .concat();
        checksum::write(&mut packet);
        packet
    }

    fn kinds(packet: &[u8]) -> Vec<u8> {
        chunks(packet).map(|chunk| chunk.kind).collect()
    }

    #[test]
    fn reads_what_the_sctp_stack_writes() {
        let packet = init();
        let header = Header::read(&packet).unwrap();
        assert_eq!((header.source_port, header.destination_port), (5000, 5000));
        assert_eq!((header.tag, header.first), (0, INIT));
        assert!(checksum::is_right(&packet));
        assert_eq!(Init::read(&packet, header), Init::Proper);
        assert_eq!(Cookie::given(&packet), None);
        assert_eq!(Cookie::given(&init_ack()).map(|c| c.place.len()), Some(48));
    }

    #[test]
    fn cookies_are_replaced_in_both_chunks() {
        let ack = init_ack();
        let cookie = Cookie::given(&ack).unwrap();
        let longer = [&ack[cookie.place.clone()], &[9; 28]].concat();
        let signed = cookie.replaced(&ack, &longer);
        assert!(checksum::is_right(&signed));
        let place = Cookie::given(&signed).unwrap().place;
        assert_eq!(signed[place], longer);
        assert_eq!(chunks(&signed).count(), 1);

        // The stack that gets it sends it back whole.
        let mut client = Socket::new("a", &Options::default());
        client.connect();
        let Some(SocketEvent::SendPacket(init)) = client.poll_event() else {
            panic!("no INIT");
        };
        let mut signed = signed;
        signed[4..8].copy_from_slice(&init[16..20]);
        checksum::write(&mut signed);
        client.handle_input(&signed);
        let Some(SocketEvent::SendPacket(echo)) = client.poll_event() else {
            panic!("no COOKIE ECHO");
        };
        let returned = Cookie::returned(&echo).unwrap();
        assert_eq!(echo[returned.place.clone()], longer);
        let stripped = returned.replaced(&echo, &longer[..48]);
        let place = Cookie::returned(&stripped).unwrap().place;
        assert_eq!(stripped[place], longer[..48]);
        assert!(checksum::is_right(&stripped));
    }

    #[test]
    fn improper_inits_are_told_apart() {
        let proper = init();
        let header = Header::read(&proper).unwrap();
        let with = |at: usize, octets: &[u8]| {
            let mut changed = proper.clone();
            changed[at..at + octets.len()].copy_from_slice(octets);
            Init::read(&changed, header)
        };
        assert_eq!(with(16, &[0; 4]), Init::Ignored, "initiate tag 0");
        assert_eq!(with(20, &[0, 0, 5, 0xdb]), Init::Refused, "window 1499");
        assert_eq!(with(20, &[0, 0, 5, 0xdc]), Init::Proper, "window 1500");
        assert_eq!(with(24, &[0, 0]), Init::Refused, "no outbound streams");
        assert_eq!(with(26, &[0, 0]), Init::Refused, "no inbound streams");
        let tagged = Header { tag: 1, ..header };
        assert_eq!(Init::read(&proper, tagged), Init::Ignored);
        let mut followed = proper.clone();
        followed.extend_from_slice(&[COOKIE_ACK, 0, 0, 4]);
        assert_eq!(Init::read(&followed, header), Init::Ignored);
        assert_eq!(Init::read(&proper[..30], header), Init::Ignored);
    }

    #[test]
    fn stray_packets_are_answered_as_rfc_9260_says() {
        let init = init();
        let header = Header::read(&init).unwrap();
        let abort = out_of_the_blue(&init, header).unwrap();
        assert!(checksum::is_right(&abort));
        assert_eq!(abort[4..8], init[16..20], "the initiate tag of the INIT");
        assert_eq!(abort[12..], [ABORT, 0, 0, 4]);
        for kind in [ABORT, SHUTDOWN_COMPLETE, COOKIE_ACK] {
            let packet = packet(&[&[kind, 0, 0, 4]]);
            assert_eq!(out_of_the_blue(&packet, header), None, "{kind}");
        }

        let shutdown_ack = packet(&[&[SHUTDOWN_ACK, 0, 0, 4]]);
        let tagged = Header::read(&shutdown_ack).unwrap();
        let complete = out_of_the_blue(&shutdown_ack, tagged).unwrap();
        assert_eq!(complete[4..8], 77u32.to_be_bytes());
        assert_eq!(complete[12..], [SHUTDOWN_COMPLETE, TAG_REFLECTED, 0, 4]);

        let sack = packet(&[&[SACK, 0, 0, 16], &[0; 12]]);
        let abort = out_of_the_blue(&sack, tagged).unwrap();
        assert_eq!(abort[4..8], 77u32.to_be_bytes());
        assert_eq!(abort[12..], [ABORT, TAG_REFLECTED, 0, 4]);

        let stale = stale_cookie(tagged, 5, 0x0102_0304);
        assert!(checksum::is_right(&stale));
        assert_eq!(stale[4..8], 5u32.to_be_bytes());
        assert_eq!(stale[12..], [ERROR, 0, 0, 12, 0, 3, 0, 8, 1, 2, 3, 4]);
        assert!(Seen::read(&stale).stale_cookie);
        assert_eq!(out_of_the_blue(&stale, tagged), None);
    }

    #[test]
    fn a_shutdown_is_parted_from_what_comes_with_it() {
        let sack = [&[SACK, 0, 0, 16, 0, 0, 0, 9, 0, 0, 0x80, 0], &[0; 4][..]].concat();
        let shutdown = [SHUTDOWN, 0, 0, 8, 0, 0, 0, 10];
        let both = packet(&[&sack, &shutdown]);
        let seen = Seen::read(&both);
        assert_eq!(seen.sack, Some((9, 0x8000)));
        assert_eq!(seen.shutdown, Some(10));
        assert!(!seen.own_tag_rules && !seen.data);
        assert_eq!(only(&both, SHUTDOWN), packet(&[&shutdown]));
        assert_eq!(sack_for_shutdown(&both, 10, 1), packet(&[&sack]));

        let alone = packet(&[&shutdown]);
        let made = sack_for_shutdown(&alone, 10, 0x1_0000);
        assert_eq!(kinds(&made), [SACK]);
        assert_eq!(Seen::read(&made).sack, Some((10, 0x1_0000)));
        assert!(checksum::is_right(&made));
    }

    #[test]
    fn short_and_broken_packets_have_no_chunks() {
        assert_eq!(Header::read(&[0; 15]), None);
        assert_eq!(chunks(&[0; 5]).count(), 0);
        assert_eq!(
            chunks(&[0; 16]).count(),
            0,
            "a chunk of length 0 would never end"
        );
        let mut beyond = [0; 16];
        beyond[15] = 5;
        assert_eq!(chunks(&beyond).count(), 0);
        // An INIT ACK whose parameter is longer than it, or shorter than its own header.
        let ack = init_ack();
        for length in [0, 3, 0xffff_u16] {
            let mut broken = ack.clone();
            let at = Cookie::given(&ack).unwrap().place.start - 2;
            broken[at..at + 2].copy_from_slice(&length.to_be_bytes());
            assert_eq!(Cookie::given(&broken), None);
        }
    }
}
