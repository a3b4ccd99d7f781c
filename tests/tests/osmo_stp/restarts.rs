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
        // A kernel ends an association by SHUTDOWN, which it repeats; or by ABORT, once, if
        // something came that nobody has read. The loss of that leaves osmo-stp in the dark.
        both.near.freeze();
        both.far.stop();
        both.stp.until_as("far", "AS_DOWN");
        lose_packets_of("10.0.1.1", true);
        both.near.kill();
        lose_packets_of("10.0.1.1", false);
        both.stp.until_as("near", "AS_ACTIVE");
        both.far = Gateway::start(folder, FAR, FAR_TO_STP);
        both.far.until_active("stp");
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
    // An AS whose ASP begins anew in an association that never ended was not inactive.
    let again: Vec<&str> = STARTED
        .into_iter()
        .filter(|name| *name != "NTFY AS-INACTIVE")
        .collect();
    let received = [&STARTED[..], &["DUNA", "DAVA"], &again, &STOPPED].concat();
    assert_eq!(ladder.management("stp", "near"), received);
    let cut_off = [&CALL[..3], &["< DATA REL"]].concat();
    assert_eq!(ladder.calls("near", "stp"), [&cut_off[..], &CALL].concat());
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
