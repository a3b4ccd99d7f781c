//! One ASP and its gateways.

use super::*;
use crate::config::application_server;
use crate::event::AssociationState;
use trunkline_m3ua::{ErrorCode, encode};
use trunkline_model::mtp::MtpStatus;

#[test]
fn becomes_active_and_resumes_both_ends() {
    let mut net = Net::new(1);
    net.run();
    assert_eq!(
        net.ladder,
        [
            "connect 0",
            "> ASPUP",
            "< ASPUP_ACK",
            "> ASPAC",
            "< NTFY AS-INACTIVE",
            "< ASPAC_ACK",
            "< NTFY AS-ACTIVE",
        ]
    );
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
    assert_eq!(net.sgp_indications(0), [MtpIndication::Resume(pc(1))]);
}

#[test]
fn audits_the_routes_on_activation() {
    let mut net = Net::with(1, |config| config.peers[0].audit = Audit::Ask, |_| {});
    net.run();
    let audit: Vec<&String> = net.ladder.iter().filter(|l| l.contains("DA")).collect();
    assert_eq!(audit, ["> DAUD", "< DAVA"]);
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
}

#[test]
fn unavailable_destination_is_not_resumed_until_dava() {
    let mut net = Net::new(1);
    let pause = Input::Indicate(MtpIndication::Pause(pc(2)));
    net.sgps[0].handle(net.now, pause);
    net.run();
    assert!(
        net.ladder.iter().any(|line| line == "< DUNA"),
        "{:?}",
        net.ladder
    );
    assert_eq!(net.asp_indications(), []);
    net.transfer(to_exchange(0));
    assert_eq!(net.discarded(), [Discarded::Unavailable(pc(2))]);
    let resume = Input::Indicate(MtpIndication::Resume(pc(2)));
    net.sgps[0].handle(net.now, resume);
    net.run();
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
}

#[test]
fn congestion_reaches_the_user() {
    let mut net = Net::active(1);
    let status = MtpIndication::Status(pc(2), MtpStatus::Congestion(2));
    net.sgps[0].handle(net.now, Input::Indicate(status.clone()));
    net.run();
    assert_eq!(net.asp_indications(), [status]);
}

#[test]
fn messages_go_both_ways_on_the_stream_of_their_sls() {
    let mut net = Net::active(1);
    for sls in 0..16 {
        net.transfer(to_exchange(sls));
    }
    let expected: Vec<MtpIndication> = (0..16)
        .map(|sls| MtpIndication::Transfer(to_exchange(sls)))
        .collect();
    assert_eq!(net.sgp_indications(0), expected);
    assert_eq!(net.streams, (1..=16).map(|stream| (stream, 1)).collect());

    let back = from_exchange(1);
    net.sgps[0].handle(net.now, Input::Transfer(back.clone()));
    net.run();
    assert_eq!(net.asp_indications(), [MtpIndication::Transfer(back)]);
}

#[test]
fn messages_for_others_are_dropped_and_counted() {
    let mut net = Net::with(
        1,
        |_| {},
        |config| {
            let also = application_server(None, pc(4)).routing_key;
            config.application_servers[0].routing_key.extend(also);
        },
    );
    net.run();
    net.forget();
    net.sgps[0].handle(net.now, Input::Transfer(from_exchange(4)));
    net.run();
    assert_eq!(net.asp_indications(), []);
    assert_eq!(errors(&net.asp_events), [PeerError::NotForUs(pc(4))]);
}

#[test]
fn requests_without_route_or_too_long_are_discarded() {
    let mut net = Net::active(1);
    let stray = MtpTransfer {
        dpc: pc(3),
        ..to_exchange(0)
    };
    net.transfer(stray);
    let long = MtpTransfer {
        data: vec![0; 70_000],
        ..to_exchange(0)
    };
    net.transfer(long);
    assert_eq!(
        net.discarded(),
        [Discarded::NoRoute(pc(3)), Discarded::TooLong(pc(2))]
    );
}

