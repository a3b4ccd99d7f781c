//! The sockets of a worker, by their number.

use crate::{Channel, SocketId};
use mio::net::UdpSocket;
use mio::{Interest, Registry, Token};
use std::io;
use std::net::SocketAddr;

/// Sockets of all terminations of a worker.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    pairs: Vec<Option<Pair>>,
}

#[derive(Debug)]
struct Pair {
    rtp: Socket,
    rtcp: Option<Socket>,
}

#[derive(Debug)]
pub(super) struct Socket {
    pub(super) socket: UdpSocket,
    pub(super) local: SocketAddr,
}

impl Sockets {
    /// Binds the sockets of a termination, both or none.
    pub(super) fn bind(
        &mut self,
        registry: &Registry,
        id: SocketId,
        address: SocketAddr,
        rtcp: bool,
    ) -> io::Result<()> {
        let mut pair = Pair {
            rtp: open(address)?,
            rtcp: None,
        };
        if rtcp {
            let port = address.port().checked_add(1);
            let port = port.ok_or(io::ErrorKind::AddrNotAvailable)?;
            pair.rtcp = Some(open(SocketAddr::new(address.ip(), port))?);
        }
        registry.register(
            &mut pair.rtp.socket,
            token(id, Channel::Rtp),
            Interest::READABLE,
        )?;
        if let Some(rtcp) = &mut pair.rtcp {
            registry.register(
                &mut rtcp.socket,
                token(id, Channel::Rtcp),
                Interest::READABLE,
            )?;
        }
        let place = id.0 as usize;
        if self.pairs.len() <= place {
            self.pairs.resize_with(place + 1, || None);
        }
        self.pairs[place] = Some(pair);
        Ok(())
    }

    /// Closes the sockets of a termination; closing takes them out of the poll as well.
    pub(super) fn unbind(&mut self, id: SocketId) {
        if let Some(pair) = self.pairs.get_mut(id.0 as usize) {
            *pair = None;
        }
    }

    pub(super) fn get(&self, id: SocketId, channel: Channel) -> Option<&Socket> {
        let pair = self.pairs.get(id.0 as usize)?.as_ref()?;
        match channel {
            Channel::Rtp => Some(&pair.rtp),
            Channel::Rtcp => pair.rtcp.as_ref(),
        }
    }
}

/// The socket that a token names.
pub(super) const fn named(token: Token) -> (SocketId, Channel) {
    let channel = if token.0 & 1 == 0 {
        Channel::Rtp
    } else {
        Channel::Rtcp
    };
    (SocketId((token.0 >> 1) as u32), channel)
}

fn token(id: SocketId, channel: Channel) -> Token {
    Token((id.0 as usize) << 1 | usize::from(channel == Channel::Rtcp))
}

fn open(address: SocketAddr) -> io::Result<Socket> {
    let domain = if address.is_ipv4() {
        socket2::Domain::IPV4
    } else {
        socket2::Domain::IPV6
    };
    let socket = socket2::Socket::new(domain, socket2::Type::DGRAM, Some(socket2::Protocol::UDP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    // Voice is marked EF (RFC 4594 4.1). Not all systems let everyone; then it goes unmarked.
    if address.is_ipv4() {
        let _ = socket.set_tos_v4(EXPEDITED_FORWARDING);
    } else {
        let _ = socket.set_tclass_v6(EXPEDITED_FORWARDING);
    }
    socket.bind(&address.into())?;
    Ok(Socket {
        socket: UdpSocket::from_std(socket.into()),
        local: address,
    })
}

/// DSCP 46, in the upper six bits of the field.
const EXPEDITED_FORWARDING: u32 = 46 << 2;
