//! `trunkline run` and `trunkline simulate` with a configuration of the test's own.

use super::ports::LAST_CIRCUIT;
use super::{Folder, Metrics, PATIENCE, Ports, Process, Response, request, trunkline, until};
use core::time::Duration;
use std::fmt::Write;
use std::net::{Ipv6Addr, SocketAddr};
use std::process::Command;

/// What a gateway is started with.
#[derive(Debug)]
pub struct Setup {
    /// Its ports, and those of its peers.
    pub ports: Ports,
    /// Files of the test.
    pub folder: Folder,
    /// Circuits 1 to this, at most 140.
    pub last_circuit: u16,
    /// SIP peers by the prefix of the numbers that are theirs.
    pub peers: Vec<(String, SocketAddr)>,
    /// How the gateway reaches them: `udp`, `tcp`, `tls`.
    pub peer_transport: &'static str,
    /// More of `sip.listen`, each a YAML mapping; the gateway's address for UDP and TCP is there.
    pub listen: Vec<String>,
    /// More lines of `sip`.
    pub sip_settings: String,
    /// More of `numbering.routes`, each a YAML mapping.
    pub routes: Vec<String>,
    /// `simulator.callers`: calls from the telephone network, each a YAML mapping.
    pub callers: Vec<String>,
    /// The phone that click-to-call knows as 1001; the simulated one if there is none.
    pub phone: Option<SocketAddr>,
    /// Whether the gateway speaks SIP and RTP over IPv6, instead of IPv4, on the same ports.
    pub ipv6: bool,
    /// `--log`.
    pub log: &'static str,
}

impl Setup {
    /// 30 circuits, no peers, no calls but those that the test makes.
    pub fn new(name: &str) -> Self {
        Self {
            ports: Ports::take(),
            folder: Folder::new(name),
            last_circuit: 30,
            peers: Vec::new(),
            peer_transport: "udp",
            listen: Vec::new(),
            sip_settings: String::new(),
            routes: Vec::new(),
            callers: Vec::new(),
            phone: None,
            ipv6: false,
            log: "info",
        }
    }

    /// The configuration file.
    fn yaml(&self, part: Part) -> String {
        assert!(self.last_circuit <= LAST_CIRCUIT);
        let Self {
            ports,
            last_circuit,
            ..
        } = self;
        let (asp, sgp) = (ports.asp().port(), ports.sgp().port());
        let (gateway_bearers, exchange_bearers) =
            (ports.gateway_bearers(), ports.exchange_bearers());
        let (first, last) = ports.media();
        let sip = self.sip();
        let phone = self.phone.unwrap_or(ports.phone());
        let mut peers = String::from("{}");
        let mut routes = String::new();
        for (position, (prefix, address)) in self.peers.iter().enumerate() {
            if position == 0 {
                peers.clear();
            }
            let transport = match self.peer_transport {
                "udp" => String::new(),
                other => format!(", transport: {other}"),
            };
            // Writing to memory does not fail.
            let _ = write!(
                peers,
                "\n    peer{position}: {{ address: \"{address}\"{transport} }}"
            );
            let _ = write!(
                routes,
                "\n    - {{ prefix: \"{prefix}\", sip_peer: peer{position} }}"
            );
        }
        for route in &self.routes {
            let _ = write!(routes, "\n    - {route}");
        }
        let more: String = self.listen.iter().map(|one| format!(", {one}")).collect();
        let mut yaml = format!(
            r#"
sip:
  listen: ["{sip}"{more}]
{settings}  peers: {peers}
signaling:
  point_code: 2-100-1
  gateways:
    exchange:
      transport: udp-encapsulated
      local: "127.0.0.1:2906"
      remote: "127.0.0.1:2905"
      local_udp_port: {asp}
      remote_udp_port: {sgp}
      destinations: [2-100-2]
trunk_groups:
  - name: landline
    point_code: 2-100-2
    circuits: 1-{last_circuit}
    country_code: "49"
    bearer: {{ remote: 127.0.0.1, remote_port: {exchange_bearers}, local_port: {gateway_bearers} }}
numbering:
  routes:
    - {{ prefix: "+", trunk_group: landline }}{routes}
media:
  address: 127.0.0.1
  address_v6: "::1"
  ports: {first}-{last}
click_to_call:
  http: "{http}"
  sip: "{click_to_call}"
  rules:
    - {{ pattern: "^1001$", output: "sip:1001@{phone}" }}
    - {{ pattern: "^(\\+[1-9]\\d*)$", output: "sip:$1@{sip};user=phone" }}
admin:
  listen: "{admin}"
"#,
            settings = self.sip_settings,
            http = ports.http(),
            click_to_call = ports.click_to_call(),
            admin = ports.admin(),
        );
        if part == Part::Gateway {
            return yaml;
        }
        let _ = write!(
            yaml,
            r#"
simulator:
  point_code: 2-100-2
  gateway_point_code: 2-100-1
  listen:
    - {{ transport: udp-encapsulated, address: "127.0.0.1:2905", udp_port: {sgp} }}
  circuits: 1-{last_circuit}
  bearer: {{ remote: 127.0.0.1, remote_port: {gateway_bearers}, local_port: {exchange_bearers} }}
"#
        );
        if self.phone.is_none() {
            let _ = writeln!(
                yaml,
                "  phone: {{ listen: \"{phone}\", does: {{ answers: {{ answer_after_ms: 200 }} }} }}"
            );
        }
        if !self.callers.is_empty() {
            yaml.push_str("  callers:\n");
            for caller in &self.callers {
                let _ = writeln!(yaml, "    - {caller}");
            }
        }
        yaml
    }

