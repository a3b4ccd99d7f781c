//! The loop of a worker.

use super::sockets::{Sockets, named};
use crate::{Channel, Counters, Input, Mgw, Output, SocketId};
use mio::{Events, Poll, Token, Waker};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};
use trunkline_model::Time;
use trunkline_model::media::{MediaCommand, MediaEvent};
use trunkline_model::tap::Tap;

/// What a worker is told.
#[derive(Debug)]
pub(super) enum Message {
    /// For the core.
    Command(MediaCommand),
    /// Close all and return.
    Stop,
}

/// The counters that a worker publishes after each round.
#[derive(Debug)]
pub(super) struct Shared {
    values: [AtomicU64; Counters::LENGTH],
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            values: [const { AtomicU64::new(0) }; Counters::LENGTH],
        }
    }
}

impl Shared {
    pub(super) fn add_to(&self, sum: &mut [u64; Counters::LENGTH]) {
        for (total, value) in sum.iter_mut().zip(&self.values) {
            *total += value.load(Ordering::Relaxed);
        }
    }

    fn publish(&self, counters: &Counters) {
        for (shared, &value) in self.values.iter().zip(counters.values()) {
            shared.store(value, Ordering::Relaxed);
        }
    }
}

/// One thread's worth of media gateway.
pub(super) struct Worker {
    core: Mgw,
    rtcp: bool,
    poll: Poll,
    sockets: Sockets,
    commands: Receiver<Message>,
    shared: Arc<Shared>,
    events: Arc<dyn Fn(MediaEvent) + Send + Sync>,
    tap: Option<Tap>,
    origin: Instant,
    buffer: Vec<u8>,
    /// Sockets with more to read than a round takes.
    unread: Vec<Token>,
}

impl Worker {
    pub(super) fn new(
        core: Mgw,
        rtcp: bool,
        commands: Receiver<Message>,
        shared: Arc<Shared>,
        events: Arc<dyn Fn(MediaEvent) + Send + Sync>,
        tap: Option<Tap>,
    ) -> io::Result<Self> {
        Ok(Self {
            core,
            rtcp,
            poll: Poll::new()?,
            sockets: Sockets::default(),
            commands,
            shared,
            events,
            tap,
            origin: clock(),
            buffer: vec![0; DATAGRAM_MAX],
            unread: Vec::new(),
        })
    }

    /// Wakes the worker when there is a message.
    pub(super) fn waker(&self) -> io::Result<Waker> {
        Waker::new(self.poll.registry(), WAKE)
    }

    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(EVENTS);
        loop {
            let timeout = self.timeout();
            if let Err(error) = self.poll.poll(&mut events, timeout)
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "media gateway: poll");
                return;
            }
            if !self.obey() {
                return;
            }
            // What is due goes out before what has come, or a flood of packets would hold it up.
            self.on_time();
            let unread = core::mem::take(&mut self.unread);
            for token in unread {
                self.read(token);
            }
            for event in &events {
                if event.token() != WAKE {
                    self.read(event.token());
                }
            }
            self.on_time();
            self.shared.publish(self.core.counters());
        }
    }

    fn now(&self) -> Time {
        let micros = clock().duration_since(self.origin).as_micros();
        Time::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    fn timeout(&self) -> Option<Duration> {
        if !self.unread.is_empty() {
            return Some(Duration::ZERO);
        }
        let (at, _) = self.core.poll_timeout()?;
        Some(at.since(self.now()))
    }

    fn on_time(&mut self) {
        let now = self.now();
        if self.core.poll_timeout().is_some_and(|(at, _)| at <= now) {
            self.core.handle_timeout(now);
            self.drain(now);
        }
    }

    /// Takes all messages; false to stop.
    fn obey(&mut self) -> bool {
        loop {
            match self.commands.try_recv() {
                Ok(Message::Command(command)) => {
                    let now = self.now();
                    self.core.handle(now, Input::Command(command));
                    self.drain(now);
                }
                Err(TryRecvError::Empty) => return true,
                Ok(Message::Stop) | Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    /// Reads a socket, but not so much that the others wait for long.
    fn read(&mut self, token: Token) {
        let (id, channel) = named(token);
        let mut buffer = core::mem::take(&mut self.buffer);
        let mut left = READS_A_ROUND;
        while let Some(socket) = self.sockets.get(id, channel) {
            if left == 0 {
                self.unread.push(token);
                break;
            }
            match socket.socket.recv_from(&mut buffer) {
                Ok((length, source)) => {
                    left -= 1;
                    self.packet(id, channel, source, &buffer[..length]);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // What ICMP said of an earlier datagram; the next read goes on.
                Err(error) => {
                    left -= 1;
                    tracing::trace!(%error, "media gateway: receive");
                }
            }
        }
        self.buffer = buffer;
    }

    fn packet(
        &mut self,
        socket: SocketId,
        channel: Channel,
        source: std::net::SocketAddr,
        data: &[u8],
    ) {
        let now = self.now();
        self.core.handle(
            now,
            Input::Packet {
                socket,
                channel,
                source,
                data,
            },
        );
        self.drain(now);
    }

    fn drain(&mut self, now: Time) {
        while let Some(output) = self.core.poll_output() {
            match output {
                Output::Transmit {
                    socket,
                    channel,
                    destination,
                    data,
                } => {
                    if let Some(socket) = self.sockets.get(socket, channel) {
                        if let Some(tap) = &self.tap {
                            tap(socket.local, destination, &data);
                        }
                        // A full buffer loses the packet, as the network would.
                        if let Err(error) = socket.socket.send_to(&data, destination) {
                            tracing::trace!(%error, %destination, "media gateway: send");
                        }
                    }
                    self.core.recycle(data);
                }
                Output::Bind { socket, address } => {
                    let registry = self.poll.registry();
                    let result = self.sockets.bind(registry, socket, address, self.rtcp);
                    if let Err(error) = &result {
                        tracing::warn!(%address, %error, "media gateway: cannot bind");
                    }
                    self.core.handle(
                        now,
                        Input::Bound {
                            socket,
                            bound: result.is_ok(),
                        },
                    );
                }
                Output::Unbind { socket } => self.sockets.unbind(socket),
                Output::Event(event) => {
                    if matches!(event, MediaEvent::Reply(_)) {
                        // The gauges that go with a reply must be there when it is.
                        self.shared.publish(self.core.counters());
                    }
                    (self.events)(event);
                }
            }
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("core", &self.core)
            .finish_non_exhaustive()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the shell is where the clock is read"
)]
fn clock() -> Instant {
    Instant::now()
}

const WAKE: Token = Token(usize::MAX);
const EVENTS: usize = 256;
const READS_A_ROUND: usize = 64;
const DATAGRAM_MAX: usize = 65_536;
