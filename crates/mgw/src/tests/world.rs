//! A core, its clock, and far ends around it.

use crate::{Channel, CircuitBearers, Input, Mgw, MgwConfig, Output, SocketId};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use trunkline_codecs::tone::{Measured, Sine, measure};
use trunkline_codecs::{Decoder, Encoder};
use trunkline_model::media::{
    Bearer, Codec, ContextId, Law, MediaCommand, MediaError, MediaEvent, MediaResult,
    MediaStatistics, Mode, Notification, RtpParameters, Signal, TelephoneEvent as Events,
    TerminationId, TransactionId,
};
use trunkline_model::{Cic, Time, TrunkGroupId};
use trunkline_rtp::{RtpPacket, TelephoneEvent};

pub(super) const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
pub(super) const CONVERTER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));
pub(super) const TRUNK_A: TrunkGroupId = TrunkGroupId(1);
pub(super) const TRUNK_MU: TrunkGroupId = TrunkGroupId(2);
pub(super) const CONTEXT: ContextId = ContextId(7);

/// A datagram that the core sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) at: Time,
    pub(super) channel: Channel,
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) data: Vec<u8>,
}

pub(super) struct World {
    pub(super) mgw: Mgw,
    pub(super) now: Time,
    pub(super) sockets: BTreeMap<SocketId, SocketAddr>,
    /// Ports that another program holds.
    pub(super) taken: BTreeSet<u16>,
    pub(super) sent: Vec<Sent>,
    pub(super) notified: Vec<(TerminationId, Notification)>,
    replies: Vec<(TransactionId, Result<MediaResult, MediaError>)>,
    transaction: u64,
    /// Datagrams that far ends have had.
    delivered: usize,
}

pub(super) fn config() -> MgwConfig {
    let bearers = |group, local_port_base, remote_port_base, law| CircuitBearers {
        group,
        local_port_base,
        remote: CONVERTER,
        remote_port_base,
        law,
        cics: (1..=31).map(cic).collect(),
    };
    MgwConfig {
        ports: 20_000..=20_999,
        circuits: vec![
            bearers(TRUNK_A, 30_000, 40_000, Law::A),
            bearers(TRUNK_MU, 32_000, 42_000, Law::Mu),
        ],
        max_contexts: 100,
        ..MgwConfig::new(LOCAL)
    }
}

pub(super) fn cic(number: u16) -> Cic {
    Cic::new(number).unwrap()
}

/// RTP with a far end at 198.51.100.`host`.
pub(super) fn parameters(host: u8, codec: Codec) -> RtpParameters {
    let payload_type = codec.static_payload_type().unwrap_or(111);
    RtpParameters {
        remote: SocketAddr::new(IpAddr::V4(Ipv4Addr::new(198, 51, 100, host)), 5_004),
        codec,
        send_payload_type: payload_type,
        receive_payload_type: payload_type,
        telephone_event: None,
        ptime: 20,
    }
}

/// Telephone events under one number both ways.
pub(super) fn events(payload_type: u8, clock_rate: u32) -> Option<Events> {
    Some(Events {
        payload_type,
        receive_payload_type: payload_type,
        clock_rate,
    })
}

pub(super) fn rtp(parameters: RtpParameters) -> Bearer {
    Bearer::Rtp {
        remote: Some(parameters),
        ipv6: false,
    }
}

pub(super) fn circuit(group: TrunkGroupId, number: u16) -> Bearer {
    Bearer::Circuit {
        group,
        cic: cic(number),
    }
}

impl World {
    pub(super) fn new(config: MgwConfig) -> Self {
        Self {
            mgw: Mgw::new(config, 1).unwrap(),
            now: Time::from_millis(3),
            sockets: BTreeMap::new(),
            taken: BTreeSet::new(),
            sent: Vec::new(),
            notified: Vec::new(),
            replies: Vec::new(),
            transaction: 0,
            delivered: 0,
        }
    }

    pub(super) fn add(
        &mut self,
        context: ContextId,
        termination: TerminationId,
        bearer: Bearer,
        mode: Mode,
    ) -> Result<SocketAddr, MediaError> {
        let transaction = self.transaction();
        self.command(MediaCommand::Add {
            transaction,
            context,
            termination,
            bearer,
            mode,
        })
        .map(|result| match result {
            MediaResult::Added(address) => address,
            other => panic!("{other:?} to an Add"),
        })
    }

    pub(super) fn modify(
        &mut self,
        context: ContextId,
        termination: TerminationId,
        remote: Option<RtpParameters>,
        mode: Mode,
    ) -> Result<(), MediaError> {
        let transaction = self.transaction();
        let command = MediaCommand::Modify {
            transaction,
            context,
            termination,
            remote,
            mode,
        };
        self.command(command)
            .map(|result| assert_eq!(result, MediaResult::Modified))
    }

    pub(super) fn signal(
        &mut self,
        termination: TerminationId,
        signal: Option<Signal>,
    ) -> Result<(), MediaError> {
        let transaction = self.transaction();
        self.command(MediaCommand::Signal {
            transaction,
            context: CONTEXT,
            termination,
            signal,
        })
        .map(|result| assert_eq!(result, MediaResult::Modified))
    }

