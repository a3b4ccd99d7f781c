//! An association of the kernel: what is read from its socket, and what is written to it.

use super::notification::{self, Notification, PathChange};
use super::options::{self, Reachable};
use super::sys::{self, Info, Kind, Received};
use crate::adapter::AssociationEvent;
use crate::event::DownReason;
use crate::transport::MAX_MESSAGE;
use crate::transport::connections::{Ended, Incoming, Message, Outgoing, Sent, Sink};
use core::cell::Cell;
use core::time::Duration;
use socket2::Socket;
use std::collections::VecDeque;
use std::io;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Carries messages both ways until the association ends.
pub(super) async fn serve(
    socket: AsyncFd<Socket>,
    outgoing: &mut Outgoing,
    incoming: &Incoming,
) -> Ended {
    let shut = Cell::new(false);
    let written = Written {
        streams: Cell::new(options::outbound_streams(socket.get_ref()).unwrap_or(1)),
        ..Written::default()
    };
    let mut sink = KernelSink {
        socket: &socket,
        written: &written,
    };
    let mut reader = Reader {
        socket: &socket,
        incoming,
        written: &written,
        message: Vec::new(),
        notification: Vec::new(),
        lost: None,
        returned: Vec::new(),
    };
    tell_paths(&socket, incoming).await;
    let mut reason = tokio::select! {
        reason = reader.read() => reason,
        reason = outgoing.write(&mut sink, incoming, &shut) => reason,
    };
    if shut.get() && reason == DownReason::Peer {
        reason = DownReason::Local;
    }
    Ended {
        reason,
        returned: reader.take_returned(),
    }
}

/// Tells of the paths of a multi-homed association as it begins.
async fn tell_paths(socket: &AsyncFd<Socket>, incoming: &Incoming) {
    let paths = options::paths(socket.get_ref()).unwrap_or_default();
    if paths.len() < 2 {
        return;
    }
    for path in paths {
        let event = AssociationEvent::Path {
            address: path.address,
            up: path.state == Reachable::Yes,
        };
        incoming.tell(event).await;
    }
}

/// What reader and writer must know of each other.
#[derive(Default)]
struct Written {
    /// Streams that can be written to.
    streams: Cell<u16>,
    /// The number of the next message.
    context: Cell<u32>,
    /// Why nothing more could be. The kernel says it once.
    error: Cell<Option<io::Error>>,
}

struct KernelSink<'a> {
    socket: &'a AsyncFd<Socket>,
    written: &'a Written,
}

impl Sink for KernelSink<'_> {
    fn send(&mut self, pending: &mut VecDeque<Message>) -> Sent {
        let streams = self.written.streams.get();
        let can_be_sent = |message: &Message| message.stream < streams && !message.data.is_empty();
        while let Some(message) = pending.front() {
            if !can_be_sent(message) {
                pending.pop_front();
                return Sent::Refused(io::ErrorKind::InvalidInput.into());
            }
            // The kernel puts several into one packet, if it knows that they come at once.
            let more = pending.iter().skip(1).any(can_be_sent);
            let Message { stream, data } = message;
            let context = self.written.context.get();
            let sent = self.socket.try_io(Interest::WRITABLE, |socket| {
                sys::send(socket, *stream, context, data, more)
            });
            match sent {
                Ok(()) => {
                    self.written.context.set(context.wrapping_add(1));
                    pending.pop_front();
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Sent::Full,
                Err(error) => match error.raw_os_error() {
                    // Longer than the buffer, for one.
                    Some(libc::EINVAL | libc::EMSGSIZE) => {
                        pending.pop_front();
                        return Sent::Refused(error);
                    }
                    Some(libc::ENOMEM | libc::ENOBUFS) => return Sent::Later,
                    // Lost, or being shut down by the peer: the notifications say which.
                    _ => {
                        self.written.error.set(Some(error));
                        return Sent::Over;
                    }
                },
            }
        }
        Sent::All
    }

    async fn writable(&self) {
        // What is wrong with it shows to the reader.
        let _ = self.socket.writable().await;
    }

    fn fill(&self) -> Option<usize> {
        options::send_buffer_fill(self.socket.get_ref())
    }

    async fn shutdown(&mut self) -> io::Result<()> {
        self.socket.get_ref().shutdown(std::net::Shutdown::Write)
    }
}

struct Reader<'a> {
    socket: &'a AsyncFd<Socket>,
    incoming: &'a Incoming,
    written: &'a Written,
    /// The beginning of a message that came in parts (RFC 6458 3.1.4).
    message: Vec<u8>,
    /// The same of a notification, which may come between two parts of a message.
    notification: Vec<u8>,
    /// Why the association ended, once that is known.
    lost: Option<DownReason>,
    /// Messages that the peer never acknowledged, each with its number.
    returned: Vec<(u32, Vec<u8>)>,
}

