//! M3UA over TCP: messages one after the other, found by the length in their headers.

use super::connections::{ConnectionPeer, Connections, Incoming, Listening, Medium, Outgoing};
use super::framing::Deframer;
use super::{Command, Events};
use crate::adapter::{AssociationEvent, AssociationId};
use crate::event::DownReason;
use crate::shell::SignalingError;
use core::cell::Cell;
use core::time::Duration;
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener as StdTcpListener};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;

/// A listening socket. Bound before its thread runs, so that errors and addresses are known.
pub(crate) fn listen(address: SocketAddr) -> Result<StdTcpListener, SignalingError> {
    let open = || {
        let domain = Domain::for_address(address);
        let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        Ok(StdTcpListener::from(socket))
    };
    open().map_err(|source| SignalingError::Bind {
        what: "TCP",
        address,
        source,
    })
}

/// What a TCP endpoint is made of.
pub(crate) struct TcpEndpoint {
    pub(crate) index: usize,
    pub(crate) peers: BTreeMap<AssociationId, ConnectionPeer>,
    pub(crate) listening: Option<Listening<StdTcpListener>>,
    pub(crate) queue: usize,
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) events: Events,
}

impl TcpEndpoint {
    /// Runs until the shell drops the sender of the commands.
    pub(crate) async fn run(self) {
        let listening = match self.listening {
            None => None,
            Some(listening) => match TcpListener::from_std(listening.listener) {
                Ok(listener) => Some(Listening {
                    listener,
                    admission: listening.admission,
                    max_associations: listening.max_associations,
                    ids: listening.ids,
                }),
                Err(error) => {
                    tracing::error!(%error, "TCP listener failed");
                    return;
                }
            },
        };
        let connections = Connections {
            index: self.index,
            medium: Tcp,
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
struct Tcp;

impl Medium for Tcp {
    type Listener = TcpListener;
    type Connection = TcpStream;

    async fn connect(&self, local: SocketAddr, remote: SocketAddr) -> io::Result<TcpStream> {
        let socket = match remote {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // A port of our own would be in TIME-WAIT after each loss otherwise.
        socket.set_reuseaddr(true)?;
        socket.bind(local)?;
        let stream = socket.connect(remote).await?;
        prepare(&stream)?;
        Ok(stream)
    }

    async fn accept(&self, listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, source) = listener.accept().await?;
        prepare(&stream)?;
        Ok((stream, source))
    }

    fn outbound_streams(&self, _: &TcpStream) -> u16 {
        1
    }

    async fn serve(
        &self,
        stream: TcpStream,
        outgoing: mpsc::Receiver<Outgoing>,
        incoming: Incoming,
    ) -> DownReason {
        let (reader, writer) = stream.into_split();
        let local_end = Cell::new(false);
        tokio::select! {
            reason = read(reader, &incoming) => match local_end.get() {
                true => DownReason::Local,
                false => reason,
            },
            reason = write(writer, outgoing, &local_end) => reason,
        }
    }
}

async fn read(mut reader: OwnedReadHalf, incoming: &Incoming) -> DownReason {
    let mut deframer = Deframer::default();
    let mut buffer = vec![0; READ_SIZE].into_boxed_slice();
    loop {
        match reader.read(&mut buffer).await {
            Ok(0) => return DownReason::Peer,
            Ok(length) => deframer.push(&buffer[..length]),
            Err(error) => return DownReason::Failed(error.to_string()),
        }
        loop {
            match deframer.next() {
                Ok(Some(data)) => {
                    let ppid = None;
                    incoming
                        .tell(AssociationEvent::Message {
                            stream: None,
                            ppid,
                            data,
                        })
                        .await;
                }
                Ok(None) => break,
                Err(error) => return DownReason::Failed(error.to_string()),
            }
        }
    }
}

async fn write(
    mut writer: OwnedWriteHalf,
    mut outgoing: mpsc::Receiver<Outgoing>,
    local_end: &Cell<bool>,
) -> DownReason {
    loop {
        let written = match outgoing.recv().await {
            Some(Outgoing::Message { data, .. }) => writer.write_all(&data).await,
            // The reader ends when the peer has closed too.
            Some(Outgoing::Shutdown) => {
                local_end.set(true);
                writer.shutdown().await
            }
            Some(Outgoing::Abort) | None => return DownReason::Local,
        };
        if let Err(error) = written {
            return DownReason::Failed(error.to_string());
        }
    }
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE)
        .with_interval(KEEPALIVE)
        .with_retries(2);
    SockRef::from(stream).set_tcp_keepalive(&keepalive)
}

const BACKLOG: i32 = 64;
const READ_SIZE: usize = 16 * 1024;

/// A peer that vanished is found after three of these; the ASP side sends M3UA Heartbeats too.
const KEEPALIVE: Duration = Duration::from_secs(5);
