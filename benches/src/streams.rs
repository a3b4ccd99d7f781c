//! Sound as RTP packets, and contexts of the MGW that carry it.

use core::f64::consts::TAU;
use core::time::Duration;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use trunkline_codecs::{CodecKind, Decoder, Encoder};
use trunkline_mgw::{Channel, CircuitBearers, Input, Mgw, MgwConfig, Output, SocketId};
use trunkline_model::media::{
    Bearer, Codec, ContextId, Law, MediaCommand, MediaEvent, MediaReply, Mode, RtpParameters,
    TelephoneEvent, TerminationId, TransactionId,
};
use trunkline_model::{Cic, Time, TrunkGroupId};
use trunkline_rtp::RtpPacket;

/// Linear samples in 20 ms.
pub const SAMPLES: usize = 160;

/// The codec's name in the codecs crate.
pub const fn kind(codec: Codec) -> CodecKind {
    match codec {
        Codec::Pcma => CodecKind::Pcma,
        Codec::Pcmu => CodecKind::Pcmu,
        Codec::G729 => CodecKind::G729,
        Codec::Opus => CodecKind::Opus,
    }
}

/// Something like speech, since what codecs cost depends on what they hear: a buzz whose pitch
/// moves, through two formants that move, in syllables, with some noise. The same in each run.
pub fn speech(packets: usize) -> Vec<i16> {
    let mut noise = 1_u32;
    let mut phase = 0.0_f64;
    let sample = |index: usize| {
        let at = index as f64 / 8_000.0;
        let pitch = 120.0 + 30.0 * (TAU * 0.7 * at).sin();
        phase = (phase + pitch / 8_000.0).fract();
        let formants = [
            500.0 + 250.0 * (TAU * 1.3 * at).sin(),
            1_600.0 + 500.0 * (TAU * 0.9 * at).cos(),
        ];
        let mut sum = 0.0;
        for harmonic in 1..=24 {
            let frequency = pitch * f64::from(harmonic);
            let gain: f64 = formants
                .iter()
                .map(|formant| 1.0 / (1.0 + ((frequency - formant) / 120.0).powi(2)))
                .sum();
            sum += gain * (TAU * phase * f64::from(harmonic)).sin();
        }
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let hiss = f64::from(noise >> 16) / 32_768.0 - 1.0;
        let syllable = (TAU * 3.1 * at).sin().max(0.05);
        (syllable * (2_400.0 * sum + 150.0 * hiss)) as i16
    };
    (0..packets * SAMPLES).map(sample).collect()
}

/// The payloads of that sound, 20 ms each.
pub fn payloads(codec: Codec, pcm: &[i16]) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(kind(codec));
    let encode = |frame: &[i16]| {
        let mut payload = Vec::new();
        encoder.encode(frame, &mut payload).expect("20 ms");
        payload
    };
    pcm.chunks_exact(SAMPLES).map(encode).collect()
}

/// The bare work of transcoding: a decoder, an encoder, and nothing between.
pub struct Bare {
    decoder: Decoder,
    encoder: Encoder,
    pcm: Vec<i16>,
    payload: Vec<u8>,
}

impl Bare {
    /// From codec to codec.
    pub fn new(from: Codec, to: Codec) -> Self {
        Self {
            decoder: Decoder::new(kind(from)),
            encoder: Encoder::new(kind(to)),
            pcm: Vec::new(),
            payload: Vec::new(),
        }
    }

    /// One payload; the octets of what it becomes.
    pub fn transcode(&mut self, payload: &[u8]) -> usize {
        self.pcm.clear();
        self.payload.clear();
        self.decoder
            .decode(payload, &mut self.pcm)
            .expect("a payload of this file");
        self.encoder
            .encode(&self.pcm, &mut self.payload)
            .expect("20 ms");
        self.payload.len()
    }
}

/// An MGW with one context: RTP on the one side, a circuit of A-law on the other.
#[derive(Debug)]
pub struct Lane {
    mgw: Mgw,
    now: Time,
    socket: SocketId,
    source: SocketAddr,
}

/// Which way sound goes through a [`Lane`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From RTP to the circuit.
    ToCircuit,
    /// From the circuit to RTP.
    FromCircuit,
}

impl Lane {
    /// RTP with that codec.
    pub fn new(codec: Codec, way: Way) -> Self {
        let mut contexts = Contexts::new(1);
        let [rtp, circuit] = contexts.add(codec);
        let (socket, source) = match way {
            Way::ToCircuit => (rtp, far_end(0)),
            Way::FromCircuit => (circuit, converter(1)),
        };
        Self {
            mgw: contexts.mgw,
            now: Time::from_millis(5),
            socket,
            source,
        }
    }

    /// The packets arrive, one each 20 ms. Never inlined, so that profilers can be pointed at it.
    /// The octets that left.
    #[inline(never)]
    pub fn carry(&mut self, packets: &[Vec<u8>]) -> usize {
        let mut octets = 0;
        for data in packets {
            self.now += Duration::from_millis(20);
            // Ticks fall between packets, as they do where nobody is synchronous.
            while let Some((at, _)) = self.mgw.poll_timeout().filter(|&(at, _)| at <= self.now) {
                self.mgw.handle_timeout(at);
                octets += self.drain();
            }
            let (socket, source) = (self.socket, self.source);
            let packet = Input::Packet {
                socket,
                channel: Channel::Rtp,
                source,
                data,
            };
            self.mgw.handle(self.now, packet);
            octets += self.drain();
        }
        octets
    }

