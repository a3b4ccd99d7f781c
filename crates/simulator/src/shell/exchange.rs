//! The exchange with its signaling gateway and the sockets of its circuits.

use super::ports::Ports;
use super::{BATCH, COMMANDS, Clock, EVENTS, GRACE, SimulatorError, Stopped, report};
use crate::exchange::{
    Event, Exchange, ExchangeCall, ExchangeConfig, Input, NoCircuit, OutgoingCall, Output,
};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use tokio::sync::{mpsc, oneshot};
use trunkline_isup::circuit::{Census, CircuitGroup};
use trunkline_model::tap::Tap;
use trunkline_model::{CircuitId, Time, TrunkGroupId};
use trunkline_signaling::{Config, LocalAddress, SignalingEvent, SignalingHandle};

/// What a simulated exchange is made of.
#[derive(Clone, Debug)]
pub struct ExchangeShellConfig {
    /// The exchange.
    pub exchange: ExchangeConfig,
    /// The signaling in front of it: usually that of a gateway.
    pub signaling: Config,
    /// Where the bearers of the circuits end, once for each trunk group; circuits of a group
    /// without an entry have no sound.
    pub bearers: Vec<BearerConfig>,
}

/// The bearers of one trunk group: port = base + 2 * cic at either end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BearerConfig {
    /// The trunk group.
    pub group: TrunkGroupId,
    /// Our address.
    pub local: IpAddr,
    /// Our port of circuit 0.
    pub local_port_base: u16,
    /// The media gateway's address.
    pub remote: IpAddr,
    /// Its port of circuit 0.
    pub remote_port_base: u16,
}

/// What a simulated exchange reports.
#[derive(Clone, Debug, PartialEq)]
pub enum ExchangeReport {
    /// Something happened to a call or a circuit.
    Exchange(Event),
    /// Something happened to the signaling.
    Signaling(SignalingEvent),
}

/// Talks to a running exchange. When the last clone is dropped, the exchange shuts down.
#[derive(Clone, Debug)]
pub struct ExchangeHandle {
    commands: mpsc::Sender<Command>,
    signaling: Vec<LocalAddress>,
}

/// Starts an exchange on the current tokio runtime. The receiver ends when it has stopped.
///
/// The tap sees the datagrams of UDP-encapsulated SCTP and of sound as they are sent.
///
/// # Errors
/// [`SimulatorError`] if the configuration contradicts itself or a socket cannot be had.
pub fn spawn_exchange(
    config: ExchangeShellConfig,
    tap: Option<Tap>,
) -> Result<(ExchangeHandle, mpsc::Receiver<ExchangeReport>), SimulatorError> {
    let clock = Clock::start();
    let addresses = addresses(&config.exchange.groups, &config.bearers)?;
    let core = Exchange::new(clock.now(), config.exchange)?;
    let (signaling, signals) = trunkline_signaling::spawn(config.signaling, tap.clone())?;
    let (ports, datagrams) = Ports::new(tap);
    let (commands, requests) = mpsc::channel(COMMANDS);
    let (events, reports) = mpsc::channel(EVENTS);
    let handle = ExchangeHandle {
        commands,
        signaling: signaling.local_addresses().to_vec(),
    };
    let shell = Shell {
        clock,
        core,
        signaling,
        addresses,
        ports,
        events,
    };
    tokio::spawn(shell.run(signals, datagrams, requests));
    Ok((handle, reports))
}

impl ExchangeHandle {
    /// Where the signaling gateway listens, in the order of its configuration.
    pub fn local_addresses(&self) -> &[LocalAddress] {
        &self.signaling
    }

    /// A subscriber calls out.
    ///
    /// # Errors
    /// [`Stopped`], or [`NoCircuit`] inside.
    pub async fn call(
        &self,
        request: OutgoingCall,
    ) -> Result<Result<ExchangeCall, NoCircuit>, Stopped> {
        self.ask(|reply| Command::Call(Box::new(request), reply))
            .await
    }

