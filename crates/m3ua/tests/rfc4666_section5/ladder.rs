//! A gateway and its ASPs on associations that lose nothing, and what goes over them.

use std::collections::VecDeque;
use std::time::Duration;
use trunkline_m3ua::asp::{self, Asp};
use trunkline_m3ua::sgp::{self, AspId, AspSettings, Sgp};
use trunkline_m3ua::{
    AffectedPointCode, DeregistrationStatus, Message, RegistrationStatus, RoutingKey,
    RoutingKeyDestination, TrafficMode,
};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{NetworkIndicator, PointCode, Time};

/// T(ack).
pub(crate) const ACK: Duration = Duration::from_secs(2);

/// T(r).
pub(crate) const RECOVERY: Duration = Duration::from_secs(5);

/// The exchange of the network.
pub(crate) const EXCHANGE: u32 = 9;

pub(crate) struct Net {
    pub(crate) now: Time,
    pub(crate) sgp: Sgp,
    pub(crate) asps: Vec<Asp>,
    wire: VecDeque<Event>,
    lines: Vec<String>,
}

enum Event {
    ToSgp(usize, Message),
    ToAsp(usize, Message),
}

impl Net {
    /// Associations are not up yet.
    pub(crate) fn new(sgp: sgp::Settings, asps: Vec<asp::Settings>) -> Self {
        Self {
            now: Time::from_secs(1),
            sgp: Sgp::new(sgp),
            asps: asps.into_iter().map(Asp::new).collect(),
            wire: VecDeque::new(),
            lines: Vec::new(),
        }
    }

    /// One AS of routing context 1 with as many ASPs, all blocked by their management: they
    /// go up, and ask for traffic when [`Self::activate`] says so.
    pub(crate) fn sharing(mode: TrafficMode, minimum_active: usize, asps: usize) -> Self {
        let asps = (1..=asps).map(|identifier| sharing(mode, identifier, false));
        Self::blocked(minimum_active, asps.collect())
    }

    /// The same with the last ASP as a backup, which is not blocked.
    pub(crate) fn with_backup(mode: TrafficMode, minimum_active: usize, asps: usize) -> Self {
        let all = (1..=asps).map(|identifier| sharing(mode, identifier, identifier == asps));
        let mut net = Self::blocked(minimum_active, all.collect());
        net.tell_asp(asps - 1, asp::Input::Unblock);
        net
    }

    fn blocked(minimum_active: usize, asps: Vec<asp::Settings>) -> Self {
        let server = sgp::AsSettings {
            minimum_active,
            ..application_server(1)
        };
        let mut net = Self::new(gateway(vec![server]), asps);
        for index in 0..net.asps.len() {
            net.tell_asp(index, asp::Input::Block);
        }
        net
    }

    /// The association of an ASP is lost.
    pub(crate) fn lose(&mut self, index: usize) {
        let asp = AspId(index as u64);
        self.sgp.handle(self.now, sgp::Input::AssociationDown(asp));
        self.asp(index, asp::Input::AssociationDown);
    }

    /// Sets up the association of an ASP.
    pub(crate) fn connect(&mut self, index: usize) {
        self.connect_as(index, AspSettings::default());
    }

    pub(crate) fn connect_as(&mut self, index: usize, settings: AspSettings) {
        self.sgp.handle(
            self.now,
            sgp::Input::AssociationUp(AspId(index as u64), settings),
        );
        self.tell_asp(index, asp::Input::AssociationUp);
        self.run();
    }

    /// The management of an ASP lets it ask for traffic.
    pub(crate) fn activate(&mut self, index: usize) {
        self.tell_asp(index, asp::Input::Unblock);
        self.run();
    }

    /// The management of an ASP has it withdraw from traffic.
    pub(crate) fn withdraw(&mut self, index: usize) {
        self.tell_asp(index, asp::Input::Block);
        self.run();
    }

    /// Something happens to an ASP.
    pub(crate) fn asp(&mut self, index: usize, input: asp::Input) {
        self.tell_asp(index, input);
        self.run();
    }

    /// Something happens in the network behind the gateway.
    pub(crate) fn network(&mut self, indication: MtpIndication) {
        self.sgp.handle(self.now, sgp::Input::Network(indication));
        self.run();
    }

