//! The shells over loopback sockets, in real time.

use super::*;
use crate::chance::Chance;
use crate::exchange::{Event as ExchangeEvent, ExchangeConfig, Why as ExchangeWhy};
use crate::phone::{
    Event as PhoneEvent, OutgoingCall, PhoneAnswers, PhoneBehaviour, PhoneConfig, Why,
};
use crate::sound::{Ear, Heard, Mouth, Sound};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use trunkline_codecs::CodecKind;
use trunkline_isup::circuit::{
    CircuitGroup, CircuitTable, Indication, Input, Output, Request, Selection, Timers,
};
use trunkline_isup::{CalledPartyNumber, Iam, Message, NatureOfAddress, Rel};
use trunkline_model::media::Codec;
use trunkline_model::{Cause, CauseValue, CircuitId, Location, NetworkIndicator, PointCode};
use trunkline_signaling::{
    Config, ListenConfig, PeerConfig, Route, SignalingEvent, Transport, Way, spawn,
};

const PATIENCE: Duration = Duration::from_secs(20);

fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

async fn next<T>(events: &mut mpsc::Receiver<T>) -> Option<T> {
    tokio::time::timeout(PATIENCE, events.recv())
        .await
        .expect("an event in time")
}

/// How the next call of a telephone ends.
async fn end(events: &mut mpsc::Receiver<PhoneEvent>) -> (Why, Heard) {
    loop {
        let event = next(events).await.expect("the telephone still runs");
        if let PhoneEvent::Ended { why, heard, .. } = event {
            return (why, heard);
        }
    }
}

