//! Routing key management.

use super::iut::{
    ASP1, Iut, NETWORK, NETWORK_APPEARANCE, PC1, PC2, RC_INVALID, RC1, ROUTING_CONTEXT,
    TRAFFIC_MODE, UNAVAILABLE, application_server, number,
};
use super::tlv::{message, parameter, split};
use trunkline_m3ua::sgp::{AspSettings, Input, Registration};
use trunkline_m3ua::{
    AspState, DeregistrationStatus, ErrorCode, HEADER_LENGTH, RegistrationStatus, Status,
};

const ROUTING_KEY: u16 = 0x0207;
const REGISTRATION_RESULT: u16 = 0x0208;
const DEREGISTRATION_RESULT: u16 = 0x0209;
const IDENTIFIER: u16 = 0x020a;
const DPC: u16 = 0x020b;
const SERVICE_INDICATORS: u16 = 0x020c;
const REGISTRATION_STATUS: u16 = 0x0212;
const DEREGISTRATION_STATUS: u16 = 0x0213;

/// Where the routing contexts of registered ASs begin.
const ASSIGNED: u32 = 1000;

/// One that has the AS of PC1 configured, lets ASPs register as many more, and has ASP1 in
/// ASP-INACTIVE.
fn registering(max: usize) -> Iut {
    let offer = Registration {
        first_routing_context: ASSIGNED,
        max,
    };
    let mut iut = Iut::with(vec![application_server(RC1, PC1)], Some(offer));
    iut.up(ASP1);
    iut
}

/// REG_REQ for one routing key of those parameters besides its identifier.
fn reg_req(identifier: u32, parameters: &[Vec<u8>]) -> Vec<u8> {
    let key = [&[number(IDENTIFIER, identifier)], parameters].concat();
    message(9, 1, &[parameter(ROUTING_KEY, &key.concat())])
}

fn dereg_req(routing_context: u32) -> Vec<u8> {
    message(9, 3, &[number(ROUTING_CONTEXT, routing_context)])
}

/// The REG_RSP of one result that ASP1 is sent has to be of that identifier and status; its
/// routing context.
fn expect_result(iut: &mut Iut, identifier: u32, status: RegistrationStatus) -> u32 {
    let octets = iut.expect(ASP1, "REG_RSP");
    let [(REGISTRATION_RESULT, result)] = split(&octets[HEADER_LENGTH..])[..] else {
        panic!("{octets:?}");
    };
    let words: Vec<(u16, u32)> = split(result)
        .into_iter()
        .map(|(tag, value)| (tag, u32::from_be_bytes(value.try_into().unwrap())))
        .collect();
    let [
        (IDENTIFIER, i),
        (REGISTRATION_STATUS, s),
        (ROUTING_CONTEXT, routing_context),
    ] = words[..]
    else {
        panic!("{words:?}");
    };
    assert_eq!((i, RegistrationStatus::from_value(s)), (identifier, status));
    routing_context
}

/// Asks for a routing key that is refused with that status and routing context 0.
fn refused(iut: &mut Iut, parameters: &[Vec<u8>], status: RegistrationStatus) {
    iut.receive(ASP1, &reg_req(7, parameters));
    assert_eq!(expect_result(iut, 7, status), 0);
    iut.expect_nothing(ASP1);
}

/// Registers for a point code; the routing context.
fn registered(iut: &mut Iut, point_code: u32) -> u32 {
    iut.receive(ASP1, &reg_req(1, &[number(DPC, point_code)]));
    let success = RegistrationStatus::SuccessfullyRegistered;
    let routing_context = expect_result(iut, 1, success);
    iut.expect_notify(ASP1, Status::AsInactive);
    routing_context
}

/// Asks to deregister, which has that result.
fn deregistered(iut: &mut Iut, routing_context: u32, status: DeregistrationStatus) {
    iut.receive(ASP1, &dereg_req(routing_context));
    let octets = iut.expect(ASP1, "DEREG_RSP");
    let [(DEREGISTRATION_RESULT, result)] = split(&octets[HEADER_LENGTH..])[..] else {
        panic!("{octets:?}");
    };
    let expected = [
        number(ROUTING_CONTEXT, routing_context),
        number(DEREGISTRATION_STATUS, status.value()),
    ];
    assert_eq!(result, expected.concat());
}

