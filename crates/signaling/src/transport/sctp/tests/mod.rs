//! Endpoints over a network that the test owns: delay, loss, junk, forgeries.

mod ending;
mod hostile;
mod many;
mod set_up;
mod traffic;

use super::*;
use crate::config::Admission;
use crate::event::DownReason;
use dcsctp::api::{DcSctpSocket, Options, Socket, SocketEvent};

const ASP: &str = "192.0.2.1:9899";
const SGP: &str = "192.0.2.2:9899";
const CLIENT: AssociationId = AssociationId(0);
/// The first association that comes in.
const FIRST: AssociationId = AssociationId(1 << 32);
const DELAY: Duration = Duration::from_millis(5);

struct Net {
    now: Time,
    asp: SctpEndpoint,
    sgp: SctpEndpoint,
    /// What is under way: when it arrives, from where, to where.
    wire: VecDeque<(Time, SocketAddr, SocketAddr, Vec<u8>)>,
    /// Every so-manyth packet is lost; 0 for none.
    loss: usize,
    sent: usize,
    cut: bool,
    /// Neither side takes messages.
    slow: bool,
    asp_events: Vec<AssociationEvent>,
    sgp_events: Vec<(AssociationId, AssociationEvent)>,
}

/// Patient with a network that loses a third of all packets.
fn timers() -> SctpTimers {
    SctpTimers {
        rto_min: Duration::from_millis(200),
        rto_max: Duration::from_secs(2),
        ..SctpTimers::default()
    }
}

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn settings() -> Settings {
    Settings {
        timers: timers(),
        streams: 17,
        mtu: 1200,
        promiscuous: false,
    }
}

fn peer(remote: &str, remote_port: u16, local_port: u16) -> Peer {
    Peer {
        path: Path {
            remote: addr(remote),
            remote_port,
            local_port,
        },
        timers: timers(),
    }
}

fn client() -> SctpEndpoint {
    let peers = BTreeMap::from([(CLIENT, peer(SGP, 2905, 40_000))]);
    SctpEndpoint::new(settings(), None, peers, Ids::default())
}

fn listener(port: u16, from: &str, max_associations: usize) -> Listener {
    Listener {
        port,
        admission: Admission::Addresses(vec![addr(from).ip()]),
        max_associations,
    }
}

fn server(max_associations: usize) -> SctpEndpoint {
    let listener = listener(2905, ASP, max_associations);
    SctpEndpoint::new(settings(), Some(listener), BTreeMap::new(), Ids::default())
}

impl Net {
    fn of(asp: SctpEndpoint, sgp: SctpEndpoint) -> Self {
        Self {
            now: Time::from_secs(50),
            asp,
            sgp,
            wire: VecDeque::new(),
            loss: 0,
            sent: 0,
            cut: false,
            slow: false,
            asp_events: Vec::new(),
            sgp_events: Vec::new(),
        }
    }

    fn new() -> Self {
        Self::of(client(), server(2))
    }

    fn connected() -> Self {
        let mut net = Self::new();
        net.asp.connect(net.now, CLIENT);
        net.after(Duration::from_millis(100));
        assert_eq!(net.asp_events, [up(SGP)]);
        assert_eq!(net.sgp_events, [(FIRST, up(ASP))]);
        net.asp_events.clear();
        net.sgp_events.clear();
        net
    }

    fn carry(&mut self) {
        let ends = [(&mut self.asp, ASP, true), (&mut self.sgp, SGP, false)];
        for (endpoint, own, is_asp) in ends {
            while let Some(output) = endpoint.poll_output() {
                match output {
                    Output::Transmit { remote, packet } => {
                        assert!(checksum::is_right(&packet), "{packet:02x?}");
                        self.sent += 1;
                        let lost = self.loss > 0 && self.sent.is_multiple_of(self.loss);
                        if !lost && !self.cut {
                            let at = self.now + DELAY;
                            self.wire.push_back((at, addr(own), remote, packet));
                        }
                    }
                    Output::Event(_, event) if is_asp => self.asp_events.push(event),
                    Output::Event(id, event) => self.sgp_events.push((id, event)),
                }
            }
            while !self.slow
                && let Some((id, event)) = endpoint.poll_message()
            {
                match is_asp {
                    true => self.asp_events.push(event),
                    false => self.sgp_events.push((id, event)),
                }
            }
        }
    }

