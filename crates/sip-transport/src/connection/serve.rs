//! Carries messages over an open connection, both ways.

use super::framing::{Broken, Frame, Framing};
use super::open::{Octets, Open};
use super::timers::{Due, Timers};
use super::{Control, Inbox};
use crate::counters::Count;
use crate::event::{PeerCertificate, SocketEvent, Why};
use crate::sockets::Shared;
use crate::tls;
use crate::web_socket::frame::FrameError;
use core::time::Duration;
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, sleep_until, timeout};
use trunkline_sip::{ConnectionId, Flow};

/// An open connection.
pub(super) struct Serving<'a> {
    shared: &'a Shared,
    id: ConnectionId,
    flow: Flow,
    framing: Framing,
    peer: Option<Arc<PeerCertificate>>,
    timers: Timers,
    out: Out,
    /// The flow of the message that is being written.
    current: Option<Flow>,
    /// Pongs and pings: they go out between messages.
    replies: Vec<u8>,
    /// Nothing is read any longer, for this.
    refused: Option<Why>,
    wrong_frame: Option<FrameError>,
}

/// Serves it until it is closed. Gives why, and the flow of a message that was not written to its
/// end.
pub(super) async fn serve(
    shared: &Shared,
    (id, flow): (ConnectionId, Flow),
    open: Open,
    accepted: bool,
    inbox: &mut Inbox,
) -> (Why, Option<Flow>) {
    let now = Instant::now();
    let mut timers = Timers::new(shared.timeouts, now, accepted);
    if let Some(interval) = shared.keep_alive.filter(|_| !accepted) {
        timers.ping_every(interval, now, random());
    }
    let mut serving = Serving {
        shared,
        id,
        flow,
        framing: open.framing,
        peer: open.peer,
        timers,
        out: Out::default(),
        current: None,
        replies: Vec::new(),
        refused: None,
        wrong_frame: None,
    };
    let (mut reader, mut writer) = tokio::io::split(open.stream);
    let why = match serving.take(&open.rest).await {
        Ok(()) => serving.carry(&mut reader, &mut writer, inbox).await,
        Err(why) => why,
    };
    if serving.out.is_done() {
        let farewell = serving.framing.farewell(&why, serving.wrong_frame);
        let close = async {
            writer.write_all(&farewell.unwrap_or_default()).await?;
            writer.shutdown().await
        };
        // It is closed in any case.
        let _ = timeout(FAREWELL, close).await;
    }
    (why, serving.current)
}

