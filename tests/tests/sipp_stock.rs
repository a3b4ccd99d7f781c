//! sipp with the scenarios that it comes with, as peer of `trunkline run` and of a user agent
//! alone: whoever has sipp has these.

use std::net::SocketAddr;
use trunkline_sip::Message;
use trunkline_sip::Method;
use trunkline_sip::Transport::{self, Tcp, Udp};
use trunkline_sip::endpoint::{
    Endpoint, EndpointConfig, Event, NextHop, OutgoingInvite, OutgoingRequest, Output,
};
use trunkline_sip::locate::Target;
use trunkline_tests::agent::{Agent, Settings, Told, sdp};
use trunkline_tests::peers::{Folder, Gateway, PATIENCE, Ports, Setup, Sipp, SippRun, until};

/// Answers after 100 ms and plays 1004 Hz.
const ANSWERS: &str = "+493023125110";
const CALLS: u32 = 10;

const TO_ISUP: (&str, &str) = ("direction", "sip_to_isup");
const TO_SIP: (&str, &str) = ("direction", "isup_to_sip");

#[test]
fn stock_callers_reach_a_landline() {
    let setup = Setup::new("stock-callers");
    let at = [0, 1, 2, 3, 4, 5].map(|n| (setup.ports.peer(n), setup.ports.peer_media(n)));
    let mut gateway = Gateway::start(setup);
    let mut calls = 0.0;
    for ((scenario, mode, count), (local, media)) in [
        ("uac", "u1", CALLS),
        ("uac_pcap", "u1", 2),
        ("uac", "t1", CALLS),
        ("uac", "tn", CALLS),
        ("regexp", "u1", CALLS),
        ("regexp", "t1", CALLS),
    ]
    .into_iter()
    .zip(at)
    {
        let sipp = Sipp {
            calls: count,
            transport: mode,
            ..Sipp::caller(scenario, local, media, gateway.at.sip, ANSWERS).stock()
        };
        sipp.run(&gateway.folder).assert_all_successful(count);
        gateway.until_idle();
        calls += f64::from(count);
        let labels = [TO_ISUP, ("side", "sip"), ("cause", "16")];
        let released = gateway.metric("trunkline_calls_released_total", &labels);
        assert_eq!(released, calls, "{scenario} {mode}");
    }
    // What sipp plays came to the landline, and its tone to sipp.
    let labels = [("direction", "received"), ("codec", "PCMA")];
    let packets = gateway.metric("trunkline_rtp_packets_total", &labels);
    assert!(packets > 300.0, "{packets}");
    assert_eq!(gateway.metric("trunkline_discarded_total", &[]), 0.0);
    gateway.stop();
}

#[test]
fn stock_controller_joins_two_landlines() {
    let setup = Setup::new("stock-controller");
    let local = [setup.ports.peer(0), setup.ports.peer(1)];
    let media = [setup.ports.peer_media(0), setup.ports.peer_media(1)];
    let meeting = setup.ports.peer(2);
    let mut gateway = Gateway::start(setup);
    let start = |scenario, n: usize| {
        let sipp = Sipp {
            calls: CALLS,
            meeting: Some(meeting),
            ..Sipp::caller(scenario, local[n], media[n], gateway.at.sip, ANSWERS).stock()
        };
        sipp.start(&gateway.folder)
    };
    // The other waits for this one's connection.
    let b = start("3pcc-C-B", 1);
    until_listening(meeting);
    let a = start("3pcc-C-A", 0);
    a.outcome().assert_all_successful(CALLS);
    b.outcome().assert_all_successful(CALLS);
    gateway.until_idle();
    let labels = [TO_ISUP, ("side", "sip"), ("cause", "16")];
    let released = gateway.metric("trunkline_calls_released_total", &labels);
    assert_eq!(released, f64::from(2 * CALLS));
    gateway.stop();
}

#[test]
fn landlines_reach_stock_telephones() {
    for (mode, transport) in [("u1", "udp"), ("t1", "tcp")] {
        let mut setup = Setup::new("stock-telephones");
        setup.peer_transport = transport;
        let mut phones: Vec<SippRun> = Vec::new();
        for (n, scenario) in (0..).zip(["uas", "3pcc-A", "3pcc-B"]) {
            let (local, media) = (setup.ports.peer(n), setup.ports.peer_media(n));
            setup.peers.push((format!("+49302312550{n}"), local));
            setup.callers.push(format!(
                "{{ number: \"+49302312550{n}00\", calling: \"+493023125100\", \
                 times: {CALLS}, every_ms: 200, hold_ms: 300 }}"
            ));
            let sipp = Sipp {
                calls: CALLS,
                transport: mode,
                ..Sipp::callee(scenario, local, media).stock()
            };
            phones.push(sipp.start(&setup.folder));
        }
        let mut gateway = Gateway::start(setup);
        for phone in phones {
            phone.outcome().assert_all_successful(CALLS);
        }
        gateway.until_idle();
        let labels = [TO_SIP, ("side", "isup"), ("cause", "16")];
        let released = gateway.metric("trunkline_calls_released_total", &labels);
        assert_eq!(released, f64::from(3 * CALLS), "{transport}");
        gateway.stop();
    }
}

