//! What may go wrong, and what must not come of it.

use crate::pair::{
    ASP, EXCHANGE, LIMIT, Side, UDP, active_pair, active_pair_with, asp_config, pc, peer_of, quick,
    sgp_config, transfer,
};
use core::time::Duration;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use trunkline_model::mtp::MtpIndication;
use trunkline_signaling::{
    Admission, AssociationState, Config, Discarded, DownReason, PeerError, SignalingError,
    SignalingEvent, Transport, spawn,
};

/// The UDP address of a gateway.
fn udp_address(side: &Side) -> SocketAddr {
    let local = side.handle.local_addresses()[0];
    match local.transport {
        Transport::UdpEncapsulated { local_port, .. } => {
            SocketAddr::new(local.address.ip(), local_port)
        }
        other => panic!("{other:?}"),
    }
}

/// The same gateway again, on the ports that it had.
fn same_again(side: &Side, mut config: Config) -> Config {
    let local = side.handle.local_addresses()[0];
    config.listen[0].transport = local.transport;
    config.listen[0].addresses = vec![local.address];
    config
}

fn error_of(event: &SignalingEvent) -> Option<PeerError> {
    match event {
        SignalingEvent::Error { error, .. } => Some(error.clone()),
        _ => None,
    }
}

async fn killed_gateway_comes_back(transport: Transport) {
    let (mut asp, sgp) = active_pair_with(transport, None, quick()).await;
    let again = same_again(&sgp, sgp_config(transport));
    sgp.handle.kill();
    sgp.handle.stopped().await;
    drop(sgp);
    if transport != Transport::Tcp {
        // Nobody says goodbye: heartbeats find out.
        asp.until_mtp(MtpIndication::Pause(pc(EXCHANGE))).await;
        asp.handle.transfer(transfer(ASP, EXCHANGE, 0));
        asp.until(|event| match event {
            SignalingEvent::Discarded(Discarded::Unavailable(_)) => Some(()),
            _ => None,
        })
        .await;
    }
    // The port may still be in the hands of the thread that ends.
    let deadline = Instant::now() + LIMIT;
    let mut sgp = loop {
        match spawn(again.clone(), None) {
            Ok(spawned) => break Side::new(Ok(spawned)),
            Err(SignalingError::Bind { .. }) if Instant::now() < deadline => {
                tokio::task::yield_now().await;
            }
            Err(error) => panic!("{error}"),
        }
    };
    asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
    sgp.until_mtp(MtpIndication::Resume(pc(ASP))).await;
    asp.handle.transfer(transfer(ASP, EXCHANGE, 1));
    assert_eq!(sgp.next_transfer().await, transfer(ASP, EXCHANGE, 1));
}

#[tokio::test]
async fn killed_gateway_comes_back_over_udp() {
    killed_gateway_comes_back(UDP).await;
}

#[tokio::test]
async fn killed_gateway_comes_back_over_tcp() {
    killed_gateway_comes_back(Transport::Tcp).await;
}

#[tokio::test]
async fn restarted_asp_takes_its_association_over() {
    let mut sgp = Side::new(spawn(sgp_config(UDP), None));
    let mut peer = peer_of("sg", &sgp.handle);
    let mut asp = Side::new(spawn(asp_config(vec![peer.clone()]), None));
    asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
    // The next life has the same ports.
    let local = asp.handle.local_addresses()[0];
    peer.local = vec![local.address];
    if let (
        Transport::UdpEncapsulated { local_port, .. },
        Transport::UdpEncapsulated {
            local_port: used, ..
        },
    ) = (&mut peer.transport, local.transport)
    {
        *local_port = used;
    }
    asp.handle.kill();
    asp.handle.stopped().await;
    drop(asp);
    let deadline = Instant::now() + LIMIT;
    let mut asp = loop {
        match spawn(asp_config(vec![peer.clone()]), None) {
            Ok(spawned) => break Side::new(Ok(spawned)),
            Err(SignalingError::Bind { .. }) if Instant::now() < deadline => {
                tokio::task::yield_now().await;
            }
            Err(error) => panic!("{error}"),
        }
    };
    asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
    sgp.until(|event| match event {
        SignalingEvent::Association {
            state: AssociationState::Down(DownReason::Restarted),
            ..
        } => Some(()),
        _ => None,
    })
    .await;
    asp.handle.transfer(transfer(ASP, EXCHANGE, 5));
    assert_eq!(sgp.next_transfer().await, transfer(ASP, EXCHANGE, 5));
}

