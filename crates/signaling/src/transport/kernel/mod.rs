//! The kernel's SCTP: one-to-one sockets (RFC 6458 4).

mod sys;

use super::connections::{ConnectionPeer, Connections, Incoming, Listening, Medium, Outgoing};
use super::{Command, Events, MAX_MESSAGE};
use crate::adapter::{AssociationEvent, AssociationId};
use crate::config::SctpTimers;
use crate::event::DownReason;
use crate::shell::SignalingError;
use core::cell::Cell;
use core::time::Duration;
use socket2::{Domain, Protocol, Socket, Type};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use sys::{AssociationChange, Received};
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc;

/// What the kernel is asked for on each socket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KernelSettings {
    pub(crate) timers: SctpTimers,
    pub(crate) streams: u16,
}

/// A listening socket.
///
/// # Errors
///
/// [`SignalingError::NoKernelSctp`] if the kernel has no SCTP.
pub(crate) fn listen(
    settings: KernelSettings,
    address: SocketAddr,
) -> Result<Socket, SignalingError> {
    let socket = open(settings, address)?;
    let bound = socket
        .set_reuse_address(true)
        .and_then(|()| socket.bind(&address.into()))
        .and_then(|()| socket.listen(BACKLOG));
    match bound {
        Ok(()) => Ok(socket),
        Err(source) => Err(SignalingError::Bind {
            what: "SCTP",
            address,
            source,
        }),
    }
}