    pub(super) fn subtract(&mut self, context: ContextId) -> Result<MediaStatistics, MediaError> {
        let transaction = self.transaction();
        self.command(MediaCommand::Subtract {
            transaction,
            context,
        })
        .map(|result| match result {
            MediaResult::Subtracted(statistics) => statistics,
            other => panic!("{other:?} to a Subtract"),
        })
    }

    /// Both terminations, both ways.
    pub(super) fn connect(&mut self, a: Bearer, b: Bearer) -> [SocketAddr; 2] {
        [(TerminationId::A, a), (TerminationId::B, b)]
            .map(|(id, bearer)| self.add(CONTEXT, id, bearer, Mode::SendReceive).unwrap())
    }

    fn transaction(&mut self) -> TransactionId {
        self.transaction += 1;
        TransactionId(self.transaction)
    }

    fn command(&mut self, command: MediaCommand) -> Result<MediaResult, MediaError> {
        self.mgw.handle(self.now, Input::Command(command));
        self.drain();
        assert_eq!(self.replies.len(), 1, "one reply to each command");
        let (transaction, result) = self.replies.remove(0);
        assert_eq!(transaction, command.transaction());
        result
    }

    pub(super) fn packet(&mut self, to: SocketAddr, source: SocketAddr, data: &[u8]) {
        self.datagram(to, Channel::Rtp, source, data);
    }

    pub(super) fn datagram(
        &mut self,
        to: SocketAddr,
        channel: Channel,
        source: SocketAddr,
        data: &[u8],
    ) {
        let socket = self
            .sockets
            .iter()
            .find(|&(_, &local)| local == to)
            .map(|(&id, _)| id);
        let socket = socket.unwrap_or_else(|| panic!("nobody listens on {to}"));
        self.mgw.handle(
            self.now,
            Input::Packet {
                socket,
                channel,
                source,
                data,
            },
        );
        self.drain();
    }

    /// Lets time pass, timer by timer.
    pub(super) fn until(&mut self, then: Time) {
        while let Some((at, _)) = self.mgw.poll_timeout().filter(|&(at, _)| at <= then) {
            assert!(at >= self.now, "timer in the past");
            self.now = at;
            self.mgw.handle_timeout(at);
            self.drain();
        }
        self.now = then;
    }

    fn drain(&mut self) {
        while let Some(output) = self.mgw.poll_output() {
            match output {
                Output::Bind { socket, address } => {
                    let bound = !self.taken.contains(&address.port())
                        && !self.sockets.values().any(|&held| held == address);
                    if bound {
                        assert!(self.sockets.insert(socket, address).is_none(), "{socket:?}");
                    }
                    self.mgw.handle(self.now, Input::Bound { socket, bound });
                }
                Output::Unbind { socket } => assert!(self.sockets.remove(&socket).is_some()),
                Output::Transmit {
                    socket,
                    channel,
                    destination,
                    data,
                } => {
                    self.sent.push(Sent {
                        at: self.now,
                        channel,
                        source: self.sockets[&socket],
                        destination,
                        data: data.clone(),
                    });
                    self.mgw.recycle(data);
                }
                Output::Event(MediaEvent::Reply(reply)) => {
                    self.replies.push((reply.transaction, reply.result));
                }
                Output::Event(MediaEvent::Notify {
                    context,
                    termination,
                    event,
                }) => {
                    assert_eq!(context, CONTEXT);
                    self.notified.push((termination, event));
                }
            }
        }
    }

    /// Lets all far ends speak and hear for that long.
    pub(super) fn talk(&mut self, far_ends: &mut [&mut FarEnd], millis: u64) {
        let end = self.now.as_millis() + millis;
        while self.now.as_millis() < end {
            self.until(Time::from_millis(self.now.as_millis() + 1));
            for far_end in far_ends.iter_mut() {
                far_end.speak(self);
            }
        }
        for sent in &self.sent[self.delivered..] {
            let heard = far_ends.iter_mut().find(|far_end| {
                sent.channel == Channel::Rtp
                    && sent.destination == far_end.address
                    && sent.source == far_end.peer
            });
            if let Some(far_end) = heard {
                far_end.hear(&sent.data);
            }
        }
        self.delivered = self.sent.len();
    }

    pub(super) fn digits(&self) -> String {
        self.notified
            .iter()
            .filter_map(|&(_, event)| match event {
                Notification::Digit(digit) => Some(digit),
                _ => None,
            })
            .collect()
    }
}

