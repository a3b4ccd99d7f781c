//! `trunkline run` and `trunkline simulate` in the guest.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use trunkline_tests::peers::{Metrics, PATIENCE, Process, request, trunkline, until};

/// Circuits of the trunk group between the two ends.
pub(crate) const CIRCUITS: u16 = 15;

/// A point code and the addresses on 127.0.0.1 of one end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    /// In names of files.
    pub(crate) name: &'static str,
    point_code: &'static str,
    /// The other end's.
    far_point_code: &'static str,
    sip: u16,
    admin: u16,
    media: u16,
    /// RTP of circuit 0, here and at the other end.
    bearers: u16,
    far_bearers: u16,
}

/// The gateway that calls.
pub(crate) const NEAR: End = End {
    name: "near",
    point_code: "2-100-1",
    far_point_code: "2-100-2",
    sip: 5060,
    admin: 9090,
    media: 20_000,
    bearers: 17_000,
    far_bearers: 18_000,
};

/// What it calls: another gateway, or the exchange.
pub(crate) const FAR: End = End {
    name: "far",
    point_code: "2-100-2",
    far_point_code: "2-100-1",
    sip: 5062,
    admin: 9092,
    media: 21_000,
    bearers: 18_000,
    far_bearers: 17_000,
};

/// A number of the far end, which every subscriber of the simulated exchange's answers too.
pub(crate) const NUMBER: &str = "+493023125110";

impl End {
    /// Where its SIP is.
    pub(crate) fn sip(self) -> SocketAddr {
        local(self.sip)
    }

    /// Where it finds the phone of [`NUMBER`], if it is the far gateway.
    pub(crate) fn phone(self) -> SocketAddr {
        local(self.sip + 20)
    }

    /// The configuration of `trunkline run`, with `signaling.gateways`, and `signaling.listen`.
    fn gateway(self, signaling: &str) -> String {
        let Self {
            point_code,
            far_point_code,
            bearers,
            far_bearers,
            media,
            ..
        } = self;
        let numbers = match self.name {
            "near" => "prefix: \"+\", trunk_group: landline",
            _ => "prefix: \"+\", sip_peer: phone",
        };
        // T22 is as short as it gets: osmo-stp loses what it has for an AS that is not there yet.
        format!(
            r#"
sip:
  listen: ["{sip}"]
  peers:
    phone: {{ address: "{phone}" }}
signaling:
  point_code: {point_code}{signaling}
trunk_groups:
  - name: landline
    point_code: {far_point_code}
    circuits: 1-{CIRCUITS}
    country_code: "49"
    bearer: {{ remote: 127.0.0.1, remote_port: {far_bearers}, local_port: {bearers} }}
    timers: {{ t22: 1 }}
numbering:
  routes:
    - {{ {numbers} }}
media:
  address: 127.0.0.1
  ports: {media}-{last_media}
admin:
  listen: "{admin}"
"#,
            sip = self.sip(),
            phone = self.phone(),
            last_media = media + 99,
            admin = local(self.admin),
        )
    }

    /// The configuration of `trunkline simulate`, with `simulator.listen` or `simulator.gateways`.
    fn exchange(self, signaling: &str) -> String {
        let gateway = NEAR.gateway(NO_GATEWAY);
        let Self {
            point_code,
            far_point_code,
            bearers,
            far_bearers,
            ..
        } = self;
        format!(
            r#"{gateway}
simulator:
  point_code: {point_code}
  gateway_point_code: {far_point_code}
  routing_context: 2{signaling}
  admit: ["10.0.1.9"]
  circuits: 1-{CIRCUITS}
  bearer: {{ remote: 127.0.0.1, remote_port: {far_bearers}, local_port: {bearers} }}
"#
        )
    }
}

/// The file must have one, but `trunkline simulate` does not connect to it.
const NO_GATEWAY: &str = r#"
  gateways:
    none: { transport: tcp, remote: "127.0.0.1:1", destinations: [2-100-2] }"#;

fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// `trunkline simulate`: an exchange.
#[derive(Debug)]
pub(crate) struct Exchange(Process);

impl Exchange {
    /// Starts it.
    pub(crate) fn start(folder: &Path, end: End, signaling: &str) -> Self {
        Self(start(folder, "simulate", end, &end.exchange(signaling)))
    }

    /// Waits until a call has ended in it.
    pub(crate) fn until_call_ended(&self) {
        let ended = "simulated exchange: call ended";
        self.0.until_printed(ended, 1, PATIENCE);
    }

    /// Stops it by SIGTERM.
    pub(crate) fn stop(&mut self) {
        stop(&mut self.0);
    }
}

/// `trunkline run`.
#[derive(Debug)]
pub(crate) struct Gateway {
    process: Process,
    admin: SocketAddr,
}

impl Gateway {
    /// Starts it.
    pub(crate) fn start(folder: &Path, end: End, signaling: &str) -> Self {
        let process = start(folder, "run", end, &end.gateway(signaling));
        process.until_printed("metrics at", 1, PATIENCE);
        Self {
            process,
            admin: local(end.admin),
        }
    }

    /// Scrapes `/metrics`.
    pub(crate) fn metrics(&self) -> Metrics {
        let response = request(self.admin, "GET", "/metrics", None);
        let response = response.unwrap_or_else(|error| panic!("/metrics: {error}"));
        assert_eq!(response.status, 200, "/metrics");
        Metrics::parse(&response.body)
    }

    /// M3UA messages so far: `sent` or `received`, and the name.
    pub(crate) fn m3ua(&self, direction: &str, message: &str) -> f64 {
        let labels = [("direction", direction), ("message", message)];
        self.metrics().sum("trunkline_m3ua_messages_total", &labels)
    }

    /// Waits until a counter or gauge has a value.
    pub(crate) fn until(&self, name: &str, labels: &[(&str, &str)], value: f64) {
        let what = format!("{name} {labels:?} is {value}");
        until(&what, PATIENCE, || {
            (self.metrics().sum(name, labels) == value).then_some(())
        });
    }

    /// Waits until its ASP is active at a peer.
    pub(crate) fn until_active(&self, peer: &str) {
        let active = [("peer", peer), ("state", "ASP-ACTIVE")];
        self.until("trunkline_asp_state", &active, 1.0);
    }

    /// Whether its ASP is active at a peer.
    pub(crate) fn is_active(&self, peer: &str) -> bool {
        let active = [("peer", peer), ("state", "ASP-ACTIVE")];
        self.metrics().sum("trunkline_asp_state", &active) == 1.0
    }

    /// Waits until its association with a peer is down.
    pub(crate) fn until_down(&self, peer: &str) {
        self.until("trunkline_association_up", &[("peer", peer)], 0.0);
    }

    /// Waits until all its circuits are idle.
    pub(crate) fn until_idle(&self) {
        let idle = [("trunk_group", "landline"), ("state", "idle")];
        self.until("trunkline_circuits", &idle, f64::from(CIRCUITS));
    }

    /// Ends it as nothing in it can notice.
    pub(crate) fn kill(self) {
        drop(self);
    }

    /// Stops it by SIGTERM.
    pub(crate) fn stop(mut self) {
        stop(&mut self.process);
    }
}

fn stop(process: &mut Process) {
    let status = process.terminate(PATIENCE);
    assert_eq!(status.code(), Some(0), "exit status after SIGTERM");
    for sign in [" ERROR ", "panicked"] {
        let lines = process.lines_with(sign);
        assert!(lines.is_empty(), "{lines:#?}");
    }
}

fn start(folder: &Path, command: &str, end: End, yaml: &str) -> Process {
    let file = folder.join(format!("{command}-{}.yaml", end.name));
    std::fs::write(&file, yaml).expect("a file in the folder");
    let mut program = Command::new(trunkline());
    program.args([command, "-c"]).arg(file);
    Process::start(&format!("trunkline {command} ({})", end.name), &mut program)
}
