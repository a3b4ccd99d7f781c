//! The task that owns the MGC: it brings it datagrams, MTP indications and media events, and
//! carries out what it asks for.

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::signaling_log::SignalingLog;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep_until;
use tracing::{debug, info, warn};
use trunkline_mgc::{CallEvent, Input, Mgc, Output};
use trunkline_mgw::worker::MgwHandle;
use trunkline_model::media::MediaEvent;
use trunkline_model::mtp::MtpIndication;
use trunkline_model::tap::Tap;
use trunkline_signaling::{SignalingEvent, SignalingHandle};
use trunkline_sip::Flow;
use trunkline_sip::locate::Answer;

/// Datagrams that may wait for the MGC; the kernel's buffer comes before it.
const SIP_QUEUE: usize = 4096;

/// Inputs that are taken before the next look at the timers.
const BATCH: usize = 256;

/// The largest UDP payload.
const DATAGRAM: usize = 65_535;

/// What the switch is made of.
pub(crate) struct Switch {
    pub(crate) mgc: Mgc,
    pub(crate) clock: Clock,
    pub(crate) sockets: HashMap<SocketAddr, Arc<UdpSocket>>,
    pub(crate) signaling: SignalingHandle,
    pub(crate) signaling_events: mpsc::Receiver<SignalingEvent>,
    pub(crate) mgw: MgwHandle,
    pub(crate) media_events: mpsc::Receiver<MediaEvent>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) signaling_log: SignalingLog,
    pub(crate) tap: Option<Tap>,
    pub(crate) stop: oneshot::Receiver<()>,
}

/// A datagram that came to one of the SIP sockets.
struct Datagram {
    local: SocketAddr,
    source: SocketAddr,
    data: Vec<u8>,
}

/// Binds a SIP socket.
pub(crate) async fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    UdpSocket::bind(address)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("sip.listen {address}: {error}")))
}

impl Switch {
    /// Runs until it is told to stop and the last call has ended, or `patience` is over.
    pub(crate) async fn run(mut self) {
        let (sender, mut datagrams) = mpsc::channel(SIP_QUEUE);
        let readers: Vec<_> = self
            .sockets
            .iter()
            .map(|(&local, socket)| tokio::spawn(read(local, Arc::clone(socket), sender.clone())))
            .collect();
        drop(sender);

        let mut stopping = false;
        let mut deadline = None;
        loop {
            self.carry_out().await;
            if stopping && self.mgc.is_idle() {
                break;
            }
            let next = self
                .mgc
                .poll_timeout()
                .map(|(at, _)| self.clock.instant(at));
            let wake = [next, deadline].into_iter().flatten().min();
            tokio::select! {
                biased;
                _ = &mut self.stop, if !stopping => {
                    info!(calls = self.mgc.calls(), "stopping: releasing calls");
                    stopping = true;
                    let now = self.clock.now();
                    deadline = Some(self.clock.instant(now + PATIENCE));
                    self.mgc.handle(now, Input::Shutdown);
                }
                Some(event) = self.media_events.recv() => {
                    let now = self.clock.now();
                    self.mgc.handle(now, Input::Media(event));
                    for _ in 1..BATCH {
                        let Ok(event) = self.media_events.try_recv() else { break };
                        self.mgc.handle(now, Input::Media(event));
                    }
                }
                Some(event) = self.signaling_events.recv() => {
                    let now = self.clock.now();
                    self.signaling_event(now, event);
                    for _ in 1..BATCH {
                        let Ok(event) = self.signaling_events.try_recv() else { break };
                        self.signaling_event(now, event);
                    }
                }
                Some(datagram) = datagrams.recv() => {
                    let now = self.clock.now();
                    self.datagram(now, &datagram);
                    for _ in 1..BATCH {
                        let Ok(datagram) = datagrams.try_recv() else { break };
                        self.datagram(now, &datagram);
                    }
                }
                () = async { match wake {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }} => {
                    let now = self.clock.now();
                    if deadline.is_some_and(|deadline| deadline <= self.clock.instant(now)) {
                        warn!(calls = self.mgc.calls(), "calls left when the time to stop was over");
                        break;
                    }
                    self.mgc.handle_timeout(now);
                }
            }
        }
        for reader in readers {
            reader.abort();
        }
        self.signaling.shutdown();
        // Nobody takes its last words but the log.
        while let Some(event) = self.signaling_events.recv().await {
            self.signaling_log.event(self.clock.now(), &event);
        }
        // A worker that waits to tell the MGC something must not wait for ever.
        self.media_events.close();
        let mgw = self.mgw;
        if let Err(error) = tokio::task::spawn_blocking(move || mgw.shutdown()).await {
            warn!(%error, "the media workers did not end in order");
        }
    }

