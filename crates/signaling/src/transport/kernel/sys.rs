//! The system calls of RFC 6458 that `socket2` does not have.
//!
//! The structures are those of Linux's `linux/sctp.h`; the `libc` crate has none of them.
#![allow(
    unsafe_code,
    reason = "sendmsg, recvmsg, setsockopt, getsockopt with SCTP's own structures, and AsyncFd"
)]

use crate::config::SctpTimers;
use core::mem::{size_of, zeroed};
use core::ptr;
use libc::{c_int, c_void, cmsghdr, iovec, msghdr, socklen_t};
use socket2::Socket;
use std::io;
use std::os::fd::AsRawFd;
use tokio::io::unix::AsyncFd;
use trunkline_m3ua::PAYLOAD_PROTOCOL_IDENTIFIER;

/// What a socket gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// Octets of a message, in the buffer.
    Data {
        ppid: Option<u32>,
        length: usize,
        /// Whether the message ends here.
        end: bool,
    },
    /// A notification.
    Change(AssociationChange),
    /// The association is shut down.
    End,
}

/// What SCTP_ASSOC_CHANGE says (RFC 6458 6.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AssociationChange {
    Lost,
    Restart {
        outbound_streams: u16,
    },
    ShutdownComplete,
    /// It came up, or another notification.
    Other,
}

/// `struct sctp_sndrcvinfo` (RFC 6458 5.3.2).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
struct SndRcvInfo {
    stream: u16,
    ssn: u16,
    flags: u16,
    /// In network byte order, by agreement of those who use it.
    ppid: u32,
    context: u32,
    timetolive: u32,
    tsn: u32,
    cumtsn: u32,
    assoc_id: i32,
}

/// `struct sctp_initmsg` (RFC 6458 5.3.1).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
struct InitMsg {
    num_ostreams: u16,
    max_instreams: u16,
    max_attempts: u16,
    /// Milliseconds.
    max_init_timeo: u16,
}

/// `struct sctp_rtoinfo` (RFC 6458 8.1.1); milliseconds.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
struct RtoInfo {
    assoc_id: i32,
    initial: u32,
    max: u32,
    min: u32,
}

/// `struct sctp_assocparams` (RFC 6458 8.1.2); zeros leave things as they are.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
struct AssocParams {
    assoc_id: i32,
    asocmaxrxt: u16,
    number_peer_destinations: u16,
    peer_rwnd: u32,
    local_rwnd: u32,
    cookie_life: u32,
}

/// `struct sctp_paddrparams` (RFC 6458 8.1.12), packed to four octets.
#[repr(C, packed(4))]
#[derive(Clone, Copy)]
struct PeerAddressParams {
    assoc_id: i32,
    address: [u8; size_of::<libc::sockaddr_storage>()],
    /// Milliseconds.
    hbinterval: u32,
    pathmaxrxt: u16,
    rest: PeerAddressRest,
}

/// What follows `pathmaxrxt` without padding, and is left at zero but for the flags.
#[repr(C, packed)]
#[derive(Clone, Copy, Default)]
struct PeerAddressRest {
    pathmtu: u32,
    sackdelay: u32,
    flags: u32,
    ipv6_flowlabel: u32,
    dscp: u8,
}

/// `struct sctp_event_subscribe`, as far as every kernel has it: data, association, address,
/// send failure, peer error, shutdown, partial delivery, adaptation.
type EventSubscribe = [u8; 8];

/// The octets of `struct sctp_status` that the kernel writes, and where `sstat_outstrms` is.
const STATUS_SIZE: usize = 176;
const STATUS_OUTSTRMS: usize = 18;

/// Hands a socket to the running runtime.
pub(super) fn register(socket: Socket) -> io::Result<AsyncFd<Socket>> {
    // SAFETY: a `Socket` owns its descriptor: it gives the same one as long as it lives, keeps
    // it open until then, and nothing here takes it out of the `AsyncFd`.
    unsafe { Ok(AsyncFd::register(socket)?) }
}

