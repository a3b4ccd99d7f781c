//! The exchange against a second circuit table that stands for the gateway, in virtual time.

use super::*;
use crate::sound::{Ear, Heard, Mouth, Sound};
use trunkline_codecs::CodecKind;
use trunkline_isup::circuit::{CircuitGroup, Selection, Timers};
use trunkline_isup::{
    AddressDigits, CalledPartyNumber, Iam, NatureOfAddress, Pdu, Rel, Sam, decode,
};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{Cic, NetworkIndicator, PointCode};

mod behaviours;
mod callers;
mod soak;
mod yaml;

const GROUP: TrunkGroupId = TrunkGroupId(0);

fn exchange_code() -> PointCode {
    "2-100-1".parse().unwrap()
}

fn gateway_code() -> PointCode {
    "2-200-1".parse().unwrap()
}

fn group(opc: PointCode, dpc: PointCode, circuits: u16) -> CircuitGroup {
    CircuitGroup {
        variant: trunkline_isup::Variant::itu(),
        id: GROUP,
        opc,
        dpc,
        ni: NetworkIndicator::National,
        cics: (1..=circuits).map(|cic| Cic::new(cic).unwrap()).collect(),
        selection: Selection::default(),
        timers: Timers::default(),
    }
}

/// Both ends of a trunk group, and all that passes between them.
struct Net {
    now: Time,
    exchange: Exchange,
    gateway: CircuitTable,
    /// What passed, with milliseconds since `origin`: `>` towards the exchange.
    ladder: Vec<String>,
    origin: Time,
    /// What the gateway's table told its call control.
    told: Vec<(CircuitId, Indication)>,
    events: Vec<Event>,
    /// The gateway's end of one bearer, and when it speaks next.
    sound: Option<(Mouth, Ear, Time)>,
    /// Messages to be lost, of a hundred; the same chance for both directions.
    loss: u32,
    chance: Chance,
    /// When the gateway hangs up answered calls.
    hang_ups: Vec<(Time, CircuitId)>,
}

impl Net {
    /// A group of that many circuits, in service.
    fn new(circuits: u16) -> Self {
        Self::with(circuits, |_| {})
    }

    fn with(circuits: u16, change: impl FnOnce(&mut ExchangeConfig)) -> Self {
        let (exchange, gateway) = (exchange_code(), gateway_code());
        let mut config = ExchangeConfig::new(vec![group(exchange, gateway, circuits)]).unwrap();
        change(&mut config);
        let mut net = Self {
            now: Time::ZERO,
            exchange: Exchange::new(Time::ZERO, config).unwrap(),
            gateway: CircuitTable::new(vec![group(gateway, exchange, circuits)]).unwrap(),
            ladder: Vec::new(),
            origin: Time::ZERO,
            told: Vec::new(),
            events: Vec::new(),
            sound: None,
            loss: 0,
            chance: Chance::new(11),
            hang_ups: Vec::new(),
        };
        net.exchange
            .handle(net.now, Input::Mtp(MtpIndication::Resume(gateway)));
        let resume = MtpIndication::Resume(exchange);
        net.gateway.handle(net.now, TableInput::Mtp(resume));
        net.pump();
        net
    }

    /// In service, the resets over, at a round second.
    fn ready(circuits: u16) -> Self {
        Self::new(circuits).settled()
    }

    fn settled(mut self) -> Self {
        self.run(1_000);
        assert!(self.exchange.is_idle(), "{:?}", self.exchange.census(GROUP));
        self.begin();
        self
    }

    /// Forgets what was seen so far and counts time anew.
    fn begin(&mut self) {
        self.ladder.clear();
        self.events.clear();
        self.told.clear();
        self.origin = self.now;
    }

    fn request(&mut self, circuit: CircuitId, request: Request) {
        self.gateway
            .handle(self.now, TableInput::Request(circuit, request));
        self.pump();
    }

    /// The gateway calls: the IAM on a circuit that it chose.
    fn call(&mut self, nature: NatureOfAddress, digits: &str) -> CircuitId {
        let circuit = self.gateway.seize(self.now, GROUP).expect("a circuit");
        let digits: AddressDigits = digits.parse().unwrap();
        let iam = Iam::new(CalledPartyNumber::new(nature, digits));
        self.request(circuit, Request::Send(Message::Iam(iam)));
        circuit
    }

    fn release(&mut self, circuit: CircuitId, value: CauseValue) {
        let cause = Cause::new(value, Location::BeyondInterworkingPoint);
        self.request(circuit, Request::Release(Rel::new(cause)));
    }

    /// The gateway speaks and listens on the bearer that is in use.
    fn speak(&mut self, sound: Sound) {
        let mouth = Mouth::new(CodecKind::Pcma, 8, 20, sound, &mut self.chance);
        let ear = Ear::new(CodecKind::Pcma, 8, None, Duration::from_secs(1));
        self.sound = Some((mouth, ear, self.now));
    }

