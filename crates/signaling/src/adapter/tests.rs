//! Both sides over a wire that the test owns, in virtual time.

use super::*;
use crate::config::{
    AsConfig, AspConfig, Backoff, PeerConfig, Route, SgpConfig, Sharing, Transport,
};
use crate::event::{AssociationState, Discarded};
use core::time::Duration;
use std::collections::BTreeMap;
use trunkline_m3ua::ErrorCode;
use trunkline_model::mtp::MtpStatus;
use trunkline_model::{NetworkIndicator, PointCode};

const STREAMS: u16 = 17;

/// One ASP with a gateway at each of its associations. The wire delivers at once.
struct Net {
    now: Time,
    asp: Adapter,
    sgps: Vec<SgpAdapter>,
    /// Which associations the wire can set up.
    reachable: Vec<bool>,
    /// Which are up.
    up: Vec<bool>,
    ladder: Vec<String>,
    asp_events: Vec<SignalingEvent>,
    sgp_events: Vec<Vec<SignalingEvent>>,
    streams: BTreeMap<u16, usize>,
    finished: bool,
}

impl Net {
    fn new(gateways: usize) -> Self {
        Self::with(gateways, |_| {}, |_| {})
    }

    fn with(
        gateways: usize,
        change_asp: impl FnOnce(&mut AspConfig),
        change_sgp: impl Fn(&mut SgpConfig),
    ) -> Self {
        let now = Time::from_secs(1_000);
        let mut config = AspConfig::new(pc(1));
        let address = "127.0.0.1:2905".parse().unwrap();
        for index in 0..gateways {
            let name = format!("sg{index}");
            let mut peer = PeerConfig::new(name, Transport::RawIp, address, address);
            peer.routing_context = Some(7);
            config.peers.push(peer);
        }
        config.routes.push(Route {
            dpc: pc(2),
            peers: (0..gateways).map(|index| format!("sg{index}")).collect(),
            sharing: Sharing::LoadShare,
        });
        config.audit = false;
        config.reconnect = Backoff {
            min: Duration::from_secs(1),
            max: Duration::from_secs(4),
        };
        change_asp(&mut config);
        let mut sgp_config = SgpConfig::new(pc(2), pc(1));
        sgp_config.application_servers[0].routing_context = Some(7);
        change_sgp(&mut sgp_config);
        Self {
            now,
            asp: Adapter::new(&config, now).unwrap(),
            sgps: (0..gateways)
                .map(|_| SgpAdapter::new(&sgp_config))
                .collect(),
            reachable: vec![true; gateways],
            up: vec![false; gateways],
            ladder: Vec::new(),
            asp_events: Vec::new(),
            sgp_events: vec![Vec::new(); gateways],
            streams: BTreeMap::new(),
            finished: false,
        }
    }

    /// With everything active, and nothing noted yet.
    fn active(gateways: usize) -> Self {
        let mut net = Self::new(gateways);
        net.run();
        net.forget();
        net
    }

    fn forget(&mut self) {
        self.ladder.clear();
        self.asp_events.clear();
        self.sgp_events.iter_mut().for_each(Vec::clear);
        self.streams.clear();
    }

    /// Carries everything until nobody has anything to do now.
    fn run(&mut self) {
        loop {
            if let Some(output) = self.asp.poll_output() {
                self.asp_output(output);
                continue;
            }
            let next = (0..self.sgps.len())
                .find_map(|index| Some((index, self.sgps[index].poll_output()?)));
            match next {
                Some((index, output)) => self.sgp_output(index, output),
                None => return,
            }
        }
    }

    fn asp_output(&mut self, output: Output) {
        match output {
            Output::Connect(id) => {
                let index = id.0 as usize;
                self.ladder.push(format!("connect {index}"));
                if self.reachable[index] {
                    self.up[index] = true;
                    self.tell_sgp(index, up());
                    self.tell_asp(index, up());
                } else {
                    let why = DownReason::Failed("unreachable".to_owned());
                    self.tell_asp(index, AssociationEvent::Down(why));
                }
            }
            Output::Send {
                association,
                stream,
                data,
            } => {
                let index = association.0 as usize;
                let message = decode(&data).unwrap();
                self.ladder.push(format!("> {}", message.name()));
                *self.streams.entry(stream).or_default() += 1;
                assert_eq!(stream == 0, message.is_management());
                self.tell_sgp(index, received(data));
            }
            Output::Shutdown(id) | Output::Abort(id) => {
                self.ladder.push("> SHUTDOWN".to_owned());
                self.lose(id.0 as usize);
            }
            Output::Event(event) => self.asp_events.push(event),
            Output::Finished => self.finished = true,
        }
    }

