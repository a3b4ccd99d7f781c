//! One application server, towards an SGP.

use super::*;

#[test]
fn becomes_active() {
    let mut l = Ladder::new();
    // ASP -> ASPUP -> SGP
    assert_eq!(l.input(Input::AssociationUp), [sends(AspUp::default())]);
    // ASP <- ASPUP_ACK <- SGP, ASP -> ASPAC -> SGP
    assert_eq!(
        l.receive(AspUpAck::default()),
        [Output::State(AspState::Inactive), sends(aspac())]
    );
    // ASP <- NTFY AS-INACTIVE <- SGP
    assert_eq!(
        l.receive(notify(Status::AsInactive)),
        [as_state(AsState::Inactive)]
    );
    // ASP <- ASPAC_ACK <- SGP
    assert_eq!(l.receive(active_ack()), [Output::State(AspState::Active)]);
    // ASP <- NTFY AS-ACTIVE <- SGP
    assert_eq!(
        l.receive(notify(Status::AsActive)),
        [as_state(AsState::Active)]
    );
    assert!(l.asp.carries_traffic(0));
    assert_eq!(l.asp.poll_timeout(), None);
}

#[test]
fn unanswered_requests_are_repeated_after_t_ack() {
    let mut l = Ladder::new();
    l.input(Input::AssociationUp);
    assert_eq!(l.after(ACK - Duration::from_millis(1)), []);
    let repeated = [Output::NoAnswer("ASPUP"), sends(AspUp::default())];
    assert_eq!(l.after(Duration::from_millis(1)), repeated);
    assert_eq!(l.after(ACK), repeated);
    l.receive(AspUpAck::default());
    assert_eq!(l.after(ACK), [Output::NoAnswer("ASPAC"), sends(aspac())]);
    // The second ASPUP_ACK belongs to the repetition.
    assert_eq!(l.receive(AspUpAck::default()), []);
    assert_eq!(l.receive(active_ack()), [Output::State(AspState::Active)]);
}

#[test]
fn active_ack_for_another_routing_context_does_not_activate() {
    let mut l = Ladder::new();
    l.input(Input::AssociationUp);
    l.receive(AspUpAck::default());
    let other = AspActiveAck {
        routing_contexts: vec![8],
        ..AspActiveAck::default()
    };
    let code = ErrorCode::InvalidRoutingContext;
    let answer = Error {
        routing_contexts: vec![8],
        ..Error::new(code)
    };
    assert_eq!(
        l.receive(other.clone()),
        [error(answer, other), refused("ASPAC_ACK", code)]
    );
    assert_eq!(l.asp.state(), AspState::Inactive);
}

#[test]
fn transfers_both_ways_when_active() {
    let mut l = Ladder::active();
    assert_eq!(l.input(request()), [sends(data(Some(7)))]);
    let indication = [indication()];
    assert_eq!(l.receive(data(Some(7))), indication);
    assert_eq!(l.receive(data(None)), indication);
}

#[test]
fn does_not_transfer_before_active() {
    let mut l = Ladder::new();
    l.input(Input::AssociationUp);
    assert_eq!(l.receive(data(Some(7))), [Output::EarlyData]);
    l.receive(AspUpAck::default());
    assert_eq!(l.input(request()), [Output::NotSent(transfer())]);
    // ASPAC is sent: the first DATA may overtake its acknowledgement.
    assert_eq!(l.receive(data(Some(7))), [indication()]);
}

#[test]
fn data_says_that_the_application_server_is_active_before_notify_does() {
    let mut l = Ladder::new();
    l.input(Input::AssociationUp);
    l.receive(AspUpAck::default());
    l.receive(notify(Status::AsInactive));
    l.receive(active_ack());
    assert!(!l.asp.carries_traffic(0));
    let state = AsState::Active;
    let active = Output::As {
        application_server: 0,
        state,
    };
    assert_eq!(l.receive(data(Some(7))), [active, indication()]);
    assert!(l.asp.carries_traffic(0));
    assert_eq!(l.receive(data(Some(7))), [indication()]);
}

#[test]
fn data_for_an_unknown_routing_context_is_refused() {
    let mut l = Ladder::active();
    let answer = Error {
        routing_contexts: vec![99],
        ..Error::new(ErrorCode::InvalidRoutingContext)
    };
    assert_eq!(
        l.receive(data(Some(99))),
        [
            error(answer, data(Some(99))),
            refused("DATA", ErrorCode::InvalidRoutingContext)
        ]
    );
}