    /// The gateway's SIP address.
    pub fn sip(&self) -> SocketAddr {
        let mut sip = self.ports.sip();
        if self.ipv6 {
            sip.set_ip(Ipv6Addr::LOCALHOST.into());
        }
        sip
    }

    fn start(&self, command: &str, part: Part) -> Process {
        let file = self
            .folder
            .write(&format!("{command}.yaml"), &self.yaml(part));
        let mut program = Command::new(trunkline());
        program.args([command, "--log", self.log, "-c"]).arg(file);
        Process::start(&format!("trunkline {command}"), &mut program)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// Without a simulated network.
    Gateway,
    Whole,
}

/// A running gateway.
#[derive(Debug)]
pub struct Gateway {
    /// The program.
    pub process: Process,
    /// Where it is reached.
    pub at: Addresses,
    /// Files of the test.
    pub folder: Folder,
    /// Nobody else gets them while it runs.
    _ports: Option<Ports>,
}

/// Where a gateway is reached, and how many circuits it has.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// SIP.
    pub sip: SocketAddr,
    /// Click-to-call.
    pub http: SocketAddr,
    /// Metrics and health.
    pub admin: SocketAddr,
    /// Circuits of its only trunk group, `landline`.
    pub circuits: u16,
}

/// A simulated telephone network in a process of its own.
#[derive(Debug)]
pub struct Network {
    /// The program.
    pub process: Process,
}

impl Network {
    /// Starts it.
    pub fn start(setup: &Setup) -> Self {
        let process = setup.start("simulate", Part::Whole);
        process.until_printed("signaling gateway", 1, PATIENCE);
        Self { process }
    }

    /// Stops it.
    ///
    /// # Panics
    /// If it does not end in order.
    pub fn stop(&mut self) {
        stop(&mut self.process);
    }
}

impl Gateway {
    /// Starts a gateway with its simulated network, and waits until all circuits are idle.
    pub fn start(setup: Setup) -> Self {
        let process = setup.start("run", Part::Whole);
        Self::of(process, setup).ready()
    }

    /// Starts one whose network is [`Network`].
    pub fn start_without_network(setup: Setup) -> Self {
        let process = setup.start("run", Part::Gateway);
        Self::of(process, setup).ready()
    }

