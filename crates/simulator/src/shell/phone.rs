//! The telephone with its sockets.

use super::ports::Ports;
use super::{BATCH, COMMANDS, Clock, EVENTS, GRACE, SimulatorError, Stopped, report};
use crate::phone::{Busy, Event, Input, OutgoingCall, Output, Phone, PhoneCall, PhoneConfig};
use std::net::{IpAddr, SocketAddr};
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot};
use trunkline_model::Time;
use trunkline_model::tap::Tap;

/// What a telephone is made of.
#[derive(Clone, Debug)]
pub struct PhoneShellConfig {
    /// The telephone.
    pub phone: PhoneConfig,
    /// Its SIP address; port 0 for any free one.
    pub sip: SocketAddr,
    /// The address of its ports for sound.
    pub rtp: IpAddr,
    /// The first of them, those that follow being two apart; 0 for any free ones.
    pub rtp_port: u16,
    /// How many, that is, how many calls it can have at a time.
    pub lines: u16,
}

impl PhoneShellConfig {
    /// A telephone with free ports and 32 lines.
    pub const fn new(phone: PhoneConfig, sip: SocketAddr) -> Self {
        Self {
            phone,
            sip,
            rtp: sip.ip(),
            rtp_port: 0,
            lines: 32,
        }
    }
}

/// Talks to a running telephone. When the last clone is dropped, the telephone shuts down.
#[derive(Clone, Debug)]
pub struct PhoneHandle {
    commands: mpsc::Sender<Command>,
    local: SocketAddr,
}

/// Starts a telephone on the current tokio runtime. The receiver ends when it has stopped. The
/// tap sees the datagrams of SIP and of sound as they are sent.
///
/// # Errors
/// [`SimulatorError`] if a socket cannot be had.
pub fn spawn_phone(
    config: PhoneShellConfig,
    tap: Option<Tap>,
) -> Result<(PhoneHandle, mpsc::Receiver<Event>), SimulatorError> {
    for address in [config.sip, SocketAddr::new(config.rtp, config.rtp_port)] {
        if address.ip().is_unspecified() {
            return Err(SimulatorError::Unspecified(address));
        }
    }
    let bind = |what, address: SocketAddr| {
        let refuse = |source| SimulatorError::Bind {
            what,
            address,
            source,
        };
        let socket = std::net::UdpSocket::bind(address).map_err(refuse)?;
        socket.set_nonblocking(true).map_err(refuse)?;
        let local = socket.local_addr().map_err(refuse)?;
        Ok::<_, SimulatorError>((socket, local))
    };
    let (socket, local) = bind("the SIP port", config.sip)?;
    let refuse = |source| SimulatorError::Bind {
        what: "the SIP port",
        address: local,
        source,
    };
    let socket = UdpSocket::from_std(socket).map_err(refuse)?;
    let (mut ports, datagrams) = Ports::new(tap.clone());
    let mut rtp = Vec::new();
    for line in 0..config.lines {
        let port = match config.rtp_port {
            0 => 0,
            first => first.saturating_add(line.saturating_mul(2)),
        };
        let (socket, local) = bind("a port for sound", SocketAddr::new(config.rtp, port))?;
        ports
            .open(local, socket)
            .map_err(|source| SimulatorError::Bind {
                what: "a port for sound",
                address: local,
                source,
            })?;
        rtp.push(local);
    }
    let core = Phone::new(config.phone, local, rtp);
    let (commands, requests) = mpsc::channel(COMMANDS);
    let (events, reports) = mpsc::channel(EVENTS);
    let shell = Shell {
        clock: Clock::start(),
        core,
        socket,
        local,
        ports,
        tap,
        events,
    };
    tokio::spawn(shell.run(datagrams, requests));
    Ok((PhoneHandle { commands, local }, reports))
}

impl PhoneHandle {
    /// Its SIP address.
    pub const fn local_address(&self) -> SocketAddr {
        self.local
    }

