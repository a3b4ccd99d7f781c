//! M3UA over TCP: messages one after the other, found by the length in their headers.

use super::connections::{
    Admitted, ConnectionPeer, Connections, Ended, Incoming, Listening, Medium, Message, Outgoing,
    Sent, Sink,
};
use super::framing::Deframer;
use super::{Command, Events};
use crate::adapter::{AssociationEvent, AssociationId};
use crate::config::Admission;
use crate::event::DownReason;
use crate::shell::SignalingError;
use core::cell::Cell;
use core::time::Duration;
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, IoSlice};
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
        let listening = self.listening.map(|l| l.try_map(TcpListener::from_std));
        let listening = match listening.transpose() {
            Ok(listening) => listening,
            Err(error) => {
                tracing::error!(%error, "TCP listener failed");
                return;
            }
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

    async fn connect(&self, peer: ConnectionPeer) -> io::Result<(TcpStream, SocketAddr)> {
        let (Some(&local), Some(&remote)) = (peer.local.first(), peer.remote.first()) else {
            return Err(io::ErrorKind::AddrNotAvailable.into());
        };
        let socket = match remote {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // A port of our own would be in TIME-WAIT after each loss otherwise.
        socket.set_reuseaddr(true)?;
        socket.bind(local)?;
        let stream = tokio::time::timeout(CONNECT_LIMIT, socket.connect(remote)).await??;
        prepare(&stream)?;
        Ok((stream, remote))
    }

    async fn accept(&self, listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, source) = listener.accept().await?;
        prepare(&stream)?;
        Ok((stream, source))
    }

    fn admits(&self, _: &TcpStream, source: SocketAddr, admission: &Admission) -> Admitted {
        match admission.admits(source.ip()) {
            true => Admitted::Yes(source),
            false => Admitted::No,
        }
    }

    fn abort(&self, stream: TcpStream) {
        // Closing with this sends RST.
        let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    }

    fn outbound_streams(&self, _: &TcpStream) -> u16 {
        1
    }

    async fn serve(
        &self,
        stream: TcpStream,
        outgoing: &mut Outgoing,
        incoming: &Incoming,
    ) -> Ended {
        let (mut reader, writer) = stream.into_split();
        let mut sink = TcpSink { writer, written: 0 };
        let shut = Cell::new(false);
        let reason = tokio::select! {
            reason = read(&mut reader, incoming) => match (shut.get(), reason) {
                (true, DownReason::Peer) => DownReason::Local,
                (_, reason) => reason,
            },
            reason = outgoing.write(&mut sink, incoming, &shut) => {
                if let Ok(stream) = reader.reunite(sink.writer) {
                    self.abort(stream);
                }
                return reason.into();
            }
        };
        reason.into()
    }
}

async fn read(reader: &mut OwnedReadHalf, incoming: &Incoming) -> DownReason {
    let mut deframer = Deframer::default();
    let mut buffer = vec![0; READ_SIZE].into_boxed_slice();
    loop {
        match reader.read(&mut buffer).await {
            Ok(0) => match deframer.len() {
                0 => return DownReason::Peer,
                length => {
                    let reason = format!("closed within a message, after {length} octets");
                    return DownReason::Failed(reason);
                }
            },
            Ok(length) => deframer.push(&buffer[..length]),
            Err(error) => return DownReason::Failed(error.to_string()),
        }
        loop {
            match deframer.next() {
                Ok(Some(data)) => {
                    let event = AssociationEvent::Message {
                        stream: None,
                        ppid: None,
                        data,
                    };
                    incoming.tell(event).await;
                }
                Ok(None) => break,
                Err(error) => return DownReason::Failed(error.to_string()),
            }
        }
    }
}

struct TcpSink {
    writer: OwnedWriteHalf,
    /// Octets of the first message that are written already.
    written: usize,
}

impl Sink for TcpSink {
    fn send(&mut self, pending: &mut VecDeque<Message>) -> Sent {
        while !pending.is_empty() {
            let mut parts = [IoSlice::new(&[]); PARTS];
            let mut skip = self.written;
            for (part, message) in parts.iter_mut().zip(&*pending) {
                *part = IoSlice::new(&message.data[core::mem::take(&mut skip)..]);
            }
            match self.writer.try_write_vectored(&parts) {
                Ok(length) => self.wrote(length, pending),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Sent::Full,
                Err(error) => return Sent::Failed(error),
            }
        }
        Sent::All
    }

    async fn writable(&self) {
        // What is wrong with it shows when it is written to.
        let _ = self.writer.writable().await;
    }

    fn fill(&self) -> Option<usize> {
        None
    }

    async fn shutdown(&mut self) -> io::Result<()> {
        self.writer.shutdown().await
    }
}

impl TcpSink {
    /// Removes what is written whole.
    fn wrote(&mut self, length: usize, pending: &mut VecDeque<Message>) {
        self.written += length;
        while let Some(first) = pending.front()
            && self.written >= first.data.len()
        {
            self.written -= first.data.len();
            pending.pop_front();
        }
    }
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE)
        .with_interval(KEEPALIVE)
        .with_retries(2);
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&keepalive)?;
    // Keepalives are not sent while octets are unacknowledged.
    socket.set_tcp_user_timeout(Some(KEEPALIVE * 3))?;
    socket.set_tcp_notsent_lowat(UNSENT)
}

const BACKLOG: i32 = 64;
const READ_SIZE: usize = 16 * 1024;

/// Messages that are written with one call.
const PARTS: usize = 32;

/// How long a connection may take to be set up.
const CONNECT_LIMIT: Duration = Duration::from_secs(7);

/// A peer that vanished is found after three of these; the ASP side sends M3UA Heartbeats too.
const KEEPALIVE: Duration = Duration::from_secs(5);

/// Octets that the system may keep beyond what it has sent. The rest waits in our own queue,
/// where its length shows and from where it can go back.
const UNSENT: u32 = 64 * 1024;

#[cfg(test)]
mod tests;
