//! The context: two terminations and the paths between them.

use crate::digits::EventStep;
use crate::output::{Channel, Output, Sink};
use crate::paced::Paced;
use crate::path::{Path, kind, packet_samples};
use crate::signal::SignalPlayer;
use crate::termination::{LocalBearer, Termination};
use crate::{Discard, MgwConfig};
use std::net::SocketAddr;
use std::time::Duration;
use trunkline_model::Time;
use trunkline_model::media::{
    Codec, ContextId, MediaError, MediaEvent, Notification, RtpParameters, Signal, TerminationId,
};
use trunkline_rtp::{JitterConfig, RtpPacket, TelephoneEvent};

/// A context.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) id: ContextId,
    pub(crate) terminations: [Option<Termination>; 2],
    /// By the termination that the sound comes from.
    paths: [Option<Path>; 2],
    /// When the next tick is due, and the samples that it plays.
    pub(crate) tick: Option<(Time, usize)>,
    pub(crate) supervision: Time,
}

impl Context {
    pub(crate) const fn new(id: ContextId, supervision: Time) -> Self {
        Self {
            id,
            terminations: [None, None],
            paths: [None, None],
            tick: None,
            supervision,
        }
    }

    pub(crate) const fn termination(&mut self, id: TerminationId) -> &mut Option<Termination> {
        &mut self.terminations[index(id)]
    }

    /// Makes the paths that are missing; `anew` if the old ones do not serve any more.
    pub(crate) fn connect(&mut self, anew: bool, jitter: JitterConfig) {
        if anew {
            self.paths = [None, None];
        }
        for id in [TerminationId::A, TerminationId::B] {
            let [from, to] = [id, id.other()].map(|id| self.terminations[index(id)].as_ref());
            let (Some(from), Some(to)) = (from, to) else {
                return;
            };
            let (Some(incoming), Some(outgoing)) = (from.remote, to.remote) else {
                return;
            };
            let path = &mut self.paths[index(id)];
            if path.is_none() {
                *path = Some(Path::new(&incoming, &outgoing, is_circuit(to), jitter));
            }
        }
    }

    /// Plays a signal to the far end of a termination, or ends one.
    pub(crate) fn signal(
        &mut self,
        id: TerminationId,
        signal: Option<Signal>,
    ) -> Result<(), MediaError> {
        let termination = self.termination(id).as_mut();
        let termination = termination.ok_or(MediaError::UnknownTermination)?;
        termination.signal = signal.map(|signal| Box::new(SignalPlayer::new(signal)));
        if let (Some(_), Some(path)) = (signal, &mut self.paths[index(id.other())]) {
            path.halt();
        }
        Ok(())
    }

    /// The samples of a tick, if any path or signal needs ticks.
    pub(crate) fn tick_samples(&self) -> Option<usize> {
        let paths = self.paths.iter().flatten().filter_map(|path| match path {
            Path::Relay(_) => None,
            Path::Paced(paced) => Some(paced.tick_samples()),
        });
        let terminations = self.terminations.iter().flatten();
        let signals = terminations
            .filter(|termination| termination.signal.is_some())
            .filter_map(|termination| termination.remote.as_ref())
            .map(SignalPlayer::tick_samples);
        paths.chain(signals).min()
    }

    /// Plays a tick on all paths that need it, and of all signals.
    pub(crate) fn play(&mut self, now: Time, samples: usize, sink: &mut Sink) {
        let [a, b] = &mut self.terminations;
        for id in [TerminationId::A, TerminationId::B] {
            let (from, to) = if id == TerminationId::A {
                (&*a, &mut *b)
            } else {
                (&*b, &mut *a)
            };
            let Some(to) = to else { continue };
            if let Some(mut signal) = to.signal.take() {
                signal.tick(now, samples, to.outlet(), sink);
                to.signal = Some(signal);
            } else if let (Some(from), Some(Path::Paced(paced))) =
                (from, &mut self.paths[index(id)])
            {
                paced.tick(now, samples, from.mode.receives(), to.outlet(), sink);
            }
        }
    }

    /// Takes a datagram of the RTP socket of `id`; true if a path came to need ticks.
    pub(crate) fn packet(
        &mut self,
        now: Time,
        id: TerminationId,
        source: SocketAddr,
        data: &[u8],
        config: &MgwConfig,
        sink: &mut Sink,
    ) -> bool {
        let result = self.forward(now, id, source, data, config, sink);
        match result {
            Ok(upgraded) => upgraded,
            Err(reason) => {
                sink.counters.count_discarded(reason);
                false
            }
        }
    }

