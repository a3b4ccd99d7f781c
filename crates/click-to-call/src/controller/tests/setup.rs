//! From the request to the point where the two are joined, and what can go wrong on the way.

use super::network::Who::{Gateway, Phone};
use super::network::*;
use crate::config::InitialOffer;
use crate::{CallEventKind, CallState, LegState, Party, ReleasedBy};
use core::time::Duration;
use trunkline_model::Time;
use trunkline_sip::Name;

#[test]
fn flow_iv_joins_phone_and_landline() {
    let mut net = Network::new();
    let call = net.place();
    net.rings(Phone);
    net.expect(&[
        "controller > phone: INVITE (sdp)",
        "phone > controller: 180 INVITE",
    ]);
    let invite = net.last(Phone, "INVITE");
    assert_eq!(invite.request_uri(), Some("sip:1001@192.0.2.2"));
    assert!(
        invite
            .header(Name::From)
            .unwrap()
            .contains("Click-To-Call: +4930123456")
    );
    let offer = String::from_utf8(invite.sdp().unwrap().to_vec()).unwrap();
    assert!(offer.contains("a=inactive\r\n"), "{offer}");
    assert_eq!(net.status(call).initiator.state, LegState::Ringing);
    assert_eq!(net.status(call).destination.state, LegState::Idle);

    net.after(Duration::from_secs(5));
    net.answers(Phone, &phone_sdp(9));
    net.rings(Gateway);
    net.expect(&[
        "phone > controller: 200 INVITE (sdp)",
        "controller > phone: ACK",
        "controller > gateway: INVITE",
        "gateway > controller: 180 INVITE",
    ]);
    let invite = net.last(Gateway, "INVITE");
    assert_eq!(
        invite.request_uri(),
        Some("sip:+4930123456@192.0.2.3;user=phone")
    );
    assert_eq!(invite.from().uri, "sip:1001@192.0.2.2");
    assert_eq!(net.status(call).state, CallState::CallingDestination);
    assert_eq!(net.status(call).destination.state, LegState::Ringing);

    net.after(Duration::from_secs(3));
    net.answers(Gateway, &landline_sdp(7000));
    net.expect(&[
        "gateway > controller: 200 INVITE (sdp)",
        "controller > phone: INVITE (sdp)",
    ]);
    // The landline's offer, codecs untouched, under the origin that the phone knows.
    let first = offer
        .lines()
        .find(|line| line.starts_with("o="))
        .unwrap()
        .to_owned();
    let offered = net.last(Phone, "INVITE").sdp().unwrap().to_vec();
    assert_eq!(
        without_origin(&offered),
        without_origin(landline_sdp(7000).as_bytes())
    );
    assert_eq!(origin(&offered), first.replace(" 1 IN", " 2 IN"));
    assert_eq!(net.status(call).state, CallState::Joining);

    net.answers(Phone, &phone_sdp(4000));
    net.expect(&[
        "phone > controller: 200 INVITE (sdp)",
        "controller > phone: ACK",
        "controller > gateway: ACK (sdp)",
    ]);
    let answer = net.last(Gateway, "ACK").sdp().unwrap().to_vec();
    assert_eq!(
        without_origin(&answer),
        without_origin(phone_sdp(4000).as_bytes())
    );
    let status = net.status(call).clone();
    assert_eq!(status.state, CallState::Connected);
    assert_eq!(status.initiator.answered, Some(Time::from_secs(1_005)));
    assert_eq!(status.connected, Some(Time::from_secs(1_008)));
    let states: Vec<String> = net.events.iter().map(ToString::to_string).collect();
    assert_eq!(
        states,
        [
            "calling-initiator",
            "initiator dialling",
            "initiator ringing",
            "initiator answered",
            "calling-destination",
            "destination dialling",
            "destination ringing",
            "destination answered",
            "joining",
            "connected",
        ]
    );

    net.after(Duration::from_secs(60));
    net.forget_ladder();
    net.hangs_up(Gateway, Some("Q.850;cause=16"));
    net.expect(&[
        "gateway > controller: BYE",
        "controller > gateway: 200 BYE",
        "controller > phone: BYE",
        "phone > controller: 200 BYE",
    ]);
    assert_eq!(
        net.last(Phone, "BYE").header(Name::Reason),
        Some("Q.850;cause=16")
    );
    let status = net.status(call);
    assert_eq!(status.state, CallState::Ended);
    assert_eq!(status.released_by, Some(ReleasedBy::Destination));
    assert_eq!(status.talked(net.now), Duration::from_secs(60));
    net.all_is_over();
}