    fn gateway_heard(&mut self) -> Heard {
        self.sound
            .as_mut()
            .map_or(Heard::NOTHING, |(_, ear, _)| ear.heard())
    }

    /// Lets time pass.
    fn run(&mut self, millis: u64) {
        let end = self.now + Duration::from_millis(millis);
        loop {
            let next = [
                self.exchange.poll_timeout().map(|(at, _)| at),
                self.gateway.poll_timeout().map(|(at, _)| at),
                self.sound.as_ref().map(|(.., at)| *at),
            ];
            let Some(at) = next.into_iter().flatten().min().filter(|&at| at <= end) else {
                break;
            };
            assert!(at >= self.now || next[2] == Some(at), "time runs backwards");
            self.now = self.now.max(at);
            self.exchange.handle_timeout(self.now);
            self.gateway.handle_timeout(self.now);
            self.pump();
            self.speak_on();
        }
        self.now = end;
    }

    fn speak_on(&mut self) {
        let circuit = self.exchange.by_circuit.keys().next().copied();
        let Some((mouth, _, at)) = self.sound.as_mut().filter(|(.., at)| *at <= self.now) else {
            return;
        };
        *at += mouth.interval();
        if let (Some(circuit), Some(data)) = (circuit, mouth.packet()) {
            self.exchange.handle(
                self.now,
                Input::Rtp {
                    circuit,
                    data: &data,
                },
            );
        }
    }

    /// Carries what both ends have to say, until neither has more.
    fn pump(&mut self) {
        loop {
            if let Some(output) = self.exchange.poll_output() {
                match output {
                    Output::Mtp(transfer) => {
                        assert_eq!(transfer.dpc, gateway_code());
                        if self.passes(&transfer, '<') {
                            let indication = MtpIndication::Transfer(transfer);
                            self.gateway.handle(self.now, TableInput::Mtp(indication));
                        }
                    }
                    Output::Rtp { data, .. } => {
                        if let Some((_, ear, _)) = &mut self.sound {
                            ear.receive(self.now, &data);
                        }
                    }
                    Output::Bearer { .. } => {}
                    Output::Event(event) => self.events.push(event),
                }
            } else if let Some(output) = self.gateway.poll_output() {
                match output {
                    TableOutput::Mtp(transfer) => {
                        assert_eq!(transfer.dpc, exchange_code());
                        if self.passes(&transfer, '>') {
                            let indication = MtpIndication::Transfer(transfer);
                            self.exchange.handle(self.now, Input::Mtp(indication));
                        }
                    }
                    TableOutput::Call(circuit, indication) => self.told.push((circuit, indication)),
                    TableOutput::State(..)
                    | TableOutput::Alarm(..)
                    | TableOutput::Destination(..)
                    | TableOutput::Discarded { .. } => {}
                }
            } else {
                return;
            }
        }
    }

    fn passes(&mut self, transfer: &MtpTransfer, way: char) -> bool {
        let passes = self.loss == 0 || self.chance.below(100) >= self.loss;
        let Pdu { message, .. } = decode(&transfer.data).expect("a message that can be read");
        let at = self.now.since(self.origin).as_millis();
        let detail = match &message {
            Message::Rel(rel) => {
                let cause = rel.cause.cause();
                format!(" {} {}", cause.value, cause.location.name())
            }
            _ => String::new(),
        };
        self.ladder
            .push(format!("{at} {way} {}{detail}", message.name()));
        passes
    }

    /// Compares the ladder since `begin`.
    #[track_caller]
    fn expect(&self, ladder: &[&str]) {
        assert_eq!(
            self.ladder,
            ladder,
            "\n  seen:\n    {}",
            self.ladder.join("\n    ")
        );
    }

    /// How the calls since `begin` ended, and what was heard.
    fn ends(&self) -> Vec<(Why, Option<u64>, Heard)> {
        let end = |event: &Event| match event {
            Event::Ended {
                why, talked, heard, ..
            } => Some((*why, talked.map(|talked| talked.as_millis() as u64), *heard)),
            _ => None,
        };
        self.events.iter().filter_map(end).collect()
    }

    #[track_caller]
    fn expect_idle(&self) {
        assert!(self.exchange.is_idle(), "{:?}", self.exchange.census(GROUP));
        let census = self.gateway.census(GROUP);
        assert_eq!(
            census.outgoing + census.incoming + census.releasing + census.resetting,
            0,
            "{census:?}"
        );
    }
}

/// International digits of a default subscriber.
fn number(last_three: &str) -> String {
    format!("493023125{last_three}")
}

fn released(value: CauseValue, location: Location) -> Why {
    Why::Released(Cause::new(value, location))
}

fn by_peer(value: CauseValue) -> Why {
    Why::ReleasedByPeer(Cause::new(value, Location::BeyondInterworkingPoint))
}

fn sam(digits: &str) -> Request {
    Request::Send(Message::Sam(Sam::new(digits.parse().unwrap())))
}
