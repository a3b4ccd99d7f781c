//! sipp as a SIP peer of `trunkline run`: its calls into the telephone network, those out of it,
//! and what it must survive meanwhile.

use core::time::Duration;
use std::net::{Ipv6Addr, SocketAddr, UdpSocket};
use trunkline_tests::peers::{Gateway, Network, Setup, Sipp};

/// Answers after 100 ms and plays 1004 Hz.
const ANSWERS: &str = "+493023125110";
const BUSY: &str = "+493023125117";
/// Says nothing at all, no ACM either.
const SILENT: &str = "+493023125118";
/// Rings and does not answer.
const NO_ANSWER: &str = "+493023125119";
const UNALLOCATED: &str = "+493023125198";

const TO_ISUP: (&str, &str) = ("direction", "sip_to_isup");
const TO_SIP: (&str, &str) = ("direction", "isup_to_sip");

#[test]
fn five_hundred_calls_at_twenty_a_second_while_junk_arrives() {
    const CALLS: u32 = 500;
    const ROUNDS: u32 = 20;
    let mut setup = Setup::new("sipp-load");
    // Calls of 1.2 s at 20 a second take 24 circuits; a slow machine more.
    setup.last_circuit = 127;
    let (local, media) = (setup.ports.peer(0), setup.ports.peer_media(0));
    let junk = Junk::new(&setup);
    let mut gateway = Gateway::start(setup);

    let load = Sipp {
        calls: CALLS,
        rate: 20,
        hold: Duration::from_secs(1),
        limit: Duration::from_secs(90),
        ..Sipp::caller("uac", local, media, gateway.at.sip, ANSWERS)
    };
    let load = load.start(&gateway.folder);
    for round in 1..=ROUNDS {
        let answered = f64::from(round * CALLS / ROUNDS);
        gateway.until_at_least("trunkline_calls_answered_total", &[TO_ISUP], answered);
        junk.throw(round);
    }
    let outcome = load.outcome();
    outcome.assert_all_successful(CALLS);
    gateway.until_idle();

    // The same on both sides, and on every layer.
    let calls = f64::from(CALLS);
    let metrics = gateway.metrics();
    for (name, labels) in [
        ("trunkline_calls_started_total", &[TO_ISUP][..]),
        ("trunkline_calls_answered_total", &[TO_ISUP]),
        (
            "trunkline_calls_released_total",
            &[TO_ISUP, ("side", "sip"), ("cause", "16")],
        ),
        (
            "trunkline_isup_messages_total",
            &[("direction", "sent"), ("message", "IAM")],
        ),
        (
            "trunkline_isup_messages_total",
            &[("direction", "received"), ("message", "ACM")],
        ),
        (
            "trunkline_isup_messages_total",
            &[("direction", "received"), ("message", "ANM")],
        ),
        (
            "trunkline_isup_messages_total",
            &[("direction", "sent"), ("message", "REL")],
        ),
        (
            "trunkline_isup_messages_total",
            &[("direction", "received"), ("message", "RLC")],
        ),
        (
            "trunkline_setup_seconds_count",
            &[TO_ISUP, ("until", "answer")],
        ),
    ] {
        assert_eq!(metrics.sum(name, labels), calls, "{name} {labels:?}");
    }
    assert_eq!(metrics.sum("trunkline_calls_released_total", &[]), calls);
    // sipp sends back the sound that it gets: both ways some of it came through.
    let relayed = &[("how", "relayed"), ("from", "PCMA"), ("to", "PCMA")];
    assert!(
        metrics.sum("trunkline_rtp_forwarded_total", relayed) > calls,
        "{}",
        metrics.show("trunkline_rtp_forwarded_total")
    );
    // The exchange counts as many, all released by us, and heard its own tone come back.
    let ended = gateway.process.until_printed(
        "simulated exchange: call ended",
        CALLS as usize,
        Duration::from_secs(5),
    );
    assert_eq!(ended.len(), CALLS as usize);
    let by_us = ended
        .iter()
        .filter(|line| line.contains("released by the gateway: 16"));
    assert_eq!(by_us.count(), CALLS as usize, "{:#?}", ended.first());
    let heard = ended
        .iter()
        .filter(|line| line.contains("1004.0 Hz"))
        .count();
    assert!(
        heard > CALLS as usize * 9 / 10,
        "{heard} calls with the tone, as {:#?}",
        ended.first()
    );

    // Junk was counted, and answered where an answer could be addressed.
    junk.assert_counted(&gateway, ROUNDS);
    gateway.stop();
}