#[test]
fn data_of_another_network_is_refused() {
    let mut l = Ladder::with(|s| s.application_servers[0].network_appearance = Some(1)).activate();
    let mut foreign = data(Some(7));
    foreign.network_appearance = Some(2);
    let answer = Error {
        network_appearance: Some(2),
        ..Error::new(ErrorCode::InvalidNetworkAppearance)
    };
    assert_eq!(
        l.receive(foreign.clone()),
        [
            error(answer, foreign),
            refused("DATA", ErrorCode::InvalidNetworkAppearance)
        ]
    );
}

#[test]
fn states_of_destinations_are_told_from_the_request_for_traffic_on() {
    let mut l = Ladder::new();
    let affected = vec![AffectedPointCode::one(pc(2))];
    let duna = Duna {
        affected: affected.clone(),
        ..Duna::default()
    };
    l.input(Input::AssociationUp);
    assert_eq!(l.receive(duna.clone()), []);
    l.receive(AspUpAck::default());
    let unavailable = [told(&affected, DestinationState::Unavailable)];
    assert_eq!(l.receive(duna), unavailable);
    l.receive(active_ack());
    let dava = Dava {
        affected: affected.clone(),
        ..Dava::default()
    };
    assert_eq!(
        l.receive(dava),
        [told(&affected, DestinationState::Available)]
    );
    let scon = Scon {
        affected: affected.clone(),
        ..Scon::default()
    };
    assert_eq!(
        l.receive(scon),
        [told(
            &affected,
            DestinationState::Status(MtpStatus::Congestion(1))
        )]
    );
    let mut dupu = Dupu {
        network_appearance: None,
        routing_contexts: Vec::new(),
        affected: pc(2),
        cause: UnavailabilityCause::InaccessibleRemoteUser,
        user: 5,
        info: None,
    };
    assert_eq!(
        l.receive(dupu.clone()),
        [told(
            &affected,
            DestinationState::Status(MtpStatus::UserPartInaccessible)
        )]
    );
    dupu.user = 3;
    assert_eq!(l.receive(dupu), [], "SCCP is none of ISUP's business");
}

#[test]
fn audits_only_when_active() {
    let mut l = Ladder::new();
    assert_eq!(l.input(audit()), []);
    let mut l = Ladder::active();
    let daud = Daud {
        routing_contexts: vec![7],
        affected: vec![AffectedPointCode::one(pc(2))],
        ..Daud::default()
    };
    assert_eq!(l.input(audit()), [sends(daud)]);
}

#[test]
fn refused_up_is_tried_again_after_t_ack() {
    let mut l = Ladder::new();
    l.input(Input::AssociationUp);
    let code = ErrorCode::RefusedManagementBlocking;
    assert_eq!(l.receive(Error::new(code)), [Output::Reported(code)]);
    assert_eq!(l.after(ACK), [sends(AspUp::default())]);
}

#[test]
fn answer_that_follows_a_refusal_counts() {
    // ASPUP was repeated, and the gateway unblocked between the two.
    let mut l = Ladder::new();
    l.input(Input::AssociationUp);
    l.after(ACK);
    l.receive(Error::new(ErrorCode::RefusedManagementBlocking));
    assert_eq!(
        l.receive(AspUpAck::default()),
        [Output::State(AspState::Inactive), sends(aspac())]
    );
}

#[test]
fn refused_active_is_tried_again_after_t_ack() {
    let mut l = Ladder::new();
    l.input(Input::AssociationUp);
    l.receive(AspUpAck::default());
    let code = ErrorCode::NoConfiguredAsForAsp;
    assert_eq!(l.receive(Error::new(code)), [Output::Reported(code)]);
    assert_eq!(l.after(ACK), [sends(aspac())]);
}

#[test]
fn put_down_by_the_gateway_goes_up_again() {
    let mut l = Ladder::active();
    assert_eq!(
        l.receive(AspDownAck::default()),
        [Output::State(AspState::Down)]
    );
    assert_eq!(l.after(ACK), [sends(AspUp::default())]);
    l.receive(AspUpAck::default());
    assert_eq!(l.receive(active_ack()), [Output::State(AspState::Active)]);
}

