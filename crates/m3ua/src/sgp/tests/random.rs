//! Anything at all, from several ASPs at once: what must hold whatever comes.

use super::*;
use crate::msg::{
    Daud, Dava, DeregReq, Drst, Duna, Dupu, Heartbeat, HeartbeatAck, RegReq, RegRsp, Scon,
    UnavailabilityCause,
};
use crate::param::RoutingKey;
use crate::quirks::Quirks;
use crate::role::Role;
use std::collections::BTreeSet;
use trunkline_model::mtp::MtpStatus;

const ASPS: u64 = 5;
const CONFIGURED: usize = 4;
const MAX_REGISTERED: usize = 3;
const QUEUE: usize = 5;

/// What the test knows besides the gateway.
struct World {
    l: Ladder,
    random: Random,
    /// The ASPs with an association.
    asps: BTreeMap<AspId, AspSettings>,
    /// What outputs told: each ASP in each AS, and each AS.
    members: BTreeMap<(AspId, usize), AspState>,
    servers: BTreeMap<usize, AsState>,
    /// Messages from the network: how many there were, and which are neither sent nor dropped.
    transfers: u32,
    waiting: BTreeSet<u32>,
    /// How many of each message were sent.
    sent: BTreeMap<&'static str, u32>,
    /// The last message of each flow that was sent.
    last: BTreeMap<(PointCode, u8), u32>,
}

