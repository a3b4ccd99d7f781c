//! What a subscriber of the telephone network hears from the moment it has dialled a SIP phone:
//! the cores of MGC and MGW between a simulated exchange and a simulated telephone, in virtual
//! time, without a network between them.

use core::time::Duration;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use trunkline_interwork::{CauseMap, ProfileName, TrunkProfile};
use trunkline_isup::{CircuitGroup, Selection, Timers};
use trunkline_mgc::{self as mgc, AddressRange, CallTimers, Mgc, SipPeer, Target, TrunkGroup};
use trunkline_mgw::{self as mgw, Channel, CircuitBearers, Mgw, MgwConfig, SocketId};
use trunkline_model::media::{Codec, Law, RingingTone};
use trunkline_model::mtp::MtpIndication;
use trunkline_model::{Cic, CircuitId, NetworkIndicator, PointCode, Time, TrunkGroupId};
use trunkline_numbering::{Routes, Rules};
use trunkline_simulator::exchange::{self, Exchange, ExchangeConfig, OutgoingCall};
use trunkline_simulator::phone::{self, Phone, PhoneAnswers, PhoneBehaviour, PhoneConfig};
use trunkline_simulator::sound::Heard;
use trunkline_sip::endpoint::EndpointConfig;
use trunkline_sip::sdp::Capabilities;
use trunkline_sip::{Flow, Transport};

#[test]
fn caller_hears_425_hz_while_the_phone_rings() {
    for law in [Law::A, Law::Mu] {
        let mut net = Net::new(law, Codec::Opus, PhoneBehaviour::NoAnswer);
        // The phone rings from 0.05 s on; the last 0.8 s count.
        let heard = net.call(|call| call.patience = Some(Duration::from_millis(1_000)));
        assert!(heard.is_tone(425.0, -20.0, 0.3, 25.0), "{law:?}: {heard}");
        assert_eq!(heard.lost, 0);
        let heard = net.call(|call| call.patience = Some(Duration::from_millis(4_000)));
        assert_eq!(
            heard.sound.level_dbm0,
            f64::NEG_INFINITY,
            "{law:?}: {heard}"
        );
        assert!(heard.packets > 190, "a circuit has no pauses: {heard}");
        let heard = net.call(|call| call.patience = Some(Duration::from_millis(6_000)));
        assert!(heard.is_tone(425.0, -20.0, 0.3, 25.0), "{law:?}: {heard}");
        net.finish();
    }
}

#[test]
fn caller_hears_the_phone_once_it_has_answered() {
    for codec in Codec::ALL {
        let answers = PhoneAnswers {
            answer_after_ms: 500,
            ..PhoneAnswers::USUAL
        };
        let mut net = Net::new(Law::A, codec, PhoneBehaviour::Answers(answers));
        let heard = net.call(|call| call.hold = Some(Duration::from_secs(3)));
        assert!(
            (heard.sound.frequency_hz - 440.0).abs() < 1.0,
            "{codec}: {heard}"
        );
        assert!(
            (heard.sound.total_dbm0 + 10.0).abs() < 2.0,
            "{codec}: {heard}"
        );
        assert_eq!(heard.lost, 0, "{codec}: {heard}");
        net.finish();
    }
}

#[test]
fn caller_hears_the_phones_own_tone_in_its_place() {
    let answers = PhoneAnswers {
        answer_after_ms: 60_000,
        early_media: true,
        ..PhoneAnswers::USUAL
    };
    let mut net = Net::new(Law::A, Codec::Pcmu, PhoneBehaviour::Answers(answers));
    let heard = net.call(|call| call.patience = Some(Duration::from_millis(1_000)));
    // The phone's is louder.
    assert!(heard.is_tone(425.0, -10.0, 0.3, 25.0), "{heard}");
    net.finish();
}

#[test]
fn caller_hears_the_tone_of_the_trunk_group() {
    for (tone, expected) in [
        (Some(RingingTone::NorthAmerican), -16.0),
        (None, f64::NEG_INFINITY),
    ] {
        let mut net = Net::with(Law::Mu, Codec::Pcma, PhoneBehaviour::NoAnswer, tone);
        let heard = net.call(|call| call.patience = Some(Duration::from_millis(1_500)));
        let level = heard.sound.total_dbm0;
        assert!(
            level == expected || (level - expected).abs() < 0.3,
            "{heard}"
        );
        assert_eq!(heard.packets > 0, tone.is_some());
        net.finish();
    }
}

/// The exchange, the gateway and the telephone.
struct Net {
    now: Time,
    exchange: Exchange,
    mgc: Mgc,
    mgw: Mgw,
    phone: Phone,
    sockets: BTreeMap<SocketId, SocketAddr>,
    ended: Vec<Heard>,
}

