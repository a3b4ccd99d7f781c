//! The task that owns the controller and the SIP sockets, and the way to ask it.

use super::{CallUpdate, Clock};
use crate::controller::{Controller, Counters, Output, Refused};
use crate::{CallRequest, CallStatus};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::UdpSocket;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::JoinHandle;
use trunkline_model::tap::Tap;

/// The controller's task, as others see it.
#[derive(Clone, Debug)]
pub(crate) struct Core {
    commands: mpsc::Sender<Command>,
    updates: broadcast::Sender<CallUpdate>,
}

#[derive(Debug)]
enum Command {
    Place(CallRequest, oneshot::Sender<Result<CallStatus, Refused>>),
    Find(String, oneshot::Sender<Option<CallStatus>>),
    Latest(usize, oneshot::Sender<Vec<CallStatus>>),
    HangUp(String, oneshot::Sender<Option<CallStatus>>),
    Counters(oneshot::Sender<(Counters, usize)>),
    Stop(oneshot::Sender<()>),
}

impl Core {
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<CallUpdate> {
        self.updates.subscribe()
    }

    pub(crate) async fn place(&self, request: CallRequest) -> Result<CallStatus, Refused> {
        self.ask(|answer| Command::Place(request, answer))
            .await
            .unwrap_or(Err(Refused::Stopping))
    }

    pub(crate) async fn find(&self, id: &str) -> Option<CallStatus> {
        self.ask(|answer| Command::Find(id.to_owned(), answer))
            .await
            .flatten()
    }

    pub(crate) async fn latest(&self, most: usize) -> Vec<CallStatus> {
        self.ask(|answer| Command::Latest(most, answer))
            .await
            .unwrap_or_default()
    }

    pub(crate) async fn hang_up(&self, id: &str) -> Option<CallStatus> {
        self.ask(|answer| Command::HangUp(id.to_owned(), answer))
            .await
            .flatten()
    }

    pub(crate) async fn counters(&self) -> (Counters, usize) {
        self.ask(Command::Counters).await.unwrap_or_default()
    }

    /// Returns when all calls are over.
    pub(crate) async fn stop(&self) {
        // None: the task is gone already.
        let _ = self.ask(Command::Stop).await;
    }

    /// `None` if the task is gone.
    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.commands.send(command(answer)).await.ok()?;
        answered.await.ok()
    }
}

/// Starts the task. Each socket comes with its local address.
pub(super) fn spawn(
    controller: Controller,
    sockets: Vec<(SocketAddr, UdpSocket)>,
    clock: Clock,
    tap: Option<Tap>,
) -> (Core, JoinHandle<()>) {
    let (commands, receiver) = mpsc::channel(COMMANDS);
    let (updates, _) = broadcast::channel(UPDATES);
    let task = Task {
        controller,
        sockets,
        clock,
        tap,
        updates: updates.clone(),
        stopping: Vec::new(),
    };
    (Core { commands, updates }, tokio::spawn(task.run(receiver)))
}

struct Task {
    controller: Controller,
    sockets: Vec<(SocketAddr, UdpSocket)>,
    clock: Clock,
    tap: Option<Tap>,
    updates: broadcast::Sender<CallUpdate>,
    stopping: Vec<oneshot::Sender<()>>,
}

impl Task {
    async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut buffer = vec![0; DATAGRAM];
        loop {
            self.drain();
            if !self.stopping.is_empty() && self.controller.is_idle() {
                for stopped in self.stopping.drain(..) {
                    // Whoever asked may have given up.
                    let _ = stopped.send(());
                }
            }
            let deadline = self.controller.poll_timeout().map(|(at, _)| at);
            let sleep = async {
                match deadline {
                    Some(at) => tokio::time::sleep_until(self.clock.instant(at).into()).await,
                    None => core::future::pending().await,
                }
            };
            tokio::select! {
                index = readable(&self.sockets) => self.receive(index, &mut buffer),
                command = commands.recv() => match command {
                    Some(command) => self.command(command),
                    None => return,
                },
                () = sleep => self.controller.handle_timeout(self.clock.now()),
            }
        }
    }

    /// Takes what has come to a socket, but not more than a batch: others wait too.
    fn receive(&mut self, index: usize, buffer: &mut [u8]) {
        let Some((local, socket)) = self.sockets.get(index) else {
            return;
        };
        for _ in 0..BATCH {
            match socket.try_recv_from(buffer) {
                Ok((length, source)) => {
                    let now = self.clock.now();
                    self.controller
                        .receive(now, *local, source, &buffer[..length]);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) => {
                    tracing::debug!(%local, %error, "receiving failed");
                    return;
                }
            }
        }
    }

    fn command(&mut self, command: Command) {
        let now = self.clock.now();
        // Whoever asked may have given up: nobody misses the answer then.
        match command {
            Command::Place(request, answer) => {
                let placed = self.controller.place(now, request);
                let placed = placed.and_then(|number| {
                    let status = self.controller.status(number).cloned();
                    status.ok_or(Refused::Stopping)
                });
                let _ = answer.send(placed);
            }
            Command::Find(id, answer) => {
                let _ = answer.send(self.controller.find(&id).cloned());
            }
            Command::Latest(most, answer) => {
                let latest = self.controller.latest(most).into_iter().cloned().collect();
                let _ = answer.send(latest);
            }
            Command::HangUp(id, answer) => {
                let number = self.controller.find(&id).map(|status| status.number);
                if let Some(number) = number {
                    // One that is over stays as it is.
                    self.controller.hang_up(now, number);
                }
                let _ = answer.send(self.controller.find(&id).cloned());
            }
            Command::Counters(answer) => {
                let _ = answer.send((*self.controller.counters(), self.controller.active()));
            }
            Command::Stop(stopped) => {
                self.controller.stop(now);
                self.stopping.push(stopped);
            }
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.controller.poll_output() {
            match output {
                Output::Transmit {
                    local,
                    destination,
                    data,
                } => self.transmit(local, destination, &data),
                Output::Event(event) => {
                    tracing::info!(call = event.call.0, "{}", event.kind);
                    if let Some(status) = self.controller.status(event.call) {
                        // Nobody may be listening.
                        let _ = self.updates.send(CallUpdate {
                            event,
                            status: Arc::new(status.clone()),
                        });
                    }
                }
            }
        }
    }

    /// A datagram that the system does not take at once is lost: SIP repeats it (RFC 3261 17).
    fn transmit(&self, local: SocketAddr, destination: SocketAddr, data: &[u8]) {
        let Some((_, socket)) = self.sockets.iter().find(|(address, _)| *address == local) else {
            return;
        };
        if let Some(tap) = &self.tap {
            tap(local, destination, data);
        }
        if let Err(error) = socket.try_send_to(data, destination) {
            tracing::debug!(%local, %destination, %error, "sending failed");
        }
    }
}

/// The index of a socket that has something; there are at most two.
async fn readable(sockets: &[(SocketAddr, UdpSocket)]) -> usize {
    let one = async |index: usize| match sockets.get(index) {
        Some((_, socket)) => match socket.readable().await {
            Ok(()) => index,
            Err(_) => core::future::pending().await,
        },
        None => core::future::pending().await,
    };
    tokio::select! {
        index = one(0) => index,
        index = one(1) => index,
    }
}

/// Questions to the task that may wait.
const COMMANDS: usize = 256;

/// Events that a subscriber may be behind.
const UPDATES: usize = 1_024;

/// Datagrams taken from a socket before anything else gets its turn.
const BATCH: usize = 64;

/// The largest datagram.
const DATAGRAM: usize = 65_535;
