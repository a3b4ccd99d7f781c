//! Signaling network management.

use super::iut::{AUDIT, Iut, ROUTING_CONTEXT};
use super::tlv::{message, parameter, split};
use trunkline_m3ua::asp::DestinationState::{self, Restricted, Status, Unavailable};
use trunkline_m3ua::asp::Input;
use trunkline_m3ua::{ErrorCode, HEADER_LENGTH};
use trunkline_model::PointCode;
use trunkline_model::mtp::MtpStatus;

const ROUTING_CONTEXT_TAG: u16 = 6;
const AFFECTED: u16 = 0x0012;
const USER_CAUSE: u16 = 0x0204;

const DUNA: u8 = 1;
const SCON: u8 = 4;
const DUPU: u8 = 5;
const DRST: u8 = 6;

/// The destination that the messages are about.
const POINT_CODE: u32 = 2;

/// The mask of a whole network.
const ALL: u8 = 255;

fn affected(mask: u8) -> Vec<u8> {
    parameter(AFFECTED, &[mask, 0, 0, POINT_CODE as u8])
}

/// What an audit asks for.
fn audited(iut: &mut Iut) -> Vec<(u16, Vec<u8>)> {
    let daud = iut.expect("DAUD");
    iut.expect_nothing();
    let parameters = split(&daud[HEADER_LENGTH..]).into_iter();
    parameters
        .map(|(tag, value)| (tag, value.to_vec()))
        .collect()
}

fn expected_audit(mask: u8) -> [(u16, Vec<u8>); 2] {
    [
        (ROUTING_CONTEXT_TAG, ROUTING_CONTEXT.to_be_bytes().to_vec()),
        (AFFECTED, vec![mask, 0, 0, POINT_CODE as u8]),
    ]
}

/// Tells an active ASP of destinations: it tells the user, and asks again later.
fn told_and_audited(code: u8, mask: u8, state: DestinationState) {
    let mut iut = Iut::active();
    iut.receive(&message(2, code, &[affected(mask)]));
    assert_eq!(iut.destinations(), [(mask, POINT_CODE, state)]);
    iut.expect_nothing();
    iut.after(AUDIT);
    assert_eq!(audited(&mut iut), expected_audit(mask));
}

#[test]
fn m3ua_asp_ssnm_001() {
    told_and_audited(DUNA, 0, Unavailable);
}

#[test]
fn m3ua_asp_ssnm_002() {
    told_and_audited(DUNA, ALL, Unavailable);
}

#[test]
fn m3ua_asp_ssnm_003() {
    told_and_audited(DRST, 0, Restricted);
}

#[test]
fn m3ua_asp_ssnm_004() {
    told_and_audited(DRST, ALL, Restricted);
}

#[test]
fn m3ua_asp_ssnm_005() {
    told_and_audited(SCON, 0, Status(MtpStatus::Congestion(1)));
}

#[test]
fn m3ua_asp_ssnm_006() {
    told_and_audited(SCON, ALL, Status(MtpStatus::Congestion(1)));
}

/// ISUP is unequipped there.
fn dupu(mask: u8) -> Vec<u8> {
    let user_cause = parameter(USER_CAUSE, &[0, 1, 0, 5]);
    message(2, DUPU, &[affected(mask), user_cause])
}

#[test]
fn m3ua_asp_ssnm_007() {
    let mut iut = Iut::active();
    iut.receive(&dupu(0));
    let state = Status(MtpStatus::UserPartUnequipped);
    assert_eq!(iut.destinations(), [(0, POINT_CODE, state)]);
    // That a user part is missing is no reason to ask for the destination by itself
    // (RFC 4666 4.5.3); whoever wants to know may.
    iut.after(AUDIT);
    iut.expect_nothing();
    iut.input(Input::Audit {
        application_server: 0,
        destinations: vec![PointCode::new(POINT_CODE).unwrap()],
    });
    assert_eq!(audited(&mut iut), expected_audit(0));
}

#[test]
fn m3ua_asp_ssnm_008() {
    let mut iut = Iut::active();
    iut.receive(&dupu(ALL));
    iut.expect_error(ErrorCode::InvalidParameterValue, &dupu(ALL));
    assert_eq!(iut.destinations(), []);
}