    fn sgp_output(&mut self, index: usize, output: Output) {
        match output {
            Output::Connect(_) => panic!("a gateway does not connect"),
            Output::Send { data, .. } => {
                let message = decode(&data).unwrap();
                self.ladder.push(format!("< {message}"));
                self.tell_asp(index, received(data));
            }
            Output::Shutdown(_) | Output::Abort(_) => {
                self.ladder.push("< SHUTDOWN".to_owned());
                self.lose(index);
            }
            Output::Event(event) => self.sgp_events[index].push(event),
            Output::Finished => {}
        }
    }

    fn lose(&mut self, index: usize) {
        if core::mem::replace(&mut self.up[index], false) {
            self.tell_sgp(index, AssociationEvent::Down(DownReason::Peer));
            self.tell_asp(index, AssociationEvent::Down(DownReason::Peer));
        }
    }

    fn tell_asp(&mut self, index: usize, event: AssociationEvent) {
        let id = AssociationId(index as u64);
        self.asp.handle(self.now, Input::Association(id, event));
    }

    fn tell_sgp(&mut self, index: usize, event: AssociationEvent) {
        let input = Input::Association(AssociationId(9), event);
        self.sgps[index].handle(self.now, input);
    }

    fn transfer(&mut self, transfer: MtpTransfer) {
        self.asp.handle(self.now, Input::Transfer(transfer));
        self.run();
    }

    fn after(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let timeouts = self.sgps.iter().map(Core::poll_timeout);
            let next = timeouts
                .chain([self.asp.poll_timeout()])
                .flatten()
                .min_by_key(|t| t.0);
            match next {
                Some((at, _)) if at <= end => self.now = at,
                _ => break,
            }
            self.asp.handle_timeout(self.now);
            self.sgps
                .iter_mut()
                .for_each(|s| s.handle_timeout(self.now));
            self.run();
        }
        self.now = end;
    }

    fn asp_indications(&self) -> Vec<MtpIndication> {
        indications(&self.asp_events)
    }

    fn sgp_indications(&self, index: usize) -> Vec<MtpIndication> {
        indications(&self.sgp_events[index])
    }

    fn discarded(&self) -> Vec<Discarded> {
        let only = |event: &SignalingEvent| match event {
            SignalingEvent::Discarded(why) => Some(*why),
            _ => None,
        };
        self.asp_events.iter().filter_map(only).collect()
    }
}

fn indications(events: &[SignalingEvent]) -> Vec<MtpIndication> {
    let only = |event: &SignalingEvent| match event {
        SignalingEvent::Mtp(indication) => Some(indication.clone()),
        _ => None,
    };
    events.iter().filter_map(only).collect()
}

fn errors(events: &[SignalingEvent]) -> Vec<PeerError> {
    let only = |event: &SignalingEvent| match event {
        SignalingEvent::Error { error, .. } => Some(error.clone()),
        _ => None,
    };
    events.iter().filter_map(only).collect()
}

fn up() -> AssociationEvent {
    AssociationEvent::Up {
        peer: "127.0.0.1:2905".parse().unwrap(),
        outbound_streams: STREAMS,
    }
}

fn received(data: Vec<u8>) -> AssociationEvent {
    let ppid = Some(PAYLOAD_PROTOCOL_IDENTIFIER);
    AssociationEvent::Message {
        stream: None,
        ppid,
        data,
    }
}

fn pc(value: u32) -> PointCode {
    PointCode::new(value).unwrap()
}

fn to_exchange(sls: u8) -> MtpTransfer {
    MtpTransfer {
        opc: pc(1),
        dpc: pc(2),
        si: 5,
        ni: NetworkIndicator::National,
        mp: 0,
        sls,
        data: vec![1, 0, 0x12],
    }
}

fn from_exchange(dpc: u32) -> MtpTransfer {
    MtpTransfer {
        opc: pc(2),
        dpc: pc(dpc),
        ..to_exchange(0)
    }
}

