//! `signaling:`, `simulator.gateways` and `admin:`.

use super::*;
use core::time::Duration;
use trunkline_m3ua::{Quirks, TrafficMode};
use trunkline_model::NetworkIndicator;
use trunkline_signaling::{Audit, PeerConfig, Role, SctpTimers, Transport, WayVia};

/// The default file with other lines instead of those of its only gateway.
fn with_peers(lines: &str) -> String {
    let start = DEFAULT.find("    simulator:\n").unwrap();
    let end = DEFAULT.find("# Files of variants of ISUP").unwrap();
    format!("{}{lines}\n{}", &DEFAULT[..start], &DEFAULT[end..])
}

fn read_text(text: &str) -> Settings {
    read(Path::new("test.yaml"), text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn said(text: &str) -> String {
    match read(Path::new("test.yaml"), text) {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string(),
    }
}

fn peer<'a>(settings: &'a Settings, name: &str) -> &'a PeerConfig {
    let peers = &settings.signaling.peers;
    peers.iter().find(|peer| peer.name == name).unwrap()
}

/// The ways to a destination: over whom (nobody for those who serve it), and the priority.
fn ways(settings: &Settings, code: &str) -> Vec<(Option<String>, usize, u8)> {
    let code = settings.point_code_format.parse(code).unwrap();
    let routes = &settings.signaling.routes;
    let route = routes.iter().find(|route| route.dpc == code).unwrap();
    let ways = route.ways.iter().map(|way| match &way.via {
        WayVia::Served => (None, 0, way.priority),
        WayVia::Peer {
            name,
            application_server,
        } => (Some(name.clone()), *application_server, way.priority),
    });
    ways.collect()
}

#[test]
fn what_is_left_out_is_as_usual() {
    let settings = read_text(&with_peers(
        "    stp: { remote: \"192.0.2.1:2905\", destinations: [2-100-2] }",
    ));
    let stp = peer(&settings, "stp");
    assert_eq!((stp.role, stp.transport), (Role::Asp, Transport::Auto));
    assert!(stp.initiate);
    assert_eq!(stp.local, ["0.0.0.0:0".parse().unwrap()]);
    assert_eq!((stp.audit, stp.quirks), (Audit::Ask, Quirks::default()));
    assert_eq!(stp.sctp, SctpTimers::default());
    let server = &stp.application_servers[..];
    assert_eq!(server.len(), 1);
    assert_eq!(server[0].traffic_mode, Some(TrafficMode::Loadshare));
    assert_eq!(server[0].routing_context, None);
    let only = (Some("stp".to_owned()), 0, 0);
    assert_eq!(ways(&settings, "2-100-2"), [only]);
}

#[test]
fn everything_of_a_gateway_can_be_said() {
    let settings = read_text(&with_peers(
        r#"    stp:
      role: asp
      transport: kernel
      local: ["192.0.2.10:2905", "198.51.100.10:2905"]
      remote: ["203.0.113.1:2905", "203.0.113.129:2905"]
      asp_identifier: 9
      audit: insist
      quirks: [no-notify, any-stream]
      sctp: { rto_max: 3000, max_path_retransmissions: 5 }
      priority: 3
      application_servers:
        - { routing_context: 1, traffic_mode: override, standby: true }
        - { network_appearance: 8, register: { service_indicators: [5] } }
      destinations: [4898, { point_code: 2-100-2, priority: 4, application_server: 1 }, 2-100-3]
    other: { remote: "203.0.113.2:2905", audit: off, destinations: [2-100-2] }"#,
    ));
    let stp = peer(&settings, "stp");
    assert_eq!((stp.local.len(), stp.remote.len()), (2, 2));
    assert_eq!((stp.audit, stp.asp_identifier), (Audit::Insist, Some(9)));
    assert_eq!(peer(&settings, "other").audit, Audit::Off);
    assert!(stp.quirks.no_notify && stp.quirks.any_stream && !stp.quirks.daud_while_inactive);
    assert_eq!(stp.sctp.rto_max, Duration::from_secs(3));
    assert_eq!(stp.sctp.max_path_retransmissions, 5);
    assert_eq!(stp.sctp.rto_min, SctpTimers::default().rto_min);
    let [first, second] = &stp.application_servers[..] else {
        panic!("{:?}", stp.application_servers)
    };
    assert!(first.standby && first.registration.is_none());
    assert_eq!(first.traffic_mode, Some(TrafficMode::Override));
    let key = second.registration.as_ref().unwrap();
    assert_eq!(key.network_appearance, Some(8));
    let ours = settings.signaling.point_codes[0].point_code;
    assert_eq!(key.destinations[0].dpc.point_code, ours);
    assert_eq!(key.destinations[0].service_indicators, [5]);
    let over = |name: &str, server, priority| (Some(name.to_owned()), server, priority);
    let expected = [over("other", 0, 0), over("stp", 0, 3), over("stp", 1, 4)];
    assert_eq!(ways(&settings, "2-100-2"), expected);
    assert_eq!(ways(&settings, "2-100-3"), [over("stp", 0, 3)]);
}