/// Asks for streams, and bounds the attempts to connect.
pub(super) fn set_streams(socket: &Socket, streams: u16, timers: &SctpTimers) -> io::Result<()> {
    let init = InitMsg {
        num_ostreams: streams,
        max_instreams: streams,
        // The kernel counts attempts, RFC 9260 retransmissions.
        max_attempts: u16::try_from(timers.max_init_retransmissions + 1).unwrap_or(u16::MAX),
        max_init_timeo: 0,
    };
    set(socket, SCTP_INITMSG, &init)
}

/// Sets the timers for all associations of the socket.
pub(super) fn set_timers(socket: &Socket, timers: &SctpTimers) -> io::Result<()> {
    let millis = |time: core::time::Duration| u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
    let retransmissions = u16::try_from(timers.max_retransmissions).unwrap_or(u16::MAX);
    set(
        socket,
        SCTP_RTOINFO,
        &RtoInfo {
            assoc_id: 0,
            initial: millis(timers.rto_initial),
            max: millis(timers.rto_max),
            min: millis(timers.rto_min),
        },
    )?;
    set(
        socket,
        SCTP_ASSOCINFO,
        &AssocParams {
            asocmaxrxt: retransmissions,
            ..AssocParams::default()
        },
    )?;
    let peer = PeerAddressParams {
        assoc_id: 0,
        address: [0; size_of::<libc::sockaddr_storage>()],
        hbinterval: millis(timers.heartbeat_interval),
        pathmaxrxt: retransmissions,
        rest: PeerAddressRest {
            flags: SPP_HB_ENABLE,
            ..PeerAddressRest::default()
        },
    };
    set(socket, SCTP_PEER_ADDR_PARAMS, &peer)
}

/// Sends small messages at once.
pub(super) fn set_no_delay(socket: &Socket) -> io::Result<()> {
    let on: c_int = 1;
    set(socket, SCTP_NODELAY, &on)
}

/// Wants `sctp_sndrcvinfo` with each message, and to know of association changes.
pub(super) fn subscribe(socket: &Socket) -> io::Result<()> {
    let events: EventSubscribe = [1, 1, 0, 0, 0, 1, 0, 0];
    set(socket, SCTP_EVENTS, &events)
}

/// The streams that the association can send on.
pub(super) fn outbound_streams(socket: &Socket) -> io::Result<u16> {
    let mut status = [0u8; STATUS_SIZE];
    let mut length = STATUS_SIZE as socklen_t;
    // SAFETY: the buffer is as long as `length` says, and lives through the call.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_SCTP,
            SCTP_STATUS,
            status.as_mut_ptr().cast::<c_void>(),
            &raw mut length,
        )
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    let at = STATUS_OUTSTRMS;
    Ok(u16::from_ne_bytes([status[at], status[at + 1]]))
}

