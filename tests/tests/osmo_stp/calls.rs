//! Calls through osmo-stp, from the first message to the last.

use super::*;

#[test]
fn gateways_call_each_other() {
    let ladder = captured("calls::gateways_call_each_other", |folder| {
        let mut both = Both::start(folder);
        for name in ["near", "far"] {
            both.stp.until_asp(name, "ASP_ACTIVE");
            both.stp.until_as(name, "AS_ACTIVE");
        }
        assert_eq!(both.caller.call(), 200);
        both.caller.hang_up();
        both.callee.until_ended(1);
        both.until_in_service();
        let received = ["ASPUP_ACK", "DAVA", "DUNA"];
        for (direction, messages) in [("sent", START), ("received", received)] {
            for message in messages {
                let counted = both.near.m3ua(direction, message);
                assert_eq!(counted, 1.0, "{direction} {message}");
            }
        }
        both.stop();
    });
    let Some(ladder) = ladder else {
        return;
    };
    let sent = [&START[..], &STOP].concat();
    assert_eq!(ladder.management("near", "stp"), sent);
    assert_eq!(ladder.management("far", "stp"), sent);
    let received = [&STARTED[..], &STOPPED].concat();
    assert_eq!(ladder.management("stp", "near"), received);
    // The far gateway also hears of the near one.
    let received = [&STARTED[..], &["DAVA", "DUNA"], &STOPPED].concat();
    assert_eq!(ladder.management("stp", "far"), received);
    assert_eq!(ladder.calls("near", "stp"), CALL);
    assert_eq!(ladder.calls("stp", "far"), CALL);
}
