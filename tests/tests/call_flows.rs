//! Call flows between SIP and ISUP, line by line, in virtual time.
//!
//! The numbers of RFC 3666 and RFC 3398 name the flow that a test plays. What the proxy between
//! phone and gateway does in RFC 3666 is left out: it adds Via and Record-Route and nothing else.

use core::time::Duration;
use trunkline_interwork::TrunkProfile;
use trunkline_isup::{
    BackwardCallIndicators, CalledPartyStatus, Con, Cpg, Event, Message as Isup,
    OptionalBackwardCallIndicators, Sam, Sus,
};
use trunkline_mgc::call::Circuit;
use trunkline_mgc::{CallEvent, Input, Refusal, Side};
use trunkline_model::media::RingingTone;
use trunkline_model::{Cause, CauseValue, Location, TrunkGroupId};
use trunkline_sip::Name;
use trunkline_tests::ladder::*;

const CALLED: &str = "+493012345";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn cpg(event: Event) -> Isup {
    Isup::Cpg(Cpg::new(event))
}

fn sus(network: bool) -> Isup {
    Isup::Sus(Sus::new(network))
}

/// SIP to PSTN, until both talk.
fn talking() -> Ladder {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, acm());
    gw.isup(1, anm());
    gw.ack();
    gw.expect(&["SIP 100", "ISUP IAM 1", "SIP 180", "SIP 200 SDP"]);
    gw.skip();
    gw
}

/// PSTN to SIP, until both talk.
fn talking_from_isup() -> Ladder {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    gw.respond(180, "", "");
    gw.respond(200, "", SDP);
    gw.expect(&[
        "SIP INVITE SDP",
        "ISUP ACM 2 status 1",
        "SIP ACK",
        "ISUP ANM 2",
    ]);
    gw.skip();
    gw
}

// ---- SIP to PSTN

/// RFC 3666 2.1. The ACM says that in-band information is there, so 183 opens the voice path.
#[test]
fn rfc3666_2_1_sip_to_isup() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "ISUP IAM 1"]); // F4, F5
    gw.expect_media(&["Add A rtp Inactive", "Add B circuit 1 ReceiveOnly"]);
    let Isup::Acm(mut message) = acm_of(CalledPartyStatus::NoIndication) else {
        unreachable!()
    };
    message.optional_backward_call = Some(OptionalBackwardCallIndicators {
        in_band_information: true,
        ..OptionalBackwardCallIndicators::default()
    });
    gw.isup(1, Isup::Acm(message)); // F6
    gw.expect(&["SIP 183 SDP"]); // F7
    gw.expect_media(&["Modify A PCMA SendOnly"]); // one-way voice
    gw.isup(1, anm()); // F9
    gw.expect(&["SIP 200 SDP"]); // F10
    gw.expect_media(&["Modify A PCMA SendReceive", "Modify B SendReceive"]);
    gw.ack(); // F13
    gw.expect(&[]);
    gw.bye(""); // F15
    gw.expect(&["SIP 200 BYE", "ISUP REL 1 cause 16"]); // F16, F18
    gw.expect_media(&["Subtract"]);
    gw.isup(1, rlc()); // F19
    gw.finish();
}

/// RFC 3666 2.2, with ISUP in the place of the PBX's ISDN: call proceeding is an early ACM,
/// PROGRESS with in-band tones a CPG.
#[test]
fn rfc3666_2_2_sip_to_pbx_behind_isup() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, acm_of(CalledPartyStatus::NoIndication));
    gw.expect(&["SIP 100", "ISUP IAM 1", "SIP 183"]);
    gw.isup(1, cpg(Event::Alerting));
    gw.expect(&["SIP 180"]); // F8
    gw.isup(1, anm());
    gw.expect(&["SIP 200 SDP"]); // F12
    gw.ack();
    gw.bye("");
    gw.isup(1, rlc());
    gw.expect(&["SIP 200 BYE", "ISUP REL 1 cause 16"]);
    gw.finish();
}

/// RFC 3666 2.3: the gateway that is tried first has no circuit; its 503 makes the proxy go on.
#[test]
fn rfc3666_2_3_no_circuit_is_503() {
    let mut gw = Ladder::default();
    for _ in 0..CIRCUITS {
        gw.invite(CALLED);
    }
    gw.skip();
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "SIP 503"]);
    assert_eq!(
        gw.sent_response().header(Name::Reason),
        Some("Q.850;cause=34;text=\"no circuit/channel available\";location=BI")
    );
    let refused = CallEvent::Refused {
        direction: trunkline_mgc::Direction::SipToIsup,
        refusal: Refusal::NoCircuit,
        cause: trunkline_model::Cause::new(
            trunkline_model::CauseValue::NO_CIRCUIT_AVAILABLE,
            Location::BeyondInterworkingPoint,
        ),
        status: Some(503),
    };
    assert_eq!(gw.events.last(), Some(&refused));
}

/// RFC 3398 7.1.2: the called party answers without alerting.
#[test]
fn con_is_200_at_once() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, Isup::Con(Con::new(BackwardCallIndicators::default())));
    gw.expect(&["SIP 100", "ISUP IAM 1", "SIP 200 SDP"]);
    gw.ack();
    gw.bye("");
    gw.isup(1, rlc());
    gw.finish();
}