#[test]
fn the_interconnection_example_is_what_its_comments_say() {
    let settings = load(&config("interconnect.example.yaml")).unwrap();
    let over = |name: &str, priority| (Some(name.to_owned()), 0, priority);
    let near = [over("stp1", 0), over("stp2", 0), over("stp3", 9)];
    assert_eq!(ways(&settings, "4-30-2"), near);
    let far = [over("stp1", 0), over("stp2", 1), over("stp3", 9)];
    assert_eq!(ways(&settings, "4-30-3"), far);
    assert_eq!(ways(&settings, "2-40-1"), [(None, 0, 0)]);
    assert_eq!(ways(&settings, "4-20-7"), [(None, 0, 0)]);

    let servers = &settings.signaling.application_servers;
    let contexts: Vec<_> = servers
        .iter()
        .map(|server| server.routing_context)
        .collect();
    assert_eq!(contexts, [Some(2), Some(200)]);
    assert_eq!(servers[1].traffic_mode, Some(TrafficMode::Override));
    assert_eq!(servers[1].routing_key.len(), 1);
    for name in ["hotel-a", "hotel-b"] {
        let hotel = peer(&settings, name);
        assert_eq!((hotel.role, hotel.initiate), (Role::Sgp, false));
        assert_eq!(hotel.serves, Some(vec![1]));
        assert!(hotel.application_servers.is_empty());
    }
    let abroad = peer(&settings, "abroad");
    assert_eq!(abroad.serves, Some(vec![0]));
    let asked = &abroad.application_servers;
    assert_eq!(asked[0].routing_context, Some(1));
    assert!(abroad.initiate);

    let groups = &settings.mgc.trunk_groups;
    let abroad = &groups.iter().find(|g| g.name == "abroad").unwrap().circuits;
    assert_eq!(settings.point_code_format.text(abroad.opc), "2-20-1");
    assert_eq!(abroad.ni, NetworkIndicator::International);
    let city = &groups.iter().find(|g| g.name == "city").unwrap().circuits;
    assert_eq!(settings.point_code_format.text(city.opc), "4-20-1");
    assert_eq!(city.ni, NetworkIndicator::National);
    assert_eq!(settings.signaling.listen[0].addresses.len(), 2);
}

#[test]
fn numbers_of_the_whole_signaling_are_taken() {
    let text = DEFAULT
        .replace("# streams: 17", "streams: 3")
        .replace("# queue: 16384", "queue: 10")
        .replace("# max_associations: 64", "max_associations: 5")
        .replace("# reconnect: { min: 500", "reconnect: { min: 100")
        .replace("# timers: { t_ack: 2000", "timers: { t_ack: 50")
        .replace("t_beat: 5000", "t_beat: 0")
        .replace("# sctp: { rto_initial: 1000", "sctp: { rto_initial: 300")
        .replace("# registration: {", "registration: {");
    let signaling = read_text(&text).signaling;
    assert_eq!((signaling.streams, signaling.queue), (3, 10));
    assert_eq!(signaling.max_associations, 5);
    assert_eq!(signaling.reconnect.min, Duration::from_millis(100));
    assert_eq!(signaling.m3ua.ack, Duration::from_millis(50));
    assert_eq!(signaling.m3ua.beat, Duration::ZERO);
    // Peers have those of the file.
    let initial = Duration::from_millis(300);
    assert_eq!(signaling.sctp.rto_initial, initial);
    assert_eq!(signaling.peers[0].sctp.rto_initial, initial);
    assert_eq!(signaling.registration.unwrap().max, 16);
}

