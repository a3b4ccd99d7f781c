//! ASP Up, ASP Down, blocking, and associations that come and go.

use super::*;
use crate::msg::{Dava, Duna, Heartbeat, HeartbeatAck};

#[test]
fn first_asp_brings_the_as_up() {
    let mut l = Ladder::new();
    l.connect(A, |_| {});
    // A -> ASPUP -> SGP
    assert_eq!(
        l.receive(A, AspUp::default()),
        [
            asp_is(A, AspState::Inactive),
            sends(A, AspUpAck::default()),
            as_is(AsState::Inactive),
            sends(A, notify(Status::AsInactive)),
        ]
    );
    // A -> ASPAC -> SGP: the acknowledgement before the Notify (RFC 4666 4.3.4.5)
    let mode = Some(TrafficMode::Loadshare);
    assert_eq!(
        l.receive(A, aspac(mode)),
        [
            asp_is(A, AspState::Active),
            sends(A, aspac_ack(mode)),
            as_is(AsState::Active),
            sends(A, notify(Status::AsActive)),
            resume(),
        ]
    );
    // Whoever comes next is told how things are.
    l.connect(B, |_| {});
    assert_eq!(
        l.receive(B, AspUp::default()),
        [
            asp_is(B, AspState::Inactive),
            sends(B, AspUpAck::default()),
            sends(B, notify(Status::AsActive)),
        ]
    );
}

#[test]
fn states_as_a_whole_are_told_once() {
    let mut l = Ladder::two();
    let states = |l: &mut Ladder, message: Message| -> Vec<Output> {
        l.sgp.handle(
            l.now,
            Input::Message {
                asp: A,
                stream: None,
                message,
            },
        );
        std::iter::from_fn(|| l.sgp.poll_output())
            .filter(|output| matches!(output, Output::State(..)))
            .collect()
    };
    l.connect(A, |_| {});
    for (message, expected) in [
        (AspUp::default().into(), Some(AspState::Inactive)),
        (aspac_for(&[7]).into(), Some(AspState::Active)),
        (aspac_for(&[8]).into(), None),
        (aspia().into(), None),
        (AspInactive::default().into(), Some(AspState::Inactive)),
        (AspUp::default().into(), None),
        (AspDown::default().into(), Some(AspState::Down)),
    ] {
        let told: Vec<Output> = expected.map(|s| Output::State(A, s)).into_iter().collect();
        assert_eq!(states(&mut l, message), told);
        assert_eq!(l.sgp.asps().collect::<Vec<_>>(), [(A, l.sgp.state(A))]);
    }
}

#[test]
fn repeated_requests_are_acknowledged_again() {
    let mut l = Ladder::active();
    assert_eq!(l.receive(A, aspac(None)), [sends(A, aspac_ack(None))]);
    l.receive(A, aspia());
    assert_eq!(l.receive(A, aspia()), [sends(A, aspia_ack())]);
    let ack = [sends(A, AspUpAck::default())];
    assert_eq!(l.receive(A, AspUp::default()), ack);
    l.receive(A, AspDown::default());
    let ack = [sends(A, AspDownAck::default())];
    assert_eq!(l.receive(A, AspDown::default()), ack);
}

#[test]
fn asp_up_of_an_active_asp_puts_it_inactive() {
    let mut l = Ladder::active();
    let [error, refused] = refusal(A, "ASPUP", ErrorCode::UnexpectedMessage, &[]);
    assert_eq!(
        l.receive(A, AspUp::default()),
        [
            asp_is(A, AspState::Inactive),
            error,
            refused,
            sends(A, AspUpAck::default()),
            as_is(AsState::Pending),
            sends(A, notify(Status::AsPending)),
        ]
    );
}

