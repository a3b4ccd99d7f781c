//! CRC32c, the checksum of SCTP packets (RFC 9260 6.8 and appendix A).

/// Whether the checksum over the packet is right.
pub(super) fn is_right(packet: &[u8]) -> bool {
    packet.len() >= FIELD.end && packet[FIELD] == of(packet)
}

/// Writes the checksum into a packet, which has at least the common header.
pub(super) fn write(packet: &mut [u8]) {
    let checksum = of(packet);
    packet[FIELD].copy_from_slice(&checksum);
}

/// The checksum of a packet, its field counted as zeros.
fn of(packet: &[u8]) -> [u8; 4] {
    let crc = !digest(
        digest(digest(!0, &packet[..FIELD.start]), &[0; 4]),
        &packet[FIELD.end..],
    );
    crc.to_le_bytes()
}

/// Eight octets at a time: a table for each place.
fn digest(mut crc: u32, octets: &[u8]) -> u32 {
    let (eights, rest) = octets.as_chunks::<8>();
    for eight in eights {
        let [c0, c1, c2, c3] = crc.to_le_bytes();
        let [o0, o1, o2, o3, o4, o5, o6, o7] = *eight;
        crc = TABLES[7][usize::from(c0 ^ o0)]
            ^ TABLES[6][usize::from(c1 ^ o1)]
            ^ TABLES[5][usize::from(c2 ^ o2)]
            ^ TABLES[4][usize::from(c3 ^ o3)]
            ^ TABLES[3][usize::from(o4)]
            ^ TABLES[2][usize::from(o5)]
            ^ TABLES[1][usize::from(o6)]
            ^ TABLES[0][usize::from(o7)];
    }
    rest.iter().fold(crc, |crc, octet| {
        TABLES[0][usize::from(crc as u8 ^ octet)] ^ crc >> 8
    })
}

/// Where the checksum is in a packet.
const FIELD: core::ops::Range<usize> = 8..12;

/// `TABLES[n][octet]`: what an octet makes of the remainder when `n` more follow it.
const TABLES: [[u32; 256]; 8] = {
    let mut tables = [[0; 256]; 8];
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
        tables[0][index] = crc;
        index += 1;
    }
    let mut place = 1;
    while place < 8 {
        let mut index = 0;
        while index < 256 {
            let before = tables[place - 1][index];
            tables[place][index] = tables[0][(before & 0xff) as usize] ^ before >> 8;
            index += 1;
        }
        place += 1;
    }
    tables
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32c_has_its_check_value() {
        // The check value of CRC-32C; nine octets take both loops.
        assert_eq!(!digest(!0, b"123456789"), 0xe306_9283);
        // RFC 3720 B.4: 32 octets of zeros, 32 octets of ones, ascending.
        assert_eq!(!digest(!0, &[0; 32]), 0x8a91_36aa);
        assert_eq!(!digest(!0, &[0xff; 32]), 0x62a8_ab43);
        let ascending: Vec<u8> = (0..32).collect();
        assert_eq!(!digest(!0, &ascending), 0x46dd_794e);
    }

    #[test]
    fn written_checksums_are_right_and_others_wrong() {
        let mut packet: Vec<u8> = (0..61).collect();
        assert!(!is_right(&packet));
        write(&mut packet);
        assert!(is_right(&packet));
        for at in 0..packet.len() {
            packet[at] ^= 0x10;
            assert!(!is_right(&packet), "octet {at}");
            packet[at] ^= 0x10;
        }
        assert!(!is_right(&packet[..11]));
    }
}
