//! The workers with real sockets, on loopback.

use crate::{CircuitBearers, MgwConfig, MgwHandle, worker};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, atomic::AtomicUsize, atomic::Ordering};
use std::time::{Duration, Instant};
use trunkline_codecs::tone::{Sine, measure};
use trunkline_codecs::{CodecKind, Decoder, Encoder};
use trunkline_model::media::{
    Bearer, Codec, ContextId, Law, MediaCommand, MediaError, MediaEvent, MediaResult, Mode,
    RingingTone, RtpParameters, Signal, TerminationId, TransactionId,
};
use trunkline_model::{Cic, TrunkGroupId};
use trunkline_rtp::RtpPacket;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const GROUP: TrunkGroupId = TrunkGroupId(0);

struct Gateway {
    handle: MgwHandle,
    events: Receiver<MediaEvent>,
    tapped: Arc<AtomicUsize>,
    transaction: u64,
}

impl Gateway {
    fn new(config: MgwConfig) -> Self {
        let (sender, events) = channel();
        let tapped = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&tapped);
        let tap: trunkline_model::tap::Tap = Arc::new(move |_, _, _: &[u8]| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let handle = worker::spawn(config, Some(tap), move |event| {
            let _ = sender.send(event);
        });
        Self {
            handle: handle.unwrap(),
            events,
            tapped,
            transaction: 0,
        }
    }

    fn reply(&mut self, command: MediaCommand) -> Result<MediaResult, MediaError> {
        self.handle.command(command);
        loop {
            let event = self.events.recv_timeout(Duration::from_secs(10)).unwrap();
            if let MediaEvent::Reply(reply) = event {
                assert_eq!(reply.transaction, command.transaction());
                return reply.result;
            }
        }
    }

    fn add(&mut self, context: u64, termination: TerminationId, bearer: Bearer) -> SocketAddr {
        self.transaction += 1;
        let added = self.reply(MediaCommand::Add {
            transaction: TransactionId(self.transaction),
            context: ContextId(context),
            termination,
            bearer,
            mode: Mode::SendReceive,
        });
        match added {
            Ok(MediaResult::Added(address)) => address,
            other => panic!("{other:?}"),
        }
    }

    fn subtract(&mut self, context: u64) -> Result<MediaResult, MediaError> {
        self.transaction += 1;
        let transaction = TransactionId(self.transaction);
        self.reply(MediaCommand::Subtract {
            transaction,
            context: ContextId(context),
        })
    }
}

/// A socket on an even port with the next one free, and bearers that lead there for CIC 1.
fn converter() -> (UdpSocket, CircuitBearers) {
    let pair = |_| {
        let socket = UdpSocket::bind((LOOPBACK, 0)).unwrap();
        (socket.local_addr().unwrap().port().is_multiple_of(2)).then_some(socket)
    };
    let [remote, local] = [(), ()].map(|()| (0..100).find_map(pair).unwrap());
    let port = |socket: &UdpSocket| socket.local_addr().unwrap().port();
    let bearers = CircuitBearers {
        group: GROUP,
        local_port_base: port(&local) - 2,
        remote: LOOPBACK,
        remote_port_base: port(&remote) - 2,
        law: Law::A,
        cics: vec![Cic::new(1).unwrap()],
    };
    (remote, bearers)
}

fn config(circuits: Vec<CircuitBearers>) -> MgwConfig {
    // Away from where the system takes its ephemeral ports, and from other runs at once.
    let base = 10_000 + (std::process::id() % 100) as u16 * 100;
    MgwConfig {
        ports: base..=base + 99,
        circuits,
        ..MgwConfig::new(LOOPBACK)
    }
}

fn parameters(socket: &UdpSocket, codec: Codec) -> RtpParameters {
    let payload_type = codec.static_payload_type().unwrap_or(111);
    RtpParameters {
        remote: socket.local_addr().unwrap(),
        codec,
        send_payload_type: payload_type,
        receive_payload_type: payload_type,
        telephone_event: None,
        ptime: 20,
    }
}

