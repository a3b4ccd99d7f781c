//! Message transfer.

use super::iut::{Iut, ROUTING_CONTEXT, of_version_2, transfer};
use super::tlv::{message, parameter, split};
use trunkline_m3ua::asp::Output;
use trunkline_m3ua::{ErrorCode, HEADER_LENGTH, decode};
use trunkline_model::mtp::MtpTransfer;

const ROUTING_CONTEXT_TAG: u16 = 6;
const PROTOCOL_DATA: u16 = 0x0210;

/// The protocol data of [`transfer`].
const OCTETS: [u8; 16] = [
    0, 0, 0, 1, // from 1
    0, 0, 0, 2, // to 2
    5, 2, 1, 9, // ISUP, national, priority 1, selection 9
    9, 0, 0x10, 0, // ACM of circuit 9
];

/// What an active ASP sends for an MTP-TRANSFER request.
fn sent() -> Vec<u8> {
    let mut iut = Iut::active();
    iut.transfer(transfer());
    let data = iut.expect("DATA");
    iut.expect_nothing();
    data
}

fn received() -> Vec<u8> {
    let routing_context = parameter(ROUTING_CONTEXT_TAG, &ROUTING_CONTEXT.to_be_bytes());
    message(1, 1, &[routing_context, parameter(PROTOCOL_DATA, &OCTETS)])
}

/// Sends an active ASP something that it refuses, and DATA that it takes.
fn refused(octets: &[u8], code: ErrorCode) {
    let mut iut = Iut::active();
    iut.told.clear();
    iut.receive(octets);
    iut.expect_error(code, octets);
    assert_eq!(iut.told, [], "nothing reaches the user");
    iut.receive(&received());
    let indication = Output::Transfer {
        application_server: 0,
        transfer: transfer(),
    };
    assert_eq!(iut.told, [indication]);
}

#[test]
fn m3ua_asp_mtr_v_001() {
    let context: &[u8] = &ROUTING_CONTEXT.to_be_bytes();
    let data = sent();
    let parameters = split(&data[HEADER_LENGTH..]);
    assert_eq!(parameters[0], (ROUTING_CONTEXT_TAG, context));
}

#[test]
fn m3ua_asp_mtr_v_002() {
    let data = sent();
    let parameters = split(&data[HEADER_LENGTH..]);
    assert_eq!(parameters[1], (PROTOCOL_DATA, &OCTETS[..]));
}

#[test]
fn m3ua_asp_mtr_v_003() {
    let mut iut = Iut::active();
    for sls in (0..16).chain(0..16) {
        let transfer = MtpTransfer { sls, ..transfer() };
        iut.transfer(transfer);
        let data = decode(&iut.expect("DATA")).unwrap();
        for streams in [2, 3, 17, 64] {
            let stream = data.stream(streams);
            assert!((1..streams).contains(&stream));
            assert_eq!(stream, 1 + u16::from(sls) % (streams - 1));
        }
    }
}

#[test]
fn m3ua_asp_mtr_i_001() {
    refused(&of_version_2(received()), ErrorCode::InvalidVersion);
}

#[test]
fn m3ua_asp_mtr_i_002() {
    for class in [5, 10, 127, 128, 255] {
        refused(&message(class, 0, &[]), ErrorCode::UnsupportedMessageClass);
    }
}

#[test]
fn m3ua_asp_mtr_i_003() {
    for code in [0, 2, 127, 128, 255] {
        refused(&message(1, code, &[]), ErrorCode::UnsupportedMessageType);
    }
}
