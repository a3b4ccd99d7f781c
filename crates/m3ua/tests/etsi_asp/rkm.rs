//! Routing key management.

use super::iut::{Iut, acknowledgement};
use super::tlv::{message, parameter, split};
use trunkline_m3ua::asp::{AsSettings, Input, Output};
use trunkline_m3ua::{
    AffectedPointCode, AspState, ErrorCode, HEADER_LENGTH, RoutingKey, RoutingKeyDestination,
    TrafficMode,
};
use trunkline_model::PointCode;

const ROUTING_CONTEXT: u16 = 6;
const ROUTING_KEY: u16 = 0x0207;
const REGISTRATION_RESULT: u16 = 0x0208;
const DEREGISTRATION_RESULT: u16 = 0x0209;
const IDENTIFIER: u16 = 0x020a;
const REGISTRATION_STATUS: u16 = 0x0212;
const DEREGISTRATION_STATUS: u16 = 0x0213;

/// What the gateway assigns.
const ASSIGNED: [u8; 4] = [0, 0, 0x12, 0x34];

/// One that waits for the answer to REG_REQ, and that.
fn registering() -> (Iut, Vec<u8>) {
    let one = |value| AffectedPointCode::one(PointCode::new(value).unwrap());
    let mut iut = Iut::with(AsSettings {
        traffic_mode: Some(TrafficMode::Loadshare),
        registration: Some(RoutingKey {
            local_rk_identifier: 0,
            routing_context: None,
            traffic_mode: Some(TrafficMode::Loadshare),
            network_appearance: None,
            destinations: vec![RoutingKeyDestination {
                dpc: one(2),
                service_indicators: vec![5],
                opcs: vec![one(1)],
            }],
        }),
        ..AsSettings::default()
    });
    iut.expect("ASPUP");
    iut.receive(&[1, 0, 3, 4, 0, 0, 0, 8]);
    let request = iut.expect("REG_REQ");
    iut.expect_nothing();
    (iut, request)
}

/// What accepts a REG_REQ of one key.
fn accepted(request: &[u8]) -> Vec<u8> {
    let key = split(&request[HEADER_LENGTH..])[0].1;
    let (tag, identifier) = split(key)[0];
    assert_eq!(tag, IDENTIFIER);
    let result = [
        parameter(IDENTIFIER, identifier),
        parameter(REGISTRATION_STATUS, &[0; 4]),
        parameter(ROUTING_CONTEXT, &ASSIGNED),
    ];
    message(9, 2, &[parameter(REGISTRATION_RESULT, &result.concat())])
}

/// One that was active with the assigned routing context, and the DEREG_REQ it leaves with.
fn leaving() -> (Iut, Vec<u8>) {
    let (mut iut, request) = registering();
    iut.receive(&accepted(&request));
    let aspac = iut.expect("ASPAC");
    iut.receive(&acknowledgement(&aspac));
    assert_eq!(iut.asp.state(), AspState::Active);
    iut.input(Input::Stop);
    let aspia = iut.expect("ASPIA");
    iut.receive(&acknowledgement(&aspia));
    let request = iut.expect("DEREG_REQ");
    iut.expect_nothing();
    (iut, request)
}

#[test]
fn m3ua_asp_rkm_v_002() {
    let (mut iut, request) = registering();
    let [(ROUTING_KEY, key)] = split(&request[HEADER_LENGTH..])[..] else {
        panic!("{request:?}");
    };
    let expected: [(u16, &[u8]); 5] = [
        (IDENTIFIER, &[0, 0, 0, 1]),
        (0x000b, &[0, 0, 0, 2]), // loadshare
        (0x020b, &[0, 0, 0, 2]), // destination 2
        (0x020c, &[5]),          // ISUP
        (0x020e, &[0, 0, 0, 1]), // from 1
    ];
    assert_eq!(split(key), expected);
    iut.receive(&accepted(&request));
    let aspac = iut.expect("ASPAC");
    let parameters = split(&aspac[HEADER_LENGTH..]);
    assert!(parameters.contains(&(ROUTING_CONTEXT, &ASSIGNED)));
}

#[test]
fn m3ua_asp_rkm_v_003() {
    let (mut iut, _) = leaving();
    let result = [
        parameter(ROUTING_CONTEXT, &ASSIGNED),
        parameter(DEREGISTRATION_STATUS, &[0; 4]),
    ];
    iut.receive(&message(
        9,
        4,
        &[parameter(DEREGISTRATION_RESULT, &result.concat())],
    ));
    iut.expect("ASPDN");
    iut.receive(&[1, 0, 3, 5, 0, 0, 0, 8]);
    assert_eq!(iut.told.last(), Some(&Output::Stopped));
}

#[test]
fn m3ua_asp_rkm_v_004() {
    let (_, request) = leaving();
    let assigned: &[u8] = &ASSIGNED;
    assert_eq!(
        split(&request[HEADER_LENGTH..]),
        [(ROUTING_CONTEXT, assigned)]
    );
}

#[test]
fn m3ua_asp_rkm_i_001() {
    let (mut iut, request) = registering();
    for code in [0, 5, 127, 128, 255] {
        let unknown = message(9, code, &[]);
        iut.receive(&unknown);
        iut.expect_error(ErrorCode::UnsupportedMessageType, &unknown);
    }
    iut.receive(&accepted(&request));
    iut.expect("ASPAC");
}
