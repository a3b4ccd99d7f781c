//! Multi-homing: paths that fail and come back.

use super::*;

/// All that is said of paths as the association begins: both work, the second after its first
/// HEARTBEAT.
fn both_paths_work(host: &mut Host, other: usize) {
    host.until_path(&format!("10.0.1.{other}"), true);
    host.until_path(&format!("10.0.2.{other}"), true);
}

fn talk(client: &mut Host, server: &mut Host, id: AssociationId) {
    client.send(CLIENT, 1, b"ask".to_vec());
    assert_eq!(server.until_message(), (1, b"ask".to_vec()));
    server.send(id, 1, b"answer".to_vec());
    assert_eq!(client.until_message(), (1, b"answer".to_vec()));
}

#[test]
fn traffic_goes_on_when_the_primary_path_is_cut() {
    with_sctp(|| {
        let network = Network::new();
        let (client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
        let (mut client, mut server, id) = pair(&network, client, server);
        both_paths_work(&mut client, 2);
        both_paths_work(&mut server, 1);
        network.silence(1, true);
        talk(&mut client, &mut server, id);
        client.until_path("10.0.1.2", false);
        server.until_path("10.0.1.1", false);
        talk(&mut client, &mut server, id);
        network.silence(1, false);
        client.until_path("10.0.1.2", true);
        server.until_path("10.0.1.1", true);
        network.silence(2, true);
        client.until_path("10.0.2.2", false);
        server.until_path("10.0.2.1", false);
        talk(&mut client, &mut server, id);
    });
}

#[test]
fn traffic_goes_on_when_a_cable_is_pulled() {
    with_sctp(|| {
        let network = Network::new();
        let (client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
        let (mut client, mut server, id) = pair(&network, client, server);
        both_paths_work(&mut client, 2);
        both_paths_work(&mut server, 1);
        network.link(1, 1, false);
        talk(&mut client, &mut server, id);
        client.until_path("10.0.1.2", false);
        talk(&mut client, &mut server, id);
        network.link(1, 1, true);
        client.until_path("10.0.1.2", true);
        talk(&mut client, &mut server, id);
    });
}

/// Both families in both networks: four paths.
#[test]
fn ipv4_and_ipv6_make_one_association() {
    with_sctp(|| {
        let network = Network::new();
        let (client, server) = plans(addresses(1, 0), addresses(2, PORT));
        let (mut client, mut server, id) = pair(&network, client, server);
        for address in addresses(2, 0) {
            client.until_path(&address.ip().to_string(), true);
        }
        network.silence(1, true);
        let mut failed = Vec::new();
        while failed.len() < 2 {
            failed.push(client.until(|_, event| match event {
                AssociationEvent::Path { address, up: false } => Some(address.to_string()),
                _ => None,
            }));
        }
        failed.sort();
        assert_eq!(failed, ["10.0.1.2", "fd00:1::2"]);
        talk(&mut client, &mut server, id);
    });
}

/// What was on its way over a path that falls silent arrives once and in order over the other.
#[test]
fn nothing_is_lost_with_a_path() {
    with_sctp(|| {
        let network = Network::new();
        let (client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
        let (client, mut server, _) = pair(&network, client, server);
        both_paths_work(&mut server, 1);
        for number in 0..3000 {
            if number == 1000 {
                network.silence(1, true);
            }
            let (stream, data) = numbered(number, 80);
            client.send(CLIENT, stream, data);
        }
        server.until_numbered(0..3000, 80);
    });
}
