//! The HTTP interface through real sockets on the loopback address, with real SIP peers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "http/client.rs"]
mod client;
#[path = "http/peer.rs"]
mod peer;

use base64::Engine as _;
use client::{EventStream, Response, get, request, send};
use peer::{Answer, Peer};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use trunkline_click_to_call::{
    CallEventKind, CallState, Config, ConfigError, ControllerConfig, Credentials, GetInterface,
    Handle, SpawnError, spawn,
};
use trunkline_numbering::{Rule, Rules};

/// A server on free ports. `1001` is the phone, whatever starts with + is behind the gateway.
fn server(phone: SocketAddr, gateway: SocketAddr, change: impl FnOnce(&mut Config)) -> Handle {
    let rule = |pattern: &str, output: String| Rule {
        pattern: pattern.to_owned(),
        output,
    };
    let rules = Rules::new(vec![
        rule("^(sip:.*)$", "$1".to_owned()),
        rule("^1001$", format!("sip:1001@{phone}")),
        rule(r"^\+([0-9]+)$", format!("sip:+$1@{gateway}")),
    ]);
    let controller = ControllerConfig::new(rules.unwrap(), [5; 32]);
    let any = "127.0.0.1:0".parse().unwrap();
    let mut config = Config::new(any, any, controller);
    change(&mut config);
    spawn(config, None).unwrap()
}

/// A server whose calls go nowhere: to a port where nobody answers.
fn lonely(change: impl FnOnce(&mut Config)) -> (Handle, std::net::UdpSocket) {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    (server(address, address, change), silent)
}

