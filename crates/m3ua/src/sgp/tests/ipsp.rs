//! IPSPs as peers (RFC 4666 4.3.4.1.2, 4.3.4.3.1, 5.6).

use super::*;
use crate::msg::{Daud, Dava, Scon};
use crate::role::Role;
use trunkline_model::mtp::MtpStatus;

fn ipsp(role: Role) -> Ladder {
    let mut l = Ladder::with(|s| s.asp_identifier = Some(77));
    l.connect(A, |s| s.role = role);
    l
}

#[test]
fn ipsp_is_told_who_we_are_and_an_asp_is_not() {
    for role in [Role::IpspSingle, Role::IpspDouble] {
        let mut l = ipsp(role);
        let ack = AspUpAck {
            asp_identifier: Some(77),
            info: None,
        };
        let outputs = l.receive(A, AspUp::default());
        assert_eq!(outputs[1], sends(A, ack));
        l.connect(B, |_| {});
        let outputs = l.receive(B, AspUp::default());
        assert_eq!(outputs[1], sends(B, AspUpAck::default()));
    }
}

// RFC 4666 5.6.1, as the end that did not begin
#[test]
fn single_exchange_opens_both_directions() {
    let mut l = ipsp(Role::IpspSingle);
    l.receive(A, AspUp::default());
    assert!(
        l.receive(A, aspac(None))
            .contains(&sends(A, aspac_ack(None)))
    );
    assert_eq!(l.transfer(to_as(3)), [sends(A, data(Some(7), to_as(3)))]);
    // No network is behind us that could lack the destination.
    for dpc in [2, 99] {
        assert_eq!(
            l.receive(A, data(Some(7), from_as(dpc))),
            [Output::Network(MtpIndication::Transfer(from_as(dpc)))]
        );
    }
    assert!(l.receive(A, aspia()).contains(&sends(A, aspia_ack())));
    let down = l.receive(A, AspDown::default());
    assert!(down.contains(&sends(A, AspDownAck::default())));
}

#[test]
fn double_exchange_sends_only() {
    let mut l = ipsp(Role::IpspDouble);
    l.receive(A, AspUp::default());
    l.receive(A, aspac(None));
    assert_eq!(l.transfer(to_as(3)), [sends(A, data(Some(7), to_as(3)))]);
    let code = ErrorCode::UnexpectedMessage;
    assert_eq!(
        l.receive(A, data(Some(7), from_as(2))),
        refusal(A, "DATA", code, &[7])
    );
}

#[test]
fn ipsp_hears_of_congestion_but_not_of_a_network() {
    let mut l = ipsp(Role::IpspSingle);
    l.receive(A, AspUp::default());
    l.input(Input::Network(MtpIndication::Pause(pc(2))));
    let outputs = l.receive(A, aspac(None));
    assert_eq!(outputs[0], asp_is(A, AspState::Active));
    for silent in [
        Input::Network(MtpIndication::Pause(pc(2))),
        Input::Restricted(pc(2)),
        Input::Network(MtpIndication::Resume(pc(2))),
        Input::Network(MtpIndication::Status(pc(2), MtpStatus::UserPartUnknown)),
    ] {
        assert_eq!(l.input(silent), []);
    }
    let congestion = MtpIndication::Status(pc(2), MtpStatus::Congestion(2));
    let scon = Scon {
        routing_contexts: vec![7],
        affected: affected(&[2]),
        level: Some(2),
        ..Scon::default()
    };
    assert_eq!(
        l.input(Input::Network(congestion)),
        [sends(A, scon.clone())]
    );
    // If it asks it gets an answer.
    let daud = Daud {
        affected: affected(&[2]),
        ..Daud::default()
    };
    let dava = Dava {
        routing_contexts: vec![7],
        affected: affected(&[2]),
        ..Dava::default()
    };
    assert_eq!(l.receive(A, daud), [sends(A, scon), sends(A, dava)]);
}

#[test]
fn ipsp_may_notify() {
    let mut l = ipsp(Role::IpspSingle);
    l.receive(A, AspUp::default());
    assert_eq!(l.receive(A, notify(Status::AsActive)), []);
}
