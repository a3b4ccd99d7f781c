//! Drives the SCTP endpoint of a packet socket.

use super::packet_socket::{OpenPacketSocket, PacketSocket};
use super::sctp::{Output, SctpEndpoint};
use super::{Command, EndpointEvent, Events};
use crate::adapter::AssociationEvent;
use crate::shell::Clock;
use core::time::Duration;
use std::collections::VecDeque;
use std::io;
use tokio::sync::mpsc;
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
            mut endpoint,
            clock,
            tap,
            mut commands,
            events,
        } = self;
        let socket = socket.open()?;
        let mut buffer = vec![0; MAX_PACKET].into_boxed_slice();
        let mut pending = VecDeque::new();
        let mut report_at: Option<Time> = None;
        loop {
            flush(&mut endpoint, &socket, tap.as_ref(), &mut pending);
            if report_at.is_none_or(|at| at <= clock.now())
                && pending.len() < MAX_PENDING
                && let Some(dropped) = endpoint.take_dropped()
            {
                pending.push_back(EndpointEvent::Dropped(dropped));
                report_at = Some(clock.now() + REPORT_INTERVAL);
            }
            let report = report_at.filter(|_| endpoint.has_dropped());
            let timeout = endpoint.poll_timeout().into_iter().chain(report).min();
            tokio::select! {
                permit = events.reserve(), if !pending.is_empty() => {
                    let (Ok(permit), Some(event)) = (permit, pending.pop_front()) else {
                        return Ok(());
                    };
                    permit.send((index, event));
                }
                command = commands.recv() => {
                    let Some(command) = command else {
                        return Ok(());
                    };
                    take_command(&mut endpoint, clock.now(), command);
                }
                received = socket.receive(&mut buffer) => {
                    let mut received = received;
                    // A few at a time, so that a flood does not hold up timers and commands.
                    for _ in 0..BATCH {
                        match received {
                            Ok(packet) => {
                                let data = packet.packet(&buffer);
                                endpoint.receive(clock.now(), packet.source, data);
                            }
                            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                            // Errors of earlier packets (ICMP) are reported here too.
                            Err(error) => {
                                tracing::debug!(%error, "packet not received");
                                break;
                            }
                        }
                        received = socket.try_receive(&mut buffer);
                    }
                }
                () = clock.sleep_until(timeout) => {
                    endpoint.handle_timeout(clock.now());
                }
            }
        }
    }
}

fn take_command(endpoint: &mut SctpEndpoint, now: Time, command: Command) {
    match command {
        Command::Connect(id) => endpoint.connect(now, id),
        Command::Send {
            association,
            stream,
            data,
        } => endpoint.send(now, association, stream, data),
        Command::Shutdown(id) => endpoint.shutdown(now, id),
        Command::Abort(id) => endpoint.abort(now, id),
    }
}

/// Sends what is to be sent, and takes events and as many messages as there is room for.
fn flush(
    endpoint: &mut SctpEndpoint,
    socket: &OpenPacketSocket,
    tap: Option<&Tap>,
    pending: &mut VecDeque<EndpointEvent>,
) {
    loop {
        match endpoint.poll_output() {
            Some(Output::Transmit { remote, packet }) => socket.send(remote, &packet, tap),
            Some(Output::Event(id, event)) => {
                let can_be_missed = matches!(
                    event,
                    AssociationEvent::BadPacket(_) | AssociationEvent::SendFailed
                );
                if !can_be_missed || pending.len() < MAX_PENDING * 2 {
                    pending.push_back(EndpointEvent::Association(id, event));
                }
            }
            None => break,
        }
    }
    while pending.len() < MAX_PENDING
        && let Some((id, event)) = endpoint.poll_message()
    {
        pending.push_back(EndpointEvent::Association(id, event));
    }
}

/// The largest UDP payload or IP packet.
const MAX_PACKET: usize = 65_536;

/// Events that wait for the shell before no more messages are read.
const MAX_PENDING: usize = 64;

/// Packets that are taken at once.
const BATCH: usize = 32;

/// Dropped packets are reported so often at most.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