fn post(body: &str) -> String {
    format!(
        "POST /api/v1/calls HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

async fn place(server: &Handle) -> Response {
    let body = json!({"initiator": "1001", "destination": "+4930123456"}).to_string();
    send(server.http_address(), &post(&body)).await
}

fn is_error(response: &Response, status: u16, code: &str, field: Option<&str>) {
    assert_eq!(response.status, status, "{response:?}");
    let error = &response.json()["error"];
    assert_eq!(error["code"], code, "{response:?}");
    assert_eq!(error["field"].as_str(), field, "{response:?}");
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    );
}

#[tokio::test]
async fn call_is_placed_followed_and_hung_up() {
    let phone = Peer::spawn(Answer::Takes).await;
    let gateway = Peer::spawn(Answer::Takes).await;
    let server = server(phone.address, gateway.address, |_| {});
    let mut updates = server.subscribe();

    let placed = place(&server).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let call = placed.json();
    assert_eq!(call["state"], "calling-initiator");
    assert_eq!(call["anchored"], true);
    assert_eq!(call["initiator"]["state"], "dialling");
    assert_eq!(call["initiator"]["address"], "1001");
    assert_eq!(call["destination"]["state"], "idle");
    let path = format!("/api/v1/calls/{}", call["id"].as_str().unwrap());
    assert_eq!(placed.header("location"), Some(path.as_str()));

    let mut events = EventStream::open(server.http_address(), &format!("{path}/events")).await;
    let mut revision = 0;
    let connected = loop {
        let call = events.next().await.expect("the stream goes on");
        assert!(call["revision"].as_u64().unwrap() > revision, "{call}");
        revision = call["revision"].as_u64().unwrap();
        if call["state"] == "connected" {
            break call;
        }
    };
    assert_eq!(connected["destination"]["state"], "answered");
    let at = connected["connected_at"].as_str().unwrap();
    assert!(at.starts_with("20") && at.ends_with('Z'), "{at}");

    let request = format!("DELETE {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let ended = send(server.http_address(), &request).await;
    assert_eq!(
        (ended.status, &ended.json()["state"]),
        (200, &json!("ended"))
    );
    assert_eq!(ended.json()["released_by"], "user");
    let mut last = Value::Null;
    while let Some(call) = events.next().await {
        last = call;
    }
    assert_eq!(last["state"], "ended", "the stream ends with the call");
    let again = get(server.http_address(), &path).await;
    assert_eq!(again.json()["state"], "ended");
    let list = get(server.http_address(), "/api/v1/calls").await.json();
    assert_eq!(list["calls"][0]["id"], call["id"]);

    let mut joined = false;
    loop {
        let update = updates.recv().await.unwrap();
        joined |= update.event.kind == CallEventKind::Call(CallState::Connected);
        if let CallEventKind::Over { state, .. } = update.event.kind {
            assert_eq!(state, CallState::Ended);
            break;
        }
    }
    assert!(joined);
    server.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn failure_of_the_destination_is_shown() {
    let phone = Peer::spawn(Answer::Takes).await;
    let gateway = Peer::spawn(Answer::Refuses {
        status: 486,
        phrase: "Busy Here",
        reason: "Q.850;cause=17;text=\"user busy\"",
    })
    .await;
    let server = server(phone.address, gateway.address, |_| {});
    let id = place(&server).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/calls/{id}/events");
    let mut events = EventStream::open(server.http_address(), &path).await;
    let mut last = Value::Null;
    while let Some(call) = events.next().await {
        last = call;
    }
    assert_eq!(last["state"], "failed");
    assert_eq!(last["released_by"], "destination");
    assert_eq!(last["initiator"]["state"], "ended");
    let leg = &last["destination"];
    assert_eq!(
        (&leg["status"], &leg["reason"]),
        (&json!(486), &json!("Busy Here"))
    );
    assert_eq!(leg["causes"][0]["protocol"], "Q.850");
    assert_eq!(leg["causes"][0]["cause"], 17);
    assert_eq!(leg["causes"][0]["text"], "user busy");
}

#[tokio::test]
async fn ringing_call_can_be_hung_up() {
    let phone = Peer::spawn(Answer::Takes).await;
    let gateway = Peer::spawn(Answer::Rings).await;
    let server = server(phone.address, gateway.address, |_| {});
    let id = place(&server).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/calls/{id}");
    let mut events = EventStream::open(server.http_address(), &format!("{path}/events")).await;
    let ringing = loop {
        let call = events.next().await.expect("the stream goes on");
        if call["destination"]["state"] == "ringing" {
            break call;
        }
    };
    assert_eq!(ringing["state"], "calling-destination");
    assert_eq!(ringing["initiator"]["state"], "answered");
    let ended = request(server.http_address(), "DELETE", &path, &[])
        .await
        .json();
    assert_eq!(ended["state"], "ended");
    assert_eq!(ended["destination"]["state"], "ended");
    assert_eq!(ended["causes"][0]["cause"], 16);
    server.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn request_that_is_not_anchored_is_served_anchored() {
    let (server, _silent) = lonely(|_| {});
    let body = r#"{"initiator":"1001","destination":"+49","anchor":false}"#;
    let placed = send(server.http_address(), &post(body)).await;
    assert_eq!(
        (placed.status, &placed.json()["anchored"]),
        (201, &json!(true))
    );
}

#[tokio::test]
async fn bad_bodies_are_refused_and_say_why() {
    let (server, _silent) = lonely(|_| {});
    for (body, status, code, field) in [
        ("", 400, "malformed_json", None),
        ("{", 400, "malformed_json", None),
        ("[1]", 400, "malformed_json", None),
        ("\u{0}", 400, "malformed_json", None),
        (
            r#"{"initiator":"1001"}"#,
            400,
            "missing_field",
            Some("destination"),
        ),
        (
            r#"{"destination":"+49"}"#,
            400,
            "missing_field",
            Some("initiator"),
        ),
        (
            r#"{"initiator":"1001","destination":"+49","premium":true}"#,
            400,
            "unknown_field",
            Some("premium"),
        ),
        (
            r#"{"initiator":"1001","initiator":"1001","destination":"+49"}"#,
            400,
            "duplicate_field",
            Some("initiator"),
        ),
        (
            r#"{"initiator":"1001","destination":null}"#,
            400,
            "invalid_field",
            Some("destination"),
        ),
        (
            r#"{"initiator":"x","destination":"+49"}"#,
            422,
            "no_rule",
            Some("initiator"),
        ),
        (
            r#"{"initiator":"1001","destination":"sip:a@192.0.2.1\r\nVia: x"}"#,
            422,
            "invalid_address",
            Some("destination"),
        ),
        (
            r#"{"initiator":"sip:a@name.example","destination":"+49"}"#,
            422,
            "invalid_address",
            Some("initiator"),
        ),
    ] {
        let response = send(server.http_address(), &post(body)).await;
        is_error(&response, status, code, field);
    }
    assert_eq!(server.counters().await.0.placed, 0);
}

#[tokio::test]
async fn body_that_is_no_json_is_refused() {
    let (server, _silent) = lonely(|_| {});
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let request = post("{}").replace("application/json", kind);
        let response = send(server.http_address(), &request).await;
        is_error(&response, 415, "unsupported_media_type", None);
    }
}

#[tokio::test]
async fn oversize_body_is_refused() {
    let (server, _silent) = lonely(|_| {});
    let large = format!("{{\"initiator\":\"{}\"}}", "1".repeat(5_000));
    let response = send(server.http_address(), &post(&large)).await;
    is_error(&response, 413, "body_too_large", None);
    // Without a length in advance too.
    let chunked = format!(
        "POST /api/v1/calls HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n",
        large.len()
    );
    let response = send(server.http_address(), &chunked).await;
    is_error(&response, 413, "body_too_large", None);
}

#[tokio::test]
async fn long_address_is_refused() {
    let (server, _silent) = lonely(|_| {});
    let body = json!({"initiator": "1001", "destination": format!("+{}", "1".repeat(400))});
    let response = send(server.http_address(), &post(&body.to_string())).await;
    is_error(&response, 422, "invalid_address", Some("destination"));
}

#[tokio::test]
async fn wrong_methods_and_paths_are_told_so() {
    let (server, _silent) = lonely(|_| {});
    let http = server.http_address();
    for (method, path) in [
        ("PUT", "/api/v1/calls"),
        ("POST", "/api/v1/calls/x"),
        ("POST", "/api/v1/calls/x/events"),
    ] {
        let response = request(http, method, path, &[]).await;
        is_error(&response, 405, "method_not_allowed", None);
        assert!(response.header("allow").is_some(), "{response:?}");
    }
    assert_eq!(request(http, "POST", "/", &[]).await.status, 405);
    assert_eq!(
        request(http, "DELETE", "/clicktocall.html", &[])
            .await
            .status,
        405
    );
    is_error(&get(http, "/api/v1/nothing").await, 404, "not_found", None);
    is_error(
        &get(http, "/api/v1/calls/0123").await,
        404,
        "unknown_call",
        None,
    );
    is_error(
        &get(http, "/api/v1/calls/0123/events").await,
        404,
        "unknown_call",
        None,
    );
    let gone = request(http, "DELETE", "/api/v1/calls/0123", &[]).await;
    is_error(&gone, 404, "unknown_call", None);
    assert_eq!(get(http, "/nothing").await.status, 404);
    assert_eq!(get(http, "/page/../app.js").await.status, 404);
}

#[tokio::test]
async fn only_who_knows_the_password_may_call() {
    let (server, _silent) = lonely(|config| {
        config.credentials = Some(Credentials {
            user: "anna".to_owned(),
            password: "s3cret".to_owned(),
        });
    });
    let http = server.http_address();
    let basic = |pair: &str| {
        let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
        format!("Basic {encoded}")
    };
    let (wrong, right) = (basic("anna:s3cre"), basic("anna:s3cret"));
    let call = "/clicktocall.html?initiator=1001&destination=%2B49";
    for path in [
        "/",
        "/page/app.js",
        call,
        "/api/v1/calls",
        "/api/v1/calls/x",
        "/nothing",
    ] {
        for headers in [&[][..], &[("Authorization", wrong.as_str())]] {
            let response = request(http, "GET", path, headers).await;
            assert_eq!(response.status, 401, "{path}");
            let challenge = response.header("www-authenticate").unwrap();
            assert!(challenge.starts_with("Basic realm="), "{challenge}");
        }
    }
    is_error(&get(http, "/api/v1/calls").await, 401, "unauthorized", None);
    assert!(
        get(http, "/")
            .await
            .body
            .contains("<title>401 Unauthorized</title>")
    );
    assert_eq!(server.counters().await.0.placed, 0);
    assert_eq!(get(http, "/index.html").await.status, 200);
    let headers = [("Authorization", right.as_str())];
    assert_eq!(request(http, "GET", "/", &headers).await.status, 200);
    assert_eq!(request(http, "GET", call, &headers).await.status, 200);
    assert_eq!(server.counters().await.0.placed, 1);
}

#[tokio::test]
async fn open_to_the_network_needs_a_password() {
    let rules = || Rules::new(Vec::new()).unwrap();
    let sip: SocketAddr = "127.0.0.1:0".parse().unwrap();
    for http in ["0.0.0.0:0", "[::]:0"] {
        let http: SocketAddr = http.parse().unwrap();
        let config = Config::new(sip, http, ControllerConfig::new(rules(), [1; 32]));
        let error = spawn(config, None).unwrap_err();
        assert!(
            matches!(error, SpawnError::Config(ConfigError::OpenToAll { .. })),
            "{error}"
        );
        assert!(
            error.to_string().contains("set a user and a password"),
            "{error}"
        );
    }
    let http: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let mut config = Config::new(sip, http, ControllerConfig::new(rules(), [1; 32]));
    config.credentials = Some(Credentials {
        user: "a".to_owned(),
        password: "b".to_owned(),
    });
    assert!(spawn(config, None).is_ok());
}

#[tokio::test]
async fn port_in_use_is_a_clear_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let http = taken.local_addr().unwrap();
    let sip = "127.0.0.1:0".parse().unwrap();
    let rules = Rules::new(Vec::new()).unwrap();
    let error = spawn(
        Config::new(sip, http, ControllerConfig::new(rules, [1; 32])),
        None,
    );
    let text = error.unwrap_err().to_string();
    assert!(
        text.contains(&format!("cannot bind the HTTP address {http}")),
        "{text}"
    );
}

#[tokio::test]
async fn clicktocall_html_speaks_as_the_old_servers() {
    let (server, _silent) = lonely(|_| {});
    let http = server.http_address();
    let page = get(
        http,
        "/clicktocall.html?initiator=1001&destination=%2B4930&anchor=True",
    )
    .await;
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(
        page.body.contains("<title>ClickToCall Server</title>"),
        "{page:?}"
    );
    let paragraph = "<p><em>ClickToCall:</em> initiator=1001, destination=+4930 (anchored)</p>";
    assert!(page.body.contains(paragraph), "{page:?}");
    assert!(
        page.body
            .contains("<p>Initiating ClickToCall from sip:1001@127.0.0.1:"),
        "{page:?}"
    );
    assert!(
        page.body.contains("(1001) to sip:+4930@127.0.0.1:"),
        "{page:?}"
    );
    assert!(page.body.contains("(+4930) (anchored)...</p>"), "{page:?}");
    assert!(
        page.header("link")
            .is_some_and(|link| link.contains("/api/v1/calls/"))
    );

    for (query, text) in [
        (
            "",
            "<p>Missing initiator or destination URL parameters.</p>",
        ),
        (
            "?initiator=1001",
            "<p>Missing initiator or destination URL parameters.</p>",
        ),
        (
            "?initiator=&destination=1",
            "<p>Missing initiator or destination URL parameters.</p>",
        ),
        (
            "?initiator=77&destination=1001",
            "<p>No translation rule for either initiator 77 or destination 1001.</p>",
        ),
        (
            "?initiator=sip:&destination=1001",
            "<p>Invalid URI format in initiator sip: or destination 1001: ",
        ),
        // A plus is a blank, as it always was.
        (
            "?initiator=1001&destination=+49",
            "<p>No translation rule for either initiator 1001 or destination  49.</p>",
        ),
    ] {
        let page = get(http, &format!("/clicktocall.html{query}")).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains(text), "{query}: {page:?}");
    }
    assert_eq!(server.counters().await.0.placed, 1);
    let index = get(http, "/index.html").await.body;
    assert!(
        index.contains("<title>ClickToCall Server Login</title>"),
        "{index}"
    );
    assert!(index.contains("Click-To-Call HTML Server"), "{index}");
}

#[tokio::test]
async fn markup_in_parameters_is_only_text() {
    let (server, _silent) = lonely(|_| {});
    let http = server.http_address();
    for parameters in [
        "initiator=%3Cscript%3Ealert(1)%3C/script%3E&destination=1001",
        "initiator=sip:%3Cimg%20src=x%20onerror=alert(1)%3E&destination=1001",
        "initiator=1001&destination=%22%27%3E%3Cscript%3E",
    ] {
        let page = get(http, &format!("/clicktocall.html?{parameters}")).await;
        assert_eq!(page.status, 200);
        assert!(
            !page.body.contains("<script") && !page.body.contains("<img"),
            "{page:?}"
        );
        assert!(page.body.contains("&lt;"), "{page:?}");
    }
    let error = get(http, "/%3Cscript%3E").await;
    assert!(!error.body.contains("<script"), "{error:?}");
}

#[tokio::test]
async fn pages_of_other_sites_place_no_calls() {
    let (server, _silent) = lonely(|_| {});
    let http = server.http_address();
    let call = "/clicktocall.html?initiator=1001&destination=%2B49";
    for headers in [
        [("Sec-Fetch-Site", "cross-site")],
        [("Origin", "http://evil.example")],
        [("Referer", "http://evil.example/page")],
    ] {
        let page = request(http, "GET", call, &headers).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("other sites"), "{page:?}");
    }
    let body = r#"{"initiator":"1001","destination":"+49"}"#;
    let cross = post(body).replace("Connection:", "Origin: http://evil.example\r\nConnection:");
    is_error(&send(http, &cross).await, 403, "cross_site", None);
    // A name that was made to point here (DNS rebinding).
    let rebound = post(body).replace("Host: localhost", "Host: evil.example");
    is_error(&send(http, &rebound).await, 403, "host", None);
    assert_eq!(server.counters().await.0.placed, 0);
}

