//! Traffic over one path and over two.

use super::*;
use std::collections::BTreeMap;
use std::process::Command;
use trunkline_signaling::WayState;

#[test]
fn five_thousand_each_way_and_a_path_is_cut() {
    with_sctp_and_folder(
        |folder| async move {
            let network = Network::new();
            let captures = [1, 2].map(|net| network.capture(net, &folder.join(file(net))));
            let mut config = asp();
            config.peers[0].sctp = pair::quick();
            let mut other = gateway();
            other.sctp = pair::quick();
            let (mut asp, mut gateway) = pair(&network, config, other).await;
            send(&asp, &mut gateway, ASP, EXCHANGE, 0..5000).await;
            send(&gateway, &mut asp, EXCHANGE, ASP, 0..5000).await;

            network.silence(1, true);
            send(&asp, &mut gateway, ASP, EXCHANGE, 5000..6000).await;
            send(&gateway, &mut asp, EXCHANGE, ASP, 5000..6000).await;
            until_path(&mut asp, "10.0.1.2", false).await;
            until_path(&mut gateway, "10.0.1.1", false).await;
            network.silence(1, false);
            until_path(&mut asp, "10.0.1.2", true).await;
            until_path(&mut gateway, "10.0.1.1", true).await;
            send(&asp, &mut gateway, ASP, EXCHANGE, 6000..7000).await;

            asp.handle.shutdown();
            asp.until_end().await;
            assert_eq!(until_down(&mut gateway).await, DownReason::Peer);
            captures.into_iter().for_each(network::Capture::stop);
        },
        |folder| {
            let files = [1, 2].map(|net| folder.join(file(net)));
            let data: Vec<usize> = files.iter().map(|file| data_in(file)).collect();
            for file in files {
                std::fs::remove_file(file).unwrap();
            }
            // A capture may miss some when much comes at once; the messages all came.
            assert!(data[0] >= 1000 && data[1] >= 1000, "{data:?}");
        },
    );
}

fn file(net: usize) -> String {
    format!("net{net}.pcap")
}

/// Waits until a path is in that state.
async fn until_path(side: &mut Side, wanted: &str, state: bool) {
    let told = |event: &SignalingEvent| match event {
        SignalingEvent::Path { address, up, .. } if address.to_string() == wanted => Some(*up),
        _ => None,
    };
    if side.seen().iter().rev().find_map(told) != Some(state) {
        side.until(|event| (told(event) == Some(state)).then_some(()))
            .await;
    }
}

/// Fields of the packets of a capture that tshark (Debian: tshark) finds with a filter.
pub(crate) fn tshark(file: &Path, filter: &str, fields: &[&str]) -> String {
    let mut command = Command::new("tshark");
    command.arg("-r").arg(file).args(["-Y", filter]);
    command.args(["-o", "sctp.checksum:CRC 32c", "-T", "fields"]);
    // What the messages here carry is none.
    command.args(["--disable-protocol", "isup"]);
    for field in fields {
        command.args(["-e", field]);
    }
    let output = command
        .output()
        .expect("tshark: apt-get install --no-install-recommends tshark");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// How many DATA messages of M3UA tshark finds in a capture. It must find nothing
/// malformed, management on stream 0 and DATA on the others.
pub(crate) fn data_in(file: &Path) -> usize {
    let tshark = |filter: &str, fields: &[&str]| tshark(file, filter, fields);
    let malformed = tshark("_ws.malformed", &["frame.number"]);
    assert_eq!(malformed, "");
    let strange = "sctp.chunk_type == 0 && sctp.data_payload_proto_id != 3";
    assert_eq!(tshark(strange, &["frame.number"]), "");
    let mut data = 0;
    for line in tshark("m3ua", &["m3ua.message_class", "sctp.data_sid"]).lines() {
        let (classes, streams) = line.split_once('\t').unwrap();
        for (class, stream) in classes.split(',').zip(streams.split(',')) {
            let stream = u16::from_str_radix(stream.trim_start_matches("0x"), 16).unwrap();
            assert_eq!(class == "1", stream != 0, "{line}");
            data += usize::from(class == "1");
        }
    }
    data
}

#[test]
fn ipv6_and_one_path() {
    with_sctp(async {
        let network = Network::new();
        let mut other = gateway();
        other.listen[0].addresses = vec!["[fd00:2::2]:2905".parse().unwrap()];
        other.admission = Admission::Addresses(vec!["fd00:2::1".parse().unwrap()]);
        let peer = PeerConfig::new(
            "sg",
            Transport::Auto,
            "[fd00:2::1]:0".parse().unwrap(),
            "[fd00:2::2]:2905".parse().unwrap(),
        );
        let (mut asp, mut gateway) = pair(&network, asp_config(vec![peer]), other).await;
        send(&asp, &mut gateway, ASP, EXCHANGE, 0..100).await;
        send(&gateway, &mut asp, EXCHANGE, ASP, 0..100).await;
    });
}

/// Two gateways in front of the same exchange, each over a network of its own. One network falls
/// silent under traffic: what was not acknowledged goes over the other.
#[test]
fn what_one_association_loses_the_other_carries() {
    with_sctp(async {
        let network = Network::new();
        let mut gateways = Vec::new();
        let mut peers = Vec::new();
        for (at, name) in ["one", "two"].into_iter().enumerate() {
            let mut config = gateway();
            config.listen = vec![ListenConfig {
                transport: Transport::Kernel,
                addresses: vec![addresses(2, 2905)[at]],
            }];
            config.sctp = pair::quick();
            gateways.push(Side::new(network.on(2, || spawn(config, None))));
            let local = addresses(1, 0)[at];
            let remote = addresses(2, 2905)[at];
            let mut peer = PeerConfig::new(name, Transport::Kernel, local, remote);
            peer.sctp = pair::quick();
            peers.push(peer);
        }
        let mut config = asp_config(peers);
        config.queue = QUEUE;
        let mut asp = Side::new(network.on(1, || spawn(config, None)));
        for _ in 0..2 {
            asp.until(|event| match event {
                SignalingEvent::Destination { state, .. } => {
                    (*state == WayState::Available).then_some(())
                }
                _ => None,
            })
            .await;
        }
        let number = |event: &SignalingEvent| match event {
            SignalingEvent::Mtp(MtpIndication::Transfer(transfer)) => {
                Some(u32::from_be_bytes(*transfer.data.first_chunk().unwrap()))
            }
            _ => None,
        };
        let [one, two] = &mut gateways[..] else {
            unreachable!();
        };
        let mut came = BTreeMap::new();
        for number in 0..2000 {
            asp.handle.transfer(transfer(ASP, EXCHANGE, number));
        }
        // Some went over the first already.
        *came.entry(one.until(number).await).or_insert(0) += 1;
        network.silence(1, true);
        for number in 2000..4000 {
            asp.handle.transfer(transfer(ASP, EXCHANGE, number));
        }
        let rerouted = asp
            .until(|event| match event {
                SignalingEvent::Rerouted { messages, .. } => Some(*messages),
                _ => None,
            })
            .await;
        assert!(rerouted > 0);
        loop {
            while let Ok(event) = one.events.try_recv() {
                if let Some(number) = number(&event) {
                    *came.entry(number).or_insert(0) += 1;
                }
            }
            if came.len() == 4000 {
                break;
            }
            *came.entry(two.until(number).await).or_insert(0) += 1;
        }
        // What arrived, but was not acknowledged any more.
        let twice = came.values().filter(|count| **count > 1).count();
        assert!(twice <= rerouted, "{twice} of {rerouted}");
    });
}
