//! Reports: octets by hand, round trips, refusals.

use crate::rtcp::{
    ReportBlock, RtcpError, RtcpPacket, SenderInfo, ntp, ntp_middle, parse, write_bye, write_report,
};
use core::time::Duration;
use proptest::prelude::*;

const BLOCK: ReportBlock = ReportBlock {
    ssrc: 0x0102_0304,
    fraction_lost: 64,
    lost: -3,
    highest: 0x0001_0009,
    jitter: 80,
    last_report: 0x1234_5678,
    delay: 65_536,
};

#[test]
fn compound_packet_round_trip() {
    let info = SenderInfo {
        ntp: 0x0102_0304_0506_0708,
        rtp: 160,
        packets: 5,
        octets: 800,
    };
    let mut data = Vec::new();
    write_report(7, Some(&info), Some(&BLOCK), "7@trunkline", &mut data);
    write_bye(7, &mut data);
    assert_eq!(data.len() % 4, 0);
    // V=2, one block, SR, 12 words and the header.
    assert_eq!(data[..4], [0x81, 200, 0, 12]);
    // Cumulative loss is 24 bits in two's complement.
    assert_eq!(data[32..36], [64, 0xff, 0xff, 0xfd]);
    let packets: Result<Vec<_>, _> = parse(&data).collect();
    assert_eq!(
        packets.unwrap(),
        [
            RtcpPacket::SenderReport {
                ssrc: 7,
                info,
                block: Some(BLOCK)
            },
            RtcpPacket::Other { packet_type: 202 },
            RtcpPacket::Bye { ssrc: Some(7) },
        ]
    );
}

#[test]
fn receiver_report_without_a_source() {
    let mut data = Vec::new();
    write_report(7, None, None, "", &mut data);
    assert_eq!(data[..8], [0x80, 201, 0, 1, 0, 0, 0, 7]);
    let first = parse(&data).next().unwrap();
    assert_eq!(
        first,
        Ok(RtcpPacket::ReceiverReport {
            ssrc: 7,
            block: None
        })
    );
}

#[test]
fn refusals_say_what_and_where() {
    let error = |data: &[u8]| parse(data).find_map(Result::err).unwrap().to_string();
    assert_eq!(
        error(&[0x80, 201, 0]),
        "RTCP: packet type 0, octet 0: need 4 octets, have 3 (RFC 3550 6.4.1)"
    );
    assert_eq!(
        error(&[0x80, 201, 0, 1, 0, 0, 0, 7, 0x00, 203, 0, 0]),
        "RTCP: version, octet 8: need 2, have 0 (RFC 3550 6.4.1)"
    );
    assert_eq!(
        error(&[0x81, 201, 0, 1, 0, 0, 0, 7]),
        "RTCP: packet type 201, octet 0: need 32 octets, have 8 (RFC 3550 6.4.2)"
    );
    assert!(matches!(
        parse(&[0x80, 200, 0, 1, 0, 0, 0, 7]).next(),
        Some(Err(RtcpError::Truncated {
            packet_type: 200,
            need: 28,
            have: 8,
            ..
        }))
    ));
}

#[test]
fn an_error_ends_the_compound_packet() {
    assert_eq!(parse(&[0x00; 64]).count(), 1);
}

#[test]
fn round_trip_time_is_what_is_left_of_the_delay() {
    let sent = ntp(Duration::from_millis(10_000));
    let block = ReportBlock {
        last_report: ntp_middle(sent),
        delay: 65_536 / 2,
        ..BLOCK
    };
    let now = ntp_middle(ntp(Duration::from_millis(10_540)));
    let trip = block.round_trip(now).unwrap();
    assert!((39..=41).contains(&trip.as_millis()), "{trip:?}");
    assert_eq!(
        ReportBlock {
            last_report: 0,
            ..BLOCK
        }
        .round_trip(now),
        None
    );
}

proptest! {
    #[test]
    fn anything_parses_or_is_refused(data: Vec<u8>) {
        prop_assert!(parse(&data).count() <= data.len() + 1);
    }
}
