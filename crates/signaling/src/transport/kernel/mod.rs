//! The kernel's SCTP: one-to-one sockets (RFC 6458 4).

mod address;
mod connection;
mod notification;
mod options;
mod sys;

use super::connections::{
    Admitted, ConnectionPeer, Connections, Ended, Incoming, Listening, Medium, Outgoing,
};
use super::{Command, Events};
use crate::adapter::AssociationId;
use crate::config::{Admission, SctpTimers};
use crate::shell::SignalingError;
use options::Reachable;
use socket2::{Domain, Protocol, Socket, Type};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc;

/// What the kernel is asked for on each socket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KernelSettings {
    /// For the associations that come in; peers that we connect to have their own.
    pub(crate) timers: SctpTimers,
    pub(crate) streams: u16,
}

/// A listening socket, with one or more addresses of one port.
///
/// # Errors
///
/// [`SignalingError::NoKernelSctp`] if the kernel has no SCTP.
pub(crate) fn listen(
    settings: KernelSettings,
    addresses: &[SocketAddr],
) -> Result<Socket, SignalingError> {
    let socket = open(addresses)?;
    let bound = options::prepare(&socket, settings.streams, &settings.timers)
        .and_then(|()| socket.set_reuse_address(true))
        .and_then(|()| options::bind(&socket, addresses))
        .and_then(|()| socket.listen(BACKLOG))
        // Now that nobody else listens here: peers that we connect to may be called from our
        // own port.
        .and_then(|()| socket.set_reuse_port(true));
    match bound {
        Ok(()) => Ok(socket),
        Err(source) => Err(SignalingError::Bind {
            what: "SCTP",
            address: first(addresses),
            source,
        }),
    }
}

/// Whether the kernel gives SCTP sockets for the families of these addresses.
///
/// # Errors
///
/// [`SignalingError::NoKernelSctp`] if it does not.
pub(crate) fn probe(addresses: &[SocketAddr]) -> Result<(), SignalingError> {
    open(addresses).map(drop)
}

/// What a kernel endpoint is made of.
pub(crate) struct KernelEndpoint {
    pub(crate) index: usize,
    pub(crate) settings: KernelSettings,
    pub(crate) peers: BTreeMap<AssociationId, ConnectionPeer>,
    pub(crate) listening: Option<Listening<Socket>>,
    pub(crate) queue: usize,
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) events: Events,
}

impl KernelEndpoint {
    /// Runs until the shell drops the sender of the commands.
    pub(crate) async fn run(self) {
        let listening = self.listening.map(|l| l.try_map(sys::register));
        let listening = match listening.transpose() {
            Ok(listening) => listening,
            Err(error) => {
                tracing::error!(%error, "SCTP listener failed");
                return;
            }
        };
        let connections = Connections {
            index: self.index,
            medium: Kernel {
                streams: self.settings.streams,
            },
            peers: self.peers,
            listening,
            queue: self.queue,
            commands: self.commands,
            events: self.events,
        };
        connections.run().await;
    }
}

#[derive(Clone, Copy, Debug)]
struct Kernel {
    streams: u16,
}

impl Medium for Kernel {
    type Listener = AsyncFd<Socket>;
    type Connection = AsyncFd<Socket>;

    async fn connect(&self, peer: ConnectionPeer) -> io::Result<(AsyncFd<Socket>, SocketAddr)> {
        let socket = new_socket(peer.local.iter().chain(&peer.remote))?;
        options::prepare(&socket, self.streams, &peer.timers)?;
        // A port of our own may still be that of an association which is not quite over, and
        // that of a listener.
        socket.set_reuse_address(true)?;
        socket.set_reuse_port(true)?;
        options::bind(&socket, &peer.local).map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("cannot bind {:?}: {error}", peer.local),
            )
        })?;
        options::connect(&socket, &peer.remote)?;
        let socket = sys::register(socket)?;
        // Failure shows as a notification to read, which `writable` would not see.
        let either = Interest::READABLE | Interest::WRITABLE;
        loop {
            let mut ready = socket.ready(either).await?;
            if let Some(error) = socket.get_ref().take_error()? {
                return Err(error);
            }
            if options::outbound_streams(socket.get_ref()).is_ok() {
                break;
            }
            ready.clear_ready();
        }
        let address = socket.get_ref().peer_addr()?;
        Ok((socket, address.as_socket().unwrap_or(first(&peer.remote))))
    }

    async fn accept(
        &self,
        listener: &AsyncFd<Socket>,
    ) -> io::Result<(AsyncFd<Socket>, SocketAddr)> {
        let (socket, source) = loop {
            let mut ready = listener.readable().await?;
            if let Ok(accepted) = ready.try_io(|listener| listener.get_ref().accept()) {
                break accepted?;
            }
        };
        socket.set_nonblocking(true)?;
        let source = source
            .as_socket()
            .ok_or_else(|| io::Error::other("a peer without an IP address"))?;
        Ok((sys::register(socket)?, source))
    }

    /// By any address that the peer was heard from. That it names one in its INIT shows nothing
    /// before a HEARTBEAT was answered from there (RFC 9260 5.4).
    fn admits(
        &self,
        socket: &AsyncFd<Socket>,
        source: SocketAddr,
        admission: &Admission,
    ) -> Admitted {
        if admission.admits(source.ip()) {
            return Admitted::Yes(source);
        }
        let mut admitted = Admitted::No;
        for path in options::paths(socket.get_ref()).unwrap_or_default() {
            match path.state {
                _ if !admission.admits(path.address) => {}
                Reachable::Unconfirmed => admitted = Admitted::NotYet,
                Reachable::Yes | Reachable::No => {
                    return Admitted::Yes(SocketAddr::new(path.address, source.port()));
                }
            }
        }
        admitted
    }

    fn abort(&self, socket: AsyncFd<Socket>) {
        drop(socket);
    }

    fn outbound_streams(&self, socket: &AsyncFd<Socket>) -> u16 {
        options::outbound_streams(socket.get_ref()).map_or(1, |streams| streams.max(1))
    }

    async fn serve(
        &self,
        socket: AsyncFd<Socket>,
        outgoing: &mut Outgoing,
        incoming: &Incoming,
    ) -> Ended {
        connection::serve(socket, outgoing, incoming).await
    }
}

fn open(addresses: &[SocketAddr]) -> Result<Socket, SignalingError> {
    new_socket(addresses).map_err(SignalingError::NoKernelSctp)
}

/// A socket for these addresses: one for IPv6 takes those of IPv4 too.
fn new_socket<'a>(addresses: impl IntoIterator<Item = &'a SocketAddr>) -> io::Result<Socket> {
    let ipv6 = addresses.into_iter().any(SocketAddr::is_ipv6);
    let domain = if ipv6 { Domain::IPV6 } else { Domain::IPV4 };
    let protocol = Protocol::from(libc::IPPROTO_SCTP);
    let socket = Socket::new(domain, Type::STREAM, Some(protocol))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn first(addresses: &[SocketAddr]) -> SocketAddr {
    let unspecified = SocketAddr::from(([0, 0, 0, 0], 0));
    addresses.first().copied().unwrap_or(unspecified)
}

const BACKLOG: i32 = 64;

#[cfg(test)]
mod tests;