    fn after(&mut self, time: Duration) {
        let end = self.now + time;
        self.carry();
        loop {
            let wire = self.wire.front().map(|(at, ..)| *at);
            let timeouts = [wire, self.asp.poll_timeout(), self.sgp.poll_timeout()];
            let Some(next) = timeouts.into_iter().flatten().min().filter(|t| *t <= end) else {
                break;
            };
            self.now = self.now.max(next);
            self.asp.handle_timeout(self.now);
            self.sgp.handle_timeout(self.now);
            while self.wire.front().is_some_and(|(at, ..)| *at <= self.now) {
                let Some((_, from, to, packet)) = self.wire.pop_front() else {
                    break;
                };
                if to == addr(SGP) {
                    self.sgp.receive(self.now, from, &packet);
                } else if to == addr(ASP) {
                    self.asp.receive(self.now, from, &packet);
                }
            }
            self.carry();
        }
        self.now = end;
    }

    fn received_at_sgp(&self) -> Vec<Vec<u8>> {
        data(self.sgp_events.iter().map(|(_, event)| event))
    }

    fn received_at_asp(&self) -> Vec<Vec<u8>> {
        data(&self.asp_events)
    }
}

/// The messages among the events.
fn data<'a>(events: impl IntoIterator<Item = &'a AssociationEvent>) -> Vec<Vec<u8>> {
    let data = |event: &AssociationEvent| match event {
        AssociationEvent::Message { data, .. } => Some(data.clone()),
        _ => None,
    };
    events.into_iter().filter_map(data).collect()
}

/// What was given back among the events.
fn returned<'a>(events: impl IntoIterator<Item = &'a AssociationEvent>) -> Vec<Vec<u8>> {
    let returned = |event: &AssociationEvent| match event {
        AssociationEvent::Returned(messages) => messages.clone(),
        _ => Vec::new(),
    };
    events.into_iter().flat_map(returned).collect()
}

/// Compares many messages and prints few.
#[track_caller]
fn assert_same(came: &[Vec<u8>], wanted: &[Vec<u8>], context: &str) {
    let pairs = came.iter().zip(wanted);
    let differs = pairs.enumerate().find(|(_, (came, wanted))| came != wanted);
    assert_eq!(differs, None, "{context}: the first that differs");
    assert_eq!(came.len(), wanted.len(), "{context}: how many");
}

/// So many different messages.
fn numbered(count: u32) -> Vec<Vec<u8>> {
    (0..count).map(|n| n.to_be_bytes().to_vec()).collect()
}

fn up(peer: &str) -> AssociationEvent {
    let port = if peer == SGP { 2905 } else { 40_000 };
    AssociationEvent::Up {
        peer: SocketAddr::new(addr(peer).ip(), port),
        outbound_streams: 17,
    }
}

fn message(data: &[u8]) -> AssociationEvent {
    AssociationEvent::Message {
        stream: Some(1),
        ppid: Some(3),
        data: data.to_vec(),
    }
}

/// A stranger's stack that sets up an association to us, and its INIT.
fn stranger(local_port: u16) -> (Socket, Vec<u8>) {
    let options = Options {
        local_port,
        remote_port: 2905,
        ..Options::default()
    };
    let mut socket = Socket::new("x", &options);
    socket.connect();
    let init = packet_of(&mut socket);
    (socket, init)
}

/// The next packet of a stranger's stack.
fn packet_of(socket: &mut Socket) -> Vec<u8> {
    match socket.poll_event() {
        Some(SocketEvent::SendPacket(packet)) => packet,
        other => panic!("{other:?}"),
    }
}

fn transmitted(endpoint: &mut SctpEndpoint) -> Vec<Vec<u8>> {
    let packet = |output| match output {
        Output::Transmit { packet, .. } => Some(packet),
        Output::Event(..) => None,
    };
    std::iter::from_fn(|| endpoint.poll_output())
        .filter_map(packet)
        .collect()
}
