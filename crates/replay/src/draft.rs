//! M3UA of the Internet-Drafts before RFC 3332, which captures of that time hold.
//!
//! Its DATA has another parameter for the payload, Protocol Data 1, in which the message stands as
//! on a signaling link of ITU-T: service information octet, routing label, user's octets
//! (Q.704 2.2, 14.2).

use trunkline_m3ua::{HEADER_LENGTH, VERSION};
use trunkline_model::mtp::MtpTransfer;
use trunkline_model::{NetworkIndicator, PointCode};

/// The MTP-TRANSFER in such a DATA message, and where its user's octets begin.
pub(crate) fn data(message: &[u8]) -> Option<(usize, MtpTransfer)> {
    let (header, mut rest) = message.split_at_checked(HEADER_LENGTH)?;
    if header[0] != VERSION || header[2..4] != DATA {
        return None;
    }
    while let Some(&[t1, t0, l1, l0]) = rest.first_chunk::<4>() {
        let length = usize::from(u16::from_be_bytes([l1, l0]));
        let value = rest.get(4..length)?;
        if u16::from_be_bytes([t1, t0]) == PROTOCOL_DATA_1 {
            let at = message.len() - rest.len() + 4 + LABEL;
            return Some((at, transfer(value)?));
        }
        rest = rest.get(length.next_multiple_of(4)..)?;
    }
    None
}

/// A message signal unit from its service information octet on.
fn transfer(unit: &[u8]) -> Option<MtpTransfer> {
    let (&[sio, l0, l1, l2, l3], data) = unit.split_first_chunk::<LABEL>()?;
    let label = u32::from_le_bytes([l0, l1, l2, l3]);
    Some(MtpTransfer {
        dpc: PointCode::new(label & 0x3fff)?,
        opc: PointCode::new(label >> 14 & 0x3fff)?,
        si: sio & 0x0f,
        ni: NetworkIndicator::from_bits(sio >> 6),
        mp: sio >> 4 & 3,
        sls: l3 >> 4,
        data: data.to_vec(),
    })
}

/// Class and type of DATA.
const DATA: [u8; 2] = [1, 1];
const PROTOCOL_DATA_1: u16 = 2;
/// Octets of service information octet and routing label.
const LABEL: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_captured_release_complete() {
        let message = [
            1, 0, 1, 1, 0, 0, 0, 0x18, // DATA, 24 octets
            0, 2, 0, 0x0d, // Protocol Data 1
            0xc5, // national network (3), ISUP
            0x02, 0xed, 0xe0, 0x5b, // DPC 11522, OPC 12163, SLS 5
            0xd5, 0, 0x10, 0, 0, 0, 0, // CIC 213, RLC, padding
        ];
        let (at, transfer) = data(&message).unwrap();
        assert_eq!((at, &transfer.data[..]), (17, &[0xd5, 0, 0x10, 0][..]));
        assert_eq!((transfer.dpc.value(), transfer.opc.value()), (11522, 12163));
        assert_eq!((transfer.si, transfer.sls, transfer.mp), (5, 5, 0));
        for length in 0..message.len() {
            let _ = data(&message[..length]);
        }
    }
}