#[test]
fn refusals_cancellations_and_options() {
    const CALLS: u32 = 20;
    let setup = Setup::new("sipp-refused");
    let (local, media) = (setup.ports.peer(0), setup.ports.peer_media(0));
    let mut gateway = Gateway::start(setup);
    let run = |scenario, number| {
        let sipp = Sipp {
            calls: CALLS,
            rate: 20,
            ..Sipp::caller(scenario, local, media, gateway.at.sip, number)
        };
        let outcome = sipp.run(&gateway.folder);
        outcome.assert_all_successful(CALLS);
        gateway.until_idle();
    };
    let released = |side, cause| {
        let labels = [TO_ISUP, ("side", side), ("cause", cause)];
        gateway.metric("trunkline_calls_released_total", &labels)
    };
    let calls = f64::from(CALLS);

    // INVITE, IAM, REL 17, 486
    run("uac_busy", BUSY);
    assert_eq!(released("isup", "17"), calls);
    // INVITE, IAM, REL 1, 404
    run("uac_unallocated", UNALLOCATED);
    assert_eq!(released("isup", "1"), calls);
    // INVITE, IAM, ACM, 180, CANCEL, REL 16, 487
    run("uac_cancel", NO_ANSWER);
    assert_eq!(released("sip", "16"), calls);
    // INVITE, IAM, CANCEL, REL 16, 487
    run("uac_cancel_early", SILENT);
    assert_eq!(released("sip", "16"), 2.0 * calls);
    run("uac_options", "");

    assert_eq!(
        gateway.metric("trunkline_calls_started_total", &[TO_ISUP]),
        4.0 * calls
    );
    assert_eq!(
        gateway.metric("trunkline_calls_released_total", &[]),
        4.0 * calls
    );
    assert_eq!(gateway.metric("trunkline_calls_answered_total", &[]), 0.0);
    assert_eq!(gateway.metric("trunkline_discarded_total", &[]), 0.0);
    gateway.stop();
}

#[test]
fn calls_over_ipv6() {
    const CALLS: u32 = 20;
    let mut setup = Setup::new("sipp-ipv6");
    setup.ipv6 = true;
    let over_ipv6 = |mut address: SocketAddr| {
        address.set_ip(Ipv6Addr::LOCALHOST.into());
        address
    };
    let local = over_ipv6(setup.ports.peer(0));
    let media = over_ipv6(setup.ports.peer_media(0));
    if let Err(error) = UdpSocket::bind(local) {
        eprintln!("!!! NOT RUN: calls over IPv6, which this machine does not have: {error}");
        return;
    }
    let mut gateway = Gateway::start(setup);
    let sipp = Sipp {
        calls: CALLS,
        rate: 20,
        hold: Duration::from_millis(500),
        ..Sipp::caller("uac", local, media, gateway.at.sip, ANSWERS)
    };
    sipp.run(&gateway.folder).assert_all_successful(CALLS);
    gateway.until_idle();
    let labels = [TO_ISUP, ("side", "sip"), ("cause", "16")];
    let released = gateway.metric("trunkline_calls_released_total", &labels);
    assert_eq!(released, f64::from(CALLS));
    let ended = gateway.process.until_printed(
        "simulated exchange: call ended",
        CALLS as usize,
        Duration::from_secs(5),
    );
    let heard = ended.iter().filter(|line| line.contains("1004.0 Hz"));
    assert!(heard.count() > CALLS as usize / 2, "{ended:#?}");
    gateway.stop();
}

