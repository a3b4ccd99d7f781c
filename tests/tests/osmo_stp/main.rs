//! Gateways beside osmo-stp, a signal transfer point of others, over the SCTP of a kernel.
//!
//! The kernel is that of user-mode Linux (tests/uml/run): each test boots one and runs again in
//! it, with osmo-stp and `trunkline` beside it. Captures are looked at outside, afterwards.
//!
//! ```text
//! phone -- trunkline run ---- osmo-stp ---- trunkline run -- phone
//!          ASP, 2-100-1         SGP         ASP, 2-100-2
//!
//! ```
//!
//! The exchange of `trunkline simulate` can be in the place of the far gateway, and osmo-stp can be
//! an ASP where others are gateways. In one test osmo-stp is alone in the guest, and the gateways, with SCTP in user space, are
//! outside.

mod associations;
mod calls;
mod guest;
mod ladder;
mod node;
mod paths;
mod phone;
mod restarts;
mod roles;
mod stp;
mod user_space;

use guest::Capture;
use ladder::Ladder;
use node::{FAR, Gateway, NEAR, NUMBER};
use phone::{Callee, Caller};
use std::path::Path;
use stp::{Asp, Kind, STP, Server, Stp};
use trunkline_tests::peers::{Folder, Tshark};

/// The two ends and osmo-stp, on two networks.
const ADDRESSES: &[&str] = &[
    "10.0.1.1/24",
    "10.0.1.2/24",
    "10.0.1.9/24",
    "10.0.2.1/24",
    "10.0.2.2/24",
    "10.0.2.9/24",
];

const NEAR_AS: Server = Server {
    name: "near",
    routing_context: 1,
    routing_key: "2.100.1",
    destination: "2.100.1",
    traffic_mode: "loadshare",
    processes: &[Asp {
        name: "near",
        remote: &["10.0.1.1"],
        port: 2906,
        kind: Kind::Asp,
    }],
    registers: false,
};

const FAR_AS: Server = Server {
    name: "far",
    routing_context: 2,
    routing_key: "2.100.2",
    destination: "2.100.2",
    traffic_mode: "loadshare",
    processes: &[Asp {
        name: "far",
        remote: &["10.0.1.2"],
        port: 2906,
        kind: Kind::Asp,
    }],
    registers: false,
};

/// `signaling.gateways` of the near and the far gateway. Nothing leads to 2-100-5.
const NEAR_TO_STP: &str = r#"
  gateways:
    stp:
      transport: kernel
      local: "10.0.1.1:2906"
      remote: "10.0.1.9:2905"
      routing_context: 1
      destinations: [2-100-2, 2-100-5]"#;
const FAR_TO_STP: &str = r#"
  gateways:
    stp:
      transport: kernel
      local: "10.0.1.2:2906"
      remote: "10.0.1.9:2905"
      routing_context: 2
      destinations: [2-100-1, 2-100-5]"#;
/// What a gateway says until traffic flows, and what osmo-stp answers.
const START: [&str; 3] = ["ASPUP", "ASPAC", "DAUD"];
const STARTED: [&str; 6] = [
    "ASPUP_ACK",
    "NTFY AS-INACTIVE",
    "ASPAC_ACK",
    "NTFY AS-ACTIVE",
    "DAVA",
    "DUNA",
];
/// And until it does no longer.
const STOP: [&str; 2] = ["ASPIA", "ASPDN"];
const STOPPED: [&str; 3] = ["ASPIA_ACK", "NTFY AS-PENDING", "ASPDN_ACK"];

/// A call that the near end makes and ends.
const CALL: [&str; 5] = [
    "> DATA IAM",
    "< DATA ACM",
    "< DATA ANM",
    "> DATA REL",
    "< DATA RLC",
];

/// osmo-stp, both gateways in service, and their phones.
struct Both {
    capture: Capture,
    stp: Stp,
    near: Gateway,
    far: Gateway,
    caller: Caller,
    callee: Callee,
}

impl Both {
    fn start(folder: &Path) -> Self {
        Self::start_with(folder, NEAR_AS, NEAR_TO_STP)
    }

    /// With another AS of osmo-stp for the near gateway, and that with other peers.
    fn start_with(folder: &Path, near_as: Server, signaling: &str) -> Self {
        let capture = Capture::start(folder);
        let stp = Stp::start(folder, &[STP], &[near_as, FAR_AS]);
        let callee = Callee::start(FAR.phone());
        let far = Gateway::start(folder, FAR, FAR_TO_STP);
        far.until_active("stp");
        let near = Gateway::start(folder, NEAR, signaling);
        let caller = Caller::new(NEAR.sip(), NUMBER);
        let both = Self {
            capture,
            stp,
            near,
            far,
            caller,
            callee,
        };
        both.until_in_service();
        both
    }

    /// Waits until traffic flows, and all circuits are idle at both ends.
    fn until_in_service(&self) {
        for gateway in [&self.near, &self.far] {
            gateway.until_active("stp");
            gateway.until_idle();
        }
    }

    fn stop(self) {
        let Self {
            capture, near, far, ..
        } = self;
        near.stop();
        far.stop();
        capture.stop();
    }
}

/// Runs a test's part in a guest; what was captured there, outside.
fn captured(test: &str, inside: impl FnOnce(&Path)) -> Option<Ladder> {
    let left = guest::in_guest(test, ADDRESSES, inside)?;
    Some(kernel_ladder(&left))
}

/// What was captured in a guest. A kernel leaves the checksums of what it sends to itself open.
fn kernel_ladder(left: &Folder) -> Ladder {
    let tshark = Tshark::new(&left.file(Capture::FILE), 0).with("sctp.checksum:None");
    Ladder::read(&tshark)
}
