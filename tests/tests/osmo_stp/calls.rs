//! Calls through osmo-stp, from the first message to the last.

use super::*;
use node::Exchange;

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

#[test]
fn osmo_stp_is_the_asp_of_an_exchange() {
    let ladder = captured("calls::osmo_stp_is_the_asp_of_an_exchange", |folder| {
        let capture = Capture::start(folder);
        let mut stp = Stp::start(folder, &[STP], &[NEAR_AS, EXCHANGE_AS]);
        let near = Gateway::start(folder, NEAR, NEAR_TO_STP);
        near.until_active("stp");
        // From now on its reset reaches the gateway. osmo-stp connects every five seconds.
        let mut exchange = Exchange::start(folder, FAR, EXCHANGE_LISTEN);
        stp.until_as("far", "AS_ACTIVE");
        near.until_idle();
        let mut caller = Caller::new(NEAR.sip(), NUMBER);
        assert_eq!(caller.call(), 200);
        caller.hang_up();
        exchange.until_call_ended();
        near.stop();
        exchange.stop();
        capture.stop();
    });
    let Some(ladder) = ladder else {
        return;
    };
    assert_eq!(ladder.management("stp", "far"), ["ASPUP", "ASPAC"]);
    let received = [&STARTED[..4], &["ASPDN_ACK"]].concat();
    assert_eq!(ladder.management("far", "stp"), received);
    assert_eq!(ladder.calls("near", "stp"), CALL);
    assert_eq!(ladder.calls("stp", "far"), CALL);
}
