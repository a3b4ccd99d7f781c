//! The tables of an early ISUP-SIP draft, where they differ from those of RFC 3398.

use super::rfc3398;
use super::table::{IsupDefault, IsupRow, LocationRule, Profile, SipAnswer, isup};
use SipAnswer::Status;

pub(super) const PROFILE: Profile = Profile {
    isup: &[DIFFERENCES, rfc3398::ISUP],
    isup_without: &[20, 23, 26, 70],
    isup_default: IsupDefault::Status(500),
    sip: rfc3398::SIP,
    sip_default: 31,
    default_section: "legacy draft: not listed",
    bye: 16,
    cancel: 16,
    location: LocationRule::ByClass,
    trust_reason: false,
    note: "an early draft, for old equipment; SIP to ISUP as RFC 3398",
};

const DRAFT: &str = "legacy draft";

const DIFFERENCES: &[IsupRow] = &[
    isup(1, Status(410), DRAFT),
    isup(4, SipAnswer::None, DRAFT),
    isup(18, Status(480), DRAFT),
    isup(21, Status(603), DRAFT),
    isup(22, Status(301), DRAFT),
    isup(27, Status(404), DRAFT),
    isup(44, Status(503), DRAFT),
    isup(55, Status(603), DRAFT),
    isup(57, Status(503), DRAFT),
    isup(63, Status(503), DRAFT),
    isup(65, Status(501), DRAFT),
    isup(87, Status(503), DRAFT),
    isup(95, Status(503), DRAFT),
    isup(102, Status(408), DRAFT),
];