/// Registers for a point code in one mode, and then for the same in another.
fn modes(first: u32, second: u32) {
    let mut iut = registering(1);
    let key = |mode| [number(TRAFFIC_MODE, mode), number(DPC, PC2)];
    iut.receive(ASP1, &reg_req(1, &key(first)));
    expect_result(&mut iut, 1, RegistrationStatus::SuccessfullyRegistered);
    iut.forget(ASP1);
    let status = RegistrationStatus::UnsupportedTrafficHandlingMode;
    refused(&mut iut, &key(second), status);
}

const OVERRIDE: u32 = 1;
const LOADSHARE: u32 = 2;
const BROADCAST: u32 = 3;

#[test]
fn m3ua_sgp_rkm_v_001() {
    let mut iut = registering(1);
    assert_eq!(registered(&mut iut, PC2), ASSIGNED);
    assert_eq!(iut.sgp.application_servers().count(), 2);
}

#[test]
fn m3ua_sgp_rkm_v_002() {
    let mut iut = registering(0);
    iut.receive(ASP1, &reg_req(1, &[number(DPC, PC1)]));
    let success = RegistrationStatus::SuccessfullyRegistered;
    assert_eq!(expect_result(&mut iut, 1, success), RC1);
    assert_eq!(iut.sgp.application_servers().count(), 1);
}

#[test]
fn m3ua_sgp_rkm_v_003() {
    let mut iut = registering(1);
    let routing_context = registered(&mut iut, PC2);
    let success = DeregistrationStatus::SuccessfullyDeregistered;
    deregistered(&mut iut, routing_context, success);
    iut.expect_nothing(ASP1);
    assert_eq!(iut.sgp.application_servers().count(), 1);
}

#[test]
fn m3ua_sgp_rkm_v_004() {
    let mut iut = Iut::inactive();
    let request = reg_req(1, &[number(DPC, PC2)]);
    iut.receive(ASP1, &request);
    iut.expect_error(ASP1, ErrorCode::UnsupportedMessageClass, &request);
    iut.expect_nothing(ASP1);
}

#[test]
fn m3ua_sgp_rkm_i_003() {
    let mut iut = registering(1);
    let users = parameter(SERVICE_INDICATORS, &[5, 16]);
    let invalid = [number(DPC, PC2), users];
    refused(&mut iut, &invalid, RegistrationStatus::InvalidRoutingKey);
    // One without a destination point code is none at all.
    let request = reg_req(1, &[]);
    iut.receive(ASP1, &request);
    iut.expect_error(ASP1, ErrorCode::MissingParameter, &request);
    assert_eq!(iut.sgp.application_servers().count(), 1);
}

#[test]
fn m3ua_sgp_rkm_i_004() {
    let mut iut = registering(1);
    let status = RegistrationStatus::InvalidDpc;
    // A range, and what belongs to the network
    for dpc in [8 << 24 | PC2, UNAVAILABLE] {
        refused(&mut iut, &[number(DPC, dpc)], status);
    }
}

#[test]
fn m3ua_sgp_rkm_i_005() {
    let mut iut = registering(1);
    let network = number(NETWORK_APPEARANCE, NETWORK + 1);
    let status = RegistrationStatus::InvalidNetworkAppearance;
    refused(&mut iut, &[number(DPC, PC2), network], status);
}

#[test]
fn m3ua_sgp_rkm_i_006() {
    let mut iut = registering(2);
    registered(&mut iut, PC2);
    let isup = parameter(SERVICE_INDICATORS, &[5]);
    let status = RegistrationStatus::CannotSupportUniqueRouting;
    refused(&mut iut, &[number(DPC, PC2), isup], status);
    // For the very same RFC 4666 4.4.1 has another status than RFC 3332 had.
    iut.receive(ASP1, &reg_req(2, &[number(DPC, PC2)]));
    let status = RegistrationStatus::RoutingKeyAlreadyRegistered;
    assert_eq!(expect_result(&mut iut, 2, status), ASSIGNED);
}

