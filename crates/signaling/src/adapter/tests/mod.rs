//! Both sides over a wire that the test owns, in virtual time.

use super::*;
use crate::config::{Audit, Backoff, Config, PeerConfig, Route, Transport, Way};
use crate::event::Discarded;
use core::time::Duration;
use std::collections::BTreeMap;
use trunkline_m3ua::{Message, PAYLOAD_PROTOCOL_IDENTIFIER, decode};
use trunkline_model::{NetworkIndicator, PointCode};

mod changeover;
mod ipsp;
mod operation;
mod single;

const STREAMS: u16 = 17;

/// The association as the gateway knows it.
const IN: AssociationId = AssociationId(FIRST_INCOMING);

/// One ASP with a gateway at each of its associations. The wire delivers at once.
struct Net {
    now: Time,
    asp: Adapter,
    sgps: Vec<Adapter>,
    /// Which associations the wire can set up.
    reachable: Vec<bool>,
    /// Which are up.
    up: Vec<bool>,
    ladder: Vec<String>,
    asp_events: Vec<SignalingEvent>,
    sgp_events: Vec<Vec<SignalingEvent>>,
    streams: BTreeMap<u16, usize>,
    /// The gateways hear no DAUD.
    deaf: bool,
    finished: bool,
}

impl Net {
    fn new(gateways: usize) -> Self {
        Self::with(gateways, |_| {}, |_| {})
    }

    fn with(
        gateways: usize,
        change_asp: impl FnOnce(&mut Config),
        change_sgp: impl Fn(&mut Config),
    ) -> Self {
        let now = Time::from_secs(1_000);
        let mut config = Config::new(pc(1));
        let address = "127.0.0.1:2905".parse().unwrap();
        for index in 0..gateways {
            let name = format!("sg{index}");
            let mut peer = PeerConfig::new(name, Transport::RawIp, address, address);
            peer.application_servers[0].routing_context = Some(7);
            peer.audit = Audit::Off;
            config.peers.push(peer);
        }
        config.routes.push(Route {
            dpc: pc(2),
            ways: (0..gateways)
                .map(|index| Way::over(format!("sg{index}")))
                .collect(),
        });
        config.m3ua.diversion = Duration::ZERO;
        config.reconnect = Backoff {
            min: Duration::from_secs(1),
            max: Duration::from_secs(4),
        };
        change_asp(&mut config);
        let mut sgp_config = Config::gateway(pc(2), pc(1));
        sgp_config.application_servers[0].routing_context = Some(7);
        change_sgp(&mut sgp_config);
        Self {
            now,
            asp: Adapter::new(&config, now, 1).unwrap(),
            sgps: (0..gateways)
                .map(|_| Adapter::new(&sgp_config, now, 2).unwrap())
                .collect(),
            reachable: vec![true; gateways],
            up: vec![false; gateways],
            ladder: Vec::new(),
            asp_events: Vec::new(),
            sgp_events: vec![Vec::new(); gateways],
            streams: BTreeMap::new(),
            deaf: false,
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
                if self.deaf && matches!(message, Message::Daud(_)) {
                    return;
                }
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
        let input = Input::Association(IN, event);
        self.sgps[index].handle(self.now, input);
    }

    fn transfer(&mut self, transfer: MtpTransfer) {
        self.asp.handle(self.now, Input::Transfer(transfer));
        self.run();
    }

    fn after(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let timeouts = self.sgps.iter().map(Adapter::poll_timeout);
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
