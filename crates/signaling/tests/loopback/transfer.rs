//! Messages over each transport.

use crate::pair::{
    ASP, EXCHANGE, Side, UDP, active_pair, asp_config, pc, peer_of, sgp_config, transfer,
};
use std::collections::BTreeMap;
use trunkline_model::mtp::MtpIndication;
use trunkline_signaling::{
    AssociationState, Direction, DownReason, SignalingError, SignalingEvent, Transport, spawn,
};

const MESSAGES: u32 = 1_000;

/// Takes the messages of one direction: whole, each once, in order for each SLS.
async fn expect_all(side: &mut Side, from: u32, to: u32) {
    let mut next: BTreeMap<u8, u32> = (0..16).map(|sls| (sls, u32::from(sls))).collect();
    for _ in 0..MESSAGES {
        let received = side.next_transfer().await;
        let expected = next.get_mut(&received.sls).unwrap();
        assert_eq!(received, transfer(from, to, *expected));
        *expected += 16;
    }
}

async fn a_thousand_each_way(transport: Transport) {
    let (mut asp, mut sgp) = active_pair(transport, None).await;
    for number in 0..MESSAGES {
        asp.handle.transfer(transfer(ASP, EXCHANGE, number));
        sgp.handle.transfer(transfer(EXCHANGE, ASP, number));
    }
    expect_all(&mut sgp, ASP, EXCHANGE).await;
    expect_all(&mut asp, EXCHANGE, ASP).await;
    asp.handle.shutdown();
    let last = asp.until_end().await;
    let down = SignalingEvent::Association {
        peer: "sg".to_owned(),
        state: AssociationState::Down(DownReason::Local),
    };
    assert!(last.contains(&down), "{last:#?}");
    let state = sgp
        .until(|event| match event {
            SignalingEvent::Association {
                state: AssociationState::Down(reason),
                ..
            } => Some(reason.clone()),
            _ => None,
        })
        .await;
    assert_eq!(state, DownReason::Peer);
    sgp.handle.shutdown();
    sgp.until_end().await;
    sgp.handle.stopped().await;
}

#[tokio::test]
async fn a_thousand_each_way_over_udp_encapsulation() {
    a_thousand_each_way(UDP).await;
}

#[tokio::test]
async fn a_thousand_each_way_over_tcp() {
    a_thousand_each_way(Transport::Tcp).await;
}

#[tokio::test]
async fn a_thousand_each_way_over_raw_ip() {
    match spawn(sgp_config(Transport::RawIp), None) {
        Err(error @ SignalingError::RawSocketDenied(_)) => {
            assert!(error.to_string().contains("CAP_NET_RAW"), "{error}");
            eprintln!("NOT RUN: SCTP over raw IP: {error}");
        }
        Err(error) => panic!("{error}"),
        Ok((handle, _)) => {
            handle.kill();
            a_thousand_each_way(Transport::RawIp).await;
        }
    }
}

#[tokio::test]
async fn a_thousand_each_way_over_kernel_sctp() {
    match spawn(sgp_config(Transport::Kernel), None) {
        Err(error @ SignalingError::NoKernelSctp(_)) => {
            eprintln!("NOT RUN: kernel SCTP: {error}");
            let local = "127.0.0.1:0".parse().unwrap();
            let peer = trunkline_signaling::PeerConfig::new("sg", Transport::Kernel, local, local);
            let asp = spawn(asp_config(vec![peer]), None);
            assert!(matches!(asp, Err(SignalingError::NoKernelSctp(_))));
        }
        Err(error) => panic!("{error}"),
        Ok((handle, _)) => {
            handle.kill();
            a_thousand_each_way(Transport::Kernel).await;
        }
    }
}

#[tokio::test]
async fn both_packet_sockets_speak_ipv6() {
    for transport in [UDP, Transport::RawIp] {
        let mut config = sgp_config(transport);
        config.listen[0].addresses = vec!["[::1]:0".parse().unwrap()];
        let mut sgp = match spawn(config, None) {
            Ok(spawned) => Side::new(Ok(spawned)),
            Err(error) => {
                eprintln!("NOT RUN: {transport:?} over IPv6: {error}");
                continue;
            }
        };
        let mut peer = peer_of("sg", &sgp.handle);
        peer.local = vec!["[::1]:0".parse().unwrap()];
        let mut asp = Side::new(spawn(asp_config(vec![peer]), None));
        asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
        asp.handle.transfer(transfer(ASP, EXCHANGE, 3));
        assert_eq!(sgp.next_transfer().await, transfer(ASP, EXCHANGE, 3));
    }
}

