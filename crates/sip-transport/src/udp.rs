//! Datagrams (RFC 3261 18).

use crate::counters::Count;
use crate::error::OpenError;
use crate::event::SocketEvent;
use crate::sockets::Shared;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::UdpSocket;
use trunkline_sip::{Flow, Transport};

/// A bound socket and its address.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) local: SocketAddr,
    socket: UdpSocket,
}

impl Port {
    pub(crate) fn bind(address: SocketAddr) -> Result<Self, OpenError> {
        let open = || {
            let socket = Socket::new(
                Domain::for_address(address),
                Type::DGRAM,
                Some(Protocol::UDP),
            )?;
            if address.is_ipv6() {
                // IPv4 has sockets of its own.
                socket.set_only_v6(true)?;
            }
            socket.set_nonblocking(true)?;
            // Larger buffers ride out bursts; the system may grant less.
            let _ = socket.set_recv_buffer_size(BUFFER);
            let _ = socket.set_send_buffer_size(BUFFER);
            socket.bind(&address.into())?;
            let socket = UdpSocket::from_std(socket.into())?;
            Ok(Self {
                local: socket.local_addr()?,
                socket,
            })
        };
        open().map_err(|error| OpenError::Bind {
            transport: Transport::Udp,
            address,
            error,
        })
    }

    /// Sends a datagram. One that the system cannot take now is lost, as any may be: SIP repeats
    /// it (RFC 3261 17). An error means that this one can never be sent.
    pub(crate) fn send(&self, remote: SocketAddr, data: &[u8]) -> io::Result<()> {
        // Straight to the system: the runtime's `try_send_to` refuses before it has polled the
        // socket for the first time.
        match SockRef::from(&self.socket).send_to(data, &remote.into()) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Hands on what comes until nobody takes it any longer.
    pub(crate) async fn run(&self, shared: Arc<Shared>) {
        let mut buffer = vec![0; DATAGRAM].into_boxed_slice();
        loop {
            match self.socket.recv_from(&mut buffer).await {
                Ok((length, remote)) => {
                    shared.counters.add(Transport::Udp, Count::Received);
                    let event = SocketEvent::Received {
                        flow: Flow::udp(self.local, remote),
                        data: buffer[..length].to_vec(),
                        peer: None,
                    };
                    if shared.events.send(event).await.is_err() {
                        return;
                    }
                }
                // ICMP errors of earlier sends arrive here; the socket stays usable.
                Err(error) => tracing::debug!(local = %self.local, %error, "receiving failed"),
            }
        }
    }
}

/// The largest UDP payload.
const DATAGRAM: usize = 65_535;

const BUFFER: usize = 4 << 20;
