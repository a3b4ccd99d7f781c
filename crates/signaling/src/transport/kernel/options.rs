//! Socket options of SCTP (RFC 6458 8 and 9), with Linux's structures (`linux/sctp.h`).

use super::address;
use super::notification::{
    SCTP_ASSOC_CHANGE, SCTP_PARTIAL_DELIVERY_EVENT, SCTP_PEER_ADDR_CHANGE, SCTP_REMOTE_ERROR,
    SCTP_SEND_FAILED_EVENT,
};
use super::sys;
use crate::config::SctpTimers;
use core::time::Duration;
use libc::{
    IPPROTO_SCTP, SCTP_ASSOCINFO, SCTP_DELAYED_SACK, SCTP_GET_PEER_ADDR_INFO, SCTP_INITMSG,
    SCTP_NODELAY, SCTP_PEER_ADDR_PARAMS, SCTP_RECVRCVINFO, SCTP_RTOINFO, SCTP_STATUS, SOL_SOCKET,
    c_int, sctp_initmsg,
};
use socket2::Socket;
use std::io;
use std::net::{IpAddr, SocketAddr};

/// `struct sctp_rtoinfo` (RFC 6458 8.1.1); milliseconds.
#[repr(C)]
#[derive(Clone, Copy)]
struct RtoInfo {
    assoc_id: i32,
    initial: u32,
    max: u32,
    min: u32,
}

/// `struct sctp_assocparams` (RFC 6458 8.1.2); zeros leave things as they are.
#[repr(C)]
#[derive(Clone, Copy, Default)]
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
    address: [u8; SOCKADDR_STORAGE],
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

/// `struct sctp_sack_info` (RFC 6458 8.1.19).
#[repr(C)]
#[derive(Clone, Copy)]
struct SackInfo {
    assoc_id: i32,
    /// Milliseconds.
    delay: u32,
    /// Packets; zero leaves it as it is.
    frequency: u32,
}

/// `struct sctp_event` (RFC 6458 6.2.1).
#[repr(C)]
#[derive(Clone, Copy)]
struct Event {
    assoc_id: i32,
    kind: u16,
    on: u8,
}

/// A path of an association.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PathState {
    pub(super) address: IpAddr,
    pub(super) state: Reachable,
}

/// Whether a peer's address can be reached (RFC 6458 8.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reachable {
    Yes,
    No,
    /// The peer named it, but was not heard from there yet (RFC 9260 5.4).
    Unconfirmed,
}

/// Sets what an association needs; those that a listener gives inherit it.
///
/// # Errors
///
/// What the kernel says, with the name of the option.
pub(super) fn prepare(socket: &Socket, streams: u16, timers: &SctpTimers) -> io::Result<()> {
    set_streams(socket, streams, timers)?;
    set_timers(socket, timers)?;
    set_buffers(socket)?;
    // Closing sends ABORT (RFC 6458 8.1.4): an association whose process has died would be shut
    // down in order otherwise, and be in the way of the next one while the peer does not answer.
    socket.set_linger(Some(Duration::ZERO))?;
    let on: c_int = 1;
    set(socket, SCTP_NODELAY, "SCTP_NODELAY", &on)?;
    set(socket, SCTP_RECVRCVINFO, "SCTP_RECVRCVINFO", &on)?;
    for kind in EVENTS {
        let event = Event {
            assoc_id: 0,
            kind: kind as u16,
            on: 1,
        };
        set(socket, SCTP_EVENT, "SCTP_EVENT", &event)?;
    }
    Ok(())
}

/// Asks for streams, and bounds the attempts to connect.
fn set_streams(socket: &Socket, streams: u16, timers: &SctpTimers) -> io::Result<()> {
    let init = sctp_initmsg {
        sinit_num_ostreams: streams,
        sinit_max_instreams: streams,
        // Retransmissions, as RFC 9260 has it. Zero would leave the kernel's own number.
        sinit_max_attempts: saturated(timers.max_init_retransmissions).max(1),
        sinit_max_init_timeo: u16::try_from(timers.rto_max.as_millis()).unwrap_or(u16::MAX),
    };
    set(socket, SCTP_INITMSG, "SCTP_INITMSG", &init)
}

