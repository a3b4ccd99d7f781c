//! Adapters over the SCTP of a kernel: that of user-mode Linux where this one has none.
#![cfg(test)]

mod ending;
mod guest;
#[allow(dead_code, reason = "the crate's own tests pull cables")]
mod network;
#[allow(dead_code, reason = "made for another test")]
#[path = "../loopback/pair.rs"]
mod pair;
mod traffic;
mod user_space;

use network::Network;
use pair::{ASP, EXCHANGE, Side, asp_config, pc, sgp_config, transfer};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use trunkline_model::mtp::MtpIndication;
use trunkline_signaling::{
    Admission, AssociationState, Config, DownReason, ListenConfig, PeerConfig, SignalingEvent,
    Transport, spawn,
};

fn with_sctp(inside: impl Future<Output = ()>) {
    with_sctp_and_folder(|_| inside, |_| ());
}

fn with_sctp_and_folder<F: Future<Output = ()>>(
    inside: impl FnOnce(std::path::PathBuf) -> F,
    outside: impl FnOnce(&Path),
) {
    let inside = |folder: &Path| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(inside(folder.to_owned()));
    };
    guest::with_sctp("", inside, outside);
}

/// The IPv4 addresses of a host in both networks.
fn addresses(host: usize, port: u16) -> Vec<SocketAddr> {
    [1, 2]
        .iter()
        .map(|net| format!("10.0.{net}.{host}:{port}").parse().unwrap())
        .collect()
}

/// A gateway on host 2 that serves host 1.
fn gateway() -> Config {
    let mut config = sgp_config(Transport::Kernel);
    config.listen[0].addresses = addresses(2, 2905);
    let hosts: Vec<IpAddr> = addresses(1, 0).iter().map(SocketAddr::ip).collect();
    config.admission = Admission::Addresses(hosts);
    config.queue = QUEUE;
    config
}

/// An ASP on host 1 of that gateway.
fn asp() -> Config {
    let mut peer = PeerConfig::new(
        "sg",
        Transport::Kernel,
        addresses(1, 2906)[0],
        addresses(2, 2905)[0],
    );
    peer.local = addresses(1, 2906);
    peer.remote = addresses(2, 2905);
    let mut config = asp_config(vec![peer]);
    config.queue = QUEUE;
    config
}

/// Both, active.
async fn pair(network: &Network, asp: Config, gateway: Config) -> (Side, Side) {
    let mut gateway = Side::new(network.on(2, || spawn(gateway, None)));
    let mut asp = Side::new(network.on(1, || spawn(asp, None)));
    asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
    gateway.until_mtp(MtpIndication::Resume(pc(ASP))).await;
    (asp, gateway)
}

/// Sends messages with these numbers and takes them at the other end: those of each signaling
/// link selection in order.
async fn send(from: &Side, to: &mut Side, opc: u32, dpc: u32, numbers: core::ops::Range<u32>) {
    for number in numbers.clone() {
        from.handle.transfer(transfer(opc, dpc, number));
    }
    take(to, opc, dpc, numbers).await;
}

async fn take(to: &mut Side, opc: u32, dpc: u32, numbers: core::ops::Range<u32>) {
    let mut next: Vec<u32> = (numbers.start..numbers.start + 16).collect();
    for _ in numbers.clone() {
        let came = to.next_transfer().await;
        let number = u32::from_be_bytes(*came.data.first_chunk().unwrap());
        assert_eq!(came, transfer(opc, dpc, number));
        let expected = &mut next[((number - numbers.start) % 16) as usize];
        assert_eq!(number, *expected);
        *expected += 16;
    }
}

async fn until_down(side: &mut Side) -> DownReason {
    side.until(|event| match event {
        SignalingEvent::Association {
            state: AssociationState::Down(reason),
            ..
        } => Some(reason.clone()),
        _ => None,
    })
    .await
}

/// Requests that may wait: all that a test sends at once.
const QUEUE: usize = 10_000;