/// expert-checks 20, 21: after the ACM come CPGs, and 180 may follow 183.
#[test]
fn cpgs_become_18x_in_order() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, acm_of(CalledPartyStatus::NoIndication));
    gw.isup(1, cpg(Event::CallForwardedUnconditional));
    gw.isup(1, cpg(Event::InBandInformation));
    gw.isup(1, cpg(Event::Alerting));
    gw.expect(
        &[
            "SIP 100",
            "ISUP IAM 1",
            "SIP 183",
            "SIP 181",
            "SIP 183 SDP",
            "SIP 180 SDP",
        ]
        .map(|line| {
            if line == "SIP 180 SDP" {
                "SIP 180"
            } else {
                line
            }
        }),
    );
    gw.cancel("");
    gw.isup(1, rlc());
    gw.finish();
}

#[test]
fn busy_is_486() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, rel(17));
    gw.expect(&["SIP 100", "ISUP IAM 1", "ISUP RLC 1", "SIP 486"]);
    assert_eq!(
        gw.sent_response().header(Name::Reason),
        Some("Q.850;cause=17;text=\"user busy\";location=U")
    );
    gw.ack();
    gw.finish();
    assert_eq!(gw.released().value.value(), 17);
}

/// RFC 3666 2.6
#[test]
fn rfc3666_2_6_unallocated_number_is_404() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, rel_from(1, Location::PublicNetworkLocalUser));
    gw.expect(&["SIP 100", "ISUP IAM 1", "ISUP RLC 1", "SIP 404"]);
    gw.ack();
    gw.finish();
}

/// RFC 3398 7.1.3, 7.2.2
#[test]
fn no_acm_is_504_and_rel_102_at_t7() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "ISUP IAM 1"]);
    gw.after(seconds(24));
    gw.expect(&[]);
    gw.after(seconds(1));
    gw.expect(&["SIP 504", "ISUP REL 1 cause 102"]);
    gw.ack();
    gw.isup(1, rlc());
    gw.finish();
}

/// RFC 3666 2.7, RFC 3398 7.2.8
#[test]
fn rfc3666_2_7_no_answer_is_480_and_rel_19_at_t9() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, acm());
    gw.expect(&["SIP 100", "ISUP IAM 1", "SIP 180"]);
    gw.after(seconds(179));
    gw.skip();
    gw.after(seconds(1));
    // 180 is repeated each minute (RFC 3261 13.3.1.1).
    gw.expect(&["SIP 180", "SIP 480", "ISUP REL 1 cause 19"]);
    gw.ack();
    gw.isup(1, rlc());
    gw.finish();
}

/// RFC 3398 7.1.7
#[test]
fn cancel_before_acm_releases_the_circuit() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.skip();
    gw.cancel("");
    gw.expect(&["SIP 200 CANCEL", "SIP 487", "ISUP REL 1 cause 16"]);
    gw.expect_media(&["Subtract"]);
    gw.ack();
    gw.isup(1, rlc());
    gw.finish();
}

#[test]
fn cancel_after_acm_carries_its_reason() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, acm());
    gw.skip();
    gw.cancel("Reason: Q.850;cause=31\r\n");
    gw.expect(&["SIP 200 CANCEL", "SIP 487", "ISUP REL 1 cause 31"]);
    gw.ack();
    gw.isup(1, rlc());
    gw.finish();
}

/// CANCEL first: the ANM finds a circuit that is being released.
#[test]
fn anm_after_cancel_releases_circuit() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, acm());
    gw.cancel("");
    gw.skip();
    gw.isup(1, anm());
    gw.expect(&[]);
    gw.ack();
    gw.isup(1, rlc());
    gw.finish();
}

/// ANM first: the CANCEL has nothing to cancel; the call goes on and BYE ends it.
#[test]
fn cancel_after_anm_does_not_end_the_call() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, acm());
    gw.isup(1, anm());
    gw.skip();
    gw.cancel("");
    gw.expect(&["SIP 200 CANCEL"]);
    gw.ack();
    gw.bye("");
    gw.expect(&["SIP 200 BYE", "ISUP REL 1 cause 16"]);
    gw.isup(1, rlc());
    gw.finish();
}

/// expert-checks 11: both ends release at once; each answers and waits.
#[test]
fn rel_against_rel() {
    let mut gw = talking();
    gw.bye("");
    gw.expect(&["SIP 200 BYE", "ISUP REL 1 cause 16"]);
    gw.isup(1, rel(16));
    gw.expect(&["ISUP RLC 1"]);
    assert_eq!(gw.mgc.calls(), 1, "our REL has no RLC yet");
    gw.isup(1, rlc());
    gw.finish();
}

#[test]
fn rel_from_the_network_is_bye_with_reason() {
    let mut gw = talking();
    gw.isup(1, rel(16));
    gw.expect(&["ISUP RLC 1", "SIP BYE"]);
    assert_eq!(
        gw.sent_request().header(Name::Reason),
        Some("Q.850;cause=16;text=\"normal call clearing\";location=U")
    );
    let bye = gw.sent_request().clone();
    gw.respond_to(&bye, 200, "", "");
    gw.finish();
}

