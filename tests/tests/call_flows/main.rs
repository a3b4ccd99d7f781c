//! Call flows between SIP and ISUP, line by line, in virtual time.
//!
//! The numbers of RFC 3666 and RFC 3398 name the flow that a test plays. What the proxy between
//! phone and gateway does in RFC 3666 is left out: it adds Via and Record-Route and nothing else.

mod announcements;
mod another_circuit;
mod isup_to_sip;
mod mgw;
mod mtp_status;
mod offer_answer;
mod refusals;
mod reliable;
mod sip_to_isup;
mod variants;

use core::time::Duration;
use trunkline_interwork::TrunkProfile;
use trunkline_isup::{
    BackwardCallIndicators, CalledPartyStatus, Con, Cpg, Event, Message as Isup,
    OptionalBackwardCallIndicators, Sam, Sus,
};
use trunkline_mgc::call::Circuit;
use trunkline_mgc::{CallEvent, Input, Refusal, Side};
use trunkline_model::media::RingingTone;
use trunkline_model::{Cause, CauseValue, Location, TrunkGroupId};
use trunkline_sip::Name;
use trunkline_tests::ladder::*;

const CALLED: &str = "+493012345";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn cpg(event: Event) -> Isup {
    Isup::Cpg(Cpg::new(event))
}

fn sus(network: bool) -> Isup {
    Isup::Sus(Sus::new(network))
}

/// SIP to PSTN, until both talk.
fn talking() -> Ladder {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, acm());
    gw.isup(1, anm());
    gw.ack();
    gw.expect(&["SIP 100", "ISUP IAM 1", "SIP 180", "SIP 200 SDP"]);
    gw.skip();
    gw
}

/// PSTN to SIP, until both talk.
fn talking_from_isup() -> Ladder {
    let mut gw = Ladder::default();
    gw.isup(2, iam());
    gw.respond(180, "", "");
    gw.respond(200, "", SDP);
    gw.expect(&[
        "SIP INVITE SDP",
        "ISUP ACM 2 status 1",
        "SIP ACK",
        "ISUP ANM 2",
    ]);
    gw.skip();
    gw
}