/// Waits until somebody listens there, without a connection, which would be taken for a peer's.
fn until_listening(address: SocketAddr) {
    // `sl local_address rem_address st`: the port in hexadecimal, state 0A.
    let local = format!(":{:04X}", address.port());
    until(&format!("a listener at {address}"), PATIENCE, || {
        let table = std::fs::read_to_string("/proc/net/tcp").ok()?;
        let is_there = table.lines().any(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            matches!(columns[..], [_, at, _, "0A", ..] if at.ends_with(&local))
        });
        is_there.then_some(())
    });
}

/// A user agent that answers every call, and every other request with 200; what it tells is how
/// calls end.
fn answering(folder: &Folder) -> Agent {
    let settings = Settings {
        adjust: |config| config.methods = vec![Method::Register],
        habit: Box::new(|endpoint, _, now, told| {
            match &told {
                Told::Event(Event::Invite { id, .. }) => {
                    endpoint.provisional(now, *id, 180, "", &[], None).unwrap();
                    let sdp = sdp("sendrecv");
                    endpoint.accept(now, *id, &[], Some(&sdp)).unwrap();
                }
                Told::Event(Event::Request { id, .. }) => {
                    endpoint.respond(now, *id, 200, "", &[], None).unwrap();
                }
                Told::Event(Event::Bye { .. }) => return Some(told),
                _ => {}
            }
            None
        }),
        ..Settings::new(&[Udp, Tcp])
    };
    Agent::start(folder, "answering", settings)
}

/// The transport of sipp's `-t`.
fn transport(mode: &str) -> Transport {
    if mode.starts_with('u') { Udp } else { Tcp }
}

fn until_calls_ended(agent: &mut Agent, calls: u32) {
    for _ in 0..calls {
        agent.until("BYE", |told| {
            matches!(told, Told::Event(Event::Bye { .. })).then_some(())
        });
    }
    let left = agent.with(|endpoint, _| endpoint.sessions());
    assert_eq!(left, 0);
}

#[test]
fn stock_callers_reach_a_user_agent_over_udp_and_tcp() {
    let (ports, folder) = (Ports::take(), Folder::new("stock-agent"));
    let mut agent = answering(&folder);
    let mut runs = Vec::new();
    let mut all = 0;
    let mut n = 0;
    for mode in ["u1", "t1", "tn"] {
        // `branchc` registers first, and stays for some seconds after its call.
        for (scenario, calls) in [("uac", 50), ("regexp", 10), ("branchc", 10)] {
            let sipp = Sipp {
                calls,
                transport: mode,
                ..Sipp::caller(
                    scenario,
                    ports.peer(n),
                    ports.peer_media(n),
                    agent.at(transport(mode)),
                    "service",
                )
                .stock()
            };
            runs.push((calls, sipp.start(&folder)));
            all += calls;
            n += 1;
        }
    }
    for (calls, run) in runs {
        run.outcome().assert_all_successful(calls);
    }
    until_calls_ended(&mut agent, all);
    let counters = agent.with(|endpoint, _| endpoint.counters());
    assert_eq!(
        (counters.refused, counters.stray_responses),
        (0, 0),
        "{counters:?}"
    );
    agent.finish();
}

#[test]
fn stock_caller_with_sound_reaches_a_user_agent() {
    let (ports, folder) = (Ports::take(), Folder::new("stock-sound"));
    let mut agent = answering(&folder);
    let runs: Vec<SippRun> = ["u1", "t1"]
        .into_iter()
        .zip(0..)
        .map(|(mode, n)| {
            let (local, media) = (ports.peer(n), ports.peer_media(n));
            let sipp = Sipp {
                transport: mode,
                ..Sipp::caller(
                    "uac_pcap",
                    local,
                    media,
                    agent.at(transport(mode)),
                    "service",
                )
                .stock()
            };
            sipp.start(&folder)
        })
        .collect();
    for run in runs {
        run.outcome().assert_all_successful(1);
    }
    until_calls_ended(&mut agent, 2);
    agent.finish();
}

#[test]
fn stock_controllers_join_user_agents_over_udp_and_tcp() {
    let (ports, folder) = (Ports::take(), Folder::new("stock-third-party"));
    let mut agent = answering(&folder);
    for (mode, first) in [("u1", 0), ("t1", 3)] {
        let meeting = ports.peer(first + 2);
        let start = |scenario, n: u16| {
            let sipp = Sipp {
                calls: CALLS,
                transport: mode,
                meeting: Some(meeting),
                ..Sipp::caller(
                    scenario,
                    ports.peer(first + n),
                    ports.peer_media(first + n),
                    agent.at(transport(mode)),
                    "service",
                )
                .stock()
            };
            sipp.start(&folder)
        };
        let b = start("3pcc-C-B", 1);
        until_listening(meeting);
        start("3pcc-C-A", 0).outcome().assert_all_successful(CALLS);
        b.outcome().assert_all_successful(CALLS);
        until_calls_ended(&mut agent, 2 * CALLS);
    }
    // An INVITE without an offer gets ours with the 200; the answer is in the ACK.
    let answers = agent.record().beginning("ACK ");
    let with_answer = answers.iter().filter(|ack| ack.text.contains("m=audio"));
    assert!(with_answer.count() >= 2 * CALLS as usize);
    agent.finish();
}