#[test]
fn put_inactive_by_the_gateway_becomes_active_again() {
    let mut l = Ladder::active();
    assert_eq!(
        l.receive(inactive_ack()),
        [Output::State(AspState::Inactive)]
    );
    assert_eq!(l.after(ACK), [sends(aspac())]);
}

#[test]
fn unexpected_up_ack_is_an_error_and_leads_back_to_active() {
    let mut l = Ladder::active();
    let code = ErrorCode::UnexpectedMessage;
    assert_eq!(
        l.receive(AspUpAck::default()),
        [
            error(Error::new(code), AspUpAck::default()),
            refused("ASPUP_ACK", code),
            Output::State(AspState::Inactive),
            sends(aspac())
        ]
    );
}

#[test]
fn overridden_waits_until_it_is_needed() {
    let mut l = Ladder::active();
    assert_eq!(
        l.receive(notify(Status::AlternateAspActive)),
        [
            notified(Status::AlternateAspActive),
            Output::State(AspState::Inactive)
        ]
    );
    assert_eq!(l.after(ACK * 10), []);
    assert_eq!(
        l.receive(notify(Status::AsPending)),
        [as_state(AsState::Pending), sends(aspac())]
    );
}

#[test]
fn traffic_stops_while_the_application_server_is_not_active() {
    let mut l = Ladder::active();
    l.receive(notify(Status::AsInactive));
    assert!(!l.asp.carries_traffic(0));
    assert_eq!(l.asp.state(), AspState::Active);
    l.receive(notify(Status::AsActive));
    assert!(l.asp.carries_traffic(0));
}

#[test]
fn notify_for_another_application_server_is_ignored() {
    let mut l = Ladder::active();
    let mut other = notify(Status::AsInactive);
    other.routing_contexts = vec![8];
    assert_eq!(l.receive(other), []);
    assert!(l.asp.carries_traffic(0));
}

#[test]
fn heartbeat_is_returned_unchanged() {
    let mut l = Ladder::new();
    l.input(Input::AssociationUp);
    let data = Some(vec![1, 2, 3]);
    assert_eq!(
        l.receive(Heartbeat { data: data.clone() }),
        [sends(HeartbeatAck { data })]
    );
}

#[test]
fn heart_beats_once_up() {
    let beat = Duration::from_secs(5);
    let mut l = Ladder::with(|s| s.beat = Some(beat));
    l.input(Input::AssociationUp);
    let beats = |outputs: &[Output]| {
        let beats = |output: &&Output| matches!(output, Output::Send(Message::Heartbeat(_)));
        outputs.iter().filter(beats).count()
    };
    assert_eq!(beats(&l.after(beat)), 0, "only ASPUP goes before ASPUP_ACK");
    l.receive(AspUpAck::default());
    assert_eq!(beats(&l.after(beat)), 1);
}

#[test]
fn silence_of_two_heartbeats_is_reported_once() {
    let beat = Duration::from_secs(5);
    let mut l = Ladder::with(|s| s.beat = Some(beat)).activate();
    let outputs = l.after(beat);
    assert!(matches!(outputs[..], [Output::Send(Message::Heartbeat(_))]));
    // Whatever comes counts as life.
    l.receive(notify(Status::AsActive));
    assert_eq!(l.after(beat).len(), 1);
    assert_eq!(l.after(beat), [Output::Unresponsive]);
    assert_eq!(l.after(beat * 10), []);
}

#[test]
fn what_only_asps_send_is_unexpected() {
    let mut l = Ladder::active();
    let code = ErrorCode::UnexpectedMessage;
    let messages: [Message; 5] = [
        AspUp::default().into(),
        AspDown::default().into(),
        AspActive::default().into(),
        AspInactive::default().into(),
        Daud::default().into(),
    ];
    for message in messages {
        let name = message.name();
        assert_eq!(
            l.receive(message.clone()),
            [error(Error::new(code), message), refused(name, code)]
        );
    }
}

#[test]
fn errors_are_never_answered() {
    let mut l = Ladder::active();
    for &code in ErrorCode::NAMED {
        assert_eq!(l.receive(Error::new(code)), [Output::Reported(code)]);
    }
    assert!(l.asp.carries_traffic(0));
}

