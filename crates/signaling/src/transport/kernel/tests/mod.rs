//! Endpoints over the kernel's SCTP, in network namespaces of their own.

mod ending;
mod flow;
#[path = "../../../../tests/kernel_sctp/guest.rs"]
mod guest;
#[allow(dead_code, reason = "the adapter's tests capture")]
#[path = "../../../../tests/kernel_sctp/network.rs"]
mod network;
mod paths;
mod set_up;

use super::*;
use crate::adapter::AssociationEvent;
use crate::event::DownReason;
use crate::transport::{EndpointEvent, Ids, MAX_MESSAGE};
use core::time::Duration;
use network::Network;
use std::thread::JoinHandle;
use tokio::task::LocalSet;

fn with_sctp(body: impl FnOnce()) {
    guest::with_sctp("transport::kernel::tests", |_| body(), |_| ());
}

/// An endpoint on a thread of its own.
struct Host {
    commands: mpsc::Sender<Command>,
    events: mpsc::Receiver<(usize, EndpointEvent)>,
    thread: Option<JoinHandle<()>>,
    seen: Vec<EndpointEvent>,
}

#[derive(Clone)]
struct Plan {
    listen: Vec<SocketAddr>,
    admission: Admission,
    max_associations: usize,
    /// The first has the id 0.
    peers: Vec<ConnectionPeer>,
    queue: usize,
    timers: SctpTimers,
}

impl Default for Plan {
    fn default() -> Self {
        let everybody = [1, 2].iter().flat_map(|host| addresses(*host, 0));
        Self {
            listen: Vec::new(),
            admission: Admission::Addresses(everybody.map(|address| address.ip()).collect()),
            max_associations: 8,
            peers: Vec::new(),
            queue: 10_000,
            timers: quick(),
        }
    }
}

/// What finds a dead peer within two seconds or so.
fn quick() -> SctpTimers {
    SctpTimers {
        rto_initial: Duration::from_millis(150),
        rto_min: Duration::from_millis(150),
        rto_max: Duration::from_millis(400),
        heartbeat_interval: Duration::from_millis(300),
        max_retransmissions: 4,
        max_path_retransmissions: 1,
        max_init_retransmissions: 2,
    }
}

/// What takes longer than any test for a dead one.
fn patient() -> SctpTimers {
    SctpTimers {
        rto_initial: Duration::from_millis(500),
        rto_min: Duration::from_millis(200),
        rto_max: Duration::from_secs(1),
        max_retransmissions: 100,
        max_path_retransmissions: 50,
        max_init_retransmissions: 100,
        ..quick()
    }
}

/// All addresses of a host: IPv4 and IPv6 in network 1, then in network 2.
fn addresses(host: usize, port: u16) -> Vec<SocketAddr> {
    [1, 2]
        .iter()
        .flat_map(|net| [format!("10.0.{net}.{host}"), format!("fd00:{net}::{host}")])
        .map(|ip| SocketAddr::new(ip.parse().unwrap(), port))
        .collect()
}

fn ipv4(host: usize, port: u16) -> Vec<SocketAddr> {
    let mut all = addresses(host, port);
    all.retain(SocketAddr::is_ipv4);
    all
}

impl Host {
    /// Starts an endpoint in the namespace of this thread.
    fn start(plan: Plan) -> Self {
        let (commands, commands_receiver) = mpsc::channel(256);
        let (events_sender, events) = mpsc::channel(64);
        let (ready, listens) = std::sync::mpsc::channel();
        let run = move || {
            let settings = KernelSettings {
                timers: plan.timers,
                streams: 17,
            };
            let listening = (!plan.listen.is_empty()).then(|| Listening {
                listener: listen(settings, &plan.listen).unwrap(),
                admission: plan.admission,
                max_associations: plan.max_associations,
                ids: Ids::default(),
            });
            let endpoint = KernelEndpoint {
                index: 0,
                settings,
                peers: (0..).map(AssociationId).zip(plan.peers).collect(),
                listening,
                queue: plan.queue,
                commands: commands_receiver,
                events: events_sender,
            };
            ready.send(()).unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            LocalSet::new().block_on(&runtime, endpoint.run());
        };
        let thread = std::thread::spawn(run);
        listens.recv().unwrap();
        Self {
            commands,
            events,
            thread: Some(thread),
            seen: Vec::new(),
        }
    }

    fn tell(&self, command: Command) {
        self.commands.blocking_send(command).unwrap();
    }

    fn send(&self, association: AssociationId, stream: u16, data: Vec<u8>) {
        self.tell(Command::Send {
            association,
            stream,
            data,
        });
    }

