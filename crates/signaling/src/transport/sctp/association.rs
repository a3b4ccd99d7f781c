//! One association: a `dcsctp` socket, its clock, and what it cannot do by itself.
//!
//! Four things are done around the socket. What the peer has not acknowledged is kept, and given
//! back when the association ends or the peer restarts it ([`Unacknowledged`]). What has come
//! waits here and is deducted from the receiver window ([`Inbox`]): the socket would forget it
//! at its end, and leave a peer whose probes of a closed window it drops without an answer. A
//! shutdown, ours or the peer's, waits until all that was sent is acknowledged: the socket would
//! forget what its congestion window holds back. And a restart gets a new socket, for the old
//! one would send to the new life of the peer what was meant for the old.

use super::cookie::{Cookies, Trailer};
use super::inbox::{Inbox, WINDOW};
use super::packet::{self, Cookie, Header, Seen};
use super::unacknowledged::Unacknowledged;
use super::{Output, Path, Settings};
use crate::adapter::{AssociationEvent, AssociationId};
use crate::config::SctpTimers;
use crate::event::DownReason;
use core::time::Duration;
use dcsctp::api::{
    DcSctpSocket, Message, Options, PpId, SendOptions, Socket, SocketEvent, SocketState,
    SocketTime, StreamId,
};
use rand::TryRng;
use rand::rngs::SysRng;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use trunkline_m3ua::PAYLOAD_PROTOCOL_IDENTIFIER;
use trunkline_model::Time;

pub(super) struct Association {
    id: AssociationId,
    path: Path,
    options: Options,
    socket: Socket,
    /// When the socket's own time began.
    created: Time,
    /// Tells this socket from the others of the endpoint, in cookies.
    incarnation: u64,
    phase: Phase,
    /// We asked for its end.
    local_end: bool,
    /// T5-shutdown-guard: when a shutdown has taken too long.
    guard: Option<Time>,
    /// A SHUTDOWN of the peer that waits until what we sent is acknowledged.
    held_shutdown: Option<Vec<u8>>,
    /// The peer's receiver window, as of its last SACK.
    window: u32,
    /// Messages that go to the socket together.
    outbox: Vec<Message>,
    unacknowledged: Unacknowledged,
    inbox: Inbox,
    /// How full the send buffer is, as told.
    level: u8,
    /// Why it cannot go on.
    failure: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Connecting,
    Up,
    Over,
}

/// Why a message is not taken.
#[derive(Debug)]
pub(super) enum Refused {
    /// The send buffer is full, or the message is none.
    Full,
    /// The association is not up, or no more.
    NotUp(Vec<u8>),
}

impl Association {
    fn new(now: Time, id: AssociationId, path: Path, options: Options, incarnation: u64) -> Self {
        // dcsctp draws its tags from this generator, whose outputs tell its state: a peer that
        // knows some of its own tags must not know those of others (RFC 9260 5.3.1).
        if let Ok(seed) = SysRng.try_next_u64() {
            fastrand::seed(seed);
        }
        Self {
            id,
            path,
            socket: Socket::new("", &options),
            options,
            created: now,
            incarnation,
            phase: Phase::Connecting,
            local_end: false,
            guard: None,
            held_shutdown: None,
            window: WINDOW_BEFORE_SACK,
            outbox: Vec::new(),
            unacknowledged: Unacknowledged::default(),
            inbox: Inbox::default(),
            level: 0,
            failure: None,
        }
    }

    /// Begins to set one up.
    pub(super) fn connect(
        now: Time,
        id: AssociationId,
        path: Path,
        options: Options,
        incarnation: u64,
    ) -> Self {
        let mut association = Self::new(now, id, path, options, incarnation);
        association.socket.connect();
        association
    }

    /// Takes one from a peer's COOKIE ECHO; `None` if that does not make an association.
    pub(super) fn accept(
        now: Time,
        id: AssociationId,
        path: Path,
        options: Options,
        incarnation: u64,
        packet: &[u8],
    ) -> Option<Self> {
        let mut association = Self::new(now, id, path, options, incarnation);
        let taken = feed(&mut association.socket, packet);
        (taken && association.socket.state() == SocketState::Connected).then_some(association)
    }

    pub(super) const fn path(&self) -> Path {
        self.path
    }

    pub(super) const fn set_path(&mut self, path: Path) {
        self.path = path;
    }

    /// Our verification tag, 0 if there is none any more.
    pub(super) fn tag(&self) -> u32 {
        self.socket.verification_tag()
    }

    pub(super) fn is_up(&self) -> bool {
        self.phase == Phase::Up
    }