#[test]
fn lost_association_is_down_and_starts_again() {
    let mut l = Ladder::active();
    assert_eq!(
        l.input(Input::AssociationDown),
        [Output::State(AspState::Down)]
    );
    assert_eq!(l.asp.poll_timeout(), None);
    assert_eq!(l.receive(active_ack()), []);
    assert_eq!(l.input(Input::AssociationUp), [sends(AspUp::default())]);
}

#[test]
fn restarted_association_starts_again() {
    let mut l = Ladder::active();
    assert_eq!(
        l.input(Input::AssociationRestarted),
        [Output::State(AspState::Down), sends(AspUp::default())]
    );
}

#[test]
fn stops_in_order() {
    let mut l = Ladder::active();
    assert_eq!(
        l.input(Input::Stop),
        [Output::State(AspState::Inactive), sends(aspia())]
    );
    assert_eq!(
        l.receive(inactive_ack()),
        [Output::State(AspState::Down), sends(AspDown::default())]
    );
    assert_eq!(l.receive(AspDownAck::default()), [Output::Stopped]);
    assert_eq!(l.asp.poll_timeout(), None);
    assert_eq!(l.input(Input::Stop), []);
}

#[test]
fn stops_without_answers_too() {
    let mut l = Ladder::active();
    l.input(Input::Stop);
    assert_eq!(
        l.after(ACK * 3),
        [
            Output::NoAnswer("ASPIA"),
            Output::State(AspState::Down),
            sends(AspDown::default()),
            Output::NoAnswer("ASPDN"),
            Output::Stopped
        ]
    );
}

#[test]
fn stop_is_done_when_the_association_is_lost_or_restarted() {
    for input in [Input::AssociationDown, Input::AssociationRestarted] {
        let mut l = Ladder::active();
        l.input(Input::Stop);
        assert_eq!(
            l.input(input),
            [Output::State(AspState::Down), Output::Stopped]
        );
        assert_eq!(l.asp.poll_timeout(), None);
        // Whoever connects again wants service again.
        assert_eq!(l.input(Input::AssociationUp), [sends(AspUp::default())]);
    }
}

#[test]
fn stop_without_association_is_done_at_once() {
    assert_eq!(Ladder::new().input(Input::Stop), [Output::Stopped]);
}

/// Every message in every state: the ladder never leaves the reachable states, never answers
/// an Error, and still becomes active when the gateway behaves again.
#[test]
fn every_message_in_every_state_leads_back_to_active() {
    let messages: Vec<Message> = vec![
        AspUpAck::default().into(),
        AspDownAck::default().into(),
        active_ack().into(),
        inactive_ack().into(),
        notify(Status::AsActive).into(),
        notify(Status::AsInactive).into(),
        notify(Status::AsPending).into(),
        notify(Status::AlternateAspActive).into(),
        notify(Status::InsufficientAspResources).into(),
        notify(Status::AspFailure).into(),
        Error::new(ErrorCode::RefusedManagementBlocking).into(),
        Error::new(ErrorCode::UnexpectedMessage).into(),
        data(Some(7)).into(),
        Duna::default().into(),
        HeartbeatAck::default().into(),
        AspUp::default().into(),
    ];
    let up = |l: &mut Ladder| drop(l.input(Input::AssociationUp));
    let inactive = |l: &mut Ladder| {
        l.input(Input::AssociationUp);
        l.receive(AspUpAck::default());
    };
    let active = |l: &mut Ladder| {
        l.input(Input::AssociationUp);
        l.receive(AspUpAck::default());
        l.receive(active_ack());
    };
    let starts: [&dyn Fn(&mut Ladder); 3] = [&up, &inactive, &active];
    for start in starts {
        for message in &messages {
            for second in &messages {
                let mut l = Ladder::new();
                start(&mut l);
                l.receive(message.clone());
                l.receive(second.clone());
                // From here on the gateway answers every request.
                for _ in 0..4 {
                    for request in l.after(ACK) {
                        match request {
                            Output::Send(Message::AspUp(_)) => {
                                l.receive(AspUpAck::default());
                            }
                            Output::Send(Message::AspActive(_)) => {
                                l.receive(active_ack());
                            }
                            _ => {}
                        }
                    }
                    l.receive(notify(Status::AsPending));
                }
                l.receive(notify(Status::AsActive));
                assert!(l.asp.carries_traffic(0), "{message} {second}");
            }
        }
    }
}