/// Opus one way and A-law the other, in real time for a second and a half.
#[test]
fn opus_telephone_talks_to_a_circuit() {
    let (converter, bearers) = converter();
    let mut gateway = Gateway::new(config(vec![bearers]));
    let phone = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    let remote = Some(parameters(&phone, Codec::Opus));
    let a = gateway.add(
        2,
        TerminationId::A,
        Bearer::Rtp {
            remote,
            ipv6: false,
        },
    );
    let cic = Cic::new(1).unwrap();
    let b = gateway.add(2, TerminationId::B, Bearer::Circuit { group: GROUP, cic });
    assert_eq!(a.ip(), LOOPBACK);
    phone.set_nonblocking(true).unwrap();
    converter.set_nonblocking(true).unwrap();
    let mut ends = [
        (
            phone,
            a,
            111,
            960,
            Encoder::new(CodecKind::Opus),
            Decoder::new(CodecKind::Opus),
        ),
        (
            converter,
            b,
            8,
            160,
            Encoder::new(CodecKind::Pcma),
            Decoder::new(CodecKind::Pcma),
        ),
    ];
    let mut tones = [Sine::new(1_000.0, -10.0), Sine::new(600.0, -10.0)];
    let mut heard = [Vec::new(), Vec::new()];
    #[expect(clippy::disallowed_methods, reason = "real sockets need real time")]
    let start = Instant::now();
    for index in 0..75_u16 {
        for ((end, tone), heard) in ends.iter_mut().zip(&mut tones).zip(&mut heard) {
            let (socket, peer, payload_type, units, encoder, decoder) = end;
            let mut pcm = [0; 160];
            tone.fill(&mut pcm);
            let (mut payload, mut data) = (Vec::new(), Vec::new());
            encoder.encode(&pcm, &mut payload).unwrap();
            let timestamp = u32::from(index) * *units;
            RtpPacket::new(*payload_type, index, timestamp, 9, &payload).write(&mut data);
            socket.send_to(&data, *peer).unwrap();
            let mut buffer = [0; 2_000];
            while let Ok((length, source)) = socket.recv_from(&mut buffer) {
                assert_eq!(source, *peer);
                let packet = RtpPacket::parse(&buffer[..length]).unwrap();
                assert_eq!(packet.payload_type, *payload_type);
                decoder.decode(packet.payload, heard).unwrap();
            }
        }
        let next = start + Duration::from_millis(20 * u64::from(index + 1));
        #[expect(clippy::disallowed_methods, reason = "real sockets need real time")]
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    for (heard, frequency) in heard.iter().zip([600.0, 1_000.0]) {
        // A busy machine may delay a packet beyond the buffer: what counts here is that sound
        // comes through; how well is the business of the tests in virtual time.
        assert!(heard.len() > 8 * 1_000, "{} samples", heard.len());
        let measured = measure(&heard[4_000..]);
        assert!(
            (measured.frequency_hz - frequency).abs() < 5.0,
            "{measured:?}"
        );
        assert!((measured.total_dbm0 + 10.0).abs() < 2.0, "{measured:?}");
    }
    let counters = gateway.handle.counters();
    assert_eq!((counters.contexts(), counters.ports_in_use()), (1, 1));
    assert!(counters.transcoded(Codec::Opus, Codec::Pcma) > 50);
    assert!(counters.transcoded(Codec::Pcma, Codec::Opus) > 50);
    assert!(gateway.tapped.load(Ordering::Relaxed) > 100);
    let subtracted = gateway.subtract(2).unwrap();
    let MediaResult::Subtracted(statistics) = subtracted else {
        panic!("{subtracted:?}")
    };
    assert_eq!(statistics.a.packets_received, 75);
    assert_eq!(statistics.b.packets_received, 75);
    let counters = gateway.handle.counters();
    assert_eq!((counters.contexts(), counters.ports_in_use()), (0, 0));
    // The sockets are closed: their ports can be bound again.
    gateway.handle.shutdown();
    UdpSocket::bind(a).unwrap();
    UdpSocket::bind(b).unwrap();
}

#[test]
fn circuit_hears_ringing_tone() {
    let (converter, bearers) = converter();
    let mut gateway = Gateway::new(MgwConfig {
        workers: 2,
        ..config(vec![bearers])
    });
    let cic = Cic::new(1).unwrap();
    let local = gateway.add(1, TerminationId::A, Bearer::Circuit { group: GROUP, cic });
    gateway.transaction += 1;
    let played = gateway.reply(MediaCommand::Signal {
        transaction: TransactionId(gateway.transaction),
        context: ContextId(1),
        termination: TerminationId::A,
        signal: Some(Signal::RingingTone(RingingTone::European)),
    });
    assert_eq!(played, Ok(MediaResult::Modified));
    let mut decoder = Decoder::new(CodecKind::Pcma);
    let mut heard = Vec::new();
    let mut buffer = [0; 2_000];
    converter
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    while heard.len() < 1_600 {
        let (length, source) = converter.recv_from(&mut buffer).unwrap();
        assert_eq!(source, local);
        let packet = RtpPacket::parse(&buffer[..length]).unwrap();
        decoder.decode(packet.payload, &mut heard).unwrap();
    }
    let measured = measure(&heard);
    assert!((measured.frequency_hz - 425.0).abs() < 1.0, "{measured:?}");
    gateway.subtract(1).unwrap();
    gateway.handle.shutdown();
}

#[test]
fn contexts_are_spread_over_workers_with_ports_of_their_own() {
    let base = 30_000 + (std::process::id() % 20) as u16 * 100;
    let config = MgwConfig {
        workers: 2,
        ports: base..=base + 99,
        ..MgwConfig::new(LOOPBACK)
    };
    let mut gateway = Gateway::new(config);
    let bearer = Bearer::Rtp {
        remote: None,
        ipv6: false,
    };
    let mut ports: Vec<u16> = (0..8)
        .map(|context| gateway.add(context, TerminationId::A, bearer).port())
        .collect();
    assert!(ports.iter().all(|port| port % 2 == 0));
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 8);
    assert_eq!(gateway.handle.counters().contexts(), 8);
    for context in 0..8 {
        gateway.subtract(context).unwrap();
    }
    assert_eq!(gateway.handle.counters().ports_in_use(), 0);
    gateway.handle.shutdown();
    gateway.handle.shutdown();
}

#[test]
fn port_that_another_program_holds_is_passed_over() {
    let mut config = config(Vec::new());
    let base = 15_000 + (std::process::id() % 100) as u16 * 40;
    config.ports = base..=base + 39;
    // Its RTCP port is taken: that is as bad.
    let _held = UdpSocket::bind((LOOPBACK, base + 1));
    let mut gateway = Gateway::new(config);
    let bearer = Bearer::Rtp {
        remote: None,
        ipv6: false,
    };
    let added = gateway.add(0, TerminationId::A, bearer);
    assert!(added.port() > base);
    drop(gateway.handle);
}
