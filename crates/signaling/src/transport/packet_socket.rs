//! The sockets that carry SCTP packets: UDP, or raw IP.

use crate::shell::SignalingError;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket as StdUdpSocket};
use tokio::net::UdpSocket;
use trunkline_model::tap::Tap;

/// A bound packet socket. Bound before its thread runs, so that errors and addresses are known
/// to whoever starts the adapter.
#[derive(Debug)]
pub(crate) struct PacketSocket {
    socket: StdUdpSocket,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Udp,
    /// The system hands over the IP header too.
    RawIpv4,
    /// It does not.
    RawIpv6,
}

impl PacketSocket {
    /// A UDP socket, with large buffers where the system allows it.
    pub(crate) fn udp(address: SocketAddr) -> Result<Self, SignalingError> {
        let open = || {
            let domain = Domain::for_address(address);
            let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
            prepare(&socket)?;
            socket.bind(&address.into())?;
            Ok(socket)
        };
        let socket = open().map_err(|source| SignalingError::Bind {
            what: "UDP",
            address,
            source,
        })?;
        Ok(Self {
            socket: socket.into(),
            kind: Kind::Udp,
        })
    }

    /// A raw socket for IP protocol 132.
    pub(crate) fn raw(address: IpAddr) -> Result<Self, SignalingError> {
        let (domain, kind) = match address {
            IpAddr::V4(_) => (Domain::IPV4, Kind::RawIpv4),
            IpAddr::V6(_) => (Domain::IPV6, Kind::RawIpv6),
        };
        let protocol = Some(Protocol::from(libc::IPPROTO_SCTP));
        let socket =
            Socket::new(domain, Type::RAW, protocol).map_err(|error| match error.kind() {
                io::ErrorKind::PermissionDenied => SignalingError::RawSocketDenied(error),
                _ => bind_error(address, error),
            })?;
        let bound =
            prepare(&socket).and_then(|()| socket.bind(&SocketAddr::new(address, 0).into()));
        bound.map_err(|error| bind_error(address, error))?;
        // A raw socket sends to addresses and receives from them as a UDP socket does, only
        // without ports; so the type of UDP sockets serves.
        Ok(Self {
            socket: socket.into(),
            kind,
        })
    }

    /// The address it is bound to; without a port for raw IP.
    pub(crate) fn local_address(&self) -> io::Result<SocketAddr> {
        let address = self.socket.local_addr()?;
        Ok(match self.kind {
            Kind::Udp => address,
            // The system shows the protocol there.
            Kind::RawIpv4 | Kind::RawIpv6 => SocketAddr::new(address.ip(), 0),
        })
    }

    pub(crate) const fn is_raw(&self) -> bool {
        !matches!(self.kind, Kind::Udp)
    }

    /// Hands the socket to the running runtime.
    pub(super) fn open(self) -> io::Result<OpenPacketSocket> {
        Ok(OpenPacketSocket {
            local: self.local_address()?,
            socket: UdpSocket::from_std(self.socket)?,
            kind: self.kind,
        })
    }
}

/// A packet socket of the running runtime.
#[derive(Debug)]
pub(super) struct OpenPacketSocket {
    socket: UdpSocket,
    kind: Kind,
    local: SocketAddr,
}

impl OpenPacketSocket {
    /// The next packet: where it came from and which part of the buffer it is.
    pub(super) async fn receive(&self, buffer: &mut [u8]) -> io::Result<Received> {
        let (length, source) = self.socket.recv_from(buffer).await?;
        Ok(self.received(&buffer[..length], source))
    }

    /// The same, if there is one already.
    pub(super) fn try_receive(&self, buffer: &mut [u8]) -> io::Result<Received> {
        let (length, source) = self.socket.try_recv_from(buffer)?;
        Ok(self.received(&buffer[..length], source))
    }

    /// Sends a packet, or drops it if the socket cannot take it now: SCTP repeats it.
    pub(super) fn send(&self, remote: SocketAddr, packet: &[u8], tap: Option<&Tap>) {
        if let (Some(tap), Kind::Udp) = (tap, self.kind) {
            tap(self.local, remote, packet);
        }
        // Straight to the system: the runtime's `try_send_to` refuses before it has polled the
        // socket for the first time, and the first INIT would be lost for a second.
        if let Err(error) = SockRef::from(&self.socket).send_to(packet, &remote.into()) {
            tracing::debug!(%remote, %error, "packet not sent");
        }
    }

    fn received(&self, packet: &[u8], source: SocketAddr) -> Received {
        match self.kind {
            Kind::Udp => Received {
                source,
                start: 0,
                length: packet.len(),
            },
            Kind::RawIpv4 => {
                // IHL, in units of four octets (RFC 791 3.1).
                let header = packet
                    .first()
                    .map_or(0, |octet| usize::from(octet & 0x0f) * 4);
                let start = header.min(packet.len());
                Received {
                    source: SocketAddr::new(source.ip(), 0),
                    start,
                    length: packet.len() - start,
                }
            }
            Kind::RawIpv6 => Received {
                source: SocketAddr::new(source.ip(), 0),
                start: 0,
                length: packet.len(),
            },
        }
    }
}

/// A packet in the buffer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Received {
    pub(super) source: SocketAddr,
    start: usize,
    length: usize,
}

impl Received {
    pub(super) fn packet<'a>(&self, buffer: &'a [u8]) -> &'a [u8] {
        &buffer[self.start..self.start + self.length]
    }
}

fn prepare(socket: &Socket) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    // Larger buffers ride out bursts; the system may grant less.
    let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
    let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
    Ok(())
}

fn bind_error(address: IpAddr, source: io::Error) -> SignalingError {
    SignalingError::Bind {
        what: "raw IP",
        address: SocketAddr::new(address, 0),
        source,
    }
}

const SOCKET_BUFFER: usize = 1 << 20;