/// Whether the kernel gives SCTP sockets for that address family.
///
/// # Errors
///
/// [`SignalingError::NoKernelSctp`] if it does not.
pub(crate) fn probe(settings: KernelSettings, address: SocketAddr) -> Result<(), SignalingError> {
    open(settings, address).map(drop)
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
        let listening = match self.listening {
            None => None,
            Some(listening) => match sys::register(listening.listener) {
                Ok(listener) => Some(Listening {
                    listener,
                    admission: listening.admission,
                    max_associations: listening.max_associations,
                    ids: listening.ids,
                }),
                Err(error) => {
                    tracing::error!(%error, "SCTP listener failed");
                    return;
                }
            },
        };
        let connections = Connections {
            index: self.index,
            medium: Kernel(self.settings),
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
struct Kernel(KernelSettings);

impl Medium for Kernel {
    type Listener = AsyncFd<Socket>;
    type Connection = AsyncFd<Socket>;

    async fn connect(&self, local: SocketAddr, remote: SocketAddr) -> io::Result<AsyncFd<Socket>> {
        let socket = new_socket(remote)?;
        prepare(&socket, self.0)?;
        socket.set_reuse_address(true)?;
        socket.bind(&local.into())?;
        match socket.connect(&remote.into()) {
            Ok(()) => {}
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
            Err(error) => return Err(error),
        }
        let socket = sys::register(socket)?;
        drop(socket.writable().await?);
        match socket.get_ref().take_error()? {
            Some(error) => Err(error),
            None => Ok(socket),
        }
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
        // What the listener was asked for is inherited, but not on all kernels.
        prepare(&socket, self.0)?;
        let source = source
            .as_socket()
            .ok_or_else(|| io::Error::other("a peer without an IP address"))?;
        Ok((sys::register(socket)?, source))
    }

    fn outbound_streams(&self, connection: &AsyncFd<Socket>) -> u16 {
        sys::outbound_streams(connection.get_ref()).map_or(1, |streams| streams.max(1))
    }

    async fn serve(
        &self,
        socket: AsyncFd<Socket>,
        outgoing: mpsc::Receiver<Outgoing>,
        incoming: Incoming,
    ) -> DownReason {
        let local_end = Cell::new(false);
        let reason = tokio::select! {
            reason = read(&socket, &incoming) => match (local_end.get(), reason) {
                (true, DownReason::Peer) => DownReason::Local,
                (_, reason) => reason,
            },
            reason = write(&socket, outgoing, &local_end) => {
                // Closing with this sends ABORT (RFC 6458 8.1.4).
                let _ = socket.get_ref().set_linger(Some(Duration::ZERO));
                reason
            }
        };
        reason
    }
}

async fn read(socket: &AsyncFd<Socket>, incoming: &Incoming) -> DownReason {
    let mut buffer = vec![0; READ_SIZE].into_boxed_slice();
    let mut partial: Vec<u8> = Vec::new();
    loop {
        let received = loop {
            let mut ready = match socket.readable().await {
                Ok(ready) => ready,
                Err(error) => return DownReason::Failed(error.to_string()),
            };
            if let Ok(received) = ready.try_io(|s| sys::receive(s.get_ref(), &mut buffer)) {
                break received;
            }
        };
        match received {
            Ok(Received::Data { ppid, length, end }) => {
                partial.extend_from_slice(&buffer[..length]);
                if partial.len() > MAX_MESSAGE {
                    return DownReason::Failed("message too long".to_owned());
                }
                if end {
                    let data = core::mem::take(&mut partial);
                    incoming
                        .tell(AssociationEvent::Message {
                            stream: None,
                            ppid,
                            data,
                        })
                        .await;
                }
            }
            Ok(Received::Change(AssociationChange::Restart { outbound_streams })) => {
                partial.clear();
                let outbound_streams = outbound_streams.max(1);
                incoming
                    .tell(AssociationEvent::Restarted { outbound_streams })
                    .await;
            }
            Ok(Received::Change(AssociationChange::Lost)) => {
                return DownReason::Failed("communication lost".to_owned());
            }
            Ok(Received::Change(AssociationChange::ShutdownComplete) | Received::End) => {
                return DownReason::Peer;
            }
            Ok(Received::Change(AssociationChange::Other)) => {}
            Err(error) => return DownReason::Failed(error.to_string()),
        }
    }
}

async fn write(
    socket: &AsyncFd<Socket>,
    mut outgoing: mpsc::Receiver<Outgoing>,
    local_end: &Cell<bool>,
) -> DownReason {
    loop {
        let (stream, data) = match outgoing.recv().await {
            Some(Outgoing::Message { stream, data }) => (stream, data),
            Some(Outgoing::Shutdown) => {
                local_end.set(true);
                if let Err(error) = socket.get_ref().shutdown(std::net::Shutdown::Write) {
                    return DownReason::Failed(error.to_string());
                }
                continue;
            }
            Some(Outgoing::Abort) | None => return DownReason::Local,
        };
        let sent = loop {
            let mut ready = match socket.writable().await {
                Ok(ready) => ready,
                Err(error) => return DownReason::Failed(error.to_string()),
            };
            if let Ok(sent) = ready.try_io(|s| sys::send(s.get_ref(), stream, &data)) {
                break sent;
            }
        };
        if let Err(error) = sent {
            return DownReason::Failed(error.to_string());
        }
    }
}

fn open(settings: KernelSettings, address: SocketAddr) -> Result<Socket, SignalingError> {
    let socket = new_socket(address).map_err(SignalingError::NoKernelSctp)?;
    prepare(&socket, settings).map_err(|source| SignalingError::Bind {
        what: "SCTP",
        address,
        source,
    })?;
    Ok(socket)
}

fn new_socket(address: SocketAddr) -> io::Result<Socket> {
    let protocol = Protocol::from(libc::IPPROTO_SCTP);
    Socket::new(Domain::for_address(address), Type::STREAM, Some(protocol))
}

fn prepare(socket: &Socket, settings: KernelSettings) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    sys::set_streams(socket, settings.streams, &settings.timers)?;
    sys::set_timers(socket, &settings.timers)?;
    sys::set_no_delay(socket)?;
    sys::subscribe(socket)
}

const BACKLOG: i32 = 64;
const READ_SIZE: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernel_without_sctp_is_named() {
        let settings = KernelSettings {
            timers: SctpTimers::default(),
            streams: 17,
        };
        let address = "127.0.0.1:0".parse().unwrap();
        match listen(settings, address) {
            Err(error @ SignalingError::NoKernelSctp(_)) => {
                let text = error.to_string();
                assert!(text.contains("this kernel has no SCTP"), "{text}");
                assert!(text.contains("UDP encapsulation"), "{text}");
            }
            Err(error) => panic!("{error}"),
            Ok(_) => eprintln!("NOT RUN: this kernel has SCTP, so its absence was not tested"),
        }
    }
}