#[test]
fn becomes_active_and_resumes_both_ends() {
    let mut net = Net::new(1);
    net.run();
    assert_eq!(
        net.ladder,
        [
            "connect 0",
            "> ASPUP",
            "< ASPUP_ACK",
            "> ASPAC",
            "< NTFY AS-INACTIVE",
            "< ASPAC_ACK",
            "< NTFY AS-ACTIVE",
        ]
    );
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
    assert_eq!(net.sgp_indications(0), [MtpIndication::Resume(pc(1))]);
}

#[test]
fn audits_the_routes_on_activation() {
    let mut net = Net::with(1, |config| config.audit = true, |_| {});
    net.run();
    let audit: Vec<&String> = net.ladder.iter().filter(|l| l.contains("DA")).collect();
    assert_eq!(audit, ["> DAUD", "< DAVA"]);
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
}

#[test]
fn unavailable_destination_is_not_resumed_until_dava() {
    let mut net = Net::new(1);
    let pause = Input::Indicate(MtpIndication::Pause(pc(2)));
    net.sgps[0].handle(net.now, pause);
    net.run();
    assert!(
        net.ladder.iter().any(|line| line == "< DUNA"),
        "{:?}",
        net.ladder
    );
    assert_eq!(net.asp_indications(), []);
    net.transfer(to_exchange(0));
    assert_eq!(net.discarded(), [Discarded::Unavailable(pc(2))]);
    let resume = Input::Indicate(MtpIndication::Resume(pc(2)));
    net.sgps[0].handle(net.now, resume);
    net.run();
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
}

#[test]
fn congestion_reaches_the_user() {
    let mut net = Net::active(1);
    let status = MtpIndication::Status(pc(2), MtpStatus::Congestion(2));
    net.sgps[0].handle(net.now, Input::Indicate(status.clone()));
    net.run();
    assert_eq!(net.asp_indications(), [status]);
}

#[test]
fn messages_go_both_ways_on_the_stream_of_their_sls() {
    let mut net = Net::active(1);
    for sls in 0..16 {
        net.transfer(to_exchange(sls));
    }
    let expected: Vec<MtpIndication> = (0..16)
        .map(|sls| MtpIndication::Transfer(to_exchange(sls)))
        .collect();
    assert_eq!(net.sgp_indications(0), expected);
    assert_eq!(net.streams, (1..=16).map(|stream| (stream, 1)).collect());

    let back = from_exchange(1);
    net.sgps[0].handle(net.now, Input::Transfer(back.clone()));
    net.run();
    assert_eq!(net.asp_indications(), [MtpIndication::Transfer(back)]);
}

#[test]
fn single_stream_carries_all() {
    let data = Message::Data(trunkline_m3ua::msg::Data {
        network_appearance: None,
        routing_context: None,
        protocol_data: to_exchange(5).into(),
        correlation_id: None,
    });
    assert_eq!(stream_of(&data, 1), 0);
    assert_eq!(stream_of(&data, 2), 1);
    assert_eq!(stream_of(&data, 4), 1 + 5 % 3);
}

#[test]
fn messages_for_others_are_dropped_and_counted() {
    let mut net = Net::with(
        1,
        |_| {},
        |config| config.application_servers[0].point_codes.push(pc(4)),
    );
    net.run();
    net.forget();
    net.sgps[0].handle(net.now, Input::Transfer(from_exchange(4)));
    net.run();
    assert_eq!(net.asp_indications(), []);
    assert_eq!(errors(&net.asp_events), [PeerError::NotForUs(pc(4))]);
}

#[test]
fn requests_without_route_or_too_long_are_discarded() {
    let mut net = Net::active(1);
    let stray = MtpTransfer {
        dpc: pc(3),
        ..to_exchange(0)
    };
    net.transfer(stray);
    let long = MtpTransfer {
        data: vec![0; 70_000],
        ..to_exchange(0)
    };
    net.transfer(long);
    assert_eq!(
        net.discarded(),
        [Discarded::NoRoute(pc(3)), Discarded::TooLong(pc(2))]
    );
}

