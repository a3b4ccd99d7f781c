//! ASP traffic maintenance.

use super::iut::{ACK, Iut, ROUTING_CONTEXT, acknowledgement, of_version_2, transfer};
use super::tlv::{message, parameter, split};
use trunkline_m3ua::asp::{Input, Output};
use trunkline_m3ua::{AspState, ErrorCode, HEADER_LENGTH};

const HEARTBEAT_DATA: u16 = 9;

#[test]
fn m3ua_asp_asptm_v_001() {
    let mut iut = Iut::asking_for_traffic();
    let aspac = iut.expect("ASPAC");
    let mode: &[u8] = &[0, 0, 0, 2];
    assert_eq!(
        split(&aspac[HEADER_LENGTH..]),
        [(0x000b, mode), (6, &ROUTING_CONTEXT.to_be_bytes())]
    );
    iut.receive(&acknowledgement(&aspac));
    assert_eq!(iut.asp.state(), AspState::Active);
}

#[test]
fn m3ua_asp_asptm_v_002() {
    let mut iut = Iut::asking_for_traffic();
    assert_eq!(iut.expect("ASPAC")[0], 1);
}

#[test]
fn m3ua_asp_asptm_v_005() {
    let mut iut = Iut::active();
    iut.input(Input::Block);
    let aspia = iut.expect("ASPIA");
    assert_eq!(aspia[0], 1);
    iut.receive(&acknowledgement(&aspia));
    assert_eq!(iut.asp.state(), AspState::Inactive);
    iut.after(ACK);
    iut.expect_nothing();
}

/// Sends BEAT with that much data, and expects it back.
fn beat(octets: usize) {
    let mut iut = Iut::active();
    let data: Vec<u8> = (0..octets).map(|n| (n * 7) as u8).collect();
    iut.receive(&message(3, 3, &[parameter(HEARTBEAT_DATA, &data)]));
    let ack = iut.expect("BEAT_ACK");
    assert_eq!(ack, message(3, 6, &[parameter(HEARTBEAT_DATA, &data)]));
}

#[test]
fn m3ua_asp_asptm_v_007() {
    beat(5000);
}

#[test]
fn m3ua_asp_asptm_v_008() {
    beat(600);
    // And where padding is needed, or there is nothing.
    beat(13);
    beat(0);
    let mut iut = Iut::active();
    iut.receive(&message(3, 3, &[]));
    assert_eq!(iut.expect("BEAT_ACK"), message(3, 6, &[]));
}

#[test]
fn m3ua_asp_asptm_i_001() {
    let mut iut = Iut::asking_for_traffic();
    let aspac = iut.expect("ASPAC");
    let ack = of_version_2(acknowledgement(&aspac));
    iut.receive(&ack);
    iut.expect_error(ErrorCode::InvalidVersion, &ack);
    assert_eq!(iut.asp.state(), AspState::Inactive);
}

#[test]
fn m3ua_asp_asptm_i_002() {
    let mut iut = Iut::active();
    iut.input(Input::Block);
    let aspia = iut.expect("ASPIA");
    let ack = of_version_2(acknowledgement(&aspia));
    iut.receive(&ack);
    iut.expect_error(ErrorCode::InvalidVersion, &ack);
    iut.after(ACK);
    iut.expect("ASPIA");
    assert!(iut.told.contains(&Output::NoAnswer("ASPIA")));
}

#[test]
fn m3ua_asp_asptm_i_003() {
    let mut iut = Iut::asking_for_traffic();
    iut.expect("ASPAC");
    for code in [0, 5, 127, 128, 255] {
        let unknown = message(4, code, &[]);
        iut.receive(&unknown);
        iut.expect_error(ErrorCode::UnsupportedMessageType, &unknown);
    }
    assert_eq!(iut.asp.state(), AspState::Inactive);
}

#[test]
fn m3ua_asp_asptm_o_001() {
    let mut iut = Iut::asking_for_traffic();
    iut.expect("ASPAC");
    iut.receive(&message(3, 4, &[]));
    iut.transfer(transfer());
    iut.expect_nothing();
    assert_eq!(iut.told.last(), Some(&Output::NotSent(transfer())));
    iut.after(ACK);
    iut.expect("ASPAC");
    iut.expect_nothing();
}
