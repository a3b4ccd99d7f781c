//! How many connections there may be.

use super::{ANY_V4, Node, message, plain};
use crate::{Count, SocketEvent, Why};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use trunkline_sip::Transport;

#[tokio::test]
async fn source_has_its_share() {
    let mut config = plain(Transport::Tcp, ANY_V4);
    config.limits.per_source = 2;
    let mut a = Node::new(config).await;
    let first = a.stranger().await;
    a.opened().await;
    let _second = a.stranger().await;
    a.opened().await;
    let mut third = a.stranger().await;
    assert_eq!(third.read(&mut [0]).await.unwrap_or(0), 0);
    let counters = a.sockets.counters();
    assert_eq!(counters.get(Transport::Tcp, Count::RefusedSource), 1);
    // One that goes makes room.
    drop(first);
    a.closed().await;
    let mut fourth = a.stranger().await;
    fourth.write_all(&message("1", "")).await.unwrap();
    a.received().await;
}

#[tokio::test]
async fn stranger_gives_way_to_another() {
    let mut config = plain(Transport::Tcp, ANY_V4);
    config.limits.connections = 2;
    let mut a = Node::new(config).await;
    let mut stranger = a.stranger().await;
    let strange = a.opened().await;
    let mut known = a.stranger().await;
    known.write_all(&message("1", "")).await.unwrap();
    let (known_flow, _) = a.received().await;
    let _third = a.stranger().await;
    assert_eq!(a.closed().await, (strange, Why::GaveWay));
    assert_eq!(stranger.read(&mut [0]).await.unwrap(), 0);
    a.sockets.send(known_flow, None, b"x".to_vec());
    assert_eq!(known.read(&mut [0]).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousand_connections_carry_messages_both_ways() {
    const COUNT: usize = 1_000;
    let mut config = plain(Transport::Tcp, ANY_V4);
    config.limits.per_source = COUNT;
    let mut a = Node::new(config).await;
    let local = a.local();
    let peers: Vec<_> = (0..COUNT)
        .map(|n| {
            tokio::spawn(async move {
                let mut peer = tokio::net::TcpStream::connect(local).await.unwrap();
                let request = message(&n.to_string(), "");
                peer.write_all(&request).await.unwrap();
                let mut echo = vec![0; request.len()];
                peer.read_exact(&mut echo).await.unwrap();
                assert_eq!(echo, request);
                peer
            })
        })
        .collect();
    let mut answered = 0;
    while answered < COUNT {
        match a.event().await {
            SocketEvent::Received { flow, data, .. } => {
                a.sockets.send(flow, None, data);
                answered += 1;
            }
            SocketEvent::Opened { .. } => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
    let mut open = Vec::new();
    for peer in peers {
        open.push(peer.await.unwrap());
    }
    assert_eq!(a.sockets.counters().open(Transport::Tcp), COUNT as u64);
    drop(open);
    for _ in 0..COUNT {
        assert_eq!(a.closed().await.1, Why::Peer);
    }
    assert_eq!(a.sockets.counters().open(Transport::Tcp), 0);
}
