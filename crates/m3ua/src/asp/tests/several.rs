//! Several application servers on one association.

use super::*;

/// Three application servers, of routing contexts 1 and 2, loadshare, and 3, override.
fn three() -> Ladder {
    Ladder::with(|settings| {
        settings.application_servers = [
            (1, TrafficMode::Loadshare),
            (2, TrafficMode::Loadshare),
            (3, TrafficMode::Override),
        ]
        .map(|(routing_context, traffic_mode)| AsSettings {
            routing_context: Some(routing_context),
            traffic_mode: Some(traffic_mode),
            ..AsSettings::default()
        })
        .to_vec();
    })
}

/// Two of routing contexts 1 and 2, loadshare, that are active.
fn two_active() -> Ladder {
    let mut l = two();
    l.receive(active_ack_for(&[1, 2]));
    assert!(l.asp.carries_traffic(0) && l.asp.carries_traffic(1));
    l
}

/// The same two, with the ASPAC sent.
fn two() -> Ladder {
    let mut l = three();
    l.asp.application_servers.pop();
    l.input(Input::AssociationUp);
    assert_eq!(
        l.receive(AspUpAck::default()),
        [
            Output::State(AspState::Inactive),
            asp(0, AspState::Inactive),
            asp(1, AspState::Inactive),
            sends(aspac_for(&[1, 2])),
        ]
    );
    l
}

fn override_for(routing_contexts: &[u32]) -> Message {
    AspActive {
        traffic_mode: Some(TrafficMode::Override),
        routing_contexts: routing_contexts.to_vec(),
        info: None,
    }
    .into()
}

#[test]
fn traffic_is_asked_for_together_but_for_other_modes() {
    let mut l = three();
    l.input(Input::AssociationUp);
    let outputs = l.receive(AspUpAck::default());
    assert_eq!(
        outputs[4..],
        [sends(aspac_for(&[1, 2])), sends(override_for(&[3]))]
    );
}

#[test]
fn partial_acknowledgements_activate_one_by_one() {
    let mut l = two();
    assert_eq!(
        l.receive(active_ack_for(&[2])),
        [asp(1, AspState::Active), Output::State(AspState::Active)]
    );
    assert_eq!(l.asp.asp_state(0), AspState::Inactive);
    assert!(!l.asp.carries_traffic(0) && l.asp.carries_traffic(1));
    assert_eq!(
        l.receive(active_ack_for(&[1])),
        [asp(0, AspState::Active)],
        "the whole is active already"
    );
}

#[test]
fn acknowledgement_without_routing_contexts_is_for_its_mode() {
    let mut l = three();
    l.input(Input::AssociationUp);
    l.receive(AspUpAck::default());
    let ack = AspActiveAck {
        traffic_mode: Some(TrafficMode::Override),
        ..AspActiveAck::default()
    };
    assert_eq!(
        l.receive(ack),
        [asp(2, AspState::Active), Output::State(AspState::Active)]
    );
}

#[test]
fn one_that_is_refused_does_not_stop_the_other() {
    let mut l = two();
    let code = ErrorCode::NoConfiguredAsForAsp;
    assert_eq!(l.receive(err(code, &[2])), [Output::Reported(code)]);
    assert_eq!(l.receive(active_ack_for(&[1])).len(), 2);
    assert_eq!(l.after(ACK), [sends(aspac_for(&[2]))]);
    assert_eq!(l.receive(active_ack_for(&[2])), [asp(1, AspState::Active)]);
}

#[test]
fn refusal_without_routing_contexts_is_found_out_one_by_one() {
    let mut l = two();
    let code = ErrorCode::InvalidRoutingContext;
    l.receive(err(code, &[]));
    assert_eq!(
        l.after(ACK),
        [sends(aspac_for(&[1])), sends(aspac_for(&[2]))]
    );
    // A gateway that acknowledges the good one after all, before the repetition, is believed.
    let mut l = two();
    l.receive(err(code, &[]));
    assert_eq!(
        l.receive(active_ack_for(&[1])),
        [asp(0, AspState::Active), Output::State(AspState::Active)]
    );
}

