//! State maintenance.

use super::iut::{ASP1, Iut, RECOVERY, of_version_2};
use super::tlv::message;
use trunkline_m3ua::sgp::Input;
use trunkline_m3ua::{AspState, ErrorCode, Status};

fn aspup() -> Vec<u8> {
    message(3, 1, &[])
}

fn aspdn() -> Vec<u8> {
    message(3, 2, &[])
}

#[test]
fn m3ua_sgp_aspsm_v_001() {
    let mut iut = Iut::new();
    iut.receive(ASP1, &aspup());
    iut.expect(ASP1, "ASPUP_ACK");
}

#[test]
fn m3ua_sgp_aspsm_v_003() {
    let mut iut = Iut::new();
    iut.receive(ASP1, &aspup());
    iut.expect(ASP1, "ASPUP_ACK");
    iut.expect_notify(ASP1, Status::AsInactive);
    iut.expect_nothing(ASP1);
}

#[test]
fn m3ua_sgp_aspsm_v_005() {
    let mut iut = Iut::inactive();
    iut.receive(ASP1, &aspdn());
    iut.expect(ASP1, "ASPDN_ACK");
    iut.expect_nothing(ASP1);
    assert_eq!(iut.sgp.state(ASP1), AspState::Down);
}

#[test]
fn m3ua_sgp_aspsm_v_009() {
    let mut iut = Iut::new();
    iut.input(Input::Block(ASP1));
    iut.receive(ASP1, &aspup());
    iut.expect_error(ASP1, ErrorCode::RefusedManagementBlocking, &aspup());
    iut.expect_nothing(ASP1);
    assert_eq!(iut.sgp.state(ASP1), AspState::Down);
}

#[test]
fn m3ua_sgp_aspsm_i_001() {
    let mut iut = Iut::new();
    let aspup = of_version_2(aspup());
    iut.receive(ASP1, &aspup);
    iut.expect_error(ASP1, ErrorCode::InvalidVersion, &aspup);
    assert_eq!(iut.sgp.state(ASP1), AspState::Down);
}

#[test]
fn m3ua_sgp_aspsm_i_002() {
    let mut iut = Iut::new();
    let reserved = message(3, 7, &[]);
    iut.receive(ASP1, &reserved);
    iut.expect_error(ASP1, ErrorCode::UnsupportedMessageType, &reserved);
}

#[test]
fn m3ua_sgp_aspsm_i_003() {
    let mut iut = Iut::new();
    let aspac = message(4, 1, &[]);
    iut.receive(ASP1, &aspac);
    iut.expect_error(ASP1, ErrorCode::UnexpectedMessage, &aspac);
    assert_eq!(iut.sgp.state(ASP1), AspState::Down);
}

#[test]
fn m3ua_sgp_aspsm_i_004() {
    let mut iut = Iut::inactive();
    let reserved = message(3, 7, &[]);
    iut.receive(ASP1, &reserved);
    iut.expect_error(ASP1, ErrorCode::UnsupportedMessageType, &reserved);
    assert_eq!(iut.sgp.state(ASP1), AspState::Inactive);
}

#[test]
fn m3ua_sgp_aspsm_o_001() {
    let mut iut = Iut::inactive();
    iut.receive(ASP1, &aspup());
    iut.expect(ASP1, "ASPUP_ACK");
    iut.expect_nothing(ASP1);
    assert_eq!(iut.sgp.state(ASP1), AspState::Inactive);
}

#[test]
fn m3ua_sgp_aspsm_o_003() {
    let mut iut = Iut::active();
    iut.receive(ASP1, &aspup());
    iut.expect_error(ASP1, ErrorCode::UnexpectedMessage, &aspup());
    iut.expect(ASP1, "ASPUP_ACK");
    assert_eq!(iut.sgp.state(ASP1), AspState::Inactive);
    // AC2PN and PN2IA of RFC 4666 4.3.2: it is inactive once T(r) has expired.
    iut.expect_notify(ASP1, Status::AsPending);
    iut.after(RECOVERY);
    iut.expect_notify(ASP1, Status::AsInactive);
}

#[test]
fn m3ua_sgp_aspsm_o_004() {
    let mut iut = Iut::new();
    iut.receive(ASP1, &aspdn());
    iut.expect(ASP1, "ASPDN_ACK");
    iut.expect_nothing(ASP1);
}
