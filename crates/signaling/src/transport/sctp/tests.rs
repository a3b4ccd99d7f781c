//! Endpoints over a network that the test owns: delay, loss, junk, forgeries.

use super::*;
use crate::adapter::FIRST_INCOMING;
use crate::event::DownReason;
use dcsctp::api::{DcSctpSocket, Options, Socket, SocketEvent};

const ASP: &str = "192.0.2.1:9899";
const SGP: &str = "192.0.2.2:9899";
const CLIENT: AssociationId = AssociationId(0);

/// The association as the gateway knows it.
const IN: AssociationId = AssociationId(FIRST_INCOMING);
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
    asp_events: Vec<AssociationEvent>,
    sgp_events: Vec<(AssociationId, AssociationEvent)>,
}

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn settings() -> Settings {
    Settings {
        timers: SctpTimers::default(),
        streams: 17,
        mtu: 1200,
        promiscuous: false,
    }
}

fn client() -> SctpEndpoint {
    let path = Path {
        remote: addr(SGP),
        remote_port: 2905,
        local_port: 40_000,
    };
    SctpEndpoint::new(
        settings(),
        None,
        BTreeMap::from([(
            CLIENT,
            Peer {
                path,
                timers: SctpTimers::default(),
            },
        )]),
        Ids::default(),
    )
}

fn server(max_associations: usize) -> SctpEndpoint {
    let listener = Listener {
        port: 2905,
        admission: Admission::Addresses(vec![addr(ASP).ip()]),
        max_associations,
    };
    SctpEndpoint::new(settings(), Some(listener), BTreeMap::new(), Ids::default())
}

impl Net {
    fn new() -> Self {
        Self {
            now: Time::from_secs(50),
            asp: client(),
            sgp: server(2),
            wire: VecDeque::new(),
            loss: 0,
            sent: 0,
            cut: false,
            asp_events: Vec::new(),
            sgp_events: Vec::new(),
        }
    }

