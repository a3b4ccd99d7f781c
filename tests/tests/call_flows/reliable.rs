//! Reliable provisional responses and UPDATE (RFC 3262, RFC 3311) in calls between SIP and ISUP.

use super::*;
use trunkline_sip::endpoint::ReliableProvisionals;

fn gateway() -> Ladder {
    Ladder::with(Options {
        reliable_provisionals: ReliableProvisionals::Supported,
        ..Options::default()
    })
}

/// An ACM that opens the voice path.
fn acm_with_tones() -> Isup {
    let Isup::Acm(mut message) = acm_of(CalledPartyStatus::NoIndication) else {
        unreachable!()
    };
    message.optional.push(&OptionalBackwardCallIndicators {
        in_band_information: true,
        ..OptionalBackwardCallIndicators::default()
    });
    Isup::Acm(message)
}

#[test]
fn caller_acknowledges_183_with_the_answer() {
    let mut gw = gateway();
    gw.invite_with(CALLED, "Require: 100rel\r\n", SDP);
    gw.expect(&["SIP 100", "ISUP IAM 1"]);
    gw.isup(1, acm_with_tones());
    gw.expect(&["SIP 183 SDP"]);
    gw.after(Duration::from_millis(500));
    gw.expect(&["SIP 183 SDP"]); // again after T1
    // The PRACK has not come: the 180 and the 200 wait.
    gw.isup(1, cpg(Event::Alerting));
    gw.expect(&[]);
    gw.prack("");
    gw.expect(&["SIP 200 PRACK", "SIP 180"]);
    gw.prack("");
    gw.expect(&["SIP 200 PRACK"]);
    gw.skip();
    gw.isup(1, anm());
    gw.expect(&["SIP 200"]); // the answer is given
    gw.expect_media(&["Modify A PCMA SendReceive", "Modify B SendReceive"]);
    gw.ack();
    // Hold, and its end, by UPDATE.
    gw.update(&SDP.replace("RTP/AVP 8 0 101\r\n", "RTP/AVP 8 0 101\r\na=sendonly\r\n"));
    gw.expect(&["SIP 200 UPDATE SDP"]);
    gw.expect_media(&["Modify A PCMA ReceiveOnly", "Modify B SendReceive"]);
    gw.update("");
    gw.expect(&["SIP 200 UPDATE"]);
    gw.update(SDP);
    gw.expect(&["SIP 200 UPDATE SDP"]);
    gw.skip();
    gw.bye("");
    gw.expect(&["SIP 200 BYE", "ISUP REL 1 cause 16"]);
    gw.isup(1, rlc());
    gw.finish();
}

#[test]
fn answer_of_the_called_party_waits_for_the_prack() {
    let mut gw = gateway();
    gw.invite_with(CALLED, "Supported: 100rel\r\n", SDP);
    gw.isup(1, acm_with_tones());
    gw.isup(1, anm());
    gw.expect(&["SIP 100", "ISUP IAM 1", "SIP 183 SDP"]);
    gw.prack("");
    gw.expect(&["SIP 200 PRACK", "SIP 200"]);
    gw.ack();
    gw.bye("");
    gw.isup(1, rlc());
    gw.expect(&["SIP 200 BYE", "ISUP REL 1 cause 16"]);
    gw.finish();
}

#[test]
fn caller_without_offer_answers_in_the_prack() {
    let mut gw = gateway();
    gw.invite_with(CALLED, "Require: 100rel\r\n", "");
    gw.isup(1, acm());
    gw.expect(&["SIP 100", "ISUP IAM 1", "SIP 180 SDP"]);
    gw.skip();
    gw.prack(SDP);
    gw.expect(&["SIP 200 PRACK"]);
    gw.expect_media(&["Modify A PCMA SendOnly"]);
    gw.isup(1, anm());
    gw.expect(&["SIP 200"]);
    gw.expect_media(&["Modify A PCMA SendReceive", "Modify B SendReceive"]);
    gw.ack();
    gw.bye("");
    gw.isup(1, rlc());
    gw.expect(&["SIP 200 BYE", "ISUP REL 1 cause 16"]);
    gw.finish();
}

#[test]
fn without_prack_the_circuit_is_released() {
    let mut gw = gateway();
    gw.invite_with(CALLED, "Require: 100rel\r\n", SDP);
    gw.isup(1, acm());
    gw.skip();
    gw.after(Duration::from_millis(31_900));
    // After 0.5, 1, 2, 4, 8 and 16 s.
    gw.expect(&["SIP 180"; 6]);
    gw.after(Duration::from_millis(100));
    gw.expect(&["SIP 504", "ISUP REL 1 cause 102"]);
    gw.ack();
    gw.isup(1, rlc());
    gw.finish();
}

#[test]
fn called_phone_rings_reliably() {
    let mut gw = gateway();
    gw.isup(1, iam());
    gw.expect(&["SIP INVITE SDP"]);
    let invite = gw.sent_request().clone();
    assert!(invite.lists(Name::Supported, "100rel"));
    gw.skip();
    for (rseq, status, body) in [(5, 183, SDP), (6, 180, "")] {
        let headers = format!("Require: 100rel\r\nRSeq: {rseq}\r\n");
        gw.respond_to(&invite, status, &headers, body);
        let line = if status == 183 {
            "ISUP ACM 1 status 0"
        } else {
            "ISUP CPG 1 event 1"
        };
        gw.expect(&["SIP PRACK", line]);
        let prack = gw.sent_request().clone();
        assert_eq!(prack.header(Name::RAck), Some(&*format!("{rseq} 1 INVITE")));
        // It is lost, and the response comes again.
        gw.respond_to(&invite, status, &headers, body);
        gw.expect(&[]);
        gw.respond_to(&prack, 200, "", "");
    }
    gw.expect_media(&["Modify B PCMA ReceiveOnly"]);
    gw.respond_to(&invite, 200, "", "");
    gw.expect(&["SIP ACK", "ISUP ANM 1"]);
    gw.expect_media(&["Modify B PCMA SendReceive", "Modify A SendReceive"]);
    gw.isup(1, rel(16));
    gw.expect(&["ISUP RLC 1", "SIP BYE"]);
    let bye = gw.sent_request().clone();
    gw.respond_to(&bye, 200, "", "");
    gw.finish();
}