#[test]
fn bye_against_rel() {
    let mut gw = talking();
    gw.isup(1, rel(16));
    gw.expect(&["ISUP RLC 1", "SIP BYE"]);
    gw.bye("");
    gw.expect(&["SIP 200 BYE"]);
    gw.finish();
}

/// Q.764 2.3: REL is repeated; the caller does not wait for it.
#[test]
fn lost_rlc_repeats_rel_until_t5_resets_the_circuit() {
    let mut gw = talking();
    gw.bye("");
    gw.after(seconds(15));
    gw.expect(&["SIP 200 BYE", "ISUP REL 1 cause 16", "ISUP REL 1 cause 16"]);
    gw.after(seconds(285));
    gw.skip();
    assert_eq!(gw.mgc.calls(), 0, "T5 ends the call");
    gw.after(seconds(15));
    gw.expect(&["ISUP RSC 1"]);
    gw.isup(1, rlc());
    gw.finish();
}

/// RFC 3261 13.3.1.4: the 200 is repeated for 64*T1, then the call ends.
#[test]
fn missing_ack_ends_the_call() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, acm());
    gw.isup(1, anm());
    gw.skip();
    gw.after(seconds(33));
    gw.isup(1, rlc());
    assert_eq!(gw.released().value.value(), 102);
    gw.finish();
}

/// RFC 3398 10.2.2: the called party hangs up, and comes back, or does not.
#[test]
fn network_suspend_ends_the_call_only_after_t6() {
    let mut gw = talking();
    gw.isup(1, sus(true));
    gw.after(seconds(29));
    gw.isup(1, Isup::Res(trunkline_isup::Res::new(true)));
    gw.after(seconds(60));
    gw.expect(&[]);
    gw.isup(1, sus(false));
    gw.after(seconds(60));
    gw.expect(&[]);
    gw.isup(1, sus(true));
    gw.after(seconds(20));
    gw.isup(1, sus(true));
    gw.after(seconds(10));
    gw.expect(&["SIP BYE", "ISUP REL 1 cause 102"]);
    let bye = gw.sent_request().clone();
    gw.respond_to(&bye, 200, "", "");
    gw.isup(1, rlc());
    gw.finish();
}

// ---- the network says audibly why the call fails (RFC 3398 7.1.6)

/// ACM with a cause.
fn acm_with_cause(value: u8) -> Isup {
    let Isup::Acm(mut message) = acm_of(CalledPartyStatus::NoIndication) else {
        unreachable!()
    };
    message.cause = Some(cause(value).into());
    Isup::Acm(message)
}

fn cause(value: u8) -> Cause {
    let value = CauseValue::new(value).expect("1 to 127");
    Cause::new(value, Location::PublicNetworkRemoteUser)
}

/// SIP to PSTN, until the caller hears an announcement.
fn announcing() -> Ladder {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, acm_with_cause(1));
    gw.expect(&["SIP 100", "ISUP IAM 1", "SIP 183 SDP"]);
    let reason = gw.sent_response().header(Name::Reason);
    assert!(reason.is_some_and(|reason| reason.starts_with("Q.850;cause=1;")));
    gw.skip();
    gw
}

/// RFC 3398 7.1.6: the final response by the cause of the ACM, and REL, when the interwork timer
/// expires.
#[test]
fn rfc3398_7_1_6_cause_in_acm_ends_the_call_at_the_interwork_timer() {
    let mut gw = announcing();
    gw.after(seconds(19));
    gw.expect(&[]);
    gw.after(seconds(1));
    gw.expect(&["SIP 404", "ISUP REL 1 cause 16"]);
    let reason = gw.sent_response().header(Name::Reason);
    assert!(reason.is_some_and(|reason| reason.starts_with("Q.850;cause=1;")));
    assert_eq!(gw.released(), cause(1));
    gw.ack();
    gw.isup(1, rlc());
    gw.finish();
}

#[test]
fn rel_or_cancel_ends_an_announcement_before_the_interwork_timer() {
    let mut gw = announcing();
    gw.after(seconds(5));
    gw.isup(1, rel(17));
    gw.expect(&["ISUP RLC 1", "SIP 486"]);
    gw.ack();
    gw.finish();
    let mut gw = announcing();
    gw.cancel("");
    gw.expect(&["SIP 200 CANCEL", "SIP 487", "ISUP REL 1 cause 16"]);
    gw.ack();
    gw.isup(1, rlc());
    gw.finish();
}

/// T9 may come first; it does not make of the announced cause that nobody answered.
#[test]
fn t9_during_an_announcement_gives_the_announced_cause() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, acm());
    gw.after(seconds(175));
    let mut message = Cpg::new(Event::Progress);
    message.cause = Some(cause(17).into());
    gw.isup(1, Isup::Cpg(message));
    gw.skip();
    gw.after(seconds(5));
    gw.expect(&["SIP 486", "ISUP REL 1 cause 16"]);
    gw.ack();
    gw.isup(1, rlc());
    gw.finish();
}