#[tokio::test]
async fn junk_datagrams_do_no_harm() {
    let (mut asp, mut sgp) = active_pair(UDP, None).await;
    let target = udp_address(&sgp);
    let junk = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut seed = 12_345u32;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed
    };
    for number in 0..200 {
        for _ in 0..5 {
            let length = random() as usize % 1400;
            let mut datagram: Vec<u8> = (0..length).map(|_| random() as u8).collect();
            // Some of it looks like SCTP for the gateway's port.
            if length > 16 && number % 2 == 0 {
                let port = sgp.handle.local_addresses()[0].address.port();
                datagram[2..4].copy_from_slice(&port.to_be_bytes());
                datagram[12] = random() as u8 % 16;
            }
            junk.send_to(&datagram, target).unwrap();
        }
        asp.handle.transfer(transfer(ASP, EXCHANGE, number));
        assert_eq!(sgp.next_transfer().await, transfer(ASP, EXCHANGE, number));
    }
    sgp.until(|event| matches!(error_of(event)?, PeerError::Stray(_)).then_some(()))
        .await;
    // Nothing of it took the association down.
    let down = asp.seen().iter().any(|event| {
        matches!(
            event,
            SignalingEvent::Association {
                state: AssociationState::Down(_),
                ..
            }
        )
    });
    assert!(!down);
}

#[tokio::test]
async fn unknown_peers_are_not_answered() {
    for transport in [UDP, Transport::Tcp] {
        let mut config = sgp_config(transport);
        config.admission = Admission::Addresses(vec![Ipv4Addr::new(127, 0, 0, 9).into()]);
        let mut sgp = Side::new(spawn(config, None));
        let peer = peer_of("sg", &sgp.handle);
        let mut config = asp_config(vec![peer]);
        config.sctp = quick();
        let mut asp = Side::new(spawn(config, None));
        asp.until(|event| match event {
            SignalingEvent::Association {
                state: AssociationState::Down(_),
                ..
            } => Some(()),
            _ => None,
        })
        .await;
        let error = sgp.until(error_of).await;
        assert!(matches!(error, PeerError::NotAdmitted(_)), "{error}");
        let up = sgp
            .seen()
            .iter()
            .any(|event| matches!(event, SignalingEvent::Association { .. }));
        assert!(!up, "{transport:?}");
    }
}

#[tokio::test]
async fn shutdown_of_the_gateway_is_orderly() {
    let (mut asp, mut sgp) = active_pair(UDP, None).await;
    sgp.handle.shutdown();
    timeout(Duration::from_secs(3), sgp.until_end())
        .await
        .expect("the bound of two seconds holds");
    let reason = asp
        .until(|event| match event {
            SignalingEvent::Association {
                state: AssociationState::Down(reason),
                ..
            } => Some(reason.clone()),
            _ => None,
        })
        .await;
    assert_eq!(reason, DownReason::Peer);
}

#[tokio::test]
async fn shutdown_with_a_dead_peer_is_bounded() {
    let (mut asp, sgp) = active_pair(UDP, None).await;
    sgp.handle.kill();
    sgp.handle.stopped().await;
    asp.handle.shutdown();
    timeout(Duration::from_secs(3), asp.until_end())
        .await
        .expect("the bound of two seconds holds");
}

#[tokio::test]
async fn dropping_the_last_handle_shuts_down() {
    let (asp, mut sgp) = active_pair(UDP, None).await;
    let Side { handle, events, .. } = asp;
    drop(handle);
    drop(events);
    sgp.until(|event| match event {
        SignalingEvent::Association {
            state: AssociationState::Down(DownReason::Peer),
            ..
        } => Some(()),
        _ => None,
    })
    .await;
}

#[tokio::test]
async fn a_tcp_peer_that_speaks_something_else_is_disconnected_alone() {
    let (asp, mut sgp) = active_pair(Transport::Tcp, None).await;
    let address = sgp.handle.local_addresses()[0].address;
    let mut browser = TcpStream::connect(address).await.unwrap();
    browser.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let closed = timeout(LIMIT, browser.read_to_end(&mut answer)).await;
    assert!(closed.is_ok());
    sgp.until(|event| match event {
        SignalingEvent::Association {
            state: AssociationState::Down(DownReason::Failed(why)),
            ..
        } if why.contains("version") => Some(()),
        _ => None,
    })
    .await;
    asp.handle.transfer(transfer(ASP, EXCHANGE, 1));
    assert_eq!(sgp.next_transfer().await, transfer(ASP, EXCHANGE, 1));
    assert_eq!(asp.handle.local_addresses(), []);
}

#[tokio::test]
async fn news_of_destinations_reach_the_asp() {
    let (mut asp, sgp) = active_pair(UDP, None).await;
    sgp.handle.indicate(MtpIndication::Pause(pc(EXCHANGE)));
    asp.until_mtp(MtpIndication::Pause(pc(EXCHANGE))).await;
    sgp.handle.indicate(MtpIndication::Resume(pc(EXCHANGE)));
    asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
}

#[tokio::test]
async fn bound_ports_are_named() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut config = sgp_config(UDP);
    config.listen[0].transport = Transport::UdpEncapsulated {
        local_port: taken.local_addr().unwrap().port(),
        remote_port: 0,
    };
    let error = spawn(config, None).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("cannot bind UDP 127.0.0.1:"), "{text}");
}