#[test]
fn two_gateways_share_by_sls_and_take_over() {
    let mut net = Net::active(2);
    let counts = |net: &mut Net| {
        net.forget();
        for sls in 0..4 {
            net.transfer(to_exchange(sls));
        }
        [net.sgp_indications(0).len(), net.sgp_indications(1).len()]
    };
    assert_eq!(counts(&mut net), [2, 2]);
    net.reachable[1] = false;
    net.lose(1);
    net.run();
    assert_eq!(net.asp_indications(), [], "the other way still leads there");
    assert_eq!(counts(&mut net), [4, 0]);
    net.reachable[1] = true;
    net.after(Duration::from_millis(1250));
    assert_eq!(counts(&mut net), [2, 2]);
}

#[test]
fn loss_pauses_and_reconnection_backs_off_within_bounds() {
    let mut net = Net::active(1);
    net.reachable[0] = false;
    net.lose(0);
    net.run();
    assert_eq!(net.asp_indications(), [MtpIndication::Pause(pc(2))]);
    net.transfer(to_exchange(0));
    assert_eq!(net.discarded(), [Discarded::Unavailable(pc(2))]);
    net.forget();
    // 1, 2, 4, 4, ... seconds, each a quarter more or less
    net.after(Duration::from_millis(749));
    assert!(net.ladder.is_empty());
    net.after(Duration::from_millis(8_001));
    assert_eq!(net.ladder.len(), 3);
    net.after(Duration::from_secs(40));
    assert!((11..=17).contains(&net.ladder.len()), "{:?}", net.ladder);
    // The gateway's T(r) is over long since: its exchange knows.
    assert_eq!(net.sgp_indications(0), [MtpIndication::Pause(pc(1))]);

    net.forget();
    net.reachable[0] = true;
    net.after(Duration::from_secs(5));
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
    assert_eq!(net.sgp_indications(0), [MtpIndication::Resume(pc(1))]);
    // And the back-off begins anew.
    net.forget();
    net.lose(0);
    net.run();
    net.after(Duration::from_millis(1250));
    assert_eq!(net.ladder[0], "connect 0");
}

#[test]
fn restarted_association_starts_up_again() {
    let mut net = Net::active(1);
    let restarted = AssociationEvent::Restarted {
        outbound_streams: STREAMS,
    };
    net.tell_sgp(0, restarted.clone());
    net.tell_asp(0, restarted);
    net.run();
    assert_eq!(
        net.asp_indications(),
        [MtpIndication::Pause(pc(2)), MtpIndication::Resume(pc(2))]
    );
    assert_eq!(net.ladder[0], "> ASPUP");
}

#[test]
fn shutdown_is_orderly() {
    let mut net = Net::active(1);
    net.asp.handle(net.now, Input::Shutdown);
    net.run();
    assert_eq!(
        net.ladder,
        [
            "> ASPIA",
            "< ASPIA_ACK",
            "> ASPDN",
            "< NTFY AS-PENDING",
            "< ASPDN_ACK",
            "> SHUTDOWN",
        ]
    );
    assert!(net.finished);
    assert_eq!(net.asp.poll_timeout(), None);
    assert_eq!(net.asp_indications(), [MtpIndication::Pause(pc(2))]);
}

#[test]
fn shutdown_without_answers_ends_after_two_seconds() {
    let mut net = Net::active(1);
    net.asp.handle(net.now, Input::Shutdown);
    // Nobody answers: what the ASP wants is not carried.
    while net.asp.poll_output().is_some() {}
    let mut outputs = Vec::new();
    while let Some((at, _)) = net.asp.poll_timeout() {
        assert!(at <= net.now + SHUTDOWN_LIMIT);
        net.asp.handle_timeout(at);
        outputs.extend(std::iter::from_fn(|| net.asp.poll_output()));
    }
    assert!(outputs.contains(&Output::Abort(AssociationId(0))));
    assert_eq!(outputs.last(), Some(&Output::Finished));
}

#[test]
fn shutdown_of_the_gateway_puts_asps_down_first() {
    let mut net = Net::active(1);
    net.reachable[0] = false;
    net.sgps[0].handle(net.now, Input::Shutdown);
    net.run();
    assert_eq!(net.ladder, ["< ASPDN_ACK", "< SHUTDOWN"]);
    assert_eq!(net.asp_indications(), [MtpIndication::Pause(pc(2))]);
}