/// The network may answer for its announcement, forward the call, or find the party after all.
#[test]
fn interwork_timer_stops_when_the_call_goes_on() {
    for message in [
        anm(),
        cpg(Event::Alerting),
        cpg(Event::CallForwardedUnconditional),
    ] {
        let mut gw = announcing();
        gw.isup(1, message);
        gw.skip();
        gw.ack();
        gw.after(seconds(30));
        gw.expect(&[]);
        gw.bye("");
        gw.isup(1, rel(16));
        gw.ack();
        gw.isup(1, rlc());
        gw.finish();
    }
}

/// More of the same does not prolong it, and the last cause counts.
#[test]
fn cause_in_cpg_starts_the_interwork_timer_once() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, acm());
    gw.after(seconds(100));
    let failing = |value| {
        let mut message = Cpg::new(Event::Progress);
        message.cause = Some(self::cause(value).into());
        Isup::Cpg(message)
    };
    gw.isup(1, failing(20));
    gw.skip();
    gw.after(seconds(15));
    gw.isup(1, failing(17));
    gw.isup(1, cpg(Event::InBandInformation));
    gw.expect(&["SIP 183 SDP", "SIP 183 SDP"]);
    gw.after(seconds(5));
    gw.expect(&["SIP 486", "ISUP REL 1 cause 16"]);
    gw.ack();
    gw.isup(1, rlc());
    gw.finish();
}

// ---- another circuit

/// Q.764 2.9.1.4: the exchange has the higher point code and controls circuit 2.
#[test]
fn dual_seizure_moves_the_call_without_rel() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.invite(CALLED);
    gw.invite(CALLED);
    gw.expect(&[
        "SIP 100",
        "ISUP IAM 1",
        "SIP 100",
        "ISUP IAM 3",
        "SIP 100",
        "ISUP IAM 2",
    ]);
    gw.isup(2, iam_to("8012345F"));
    gw.expect(&["SIP INVITE SDP", "ISUP IAM 4"]);
    gw.isup(1, iam_to("8012345F"));
    gw.expect(&[]); // we control circuit 1
    assert_eq!(gw.mgc.calls(), 4);
}

/// Cause 44 is not translated: the attempt is repeated (RFC 3398 7.2.4.1), but not for ever.
#[test]
fn cause_44_tries_three_circuits() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "ISUP IAM 1"]);
    gw.isup(1, rel(44));
    gw.expect(&["ISUP RLC 1", "ISUP IAM 3"]);
    gw.isup(3, rel(44));
    gw.expect(&["ISUP RLC 3", "ISUP IAM 2"]);
    gw.isup(2, rel(44));
    gw.expect(&["ISUP RLC 2", "SIP 503"]);
    gw.ack();
    gw.finish();
}

/// expert-checks 5: RSC before a backward message moves the call, afterwards it ends it.
#[test]
fn rsc_moves_a_call_that_has_no_acm_and_ends_one_that_has() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.skip();
    gw.isup(1, Isup::Rsc);
    gw.expect(&["ISUP RLC 1", "ISUP IAM 3"]);
    gw.isup(3, acm());
    gw.expect(&["SIP 180"]);
    gw.isup(3, Isup::Rsc);
    gw.expect(&["ISUP RLC 3", "SIP 503"]);
    gw.ack();
    gw.finish();
}

#[test]
fn rsc_ends_a_call_that_is_up_with_bye() {
    let mut gw = talking();
    gw.isup(1, Isup::Rsc);
    gw.expect(&["ISUP RLC 1", "SIP BYE"]);
    let bye = gw.sent_request().clone();
    gw.respond_to(&bye, 200, "", "");
    gw.finish();
}

/// One GRS takes the circuits of all calls. The call that may try another one must not get a
/// circuit whose own call does not know yet that it has lost it.
#[test]
fn grs_moves_the_call_in_set_up_and_ends_all_others() {
    let mut gw = Ladder::default();
    for _ in 0..CIRCUITS {
        gw.invite(CALLED);
        gw.skip();
    }
    // Circuits are taken in the order 1, 3, 2, 4: circuit 1 is still in set-up.
    for circuit in 2..=CIRCUITS {
        gw.isup(circuit, acm());
    }
    gw.skip();
    let range = u8::try_from(CIRCUITS - 1).unwrap();
    gw.isup(1, Isup::Grs(trunkline_isup::Grs { range }));
    gw.expect(&["SIP 503", "SIP 503", "SIP 503", "ISUP GRA 1", "ISUP IAM 3"]);
    let circuits: Vec<_> = gw.mgc.each_call().filter_map(|call| call.circuit).collect();
    assert_eq!(circuits, [Circuit::Active(circuit(3))]);
    gw.isup(3, rel(17));
    gw.after(seconds(64));
    gw.finish();
}

/// Q.764 2.8.1 ii.
#[test]
fn blo_that_crosses_the_iam_moves_the_call() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, Isup::Blo);
    gw.expect(&[
        "SIP 100",
        "ISUP IAM 1",
        "ISUP BLA 1",
        "ISUP REL 1 cause 31",
        "ISUP IAM 3",
    ]);
    gw.isup(1, rlc());
    gw.isup(3, acm());
    gw.isup(3, Isup::Blo);
    gw.isup(3, anm());
    gw.expect(&["SIP 180", "ISUP BLA 3", "SIP 200 SDP"]);
    gw.ack();
    gw.bye("");
    gw.isup(3, rlc());
    gw.isup(1, Isup::Ubl);
    gw.isup(3, Isup::Ubl);
    gw.finish();
}

