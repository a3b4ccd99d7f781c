//! Peers that are slow, silent, or gone.

use super::{ANY_V4, Authority, Node, message, plain};
use crate::{Count, SocketEvent, Why};
use core::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use trunkline_sip::Transport;

const SHORT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn peer_closes_within_a_message() {
    let mut a = Node::plain(Transport::Tcp, ANY_V4).await;
    let mut peer = a.stranger().await;
    peer.write_all(b"OPTIONS sip:a.example SIP/2.0\r\nVia: ")
        .await
        .unwrap();
    let flow = a.opened().await;
    drop(peer);
    assert_eq!(a.closed().await, (flow, Why::PeerWithinMessage));
}

#[tokio::test]
async fn peer_that_says_nothing_is_closed() {
    for transport in [Transport::Tcp, Transport::Ws] {
        let mut config = plain(transport, ANY_V4);
        config.timeouts.first_message = SHORT;
        config.timeouts.handshake = SHORT;
        let mut a = Node::new(config).await;
        let mut peer = a.stranger().await;
        if transport == Transport::Tcp {
            assert_eq!(a.closed().await.1, Why::NoMessage);
        }
        assert_eq!(peer.read(&mut [0]).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn keep_alives_are_no_first_message() {
    let mut config = plain(Transport::Tcp, ANY_V4);
    config.timeouts.first_message = SHORT;
    let mut a = Node::new(config).await;
    let mut peer = a.stranger().await;
    peer.write_all(b"\r\n\r\n").await.unwrap();
    assert_eq!(a.closed().await.1, Why::NoMessage);
}

#[tokio::test]
async fn message_that_drips_in_is_given_up() {
    let mut config = plain(Transport::Tcp, ANY_V4);
    config.timeouts.message = SHORT;
    let mut a = Node::new(config).await;
    let mut peer = a.stranger().await;
    let drip = tokio::spawn(async move {
        let octets = message("1", &"x".repeat(60_000));
        let mut pause = tokio::time::interval(Duration::from_millis(5));
        for octet in octets {
            pause.tick().await;
            if peer.write_all(&[octet]).await.is_err() {
                return;
            }
        }
        panic!("it came to its end");
    });
    assert_eq!(a.closed().await.1, Why::SlowMessage);
    drip.await.unwrap();
}

#[tokio::test]
async fn handshakes_that_stop_are_given_up() {
    let authority = Authority::new();
    for transport in [Transport::Tls, Transport::Wss] {
        let mut config = authority.server(transport);
        config.timeouts.handshake = SHORT;
        let a = Node::new(config).await;
        let mut peer = a.stranger().await;
        // The beginning of a ClientHello.
        peer.write_all(b"\x16\x03\x01\x02\x00\x01").await.unwrap();
        let mut rest = Vec::new();
        peer.read_to_end(&mut rest).await.unwrap();
        let counters = a.sockets.counters();
        assert_eq!(counters.get(transport, Count::HandshakeTimedOut), 1);
        assert_eq!(counters.get(transport, Count::Accepted), 0);
    }
}

#[tokio::test]
async fn idle_connection_is_closed_unless_it_is_kept() {
    let mut config = plain(Transport::Tcp, ANY_V4);
    config.timeouts.idle = 10 * SHORT;
    let mut a = Node::new(config).await;
    let mut kept = a.stranger().await;
    kept.write_all(&message("1", "")).await.unwrap();
    let (flow, _) = a.received().await;
    a.sockets.keep(flow.connection.unwrap());
    let mut idle = a.stranger().await;
    idle.write_all(&message("2", "")).await.unwrap();
    let (other, _) = a.received().await;
    assert_eq!(a.closed().await, (other, Why::Idle));
    assert_eq!(idle.read(&mut [0]).await.unwrap(), 0);
    // The other has been idle for longer.
    kept.write_all(&message("3", "")).await.unwrap();
    assert_eq!(a.received().await.0, flow);
}

#[tokio::test]
async fn peer_that_takes_nothing_is_closed_and_holds_up_nobody() {
    for overflow in [false, true] {
        let full = TcpListener::bind(ANY_V4).await.unwrap();
        let mut config = plain(Transport::Tcp, ANY_V4);
        if overflow {
            config.limits.queue_octets = 20 << 20;
            config.limits.queue_messages = 300;
        } else {
            config.timeouts.message = SHORT;
            config.limits.queue_octets = 100 << 20;
        }
        let mut a = Node::new(config).await;
        let mut b = Node::plain(Transport::Tcp, ANY_V4).await;
        let flow = a.flow(full.local_addr().unwrap());
        for _ in 0..1_000 {
            a.sockets
                .send(flow, None, message("x", &"x".repeat(60_000)));
            tokio::task::yield_now().await;
        }
        a.sockets.send(a.flow(b.local()), None, message("1", ""));
        assert_eq!(b.received().await.1, message("1", ""));
        let mut undelivered = false;
        let why = loop {
            match a.event().await {
                SocketEvent::Closed { why, .. } => break why,
                SocketEvent::Undelivered(told) => {
                    assert_eq!(told, flow);
                    undelivered = true;
                }
                SocketEvent::Opened { .. } => {}
                other => panic!("unexpected: {other:?}"),
            }
        };
        assert!(undelivered);
        let expected = if overflow {
            Why::Overflow
        } else {
            Why::SlowPeer
        };
        assert_eq!(why, expected);
    }
}
