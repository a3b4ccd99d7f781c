//! The kernel's SCTP and our own in user space, as peers.

use super::*;
use std::process::Command;
use traffic::{data_in, tshark};
use trunkline_model::mtp::MtpTransfer;

/// A kernel that encapsulates (RFC 6951), as Linux does since 5.11, and ours.
#[test]
fn asp_in_user_space_and_gateway_of_the_kernel() {
    with_sctp(async {
        let network = Network::new();
        network.on(2, encapsulate);
        let mut gateway = Side::new(network.on(2, || spawn(gateway(), None)));
        let mut config = asp();
        config.peers[0] = PeerConfig::new(
            "sg",
            Transport::UDP_ENCAPSULATED,
            addresses(1, 2906)[0],
            addresses(2, 2905)[0],
        );
        let mut asp = Side::new(network.on(1, || spawn(config, None)));
        asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
        gateway.until_mtp(MtpIndication::Resume(pc(ASP))).await;
        talk_and_end(&mut asp, &mut gateway).await;
    });
}

#[test]
fn asp_of_the_kernel_and_gateway_in_user_space() {
    with_sctp(async {
        let network = Network::new();
        network.on(1, encapsulate);
        let mut config = gateway();
        config.listen = vec![ListenConfig {
            transport: Transport::UDP_ENCAPSULATED,
            addresses: vec![addresses(2, 2905)[0]],
        }];
        let mut gateway = Side::new(network.on(2, || spawn(config, None)));
        let mut config = asp();
        config.peers[0].remote.truncate(1);
        config.peers[0].local.truncate(1);
        let mut asp = Side::new(network.on(1, || spawn(config, None)));
        asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
        gateway.until_mtp(MtpIndication::Resume(pc(ASP))).await;
        talk_and_end(&mut asp, &mut gateway).await;
    });
}

/// Raw IP on this machine, whose kernel has no SCTP that would answer for itself, and the kernel
/// of the guest, which gives back all that it gets. A tap device is between them.
#[test]
fn asp_on_raw_ip_and_gateway_of_the_kernel() {
    let part = std::env::var(PART);
    let folder = std::env::temp_dir().join(format!("trunkline-raw-{}", std::process::id()));
    match part.as_deref() {
        Ok("gateway") => block_on(echo_as_gateway()),
        Ok(file) => block_on(talk_over_raw_ip(Path::new(file))),
        Err(_) if guest::has_sctp() => {
            eprintln!("NOT RUN: this kernel has SCTP, which aborts associations in user space");
        }
        Err(_) => {
            std::fs::create_dir_all(&folder).unwrap();
            let file = folder.join("raw.pcap");
            let mut command = Command::new("unshare");
            command
                .args(["--net", "--"])
                .arg(std::env::current_exe().unwrap());
            command
                .args(["--exact", TEST, "--nocapture"])
                .env(PART, &file);
            let output = command.output().unwrap();
            let printed = String::from_utf8_lossy(&output.stdout);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{printed}\n{errors}");
            assert!(printed.contains("1 passed"), "{printed}");
            let wrong = "sctp && !(sctp.checksum.status == 1)";
            assert_eq!(tshark(&file, wrong, &["frame.number"]), "");
            assert!(data_in(&file) >= 4000);
            std::fs::remove_dir_all(folder).unwrap();
        }
    }
}

fn block_on(part: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(part);
}

/// Here, in a network namespace of its own.
async fn talk_over_raw_ip(file: &Path) {
    network::run("ip", &["tuntap", "add", "dev", TAP, "mode", "tap"], "");
    network::run("ip", &["address", "add", "10.0.1.1/24", "dev", TAP], "");
    network::run("ip", &["link", "set", TAP, "up"], "");
    let capture = network::Capture::start(Command::new("tcpdump"), TAP, file);
    let mut guest = Command::new(guest::SCRIPT)
        .args(["--timeout", "100", "--tap", TAP, "--"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", TEST, "--nocapture"])
        .env(PART, "gateway")
        .spawn()
        .unwrap();
    let mut config = asp();
    config.peers[0].transport = Transport::RawIp;
    config.peers[0].local.truncate(1);
    config.peers[0].remote.truncate(1);
    let mut asp = Side::new(spawn(config, None));
    asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
    for number in 0..2000 {
        asp.handle.transfer(transfer(ASP, EXCHANGE, number));
    }
    take(&mut asp, EXCHANGE, ASP, 0..2000).await;
    asp.handle.shutdown();
    asp.until_end().await;
    assert!(guest.wait().unwrap().success());
    capture.stop();
}

/// In the guest.
async fn echo_as_gateway() {
    network::run("ip", &["address", "add", "10.0.1.2/24", "dev", "vec0"], "");
    network::run("ip", &["link", "set", "vec0", "up"], "");
    let mut config = gateway();
    config.listen[0].addresses.truncate(1);
    let mut gateway = Side::new(spawn(config, None));
    for _ in 0..2000 {
        let came = gateway.next_transfer().await;
        gateway.handle.transfer(MtpTransfer {
            opc: came.dpc,
            dpc: came.opc,
            ..came
        });
    }
    assert_eq!(until_down(&mut gateway).await, DownReason::Peer);
}

const TEST: &str = "user_space::asp_on_raw_ip_and_gateway_of_the_kernel";

/// Names the part, or the capture file for the part that writes it.
const PART: &str = "TRUNKLINE_RAW_PART";
const TAP: &str = "raw";

async fn talk_and_end(asp: &mut Side, gateway: &mut Side) {
    send(asp, gateway, ASP, EXCHANGE, 0..5000).await;
    send(gateway, asp, EXCHANGE, ASP, 0..5000).await;
    asp.handle.shutdown();
    assert_eq!(until_down(gateway).await, DownReason::Peer);
    asp.handle.stopped().await;
}

/// Lets the kernel send and take SCTP in UDP, in the namespace of this thread.
fn encapsulate() {
    for setting in ["udp_port", "encap_port"] {
        let path = format!("/proc/sys/net/sctp/{setting}");
        std::fs::write(path, "9899").unwrap();
    }
}