    fn connected() -> Self {
        let mut net = Self::new();
        net.asp.connect(net.now, CLIENT);
        net.after(Duration::from_millis(100));
        assert_eq!(net.asp_events, [up(SGP)]);
        assert_eq!(net.sgp_events, [(IN, up(ASP))]);
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
            while let Some((id, event)) = endpoint.poll_message() {
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
        let data = |(_, event): &(AssociationId, AssociationEvent)| match event {
            AssociationEvent::Message { data, .. } => Some(data.clone()),
            _ => None,
        };
        self.sgp_events.iter().filter_map(data).collect()
    }
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

/// The INIT of a stranger's stack.
fn init(local_port: u16) -> (Socket, Vec<u8>) {
    let options = Options {
        local_port,
        remote_port: 2905,
        ..Options::default()
    };
    let mut socket = Socket::new("x", &options);
    socket.connect();
    match socket.poll_event() {
        Some(SocketEvent::SendPacket(packet)) => (socket, packet),
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

#[test]
fn messages_cross_both_ways_with_the_m3ua_identifier() {
    let mut net = Net::connected();
    net.asp.send(net.now, CLIENT, 1, b"to the gateway".to_vec());
    net.sgp.send(net.now, IN, 1, b"and back".to_vec());
    net.after(Duration::from_millis(100));
    assert_eq!(net.sgp_events, [(IN, message(b"to the gateway"))]);
    assert_eq!(net.asp_events, [message(b"and back")]);
}

#[test]
fn lost_packets_are_repeated_in_order() {
    let mut net = Net::connected();
    net.loss = 5;
    let sent: Vec<Vec<u8>> = (0..300u16).map(|n| n.to_be_bytes().to_vec()).collect();
    for data in &sent {
        net.asp.send(net.now, CLIENT, 1, data.clone());
    }
    net.after(Duration::from_secs(60));
    assert_eq!(net.received_at_sgp(), sent);
}

#[test]
fn shutdown_delivers_what_is_queued_and_ends_both() {
    let mut net = Net::connected();
    net.asp.send(net.now, CLIENT, 1, b"last".to_vec());
    net.asp.shutdown(net.now, CLIENT);
    net.after(Duration::from_secs(1));
    assert_eq!(net.asp_events, [AssociationEvent::Down(DownReason::Local)]);
    let id = IN;
    assert_eq!(
        net.sgp_events,
        [
            (id, message(b"last")),
            (id, AssociationEvent::Down(DownReason::Peer))
        ]
    );
    assert!(net.asp.associations.is_empty() && net.sgp.associations.is_empty());
}

#[test]
fn dead_peer_is_noticed_by_heartbeats_and_can_come_back() {
    let mut net = Net::connected();
    net.cut = true;
    net.after(Duration::from_secs(30));
    assert!(matches!(
        net.asp_events[..],
        [AssociationEvent::Down(DownReason::Failed(_))]
    ));
    net.cut = false;
    net.asp_events.clear();
    net.sgp_events.clear();
    net.asp.connect(net.now, CLIENT);
    net.after(Duration::from_secs(1));
    assert_eq!(net.asp_events, [up(SGP)]);
}

#[test]
fn unreachable_peer_fails_in_bounded_time() {
    let mut net = Net::new();
    net.cut = true;
    net.asp.connect(net.now, CLIENT);
    net.after(Duration::from_secs(12));
    assert!(matches!(
        net.asp_events[..],
        [AssociationEvent::Down(DownReason::Failed(_))]
    ));
}

#[test]
fn restarted_client_takes_its_association_over() {
    let mut net = Net::connected();
    net.asp = client();
    net.asp.connect(net.now, CLIENT);
    net.after(Duration::from_secs(1));
    assert_eq!(net.asp_events, [up(SGP)]);
    let restarted = AssociationEvent::Restarted {
        outbound_streams: 17,
    };
    assert_eq!(net.sgp_events, [(IN, restarted)]);
    assert_eq!(net.sgp.associations.len(), 1);
}

#[test]
fn restarted_server_tells_its_clients_by_abort() {
    let mut net = Net::connected();
    net.sgp = server(2);
    net.asp.send(net.now, CLIENT, 1, b"anyone there?".to_vec());
    net.after(Duration::from_millis(100));
    assert!(matches!(
        net.asp_events[..],
        [AssociationEvent::Down(DownReason::Failed(_))]
    ));
}

#[test]
fn changed_udp_port_of_a_peer_is_followed() {
    let mut net = Net::connected();
    net.asp
        .send(net.now, CLIENT, 1, b"through a new binding".to_vec());
    let packets = transmitted(&mut net.asp);
    let moved = addr("192.0.2.1:50123");
    for packet in &packets {
        net.sgp.receive(net.now, moved, packet);
    }
    net.carry();
    assert_eq!(net.received_at_sgp().len(), 1);
    net.sgp.send(net.now, IN, 0, b"back".to_vec());
    let Some(Output::Transmit { remote, .. }) = net.sgp.poll_output() else {
        panic!("nothing sent");
    };
    assert_eq!(remote, moved);
}

#[test]
fn strangers_get_no_answer() {
    let mut sgp = server(2);
    let stranger = addr("198.51.100.7:9899");
    let (_, init) = init(2905);
    sgp.receive(Time::ZERO, stranger, &init);
    sgp.receive(Time::ZERO, stranger, b"junk");
    assert!(transmitted(&mut sgp).is_empty());
    assert!(sgp.associations.is_empty());
    let dropped = Dropped {
        not_admitted: 2,
        stray: 0,
        last: Some(stranger),
    };
    assert_eq!(sgp.take_dropped(), Some(dropped));
    assert_eq!(sgp.take_dropped(), None);
}

#[test]
fn a_client_takes_no_associations() {
    let mut asp = client();
    let options = Options {
        local_port: 2905,
        remote_port: 40_000,
        ..Options::default()
    };
    let mut other = Socket::new("x", &options);
    other.connect();
    let Some(SocketEvent::SendPacket(init)) = other.poll_event() else {
        panic!("no INIT");
    };
    asp.receive(Time::ZERO, addr(SGP), &init);
    let answers = transmitted(&mut asp);
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0][12], packet::ABORT);
    assert!(asp.associations.is_empty());
}

#[test]
fn wrong_port_is_aborted_on_udp_and_ignored_on_raw_ip() {
    let (_, mut init) = init(5000);
    init[2..4].copy_from_slice(&4000u16.to_be_bytes());
    // The checksum is wrong now, and nothing is answered to that.
    let mut sgp = server(2);
    sgp.receive(Time::ZERO, addr(ASP), &init);
    assert!(transmitted(&mut sgp).is_empty());
    assert_eq!(sgp.take_dropped().map(|d| d.stray), Some(1));

    let mut raw = server(2);
    raw.settings.promiscuous = true;
    raw.receive(Time::ZERO, addr(ASP), &init);
    assert!(transmitted(&mut raw).is_empty());
    assert_eq!(raw.take_dropped(), None);
}

#[test]
fn forged_cookies_open_nothing() {
    let mut sgp = server(2);
    let from = addr(ASP);
    let (mut client, init) = init(6000);
    sgp.receive(Time::ZERO, from, &init);
    let init_ack = transmitted(&mut sgp).remove(0);
    client.handle_input(&init_ack);
    let Some(SocketEvent::SendPacket(echo)) = client.poll_event() else {
        panic!("no COOKIE ECHO");
    };
    // A cookie that was never given, even if all else is right.
    let mut forged = echo.clone();
    let length = forged.len();
    forged[length - 1] ^= 0xff;
    sgp.receive(Time::ZERO, from, &forged);
    // The right cookie, but on another path.
    sgp.receive(Time::ZERO, addr("192.0.2.1:7000"), &echo);
    assert!(transmitted(&mut sgp).iter().all(|p| p[12] == packet::ABORT));
    assert!(sgp.associations.values().all(Association::is_half_open));
    sgp.receive(Time::ZERO, from, &echo);
    assert!(sgp.associations.values().any(|a| !a.is_half_open()));
}

#[test]
fn associations_and_half_open_ones_are_bounded() {
    let mut sgp = server(1);
    for port in 1..=500 {
        let (_, init) = init(port);
        sgp.receive(Time::from_millis(u64::from(port)), addr(ASP), &init);
    }
    assert_eq!(sgp.associations.len(), MAX_HALF_OPEN);
    // They are forgotten when nothing more comes.
    sgp.handle_timeout(Time::from_secs(20));
    assert!(sgp.associations.is_empty());

    let mut net = Net::connected();
    net.sgp.listener.as_mut().unwrap().max_associations = 1;
    let (_, init) = init(6000);
    net.sgp.receive(net.now, addr(ASP), &init);
    let answers = transmitted(&mut net.sgp);
    assert_eq!(answers[0][12], packet::ABORT);
}

#[test]
fn damaged_packets_do_no_harm() {
    let mut net = Net::connected();
    let mut seed = 1u32;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed as usize
    };
    for round in 0..2_000 {
        net.asp.send(net.now, CLIENT, 1, vec![7; 20]);
        for mut packet in transmitted(&mut net.asp) {
            let at = random() % packet.len();
            packet[at] ^= 1 << (random() % 8);
            packet.truncate(1 + random() % packet.len());
            net.sgp.receive(net.now, addr(ASP), &packet);
        }
        net.now += Duration::from_millis(1);
        let _ = transmitted(&mut net.sgp);
        if round % 100 == 0 {
            net.sgp
                .receive(net.now, addr(ASP), &vec![0xff; random() % 1500]);
        }
    }
    net.after(Duration::from_secs(30));
    assert_eq!(net.received_at_sgp().len(), 2_000, "repeated until whole");
}

#[test]
fn slow_reader_slows_its_peer_down() {
    let mut net = Net::connected();
    let mut failed = 0;
    for _ in 0..4_000 {
        net.asp.send(net.now, CLIENT, 1, vec![1; 1_000]);
    }
    while let Some(output) = net.asp.poll_output() {
        if matches!(output, Output::Event(_, AssociationEvent::SendFailed)) {
            failed += 1;
        }
    }
    // Four megabytes do not fit one; what fits is kept, the rest is told.
    assert!((2_500..4_000).contains(&failed), "{failed}");
}