#[test]
fn telephone_network_calls_sipp() {
    const ANSWERED: u32 = 60;
    const HUNG_UP: u32 = 20;
    const BUSY: u32 = 20;
    const GIVEN_UP: u32 = 20;
    let mut setup = Setup::new("sipp-uas");
    setup.last_circuit = 60;
    let at = |setup: &Setup, n| (setup.ports.peer(n), setup.ports.peer_media(n));
    let mut phones = Vec::new();
    for (n, (scenario, calls, caller)) in [
        ("uas", ANSWERED, "every_ms: 100, hold_ms: 500"),
        ("uas_hangs_up", HUNG_UP, "every_ms: 300, hold_ms: 0"),
        ("uas_busy", BUSY, "every_ms: 300"),
        ("uas_cancelled", GIVEN_UP, "every_ms: 300, patience_ms: 400"),
    ]
    .into_iter()
    .enumerate()
    {
        let (sip, media) = at(&setup, n as u16);
        setup.peers.push((format!("+49302312550{n}"), sip));
        setup.callers.push(format!(
            "{{ number: \"+49302312550{n}00\", calling: \"+49301234567{n}\", \
             times: {calls}, {caller} }}"
        ));
        let sipp = Sipp {
            calls,
            ..Sipp::callee(scenario, sip, media)
        };
        phones.push((calls, sipp.start(&setup.folder)));
    }
    let mut gateway = Gateway::start(setup);
    for (calls, phone) in phones {
        let outcome = phone.outcome();
        outcome.assert_all_successful(calls);
    }
    gateway.until_idle();

    let metrics = gateway.metrics();
    let released = |side, cause| {
        let labels = [TO_SIP, ("side", side), ("cause", cause)];
        metrics.sum("trunkline_calls_released_total", &labels)
    };
    let all = ANSWERED + HUNG_UP + BUSY + GIVEN_UP;
    let started = metrics.sum("trunkline_calls_started_total", &[TO_SIP]);
    assert_eq!(started, f64::from(all));
    let answered = metrics.sum("trunkline_calls_answered_total", &[TO_SIP]);
    assert_eq!(answered, f64::from(ANSWERED + HUNG_UP));
    assert_eq!(released("isup", "16"), f64::from(ANSWERED + GIVEN_UP));
    assert_eq!(released("sip", "16"), f64::from(HUNG_UP));
    assert_eq!(released("sip", "17"), f64::from(BUSY));
    let labels = [("direction", "received"), ("message", "IAM")];
    let iams = metrics.sum("trunkline_isup_messages_total", &labels);
    assert_eq!(iams, f64::from(all));

    // The exchange saw the same calls end for the same reasons.
    let ended = gateway.process.until_printed(
        "simulated exchange: call ended",
        all as usize,
        Duration::from_secs(5),
    );
    let why = |text: &str| ended.iter().filter(|line| line.contains(text)).count();
    assert_eq!(ended.len(), all as usize);
    assert_eq!(why("released by the gateway: 17"), BUSY as usize);
    assert_eq!(why("released by the gateway: 16"), HUNG_UP as usize);
    assert_eq!(why("released: 16"), (ANSWERED + GIVEN_UP) as usize);
    gateway.stop();
}

#[test]
fn sigterm_during_calls_releases_them_on_both_sides() {
    const CALLS: u32 = 10;
    let setup = Setup::new("sipp-stop");
    let (local, media) = (setup.ports.peer(0), setup.ports.peer_media(0));
    let mut network = Network::start(&setup);
    let mut gateway = Gateway::start_without_network(setup);
    let sipp = Sipp {
        calls: CALLS,
        rate: 50,
        ..Sipp::caller("uac_released", local, media, gateway.at.sip, ANSWERS)
    };
    let sipp = sipp.start(&gateway.folder);
    let ack = [("direction", "received"), ("message", "ACK")];
    gateway.until_at_least("trunkline_sip_messages_total", &ack, f64::from(CALLS));

    gateway.stop();

    // BYE came to each SIP call,
    let outcome = sipp.outcome();
    outcome.assert_all_successful(CALLS);
    // and REL to each circuit, from a gateway in another process.
    let ended = network.process.until_printed(
        "simulated exchange: call ended",
        CALLS as usize,
        Duration::from_secs(5),
    );
    let by_gateway = ended
        .iter()
        .filter(|line| line.contains("released by the gateway"));
    assert_eq!(by_gateway.count(), CALLS as usize, "{ended:#?}");
    network.stop();
}

