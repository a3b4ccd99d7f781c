//! The tables of Q.1912.5.
//!
//! The text of the recommendation was not at hand. SIP to ISUP is what an implementation that
//! follows it documents (OpenSIPS, module sip_i); ISUP to SIP is working knowledge. Every row can
//! be overridden.

use super::table::{
    CauseAnswer, IsupDefault, IsupRow, LocationRule, Profile, Remedy, SipAnswer, SipRow, When,
    isup, isup_when, sip,
};
use CauseAnswer::{After, Cause};
use SipAnswer::Status;
use trunkline_model::Location;

pub(super) const PROFILE: Profile = Profile {
    isup: &[ISUP],
    isup_without: &[],
    isup_default: IsupDefault::Class,
    sip: SIP,
    sip_default: 127,
    default_section: "Q.1912.5: not listed",
    bye: 16,
    cancel: 31,
    location: LocationRule::Always(Location::BeyondInterworkingPoint),
    trust_reason: true,
    note: "Q.1912.5 from secondary sources: ISUP to SIP is working knowledge; override rows where \
           your edition differs",
};

const KNOWN: &str = "Q.1912.5 (working knowledge)";
const LATER: &str = "Q.1912.5, later editions (working knowledge)";

const ISUP: &[IsupRow] = &[
    isup(1, Status(404), KNOWN),
    isup(2, Status(500), KNOWN),
    isup(3, Status(500), KNOWN),
    isup(4, Status(500), KNOWN),
    isup(5, Status(404), KNOWN),
    isup(16, Status(480), KNOWN),
    isup(17, Status(486), KNOWN),
    isup(18, Status(480), KNOWN),
    isup(19, Status(480), KNOWN),
    isup(20, Status(480), KNOWN),
    isup(21, Status(480), KNOWN),
    isup_when(21, When::LocationUser, Status(603), LATER),
    isup(22, Status(410), KNOWN),
    isup(24, Status(433), KNOWN),
    isup(25, Status(480), KNOWN),
    isup(26, Status(480), KNOWN),
    isup(27, Status(502), KNOWN),
    isup(28, Status(484), KNOWN),
    isup(29, Status(500), KNOWN),
    isup(31, Status(480), KNOWN),
    isup(34, Status(480), KNOWN),
    isup_when(34, When::CcbsPossible, Status(486), KNOWN),
    isup(38, Status(500), KNOWN),
    isup(39, Status(500), KNOWN),
    isup(40, Status(500), KNOWN),
    isup(41, Status(500), KNOWN),
    isup(42, Status(500), KNOWN),
    isup(43, Status(500), KNOWN),
    isup(44, Status(500), KNOWN),
    isup(46, Status(500), KNOWN),
    isup(47, Status(500), KNOWN),
    isup(50, Status(500), KNOWN),
    isup(55, Status(500), KNOWN),
    isup(57, Status(500), KNOWN),
    isup(58, Status(500), KNOWN),
    isup(63, Status(500), KNOWN),
    isup(65, Status(500), KNOWN),
    isup(70, Status(500), KNOWN),
    isup(79, Status(500), KNOWN),
    isup(87, Status(500), KNOWN),
    isup(88, Status(500), KNOWN),
    isup(91, Status(404), KNOWN),
    isup(95, Status(500), KNOWN),
    isup(97, Status(500), KNOWN),
    isup(99, Status(500), KNOWN),
    isup(102, Status(480), KNOWN),
    isup(103, Status(500), KNOWN),
    isup(110, Status(500), KNOWN),
    isup(111, Status(500), KNOWN),
    isup(127, Status(480), KNOWN),
];

const SIP_I: &str = "Q.1912.5, as OpenSIPS sip_i documents it";

const SIP: &[SipRow] = &[
    sip(404, Cause(1), SIP_I),
    sip(410, Cause(22), SIP_I),
    sip(433, Cause(24), SIP_I),
    sip(480, Cause(20), SIP_I),
    sip(484, Cause(28), SIP_I),
    sip(486, Cause(17), SIP_I),
    sip(491, After(Remedy::Retry, 127), SIP_I),
    sip(600, Cause(17), SIP_I),
    sip(603, Cause(21), SIP_I),
    sip(604, Cause(1), SIP_I),
];
