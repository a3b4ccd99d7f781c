//! The telephone against a user agent core, and against itself, in virtual time.

use super::*;
use crate::sound::{Ear, Heard, Mouth, Sound, kind};
use trunkline_model::media::Codec;
use trunkline_sip::sdp::{Negotiated, SessionDescription, SessionVersion};
use trunkline_sip::{Event as PeerEvent, Kind, Message};

mod called;
mod calling;
mod soak;

const PHONE: &str = "192.0.2.1:5060";
const PEER: &str = "192.0.2.2:5060";

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn ports(host: &str, lines: u16) -> Vec<SocketAddr> {
    (0..lines)
        .map(|line| address(&format!("{host}:{}", 10_000 + 2 * line)))
        .collect()
}

/// The start line, without URIs: `INVITE`, `180`, `200 BYE`.
fn title(data: &[u8]) -> String {
    let message = Message::parse(data.to_vec()).expect("a SIP message");
    match message.kind() {
        Kind::Request { method, .. } => method.to_string(),
        Kind::Response { status, .. } => {
            let method = message.cseq().method.to_string();
            if method == "INVITE" {
                status.to_string()
            } else {
                format!("{status} {method}")
            }
        }
    }
}

/// A telephone and a bare user agent core that calls it.
struct Pair {
    now: Time,
    phone: Phone,
    peer: Endpoint,
    /// What passed, with milliseconds since `origin`: `>` towards the telephone.
    ladder: Vec<String>,
    origin: Time,
    told: Vec<PeerEvent>,
    events: Vec<Event>,
    /// The peer's mouth and ear, and when it speaks next.
    sound: Option<PeerSound>,
}

struct PeerSound {
    mouth: Mouth,
    ear: Ear,
    remote: SocketAddr,
    local: SocketAddr,
    at: Time,
}

