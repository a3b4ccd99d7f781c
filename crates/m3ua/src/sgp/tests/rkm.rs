//! Registration.

use super::*;
use crate::msg::{DeregReq, DeregRsp, RegReq, RegRsp};
use crate::param::{
    DeregistrationResult, DeregistrationStatus, RegistrationResult, RegistrationStatus, RoutingKey,
};

pub(super) const FIRST: u32 = 1000;

pub(super) fn registering(max: usize) -> Ladder {
    let mut l = Ladder::with(|s| {
        s.registration = Some(Registration {
            first_routing_context: FIRST,
            max,
        });
    });
    l.up(A);
    l
}

pub(super) fn key(dpc: u32) -> RoutingKey {
    RoutingKey {
        local_rk_identifier: dpc + 100,
        routing_context: None,
        traffic_mode: None,
        network_appearance: None,
        destinations: vec![to(dpc)],
    }
}

pub(super) fn reg_req(keys: &[RoutingKey]) -> RegReq {
    RegReq {
        routing_keys: keys.to_vec(),
    }
}

pub(super) fn reg_rsp(dpc: u32, status: RegistrationStatus, routing_context: u32) -> RegRsp {
    RegRsp {
        results: vec![RegistrationResult {
            local_rk_identifier: dpc + 100,
            status,
            routing_context,
        }],
    }
}

pub(super) fn dereg_req(routing_contexts: &[u32]) -> DeregReq {
    DeregReq {
        routing_contexts: routing_contexts.to_vec(),
    }
}

pub(super) fn dereg_rsp(results: &[(u32, DeregistrationStatus)]) -> DeregRsp {
    let result = |(routing_context, status): &(u32, DeregistrationStatus)| DeregistrationResult {
        routing_context: *routing_context,
        status: *status,
    };
    DeregRsp {
        results: results.iter().map(result).collect(),
    }
}

pub(super) fn refusal_of(asp: AspId, key: &RoutingKey, status: RegistrationStatus) -> [Output; 2] {
    let dpc = key.local_rk_identifier - 100;
    [
        Output::RegistrationRefused { asp, status },
        sends(asp, reg_rsp(dpc, status, 0)),
    ]
}

/// Of the first AS that is registered.
fn new_asp(asp: AspId, state: AspState) -> Output {
    Output::Asp {
        asp,
        application_server: 1,
        routing_context: Some(FIRST),
        state,
    }
}

fn new_as(state: AsState) -> Output {
    Output::As {
        application_server: 1,
        routing_context: Some(FIRST),
        state,
    }
}

fn told(asp: AspId, status: Status) -> Output {
    let routing_contexts = vec![FIRST];
    let notify = Notify {
        routing_contexts,
        ..notify(status)
    };
    sends(asp, notify)
}

pub(super) fn registered(asp: AspId) -> Output {
    Output::Registered {
        asp,
        application_server: 1,
        routing_context: FIRST,
    }
}

fn deregistered(asp: AspId) -> Output {
    Output::Deregistered {
        asp,
        application_server: 1,
        routing_context: FIRST,
    }
}

// RFC 4666 5.1.1.2, 5.3
#[test]
fn new_as_comes_and_goes_with_who_registers() {
    let mut l = registering(1);
    let success = RegistrationStatus::SuccessfullyRegistered;
    assert_eq!(
        l.receive(A, reg_req(&[key(5)])),
        [
            registered(A),
            new_asp(A, AspState::Inactive),
            sends(A, reg_rsp(5, success, FIRST)),
            new_as(AsState::Inactive),
            told(A, Status::AsInactive),
        ]
    );
    let ack = AspActiveAck {
        routing_contexts: vec![FIRST],
        ..AspActiveAck::default()
    };
    assert_eq!(
        l.receive(A, aspac_for(&[FIRST])),
        [
            new_asp(A, AspState::Active),
            sends(A, ack),
            new_as(AsState::Active),
            told(A, Status::AsActive),
            Output::Network(MtpIndication::Resume(pc(5))),
        ]
    );
    let transfer = MtpTransfer {
        dpc: pc(5),
        ..to_as(0)
    };
    assert_eq!(
        l.transfer(transfer.clone()),
        [sends(A, data(Some(FIRST), transfer.clone()))]
    );
    let active = DeregistrationStatus::AspCurrentlyActive;
    assert_eq!(
        l.receive(A, dereg_req(&[FIRST])),
        [sends(A, dereg_rsp(&[(FIRST, active)]))]
    );
    let aspia = AspInactive {
        routing_contexts: vec![FIRST],
        info: None,
    };
    l.receive(A, aspia);
    let success = DeregistrationStatus::SuccessfullyDeregistered;
    assert_eq!(
        l.receive(A, dereg_req(&[FIRST])),
        [
            deregistered(A),
            new_asp(A, AspState::Down),
            sends(A, dereg_rsp(&[(FIRST, success)])),
        ]
    );
    // It is pending until T(r) expires.
    assert_eq!(l.sgp.application_servers().count(), 2);
    assert_eq!(
        l.after(RECOVERY),
        [
            new_as(AsState::Down),
            Output::Network(MtpIndication::Pause(pc(5))),
        ]
    );
    assert_eq!(l.sgp.application_servers().count(), 1);
    assert_eq!(
        l.transfer(transfer.clone()),
        [Output::NotSent(transfer, NotSent::NoApplicationServer)]
    );
}

