//! Limits, strangers, loss, and the end of the controller.

use super::super::{Controller, Output, Refused, Timer};
use super::network::Who::{Gateway, Phone};
use super::network::*;
use crate::address::AddressProblem;
use crate::{CallRequest, CallState, Party, ReleasedBy};
use core::time::Duration;
use trunkline_model::Time;
use trunkline_sip::endpoint::{Event, NextHop};
use trunkline_sip::{Flow, Message, OutgoingInvite};

fn asks(initiator: &str, destination: &str) -> CallRequest {
    CallRequest {
        initiator: initiator.to_owned(),
        destination: destination.to_owned(),
        anchor: true,
    }
}

#[test]
fn what_cannot_be_called_is_refused_and_nothing_is_sent() {
    let mut net = Network::new();
    let now = net.now;
    let mut refused = |initiator: &str, destination: &str| {
        net.controller
            .place(now, asks(initiator, destination))
            .unwrap_err()
    };
    assert_eq!(refused("", "1001"), Refused::Missing(Party::Initiator));
    assert_eq!(refused("1001", ""), Refused::Missing(Party::Destination));
    assert_eq!(refused("1001", "12"), Refused::NoRule(Party::Destination));
    assert!(matches!(
        refused("sip:a@host.example", "1001"),
        Refused::Address {
            party: Party::Initiator,
            problem: AddressProblem::HostName { .. },
            ..
        }
    ));
    net.settle();
    net.expect(&[]);
    assert_eq!(net.controller.counters().refused, 4);
    assert!(net.controller.is_idle());
}

#[test]
fn ipv6_leg_goes_out_from_the_ipv6_address() {
    let locals = [CONTROLLER, "[2001:db8::1]:5060"].map(|text| text.parse().unwrap());
    let mut controller = Controller::new(config(), locals.to_vec()).unwrap();
    let request = asks("sip:a@[2001:db8::2]:5070", "1001");
    controller.place(Time::from_secs(1), request).unwrap();
    let sent = core::iter::from_fn(|| controller.poll_output()).find_map(|output| match output {
        Output::Transmit {
            local,
            destination,
            data,
        } => Some((local, destination, data)),
        Output::Event(_) => None,
    });
    let (local, destination, data) = sent.unwrap();
    assert_eq!(local, locals[1]);
    assert_eq!(destination, "[2001:db8::2]:5070".parse().unwrap());
    let invite = Message::parse(data).unwrap();
    assert!(
        invite
            .contact()
            .unwrap()
            .unwrap()
            .uri
            .contains("[2001:db8::1]")
    );
    let offer = String::from_utf8(invite.sdp().unwrap().to_vec()).unwrap();
    assert!(offer.contains("c=IN IP6 2001:db8::1\r\n"), "{offer}");
}

#[test]
fn too_many_calls_are_refused_until_one_is_over() {
    let mut config = config();
    config.limits.active = 2;
    let mut net = Network::with(config);
    let first = net.place();
    net.place();
    let refused = net.controller.place(net.now, Network::request());
    assert_eq!(refused, Err(Refused::TooManyCalls { active: 2 }));
    net.controller.hang_up(net.now, first);
    net.after(Duration::from_secs(40));
    assert!(net.controller.place(net.now, Network::request()).is_ok());
}

#[test]
fn calls_in_a_short_time_are_refused() {
    let mut config = config();
    config.limits.burst = 2;
    config.limits.per_second = 1;
    let mut net = Network::with(config);
    net.place();
    net.place();
    let retry_after = Duration::from_secs(1);
    let refused = net.controller.place(net.now, Network::request());
    assert_eq!(refused, Err(Refused::TooFast { retry_after }));
    net.after(retry_after);
    net.place();
}

#[test]
fn finished_calls_are_kept_for_a_while_and_not_without_bound() {
    let mut config = config();
    config.limits.finished = 3;
    config.limits.retention = Duration::from_secs(100);
    let mut net = Network::with(config);
    let mut ids = Vec::new();
    for _ in 0..5 {
        let call = net.place();
        net.rejects(Phone, 486, "Busy Here", None);
        net.after(Duration::from_secs(1));
        ids.push(net.status_id(call));
    }
    let known = |net: &Network| -> Vec<bool> {
        ids.iter()
            .map(|id| net.controller.find(id).is_some())
            .collect()
    };
    assert_eq!(known(&net), [false, false, true, true, true]);
    let latest: Vec<u64> = net
        .controller
        .latest(2)
        .iter()
        .map(|call| call.number.0)
        .collect();
    assert_eq!(latest, [5, 4]);
    assert!(matches!(net.controller.poll_timeout(), Some((_, _))));
    net.after(Duration::from_secs(101));
    assert_eq!(known(&net), [false; 5]);
    assert!(!matches!(
        net.controller.poll_timeout(),
        Some((_, Timer::Forget))
    ));
}