#[test]
fn the_simulated_exchange_connects_to_an_stp_or_serves_or_both() {
    let line = "  # gateways:\n  #   stp: {";
    assert!(DEFAULT.contains(line));
    let both = DEFAULT.replace(line, "  gateways:\n    stp: {");
    let signaling = read_text(&both).simulator.unwrap().exchange.signaling;
    assert_eq!((signaling.listen.len(), signaling.peers.len()), (1, 1));
    assert_eq!(signaling.application_servers.len(), 1);
    assert_eq!(signaling.routes[0].ways.len(), 1);

    let listen = "  listen:\n    - { transport: udp-encapsulated, address: \"127.0.0.1:2905\", \
                  udp_port: 9899 }\n";
    let start = both.find("\nsimulator:").unwrap();
    assert!(both[start..].contains(listen));
    let alone = format!("{}{}", &both[..start], both[start..].replace(listen, ""));
    let signaling = read_text(&alone).simulator.unwrap().exchange.signaling;
    assert!(signaling.listen.is_empty() && signaling.application_servers.is_empty());
    let gateway = signaling.routes[0].dpc;
    assert_eq!(gateway.value(), 4897);

    let neither = format!(
        "{}{}",
        &DEFAULT[..start],
        DEFAULT[start..].replace(listen, "")
    );
    let said = said(&neither);
    assert!(
        said.contains("simulator: must have listen, gateways, or both"),
        "{said}"
    );
}

#[test]
fn an_exchange_may_register_instead_of_being_named() {
    let peers = "    asp: { role: sgp, remote: \"127.0.0.1:0\", transport: tcp }";
    let text = with_peers(peers).replace(
        "  # listen:\n  #   - { transport: udp",
        "  listen:\n    - { transport: tcp, address: \"127.0.0.1:2904\" }\n  #   - { transport: udp",
    );
    let without = said(&text);
    assert!(
        without.contains("destinations: must have at least one point code"),
        "{without}"
    );
    let settings = read_text(&text.replace("# registration: {", "registration: {"));
    assert_eq!(peer(&settings, "asp").serves, Some(vec![0]));
}

/// One peer of that YAML instead of the usual one.
fn peer_mistake(peer: &str) -> String {
    said(&with_peers(&format!("    stp: {{ {peer} }}")))
}