#[tokio::test]
async fn get_interface_can_be_closed_or_opened() {
    let call = "/clicktocall.html?initiator=1001&destination=%2B49";
    let (server, _silent) = lonely(|config| config.get_interface = GetInterface::Off);
    assert_eq!(get(server.http_address(), call).await.status, 404);
    let (server, _silent) = lonely(|config| config.get_interface = GetInterface::AnySite);
    let headers = [("Sec-Fetch-Site", "cross-site")];
    let page = request(server.http_address(), "GET", call, &headers).await;
    assert!(page.body.contains("Initiating ClickToCall"), "{page:?}");
}

#[tokio::test]
async fn too_many_calls_get_503() {
    let (server, _silent) = lonely(|config| config.controller.limits.active = 1);
    assert_eq!(place(&server).await.status, 201);
    let refused = place(&server).await;
    is_error(&refused, 503, "too_many_calls", None);
    assert_eq!(refused.header("retry-after"), Some("5"));

    let (server, _silent) = lonely(|config| {
        config.controller.limits.burst = 1;
        config.controller.limits.per_second = 1;
    });
    assert_eq!(place(&server).await.status, 201);
    let refused = place(&server).await;
    is_error(&refused, 503, "too_fast", None);
    assert_eq!(refused.header("retry-after"), Some("1"));
    let page = get(
        server.http_address(),
        "/clicktocall.html?initiator=1001&destination=%2B49",
    );
    assert!(
        page.await
            .body
            .contains("<p>Call refused: too many calls in a short time.</p>")
    );
}

