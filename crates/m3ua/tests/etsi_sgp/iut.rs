//! The implementation under test: a gateway between the octets of its ASPs and the network.

use super::tlv::{message, parameter, split};
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use trunkline_m3ua::sgp::{
    AsSettings, AspId, AspSettings, Input, Output, Registration, Settings, Sgp,
};
use trunkline_m3ua::{
    AffectedPointCode, ErrorCode, HEADER_LENGTH, Message, RoutingKeyDestination, Status, decode,
    encode,
};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{NetworkIndicator, PointCode, Time};

/// T(r).
pub(crate) const RECOVERY: Duration = Duration::from_secs(2);

/// The ASPs of the tester.
pub(crate) const ASP1: AspId = AspId(1);
pub(crate) const ASP2: AspId = AspId(2);

/// The routing contexts and point codes of its application servers, and a routing context of
/// none.
pub(crate) const RC1: u32 = 1;
pub(crate) const RC2: u32 = 2;
pub(crate) const RC_INVALID: u32 = 3;
pub(crate) const PC1: u32 = 100;
pub(crate) const PC2: u32 = 101;

/// Destinations of the network.
pub(crate) const UNAVAILABLE: u32 = 1234;
pub(crate) const AVAILABLE: u32 = 1235;
pub(crate) const CONGESTED: u32 = 1236;
pub(crate) const RESTRICTED: u32 = 1237;

/// The network appearance.
pub(crate) const NETWORK: u32 = 1;

/// Tags of parameters.
pub(crate) const ROUTING_CONTEXT: u16 = 6;
pub(crate) const HEARTBEAT_DATA: u16 = 9;
pub(crate) const TRAFFIC_MODE: u16 = 0x0b;
pub(crate) const ASP_IDENTIFIER: u16 = 0x11;
pub(crate) const AFFECTED: u16 = 0x12;
pub(crate) const NETWORK_APPEARANCE: u16 = 0x0200;
pub(crate) const PROTOCOL_DATA: u16 = 0x0210;

pub(crate) struct Iut {
    pub(crate) sgp: Sgp,
    now: Time,
    /// What it sent to each ASP and the test has not looked at.
    sent: BTreeMap<AspId, VecDeque<Vec<u8>>>,
    /// What it gave to the network.
    pub(crate) network: Vec<MtpTransfer>,
}

impl Iut {
    /// One of one AS, with the association to ASP1 up.
    pub(crate) fn new() -> Self {
        Self::with(vec![application_server(RC1, PC1)], None)
    }

    /// One of two ASs.
    pub(crate) fn of_two() -> Self {
        let servers = [(RC1, PC1), (RC2, PC2)].map(|(rc, pc)| application_server(rc, pc));
        Self::with(servers.to_vec(), None)
    }

    pub(crate) fn with(servers: Vec<AsSettings>, registration: Option<Registration>) -> Self {
        let destinations = [PC1, PC2, UNAVAILABLE, AVAILABLE, CONGESTED, RESTRICTED];
        let mut iut = Self {
            sgp: Sgp::new(Settings {
                application_servers: servers,
                destinations: match registration {
                    None => destinations.map(pc).to_vec(),
                    // What is to be registered is not the network's.
                    Some(_) => destinations[2..].iter().copied().map(pc).collect(),
                },
                network_appearance: Some(NETWORK),
                recovery: RECOVERY,
                pending_queue: 100,
                diversion: Duration::ZERO,
                beat: None,
                asp_identifier: None,
                registration,
            }),
            now: Time::from_secs(1000),
            sent: BTreeMap::new(),
            network: Vec::new(),
        };
        iut.connect(ASP1);
        iut
    }

    /// With ASP1 in ASP-INACTIVE, and that acknowledged and notified.
    pub(crate) fn inactive() -> Self {
        let mut iut = Self::new();
        iut.up(ASP1);
        iut
    }

    /// With ASP1 in ASP-ACTIVE, and that acknowledged and notified.
    pub(crate) fn active() -> Self {
        let mut iut = Self::inactive();
        iut.activate(ASP1, &[]);
        iut.expect_notify(ASP1, Status::AsActive);
        iut
    }

    /// The association of an ASP of which nothing is configured is up.
    pub(crate) fn connect(&mut self, asp: AspId) {
        self.input(Input::AssociationUp(asp, AspSettings::default()));
    }

    /// Takes an ASP to ASP-INACTIVE.
    pub(crate) fn up(&mut self, asp: AspId) {
        self.receive(asp, &message(3, 1, &[]));
        self.expect(asp, "ASPUP_ACK");
        self.forget(asp);
    }

    /// Takes an ASP to ASP-ACTIVE.
    pub(crate) fn activate(&mut self, asp: AspId, parameters: &[Vec<u8>]) {
        self.receive(asp, &message(4, 1, parameters));
        self.expect(asp, "ASPAC_ACK");
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.sgp.handle(self.now, input);
        self.drain();
    }

    /// Takes octets on a transport without streams.
    pub(crate) fn receive(&mut self, asp: AspId, octets: &[u8]) {
        self.receive_on(None, asp, octets);
    }