/// A telephone or a media converter: speaks a tone, and keeps what it hears.
pub(super) struct FarEnd {
    pub(super) address: SocketAddr,
    pub(super) peer: SocketAddr,
    pub(super) parameters: RtpParameters,
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    /// Milliseconds of sound in a packet.
    pub(super) ptime: u64,
    /// Whether the packet of that number gets lost on its way to the gateway.
    pub(super) loses: Box<dyn FnMut(u16) -> bool>,
    pub(super) silent: bool,
    tone: Sine,
    encoder: Encoder,
    decoder: Decoder,
    pub(super) next: u64,
    pub(super) heard: Vec<i16>,
    /// Sequence number, timestamp, marker of what it heard, and the samples of it.
    pub(super) packets: Vec<(u16, u32, bool, usize)>,
    /// Telephone events that it was sent: timestamp and event.
    pub(super) events: Vec<(u32, TelephoneEvent)>,
}

impl FarEnd {
    /// A far end that speaks RTP as `parameters` say with `peer`, phase `phase` ms.
    pub(super) fn new(peer: SocketAddr, parameters: RtpParameters, tone: Sine) -> Self {
        let kind = crate::path::kind(parameters.codec);
        Self {
            address: parameters.remote,
            peer,
            parameters,
            ssrc: 0x1234_0000 + u32::from(parameters.remote.port()),
            sequence: 65_500,
            timestamp: u32::MAX - 10_000,
            ptime: 20,
            loses: Box::new(|_| false),
            silent: false,
            tone,
            encoder: Encoder::new(kind),
            decoder: Decoder::new(kind),
            next: 0,
            heard: Vec::new(),
            packets: Vec::new(),
            events: Vec::new(),
        }
    }

    /// The media converter of a circuit.
    pub(super) fn converter(group: TrunkGroupId, number: u16, tone: Sine) -> Self {
        let config = config();
        let bearers = config.bearers(group).unwrap();
        let peer = SocketAddr::new(LOCAL, bearers.local_port(cic(number)));
        Self::new(peer, bearers.parameters(cic(number)), tone)
    }

    fn units(&self) -> u32 {
        crate::path::kind(self.parameters.codec).timestamp_units_per_sample()
    }

    fn speak(&mut self, world: &mut World) {
        let now = world.now.as_millis();
        if now < self.next {
            return;
        }
        self.next = now + self.ptime;
        let samples = self.ptime as usize * 8;
        let mut pcm = Vec::new();
        self.tone.append(samples, &mut pcm);
        if !self.silent {
            let mut payload = Vec::new();
            self.encoder.encode(&pcm, &mut payload).unwrap();
            let sequence = self.sequence;
            self.sequence = sequence.wrapping_add(1);
            if !(self.loses)(sequence) {
                let payload_type = self.parameters.receive_payload_type;
                self.send(
                    world,
                    false,
                    payload_type,
                    sequence,
                    self.timestamp,
                    &payload,
                );
            }
        }
        self.timestamp = self.timestamp.wrapping_add(samples as u32 * self.units());
    }

    pub(super) fn send(
        &self,
        world: &mut World,
        marker: bool,
        payload_type: u8,
        sequence: u16,
        timestamp: u32,
        payload: &[u8],
    ) {
        let packet = RtpPacket {
            marker,
            ..RtpPacket::new(payload_type, sequence, timestamp, self.ssrc, payload)
        };
        let mut data = Vec::new();
        packet.write(&mut data);
        world.packet(self.peer, self.address, &data);
    }

    /// Sends one report of a telephone event that began at `timestamp`.
    pub(super) fn event(&mut self, world: &mut World, timestamp: u32, event: TelephoneEvent) {
        let payload_type = self
            .parameters
            .telephone_event
            .unwrap()
            .receive_payload_type;
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        self.send(
            world,
            false,
            payload_type,
            sequence,
            timestamp,
            &event.to_bytes(),
        );
    }

    fn hear(&mut self, data: &[u8]) {
        let packet = RtpPacket::parse(data).unwrap();
        let events = self.parameters.telephone_event;
        if events.is_some_and(|events| events.payload_type == packet.payload_type) {
            let event = TelephoneEvent::parse(packet.payload).unwrap();
            self.events.push((packet.timestamp, event));
            self.packets
                .push((packet.sequence, packet.timestamp, packet.marker, 0));
            return;
        }
        assert_eq!(packet.payload_type, self.parameters.send_payload_type);
        let start = self.heard.len();
        self.decoder
            .decode(packet.payload, &mut self.heard)
            .unwrap();
        let samples = self.heard.len() - start;
        self.packets
            .push((packet.sequence, packet.timestamp, packet.marker, samples));
    }

    /// What it heard since the first `skip` ms.
    pub(super) fn measured(&self, skip: usize) -> Measured {
        measure(self.heard.get(skip * 8..).unwrap_or_default())
    }

    /// That sequence numbers have no hole and timestamps fit the samples, from packet to packet.
    pub(super) fn assert_unbroken(&self) {
        for pair in self.packets.windows(2) {
            let [(sequence, timestamp, _, samples), (next, later, marker, _)] = pair else {
                unreachable!()
            };
            assert_eq!(*next, sequence.wrapping_add(1));
            if !marker && *samples > 0 {
                let expected = timestamp.wrapping_add(*samples as u32 * self.units());
                assert_eq!(*later, expected);
            }
        }
    }
}

/// Chance that is the same in each run.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn next(&mut self) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }
}
