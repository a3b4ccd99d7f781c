//! A call of a real exchange, from a capture.

// What helpers of tests unwrap is a failure of the test.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write as _;
use std::path::Path;
use trunkline_isup::{Message, decode_with, encode};

/// One call on circuit 213, as M3UA of Internet-Draft age over SCTP: the protocol data parameter
/// holds service information octet and routing label, then ISUP.
const CAPTURE: &str = "../../../shared/pcaps/isup/tcpdump-isup-call.pcap";

#[test]
fn captured_call_is_read_and_written_again() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(CAPTURE);
    let Ok(capture) = std::fs::read(&path) else {
        not_run(&format!("no {}", path.display()));
        return;
    };
    let mut names = Vec::new();
    for frame in frames(&capture) {
        let octets = isup(frame);
        let mut irregularities = Vec::new();
        let pdu = decode_with(octets, &mut |error| irregularities.push(error)).unwrap();
        assert_eq!(irregularities, []);
        assert_eq!(pdu.cic.value(), 213);
        names.push(pdu.message.name());
        match &pdu.message {
            Message::Iam(iam) => {
                assert_eq!(iam.called.digits.len(), 5);
                let codes: Vec<_> = iam.optional.iter().map(|(code, _)| code.0).collect();
                // One of them is national.
                assert_eq!(codes, [10, 8, 3, 29, 49, 63, 244, 57]);
            }
            Message::Cfn(cfn) => assert_eq!(cfn.cause.value, 99),
            Message::Rel(rel) => assert_eq!(rel.cause.cause().value.value(), 16),
            _ => {}
        }
        assert_eq!(format!("{:02x?}", encode(&pdu)), format!("{octets:02x?}"));
    }
    assert_eq!(names, ["IAM", "CFN", "ACM", "ANM", "REL", "RLC"]);
}

/// The frames of a big-endian pcap file.
fn frames(capture: &[u8]) -> Vec<&[u8]> {
    assert_eq!(capture[..4], [0xa1, 0xb2, 0xc3, 0xd4], "big-endian pcap");
    let mut frames = Vec::new();
    let mut rest = &capture[24..];
    while let [_, _, _, _, _, _, _, _, a, b, c, d, _, _, _, _, data @ ..] = rest {
        let (frame, following) = data.split_at(u32::from_be_bytes([*a, *b, *c, *d]) as usize);
        frames.push(frame);
        rest = following;
    }
    frames
}

/// The ISUP message of a frame: behind Ethernet, IPv4, SCTP, the DATA chunk header, the M3UA
/// header, the parameter header, service information octet and routing label.
fn isup(frame: &[u8]) -> &[u8] {
    let parameter = &frame[14 + 20 + 12 + 16 + 8..];
    assert_eq!(parameter[..2], [0, 2]);
    let length = usize::from(u16::from_be_bytes([parameter[2], parameter[3]]));
    &parameter[4 + 5..length]
}

/// Written past the test harness, which hides what a passing test prints.
fn not_run(why: &str) {
    let _ = writeln!(
        std::io::stderr(),
        "NOT RUN: captured_call_is_read_and_written_again: {why}"
    );
}