#[test]
fn a_mistake_of_a_peer_is_named_with_its_key() {
    const AT: &str = "remote: \"192.0.2.1:2905\", destinations: [2-100-2]";
    for (peer, expected) in [
        (
            "role: stp",
            "stp.role: \"stp\" is none of: asp, sgp, ipsp-client, ipsp-server, ipsp-double",
        ),
        ("transport: sctp", "stp.transport: \"sctp\" is none of: "),
        (
            "local: \"127.0.0.1\"",
            "stp.local: \"127.0.0.1\" is not an address and a port",
        ),
        (
            "local: [\"192.0.2.8:1\", \"192.0.2.9\"]",
            "stp.local[1]: \"192.0.2.9\" is not an address",
        ),
        (
            "local: [\"192.0.2.8:1\", \"192.0.2.9:2\"]",
            "stp.local: the addresses of one end of an association have one port",
        ),
        (
            "local: [\"192.0.2.8:1\", \"192.0.2.8:1\"]",
            "stp.local[1]: 192.0.2.8:1 is there twice",
        ),
        ("local: []", "stp.local: auto takes 1 to 8 addresses, got 0"),
        (
            "transport: raw-ip, local: [\"192.0.2.8:1\", \"192.0.2.9:1\"]",
            "stp.local: raw-ip takes one address, got 2",
        ),
        (
            "local: \"[::1]:1\"",
            "stp.remote: [::1]:1 and 192.0.2.1:2905 are not of the same address family",
        ),
        (
            "local: 5",
            "invalid type: integer `5`, expected one text, or a list of texts",
        ),
        (
            "initiate: false",
            "stp: it is to connect to us, but signaling.listen has nothing over auto",
        ),
        (
            "role: sgp, transport: kernel",
            "stp: it is to connect to us, but signaling.listen has nothing over kernel",
        ),
        (
            "transport: kernel, local_udp_port: 1",
            "stp.local_udp_port: goes with transport: udp-encapsulated only",
        ),
        (
            "traffic_mode: share",
            "stp.traffic_mode: \"share\" is none of: override, loadshare, broadcast",
        ),
        (
            "audit: true",
            "stp.audit: \"true\" is none of: ask, off, insist",
        ),
        (
            "role: ipsp-client, audit: ask",
            "stp.audit: goes with role: asp only",
        ),
        (
            "quirks: [no-notifies]",
            "stp.quirks[0]: \"no-notifies\" is none of: no-notify, daud-while-inactive, ",
        ),
        (
            "sctp: { rto_min: 0 }",
            "stp.sctp.rto_min: 0 is not between 1 and 600000",
        ),
        (
            "sctp: { rto_max: 500 }",
            "stp.sctp: rto_min (300ms), rto_initial (1s) and rto_max (500ms) must not be less",
        ),
        ("sctp: { heartbeats: 1 }", "unknown field `heartbeats`"),
        (
            "priority: 256",
            "stp.priority: 256 is not between 0 and 255",
        ),
        (
            "minimum_active: 2",
            "stp.minimum_active: goes with role: sgp, ipsp-server or ipsp-double only",
        ),
        (
            "demanded_asp_identifier: 2",
            "stp.demanded_asp_identifier: goes with role: sgp, ",
        ),
        (
            "application_servers: []",
            "stp.application_servers: must have at least one",
        ),
        (
            "routing_context: 1, application_servers: [{ routing_context: 2 }]",
            "stp.application_servers: routing_context then belongs into the list",
        ),
        (
            "application_servers: [{ routing_context: 2 }, { routing_context: 2 }]",
            "stp.application_servers[1].routing_context: another application server of this peer",
        ),
        (
            "application_servers: [{ routing_context: 2 }, { standby: true }]",
            "stp.application_servers[1]: must have a routing context where there are several",
        ),
        (
            "application_servers: [{ peer_routing_context: 2 }]",
            "stp.application_servers[0].peer_routing_context: goes with role: ipsp-double only",
        ),
        (
            "application_servers: [{ register: { point_codes: [2-100-7] } }]",
            "stp.application_servers[0].register.point_codes[0]: 4903 is not our point code",
        ),
        (
            "application_servers: [{ register: { service_indicators: [16] } }]",
            "register.service_indicators[0]: 16 is not between 3 and 15",
        ),
    ] {
        let said = peer_mistake(&format!("{AT}, {peer}"));
        assert!(
            said.contains(expected),
            "{peer}: {said}\nexpected {expected:?}"
        );
        assert_line(&said, "    stp: {");
    }
    for (peer, expected) in [
        (
            "remote: \"192.0.2.1:2905\"",
            "stp.destinations: must have at least one point code",
        ),
        (
            "remote: \"192.0.2.1:0\", destinations: [2-100-2]",
            "stp.remote: must have a port: we connect to it",
        ),
        (
            "remote: \"192.0.2.1:1\", destinations: [2-100-1, 2-100-2]",
            "stp.destinations[0]: is our own point code",
        ),
        (
            "remote: \"192.0.2.1:1\", destinations: [2-100-2, 2-300-1]",
            "stp.destinations[1]: \"2-300-1\" is no point code",
        ),
        (
            "remote: \"192.0.2.1:1\", destinations: [2-100-2, 2-100-2]",
            "stp.destinations: 4898 is there twice",
        ),
        (
            "remote: \"192.0.2.1:1\", destinations: [{ point_code: 2-100-2, priority: 999 }]",
            "stp.destinations[0].priority: 999 is not between 0 and 255",
        ),
        (
            "remote: \"192.0.2.1:1\", destinations: [{ point_code: 2-100-2, application_server: 1 }]",
            "stp.destinations[0].application_server: 1 is not between 0 and 0",
        ),
        (
            "remote: \"192.0.2.1:1\", destinations: [{ code: 2-100-2 }]",
            "unknown field `code`",
        ),
    ] {
        let said = peer_mistake(peer);
        assert!(
            said.contains(expected),
            "{peer}: {said}\nexpected {expected:?}"
        );
        assert_line(&said, "    stp: {");
    }
}

/// What was said first names the line of the file that begins so.
#[track_caller]
fn assert_line(said: &str, line: &str) {
    let before = with_peers("    stp: {}");
    let number = before.lines().position(|l| l.starts_with(line)).unwrap() + 1;
    let named = said.split(':').nth(1).and_then(|line| line.parse().ok());
    assert_eq!(named, Some(number), "{said}");
}

