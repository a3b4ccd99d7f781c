//! The network says audibly why the call fails (RFC 3398 7.1.6).

use super::*;
use trunkline_isup::CauseIndicators;

/// ACM with a cause.
fn acm_with_cause(value: u8) -> Isup {
    let Isup::Acm(mut message) = acm_of(CalledPartyStatus::NoIndication) else {
        unreachable!()
    };
    message.optional.push(&CauseIndicators::new(cause(value)));
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
    message.optional.push(&CauseIndicators::new(cause(17)));
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
        message
            .optional
            .push(&CauseIndicators::new(self::cause(value)));
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