    /// The subscriber of the exchange hangs up.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn hang_up(&self, call: ExchangeCall) -> Result<(), Stopped> {
        self.commands
            .send(Command::HangUp(call))
            .await
            .map_err(|_| Stopped)
    }

    /// Blocks or unblocks a circuit.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn block(&self, circuit: CircuitId, blocked: bool) -> Result<(), Stopped> {
        self.commands
            .send(Command::Block(circuit, blocked))
            .await
            .map_err(|_| Stopped)
    }

    /// Resets a circuit.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn reset(&self, circuit: CircuitId) -> Result<(), Stopped> {
        self.commands
            .send(Command::Reset(circuit))
            .await
            .map_err(|_| Stopped)
    }

    /// The circuits of a trunk group by state.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn census(&self, group: TrunkGroupId) -> Result<Census, Stopped> {
        self.ask(|reply| Command::Census(group, reply)).await
    }

    /// Calls that are not over, and whether all is idle: no call, every circuit idle.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn activity(&self) -> Result<Activity, Stopped> {
        self.ask(Command::Activity).await
    }

    /// Ends in order: all calls are released, their circuits freed, then the signaling gateway
    /// shuts its associations down. Returns at once.
    pub fn shutdown(&self) {
        // A full queue of commands means a command will wake the task; dropping all handles
        // ends it as well.
        let _ = self.commands.try_send(Command::Shutdown);
    }

    /// Waits until it has stopped.
    pub async fn stopped(&self) {
        self.commands.closed().await;
    }

    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T, Stopped> {
        let (reply, answer) = oneshot::channel();
        self.commands
            .send(command(reply))
            .await
            .map_err(|_| Stopped)?;
        answer.await.map_err(|_| Stopped)
    }
}

/// What an exchange is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Calls that are not over.
    pub calls: usize,
    /// Whether there is no call and every circuit is idle.
    pub idle: bool,
    /// Whether a configured caller has not made all his calls yet.
    pub callers_left: bool,
}

#[derive(Debug)]
enum Command {
    Call(
        Box<OutgoingCall>,
        oneshot::Sender<Result<ExchangeCall, NoCircuit>>,
    ),
    HangUp(ExchangeCall),
    Block(CircuitId, bool),
    Reset(CircuitId),
    Census(TrunkGroupId, oneshot::Sender<Census>),
    Activity(oneshot::Sender<Activity>),
    Shutdown,
}

struct Shell {
    clock: Clock,
    core: Exchange,
    signaling: SignalingHandle,
    /// Our address and the media gateway's, by circuit.
    addresses: BTreeMap<CircuitId, (SocketAddr, SocketAddr)>,
    ports: Ports<CircuitId>,
    events: mpsc::Sender<ExchangeReport>,
}

impl Shell {
    async fn run(
        mut self,
        mut signals: mpsc::Receiver<SignalingEvent>,
        mut datagrams: mpsc::Receiver<(CircuitId, Vec<u8>)>,
        mut requests: mpsc::Receiver<Command>,
    ) {
        // Set once the end has been asked for: when to stop waiting for an orderly one.
        let mut ending: Option<Time> = None;
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            self.drain();
            if let Some(deadline) = ending
                && (self.core.is_released() || self.clock.now() >= deadline)
            {
                break;
            }
            let due = self.core.poll_timeout().map(|(at, _)| at);
            let wake = match (due, ending) {
                (Some(due), Some(deadline)) => Some(due.min(deadline)),
                (due, deadline) => due.or(deadline),
            };
            tokio::select! {
                signal = signals.recv() => match signal {
                    Some(signal) => self.on_signal(signal),
                    None => break,
                },
                _ = datagrams.recv_many(&mut batch, BATCH) => {
                    let now = self.clock.now();
                    for (circuit, data) in batch.drain(..) {
                        self.core.handle(now, Input::Rtp { circuit, data: &data });
                    }
                }
                request = requests.recv(), if ending.is_none() => match request {
                    None | Some(Command::Shutdown) => {
                        ending = Some(self.clock.now() + GRACE);
                        self.core.hang_up_all(self.clock.now());
                    }
                    Some(command) => self.on_command(command),
                },
                () = self.clock.sleep_until(wake) => self.core.handle_timeout(self.clock.now()),
            }
        }
        self.signaling.shutdown();
        while let Some(signal) = signals.recv().await {
            if !matches!(signal, SignalingEvent::Mtp(_)) {
                report(&self.events, ExchangeReport::Signaling(signal));
            }
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.core.poll_output() {
            match output {
                Output::Mtp(transfer) => self.signaling.transfer(transfer),
                Output::Rtp { circuit, data } => {
                    if let Some((_, remote)) = self.addresses.get(&circuit) {
                        self.ports.send(circuit, *remote, &data);
                    }
                }
                Output::Bearer {
                    circuit,
                    open: true,
                } => self.open(circuit),
                Output::Bearer {
                    circuit,
                    open: false,
                } => self.ports.close(circuit),
                Output::Event(event) => report(&self.events, ExchangeReport::Exchange(event)),
            }
        }
    }