    fn drain(&mut self) -> usize {
        let mut octets = 0;
        while let Some(output) = self.mgw.poll_output() {
            if let Output::Transmit { data, .. } = output {
                octets += data.len();
                self.mgw.recycle(data);
            }
        }
        octets
    }
}

/// The packets of those payloads, as they arrive at a [`Lane`].
pub fn packets(codec: Codec, payloads: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let units = SAMPLES as u32 * kind(codec).timestamp_units_per_sample();
    let packet = |(index, payload): (u16, &Vec<u8>)| {
        let timestamp = u32::from(index) * units;
        let mut data = Vec::new();
        RtpPacket::new(payload_type(codec), index, timestamp, 0x1234_5678, payload)
            .write(&mut data);
        data
    };
    (0..).zip(payloads).map(packet).collect()
}

/// An MGW and its contexts, each with RTP on the one side and a circuit of A-law on the other.
#[derive(Debug)]
pub struct Contexts {
    /// The media gateway.
    pub mgw: Mgw,
    count: u16,
}

impl Contexts {
    /// Room for so many; at most 4,000.
    pub fn new(most: usize) -> Self {
        let bearers = CircuitBearers {
            group: TrunkGroupId(0),
            local_port_base: 40_000,
            remote: CONVERTER,
            remote_port_base: 40_000,
            law: Law::A,
            cics: (1..=4_000).filter_map(Cic::new).collect(),
        };
        let config = MgwConfig {
            circuits: vec![bearers],
            max_contexts: most,
            rtcp: true,
            ..MgwConfig::new(LOCAL)
        };
        Self {
            mgw: Mgw::new(config, 1).expect("a configuration of this file"),
            count: 0,
        }
    }

    /// One more context; the sockets of its RTP and of its circuit.
    pub fn add(&mut self, codec: Codec) -> [SocketId; 2] {
        let context = ContextId(u64::from(self.count));
        let parameters = RtpParameters {
            remote: far_end(self.count),
            codec,
            send_payload_type: payload_type(codec),
            receive_payload_type: payload_type(codec),
            telephone_event: Some(TelephoneEvent {
                payload_type: 101,
                receive_payload_type: 101,
                clock_rate: codec.clock_rate(),
            }),
            ptime: 20,
        };
        self.count += 1;
        let cic = Cic::new(self.count).expect("at most 4,000 contexts");
        let bearers = [
            (
                TerminationId::A,
                Bearer::Rtp {
                    remote: Some(parameters),
                    ipv6: false,
                },
            ),
            (
                TerminationId::B,
                Bearer::Circuit {
                    group: TrunkGroupId(0),
                    cic,
                },
            ),
        ];
        bearers.map(|(termination, bearer)| {
            let transaction = TransactionId(0);
            let mode = Mode::SendReceive;
            let add = MediaCommand::Add {
                transaction,
                context,
                termination,
                bearer,
                mode,
            };
            self.command(add).expect("room for a termination")
        })
    }

    /// Carries out a command; the socket that was bound for it. `None` if it failed.
    fn command(&mut self, command: MediaCommand) -> Option<SocketId> {
        let now = Time::ZERO;
        let mut bound = None;
        self.mgw.handle(now, Input::Command(command));
        while let Some(output) = self.mgw.poll_output() {
            match output {
                Output::Bind { socket, .. } => {
                    bound = Some(socket);
                    self.mgw.handle(
                        now,
                        Input::Bound {
                            socket,
                            bound: true,
                        },
                    );
                }
                Output::Event(MediaEvent::Reply(MediaReply { result: Err(_), .. })) => return None,
                _ => {}
            }
        }
        bound
    }
}

fn payload_type(codec: Codec) -> u8 {
    codec.static_payload_type().unwrap_or(111)
}

/// The telephone of a context.
fn far_end(context: u16) -> SocketAddr {
    SocketAddr::new(
        IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)),
        10_000 + 2 * context,
    )
}

fn converter(cic: u16) -> SocketAddr {
    SocketAddr::new(CONVERTER, 40_000 + 2 * cic)
}

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const CONVERTER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_carry_every_packet() {
        let pcm = speech(100);
        for (codec, way) in Codec::ALL
            .into_iter()
            .flat_map(|codec| [(codec, Way::ToCircuit), (codec, Way::FromCircuit)])
        {
            let (from, to) = match way {
                Way::ToCircuit => (codec, Codec::Pcma),
                Way::FromCircuit => (Codec::Pcma, codec),
            };
            let packets = packets(from, &payloads(from, &pcm));
            let mut lane = Lane::new(codec, way);
            let octets = lane.carry(&packets);
            let counters = lane.mgw.counters();
            let carried = if matches!(
                (from, to),
                (Codec::Pcma | Codec::Pcmu, Codec::Pcma | Codec::Pcmu)
            ) {
                counters.relayed(from, to)
            } else {
                counters.transcoded(from, to)
            };
            // The jitter buffer holds a few at the end.
            assert!((90..=100).contains(&carried), "{from} to {to}: {carried}");
            assert!(octets > 90 * 12);
        }
    }

    #[test]
    fn speech_is_loud_but_not_clipped() {
        let pcm = speech(100);
        let most = pcm
            .iter()
            .map(|sample| sample.unsigned_abs())
            .max()
            .unwrap();
        assert!((8_000..32_000).contains(&most), "{most}");
    }
}