#[test]
fn asp_that_comes_back_in_time_finds_its_as() {
    let mut l = registering(1);
    l.receive(A, reg_req(&[key(5)]));
    l.receive(A, aspac_for(&[FIRST]));
    let transfer = MtpTransfer {
        dpc: pc(5),
        ..to_as(0)
    };
    assert!(
        l.input(Input::AssociationDown(A))
            .contains(&deregistered(A))
    );
    assert_eq!(l.transfer(transfer.clone()), []);
    l.up(B);
    assert!(l.receive(B, reg_req(&[key(5)])).contains(&registered(B)));
    let outputs = l.receive(B, aspac_for(&[FIRST]));
    assert_eq!(outputs.last(), Some(&sends(B, data(Some(FIRST), transfer))));
    l.after(RECOVERY);
    assert_eq!(l.sgp.application_servers().count(), 2);
}

#[test]
fn several_asps_share_a_registered_as() {
    let mut l = registering(1);
    l.up(B);
    l.receive(A, reg_req(&[key(5)]));
    let success = RegistrationStatus::SuccessfullyRegistered;
    assert_eq!(
        l.receive(B, reg_req(&[key(5)])),
        [
            registered(B),
            new_asp(B, AspState::Inactive),
            sends(B, reg_rsp(5, success, FIRST)),
            told(B, Status::AsInactive),
        ]
    );
    l.receive(A, dereg_req(&[FIRST]));
    assert_eq!(l.as_state(1), AsState::Inactive);
    // Going down ends a registration, too.
    assert_eq!(
        l.receive(B, AspDown::default())[..2],
        [deregistered(B), new_asp(B, AspState::Down)]
    );
    assert_eq!(l.sgp.application_servers().count(), 1);
}

#[test]
fn asp_up_while_active_ends_registrations() {
    let mut l = registering(1);
    l.receive(A, reg_req(&[key(5)]));
    // While it is inactive, ASP Up changes nothing.
    assert_eq!(
        l.receive(A, AspUp::default()),
        [sends(A, AspUpAck::default())]
    );
    l.receive(A, aspac_for(&[FIRST]));
    let outputs = l.receive(A, AspUp::default());
    assert_eq!(outputs[..2], [deregistered(A), new_asp(A, AspState::Down)]);
    assert!(outputs.contains(&new_as(AsState::Pending)));
}

#[test]
fn asp_may_register_for_a_configured_as() {
    let mut l = registering(0);
    let (success, already) = (
        RegistrationStatus::SuccessfullyRegistered,
        RegistrationStatus::RoutingKeyAlreadyRegistered,
    );
    let outputs = l.receive(A, reg_req(&[key(1)]));
    assert!(outputs.contains(&sends(A, reg_rsp(1, success, 7))));
    // RFC 4666 4.4.1: this refusal tells the routing context.
    assert_eq!(
        l.receive(A, reg_req(&[key(1)])),
        [
            Output::RegistrationRefused {
                asp: A,
                status: already
            },
            sends(A, reg_rsp(1, already, 7)),
        ]
    );
    l.receive(A, aspac(None));
    let outputs = l.receive(A, reg_req(&[key(1)]));
    assert_eq!(outputs[1], sends(A, reg_rsp(1, already, 7)));
    l.receive(A, aspia());
    let success = DeregistrationStatus::SuccessfullyDeregistered;
    let outputs = l.receive(A, dereg_req(&[7]));
    assert_eq!(outputs[1], sends(A, dereg_rsp(&[(7, success)])));
    assert_eq!(l.sgp.application_servers().count(), 1);
}

#[test]
fn what_is_configured_for_an_asp_is_registered_already() {
    let mut l = registering(5);
    l.connect(B, |s| s.application_servers = Some(vec![0]));
    l.receive(B, AspUp::default());
    let already = RegistrationStatus::RoutingKeyAlreadyRegistered;
    assert_eq!(
        l.receive(B, reg_req(&[key(1)]))[1],
        sends(B, reg_rsp(1, already, 7))
    );
    // Only management takes it away, and it may have nothing else.
    let denied = DeregistrationStatus::PermissionDenied;
    assert_eq!(
        l.receive(B, dereg_req(&[7])),
        [sends(B, dereg_rsp(&[(7, denied)]))]
    );
    let key = key(5);
    let denied = RegistrationStatus::PermissionDenied;
    assert_eq!(
        l.receive(B, reg_req(std::slice::from_ref(&key))),
        refusal_of(B, &key, denied)
    );
}

#[test]
fn each_key_of_a_request_has_its_own_result() {
    let mut l = registering(100);
    let keys: Vec<RoutingKey> = (10..90).map(key).collect();
    let outputs = l.receive(A, reg_req(&keys));
    let results: Vec<RegistrationResult> = outputs
        .into_iter()
        .filter_map(|output| match output {
            Output::Send(A, Message::RegRsp(m)) => Some(m.results),
            _ => None,
        })
        .flatten()
        .collect();
    let identifiers: Vec<u32> = results.iter().map(|r| r.local_rk_identifier).collect();
    assert_eq!(identifiers, (110..190).collect::<Vec<_>>());
    let (good, rest) = results.split_at(64);
    let routing_contexts: Vec<u32> = good.iter().map(|r| r.routing_context).collect();
    assert_eq!(routing_contexts, (FIRST..FIRST + 64).collect::<Vec<_>>());
    let status = RegistrationStatus::InsufficientResources;
    assert!(rest.iter().all(|r| r.status == status));
}

#[test]
fn asp_active_without_routing_context_means_what_is_registered() {
    let mut l = registering(5);
    l.receive(A, reg_req(&[key(5), key(6)]));
    l.receive(A, AspActive::default());
    let states = [0, 1, 2].map(|index| l.sgp.asp_state(A, index));
    assert_eq!(
        states,
        [AspState::Inactive, AspState::Active, AspState::Active]
    );
}