    fn open(&mut self, circuit: CircuitId) {
        let Some((local, _)) = self.addresses.get(&circuit) else {
            return;
        };
        let opened = UdpSocket::bind(local).and_then(|socket| self.ports.open(circuit, socket));
        if let Err(error) = opened {
            tracing::warn!(%circuit, %local, %error, "the circuit has no sound: cannot bind");
        }
    }

    fn on_signal(&mut self, signal: SignalingEvent) {
        match signal {
            SignalingEvent::Mtp(indication) => {
                self.core.handle(self.clock.now(), Input::Mtp(indication));
            }
            other => report(&self.events, ExchangeReport::Signaling(other)),
        }
    }

    fn on_command(&mut self, command: Command) {
        let now = self.clock.now();
        // Whoever asked may have gone; then the answer is for nobody.
        match command {
            Command::Call(request, reply) => {
                let _ = reply.send(self.core.call(now, *request));
            }
            Command::HangUp(call) => self.core.hang_up(now, call),
            Command::Block(circuit, blocked) => {
                self.core.handle(now, Input::Block { circuit, blocked });
            }
            Command::Reset(circuit) => self.core.handle(now, Input::Reset { circuit }),
            Command::Census(group, reply) => {
                let _ = reply.send(self.core.census(group));
            }
            Command::Activity(reply) => {
                let _ = reply.send(Activity {
                    calls: self.core.active_calls(),
                    idle: self.core.is_idle(),
                    callers_left: self.core.has_callers_left(),
                });
            }
            Command::Shutdown => {}
        }
    }
}

/// The two ends of every bearer.
fn addresses(
    groups: &[CircuitGroup],
    bearers: &[BearerConfig],
) -> Result<BTreeMap<CircuitId, (SocketAddr, SocketAddr)>, SimulatorError> {
    let mut addresses = BTreeMap::new();
    for (index, bearer) in bearers.iter().enumerate() {
        let group = groups
            .iter()
            .find(|group| group.id == bearer.group)
            .filter(|_| {
                bearers[..index]
                    .iter()
                    .all(|other| other.group != bearer.group)
            })
            .ok_or(SimulatorError::Bearers(bearer.group))?;
        for &cic in &group.cics {
            let port = |base: u16| {
                u16::try_from(cic.value())
                    .ok()
                    .and_then(|cic| cic.checked_mul(2))
                    .and_then(|offset| base.checked_add(offset))
                    .ok_or(SimulatorError::Port {
                        group: group.id,
                        cic,
                        base,
                    })
            };
            let local = SocketAddr::new(bearer.local, port(bearer.local_port_base)?);
            let remote = SocketAddr::new(bearer.remote, port(bearer.remote_port_base)?);
            addresses.insert(
                CircuitId {
                    dpc: group.dpc,
                    cic,
                },
                (local, remote),
            );
        }
    }
    Ok(addresses)
}