    /// Starts `trunkline run` as a newcomer types it. Waits while somebody else has its ports.
    ///
    /// # Panics
    /// If it does not start for another reason, or the ports stay taken.
    pub fn start_as_built_in(log: &str) -> Self {
        let local = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        let at = Addresses {
            sip: local(5060),
            http: local(8080),
            admin: local(9090),
            circuits: 30,
        };
        let folder = Folder::new("built-in");
        let limit = Duration::from_secs(120);
        let process = until("the ports of the built-in configuration", limit, || {
            let mut command = Command::new(trunkline());
            command
                .args(["run", "--log", log])
                .current_dir(folder.path());
            let mut process = Process::start("trunkline run", &mut command);
            let started = until("trunkline run: start or end", PATIENCE, || {
                let healthy = !process.lines_with("metrics at http").is_empty();
                (healthy || !process.is_running()).then_some(healthy)
            });
            if started {
                return Some(process);
            }
            process.wait(PATIENCE);
            let lines = process.lines_with("Address already in use");
            assert!(!lines.is_empty(), "trunkline run: {:#?}", process.lines());
            None
        });
        let gateway = Self {
            process,
            at,
            folder,
            _ports: None,
        };
        gateway.ready()
    }

    fn of(process: Process, setup: Setup) -> Self {
        Self {
            process,
            at: Addresses {
                sip: setup.sip(),
                http: setup.ports.http(),
                admin: setup.ports.admin(),
                circuits: setup.last_circuit,
            },
            folder: setup.folder,
            _ports: Some(setup.ports),
        }
    }

    fn ready(mut self) -> Self {
        let circuits = f64::from(self.at.circuits);
        until("trunkline run: all circuits idle", PATIENCE, || {
            assert!(self.process.is_running(), "trunkline run ended");
            let health = request(self.at.admin, "GET", "/healthz", None);
            let healthy = health.is_ok_and(|health| health.status == 200);
            (healthy && self.metric("trunkline_circuits", IDLE) == circuits).then_some(())
        });
        self
    }

    /// Scrapes `/metrics`.
    ///
    /// # Panics
    /// If that fails.
    pub fn metrics(&self) -> Metrics {
        let response = request(self.at.admin, "GET", "/metrics", None);
        let response = response.unwrap_or_else(|error| panic!("/metrics: {error}"));
        assert_eq!(response.status, 200, "/metrics");
        Metrics::parse(&response.body)
    }

    /// One counter or gauge, see [`Metrics::sum`].
    pub fn metric(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.metrics().sum(name, labels)
    }

    /// Waits until a counter or gauge is at least that.
    pub fn until_at_least(&self, name: &str, labels: &[(&str, &str)], value: f64) {
        let what = format!("{name} {labels:?} at least {value}");
        until(&what, Duration::from_secs(60), || {
            (self.metric(name, labels) >= value).then_some(())
        });
    }

    /// Waits until no call, no circuit, no context and no port is in use.
    ///
    /// # Panics
    /// If one stays so.
    pub fn until_idle(&self) {
        let circuits = f64::from(self.at.circuits);
        let mut last = Metrics::default();
        let deadline = super::now() + Duration::from_secs(10);
        loop {
            let metrics = self.metrics();
            let media = ["contexts", "ports", "circuits"]
                .map(|resource| metrics.sum("trunkline_media", &[("resource", resource)]));
            if metrics.sum("trunkline_calls_active", &[]) == 0.0
                && metrics.sum("trunkline_circuits", IDLE) == circuits
                && media == [0.0; 3]
            {
                return;
            }
            assert!(
                super::now() < deadline,
                "something stays in use:\n{}{}{}",
                last.show("trunkline_calls_active"),
                last.show("trunkline_circuits"),
                last.show("trunkline_media"),
            );
            last = metrics;
            std::thread::sleep(super::BETWEEN);
        }
    }

    /// A request to click-to-call.
    ///
    /// # Panics
    /// If there is no response.
    pub fn http(&self, method: &str, path: &str, body: Option<&str>) -> Response {
        request(self.at.http, method, path, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Stops it by SIGTERM.
    ///
    /// # Panics
    /// If it does not end in order.
    pub fn stop(&mut self) {
        stop(&mut self.process);
    }
}

const IDLE: &[(&str, &str)] = &[("trunk_group", "landline"), ("state", "idle")];

fn stop(process: &mut Process) {
    let status = process.terminate(PATIENCE);
    assert_eq!(status.code(), Some(0), "exit status after SIGTERM");
    for sign in [" ERROR ", "panicked"] {
        let lines = process.lines_with(sign);
        assert!(lines.is_empty(), "{lines:#?}");
    }
}