// ---- offer and answer

/// RFC 3261 13.2.1: without an offer in the INVITE it is in the 200, the answer in the ACK.
#[test]
fn offerless_invite_gets_the_offer_in_200() {
    let mut gw = Ladder::default();
    gw.invite_with(CALLED, "", "");
    gw.isup(1, acm());
    gw.expect(&["SIP 100", "ISUP IAM 1", "SIP 180"]);
    gw.isup(1, anm());
    gw.expect(&["SIP 200 SDP"]);
    gw.expect_media(&[
        "Add A rtp Inactive",
        "Add B circuit 1 ReceiveOnly",
        "Modify A Inactive",
        "Modify B SendReceive",
    ]);
    gw.ack_with(SDP);
    gw.expect_media(&["Modify A PCMA SendReceive", "Modify B SendReceive"]);
    gw.bye("");
    gw.isup(1, rlc());
    gw.finish();
}

#[test]
fn ack_without_the_answer_ends_the_call() {
    let mut gw = Ladder::default();
    gw.invite_with(CALLED, "", "");
    gw.isup(1, acm());
    gw.isup(1, anm());
    gw.skip();
    gw.ack();
    gw.expect(&["SIP BYE", "ISUP REL 1 cause 65"]);
    let bye = gw.sent_request().clone();
    gw.respond_to(&bye, 200, "", "");
    gw.isup(1, rlc());
    gw.finish();
}

#[test]
fn no_common_codec_is_488_and_takes_no_circuit() {
    let mut gw = Ladder::default();
    gw.invite_with(CALLED, "", &SDP.replace("8 0 101", "3"));
    gw.expect(&["SIP 100", "SIP 488"]);
    gw.expect_media(&[]);
    gw.ack();
    gw.invite_with(CALLED, "", "v=0\r\nnonsense");
    gw.expect(&["SIP 100", "SIP 400"]);
    gw.ack();
    gw.finish();
}

/// RFC 3264 8.4: hold and back.
#[test]
fn reinvite_changes_direction_and_codec() {
    let mut gw = talking();
    gw.reinvite(
        &SDP.replace("8 0 101", "0")
            .replace("t=0 0", "t=0 0\r\na=sendonly"),
    );
    gw.expect(&["SIP 100", "SIP 200 SDP"]);
    gw.expect_media(&["Modify A PCMU ReceiveOnly", "Modify B SendReceive"]);
    gw.ack();
    gw.reinvite(SDP);
    gw.expect(&["SIP 100", "SIP 200 SDP"]);
    gw.expect_media(&["Modify A PCMA SendReceive", "Modify B SendReceive"]);
    gw.ack();
    gw.reinvite(&SDP.replace("8 0 101", "3"));
    gw.expect(&["SIP 100", "SIP 488"]);
    gw.expect_media(&[]);
    gw.ack();
    gw.bye("");
    gw.isup(1, rlc());
    gw.finish();
}

/// RFC 3261 14.2: a refused offer leaves nothing behind, so the next 200 has an offer of ours.
#[test]
fn refused_offer_is_forgotten() {
    let mut gw = talking();
    gw.reinvite(&SDP.replace("8 0 101", "3"));
    gw.expect(&["SIP 100", "SIP 488"]);
    gw.ack();
    gw.reinvite("");
    gw.expect(&["SIP 100", "SIP 200 SDP"]);
    gw.ack_with(SDP);
    gw.bye("");
    gw.expect(&["SIP 200 BYE", "ISUP REL 1 cause 16"]);
    gw.isup(1, rlc());
    gw.finish();
}

// ---- the MGW

/// A command on a call that is up has no reply: the call has no media worth having.
#[test]
fn mgw_that_falls_silent_ends_the_call() {
    let mut gw = talking();
    gw.mgw_answers = false;
    gw.reinvite(SDP);
    gw.skip();
    gw.ack();
    gw.after(seconds(2));
    gw.expect(&["SIP BYE", "ISUP REL 1 cause 47"]);
    let bye = gw.sent_request().clone();
    gw.respond_to(&bye, 200, "", "");
    gw.isup(1, rlc());
    gw.finish();
}

#[test]
fn full_mgw_is_503_and_the_circuit_is_free_again() {
    let mut gw = Ladder::default();
    gw.mgw_has_room = false;
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "SIP 503"]);
    gw.ack();
    gw.finish();
    gw.mgw_has_room = true;
    gw.isup(2, iam());
    gw.expect(&["SIP INVITE SDP"]);
}

#[test]
fn mgw_without_ringing_tone_costs_no_call() {
    let mut gw = Ladder::default();
    gw.mgw_has_signals = false;
    gw.isup(2, iam());
    gw.respond(180, "", "");
    gw.respond(200, "", SDP);
    gw.expect(&[
        "SIP INVITE SDP",
        "ISUP ACM 2 status 1",
        "SIP ACK",
        "ISUP ANM 2",
    ]);
    gw.bye_from_callee();
    gw.isup(2, rlc());
    gw.finish();
}

