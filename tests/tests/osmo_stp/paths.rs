//! An association over two networks, one of which is cut.
//!
//! osmo-stp is in a network namespace of its own, since a kernel does not look at paths when it
//! sends to itself.

use super::*;
use guest::{SCTP_IN_HASTE, ip};

/// Both gateways' side of each network, by its device.
const NETWORKS: [(&str, &[&str], &str); 3] = [
    ("one", &["10.0.1.1/24"], "10.0.1.9/24"),
    ("two", &["10.0.2.1/24", "10.0.2.2/24"], "10.0.2.9/24"),
    // For the VTY.
    ("management", &["10.0.3.1/24"], "10.0.3.9/24"),
];

const NEAR_TO_STP: &str = r#"
  gateways:
    stp:
      transport: kernel
      local: ["10.0.1.1:2906", "10.0.2.1:2906"]
      remote: ["10.0.1.9:2905", "10.0.2.9:2905"]
      routing_context: 1
      sctp: { rto_initial: 400, rto_max: 400, heartbeat: 400 }
      destinations: [2-100-2]"#;
/// On the second network alone.
const FAR_TO_STP: &str = r#"
  gateways:
    stp:
      transport: kernel
      local: "10.0.2.2:2906"
      remote: "10.0.2.9:2905"
      routing_context: 2
      destinations: [2-100-1]"#;

const NEAR_ON_TWO_PATHS_AS: Server = Server {
    processes: &[Asp {
        remote: &["10.0.1.1", "10.0.2.1"],
        ..NEAR_AS.processes[0]
    }],
    ..NEAR_AS
};
const FAR_ON_SECOND_PATH_AS: Server = Server {
    processes: &[Asp {
        remote: &["10.0.2.2"],
        ..FAR_AS.processes[0]
    }],
    ..FAR_AS
};

#[test]
fn association_survives_the_cut_of_a_path() {
    let test = "paths::association_survives_the_cut_of_a_path";
    let left = guest::in_guest(test, &[], |folder| {
        lay_networks();
        let capture = Capture::start(folder);
        let servers = [NEAR_ON_TWO_PATHS_AS, FAR_ON_SECOND_PATH_AS];
        let local = ["10.0.1.9", "10.0.2.9"];
        let mut stp = Stp::start_in("stp", folder, "10.0.3.9", &local, &servers);
        let callee = Callee::start(FAR.phone());
        let far = Gateway::start(folder, FAR, FAR_TO_STP);
        far.until_active("stp");
        let near = Gateway::start(folder, NEAR, NEAR_TO_STP);
        near.until_active("stp");
        near.until_idle();
        far.until_idle();
        let mut caller = Caller::new(NEAR.sip(), NUMBER);
        let mut call = || {
            assert_eq!(caller.call(), 200);
            caller.hang_up();
        };
        let path_up = |address, up: bool| {
            let path = [("peer", "stp"), ("address", address)];
            near.until(
                "trunkline_signaling_path_up",
                &path,
                f64::from(u8::from(up)),
            );
        };
        path_up("10.0.1.9", true);
        path_up("10.0.2.9", true);
        call();
        ip(&["link", "set", "one", "down"]);
        // At once, and then in the knowledge of it.
        call();
        path_up("10.0.1.9", false);
        call();
        path_up("10.0.2.9", true);
        near.until_active("stp");
        ip(&["link", "set", "one", "up"]);
        path_up("10.0.1.9", true);
        call();
        callee.until_ended(4);
        stp.until_asp("near", "ASP_ACTIVE");
        near.stop();
        far.stop();
        capture.stop();
    });
    let Some(left) = left else {
        return;
    };
    let ladder = kernel_ladder(&left);
    // It stayed one association with one ASP Active.
    assert_eq!(
        ladder.management("near", "stp"),
        [&START[..], &STOP].concat()
    );
    assert_eq!(ladder.calls("near", "stp"), [CALL; 4].concat());
    let (one, two) = ("10.0.1.1", "10.0.2.1");
    assert_eq!(
        ladder.sources("DATA IAM", "near", "stp"),
        [one, two, two, one]
    );
}

fn lay_networks() {
    ip(&["netns", "add", "stp"]);
    for (name, ours, of_stp) in NETWORKS {
        let peer = ["peer", "name", name, "netns", "stp"];
        ip(&[&["link", "add", name, "type", "veth"], &peer[..]].concat());
        for address in ours {
            ip(&["address", "add", address, "dev", name]);
        }
        ip(&["-n", "stp", "address", "add", of_stp, "dev", name]);
        ip(&["link", "set", name, "up"]);
        ip(&["-n", "stp", "link", "set", name, "up"]);
    }
    let hasten = format!("cd /proc/sys/net/sctp; {SCTP_IN_HASTE}");
    ip(&["netns", "exec", "stp", "sh", "-ec", &hasten]);
}
