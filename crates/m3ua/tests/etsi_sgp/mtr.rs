//! Message transfer.

use super::iut::{
    ASP1, ASP2, Iut, NETWORK, NETWORK_APPEARANCE, PC1, PC2, PROTOCOL_DATA, RC1, RC2,
    ROUTING_CONTEXT, data, number, numbers, of_version_2, parameter_of, transfer,
};
use super::tlv::message;
use trunkline_m3ua::sgp::Input;
use trunkline_m3ua::{ErrorCode, decode};
use trunkline_model::mtp::MtpIndication;

/// ASP1 active in the first AS, ASP2 in both, and nothing else sent.
fn both_active() -> Iut {
    let mut iut = Iut::of_two();
    iut.up(ASP1);
    iut.activate(ASP1, &[number(ROUTING_CONTEXT, RC1)]);
    iut.connect(ASP2);
    iut.up(ASP2);
    let mut contexts = number(ROUTING_CONTEXT, RC1);
    contexts[3] += 4;
    contexts.extend(RC2.to_be_bytes());
    iut.activate(ASP2, &[contexts]);
    for asp in [ASP1, ASP2] {
        iut.forget(asp);
    }
    iut
}

/// What ASP2 gets of what ASP1 sends, over a network that knows the way back.
fn relayed(iut: &mut Iut, sls: u8) -> Vec<u8> {
    iut.receive_on(Some(1), ASP1, &data(RC1, PC1, PC2, sls));
    let transfer = iut.network.pop().expect("it reaches the network");
    iut.input(Input::Network(MtpIndication::Transfer(transfer)));
    let octets = iut.expect(ASP2, "DATA");
    iut.expect_nothing(ASP1);
    octets
}

#[test]
fn m3ua_sgp_mtr_v_001() {
    let mut iut = both_active();
    for sls in 0..16 {
        let octets = relayed(&mut iut, sls);
        assert_eq!(numbers(&octets, ROUTING_CONTEXT), [RC2]);
        assert_eq!(numbers(&octets, NETWORK_APPEARANCE), [NETWORK]);
    }
}

#[test]
fn m3ua_sgp_mtr_v_002() {
    let mut iut = both_active();
    for sls in 0..16 {
        let octets = relayed(&mut iut, sls);
        let sent = data(RC1, PC1, PC2, sls);
        let protocol_data = parameter_of(&sent, PROTOCOL_DATA);
        assert!(protocol_data.is_some());
        assert_eq!(parameter_of(&octets, PROTOCOL_DATA), protocol_data);
    }
    // It is mandatory in what comes, too.
    let parameters = [number(ROUTING_CONTEXT, RC1)];
    let without = message(1, 1, &parameters);
    iut.receive_on(Some(1), ASP1, &without);
    iut.expect_error(ASP1, ErrorCode::MissingParameter, &without);
}

#[test]
fn m3ua_sgp_mtr_v_003() {
    let mut iut = both_active();
    for sls in 0..16 {
        let message = decode(&relayed(&mut iut, sls)).unwrap();
        for streams in [2, 3, 17, 64] {
            assert!((1..streams).contains(&message.stream(streams)));
        }
    }
    // Nor may it come on stream 0.
    let octets = data(RC1, PC1, PC2, 0);
    iut.receive_on(Some(0), ASP1, &octets);
    iut.expect_error(ASP1, ErrorCode::InvalidStreamIdentifier, &octets);
    assert_eq!(iut.network, []);
}

#[test]
fn m3ua_sgp_mtr_v_004() {
    let mut iut = both_active();
    let streams = |iut: &mut Iut| -> Vec<u16> {
        (0..16)
            .map(|sls| decode(&relayed(iut, sls)).unwrap().stream(17))
            .collect()
    };
    let first = streams(&mut iut);
    assert_eq!(first, (1..17).collect::<Vec<_>>());
    assert_eq!(streams(&mut iut), first);
}

/// Sends an active ASP's message that is refused, and DATA that is not.
fn refused(octets: &[u8], code: ErrorCode) {
    let mut iut = Iut::active();
    iut.receive_on(Some(1), ASP1, octets);
    iut.expect_error(ASP1, code, octets);
    assert_eq!(iut.network, [], "nothing reaches the network");
    iut.receive_on(Some(1), ASP1, &data(RC1, PC1, PC2, 9));
    assert_eq!(iut.network, [transfer(PC1, PC2, 9)]);
    iut.expect_nothing(ASP1);
}

#[test]
fn m3ua_sgp_mtr_i_001() {
    let octets = of_version_2(data(RC1, PC1, PC2, 4));
    refused(&octets, ErrorCode::InvalidVersion);
}

#[test]
fn m3ua_sgp_mtr_i_002() {
    let mut octets = data(RC1, PC1, PC2, 4);
    octets[2] = 10;
    refused(&octets, ErrorCode::UnsupportedMessageClass);
}

#[test]
fn m3ua_sgp_mtr_i_003() {
    let mut octets = data(RC1, PC1, PC2, 4);
    octets[3] = 2;
    refused(&octets, ErrorCode::UnsupportedMessageType);
}
