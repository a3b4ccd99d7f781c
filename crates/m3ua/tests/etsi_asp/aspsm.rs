//! ASP state maintenance.

use super::iut::{ACK, Iut, acknowledgement, of_version_2, transfer};
use super::tlv::message;
use trunkline_m3ua::asp::{Input, Output};
use trunkline_m3ua::{AspState, ErrorCode};

const UP_ACK: [u8; 8] = [1, 0, 3, 4, 0, 0, 0, 8];
const DOWN_ACK: [u8; 8] = [1, 0, 3, 5, 0, 0, 0, 8];

/// One that waits for the answer to ASPDN, having been inactive only.
fn leaving_from_inactive() -> Iut {
    let mut iut = Iut::new();
    iut.input(Input::Block);
    iut.expect("ASPUP");
    iut.receive(&UP_ACK);
    assert_eq!(iut.asp.state(), AspState::Inactive);
    iut.input(Input::Stop);
    iut
}

/// One that waits for the answer to ASPDN, having been active.
fn leaving_from_active() -> Iut {
    let mut iut = Iut::active();
    iut.input(Input::Stop);
    let aspia = iut.expect("ASPIA");
    assert_eq!(aspia[0], 1);
    iut.receive(&acknowledgement(&aspia));
    iut
}

fn stopped(iut: &Iut) -> bool {
    iut.told.contains(&Output::Stopped)
}

#[test]
fn m3ua_asp_aspsm_v_002() {
    let mut iut = Iut::new();
    assert_eq!(iut.expect("ASPUP")[0], 1);
    iut.expect_nothing();
}

#[test]
fn m3ua_asp_aspsm_v_005() {
    let mut iut = leaving_from_inactive();
    assert_eq!(iut.expect("ASPDN")[0], 1);
    iut.receive(&DOWN_ACK);
    assert!(stopped(&iut));
}

#[test]
fn m3ua_asp_aspsm_v_005_alternate() {
    let mut iut = leaving_from_active();
    assert_eq!(iut.expect("ASPDN")[0], 1);
    iut.receive(&DOWN_ACK);
    assert!(stopped(&iut));
}

#[test]
fn m3ua_asp_aspsm_i_001() {
    let mut iut = Iut::new();
    iut.expect("ASPUP");
    let ack = of_version_2(UP_ACK.to_vec());
    iut.receive(&ack);
    iut.expect_error(ErrorCode::InvalidVersion, &ack);
    assert_eq!(iut.asp.state(), AspState::Down);
    iut.after(ACK);
    iut.expect("ASPUP");
}

fn refuses_down_ack_of_another_version(mut iut: Iut) {
    iut.expect("ASPDN");
    let ack = of_version_2(DOWN_ACK.to_vec());
    iut.receive(&ack);
    iut.expect_error(ErrorCode::InvalidVersion, &ack);
    assert!(!stopped(&iut));
    iut.receive(&DOWN_ACK);
    assert!(stopped(&iut));
}

#[test]
fn m3ua_asp_aspsm_i_002() {
    refuses_down_ack_of_another_version(leaving_from_inactive());
}

#[test]
fn m3ua_asp_aspsm_i_002_alternate() {
    refuses_down_ack_of_another_version(leaving_from_active());
}

#[test]
fn m3ua_asp_aspsm_i_003() {
    let mut iut = Iut::new();
    iut.expect("ASPUP");
    for code in [0, 7, 127, 128, 255] {
        let unknown = message(3, code, &[]);
        iut.receive(&unknown);
        iut.expect_error(ErrorCode::UnsupportedMessageType, &unknown);
    }
    assert_eq!(iut.asp.state(), AspState::Down);
}

#[test]
fn m3ua_asp_aspsm_o_001() {
    let mut iut = Iut::new();
    iut.expect("ASPUP");
    iut.receive(&DOWN_ACK);
    iut.expect_nothing();
    iut.after(ACK);
    iut.expect("ASPUP");
    iut.expect_nothing();
}

#[test]
fn m3ua_asp_aspsm_o_002() {
    let mut iut = Iut::new();
    iut.expect("ASPUP");
    let ack = message(4, 3, &[]);
    iut.receive(&ack);
    iut.expect_error(ErrorCode::UnexpectedMessage, &ack);
    iut.transfer(transfer());
    iut.expect_nothing();
    assert_eq!(iut.asp.state(), AspState::Down);
    assert_eq!(iut.told.last(), Some(&Output::NotSent(transfer())));
}
