//! Which connection a message goes over.

use super::{ANY_V4, ANY_V6, Authority, Node, message, name, plain};
use crate::{Count, SocketEvent, Why};
use core::time::Duration;
use socket2::{Domain, Socket, Type};
use std::net::TcpStream;
use tokio::net::TcpListener;
use trunkline_sip::{Flow, Transport};

/// Two nodes of a transport, and the name of both.
async fn pair(transport: Transport, authority: &Authority) -> (Node, Node) {
    if transport.is_secure() {
        let config = authority.server(transport);
        (Node::new(config.clone()).await, Node::new(config).await)
    } else {
        (
            Node::plain(transport, ANY_V4).await,
            Node::plain(transport, ANY_V4).await,
        )
    }
}

#[tokio::test]
async fn requests_and_responses_go_over_one_connection() {
    let authority = Authority::new();
    for transport in [
        Transport::Tcp,
        Transport::Tls,
        Transport::Ws,
        Transport::Wss,
    ] {
        let (mut a, mut b) = pair(transport, &authority).await;
        for round in ["1", "2", "3"] {
            let request = message(round, "body");
            let target = a.flow(b.local());
            a.sockets.send(target, name("a.example"), request.clone());
            let (flow, data) = b.received().await;
            assert_eq!(data, request, "{transport}");
            assert_eq!((flow.transport, flow.local), (transport, b.local()));
            assert!(flow.connection.is_some());
            let response = message(round, "answer");
            b.sockets.send(flow, None, response.clone());
            let (flow, data) = a.received().await;
            assert_eq!(data, response, "{transport}");
            assert_eq!((flow.local, flow.remote), (a.local(), b.local()));
        }
        let counters = a.sockets.counters();
        assert_eq!(counters.get(transport, Count::Connected), 1);
        assert_eq!(counters.open(transport), 1);
        assert_eq!(b.sockets.counters().get(transport, Count::Accepted), 1);
        assert_eq!(counters.get(transport, Count::Sent), 3);
        assert_eq!(counters.get(transport, Count::Received), 3);
    }
}

#[tokio::test]
async fn connections_go_over_ipv6_too() {
    for transport in [Transport::Tcp, Transport::Ws] {
        let a = Node::plain(transport, ANY_V6).await;
        let mut b = Node::plain(transport, ANY_V6).await;
        a.sockets.send(a.flow(b.local()), None, message("1", ""));
        let (flow, data) = b.received().await;
        assert_eq!(data, message("1", ""));
        assert!(flow.remote.is_ipv6());
    }
}

#[tokio::test]
async fn messages_sent_while_a_connection_opens_share_it_in_order() {
    let a = Node::plain(Transport::Tcp, ANY_V4).await;
    let mut b = Node::plain(Transport::Tcp, ANY_V4).await;
    for n in 0..100 {
        let data = message(&n.to_string(), "");
        a.sockets.send(a.flow(b.local()), None, data);
    }
    for n in 0..100 {
        assert_eq!(b.received().await.1, message(&n.to_string(), ""));
    }
    let accepted = b.sockets.counters().get(Transport::Tcp, Count::Accepted);
    assert_eq!(accepted, 1);
}

#[tokio::test]
async fn both_sides_may_open_at_once() {
    let mut a = Node::plain(Transport::Tcp, ANY_V4).await;
    let mut b = Node::plain(Transport::Tcp, ANY_V4).await;
    a.sockets.send(a.flow(b.local()), None, message("a", ""));
    b.sockets.send(b.flow(a.local()), None, message("b", ""));
    let (to_a, data) = a.received().await;
    assert_eq!(data, message("b", ""));
    let (to_b, data) = b.received().await;
    assert_eq!(data, message("a", ""));
    // Each came over the sender's own connection, and is answered there.
    assert_ne!(to_a.remote, b.local());
    assert_ne!(to_b.remote, a.local());
    a.sockets.send(to_a, None, message("b", "answer"));
    assert_eq!(b.received().await.1, message("b", "answer"));
}

#[tokio::test]
async fn connection_of_a_peer_is_not_used_for_its_address() {
    let mut a = Node::plain(Transport::Tcp, ANY_V4).await;
    let mut b = Node::plain(Transport::Tcp, ANY_V4).await;
    b.sockets.send(b.flow(a.local()), None, message("1", ""));
    let (flow, _) = a.received().await;
    b.opened().await;
    // Nobody listens at the peer's end of it.
    let alias = Flow {
        connection: None,
        ..flow
    };
    a.sockets.send(alias, None, message("2", ""));
    assert_eq!(a.event().await, SocketEvent::Undelivered(alias));
    a.sockets.send(flow, None, message("3", ""));
    assert_eq!(b.received().await.1, message("3", ""));
}

