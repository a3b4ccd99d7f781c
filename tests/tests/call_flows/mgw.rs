//! An MGW that refuses or is silent.

use super::*;

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