fn set_timers(socket: &Socket, timers: &SctpTimers) -> io::Result<()> {
    let rto = RtoInfo {
        assoc_id: 0,
        initial: millis(timers.rto_initial),
        max: millis(timers.rto_max),
        min: millis(timers.rto_min),
    };
    set(socket, SCTP_RTOINFO, "SCTP_RTOINFO", &rto)?;
    let association = AssocParams {
        asocmaxrxt: saturated(timers.max_retransmissions),
        ..AssocParams::default()
    };
    set(socket, SCTP_ASSOCINFO, "SCTP_ASSOCINFO", &association)?;
    let path = PeerAddressParams {
        assoc_id: 0,
        address: [0; SOCKADDR_STORAGE],
        hbinterval: millis(timers.heartbeat_interval),
        pathmaxrxt: saturated(timers.max_path_retransmissions),
        rest: PeerAddressRest {
            flags: match timers.heartbeat_interval.is_zero() {
                true => SPP_HB_DISABLE,
                false => SPP_HB_ENABLE,
            },
            ..PeerAddressRest::default()
        },
    };
    set(
        socket,
        SCTP_PEER_ADDR_PARAMS,
        "SCTP_PEER_ADDR_PARAMS",
        &path,
    )?;
    let sack = SackInfo {
        assoc_id: 0,
        delay: millis(DELAYED_SACK),
        frequency: 0,
    };
    set(socket, SCTP_DELAYED_SACK, "SCTP_DELAYED_SACK", &sack)
}

/// The system's own limits are for one connection among many; whoever may exceed them does.
fn set_buffers(socket: &Socket) -> io::Result<()> {
    if sys::set(socket, SOL_SOCKET, libc::SO_SNDBUFFORCE, &[BUFFER]).is_err() {
        socket.set_send_buffer_size(BUFFER as usize)?;
    }
    if sys::set(socket, SOL_SOCKET, libc::SO_RCVBUFFORCE, &[BUFFER]).is_err() {
        socket.set_recv_buffer_size(BUFFER as usize)?;
    }
    Ok(())
}

/// Binds to one or more addresses of one port (RFC 6458 9.1); all get the same free one if it
/// is 0.
pub(super) fn bind(socket: &Socket, addresses: &[SocketAddr]) -> io::Result<()> {
    let octets = address::write(&of_one_port(addresses)?);
    sys::set(socket, IPPROTO_SCTP, SCTP_SOCKOPT_BINDX_ADD, &octets)
}

/// Begins to set up an association with a peer that has one or more addresses (RFC 6458 9.9).
pub(super) fn connect(socket: &Socket, addresses: &[SocketAddr]) -> io::Result<()> {
    let octets = address::write(&of_one_port(addresses)?);
    match sys::set(socket, IPPROTO_SCTP, SCTP_SOCKOPT_CONNECTX, &octets) {
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(()),
        other => other,
    }
}

