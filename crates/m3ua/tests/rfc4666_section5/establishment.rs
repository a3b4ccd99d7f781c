//! 5.1 Establishment of association and traffic between SGPs and ASPs.

use super::ladder::{ACK, Net, RECOVERY, application_server, gateway, key};
use std::ops::RangeInclusive;
use trunkline_m3ua::sgp::{self, Registration};
use trunkline_m3ua::{AspState, TrafficMode, asp};

/// An ASP that registers for application servers 1 to n, and a gateway that lets it have `max`.
fn registering(servers: u32, max: usize) -> Net {
    Net::new(registration(max), vec![registrant(1..=servers)])
}

/// A gateway that registers as many application servers, of routing contexts from 11 on.
fn registration(max: usize) -> sgp::Settings {
    sgp::Settings {
        registration: Some(Registration {
            first_routing_context: 11,
            max,
        }),
        ..gateway(Vec::new())
    }
}

fn registrant(servers: RangeInclusive<u32>) -> asp::Settings {
    let servers = servers.map(|n| asp::AsSettings {
        registration: Some(key(n)),
        ..asp::AsSettings::default()
    });
    asp::Settings {
        application_servers: servers.collect(),
        ..asp::Settings::default()
    }
}

#[test]
fn section_5_1_1_1_single_asp_no_registration() {
    let asp = asp::Settings {
        application_servers: vec![asp::AsSettings {
            routing_context: Some(1),
            ..asp::AsSettings::default()
        }],
        ..asp::Settings::default()
    };
    let mut net = Net::new(gateway(vec![application_server(1)]), vec![asp]);
    net.connect(0);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPUP <- ASP1",
            "SGP -> ASPUP_ACK -> ASP1",
            "SGP -> NTFY AS-INACTIVE (1) -> ASP1",
            "SGP <- ASPAC (1) <- ASP1",
            "SGP -> ASPAC_ACK (1) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP1",
        ]
    );
    assert!(net.asps[0].carries_traffic(0));
}

/// "For an unknown RC value, the SGP responds with an Error message."
#[test]
fn section_5_1_1_1_unknown_routing_context() {
    let asp = asp::Settings {
        application_servers: vec![asp::AsSettings {
            routing_context: Some(2),
            ..asp::AsSettings::default()
        }],
        ..asp::Settings::default()
    };
    let mut net = Net::new(gateway(vec![application_server(1)]), vec![asp]);
    net.connect(0);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPUP <- ASP1",
            "SGP -> ASPUP_ACK -> ASP1",
            "SGP -> NTFY AS-INACTIVE (1) -> ASP1",
            "SGP <- ASPAC (2) <- ASP1",
            "SGP -> ERR No Configured AS for ASP (0x1a) -> ASP1",
        ]
    );
}

#[test]
fn section_5_1_1_2_single_asp_dynamic_registration() {
    let mut net = registering(1, 1);
    net.connect(0);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPUP <- ASP1",
            "SGP -> ASPUP_ACK -> ASP1",
            "SGP <- REG_REQ {1, to 101} <- ASP1",
            "SGP -> REG_RSP {1, 11} -> ASP1",
            "SGP -> NTFY AS-INACTIVE (11) -> ASP1",
            "SGP <- ASPAC (11) <- ASP1",
            "SGP -> ASPAC_ACK (11) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (11) -> ASP1",
        ]
    );
}

/// "In the case of an unsuccessful registration attempt ... the ASP will not subsequently send
/// an ASP Active message."
#[test]
fn section_5_1_1_2_unsuccessful_registration() {
    let mut net = registering(1, 0);
    net.connect(0);
    let refused = "SGP -> REG_RSP {1, Error - Routing Key not Currently Provisioned (7)} -> ASP1";
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPUP <- ASP1",
            "SGP -> ASPUP_ACK -> ASP1",
            "SGP <- REG_REQ {1, to 101} <- ASP1",
            refused,
        ]
    );
    net.after(ACK);
    assert_eq!(
        net.ladder(),
        ["SGP <- REG_REQ {1, to 101} <- ASP1", refused]
    );
}

/// Each routing key with a request of its own. The first asks for both, but the gateway has
/// room for one; the second is the one of the figure, once ASP2 has made room.
#[test]
fn section_5_1_1_3_multiple_registration_requests() {
    let mut net = Net::new(registration(2), vec![registrant(1..=2), registrant(3..=3)]);
    net.connect(1);
    net.forget();
    net.connect(0);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPUP <- ASP1",
            "SGP -> ASPUP_ACK -> ASP1",
            "SGP <- REG_REQ {1, to 101} {2, to 102} <- ASP1",
            "SGP -> REG_RSP {1, 12} {2, Error - Insufficient Resources (8)} -> ASP1",
            "SGP -> NTFY AS-INACTIVE (12) -> ASP1",
            "SGP <- ASPAC (12) <- ASP1",
            "SGP -> ASPAC_ACK (12) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (12) -> ASP1",
        ]
    );
    net.asp(1, asp::Input::Stop);
    // ASP2's traffic is held for T(r) and ASP1 asks every T(ack).
    net.after(RECOVERY);
    net.forget();
    net.after(ACK);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- REG_REQ {2, to 102} <- ASP1",
            "SGP -> REG_RSP {2, 11} -> ASP1",
            "SGP -> NTFY AS-INACTIVE (11) -> ASP1",
            "SGP <- ASPAC (11) <- ASP1",
            "SGP -> ASPAC_ACK (11) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (11) -> ASP1",
        ]
    );
    assert!(net.asps[0].carries_traffic(0) && net.asps[0].carries_traffic(1));
}