    pub(super) fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// Tells that it is up, once more if need be.
    pub(super) fn tell_up(&self, outputs: &mut VecDeque<Output>) {
        let peer = SocketAddr::new(self.path.remote.ip(), self.path.remote_port);
        let event = AssociationEvent::Up {
            peer,
            outbound_streams: self.outbound_streams(),
        };
        outputs.push_back(Output::Event(self.id, event));
    }

    /// Takes a message, which goes out with the next [`Self::flush`].
    pub(super) fn queue(&mut self, stream: u16, data: Vec<u8>) -> Result<(), Refused> {
        let ends = self.local_end || self.held_shutdown.is_some();
        if ends || !self.is_up() || self.socket.state() != SocketState::Connected {
            return Err(Refused::NotUp(data));
        }
        let buffered = self.unacknowledged.octets() + data.len();
        if buffered > SEND_BUFFER || data.len() > MAX_MESSAGE || data.is_empty() {
            return Err(Refused::Full);
        }
        self.unacknowledged.keep(stream, data.clone());
        let ppid = PpId(PAYLOAD_PROTOCOL_IDENTIFIER);
        self.outbox.push(Message::new(StreamId(stream), ppid, data));
        Ok(())
    }

    /// Hands the socket what was queued: together, so that it shares packets.
    pub(super) fn flush(&mut self) {
        let messages = core::mem::take(&mut self.outbox);
        if !messages.is_empty() {
            self.guarded(|socket| {
                // What the socket could refuse was refused by `queue`.
                let _ = socket.send_many(messages, &SendOptions::default());
            });
        }
    }

    /// Shuts down in order, once what was sent is acknowledged (RFC 9260 9.2).
    pub(super) fn shutdown(&mut self, now: Time) {
        self.local_end = true;
        self.guard = Some(now + self.options.rto_max * SHUTDOWN_GUARD);
    }

    /// Ends at once (RFC 9260 9.1).
    pub(super) fn abort(&mut self) {
        self.local_end = true;
        self.guarded(Socket::close);
    }

    /// Sets the socket's time, which runs what is due.
    pub(super) fn advance(&mut self, now: Time) {
        let time = SocketTime::zero() + now.since(self.created);
        self.guarded(|socket| socket.advance_time(time));
        if self.guard.is_some_and(|at| at <= now) {
            self.guard = None;
            self.abort();
        }
    }

    /// Takes a packet; false if it does not belong here.
    pub(super) fn receive(&mut self, header: Header, packet: &[u8]) -> bool {
        let seen = Seen::read(packet);
        let own_tag = header.tag == self.tag();
        if !own_tag && !seen.own_tag_rules {
            return false;
        }
        if seen.data && self.inbox.is_overfull() {
            // A peer that does not respect the window; it may repeat it.
            return true;
        }
        if self.is_up() && own_tag {
            if let Some((cumulative, window)) = seen.sack {
                self.unacknowledged.acknowledge(cumulative);
                self.window = window;
            }
            if let Some(cumulative) = seen.shutdown
                && !self.unacknowledged.is_empty()
            {
                self.unacknowledged.acknowledge(cumulative);
                self.held_shutdown = Some(packet::only(packet, packet::SHUTDOWN));
                let rest = packet::sack_for_shutdown(packet, cumulative, self.window);
                self.guarded(|socket| socket.handle_input(&rest));
                return true;
            }
        }
        self.guarded(|socket| socket.handle_input(packet));
        // The socket waits for its timers where RFC 9260 lets it give up (8.5.1 B, 5.2.6).
        if own_tag && self.socket.state() == SocketState::Connecting {
            if seen.abort {
                self.failure = Some("refused by the peer with an ABORT");
            } else if seen.stale_cookie {
                self.failure = Some("the peer found our cookie stale");
            }
        }
        true
    }

    /// Takes a COOKIE ECHO whose cookie is genuine (RFC 9260 5.2.4). False if nothing comes of
    /// it.
    pub(super) fn cookie_echo(
        &mut self,
        now: Time,
        header: Header,
        packet: &[u8],
        trailer: Trailer,
        next_incarnation: u64,
    ) -> bool {
        if trailer.restarted == 0 || self.socket.state() != SocketState::Connected {
            // Cases B to D, and all of a shutdown, where nothing waits to be sent any more.
            return self.receive(header, packet);
        }
        // Case A; the cookie of an earlier life is of no use.
        let mut socket = Socket::new("", &self.options);
        if trailer.restarted != self.incarnation
            || !feed(&mut socket, packet)
            || socket.state() != SocketState::Connected
        {
            return false;
        }
        self.socket = socket;
        self.created = now;
        self.incarnation = next_incarnation;
        true
    }

    pub(super) fn has_message(&self) -> bool {
        !self.inbox.is_empty()
    }

    /// The next message that came. There may be a packet to send then.
    pub(super) fn message(&mut self, outputs: &mut VecDeque<Output>) -> Option<AssociationEvent> {
        let message = self.inbox.pop()?;
        if let Some(packet) = self.inbox.reopen() {
            let remote = self.path.remote;
            outputs.push_back(Output::Transmit { remote, packet });
        }
        Some(received(message))
    }

