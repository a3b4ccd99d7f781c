//! The notifications of RFC 6458 6.1, as Linux lays them out in `linux/sctp.h`.

use super::address;
use core::fmt::Write as _;
use std::net::IpAddr;

/// What the kernel tells of an association.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Notification {
    /// It is lost, or cannot be set up. The text says why if the peer did.
    Lost(Option<String>),
    /// The peer restarted it.
    Restart { outbound_streams: u16 },
    /// It is shut down in order.
    ShutdownComplete,
    /// A path changed its state.
    Path { address: IpAddr, change: PathChange },
    /// A part of a message that the peer never acknowledged. All its parts come one after the
    /// other.
    SendFailed {
        /// What it was sent with.
        context: u32,
        data: Vec<u8>,
    },
    /// The peer reports an error; the association lives on.
    RemoteError(String),
    /// The rest of a message of which the beginning was delivered will never come.
    PartialDeliveryAborted,
    /// Nothing of interest.
    Other,
}

/// What became of a path (RFC 6458 6.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathChange {
    /// It works, or works again.
    Up,
    /// It does not.
    Down,
    /// Its state is the same.
    None,
}

/// Reads a notification. What is cut short or unknown is [`Notification::Other`].
pub(super) fn read(octets: &[u8]) -> Notification {
    let read = match u16_at(octets, 0).map(i32::from) {
        Some(SCTP_ASSOC_CHANGE) => association_change(octets),
        Some(SCTP_PEER_ADDR_CHANGE) => address_change(octets),
        Some(SCTP_SEND_FAILED_EVENT) => send_failed(octets),
        Some(SCTP_REMOTE_ERROR) => remote_error(octets),
        // The only indication that there is (RFC 6458 6.1.7).
        Some(SCTP_PARTIAL_DELIVERY_EVENT) => Some(Notification::PartialDeliveryAborted),
        _ => None,
    };
    read.unwrap_or(Notification::Other)
}

/// `struct sctp_assoc_change`: type, flags, length, state, error, outbound and inbound streams,
/// association, and of an ABORT what it brought.
fn association_change(octets: &[u8]) -> Option<Notification> {
    Some(match u16_at(octets, 8)? {
        SCTP_COMM_LOST | SCTP_CANT_STR_ASSOC => {
            Notification::Lost(causes(octets.get(20..).unwrap_or_default()))
        }
        SCTP_RESTART => Notification::Restart {
            outbound_streams: u16_at(octets, 12)?,
        },
        SCTP_SHUTDOWN_COMP => Notification::ShutdownComplete,
        _ => Notification::Other,
    })
}

/// `struct sctp_paddr_change`: type, flags, length, address, state, error, association.
fn address_change(octets: &[u8]) -> Option<Notification> {
    let (address, _) = address::read(octets.get(8..136)?)?;
    Some(Notification::Path {
        address: address.ip(),
        change: match u32_at(octets, 136)? {
            SCTP_ADDR_AVAILABLE | SCTP_ADDR_CONFIRMED => PathChange::Up,
            SCTP_ADDR_UNREACHABLE | SCTP_ADDR_REMOVED => PathChange::Down,
            _ => PathChange::None,
        },
    })
}

/// `struct sctp_send_failed_event`: type, flags, length, error, `struct sctp_sndinfo` (stream,
/// flags, payload protocol, context, association), association, data.
fn send_failed(octets: &[u8]) -> Option<Notification> {
    Some(Notification::SendFailed {
        context: u32_at(octets, 20)?,
        data: octets.get(32..)?.to_vec(),
    })
}

/// `struct sctp_remote_error`: type, flags, length, error, padding, association, and what the
/// cause brought, without its own header.
fn remote_error(octets: &[u8]) -> Option<Notification> {
    let code = u16::from_be_bytes(*octets.get(8..)?.first_chunk()?);
    let text = cause(code, octets.get(16..).unwrap_or_default());
    Some(Notification::RemoteError(text))
}

