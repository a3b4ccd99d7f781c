//! The task that owns the MGC: it brings it datagrams, MTP indications and media events, and
//! carries out what it asks for.

use crate::admin::{self, peers::Peer};
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::signaling_log::SignalingLog;
use rand::TryRng;
use rand::rngs::SysRng;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::sleep_until;
use tracing::{debug, info, warn};
use trunkline_mgc::{CallEvent, Input, Mgc, Output, SipEvent};
use trunkline_mgw::worker::MgwHandle;
use trunkline_model::media::MediaEvent;
use trunkline_model::mtp::MtpIndication;
use trunkline_signaling::{SignalingEvent, SignalingHandle};
use trunkline_sip::stream::StreamError;
use trunkline_sip::{Builder, Flow, Message};
use trunkline_sip_transport::{SocketEvent, Sockets};

/// Inputs that are taken before the next look at the timers.
const BATCH: usize = 256;

/// What the switch is made of.
pub(crate) struct Switch {
    pub(crate) mgc: Mgc,
    /// How the SIP peers are, for those who look.
    pub(crate) peers: watch::Sender<Vec<Peer>>,
    pub(crate) clock: Clock,
    pub(crate) sockets: Sockets,
    pub(crate) socket_events: mpsc::Receiver<SocketEvent>,
    pub(crate) signaling: SignalingHandle,
    pub(crate) signaling_events: mpsc::Receiver<SignalingEvent>,
    pub(crate) mgw: MgwHandle,
    pub(crate) media_events: mpsc::Receiver<MediaEvent>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) signaling_log: SignalingLog,
    pub(crate) stop: oneshot::Receiver<()>,
}

impl Switch {
    /// Runs until it is told to stop and the last call has ended, or `patience` is over.
    pub(crate) async fn run(mut self) {
        let mut stopping = false;
        let mut deadline = None;
        loop {
            self.carry_out();
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
                Some(event) = self.socket_events.recv() => {
                    let now = self.clock.now();
                    self.socket_event(now, event);
                    for _ in 1..BATCH {
                        let Ok(event) = self.socket_events.try_recv() else { break };
                        self.socket_event(now, event);
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
        {
            let mut closed = core::pin::pin!(self.sockets.stop(LAST_WORDS));
            loop {
                tokio::select! {
                    () = &mut closed => break,
                    Some(_) = self.socket_events.recv() => {}
                }
            }
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

    fn socket_event(&mut self, now: trunkline_model::Time, event: SocketEvent) {
        match event {
            SocketEvent::Received { flow, data, .. } => {
                self.metrics.sip_received(&data);
                self.mgc.handle(now, Input::Sip { flow, data: &data });
            }
            SocketEvent::Refused { flow, data, error } => {
                info!(%flow, %error, "no SIP message");
                self.metrics.not_sip();
                self.refuse(flow, data, error);
            }
            SocketEvent::Undelivered(flow) => self.mgc.handle(now, Input::Undelivered(flow)),
            SocketEvent::Opened { flow, peer } => {
                debug!(%flow, ?peer, "connection open");
                let domains = peer.as_ref().map_or(&[][..], |peer| &peer.domains);
                self.mgc.handle(now, Input::Opened { flow, domains });
            }
            SocketEvent::Closed { flow, why } => {
                debug!(%flow, %why, "connection closed");
                self.mgc.handle(now, Input::Closed(flow));
            }
            SocketEvent::Resolved(question, answer) => {
                self.mgc.handle(now, Input::Resolved(question, answer));
            }
        }
    }

    /// Answers what is no message, if it can be read so far. The connection ends in any case.
    fn refuse(&self, flow: Flow, data: Vec<u8>, error: StreamError) {
        let Some(status) = error.status() else { return };
        let Some(request) = Message::salvage(data) else {
            return;
        };
        let mut random = [0; 8];
        if SysRng.try_fill_bytes(&mut random).is_err() {
            return;
        }
        let tag = format!("{:016x}", u64::from_ne_bytes(random));
        let answer = Builder::response_to(&request, status, "", Some(&tag));
        let data = answer.build();
        self.metrics.sip_sent(&data);
        self.sockets.send(flow, None, data);
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

    fn carry_out(&mut self) {
        while let Some(output) = self.mgc.poll_output() {
            match output {
                Output::Sip { flow, name, data } => {
                    self.metrics.sip_sent(&data);
                    self.sockets.send(flow, name, data);
                }
                Output::Resolve(question) => self.sockets.resolve(question),
                Output::Mtp(transfer) => {
                    self.metrics.isup("sent", &transfer.data);
                    self.signaling.transfer(transfer);
                }
                Output::Media(command) => self.mgw.command(command),
                Output::Event(event) => {
                    log(&event, &self.mgc);
                    if matches!(
                        event,
                        CallEvent::Sip(SipEvent::Peer { .. } | SipEvent::Registration { .. })
                    ) {
                        self.peers.send_replace(admin::peers::of(&self.mgc));
                    }
                    if let CallEvent::Sip(SipEvent::Register { flow, status: 200 }) = &event
                        && let Some(connection) = flow.connection
                    {
                        // Calls reach the phone over it.
                        self.sockets.keep(connection);
                    }
                    self.metrics.call(&event, &self.mgc);
                }
            }
        }
    }
}

/// How long what waits for SIP connections may take to go out at the end.
const LAST_WORDS: std::time::Duration = std::time::Duration::from_secs(1);

/// How long calls may take to end once the gateway stops.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// One line a call event; digits are masked by their type.
fn log(event: &CallEvent, mgc: &Mgc) {
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
        CallEvent::Sip(SipEvent::Register { flow, status }) => debug!(%flow, status, "REGISTER"),
        CallEvent::Sip(SipEvent::Peer { peer, is_up }) => {
            let peer = name(mgc, *peer);
            match is_up {
                true => info!(peer, "SIP peer answers again"),
                false => warn!(peer, "SIP peer does not answer: no calls are routed to it"),
            }
        }
        CallEvent::Sip(SipEvent::Registration {
            peer,
            registered,
            status,
        }) => {
            let peer = name(mgc, *peer);
            match registered {
                true => info!(peer, "registered with SIP peer"),
                false => warn!(peer, ?status, "not registered with SIP peer"),
            }
        }
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

/// The name of a SIP peer.
fn name(mgc: &Mgc, peer: usize) -> &str {
    let found = mgc.peers().nth(peer);
    found.map_or("", |(peer, _)| &peer.name)
}