#[test]
fn two_gateways_share_by_sls_and_take_over() {
    let mut net = Net::active(2);
    let counts = |net: &mut Net| {
        net.forget();
        for sls in 0..4 {
            net.transfer(to_exchange(sls));
        }
        [net.sgp_indications(0).len(), net.sgp_indications(1).len()]
    };
    assert_eq!(counts(&mut net), [2, 2]);
    net.reachable[1] = false;
    net.lose(1);
    net.run();
    assert_eq!(net.asp_indications(), [], "the other way still leads there");
    assert_eq!(counts(&mut net), [4, 0]);
    net.reachable[1] = true;
    net.after(Duration::from_secs(1));
    assert_eq!(counts(&mut net), [2, 2]);
}

#[test]
fn loss_pauses_and_reconnection_backs_off_within_bounds() {
    let mut net = Net::active(1);
    net.reachable[0] = false;
    net.lose(0);
    net.run();
    assert_eq!(net.asp_indications(), [MtpIndication::Pause(pc(2))]);
    net.transfer(to_exchange(0));
    assert_eq!(net.discarded(), [Discarded::Unavailable(pc(2))]);
    net.forget();
    // 1, 2, 4, 4, ... seconds
    net.after(Duration::from_millis(999));
    assert!(net.ladder.is_empty());
    net.after(Duration::from_millis(6_001));
    assert_eq!(net.ladder.len(), 3);
    net.after(Duration::from_secs(40));
    assert_eq!(net.ladder.len(), 13);
    // The gateway's T(r) is over long since: its exchange knows.
    assert_eq!(net.sgp_indications(0), [MtpIndication::Pause(pc(1))]);

    net.forget();
    net.reachable[0] = true;
    net.after(Duration::from_secs(4));
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
    assert_eq!(net.sgp_indications(0), [MtpIndication::Resume(pc(1))]);
    // And the back-off begins anew.
    net.forget();
    net.lose(0);
    net.run();
    net.after(Duration::from_secs(1));
    assert_eq!(net.ladder[0], "connect 0");
}

#[test]
fn restarted_association_starts_up_again() {
    let mut net = Net::active(1);
    let restarted = AssociationEvent::Restarted {
        outbound_streams: STREAMS,
    };
    net.tell_sgp(0, restarted.clone());
    net.tell_asp(0, restarted);
    net.run();
    assert_eq!(
        net.asp_indications(),
        [MtpIndication::Pause(pc(2)), MtpIndication::Resume(pc(2))]
    );
    assert_eq!(net.ladder[0], "> ASPUP");
}

#[test]
fn shutdown_is_orderly() {
    let mut net = Net::active(1);
    net.asp.handle(net.now, Input::Shutdown);
    net.run();
    assert_eq!(
        net.ladder,
        [
            "> ASPIA",
            "< ASPIA_ACK",
            "> ASPDN",
            "< NTFY AS-PENDING",
            "< ASPDN_ACK",
            "> SHUTDOWN",
        ]
    );
    assert!(net.finished);
    assert_eq!(net.asp.poll_timeout(), None);
    assert_eq!(net.asp_indications(), [MtpIndication::Pause(pc(2))]);
}

#[test]
fn shutdown_without_answers_ends_after_two_seconds() {
    let mut net = Net::active(1);
    net.asp.handle(net.now, Input::Shutdown);
    // Nobody answers: what the ASP wants is not carried.
    while net.asp.poll_output().is_some() {}
    let mut outputs = Vec::new();
    while let Some((at, _)) = net.asp.poll_timeout() {
        assert!(at <= net.now + SHUTDOWN_LIMIT);
        net.asp.handle_timeout(at);
        outputs.extend(std::iter::from_fn(|| net.asp.poll_output()));
    }
    assert!(outputs.contains(&Output::Abort(AssociationId(0))));
    assert_eq!(outputs.last(), Some(&Output::Finished));
}

#[test]
fn shutdown_of_the_gateway_puts_asps_down_first() {
    let mut net = Net::active(1);
    net.reachable[0] = false;
    net.sgps[0].handle(net.now, Input::Shutdown);
    net.run();
    assert_eq!(net.ladder, ["< ASPDN_ACK", "< SHUTDOWN"]);
    assert_eq!(net.asp_indications(), [MtpIndication::Pause(pc(2))]);
}

