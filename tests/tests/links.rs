//! The signaling links of a running gateway: `trunkline links`, its page and its interface, and the
//! roles that a configuration can give to either end.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so"
)]

use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::Command;
use trunkline_tests::peers::{
    Folder, Metrics, PATIENCE, Ports, Process, Response, request, trunkline, until,
};

/// A running gateway, and the file that it runs with.
struct Run {
    process: Process,
    ports: Ports,
    folder: Folder,
}

/// What the tests change in the configuration.
struct Parts<'a> {
    /// `signaling:` without the point code.
    signaling: String,
    /// `admin.listen`, if not the usual one, and the rest of `admin:`.
    admin: (Option<SocketAddr>, &'a str),
    /// How the simulated exchange is reached, or reaches us; `None` for no simulator.
    simulator: Option<String>,
}

impl Parts<'_> {
    /// The usual two: we are an ASP of the simulated exchange.
    fn usual(ports: &Ports) -> Self {
        let (asp, sgp) = (ports.asp().port(), ports.sgp().port());
        Self {
            signaling: format!(
                r#"
  gateways:
    exchange:
      transport: udp-encapsulated
      local: "127.0.0.1:2906"
      remote: "127.0.0.1:2905"
      local_udp_port: {asp}
      remote_udp_port: {sgp}
      destinations: [2-100-2]"#
            ),
            admin: (None, ""),
            simulator: Some(format!(
                r#"
  listen:
    - {{ transport: udp-encapsulated, address: "127.0.0.1:2905", udp_port: {sgp} }}"#
            )),
        }
    }

    fn yaml(&self, ports: &Ports) -> String {
        let (first, last) = ports.media();
        let (near, far) = (ports.gateway_bearers(), ports.exchange_bearers());
        let simulator = match &self.simulator {
            None => String::new(),
            Some(links) => format!(
                r#"
simulator:
  point_code: 2-100-2
  gateway_point_code: 2-100-1{links}
  circuits: 1-30
  bearer: {{ remote: 127.0.0.1, remote_port: {near}, local_port: {far} }}
  phone: {{ listen: "{phone}", does: {{ answers: {{ answer_after_ms: 200 }} }} }}"#,
                phone = ports.phone(),
            ),
        };
        format!(
            r#"
sip:
  listen: ["{sip}"]
signaling:
  point_code: 2-100-1{signaling}
trunk_groups:
  - name: landline
    point_code: 2-100-2
    circuits: 1-30
    country_code: "49"
    bearer: {{ remote: 127.0.0.1, remote_port: {far}, local_port: {near} }}
numbering:
  routes:
    - {{ prefix: "+", trunk_group: landline }}
media:
  address: 127.0.0.1
  ports: {first}-{last}
click_to_call:
  http: "{http}"
  sip: "{click_to_call}"
  rules:
    - {{ pattern: "^1001$", output: "sip:1001@{phone}" }}
    - {{ pattern: "^(\\+[1-9]\\d*)$", output: "sip:$1@{sip};user=phone" }}
admin:
  listen: "{admin}"{token}
{simulator}
"#,
            sip = ports.sip(),
            signaling = self.signaling,
            http = ports.http(),
            click_to_call = ports.click_to_call(),
            phone = ports.phone(),
            admin = self.admin.0.unwrap_or(ports.admin()),
            token = self.admin.1,
        )
    }
}

const TOKEN: &str = "0123456789abcdefABCDEF==";

impl Run {
    /// Starts a gateway, and waits until it can be asked.
    fn start(name: &str, parts: impl FnOnce(&Ports) -> Parts<'static>) -> Self {
        let (ports, folder) = (Ports::take(), Folder::new(name));
        folder.write("admin.token", &format!("{TOKEN}\n"));
        let file = folder.write("run.yaml", &parts(&ports).yaml(&ports));
        let mut command = Command::new(trunkline());
        command.args(["run", "-c"]).arg(file);
        let process = Process::start("trunkline run", &mut command);
        process.until_printed("metrics at http", 1, PATIENCE);
        Self {
            process,
            ports,
            folder,
        }
    }

    /// `trunkline links`: its status and what it prints.
    fn links(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(trunkline());
        command.arg("links").args(arguments).arg("-c");
        command.arg(self.folder.file("run.yaml"));
        let (status, lines) = Process::run("trunkline links", &mut command, PATIENCE);
        (status.code().unwrap(), lines.join("\n"))
    }