#[test]
fn unanswered_request_is_repeated_one_by_one() {
    let mut l = two();
    assert_eq!(
        l.after(ACK),
        [
            Output::NoAnswer("ASPAC"),
            sends(aspac_for(&[1])),
            sends(aspac_for(&[2])),
        ]
    );
    l.receive(active_ack_for(&[1]));
    assert_eq!(
        l.after(ACK),
        [Output::NoAnswer("ASPAC"), sends(aspac_for(&[2]))]
    );
}

#[test]
fn messages_go_to_the_application_server_that_they_name() {
    let mut l = two_active();
    for (index, routing_context) in [(0, 1), (1, 2)] {
        assert_eq!(
            l.input(Input::Transfer {
                application_server: index,
                transfer: transfer(),
            }),
            [sends(data(Some(routing_context)))]
        );
        assert_eq!(
            l.receive(data(Some(routing_context))),
            [Output::Transfer {
                application_server: index,
                transfer: transfer(),
            }]
        );
    }
    let code = ErrorCode::MissingParameter;
    assert_eq!(
        l.receive(data(None)),
        [error(Error::new(code), data(None)), refused("DATA", code)],
        "the routing context is mandatory with two of them"
    );
}

#[test]
fn message_without_routing_context_is_for_the_only_active_one() {
    let mut l = two();
    l.receive(active_ack_for(&[2]));
    assert_eq!(
        l.receive(data(None)),
        [Output::Transfer {
            application_server: 1,
            transfer: transfer(),
        }]
    );
    // The other is asked for: one that names it may only be early.
    assert_eq!(
        l.receive(data(Some(1))),
        [Output::Transfer {
            application_server: 0,
            transfer: transfer(),
        }]
    );
    let code = ErrorCode::RefusedManagementBlocking;
    l.receive(err(code, &[1]));
    assert_eq!(l.receive(data(Some(1))), [Output::EarlyData]);
}

#[test]
fn destinations_are_told_for_those_that_are_named() {
    let mut l = two_active();
    let affected = vec![AffectedPointCode::one(pc(2))];
    let duna = |routing_contexts: &[u32]| Duna {
        routing_contexts: routing_contexts.to_vec(),
        affected: affected.clone(),
        ..Duna::default()
    };
    let told = |application_servers: &[usize]| Output::Destinations {
        application_servers: application_servers.to_vec(),
        affected: affected.clone(),
        state: DestinationState::Unavailable,
    };
    assert_eq!(l.receive(duna(&[2])), [told(&[1])]);
    assert_eq!(l.receive(duna(&[2, 1])), [told(&[1, 0])]);
    assert_eq!(l.receive(duna(&[])), [told(&[0, 1])]);
    // One that is not ours is refused, and the other one counts.
    let code = ErrorCode::InvalidRoutingContext;
    assert_eq!(
        l.receive(duna(&[9, 1])),
        [
            error(err(code, &[9]), duna(&[9, 1])),
            refused("DUNA", code),
            told(&[0]),
        ]
    );
    l.receive(inactive_ack_for(&[1]));
    assert_eq!(l.receive(duna(&[1])), [], "inactive there");
}

#[test]
fn networks_keep_their_destinations_apart() {
    let mut l = three();
    l.asp.application_servers[0].settings.network_appearance = Some(10);
    l.asp.application_servers[1].settings.network_appearance = Some(20);
    l.asp.application_servers.pop();
    l.input(Input::AssociationUp);
    l.receive(AspUpAck::default());
    l.receive(active_ack_for(&[1, 2]));
    let dava = |network_appearance| Dava {
        network_appearance: Some(network_appearance),
        affected: vec![AffectedPointCode::one(pc(2))],
        ..Dava::default()
    };
    let outputs = l.receive(dava(20));
    assert!(
        matches!(&outputs[..], [Output::Destinations { application_servers, .. }]
            if application_servers == &[1]),
        "{outputs:?}"
    );
    let code = ErrorCode::InvalidNetworkAppearance;
    let answer = Error {
        network_appearance: Some(30),
        ..Error::new(code)
    };
    assert_eq!(
        l.receive(dava(30)),
        [error(answer, dava(30)), refused("DAVA", code)]
    );
    let outputs = l.input(Input::Audit {
        application_server: 1,
        destinations: vec![pc(2)],
    });
    assert!(
        matches!(&outputs[..], [Output::Send(Message::Daud(daud))]
            if daud.network_appearance == Some(20) && daud.routing_contexts == [2]),
        "{outputs:?}"
    );
}