#[test]
fn junk_is_answered_with_the_diagnostic_and_counted() {
    let mut net = Net::active(1);
    let junk = vec![1, 0, 9, 1, 0, 0, 0, 8];
    net.tell_sgp(0, received(junk.clone()));
    let Some(Output::Send {
        data, stream: 0, ..
    }) = net.sgps[0].poll_output()
    else {
        panic!("no answer");
    };
    let Ok(Message::Error(error)) = decode(&data) else {
        panic!("no ERR");
    };
    assert_eq!(error.code, ErrorCode::UnsupportedMessageClass);
    assert_eq!(error.diagnostic, Some(junk));
    net.run();
    assert!(matches!(
        errors(&net.sgp_events[0])[..],
        [PeerError::Malformed(_)]
    ));
}

#[test]
fn other_payload_protocols_are_dropped_and_counted() {
    let mut net = Net::active(1);
    let data = encode(&Message::AspDown(trunkline_m3ua::msg::AspDown::default()));
    let ppid = Some(46);
    net.tell_sgp(
        0,
        AssociationEvent::Message {
            stream: None,
            ppid,
            data,
        },
    );
    net.run();
    assert_eq!(errors(&net.sgp_events[0]), [PeerError::PayloadProtocol(46)]);
    assert!(net.ladder.is_empty());
}

#[test]
fn unknown_routing_context_is_refused_and_reported_at_both_ends() {
    let mut net = Net::with(
        1,
        |_| {},
        |config| {
            config.application_servers = vec![AsConfig {
                routing_context: Some(8),
                point_codes: vec![pc(1)],
                traffic_mode: None,
            }];
        },
    );
    net.run();
    let code = ErrorCode::NoConfiguredAsForAsp;
    let message = "ASPAC";
    assert_eq!(
        errors(&net.sgp_events[0]),
        [PeerError::Refused { message, code }]
    );
    assert_eq!(errors(&net.asp_events), [PeerError::Reported(code)]);
    assert_eq!(net.asp_indications(), []);
}

#[test]
fn every_message_is_counted_at_both_ends() {
    let mut net = Net::active(1);
    net.transfer(to_exchange(0));
    let count = |events: &[SignalingEvent], direction: Direction| {
        let event = SignalingEvent::Message {
            peer: events
                .iter()
                .find_map(|e| match e {
                    SignalingEvent::Message { peer, .. } => Some(peer.clone()),
                    _ => None,
                })
                .unwrap(),
            direction,
            name: "DATA",
        };
        events.iter().filter(|e| **e == event).count()
    };
    assert_eq!(count(&net.asp_events, Direction::Sent), 1);
    assert_eq!(count(&net.sgp_events[0], Direction::Received), 1);
}

#[test]
fn association_states_are_told_in_order() {
    let mut net = Net::new(1);
    net.run();
    net.lose(0);
    net.run();
    let states: Vec<&AssociationState> = net
        .asp_events
        .iter()
        .filter_map(|event| match event {
            SignalingEvent::Association { state, .. } => Some(state),
            _ => None,
        })
        .collect();
    assert_eq!(
        states,
        [
            &AssociationState::Connecting,
            &AssociationState::Up {
                outbound_streams: STREAMS
            },
            &AssociationState::Down(DownReason::Peer),
        ]
    );
}

#[test]
fn contradictory_configurations_are_refused() {
    let address = "127.0.0.1:2905".parse().unwrap();
    let peer = |name: &str| PeerConfig::new(name, Transport::RawIp, address, address);
    let route = |dpc: u32, peers: &[&str]| Route {
        dpc: pc(dpc),
        peers: peers.iter().map(|p| (*p).to_owned()).collect(),
        sharing: Sharing::LoadShare,
    };
    let attempt = |peers: Vec<PeerConfig>, routes: Vec<Route>| {
        let mut config = AspConfig::new(pc(1));
        config.peers = peers;
        config.routes = routes;
        Adapter::new(&config, Time::ZERO).unwrap_err().to_string()
    };
    assert_eq!(
        attempt(vec![peer("a"), peer("a")], vec![]),
        "peer \"a\" is configured twice"
    );
    assert_eq!(
        attempt(vec![peer("a")], vec![route(2, &["b"])]),
        "the route to 2 names peer \"b\", which is not configured"
    );
    assert_eq!(
        attempt(vec![peer("a")], vec![route(2, &["a"]), route(2, &["a"])]),
        "there are two routes to 2"
    );
    assert_eq!(
        attempt(vec![peer("a")], vec![route(2, &[])]),
        "the route to 2 names no peer"
    );
}