    pub(super) fn poll_timeout(&self) -> Option<Time> {
        let after = self.socket.poll_timeout() - SocketTime::zero();
        // Rounded up to whole microseconds: a moment too early would not run the timer.
        let round_up = Duration::from_nanos(999);
        let socket =
            (after != Duration::MAX).then(|| self.created + after.saturating_add(round_up));
        socket.into_iter().chain(self.guard).min()
    }

    /// Takes packets, events and messages from the socket.
    pub(super) fn drain(
        &mut self,
        now: Time,
        cookies: &mut Cookies,
        outputs: &mut VecDeque<Output>,
    ) {
        self.go_on_shutting_down();
        if let Some(failure) = self.failure.take() {
            return self.end(outputs, DownReason::Failed(failure.to_owned()));
        }
        while let Some(event) = self.socket.poll_event() {
            match event {
                SocketEvent::SendPacket(packet) => {
                    let packet = self.leaves(now, cookies, packet);
                    let remote = self.path.remote;
                    outputs.push_back(Output::Transmit { remote, packet });
                }
                SocketEvent::OnConnected() if self.is_up() => self.restarted(outputs),
                SocketEvent::OnConnected() => {
                    self.phase = Phase::Up;
                    self.tell_up(outputs);
                }
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
                SocketEvent::OnError(kind, text) if self.is_up() => {
                    let event = AssociationEvent::BadPacket(format!("{kind:?}: {text}"));
                    outputs.push_back(Output::Event(self.id, event));
                }
                // Errors of handshakes; stream resets, buffer levels, message life cycles; that
                // a restart is one, which the phase tells too.
                _ => {}
            }
        }
        while let Some(message) = self.socket.get_next_message() {
            self.inbox.push(message);
        }
        self.tell_congestion(outputs);
    }

    /// A packet that leaves: its cookie is signed, its messages are noted, its window is
    /// narrowed.
    fn leaves(&mut self, now: Time, cookies: &mut Cookies, mut packet: Vec<u8>) -> Vec<u8> {
        let Some(cookie) = Cookie::given(&packet) else {
            if !self.unacknowledged.is_empty() {
                self.unacknowledged.leaves(&packet);
            }
            self.inbox.deduct(&mut packet);
            return packet;
        };
        let restarted = match self.phase {
            Phase::Up => self.incarnation,
            Phase::Connecting | Phase::Over => 0,
        };
        signed_init_ack(now, cookies, &self.path, &packet, &cookie, restarted)
    }

    fn go_on_shutting_down(&mut self) {
        if !self.unacknowledged.is_empty() {
            return;
        }
        if let Some(shutdown) = self.held_shutdown.take() {
            self.guarded(|socket| socket.handle_input(&shutdown));
        }
        if self.local_end {
            // Nothing if it is shutting down already.
            self.guarded(Socket::shutdown);
        }
    }

    fn restarted(&mut self, outputs: &mut VecDeque<Output>) {
        self.hand_over(outputs);
        self.held_shutdown = None;
        self.tell_congestion(outputs);
        let outbound_streams = self.outbound_streams();
        let event = AssociationEvent::Restarted { outbound_streams };
        outputs.push_back(Output::Event(self.id, event));
    }

    fn end(&mut self, outputs: &mut VecDeque<Output>, reason: DownReason) {
        if self.phase != Phase::Over {
            self.phase = Phase::Over;
            self.hand_over(outputs);
            outputs.push_back(Output::Event(self.id, AssociationEvent::Down(reason)));
        }
    }

    /// Gives what came and nobody has read, and gives back what was sent in vain.
    fn hand_over(&mut self, outputs: &mut VecDeque<Output>) {
        let id = self.id;
        let mut inbox = core::mem::take(&mut self.inbox);
        let messages = core::iter::from_fn(|| inbox.pop()).map(received);
        outputs.extend(messages.map(|event| Output::Event(id, event)));
        self.outbox.clear();
        let returned = self.unacknowledged.take();
        if !returned.is_empty() {
            let event = AssociationEvent::Returned(returned);
            outputs.push_back(Output::Event(id, event));
        }
    }

    fn tell_congestion(&mut self, outputs: &mut VecDeque<Output>) {
        let level = level(self.unacknowledged.octets(), self.level);
        if self.is_up() && level != self.level {
            self.level = level;
            let event = AssociationEvent::Congestion(level);
            outputs.push_back(Output::Event(self.id, event));
        }
    }

    fn outbound_streams(&self) -> u16 {
        let metrics = self.socket.get_metrics();
        metrics.map_or(1, |m| m.negotiated_maximum_outgoing_streams.max(1))
    }