/// The streams that the association can send on; an error if there is no association.
pub(super) fn outbound_streams(socket: &Socket) -> io::Result<u16> {
    let mut status = [0; STATUS_SIZE];
    let status = sys::get(socket, IPPROTO_SCTP, SCTP_STATUS, &mut status)?;
    match status
        .get(STATUS_OUTSTRMS..)
        .and_then(<[u8]>::first_chunk::<2>)
    {
        Some(streams) => Ok(u16::from_ne_bytes(*streams)),
        None => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// The peer's addresses, and whether they can be reached.
pub(super) fn paths(socket: &Socket) -> io::Result<Vec<PathState>> {
    // `struct sctp_getaddrs`: association, count, addresses.
    let mut list = [0; 8 + MAX_PATHS * SOCKADDR_STORAGE];
    let list = sys::get(socket, IPPROTO_SCTP, SCTP_GET_PEER_ADDRS, &mut list)?;
    let addresses = address::read_list(list.get(8..).unwrap_or_default(), MAX_PATHS);
    addresses
        .into_iter()
        .map(|address| {
            Ok(PathState {
                address: address.ip(),
                state: reachable(socket, address)?,
            })
        })
        .collect()
}

fn reachable(socket: &Socket, address: SocketAddr) -> io::Result<Reachable> {
    // `struct sctp_paddrinfo`: association, address, state, ...
    let mut info = [0; PADDRINFO_SIZE];
    let octets = address::write(&[address]);
    info[4..4 + octets.len()].copy_from_slice(&octets);
    match sys::get(socket, IPPROTO_SCTP, SCTP_GET_PEER_ADDR_INFO, &mut info) {
        Ok(info) => Ok(match info.get(132..).and_then(<[u8]>::first_chunk::<4>) {
            Some(state) => match u32::from_ne_bytes(*state) {
                SCTP_INACTIVE => Reachable::No,
                SCTP_UNCONFIRMED => Reachable::Unconfirmed,
                _ => Reachable::Yes,
            },
            None => return Err(io::ErrorKind::InvalidData.into()),
        }),
        // How Linux hides "potentially failed", which is not "failed" (RFC 7829).
        Err(error) if error.raw_os_error() == Some(libc::EACCES) => Ok(Reachable::Yes),
        Err(error) => Err(error),
    }
}

/// How full the send buffer is, 0 to 1000: what is unacknowledged and unsent, with the kernel's
/// own expense for it. SCTP has no SIOCOUTQ.
pub(super) fn send_buffer_fill(socket: &Socket) -> Option<usize> {
    let mut memory = [0; SK_MEMINFO_VARS * 4];
    let memory = sys::get(socket, SOL_SOCKET, libc::SO_MEMINFO, &mut memory).ok()?;
    let field = |at: usize| {
        let octets = memory.get(at * 4..)?.first_chunk()?;
        Some(u32::from_ne_bytes(*octets) as usize)
    };
    let (size, queued) = (field(SK_MEMINFO_SNDBUF)?, field(SK_MEMINFO_WMEM_QUEUED)?);
    Some((queued * 1000 / size.max(1)).min(1000))
}

/// All addresses with the port of the first.
fn of_one_port(addresses: &[SocketAddr]) -> io::Result<Vec<SocketAddr>> {
    let first = addresses.first().ok_or(io::ErrorKind::AddrNotAvailable)?;
    let mut list = addresses.to_vec();
    for address in &mut list {
        address.set_port(first.port());
    }
    Ok(list)
}

fn set<T: Copy>(socket: &Socket, option: c_int, name: &str, value: &T) -> io::Result<()> {
    let value = core::slice::from_ref(value);
    sys::set(socket, IPPROTO_SCTP, option, value)
        .map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

fn saturated(count: u32) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// What the `libc` crate does not have yet.
const SCTP_SOCKOPT_BINDX_ADD: c_int = 100;
const SCTP_GET_PEER_ADDRS: c_int = 108;
const SCTP_SOCKOPT_CONNECTX: c_int = 110;
const SCTP_EVENT: c_int = 127;

/// What we want to be told.
const EVENTS: [i32; 5] = [
    SCTP_ASSOC_CHANGE,
    SCTP_PEER_ADDR_CHANGE,
    SCTP_SEND_FAILED_EVENT,
    SCTP_REMOTE_ERROR,
    SCTP_PARTIAL_DELIVERY_EVENT,
];

const SPP_HB_ENABLE: u32 = 1;
const SPP_HB_DISABLE: u32 = 2;

/// States of a peer's address (`enum sctp_spinfo_state`).
const SCTP_INACTIVE: u32 = 0;
const SCTP_UNCONFIRMED: u32 = 3;

/// Fields of SO_MEMINFO (`linux/sock_diag.h`), 32 bits each.
const SK_MEMINFO_SNDBUF: usize = 3;
const SK_MEMINFO_WMEM_QUEUED: usize = 5;
const SK_MEMINFO_VARS: usize = 9;

/// The size of `struct sctp_status`, and where `sstat_outstrms` is.
const STATUS_SIZE: usize = 176;
const STATUS_OUTSTRMS: usize = 18;

const PADDRINFO_SIZE: usize = 152;
const SOCKADDR_STORAGE: usize = size_of::<libc::sockaddr_storage>();

/// Addresses of a peer that are looked at.
const MAX_PATHS: usize = 16;

/// Octets to send or receive. The kernel doubles it and counts its own expense, some 1,000
/// octets for each message.
const BUFFER: c_int = 2 << 20;

/// Well below the peer's RTO.Min, whatever that is (RFC 9260 6.2 allows up to 500 ms).
const DELAYED_SACK: Duration = Duration::from_millis(50);

// The sizes that Linux's header gives on all its 64-bit machines.
const _: () = {
    assert!(size_of::<sctp_initmsg>() == 8);
    assert!(size_of::<libc::sctp_sndinfo>() == 16);
    assert!(size_of::<libc::sctp_rcvinfo>() == 28);
    assert!(size_of::<RtoInfo>() == 16);
    assert!(size_of::<AssocParams>() == 20);
    assert!(size_of::<PeerAddressParams>() == 156);
    assert!(size_of::<SackInfo>() == 12);
    assert!(size_of::<Event>() == 8);
};

#[cfg(test)]
mod tests {
    use super::*;
    use core::mem::offset_of;

    #[test]
    fn structures_lie_as_the_kernel_has_them() {
        assert_eq!(offset_of!(PeerAddressParams, hbinterval), 132);
        assert_eq!(offset_of!(PeerAddressParams, pathmaxrxt), 136);
        assert_eq!(offset_of!(PeerAddressParams, rest), 138);
        assert_eq!(offset_of!(PeerAddressRest, flags), 8);
        assert_eq!(offset_of!(PeerAddressRest, dscp), 16);
        assert_eq!(offset_of!(Event, kind), 4);
        assert_eq!(offset_of!(Event, on), 6);
    }
}
