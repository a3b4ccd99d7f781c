//! IPSPs (RFC 4666 4.3.1, 4.3.4.1.2, 4.3.4.3.1, 4.3.4.4.1, 4.4.3).

use super::*;
use crate::msg::RegReq;

fn single() -> Ladder {
    let mut l = Ladder::with(|settings| {
        settings.role = Role::IpspSingle;
        settings.asp_identifier = Some(4);
    });
    l.input(Input::AssociationUp);
    l
}

fn up_ack() -> Output {
    sends(AspUpAck {
        asp_identifier: Some(4),
        info: None,
    })
}

#[test]
fn begins_as_an_asp_does() {
    let mut l = single();
    assert_eq!(l.receive(AspUpAck::default()).last(), Some(&sends(aspac())));
    assert_eq!(l.receive(active_ack()), [Output::State(AspState::Active)]);
    assert_eq!(l.input(request()), [sends(data(Some(7)))]);
    assert_eq!(l.receive(data(Some(7))), [indication()]);
}

#[test]
fn other_end_may_begin_each_exchange() {
    let mut l = single();
    assert_eq!(
        l.receive(AspUp::default()),
        [up_ack(), Output::State(AspState::Inactive), sends(aspac())]
    );
    // Both asked; whichever answer comes first counts.
    assert_eq!(
        l.receive(aspac()),
        [sends(active_ack()), Output::State(AspState::Active)]
    );
    assert_eq!(
        l.receive(AspUpAck::default())[1],
        refused("ASPUP_ACK", ErrorCode::UnexpectedMessage)
    );
    l.receive(active_ack());
    assert_eq!(
        l.receive(aspia()),
        [
            sends(inactive_ack_for(&[7])),
            Output::State(AspState::Inactive)
        ]
    );
    // Who left comes back when it wants to.
    assert_eq!(l.after(ACK * 10), []);
    assert_eq!(
        l.receive(aspac()),
        [sends(active_ack()), Output::State(AspState::Active)]
    );
    assert_eq!(
        l.receive(AspDown::default()),
        [sends(AspDownAck::default()), Output::State(AspState::Down)]
    );
    assert_eq!(l.after(ACK * 10), []);
    assert_eq!(l.receive(AspUp::default())[0], up_ack());
}

#[test]
fn up_again_while_active_is_answered_and_unexpected() {
    let mut l = single();
    l.receive(AspUpAck::default());
    l.receive(active_ack());
    let code = ErrorCode::UnexpectedMessage;
    assert_eq!(
        l.receive(AspUp::default()),
        [
            up_ack(),
            error(Error::new(code), AspUp::default()),
            refused("ASPUP", code),
            Output::State(AspState::Inactive),
            sends(aspac()),
        ]
    );
}

#[test]
fn requests_for_what_is_not_configured_are_refused() {
    let mut l = single();
    l.receive(AspUpAck::default());
    let code = ErrorCode::NoConfiguredAsForAsp;
    assert_eq!(
        l.receive(aspac_for(&[7, 8])),
        [
            error(err(code, &[8]), aspac_for(&[7, 8])),
            refused("ASPAC", code),
            sends(active_ack()),
            Output::State(AspState::Active),
        ]
    );
    let code = ErrorCode::InvalidRoutingContext;
    assert_eq!(
        l.receive(aspia_for(&[8])),
        [
            error(err(code, &[8]), aspia_for(&[8])),
            refused("ASPIA", code)
        ]
    );
    let code = ErrorCode::UnsupportedTrafficModeType;
    let other = AspActive {
        traffic_mode: Some(TrafficMode::Override),
        routing_contexts: vec![7],
        info: None,
    };
    assert_eq!(
        l.receive(other.clone()),
        [error(err(code, &[7]), other), refused("ASPAC", code)]
    );
    let code = ErrorCode::UnsupportedMessageClass;
    let registration = RegReq {
        routing_keys: vec![registration::key()],
    };
    assert_eq!(
        l.receive(registration.clone()),
        [
            error(Error::new(code), registration),
            refused("REG_REQ", code)
        ]
    );
}

#[test]
fn requests_without_routing_contexts_are_for_all() {
    let mut l = single();
    l.receive(AspUpAck::default());
    assert_eq!(
        l.receive(AspActive::default()),
        [
            sends(AspActiveAck::default()),
            Output::State(AspState::Active)
        ]
    );
    assert_eq!(
        l.receive(AspInactive::default()),
        [
            sends(AspInactiveAck::default()),
            Output::State(AspState::Inactive)
        ]
    );
}

#[test]
fn traffic_is_refused_while_blocked_or_down() {
    let mut l = single();
    let code = ErrorCode::UnexpectedMessage;
    assert_eq!(
        l.receive(aspac()),
        [error(err(code, &[7]), aspac()), refused("ASPAC", code)],
        "down"
    );
    l.input(Input::Block);
    l.receive(AspUpAck::default());
    let code = ErrorCode::RefusedManagementBlocking;
    assert_eq!(
        l.receive(aspac()),
        [error(err(code, &[7]), aspac()), refused("ASPAC", code)],
        "blocked"
    );
    assert_eq!(l.asp.state(), AspState::Inactive);
}

#[test]
fn both_ends_stop_at_once() {
    let mut l = single();
    l.receive(AspUpAck::default());
    l.receive(active_ack());
    l.input(Input::Stop);
    assert_eq!(
        l.receive(aspia()),
        [
            sends(inactive_ack_for(&[7])),
            Output::State(AspState::Down),
            sends(AspDown::default())
        ]
    );
    assert_eq!(
        l.receive(AspDown::default()),
        [sends(AspDownAck::default()), Output::Stopped]
    );
    assert_eq!(
        l.receive(AspUp::default())[1],
        refused("ASPUP", ErrorCode::RefusedManagementBlocking)
    );
}

#[test]
fn requests_of_double_exchange_are_for_the_other_half() {
    let mut l = Ladder::with(|settings| settings.role = Role::IpspDouble).activate();
    let code = ErrorCode::UnexpectedMessage;
    for message in [
        AspUp::default().into(),
        AspDown::default().into(),
        aspac(),
        aspia(),
    ] {
        let name = message.name();
        let contexts: &[u32] = if name.len() == 5 && name != "ASPUP" && name != "ASPDN" {
            &[7]
        } else {
            &[]
        };
        assert_eq!(
            l.receive(message.clone()),
            [error(err(code, contexts), message), refused(name, code)]
        );
    }
    assert!(l.asp.carries_traffic(0));
}