    fn tell_asp(&mut self, index: usize, input: asp::Input) {
        self.asps[index].handle(self.now, input);
    }

    /// Carries messages until there are none, in the order in which they are sent.
    fn run(&mut self) {
        loop {
            self.collect();
            let Some(event) = self.wire.pop_front() else {
                return;
            };
            let stream = None;
            match event {
                Event::ToSgp(index, message) => {
                    let asp = AspId(index as u64);
                    let input = sgp::Input::Message {
                        asp,
                        stream,
                        message,
                    };
                    self.sgp.handle(self.now, input);
                }
                Event::ToAsp(index, message) => {
                    self.tell_asp(index, asp::Input::Message { stream, message });
                }
            }
        }
    }

    fn collect(&mut self) {
        while let Some(output) = self.sgp.poll_output() {
            match output {
                sgp::Output::Send(AspId(index), message) => {
                    let text = text(&message);
                    self.lines
                        .push(format!("SGP -> {text} -> ASP{}", index + 1));
                    self.wire.push_back(Event::ToAsp(index as usize, message));
                }
                sgp::Output::Network(MtpIndication::Transfer(transfer)) => {
                    let data = transfer.data[0];
                    self.lines.push(format!("SGP: MTP-TRANSFER request {data}"));
                }
                _ => {}
            }
        }
        for (index, asp) in self.asps.iter_mut().enumerate() {
            let number = index + 1;
            while let Some(output) = asp.poll_output() {
                match output {
                    asp::Output::Send(message) => {
                        let text = text(&message);
                        self.lines.push(format!("SGP <- {text} <- ASP{number}"));
                        self.wire.push_back(Event::ToSgp(index, message));
                    }
                    asp::Output::Transfer { transfer, .. } => {
                        let data = transfer.data[0];
                        self.lines
                            .push(format!("ASP{number}: MTP-TRANSFER indication {data}"));
                    }
                    asp::Output::Destinations {
                        affected, state, ..
                    } => {
                        let affected = list(&affected);
                        self.lines
                            .push(format!("ASP{number}: {affected} is {state:?}"));
                    }
                    asp::Output::NoAnswer(message) => {
                        panic!("ASP{number}: no answer to {message}");
                    }
                    _ => {}
                }
            }
        }
    }

    /// Lets time pass.
    pub(crate) fn after(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let asps = self
                .asps
                .iter()
                .filter_map(|asp| Some(asp.poll_timeout()?.0));
            let sgp = self.sgp.poll_timeout().map(|(at, _)| at);
            match asps.chain(sgp).min() {
                Some(at) if at <= end => self.now = at,
                _ => break,
            }
            self.sgp.handle_timeout(self.now);
            for asp in &mut self.asps {
                asp.handle_timeout(self.now);
            }
            self.run();
        }
        self.now = end;
    }

    /// What happened since this was called last.
    pub(crate) fn ladder(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }

    /// Forgets what happened before the example begins.
    pub(crate) fn forget(&mut self) {
        self.lines.clear();
    }
}

fn sharing(mode: TrafficMode, identifier: usize, standby: bool) -> asp::Settings {
    asp::Settings {
        application_servers: vec![asp::AsSettings {
            routing_context: Some(1),
            traffic_mode: Some(mode),
            standby,
            ..asp::AsSettings::default()
        }],
        asp_identifier: Some(identifier as u32),
        ..asp::Settings::default()
    }
}

/// A gateway of these application servers.
pub(crate) fn gateway(application_servers: Vec<sgp::AsSettings>) -> sgp::Settings {
    sgp::Settings {
        application_servers,
        destinations: vec![pc(EXCHANGE)],
        network_appearance: None,
        recovery: RECOVERY,
        pending_queue: 100,
        diversion: Duration::ZERO,
        beat: None,
        asp_identifier: None,
        registration: None,
    }
}

/// An AS with that routing context, for the point code 100 above it.
pub(crate) fn application_server(routing_context: u32) -> sgp::AsSettings {
    sgp::AsSettings {
        routing_context: Some(routing_context),
        network_appearance: None,
        routing_key: vec![destination(routing_context)],
        traffic_mode: None,
        minimum_active: 1,
    }
}