#[tokio::test]
async fn two_telephones_talk_over_loopback() {
    let tapped = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&tapped);
    let tap: trunkline_model::tap::Tap = Arc::new(move |_, _, _: &[u8]| {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    let mut called = PhoneConfig::new("called");
    called.codecs = vec![Codec::Pcma];
    called.does = PhoneBehaviour::Answers(PhoneAnswers {
        answer_after_ms: 50,
        ..PhoneAnswers::USUAL
    });
    let (called, mut called_events) =
        spawn_phone(PhoneShellConfig::new(called, loopback()), Some(tap)).unwrap();
    let caller = PhoneConfig {
        plays: Sound::TEST_TONE,
        ..PhoneConfig::new("caller")
    };
    let (caller, mut caller_events) =
        spawn_phone(PhoneShellConfig::new(caller, loopback()), None).unwrap();
    let destination = called.local_address();
    let call = OutgoingCall {
        hold: Some(Duration::from_millis(1_600)),
        ..OutgoingCall::new(format!("sip:called@{destination}"), destination)
    };
    caller.call(call).await.unwrap().unwrap();
    let (why, heard) = end(&mut caller_events).await;
    assert_eq!(why, Why::HungUp);
    assert!(heard.is_tone(440.0, -10.0, 0.5, 25.0), "{heard}");
    let (why, heard) = end(&mut called_events).await;
    assert_eq!(why, Why::Bye { reason: None });
    assert!(heard.is_tone(1004.0, -10.0, 0.5, 25.0), "{heard}");
    assert!(tapped.load(Ordering::Relaxed) > 60);

    caller.shutdown();
    called.shutdown();
    tokio::time::timeout(PATIENCE, caller.stopped())
        .await
        .unwrap();
    tokio::time::timeout(PATIENCE, called.stopped())
        .await
        .unwrap();
    assert_eq!(next(&mut caller_events).await, None);
    assert!(caller.active_calls().await.is_err());
}

#[tokio::test]
async fn addresses_that_cannot_be_named_are_refused() {
    let config = PhoneShellConfig::new(PhoneConfig::new("x"), "0.0.0.0:0".parse().unwrap());
    assert!(matches!(
        spawn_phone(config, None),
        Err(SimulatorError::Unspecified(_))
    ));
}

const EXCHANGE: u32 = 5_001;
const GATEWAY: u32 = 5_002;

fn code(value: u32) -> PointCode {
    PointCode::new(value).unwrap()
}

fn group(opc: u32, dpc: u32, cic: u16) -> CircuitGroup {
    CircuitGroup {
        variant: trunkline_isup::Variant::itu(),
        id: TrunkGroupId(0),
        opc: code(opc),
        dpc: code(dpc),
        ni: NetworkIndicator::National,
        cics: vec![Cic::new(cic).unwrap()],
        selection: Selection::default(),
        timers: Timers::default(),
    }
}

#[test]
fn ports_of_circuits_are_checked() {
    let bearer = BearerConfig {
        group: TrunkGroupId(0),
        local: loopback().ip(),
        local_port_base: 65_000,
        remote: loopback().ip(),
        remote_port_base: 20_000,
    };
    let start = |bearers, cic| {
        let config = ExchangeShellConfig {
            exchange: ExchangeConfig::new(vec![group(EXCHANGE, GATEWAY, cic)]).unwrap(),
            signaling: Config::gateway(code(EXCHANGE), code(GATEWAY)),
            bearers,
        };
        spawn_exchange(config, None).map(|_| ()).unwrap_err()
    };
    let error = start(vec![bearer], 300).to_string();
    assert!(error.contains("65000 + 2 * 300"), "{error}");
    assert!(matches!(
        start(vec![bearer, bearer], 1),
        SimulatorError::Bearers(_)
    ));
    let elsewhere = BearerConfig {
        group: TrunkGroupId(7),
        ..bearer
    };
    assert!(matches!(
        start(vec![elsewhere], 1),
        SimulatorError::Bearers(_)
    ));
}

/// A circuit table as the gateway, behind a real ASP.
struct Gateway {
    clock: Clock,
    table: CircuitTable,
    asp: trunkline_signaling::SignalingHandle,
    signals: mpsc::Receiver<SignalingEvent>,
    socket: tokio::net::UdpSocket,
    remote: SocketAddr,
    mouth: Mouth,
    ear: Ear,
}

impl Gateway {
    /// Waits for the next word of the call control, speaking all the while.
    async fn told(&mut self) -> Indication {
        let deadline = self.clock.now() + PATIENCE;
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        let mut buffer = [0; 2_048];
        loop {
            while let Some(output) = self.table.poll_output() {
                match output {
                    Output::Mtp(transfer) => self.asp.transfer(transfer),
                    Output::Call(_, indication) => return indication,
                    _ => {}
                }
            }
            assert!(self.clock.now() < deadline, "nothing came in time");
            tokio::select! {
                signal = self.signals.recv() => {
                    if let SignalingEvent::Mtp(indication) = signal.expect("the ASP still runs") {
                        self.table.handle(self.clock.now(), Input::Mtp(indication));
                        if self.table.census(TrunkGroupId(0)).idle == 1 {
                            self.seize();
                        }
                    }
                }
                received = self.socket.recv(&mut buffer) => {
                    let length = received.unwrap();
                    self.ear.receive(self.clock.now(), &buffer[..length]);
                }
                _ = pace.tick() => {
                    let packet = self.mouth.packet().expect("a packet");
                    let _ = self.socket.try_send_to(&packet, self.remote);
                }
            }
        }
    }

    /// Calls as soon as there is a circuit.
    fn seize(&mut self) {
        if let Some(circuit) = self.table.seize(self.clock.now(), TrunkGroupId(0)) {
            let digits = "493023125110".parse().unwrap();
            let number = CalledPartyNumber::new(NatureOfAddress::International, digits);
            self.request(circuit, Request::Send(Message::Iam(Iam::new(number))));
        }
    }

    fn request(&mut self, circuit: CircuitId, request: Request) {
        self.table
            .handle(self.clock.now(), Input::Request(circuit, request));
    }
}

/// A UDP port of loopback that was free a moment ago.
fn free_port() -> u16 {
    std::net::UdpSocket::bind(loopback())
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

#[tokio::test]
async fn gateway_calls_the_exchange_over_m3ua_and_rtp() {
    let exchange_port = free_port();
    let socket = tokio::net::UdpSocket::bind(loopback()).await.unwrap();
    let gateway_port = socket.local_addr().unwrap().port();
    let mut signaling = Config::gateway(code(EXCHANGE), code(GATEWAY));
    signaling.listen.push(ListenConfig {
        transport: Transport::UdpEncapsulated {
            local_port: 0,
            remote_port: 0,
        },
        addresses: vec!["127.0.0.1:2905".parse().unwrap()],
    });
    let config = ExchangeShellConfig {
        exchange: ExchangeConfig::new(vec![group(EXCHANGE, GATEWAY, 1)]).unwrap(),
        signaling,
        bearers: vec![BearerConfig {
            group: TrunkGroupId(0),
            local: loopback().ip(),
            local_port_base: exchange_port - 2,
            remote: loopback().ip(),
            remote_port_base: gateway_port - 2,
        }],
    };
    let (exchange, mut reports) = spawn_exchange(config, None).unwrap();
    let listening = exchange.local_addresses()[0];
    let Transport::UdpEncapsulated { local_port, .. } = listening.transport else {
        panic!("{listening:?}")
    };
    let mut asp = Config::new(code(GATEWAY));
    asp.peers.push(PeerConfig::new(
        "exchange",
        Transport::UdpEncapsulated {
            local_port: 0,
            remote_port: local_port,
        },
        loopback(),
        listening.address,
    ));
    asp.routes.push(Route {
        dpc: code(EXCHANGE),
        ways: vec![Way::over("exchange")],
    });
    let (asp, signals) = spawn(asp, None).unwrap();
    let tone = Sound::Tone {
        hz: 440.0,
        dbm0: -10.0,
    };
    let mut gateway = Gateway {
        clock: Clock::start(),
        table: CircuitTable::new(vec![group(GATEWAY, EXCHANGE, 1)]).unwrap(),
        asp,
        signals,
        socket,
        remote: SocketAddr::new(loopback().ip(), exchange_port),
        mouth: Mouth::new(CodecKind::Pcma, 8, 20, tone, &mut Chance::new(1)),
        ear: Ear::new(CodecKind::Pcma, 8, None, Duration::from_secs(1)),
    };
    assert!(matches!(
        gateway.told().await,
        Indication::Message(Message::Acm(_))
    ));
    assert!(matches!(
        gateway.told().await,
        Indication::Message(Message::Anm(_))
    ));
    gateway.ear.listen_anew();
    // Nothing more comes by itself; the call is ended after a while.
    let talk = tokio::time::timeout(Duration::from_millis(1_600), gateway.told()).await;
    assert!(talk.is_err(), "{talk:?}");
    let heard = gateway.ear.heard();
    assert!(heard.is_tone(1004.0, -10.0, 0.5, 25.0), "{heard}");
    let circuit = CircuitId {
        dpc: code(EXCHANGE),
        cic: Cic::new(1).unwrap(),
    };
    let cause = Cause::new(
        CauseValue::NORMAL_CALL_CLEARING,
        Location::BeyondInterworkingPoint,
    );
    gateway.request(circuit, Request::Release(Rel::new(cause)));
    assert!(matches!(gateway.told().await, Indication::ReleaseComplete));
    let (why, heard) = loop {
        let event = next(&mut reports).await.expect("the exchange still runs");
        if let ExchangeReport::Exchange(ExchangeEvent::Ended { why, heard, .. }) = event {
            break (why, heard);
        }
    };
    assert_eq!(why, ExchangeWhy::ReleasedByPeer(cause));
    assert!(heard.is_tone(440.0, -10.0, 0.5, 25.0), "{heard}");
    let activity = exchange.activity().await.unwrap();
    assert_eq!((activity.calls, activity.idle), (0, true));

    exchange.shutdown();
    tokio::time::timeout(PATIENCE, exchange.stopped())
        .await
        .unwrap();
    while next(&mut reports).await.is_some() {}
    gateway.asp.shutdown();
}