#[test]
fn asp_down_takes_the_asp_out_of_all_its_as() {
    let mut l = Ladder::two();
    l.up(A);
    l.up(B);
    l.receive(A, aspac_for(&[7]));
    let asp = |application_server, routing_context| Output::Asp {
        asp: A,
        application_server,
        routing_context: Some(routing_context),
        state: AspState::Down,
    };
    assert_eq!(
        l.receive(A, AspDown::default()),
        [
            asp(0, 7),
            asp(1, 8),
            sends(A, AspDownAck::default()),
            as_is(AsState::Pending),
            sends(B, notify(Status::AsPending)),
        ]
    );
}

#[test]
fn only_the_configured_as_are_an_asps() {
    let mut l = Ladder::two();
    l.connect(A, |s| s.application_servers = Some(vec![1]));
    l.receive(A, AspUp::default());
    assert_eq!(l.sgp.asp_state(A, 0), AspState::Down);
    assert_eq!(l.sgp.asp_state(A, 1), AspState::Inactive);
    assert_eq!(l.as_state(0), AsState::Down);
    let code = ErrorCode::NoConfiguredAsForAsp;
    assert_eq!(l.receive(A, aspac(None)), refusal(A, "ASPAC", code, &[7]));
    let code = ErrorCode::InvalidRoutingContext;
    assert_eq!(l.receive(A, aspia()), refusal(A, "ASPIA", code, &[7]));
    let data = data(Some(7), from_as(2));
    assert_eq!(l.receive(A, data), refusal(A, "DATA", code, &[7]));
}

#[test]
fn required_identifier_must_be_there_and_right() {
    let mut l = Ladder::new();
    l.connect(A, |s| s.asp_identifier = Some(22));
    for (message, code) in [
        (AspUp::default(), ErrorCode::AspIdentifierRequired),
        (identified(23), ErrorCode::InvalidAspIdentifier),
    ] {
        assert_eq!(l.receive(A, message), refusal(A, "ASPUP", code, &[]));
        assert_eq!(l.sgp.state(A), AspState::Down);
    }
    l.receive(A, identified(22));
    assert_eq!(l.sgp.state(A), AspState::Inactive);
}

#[test]
fn identifier_of_another_asp_of_the_as_is_invalid() {
    let mut l = Ladder::two();
    l.connect(A, |s| s.application_servers = Some(vec![0]));
    l.connect(B, |s| s.application_servers = Some(vec![0, 1]));
    l.connect(C, |s| s.application_servers = Some(vec![1]));
    l.receive(A, identified(5));
    let code = ErrorCode::InvalidAspIdentifier;
    assert_eq!(l.receive(B, identified(5)), refusal(B, "ASPUP", code, &[]));
    // It is unique among the ASPs of an AS only (RFC 4666 3.5.1).
    l.receive(C, identified(5));
    assert_eq!(l.sgp.state(C), AspState::Inactive);
    // Its own it may repeat, and who is down has none.
    assert_eq!(l.receive(A, identified(5)), [sends(A, AspUpAck::default())]);
    l.receive(A, AspDown::default());
    l.receive(C, AspDown::default());
    l.receive(B, identified(5));
    assert_eq!(l.sgp.state(B), AspState::Inactive);
}

#[test]
fn blocked_asp_is_put_down_and_kept_out() {
    let mut l = Ladder::active();
    assert_eq!(
        l.input(Input::Block(A)),
        [
            asp_is(A, AspState::Down),
            sends(A, AspDownAck::default()),
            as_is(AsState::Pending),
        ]
    );
    assert!(l.sgp.is_blocked(A));
    let code = ErrorCode::RefusedManagementBlocking;
    let refusal = refusal(A, "ASPUP", code, &[]);
    assert_eq!(l.receive(A, AspUp::default()), refusal);
    l.input(Input::AssociationRestarted(A));
    assert_eq!(l.receive(A, AspUp::default()), refusal);
    assert_eq!(l.input(Input::Unblock(A)), []);
    l.receive(A, AspUp::default());
    assert_eq!(l.sgp.state(A), AspState::Inactive);

    l.connect(B, |s| s.blocked = true);
    assert!(l.sgp.is_blocked(B));
    let [error, told] = self::refusal(B, "ASPUP", code, &[]);
    assert_eq!(l.receive(B, AspUp::default()), [error, told]);
    // Nothing to put down, and nobody there.
    assert_eq!(l.input(Input::Block(B)), []);
    assert_eq!(l.input(Input::Block(C)), []);
    assert!(!l.sgp.is_blocked(C));
}

