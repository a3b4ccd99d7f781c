//! 5.3 Normal withdrawal of an ASP from an Application Server and teardown of an association.

use super::ladder::{Net, application_server, gateway, key};
use trunkline_m3ua::sgp::{self, Registration};
use trunkline_m3ua::{AspState, TrafficMode, asp};

#[test]
fn section_5_3_normal_withdrawal() {
    let asp = || asp::Settings {
        application_servers: vec![asp::AsSettings {
            traffic_mode: Some(TrafficMode::Loadshare),
            registration: Some(key(1)),
            ..asp::AsSettings::default()
        }],
        ..asp::Settings::default()
    };
    let sgp = sgp::Settings {
        registration: Some(Registration {
            first_routing_context: 11,
            max: 1,
        }),
        ..gateway(Vec::new())
    };
    // Another ASP keeps the traffic, as in 5.2.3.
    let mut net = Net::new(sgp, vec![asp(), asp()]);
    net.connect(0);
    net.connect(1);
    net.forget();
    net.asp(0, asp::Input::Stop);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPIA (11) <- ASP1",
            "SGP -> ASPIA_ACK (11) -> ASP1",
            "SGP <- DEREG_REQ (11) <- ASP1",
            "SGP -> DEREG_RSP {11} -> ASP1",
            "SGP <- ASPDN <- ASP1",
            "SGP -> ASPDN_ACK -> ASP1",
        ]
    );
    assert_eq!(net.asps[0].state(), AspState::Down);
    assert!(net.asps[1].carries_traffic(0));
}

/// "... Deregister messages exchanges may contain multiple Routing Contexts."
#[test]
fn section_5_3_multiple_routing_contexts() {
    let servers = (1..=2).map(|n| asp::AsSettings {
        routing_context: Some(n),
        ..asp::AsSettings::default()
    });
    let asp = asp::Settings {
        application_servers: servers.collect(),
        ..asp::Settings::default()
    };
    let servers = (1..=2).map(application_server).collect();
    let mut net = Net::new(gateway(servers), vec![asp]);
    net.connect(0);
    net.forget();
    net.asp(0, asp::Input::Stop);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPIA (1, 2) <- ASP1",
            "SGP -> ASPIA_ACK (1, 2) -> ASP1",
            "SGP -> NTFY AS-PENDING (1) -> ASP1",
            "SGP -> NTFY AS-PENDING (2) -> ASP1",
            "SGP <- ASPDN <- ASP1",
            "SGP -> ASPDN_ACK -> ASP1",
        ]
    );
}