#[test]
fn offer_without_media_joins_too() {
    let mut config = config();
    config.initial_offer = InitialOffer::NoMedia;
    let mut net = Network::with(config);
    let call = net.connected();
    let sdp = net.last(Phone, "INVITE").sdp().map(<[u8]>::to_vec).unwrap();
    assert_eq!(
        without_origin(&sdp),
        without_origin(landline_sdp(7000).as_bytes())
    );
    assert_eq!(net.status(call).state, CallState::Connected);
}

#[test]
fn busy_initiator_leaves_the_destination_alone() {
    let mut net = Network::new();
    let call = net.place();
    net.rejects(Phone, 486, "Busy Here", None);
    net.expect(&[
        "controller > phone: INVITE (sdp)",
        "phone > controller: 486 INVITE",
        "controller > phone: ACK",
    ]);
    let status = net.status(call);
    assert_eq!(status.state, CallState::Failed);
    assert_eq!(status.released_by, Some(ReleasedBy::Initiator));
    assert_eq!(status.initiator.failure.as_ref().unwrap().status, 486);
    assert_eq!(status.destination.state, LegState::Idle);
    net.all_is_over();
}

#[test]
fn silent_initiator_fails_with_408() {
    let mut net = Network::new();
    net.phone.deaf = true;
    let call = net.place();
    net.after(Duration::from_secs(33));
    let status = net.status(call);
    assert_eq!(status.state, CallState::Failed);
    assert_eq!(status.initiator.failure.as_ref().unwrap().status, 408);
    net.all_is_over();
}

#[test]
fn failure_of_the_destination_is_told_to_both() {
    for (status, phrase, reason, told) in [
        (
            486,
            "Busy Here",
            Some("Q.850;cause=17;text=\"user busy\";location=LN"),
            &[
                "SIP;cause=486;text=\"Busy Here\"",
                "Q.850;cause=17;text=\"user busy\";location=LN",
            ][..],
        ),
        (
            404,
            "Not Found",
            Some("Q.850;cause=1, X;cause=3"),
            &["SIP;cause=404;text=\"Not Found\"", "Q.850;cause=1"][..],
        ),
        (
            603,
            "No \"thanks\"",
            None,
            &["SIP;cause=603;text=\"No \\\"thanks\\\"\""][..],
        ),
    ] {
        let mut net = Network::new();
        let call = net.destination_rings();
        net.forget_ladder();
        net.rejects(Gateway, status, phrase, reason);
        net.expect(&[
            &format!("gateway > controller: {status} INVITE"),
            "controller > gateway: ACK",
            "controller > phone: BYE",
            "phone > controller: 200 BYE",
        ]);
        let bye: Vec<&str> = net.last(Phone, "BYE").headers(Name::Reason).collect();
        assert_eq!(bye, told);
        let call = net.status(call).clone();
        assert_eq!(call.state, CallState::Failed);
        assert_eq!(call.initiator.state, LegState::Ended);
        assert_eq!(call.released_by, Some(ReleasedBy::Destination));
        let failure = call.destination.failure.unwrap();
        assert_eq!((failure.status, failure.phrase.as_str()), (status, phrase));
        let cause = failure.q850().map(|reason| reason.cause);
        assert_eq!(
            cause,
            match status {
                486 => Some(17),
                404 => Some(1),
                _ => None,
            }
        );
        assert!(net.events.iter().any(|event| matches!(
            event,
            CallEventKind::Leg { party: Party::Destination, failure: Some(told), .. }
                if told.status == status
        )));
        net.all_is_over();
    }
}

#[test]
fn initiator_who_hangs_up_cancels_the_ringing_destination() {
    let mut net = Network::new();
    let call = net.destination_rings();
    net.forget_ladder();
    net.hangs_up(Phone, None);
    net.expect(&[
        "phone > controller: BYE",
        "controller > phone: 200 BYE",
        "controller > gateway: CANCEL",
        "gateway > controller: 200 CANCEL",
        "gateway > controller: 487 INVITE",
        "controller > gateway: ACK",
    ]);
    let reason = net.last(Gateway, "CANCEL").header(Name::Reason);
    assert_eq!(reason, Some("Q.850;cause=16;text=\"normal call clearing\""));
    let status = net.status(call);
    assert_eq!(status.state, CallState::Ended);
    assert_eq!(status.released_by, Some(ReleasedBy::Initiator));
    assert_eq!(status.destination.state, LegState::Ended);
    net.all_is_over();
}