    /// What `trunkline links --json` says.
    fn state(&self) -> Value {
        let (_, said) = self.links(&["--json"]);
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
    }

    /// Waits until the only peer and the only destination are so.
    fn until(&self, association: &str, asp: &str, available: bool) -> Value {
        let what = format!("{association}, {asp}, available: {available}");
        until(&what, PATIENCE, || {
            let state = self.state();
            let peer = &state["peers"][0];
            (peer["association"] == association
                && peer["asp"] == asp
                && state["destinations"][0]["available"] == available)
                .then_some(state)
        })
    }

    fn metrics(&self) -> Metrics {
        let response = request(self.ports.admin(), "GET", "/metrics", None).unwrap();
        Metrics::parse(&response.body)
    }

    /// Waits until all circuits can have calls: both ends have heard each other.
    fn until_idle(&self) {
        until("all circuits idle", PATIENCE, || {
            let labels = [("trunk_group", "landline"), ("state", "idle")];
            (self.metrics().sum("trunkline_circuits", &labels) == 30.0).then_some(())
        });
    }

    /// Calls a landline by click-to-call: the state that the call comes to, and the SIP status of
    /// the landline if it failed.
    fn call(&self) -> (String, Option<u64>) {
        let at = self.ports.http();
        let body = r#"{"initiator": "1001", "destination": "+493023125101"}"#;
        let placed = request(at, "POST", "/api/v1/calls", Some(body)).unwrap();
        assert_eq!(placed.status, 201, "{}", placed.body);
        let placed: Value = serde_json::from_str(&placed.body).unwrap();
        let path = format!("/api/v1/calls/{}", placed["id"].as_str().unwrap());
        let call = until("the call to be connected or to fail", PATIENCE, || {
            let shown = request(at, "GET", &path, None).unwrap();
            let call: Value = serde_json::from_str(&shown.body).unwrap();
            let done = call["state"] == "connected" || call["state"] == "failed";
            done.then_some(call)
        });
        let state = call["state"].as_str().unwrap().to_owned();
        if state == "connected" {
            let ended = request(at, "DELETE", &path, None).unwrap();
            assert_eq!(ended.status, 200, "{}", ended.body);
        }
        (state, call["destination"]["status"].as_u64())
    }

    fn stop(&mut self) {
        let status = self.process.terminate(PATIENCE);
        assert_eq!(status.code(), Some(0), "{:#?}", self.process.lines());
        for sign in [" ERROR ", "panicked"] {
            let lines = self.process.lines_with(sign);
            assert!(lines.is_empty(), "{lines:#?}");
        }
    }
}