/// A linear congruential generator: the same seed, the same run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        let step = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = step.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn one_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }

    fn choose<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    fn some<T>(&mut self, up_to: u64, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(up_to + 1)).map(|_| one(self)).collect()
    }

    fn maybe<T>(&mut self, one: impl FnOnce(&mut Self) -> T) -> Option<T> {
        match self.one_in(2) {
            true => Some(one(self)),
            false => None,
        }
    }

    fn point_code(&mut self) -> PointCode {
        pc(self.below(12) as u32)
    }

    fn routing_context(&mut self) -> u32 {
        self.choose(&[7, 8, 9, 10, 11, 1000, 1001, 1002, 99])
    }

    fn mode(&mut self) -> TrafficMode {
        TrafficMode::from_value(self.choose(&[1, 2, 2, 2, 3, 4]))
    }

    fn affected(&mut self) -> AffectedPointCode {
        let mask = self.choose(&[0, 0, 0, 1, 3, 24, 255]);
        let point_code = self.point_code();
        AffectedPointCode { mask, point_code }
    }

    fn destination(&mut self) -> RoutingKeyDestination {
        let mask = self.choose(&[0, 0, 0, 0, 2]);
        let point_code = self.point_code();
        RoutingKeyDestination {
            dpc: AffectedPointCode { mask, point_code },
            service_indicators: self.some(2, |r| r.below(8) as u8),
            opcs: self.some(1, Self::affected),
        }
    }

    fn routing_key(&mut self) -> RoutingKey {
        RoutingKey {
            local_rk_identifier: self.below(9) as u32,
            routing_context: self.one_in(6).then(|| self.routing_context()),
            traffic_mode: self.one_in(3).then(|| self.mode()),
            network_appearance: self.one_in(6).then(|| self.below(3) as u32),
            destinations: self.some(3, Self::destination),
        }
    }

    fn message(&mut self, state: AspState) -> Message {
        let network_appearance = self.one_in(6).then(|| self.below(3) as u32);
        let routing_contexts = match self.below(3) {
            0 => Vec::new(),
            _ => self.some(3, Self::routing_context),
        };
        let affected = self.some(3, Self::affected);
        let asp_identifier = self.maybe(|r| r.below(4) as u32);
        let info = None;
        // Who is down comes up more often than not.
        let kind = match state {
            AspState::Down if self.one_in(2) => 0,
            _ => self.below(40),
        };
        match kind {
            0 => AspUp {
                asp_identifier,
                info,
            }
            .into(),
            1 => AspDown { info }.into(),
            2..=14 => AspActive {
                traffic_mode: self.one_in(4).then(|| self.mode()),
                routing_contexts,
                info,
            }
            .into(),
            15 | 16 => AspInactive {
                routing_contexts,
                info,
            }
            .into(),
            17 => Heartbeat {
                data: self.maybe(|r| vec![r.below(256) as u8]),
            }
            .into(),
            18 => HeartbeatAck { data: None }.into(),
            19..=23 => Data {
                network_appearance,
                routing_context: routing_contexts.first().copied(),
                protocol_data: MtpTransfer {
                    si: self.choose(&[5, 5, 3, 0]),
                    ..from_as(self.below(12) as u32)
                }
                .into(),
                correlation_id: None,
            }
            .into(),
            24..=27 => RegReq {
                routing_keys: self.some(4, Self::routing_key),
            }
            .into(),
            28 => DeregReq { routing_contexts }.into(),
            29..=32 => Daud {
                network_appearance,
                routing_contexts,
                affected,
                info,
            }
            .into(),
            33..=35 => Scon {
                routing_contexts,
                affected,
                level: self.maybe(|r| r.below(5) as u8),
                ..Scon::default()
            }
            .into(),
            36 => Error::new(ErrorCode::ProtocolError).into(),
            _ => self.stray(),
        }
    }

    /// What no ASP sends.
    fn stray(&mut self) -> Message {
        match self.below(8) {
            0 => AspUpAck::default().into(),
            1 => AspDownAck::default().into(),
            2 => AspActiveAck::default().into(),
            3 => notify(Status::AsActive).into(),
            4 => Duna::default().into(),
            5 => Drst::default().into(),
            6 => RegRsp::default().into(),
            _ => Dupu {
                network_appearance: None,
                routing_contexts: Vec::new(),
                affected: pc(1),
                cause: UnavailabilityCause::Unknown,
                user: 5,
                info: None,
            }
            .into(),
        }
    }

    fn asp_settings(&mut self) -> AspSettings {
        AspSettings {
            role: self.choose(&[Role::Asp, Role::Asp, Role::IpspSingle, Role::IpspDouble]),
            application_servers: self
                .maybe(|r| r.some(3, |r| r.below(CONFIGURED as u64 + 1) as usize)),
            asp_identifier: self.one_in(6).then_some(1),
            quirks: Quirks {
                no_notify: self.one_in(5),
                daud_while_inactive: self.one_in(5),
                ssnm_while_inactive: self.one_in(5),
                any_stream: self.one_in(5),
            },
            blocked: self.one_in(12),
        }
    }
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let l = Ladder::with(|s| {
            s.application_servers = (0..CONFIGURED as u32)
                .map(|index| AsSettings {
                    routing_context: Some(7 + index).filter(|_| !random.one_in(6)),
                    network_appearance: random.one_in(5).then_some(1),
                    routing_key: vec![to(index + 1)],
                    traffic_mode: random.maybe(|r| TrafficMode::from_value(1 + r.below(3) as u32)),
                    minimum_active: random.below(3) as usize,
                })
                .collect();
            s.destinations = (8..11).map(pc).collect();
            s.network_appearance = random.one_in(3).then_some(2);
            s.pending_queue = QUEUE;
            s.diversion = random.choose(&[Duration::ZERO, Duration::from_millis(500)]);
            s.beat = random.maybe(|_| Duration::from_secs(3));
            s.registration = random.maybe(|r| Registration {
                first_routing_context: 1000,
                max: r.below(1 + MAX_REGISTERED as u64) as usize,
            });
        });
        Self {
            l,
            random,
            asps: BTreeMap::new(),
            members: BTreeMap::new(),
            servers: BTreeMap::new(),
            transfers: 0,
            waiting: BTreeSet::new(),
            sent: BTreeMap::new(),
            last: BTreeMap::new(),
        }
    }

    fn step(&mut self) {
        let asp = AspId(self.random.below(ASPS));
        match self.random.below(100) {
            0..=1 => {
                let settings = self.random.asp_settings();
                self.asps.insert(asp, settings.clone());
                self.act(Input::AssociationUp(asp, settings));
            }
            2 => {
                self.act(Input::AssociationDown(asp));
                self.asps.remove(&asp);
            }
            3 => self.act(Input::AssociationRestarted(asp)),
            4 => {
                let server = self.random.below(6) as usize;
                let input = match self.random.below(12) {
                    0 => Input::Block(asp),
                    1 => Input::NifLost(None),
                    2 => Input::NifLost(Some(server)),
                    3..=6 => Input::NifBack(None),
                    7..=9 => Input::NifBack(Some(server)),
                    _ => Input::Unblock(asp),
                };
                self.act(input);
            }
            5..=29 => self.network(),
            30..=36 => {
                let wait = Duration::from_millis(self.random.below(1500));
                self.l.now += wait;
                self.l.sgp.handle_timeout(self.l.now);
                let due = self.l.sgp.poll_timeout();
                assert!(due.is_none_or(|(at, _)| at > self.l.now));
                self.check(&[], None);
            }
            _ => {
                let stream = match self.random.below(8) {
                    0 => Some(self.random.below(3) as u16),
                    _ => None,
                };
                let message = self.random.message(self.l.sgp.state(asp));
                let known = self.asps.contains_key(&asp);
                let input = Input::Message {
                    asp,
                    stream,
                    message: message.clone(),
                };
                self.l.sgp.handle(self.l.now, input);
                let request = known.then_some((asp, message));
                self.check(&[], request);
            }
        }
    }

    fn network(&mut self) {
        let point_code = self.random.point_code();
        let news = match self.random.below(12) {
            0 => MtpIndication::Pause(point_code),
            1 => MtpIndication::Resume(point_code),
            2 => {
                let level = self.random.below(4) as u8;
                MtpIndication::Status(point_code, MtpStatus::Congestion(level))
            }
            3 => MtpIndication::Status(point_code, MtpStatus::UserPartUnknown),
            4 => return self.act(Input::Restricted(point_code)),
            _ => {
                self.transfers += 1;
                MtpIndication::Transfer(MtpTransfer {
                    dpc: pc(1 + self.random.below(7) as u32),
                    si: self.random.choose(&[5, 5, 5, 3, 1]),
                    sls: self.random.below(16) as u8,
                    data: self.transfers.to_be_bytes().to_vec(),
                    ..to_as(0)
                })
            }
        };
        let transferred = match &news {
            MtpIndication::Transfer(_) => vec![self.transfers],
            _ => Vec::new(),
        };
        self.l.sgp.handle(self.l.now, Input::Network(news));
        self.check(&transferred, None);
    }

    fn act(&mut self, input: Input) {
        self.l.sgp.handle(self.l.now, input);
        self.check(&[], None);
    }

    /// Looks at all outputs of a step.
    fn check(&mut self, transferred: &[u32], request: Option<(AspId, Message)>) {
        let outputs: Vec<Output> = std::iter::from_fn(|| self.l.sgp.poll_output()).collect();
        assert!(outputs.len() < 1000, "{} outputs", outputs.len());
        self.waiting.extend(transferred);
        let before = self.members.clone();
        let mut sent = BTreeSet::new();
        for output in &outputs {
            match output {
                Output::Asp {
                    asp,
                    application_server,
                    state,
                    ..
                } => {
                    let was = self.members.insert((*asp, *application_server), *state);
                    assert_ne!(was.unwrap_or_default(), *state);
                }
                Output::As {
                    application_server,
                    state,
                    ..
                } => {
                    let was = self.servers.insert(*application_server, *state);
                    follows(was.unwrap_or_default(), *state);
                }
                Output::Send(asp, message) => {
                    self.sent(*asp, message, &before, request.as_ref());
                    if let Message::Data(data) = message {
                        sent.insert(mark(&data.protocol_data.data));
                    }
                }
                Output::NotSent(transfer, _) => {
                    let waited = self.waiting.remove(&mark(&transfer.data));
                    assert!(waited, "dropped twice: {transfer:?}");
                }
                _ => {}
            }
        }
        for mark in sent {
            assert!(self.waiting.remove(&mark), "{mark} was sent twice");
        }
        if let Some((asp, request)) = &request {
            answered(*asp, request, &outputs);
        }
        self.compare();
    }

    /// A message to an ASP must fit the state of the ASP, and be one that can be read.
    fn sent(
        &mut self,
        asp: AspId,
        message: &Message,
        before: &BTreeMap<(AspId, usize), AspState>,
        request: Option<&(AspId, Message)>,
    ) {
        assert_eq!(crate::decode(&crate::encode(message)).as_ref(), Ok(message));
        *self.sent.entry(message.name()).or_default() += 1;
        let settings = &self.asps[&asp];
        let states = |members: &BTreeMap<(AspId, usize), AspState>| -> Vec<AspState> {
            let its = members.iter().filter(|((member, _), _)| *member == asp);
            its.map(|(_, state)| *state).collect()
        };
        let active = |members| states(members).contains(&AspState::Active);
        match message {
            Message::Data(data) => {
                let index = self
                    .l
                    .sgp
                    .distribution
                    .find(&data.protocol_data.clone().into());
                let state = self.members.get(&(asp, index.unwrap()));
                assert_eq!(state, Some(&AspState::Active), "DATA to {asp:?}");
                let protocol_data = &data.protocol_data;
                let flow = (protocol_data.dpc, protocol_data.sls);
                let mark = mark(&protocol_data.data);
                let last = self.last.insert(flow, mark).unwrap_or_default();
                assert!(last <= mark, "{last} before {mark}");
            }
            Message::Notify(_) => {
                assert!(!settings.quirks.no_notify);
                assert!(states(&self.members).iter().any(|s| *s != AspState::Down));
            }
            Message::Duna(_) | Message::Dava(_) | Message::Drst(_) | Message::Dupu(_) => {
                let audit = matches!(request, Some((_, Message::Daud(_))));
                assert!(audit || settings.role == Role::Asp);
                let activates = matches!(request, Some((a, Message::AspActive(_))) if *a == asp);
                let quirks = settings.quirks;
                let may =
                    activates || quirks.ssnm_while_inactive || audit && quirks.daud_while_inactive;
                assert!(may || active(&self.members), "SSNM to {asp:?}");
            }
            Message::Heartbeat(_) => assert_ne!(settings.role, Role::IpspDouble),
            _ => {}
        }
        // RFC 4666 4.3.1: what an ASP that is down may be sent.
        let harmless = matches!(
            message,
            Message::Heartbeat(_)
                | Message::HeartbeatAck(_)
                | Message::AspDownAck(_)
                | Message::AspUpAck(_)
                | Message::Error(_)
        );
        let was_up = states(before).iter().any(|s| *s != AspState::Down);
        let is_up = self.l.sgp.state(asp) != AspState::Down;
        assert!(harmless || was_up || is_up, "{} to {asp:?}", message.name());
    }

    /// What was told and what the gateway says must agree, and nothing may grow.
    fn compare(&self) {
        let servers: Vec<AsStatus> = self.l.sgp.application_servers().collect();
        assert!(servers.len() <= CONFIGURED + MAX_REGISTERED);
        let mut held = 0;
        for server in &servers {
            let told = self.servers.get(&server.index).copied();
            assert_eq!(server.state, told.unwrap_or_default());
            assert!(server.held <= 2 * QUEUE);
            held += server.held;
            let active = (0..ASPS)
                .map(|asp| (AspId(asp), self.l.sgp.asp_state(AspId(asp), server.index)))
                .inspect(|(asp, state)| {
                    let told = self.members.get(&(*asp, server.index)).copied();
                    assert_eq!(*state, told.unwrap_or_default());
                })
                .filter(|(_, state)| *state == AspState::Active)
                .count();
            if server.traffic_mode == Some(TrafficMode::Override) {
                assert!(active <= 1);
            }
            assert_eq!(server.state == AsState::Pending, {
                let timer = Timer::Recovery(server.index);
                self.l.sgp.deadlines.runs(timer)
            });
        }
        assert_eq!(held, self.waiting.len());
    }
}