#[test]
fn ids_are_not_alike() {
    let mut net = Network::new();
    let a = net.place();
    let b = net.place();
    let (a, b) = (net.status_id(a), net.status_id(b));
    assert_eq!((a.len(), b.len()), (32, 32));
    let same = a.bytes().zip(b.bytes()).filter(|(a, b)| a == b).count();
    assert!(same < 12, "{a} {b}");
}

#[test]
fn calls_to_the_controller_are_forbidden() {
    let mut net = Network::new();
    let (local, controller) = (PHONE.parse().unwrap(), CONTROLLER.parse().unwrap());
    let invite = OutgoingInvite {
        request_uri: format!("sip:x@{CONTROLLER}"),
        from: "<sip:1001@192.0.2.2>".to_owned(),
        to: format!("<sip:x@{CONTROLLER}>"),
        headers: Vec::new(),
        sdp: Some(phone_sdp(1).into_bytes()),
        max_forwards: 70,
        credentials: None,
    };
    let hop = NextHop::Flow(Flow::udp(local, controller));
    net.phone.endpoint.invite(net.now, hop, invite);
    net.settle();
    let event = net.phone.events.pop_front();
    assert!(
        matches!(event, Some(Event::Rejected { status: 403, .. })),
        "{event:?}"
    );
    assert_eq!(net.controller.counters().foreign_invites, 1);
    net.all_is_over();
}

#[test]
fn junk_is_counted_and_hurts_no_call() {
    let mut net = Network::new();
    let call = net.connected();
    let (local, source) = (CONTROLLER.parse().unwrap(), "192.0.2.66:9".parse().unwrap());
    for junk in [
        &b"INVITE sip:x SIP/2.0\r\n\r\n"[..],
        b"\xff\xfe",
        b"GET / HTTP/1.1\r\n\r\n",
    ] {
        net.controller.receive(net.now, local, source, junk);
    }
    while net.controller.poll_output().is_some() {}
    assert_eq!(net.controller.counters().malformed, 3);
    assert_eq!(net.status(call).state, CallState::Connected);
}

#[test]
fn stopping_ends_all_calls_and_takes_no_more() {
    let mut net = Network::new();
    let talking = net.connected();
    net.phone.session = None;
    let ringing = net.place();
    net.rings(Phone);
    net.controller.stop(net.now);
    let refused = net.controller.place(net.now, Network::request());
    assert_eq!(refused, Err(Refused::Stopping));
    net.settle();
    for call in [talking, ringing] {
        assert_eq!(net.status(call).released_by, Some(ReleasedBy::Controller));
    }
    net.all_is_over();
    let counters = net.controller.counters();
    assert_eq!((counters.placed, counters.ended), (2, 2));
}

#[test]
fn leg_that_never_finishes_is_forgotten() {
    let mut net = Network::new();
    let call = net.connected();
    net.gateway.deaf = true;
    net.hangs_up(Phone, None);
    net.after(Duration::from_secs(75));
    assert!(net.status(call).state.is_over());
    assert_eq!(net.controller.active(), 0);
}

#[test]
fn nothing_is_stuck_however_much_is_lost() {
    for seed in 0..60_u64 {
        let mut config = config();
        config.timers.longest_call = Duration::from_secs(60);
        let mut net = Network::with(config);
        net.loss = 2 + seed % 7;
        net.skip_noise(seed);
        let call = net.place();
        // The peers do what they can whenever they can.
        for _ in 0..240 {
            for who in [Phone, Gateway] {
                let now = net.now;
                let sdp = if who == Phone {
                    phone_sdp(4000)
                } else {
                    landline_sdp(7000)
                };
                let peer = net.peer(who);
                if let Some(id) = peer.session {
                    // Refused when there is nothing to answer.
                    let _ = peer.endpoint.accept(now, id, &[], Some(sdp.as_bytes()));
                }
            }
            net.after(Duration::from_millis(500));
        }
        net.after(Duration::from_secs(200));
        assert!(net.status(call).state.is_over(), "seed {seed}");
        assert_eq!(net.controller.active(), 0, "seed {seed}");
        net.loss = 0;
        net.all_is_over();
    }
}