#[tokio::test]
async fn what_cannot_be_opened_is_told_for_each_flow() {
    // A port where nobody listens.
    let taken = TcpListener::bind(ANY_V4).await.unwrap();
    let nobody = taken.local_addr().unwrap();
    drop(taken);
    let mut a = Node::plain(Transport::Tcp, ANY_V4).await;
    let flow = a.flow(nobody);
    for n in ["1", "2", "3"] {
        a.sockets.send(flow, None, message(n, ""));
    }
    assert_eq!(a.event().await, SocketEvent::Undelivered(flow));
    let counters = a.sockets.counters();
    assert_eq!(counters.get(Transport::Tcp, Count::NotConnected), 1);
    assert_eq!(counters.get(Transport::Tcp, Count::Undelivered), 3);
    // A connection of another is tried again.
    let mut b = Node::plain(Transport::Tcp, nobody).await;
    a.sockets.send(flow, None, message("4", ""));
    assert_eq!(b.received().await.1, message("4", ""));
}

#[tokio::test]
async fn host_that_does_not_answer_is_given_up_in_time() {
    // Once its queue is full, a listener drops what asks for a connection.
    let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    full.bind(&ANY_V4.into()).unwrap();
    full.listen(0).unwrap();
    let address = full.local_addr().unwrap().as_socket().unwrap();
    let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(200));
    let queued: Vec<_> = (0..10).map_while(|_| connect().ok()).collect();
    assert!(queued.len() < 10, "the queue is never full");
    let mut config = plain(Transport::Tcp, ANY_V4);
    config.timeouts.connect = Duration::from_millis(100);
    let mut a = Node::new(config).await;
    let flow = a.flow(address);
    a.sockets.send(flow, None, message("1", ""));
    a.sockets.send(flow, None, message("2", ""));
    assert_eq!(a.event().await, SocketEvent::Undelivered(flow));
    let counters = a.sockets.counters();
    assert_eq!(counters.get(Transport::Tcp, Count::NotConnected), 1);
    assert_eq!(counters.get(Transport::Tcp, Count::Undelivered), 2);
    assert_eq!(counters.get(Transport::Tcp, Count::Connected), 0);
}

#[tokio::test]
async fn silent_host_is_given_up_in_time() {
    // The handshake never comes: the listener's queue is the peer.
    let silent = TcpListener::bind(ANY_V4).await.unwrap();
    let mut config = plain(Transport::Ws, ANY_V4);
    config.timeouts.handshake = Duration::from_millis(100);
    let mut a = Node::new(config).await;
    let flow = a.flow(silent.local_addr().unwrap());
    a.sockets.send(flow, None, message("1", ""));
    assert_eq!(a.event().await, SocketEvent::Undelivered(flow));
    let late = a.sockets.counters();
    assert_eq!(late.get(Transport::Ws, Count::HandshakeTimedOut), 1);
}

#[tokio::test]
async fn response_over_a_connection_that_is_gone_comes_back() {
    let mut a = Node::plain(Transport::Tcp, ANY_V4).await;
    let mut b = Node::plain(Transport::Tcp, ANY_V4).await;
    a.sockets.send(a.flow(b.local()), None, message("1", ""));
    let ours = a.opened().await;
    let (flow, _) = b.received().await;
    a.sockets.close(ours.connection.unwrap());
    assert_eq!(a.closed().await, (ours, Why::Local));
    assert_eq!(b.closed().await, (flow, Why::Peer));
    b.sockets.send(flow, None, message("1", "answer"));
    assert_eq!(b.event().await, SocketEvent::Undelivered(flow));
    assert_eq!(b.sockets.counters().open(Transport::Tcp), 0);
    assert_eq!(b.sockets.counters().closed(Transport::Tcp, "peer"), 1);
}

#[tokio::test]
async fn what_waits_is_sent_before_the_end() {
    for stop in [false, true] {
        let mut a = Node::plain(Transport::Tcp, ANY_V4).await;
        let mut b = Node::plain(Transport::Tcp, ANY_V4).await;
        a.sockets.send(a.flow(b.local()), None, message("0", ""));
        a.opened().await;
        for n in 1..50 {
            let data = message(&n.to_string(), "");
            a.sockets.send(a.flow(b.local()), None, data);
        }
        if stop {
            a.sockets.stop(super::PATIENCE).await;
        } else {
            drop(a.sockets);
        }
        for n in 0..50 {
            assert_eq!(b.received().await.1, message(&n.to_string(), ""));
        }
        assert_eq!(b.closed().await.1, Why::Peer);
    }
}