#[test]
fn silent_mgw_is_503_and_nothing_is_left() {
    let mut gw = Ladder::default();
    gw.mgw_answers = false;
    gw.invite(CALLED);
    gw.after(seconds(2));
    gw.expect(&["SIP 100", "SIP 503"]);
    gw.ack();
    gw.finish();
}

// ---- PSTN to SIP

/// RFC 3666 3.1
#[test]
fn rfc3666_3_1_isup_to_sip() {
    let mut gw = Ladder::default();
    gw.isup(2, iam()); // F1
    gw.expect(&["SIP INVITE SDP"]); // F2
    gw.expect_media(&["Add A circuit 2 SendOnly", "Add B rtp Inactive"]);
    assert_eq!(
        gw.sent_request().request_uri(),
        Some("sip:+498012345@192.0.2.2:5060;user=phone")
    );
    gw.respond(100, "", ""); // F4
    gw.expect(&[]);
    gw.respond(180, "", ""); // F6
    gw.expect(&["ISUP ACM 2 status 1"]); // F7
    gw.expect_media(&["Signal A RingingTone"]); // one-way voice: ringing tone
    gw.respond(200, "", SDP); // F9
    gw.expect(&["SIP ACK", "ISUP ANM 2"]); // F10, F12
    gw.expect_media(&[
        "Signal A none",
        "Modify B PCMA SendReceive",
        "Modify A SendReceive",
    ]);
    gw.isup(2, rel(16)); // F13
    gw.expect(&["ISUP RLC 2", "SIP BYE"]); // F14, F15
    gw.expect_media(&["Subtract"]);
    let bye = gw.sent_request().clone();
    gw.respond_to(&bye, 200, "", ""); // F18
    gw.finish();
}

/// RFC 3666 3.2: answered without ringing. The RFC shows ANM; RFC 3398 8.2.4 asks for CON where
/// the variant has it, as ITU-T's does.
#[test]
fn rfc3666_3_2_fast_answer_is_con() {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    gw.respond(200, "", SDP);
    gw.expect(&["SIP INVITE SDP", "SIP ACK", "ISUP CON 2"]);
    gw.bye_from_callee();
    gw.expect(&["SIP 200 BYE", "ISUP REL 2 cause 16"]);
    gw.isup(2, rlc());
    gw.finish();
}

/// RFC 3666 3.4, 3.5
#[test]
fn rfc3666_3_5_busy_phone_is_rel_17() {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    gw.respond(486, "", "");
    gw.expect(&["SIP INVITE SDP", "SIP ACK", "ISUP REL 2 cause 17"]);
    gw.isup(2, rlc());
    gw.finish();
}

/// RFC 3666 3.7, RFC 3398 8.1.3: T11 sends an early ACM, so the network's T7 does not end the
/// call; the INVITE that nobody answers does.
#[test]
fn rfc3666_3_7_silent_peer_gets_early_acm_at_t11() {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    gw.respond(100, "", "");
    gw.after(seconds(15));
    gw.expect(&["SIP INVITE SDP", "ISUP ACM 2 status 0"]);
    gw.respond(180, "", "");
    gw.expect(&["ISUP CPG 2 event 1"]);
    gw.after(seconds(165));
    gw.expect(&["SIP CANCEL", "ISUP REL 2 cause 19"]);
    gw.isup(2, rlc());
    gw.finish();
}

#[test]
fn unreachable_peer_is_rel_after_timer_b() {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    gw.after(seconds(33));
    assert_eq!(
        gw.released().value.value(),
        102,
        "408 is 102 (RFC 3398 8.2.6.1)"
    );
    gw.isup(2, rlc());
    gw.finish();
}

/// RFC 3666 3.9, RFC 3398 8.1.7
#[test]
fn rfc3666_3_9_caller_abandons() {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    gw.respond(180, "", "");
    gw.expect(&["SIP INVITE SDP", "ISUP ACM 2 status 1"]);
    let invite = gw.sent_request().clone();
    gw.isup(2, rel(16));
    gw.expect(&["ISUP RLC 2", "SIP CANCEL"]);
    let cancel = gw.sent_request().clone();
    gw.respond_to(&cancel, 200, "", "");
    gw.respond_to(&invite, 487, "", "");
    gw.expect(&["SIP ACK"]);
    gw.finish();
}

/// RFC 3398 8.2.7: the 200 wins against our CANCEL: ACK, then BYE.
#[test]
fn answer_against_cancel_is_ack_and_bye() {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    gw.respond(180, "", "");
    let invite = gw.sent_request().clone();
    gw.isup(2, rel(16));
    gw.skip();
    gw.respond_to(&invite, 200, "", SDP);
    gw.expect(&["SIP ACK", "SIP BYE"]);
    let bye = gw.sent_request().clone();
    gw.respond_to(&bye, 200, "", "");
    gw.finish();
}