    /// Waits for an event that the test wants, unless it came while it waited for another; gives
    /// what it makes of it.
    fn until<T>(
        &mut self,
        mut wanted: impl FnMut(AssociationId, &AssociationEvent) -> Option<T>,
    ) -> T {
        let mut looked_at = 0;
        loop {
            while let Some(event) = self.seen.get(looked_at) {
                if let EndpointEvent::Association(id, event) = event
                    && let Some(value) = wanted(*id, event)
                {
                    self.seen.remove(looked_at);
                    return value;
                }
                looked_at += 1;
            }
            match self.next() {
                Some((_, event)) => self.seen.push(event),
                None => panic!("no such event, after {:#?}", self.seen),
            }
        }
    }

    fn next(&mut self) -> Option<(usize, EndpointEvent)> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async { tokio::time::timeout(LIMIT, self.events.recv()).await.ok()? })
    }

    fn until_up(&mut self) -> AssociationId {
        self.until(|id, event| matches!(event, AssociationEvent::Up { .. }).then_some(id))
    }

    /// Waits until the send buffer is that full, at least.
    fn until_congested(&mut self, wanted: u8) {
        self.until(|_, event| match event {
            AssociationEvent::Congestion(level) => (*level >= wanted).then_some(()),
            _ => None,
        });
    }

    fn until_drained(&mut self) {
        self.until(|_, event| (*event == AssociationEvent::Congestion(0)).then_some(()));
    }

    fn until_returned(&mut self) -> Vec<Vec<u8>> {
        self.until(|_, event| match event {
            AssociationEvent::Returned(messages) => Some(messages.clone()),
            _ => None,
        })
    }

    fn until_path(&mut self, address: &str, wanted: bool) {
        let wanted = AssociationEvent::Path {
            address: address.parse().unwrap(),
            up: wanted,
        };
        self.until(|_, event| (*event == wanted).then_some(()));
    }

    fn until_down(&mut self) -> DownReason {
        self.until(|_, event| match event {
            AssociationEvent::Down(reason) => Some(reason.clone()),
            _ => None,
        })
    }

    fn until_message(&mut self) -> (u16, Vec<u8>) {
        self.until(|_, event| match event {
            AssociationEvent::Message { stream, ppid, data } => {
                assert_eq!(*ppid, Some(trunkline_m3ua::PAYLOAD_PROTOCOL_IDENTIFIER));
                Some((stream.unwrap(), data.clone()))
            }
            _ => None,
        })
    }

    /// Takes messages that [`numbered`] made; those of each stream must come in order.
    fn until_numbered(&mut self, numbers: core::ops::Range<u32>, length: usize) {
        let mut next: Vec<u32> = (0..STREAMS).map(|at| numbers.start + at).collect();
        for _ in numbers.clone() {
            let (stream, data) = self.until_message();
            let at = (u32::from(stream) + STREAMS - numbers.start % STREAMS) % STREAMS;
            let number = next[at as usize];
            assert!((stream, data) == numbered(number, length), "{number}");
            next[at as usize] += STREAMS;
        }
    }

    /// Ends the endpoint as the end of its process would.
    fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.commands = mpsc::channel(1).0;
        self.events.close();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.end();
        }
    }
}

/// More than anything here takes, unless it hangs.
const LIMIT: Duration = Duration::from_secs(20);
const PORT: u16 = 2905;
const STREAMS: u32 = 17;
const CLIENT: AssociationId = AssociationId(0);

/// The stream and the octets of a message; messages with consecutive numbers take the streams
/// in turn.
fn numbered(number: u32, length: usize) -> (u16, Vec<u8>) {
    let mut data = number.to_be_bytes().repeat(length.div_ceil(4));
    data.truncate(length);
    ((number % STREAMS) as u16, data)
}

fn peer(local: Vec<SocketAddr>, remote: Vec<SocketAddr>) -> ConnectionPeer {
    ConnectionPeer {
        local,
        remote,
        timers: quick(),
    }
}

/// A client on host 1 and a server on host 2, connected; and the server's name for it.
fn pair(network: &Network, client: Plan, server: Plan) -> (Host, Host, AssociationId) {
    let mut server = network.on(2, || Host::start(server));
    let mut client = network.on(1, || Host::start(client));
    client.tell(Command::Connect(CLIENT));
    client.until_up();
    let id = server.until_up();
    (client, server, id)
}

fn plans(local: Vec<SocketAddr>, remote: Vec<SocketAddr>) -> (Plan, Plan) {
    let server = Plan {
        listen: remote.clone(),
        ..Plan::default()
    };
    let client = Plan {
        peers: vec![peer(local, remote)],
        ..Plan::default()
    };
    (client, server)
}

/// A counter of SCTP in the namespace of this thread.
fn counter(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/net/sctp/snmp").unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
