//! One end of a context: its far end, its mode, the stream that comes and the stream that goes.

use crate::Discard;
use crate::digits::EventReceiver;
use crate::output::SocketId;
use crate::paced::Outlet;
use crate::report::Reports;
use crate::sender::Sender;
use crate::signal::SignalPlayer;
use std::net::SocketAddr;
use std::time::Duration;
use trunkline_model::media::{Mode, RtpParameters, TerminationStatistics, TransactionId};
use trunkline_model::{Cic, Time, TrunkGroupId};
use trunkline_rtp::{Reception, RtpPacket, Validity};

/// A termination.
#[derive(Debug)]
pub(crate) struct Termination {
    pub(crate) bearer: LocalBearer,
    pub(crate) socket: SocketId,
    pub(crate) local: SocketAddr,
    /// Set until its sockets are bound: the Add to answer then.
    pub(crate) pending: Option<Pending>,
    pub(crate) remote: Option<RtpParameters>,
    pub(crate) mode: Mode,
    pub(crate) sender: Sender,
    pub(crate) events: EventReceiver,
    pub(crate) reports: Reports,
    /// What is played instead of what comes from the other termination.
    pub(crate) signal: Option<Box<SignalPlayer>>,
    /// Where packets really come from, if signaling's word does not count.
    latched: Option<SocketAddr>,
    pub(crate) source: Option<Source>,
    /// Lost from sources before the present one.
    lost_before: i64,
    received: u64,
    discarded: u64,
    started: bool,
    active_at: Time,
    silence_reported: bool,
}

/// What local resource a termination holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LocalBearer {
    /// A port of the range.
    Rtp { port: u16 },
    /// A circuit.
    Circuit { group: TrunkGroupId, cic: Cic },
}

/// An Add that waits for its sockets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub(crate) transaction: TransactionId,
    pub(crate) attempts: u32,
}

/// The incoming stream.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) ssrc: u32,
    pub(crate) reception: Reception,
}

/// A packet that belongs to the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// Whether it is a telephone event instead of sound.
    pub(crate) event: bool,
    /// Whether it is the first of the far end.
    pub(crate) first: bool,
    /// Whether numbering starts anew with it.
    pub(crate) restarted: bool,
}

impl Termination {
    pub(crate) fn new(
        now: Time,
        bearer: LocalBearer,
        local: SocketAddr,
        remote: Option<RtpParameters>,
        mode: Mode,
        pending: Pending,
        sender: Sender,
    ) -> Self {
        Self {
            bearer,
            socket: sender.socket,
            local,
            pending: Some(pending),
            remote,
            mode,
            sender,
            events: EventReceiver::default(),
            reports: Reports::new(now),
            signal: None,
            latched: None,
            source: None,
            lost_before: 0,
            received: 0,
            discarded: 0,
            started: false,
            active_at: now,
            silence_reported: false,
        }
    }

    /// Where to send and how, if anything shall be sent.
    pub(crate) fn destination(&self) -> Option<(SocketAddr, RtpParameters)> {
        let remote = self
            .remote
            .filter(|_| self.mode.sends() && self.pending.is_none())?;
        let address = self.latched.unwrap_or(remote.remote);
        // SDP says with 0.0.0.0 or port 0 that nothing shall be sent (RFC 3264 8.4, 5.1).
        (!address.ip().is_unspecified() && address.port() != 0).then_some((address, remote))
    }