#[test]
fn section_5_1_1_4_single_registration_request() {
    let mut net = registering(3, 3);
    net.connect(0);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPUP <- ASP1",
            "SGP -> ASPUP_ACK -> ASP1",
            "SGP <- REG_REQ {1, to 101} {2, to 102} {3, to 103} <- ASP1",
            "SGP -> REG_RSP {1, 11} {2, 12} {3, 13} -> ASP1",
            "SGP -> NTFY AS-INACTIVE (11) -> ASP1",
            "SGP -> NTFY AS-INACTIVE (12) -> ASP1",
            "SGP -> NTFY AS-INACTIVE (13) -> ASP1",
            // "... and may have more than one RC."
            "SGP <- ASPAC (11, 12, 13) <- ASP1",
            "SGP -> ASPAC_ACK (11, 12, 13) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (11) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (12) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (13) -> ASP1",
        ]
    );
}

#[test]
fn section_5_1_2_two_asps_backup() {
    for mode in [
        TrafficMode::Override,
        TrafficMode::Loadshare,
        TrafficMode::Broadcast,
    ] {
        let mut net = Net::sharing(mode, 1, 2);
        net.connect(0);
        net.connect(1);
        net.activate(0);
        assert_eq!(
            net.ladder(),
            [
                "SGP <- ASPUP <- ASP1",
                "SGP -> ASPUP_ACK -> ASP1",
                "SGP -> NTFY AS-INACTIVE (1) -> ASP1",
                "SGP <- ASPUP <- ASP2",
                "SGP -> ASPUP_ACK -> ASP2",
                "SGP -> NTFY AS-INACTIVE (1) -> ASP2",
                &format!("SGP <- ASPAC {mode} (1) <- ASP1"),
                &format!("SGP -> ASPAC_ACK {mode} (1) -> ASP1"),
                "SGP -> NTFY AS-ACTIVE (1) -> ASP1",
                "SGP -> NTFY AS-ACTIVE (1) -> ASP2",
            ]
        );
    }
}

#[test]
fn section_5_1_3_two_asps_loadsharing() {
    let mut net = Net::sharing(TrafficMode::Loadshare, 1, 2);
    net.connect(0);
    net.connect(1);
    net.activate(0);
    net.activate(1);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPUP <- ASP1",
            "SGP -> ASPUP_ACK -> ASP1",
            "SGP -> NTFY AS-INACTIVE (1) -> ASP1",
            "SGP <- ASPUP <- ASP2",
            "SGP -> ASPUP_ACK -> ASP2",
            "SGP -> NTFY AS-INACTIVE (1) -> ASP2",
            "SGP <- ASPAC loadshare (1) <- ASP1",
            "SGP -> ASPAC_ACK loadshare (1) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP2",
            "SGP <- ASPAC loadshare (1) <- ASP2",
            "SGP -> ASPAC_ACK loadshare (1) -> ASP2",
        ]
    );
    assert!(net.asps[0].carries_traffic(0) && net.asps[1].carries_traffic(0));
}

#[test]
fn section_5_1_4_three_asps_loadsharing() {
    let mut net = Net::sharing(TrafficMode::Loadshare, 2, 3);
    for index in 0..3 {
        net.connect(index);
    }
    net.activate(0);
    assert!(!net.asps[0].carries_traffic(0), "one is not enough");
    net.activate(1);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPUP <- ASP1",
            "SGP -> ASPUP_ACK -> ASP1",
            "SGP -> NTFY AS-INACTIVE (1) -> ASP1",
            "SGP <- ASPUP <- ASP2",
            "SGP -> ASPUP_ACK -> ASP2",
            "SGP -> NTFY AS-INACTIVE (1) -> ASP2",
            "SGP <- ASPUP <- ASP3",
            "SGP -> ASPUP_ACK -> ASP3",
            "SGP -> NTFY AS-INACTIVE (1) -> ASP3",
            "SGP <- ASPAC loadshare (1) <- ASP1",
            "SGP -> ASPAC_ACK loadshare (1) -> ASP1",
            "SGP <- ASPAC loadshare (1) <- ASP2",
            "SGP -> ASPAC_ACK loadshare (1) -> ASP2",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP2",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP3",
        ]
    );
    assert!(net.asps[0].carries_traffic(0) && net.asps[1].carries_traffic(0));
    assert_eq!(net.asps[2].state(), AspState::Inactive);
}
