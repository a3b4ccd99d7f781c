//! Certificates: whose, from whom, and their files.

use super::{ANY_V4, Authority, Node, message, name, plain, until};
use crate::config::{ClientCertificates, Config, Listen, TlsClient, TlsServer, Verify};
use crate::{Count, FileProblem, OpenError, SocketEvent, Sockets};
use std::io::{BufRead, Read, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use trunkline_sip::Transport;

/// Whether a message arrives at `server` under a name, with these settings of the client.
async fn arrives(server: &mut Node, client: TlsClient, wanted: Option<Arc<str>>) -> bool {
    let transport = server.sockets.locals()[0].0;
    let mut node = Node::new(Config {
        tls_client: Some(client),
        ..plain(Transport::Tcp, ANY_V4)
    })
    .await;
    let mut flow = node.flow(server.local());
    flow.transport = transport;
    node.sockets.send(flow, wanted, message("1", ""));
    loop {
        tokio::select! {
            event = server.event() => {
                if let SocketEvent::Received { flow, data, .. } = event {
                    server.sockets.send(flow, None, data);
                }
            }
            event = node.event() => match event {
                SocketEvent::Opened { .. } => {}
                SocketEvent::Received { .. } => return true,
                SocketEvent::Undelivered(told) => {
                    assert_eq!(told, flow);
                    return false;
                }
                // TLS 1.3 tells a client only later that its certificate is not good.
                SocketEvent::Closed { .. } => return false,
                other => panic!("unexpected: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn server_must_have_the_name_and_a_known_root() {
    let authority = Authority::new();
    let stranger = Authority::new();
    for transport in [Transport::Tls, Transport::Wss] {
        let mut server = Node::new(authority.server(transport)).await;
        let trusting = || authority.client();
        assert!(arrives(&mut server, trusting(), name("A.example")).await);
        assert!(!arrives(&mut server, trusting(), name("b.example")).await);
        assert!(!arrives(&mut server, trusting(), name("x.a.example")).await);
        assert!(!arrives(&mut server, trusting(), name("no name")).await);
        // Without a name the address has to be in it.
        assert!(!arrives(&mut server, trusting(), None).await);
        assert!(!arrives(&mut server, stranger.client(), name("a.example")).await);
        let chain_only = TlsClient {
            verify: Verify::Chain,
            ..authority.client()
        };
        assert!(arrives(&mut server, chain_only, None).await);
        let chain_only = TlsClient {
            verify: Verify::Chain,
            ..stranger.client()
        };
        assert!(!arrives(&mut server, chain_only, None).await);
    }
}

#[tokio::test]
async fn without_settings_nothing_is_opened() {
    let authority = Authority::new();
    let server = Node::new(authority.server(Transport::Tls)).await;
    let mut client = Node::plain(Transport::Tcp, ANY_V4).await;
    let mut flow = client.flow(server.local());
    flow.transport = Transport::Tls;
    client
        .sockets
        .send(flow, name("a.example"), message("1", ""));
    assert_eq!(client.event().await, SocketEvent::Undelivered(flow));
}

#[tokio::test]
async fn clients_show_certificates() {
    let authority = Authority::new();
    let stranger = Authority::new();
    let own = |authority: &Authority, client: &Authority| TlsClient {
        own: Some(client.issue("client", &["sip:client.example"])),
        ..authority.client()
    };
    let required = ClientCertificates::Required(authority.root());
    let optional = ClientCertificates::Optional(authority.root());
    let table = [
        (&required, Some(&authority), true),
        (&required, Some(&stranger), false),
        (&required, None, false),
        (&optional, Some(&authority), true),
        (&optional, Some(&stranger), false),
        (&optional, None, true),
    ];
    for (clients, shown, taken) in table {
        let config = Config {
            listen: vec![authority.listen(Transport::Tls, clients.clone())],
            ..Config::default()
        };
        let mut server = Node::new(config).await;
        let client = match shown {
            Some(issuer) => own(&authority, issuer),
            None => authority.client(),
        };
        let arrived = arrives(&mut server, client, name("a.example")).await;
        assert_eq!(arrived, taken, "{clients:?}, shown: {}", shown.is_some());
        let failed = || {
            let counters = server.sockets.counters();
            counters.get(Transport::Tls, Count::TlsFailed)
        };
        until(|| failed() == u64::from(!taken)).await;
    }
}

#[tokio::test]
async fn names_of_both_sides_are_told() {
    let authority = Authority::new();
    let clients = ClientCertificates::Required(authority.root());
    let mut server = Node::new(Config {
        listen: vec![authority.listen(Transport::Tls, clients)],
        ..Config::default()
    })
    .await;
    let mut client = Node::new(Config {
        tls_client: Some(TlsClient {
            own: Some(authority.issue("client", &["sip:client.example"])),
            ..authority.client()
        }),
        ..authority.server(Transport::Tls)
    })
    .await;
    let flow = client.flow(server.local());
    client
        .sockets
        .send(flow, name("a.example"), message("1", ""));
    server.opened().await;
    let SocketEvent::Received { peer, .. } = server.event().await else {
        panic!("expected a message");
    };
    assert_eq!(*peer.unwrap().domains, ["client.example".into()]);
    let SocketEvent::Opened { peer, .. } = client.event().await else {
        panic!("expected a connection");
    };
    assert_eq!(*peer.unwrap().domains, ["a.example".into()]);
}

#[tokio::test]
async fn one_connection_for_each_name() {
    let authority = Authority::new();
    let own = authority.issue("server", &["a.example", "b.example"]);
    let clients = ClientCertificates::None;
    let tls = TlsServer { own, clients };
    let mut server = Node::new(Config {
        listen: vec![Listen::secure(Transport::Tls, ANY_V4, tls)],
        ..Config::default()
    })
    .await;
    let client = Node::new(authority.server(Transport::Tls)).await;
    for wanted in ["a.example", "b.example", "a.example"] {
        let flow = client.flow(server.local());
        client.sockets.send(flow, name(wanted), message("1", ""));
        server.received().await;
    }
    let counters = server.sockets.counters();
    assert_eq!(counters.get(Transport::Tls, Count::Accepted), 2);
}

#[tokio::test]
async fn certificates_are_loaded_again() {
    let authority = Authority::new();
    let mut server = Node::new(authority.server(Transport::Tls)).await;
    assert!(!arrives(&mut server, authority.client(), name("new.example")).await);
    authority.issue("server", &["new.example"]);
    server.sockets.reload_certificates().unwrap();
    assert!(arrives(&mut server, authority.client(), name("new.example")).await);
    // What cannot be loaded changes nothing.
    std::fs::write(authority.folder().join("server.pem"), "nothing").unwrap();
    let error = server.sockets.reload_certificates().unwrap_err();
    assert!(error.to_string().contains("server.pem"), "{error}");
    assert!(arrives(&mut server, authority.client(), name("new.example")).await);
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named() {
    let authority = Authority::new();
    let good = authority.issue("good", &["a.example"]);
    let other = authority.issue("other", &["a.example"]);
    let file = |name: &str, text: &[u8]| {
        let path = authority.folder().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let empty = file("empty.pem", b"no PEM here\n");
    let broken = file("broken.pem", broken);
    let cut = file("cut.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n");
    let missing = authority.folder().join("missing.pem");
    let open = async |certificate: &std::path::Path, key: &std::path::Path, clients| {
        let own = crate::config::CertificateFiles {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        };
        let tls = TlsServer { own, clients };
        let config = Config {
            listen: vec![Listen::secure(Transport::Tls, ANY_V4, tls)],
            ..Config::default()
        };
        match Sockets::bind(config).await {
            Err(OpenError::File { path, problem }) => (path, problem),
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("opened"),
        }
    };
    let (certificate, key) = (&good.certificate, &good.key);
    let none = || ClientCertificates::None;
    let (path, problem) = open(&missing, key, none()).await;
    assert!(path == missing && matches!(problem, FileProblem::Read(_)));
    let (path, problem) = open(certificate, &missing, none()).await;
    assert!(path == missing && matches!(problem, FileProblem::Read(_)));
    let (path, problem) = open(&empty, key, none()).await;
    assert!(path == empty && matches!(problem, FileProblem::NoCertificate));
    let (path, problem) = open(&cut, key, none()).await;
    assert!(path == cut && matches!(problem, FileProblem::Pem(_)));
    let (path, problem) = open(&broken, key, none()).await;
    assert!(path == broken && matches!(problem, FileProblem::Certificate { number: 1, .. }));
    let (path, problem) = open(certificate, certificate, none()).await;
    assert!(path == *certificate && matches!(problem, FileProblem::NoKey));
    let (path, problem) = open(certificate, &other.key, none()).await;
    assert!(path == other.key && matches!(problem, FileProblem::Key(_)));
    let clients = ClientCertificates::Required(broken.clone());
    let (path, problem) = open(certificate, key, clients).await;
    assert!(path == broken && matches!(problem, FileProblem::NoRoot(_)));

    let bare = Config {
        listen: vec![Listen::plain(Transport::Wss, ANY_V4)],
        ..Config::default()
    };
    let error = Sockets::bind(bare).await.err().unwrap();
    assert!(matches!(error, OpenError::NoCertificate { .. }));
}

#[tokio::test]
async fn openssl_connects_in_both_versions() {
    let authority = Authority::new();
    let own = authority.issue("client", &["sip:client.example"]);
    let clients = ClientCertificates::Required(authority.root());
    let mut server = Node::new(Config {
        listen: vec![authority.listen(Transport::Tls, clients)],
        ..Config::default()
    })
    .await;
    for version in ["-tls1_2", "-tls1_3"] {
        let mut client = Command::new("openssl")
            .args(["s_client", "-quiet", "-no_ign_eof", "-verify_return_error"])
            .args([version])
            .args(["-connect", &server.local().to_string(), "-CAfile"])
            .arg(authority.root())
            .arg("-cert")
            .arg(&own.certificate)
            .arg("-key")
            .arg(&own.key)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl is installed");
        let request = message(version, "from openssl");
        let mut input = client.stdin.take().unwrap();
        input.write_all(&request).unwrap();
        let flow = server.opened().await;
        let (received, data) = server.received().await;
        assert_eq!((received, data), (flow, request));
        let answer = message(version, "answer");
        server.sockets.send(flow, None, answer.clone());
        let mut output = client.stdout.take().unwrap();
        let read = tokio::task::spawn_blocking(move || {
            let mut octets = vec![0; answer.len()];
            output.read_exact(&mut octets).unwrap();
            assert_eq!(octets, answer);
        });
        read.await.unwrap();
        drop(input);
        assert_eq!(server.closed().await.0, flow);
        let ended = tokio::task::spawn_blocking(move || client.wait());
        ended.await.unwrap().unwrap();
    }
    // Nothing older.
    let mut old = Command::new("openssl");
    old.args(["s_client", "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
        .args(["-connect", &server.local().to_string()])
        .stdin(Stdio::null());
    let refused = tokio::task::spawn_blocking(move || old.output());
    assert!(!refused.await.unwrap().unwrap().status.success());
}

#[tokio::test]
async fn openssl_is_connected_to_in_both_versions() {
    let authority = Authority::new();
    let own = authority.issue("server", &["sip:a.example"]);
    let mut client = Node::new(Config {
        tls_client: Some(TlsClient {
            own: Some(authority.issue("client", &["sip:client.example"])),
            ..authority.client()
        }),
        ..authority.server(Transport::Tls)
    })
    .await;
    for version in ["-tls1_2", "-tls1_3"] {
        let mut server = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", "-naccept", "1"])
            .args([version, "-Verify", "1", "-verify_return_error", "-CAfile"])
            .arg(authority.root())
            .arg("-cert")
            .arg(&own.certificate)
            .arg("-key")
            .arg(&own.key)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl is installed");
        let mut lines = std::io::BufReader::new(server.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| line.unwrap().strip_prefix("ACCEPT ")?.parse().ok());
        let flow = client.flow(address.expect("the address"));
        let request = message(version, "to openssl");
        client.sockets.send(flow, name("a.example"), request);
        let flow = client.opened().await;
        let arrived = move || lines.any(|line| line.unwrap().contains("to openssl"));
        // The body has no line end of its own: closing ends it.
        client.sockets.close(flow.connection.unwrap());
        assert!(tokio::task::spawn_blocking(arrived).await.unwrap());
        assert_eq!(client.closed().await.0, flow);
        let ended = tokio::task::spawn_blocking(move || server.wait());
        assert!(ended.await.unwrap().unwrap().success());
    }
}
