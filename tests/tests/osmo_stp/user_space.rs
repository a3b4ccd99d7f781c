//! SCTP in user space against that of a kernel: the gateways are on this machine, osmo-stp is in the
//! guest, and a tap device carries the packets between them.

use super::*;
use guest::{in_network_namespace, ip};

const NEAR_TO_STP: &str = r#"
  gateways:
    stp:
      transport: raw-ip
      local: "10.0.1.1:2906"
      remote: "10.0.1.9:2905"
      routing_context: 1
      destinations: [2-100-2]"#;
const FAR_TO_STP: &str = r#"
  gateways:
    stp:
      transport: raw-ip
      local: "10.0.1.2:2906"
      remote: "10.0.1.9:2905"
      routing_context: 2
      destinations: [2-100-1]"#;

#[test]
fn gateways_call_each_other_and_one_is_killed() {
    let test = "user_space::gateways_call_each_other_and_one_is_killed";
    let left = in_network_namespace(test, |folder| {
        ip(&["link", "set", "lo", "up"]);
        ip(&["tuntap", "add", "dev", TAP, "mode", "tap"]);
        ip(&["address", "add", "10.0.1.1/24", "dev", TAP]);
        ip(&["address", "add", "10.0.1.2/24", "dev", TAP]);
        ip(&["link", "set", TAP, "up"]);
        let capture = Capture::start(folder);
        let mut stp = Stp::boot(folder, TAP, &[NEAR_AS, FAR_AS]);
        let callee = Callee::start(FAR.phone());
        let far = Gateway::start(folder, FAR, FAR_TO_STP);
        far.until_active("stp");
        let mut caller = Caller::new(NEAR.sip(), NUMBER);
        let mut near = Gateway::start(folder, NEAR, NEAR_TO_STP);
        near.until_active("stp");
        near.until_idle();
        far.until_idle();
        assert_eq!(caller.call(), 200);
        caller.hang_up();
        callee.until_ended(1);
        // With the process its SCTP is gone, and osmo-stp does not hear of it.
        near.kill();
        stp.until_asp("near", "ASP_ACTIVE");
        near = Gateway::start(folder, NEAR, NEAR_TO_STP);
        near.until_active("stp");
        near.until_idle();
        assert_eq!(caller.call(), 200);
        caller.hang_up();
        callee.until_ended(2);
        near.stop();
        far.stop();
        stp.stop();
        capture.stop();
    });
    let Some(left) = left else {
        return;
    };
    let tshark = Tshark::new(&left.file(Capture::FILE), 0);
    // Checksums of both sides.
    let wrong = tshark.fields("sctp && !(sctp.checksum.status == 1)", &["frame.number"]);
    assert!(wrong.is_empty(), "{wrong:?}");
    let ladder = Ladder::read(&tshark);
    let sent = [&START[..], &START, &STOP].concat();
    assert_eq!(ladder.management("near", "stp"), sent);
    assert_eq!(ladder.calls("near", "stp"), [CALL, CALL].concat());
    assert_eq!(ladder.calls("stp", "far"), [CALL, CALL].concat());
}

const TAP: &str = "stp";
