//! SIP to PSTN (RFC 3398 7.1, RFC 3666 2).

use super::*;

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
    message.optional.push(&OptionalBackwardCallIndicators {
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