#[test]
fn m3ua_sgp_rkm_i_007() {
    let mut iut = registering(1);
    iut.input(Input::AssociationDown(ASP1));
    // No AS is for this ASP.
    let settings = AspSettings {
        application_servers: Some(Vec::new()),
        ..AspSettings::default()
    };
    iut.input(Input::AssociationUp(ASP1, settings));
    iut.up(ASP1);
    let status = RegistrationStatus::PermissionDenied;
    for dpc in [PC1, PC2] {
        refused(&mut iut, &[number(DPC, dpc)], status);
    }
}

#[test]
fn m3ua_sgp_rkm_i_008() {
    let mut iut = registering(0);
    let status = RegistrationStatus::RoutingKeyNotCurrentlyProvisioned;
    refused(&mut iut, &[number(DPC, PC2)], status);
}

#[test]
fn m3ua_sgp_rkm_i_009() {
    let mut iut = registering(1);
    registered(&mut iut, PC2);
    let status = RegistrationStatus::InsufficientResources;
    refused(&mut iut, &[number(DPC, PC2 + 1)], status);
}

#[test]
fn m3ua_sgp_rkm_i_011() {
    modes(OVERRIDE, LOADSHARE);
}

#[test]
fn m3ua_sgp_rkm_i_012() {
    modes(OVERRIDE, BROADCAST);
}

#[test]
fn m3ua_sgp_rkm_i_013() {
    let mut iut = registering(1);
    let status = RegistrationStatus::UnsupportedTrafficHandlingMode;
    let invalid = [number(TRAFFIC_MODE, 4), number(DPC, PC2)];
    refused(&mut iut, &invalid, status);
}

#[test]
fn m3ua_sgp_rkm_i_014() {
    modes(LOADSHARE, OVERRIDE);
}

#[test]
fn m3ua_sgp_rkm_i_015() {
    modes(LOADSHARE, BROADCAST);
}

#[test]
fn m3ua_sgp_rkm_i_017() {
    modes(BROADCAST, OVERRIDE);
}

#[test]
fn m3ua_sgp_rkm_i_018() {
    modes(BROADCAST, LOADSHARE);
}

#[test]
fn m3ua_sgp_rkm_i_020() {
    let mut iut = registering(1);
    registered(&mut iut, PC2);
    let status = DeregistrationStatus::NotRegistered;
    deregistered(&mut iut, RC1, status);
    let status = DeregistrationStatus::InvalidRoutingContext;
    deregistered(&mut iut, RC_INVALID, status);
}

#[test]
fn m3ua_sgp_rkm_i_021() {
    let mut iut = registering(1);
    iut.input(Input::AssociationDown(ASP1));
    let settings = AspSettings {
        application_servers: Some(vec![0]),
        ..AspSettings::default()
    };
    iut.input(Input::AssociationUp(ASP1, settings));
    iut.up(ASP1);
    // It is registered by configuration.
    iut.receive(ASP1, &reg_req(1, &[number(DPC, PC1)]));
    let status = RegistrationStatus::RoutingKeyAlreadyRegistered;
    assert_eq!(expect_result(&mut iut, 1, status), RC1);
    let status = DeregistrationStatus::PermissionDenied;
    deregistered(&mut iut, RC1, status);
    assert_eq!(iut.sgp.asp_state(ASP1, 0), AspState::Inactive);
}

#[test]
fn m3ua_sgp_rkm_i_022() {
    let mut iut = registering(1);
    let routing_context = registered(&mut iut, PC2);
    iut.activate(ASP1, &[number(ROUTING_CONTEXT, routing_context)]);
    iut.expect_notify(ASP1, Status::AsActive);
    let status = DeregistrationStatus::AspCurrentlyActive;
    deregistered(&mut iut, routing_context, status);
    assert_eq!(iut.sgp.state(ASP1), AspState::Active);
}

#[test]
fn m3ua_sgp_rkm_i_023() {
    let mut iut = registering(1);
    let reserved = message(9, 5, &[]);
    iut.receive(ASP1, &reserved);
    iut.expect_error(ASP1, ErrorCode::UnsupportedMessageType, &reserved);
}