/// Sends one message of M3UA on a stream.
pub(super) fn send(socket: &Socket, stream: u16, data: &[u8]) -> io::Result<()> {
    let info = SndRcvInfo {
        stream,
        ppid: PAYLOAD_PROTOCOL_IDENTIFIER.to_be(),
        ..SndRcvInfo::default()
    };
    let mut part = iovec {
        iov_base: data.as_ptr().cast_mut().cast::<c_void>(),
        iov_len: data.len(),
    };
    let mut control = Control::default();
    // SAFETY: `msghdr` is a plain structure for which zeros are valid.
    let mut message: msghdr = unsafe { zeroed() };
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    message.msg_control = control.0.as_mut_ptr().cast::<c_void>();
    // SAFETY: CMSG_SPACE only computes.
    message.msg_controllen = unsafe { libc::CMSG_SPACE(size_of::<SndRcvInfo>() as u32) } as _;
    // SAFETY: the control buffer is aligned for `cmsghdr` and larger than CMSG_SPACE of the
    // structure, so the first header and its data lie within it; `write_unaligned` asks for no
    // more than that. sendmsg reads what `message` points to, all of which lives through the
    // call, and writes nothing.
    let sent = unsafe {
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        (*header).cmsg_level = libc::IPPROTO_SCTP;
        (*header).cmsg_type = SCTP_SNDRCV;
        (*header).cmsg_len = libc::CMSG_LEN(size_of::<SndRcvInfo>() as u32) as _;
        ptr::write_unaligned(libc::CMSG_DATA(header).cast::<SndRcvInfo>(), info);
        libc::sendmsg(socket.as_raw_fd(), &raw const message, libc::MSG_NOSIGNAL)
    };
    if sent < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Takes octets of a message, or a notification.
pub(super) fn receive(socket: &Socket, buffer: &mut [u8]) -> io::Result<Received> {
    let mut part = iovec {
        iov_base: buffer.as_mut_ptr().cast::<c_void>(),
        iov_len: buffer.len(),
    };
    let mut control = Control::default();
    // SAFETY: `msghdr` is a plain structure for which zeros are valid.
    let mut message: msghdr = unsafe { zeroed() };
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    message.msg_control = control.0.as_mut_ptr().cast::<c_void>();
    message.msg_controllen = size_of::<Control>() as _;
    // SAFETY: recvmsg writes at most the lengths given into the two buffers, which live through
    // the call and are borrowed mutably.
    let received = unsafe { libc::recvmsg(socket.as_raw_fd(), &raw mut message, 0) };
    let Ok(length) = usize::try_from(received) else {
        return Err(io::Error::last_os_error());
    };
    if message.msg_flags & MSG_NOTIFICATION != 0 {
        return Ok(Received::Change(association_change(&buffer[..length])));
    }
    if length == 0 {
        return Ok(Received::End);
    }
    Ok(Received::Data {
        ppid: sndrcvinfo(&message).map(|info| u32::from_be(info.ppid)),
        length,
        end: message.msg_flags & libc::MSG_EOR != 0,
    })
}

/// Finds the `sctp_sndrcvinfo` among the control messages that recvmsg wrote.
fn sndrcvinfo(message: &msghdr) -> Option<SndRcvInfo> {
    // SAFETY: `message` is as recvmsg left it, and its control buffer is alive: the macros walk
    // only headers that lie within `msg_controllen`. The data is read only where the header's
    // own length covers the structure.
    unsafe {
        let mut header: *mut cmsghdr = libc::CMSG_FIRSTHDR(message);
        while !header.is_null() {
            let wanted = libc::CMSG_LEN(size_of::<SndRcvInfo>() as u32) as usize;
            if (*header).cmsg_level == libc::IPPROTO_SCTP
                && (*header).cmsg_type == SCTP_SNDRCV
                && (*header).cmsg_len as usize >= wanted
            {
                let data = libc::CMSG_DATA(header).cast::<SndRcvInfo>();
                return Some(ptr::read_unaligned(data));
            }
            header = libc::CMSG_NXTHDR(message, header);
        }
    }
    None
}

/// Reads `struct sctp_assoc_change` (RFC 6458 6.1.1): type, flags, length, state, error,
/// outbound streams, ...
fn association_change(notification: &[u8]) -> AssociationChange {
    let field = |at: usize| {
        let octets = notification.get(at..at + 2)?;
        Some(u16::from_ne_bytes([octets[0], octets[1]]))
    };
    match (field(0), field(8)) {
        (Some(SCTP_ASSOC_CHANGE), Some(SCTP_COMM_LOST | SCTP_CANT_STR_ASSOC)) => {
            AssociationChange::Lost
        }
        (Some(SCTP_ASSOC_CHANGE), Some(SCTP_RESTART)) => AssociationChange::Restart {
            outbound_streams: field(12).unwrap_or(1),
        },
        (Some(SCTP_ASSOC_CHANGE), Some(SCTP_SHUTDOWN_COMP)) => AssociationChange::ShutdownComplete,
        _ => AssociationChange::Other,
    }
}

fn set<T: Copy>(socket: &Socket, option: c_int, value: &T) -> io::Result<()> {
    // SAFETY: the pointer is to a value of the length given, which setsockopt only reads.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_SCTP,
            option,
            ptr::from_ref(value).cast::<c_void>(),
            size_of::<T>() as socklen_t,
        )
    };
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Room for control messages, aligned for their headers.
#[repr(C, align(16))]
struct Control([u8; 256]);

