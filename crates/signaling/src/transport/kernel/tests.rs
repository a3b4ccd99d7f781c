//! Endpoints over the kernel's SCTP, in network namespaces of their own.

#[path = "../../../tests/kernel_sctp/guest.rs"]
mod guest;
#[path = "../../../tests/kernel_sctp/network.rs"]
mod network;

use super::*;
use crate::adapter::AssociationEvent;
use crate::event::DownReason;
use crate::transport::{EndpointEvent, Ids};
use network::Network;
use std::thread::JoinHandle;
use tokio::task::LocalSet;

fn with_sctp(body: impl FnOnce()) {
    guest::with_sctp("transport::kernel::tests", body);
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
        rto_initial: Duration::from_millis(100),
        rto_min: Duration::from_millis(100),
        rto_max: Duration::from_millis(300),
        heartbeat_interval: Duration::from_millis(200),
        max_retransmissions: 3,
        max_path_retransmissions: 1,
        max_init_retransmissions: 2,
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

    /// Waits for an event that the test wants, and gives what it makes of it.
    fn until<T>(
        &mut self,
        mut wanted: impl FnMut(AssociationId, &AssociationEvent) -> Option<T>,
    ) -> T {
        loop {
            let Some((_, event)) = self.next() else {
                panic!("no such event, after {:#?}", self.seen);
            };
            if let EndpointEvent::Association(id, event) = &event
                && let Some(value) = wanted(*id, event)
            {
                return value;
            }
            self.seen.push(event);
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
const CLIENT: AssociationId = AssociationId(0);

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

#[test]
fn messages_arrive_in_order_on_each_stream() {
    with_sctp(|| {
        let network = Network::new();
        let (client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
        let (client, server, id) = pair(&network, client, server);
        let flow = |mut from: Host, to: AssociationId| {
            let sender = from.commands.clone();
            let sending = std::thread::spawn(move || {
                for number in 0u32..5000 {
                    let command = Command::Send {
                        association: to,
                        stream: (number % 17) as u16,
                        data: number.to_be_bytes().repeat(10),
                    };
                    sender.blocking_send(command).unwrap();
                }
            });
            std::thread::spawn(move || {
                let mut next: Vec<u32> = (0..17).collect();
                for _ in 0..5000 {
                    let (stream, data) = from.until_message();
                    let number = u32::from_be_bytes(*data.first_chunk().unwrap());
                    assert_eq!(number, next[usize::from(stream)]);
                    assert_eq!(data.len(), 40);
                    next[usize::from(stream)] += 17;
                }
                sending.join().unwrap();
                from
            })
        };
        let client = flow(client, CLIENT);
        let server = flow(server, id);
        let (mut client, mut server) = (client.join().unwrap(), server.join().unwrap());
        client.tell(Command::Shutdown(CLIENT));
        assert_eq!(client.until_down(), DownReason::Local);
        assert_eq!(server.until_down(), DownReason::Peer);
    });
}
