//! What else the ends of an association can be to each other, and routing keys that are registered.
//! (osmo-stp 1.6 is no IPSP.)

use super::*;
use node::Exchange;

/// Asks for the routing context of its point code.
const NEAR_REGISTERS: &str = r#"
  gateways:
    stp:
      transport: kernel
      local: "10.0.1.1:2906"
      remote: "10.0.1.9:2905"
      application_servers:
        - { register: { point_codes: [2-100-1] } }
      destinations: [2-100-2, 2-100-5]"#;

#[test]
fn routing_key_is_registered() {
    let ladder = captured("roles::routing_key_is_registered", |folder| {
        let server = Server {
            registers: true,
            ..NEAR_AS
        };
        let mut both = Both::start_with(folder, server, NEAR_REGISTERS);
        assert_eq!(both.caller.call(), 200);
        both.caller.hang_up();
        both.callee.until_ended(1);
        both.until_in_service();
        both.stop();
    });
    let Some(ladder) = ladder else {
        return;
    };
    let sent = [
        "ASPUP",
        "REG_REQ",
        "ASPAC",
        "DAUD",
        "ASPIA",
        "DEREG_REQ",
        "ASPDN",
    ];
    assert_eq!(ladder.management("near", "stp"), sent);
    let received = ladder.management("stp", "near");
    assert_eq!(received[..2], ["ASPUP_ACK", "REG_RSP"]);
    assert_eq!(received[received.len() - 2..], ["DEREG_RSP", "ASPDN_ACK"]);
    assert_eq!(ladder.calls("near", "stp"), CALL);
    assert_eq!(ladder.calls("stp", "far"), CALL);
}

/// The exchange as an ASP of osmo-stp.
const EXCHANGE_TO_STP: &str = r#"
  gateways:
    stp:
      transport: kernel
      local: "10.0.1.2:2906"
      remote: "10.0.1.9:2905"
      routing_context: 2"#;

#[test]
fn exchange_is_an_asp_of_osmo_stp() {
    let ladder = captured("roles::exchange_is_an_asp_of_osmo_stp", |folder| {
        call_exchange(folder, &[NEAR_AS, FAR_AS], NEAR_TO_STP, EXCHANGE_TO_STP);
    });
    let Some(ladder) = ladder else {
        return;
    };
    assert_eq!(
        ladder.management("far", "stp"),
        [&START[..], &STOP].concat()
    );
    assert_eq!(ladder.calls("near", "stp"), CALL);
    assert_eq!(ladder.calls("stp", "far"), CALL);
}

/// osmo-stp is an ASP of the gateway and of the exchange, with its own point code.
const NEAR_SGP_AS: Server = Server {
    routing_key: "2.100.3",
    processes: &[Asp {
        port: 2905,
        kind: Kind::Sgp { local_port: 2907 },
        ..NEAR_AS.processes[0]
    }],
    ..NEAR_AS
};
const EXCHANGE_SGP_AS: Server = Server {
    routing_key: "2.100.3",
    processes: &[Asp {
        port: 2905,
        kind: Kind::Sgp { local_port: 2908 },
        ..FAR_AS.processes[0]
    }],
    ..FAR_AS
};

const NEAR_IS_SGP: &str = r#"
  listen:
    - { transport: kernel, address: "10.0.1.1:2905" }
  gateways:
    stp:
      role: sgp
      transport: kernel
      remote: "10.0.1.9:2907"
      routing_context: 1
      destinations: [2-100-2]"#;
const EXCHANGE_IS_SGP: &str = r#"
  listen:
    - { transport: kernel, address: "10.0.1.2:2905" }"#;

#[test]
fn osmo_stp_is_an_asp_of_gateway_and_exchange() {
    let test = "roles::osmo_stp_is_an_asp_of_gateway_and_exchange";
    let ladder = captured(test, |folder| {
        let servers = [NEAR_SGP_AS, EXCHANGE_SGP_AS];
        call_exchange(folder, &servers, NEAR_IS_SGP, EXCHANGE_IS_SGP);
    });
    let Some(ladder) = ladder else {
        return;
    };
    for end in ["near", "far"] {
        assert_eq!(ladder.management("stp", end), ["ASPUP", "ASPAC"], "{end}");
        let sent = [&STARTED[..4], &["ASPDN_ACK"]].concat();
        assert_eq!(ladder.management(end, "stp"), sent, "{end}");
    }
    assert_eq!(ladder.calls("near", "stp"), CALL);
    assert_eq!(ladder.calls("stp", "far"), CALL);
}

/// A call to the exchange. That is started last, when the answers to its resets find their way;
/// where osmo-stp connects to it, that takes up to five seconds.
fn call_exchange(folder: &Path, servers: &[Server], near: &str, exchange: &str) {
    let capture = Capture::start(folder);
    let near = Gateway::start(folder, NEAR, near);
    let mut stp = Stp::start(folder, &[STP], servers);
    stp.until_as("near", "AS_ACTIVE");
    let mut exchange = Exchange::start(folder, FAR, exchange);
    stp.until_as("far", "AS_ACTIVE");
    near.until_idle();
    let mut caller = Caller::new(NEAR.sip(), NUMBER);
    assert_eq!(caller.call(), 200);
    caller.hang_up();
    exchange.until_call_ended();
    near.stop();
    exchange.stop();
    capture.stop();
}