impl Serving<'_> {
    async fn carry(
        &mut self,
        reader: &mut ReadHalf<Box<dyn Octets>>,
        writer: &mut WriteHalf<Box<dyn Octets>>,
        inbox: &mut Inbox,
    ) -> Why {
        let Inbox {
            queue,
            octets,
            control,
        } = inbox;
        let mut buffer = [0; READ];
        loop {
            self.next_reply();
            let done = self.out.is_done();
            let (deadline, due) = self.timers.next();
            let end = tokio::select! {
                read = reader.read(&mut buffer) => self.read(read, &buffer).await,
                next = super::next(queue, octets), if done => match next {
                    Some(outgoing) => {
                        self.shared.tap(&self.flow, &outgoing.data);
                        self.current = Some(outgoing.flow);
                        self.begin(self.framing.message(outgoing.data));
                        Ok(())
                    }
                    None => {
                        let told = control.borrow().end.clone();
                        Err(told.or(self.refused.take()).unwrap_or(Why::Local))
                    }
                },
                written = self.out.write(writer), if !done => match written {
                    Ok(()) => {
                        self.written();
                        Ok(())
                    }
                    Err(error) => Err(Why::Failed(error.to_string())),
                },
                control = super::control(control) => self.control(control),
                () = sleep_until(deadline) => {
                    // It may be there in time, and we are late.
                    let late = tokio::select! {
                        biased;
                        read = reader.read(&mut buffer) => Some(read),
                        () = core::future::ready(()) => None,
                    };
                    match late {
                        Some(read) => {
                            let taken = self.read(read, &buffer).await;
                            taken.and_then(|()| self.still_due())
                        }
                        None => self.due(due),
                    }
                }
            };
            if let Err(why) = end {
                return why;
            }
        }
    }

    async fn read(&mut self, read: io::Result<usize>, buffer: &[u8]) -> Result<(), Why> {
        match read {
            Ok(0) => Err(self.closed_by_peer()),
            Ok(length) => self.take(&buffer[..length]).await,
            // TLS without close_notify.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(self.closed_by_peer())
            }
            Err(error) => Err(Why::Failed(error.to_string())),
        }
    }

    fn begin(&mut self, octets: Vec<u8>) {
        self.out.begin(octets);
        self.timers.write_begins(Instant::now());
    }

    fn next_reply(&mut self) {
        if self.out.is_done() && !self.replies.is_empty() {
            let replies = core::mem::take(&mut self.replies);
            self.begin(replies);
        }
    }

    fn written(&mut self) {
        if self.out.is_done() {
            self.timers.written(Instant::now());
            if self.current.take().is_some() {
                self.shared.counters.add(self.flow.transport, Count::Sent);
            }
        }
    }

    /// Takes what came.
    async fn take(&mut self, octets: &[u8]) -> Result<(), Why> {
        if self.refused.is_some() {
            return Ok(());
        }
        self.framing.push(octets);
        let counters = &self.shared.counters;
        let transport = self.flow.transport;
        loop {
            match self.framing.poll() {
                Ok(None) => break,
                Ok(Some(Frame::Message(data))) => {
                    counters.add(transport, Count::Received);
                    self.shared.table().received(self.id);
                    self.timers.whole_message();
                    self.tell(SocketEvent::Received {
                        flow: self.flow,
                        data,
                        peer: self.peer.clone(),
                    })
                    .await?;
                }
                Ok(Some(Frame::Ping { perhaps_pong, .. }))
                    if perhaps_pong && self.timers.awaits_pong() =>
                {
                    self.timers.pong();
                }
                Ok(Some(Frame::Ping { answer, .. })) => {
                    // A peer that takes no pongs gets no more.
                    if self.replies.len() < REPLIES {
                        counters.add(transport, Count::PingsReceived);
                        self.replies.extend(answer);
                    }
                }
                Ok(Some(Frame::Pong)) => self.timers.pong(),
                Ok(Some(Frame::Close)) => return Err(Why::Peer),
                Err(Broken::Stream(error, data)) => {
                    let why = Why::Stream(error.to_string());
                    if error.status().is_none() {
                        return Err(why);
                    }
                    // Closing with unread octets would reset the connection, and the answer
                    // would be lost: what comes is read and dropped for a while.
                    self.refused = Some(why);
                    self.timers.refused(Instant::now());
                    let flow = self.flow;
                    return self.tell(SocketEvent::Refused { flow, data, error }).await;
                }
                Err(Broken::WebSocket(error)) => {
                    self.wrong_frame = Some(error);
                    return Err(Why::WebSocket(error.to_string()));
                }
            }
        }
        if !octets.is_empty() {
            let mid = self.framing.is_mid_message();
            self.timers.came(Instant::now(), mid);
        }
        Ok(())
    }

    /// Hands an event on; waits while nobody takes it.
    async fn tell(&mut self, event: SocketEvent) -> Result<(), Why> {
        match self.shared.events.try_send(event) {
            Ok(()) => Ok(()),
            Err(TrySendError::Closed(_)) => Err(Why::Local),
            Err(TrySendError::Full(event)) => {
                let since = Instant::now();
                let told = self.shared.events.send(event).await;
                self.timers.forgive(since.elapsed());
                told.map_err(|_| Why::Local)
            }
        }
    }

    fn control(&mut self, control: Control) -> Result<(), Why> {
        if let Some(why) = control.end {
            return Err(why);
        }
        if control.keep {
            self.timers.keep();
        }
        if let Some(interval) = control.ping {
            self.timers.ping_every(interval, Instant::now(), random());
        }
        Ok(())
    }

    fn still_due(&mut self) -> Result<(), Why> {
        match self.timers.next() {
            (deadline, due) if deadline <= Instant::now() => self.due(due),
            _ => Ok(()),
        }
    }

    fn due(&mut self, due: Due) -> Result<(), Why> {
        match due {
            Due::Close(why) => Err(why),
            Due::Refuse => Err(self.refused.take().unwrap_or(Why::Local)),
            Due::Ping => {
                let transport = self.flow.transport;
                self.shared.counters.add(transport, Count::PingsSent);
                self.replies.extend(self.framing.ping());
                self.timers.pinged(Instant::now(), random());
                Ok(())
            }
        }
    }

    fn closed_by_peer(&mut self) -> Why {
        match self.refused.take() {
            Some(why) => why,
            None if self.framing.is_mid_message() => Why::PeerWithinMessage,
            None => Why::Peer,
        }
    }
}

/// What is being written.
#[derive(Debug, Default)]
struct Out {
    octets: Vec<u8>,
    at: usize,
    unflushed: bool,
}

impl Out {
    fn begin(&mut self, octets: Vec<u8>) {
        self.octets = octets;
        self.at = 0;
        self.unflushed = true;
    }

    const fn is_done(&self) -> bool {
        !self.unflushed
    }

    /// Goes one step on. May be given up at any time without losing octets.
    async fn write(&mut self, writer: &mut WriteHalf<Box<dyn Octets>>) -> io::Result<()> {
        if self.at < self.octets.len() {
            match writer.write(&self.octets[self.at..]).await? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                length => self.at += length,
            }
        } else {
            writer.flush().await?;
            self.unflushed = false;
            self.octets = Vec::new();
        }
        Ok(())
    }
}

fn random() -> u8 {
    let [octet] = tls::random();
    octet
}

/// Octets read at a time.
const READ: usize = 4_096;

/// Octets of pongs that may wait.
const REPLIES: usize = 1_024;

/// For closing in order.
const FAREWELL: Duration = Duration::from_secs(1);