#[tokio::test]
async fn many_associations_share_one_socket() {
    let mut sgps: Vec<Side> = (0..3)
        .map(|_| Side::new(spawn(sgp_config(UDP), None)))
        .collect();
    let peers: Vec<_> = sgps
        .iter()
        .enumerate()
        .map(|(index, sgp)| peer_of(&format!("sg{index}"), &sgp.handle))
        .collect();
    let mut asp = Side::new(spawn(asp_config(peers), None));
    // One socket for the three: the same UDP port, SCTP ports of their own.
    let local = asp.handle.local_addresses();
    assert_eq!(local.len(), 3);
    assert!(local.iter().all(|l| l.transport == local[0].transport));
    assert_ne!(local[0].address, local[1].address);

    asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
    for sgp in &mut sgps {
        sgp.until_mtp(MtpIndication::Resume(pc(ASP))).await;
        sgp.handle.transfer(transfer(EXCHANGE, ASP, 0));
        assert_eq!(asp.next_transfer().await, transfer(EXCHANGE, ASP, 0));
    }
    // Load share: the even selections go round the three gateways, and so do the odd ones.
    for (sgp, number) in sgps.iter_mut().zip([0, 2, 4]) {
        asp.handle.transfer(transfer(ASP, EXCHANGE, number));
        assert_eq!(sgp.next_transfer().await, transfer(ASP, EXCHANGE, number));
    }
}

#[tokio::test]
async fn many_asps_share_one_gateway_socket() {
    let mut sgp = Side::new(spawn(sgp_config(UDP), None));
    let mut asps = Vec::new();
    for _ in 0..4 {
        let peer = peer_of("sg", &sgp.handle);
        let mut asp = Side::new(spawn(asp_config(vec![peer]), None));
        asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
        asps.push(asp);
    }
    for (number, asp) in asps.iter_mut().enumerate() {
        let message = transfer(ASP, EXCHANGE, number as u32);
        asp.handle.transfer(message.clone());
        assert_eq!(sgp.next_transfer().await, message);
    }
    // The gateway shares the sixteen selections evenly.
    for number in 0..16 {
        sgp.handle.transfer(transfer(EXCHANGE, ASP, number));
    }
    let mut all = Vec::new();
    for asp in &mut asps {
        for _ in 0..4 {
            all.push(asp.next_transfer().await.sls);
        }
    }
    all.sort_unstable();
    assert_eq!(all, (0..16).collect::<Vec<u8>>());
}

#[tokio::test]
async fn an_owner_that_does_not_listen_loses_nothing() {
    const QUEUE: usize = 16;
    let mut config = sgp_config(UDP);
    config.queue = QUEUE;
    let mut sgp = Side::new(spawn(config, None));
    let peer = peer_of("sg", &sgp.handle);
    let mut asp = Side::new(spawn(asp_config(vec![peer]), None));
    asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
    for number in 0..MESSAGES {
        asp.handle.transfer(transfer(ASP, EXCHANGE, number));
    }
    // All have left the ASP before the gateway's owner takes the first.
    while asp.handle.links().await.unwrap().data_sent < u64::from(MESSAGES) {}
    expect_all(&mut sgp, ASP, EXCHANGE).await;
}

#[tokio::test]
async fn names_of_messages_are_counted_at_both_ends() {
    let (mut asp, mut sgp) = active_pair(UDP, None).await;
    asp.handle.transfer(transfer(ASP, EXCHANGE, 0));
    sgp.next_transfer().await;
    let names = |side: &mut Side, wanted: Direction| -> Vec<&'static str> {
        let name = |event: &SignalingEvent| match event {
            SignalingEvent::Message {
                direction, name, ..
            } if *direction == wanted => Some(*name),
            _ => None,
        };
        side.seen().iter().filter_map(name).collect()
    };
    assert_eq!(names(&mut asp, Direction::Sent), ["ASPUP", "ASPAC", "DAUD"]);
    let received = names(&mut sgp, Direction::Received);
    assert_eq!(received, ["ASPUP", "ASPAC", "DAUD"]);
    assert_eq!(asp.handle.links().await.unwrap().data_sent, 1);
    assert_eq!(sgp.handle.links().await.unwrap().data_received, 1);
}