#[test]
fn user_agent_calls_stock_telephones_over_udp_and_tcp() {
    let (ports, folder) = (Ports::take(), Folder::new("stock-called"));
    let mut agent = Agent::start(&folder, "calling", Settings::new(&[Udp, Tcp]));
    let mut n = 0;
    for mode in ["u1", "t1"] {
        for scenario in ["uas", "3pcc-A", "3pcc-B"] {
            let at = ports.peer(n);
            let sipp = Sipp {
                calls: CALLS,
                transport: mode,
                ..Sipp::callee(scenario, at, ports.peer_media(n)).stock()
            };
            let run = sipp.start(&folder);
            until_bound(at, transport(mode));
            let name = transport(mode).uri_param();
            let uri = format!("sip:service@{at};transport={name}");
            let calls: Vec<_> = (0..CALLS)
                .map(|_| agent.call(&uri, "sip:agent@example.com", &[]))
                .collect();
            for &call in &calls {
                agent.until_answered(call);
            }
            for call in calls {
                agent.hang_up(call);
            }
            run.outcome().assert_all_successful(CALLS);
            n += 1;
        }
    }
    agent.finish();
}

#[test]
fn user_agent_registers_at_the_branching_server_and_calls_it() {
    const SEED: [u8; 32] = [42; 32];
    let (ports, folder) = (Ports::take(), Folder::new("stock-branchs"));
    for (mode, n) in [("u1", 0), ("t1", 1)] {
        let at = ports.peer(n);
        let sipp = Sipp {
            transport: mode,
            ..Sipp::callee("branchs", at, ports.peer_media(n)).stock()
        };
        let run = sipp.start(&folder);
        until_bound(at, transport(mode));
        let hop = NextHop::Target(Target {
            transport: transport(mode),
            address: at,
            name: None,
        });

        // To the server both are one call, by Call-ID. An endpoint chooses that of an INVITE
        // itself; another one with the same seed chooses the same.
        let mut twin = Endpoint::new(EndpointConfig {
            locals: vec![(transport(mode), at)],
            ..EndpointConfig::new(SEED)
        });
        let now = trunkline_model::Time::ZERO;
        twin.request(now, hop.clone(), registration("any"));
        twin.invite(now, hop.clone(), invite_as_ua2());
        let last = std::iter::from_fn(|| twin.poll_output()).last();
        let Some(Output::Transmit { data, .. }) = last else {
            panic!("{last:?}");
        };
        let call_id = Message::parse(data).unwrap().call_id().to_owned();

        let settings = Settings {
            adjust: |config| config.seed = SEED,
            ..Settings::new(&[transport(mode)])
        };
        let mut agent = Agent::start(&folder, &format!("ua2-{mode}"), settings);
        let there = hop.clone();
        agent.with(move |endpoint, now| endpoint.request(now, there, registration(&call_id)));
        agent.until("200 to REGISTER", |told| {
            matches!(told, Told::Event(Event::Response { status: 200, .. })).then_some(())
        });
        let call = agent.invite(hop, invite_as_ua2());
        agent.until_answered(call);
        agent.hang_up(call);
        run.outcome().assert_all_successful(1);
        agent.finish();
    }
}

fn registration(call_id: &str) -> OutgoingRequest {
    OutgoingRequest {
        method: Method::Register,
        request_uri: "sip:CA.cym.com".to_owned(),
        from: "<sip:ua2@CA.cym.com>".to_owned(),
        to: "<sip:ua2@CA.cym.com>".to_owned(),
        headers: Vec::new(),
        body: None,
        max_forwards: 70,
        sequence: Some((call_id.to_owned(), 1)),
        credentials: None,
    }
}

fn invite_as_ua2() -> OutgoingInvite {
    OutgoingInvite {
        request_uri: "sip:ua1@CA.cym.com".to_owned(),
        from: "<sip:ua2@CA.cym.com>".to_owned(),
        to: "<sip:ua1@CA.cym.com>".to_owned(),
        headers: Vec::new(),
        sdp: Some(sdp("sendrecv")),
        max_forwards: 70,
        credentials: None,
    }
}

/// Waits until somebody has the port.
fn until_bound(address: SocketAddr, transport: Transport) {
    if transport == Tcp {
        return until_listening(address);
    }
    let local = format!(":{:04X}", address.port());
    until(&format!("a socket at {address}"), PATIENCE, || {
        let table = std::fs::read_to_string("/proc/net/udp").ok()?;
        let is_there = table.lines().any(|line| {
            let at = line.split_whitespace().nth(1);
            at.is_some_and(|at| at.ends_with(&local))
        });
        is_there.then_some(())
    });
}
