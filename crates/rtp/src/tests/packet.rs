//! Packets: octets by hand, round trips, refusals, and anything at all.

use crate::{Csrcs, Extension, RtpError, RtpPacket};
use proptest::prelude::*;

#[test]
fn reads_a_packet_of_all_parts() {
    let data = [
        0xb2, 0x88, 0x12, 0x34, // V=2 P X CC=2, M PT=8, sequence
        0x00, 0x00, 0x00, 0xa0, 0xde, 0xad, 0xbe, 0xef, // timestamp, SSRC
        0, 0, 0, 1, 0, 0, 0, 2, // CSRC
        0xbe, 0xde, 0x00, 0x01, 0x10, 0xff, 0x00, 0x00, // extension of one word
        0xd5, 0x55, // payload
        0x00, 0x00, 0x03, // padding
    ];
    let packet = RtpPacket::parse(&data).unwrap();
    assert!(packet.marker);
    assert_eq!((packet.payload_type, packet.sequence), (8, 0x1234));
    assert_eq!((packet.timestamp, packet.ssrc), (160, 0xdead_beef));
    assert_eq!(packet.csrcs.iter().collect::<Vec<_>>(), [1, 2]);
    let extension = Extension {
        profile: 0xbede,
        data: &[0x10, 0xff, 0, 0],
    };
    assert_eq!(packet.extension, Some(extension));
    assert_eq!(packet.payload, [0xd5, 0x55]);
    assert_eq!(packet.padding, 3);
    let mut written = Vec::new();
    packet.write(&mut written);
    assert_eq!(written, data);
}

#[test]
fn refusals_say_what_and_where() {
    let header = |flags: u8| [flags, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9].to_vec();
    let with = |flags: u8, rest: &[u8]| [header(flags), rest.to_vec()].concat();
    for (data, text) in [
        (
            vec![0x80; 11],
            "RTP: header, octet 0: need 12 octets, have 11 (RFC 3550 5.1)",
        ),
        (
            header(0x40),
            "RTP: version, octet 0: need 2, have 1 (RFC 3550 5.1)",
        ),
        (
            header(0x82),
            "RTP: CSRC list, octet 12: need 8 octets, have 0 (RFC 3550 5.1)",
        ),
        (
            header(0x90),
            "RTP: header extension, octet 12: need 4 octets, have 0 (RFC 3550 5.3.1)",
        ),
        (
            with(0x90, &[0, 0, 0, 2, 0, 0, 0, 0]),
            "RTP: header extension, octet 16: need 8 octets, have 4 (RFC 3550 5.3.1)",
        ),
        (
            header(0xa0),
            "RTP: padding: need 1 to 0 octets, have a count of 0 (RFC 3550 5.1)",
        ),
        (
            with(0xa0, &[1, 4]),
            "RTP: padding: need 1 to 2 octets, have a count of 4 (RFC 3550 5.1)",
        ),
    ] {
        assert_eq!(RtpPacket::parse(&data).unwrap_err().to_string(), text);
    }
    let report = [0x80, 200, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(
        RtpPacket::parse(&report),
        Err(RtpError::RtcpType { have: 72 })
    );
}

proptest! {
    #[test]
    fn anything_parses_or_is_refused(data: Vec<u8>) {
        if let Ok(packet) = RtpPacket::parse(&data) {
            let mut written = Vec::new();
            packet.write(&mut written);
            let again = RtpPacket::parse(&written).unwrap();
            prop_assert_eq!(again, packet);
            prop_assert_eq!(written.len(), data.len());
        }
    }

    #[test]
    fn what_is_written_is_read(
        marker: bool,
        payload_type in 0_u8..72,
        numbers: (u16, u32, u32),
        sources in prop::collection::vec(any::<[u8; 4]>(), 0..20),
        payload: Vec<u8>,
        padding: u8,
    ) {
        let packet = RtpPacket {
            marker,
            csrcs: Csrcs::new(&sources),
            padding,
            ..RtpPacket::new(payload_type, numbers.0, numbers.1, numbers.2, &payload)
        };
        let mut written = Vec::new();
        packet.write(&mut written);
        prop_assert_eq!(RtpPacket::parse(&written).unwrap(), packet);
    }
}
