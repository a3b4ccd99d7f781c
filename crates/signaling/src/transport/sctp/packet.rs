//! As much of SCTP packets (RFC 9260 3) as telling associations apart takes: the common
//! header, the first chunk, cookies, and the answers to packets that belong to nothing.

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
pub(super) const INIT: u8 = 1;
pub(super) const INIT_ACK: u8 = 2;
pub(super) const ABORT: u8 = 6;
pub(super) const SHUTDOWN_ACK: u8 = 8;
pub(super) const ERROR: u8 = 9;
pub(super) const COOKIE_ECHO: u8 = 10;
pub(super) const COOKIE_ACK: u8 = 11;
pub(super) const SHUTDOWN_COMPLETE: u8 = 14;

/// Whether the checksum over the packet is right (RFC 9260 6.8).
pub(super) fn checksum_is_right(packet: &[u8]) -> bool {
    packet.len() >= COMMON_HEADER && packet[8..12] == checksum(packet)
}

/// The chunks of a packet: type and value each. Ends at the first that does not fit.
pub(super) fn chunks(packet: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = packet.get(COMMON_HEADER..).unwrap_or_default();
    core::iter::from_fn(move || {
        let &[chunk, _flags, l1, l0, ..] = rest else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([l1, l0]));
        let value = rest.get(4..length)?;
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((chunk, value))
    })
}

/// The state cookie in an INIT ACK (RFC 9260 3.3.3).
pub(super) fn cookie_given(packet: &[u8]) -> Option<&[u8]> {
    let (_, value) = chunks(packet).find(|(chunk, _)| *chunk == INIT_ACK)?;
    let mut parameters = value.get(16..)?;
    loop {
        let &[t1, t0, l1, l0, ..] = parameters else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([l1, l0]));
        let value = parameters.get(4..length)?;
        if u16::from_be_bytes([t1, t0]) == STATE_COOKIE {
            return Some(value);
        }
        parameters = parameters.get(length.next_multiple_of(4)..)?;
    }
}

/// The state cookie in a COOKIE ECHO (RFC 9260 3.3.11).
pub(super) fn cookie_returned(packet: &[u8]) -> Option<&[u8]> {
    chunks(packet)
        .find(|(chunk, _)| *chunk == COOKIE_ECHO)
        .map(|(_, value)| value)
}

/// What to answer to a packet that belongs to no association (RFC 9260 8.4).
pub(super) fn out_of_the_blue(packet: &[u8], header: Header) -> Option<Vec<u8>> {
    for (chunk, value) in chunks(packet) {
        match chunk {
            ABORT | SHUTDOWN_COMPLETE | COOKIE_ACK | ERROR => return None,
            // The tag that the peer expects is in the chunk; ours is reflected otherwise.
            INIT => {
                let tag = value.first_chunk().map(|tag| u32::from_be_bytes(*tag))?;
                return Some(answer(header, tag, ABORT, 0));
            }
            SHUTDOWN_ACK => {
                return Some(answer(header, header.tag, SHUTDOWN_COMPLETE, TAG_REFLECTED));
            }
            _ => {}
        }
    }
    Some(answer(header, header.tag, ABORT, TAG_REFLECTED))
}

fn answer(to: Header, tag: u32, chunk: u8, flags: u8) -> Vec<u8> {
    let mut packet = Vec::with_capacity(COMMON_HEADER + 4);
    packet.extend_from_slice(&to.destination_port.to_be_bytes());
    packet.extend_from_slice(&to.source_port.to_be_bytes());
    packet.extend_from_slice(&tag.to_be_bytes());
    packet.extend_from_slice(&[0, 0, 0, 0, chunk, flags, 0, 4]);
    let checksum = checksum(&packet);
    packet[8..12].copy_from_slice(&checksum);
    packet
}

/// CRC32c over the packet with its checksum field as zero (RFC 9260 appendix A).
fn checksum(packet: &[u8]) -> [u8; 4] {
    let field = [0; 4];
    let parts = [&packet[..8], &field, &packet[12..]];
    let crc = parts
        .iter()
        .flat_map(|part| part.iter())
        .fold(!0, |crc, octet| {
            CRC_TABLE[usize::from(crc as u8 ^ octet)] ^ crc >> 8
        });
    let crc: u32 = !crc;
    crc.to_le_bytes()
}

const COMMON_HEADER: usize = 12;
const STATE_COOKIE: u16 = 7;

/// The T bit: the verification tag is the receiver's own, sent back.
const TAG_REFLECTED: u8 = 1;

const CRC_TABLE: [u32; 256] = {
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

    #[test]
    fn crc32c_has_its_check_value() {
        // The check value of CRC-32C for "123456789" is 0xe3069283; here the first eight octets
        // stand before the field and the field itself counts as zeros.
        let mut crc = !0;
        for octet in b"123456789" {
            crc = CRC_TABLE[usize::from(crc as u8 ^ octet)] ^ crc >> 8;
        }
        assert_eq!(!crc, 0xe306_9283);
    }

    #[test]
    fn reads_what_the_sctp_stack_writes() {
        let packet = init();
        let header = Header::read(&packet).unwrap();
        assert_eq!((header.source_port, header.destination_port), (5000, 5000));
        assert_eq!((header.tag, header.first), (0, INIT));
        assert!(checksum_is_right(&packet));
        let mut broken = packet.clone();
        broken[20] ^= 1;
        assert!(!checksum_is_right(&broken));
        let mut listener = Socket::new("z", &Options::default());
        listener.handle_input(&packet);
        let Some(SocketEvent::SendPacket(ack)) = listener.poll_event() else {
            panic!("no INIT ACK");
        };
        assert_eq!(cookie_given(&ack).map(<[u8]>::len), Some(48));
        assert_eq!(cookie_given(&packet), None);
    }

    #[test]
    fn stray_packets_are_answered_as_rfc_9260_says() {
        let init = init();
        let header = Header::read(&init).unwrap();
        let abort = out_of_the_blue(&init, header).unwrap();
        assert!(checksum_is_right(&abort));
        assert_eq!(abort[4..8], init[16..20], "the initiate tag of the INIT");
        assert_eq!(abort[12..], [ABORT, 0, 0, 4]);
        assert_eq!(
            out_of_the_blue(&abort, header),
            None,
            "never an ABORT for an ABORT"
        );

        let tagged = Header { tag: 77, ..header };
        let shutdown_ack = answer(tagged, 77, SHUTDOWN_ACK, 0);
        let complete = out_of_the_blue(&shutdown_ack, tagged).unwrap();
        assert_eq!(complete[4..8], 77u32.to_be_bytes());
        assert_eq!(complete[12..], [SHUTDOWN_COMPLETE, TAG_REFLECTED, 0, 4]);
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
    }
}
