//! Endpoints over TCP on this machine's loopback; the peer is a plain socket.

use super::*;
use crate::config::SctpTimers;
use crate::transport::{EndpointEvent, Ids};
use tokio::task::LocalSet;
use tokio::time::timeout;
use trunkline_m3ua::msg::Heartbeat;
use trunkline_m3ua::{Message as M3ua, encode};

const LIMIT: Duration = Duration::from_secs(10);
const CLIENT: AssociationId = AssociationId(0);

/// An endpoint on the same thread.
struct Host {
    commands: mpsc::Sender<Command>,
    events: mpsc::Receiver<(usize, EndpointEvent)>,
}

impl Host {
    fn start(
        peers: &[SocketAddr],
        listener: Option<(StdTcpListener, Admission)>,
        queue: usize,
    ) -> Self {
        let (commands, commands_receiver) = mpsc::channel(256);
        let (events_sender, events) = mpsc::channel(64);
        let peer = |remote: &SocketAddr| ConnectionPeer {
            local: vec!["127.0.0.1:0".parse().unwrap()],
            remote: vec![*remote],
            timers: SctpTimers::default(),
        };
        let endpoint = TcpEndpoint {
            index: 0,
            peers: (0..)
                .map(AssociationId)
                .zip(peers.iter().map(peer))
                .collect(),
            listening: listener.map(|(listener, admission)| Listening {
                listener,
                admission,
                max_associations: 1,
                ids: Ids::default(),
            }),
            queue,
            commands: commands_receiver,
            events: events_sender,
        };
        tokio::task::spawn_local(endpoint.run());
        Self { commands, events }
    }

    async fn tell(&self, command: Command) {
        self.commands.send(command).await.unwrap();
    }

    async fn send(&self, association: AssociationId, data: Vec<u8>) {
        let stream = 0;
        self.tell(Command::Send {
            association,
            stream,
            data,
        })
        .await;
    }

    async fn next(&mut self) -> (AssociationId, AssociationEvent) {
        match timeout(LIMIT, self.events.recv()).await {
            Ok(Some((_, EndpointEvent::Association(id, event)))) => (id, event),
            other => panic!("{other:?}"),
        }
    }

    async fn until(&mut self, wanted: impl Fn(&AssociationEvent) -> bool) -> AssociationEvent {
        loop {
            let (_, event) = self.next().await;
            if wanted(&event) {
                return event;
            }
        }
    }

    async fn until_down(&mut self) -> DownReason {
        match self
            .until(|event| matches!(event, AssociationEvent::Down(_)))
            .await
        {
            AssociationEvent::Down(reason) => reason,
            other => panic!("{other:?}"),
        }
    }

    async fn until_message(&mut self) -> Vec<u8> {
        match self
            .until(|event| matches!(event, AssociationEvent::Message { .. }))
            .await
        {
            AssociationEvent::Message { stream, ppid, data } => {
                assert_eq!((stream, ppid), (None, None));
                data
            }
            other => panic!("{other:?}"),
        }
    }
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, test);
}

/// A client endpoint and the socket of its peer.
async fn connected(queue: usize) -> (Host, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut host = Host::start(&[listener.local_addr().unwrap()], None, queue);
    host.tell(Command::Connect(CLIENT)).await;
    let (peer, _) = listener.accept().await.unwrap();
    host.until(|event| matches!(event, AssociationEvent::Up { .. }))
        .await;
    (host, peer)
}

fn message(number: u32, length: usize) -> Vec<u8> {
    let mut data = number.to_be_bytes().to_vec();
    data.resize(length, 0x55);
    encode(&M3ua::Heartbeat(Heartbeat { data: Some(data) }))
}

#[test]
fn messages_are_found_however_they_come() {
    run(async {
        let (mut host, mut peer) = connected(10).await;
        let messages: Vec<Vec<u8>> = (0..100).map(|number| message(number, 50)).collect();
        // Many at once, then octet by octet.
        peer.write_all(&messages.concat()).await.unwrap();
        for message in &messages {
            assert_eq!(host.until_message().await, *message);
        }
        for octet in &messages[0] {
            peer.write_all(&[*octet]).await.unwrap();
            peer.flush().await.unwrap();
        }
        assert_eq!(host.until_message().await, messages[0]);
        drop(peer);
        assert_eq!(host.until_down().await, DownReason::Peer);
    });
}

#[test]
fn what_is_no_message_ends_the_connection_with_a_reason() {
    let whole = message(1, 50);
    for (octets, reason) in [
        (&whole[..20], "closed within a message, after 20 octets"),
        (&whole[..5], "closed within a message, after 5 octets"),
        (b"GET / HTTP/1.1\r\n", "expected version 1, got 71"),
        (&[1, 0, 3, 3, 0xff, 0xff, 0xff, 0xff], "got 4294967295"),
        (&[1, 0, 3, 3, 0, 0, 0, 4], "message length"),
    ] {
        run(async {
            let (mut host, mut peer) = connected(10).await;
            peer.write_all(octets).await.unwrap();
            peer.shutdown().await.unwrap();
            let DownReason::Failed(said) = host.until_down().await else {
                panic!("no failure");
            };
            assert!(said.contains(reason), "{said} without {reason}");
        });
    }
}