impl Reader<'_> {
    async fn read(&mut self) -> DownReason {
        let mut buffer = vec![0; READ_SIZE].into_boxed_slice();
        loop {
            let mut ready = match self.socket.readable().await {
                Ok(ready) => ready,
                Err(error) => return DownReason::Failed(error.to_string()),
            };
            // The kernel tells why an association is over and which messages come back in one
            // go: when there is no more to read then, all is read.
            let mut over = false;
            let reason = loop {
                match ready.try_io(|s| sys::receive(s.get_ref(), &mut buffer)) {
                    Err(_would_block) => break None,
                    Ok(Err(error)) => break Some(DownReason::Failed(error.to_string())),
                    Ok(Ok(received)) if received.kind == Kind::End => {
                        if over || self.lost.is_some() {
                            break Some(DownReason::Peer);
                        }
                        // The peer's SHUTDOWN came. It is over when it has all that was sent,
                        // and what is told of that comes yet; but nobody wakes us for it.
                        over = options::outbound_streams(self.socket.get_ref()).is_err();
                        if !over {
                            tokio::time::sleep(SHUTDOWN_INTERVAL).await;
                        }
                    }
                    Ok(Ok(received)) => {
                        let octets = &buffer[..received.length];
                        if let Some(reason) = self.take(received, octets).await {
                            break Some(reason);
                        }
                    }
                }
            };
            if let Some(reason) = self.lost.take().or(reason) {
                return reason;
            }
        }
    }

    /// Takes what was received; gives a reason if that ends the association.
    async fn take(&mut self, received: Received, octets: &[u8]) -> Option<DownReason> {
        let partial = match received.kind {
            Kind::Notification => &mut self.notification,
            Kind::Data(_) | Kind::End => &mut self.message,
        };
        if partial.len() + octets.len() > MAX_MESSAGE {
            let reason = format!("message longer than {MAX_MESSAGE} octets");
            return Some(DownReason::Failed(reason));
        }
        partial.extend_from_slice(octets);
        if !received.end {
            return None;
        }
        let data = core::mem::take(partial);
        match received.kind {
            Kind::Data(info) => self.message(info, data).await,
            _ => self.notified(notification::read(&data)).await,
        }
        None
    }

    async fn message(&self, info: Option<Info>, data: Vec<u8>) {
        let event = AssociationEvent::Message {
            stream: info.map(|info| info.stream),
            ppid: info.map(|info| info.ppid),
            data,
        };
        self.incoming.tell(event).await;
    }

    async fn notified(&mut self, notification: Notification) {
        match notification {
            Notification::Lost(cause) => {
                let error = self.socket.get_ref().take_error().ok().flatten();
                let reason = match (cause, error.or(self.written.error.take())) {
                    (Some(cause), _) => format!("aborted by the peer: {cause}"),
                    (None, Some(error)) => format!("communication lost: {error}"),
                    (None, None) => "communication lost".to_owned(),
                };
                self.lost = Some(DownReason::Failed(reason));
            }
            Notification::ShutdownComplete => self.lost = Some(DownReason::Peer),
            Notification::Restart { outbound_streams } => {
                // The kernel has thrown away what was on its way.
                let returned = self.take_returned();
                if !returned.is_empty() {
                    let event = AssociationEvent::Returned(returned);
                    self.incoming.tell(event).await;
                }
                let outbound_streams = outbound_streams.max(1);
                self.written.streams.set(outbound_streams);
                let event = AssociationEvent::Restarted { outbound_streams };
                self.incoming.tell(event).await;
            }
            Notification::Path { address, change } => {
                if change != PathChange::None {
                    let up = change == PathChange::Up;
                    let event = AssociationEvent::Path { address, up };
                    self.incoming.tell(event).await;
                }
            }
            Notification::SendFailed { context, data } => match self.returned.last_mut() {
                Some((last, part)) if *last == context => part.extend_from_slice(&data),
                _ => self.returned.push((context, data)),
            },
            Notification::RemoteError(text) => {
                let event = AssociationEvent::BadPacket(format!("the peer reports: {text}"));
                self.incoming.tell(event).await;
            }
            Notification::PartialDeliveryAborted => self.message.clear(),
            Notification::Other => {}
        }
    }

    /// What came back, in the order of sending: the kernel gives it path by path, and what it
    /// had sent twice after the rest.
    fn take_returned(&mut self) -> Vec<Vec<u8>> {
        let mut returned = core::mem::take(&mut self.returned);
        // All numbers lie before the next one, however often they began anew.
        let next = self.written.context.get();
        returned.sort_by_key(|(context, _)| context.wrapping_sub(next));
        returned.into_iter().map(|(_, data)| data).collect()
    }
}

/// How often an association that the peer shuts down is looked at.
const SHUTDOWN_INTERVAL: Duration = Duration::from_millis(20);

/// More than a fragment of a message, and its notification, can have.
const READ_SIZE: usize = 66_000;