#[test]
fn peers_that_serve_one_application_server_agree() {
    let listen = "  # listen:\n  #   - { transport: udp";
    let text = |one: &str, other: &str| {
        let peer = |name: &str, host: u8, more: &str| {
            format!(
                "    {name}: {{ role: sgp, transport: tcp, remote: \"192.0.2.{host}:0\", {more} }}\n"
            )
        };
        let peers = peer("a", 1, one) + &peer("b", 2, other);
        with_peers(&peers).replace(
            listen,
            "  listen:\n    - { transport: tcp, address: \"192.0.2.9:2904\" }\n  #   - { transport: udp",
        )
    };
    const TO: &str = "destinations: [2-100-2]";
    let one = format!("routing_context: 1, traffic_mode: override, minimum_active: 2, {TO}");
    let settings = read_text(&text(&one, &format!("routing_context: 1, {TO}")));
    let servers = &settings.signaling.application_servers;
    assert_eq!((servers.len(), servers[0].minimum_active), (1, 2));
    // Without a routing context, the destinations tell.
    let settings = read_text(&text(TO, TO));
    assert_eq!(settings.signaling.application_servers.len(), 1);
    let settings = read_text(&text(TO, "destinations: [2-100-5]"));
    assert_eq!(settings.signaling.application_servers.len(), 2);
    assert_eq!(peer(&settings, "b").serves, Some(vec![1]));

    for (other, expected) in [
        (
            "routing_context: 1, traffic_mode: loadshare, ",
            "b.traffic_mode: loadshare, but another peer says override",
        ),
        (
            "routing_context: 1, minimum_active: 3, ",
            "b.minimum_active: 3, but another peer says 2 of the same application server",
        ),
        (
            "routing_context: 2, ",
            "signaling.gateways: two application servers have 4898 as a destination",
        ),
        (
            "routing_context: 1, priority: 1, ",
            "b.destinations: 4898 has priority 0 at another peer that serves it",
        ),
        (
            "routing_context: 1, application_servers: [{ standby: true }], ",
            "b.application_servers[0].standby: goes with role: asp, ipsp-client or ipsp-double",
        ),
    ] {
        let said = said(&text(&one, &format!("{other}{TO}")));
        assert!(said.contains(expected), "{said}\nexpected {expected:?}");
    }
    let same = with_peers(
        "    a: { remote: \"192.0.2.1:1\", local: \"192.0.2.9:1\", destinations: [2-100-2] }\n    \
         b: { remote: \"192.0.2.1:1\", local: \"192.0.2.9:1\", destinations: [2-100-2] }",
    );
    let said = said(&same);
    assert!(
        said.contains("signaling.gateways.b: \"a\" has the same addresses and ports"),
        "{said}"
    );
}

