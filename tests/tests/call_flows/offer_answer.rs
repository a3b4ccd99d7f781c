//! Offer and answer of the SIP side (RFC 3264).

use super::*;

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
