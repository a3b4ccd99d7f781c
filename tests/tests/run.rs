//! `trunkline run` as a newcomer types it, `trunkline check`, and what they say of mistakes.

use serde_json::Value;
use std::process::Command;
use trunkline_tests::peers::{Folder, Gateway, PATIENCE, Process, request, trunkline, until};

#[test]
fn built_in_configuration_serves_calls_and_stops_in_order() {
    // The telephone's events are of interest only to those who look for them.
    let mut gateway = Gateway::start_as_built_in("info,trunkline::running=debug");
    let page = gateway.http("GET", "/", None);
    assert_eq!(page.status, 200);
    assert!(
        page.header
            .to_lowercase()
            .contains("content-type: text/html")
    );
    assert!(page.body.contains("</html>"));
    let health = request(gateway.at.admin, "GET", "/healthz", None).unwrap();
    assert_eq!((health.status, health.body.as_str()), (200, "ok\n"));
    let metrics = gateway.metrics();
    assert_eq!(metrics.sum("trunkline_association_up", &[]), 1.0);
    assert_eq!(
        metrics.sum("trunkline_asp_state", &[("state", "ASP-ACTIVE")]),
        1.0
    );

    for (method, path, body, status) in [
        ("POST", "/api/v1/calls", Some("{"), 400),
        (
            "POST",
            "/api/v1/calls",
            Some(r#"{"initiator": "1001"}"#),
            400,
        ),
        ("GET", "/api/v1/calls/none", None, 404),
        ("GET", "/nothing", None, 404),
    ] {
        let response = gateway.http(method, path, body);
        assert_eq!(
            response.status, status,
            "{method} {path}: {}",
            response.body
        );
    }

    let call = r#"{"initiator": "1001", "destination": "+493023125100"}"#;
    let placed = gateway.http("POST", "/api/v1/calls", Some(call));
    assert_eq!(placed.status, 201, "{}", placed.body);
    let placed: Value = serde_json::from_str(&placed.body).unwrap();
    let path = format!("/api/v1/calls/{}", placed["id"].as_str().expect("an id"));
    until("the call to be connected", PATIENCE, || {
        let shown = gateway.http("GET", &path, None);
        let call: Value = serde_json::from_str(&shown.body).unwrap();
        (call["state"] == "connected").then_some(())
    });
    let active = gateway.metric("trunkline_calls_active", &[("direction", "sip_to_isup")]);
    assert_eq!(active, 1.0);
    // They talk.
    for codec in ["PCMA", "opus"] {
        let labels = [("direction", "sent"), ("codec", codec)];
        gateway.until_at_least("trunkline_rtp_packets_total", &labels, 25.0);
    }

    gateway.stop();

    // Click-to-call sends BYE to the telephone and to the gateway, which releases the circuit.
    let line = |text: &str| {
        let lines = gateway.process.lines_with(text);
        assert_eq!(lines.len(), 1, "{text}: {lines:#?}");
        lines[0].clone()
    };
    assert!(line("telephone event=Ended").contains("Bye"));
    assert!(line(" call released").contains("side=\"sip\""));
    let ended = line("simulated exchange: call ended");
    assert!(ended.contains("released by the gateway: 41"), "{ended}");
    line(" stopped");
}

#[test]
fn check_accepts_the_default_file_and_names_line_and_key_of_mistakes() {
    let default = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/trunkline.yaml");
    let (status, lines) = check(&default);
    assert_eq!(status, Some(0), "{lines:#?}");

    let text = std::fs::read_to_string(&default).unwrap();
    let folder = Folder::new("check");
    for (name, from, to, said) in [
        ("unknown", "media:\n", "media:\n  colour: red\n", "colour"),
        ("twice", "media:\n", "media:\n  ports: 1-2\n", "ports"),
        (
            "range",
            "country_code: \"49\"",
            "country_code: \"0\"",
            "trunk_groups[0].country_code",
        ),
    ] {
        assert!(text.contains(from));
        let wrong = text.replacen(from, to, 1);
        let file = folder.write(&format!("{name}.yaml"), &wrong);
        let (status, lines) = check(&file);
        assert_eq!(status, Some(2), "{name}: {lines:#?}");
        let output = lines.join("\n");
        assert!(output.contains(said), "{name}: {output}");
        // FILE:LINE: ...
        let place = format!("{name}.yaml:");
        let after = output.split_once(&place).map(|(_, after)| after);
        let line = after.and_then(|after| after.split(':').next()?.parse::<usize>().ok());
        let line = line.unwrap_or_else(|| panic!("{name}: no line in {output}"));
        let at = wrong.lines().nth(line - 1).unwrap_or_default();
        assert!(
            at.contains(said.rsplit('.').next().unwrap()),
            "{name}: line {line}: {at}"
        );
    }
}

#[test]
fn run_refuses_a_wrong_file_before_anything_starts() {
    let folder = Folder::new("run-wrong");
    let file = folder.write("wrong.yaml", "sip: {}\n");
    let mut command = Command::new(trunkline());
    command.args(["run", "-c"]).arg(file);
    let (status, lines) = Process::run("trunkline run", &mut command, PATIENCE);
    assert_eq!(status.code(), Some(2), "{lines:#?}");
    assert!(
        lines.iter().any(|line| line.contains("wrong.yaml")),
        "{lines:#?}"
    );
}

fn check(file: &std::path::Path) -> (Option<i32>, Vec<String>) {
    let mut command = Command::new(trunkline());
    command.args(["check", "-c"]).arg(file);
    let (status, lines) = Process::run("trunkline check", &mut command, PATIENCE);
    (status.code(), lines)
}