    /// Takes octets as an adapter does: what cannot be read is answered with an Error.
    pub(crate) fn receive_on(&mut self, stream: Option<u16>, asp: AspId, octets: &[u8]) {
        match decode(octets) {
            Ok(message) => self.input(Input::Message {
                asp,
                stream,
                message,
            }),
            Err(error) => {
                let answer = error.answer(octets).map(Message::Error);
                let sent = self.sent.entry(asp).or_default();
                sent.extend(answer.as_ref().map(encode));
            }
        }
    }

    pub(crate) fn after(&mut self, time: Duration) {
        self.now += time;
        self.sgp.handle_timeout(self.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.sgp.poll_output() {
            match output {
                Output::Send(asp, message) => {
                    let sent = self.sent.entry(asp).or_default();
                    sent.push_back(encode(&message));
                }
                Output::Network(MtpIndication::Transfer(transfer)) => self.network.push(transfer),
                _ => {}
            }
        }
    }

    /// The next message that an ASP was sent, which has to be that one.
    pub(crate) fn expect(&mut self, asp: AspId, name: &str) -> Vec<u8> {
        let octets = self.sent.entry(asp).or_default().pop_front();
        let octets = octets.unwrap_or_else(|| panic!("{name} was not sent"));
        let message = decode(&octets).unwrap();
        assert_eq!(message.name(), name, "{message:?}");
        octets
    }

    /// The next message that an ASP was sent has to be an Error of that code, with the
    /// beginning of what it answers.
    pub(crate) fn expect_error(&mut self, asp: AspId, code: ErrorCode, offending: &[u8]) {
        let octets = self.expect(asp, "ERR");
        let Ok(Message::Error(error)) = decode(&octets) else {
            panic!("{octets:?}");
        };
        assert_eq!(error.code, code);
        let shown = offending.len().min(40);
        assert_eq!(error.diagnostic.as_deref(), Some(&offending[..shown]));
    }

    /// The next message that an ASP was sent has to be a Notify of that; its ASP identifier.
    pub(crate) fn expect_notify(&mut self, asp: AspId, status: Status) -> Option<u32> {
        let octets = self.expect(asp, "NTFY");
        let Ok(Message::Notify(notify)) = decode(&octets) else {
            panic!("{octets:?}");
        };
        assert_eq!(notify.status, status);
        notify.asp_identifier
    }

    /// Nothing else was sent.
    pub(crate) fn expect_nothing(&self, asp: AspId) {
        let sent = self.sent.get(&asp).is_some_and(|sent| !sent.is_empty());
        assert!(!sent, "{:?}", self.sent);
    }

    /// What else was sent does not matter.
    pub(crate) fn forget(&mut self, asp: AspId) {
        self.sent.remove(&asp);
    }
}

pub(crate) fn application_server(routing_context: u32, point_code: u32) -> AsSettings {
    let dpc = AffectedPointCode::one(pc(point_code));
    AsSettings {
        routing_context: Some(routing_context),
        network_appearance: None,
        routing_key: vec![RoutingKeyDestination::to(dpc)],
        traffic_mode: None,
        minimum_active: 1,
    }
}

pub(crate) fn pc(value: u32) -> PointCode {
    PointCode::new(value).unwrap()
}

/// A parameter of one number.
pub(crate) fn number(tag: u16, value: u32) -> Vec<u8> {
    parameter(tag, &value.to_be_bytes())
}

/// The value of a parameter of a message, if it is there.
pub(crate) fn parameter_of(octets: &[u8], tag: u16) -> Option<&[u8]> {
    let parameters = split(&octets[HEADER_LENGTH..]);
    let found = parameters.into_iter().find(|(t, _)| *t == tag);
    found.map(|(_, value)| value)
}

/// The numbers of a parameter of a message; none if it is not there.
pub(crate) fn numbers(octets: &[u8], tag: u16) -> Vec<u32> {
    let words = parameter_of(octets, tag).into_iter();
    words
        .flat_map(|value| value.chunks_exact(4))
        .map(|word| u32::from_be_bytes(word.try_into().unwrap()))
        .collect()
}

/// The same message with version 2.
pub(crate) fn of_version_2(mut octets: Vec<u8>) -> Vec<u8> {
    octets[0] = 2;
    octets
}

/// DATA of an AS: ISUP from one point code to another.
pub(crate) fn data(routing_context: u32, opc: u32, dpc: u32, sls: u8) -> Vec<u8> {
    let label = [5, 2, 0, sls];
    let user = [11, 34, 45, 67, 67, 89];
    let value = [&opc.to_be_bytes()[..], &dpc.to_be_bytes(), &label, &user].concat();
    let parameters = [
        number(NETWORK_APPEARANCE, NETWORK),
        number(ROUTING_CONTEXT, routing_context),
        parameter(PROTOCOL_DATA, &value),
    ];
    message(1, 1, &parameters)
}

/// What [`data`] carries.
pub(crate) fn transfer(opc: u32, dpc: u32, sls: u8) -> MtpTransfer {
    MtpTransfer {
        opc: pc(opc),
        dpc: pc(dpc),
        si: 5,
        ni: NetworkIndicator::National,
        mp: 0,
        sls,
        data: vec![11, 34, 45, 67, 67, 89],
    }
}