    /// Whatever a peer manages to send must end its own association at most.
    fn guarded(&mut self, act: impl FnOnce(&mut Socket)) {
        if self.failure.is_none() && !guard(&mut self.socket, act) {
            self.failure = Some("the SCTP stack failed");
        }
    }
}

/// The INIT ACK for an INIT of no association; `None` if the stack does not answer it.
pub(super) fn answer_init(
    now: Time,
    cookies: &mut Cookies,
    path: &Path,
    options: &Options,
    packet: &[u8],
) -> Option<Vec<u8>> {
    let mut socket = Socket::new("", options);
    if !feed(&mut socket, packet) {
        return None;
    }
    let Some(SocketEvent::SendPacket(packet)) = socket.poll_event() else {
        return None;
    };
    let cookie = Cookie::given(&packet)?;
    Some(signed_init_ack(now, cookies, path, &packet, &cookie, 0))
}

fn signed_init_ack(
    now: Time,
    cookies: &mut Cookies,
    path: &Path,
    packet: &[u8],
    cookie: &Cookie,
    restarted: u64,
) -> Vec<u8> {
    let trailer = Trailer {
        made: now,
        restarted,
        peer_tag: Header::read(packet).map_or(0, |header| header.tag),
    };
    let signed = cookies.sign(path, &packet[cookie.place.clone()], trailer);
    cookie.replaced(packet, &signed)
}

fn feed(socket: &mut Socket, packet: &[u8]) -> bool {
    guard(socket, |socket| socket.handle_input(packet))
}

/// Whether the stack did it without a panic.
fn guard(socket: &mut Socket, act: impl FnOnce(&mut Socket)) -> bool {
    catch_unwind(AssertUnwindSafe(|| act(socket))).is_ok()
}

fn received(message: Message) -> AssociationEvent {
    AssociationEvent::Message {
        stream: Some(message.stream_id.0),
        ppid: Some(message.ppid.0),
        data: message.payload,
    }
}

/// How full the send buffer is, in quarters. It must fall by half a quarter before less is told.
fn level(octets: usize, before: u8) -> u8 {
    const QUARTER: usize = SEND_BUFFER / 4;
    let rising = octets / QUARTER;
    let falling = (octets + QUARTER / 2) / QUARTER;
    rising.max(falling.min(usize::from(before))).min(3) as u8
}

/// What `dcsctp` is told.
///
/// It has one path, so that Path.Max.Retrans has no meaning. It has no HB.Max.Burst, and its
/// HB.interval is the time between heartbeats as it is, without RTO and jitter (RFC 9260 8.3).
/// T1-init and T1-cookie double without the bound of RTO.Max, and not before their second
/// expiry (1, 1, 2, 4 s), so few repetitions should be asked for. It takes no RTT from
/// heartbeats.
pub(super) fn options(path: Path, settings: &Settings, timers: &SctpTimers) -> Options {
    Options {
        local_port: path.local_port,
        remote_port: path.remote_port,
        announced_maximum_incoming_streams: settings.streams,
        announced_maximum_outgoing_streams: settings.streams,
        mtu: settings.mtu,
        max_message_size: MAX_MESSAGE,
        max_receiver_window_buffer_size: WINDOW,
        // The limits are ours; those of the socket do not count what has left.
        max_send_buffer_size: 2 * SEND_BUFFER,
        per_stream_send_queue_limit: 2 * SEND_BUFFER,
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
        // The endpoint has looked at it before.
        disable_checksum_verification: true,
        ..Options::default()
    }
}

/// The longest M3UA message with the largest parameter, octets.
const MAX_MESSAGE: usize = 70_000;

/// What we may have sent that a peer has not acknowledged, octets.
const SEND_BUFFER: usize = 1 << 20;

/// T5-shutdown-guard, in times of RTO.Max (RFC 9260 9.2).
const SHUTDOWN_GUARD: u32 = 5;

/// What a peer is taken to have room for before its first SACK says so, octets.
const WINDOW_BEFORE_SACK: u32 = 1 << 16;

/// Well below the peer's RTO.Min, whatever that is (RFC 9260 6.2 allows up to 500 ms).
const DELAYED_ACK: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_rise_at_once_and_fall_with_hysteresis() {
        let quarter = SEND_BUFFER / 4;
        assert_eq!(level(quarter - 1, 0), 0);
        assert_eq!(level(quarter, 0), 1);
        assert_eq!(level(quarter - 1, 1), 1);
        assert_eq!(level(quarter / 2, 1), 1);
        assert_eq!(level(quarter / 2 - 1, 1), 0);
        assert_eq!(level(SEND_BUFFER, 0), 3);
        assert_eq!(level(2 * quarter, 3), 2);
        assert_eq!(level(0, 3), 0);
    }
}