#[test]
fn a_mistake_of_the_whole_signaling_is_named_with_line_and_key() {
    for (from, to, expected) in [
        (
            "# further_point_codes: [2-100-3,",
            "further_point_codes: [2-100-1,",
            "signaling.further_point_codes[0]: 4897 is there twice",
        ),
        (
            "# further_point_codes: [2-100-3,",
            "further_point_codes: [x,",
            "signaling.further_point_codes[0]: \"x\" is no point code",
        ),
        (
            "# further_point_codes: [2-100-3, { point_code: 2-100-4, network_indicator: international }]",
            "further_point_codes: [{ point_code: 2-100-4, network_indicator: abroad }]",
            "signaling.further_point_codes[0].network_indicator: \"abroad\" is none of",
        ),
        (
            "# listen:\n  #   - { transport: udp-encapsulated, address: \"127.0.0.1:2904\", udp_port: 9901 }",
            "listen:\n    - { transport: udp-encapsulated }",
            "signaling.listen[0]: must have either address or addresses",
        ),
        (
            "# listen:\n  #   - { transport: udp-encapsulated, address: \"127.0.0.1:2904\", udp_port: 9901 }",
            "listen:\n    - { transport: tcp, addresses: [\"127.0.0.1:1\", \"127.0.0.2:1\"] }",
            "signaling.listen[0].addresses: tcp takes one address, got 2",
        ),
        (
            "# listen:\n  #   - { transport: udp-encapsulated, address: \"127.0.0.1:2904\", udp_port: 9901 }",
            "listen:\n    - { transport: tcp, address: \"127.0.0.1:1\", udp_port: 1 }",
            "signaling.listen[0].udp_port: goes with transport: udp-encapsulated only",
        ),
        (
            "# registration: { first_routing_context: 1000, max: 16 }",
            "registration: { max: 16 }",
            "missing field `first_routing_context`",
        ),
        (
            "# registration: { first_routing_context: 1000, max: 16 }",
            "registration: { first_routing_context: 1, max: 99999 }",
            "signaling.registration.max: 99999 is not between 0 and 10000",
        ),
        (
            "# timers: { t_ack: 2000",
            "timers: { t_ack: 0",
            "signaling.timers.t_ack: 0 is not between 1 and 600000",
        ),
        (
            "# timers: { t_ack: 2000",
            "timers: { ack: 2000",
            "unknown field `ack`",
        ),
        (
            "# sctp: { rto_initial: 1000",
            "sctp: { rto_initial: many",
            "expected a whole number",
        ),
        (
            "max_init_retransmissions: 2 }",
            "max_init_retransmissions: 2 }\n  sctp: { max_retransmissions: 0 }",
            "signaling.sctp.max_retransmissions: 0 is not between 1 and 100",
        ),
        (
            "# reconnect: { min: 500, max: 10000 }",
            "reconnect: { min: 500, max: 400 }",
            "signaling.reconnect: min (500ms) is above max (400ms)",
        ),
        (
            "# streams: 17",
            "streams: 1",
            "signaling.streams: 1 is not between 2 and 65535",
        ),
        (
            "# queue: 16384",
            "queue: 0",
            "signaling.queue: 0 is not between 1",
        ),
        (
            "# max_associations: 64",
            "max_associations: 0",
            "signaling.max_associations: 0 is not between 1",
        ),
        (
            "# own_point_code: 2-100-1",
            "own_point_code: 2-100-7",
            "trunk_groups[0].own_point_code: 4903 is neither signaling.point_code nor one of",
        ),
        (
            "# token_file: admin.token",
            "token_file: no.token",
            "admin.token_file: no.token: No such file",
        ),
        (
            "listen: \"127.0.0.1:9090\"",
            "listen: \"9090\"",
            "admin.listen: \"9090\" is not an address and a port",
        ),
    ] {
        assert_names(&mistake(from, to), "test.yaml", DEFAULT, from, expected);
    }
}

#[test]
fn tokens_are_long_and_plain_and_not_shown() {
    let folder = Folder::new("tokens");
    let text = DEFAULT.replace("# token_file: admin.token", "token_file: admin.token");
    let admin = folder.read(&text).unwrap().admin.unwrap();
    assert_eq!(admin.token.as_ref().unwrap().as_str(), "0123456789abcdef");
    assert!(!format!("{admin:?}").contains("0123"));
    for bad in [
        "",
        "short",
        "0123456789 abcdef",
        "0123456789abcdef\nmore",
        &"x".repeat(513),
    ] {
        std::fs::write(folder.0.join("admin.token"), bad).unwrap();
        let said = folder.read(&text).unwrap_err().to_string();
        assert!(said.contains("admin.token_file: "), "{said}");
        assert!(said.contains("expected one token of 16 to 512"), "{said}");
        assert!(bad.is_empty() || !said.contains(bad), "{said}");
    }
}

#[test]
fn who_asks_a_running_process_needs_no_secret_of_it() {
    let text = DEFAULT
        .replace("# token_file: admin.token", "token_file: unreadable.token")
        .replace("profile: rfc3398 ", "profile: unknown ");
    let reached = reached_by(Path::new("/etc/trunkline.yaml"), &text).unwrap();
    assert_eq!(reached.listen.port(), 9090);
    let file = reached.token_file.unwrap();
    assert_eq!(file, Path::new("/etc/unreadable.token"));
    let start = DEFAULT.find("admin:\n").unwrap();
    let end = DEFAULT.find("limits:\n").unwrap();
    let without = format!("{}{}", &DEFAULT[..start], &DEFAULT[end..]);
    let said = reached_by(Path::new("a.yaml"), &without)
        .unwrap_err()
        .to_string();
    assert_eq!(
        said,
        "a.yaml: admin: is not there, so a program with this file cannot be asked"
    );
}
