//! ABORT and SHUTDOWN from either side.

use crate::pair::{ASP, EXCHANGE, pc};
use crate::peer::{Peer, STREAMS};
use crate::scene::{
    THEIR_PORT, Wire, asp_and_server, client, exchange, exchange_again, gateway,
    gateway_and_client, until_active, until_down,
};
use std::net::SocketAddr;
use trunkline_model::mtp::MtpIndication;
use trunkline_signaling::{Admission, DownReason, PeerConfig, Role, SctpTimers};

const MESSAGES: u32 = 50;

/// What an ABORT of the peer is to us.
fn assert_aborted(reason: &DownReason) {
    assert!(
        matches!(reason, DownReason::Failed(text) if text.starts_with("PeerReported")),
        "{reason:?}"
    );
}

async fn a_client_that_aborts_comes_back(wire: Wire) {
    let (mut side, mut peer) = gateway_and_client(&wire, SctpTimers::default()).await;
    exchange(&mut side, &mut peer, EXCHANGE, MESSAGES).await;
    peer.command("abort");
    assert_aborted(&until_down(&mut side).await);
    peer.until("lost").await;
    peer.command("connect");
    until_active(&mut side).await;
    exchange_again(&mut side, &mut peer, EXCHANGE, MESSAGES, 1).await;
}

async fn a_server_that_aborts_or_shuts_down_is_approached_again(wire: Wire) {
    let (mut side, mut peer) = asp_and_server(&wire, SctpTimers::default()).await;
    exchange(&mut side, &mut peer, ASP, MESSAGES).await;
    peer.command("abort");
    assert_aborted(&until_down(&mut side).await);
    side.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
    peer.command("shutdown");
    assert_eq!(until_down(&mut side).await, DownReason::Peer);
    side.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
    exchange_again(&mut side, &mut peer, ASP, MESSAGES, 1).await;
}

/// A peer that is admitted by its address but not configured with its port.
async fn we_abort(wire: Wire) {
    let mut config = gateway(&wire, SctpTimers::default());
    let transport = config.listen[0].transport;
    let near = config.listen[0].addresses[0];
    let other = SocketAddr::new(
        match &config.admission {
            Admission::Addresses(addresses) => addresses[0],
            other => panic!("{other:?}"),
        },
        THEIR_PORT + 1,
    );
    config.admission = Admission::Configured;
    let mut other = PeerConfig::new("other", transport, near, other);
    other.initiate = false;
    other.role = Role::Sgp;
    other.application_servers.clear();
    config.peers = vec![other];
    let side = wire.spawn(config);
    let mut peer = Peer::start(&wire, &client(&wire, &side)).await;
    peer.until(&format!("up {STREAMS}")).await;
    peer.until("lost").await;
}

#[tokio::test]
async fn a_client_that_aborts_comes_back_over_udp_encapsulation() {
    a_client_that_aborts_comes_back(Wire::udp()).await;
}

#[tokio::test]
async fn a_client_that_aborts_comes_back_over_raw_ip() {
    if let Some(wire) = Wire::raw() {
        a_client_that_aborts_comes_back(wire).await;
    }
}

#[tokio::test]
async fn a_server_that_ends_is_approached_again_over_udp_encapsulation() {
    a_server_that_aborts_or_shuts_down_is_approached_again(Wire::udp()).await;
}

#[tokio::test]
async fn a_server_that_ends_is_approached_again_over_raw_ip() {
    if let Some(wire) = Wire::raw() {
        a_server_that_aborts_or_shuts_down_is_approached_again(wire).await;
    }
}

#[tokio::test]
async fn our_abort_is_heard_over_udp_encapsulation() {
    we_abort(Wire::udp()).await;
}

#[tokio::test]
async fn our_abort_is_heard_over_raw_ip() {
    if let Some(wire) = Wire::raw() {
        we_abort(wire).await;
    }
}
