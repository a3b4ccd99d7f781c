//! PSTN to SIP (RFC 3398 8.1, RFC 3666 3).

use super::*;

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
