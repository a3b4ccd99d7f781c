//! A message from an ASP to a gateway over SCTP in user space: both adapters, loopback, whole.
//!
//! Not of divan: what is measured runs on the adapters' own threads.

use core::time::Duration;
use std::net::SocketAddr;
use std::sync::mpsc;
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{NetworkIndicator, PointCode};
use trunkline_signaling::{
    Config, ListenConfig, PeerConfig, Route, SignalingEvent, SignalingHandle, Transport, Way, spawn,
};

fn main() {
    let (messages, rounds) = match trunkline_benches::measuring() {
        true => (200_000, 3),
        false => (1_000, 1),
    };
    println!("CPU time of both adapters for a message of {OCTETS} octets, one way");
    for window in [1, 16, 256, 2_048] {
        // One at a time takes long and needs no crowd.
        let messages = if window == 1 { messages / 10 } else { messages };
        let mut times: Vec<f64> = (0..rounds).map(|_| run(messages, window)).collect();
        times.sort_by(f64::total_cmp);
        let (low, high) = (times[0], times[times.len() - 1]);
        let middle = times[times.len() / 2];
        println!(
            "  {window:>5} under way at most: {middle:>6.2} us ({low:.2} to {high:.2} of {rounds})"
        );
    }
}

/// Microseconds of CPU time for each of so many messages.
fn run(messages: u32, window: u32) -> f64 {
    let [asp_code, exchange] = [1, 2].map(|code| PointCode::new(code).expect("14 bits"));
    let transport = Transport::UdpEncapsulated {
        local_port: 0,
        remote_port: 0,
    };
    let local: SocketAddr = ([127, 0, 0, 1], 0).into();
    let mut config = Config::gateway(exchange, asp_code);
    config.listen.push(ListenConfig {
        transport,
        addresses: vec![local],
    });
    let (sgp, sgp_events) = spawn(config, None).expect("loopback");
    let listening = sgp.local_addresses()[0];
    let transport = match listening.transport {
        Transport::UdpEncapsulated { local_port, .. } => Transport::UdpEncapsulated {
            local_port: 0,
            remote_port: local_port,
        },
        other => other,
    };
    let mut config = Config::new(asp_code);
    config.peers = vec![PeerConfig::new("sg", transport, local, listening.address)];
    config.routes.push(Route {
        dpc: exchange,
        ways: vec![Way::over("sg")],
    });
    let (asp, asp_events) = spawn(config, None).expect("loopback");
    let (told, news) = mpsc::channel();
    let readers = [(0, asp_events), (1, sgp_events)].map(|(side, mut events)| {
        let told = told.clone();
        std::thread::spawn(move || {
            while let Some(event) = events.blocking_recv() {
                if told.send((side, event)).is_err() {
                    return;
                }
            }
        })
    });
    let next = || news.recv_timeout(LIMIT).expect("an event in time");
    let mut ready = [false; 2];
    while ready != [true; 2] {
        if let (side, SignalingEvent::Mtp(MtpIndication::Resume(_))) = next() {
            ready[side] = true;
        }
    }
    let send = |handle: &SignalingHandle, number: u32| {
        handle.transfer(MtpTransfer {
            opc: asp_code,
            dpc: exchange,
            si: 5,
            ni: NetworkIndicator::National,
            mp: 0,
            sls: (number % 16) as u8,
            data: vec![0x55; OCTETS],
        });
    };
    let before = used();
    let (mut sent, mut received) = (0, 0);
    while received < messages {
        while sent < messages && sent - received < window {
            send(&asp, sent);
            sent += 1;
        }
        if let (1, SignalingEvent::Mtp(MtpIndication::Transfer(_))) = next() {
            received += 1;
        }
    }
    let after = used();
    asp.shutdown();
    sgp.shutdown();
    for reader in readers {
        reader.join().expect("the reader ends with the adapter");
    }
    (after - before).as_secs_f64() * 1e6 / f64::from(messages)
}

/// CPU time of the adapters' threads so far.
fn used() -> Duration {
    let mut sum = Duration::ZERO;
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
    for task in tasks.flatten() {
        let read = |name| std::fs::read_to_string(task.path().join(name)).unwrap_or_default();
        if !read("comm").starts_with("trunkline-") {
            continue;
        }
        let nanos = read("schedstat");
        let nanos = nanos.split_ascii_whitespace().next().unwrap_or_default();
        sum += Duration::from_nanos(nanos.parse().unwrap_or_default());
    }
    sum
}

/// The user data of a message; with the headers of M3UA 92 octets.
const OCTETS: usize = 60;

/// More than an event takes, unless something hangs.
const LIMIT: Duration = Duration::from_secs(20);
