//! ASP Active and ASP Inactive.

use super::*;

fn asp_in(application_server: usize, routing_context: u32, state: AspState) -> Output {
    Output::Asp {
        asp: A,
        application_server,
        routing_context: Some(routing_context),
        state,
    }
}

#[test]
fn asp_active_without_routing_context_means_the_only_as() {
    let mut l = Ladder::new();
    l.up(A);
    let outputs = l.receive(A, AspActive::default());
    assert_eq!(outputs[0], asp_is(A, AspState::Active));
    assert_eq!(outputs[1], sends(A, AspActiveAck::default()));
}

#[test]
fn asp_active_without_routing_context_is_ambiguous_with_two_as() {
    let mut l = Ladder::two();
    l.up(A);
    let code = ErrorCode::MissingParameter;
    assert_eq!(
        l.receive(A, AspActive::default()),
        refusal(A, "ASPAC", code, &[])
    );
}

#[test]
fn asp_active_without_routing_context_means_all_that_are_configured() {
    let mut l = Ladder::with(|s| s.application_servers.extend([server(8, 3), server(9, 4)]));
    l.connect(A, |s| s.application_servers = Some(vec![0, 2]));
    l.receive(A, AspUp::default());
    let outputs = l.receive(A, AspActive::default());
    assert_eq!(
        outputs[..3],
        [
            asp_in(0, 7, AspState::Active),
            asp_in(2, 9, AspState::Active),
            sends(A, AspActiveAck::default()),
        ]
    );
    // ASPIA likewise
    let outputs = l.receive(A, AspInactive::default());
    assert_eq!(
        outputs[..3],
        [
            asp_in(0, 7, AspState::Inactive),
            asp_in(2, 9, AspState::Inactive),
            sends(A, AspInactiveAck::default()),
        ]
    );
}

#[test]
fn acknowledgement_names_the_as_if_not_all_are_meant() {
    let mut l = Ladder::with(|s| {
        let traffic_mode = Some(TrafficMode::Broadcast);
        s.application_servers.push(AsSettings {
            traffic_mode,
            ..server(8, 3)
        });
    });
    l.connect(A, |s| s.application_servers = Some(vec![0, 1]));
    l.receive(A, AspUp::default());
    let mode = Some(TrafficMode::Override);
    let wanted = AspActive {
        traffic_mode: mode,
        ..AspActive::default()
    };
    let code = ErrorCode::UnsupportedTrafficModeType;
    let [error, told] = refusal(A, "ASPAC", code, &[8]);
    assert_eq!(
        l.receive(A, wanted)[..4],
        [
            error,
            told,
            asp_in(0, 7, AspState::Active),
            sends(A, aspac_ack(mode)),
        ]
    );
}

#[test]
fn asp_without_any_as_has_nothing_to_activate() {
    let mut l = Ladder::new();
    l.connect(A, |s| s.application_servers = Some(Vec::new()));
    assert_eq!(
        l.receive(A, AspUp::default()),
        [sends(A, AspUpAck::default())]
    );
    assert_eq!(l.sgp.state(A), AspState::Inactive);
    let code = ErrorCode::InvalidRoutingContext;
    assert_eq!(
        l.receive(A, AspActive::default()),
        refusal(A, "ASPAC", code, &[])
    );
    let code = ErrorCode::NoConfiguredAsForAsp;
    assert_eq!(
        l.receive(A, AspInactive::default()),
        refusal(A, "ASPIA", code, &[])
    );
}

#[test]
fn asp_active_for_an_unknown_as_is_refused_and_the_known_one_accepted() {
    let mut l = Ladder::new();
    l.up(A);
    let code = ErrorCode::NoConfiguredAsForAsp;
    let [error, told] = refusal(A, "ASPAC", code, &[99]);
    assert_eq!(
        l.receive(A, aspac_for(&[99, 7, 99]))[..4],
        [
            error,
            told,
            asp_is(A, AspState::Active),
            sends(A, aspac_ack(None)),
        ]
    );
}

#[test]
fn asp_inactive_for_an_unknown_as_is_refused_and_the_known_one_accepted() {
    let mut l = Ladder::active();
    let code = ErrorCode::InvalidRoutingContext;
    let [error, told] = refusal(A, "ASPIA", code, &[99]);
    let both = AspInactive {
        routing_contexts: vec![99, 7],
        info: None,
    };
    assert_eq!(
        l.receive(A, both)[..4],
        [
            error,
            told,
            asp_is(A, AspState::Inactive),
            sends(A, aspia_ack()),
        ]
    );
}

#[test]
fn many_unknown_routing_contexts_are_not_all_told_back() {
    let mut l = Ladder::new();
    l.up(A);
    let many: Vec<u32> = (100..10_000).collect();
    let outputs = l.receive(A, aspac_for(&many));
    let Output::Send(_, Message::Error(error)) = &outputs[0] else {
        panic!("{outputs:?}");
    };
    assert_eq!(error.routing_contexts.len(), 16);
}

#[test]
fn asp_active_before_asp_up_is_unexpected() {
    let mut l = Ladder::new();
    l.connect(A, |_| {});
    let code = ErrorCode::UnexpectedMessage;
    assert_eq!(l.receive(A, aspac(None)), refusal(A, "ASPAC", code, &[7]));
    assert_eq!(l.receive(A, aspia()), refusal(A, "ASPIA", code, &[7]));
}

#[test]
fn another_traffic_mode_is_refused() {
    let mut l = Ladder::new();
    l.up(A);
    l.receive(A, aspac(Some(TrafficMode::Loadshare)));
    l.up(B);
    let code = ErrorCode::UnsupportedTrafficModeType;
    for mode in [TrafficMode::Override, TrafficMode::Unknown(9)] {
        let refusal = refusal(B, "ASPAC", code, &[7]);
        assert_eq!(l.receive(B, aspac(Some(mode))), refusal);
    }
}

#[test]
fn mode_is_free_again_once_nobody_uses_it() {
    let mut l = Ladder::new();
    l.up(A);
    l.receive(A, aspac(Some(TrafficMode::Loadshare)));
    l.receive(A, aspia());
    let mode = |l: &Ladder| l.sgp.application_servers().next().unwrap().traffic_mode;
    // While T(r) runs the AS is what it was.
    assert_eq!(mode(&l), Some(TrafficMode::Loadshare));
    l.after(RECOVERY);
    assert_eq!(mode(&l), None);
    l.receive(A, aspac(Some(TrafficMode::Override)));
    assert_eq!(mode(&l), Some(TrafficMode::Override));
}