#[test]
fn links_are_shown_blocked_unblocked_taken_down_and_brought_up() {
    let mut run = Run::start("links", Parts::usual);
    let state = run.until("up", "ASP-ACTIVE", true);
    run.until_idle();
    let peer = &state["peers"][0];
    assert_eq!(peer["name"], "exchange");
    assert_eq!(peer["transport"], "udp-encapsulated");
    assert_eq!(peer["blocked"], false);
    let destination = &state["destinations"][0];
    assert_eq!(destination["point_code"], 4898);
    assert_eq!(destination["point_code_text"], "2-100-2");
    assert_eq!(destination["ways"][0]["in_use"], true);
    let (status, table) = run.links(&[]);
    assert_eq!(status, 0, "{table}");
    for text in [
        "exchange",
        "2-100-2 (4898)",
        "in use",
        "All is as it should be.",
    ] {
        assert!(table.contains(text), "{text}: {table}");
    }
    assert!(!table.contains('\u{1b}'), "{table}");
    let mut watch = Command::new(trunkline());
    watch.args(["links", "--watch", "-c"]);
    watch.arg(run.folder.file("run.yaml"));
    let watch = Process::start("trunkline links --watch", &mut watch);
    watch.until_printed("All is as it should be.", 2, PATIENCE);
    drop(watch);
    assert_eq!(run.call(), ("connected".to_owned(), None));

    assert_eq!(run.links(&["block", "exchange"]), (0, String::new()));
    let state = run.until("up", "ASP-INACTIVE", false);
    assert_eq!(state["peers"][0]["blocked"], true);
    assert_eq!(state["problems"][0], "destination 2-100-2: unavailable");
    let (status, table) = run.links(&[]);
    assert_eq!(status, 1, "{table}");
    assert!(
        table.contains("up, blocked") && table.contains("UNAVAILABLE"),
        "{table}"
    );
    let metrics = run.metrics();
    let code = [("point_code", "2-100-2")];
    assert_eq!(metrics.sum("trunkline_destination_available", &code), 0.0);
    assert_eq!(metrics.sum("trunkline_association_up", &[]), 1.0);
    let (state, sip) = run.call();
    assert_eq!(state, "failed");
    assert!(sip.is_some_and(|status| status >= 480), "{sip:?}");

    assert_eq!(run.links(&["unblock", "exchange"]).0, 0);
    run.until("up", "ASP-ACTIVE", true);
    run.until_idle();
    assert_eq!(run.call(), ("connected".to_owned(), None));

    assert_eq!(run.links(&["down", "exchange"]).0, 0);
    let state = run.until("taken-down", "ASP-DOWN", false);
    assert_eq!(state["peers"][0]["last_loss"], "taken down by command");
    assert_eq!(run.links(&[]).0, 1);
    let metrics = run.metrics();
    assert_eq!(metrics.sum("trunkline_association_up", &[]), 0.0);
    let down = [("peer", "exchange"), ("state", "ASP-DOWN")];
    assert_eq!(metrics.sum("trunkline_asp_state", &down), 1.0);

    assert_eq!(run.links(&["up", "exchange"]).0, 0);
    let state = run.until("up", "ASP-ACTIVE", true);
    assert_eq!(state["peers"][0]["established"], 2);
    run.until_idle();
    assert_eq!(run.call(), ("connected".to_owned(), None));
    let metrics = run.metrics();
    let established = "trunkline_association_established_total";
    assert_eq!(metrics.sum(established, &[("peer", "exchange")]), 2.0);
    let data = [("direction", "sent"), ("message", "DATA")];
    assert!(metrics.sum("trunkline_m3ua_messages_total", &data) > 6.0);

    let (status, said) = run.links(&["block", "nobody"]);
    assert_eq!(
        (status, said.as_str()),
        (1, "trunkline: no peer is called \"nobody\"")
    );
    for line in [
        "commanded: block peer=\"exchange\"",
        "association down: taken down by command peer=\"exchange\"",
        "ASP-ACTIVE peer=\"exchange\"",
        "destination 2-100-2: unavailable",
    ] {
        run.process.until_printed(line, 1, PATIENCE);
    }
    run.stop();
    let (status, said) = run.links(&[]);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("cannot be reached"), "{said}");
}

#[test]
fn what_keeps_it_from_starting_is_named_by_its_key() {
    let ports = Ports::take();
    let folder = Folder::new("links-taken");
    let parts = Parts::usual(&ports);
    let file = folder.write("run.yaml", &parts.yaml(&ports));
    let said = || {
        let mut command = Command::new(trunkline());
        command.args(["run", "-c"]).arg(&file);
        let (status, lines) = Process::run("trunkline run", &mut command, PATIENCE);
        assert_eq!(status.code(), Some(1), "{lines:#?}");
        lines.join("\n")
    };
    for (key, at) in [
        ("signaling.gateways.exchange.local_udp_port", ports.asp()),
        ("simulator.listen[0].udp_port", ports.sgp()),
        ("simulator.phone.listen", ports.phone()),
        ("sip.listen", ports.sip()),
        ("click_to_call.sip", ports.click_to_call()),
    ] {
        let _taken = UdpSocket::bind(at).unwrap();
        let said = said();
        assert!(said.contains(&format!("trunkline: {key}")), "{key}: {said}");
    }
    for (key, at) in [
        ("admin.listen", ports.admin()),
        ("click_to_call.http", ports.http()),
    ] {
        let _taken = TcpListener::bind(at).unwrap();
        let said = said();
        assert!(said.contains(&format!("trunkline: {key}")), "{key}: {said}");
    }
}

