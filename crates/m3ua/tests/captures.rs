//! Recorded M3UA of other implementations.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::path::Path;
use trunkline_m3ua::{Message, PAYLOAD_PROTOCOL_IDENTIFIER, Problem, decode, encode};

/// The M3UA messages of a capture, or `None` (loudly) if the capture is not here.
fn messages(name: &str) -> Option<Vec<Vec<u8>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/pcaps")
        .join(name);
    match std::fs::read(&path) {
        Ok(file) => Some(frames(&file).iter().flat_map(|f| m3ua_of(f)).collect()),
        Err(error) => {
            eprintln!("NOT RUN: {}: {error}", path.display());
            None
        }
    }
}

/// The frames of a pcap file, of either byte order.
fn frames(file: &[u8]) -> Vec<&[u8]> {
    let little = match file[..4] {
        [0xd4, 0xc3, 0xb2, 0xa1] => true,
        [0xa1, 0xb2, 0xc3, 0xd4] => false,
        _ => panic!("no pcap file"),
    };
    let mut rest = &file[24..];
    let mut frames = Vec::new();
    while rest.len() >= 16 {
        let length = [rest[8], rest[9], rest[10], rest[11]];
        let length = match little {
            true => u32::from_le_bytes(length),
            false => u32::from_be_bytes(length),
        } as usize;
        frames.push(&rest[16..16 + length]);
        rest = &rest[16 + length..];
    }
    frames
}

/// The M3UA in the SCTP DATA chunks of an Ethernet frame with IPv4.
fn m3ua_of(frame: &[u8]) -> Vec<Vec<u8>> {
    let ip = &frame[14..];
    assert_eq!((ip[0] >> 4, ip[9]), (4, 132), "IPv4 with SCTP");
    let total = usize::from(u16::from_be_bytes([ip[2], ip[3]]));
    let mut chunks = &ip[usize::from(ip[0] & 15) * 4 + 12..total];
    let mut found = Vec::new();
    while chunks.len() >= 4 {
        let length = usize::from(u16::from_be_bytes([chunks[2], chunks[3]]));
        let identifier = PAYLOAD_PROTOCOL_IDENTIFIER.to_be_bytes();
        if chunks[0] == 0 && chunks[12..16] == identifier {
            found.push(chunks[16..length].to_vec());
        }
        chunks = chunks.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    found
}

#[test]
fn recorded_bring_up_is_read_whole() {
    let Some(recorded) = messages("m3ua/suricata-m3ua-asp-bringup.pcap") else {
        return;
    };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for octets in &recorded {
        let message = decode(octets).unwrap();
        *counts.entry(message.name()).or_default() += 1;
        // Its DAVA has the parameters in another order than ours; nothing else differs.
        let written = encode(&message);
        assert_eq!(written.len(), octets.len(), "{message}");
        assert_eq!(decode(&written), Ok(message));
    }
    let expected = [
        ("ASPAC_ACK", 1),
        ("ASPUP", 1),
        ("ASPUP_ACK", 1),
        ("DATA", 3),
        ("DAUD", 3),
        ("DAVA", 4),
        ("NTFY", 2),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
}

#[test]
fn protocol_data_of_the_drafts_is_missing_to_rfc_4666() {
    // Version 6 of the draft had the routing label in parameter 0x0002, which RFC 4666 does not
    // use: skipped as unknown, and then the mandatory one is missing.
    let Some(recorded) = messages("isup/tcpdump-isup-call.pcap") else {
        return;
    };
    assert_eq!(recorded.len(), 6);
    for octets in &recorded {
        let error = decode(octets).unwrap_err();
        assert_eq!(error.problem, Problem::Missing);
        let answer = error.answer(octets).map(Message::Error).unwrap();
        assert!(decode(&encode(&answer)).is_ok());
    }
}
