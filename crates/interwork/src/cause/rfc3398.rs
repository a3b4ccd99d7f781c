//! The tables of RFC 3398.

use super::table::{
    CauseAnswer, IsupDefault, IsupRow, LocationRule, Profile, Remedy, SipAnswer, SipRow, When,
    isup, isup_when, sip,
};
use CauseAnswer::{After, Cause};
use Remedy::{Authenticate, Mend};
use SipAnswer::{Clearing, RepeatAttempt, Status, Temporary};

pub(super) const PROFILE: Profile = Profile {
    isup: &[ISUP],
    isup_without: &[],
    isup_default: IsupDefault::Status(500),
    sip: SIP,
    sip_default: 31,
    default_section: "RFC 3398 7.2.4.1, 8.2.6.1: not listed",
    bye: 16,
    cancel: 16,
    location: LocationRule::ByClass,
    trust_reason: false,
    note: "RFC 3398 7.2.4.1 and 8.2.6.1",
};

const NORMAL: &str = "RFC 3398 7.2.4.1, normal event";
const RESOURCE: &str = "RFC 3398 7.2.4.1, resource unavailable";
const SERVICE: &str = "RFC 3398 7.2.4.1, service or option not available";
const INVALID: &str = "RFC 3398 7.2.4.1, invalid message";
const PROTOCOL: &str = "RFC 3398 7.2.4.1, protocol error";
const INTERWORKING: &str = "RFC 3398 7.2.4.1, interworking";

pub(super) const ISUP: &[IsupRow] = &[
    isup(1, Status(404), NORMAL),
    isup(2, Status(404), NORMAL),
    isup(3, Status(404), NORMAL),
    // The table gives none: BYE or CANCEL belongs to 16. A REL 16 that ends a pending INVITE all
    // the same is answered as Q.1912.5 does.
    isup(16, Clearing(480), NORMAL),
    isup(17, Status(486), NORMAL),
    isup(18, Status(408), NORMAL),
    isup(19, Status(480), NORMAL),
    isup(20, Status(480), NORMAL),
    isup(21, Status(403), NORMAL),
    isup_when(
        21,
        When::LocationUser,
        Status(603),
        "RFC 3398 7.2.4.1, note (+)",
    ),
    isup(22, Status(410), NORMAL),
    isup_when(22, When::NewNumber, Status(301), NORMAL),
    isup(23, Status(410), NORMAL),
    isup(26, Status(404), "RFC 3398 7.2.4.1, note (=): ANSI"),
    isup(27, Status(502), NORMAL),
    isup(28, Status(484), NORMAL),
    isup(29, Status(501), NORMAL),
    isup(31, Status(480), NORMAL),
    isup(34, Temporary(503), RESOURCE),
    isup(38, Temporary(503), RESOURCE),
    isup(41, Temporary(503), RESOURCE),
    isup(42, Temporary(503), RESOURCE),
    isup(44, RepeatAttempt, "RFC 3398 7.2.4.1: not translatable"),
    isup(47, Temporary(503), RESOURCE),
    isup(55, Status(403), SERVICE),
    isup(57, Status(403), SERVICE),
    isup(58, Status(503), SERVICE),
    isup(65, Status(488), SERVICE),
    isup(70, Status(488), SERVICE),
    isup(79, Status(501), SERVICE),
    isup(87, Status(403), INVALID),
    isup(88, Status(503), INVALID),
    isup(102, Status(504), PROTOCOL),
    isup(111, Status(500), PROTOCOL),
    isup(127, Status(500), INTERWORKING),
];

const TABLE: &str = "RFC 3398 8.2.6.1";
const CHALLENGE: &str = "RFC 3398 8.2.6.1, note (*)";
const REMEDY: &str = "RFC 3398 8.2.6.1, note (+)";
const WARNING: &str = "RFC 3398 8.2.6.1, by Warning";

pub(super) const SIP: &[SipRow] = &[
    sip(400, Cause(41), TABLE),
    sip(401, After(Authenticate, 21), CHALLENGE),
    sip(402, Cause(21), TABLE),
    sip(403, Cause(21), TABLE),
    sip(404, Cause(1), TABLE),
    sip(405, Cause(63), TABLE),
    sip(406, After(Mend, 79), REMEDY),
    sip(407, After(Authenticate, 21), CHALLENGE),
    sip(408, Cause(102), TABLE),
    sip(410, Cause(22), TABLE),
    sip(413, After(Mend, 127), REMEDY),
    sip(414, After(Mend, 127), REMEDY),
    sip(415, After(Mend, 79), REMEDY),
    sip(416, After(Mend, 127), REMEDY),
    sip(420, After(Mend, 127), REMEDY),
    sip(421, After(Mend, 127), REMEDY),
    sip(423, After(Mend, 127), REMEDY),
    sip(480, Cause(18), TABLE),
    sip(481, Cause(41), TABLE),
    sip(482, Cause(25), TABLE),
    sip(483, Cause(25), TABLE),
    sip(484, After(Mend, 28), REMEDY),
    sip(485, Cause(1), TABLE),
    sip(486, Cause(17), TABLE),
    sip(487, CauseAnswer::None, TABLE),
    sip(488, Cause(31), WARNING),
    bearer(488),
    sip(500, Cause(41), TABLE),
    sip(501, Cause(79), TABLE),
    sip(502, Cause(38), TABLE),
    sip(503, Cause(41), TABLE),
    sip(504, Cause(102), TABLE),
    // Printed as 504, under the name of 505.
    sip(505, After(Mend, 127), REMEDY),
    sip(513, After(Mend, 127), REMEDY),
    sip(600, Cause(17), TABLE),
    sip(603, Cause(21), TABLE),
    sip(604, Cause(1), TABLE),
    sip(606, Cause(31), WARNING),
    bearer(606),
];

const fn bearer(status: u16) -> SipRow {
    SipRow {
        status,
        bearer_warning: true,
        answer: Cause(65),
        section: WARNING,
    }
}
