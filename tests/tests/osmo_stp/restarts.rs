//! What happens to calls when a gateway or osmo-stp ends and comes back.

use super::*;
use guest::lose_packets_of;

#[test]
fn killed_gateway_comes_back_and_calls_again() {
    let test = "restarts::killed_gateway_comes_back_and_calls_again";
    let ladder = captured(test, |folder| {
        let mut both = Both::start(folder);
        assert_eq!(both.caller.call(), 200);
        both.near.kill();
        both.stp.until_as("near", "AS_DOWN");
        both.near = Gateway::start(folder, NEAR, NEAR_TO_STP);
        // It resets its circuits: the call that it has forgotten ends at the other end too.
        both.until_in_service();
        both.callee.until_ended(1);
        assert_eq!(both.caller.call(), 200);
        both.caller.hang_up();
        both.callee.until_ended(2);
        both.stop();
    });
    let Some(ladder) = ladder else {
        return;
    };
    let sent = [START, START].concat();
    assert_eq!(
        ladder.management("near", "stp"),
        [&sent[..], &STOP].concat()
    );
    let received = [STARTED, STARTED].concat();
    assert_eq!(
        ladder.management("stp", "near"),
        [&received[..], &STOPPED].concat()
    );
    let news = ["DAVA", "DUNA", "DAVA", "DUNA"];
    assert_eq!(
        ladder.management("stp", "far"),
        [&STARTED[..], &news, &STOPPED].concat()
    );
    let forgotten = &CALL[..3];
    assert_eq!(ladder.calls("near", "stp"), [forgotten, &CALL].concat());
    assert_eq!(ladder.calls("stp", "far"), [forgotten, &CALL].concat());
}

#[test]
fn gateway_that_vanished_restarts_its_association() {
    let test = "restarts::gateway_that_vanished_restarts_its_association";
    let ladder = captured(test, |folder| {
        let mut both = Both::start(folder);
        assert_eq!(both.caller.call(), 200);
        both.caller.hang_up();
        both.until_in_service();
        // The ABORT that tells of the end of a process gets lost.
        lose_packets_of("10.0.1.1", true);
        both.near.kill();
        lose_packets_of("10.0.1.1", false);
        both.stp.until_as("near", "AS_ACTIVE");
        both.near = Gateway::start(folder, NEAR, NEAR_TO_STP);
        both.until_in_service();
        assert_eq!(both.caller.call(), 200);
        both.caller.hang_up();
        both.callee.until_ended(2);
        both.stop();
    });
    let Some(ladder) = ladder else {
        return;
    };
    let sent = [START, START].concat();
    assert_eq!(
        ladder.management("near", "stp"),
        [&sent[..], &STOP].concat()
    );
    // ASP Up of one that is active already: RFC 4666 4.3.4.1.
    let again = [
        "ERR Unexpected Message",
        "NTFY AS-PENDING",
        "ASPUP_ACK",
        "ASPAC_ACK",
        "NTFY AS-ACTIVE",
    ];
    let received = [&STARTED[..], &again, &["DAVA", "DUNA"], &STOPPED].concat();
    assert_eq!(ladder.management("stp", "near"), received);
    assert_eq!(ladder.calls("near", "stp"), [CALL, CALL].concat());
    assert_eq!(ladder.calls("stp", "far"), [CALL, CALL].concat());
}

#[test]
fn call_survives_restart_of_osmo_stp() {
    let ladder = captured("restarts::call_survives_restart_of_osmo_stp", |folder| {
        let mut both = Both::start(folder);
        assert_eq!(both.caller.call(), 200);
        both.stp.kill();
        both.near.until_down("stp");
        both.far.until_down("stp");
        // No new call meanwhile.
        let mut other = Caller::new(NEAR.sip(), NUMBER);
        assert_eq!(other.call(), 503);
        both.stp = Stp::start(folder, &[STP], &[NEAR_AS, FAR_AS]);
        both.near.until_active("stp");
        both.far.until_active("stp");
        both.caller.hang_up();
        both.callee.until_ended(1);
        both.until_in_service();
        assert_eq!(other.call(), 200);
        other.hang_up();
        both.callee.until_ended(2);
        both.stop();
    });
    let Some(ladder) = ladder else {
        return;
    };
    let sent = [&START[..], &START, &STOP].concat();
    assert_eq!(ladder.management("near", "stp"), sent);
    assert_eq!(ladder.management("far", "stp"), sent);
    assert_eq!(ladder.calls("near", "stp"), [CALL, CALL].concat());
    assert_eq!(ladder.calls("stp", "far"), [CALL, CALL].concat());
}
