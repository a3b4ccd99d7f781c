//! Drives the SCTP endpoint of a packet socket.

use super::packet_socket::{OpenPacketSocket, PacketSocket, Received};
use super::sctp::{Output, SctpEndpoint};
use super::{Command, EndpointEvent, Events};
use crate::adapter::AssociationEvent;
use crate::shell::Clock;
use core::pin::pin;
use core::time::Duration;
use std::collections::VecDeque;
use std::io;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use trunkline_model::Time;
use trunkline_model::tap::Tap;

/// A packet socket, its associations, and what joins them to the shell.
pub(crate) struct UserSctpEndpoint {
    pub(crate) index: usize,
    pub(crate) socket: PacketSocket,
    pub(crate) endpoint: SctpEndpoint,
    pub(crate) clock: Clock,
    pub(crate) tap: Option<Tap>,
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) events: Events,
}

impl UserSctpEndpoint {
    /// Runs until the shell drops the sender of the commands.
    pub(crate) async fn run(self) {
        let index = self.index;
        if let Err(error) = self.serve().await {
            tracing::error!(index, %error, "packet socket failed");
        }
    }

    async fn serve(self) -> io::Result<()> {
        let Self {
            index,
            socket,
            endpoint,
            clock,
            tap,
            mut commands,
            events,
        } = self;
        let socket = socket.open()?;
        let room = events.clone();
        let mut running = Running {
            index,
            endpoint,
            events,
            pending: VecDeque::new(),
            report_at: None,
        };
        let mut buffer = vec![0; MAX_PACKET].into_boxed_slice();
        let mut batch = Vec::with_capacity(BATCH);
        // Set again only when the time changes, which is not for every packet.
        let mut alarm = pin!(sleep(Duration::ZERO));
        let mut alarm_at = None;
        loop {
            let now = clock.now();
            running.flush(&socket, tap.as_ref(), now);
            let timeout = running.timeout();
            if let Some(at) = timeout.filter(|_| timeout != alarm_at) {
                alarm.as_mut().reset(Instant::now() + at.since(now));
            }
            alarm_at = timeout;
            tokio::select! {
                permit = room.reserve(), if running.is_waiting() => {
                    // Only that there is room is waited for.
                    if permit.is_err() {
                        return Ok(());
                    }
                }
                taken = commands.recv_many(&mut batch, BATCH) => {
                    if taken == 0 {
                        return Ok(());
                    }
                    let now = clock.now();
                    for command in batch.drain(..) {
                        running.take_command(now, command);
                    }
                }
                received = socket.receive(&mut buffer) => {
                    running.receive(received, &socket, &mut buffer, clock.now());
                }
                () = &mut alarm, if alarm_at.is_some() => {
                    alarm_at = None;
                    running.endpoint.handle_timeout(clock.now());
                }
            }
        }
    }
}

struct Running {
    index: usize,
    endpoint: SctpEndpoint,
    events: Events,
    /// Events that the shell has no room for now.
    pending: VecDeque<EndpointEvent>,
    /// When dropped packets may be reported again.
    report_at: Option<Time>,
}

impl Running {
    /// Sends what is to be sent, and gives the shell what it has room for.
    fn flush(&mut self, socket: &OpenPacketSocket, tap: Option<&Tap>, now: Time) {
        loop {
            while let Some(output) = self.endpoint.poll_output() {
                match output {
                    Output::Transmit { remote, packet } => socket.send(remote, &packet, tap),
                    Output::Event(id, event) => {
                        let can_be_missed = matches!(
                            event,
                            AssociationEvent::BadPacket(_) | AssociationEvent::SendFailed
                        );
                        if !can_be_missed || self.pending.len() < MAX_PENDING {
                            let event = EndpointEvent::Association(id, event);
                            self.pending.push_back(event);
                        }
                    }
                }
            }
            if self.report_at.is_none_or(|at| at <= now)
                && let Some(dropped) = self.endpoint.take_dropped()
            {
                self.pending.push_back(EndpointEvent::Dropped(dropped));
                self.report_at = Some(now + REPORT_INTERVAL);
            }
            if !self.hand_over() {
                return;
            }
        }
    }

    /// Gives the shell events, and messages once there are no more; true if reading them made
    /// something to be sent.
    fn hand_over(&mut self) -> bool {
        while let Ok(permit) = self.events.try_reserve() {
            let event = self.pending.pop_front().or_else(|| {
                let (id, event) = self.endpoint.poll_message()?;
                Some(EndpointEvent::Association(id, event))
            });
            match event {
                Some(event) => permit.send((self.index, event)),
                None => break,
            }
        }
        self.endpoint.has_output()
    }

    /// Whether something waits for room at the shell.
    fn is_waiting(&self) -> bool {
        !self.pending.is_empty() || self.endpoint.has_message()
    }

    fn timeout(&self) -> Option<Time> {
        let report = self.report_at.filter(|_| self.endpoint.has_dropped());
        self.endpoint.poll_timeout().into_iter().chain(report).min()
    }

    fn take_command(&mut self, now: Time, command: Command) {
        match command {
            Command::Connect(id) => self.endpoint.connect(now, id),
            Command::Send {
                association,
                stream,
                data,
            } => self.endpoint.send(now, association, stream, data),
            Command::Shutdown(id) => self.endpoint.shutdown(now, id),
            Command::Abort(id) => self.endpoint.abort(now, id),
        }
    }

    /// Takes a packet and those behind it: a few at a time, so that a flood does not hold up
    /// timers and commands.
    fn receive(
        &mut self,
        mut received: io::Result<Received>,
        socket: &OpenPacketSocket,
        buffer: &mut [u8],
        now: Time,
    ) {
        for _ in 0..BATCH {
            match received {
                Ok(packet) => self
                    .endpoint
                    .receive(now, packet.source, packet.packet(buffer)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // Errors of earlier packets (ICMP) may be reported here.
                Err(error) => {
                    tracing::debug!(%error, "packet not received");
                    return;
                }
            }
            received = socket.try_receive(buffer);
        }
    }
}

/// The largest UDP payload or IP packet.
const MAX_PACKET: usize = 65_536;

/// Events that wait for the shell before those that can be missed are.
const MAX_PENDING: usize = 128;

/// Packets or commands that are taken at once. Messages that are sent by commands of one batch
/// share packets.
const BATCH: usize = 64;

/// Dropped packets are reported so often at most.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
