use super::{ANY_V4, ANY_V6, Node};
use crate::config::{Config, Listen};
use crate::{Count, OpenError, SocketEvent, Sockets};
use std::sync::{Arc, Mutex};
use trunkline_sip::{Flow, Transport};

#[tokio::test]
async fn datagrams_go_both_ways() {
    for address in [ANY_V4, ANY_V6] {
        let mut a = Node::plain(Transport::Udp, address).await;
        let mut b = Node::plain(Transport::Udp, address).await;
        a.sockets.send(a.flow(b.local()), None, b"one".to_vec());
        let (flow, data) = b.received().await;
        assert_eq!(flow, Flow::udp(b.local(), a.local()));
        assert_eq!(data, b"one");
        b.sockets.send(flow, None, b"two".to_vec());
        assert_eq!(a.received().await.1, b"two");
        assert_eq!(a.sockets.counters().get(Transport::Udp, Count::Sent), 1);
        assert_eq!(a.sockets.counters().get(Transport::Udp, Count::Received), 1);
    }
}

#[tokio::test]
async fn keep_alive_datagrams_are_handed_on() {
    let a = Node::plain(Transport::Udp, ANY_V4).await;
    let mut b = Node::plain(Transport::Udp, ANY_V4).await;
    for datagram in [&b"\r\n\r\n"[..], b"\0", b""] {
        a.sockets.send(a.flow(b.local()), None, datagram.to_vec());
        assert_eq!(b.received().await.1, datagram);
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_told() {
    let mut a = Node::plain(Transport::Udp, ANY_V4).await;
    // No such socket of ours.
    let mut flow = a.flow(a.local());
    flow.local.set_port(1);
    a.sockets.send(flow, None, b"x".to_vec());
    assert_eq!(a.event().await, SocketEvent::Undelivered(flow));
    // Longer than a datagram can be.
    let flow = a.flow(a.local());
    a.sockets.send(flow, None, vec![b'x'; 70_000]);
    assert_eq!(a.event().await, SocketEvent::Undelivered(flow));
    // The other family.
    let flow = a.flow(ANY_V6);
    a.sockets.send(flow, None, b"x".to_vec());
    assert_eq!(a.event().await, SocketEvent::Undelivered(flow));
    assert_eq!(
        a.sockets.counters().get(Transport::Udp, Count::Undelivered),
        3
    );
}

#[tokio::test]
async fn address_in_use_is_named() {
    let a = Node::plain(Transport::Udp, ANY_V4).await;
    let config = Config {
        listen: vec![Listen::plain(Transport::Udp, a.local())],
        ..Config::default()
    };
    let Err(error) = Sockets::bind(config).await else {
        panic!("bound twice");
    };
    assert!(matches!(error, OpenError::Bind { .. }));
    let text = error.to_string();
    assert!(text.contains("UDP") && text.contains(&a.local().to_string()));
}

#[tokio::test]
async fn tap_sees_what_is_sent() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let tapped = Arc::clone(&seen);
    let mut a = Node::new(Config {
        listen: vec![Listen::plain(Transport::Udp, ANY_V4)],
        tap: Some(Arc::new(move |from, to, data: &[u8]| {
            tapped.lock().unwrap().push((from, to, data.to_vec()));
        })),
        ..Config::default()
    })
    .await;
    let local = a.local();
    a.sockets.send(a.flow(local), None, b"x".to_vec());
    a.received().await;
    assert_eq!(*seen.lock().unwrap(), [(local, local, b"x".to_vec())]);
}