/// The error causes of an ABORT as text (RFC 9260 3.3.10); none if it brought none.
fn causes(mut octets: &[u8]) -> Option<String> {
    let mut texts = Vec::new();
    while let Some(header) = octets.first_chunk::<4>()
        && texts.len() < MAX_CAUSES
    {
        let code = u16::from_be_bytes([header[0], header[1]]);
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let Some(value) = octets.get(header.len()..length) else {
            break;
        };
        texts.push(cause(code, value));
        octets = octets.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    (!texts.is_empty()).then(|| texts.join(", "))
}

fn cause(code: u16, value: &[u8]) -> String {
    let mut text = match CAUSES.iter().find(|(known, ..)| *known == code) {
        Some((_, name, _)) => (*name).to_owned(),
        None => format!("error cause {code}"),
    };
    // The value of these is for people.
    if matches!(code, USER_INITIATED_ABORT | PROTOCOL_VIOLATION) {
        let said: String = String::from_utf8_lossy(value)
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_TEXT)
            .collect();
        if !said.is_empty() {
            let _ = write!(text, ": {said}");
        }
    }
    text
}

fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(*octets.get(at..)?.first_chunk()?))
}

fn u32_at(octets: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(*octets.get(at..)?.first_chunk()?))
}

/// Types of notifications (`enum sctp_sn_type`).
pub(super) const SCTP_ASSOC_CHANGE: i32 = 0x8001;
pub(super) const SCTP_PEER_ADDR_CHANGE: i32 = 0x8002;
pub(super) const SCTP_REMOTE_ERROR: i32 = 0x8004;
pub(super) const SCTP_PARTIAL_DELIVERY_EVENT: i32 = 0x8006;
pub(super) const SCTP_SEND_FAILED_EVENT: i32 = 0x800d;

/// States of an association (`enum sctp_sac_state`).
const SCTP_COMM_LOST: u16 = 1;
const SCTP_RESTART: u16 = 2;
const SCTP_SHUTDOWN_COMP: u16 = 3;
const SCTP_CANT_STR_ASSOC: u16 = 4;

/// Changes of an address (`enum sctp_spc_state`).
const SCTP_ADDR_AVAILABLE: u32 = 0;
const SCTP_ADDR_UNREACHABLE: u32 = 1;
const SCTP_ADDR_REMOVED: u32 = 2;
const SCTP_ADDR_CONFIRMED: u32 = 5;

const USER_INITIATED_ABORT: u16 = 12;
const PROTOCOL_VIOLATION: u16 = 13;

/// Error causes: code, name, section.
const CAUSES: &[(u16, &str, &str)] = &[
    (1, "Invalid Stream Identifier", "RFC 9260 3.3.10.1"),
    (2, "Missing Mandatory Parameter", "RFC 9260 3.3.10.2"),
    (3, "Stale Cookie", "RFC 9260 3.3.10.3"),
    (4, "Out of Resource", "RFC 9260 3.3.10.4"),
    (5, "Unresolvable Address", "RFC 9260 3.3.10.5"),
    (6, "Unrecognized Chunk Type", "RFC 9260 3.3.10.6"),
    (7, "Invalid Mandatory Parameter", "RFC 9260 3.3.10.7"),
    (8, "Unrecognized Parameters", "RFC 9260 3.3.10.8"),
    (9, "No User Data", "RFC 9260 3.3.10.9"),
    (
        10,
        "Cookie Received While Shutting Down",
        "RFC 9260 3.3.10.10",
    ),
    (
        11,
        "Restart of an Association with New Addresses",
        "RFC 9260 3.3.10.11",
    ),
    (
        USER_INITIATED_ABORT,
        "User-Initiated Abort",
        "RFC 9260 3.3.10.12",
    ),
    (
        PROTOCOL_VIOLATION,
        "Protocol Violation",
        "RFC 9260 3.3.10.13",
    ),
];

/// Causes that are read of one ABORT.
const MAX_CAUSES: usize = 8;