impl Default for Control {
    fn default() -> Self {
        Self([0; 256])
    }
}

const SCTP_RTOINFO: c_int = 0;
const SCTP_ASSOCINFO: c_int = 1;
const SCTP_INITMSG: c_int = 2;
const SCTP_NODELAY: c_int = 3;
const SCTP_PEER_ADDR_PARAMS: c_int = 9;
const SCTP_EVENTS: c_int = 11;
const SCTP_STATUS: c_int = 14;

/// The control message type of `sctp_sndrcvinfo`.
const SCTP_SNDRCV: c_int = 1;

const SPP_HB_ENABLE: u32 = 1;

const MSG_NOTIFICATION: c_int = 0x8000;

const SCTP_ASSOC_CHANGE: u16 = 0x8001;
const SCTP_COMM_LOST: u16 = 1;
const SCTP_RESTART: u16 = 2;
const SCTP_SHUTDOWN_COMP: u16 = 3;
const SCTP_CANT_STR_ASSOC: u16 = 4;

// The sizes that Linux's header gives on all its 64-bit machines.
const _: () = {
    assert!(size_of::<SndRcvInfo>() == 32);
    assert!(size_of::<InitMsg>() == 8);
    assert!(size_of::<RtoInfo>() == 16);
    assert!(size_of::<AssocParams>() == 20);
    assert!(size_of::<PeerAddressParams>() == 156);
};

#[cfg(test)]
mod tests {
    use super::*;
    use core::mem::offset_of;

    #[test]
    fn structures_lie_as_the_kernel_has_them() {
        assert_eq!(offset_of!(SndRcvInfo, ppid), 8);
        assert_eq!(offset_of!(SndRcvInfo, assoc_id), 28);
        assert_eq!(offset_of!(PeerAddressParams, hbinterval), 132);
        assert_eq!(offset_of!(PeerAddressParams, rest), 138);
        assert_eq!(offset_of!(PeerAddressRest, flags), 8);
    }

    #[test]
    fn notifications_are_read() {
        let change = |state: u16| {
            let mut octets = Vec::new();
            for field in [SCTP_ASSOC_CHANGE, 0] {
                octets.extend_from_slice(&field.to_ne_bytes());
            }
            octets.extend_from_slice(&20u32.to_ne_bytes());
            for field in [state, 0, 17, 17] {
                octets.extend_from_slice(&field.to_ne_bytes());
            }
            association_change(&octets)
        };
        assert_eq!(change(SCTP_COMM_LOST), AssociationChange::Lost);
        assert_eq!(change(0), AssociationChange::Other);
        let outbound_streams = 17;
        assert_eq!(
            change(SCTP_RESTART),
            AssociationChange::Restart { outbound_streams }
        );
        assert_eq!(
            change(SCTP_SHUTDOWN_COMP),
            AssociationChange::ShutdownComplete
        );
        assert_eq!(association_change(&[]), AssociationChange::Other);
    }

    /// sendmsg and recvmsg over a socket pair: no SCTP, but the same buffers and lengths.
    #[test]
    fn other_sockets_give_errors_or_data_but_no_sndrcvinfo() {
        let (a, b) = Socket::pair(socket2::Domain::UNIX, socket2::Type::SEQPACKET, None).unwrap();
        assert!(subscribe(&a).is_err());
        assert!(outbound_streams(&a).is_err());
        // Control messages of other protocols are not looked at here, only passed by.
        send(&a, 1, b"hello").unwrap();
        let mut buffer = [0; 16];
        let Ok(Received::Data { ppid, length, .. }) = receive(&b, &mut buffer) else {
            panic!("no data");
        };
        assert_eq!((ppid, &buffer[..length]), (None, &b"hello"[..]));
        drop(a);
        assert_eq!(receive(&b, &mut buffer).unwrap(), Received::End);
    }
}
