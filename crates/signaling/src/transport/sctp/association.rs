//! One association: a `dcsctp` socket, its clock, and what came of it.

use super::{HALF_OPEN_TIME, Output, Path, Settings, packet};
use crate::adapter::{AssociationEvent, AssociationId};
use crate::config::SctpTimers;
use crate::event::DownReason;
use core::time::Duration;
use dcsctp::api::{
    DcSctpSocket, Message, Options, PpId, SendOptions, Socket, SocketEvent, SocketTime, StreamId,
};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use trunkline_m3ua::PAYLOAD_PROTOCOL_IDENTIFIER;
use trunkline_model::Time;

pub(super) struct Association {
    id: AssociationId,
    path: Path,
    socket: Socket,
    /// When the socket's own time began.
    created: Time,
    phase: Phase,
    /// We asked for its end.
    local_end: bool,
    /// The cookies that we gave in INIT ACKs, the latest last.
    cookies: VecDeque<Vec<u8>>,
    /// Sends that found the buffer full.
    failed_sends: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// An INIT made it; no COOKIE ECHO came yet.
    HalfOpen,
    /// We sent INIT.
    Connecting,
    Up,
    /// The stack panicked on a packet: nothing of it is to be used any more.
    Broken,
    Over,
}

impl Association {
    pub(super) fn new(
        now: Time,
        id: AssociationId,
        path: Path,
        settings: &Settings,
        timers: &SctpTimers,
    ) -> Self {
        Self {
            id,
            path,
            socket: Socket::new("sctp", &options(path, settings, timers)),
            created: now,
            phase: Phase::HalfOpen,
            local_end: false,
            cookies: VecDeque::new(),
            failed_sends: 0,
        }
    }

    pub(super) const fn id(&self) -> AssociationId {
        self.id
    }

    pub(super) const fn created(&self) -> Time {
        self.created
    }

    pub(super) fn is_half_open(&self) -> bool {
        self.phase == Phase::HalfOpen
    }

    /// Whether it can be forgotten.
    pub(super) fn is_over(&self, now: Time) -> bool {
        match self.phase {
            Phase::Over => true,
            Phase::HalfOpen => now.since(self.created) >= HALF_OPEN_TIME,
            Phase::Connecting | Phase::Up | Phase::Broken => false,
        }
    }

    /// Our verification tag, 0 before there is one.
    pub(super) fn tag(&self) -> u32 {
        self.socket.verification_tag()
    }

    pub(super) fn set_path(&mut self, path: Path) {
        self.path = path;
    }

    pub(super) fn connect(&mut self) {
        self.phase = Phase::Connecting;
        self.socket.connect();
    }

    pub(super) fn send(&mut self, stream: u16, data: Vec<u8>) {
        let ppid = PpId(PAYLOAD_PROTOCOL_IDENTIFIER);
        let message = Message::new(StreamId(stream), ppid, data);
        if self.socket.send(message, &SendOptions::default()).is_err() {
            self.failed_sends += 1;
        }
    }

    pub(super) fn shutdown(&mut self) {
        self.local_end = true;
        self.socket.shutdown();
    }

    pub(super) fn abort(&mut self) {
        self.local_end = true;
        self.socket.close();
    }

    /// Sets the socket's time, which runs what is due.
    pub(super) fn advance(&mut self, now: Time) {
        let time = SocketTime::zero() + now.since(self.created);
        self.socket.advance_time(time);
    }

    /// Takes a packet; false if it brought a cookie that we never gave.
    pub(super) fn receive(&mut self, packet: &[u8]) -> bool {
        if let Some(cookie) = packet::cookie_returned(packet)
            && !self.cookies.iter().any(|given| given == cookie)
        {
            return false;
        }
        // Whatever a peer manages to send must end its own association at most.
        let socket = AssertUnwindSafe(&mut self.socket);
        let outcome = catch_unwind(|| {
            let socket = socket;
            socket.0.handle_input(packet);
        });
        if outcome.is_err() {
            self.local_end = false;
            self.phase = match self.phase {
                Phase::HalfOpen | Phase::Over => Phase::Over,
                Phase::Connecting | Phase::Up | Phase::Broken => Phase::Broken,
            };
        }
        true
    }

    /// The next message that came.
    pub(super) fn message(&mut self) -> Option<AssociationEvent> {
        if self.phase != Phase::Up {
            return None;
        }
        let message = self.socket.get_next_message()?;
        Some(AssociationEvent::Message {
            stream: Some(message.stream_id.0),
            ppid: Some(message.ppid.0),
            data: message.payload,
        })
    }

    pub(super) fn poll_timeout(&self) -> Option<Time> {
        if self.phase == Phase::HalfOpen {
            return Some(self.created + HALF_OPEN_TIME);
        }
        let after = self.socket.poll_timeout() - SocketTime::zero();
        // Rounded up to whole microseconds: a moment too early would not run the timer.
        let round_up = Duration::from_nanos(999);
        (after != Duration::MAX).then(|| self.created + after.saturating_add(round_up))
    }

