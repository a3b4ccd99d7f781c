//! Traffic maintenance.

use super::iut::{
    ASP_IDENTIFIER, ASP1, ASP2, HEARTBEAT_DATA, Iut, PC1, RC_INVALID, RC1, ROUTING_CONTEXT,
    TRAFFIC_MODE, application_server, number, numbers, of_version_2,
};
use super::tlv::{message, parameter};
use trunkline_m3ua::sgp::{AsSettings, Input};
use trunkline_m3ua::{AspState, ErrorCode, Message, Status, TrafficMode, decode};

const OVERRIDE: u32 = 1;
const LOADSHARE: u32 = 2;
const BROADCAST: u32 = 3;

fn aspac() -> Vec<u8> {
    message(4, 1, &[])
}

fn aspia() -> Vec<u8> {
    message(4, 2, &[])
}

fn mode(value: u32) -> Vec<u8> {
    number(TRAFFIC_MODE, value)
}

/// One whose AS is in loadshare mode, with ASP1 inactive.
fn loadsharing() -> Iut {
    let mut iut = Iut::with(
        vec![AsSettings {
            traffic_mode: Some(TrafficMode::Loadshare),
            ..application_server(RC1, PC1)
        }],
        None,
    );
    iut.up(ASP1);
    iut
}

/// Both ASPs inactive, with identifiers 1 and 2.
fn two(minimum_active: usize) -> Iut {
    let mut iut = Iut::with(
        vec![AsSettings {
            minimum_active,
            ..application_server(RC1, PC1)
        }],
        None,
    );
    iut.connect(ASP2);
    for (asp, identifier) in [(ASP1, 1), (ASP2, 2)] {
        iut.receive(asp, &message(3, 1, &[number(ASP_IDENTIFIER, identifier)]));
        iut.expect(asp, "ASPUP_ACK");
        iut.forget(asp);
    }
    iut
}

#[test]
fn m3ua_sgp_asptm_v_001() {
    let mut iut = Iut::inactive();
    iut.receive(ASP1, &aspac());
    iut.expect(ASP1, "ASPAC_ACK");
    assert_eq!(iut.sgp.state(ASP1), AspState::Active);
}

#[test]
fn m3ua_sgp_asptm_v_003() {
    let mut iut = Iut::inactive();
    iut.receive(ASP1, &aspac());
    iut.expect(ASP1, "ASPAC_ACK");
    iut.expect_notify(ASP1, Status::AsActive);
    iut.expect_nothing(ASP1);
}

#[test]
fn m3ua_sgp_asptm_v_005() {
    let mut iut = Iut::inactive();
    let parameters = [mode(LOADSHARE), number(ROUTING_CONTEXT, RC1)];
    iut.receive(ASP1, &message(4, 1, &parameters));
    let ack = iut.expect(ASP1, "ASPAC_ACK");
    assert_eq!(numbers(&ack, ROUTING_CONTEXT), [RC1]);
    // And the mode is the one of the request (RFC 4666 4.3.4.3).
    assert_eq!(numbers(&ack, TRAFFIC_MODE), [LOADSHARE]);
}

#[test]
fn m3ua_sgp_asptm_v_006() {
    let mut iut = Iut::active();
    iut.receive(ASP1, &aspia());
    iut.expect(ASP1, "ASPIA_ACK");
    assert_eq!(iut.sgp.state(ASP1), AspState::Inactive);
}

#[test]
fn m3ua_sgp_asptm_v_008() {
    let mut iut = Iut::active();
    iut.receive(ASP1, &aspia());
    iut.expect(ASP1, "ASPIA_ACK");
    iut.expect_notify(ASP1, Status::AsPending);
    iut.expect_nothing(ASP1);
}

#[test]
fn m3ua_sgp_asptm_v_010() {
    let mut iut = Iut::active();
    iut.receive(ASP1, &message(3, 3, &[]));
    iut.expect(ASP1, "BEAT_ACK");
    iut.expect_nothing(ASP1);
}

#[test]
fn m3ua_sgp_asptm_v_011() {
    let mut iut = Iut::active();
    let beat = message(3, 3, &[parameter(HEARTBEAT_DATA, b"thirteen octs")]);
    iut.receive(ASP1, &beat);
    let mut expected = beat;
    expected[3] = 6;
    assert_eq!(iut.expect(ASP1, "BEAT_ACK"), expected);
}

#[test]
fn m3ua_sgp_asptm_v_013() {
    let mut iut = two(2);
    for asp in [ASP1, ASP2] {
        iut.activate(asp, &[mode(BROADCAST)]);
    }
    for asp in [ASP1, ASP2] {
        iut.expect_notify(asp, Status::AsActive);
    }
    iut.receive(ASP1, &aspia());
    iut.expect(ASP1, "ASPIA_ACK");
    iut.expect_notify(ASP1, Status::InsufficientAspResources);
    iut.expect_nothing(ASP2);
}