#[test]
fn loss_of_the_network_puts_all_asps_down() {
    let mut l = Ladder::active();
    l.up(B);
    let outputs = l.input(Input::NifLost(None));
    for asp in [A, B] {
        assert!(outputs.contains(&sends(asp, AspDownAck::default())));
    }
    let code = ErrorCode::RefusedManagementBlocking;
    assert_eq!(
        l.receive(A, AspUp::default()),
        refusal(A, "ASPUP", code, &[])
    );
    assert_eq!(l.input(Input::NifBack(None)), []);
    l.receive(A, AspUp::default());
    assert_eq!(l.sgp.state(A), AspState::Inactive);
}

#[test]
fn loss_of_one_as_puts_its_asps_inactive() {
    let mut l = Ladder::two();
    l.up(A);
    l.receive(A, aspac_for(&[7, 8]));
    assert_eq!(
        l.input(Input::NifLost(Some(0))),
        [
            asp_is(A, AspState::Inactive),
            sends(A, aspia_ack()),
            as_is(AsState::Pending),
            sends(A, notify(Status::AsPending)),
        ]
    );
    assert_eq!(l.sgp.asp_state(A, 1), AspState::Active);
    let code = ErrorCode::RefusedManagementBlocking;
    let [error, told] = refusal(A, "ASPAC", code, &[7]);
    let ack = AspActiveAck {
        routing_contexts: vec![8],
        ..AspActiveAck::default()
    };
    assert_eq!(
        l.receive(A, aspac_for(&[7, 8])),
        [error, told, sends(A, ack)]
    );
    l.input(Input::NifBack(Some(0)));
    assert!(
        l.receive(A, aspac(None))
            .contains(&sends(A, aspac_ack(None)))
    );
}

#[test]
fn stop_is_for_good() {
    let mut l = Ladder::active();
    l.up(B);
    let outputs = l.input(Input::Stop);
    assert!(outputs.contains(&sends(A, AspDownAck::default())));
    assert!(outputs.contains(&sends(B, AspDownAck::default())));
    assert!(l.sgp.asps().all(|(_, state)| state == AspState::Down));
    l.input(Input::NifBack(None));
    let code = ErrorCode::RefusedManagementBlocking;
    assert_eq!(
        l.receive(A, AspUp::default()),
        refusal(A, "ASPUP", code, &[])
    );
}

#[test]
fn failure_of_an_asp_is_told_to_the_others() {
    let mut l = Ladder::new();
    l.connect(A, |_| {});
    l.receive(A, identified(5));
    l.up(B);
    l.connect(C, |s| s.quirks.no_notify = true);
    assert_eq!(
        l.receive(C, AspUp::default()),
        [asp_is(C, AspState::Inactive), sends(C, AspUpAck::default())]
    );
    l.receive(A, aspac(None));
    let told = |status| {
        sends(
            B,
            Notify {
                asp_identifier: Some(5),
                ..notify(status)
            },
        )
    };
    assert_eq!(
        l.input(Input::AssociationDown(A)),
        [
            asp_is(A, AspState::Down),
            told(Status::AspFailure),
            as_is(AsState::Pending),
            told(Status::AsPending),
        ]
    );
    // Who went down by itself did not fail.
    l.receive(B, AspDown::default());
    assert_eq!(l.input(Input::AssociationDown(B)), []);
}

