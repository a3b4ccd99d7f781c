//! What MTP says of the exchange: congested, without an ISUP, out of reach (Q.764 2.10.2, 2.13,
//! 2.14; expert-checks 15, 16).

use super::*;
use trunkline_isup::circuit::{STEPS, T29, T30};
use trunkline_isup::{CallingPartyCategory, DestinationEvent, Upa};
use trunkline_model::mtp::{MtpIndication, MtpStatus};

fn dpc() -> trunkline_model::PointCode {
    circuit(1).dpc
}

fn status(gw: &mut Ladder, status: MtpStatus) {
    gw.input(Input::Mtp(MtpIndication::Status(dpc(), status)));
}

fn pause(gw: &mut Ladder) {
    gw.input(Input::Mtp(MtpIndication::Pause(dpc())));
}

fn resume(gw: &mut Ladder) {
    gw.input(Input::Mtp(MtpIndication::Resume(dpc())));
}

/// MTP-STATUS until the last step of traffic reduction.
fn congest(gw: &mut Ladder) {
    for _ in 1..STEPS.len() {
        status(gw, MtpStatus::Congestion(1));
        gw.after(T29);
    }
}

/// A call that is given up at once.
fn call_and_cancel(gw: &mut Ladder) {
    gw.invite(CALLED);
    gw.cancel("");
    gw.ack();
    let iam = gw.sent_isup()[..2].try_into().unwrap();
    gw.isup(u16::from_le_bytes(iam), rlc());
}

/// What was reported of the exchange, in order.
fn destination_events(gw: &Ladder) -> Vec<DestinationEvent> {
    let events = gw.events.iter().filter_map(|event| match event {
        CallEvent::Destination { destination, event } => {
            assert_eq!(*destination, dpc());
            Some(*event)
        }
        _ => None,
    });
    events.collect()
}

fn refusals(gw: &Ladder) -> Vec<(Refusal, Cause, Option<u16>)> {
    let events = gw.events.iter().filter_map(|event| match event {
        CallEvent::Refused {
            refusal,
            cause,
            status,
            ..
        } => Some((*refusal, *cause, *status)),
        _ => None,
    });
    events.collect()
}

/// At the first step one call of four is refused, as if the switch were congested.
#[test]
fn congestion_refuses_a_part_of_the_calls_with_503_and_cause_42() {
    let mut gw = Ladder::default();
    status(&mut gw, MtpStatus::Congestion(1));
    for _ in 0..3 {
        call_and_cancel(&mut gw);
        gw.expect(&[
            "SIP 100",
            &format!("ISUP IAM {}", gw.sent_isup()[0]),
            "SIP 200 CANCEL",
            "SIP 487",
            &format!("ISUP REL {} cause 16", gw.sent_isup()[0]),
        ]);
    }
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "SIP 503"]);
    let response = gw.sent_response();
    // It would stop the peer's other calls too, of which most are let through.
    assert_eq!(response.header(Name::RetryAfter), None);
    let reason = response.header(Name::Reason).unwrap();
    assert!(reason.starts_with("Q.850;cause=42;"), "{reason}");
    gw.ack();
    let cause = Cause::new(
        CauseValue::SWITCHING_EQUIPMENT_CONGESTION,
        Location::BeyondInterworkingPoint,
    );
    let expected = [(Refusal::SignalingCongestion, cause, Some(503))];
    assert_eq!(refusals(&gw), expected);
    gw.finish();
}

