//! Gateways with more than one association, in one AS.

use super::*;
use guest::lose_packets_of;

/// The near gateway has an association on each network.
const NEAR_TWICE_AS: Server = Server {
    processes: &[
        Asp {
            name: "near-1",
            remote: &["10.0.1.1"],
            ..NEAR_AS.processes[0]
        },
        Asp {
            name: "near-2",
            remote: &["10.0.2.1"],
            ..NEAR_AS.processes[0]
        },
    ],
    ..NEAR_AS
};

const NEAR_TWICE_TO_STP: &str = r#"
  gateways:
    one:
      transport: kernel
      local: "10.0.1.1:2906"
      remote: "10.0.1.9:2905"
      routing_context: 1
      destinations: [2-100-2]
    two:
      transport: kernel
      local: "10.0.2.1:2906"
      remote: "10.0.2.9:2905"
      routing_context: 1
      destinations: [2-100-2]"#;

#[test]
fn calls_go_on_when_one_of_two_associations_is_cut() {
    let test = "associations::calls_go_on_when_one_of_two_associations_is_cut";
    let ladder = captured(test, |folder| {
        let capture = Capture::start(folder);
        guest::hasten_sctp();
        let local = [STP, "10.0.2.9"];
        let mut stp = Stp::start(folder, &local, &[NEAR_TWICE_AS, FAR_AS]);
        let callee = Callee::start(FAR.phone());
        let far = Gateway::start(folder, FAR, FAR_TO_STP);
        far.until_active("stp");
        let near = Gateway::start(folder, NEAR, NEAR_TWICE_TO_STP);
        near.until_active("one");
        near.until_active("two");
        near.until_idle();
        far.until_idle();
        call_at_once();
        near.until_idle();
        lose_packets_of("10.0.2.1", true);
        // osmo-stp is to notice first: what it sends in vain stays lost.
        stp.until_asp("near-2", "ASP_DOWN");
        // The first message that the gateway sends in vain, it sends again over the other
        // association.
        call_at_once();
        near.until_down("two");
        near.until_idle();
        lose_packets_of("10.0.2.1", false);
        near.until_active("two");
        call_at_once();
        callee.until_ended(3 * CALLS as u32);
        near.stop();
        far.stop();
        capture.stop();
    });
    let Some(ladder) = ladder else {
        return;
    };
    let sources = ladder.sources("DATA IAM", "near", "stp");
    let (one, two) = ("10.0.1.1", "10.0.2.1");
    let (before, rest) = sources.split_at(CALLS);
    let (cut, after) = rest.split_at(1 + CALLS);
    for share in [before, after] {
        assert_eq!(share.len(), CALLS);
        assert!(share.contains(&one) && share.contains(&two), "{sources:?}");
    }
    // What was sent in vain, and all of it again.
    let in_vain = cut.iter().filter(|source| **source == two).count();
    assert_eq!(in_vain, 1, "{cut:?}");
    assert_eq!(cut.len() - in_vain, CALLS);
}

#[test]
fn association_that_was_overridden_takes_over() {
    let test = "associations::association_that_was_overridden_takes_over";
    let ladder = captured(test, |folder| {
        let capture = Capture::start(folder);
        guest::hasten_sctp();
        let server = Server {
            traffic_mode: "override",
            ..NEAR_TWICE_AS
        };
        let local = [STP, "10.0.2.9"];
        let mut stp = Stp::start(folder, &local, &[server, FAR_AS]);
        let callee = Callee::start(FAR.phone());
        let far = Gateway::start(folder, FAR, FAR_TO_STP);
        far.until_active("stp");
        let mode = "routing_context: 1\n      traffic_mode: override";
        let gateways = NEAR_TWICE_TO_STP.replace("routing_context: 1", mode);
        let near = Gateway::start(folder, NEAR, &gateways);
        // Both were active, and the later one left the other without traffic.
        let acknowledged = [("direction", "received"), ("message", "ASPAC_ACK")];
        near.until("trunkline_m3ua_messages_total", &acknowledged, 2.0);
        let active = [("state", "ASP-ACTIVE")];
        near.until("trunkline_asp_state", &active, 1.0);
        near.until_idle();
        far.until_idle();
        let mut caller = Caller::new(NEAR.sip(), NUMBER);
        assert_eq!(caller.call(), 200);
        caller.hang_up();
        near.until_idle();
        let one_is_active = near.is_active("one");
        let (address, lost, other) = match one_is_active {
            true => ("10.0.1.1", "near-1", "two"),
            false => ("10.0.2.1", "near-2", "one"),
        };
        lose_packets_of(address, true);
        stp.until_asp(lost, "ASP_DOWN");
        near.until_active(other);
        assert_eq!(caller.call(), 200);
        caller.hang_up();
        callee.until_ended(2);
        near.until_idle();
        lose_packets_of(address, false);
        near.stop();
        far.stop();
        capture.stop();
    });
    let Some(ladder) = ladder else {
        return;
    };
    let sent = ladder.management("near", "stp");
    let times = |name| sent.iter().filter(|sent| **sent == name).count();
    assert_eq!(times("ASPAC"), 3, "{sent:?}");
    let news: Vec<&str> = ladder.management("stp", "near");
    let last_news = |name| news.iter().rposition(|news| *news == name);
    let overridden = last_news("NTFY Alternate ASP Active");
    assert!(overridden.is_some(), "{news:?}");
    assert!(overridden < last_news("ASPAC_ACK"), "{news:?}");
    let iams = ladder.sources("DATA IAM", "near", "stp");
    assert_ne!(iams.first(), iams.last());
}

#[test]
fn other_traffic_mode_is_refused_and_told() {
    let test = "associations::other_traffic_mode_is_refused_and_told";
    let ladder = captured(test, |folder| {
        let capture = Capture::start(folder);
        let server = Server {
            traffic_mode: "override",
            ..NEAR_AS
        };
        let mut stp = Stp::start(folder, &[STP], &[server]);
        let near = Gateway::start(folder, NEAR, NEAR_TO_STP);
        let reported = [("peer", "stp"), ("error", "reported")];
        near.until("trunkline_signaling_errors_total", &reported, 1.0);
        stp.until_asp("near", "ASP_INACTIVE");
        let inactive = [("peer", "stp"), ("state", "ASP-INACTIVE")];
        near.until("trunkline_asp_state", &inactive, 1.0);
        near.stop();
        capture.stop();
    });
    let Some(ladder) = ladder else {
        return;
    };
    let sent = ["ASPUP", "ASPAC", "ASPDN"];
    assert_eq!(ladder.management("near", "stp"), sent);
    let received = [
        "ASPUP_ACK",
        "NTFY AS-INACTIVE",
        "ERR Unsupported Traffic Mode Type",
        "ASPDN_ACK",
    ];
    assert_eq!(ladder.management("stp", "near"), received);
}

/// Calls that are up at the same time: more than there are circuits with odd codes, which a gateway
/// takes first, so that they have odd and even signaling link selections.
const CALLS: usize = 10;

fn call_at_once() {
    let mut callers: [_; CALLS] = core::array::from_fn(|_| Caller::new(NEAR.sip(), NUMBER));
    for caller in &mut callers {
        assert_eq!(caller.call(), 200);
    }
    for caller in &callers {
        caller.hang_up();
    }
}
