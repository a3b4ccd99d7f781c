//! Many associations on one socket.

use super::*;

/// A gateway and so many clients, all associations up.
struct Crowd {
    sgp: SctpEndpoint,
    clients: Vec<SctpEndpoint>,
    now: Time,
}

impl Crowd {
    fn new(count: usize) -> Self {
        let listener = Listener {
            port: 2905,
            admission: Admission::Addresses((0..count).map(|n| address(n).ip()).collect()),
            max_associations: count,
        };
        let mut crowd = Self {
            sgp: SctpEndpoint::new(settings(), Some(listener), BTreeMap::new(), Ids::default()),
            clients: (0..count).map(|_| client()).collect(),
            now: Time::from_secs(1),
        };
        for client in &mut crowd.clients {
            client.connect(crowd.now, CLIENT);
        }
        crowd.settle();
        assert_eq!(crowd.sgp.associations.len(), count);
        crowd
    }

    /// Carries packets until all are silent, and reads what came.
    fn settle(&mut self) {
        loop {
            let packets = self.client_packets();
            let answers = self.through_gateway(&packets);
            self.give_clients(&answers);
            for client in &mut self.clients {
                while client.poll_message().is_some() {}
            }
            if packets.is_empty() && answers.is_empty() {
                return;
            }
        }
    }

    fn client_packets(&mut self) -> Vec<(usize, Vec<u8>)> {
        let packets = |(n, client)| {
            let packets = transmitted(client);
            packets.into_iter().map(move |packet| (n, packet))
        };
        self.clients
            .iter_mut()
            .enumerate()
            .flat_map(packets)
            .collect()
    }

    /// What the gateway does with packets: it answers each message with one.
    fn through_gateway(&mut self, packets: &[(usize, Vec<u8>)]) -> Vec<(SocketAddr, Vec<u8>)> {
        let mut answers = Vec::new();
        for (n, packet) in packets {
            self.now += Duration::from_micros(10);
            self.sgp.handle_timeout(self.now);
            self.sgp.receive(self.now, address(*n), packet);
            while let Some((id, _)) = self.sgp.poll_message() {
                self.sgp.send(self.now, id, 1, vec![7; 60]);
            }
            while let Some(output) = self.sgp.poll_output() {
                if let Output::Transmit { remote, packet } = output {
                    answers.push((remote, packet));
                }
            }
            let _ = self.sgp.poll_timeout();
        }
        answers
    }

    fn give_clients(&mut self, packets: &[(SocketAddr, Vec<u8>)]) {
        for (remote, packet) in packets {
            let client = &mut self.clients[number(*remote)];
            client.receive(self.now, addr(SGP), packet);
        }
    }

    /// Nanoseconds of the gateway for a message that comes and one that goes.
    fn cost(&mut self) -> f64 {
        const MESSAGES: usize = 2_000;
        let mut packets = Vec::new();
        for n in 0..MESSAGES {
            let n = n % self.clients.len();
            self.clients[n].send(self.now, CLIENT, 1, vec![7; 60]);
            let own = transmitted(&mut self.clients[n]);
            packets.extend(own.into_iter().map(|packet| (n, packet)));
        }
        let before = cpu_nanoseconds();
        let answers = self.through_gateway(&packets);
        let spent = cpu_nanoseconds() - before;
        self.give_clients(&answers);
        self.settle();
        spent as f64 / MESSAGES as f64
    }
}

fn address(n: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, (n / 250) as u8, (n % 250) as u8], 9899))
}

fn number(address: SocketAddr) -> usize {
    match address.ip() {
        std::net::IpAddr::V4(ip) => usize::from(ip.octets()[2]) * 250 + usize::from(ip.octets()[3]),
        other @ std::net::IpAddr::V6(_) => panic!("{other}"),
    }
}

/// The CPU time of this thread, as the scheduler counts it.
fn cpu_nanoseconds() -> u64 {
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split_ascii_whitespace()
        .next()
        .unwrap()
        .parse()
        .unwrap()
}

#[test]
fn a_thousand_associations_cost_no_more_per_packet_than_ten() {
    let (mut few, mut many) = (Crowd::new(10), Crowd::new(1_000));
    // By turns, so that what else the machine does hits both; the median of the ratios.
    let mut rounds: Vec<(f64, f64)> = (0..7).map(|_| (few.cost(), many.cost())).collect();
    rounds.sort_by(|(a, b), (c, d)| (b / a).total_cmp(&(d / c)));
    let (few, many) = rounds[rounds.len() / 2];
    println!(
        "10 associations: {few:.0} ns; 1,000: {many:.0} ns; {:.2} x",
        many / few
    );
    // A thousand sockets do not fit the cache that ten fit; a walk over them would cost tens
    // of times as much.
    assert!(many < few * 3.0, "{few:.0} ns and {many:.0} ns");
}

#[test]
fn associations_are_served_in_turn() {
    let mut crowd = Crowd::new(3);
    for (n, count) in [(0, 50), (1, 5), (2, 2)] {
        for _ in 0..count {
            crowd.clients[n].send(crowd.now, CLIENT, 1, vec![n as u8]);
            for packet in transmitted(&mut crowd.clients[n]) {
                crowd.sgp.receive(crowd.now, address(n), &packet);
            }
        }
    }
    let next = || crowd.sgp.poll_message();
    let served: Vec<u64> = std::iter::from_fn(next)
        .map(|(id, _)| id.0 - FIRST.0)
        .collect();
    assert_eq!(served.len(), 57);
    assert_eq!(served[..8], [0, 1, 2, 0, 1, 2, 0, 1]);
    assert_eq!(served[8..14], [0, 1, 0, 1, 0, 0]);
}

#[test]
fn the_end_of_one_does_not_touch_the_others() {
    let mut crowd = Crowd::new(20);
    for n in (0..20).step_by(2) {
        crowd.clients[n].abort(crowd.now, CLIENT);
    }
    crowd.settle();
    assert_eq!(crowd.sgp.associations.len(), 10);
    for n in 0..20 {
        crowd.clients[n].send(crowd.now, CLIENT, 1, vec![n as u8]);
    }
    let packets = crowd.client_packets();
    for (n, packet) in &packets {
        crowd.sgp.receive(crowd.now, address(*n), packet);
    }
    let served = std::iter::from_fn(|| crowd.sgp.poll_message()).count();
    assert_eq!(served, 10);
}
