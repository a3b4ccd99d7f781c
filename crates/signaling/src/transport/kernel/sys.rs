//! The system calls of RFC 6458 that `socket2` does not have.
#![allow(
    unsafe_code,
    reason = "sendmsg, recvmsg, setsockopt, getsockopt with SCTP's own structures, and AsyncFd"
)]

use core::mem::{size_of, size_of_val, zeroed};
use core::ptr;
use libc::{c_int, c_void, cmsghdr, iovec, msghdr, sctp_rcvinfo, sctp_sndinfo, socklen_t};
use socket2::Socket;
use std::io;
use std::os::fd::AsRawFd;
use tokio::io::unix::AsyncFd;
use trunkline_m3ua::PAYLOAD_PROTOCOL_IDENTIFIER;

/// What recvmsg wrote into the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) length: usize,
    /// Whether the message or notification ends here.
    pub(super) end: bool,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Octets of a message; `None` if the kernel says nothing of it.
    Data(Option<Info>),
    Notification,
    /// Nothing more comes.
    End,
}

/// What `struct sctp_rcvinfo` says of a message (RFC 6458 5.3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Info {
    pub(super) stream: u16,
    pub(super) ppid: u32,
}

/// Hands a socket to the running runtime.
pub(super) fn register(socket: Socket) -> io::Result<AsyncFd<Socket>> {
    // SAFETY: a `Socket` owns its descriptor: it gives the same one as long as it lives, keeps
    // it open until then, and nothing here takes it out of the `AsyncFd`.
    unsafe { Ok(AsyncFd::register(socket)?) }
}

/// Sets an option to a plain value, or to the octets of a slice.
pub(super) fn set<T: Copy>(
    socket: &Socket,
    level: c_int,
    option: c_int,
    value: &[T],
) -> io::Result<()> {
    // SAFETY: the pointer is to as many octets as the length says, which setsockopt only reads.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            value.as_ptr().cast::<c_void>(),
            size_of_val(value) as socklen_t,
        )
    };
    // SCTP_SOCKOPT_CONNECTX gives the number of the association.
    match result {
        0.. => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Reads an option into a buffer, which may tell what is asked for; gives the octets written.
pub(super) fn get<'a>(
    socket: &Socket,
    level: c_int,
    option: c_int,
    buffer: &'a mut [u8],
) -> io::Result<&'a [u8]> {
    let mut length = buffer.len() as socklen_t;
    // SAFETY: the buffer is as long as `length` says, and borrowed mutably through the call.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            level,
            option,
            buffer.as_mut_ptr().cast::<c_void>(),
            &raw mut length,
        )
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(buffer.get(..length as usize).unwrap_or(buffer))
}

/// Sends one message of M3UA on a stream. The context comes back with it if the peer never
/// acknowledges it. If `more` follow at once, the kernel may wait for them to fill a packet.
pub(super) fn send(
    socket: &Socket,
    stream: u16,
    context: u32,
    data: &[u8],
    more: bool,
) -> io::Result<()> {
    let flags = libc::MSG_NOSIGNAL | if more { libc::MSG_MORE } else { 0 };
    let info = sctp_sndinfo {
        snd_sid: stream,
        snd_flags: 0,
        // In network byte order, by agreement of those who use it.
        snd_ppid: PAYLOAD_PROTOCOL_IDENTIFIER.to_be(),
        snd_context: context,
        snd_assoc_id: 0,
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
    message.msg_controllen = unsafe { libc::CMSG_SPACE(size_of::<sctp_sndinfo>() as u32) } as _;
    // SAFETY: the control buffer is aligned for `cmsghdr` and larger than CMSG_SPACE of the
    // structure, so the first header and its data lie within it; `write_unaligned` asks for no
    // more than that. sendmsg reads what `message` points to, all of which lives through the
    // call, and writes nothing.
    let sent = unsafe {
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        (*header).cmsg_level = libc::IPPROTO_SCTP;
        (*header).cmsg_type = libc::SCTP_SNDINFO;
        (*header).cmsg_len = libc::CMSG_LEN(size_of::<sctp_sndinfo>() as u32) as _;
        ptr::write_unaligned(libc::CMSG_DATA(header).cast::<sctp_sndinfo>(), info);
        libc::sendmsg(socket.as_raw_fd(), &raw const message, flags)
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
    Ok(Received {
        length,
        end: message.msg_flags & libc::MSG_EOR != 0,
        kind: if message.msg_flags & libc::MSG_NOTIFICATION != 0 {
            Kind::Notification
        } else if length == 0 {
            Kind::End
        } else {
            Kind::Data(info(&message))
        },
    })
}

/// Finds the `sctp_rcvinfo` among the control messages that recvmsg wrote.
fn info(message: &msghdr) -> Option<Info> {
    // SAFETY: `message` is as recvmsg left it, and its control buffer is alive: the macros walk
    // only headers that lie within `msg_controllen`. The data is read only where the header's
    // own length covers the structure.
    unsafe {
        let mut header: *mut cmsghdr = libc::CMSG_FIRSTHDR(message);
        while !header.is_null() {
            let wanted = libc::CMSG_LEN(size_of::<sctp_rcvinfo>() as u32) as usize;
            if (*header).cmsg_level == libc::IPPROTO_SCTP
                && (*header).cmsg_type == libc::SCTP_RCVINFO
                && (*header).cmsg_len as usize >= wanted
            {
                let data = libc::CMSG_DATA(header).cast::<sctp_rcvinfo>();
                let info = ptr::read_unaligned(data);
                return Some(Info {
                    stream: info.rcv_sid,
                    ppid: u32::from_be(info.rcv_ppid),
                });
            }
            header = libc::CMSG_NXTHDR(message, header);
        }
    }
    None
}

/// Room for control messages, aligned for their headers.
#[repr(C, align(16))]
struct Control([u8; 128]);

impl Default for Control {
    fn default() -> Self {
        Self([0; 128])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// sendmsg and recvmsg over a socket pair: no SCTP, but the same buffers and lengths.
    #[test]
    fn other_sockets_give_errors_or_data_but_nothing_of_it() {
        let (a, b) = Socket::pair(socket2::Domain::UNIX, socket2::Type::SEQPACKET, None).unwrap();
        assert!(set(&a, libc::IPPROTO_SCTP, libc::SCTP_NODELAY, &[1]).is_err());
        assert!(get(&a, libc::IPPROTO_SCTP, libc::SCTP_STATUS, &mut [0; 176]).is_err());
        // Control messages of other protocols are not looked at here, only passed by.
        send(&a, 1, 7, b"hello", false).unwrap();
        let mut buffer = [0; 16];
        let received = receive(&b, &mut buffer).unwrap();
        assert_eq!(received.kind, Kind::Data(None));
        assert_eq!(&buffer[..received.length], b"hello");
        drop(a);
        assert_eq!(receive(&b, &mut buffer).unwrap().kind, Kind::End);
    }
}