#[tokio::test]
async fn request_in_pieces_places_one_call() {
    let (server, _silent) = lonely(|_| {});
    let request = post(r#"{"initiator":"1001","destination":"+49"}"#);
    let pieces: Vec<String> = request.chars().map(String::from).collect();
    let response = client::send_pieces(server.http_address(), &pieces).await;
    assert_eq!(response.status, 201);
    assert_eq!(server.counters().await.0.placed, 1);
}

#[tokio::test]
async fn slow_requests_do_not_hold_their_places() {
    let (server, _silent) = lonely(|config| {
        config.connections = 2;
        config.request_timeout = Duration::from_millis(100);
    });
    let http = server.http_address();
    // Two that never finish their head take all places; the third gets one when they are put out.
    let mut slow = Vec::new();
    for _ in 0..2 {
        slow.push(client::open(http, "GET / HTTP/1.1\r\nHost: ").await);
    }
    assert_eq!(get(http, "/").await.status, 200);
    // And a body that never comes is answered.
    let stalled = post(r#"{"initiator":"1001"}"#).replace('}', "");
    is_error(&send(http, &stalled).await, 408, "request_timeout", None);
}

#[tokio::test]
async fn page_brings_all_it_needs_and_a_strict_policy() {
    let (server, _silent) = lonely(|_| {});
    let http = server.http_address();
    let page = get(http, "/").await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let mut all = page.body.clone();
    for (path, kind) in [
        ("/page/app.js", "text/javascript; charset=utf-8"),
        ("/page/style.css", "text/css; charset=utf-8"),
        ("/page/icon.svg", "image/svg+xml"),
    ] {
        let file = get(http, path).await;
        assert_eq!(
            (file.status, file.header("content-type")),
            (200, Some(kind))
        );
        assert!(page.body.contains(path), "{path} is used");
        all.push_str(&file.body);
    }
    // Nothing from elsewhere but the name of SVG, nothing inline that the policy forbids.
    let all = all.replace("http://www.w3.org/2000/svg", "");
    for forbidden in [
        "http://",
        "https://",
        "<style",
        " style=",
        " onclick",
        "innerHTML",
        "eval(",
    ] {
        assert!(!all.contains(forbidden), "{forbidden}");
    }
    let scripts = page.body.matches("<script").count();
    assert_eq!((scripts, page.body.matches("<script src=").count()), (1, 1));
}

#[tokio::test]
async fn stopping_hangs_up_and_the_tap_has_seen_all() {
    let phone = Peer::spawn(Answer::Takes).await;
    let gateway = Peer::spawn(Answer::Takes).await;
    let rules = Rules::new(vec![Rule {
        pattern: "^(sip:.*)$".to_owned(),
        output: "$1".to_owned(),
    }]);
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let config = Config::new(any, any, ControllerConfig::new(rules.unwrap(), [3; 32]));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let seen_by_tap = Arc::clone(&seen);
    let tap: trunkline_model::tap::Tap = Arc::new(move |_, to, data: &[u8]| {
        let line = String::from_utf8_lossy(data)
            .lines()
            .next()
            .unwrap()
            .to_owned();
        let method = line.split(' ').next().unwrap().to_owned();
        seen_by_tap.lock().unwrap().push((to, method));
    });
    let server = spawn(config, Some(tap)).unwrap();
    let mut updates = server.subscribe();
    let request = trunkline_click_to_call::CallRequest {
        initiator: format!("sip:a@{}", phone.address),
        destination: format!("sip:b@{}", gateway.address),
        anchor: true,
    };
    let call = server.place(request).await.unwrap();
    while updates.recv().await.unwrap().event.kind != CallEventKind::Call(CallState::Connected) {}
    assert_eq!(
        server.status(&call.id).await.unwrap().state,
        CallState::Connected
    );
    server.stop(Duration::from_secs(5)).await;
    let seen = seen.lock().unwrap();
    let methods = |to: SocketAddr| -> Vec<&str> {
        let mut methods: Vec<&str> = seen
            .iter()
            .filter(|(destination, _)| *destination == to)
            .map(|(_, method)| method.as_str())
            .collect();
        methods.dedup();
        methods
    };
    assert_eq!(
        methods(phone.address),
        ["INVITE", "ACK", "INVITE", "ACK", "BYE"]
    );
    assert_eq!(methods(gateway.address), ["INVITE", "ACK", "BYE"]);
}