    /// The sender and where it is to send, if anything shall be sent.
    pub(crate) fn outlet(&mut self) -> Option<Outlet<'_>> {
        let (destination, parameters) = self.destination()?;
        Some(Outlet {
            sender: &mut self.sender,
            destination,
            parameters,
        })
    }

    /// The far end's address, whatever the mode.
    pub(crate) fn far_end(&self) -> Option<SocketAddr> {
        self.latched.or(self.remote.map(|remote| remote.remote))
    }

    /// Whether a packet belongs to the stream of the far end; counts it either way.
    pub(crate) fn accept(
        &mut self,
        now: Time,
        source: SocketAddr,
        packet: &RtpPacket<'_>,
        latch: bool,
    ) -> Result<Accepted, Discard> {
        let accepted = self.belongs(now, source, packet, latch);
        match accepted {
            Ok(_) if self.mode.receives() => self.received += 1,
            Ok(_) => {}
            Err(_) => self.discarded += 1,
        }
        accepted
    }

    pub(crate) fn count_discarded(&mut self) {
        self.discarded += 1;
    }

    fn belongs(
        &mut self,
        now: Time,
        source: SocketAddr,
        packet: &RtpPacket<'_>,
        latch: bool,
    ) -> Result<Accepted, Discard> {
        let remote = self.remote.ok_or(Discard::WrongSource)?;
        let expected = self.latched.unwrap_or(remote.remote);
        let may_latch = latch && self.latched.is_none();
        if source != expected && !may_latch {
            return Err(Discard::WrongSource);
        }
        let events = remote
            .telephone_event
            .filter(|events| events.receive_payload_type == packet.payload_type);
        let event = events.is_some();
        if !event && packet.payload_type != remote.receive_payload_type {
            return Err(Discard::PayloadType);
        }
        if may_latch {
            self.latched = Some(source);
        }
        let first = !core::mem::replace(&mut self.started, true);
        self.active_at = now;
        self.silence_reported = false;
        let clock = remote.codec.clock_rate();
        // Where the clocks differ, peers differ on which of them the timestamp of an event counts.
        let timed = events.is_none_or(|events| events.clock_rate == clock);
        let (restarted, validity) = self.number(now, packet, clock, timed);
        match validity {
            Validity::Discontinuous => Err(Discard::Sequence),
            Validity::Valid | Validity::Late => Ok(Accepted {
                event,
                first,
                restarted,
            }),
            Validity::Restarted => Ok(Accepted {
                event,
                first,
                restarted: true,
            }),
        }
    }

    fn number(
        &mut self,
        now: Time,
        packet: &RtpPacket<'_>,
        clock: u32,
        timed: bool,
    ) -> (bool, Validity) {
        let time = Duration::from_micros(now.as_micros());
        let mut restarted = false;
        if self
            .source
            .as_ref()
            .is_none_or(|source| source.ssrc != packet.ssrc)
        {
            restarted = self.source.is_some();
            self.forget_source();
        }
        let source = self.source.get_or_insert_with(|| Source {
            ssrc: packet.ssrc,
            reception: Reception::new(clock),
        });
        let reception = &mut source.reception;
        let validity = if timed {
            reception.packet(time, packet.sequence, packet.timestamp)
        } else {
            reception.untimed_packet(packet.sequence)
        };
        (restarted, validity)
    }

    /// Takes a new remote descriptor; says whether packets have to be made differently now.
    pub(crate) fn set_remote(&mut self, new: RtpParameters) -> bool {
        let old = self.remote.replace(new);
        if old.is_none_or(|old| old.remote != new.remote) {
            self.latched = None;
        }
        let same = old.is_some_and(|old| old.codec == new.codec && old.ptime == new.ptime);
        if old.is_some_and(|old| old.codec != new.codec) {
            // The numbers of the stream count another clock from now on.
            self.forget_source();
        }
        !same
    }

    pub(crate) fn set_mode(&mut self, now: Time, mode: Mode) {
        if mode.receives() && !self.mode.receives() {
            self.active_at = now;
            self.silence_reported = false;
        }
        self.mode = mode;
    }

    /// A sign of life that is not RTP.
    pub(crate) const fn alive(&mut self, now: Time) {
        self.active_at = now;
        self.silence_reported = false;
    }

    /// The silence of a far end that should be heard, if it has lasted `limit` and was not
    /// reported. A held termination may be silent for as long as it likes.
    pub(crate) fn silence(&mut self, now: Time, limit: Duration) -> Option<Duration> {
        let silence = now.since(self.active_at);
        let due = silence >= limit
            && !self.silence_reported
            && self.mode.receives()
            && self.remote.is_some()
            && self.pending.is_none();
        self.silence_reported |= due;
        due.then_some(silence)
    }

    pub(crate) fn statistics(&self) -> TerminationStatistics {
        let lost = self
            .source
            .as_ref()
            .map_or(0, |source| source.reception.lost());
        TerminationStatistics {
            packets_sent: self.sender.packets,
            packets_received: self.received,
            packets_lost: u64::try_from(self.lost_before + lost).unwrap_or(0),
            packets_discarded: self.discarded,
        }
    }

    fn forget_source(&mut self) {
        if let Some(source) = self.source.take() {
            self.lost_before += source.reception.lost().max(0);
        }
        self.events = EventReceiver::default();
    }
}