#[test]
fn junk_is_answered_with_the_diagnostic_and_counted() {
    let mut net = Net::active(1);
    let junk = vec![1, 0, 10, 1, 0, 0, 0, 8];
    net.tell_sgp(0, received(junk.clone()));
    let Some(Output::Send {
        data, stream: 0, ..
    }) = net.sgps[0].poll_output()
    else {
        panic!("no answer");
    };
    let Ok(Message::Error(error)) = decode(&data) else {
        panic!("no ERR");
    };
    assert_eq!(error.code, ErrorCode::UnsupportedMessageClass);
    assert_eq!(error.diagnostic, Some(junk));
    net.run();
    assert!(matches!(
        errors(&net.sgp_events[0])[..],
        [PeerError::Malformed(_)]
    ));
}

#[test]
fn other_payload_protocols_are_dropped_and_counted() {
    let mut net = Net::active(1);
    let data = encode(&Message::AspDown(trunkline_m3ua::msg::AspDown::default()));
    let ppid = Some(46);
    net.tell_sgp(
        0,
        AssociationEvent::Message {
            stream: None,
            ppid,
            data,
        },
    );
    net.run();
    assert_eq!(errors(&net.sgp_events[0]), [PeerError::PayloadProtocol(46)]);
    assert!(net.ladder.is_empty());
}

#[test]
fn unknown_routing_context_is_refused_and_reported_at_both_ends() {
    let mut net = Net::with(
        1,
        |_| {},
        |config| {
            config.application_servers = vec![application_server(Some(8), pc(1))];
        },
    );
    net.run();
    let code = ErrorCode::NoConfiguredAsForAsp;
    let message = "ASPAC";
    assert_eq!(
        errors(&net.sgp_events[0]),
        [PeerError::Refused { message, code }]
    );
    assert_eq!(errors(&net.asp_events), [PeerError::Reported(code)]);
    assert_eq!(net.asp_indications(), []);
}

#[test]
fn every_message_is_counted_at_both_ends() {
    let mut net = Net::active(1);
    net.transfer(to_exchange(0));
    let (asp, sgp) = (net.asp.links(net.now), net.sgps[0].links(net.now));
    assert_eq!((asp.data_sent, sgp.data_received), (1, 1));
    let (ours, theirs) = (&asp.peers[0], &sgp.peers[0]);
    assert_eq!((ours.data_sent, theirs.data_received), (1, 1));
    // ASPUP, ASPAC; two acknowledgements and two notifications.
    assert_eq!((ours.management_sent, theirs.management_received), (2, 2));
    assert_eq!((ours.management_received, theirs.management_sent), (4, 4));
}

#[test]
fn association_states_are_told_in_order() {
    let mut net = Net::new(1);
    net.run();
    net.lose(0);
    net.run();
    let states: Vec<&AssociationState> = net
        .asp_events
        .iter()
        .filter_map(|event| match event {
            SignalingEvent::Association { state, .. } => Some(state),
            _ => None,
        })
        .collect();
    assert_eq!(
        states,
        [
            &AssociationState::Connecting,
            &AssociationState::Up {
                outbound_streams: STREAMS
            },
            &AssociationState::Down(DownReason::Peer),
        ]
    );
}

#[test]
fn contradictory_configurations_are_refused() {
    let address = "127.0.0.1:2905".parse().unwrap();
    let peer = |name: &str| PeerConfig::new(name, Transport::RawIp, address, address);
    let route = |dpc: u32, peers: &[&str]| Route {
        dpc: pc(dpc),
        ways: peers.iter().copied().map(Way::over).collect(),
    };
    let attempt = |peers: Vec<PeerConfig>, routes: Vec<Route>| {
        let mut config = Config::new(pc(1));
        config.peers = peers;
        config.routes = routes;
        Adapter::new(&config, Time::ZERO, 1)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        attempt(vec![peer("a"), peer("a")], vec![]),
        "peer \"a\" is configured twice"
    );
    assert_eq!(
        attempt(vec![peer("a")], vec![route(2, &["b"])]),
        "the route to 2 names peer \"b\", which has no such application server"
    );
    assert_eq!(
        attempt(vec![peer("a")], vec![route(2, &["a"]), route(2, &["a"])]),
        "there are two routes to 2"
    );
    assert_eq!(
        attempt(vec![peer("a")], vec![route(2, &[])]),
        "the route to 2 names no peer"
    );
}