/// A request with header fields of the test's own, `Host` among them.
fn raw(at: SocketAddr, method: &str, path: &str, fields: &[(&str, &str)], body: &str) -> Response {
    let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    for (name, value) in fields {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (header, body) = response.split_once("\r\n\r\n").unwrap();
    Response {
        status: header["HTTP/1.1 ".len()..][..3].parse().unwrap(),
        header: header.to_lowercase(),
        body: body.to_owned(),
    }
}

/// The status and the sentence of a refusal.
fn refused(response: &Response) -> (u16, String) {
    assert!(
        response
            .header
            .contains("content-type: application/problem+json"),
        "{}",
        response.header
    );
    let problem: Value = serde_json::from_str(&response.body).unwrap();
    assert_eq!(problem["status"], response.status);
    (
        response.status,
        problem["detail"].as_str().unwrap().to_owned(),
    )
}

/// A gateway whose only peer is not there.
fn alone(ports: &Ports) -> Parts<'static> {
    Parts {
        simulator: None,
        ..Parts::usual(ports)
    }
}

#[test]
fn commands_need_the_token_and_come_from_no_other_site() {
    let mut run = Run::start("links-token", |ports| Parts {
        admin: (None, "\n  token_file: admin.token"),
        ..alone(ports)
    });
    let at = run.ports.admin();
    let host = at.to_string();
    let host = ("Host", host.as_str());
    let right = format!("Bearer {TOKEN}");
    let right = ("Authorization", right.as_str());
    let path = "/links/exchange/block";
    let blocked = || run.state()["peers"][0]["blocked"].clone();

    // Whoever may reach it may look.
    assert_eq!(raw(at, "GET", "/links", &[host], "").status, 200);
    for wrong in [
        None,
        Some("Bearer 0123456789abcdefABCDEF="),
        Some("Basic OjA="),
    ] {
        let mut fields = vec![host];
        fields.extend(wrong.map(|value| ("Authorization", value)));
        let response = raw(at, "POST", path, &fields, "");
        let (status, said) = refused(&response);
        assert_eq!(status, 401);
        assert!(said.contains("admin.token_file"), "{said}");
        assert!(response.header.contains("www-authenticate: bearer"));
    }
    for foreign in [
        ("Origin", "http://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
    ] {
        let response = raw(at, "POST", path, &[host, right, foreign], "");
        assert_eq!(refused(&response).0, 403, "{foreign:?}");
    }
    for path in ["/", "/links", path] {
        let method = if path.len() > 6 { "POST" } else { "GET" };
        let rebound = ("Host", "evil.example:9090");
        let response = raw(at, method, path, &[rebound, right], "");
        assert_eq!(refused(&response).0, 403, "{path}");
    }
    assert_eq!(blocked(), false);

    let unknown = raw(at, "POST", "/links/no%20body/block", &[host, right], "");
    let (status, said) = refused(&unknown);
    assert_eq!(
        (status, said.as_str()),
        (404, "no peer is called \"no body\"")
    );
    let strange = raw(at, "POST", "/links/exchange/kill", &[host, right], "");
    assert_eq!(refused(&strange).0, 404);
    let long = "x".repeat(2000);
    let long = raw(at, "POST", path, &[host, right], &long);
    assert_eq!(refused(&long).0, 413);
    assert_eq!(raw(at, "GET", path, &[host, right], "").status, 405);
    assert_eq!(blocked(), false);

    let done = raw(at, "POST", path, &[host, right], "");
    assert_eq!((done.status, done.body.as_str()), (204, ""));
    assert_eq!(blocked(), true);
    // The program finds the token where the gateway does.
    assert_eq!(run.links(&["unblock", "exchange"]).0, 0);
    assert_eq!(blocked(), false);
    let wrong = run.folder.write("wrong.token", "not-the-right-token");
    let wrong = wrong.to_str().unwrap();
    let (status, said) = run.links(&["block", "exchange", "--token-file", wrong]);
    assert_eq!(status, 1, "{said}");
    assert!(
        said.contains("need the token of admin.token_file"),
        "{said}"
    );
    // The association is down: nobody is there.
    assert_eq!(run.links(&[]).0, 1);
    run.stop();
}

#[test]
fn without_a_token_nobody_commands_beyond_this_machine() {
    let mut run = Run::start("links-open", |ports| Parts {
        admin: (Some(([0, 0, 0, 0], ports.admin().port()).into()), ""),
        ..alone(ports)
    });
    let host = ("Host", "gateway.example:9090");
    let at = run.ports.admin();
    assert_eq!(raw(at, "GET", "/links", &[host], "").status, 200);
    let token = ("Authorization", "Bearer 0123456789abcdef");
    let response = raw(at, "POST", "/links/exchange/down", &[host, token], "");
    let (status, said) = refused(&response);
    assert_eq!(status, 403);
    assert!(said.contains("name that in admin.token_file"), "{said}");
    let (status, said) = run.links(&["down", "exchange"]);
    assert_eq!(status, 1);
    assert!(said.contains("name that in admin.token_file"), "{said}");
    assert_ne!(run.state()["peers"][0]["association"], "taken-down");
    run.stop();
}

#[test]
fn the_page_runs_nothing_but_its_own_script() {
    let mut run = Run::start("links-page", alone);
    let page = || {
        let response = request(run.ports.admin(), "GET", "/", None).unwrap();
        assert_eq!(response.status, 200);
        let header = response.header.to_lowercase();
        assert!(header.contains("content-type: text/html"), "{header}");
        let policy = header.split("content-security-policy: ").nth(1).unwrap();
        let policy = policy.lines().next().unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap();
        let nonce = nonce.split('\'').next().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(
            !policy.contains("unsafe") && !policy.contains('*'),
            "{policy}"
        );
        let used = response.body.matches(&format!("nonce=\"{nonce}\"")).count();
        assert_eq!(used, 2, "{policy}");
        nonce
    };
    assert_ne!(page(), page());
    let state = request(run.ports.admin(), "GET", "/links", None).unwrap();
    let header = state.header.to_lowercase();
    assert!(header.contains("content-security-policy: default-src 'none'"));
    assert!(header.contains("cache-control: no-store"));
    run.stop();
}

#[test]
fn the_exchange_may_be_our_asp_or_an_ipsp() {
    for (ours, theirs, initiate) in [
        ("sgp", "asp", true),
        ("ipsp-server", "ipsp-client", true),
        ("ipsp-client", "ipsp-server", false),
        ("ipsp-double", "ipsp-double", true),
    ] {
        // Whether the exchange sets the association up, or we do.
        let mut run = Run::start(&format!("links-{ours}"), |ports| {
            let (near, far) = (ports.asp().port(), ports.sgp().port());
            let listen = |port: u16, udp: u16| {
                format!(
                    "\n  listen:\n    - {{ transport: udp-encapsulated, \
                     address: \"127.0.0.1:{port}\", udp_port: {udp} }}"
                )
            };
            let peer = |name: &str, role: &str, local: u16, remote: u16, udp: (u16, u16)| {
                format!(
                    "\n  gateways:\n    {name}:\n      role: {role}\n      \
                     transport: udp-encapsulated\n      local: \"127.0.0.1:{local}\"\n      \
                     remote: \"127.0.0.1:{remote}\"\n      local_udp_port: {}\n      \
                     remote_udp_port: {}\n      routing_context: 7\n",
                    udp.0, udp.1
                )
            };
            let near_peer = peer("exchange", ours, 2906, 2905, (near, far));
            let far_peer = peer("trunkline", theirs, 2905, 2906, (far, near));
            let destination = "      destinations: [2-100-2]";
            let (signaling, simulator) = match initiate {
                true => (
                    format!(
                        "{}{near_peer}      initiate: false\n{destination}",
                        listen(2906, near)
                    ),
                    far_peer,
                ),
                false => (
                    format!("{near_peer}{destination}"),
                    format!("{}{far_peer}", listen(2905, far)),
                ),
            };
            Parts {
                signaling,
                admin: (None, ""),
                simulator: Some(simulator),
            }
        });
        let state = run.until("up", "ASP-ACTIVE", true);
        assert_eq!(state["peers"][0]["role"], ours);
        let way = &state["destinations"][0]["ways"][0];
        if ours == "ipsp-client" {
            assert_eq!(way["peer"], "exchange");
        } else {
            assert_eq!(state["served"][0]["routing_context"], 7, "{ours}");
            assert_eq!(state["served"][0]["state"], "AS-ACTIVE", "{ours}");
            assert_eq!(way["served_by"][0], "exchange", "{ours}");
        }
        assert_eq!(way["in_use"], true, "{ours}");
        run.until_idle();
        assert_eq!(run.call(), ("connected".to_owned(), None), "{ours}");
        run.stop();
    }
}