impl Pair {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut PhoneConfig)) -> Self {
        let mut config = PhoneConfig::new("phone");
        change(&mut config);
        Self {
            now: Time::ZERO,
            phone: Phone::new(config, address(PHONE), ports("192.0.2.1", 2)),
            peer: Endpoint::new(EndpointConfig::new([7; 32])),
            ladder: Vec::new(),
            origin: Time::ZERO,
            told: Vec::new(),
            events: Vec::new(),
            sound: None,
        }
    }

    fn invite(&mut self, user: &str, sdp: Option<&SessionDescription>) -> SessionId {
        let uri = format!("sip:{user}@{PHONE}");
        let invite = OutgoingInvite {
            request_uri: uri.clone(),
            from: "<sip:peer@192.0.2.2>".into(),
            to: format!("<{uri}>"),
            headers: Vec::new(),
            sdp: sdp.map(|sdp| sdp.to_string().into_bytes()),
            max_forwards: 70,
            credentials: None,
        };
        let hop = NextHop::Flow(Flow::udp(address(PEER), address(PHONE)));
        let id = self.peer.invite(self.now, hop, invite);
        self.pump();
        id
    }

    /// The peer acknowledges and speaks as was agreed.
    fn speak(&mut self, agreed: &Negotiated, local: SocketAddr) {
        let parameters = &agreed.parameters;
        let kind = kind(parameters.codec);
        let tone = Sound::Tone {
            hz: 1004.0,
            dbm0: -10.0,
        };
        let chance = &mut Chance::new(5);
        let mut ear = Ear::new(
            kind,
            parameters.receive_payload_type,
            parameters.telephone_event,
            Duration::from_secs(1),
        );
        ear.listen_anew();
        self.sound = Some(PeerSound {
            mouth: Mouth::new(
                kind,
                parameters.send_payload_type,
                parameters.ptime,
                tone,
                chance,
            ),
            ear,
            remote: parameters.remote,
            local,
            at: self.now,
        });
    }

    fn peer_heard(&mut self) -> Heard {
        self.sound
            .as_mut()
            .map_or(Heard::NOTHING, |sound| sound.ear.heard())
    }

    /// The last answer to the peer's INVITE, and its description.
    fn answered(&self) -> (Message, SessionDescription) {
        let response = self
            .told
            .iter()
            .rev()
            .find_map(|event| match event {
                PeerEvent::Answered { response, .. } => Some(response.clone()),
                _ => None,
            })
            .expect("an answer");
        let sdp = SessionDescription::parse(response.sdp().expect("SDP")).unwrap();
        (response, sdp)
    }

    fn run(&mut self, millis: u64) {
        let end = self.now + Duration::from_millis(millis);
        loop {
            let next = [
                self.phone.poll_timeout().map(|(at, _)| at),
                self.peer.poll_timeout().map(|(at, _)| at),
                self.sound.as_ref().map(|sound| sound.at),
            ];
            let Some(at) = next.into_iter().flatten().min().filter(|&at| at <= end) else {
                break;
            };
            self.now = self.now.max(at);
            self.phone.handle_timeout(self.now);
            self.peer.handle_timeout(self.now);
            if let Some(sound) = self.sound.as_mut().filter(|sound| sound.at <= self.now) {
                sound.at += sound.mouth.interval();
                if let Some(data) = sound.mouth.packet() {
                    let local = sound.remote;
                    self.phone
                        .handle(self.now, Input::Rtp { local, data: &data });
                }
            }
            self.pump();
        }
        self.now = end;
    }

    fn write(&mut self, way: char, data: &[u8]) {
        let at = self.now.since(self.origin).as_millis();
        self.ladder.push(format!("{at} {way} {}", title(data)));
    }

    fn pump(&mut self) {
        loop {
            if let Some(output) = self.phone.poll_output() {
                match output {
                    Output::Sip { destination, data } => {
                        assert_eq!(destination, address(PEER));
                        self.write('<', &data);
                        self.peer.receive(
                            self.now,
                            Flow::udp(address(PEER), address(PHONE)),
                            &data,
                        );
                    }
                    Output::Rtp {
                        destination, data, ..
                    } => {
                        if let Some(sound) = &mut self.sound
                            && sound.local == destination
                        {
                            sound.ear.receive(self.now, &data);
                        }
                    }
                    Output::Event(event) => self.events.push(event),
                }
            } else if let Some(output) = self.peer.poll_output() {
                match output {
                    SipOutput::Transmit { data, .. } => {
                        self.write('>', &data);
                        let source = address(PEER);
                        self.phone.handle(
                            self.now,
                            Input::Sip {
                                source,
                                data: &data,
                            },
                        );
                    }
                    SipOutput::Resolve(question) => panic!("{question:?}"),
                    SipOutput::Event(event) => self.told.push(event),
                }
            } else {
                return;
            }
        }
    }

    #[track_caller]
    fn expect(&self, ladder: &[&str]) {
        assert_eq!(
            self.ladder,
            ladder,
            "\n  seen:\n    {}",
            self.ladder.join("\n    ")
        );
    }

    /// How the telephone's calls ended, and what it heard.
    fn ends(&self) -> Vec<(Why, Option<u64>, Heard)> {
        ends(&self.events)
    }

    #[track_caller]
    fn expect_nothing_left(&mut self) {
        self.run(64_000);
        assert_eq!(self.phone.active_calls(), 0);
        assert_eq!(self.phone.free_ports(), 2);
        assert_eq!((self.phone.sessions(), self.phone.transactions()), (0, 0));
        assert!(self.phone.wakeups.is_empty());
    }
}

fn ends(events: &[Event]) -> Vec<(Why, Option<u64>, Heard)> {
    let end = |event: &Event| match event {
        Event::Ended {
            why, talked, heard, ..
        } => Some((
            why.clone(),
            talked.map(|talked| talked.as_millis() as u64),
            *heard,
        )),
        _ => None,
    };
    events.iter().filter_map(end).collect()
}

const ORIGIN: SessionVersion = SessionVersion { id: 1, version: 1 };

fn offer_of(codecs: &[Codec], direction: Direction) -> (SocketAddr, SessionDescription) {
    let local = address("192.0.2.2:20000");
    let capabilities = Capabilities {
        codecs: codecs.to_vec(),
        ..Capabilities::default()
    };
    (local, sdp::offer(local, &capabilities, direction, ORIGIN))
}