/// Characters of a peer's own words that are kept.
const MAX_TEXT: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    fn header(kind: i32) -> Vec<u8> {
        let mut octets = (kind as u16).to_ne_bytes().to_vec();
        octets.extend_from_slice(&[0; 6]);
        octets
    }

    fn change(state: u16, info: &[u8]) -> Notification {
        let mut octets = header(SCTP_ASSOC_CHANGE);
        for field in [state, 0, 17, 17, 1, 0] {
            octets.extend_from_slice(&field.to_ne_bytes());
        }
        octets.extend_from_slice(info);
        read(&octets)
    }

    #[test]
    fn association_changes_are_read() {
        assert_eq!(change(0, &[]), Notification::Other);
        assert_eq!(change(SCTP_COMM_LOST, &[]), Notification::Lost(None));
        assert_eq!(
            change(SCTP_RESTART, &[]),
            Notification::Restart {
                outbound_streams: 17
            }
        );
        assert_eq!(
            change(SCTP_SHUTDOWN_COMP, &[]),
            Notification::ShutdownComplete
        );
        assert_eq!(read(&[]), Notification::Other);
        assert_eq!(
            read(&header(SCTP_ASSOC_CHANGE)),
            Notification::Other,
            "cut short"
        );
    }

    #[test]
    fn causes_of_an_abort_are_text() {
        let lost = |info: &[u8]| match change(SCTP_COMM_LOST, info) {
            Notification::Lost(Some(text)) => text,
            other => panic!("{other:?}"),
        };
        // User-Initiated Abort with "bye" and one octet of padding, then Out of Resource.
        let two = [0, 12, 0, 7, b'b', b'y', b'e', 0, 0, 4, 0, 4];
        assert_eq!(lost(&two), "User-Initiated Abort: bye, Out of Resource");
        assert_eq!(lost(&[0, 99, 0, 4]), "error cause 99");
        // A length that leads outside, or nowhere.
        for bad in [&[0, 12, 0, 99, 0][..], &[0, 12, 0, 0], &[0, 12]] {
            assert_eq!(change(SCTP_COMM_LOST, bad), Notification::Lost(None));
        }
        let endless = [0u8, 9, 0, 4].repeat(1000);
        assert_eq!(lost(&endless).matches("No User Data").count(), MAX_CAUSES);
    }

    #[test]
    fn every_cause_is_there_once() {
        let codes: Vec<u16> = CAUSES.iter().map(|(code, ..)| *code).collect();
        assert_eq!(codes, (1..=13).collect::<Vec<u16>>());
        for (code, _, section) in CAUSES {
            assert_eq!(*section, format!("RFC 9260 3.3.10.{code}"));
        }
    }

    #[test]
    fn paths_are_read() {
        let path = |state: u32| {
            let mut octets = header(SCTP_PEER_ADDR_CHANGE);
            octets.extend(address::write(&["10.0.2.2:2905".parse().unwrap()]));
            octets.resize(136, 0);
            for field in [state, 0, 1] {
                octets.extend_from_slice(&field.to_ne_bytes());
            }
            read(&octets)
        };
        let address = "10.0.2.2".parse().unwrap();
        for (state, change) in [
            (SCTP_ADDR_AVAILABLE, PathChange::Up),
            (SCTP_ADDR_CONFIRMED, PathChange::Up),
            (SCTP_ADDR_UNREACHABLE, PathChange::Down),
            (SCTP_ADDR_REMOVED, PathChange::Down),
            (4, PathChange::None),
        ] {
            assert_eq!(path(state), Notification::Path { address, change });
        }
    }

    #[test]
    fn messages_that_were_not_acknowledged_are_read() {
        let mut octets = header(SCTP_SEND_FAILED_EVENT);
        octets.extend_from_slice(&[0; 12]);
        octets.extend_from_slice(&77u32.to_ne_bytes());
        octets.extend_from_slice(&[0; 8]);
        octets.extend_from_slice(b"data");
        let context = 77;
        let data = b"data".to_vec();
        assert_eq!(read(&octets), Notification::SendFailed { context, data });
        assert_eq!(read(&octets[..31]), Notification::Other);
    }

    #[test]
    fn errors_of_the_peer_are_read() {
        let mut octets = header(SCTP_REMOTE_ERROR);
        octets.extend_from_slice(&[0, 1, 0, 0, 1, 0, 0, 0, 0, 5, 0, 0]);
        let text = "Invalid Stream Identifier".to_owned();
        assert_eq!(read(&octets), Notification::RemoteError(text));
    }
}