#[test]
fn notify_is_for_those_that_it_names() {
    let mut l = two_active();
    let pending = Notify {
        routing_contexts: vec![2],
        ..notify(Status::AsPending)
    };
    assert_eq!(
        l.receive(pending),
        [Output::As {
            application_server: 1,
            state: AsState::Pending,
        }]
    );
    assert!(l.asp.carries_traffic(0) && !l.asp.carries_traffic(1));
    assert_eq!(l.asp.as_state(0), None);
    assert_eq!(l.asp.as_state(1), Some(AsState::Pending));
    let all = Notify {
        routing_contexts: Vec::new(),
        ..notify(Status::AsActive)
    };
    assert_eq!(l.receive(all).len(), 2);
    assert!(l.asp.carries_traffic(0) && l.asp.carries_traffic(1));
}

#[test]
fn put_inactive_in_one_it_comes_back_there() {
    let mut l = two_active();
    assert_eq!(
        l.receive(inactive_ack_for(&[1])),
        [asp(0, AspState::Inactive)],
        "the whole stays active"
    );
    assert!(l.asp.carries_traffic(1));
    assert_eq!(l.after(ACK), [sends(aspac_for(&[1]))]);

    let mut l = two_active();
    assert_eq!(
        l.receive(inactive_ack_for(&[])),
        [
            asp(0, AspState::Inactive),
            asp(1, AspState::Inactive),
            Output::State(AspState::Inactive),
        ]
    );
    assert_eq!(l.after(ACK), [sends(aspac_for(&[1, 2]))]);
}

#[test]
fn unexpected_up_ack_brings_all_back_together() {
    let mut l = two_active();
    let code = ErrorCode::UnexpectedMessage;
    assert_eq!(
        l.receive(AspUpAck::default()),
        [
            error(Error::new(code), AspUpAck::default()),
            refused("ASPUP_ACK", code),
            asp(0, AspState::Inactive),
            asp(1, AspState::Inactive),
            Output::State(AspState::Inactive),
            sends(aspac_for(&[1, 2])),
        ]
    );
}

#[test]
fn lost_association_is_told_once_for_all() {
    let mut l = two_active();
    assert_eq!(
        l.input(Input::AssociationDown),
        [
            Output::State(AspState::Down),
            asp(0, AspState::Down),
            asp(1, AspState::Down),
        ]
    );
    assert_eq!(l.asp.poll_timeout(), None);
}

#[test]
fn stop_waits_for_every_answer() {
    let mut l = two_active();
    assert_eq!(
        l.input(Input::Stop),
        [
            asp(0, AspState::Inactive),
            asp(1, AspState::Inactive),
            Output::State(AspState::Inactive),
            sends(aspia_for(&[1, 2])),
        ]
    );
    assert_eq!(l.receive(inactive_ack_for(&[2])), []);
    assert_eq!(
        l.receive(inactive_ack_for(&[1])),
        [
            Output::State(AspState::Down),
            asp(0, AspState::Down),
            asp(1, AspState::Down),
            sends(AspDown::default()),
        ]
    );
    assert_eq!(l.receive(AspDownAck::default()), [Output::Stopped]);
}

#[test]
fn what_has_no_index_is_refused_without_harm() {
    let mut l = two_active();
    assert_eq!(
        l.input(Input::Transfer {
            application_server: 2,
            transfer: transfer(),
        }),
        [Output::NotSent(transfer())]
    );
    assert_eq!(
        l.input(Input::Audit {
            application_server: 2,
            destinations: vec![pc(2)],
        }),
        []
    );
    assert_eq!(l.asp.asp_state(2), AspState::Down);
    assert_eq!(l.asp.as_state(2), None);
    assert_eq!(l.asp.routing_context(2), None);
    assert!(!l.asp.carries_traffic(2));
}