    /// Places a call.
    ///
    /// # Errors
    /// [`Stopped`], or [`Busy`] inside.
    pub async fn call(&self, call: OutgoingCall) -> Result<Result<PhoneCall, Busy>, Stopped> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Call(Box::new(call), reply);
        self.commands.send(command).await.map_err(|_| Stopped)?;
        answer.await.map_err(|_| Stopped)
    }

    /// Hangs up.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn hang_up(&self, call: PhoneCall) -> Result<(), Stopped> {
        self.commands
            .send(Command::HangUp(call))
            .await
            .map_err(|_| Stopped)
    }

    /// Calls that are not over.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn active_calls(&self) -> Result<usize, Stopped> {
        let (reply, answer) = oneshot::channel();
        self.commands
            .send(Command::ActiveCalls(reply))
            .await
            .map_err(|_| Stopped)?;
        answer.await.map_err(|_| Stopped)
    }

    /// Ends in order: hangs up all calls and waits for the answers. Returns at once.
    pub fn shutdown(&self) {
        // A full queue of commands means a command will wake the task; dropping all handles
        // ends it as well.
        let _ = self.commands.try_send(Command::Shutdown);
    }

    /// Waits until it has stopped.
    pub async fn stopped(&self) {
        self.commands.closed().await;
    }
}

#[derive(Debug)]
enum Command {
    Call(Box<OutgoingCall>, oneshot::Sender<Result<PhoneCall, Busy>>),
    HangUp(PhoneCall),
    ActiveCalls(oneshot::Sender<usize>),
    Shutdown,
}

struct Shell {
    clock: Clock,
    core: Phone,
    socket: UdpSocket,
    local: SocketAddr,
    ports: Ports<SocketAddr>,
    tap: Option<Tap>,
    events: mpsc::Sender<Event>,
}

impl Shell {
    async fn run(
        mut self,
        mut datagrams: mpsc::Receiver<(SocketAddr, Vec<u8>)>,
        mut requests: mpsc::Receiver<Command>,
    ) {
        let mut buffer = vec![0; MAX_DATAGRAM];
        // Set once the end has been asked for: when to stop waiting for an orderly one.
        let mut ending: Option<Time> = None;
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            self.drain();
            if let Some(deadline) = ending
                && (self.core.sessions() == 0 || self.clock.now() >= deadline)
            {
                break;
            }
            let due = self.core.poll_timeout().map(|(at, _)| at);
            let wake = match (due, ending) {
                (Some(due), Some(deadline)) => Some(due.min(deadline)),
                (due, deadline) => due.or(deadline),
            };
            tokio::select! {
                received = self.socket.recv_from(&mut buffer) => match received {
                    Ok((length, source)) => {
                        let data = &buffer[..length];
                        self.core.handle(self.clock.now(), Input::Sip { source, data });
                    }
                    // An ICMP error of an earlier datagram.
                    Err(error) => tracing::debug!(%error, "SIP socket"),
                },
                _ = datagrams.recv_many(&mut batch, BATCH) => {
                    let now = self.clock.now();
                    for (local, data) in batch.drain(..) {
                        self.core.handle(now, Input::Rtp { local, data: &data });
                    }
                }
                request = requests.recv(), if ending.is_none() => match request {
                    None | Some(Command::Shutdown) => {
                        ending = Some(self.clock.now() + GRACE);
                        self.core.hang_up_all(self.clock.now());
                    }
                    // Whoever asked may have gone; then the answer is for nobody.
                    Some(Command::Call(call, reply)) => {
                        let _ = reply.send(self.core.call(self.clock.now(), *call));
                    }
                    Some(Command::HangUp(call)) => self.core.hang_up(self.clock.now(), call),
                    Some(Command::ActiveCalls(reply)) => {
                        let _ = reply.send(self.core.active_calls());
                    }
                },
                () = self.clock.sleep_until(wake) => self.core.handle_timeout(self.clock.now()),
            }
        }
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.core.poll_output() {
            match output {
                Output::Sip { destination, data } => self.send(destination, &data),
                Output::Rtp {
                    local,
                    destination,
                    data,
                } => {
                    self.ports.send(local, destination, &data);
                }
                Output::Event(event) => report(&self.events, event),
            }
        }
    }

    fn send(&mut self, destination: SocketAddr, data: &[u8]) {
        if let Some(tap) = &self.tap {
            tap(self.local, destination, data);
        }
        match self.socket.try_send_to(data, destination) {
            Ok(_) => {}
            // The retransmissions of SIP make up for a full socket.
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => {
                tracing::debug!(%destination, %error, "SIP datagram not sent");
                self.core
                    .handle(self.clock.now(), Input::Unreachable { destination });
            }
        }
    }
}

/// The longest UDP payload.
const MAX_DATAGRAM: usize = 65_535;
