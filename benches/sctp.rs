//! A message from an ASP to a gateway over loopback: both adapters, whole, over each transport
//! that this kernel has.
//!
//! Not of divan: what is measured runs on the adapters' own threads, and in the kernel behind
//! them. So the time is that of the whole machine, which must have nothing else to do: in
//! user-mode Linux it has not (`tests/uml/run`, as benches/README.md says).

use core::time::Duration;
use std::net::SocketAddr;
use std::sync::mpsc;
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{NetworkIndicator, PointCode};
use trunkline_signaling::{
    Config, ListenConfig, PeerConfig, Route, SignalingError, SignalingEvent, SignalingHandle,
    Transport, Way, spawn,
};

fn main() {
    let rounds = if trunkline_benches::measuring() { 5 } else { 1 };
    println!("CPU time for a message of {OCTETS} octets, one way");
    for window in [1, 16, 256] {
        println!("  {window} under way at most");
        let mut times: Vec<Vec<Used>> = TRANSPORTS.iter().map(|_| Vec::new()).collect();
        let mut messages = FIRST;
        if trunkline_benches::measuring() {
            // Machines differ by a hundred times; that much work takes about a second.
            let first = run(TRANSPORTS[0], FIRST, window).expect("UDP is everywhere");
            messages = ((1e6 / first.threads) as u32).clamp(FIRST, 200_000);
        }
        for _ in 0..rounds {
            // By turns, so that whatever changes meets all of them.
            for (transport, times) in TRANSPORTS.iter().zip(&mut times) {
                times.extend(run(*transport, messages, window));
            }
        }
        for (transport, times) in TRANSPORTS.iter().zip(times) {
            let name = transport.name();
            match &times[..] {
                [] => println!("    {name:<18} not to be had here"),
                _ => println!(
                    "    {name:<18} threads {}, machine {}",
                    Spread::of(times.iter().map(|used| used.threads)),
                    Spread::of(times.iter().map(|used| used.machine)),
                ),
            }
        }
    }
}

/// Median, least and most.
struct Spread([f64; 3]);

impl Spread {
    fn of(times: impl Iterator<Item = f64>) -> Self {
        let mut times: Vec<f64> = times.collect();
        times.sort_by(f64::total_cmp);
        Self([times[times.len() / 2], times[0], times[times.len() - 1]])
    }
}

impl core::fmt::Display for Spread {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let [median, least, most] = self.0;
        write!(f, "{median:>6.2} us ({least:.2} to {most:.2})")
    }
}

/// Microseconds for each message.
struct Used {
    /// Of the adapters' threads.
    threads: f64,
    /// Of everything that ran meanwhile, the kernel with it.
    machine: f64,
}

/// So many messages; nothing if there is no such transport.
fn run(transport: Transport, messages: u32, window: u32) -> Option<Used> {
    let [asp_code, exchange] = [1, 2].map(|code| PointCode::new(code).expect("14 bits"));
    let local: SocketAddr = ([127, 0, 0, 1], 0).into();
    let mut config = Config::gateway(exchange, asp_code);
    config.listen.push(ListenConfig {
        transport,
        addresses: vec![local],
    });
    let (sgp, sgp_events) = match spawn(config, None) {
        Ok(spawned) => spawned,
        Err(SignalingError::NoKernelSctp(_) | SignalingError::RawSocketDenied(_)) => return None,
        failed @ Err(_) => failed.expect("loopback"),
    };
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
    let before = (used(), busy());
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
    let after = (used(), busy());
    asp.shutdown();
    sgp.shutdown();
    for reader in readers {
        reader.join().expect("the reader ends with the adapter");
    }
    let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(messages);
    Some(Used {
        threads: each(after.0 - before.0),
        machine: each(after.1 - before.1),
    })
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

/// Time that the processors of this machine were busy so far, in steps of 10 ms.
fn busy() -> Duration {
    let text = std::fs::read_to_string("/proc/stat").expect("Linux");
    let line = text.lines().next().unwrap_or_default();
    let ticks = line.split_ascii_whitespace().skip(1);
    let ticks: Vec<u64> = ticks.filter_map(|field| field.parse().ok()).collect();
    // user, nice, system, idle, iowait, irq, softirq
    let busy = [0, 1, 2, 5, 6].map(|field| ticks.get(field).copied().unwrap_or_default());
    Duration::from_millis(busy.iter().sum::<u64>() * 10)
}

/// What is compared. Raw IP is not among them where the kernel has SCTP: it would answer too.
const TRANSPORTS: [Transport; 3] = [
    Transport::UdpEncapsulated {
        local_port: 0,
        remote_port: 0,
    },
    Transport::Kernel,
    Transport::Tcp,
];

/// Messages of a first try.
const FIRST: u32 = 1_000;

/// The user data of a message; with the headers of M3UA 92 octets.
const OCTETS: usize = 60;

/// More than an event takes, unless something hangs.
const LIMIT: Duration = Duration::from_secs(20);
