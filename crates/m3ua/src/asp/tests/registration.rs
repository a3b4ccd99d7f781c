//! Ladders of routing key registration (RFC 4666 4.4).

use super::*;
use crate::msg::{DeregReq, DeregRsp, RegReq, RegRsp};
use crate::param::{
    DeregistrationResult, DeregistrationStatus, RegistrationResult, RegistrationStatus,
    RoutingKeyDestination,
};

pub(super) fn key() -> RoutingKey {
    key_to(2)
}

fn key_to(dpc: u32) -> RoutingKey {
    RoutingKey {
        local_rk_identifier: 0,
        routing_context: None,
        traffic_mode: None,
        network_appearance: None,
        destinations: vec![RoutingKeyDestination::to(AffectedPointCode::one(pc(dpc)))],
    }
}

fn request_for(keys: &[(u32, u32)]) -> Output {
    let keys = keys.iter().map(|&(local_rk_identifier, dpc)| RoutingKey {
        local_rk_identifier,
        ..key_to(dpc)
    });
    sends(RegReq {
        routing_keys: keys.collect(),
    })
}

fn result(id: u32, status: RegistrationStatus, routing_context: u32) -> RegistrationResult {
    RegistrationResult {
        local_rk_identifier: id,
        status,
        routing_context,
    }
}

pub(super) fn registered(id: u32, routing_context: u32) -> RegRsp {
    let status = RegistrationStatus::SuccessfullyRegistered;
    RegRsp {
        results: vec![result(id, status, routing_context)],
    }
}

fn assigned(application_server: usize, routing_context: u32) -> Output {
    Output::Registered {
        application_server,
        routing_context,
    }
}

fn refusal(application_server: usize, status: RegistrationStatus) -> Output {
    Output::RegistrationRefused {
        application_server,
        status,
    }
}

/// Application servers for the point codes 2 and 3, which are to be registered.
fn two() -> Ladder {
    let mut l = Ladder::with(|settings| {
        settings.application_servers = [2, 3]
            .map(|dpc| AsSettings {
                traffic_mode: Some(TrafficMode::Loadshare),
                registration: Some(key_to(dpc)),
                ..AsSettings::default()
            })
            .to_vec();
    });
    l.input(Input::AssociationUp);
    let outputs = l.receive(AspUpAck::default());
    assert_eq!(outputs[3..], [request_for(&[(1, 2), (2, 3)])]);
    l
}

/// One for the point code 2, which is registered as 7 and active.
fn active() -> Ladder {
    let mut l = one();
    l.receive(registered(1, 7));
    l.receive(active_ack());
    assert!(l.asp.carries_traffic(0));
    l
}

fn one() -> Ladder {
    let mut l = Ladder::with(|settings| {
        settings.application_servers[0].routing_context = None;
        settings.application_servers[0].registration = Some(key());
    });
    l.input(Input::AssociationUp);
    assert_eq!(
        l.receive(AspUpAck::default()),
        [Output::State(AspState::Inactive), request_for(&[(1, 2)])]
    );
    l
}

#[test]
fn registers_and_uses_what_was_assigned() {
    let mut l = one();
    assert_eq!(l.asp.routing_context(0), None);
    assert_eq!(
        l.receive(registered(1, 7)),
        [assigned(0, 7), sends(aspac())]
    );
    assert_eq!(l.asp.routing_context(0), Some(7));
    assert_eq!(l.receive(active_ack()), [Output::State(AspState::Active)]);
    assert_eq!(l.input(request()), [sends(data(Some(7)))]);
    let daud = Daud {
        routing_contexts: vec![7],
        affected: vec![AffectedPointCode::one(pc(2))],
        ..Daud::default()
    };
    assert_eq!(l.input(audit()), [sends(daud)]);
    assert_eq!(l.receive(registered(1, 9)), [], "too late to change it");
    assert_eq!(l.asp.routing_context(0), Some(7));
}

#[test]
fn routing_context_that_overtakes_its_registration_is_let_pass() {
    let duna = Duna {
        routing_contexts: vec![7],
        affected: vec![AffectedPointCode::one(pc(9))],
        ..Duna::default()
    };
    let mut l = one();
    assert_eq!(l.receive(duna.clone()), []);
    assert_eq!(l.receive(notify(Status::AsInactive)), []);
    l.receive(registered(1, 8));
    assert_eq!(
        l.receive(duna)[1],
        refused("DUNA", ErrorCode::InvalidRoutingContext)
    );
}