fn mark(data: &[u8]) -> u32 {
    u32::from_be_bytes(data.try_into().unwrap())
}

/// Only what figure 4 allows; IA2AC may come together with DN2IA.
fn follows(was: AsState, state: AsState) {
    use AsState::{Active, Down, Inactive, Pending};
    let allowed = [
        (Down, Inactive),
        (Inactive, Down),
        (Inactive, Active),
        (Active, Pending),
        (Pending, Active),
        (Pending, Inactive),
        (Pending, Down),
    ];
    assert!(allowed.contains(&(was, state)), "{was} to {state}");
}

/// Each request has its acknowledgement or an Error, and no Notify comes before it.
fn answered(asp: AspId, request: &Message, outputs: &[Output]) {
    let to_it = outputs.iter().filter_map(|output| match output {
        Output::Send(to, message) if *to == asp => Some(message),
        _ => None,
    });
    let to_it: Vec<&Message> = to_it.collect();
    let acknowledges = |answer: &&Message| match (request, *answer) {
        (Message::AspUp(_), Message::AspUpAck(_))
        | (Message::AspDown(_), Message::AspDownAck(_))
        | (Message::AspActive(_), Message::AspActiveAck(_))
        | (Message::AspInactive(_), Message::AspInactiveAck(_))
        | (Message::DeregReq(_), Message::DeregRsp(_)) => true,
        (Message::RegReq(m), Message::RegRsp(rsp)) => m.routing_keys.len() == rsp.results.len(),
        (Message::Heartbeat(m), Message::HeartbeatAck(ack)) => m.data == ack.data,
        _ => false,
    };
    let acknowledged = to_it.iter().filter(|answer| acknowledges(answer)).count();
    let errors = to_it.iter().filter(|m| matches!(m, Message::Error(_)));
    let expected = match request {
        // Nothing but to do it
        Message::AspDown(_) | Message::Heartbeat(_) => 1..=1,
        Message::AspUp(_) | Message::AspActive(_) | Message::AspInactive(_) => 0..=1,
        Message::RegReq(m) => 0..=usize::from(!m.routing_keys.is_empty()),
        Message::DeregReq(m) => 0..=usize::from(!m.routing_contexts.is_empty()),
        _ => 0..=0,
    };
    let nothing_asked = match request {
        Message::RegReq(m) => m.routing_keys.is_empty(),
        Message::DeregReq(m) => m.routing_contexts.is_empty(),
        Message::Daud(m) => m.affected.is_empty(),
        Message::Notify(_)
        | Message::Error(_)
        | Message::HeartbeatAck(_)
        | Message::Data(_)
        | Message::Scon(_) => true,
        _ => false,
    };
    let errors = errors.count();
    match request {
        // On a stream that it does not belong on it is refused, too.
        Message::AspDown(_) => assert_eq!(acknowledged + errors, 1),
        Message::Daud(_) => assert!(nothing_asked || !to_it.is_empty()),
        _ => {
            assert!(expected.contains(&acknowledged), "{request:?}: {to_it:?}");
            let some = acknowledged + errors > 0;
            assert!(nothing_asked || some, "{request:?}: {to_it:?}");
        }
    }
    if let Message::Error(_) = request {
        assert_eq!(to_it.len(), 0, "an Error was answered");
    }
    let first_notify = to_it.iter().position(|m| matches!(m, Message::Notify(_)));
    let last_ack = to_it.iter().rposition(acknowledges);
    if let (Some(notify), Some(ack)) = (first_notify, last_ack) {
        assert!(ack < notify, "{request:?}: {to_it:?}");
    }
    assert!(
        !to_it
            .iter()
            .any(|m| matches!(m, Message::Dava(Dava { affected, .. }) if affected.is_empty()))
    );
}

#[test]
fn whatever_comes_the_gateway_keeps_its_word() {
    let mut sent: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in 0..200 {
        let mut world = World::new(seed);
        (0..1000).for_each(|_| world.step());
        for (name, count) in world.sent {
            *sent.entry(name).or_default() += count;
        }
    }
    // The runs are no good if they do not get everywhere.
    for (name, least) in [
        ("DATA", 1000),
        ("NTFY", 1000),
        ("ASPUP_ACK", 1000),
        ("ASPDN_ACK", 100),
        ("ASPAC_ACK", 1000),
        ("ASPIA_ACK", 100),
        ("REG_RSP", 100),
        ("DEREG_RSP", 100),
        ("DUNA", 100),
        ("DAVA", 100),
        ("DRST", 100),
        ("SCON", 100),
        ("DUPU", 100),
        ("BEAT", 100),
        ("BEAT_ACK", 100),
        ("ERR", 1000),
    ] {
        let count = sent.get(name).copied().unwrap_or_default();
        assert!(count >= least, "{name}: {count}");
    }
}