    /// Takes packets and events from the socket.
    pub(super) fn drain(&mut self, outputs: &mut VecDeque<Output>) {
        if self.phase == Phase::Broken {
            let why = "the SCTP stack failed on a packet".to_owned();
            return self.end(outputs, DownReason::Failed(why));
        }
        for _ in 0..core::mem::take(&mut self.failed_sends) {
            outputs.push_back(Output::Event(self.id, AssociationEvent::SendFailed));
        }
        let mut restarted = false;
        while let Some(event) = self.socket.poll_event() {
            match event {
                SocketEvent::SendPacket(packet) => {
                    self.remember_cookie(&packet);
                    let remote = self.path.remote;
                    outputs.push_back(Output::Transmit { remote, packet });
                }
                SocketEvent::OnConnectionRestarted() => restarted = true,
                SocketEvent::OnConnected() => self.connected(outputs, restarted),
                SocketEvent::OnClosed() => {
                    let reason = match self.local_end {
                        true => DownReason::Local,
                        false => DownReason::Peer,
                    };
                    self.end(outputs, reason);
                }
                SocketEvent::OnAborted(kind, text) => {
                    self.end(outputs, DownReason::Failed(format!("{kind:?}: {text}")));
                }
                SocketEvent::OnError(kind, text) if self.phase == Phase::Up => {
                    let event = AssociationEvent::BadPacket(format!("{kind:?}: {text}"));
                    outputs.push_back(Output::Event(self.id, event));
                }
                // Errors of handshakes; stream resets, buffer levels, message life cycles.
                _ => {}
            }
        }
    }

    fn connected(&mut self, outputs: &mut VecDeque<Output>, restarted: bool) {
        let metrics = self.socket.get_metrics();
        let outbound_streams = metrics.map_or(1, |m| m.negotiated_maximum_outgoing_streams.max(1));
        let event = if restarted || self.phase == Phase::Up {
            AssociationEvent::Restarted { outbound_streams }
        } else {
            let peer = SocketAddr::new(self.path.remote.ip(), self.path.remote_port);
            AssociationEvent::Up {
                peer,
                outbound_streams,
            }
        };
        self.phase = Phase::Up;
        outputs.push_back(Output::Event(self.id, event));
    }

    fn end(&mut self, outputs: &mut VecDeque<Output>, reason: DownReason) {
        let was = core::mem::replace(&mut self.phase, Phase::Over);
        if matches!(was, Phase::Connecting | Phase::Up | Phase::Broken) {
            outputs.push_back(Output::Event(self.id, AssociationEvent::Down(reason)));
        }
    }

    fn remember_cookie(&mut self, packet: &[u8]) {
        if let Some(cookie) = packet::cookie_given(packet) {
            if self.cookies.len() == MAX_COOKIES {
                self.cookies.pop_front();
            }
            self.cookies.push_back(cookie.to_vec());
        }
    }
}

fn options(path: Path, settings: &Settings, timers: &SctpTimers) -> Options {
    Options {
        local_port: path.local_port,
        remote_port: path.remote_port,
        announced_maximum_incoming_streams: settings.streams,
        announced_maximum_outgoing_streams: settings.streams,
        mtu: settings.mtu,
        max_message_size: MAX_MESSAGE,
        max_receiver_window_buffer_size: RECEIVE_WINDOW,
        max_send_buffer_size: SEND_BUFFER,
        per_stream_send_queue_limit: SEND_BUFFER,
        rto_initial: timers.rto_initial,
        rto_min: timers.rto_min,
        rto_max: timers.rto_max,
        t1_init_timeout: timers.rto_initial,
        t1_cookie_timeout: timers.rto_initial,
        t2_shutdown_timeout: timers.rto_initial,
        max_timer_backoff_duration: Some(timers.rto_max),
        heartbeat_interval: timers.heartbeat_interval,
        delayed_ack_max_timeout: DELAYED_ACK,
        max_retransmissions: Some(timers.max_retransmissions),
        max_init_retransmits: Some(timers.max_init_retransmissions),
        // Signaling is never given up for lateness (RFC 4666 needs reliable delivery).
        enable_partial_reliability: false,
        enable_message_interleaving: false,
        ..Options::default()
    }
}

/// Retransmitted INITs get a new cookie each; older ones may still be on their way back.
const MAX_COOKIES: usize = 4;

/// The longest M3UA message with the largest parameter, octets.
const MAX_MESSAGE: usize = 70_000;

/// What a peer may have sent that we have not read, octets.
const RECEIVE_WINDOW: usize = 1 << 20;

/// What we may have queued for a peer, octets.
const SEND_BUFFER: usize = 1 << 20;

/// Well below the peer's RTO.Min, whatever that is (RFC 9260 6.2 allows up to 500 ms).
const DELAYED_ACK: Duration = Duration::from_millis(50);