#[test]
fn cancel_waits_for_a_provisional_response() {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    let invite = gw.sent_request().clone();
    gw.isup(2, rel(16));
    gw.expect(&["SIP INVITE SDP", "ISUP RLC 2"]);
    gw.respond_to(&invite, 100, "", "");
    gw.expect(&["SIP CANCEL"]);
    gw.respond_to(&invite, 487, "", "");
    gw.expect(&["SIP ACK"]);
    gw.finish();
}

/// RFC 3398 8.2.3, both tables.
#[test]
fn provisional_responses_become_acm_and_cpg() {
    for (status, before, after) in [
        (180, &["ISUP ACM 2 status 1"][..], "ISUP CPG 2 event 1"),
        (
            181,
            &["ISUP ACM 2 status 0", "ISUP CPG 2 event 6"][..],
            "ISUP CPG 2 event 6",
        ),
        (182, &["ISUP ACM 2 status 0"][..], "ISUP CPG 2 event 2"),
        (183, &["ISUP ACM 2 status 0"][..], "ISUP CPG 2 event 2"),
    ] {
        let mut gw = Ladder::default();
        gw.isup(2, iam());
        gw.skip();
        gw.respond(status, "", "");
        gw.expect(before);
        gw.respond(status, "", "");
        gw.expect(&[after]);
        gw.respond(486, "", "");
        gw.isup(2, rlc());
        gw.finish();
    }
}

#[test]
fn early_media_opens_the_path_towards_the_caller_only() {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    gw.skip();
    gw.respond(183, "", SDP);
    gw.expect(&["ISUP ACM 2 status 0"]);
    gw.expect_media(&["Modify B PCMA ReceiveOnly"]);
    gw.respond(200, "", SDP);
    gw.expect(&["SIP ACK", "ISUP ANM 2"]);
    gw.bye_from_callee();
    gw.isup(2, rlc());
    gw.finish();
}

/// RFC 3398 8.2.3: ringing tone is the gateway's until the SIP side has sound of its own.
#[test]
fn ringing_tone_gives_way_to_early_media() {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    gw.skip();
    gw.respond(183, "", "");
    gw.expect_media(&[]);
    gw.respond(180, "", "");
    gw.expect(&["ISUP ACM 2 status 0", "ISUP CPG 2 event 1"]);
    gw.expect_media(&["Signal A RingingTone"]);
    gw.respond(180, "", "");
    gw.respond(181, "", "");
    gw.expect_media(&[]);
    gw.respond(183, "", SDP);
    gw.expect_media(&["Signal A none", "Modify B PCMA ReceiveOnly"]);
    // What the phone plays now is its own affair.
    gw.respond(180, "", "");
    gw.expect_media(&[]);
    gw.respond(200, "", SDP);
    gw.expect_media(&["Modify B PCMA SendReceive", "Modify A SendReceive"]);
    gw.bye_from_callee();
    gw.isup(2, rlc());
    gw.finish();
}

#[test]
fn alerting_with_early_media_has_no_ringing_tone() {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    gw.skip();
    gw.respond(180, "", SDP);
    gw.expect(&["ISUP ACM 2 status 1"]);
    gw.expect_media(&["Modify B PCMA ReceiveOnly"]);
    gw.respond(486, "", "");
    gw.isup(2, rlc());
    gw.finish();
}

/// An answer that lets nothing be heard is no early media.
#[test]
fn early_answer_without_sound_leaves_the_ringing_tone() {
    for direction in ["inactive", "recvonly"] {
        let mut gw = Ladder::default();
        gw.isup(2, iam());
        gw.skip();
        let sdp = SDP.replace("t=0 0", &format!("t=0 0\r\na={direction}"));
        gw.respond(180, "", &sdp);
        gw.expect_media(&["Modify B PCMA Inactive", "Signal A RingingTone"]);
        gw.respond(183, "", &sdp);
        gw.expect_media(&["Modify B PCMA Inactive"]);
        gw.respond(200, "", SDP);
        gw.expect_media(&[
            "Signal A none",
            "Modify B PCMA SendReceive",
            "Modify A SendReceive",
        ]);
        gw.bye_from_callee();
        gw.isup(2, rlc());
        gw.finish();
    }
}

/// The context takes the tone with it.
#[test]
fn call_that_ends_while_ringing_just_subtracts() {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    gw.respond(180, "", "");
    gw.skip();
    gw.respond(486, "", "");
    gw.expect_media(&["Subtract"]);
    gw.isup(2, rlc());
    gw.isup(4, iam());
    gw.respond(180, "", "");
    let invite = gw.sent_request().clone();
    gw.skip();
    gw.isup(4, rel(16));
    gw.expect(&["ISUP RLC 4", "SIP CANCEL"]);
    gw.expect_media(&["Subtract"]);
    gw.respond_to(&invite, 487, "", "");
    gw.finish();
}

#[test]
fn ringing_tone_is_that_of_the_trunk_group() {
    for (tone, expected) in [
        (
            Some(RingingTone::NorthAmerican),
            &["Signal A RingingTone NorthAmerican"][..],
        ),
        (None, &[]),
    ] {
        let mut gw = Ladder::with(Options {
            profile: TrunkProfile {
                ringing_tone: tone,
                ..TrunkProfile::new("49")
            },
            ..Options::default()
        });
        gw.isup(2, iam());
        gw.skip();
        gw.respond(180, "", "");
        gw.expect_media(expected);
        gw.respond(486, "", "");
        gw.isup(2, rlc());
        gw.finish();
    }
}

