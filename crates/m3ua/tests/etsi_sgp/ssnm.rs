//! Network management.

use super::iut::{
    AFFECTED, ASP1, AVAILABLE, CONGESTED, Iut, PC1, PC2, RC1, RESTRICTED, ROUTING_CONTEXT,
    UNAVAILABLE, number, numbers, pc,
};
use super::tlv::message;
use trunkline_m3ua::sgp::Input;
use trunkline_m3ua::{Message, decode};
use trunkline_model::mtp::{MtpIndication, MtpStatus};

/// ASP1 active, the network in the state that the names of its destinations tell, and nothing
/// else sent.
fn network() -> Iut {
    let mut iut = Iut::active();
    let congestion = MtpStatus::Congestion(2);
    for input in [
        Input::Network(MtpIndication::Pause(pc(UNAVAILABLE))),
        Input::Network(MtpIndication::Status(pc(CONGESTED), congestion)),
        Input::Restricted(pc(RESTRICTED)),
    ] {
        iut.input(input);
    }
    iut.forget(ASP1);
    iut
}

/// An audit of a point code, or of a range by its mask.
fn daud(mask: u32, point_code: u32) -> Vec<u8> {
    message(2, 3, &[number(AFFECTED, mask << 24 | point_code)])
}

/// ASP1 is told that of those point codes.
fn expect(iut: &mut Iut, name: &str, point_codes: &[u32]) -> Vec<u8> {
    let octets = iut.expect(ASP1, name);
    assert_eq!(numbers(&octets, AFFECTED), point_codes);
    assert_eq!(numbers(&octets, ROUTING_CONTEXT), [RC1]);
    octets
}

fn expect_congestion(iut: &mut Iut) {
    let octets = expect(iut, "SCON", &[CONGESTED]);
    let Ok(Message::Scon(scon)) = decode(&octets) else {
        panic!("{octets:?}");
    };
    assert_eq!(scon.level, Some(2));
}

#[test]
fn m3ua_sgp_ssnm_001() {
    let mut iut = network();
    iut.receive(ASP1, &daud(0, CONGESTED));
    expect_congestion(&mut iut);
    expect(&mut iut, "DAVA", &[CONGESTED]);
    iut.expect_nothing(ASP1);
}

#[test]
fn m3ua_sgp_ssnm_002() {
    let mut iut = network();
    iut.receive(ASP1, &daud(0, RESTRICTED));
    expect(&mut iut, "DRST", &[RESTRICTED]);
    iut.expect_nothing(ASP1);
}

#[test]
fn m3ua_sgp_ssnm_003() {
    let mut iut = network();
    iut.receive(ASP1, &daud(0, UNAVAILABLE));
    expect(&mut iut, "DUNA", &[UNAVAILABLE]);
    iut.expect_nothing(ASP1);
}

#[test]
fn m3ua_sgp_ssnm_004() {
    let mut iut = network();
    iut.receive(ASP1, &daud(0, AVAILABLE));
    expect(&mut iut, "DAVA", &[AVAILABLE]);
    iut.expect_nothing(ASP1);
    // The whole network in one question
    iut.receive(ASP1, &daud(255, AVAILABLE));
    expect_congestion(&mut iut);
    expect(&mut iut, "DAVA", &[PC1, PC2, AVAILABLE, CONGESTED]);
    expect(&mut iut, "DRST", &[RESTRICTED]);
    expect(&mut iut, "DUNA", &[UNAVAILABLE]);
    iut.expect_nothing(ASP1);
}
