//! Messages in streams, and keep-alives between them.

use super::{ANY_V4, Node, message, plain, until};
use crate::{Count, SocketEvent, Why};
use core::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use trunkline_sip::Transport;

#[tokio::test]
async fn messages_come_whole_however_they_are_cut() {
    let mut a = Node::plain(Transport::Tcp, ANY_V4).await;
    let mut peer = a.stranger().await;
    peer.set_nodelay(true).unwrap();
    let stream = [message("1", "one"), message("2", ""), message("3", "three")].concat();
    for part in stream.chunks(7) {
        peer.write_all(part).await.unwrap();
        tokio::task::yield_now().await;
    }
    for expected in [message("1", "one"), message("2", ""), message("3", "three")] {
        assert_eq!(a.received().await.1, expected);
    }
}

#[tokio::test]
async fn pings_are_answered_between_messages() {
    let mut a = Node::plain(Transport::Tcp, ANY_V4).await;
    let mut peer = a.stranger().await;
    peer.write_all(b"\r\n\r\n").await.unwrap();
    let mut pong = [0; 2];
    peer.read_exact(&mut pong).await.unwrap();
    assert_eq!(&pong, b"\r\n");
    peer.write_all(&message("1", "")).await.unwrap();
    let (flow, _) = a.received().await;
    a.sockets.send(flow, None, message("1", "answer"));
    let mut answer = vec![0; message("1", "answer").len()];
    peer.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, message("1", "answer"));
    let counters = a.sockets.counters();
    assert_eq!(counters.get(Transport::Tcp, Count::PingsReceived), 1);
}

#[tokio::test]
async fn connections_that_we_open_are_pinged() {
    for transport in [Transport::Tcp, Transport::Ws] {
        let mut config = plain(transport, ANY_V4);
        config.keep_alive = Some(Duration::from_millis(20));
        config.timeouts.pong = Duration::from_millis(500);
        config.timeouts.idle = Duration::from_millis(400);
        let mut a = Node::new(config).await;
        let mut b = Node::plain(transport, ANY_V4).await;
        a.sockets.send(a.flow(b.local()), None, message("1", ""));
        b.received().await;
        let flow = a.opened().await;
        // Idle for longer than it may be without pings.
        let counters = b.sockets.counters();
        until(|| counters.get(transport, Count::PingsReceived) >= 40).await;
        assert_eq!(a.sockets.counters().open(transport), 1);
        a.sockets.close(flow.connection.unwrap());
        assert_eq!(a.closed().await.1, Why::Local);
    }
}

#[tokio::test]
async fn missing_pong_closes_the_connection() {
    let silent = TcpListener::bind(ANY_V4).await.unwrap();
    let mut config = plain(Transport::Tcp, ANY_V4);
    config.timeouts.pong = Duration::from_millis(50);
    let mut a = Node::new(config).await;
    let target = a.flow(silent.local_addr().unwrap());
    a.sockets.send(target, None, message("1", ""));
    let flow = a.opened().await;
    let interval = Duration::from_millis(20);
    a.sockets.keep_alive(flow.connection.unwrap(), interval);
    assert_eq!(a.closed().await, (flow, Why::NoPong));
    let (mut peer, _) = silent.accept().await.unwrap();
    let mut octets = Vec::new();
    peer.read_to_end(&mut octets).await.unwrap();
    assert!(octets.ends_with(b"\r\n\r\n\r\n\r\n"));
    assert_eq!(
        a.sockets.counters().get(Transport::Tcp, Count::PingsSent),
        1
    );
}

#[tokio::test]
async fn stream_that_is_no_sip_is_closed() {
    let mut a = Node::plain(Transport::Tcp, ANY_V4).await;
    let mut peer = a.stranger().await;
    peer.write_all(b"\x16\x03\x01\x02\x00\x01").await.unwrap();
    assert!(matches!(a.closed().await.1, Why::Stream(_)));
    assert_eq!(peer.read(&mut [0; 10]).await.unwrap(), 0);
}

#[tokio::test]
async fn what_is_refused_can_be_answered() {
    let mut a = Node::plain(Transport::Tcp, ANY_V4).await;
    let mut peer = a.stranger().await;
    let request = String::from_utf8(message("1", "")).unwrap();
    let request = request.replace("Content-Length: 0\r\n", "");
    peer.write_all(request.as_bytes()).await.unwrap();
    a.opened().await;
    let SocketEvent::Refused { flow, data, error } = a.event().await else {
        panic!("expected to be told");
    };
    assert_eq!(data, request.as_bytes());
    assert_eq!(error.status(), Some(400));
    // More does not come in.
    peer.write_all(&message("2", "")).await.unwrap();
    a.sockets.send(flow, None, b"answer".to_vec());
    let mut answer = [0; 6];
    peer.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"answer");
    assert!(matches!(a.closed().await.1, Why::Stream(_)));
    assert_eq!(peer.read(&mut [0; 10]).await.unwrap(), 0);
}
