//! Writing compound packets.

use super::{BYE, RECEIVER_REPORT, ReportBlock, SENDER_REPORT, SOURCE_DESCRIPTION, SenderInfo};

/// Appends a compound packet: a sender report, or a receiver report if nothing is sent, and the
/// source description with the canonical name that each compound packet must have (RFC 3550
/// 6.1). `cname` is cut to 255 octets.
pub fn write_report(
    ssrc: u32,
    sender: Option<&SenderInfo>,
    block: Option<&ReportBlock>,
    cname: &str,
    out: &mut Vec<u8>,
) {
    let packet_type = if sender.is_some() {
        SENDER_REPORT
    } else {
        RECEIVER_REPORT
    };
    packet(u8::from(block.is_some()), packet_type, out, |out| {
        out.extend_from_slice(&ssrc.to_be_bytes());
        if let Some(sender) = sender {
            out.extend_from_slice(&sender.ntp.to_be_bytes());
            for word in [sender.rtp, sender.packets, sender.octets] {
                out.extend_from_slice(&word.to_be_bytes());
            }
        }
        if let Some(block) = block {
            let lost = block.lost.clamp(-0x80_0000, 0x7f_ffff) as u32 & 0xff_ffff;
            let words = [
                block.ssrc,
                u32::from(block.fraction_lost) << 24 | lost,
                block.highest,
                block.jitter,
                block.last_report,
                block.delay,
            ];
            for word in words {
                out.extend_from_slice(&word.to_be_bytes());
            }
        }
    });
    packet(1, SOURCE_DESCRIPTION, out, |out| {
        out.extend_from_slice(&ssrc.to_be_bytes());
        let cname = &cname.as_bytes()[..cname.len().min(255)];
        out.extend_from_slice(&[CNAME, cname.len() as u8]);
        out.extend_from_slice(cname);
        // The list of items ends with a null octet, and padding makes whole words.
        out.push(0);
    });
}

/// Appends a BYE packet (RFC 3550 6.6); it must follow a report in the compound packet.
pub fn write_bye(ssrc: u32, out: &mut Vec<u8>) {
    packet(1, BYE, out, |out| {
        out.extend_from_slice(&ssrc.to_be_bytes())
    });
}

/// Appends one packet: header, body, null octets up to a whole word.
fn packet(count: u8, packet_type: u8, out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[2 << 6 | count, packet_type, 0, 0]);
    body(out);
    let length = (out.len() - start).next_multiple_of(4);
    out.resize(start + length, 0);
    let words = (length / 4 - 1) as u16;
    out[start + 2..start + 4].copy_from_slice(&words.to_be_bytes());
}

/// The canonical name item (RFC 3550 6.5.1).
const CNAME: u8 = 1;