    fn datagram(&mut self, now: trunkline_model::Time, datagram: &Datagram) {
        self.metrics.sip_received(&datagram.data);
        let Datagram {
            local,
            source,
            data,
        } = datagram;
        self.mgc.handle(
            now,
            Input::Sip {
                flow: Flow::udp(*local, *source),
                data,
            },
        );
    }

    fn signaling_event(&mut self, now: trunkline_model::Time, event: SignalingEvent) {
        self.metrics.signaling(&event);
        self.signaling_log.event(now, &event);
        if let SignalingEvent::Mtp(indication) = event {
            if let MtpIndication::Transfer(transfer) = &indication {
                self.metrics.isup("received", &transfer.data);
            }
            self.mgc.handle(now, Input::Mtp(indication));
        }
    }

    async fn carry_out(&mut self) {
        while let Some(output) = self.mgc.poll_output() {
            match output {
                Output::Sip { flow, data, .. } => {
                    self.send(flow.local, flow.remote, &data).await;
                }
                Output::Resolve(question) => {
                    let now = self.clock.now();
                    self.mgc
                        .handle(now, Input::Resolved(question, Answer::None));
                }
                Output::Mtp(transfer) => {
                    self.metrics.isup("sent", &transfer.data);
                    self.signaling.transfer(transfer);
                }
                Output::Media(command) => self.mgw.command(command),
                Output::Event(event) => {
                    log(&event);
                    self.metrics.call(&event, &self.mgc);
                }
            }
        }
    }

    async fn send(&self, local: SocketAddr, destination: SocketAddr, data: &[u8]) {
        let Some(socket) = self.sockets.get(&local) else {
            return warn!(%local, "no SIP socket with this address");
        };
        self.metrics.sip_sent(data);
        if let Some(tap) = &self.tap {
            tap(local, destination, data);
        }
        // A datagram that cannot be sent is a lost one: the transaction repeats it.
        if let Err(error) = socket.send_to(data, destination).await {
            debug!(%destination, %error, "SIP datagram not sent");
        }
    }
}

/// How long calls may take to end once the gateway stops.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

async fn read(local: SocketAddr, socket: Arc<UdpSocket>, sender: mpsc::Sender<Datagram>) {
    let mut buffer = vec![0; DATAGRAM];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((length, source)) => {
                let data = buffer[..length].to_vec();
                if sender
                    .send(Datagram {
                        local,
                        source,
                        data,
                    })
                    .await
                    .is_err()
                {
                    return;
                }
            }
            // ICMP errors of earlier sends arrive here; the socket stays usable.
            Err(error) => debug!(%local, %error, "SIP socket"),
        }
    }
}

/// One line a call event; digits are masked by their type.
fn log(event: &CallEvent) {
    match event {
        CallEvent::Started {
            call,
            direction,
            circuit,
            called,
            ..
        } => {
            info!(%call, direction = direction.name(), %circuit, %called, "call started");
        }
        CallEvent::Reattempt { call, circuit } => info!(%call, %circuit, "another circuit"),
        CallEvent::Alerting { call, after, .. } => info!(%call, ?after, "alerting"),
        CallEvent::Answered { call, after, .. } => info!(%call, ?after, "answered"),
        CallEvent::Released {
            call,
            side,
            cause,
            talked,
            ..
        } => {
            info!(%call, side = side.name(), %cause, ?talked, "call released");
        }
        CallEvent::Ended { call, statistics } => debug!(%call, ?statistics, "call ended"),
        CallEvent::Refused {
            direction,
            refusal,
            cause,
            status,
        } => {
            info!(direction = direction.name(), refusal = refusal.name(), %cause, status, "call refused");
        }
        CallEvent::Circuit { circuit, state } => debug!(%circuit, ?state, "circuit"),
        CallEvent::CircuitAlarm { circuit, alarm } => warn!(%circuit, ?alarm, "circuit alarm"),
        CallEvent::Destination { destination, event } => warn!(%destination, ?event, "exchange"),
        CallEvent::NotServed { flow, reason } => debug!(%flow, %reason, "SIP request not served"),
        CallEvent::MalformedSip {
            flow,
            error,
            answered,
        } => {
            info!(%flow, %error, answered, "malformed SIP message");
        }
        CallEvent::DiscardedIsup { opc, cic, reason } => {
            info!(%opc, ?cic, ?reason, "ISUP message discarded");
        }
    }
}