#[test]
fn results_may_come_together_or_one_by_one() {
    let mut l = two();
    let status = RegistrationStatus::SuccessfullyRegistered;
    let both = RegRsp {
        results: vec![result(2, status, 30), result(1, status, 20)],
    };
    assert_eq!(
        l.receive(both),
        [
            assigned(1, 30),
            assigned(0, 20),
            sends(aspac_for(&[20, 30]))
        ]
    );

    let mut l = two();
    assert_eq!(
        l.receive(registered(2, 30)),
        [assigned(1, 30), sends(aspac_for(&[30]))]
    );
    assert_eq!(
        l.receive(registered(1, 20)),
        [assigned(0, 20), sends(aspac_for(&[20]))]
    );
}

#[test]
fn every_refusal_is_told_and_tried_again_alone() {
    let refused = RegistrationStatus::NAMED
        .iter()
        .copied()
        .filter(|status| !matches!(status, RegistrationStatus::SuccessfullyRegistered));
    for status in refused.chain([RegistrationStatus::Unknown(13)]) {
        let mut l = two();
        let answer = RegRsp {
            results: vec![
                result(1, RegistrationStatus::SuccessfullyRegistered, 20),
                result(2, status, 0),
            ],
        };
        assert_eq!(
            l.receive(answer),
            [assigned(0, 20), refusal(1, status), sends(aspac_for(&[20]))],
            "{status}"
        );
        l.receive(active_ack_for(&[20]));
        assert_eq!(l.after(ACK), [request_for(&[(2, 3)])], "{status}");
    }
}

#[test]
fn key_that_was_registered_already_is_registered() {
    let mut l = one();
    let answer = RegRsp {
        results: vec![result(
            1,
            RegistrationStatus::RoutingKeyAlreadyRegistered,
            7,
        )],
    };
    assert_eq!(l.receive(answer), [assigned(0, 7), sends(aspac())]);
}

#[test]
fn routing_context_of_another_is_not_believed() {
    let mut l = two();
    l.receive(registered(1, 20));
    assert_eq!(
        l.receive(registered(2, 20)),
        [refusal(1, RegistrationStatus::RoutingKeyAlreadyRegistered)]
    );
    assert_eq!(l.asp.routing_context(1), None);
}

#[test]
fn unanswered_registration_is_repeated_one_by_one() {
    let mut l = two();
    assert_eq!(
        l.after(ACK),
        [
            Output::NoAnswer("REG_REQ"),
            request_for(&[(1, 2)]),
            request_for(&[(2, 3)]),
        ]
    );
    // The answer to the first comes after all, and the second repeats it.
    assert_eq!(l.receive(registered(1, 20)).len(), 2);
    assert_eq!(l.receive(registered(1, 20)), []);
}

#[test]
fn results_of_what_was_not_asked_for_are_unexpected() {
    let code = ErrorCode::UnexpectedMessage;
    for id in [0, 3, u32::MAX] {
        let mut l = two();
        assert_eq!(
            l.receive(registered(id, 20)),
            [
                error(Error::new(code), registered(id, 20)),
                refused("REG_RSP", code)
            ],
            "{id}"
        );
    }
    let mut l = Ladder::active();
    assert_eq!(l.receive(registered(1, 20)).len(), 2, "nothing registers");
}

#[test]
fn gateway_without_registration_ends_it() {
    let code = ErrorCode::UnsupportedMessageClass;
    let mut l = one();
    assert_eq!(
        l.receive(Error::new(code)),
        [
            Output::Reported(code),
            refusal(0, RegistrationStatus::ErrorUnknown)
        ]
    );
    assert_eq!(l.asp.poll_timeout(), None);
    // Layer management may have it tried again.
    assert_eq!(l.input(Input::Unblock), [request_for(&[(1, 2)])]);

    // With a routing context by configuration that is used.
    let mut l = Ladder::with(|settings| {
        settings.application_servers[0].registration = Some(key());
    });
    l.input(Input::AssociationUp);
    l.receive(AspUpAck::default());
    assert_eq!(l.asp.routing_context(0), None);
    let answer = Error {
        diagnostic: Some(vec![1, 0, 9, 1]),
        ..Error::new(code)
    };
    assert_eq!(l.receive(answer), [Output::Reported(code), sends(aspac())]);
}