    fn forward(
        &mut self,
        now: Time,
        id: TerminationId,
        source: SocketAddr,
        data: &[u8],
        config: &MgwConfig,
        sink: &mut Sink,
    ) -> Result<bool, Discard> {
        let [a, b] = &mut self.terminations;
        let (from, to) = if id == TerminationId::A {
            (a, b)
        } else {
            (b, a)
        };
        let from = from.as_mut().ok_or(Discard::NoTermination)?;
        let Ok(packet) = RtpPacket::parse(data) else {
            from.count_discarded();
            return Err(Discard::Malformed);
        };
        let latch = config.latch && !is_circuit(from);
        let accepted = from.accept(now, source, &packet, latch)?;
        let notify = |event| MediaEvent::Notify {
            context: self.id,
            termination: id,
            event,
        };
        if accepted.first {
            sink.event(notify(Notification::MediaStarted));
        }
        if !from.mode.receives() {
            return Err(Discard::Mode);
        }
        let incoming = from.remote.ok_or(Discard::NoDestination)?;
        sink.counters.count_received(incoming.codec);
        let mut event = None;
        if let Some(events) = incoming.telephone_event.filter(|_| accepted.event) {
            let Ok(report) = TelephoneEvent::parse(packet.payload) else {
                from.count_discarded();
                return Err(Discard::Malformed);
            };
            let stretch = incoming.codec.clock_rate() / events.clock_rate.max(1);
            let step = from.events.packet(packet.timestamp, &report, stretch);
            if let (EventStep::Begin | EventStep::Whole, Some(digit)) = (step, report.digit()) {
                sink.counters.count_digit();
                sink.event(notify(Notification::Digit(digit)));
            }
            event = Some((step, report));
        }
        let to = to.as_mut().ok_or(Discard::NoDestination)?;
        let (destination, outgoing) = to.destination().ok_or(Discard::NoDestination)?;
        let path = self.paths[index(id)]
            .as_mut()
            .ok_or(Discard::NoDestination)?;
        let mut upgraded = false;
        if let Path::Relay(relay) = path {
            let payload_type = match event {
                None if as_it_is(&packet, &incoming, &outgoing) => Some(outgoing.send_payload_type),
                None => None,
                // Durations in units of another clock have to be told anew.
                Some(_) => (incoming.telephone_event.zip(outgoing.telephone_event))
                    .filter(|(from, to)| from.clock_rate == to.clock_rate)
                    .map(|(_, to)| to.payload_type),
            };
            if let Some(payload_type) = payload_type {
                let sound = event.is_none();
                relay.forward(
                    now,
                    &packet,
                    sound,
                    payload_type,
                    &outgoing,
                    destination,
                    &mut to.sender,
                    sink,
                );
                to.signal = None;
                return Ok(false);
            }
            let paced = Paced::new(&incoming, &outgoing, is_circuit(to), config.jitter);
            *path = Path::Paced(Box::new(paced));
            upgraded = true;
        }
        if let Path::Paced(paced) = path {
            if accepted.restarted {
                paced.restart();
            }
            match event {
                Some((step, report)) => {
                    paced.event(now, &packet, step, &report, &incoming, &outgoing);
                }
                None => paced.insert(now, &packet)?,
            }
            to.signal = None;
        }
        Ok(upgraded)
    }

    /// Takes a datagram of the RTCP socket of `id`.
    pub(crate) fn report(
        &mut self,
        now: Time,
        id: TerminationId,
        source: SocketAddr,
        data: &[u8],
        sink: &mut Sink,
    ) {
        let Some(termination) = self.termination(id) else {
            sink.counters.count_discarded(Discard::NoTermination);
            return;
        };
        // Its port follows no rule that all follow; its host does.
        if termination
            .far_end()
            .is_none_or(|far_end| far_end.ip() != source.ip())
        {
            sink.counters.count_discarded(Discard::WrongSource);
        } else if termination.reports.received(now, data).is_err() {
            sink.counters.count_discarded(Discard::Malformed);
        } else {
            termination.alive(now);
            sink.counters.count_report_received();
        }
    }

    /// Sends the reports that are due and says which far ends have fallen silent.
    pub(crate) fn supervise(
        &mut self,
        now: Time,
        config: &MgwConfig,
        random: u32,
        sink: &mut Sink,
    ) {
        for id in [TerminationId::A, TerminationId::B] {
            let context = self.id;
            let Some(termination) = self.termination(id) else {
                continue;
            };
            if let Some(limit) = config.inactivity
                && let Some(silence) = termination.silence(now, limit)
            {
                let millis = u32::try_from(silence.as_millis()).unwrap_or(u32::MAX);
                sink.event(MediaEvent::Notify {
                    context,
                    termination: id,
                    event: Notification::Inactivity(millis),
                });
            }
            if config.rtcp && termination.pending.is_none() {
                let mut data = sink.buffer();
                let Termination {
                    reports,
                    sender,
                    source,
                    ..
                } = termination;
                if reports.due(now, random, sender, source.as_mut(), &mut data) {
                    send_report(termination, data, sink);
                } else {
                    sink.recycle(data);
                }
            }
        }
    }

    /// Says good-bye on a termination that goes.
    pub(crate) fn bye(now: Time, termination: &mut Termination, sink: &mut Sink) {
        let mut data = sink.buffer();
        let Termination {
            reports,
            sender,
            source,
            ..
        } = termination;
        if reports.bye(now, sender, source.as_mut(), &mut data) {
            send_report(termination, data, sink);
        } else {
            sink.recycle(data);
        }
    }
}

fn send_report(termination: &Termination, data: Vec<u8>, sink: &mut Sink) {
    let Some(far_end) = termination.far_end() else {
        return;
    };
    let Some(port) = far_end.port().checked_add(1) else {
        return;
    };
    sink.counters.count_report_sent();
    sink.outputs.push_back(Output::Transmit {
        socket: termination.socket,
        channel: Channel::Rtcp,
        destination: SocketAddr::new(far_end.ip(), port),
        data,
    });
}

/// Whether a packet can be relayed. Those of G.711 are taken apart if they last longer or
/// shorter than the far end asked for; others are the far end's to take as they are.
fn as_it_is(packet: &RtpPacket<'_>, from: &RtpParameters, to: &RtpParameters) -> bool {
    match from.codec {
        Codec::Pcma | Codec::Pcmu => {
            kind(from.codec).samples(packet.payload) == Some(packet_samples(to))
        }
        Codec::G729 | Codec::Opus => true,
    }
}

fn is_circuit(termination: &Termination) -> bool {
    matches!(termination.bearer, LocalBearer::Circuit { .. })
}

/// The time that so many samples take.
pub(crate) fn duration(samples: usize) -> Duration {
    Duration::from_micros(samples as u64 * 125)
}

const fn index(id: TerminationId) -> usize {
    match id {
        TerminationId::A => 0,
        TerminationId::B => 1,
    }
}