#[test]
fn answer_that_wins_against_the_cancel_is_released() {
    let mut net = Network::new();
    net.destination_rings();
    // The BYE of the phone and the 200 of the gateway are on the wire at the same time.
    let (now, phone, gateway) = (net.now, net.phone.session, net.gateway.session);
    net.phone.endpoint.bye(now, phone.unwrap(), &[]);
    let sdp = landline_sdp(7000);
    let accepted = net
        .gateway
        .endpoint
        .accept(now, gateway.unwrap(), &[], Some(sdp.as_bytes()));
    accepted.unwrap();
    net.forget_ladder();
    net.settle();
    net.expect(&[
        "phone > controller: BYE",
        "gateway > controller: 200 INVITE (sdp)",
        "controller > phone: 200 BYE",
        "controller > gateway: CANCEL",
        "controller > gateway: ACK (sdp)",
        "controller > gateway: BYE",
        "gateway > controller: 200 CANCEL",
        "gateway > controller: 200 BYE",
    ]);
    // The ACK must answer the offer (RFC 3261 13.2.2.4): it takes none of it.
    let answer = net.last(Gateway, "ACK").sdp().unwrap().to_vec();
    assert!(without_origin(&answer).contains("m=audio 0 RTP/AVP 8 111 101\r\n"));
    net.all_is_over();
}

#[test]
fn initiator_who_does_not_answer_is_cancelled() {
    let mut config = config();
    config.timers.initiator_answer = Duration::from_secs(50);
    let mut net = Network::with(config);
    let call = net.place();
    net.rings(Phone);
    net.after(Duration::from_secs(49));
    net.forget_ladder();
    net.after(Duration::from_secs(2));
    net.expect(&[
        "controller > phone: CANCEL",
        "phone > controller: 200 CANCEL",
        "phone > controller: 487 INVITE",
        "controller > phone: ACK",
    ]);
    let status = net.status(call);
    assert_eq!(status.state, CallState::Failed);
    assert_eq!(status.released_by, Some(ReleasedBy::Timer));
    assert_eq!(status.initiator.failure.as_ref().unwrap().status, 408);
    assert_eq!(status.ended, Some(Time::from_secs(1_050)));
    net.all_is_over();
}

#[test]
fn destination_that_does_not_answer_is_cancelled() {
    let mut net = Network::new();
    let call = net.destination_rings();
    net.after(Duration::from_secs(199));
    net.forget_ladder();
    net.after(Duration::from_secs(2));
    net.expect(&[
        "controller > phone: BYE",
        "controller > gateway: CANCEL",
        "phone > controller: 200 BYE",
        "gateway > controller: 200 CANCEL",
        "gateway > controller: 487 INVITE",
        "controller > gateway: ACK",
    ]);
    let reason = net.last(Phone, "BYE").header(Name::Reason).unwrap();
    assert!(reason.starts_with("Q.850;cause=19;"), "{reason}");
    let status = net.status(call);
    assert_eq!(status.destination.state, LegState::Failed);
    assert_eq!(status.released_by, Some(ReleasedBy::Timer));
    net.all_is_over();
}

#[test]
fn initiator_who_refuses_the_codecs_ends_both() {
    let mut net = Network::new();
    let call = net.joining();
    net.forget_ladder();
    net.rejects(Phone, 488, "Not Acceptable Here", None);
    net.expect(&[
        "phone > controller: 488 INVITE",
        "controller > phone: ACK",
        "controller > gateway: ACK (sdp)",
        "controller > phone: BYE",
        "controller > gateway: BYE",
        "phone > controller: 200 BYE",
        "gateway > controller: 200 BYE",
    ]);
    let answer = net.last(Gateway, "ACK").sdp().unwrap().to_vec();
    assert!(without_origin(&answer).contains("m=audio 0 "));
    let reason = net.last(Gateway, "BYE").header(Name::Reason).unwrap();
    assert!(reason.starts_with("SIP;cause=488;"), "{reason}");
    let status = net.status(call);
    assert_eq!(status.state, CallState::Failed);
    assert_eq!(status.initiator.failure.as_ref().unwrap().status, 488);
    assert_eq!(status.destination.state, LegState::Ended);
    net.all_is_over();
}

