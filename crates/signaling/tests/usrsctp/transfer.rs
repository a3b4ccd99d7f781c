//! Messages both ways, whoever sets up the association.

use crate::capture::Capture;
use crate::pair::{ASP, EXCHANGE};
use crate::scene::{Wire, asp_and_server, exchange, gateway_and_client, until_down};
use trunkline_signaling::{DownReason, SctpTimers};

const MESSAGES: u32 = 5_000;

async fn they_connect_and_shut_down(wire: Wire) {
    let capture = Capture::start(&wire);
    let (mut side, mut peer) = gateway_and_client(&wire, SctpTimers::default()).await;
    exchange(&mut side, &mut peer, EXCHANGE, MESSAGES).await;
    peer.command("shutdown");
    assert_eq!(until_down(&mut side).await, DownReason::Peer);
    peer.until("shut down").await;
    side.handle.shutdown();
    side.until_end().await;
    capture.examine(2 * MESSAGES);
}

async fn we_connect_and_shut_down(wire: Wire) {
    let capture = Capture::start(&wire);
    let (mut side, mut peer) = asp_and_server(&wire, SctpTimers::default()).await;
    exchange(&mut side, &mut peer, ASP, MESSAGES).await;
    side.handle.shutdown();
    assert_eq!(until_down(&mut side).await, DownReason::Local);
    peer.until("shut down").await;
    side.until_end().await;
    capture.examine(2 * MESSAGES);
}

#[tokio::test]
async fn five_thousand_each_way_with_a_client_over_udp_encapsulation() {
    they_connect_and_shut_down(Wire::udp()).await;
}

#[tokio::test]
async fn five_thousand_each_way_with_a_server_over_udp_encapsulation() {
    we_connect_and_shut_down(Wire::udp()).await;
}

#[tokio::test]
async fn five_thousand_each_way_with_a_client_over_raw_ip() {
    if let Some(wire) = Wire::raw() {
        they_connect_and_shut_down(wire).await;
    }
}

#[tokio::test]
async fn five_thousand_each_way_with_a_server_over_raw_ip() {
    if let Some(wire) = Wire::raw() {
        we_connect_and_shut_down(wire).await;
    }
}