impl Net {
    fn new(law: Law, codec: Codec, does: PhoneBehaviour) -> Self {
        Self::with(law, codec, does, Some(RingingTone::European))
    }

    fn with(law: Law, codec: Codec, does: PhoneBehaviour, tone: Option<RingingTone>) -> Self {
        let mut exchange =
            ExchangeConfig::new(vec![circuits(THEIRS, OURS)]).expect("a value of this file");
        exchange.law = law;
        exchange.window = Duration::from_millis(800);
        let mut phone = PhoneConfig::new("phone");
        phone.codecs = vec![codec];
        phone.does = does;
        let mut mgw = MgwConfig::new(GATEWAY.ip());
        mgw.circuits = vec![CircuitBearers {
            group: GROUP,
            local_port_base: BEARERS,
            remote: EXCHANGE,
            remote_port_base: BEARERS,
            law,
            cics: cics(),
        }];
        let mut net = Self {
            now: Time::ZERO,
            exchange: Exchange::new(Time::ZERO, exchange).expect("a value of this file"),
            mgc: Mgc::new(mgc_config(law, tone)).expect("a value of this file"),
            mgw: Mgw::new(mgw, 1).expect("a value of this file"),
            phone: Phone::new(phone, PHONE, vec![SocketAddr::new(PHONE.ip(), 4_000)]),
            sockets: BTreeMap::new(),
            ended: Vec::new(),
        };
        let resume = |code| MtpIndication::Resume(point_code(code));
        let input = exchange::Input::Mtp(resume(OURS));
        net.exchange.handle(net.now, input);
        net.mgc.handle(net.now, mgc::Input::Mtp(resume(THEIRS)));
        net.run(Duration::from_secs(1));
        net
    }

    /// A subscriber calls the telephone; what it heard last.
    fn call(&mut self, change: impl FnOnce(&mut OutgoingCall)) -> Heard {
        let mut call =
            OutgoingCall::new(GROUP, "+448012345".parse().expect("a value of this file"));
        change(&mut call);
        let before = self.ended.len();
        self.exchange
            .call(self.now, call)
            .expect("a value of this file");
        self.run(Duration::from_secs(10));
        assert_eq!(self.ended.len(), before + 1);
        self.ended[before]
    }

    fn finish(&mut self) {
        self.run(Duration::from_secs(40));
        assert!(self.exchange.is_idle());
        assert_eq!(self.mgc.calls(), 0);
        assert_eq!(self.mgw.contexts().count(), 0);
    }

    fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        self.pump();
        loop {
            let next = [
                self.exchange.poll_timeout().map(|(at, _)| at),
                self.mgc.poll_timeout().map(|(at, _)| at),
                self.mgw.poll_timeout().map(|(at, _)| at),
                self.phone.poll_timeout().map(|(at, _)| at),
            ];
            let Some(at) = next.into_iter().flatten().min().filter(|&at| at <= end) else {
                break;
            };
            self.now = self.now.max(at);
            self.exchange.handle_timeout(self.now);
            self.mgc.handle_timeout(self.now);
            self.mgw.handle_timeout(self.now);
            self.phone.handle_timeout(self.now);
            self.pump();
        }
        self.now = end;
    }

    /// Carries what anybody has to say, until nobody has more.
    fn pump(&mut self) {
        loop {
            if let Some(output) = self.exchange.poll_output() {
                self.exchange_says(output);
            } else if let Some(output) = self.mgc.poll_output() {
                self.mgc_says(output);
            } else if let Some(output) = self.mgw.poll_output() {
                self.mgw_says(output);
            } else if let Some(output) = self.phone.poll_output() {
                self.phone_says(output);
            } else {
                return;
            }
        }
    }

    fn exchange_says(&mut self, output: exchange::Output) {
        match output {
            exchange::Output::Mtp(transfer) => {
                let indication = MtpIndication::Transfer(transfer);
                self.mgc.handle(self.now, mgc::Input::Mtp(indication));
            }
            exchange::Output::Rtp { circuit, data } => {
                let port = BEARERS + 2 * u16::try_from(circuit.cic.value()).expect("a circuit");
                let local = SocketAddr::new(GATEWAY.ip(), port);
                self.mgw_hears(local, SocketAddr::new(EXCHANGE, port), &data);
            }
            exchange::Output::Event(exchange::Event::Ended { heard, .. }) => self.ended.push(heard),
            exchange::Output::Bearer { .. } | exchange::Output::Event(_) => {}
        }
    }

    fn mgc_says(&mut self, output: mgc::Output) {
        match output {
            mgc::Output::Resolve(question) => panic!("{question:?}"),
            mgc::Output::Sip { data, .. } => {
                let (source, data) = (GATEWAY, &data[..]);
                let input = phone::Input::Sip { source, data };
                self.phone.handle(self.now, input);
            }
            mgc::Output::Mtp(transfer) => {
                let indication = MtpIndication::Transfer(transfer);
                let input = exchange::Input::Mtp(indication);
                self.exchange.handle(self.now, input);
            }
            mgc::Output::Media(command) => {
                self.mgw.handle(self.now, mgw::Input::Command(command));
            }
            mgc::Output::Event(_) => {}
        }
    }

    fn mgw_says(&mut self, output: mgw::Output) {
        match output {
            mgw::Output::Bind { socket, address } => {
                self.sockets.insert(socket, address);
                let bound = true;
                self.mgw
                    .handle(self.now, mgw::Input::Bound { socket, bound });
            }
            mgw::Output::Unbind { socket } => {
                self.sockets.remove(&socket);
            }
            mgw::Output::Transmit {
                channel: Channel::Rtp,
                destination,
                data,
                ..
            } => {
                let data = &data[..];
                if destination.ip() == EXCHANGE {
                    let circuit = CircuitId {
                        dpc: point_code(OURS),
                        cic: Cic::new((destination.port() - BEARERS) / 2)
                            .expect("a value of this file"),
                    };
                    let input = exchange::Input::Rtp { circuit, data };
                    self.exchange.handle(self.now, input);
                } else {
                    let local = destination;
                    let input = phone::Input::Rtp { local, data };
                    self.phone.handle(self.now, input);
                }
            }
            mgw::Output::Transmit { .. } => {}
            mgw::Output::Event(event) => self.mgc.handle(self.now, mgc::Input::Media(event)),
        }
    }

    fn phone_says(&mut self, output: phone::Output) {
        match output {
            phone::Output::Sip { data, .. } => {
                let (flow, data) = (Flow::udp(GATEWAY, PHONE), &data[..]);
                let input = mgc::Input::Sip { flow, data };
                self.mgc.handle(self.now, input);
            }
            phone::Output::Rtp {
                local,
                destination,
                data,
            } => self.mgw_hears(destination, local, &data),
            phone::Output::Event(_) => {}
        }
    }

    fn mgw_hears(&mut self, local: SocketAddr, source: SocketAddr, data: &[u8]) {
        let found = self.sockets.iter().find(|(_, bound)| **bound == local);
        // What comes after the end of the context finds nobody.
        if let Some((&socket, _)) = found {
            let channel = Channel::Rtp;
            let input = mgw::Input::Packet {
                socket,
                channel,
                source,
                data,
            };
            self.mgw.handle(self.now, input);
        }
    }
}

fn mgc_config(law: Law, ringing_tone: Option<RingingTone>) -> mgc::Config {
    let mut routes = Routes::new();
    routes
        .insert("+44", Target::SipPeer(0))
        .expect("a value of this file");
    mgc::Config {
        endpoint: EndpointConfig {
            locals: vec![(Transport::Udp, GATEWAY)],
            ..EndpointConfig::new([7; 32])
        },
        admitted: vec![AddressRange {
            address: PHONE.ip(),
            prefix: 32,
        }],
        peers: vec![SipPeer::udp("phone", PHONE)],
        trunk_groups: vec![TrunkGroup {
            name: "landline".to_owned(),
            circuits: circuits(OURS, THEIRS),
            profile: TrunkProfile {
                law,
                ringing_tone,
                ..TrunkProfile::new("49")
            },
            causes: CauseMap::profile(ProfileName::Rfc3398),
        }],
        rules: Rules::new(Vec::new()).expect("a value of this file"),
        routes,
        capabilities: Capabilities::default(),
        timers: CallTimers::default(),
        max_calls: 10,
    }
}

fn circuits(opc: u32, dpc: u32) -> CircuitGroup {
    CircuitGroup {
        variant: trunkline_isup::Variant::itu(),
        id: GROUP,
        opc: point_code(opc),
        dpc: point_code(dpc),
        ni: NetworkIndicator::National,
        cics: cics(),
        selection: Selection::LeastRecentlyIdle,
        timers: Timers::default(),
    }
}

fn cics() -> Vec<Cic> {
    (1..=4)
        .map(|cic| Cic::new(cic).expect("a value of this file"))
        .collect()
}

fn point_code(value: u32) -> PointCode {
    PointCode::new(value).expect("a value of this file")
}

const GROUP: TrunkGroupId = TrunkGroupId(0);
const OURS: u32 = 100;
const THEIRS: u32 = 200;
const GATEWAY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 5060);
const PHONE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)), 5060);
const EXCHANGE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 200));
const BEARERS: u16 = 30_000;