#[test]
fn glare_is_tried_again() {
    let mut net = Network::new();
    let call = net.joining();
    net.rejects(Phone, 491, "Request Pending", None);
    net.forget_ladder();
    // RFC 3261 14.1: 2.1 to 4 s.
    net.after(Duration::from_millis(4_000));
    let offer = net.last(Phone, "INVITE").sdp().unwrap().to_vec();
    assert_eq!(
        without_origin(&offer),
        without_origin(landline_sdp(7000).as_bytes())
    );
    net.answers(Phone, &phone_sdp(4000));
    assert_eq!(net.status(call).state, CallState::Connected);
    net.hangs_up(Phone, None);
    net.all_is_over();
}

#[test]
fn endless_glare_is_a_refusal() {
    let mut net = Network::new();
    let call = net.joining();
    for _ in 0..8 {
        if net.status(call).state == CallState::Joining {
            net.rejects(Phone, 491, "Request Pending", None);
            net.after(Duration::from_millis(4_000));
        }
    }
    let status = net.status(call);
    assert_eq!(status.state, CallState::Failed);
    assert_eq!(status.initiator.failure.as_ref().unwrap().status, 491);
    net.all_is_over();
}

#[test]
fn reinvite_while_the_destination_rings_gets_491() {
    let mut net = Network::new();
    let call = net.destination_rings();
    net.forget_ladder();
    net.reinvites(Phone, Some(&phone_sdp(4000)));
    // RFC 3725 6, figure 5.
    net.expect(&[
        "phone > controller: INVITE (sdp)",
        "controller > phone: 491 INVITE",
        "phone > controller: ACK",
    ]);
    net.answers(Gateway, &landline_sdp(7000));
    net.answers(Phone, &phone_sdp(4000));
    assert_eq!(net.status(call).state, CallState::Connected);
}

#[test]
fn reinvites_that_cross_do_not_end_the_call() {
    let mut net = Network::new();
    let call = net.destination_rings();
    // The landline answers, and the phone sends a re-INVITE of its own at the same time.
    let (now, phone, gateway) = (net.now, net.phone.session, net.gateway.session);
    let sdp = landline_sdp(7000);
    let accepted = net
        .gateway
        .endpoint
        .accept(now, gateway.unwrap(), &[], Some(sdp.as_bytes()));
    accepted.unwrap();
    let own = Some(phone_sdp(4002).into_bytes());
    net.phone
        .endpoint
        .reinvite(now, phone.unwrap(), own, &[])
        .unwrap();
    net.settle();
    assert_eq!(net.status(call).state, CallState::Joining);
    net.after(Duration::from_millis(4_100));
    net.answers(Phone, &phone_sdp(4000));
    assert_eq!(net.status(call).state, CallState::Connected);
}

#[test]
fn answer_without_an_offer_ends_both() {
    let mut net = Network::new();
    let call = net.destination_rings();
    let (now, id) = (net.now, net.gateway.session.unwrap());
    // Our endpoint would not leave it out: the body is there, and empty.
    let nothing = Some(&b""[..]);
    let answered = net.gateway.endpoint.accept(now, id, &[], nothing);
    answered.unwrap();
    net.settle();
    let status = net.status(call);
    assert_eq!(status.state, CallState::Failed);
    assert_eq!(status.released_by, Some(ReleasedBy::Destination));
    net.all_is_over();
}

#[test]
fn initiator_who_never_answers_the_reinvite_ends_both() {
    let mut net = Network::new();
    let call = net.joining();
    net.after(Duration::from_secs(31));
    let status = net.status(call);
    assert!(status.state.is_over());
    assert_eq!(status.released_by, Some(ReleasedBy::Timer));
    net.all_is_over();
}

#[test]
fn user_can_hang_up_at_any_time() {
    for phase in 0..6 {
        let mut net = Network::new();
        let call = match phase {
            0 => net.controller.place(net.now, Network::request()).unwrap(),
            1 => net.place(),
            2 => {
                let call = net.place();
                net.rings(Phone);
                call
            }
            3 => net.destination_rings(),
            4 => net.joining(),
            _ => net.connected(),
        };
        assert!(net.controller.hang_up(net.now, call));
        assert!(!net.controller.hang_up(net.now, call), "twice");
        net.settle();
        let status = net.status(call);
        assert_eq!(status.state, CallState::Ended, "phase {phase}");
        assert_eq!(status.released_by, Some(ReleasedBy::User));
        net.all_is_over();
    }
}