/// Its queue and the system's buffers fill, and then messages to it are refused; another peer
/// is served all the while. What was not sent comes back in order when it is gone.
#[test]
fn a_peer_that_does_not_read_is_bounded_and_alone() {
    const LENGTH: usize = 60_000;
    run(async {
        let listeners = [
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        ];
        let addresses = listeners.each_ref().map(|l| l.local_addr().unwrap());
        let mut host = Host::start(&addresses, None, 100);
        host.tell(Command::Connect(CLIENT)).await;
        let (mut slow, _) = listeners[0].accept().await.unwrap();
        host.tell(Command::Connect(AssociationId(1))).await;
        let (mut other, _) = listeners[1].accept().await.unwrap();
        let mut number = 0;
        let mut levels = Vec::new();
        loop {
            host.send(CLIENT, message(number, LENGTH)).await;
            number += 1;
            match timeout(Duration::from_millis(1), host.next()).await {
                Ok((CLIENT, AssociationEvent::Congestion(level))) => levels.push(level),
                Ok((CLIENT, AssociationEvent::SendFailed)) => break,
                Ok((_, AssociationEvent::Up { .. })) | Err(_) => {}
                Ok(event) => panic!("{event:?}"),
            }
            assert!(number < 10_000, "no bound");
        }
        assert_eq!(levels.last(), Some(&3));
        assert!(levels.is_sorted(), "{levels:?}");
        host.send(AssociationId(1), message(7, 50)).await;
        let mut octets = vec![0; message(7, 50).len()];
        timeout(LIMIT, other.read_exact(&mut octets))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(octets, message(7, 50));
        host.tell(Command::Abort(CLIENT)).await;
        let returned = host
            .until(|event| matches!(event, AssociationEvent::Returned(_)))
            .await;
        let AssociationEvent::Returned(returned) = returned else {
            panic!();
        };
        assert_eq!(
            host.next().await.1,
            AssociationEvent::Down(DownReason::Local)
        );
        // The last one was refused.
        let first = number - 1 - returned.len() as u32;
        for (number, data) in (first..).zip(&returned) {
            assert!(*data == message(number, LENGTH), "{number}");
        }
        // Of what did not come back, nothing is missing but what the abort threw away.
        let mut deframer = Deframer::default();
        let mut buffer = vec![0; READ_SIZE];
        let mut next = 0;
        while let Ok(length @ 1..) = slow.read(&mut buffer).await {
            deframer.push(&buffer[..length]);
            while let Some(data) = deframer.next().unwrap() {
                assert!(data == message(next, LENGTH), "{next}");
                next += 1;
            }
        }
        assert!(next <= first, "{next} of {first}");
    });
}

#[test]
fn shutdown_sends_what_is_queued() {
    run(async {
        let (mut host, mut peer) = connected(2000).await;
        for number in 0..2000 {
            host.send(CLIENT, message(number, 500)).await;
        }
        host.tell(Command::Shutdown(CLIENT)).await;
        let mut octets = Vec::new();
        timeout(LIMIT, peer.read_to_end(&mut octets))
            .await
            .unwrap()
            .unwrap();
        let expected: Vec<u8> = (0..2000).flat_map(|number| message(number, 500)).collect();
        assert!(octets == expected);
        drop(peer);
        assert_eq!(host.until_down().await, DownReason::Local);
    });
}

#[test]
fn abort_resets_the_connection() {
    run(async {
        let (mut host, mut peer) = connected(10).await;
        host.tell(Command::Abort(CLIENT)).await;
        assert_eq!(host.until_down().await, DownReason::Local);
        let error = peer.read(&mut [0; 10]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_reset_is_told_with_its_reason() {
    run(async {
        let (mut host, peer) = connected(10).await;
        SockRef::from(&peer)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
        drop(peer);
        let DownReason::Failed(reason) = host.until_down().await else {
            panic!("no failure");
        };
        assert!(reason.contains("reset"), "{reason}");
        // What comes too late for it goes back.
        host.send(CLIENT, message(1, 50)).await;
        let returned = AssociationEvent::Returned(vec![message(1, 50)]);
        assert_eq!(host.next().await, (CLIENT, returned));
    });
}

#[test]
fn strangers_and_too_many_are_reset() {
    run(async {
        let only = |address: &str| Admission::Addresses(vec![address.parse().unwrap()]);
        for (admission, admitted) in [(only("127.0.0.2"), 0), (only("127.0.0.1"), 1)] {
            let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
            let address = listener.local_addr().unwrap();
            let mut host = Host::start(&[], Some((listener, admission)), 10);
            let mut kept = Vec::new();
            for _ in 0..admitted {
                kept.push(TcpStream::connect(address).await.unwrap());
                host.until(|event| matches!(event, AssociationEvent::Up { .. }))
                    .await;
            }
            // Reset as it is connected, or right after.
            let refused = async { TcpStream::connect(address).await?.read(&mut [0; 1]).await };
            let error = refused.await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
            let Some((_, EndpointEvent::Dropped(dropped))) = host.events.recv().await else {
                panic!("not counted");
            };
            let counts = (dropped.not_admitted, dropped.stray);
            assert_eq!(counts, [(1, 0), (0, 1)][admitted]);
        }
    });
}
