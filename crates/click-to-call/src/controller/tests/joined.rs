//! When the two talk: re-INVITEs are passed on, and either ends both.

use super::network::Who::{Gateway, Phone};
use super::network::*;
use crate::{CallState, LegState, ReleasedBy};
use core::time::Duration;
use trunkline_sip::Name;
use trunkline_sip::endpoint::Event;

#[test]
fn either_hangs_up_and_both_are_free() {
    for (who, other, by) in [
        (Phone, Gateway, ReleasedBy::Initiator),
        (Gateway, Phone, ReleasedBy::Destination),
    ] {
        let mut net = Network::new();
        let call = net.connected();
        net.hangs_up(who, None);
        let reason = net.last(other, "BYE").header(Name::Reason);
        assert_eq!(reason, Some("Q.850;cause=16;text=\"normal call clearing\""));
        let status = net.status(call);
        assert_eq!(
            (status.state, status.released_by),
            (CallState::Ended, Some(by))
        );
        assert_eq!(status.initiator.state, LegState::Ended);
        net.all_is_over();
    }
}

#[test]
fn both_hang_up_at_once() {
    let mut net = Network::new();
    net.connected();
    let (now, phone, gateway) = (net.now, net.phone.session, net.gateway.session);
    net.phone.endpoint.bye(now, phone.unwrap(), &[]);
    net.gateway.endpoint.bye(now, gateway.unwrap(), &[]);
    net.all_is_over();
}

#[test]
fn hold_is_passed_on() {
    let mut net = Network::new();
    let call = net.connected();
    let hold = format!("{}a=sendonly\r\n", phone_sdp(4000));
    net.reinvites(Phone, Some(&hold));
    net.expect(&[
        "phone > controller: INVITE (sdp)",
        "controller > gateway: INVITE (sdp)",
    ]);
    let passed = net.last(Gateway, "INVITE").sdp().unwrap().to_vec();
    assert_eq!(without_origin(&passed), without_origin(hold.as_bytes()));
    // The second description under this origin: the first went in the ACK.
    assert!(origin(&passed).contains(" 2 IN"), "{}", origin(&passed));
    net.answers(Gateway, &landline_sdp(7002));
    net.acknowledges(Phone, None);
    net.expect(&[
        "gateway > controller: 200 INVITE (sdp)",
        "controller > gateway: ACK",
        "controller > phone: 200 INVITE (sdp)",
        "phone > controller: ACK",
    ]);
    let back = net.last(Phone, "200").sdp().unwrap().to_vec();
    assert_eq!(
        without_origin(&back),
        without_origin(landline_sdp(7002).as_bytes())
    );
    assert_eq!(net.status(call).state, CallState::Connected);
    net.hangs_up(Phone, None);
    net.all_is_over();
}

#[test]
fn reinvite_without_an_offer_is_passed_on() {
    let mut net = Network::new();
    net.connected();
    net.reinvites(Gateway, None);
    net.answers(Phone, &phone_sdp(4004));
    net.acknowledges(Gateway, Some(&landline_sdp(7004)));
    net.expect(&[
        "gateway > controller: INVITE",
        "controller > phone: INVITE",
        "phone > controller: 200 INVITE (sdp)",
        "controller > gateway: 200 INVITE (sdp)",
        "gateway > controller: ACK (sdp)",
        "controller > phone: ACK (sdp)",
    ]);
    let answer = net.last(Phone, "ACK").sdp().unwrap().to_vec();
    assert_eq!(
        without_origin(&answer),
        without_origin(landline_sdp(7004).as_bytes())
    );
    net.hangs_up(Gateway, None);
    net.all_is_over();
}

#[test]
fn refused_reinvite_leaves_the_call_as_it_was() {
    for status in [488, 500] {
        let mut net = Network::new();
        let call = net.connected();
        net.reinvites(Phone, Some(&phone_sdp(4006)));
        net.rejects(Gateway, status, "No", None);
        let refused = net.phone.events.iter().any(|event| {
            matches!(event, Event::ReinviteRejected { status: told, .. } if *told == status)
        });
        assert!(refused, "{status}");
        assert_eq!(net.status(call).state, CallState::Connected);
        // And the next one passes.
        net.reinvites(Phone, Some(&phone_sdp(4008)));
        net.answers(Gateway, &landline_sdp(7008));
        net.acknowledges(Phone, None);
        net.hangs_up(Phone, None);
        net.all_is_over();
    }
}

#[test]
fn reinvite_that_meets_a_lost_dialog_ends_both() {
    let mut net = Network::new();
    let call = net.connected();
    net.reinvites(Phone, Some(&phone_sdp(4006)));
    net.rejects(Gateway, 481, "No such call", None);
    let status = net.status(call);
    assert_eq!(status.state, CallState::Ended);
    assert_eq!(status.released_by, Some(ReleasedBy::Destination));
    net.all_is_over();
}

#[test]
fn reinvites_of_both_at_once_end_nothing() {
    let mut net = Network::new();
    let call = net.connected();
    let (now, phone, gateway) = (net.now, net.phone.session, net.gateway.session);
    let (a, b) = (
        phone_sdp(4010).into_bytes(),
        landline_sdp(7010).into_bytes(),
    );
    net.phone
        .endpoint
        .reinvite(now, phone.unwrap(), Some(a), &[])
        .unwrap();
    net.gateway
        .endpoint
        .reinvite(now, gateway.unwrap(), Some(b), &[])
        .unwrap();
    net.after(Duration::from_secs(1));
    assert_eq!(net.status(call).state, CallState::Connected);
    net.hangs_up(Phone, None);
    net.all_is_over();
}

#[test]
fn hang_up_while_a_reinvite_is_passed_on() {
    for who in [Phone, Gateway] {
        for offer in [Some(phone_sdp(4012)), None] {
            let mut net = Network::new();
            net.connected();
            net.reinvites(Phone, offer.as_deref());
            net.hangs_up(who, None);
            net.all_is_over();
        }
    }
}

#[test]
fn reinvite_that_was_taken_back_joins_the_two_anew() {
    let mut net = Network::new();
    let call = net.connected();
    net.reinvites(Phone, Some(&phone_sdp(4014)));
    let (now, id) = (net.now, net.phone.session.unwrap());
    net.phone.endpoint.cancel(now, id, &[]);
    net.settle();
    // The landline has answered the new offer, the phone is back at its old session.
    net.answers(Gateway, &landline_sdp(7014));
    net.answers(Phone, &phone_sdp(4000));
    net.answers(Gateway, &landline_sdp(7016));
    let offer = net.last(Gateway, "INVITE").sdp().unwrap().to_vec();
    assert_eq!(
        without_origin(&offer),
        without_origin(phone_sdp(4000).as_bytes())
    );
    let answer = net.last(Phone, "ACK").sdp().unwrap().to_vec();
    assert_eq!(
        without_origin(&answer),
        without_origin(landline_sdp(7016).as_bytes())
    );
    assert_eq!(net.status(call).state, CallState::Connected);
    net.hangs_up(Phone, None);
    net.all_is_over();
}

#[test]
fn longest_call_is_ended() {
    let mut config = config();
    config.timers.longest_call = Duration::from_secs(600);
    let mut net = Network::with(config);
    let call = net.connected();
    net.after(Duration::from_secs(599));
    assert_eq!(net.status(call).state, CallState::Connected);
    net.after(Duration::from_secs(1));
    let status = net.status(call);
    assert_eq!(status.state, CallState::Ended);
    assert_eq!(status.released_by, Some(ReleasedBy::Timer));
    net.all_is_over();
}