/// The routing key of an AS, to be registered.
pub(crate) fn key(routing_context: u32) -> RoutingKey {
    RoutingKey {
        local_rk_identifier: 0,
        routing_context: None,
        traffic_mode: None,
        network_appearance: None,
        destinations: vec![destination(routing_context)],
    }
}

fn destination(routing_context: u32) -> RoutingKeyDestination {
    RoutingKeyDestination::to(AffectedPointCode::one(pc(100 + routing_context)))
}

pub(crate) fn pc(value: u32) -> PointCode {
    PointCode::new(value).unwrap()
}

/// A message that is told from others by its first octet.
pub(crate) fn transfer(from: u32, to: u32, mark: u8) -> MtpTransfer {
    MtpTransfer {
        opc: pc(from),
        dpc: pc(to),
        si: 5,
        ni: NetworkIndicator::National,
        mp: 0,
        sls: 0,
        data: vec![mark],
    }
}

/// A message as the figures write it: its name, and its routing contexts behind it.
pub(crate) fn text(message: &Message) -> String {
    let name = message.name();
    match message {
        Message::AspActive(m) => with(&mode(name, m.traffic_mode), &m.routing_contexts),
        Message::AspActiveAck(m) => with(&mode(name, m.traffic_mode), &m.routing_contexts),
        Message::AspInactive(m) => with(name, &m.routing_contexts),
        Message::AspInactiveAck(m) => with(name, &m.routing_contexts),
        Message::DeregReq(m) => with(name, &m.routing_contexts),
        Message::Notify(m) => {
            let about = m.asp_identifier.map(|asp| format!(" of {asp}"));
            let what = format!("{name} {}{}", m.status, about.unwrap_or_default());
            with(&what, &m.routing_contexts)
        }
        Message::Data(m) => {
            let contexts: Vec<u32> = m.routing_context.into_iter().collect();
            with(name, &contexts)
        }
        Message::Duna(m) => format!("{name} {}", list(&m.affected)),
        Message::Dava(m) => format!("{name} {}", list(&m.affected)),
        Message::Daud(m) => format!("{name} {}", list(&m.affected)),
        Message::Scon(m) => {
            format!("{name}({}) {}", m.level.unwrap_or(1), list(&m.affected))
        }
        Message::Dupu(m) => format!("{name} {}", m.affected.value()),
        Message::RegReq(m) => {
            let keys = m.routing_keys.iter().map(|key| {
                let dpc = key.destinations[0].dpc.point_code.value();
                format!(" {{{}, to {dpc}}}", key.local_rk_identifier)
            });
            format!("{name}{}", keys.collect::<String>())
        }
        Message::RegRsp(m) => {
            let results = m.results.iter().map(|r| match r.status {
                RegistrationStatus::SuccessfullyRegistered => {
                    format!(" {{{}, {}}}", r.local_rk_identifier, r.routing_context)
                }
                status => format!(" {{{}, {status}}}", r.local_rk_identifier),
            });
            format!("{name}{}", results.collect::<String>())
        }
        Message::DeregRsp(m) => {
            let results = m.results.iter().map(|r| match r.status {
                DeregistrationStatus::SuccessfullyDeregistered => {
                    format!(" {{{}}}", r.routing_context)
                }
                status => format!(" {{{}, {status}}}", r.routing_context),
            });
            format!("{name}{}", results.collect::<String>())
        }
        other => other.to_string(),
    }
}

fn mode(name: &str, mode: Option<TrafficMode>) -> String {
    match mode {
        Some(mode) => format!("{name} {mode}"),
        None => name.to_owned(),
    }
}

fn with(what: &str, routing_contexts: &[u32]) -> String {
    match routing_contexts {
        [] => what.to_owned(),
        contexts => {
            let contexts: Vec<String> = contexts.iter().map(u32::to_string).collect();
            format!("{what} ({})", contexts.join(", "))
        }
    }
}

fn list(affected: &[AffectedPointCode]) -> String {
    let codes: Vec<String> = affected
        .iter()
        .map(|affected| affected.point_code.value().to_string())
        .collect();
    codes.join(", ")
}
