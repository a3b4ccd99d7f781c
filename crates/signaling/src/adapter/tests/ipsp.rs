//! Two IPSPs: traffic among equals (RFC 4666 4.3, 5.6).

use super::*;
use crate::config::{Role, WayVia, application_server};

/// Makes the side at the associations what an IPSP waits for.
fn awaiting(config: &mut Config, role: Role) {
    let address = "127.0.0.1:0".parse().unwrap();
    let mut peer = PeerConfig::new("left", Transport::RawIp, address, address);
    peer.role = role;
    peer.initiate = false;
    config.peers.push(peer);
    config.admission = crate::Admission::Configured;
}

#[test]
fn single_exchange_makes_both_ends_active() {
    let mut net = Net::with(
        1,
        |config| config.peers[0].role = Role::IpspClient,
        |config| awaiting(config, Role::IpspServer),
    );
    net.run();
    let requests: Vec<&String> = net.ladder.iter().filter(|l| l.starts_with('>')).collect();
    assert_eq!(requests, ["> ASPUP", "> ASPAC"]);
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
    assert_eq!(net.sgp_indications(0), [MtpIndication::Resume(pc(1))]);

    net.forget();
    net.transfer(to_exchange(3));
    let back = from_exchange(1);
    net.sgps[0].handle(net.now, Input::Transfer(back.clone()));
    net.run();
    let there = MtpIndication::Transfer(to_exchange(3));
    assert_eq!(net.sgp_indications(0), [there]);
    assert_eq!(net.asp_indications(), [MtpIndication::Transfer(back)]);
}

#[test]
fn double_exchange_goes_both_ways_each_with_its_own_routing_context() {
    let mut net = Net::with(
        1,
        |config| {
            config.peers[0].role = Role::IpspDouble;
            config.application_servers = vec![application_server(Some(8), pc(2))];
            config.routes[0].ways[0].via = WayVia::Served;
        },
        |config| {
            awaiting(config, Role::IpspDouble);
            config.peers[0].application_servers[0].routing_context = Some(8);
        },
    );
    net.run();
    for direction in ['>', '<'] {
        for message in ["ASPUP", "ASPUP_ACK", "ASPAC", "ASPAC_ACK"] {
            let line = format!("{direction} {message}");
            let count = net.ladder.iter().filter(|l| **l == line).count();
            assert_eq!(count, 1, "{line} in {:?}", net.ladder);
        }
    }
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
    assert_eq!(net.sgp_indications(0), [MtpIndication::Resume(pc(1))]);

    net.forget();
    net.transfer(to_exchange(3));
    let back = from_exchange(1);
    net.sgps[0].handle(net.now, Input::Transfer(back.clone()));
    net.run();
    let there = MtpIndication::Transfer(to_exchange(3));
    assert_eq!(net.sgp_indications(0), [there]);
    assert_eq!(net.asp_indications(), [MtpIndication::Transfer(back)]);
    assert_eq!(net.ladder.len(), 2);
}
