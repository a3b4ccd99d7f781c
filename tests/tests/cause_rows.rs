//! Each row of both cause tables of RFC 3398, and of the other profiles, as a call that is
//! rejected: REL in, status out; status in, REL out.

use trunkline_interwork::ProfileName;
use trunkline_model::Location;
use trunkline_tests::ladder::*;

/// RFC 3398 7.2.4.1; 16 by ../shared/spec/cause-tables.md. 44 has a flow of its own.
const ISUP_TO_SIP: &[(u8, u16)] = &[
    (1, 404),
    (2, 404),
    (3, 404),
    (16, 480),
    (17, 486),
    (18, 408),
    (19, 480),
    (20, 480),
    (21, 403),
    (22, 410),
    (23, 410),
    (26, 404),
    (27, 502),
    (28, 484),
    (29, 501),
    (31, 480),
    (34, 503),
    (38, 503),
    (41, 503),
    (42, 503),
    (47, 503),
    (55, 403),
    (57, 403),
    (58, 503),
    (65, 488),
    (70, 488),
    (79, 501),
    (87, 403),
    (88, 503),
    (102, 504),
    (111, 500),
    (127, 500),
    // Not listed: 500.
    (4, 500),
    (25, 500),
    (63, 500),
    (97, 500),
];

/// RFC 3398 8.2.6.1. 487 has no mapping and cannot come to an INVITE that was not cancelled.
const SIP_TO_ISUP: &[(u16, u8)] = &[
    (400, 41),
    (401, 21),
    (402, 21),
    (403, 21),
    (404, 1),
    (405, 63),
    (406, 79),
    (407, 21),
    (408, 102),
    (410, 22),
    (413, 127),
    (414, 127),
    (415, 79),
    (416, 127),
    (420, 127),
    (421, 127),
    (423, 127),
    (480, 18),
    (481, 41),
    (482, 25),
    (483, 25),
    (484, 28),
    (485, 1),
    (486, 17),
    (488, 31),
    (500, 41),
    (501, 79),
    (502, 38),
    (503, 41),
    (504, 102),
    (505, 127),
    (513, 127),
    (600, 17),
    (603, 21),
    (604, 1),
    (606, 31),
    // Not listed: 31.
    (433, 31),
    (599, 31),
];

/// What differs in profile q1912.5 (../shared/spec/cause-tables.md).
const Q1912_5_TO_SIP: &[(u8, u16)] = &[
    (1, 404),
    (2, 500),
    (3, 500),
    (5, 404),
    (16, 480),
    (17, 486),
    (18, 480),
    (20, 480),
    (22, 410),
    (24, 433),
    (25, 480),
    (27, 502),
    (28, 484),
    (29, 500),
    (34, 480),
    (41, 500),
    (57, 500),
    (91, 404),
    (102, 480),
    (127, 480),
];

const Q1912_5_TO_ISUP: &[(u16, u8)] = &[
    (404, 1),
    (410, 22),
    (433, 24),
    (480, 20),
    (484, 28),
    (486, 17),
    (600, 17),
    (603, 21),
    (604, 1),
    (500, 127),
    (403, 127),
];

const LEGACY_TO_SIP: &[(u8, u16)] = &[
    (1, 410),
    (18, 480),
    (21, 603),
    (22, 301),
    (27, 404),
    (55, 603),
    (57, 503),
    (65, 501),
    (102, 408),
    (17, 486),
    (20, 500),
];

fn status_of(profile: ProfileName, cause: u8) -> u16 {
    let mut gw = Ladder::with_causes(profile);
    gw.invite("+493012345");
    gw.isup(1, rel_from(cause, Location::PublicNetworkRemoteUser));
    let status = gw.sent_response().status().unwrap();
    gw.ack();
    gw.finish();
    status
}

fn cause_of(profile: ProfileName, status: u16) -> u8 {
    let mut gw = Ladder::with_causes(profile);
    gw.isup(2, iam());
    gw.respond(status, "", "");
    let cause = gw.released().value.value();
    gw.isup(2, rlc());
    gw.finish();
    cause
}

#[track_caller]
fn check<A: Copy + core::fmt::Debug, B: PartialEq + Copy + core::fmt::Debug>(
    rows: &[(A, B)],
    map: impl Fn(A) -> B,
) {
    let wrong: Vec<_> = rows
        .iter()
        .map(|&(from, expected)| (from, expected, map(from)))
        .filter(|(_, expected, actual)| expected != actual)
        .collect();
    assert!(wrong.is_empty(), "(given, expected, actual): {wrong:?}");
}

#[test]
fn each_cause_of_rfc3398_ends_the_invite_with_its_status() {
    check(ISUP_TO_SIP, |cause| status_of(ProfileName::Rfc3398, cause));
}

#[test]
fn each_status_of_rfc3398_ends_the_circuit_with_its_cause() {
    check(SIP_TO_ISUP, |status| cause_of(ProfileName::Rfc3398, status));
}

#[test]
fn each_row_of_q1912_5_both_ways() {
    check(Q1912_5_TO_SIP, |cause| {
        status_of(ProfileName::Q19125, cause)
    });
    check(Q1912_5_TO_ISUP, |status| {
        cause_of(ProfileName::Q19125, status)
    });
}

#[test]
fn rows_that_the_legacy_draft_has_of_its_own() {
    check(LEGACY_TO_SIP, |cause| {
        status_of(ProfileName::LegacyDraft, cause)
    });
}

#[test]
fn call_rejected_by_the_user_is_603() {
    let mut gw = Ladder::default();
    gw.invite("+493012345");
    gw.isup(1, rel_from(21, Location::User));
    assert_eq!(gw.sent_response().status(), Some(603));
}

#[test]
fn location_follows_the_class_of_the_status() {
    for (status, location) in [(486, false), (600, true), (603, true), (503, false)] {
        let mut gw = Ladder::default();
        gw.isup(2, iam());
        gw.respond(status, "", "");
        assert_eq!(
            gw.released().location == Location::User,
            location,
            "{status}"
        );
    }
}

#[test]
fn warning_of_488_may_speak_of_the_bearer() {
    for (warning, cause) in [(304, 65), (305, 65), (399, 31)] {
        let mut gw = Ladder::default();
        gw.isup(2, iam());
        gw.respond(488, &format!("Warning: {warning} peer \"no\"\r\n"), "");
        assert_eq!(gw.released().value.value(), cause, "{warning}");
    }
}