#[test]
fn m3ua_sgp_asptm_v_014() {
    let mut iut = two(1);
    iut.activate(ASP2, &[mode(OVERRIDE)]);
    for asp in [ASP1, ASP2] {
        iut.expect_notify(asp, Status::AsActive);
    }
    iut.activate(ASP1, &[mode(OVERRIDE)]);
    iut.expect_notify(ASP2, Status::AlternateAspActive);
    iut.expect_nothing(ASP1);
    assert_eq!(iut.sgp.state(ASP2), AspState::Inactive);
}

#[test]
fn m3ua_sgp_asptm_v_015() {
    let mut iut = two(1);
    iut.activate(ASP2, &[mode(OVERRIDE)]);
    for asp in [ASP1, ASP2] {
        iut.expect_notify(asp, Status::AsActive);
    }
    iut.activate(ASP1, &[mode(OVERRIDE)]);
    let identifier = iut.expect_notify(ASP2, Status::AlternateAspActive);
    assert_eq!(identifier, Some(1));
}

#[test]
fn m3ua_sgp_asptm_i_001() {
    let mut iut = Iut::inactive();
    let aspac = of_version_2(aspac());
    iut.receive(ASP1, &aspac);
    iut.expect_error(ASP1, ErrorCode::InvalidVersion, &aspac);
    assert_eq!(iut.sgp.state(ASP1), AspState::Inactive);
}

#[test]
fn m3ua_sgp_asptm_i_003() {
    let mut iut = loadsharing();
    let aspac = message(4, 1, &[mode(BROADCAST)]);
    iut.receive(ASP1, &aspac);
    iut.expect_error(ASP1, ErrorCode::UnsupportedTrafficModeType, &aspac);
    assert_eq!(iut.sgp.state(ASP1), AspState::Inactive);
}

#[test]
fn m3ua_sgp_asptm_i_004() {
    let mut iut = Iut::inactive();
    let aspac = message(4, 1, &[mode(4)]);
    iut.receive(ASP1, &aspac);
    iut.expect_error(ASP1, ErrorCode::UnsupportedTrafficModeType, &aspac);
    assert_eq!(iut.sgp.state(ASP1), AspState::Inactive);
}

#[test]
fn m3ua_sgp_asptm_i_005() {
    let mut iut = Iut::inactive();
    let aspac = message(4, 1, &[number(ROUTING_CONTEXT, RC_INVALID)]);
    iut.receive(ASP1, &aspac);
    let octets = iut.expect(ASP1, "ERR");
    let Ok(Message::Error(error)) = decode(&octets) else {
        panic!("{octets:?}");
    };
    // RFC 4666 4.3.4.3; RFC 3332 had "Invalid Routing Context" here.
    assert_eq!(error.code, ErrorCode::NoConfiguredAsForAsp);
    assert_eq!(error.routing_contexts, [RC_INVALID]);
    assert_eq!(iut.sgp.state(ASP1), AspState::Inactive);
}

#[test]
fn m3ua_sgp_asptm_i_006() {
    let mut iut = Iut::inactive();
    let reserved = message(4, 5, &[]);
    iut.receive(ASP1, &reserved);
    iut.expect_error(ASP1, ErrorCode::UnsupportedMessageType, &reserved);
    assert_eq!(iut.sgp.state(ASP1), AspState::Inactive);
}

#[test]
fn m3ua_sgp_asptm_i_008() {
    let mut iut = Iut::active();
    let reserved = message(4, 5, &[]);
    iut.receive(ASP1, &reserved);
    iut.expect_error(ASP1, ErrorCode::UnsupportedMessageType, &reserved);
    assert_eq!(iut.sgp.state(ASP1), AspState::Active);
}

#[test]
fn m3ua_sgp_asptm_i_009() {
    let mut iut = two(1);
    iut.activate(ASP1, &[mode(OVERRIDE)]);
    iut.expect_notify(ASP2, Status::AsActive);
    iut.activate(ASP2, &[mode(OVERRIDE)]);
    iut.input(Input::AssociationDown(ASP1));
    let identifier = iut.expect_notify(ASP2, Status::AspFailure);
    assert_eq!(identifier, Some(1));
    iut.expect_nothing(ASP2);
}

#[test]
fn m3ua_sgp_asptm_i_010() {
    let mut iut = Iut::active();
    // What is no parameter of ASPIA does not keep it from being understood.
    iut.receive(ASP1, &message(4, 2, &[mode(LOADSHARE)]));
    let ack = iut.expect(ASP1, "ASPIA_ACK");
    assert_eq!(ack, message(4, 4, &[]));
    assert_eq!(iut.sgp.state(ASP1), AspState::Inactive);
}

#[test]
fn m3ua_sgp_asptm_o_001() {
    let mut iut = Iut::active();
    iut.receive(ASP1, &aspac());
    iut.expect(ASP1, "ASPAC_ACK");
    iut.expect_nothing(ASP1);
    assert_eq!(iut.sgp.state(ASP1), AspState::Active);
}

#[test]
fn m3ua_sgp_asptm_o_003() {
    let mut iut = Iut::inactive();
    iut.receive(ASP1, &aspia());
    iut.expect(ASP1, "ASPIA_ACK");
    iut.expect_nothing(ASP1);
    assert_eq!(iut.sgp.state(ASP1), AspState::Inactive);
}