#[test]
fn answer_without_usable_sdp_ends_both_sides() {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    gw.respond(200, "", "");
    gw.expect(&[
        "SIP INVITE SDP",
        "SIP ACK",
        "SIP BYE",
        "ISUP REL 2 cause 65",
    ]);
    let bye = gw.sent_request().clone();
    gw.respond_to(&bye, 200, "", "");
    gw.isup(2, rlc());
    gw.finish();
}

/// Q.764 2.1.3: digits come one by one until the number leads somewhere.
#[test]
fn overlap_digits_are_collected_until_there_is_a_route() {
    let mut gw = Ladder::default();
    gw.isup(2, iam_to("7"));
    gw.expect(&[]);
    let sam = |digits: &str| Isup::Sam(Sam::new(digits.parse().unwrap()));
    gw.isup(2, sam("1"));
    gw.expect(&[]);
    gw.after(seconds(15));
    gw.expect(&["ISUP REL 2 cause 28"]);
    gw.isup(2, rlc());
    gw.isup(2, iam_to("8"));
    gw.isup(2, sam("0123F"));
    gw.expect(&["SIP INVITE SDP"]);
    gw.respond(404, "", "");
    gw.isup(2, rlc());
    gw.finish();
}

#[test]
fn number_without_route_is_rel_1() {
    let mut gw = Ladder::default();
    gw.isup(2, iam_to("7012345F"));
    gw.expect(&["ISUP REL 2 cause 1"]);
    gw.isup(2, rlc());
    gw.finish();
}

#[test]
fn bye_from_the_called_phone_is_rel_16() {
    let mut gw = talking_from_isup();
    gw.bye_from_callee();
    gw.expect(&["SIP 200 BYE", "ISUP REL 2 cause 16"]);
    gw.isup(2, rlc());
    gw.finish();
}

// ---- who may, and what may not be

#[test]
fn unknown_source_is_403_and_takes_nothing() {
    let mut gw = Ladder::default();
    let text = format!(
        "INVITE sip:{CALLED}@{GATEWAY} SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.9;branch=z9hG4bK1\r\n\
         Max-Forwards: 70\r\nFrom: <sip:x@198.51.100.9>;tag=1\r\nTo: <sip:{CALLED}@{GATEWAY}>\r\n\
         Call-ID: stranger\r\nCSeq: 1 INVITE\r\nContact: <sip:x@198.51.100.9>\r\n\
         Content-Length: 0\r\n\r\n"
    );
    let local = GATEWAY.parse().unwrap();
    let source = "198.51.100.9:5060".parse().unwrap();
    gw.input(Input::Sip {
        local,
        source,
        data: text.as_bytes(),
    });
    gw.expect(&["SIP 100", "SIP 403"]);
    gw.expect_media(&[]);
    assert_eq!(gw.mgc.calls(), 0);
}

#[test]
fn number_without_route_is_404() {
    let mut gw = Ladder::default();
    gw.invite("+15551234");
    gw.expect(&["SIP 100", "SIP 404"]);
    gw.ack();
    gw.finish();
}

#[test]
fn malformed_messages_cost_nothing_and_are_counted() {
    let mut gw = talking();
    gw.sip("INVITE sip:x SIP/2.0\r\nnonsense\r\n\r\n");
    gw.sip("\u{1}\u{2}");
    gw.isup_octets(vec![1, 0, 0x01, 0x00]);
    gw.isup_octets(vec![]);
    gw.isup(9, iam());
    let malformed = gw.events.iter().filter(|event| {
        matches!(
            event,
            CallEvent::MalformedSip { .. } | CallEvent::DiscardedIsup { .. }
        )
    });
    assert!(malformed.count() >= 4, "{:?}", gw.events);
    gw.skip();
    gw.bye("");
    gw.isup(1, rlc());
    gw.finish();
}

#[test]
fn shutdown_ends_calls_and_refuses_new_ones() {
    let mut gw = talking();
    gw.isup(2, iam());
    gw.skip();
    gw.input(Input::Shutdown);
    gw.expect(&["SIP BYE", "ISUP REL 1 cause 31", "ISUP REL 2 cause 31"]);
    gw.isup(1, rlc());
    gw.isup(2, rlc());
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "SIP 503"]);
    gw.ack();
    gw.isup(3, iam());
    gw.expect(&["ISUP REL 3 cause 42"]);
    gw.isup(3, rlc());
    gw.after(seconds(64));
    gw.finish();
    assert!(gw.mgc.is_idle());
}

#[test]
fn released_names_the_side() {
    let mut gw = talking();
    gw.bye("");
    let sides: Vec<Side> = gw
        .events
        .iter()
        .filter_map(|event| match event {
            CallEvent::Released { side, .. } => Some(*side),
            _ => None,
        })
        .collect();
    assert_eq!(sides, [Side::Sip]);
    assert_eq!(gw.mgc.census(TrunkGroupId(0)).releasing, 1);
}