#[test]
fn registration_that_is_blocked_is_tried_again() {
    let mut l = one();
    let code = ErrorCode::RefusedManagementBlocking;
    assert_eq!(l.receive(Error::new(code)), [Output::Reported(code)]);
    assert_eq!(l.after(ACK), [request_for(&[(1, 2)])]);
}

#[test]
fn key_that_the_gateway_lost_is_registered_again() {
    let code = ErrorCode::InvalidRoutingContext;
    let mut l = active();
    assert_eq!(
        l.receive(err(code, &[7])),
        [Output::Reported(code), Output::State(AspState::Inactive)]
    );
    assert_eq!(l.asp.routing_context(0), None);
    assert_eq!(l.after(ACK), [request_for(&[(1, 2)])]);
    // It may be given the same routing context again.
    assert_eq!(
        l.receive(registered(1, 7)),
        [assigned(0, 7), sends(aspac())]
    );

    let mut l = one();
    l.receive(registered(1, 7));
    l.receive(err(ErrorCode::NoConfiguredAsForAsp, &[7]));
    assert_eq!(l.after(ACK), [request_for(&[(1, 2)])]);
}

#[test]
fn new_association_registers_anew() {
    let mut l = active();
    l.input(Input::AssociationRestarted);
    assert_eq!(l.asp.routing_context(0), None);
    assert_eq!(
        l.receive(AspUpAck::default())[1..],
        [request_for(&[(1, 2)])]
    );
}

#[test]
fn blocked_it_registers_and_waits() {
    let mut l = one();
    l.input(Input::Block);
    assert_eq!(l.receive(registered(1, 7)), [assigned(0, 7)]);
    assert_eq!(l.asp.poll_timeout(), None);
    assert_eq!(l.input(Input::Unblock), [sends(aspac())]);
}

fn dereg_req() -> Output {
    sends(DeregReq {
        routing_contexts: vec![7],
    })
}

fn dereg_rsp(status: DeregistrationStatus) -> DeregRsp {
    DeregRsp {
        results: vec![DeregistrationResult {
            routing_context: 7,
            status,
        }],
    }
}

#[test]
fn stop_deregisters_between_inactive_and_down() {
    for &status in DeregistrationStatus::NAMED {
        let mut l = active();
        assert_eq!(
            l.input(Input::Stop),
            [Output::State(AspState::Inactive), sends(aspia())]
        );
        assert_eq!(l.receive(inactive_ack()), [dereg_req()]);
        assert_eq!(
            l.receive(dereg_rsp(status)),
            [Output::State(AspState::Down), sends(AspDown::default())],
            "{status}"
        );
        assert_eq!(l.receive(AspDownAck::default()), [Output::Stopped]);
    }
}

#[test]
fn stop_goes_on_without_the_answer() {
    let mut l = active();
    l.input(Input::Stop);
    l.receive(inactive_ack());
    assert_eq!(
        l.after(ACK),
        [
            Output::NoAnswer("DEREG_REQ"),
            Output::State(AspState::Down),
            sends(AspDown::default())
        ]
    );
    // Or if the gateway says that it does not do that.
    let mut l = active();
    l.input(Input::Stop);
    l.receive(inactive_ack());
    let code = ErrorCode::UnsupportedMessageType;
    assert_eq!(
        l.receive(Error::new(code)),
        [
            Output::Reported(code),
            Output::State(AspState::Down),
            sends(AspDown::default())
        ]
    );
}

#[test]
fn stop_before_the_registration_is_answered_goes_down() {
    let mut l = one();
    assert_eq!(
        l.input(Input::Stop),
        [Output::State(AspState::Down), sends(AspDown::default())]
    );
}

#[test]
fn deregistration_that_was_not_asked_for_is_not_believed() {
    let mut l = active();
    let status = DeregistrationStatus::SuccessfullyDeregistered;
    assert_eq!(l.receive(dereg_rsp(status)), []);
    assert!(l.asp.carries_traffic(0));
    let mut other = dereg_rsp(status);
    other.results[0].routing_context = 8;
    let code = ErrorCode::UnexpectedMessage;
    assert_eq!(
        l.receive(other.clone()),
        [error(Error::new(code), other), refused("DEREG_RSP", code)]
    );
}