/// Datagrams that are nothing, thrown at every socket of a gateway.
struct Junk {
    socket: UdpSocket,
    sip: SocketAddr,
    sctp: SocketAddr,
    media: Vec<SocketAddr>,
}

impl Junk {
    fn new(setup: &Setup) -> Self {
        let socket = UdpSocket::bind(setup.ports.peer(1)).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        let (first, last) = setup.ports.media();
        let bearers = setup.ports.gateway_bearers();
        let circuits = (bearers..bearers + 2 * setup.last_circuit).step_by(2);
        Self {
            socket,
            sip: setup.ports.sip(),
            sctp: setup.ports.asp(),
            media: (first..=last)
                .chain(circuits)
                .map(|port| SocketAddr::from(([127, 0, 0, 1], port)))
                .collect(),
        }
    }

    /// One round. The request that can be answered is, with 400.
    fn throw(&self, round: u32) {
        let send = |to: SocketAddr, data: &[u8]| {
            self.socket.send_to(data, to).unwrap();
        };
        for nothing in UNANSWERED {
            send(self.sip, nothing);
        }
        for &port in &self.media {
            send(port, b"\x80");
            send(port, b"this is no RTP at all");
        }
        send(self.sctp, b"nor is this SCTP");
        send(self.sctp, &[0xFF; 64]);

        let local = self.socket.local_addr().unwrap();
        let request = format!(
            "BYE sip:{sip} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bKjunk{round}\r\n\
             From: <sip:junk@{local}>;tag=1\r\nTo: <sip:{sip}>;tag=2\r\nCall-ID: junk{round}\r\n\
             CSeq: 1 BYE\r\nMax-Forwards: 70\r\nContent-Length: 4000\r\n\r\n",
            sip = self.sip
        );
        send(self.sip, request.as_bytes());
        let mut buffer = [0; 2048];
        let (length, from) = self.socket.recv_from(&mut buffer).expect("an answer");
        let answer = String::from_utf8_lossy(&buffer[..length]);
        assert_eq!(from, self.sip, "{answer}");
        assert!(answer.starts_with("SIP/2.0 400 "), "{answer}");
        assert!(
            answer.contains(&format!("branch=z9hG4bKjunk{round}")),
            "{answer}"
        );
    }

    fn assert_counted(&self, gateway: &Gateway, rounds: u32) {
        let metrics = gateway.metrics();
        let sip = [("protocol", "sip"), ("reason", "malformed")];
        let sent = f64::from(rounds) * (UNANSWERED.len() as f64 + 1.0);
        assert_eq!(metrics.sum("trunkline_discarded_total", &sip), sent);
        let signaling = metrics.sum("trunkline_signaling_errors_total", &[]);
        assert!(
            signaling > 0.0,
            "{}",
            metrics.show("trunkline_signaling_errors_total")
        );
        let rtp = metrics.sum("trunkline_rtp_discarded_total", &[]);
        assert!(
            rtp > 0.0,
            "{}",
            metrics.show("trunkline_rtp_discarded_total")
        );
        let mut buffer = [0; 2048];
        self.socket.set_nonblocking(true).unwrap();
        let more = self.socket.recv_from(&mut buffer);
        assert!(
            more.is_err(),
            "junk was answered: {:?}",
            String::from_utf8_lossy(&buffer)
        );
    }
}

/// What no answer can be addressed to.
const UNANSWERED: [&[u8]; 4] = [
    &[0xFF; 200],
    b"INVITE sip:+493023125110@127.0.0.1 SIP/2.0\r\n",
    b"SIP/2.0 200 OK\r\n\r\n",
    b"INVITE sip:x SIP/2.0\r\nVia: ;;;\r\nFrom: x\r\nTo: x\r\nCSeq: x\r\n\r\n",
];