/// Each change of the step is one event; T30 brings the traffic back.
#[test]
fn congestion_that_ends_lets_all_calls_pass_again() {
    let mut gw = Ladder::default();
    congest(&mut gw);
    status(&mut gw, MtpStatus::Congestion(0));
    gw.after(T30 * 4);
    for _ in 0..20 {
        call_and_cancel(&mut gw);
    }
    assert_eq!(refusals(&gw), []);
    let steps: Vec<_> = destination_events(&gw)
        .into_iter()
        .map(|event| match event {
            DestinationEvent::Congestion { step, refused } => (step, refused),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        (1, 25),
        (2, 50),
        (3, 75),
        (4, 90),
        (3, 75),
        (2, 50),
        (1, 25),
        (0, 0),
    ];
    assert_eq!(steps, expected);
    gw.finish();
}

#[test]
fn calls_with_priority_and_calls_from_the_network_pass_a_congested_gateway() {
    let mut gw = Ladder::with(Options {
        profile: TrunkProfile {
            calling_category: CallingPartyCategory::Priority,
            ..TrunkProfile::new("49")
        },
        ..Options::default()
    });
    congest(&mut gw);
    for _ in 0..20 {
        call_and_cancel(&mut gw);
    }
    assert_eq!(refusals(&gw), []);
    gw.finish();

    let mut gw = Ladder::default();
    congest(&mut gw);
    for _ in 0..20 {
        gw.isup(2, iam());
        gw.expect(&["SIP INVITE SDP"]);
        gw.isup(2, rel(16));
        gw.skip();
    }
    assert_eq!(refusals(&gw), []);
}

/// Talking is not disturbed, nor is its end.
#[test]
fn congestion_leaves_calls_alone() {
    let mut gw = talking();
    congest(&mut gw);
    gw.after(seconds(600));
    gw.expect(&[]);
    congest(&mut gw);
    gw.bye("");
    gw.expect(&["SIP 200 BYE", "ISUP REL 1 cause 16"]);
    gw.isup(1, rlc());
    gw.finish();
}

/// UPT, and no calls until UPA.
#[test]
fn inaccessible_user_part_gets_upt_and_no_calls_until_it_answers() {
    let mut gw = Ladder::default();
    status(&mut gw, MtpStatus::UserPartInaccessible);
    gw.expect(&["ISUP UPT 1"]);
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "SIP 503"]);
    gw.ack();
    assert_eq!(refusals(&gw)[0].0, Refusal::NoCircuit);
    gw.after(seconds(300));
    gw.expect(&["ISUP UPT 1"]);
    gw.isup(1, Isup::Upa(Upa::default()));
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "ISUP IAM 1"]);
    gw.isup(1, rel(17));
    gw.ack();
    let expected = [
        DestinationEvent::UserPartInaccessible,
        DestinationEvent::UserPartAvailable,
    ];
    assert_eq!(destination_events(&gw), expected);
    gw.finish();
}

/// The maintenance system is told, once; an IAM from there says that the ISUP is there after all.
#[test]
fn unequipped_user_part_gets_no_calls_and_no_upt() {
    let mut gw = Ladder::default();
    status(&mut gw, MtpStatus::UserPartUnequipped);
    status(&mut gw, MtpStatus::UserPartUnequipped);
    assert_eq!(
        destination_events(&gw),
        [DestinationEvent::UserPartUnequipped]
    );
    gw.after(seconds(3_600));
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "SIP 503"]);
    gw.ack();
    gw.isup(2, iam());
    gw.expect(&["SIP INVITE SDP"]);
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "ISUP IAM 1"]);
}

/// expert-checks 15: stable calls outlast the pause, a REL that it swallows is repeated until RLC,
/// and its end resets nothing.
#[test]
fn pause_stops_new_calls_only_and_resume_resets_nothing() {
    let mut gw = talking();
    gw.isup(2, iam());
    gw.respond(200, "", SDP);
    gw.skip();

    pause(&mut gw);
    gw.after(seconds(600));
    gw.expect(&[]);
    gw.bye_from_callee();
    gw.expect(&["SIP 200 BYE", "ISUP REL 2 cause 16"]);
    gw.after(seconds(15));
    gw.expect(&["ISUP REL 2 cause 16"]);
    let census = gw.mgc.census(TrunkGroupId(0));
    assert_eq!((census.outgoing, census.releasing, census.idle), (1, 1, 2));

    resume(&mut gw);
    gw.expect(&[]);
    gw.after(seconds(15));
    gw.expect(&["ISUP REL 2 cause 16"]);
    gw.isup(2, rlc());
    gw.bye("");
    gw.expect(&["SIP 200 BYE", "ISUP REL 1 cause 16"]);
    gw.isup(1, rlc());
    gw.finish();
}

#[test]
fn invite_during_a_pause_is_503_with_cause_34() {
    let mut gw = Ladder::default();
    pause(&mut gw);
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "SIP 503"]);
    let reason = gw.sent_response().header(Name::Reason).unwrap();
    assert!(reason.starts_with("Q.850;cause=34;"), "{reason}");
    gw.ack();
    resume(&mut gw);
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "ISUP IAM 1"]);
}