#[test]
fn restart_puts_the_asp_down_and_lets_it_begin_again() {
    let mut l = Ladder::active();
    assert_eq!(
        l.input(Input::AssociationRestarted(A)),
        [asp_is(A, AspState::Down), as_is(AsState::Pending)]
    );
    assert_eq!(
        l.receive(A, AspUp::default()),
        [
            asp_is(A, AspState::Inactive),
            sends(A, AspUpAck::default()),
            sends(A, notify(Status::AsPending)),
        ]
    );
    assert!(
        l.receive(A, aspac(None))
            .contains(&sends(A, aspac_ack(None)))
    );
}

#[test]
fn heartbeat_is_answered_even_before_asp_up() {
    let mut l = Ladder::new();
    l.connect(A, |_| {});
    let data = Some(vec![9]);
    assert_eq!(
        l.receive(A, Heartbeat { data: data.clone() }),
        [sends(A, HeartbeatAck { data })]
    );
}

#[test]
fn what_only_gateways_send_is_unexpected_and_errors_are_not_answered() {
    let mut l = Ladder::active();
    let code = ErrorCode::UnexpectedMessage;
    let messages: [Message; 7] = [
        AspUpAck::default().into(),
        AspDownAck::default().into(),
        AspActiveAck::default().into(),
        AspInactiveAck::default().into(),
        notify(Status::AsActive).into(),
        Duna::default().into(),
        Dava::default().into(),
    ];
    for message in messages {
        let name = message.name();
        assert_eq!(l.receive(A, message), refusal(A, name, code, &[]));
    }
    let error = Error::new(code);
    assert_eq!(l.on_stream(Some(3), A, error), [Output::Reported(A, code)]);
}

// RFC 4666 3.8.1
#[test]
fn errors_show_the_beginning_of_what_they_answer() {
    let mut l = Ladder::new();
    l.up(A);
    let mut long = aspac_for(&(100..200).collect::<Vec<_>>());
    long.traffic_mode = Some(TrafficMode::Loadshare);
    for message in [Message::from(AspUpAck::default()), Message::from(long)] {
        let octets = crate::encode(&message);
        let input = Input::Message {
            asp: A,
            stream: None,
            message,
        };
        l.sgp.handle(l.now, input);
        let Some(Output::Send(A, Message::Error(error))) = l.sgp.poll_output() else {
            panic!("no Error");
        };
        let shown = octets.len().min(40);
        assert_eq!(error.diagnostic.as_deref(), Some(&octets[..shown]));
        l.drain();
    }
}

#[test]
fn management_belongs_on_stream_0() {
    let mut l = Ladder::new();
    l.connect(A, |_| {});
    let code = ErrorCode::InvalidStreamIdentifier;
    let refusal = refusal(A, "ASPUP", code, &[]);
    assert_eq!(l.on_stream(Some(1), A, AspUp::default()), refusal);
    l.on_stream(Some(0), A, AspUp::default());
    assert_eq!(l.sgp.state(A), AspState::Inactive);
    // ASPTM and BEAT may come on any.
    l.on_stream(Some(1), A, aspac(None));
    assert_eq!(l.sgp.state(A), AspState::Active);
    let ack = HeartbeatAck { data: None };
    assert_eq!(
        l.on_stream(Some(9), A, Heartbeat { data: None }),
        [sends(A, ack)]
    );

    l.connect(B, |s| s.quirks.any_stream = true);
    l.on_stream(Some(1), B, AspUp::default());
    assert_eq!(l.sgp.state(B), AspState::Inactive);
}

#[test]
fn strangers_are_not_heard() {
    let mut l = Ladder::new();
    assert_eq!(l.receive(A, AspUp::default()), []);
    assert_eq!(l.input(Input::AssociationDown(A)), []);
    assert_eq!(l.input(Input::AssociationRestarted(A)), []);
    assert_eq!(l.sgp.asps().count(), 0);
}
