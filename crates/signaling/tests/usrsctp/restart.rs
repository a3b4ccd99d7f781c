//! Restarts: of the whole process, and of an association in a process that lives on.

use crate::pair::{ASP, EXCHANGE, LIMIT, Side, pc, quick};
use crate::peer::{Peer, STREAMS};
use crate::scene::{
    Wire, asp, asp_and_server, client, exchange, exchange_again, gateway_and_client, server,
    until_active, until_down,
};
use std::net::SocketAddr;
use tokio::task::yield_now;
use tokio::time::Instant;
use trunkline_model::mtp::MtpIndication;
use trunkline_signaling::{DownReason, SctpTimers, SignalingError, Transport, spawn};

const MESSAGES: u32 = 200;

async fn a_client_that_was_killed_takes_its_association_over(wire: Wire) {
    // A heartbeat of ours would find out before the client is back.
    let patient = SctpTimers {
        max_retransmissions: 20,
        ..SctpTimers::default()
    };
    let (mut side, mut peer) = gateway_and_client(&wire, patient).await;
    for round in 0..2 {
        exchange_again(&mut side, &mut peer, EXCHANGE, MESSAGES, round).await;
        peer.kill();
        peer = Peer::start(&wire, &client(&wire, &side)).await;
        assert_eq!(until_down(&mut side).await, DownReason::Restarted);
        until_active(&mut side).await;
        peer.until(&format!("up {STREAMS}")).await;
    }
    exchange_again(&mut side, &mut peer, EXCHANGE, MESSAGES, 2).await;
}

async fn a_server_that_was_killed_is_found_again(wire: Wire) {
    let (mut side, mut peer) = asp_and_server(&wire, quick()).await;
    exchange(&mut side, &mut peer, ASP, MESSAGES).await;
    peer.kill();
    assert!(matches!(until_down(&mut side).await, DownReason::Failed(_)));
    peer = Peer::start(&wire, &server(&wire)).await;
    side.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
    peer.until(&format!("up {STREAMS}")).await;
    exchange_again(&mut side, &mut peer, ASP, MESSAGES, 1).await;
}

/// We die without a word and come back with the same ports.
async fn we_restart(wire: Wire) {
    let (side, mut peer) = asp_and_server(&wire, SctpTimers::default()).await;
    let bound = side.handle.local_addresses()[0];
    side.handle.kill();
    side.handle.stopped().await;
    let mut config = asp(&wire, SctpTimers::default());
    config.peers[0].local = vec![SocketAddr::new(bound.address.ip(), bound.address.port())];
    if let (
        Transport::UdpEncapsulated { local_port, .. },
        Transport::UdpEncapsulated {
            local_port: used, ..
        },
    ) = (&mut config.peers[0].transport, bound.transport)
    {
        *local_port = used;
    }
    drop(side);
    // The port may still be in the hands of the thread that ends.
    let deadline = Instant::now() + LIMIT;
    let mut side = loop {
        match wire.at_our_end(|| spawn(config.clone(), None)) {
            Ok(spawned) => break Side::new(Ok(spawned)),
            Err(SignalingError::Bind { .. }) if Instant::now() < deadline => yield_now().await,
            Err(error) => panic!("{error}"),
        }
    };
    peer.until("restarted").await;
    side.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
    exchange(&mut side, &mut peer, ASP, MESSAGES).await;
}

#[tokio::test]
async fn a_killed_client_takes_over_over_udp_encapsulation() {
    a_client_that_was_killed_takes_its_association_over(Wire::udp()).await;
}

#[tokio::test]
async fn a_killed_client_takes_over_over_raw_ip() {
    if let Some(wire) = Wire::raw() {
        a_client_that_was_killed_takes_its_association_over(wire).await;
    }
}

#[tokio::test]
async fn a_killed_server_is_found_again_over_udp_encapsulation() {
    a_server_that_was_killed_is_found_again(Wire::udp()).await;
}

#[tokio::test]
async fn a_killed_server_is_found_again_over_raw_ip() {
    if let Some(wire) = Wire::raw() {
        a_server_that_was_killed_is_found_again(wire).await;
    }
}

#[tokio::test]
async fn our_own_restart_is_one_to_them_over_udp_encapsulation() {
    we_restart(Wire::udp()).await;
}

#[tokio::test]
async fn our_own_restart_is_one_to_them_over_raw_ip() {
    if let Some(wire) = Wire::raw() {
        we_restart(wire).await;
    }
}

#[tokio::test]
async fn an_association_restarts_in_a_process_that_lives_on() {
    let wire = Wire::udp();
    let (mut side, mut peer) = gateway_and_client(&wire, SctpTimers::default()).await;
    for round in 0..3 {
        exchange_again(&mut side, &mut peer, EXCHANGE, MESSAGES, round).await;
        peer.command("forget");
        peer.until("lost").await;
        peer.command("connect");
        assert_eq!(until_down(&mut side).await, DownReason::Restarted);
        until_active(&mut side).await;
        peer.until(&format!("up {STREAMS}")).await;
    }
    exchange_again(&mut side, &mut peer, EXCHANGE, MESSAGES, 3).await;
}
