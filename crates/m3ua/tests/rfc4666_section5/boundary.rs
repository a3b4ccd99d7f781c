//! 5.5 M3UA/MTP3-User boundary examples.

use super::ladder::{EXCHANGE, Net, pc, transfer};
use trunkline_m3ua::TrafficMode;
use trunkline_m3ua::asp::Input;
use trunkline_model::mtp::{MtpIndication, MtpStatus};

/// The point code of the AS.
const OURS: u32 = 101;

fn active() -> Net {
    let mut net = Net::sharing(TrafficMode::Loadshare, 1, 1);
    net.connect(0);
    net.activate(0);
    net.forget();
    net
}

fn request(mark: u8) -> Input {
    Input::Transfer {
        application_server: 0,
        transfer: transfer(OURS, EXCHANGE, mark),
    }
}

/// At the ASP the request becomes DATA; at the gateway, as in 5.5.2.1, DATA becomes a request.
#[test]
fn section_5_5_1_1_1_and_5_5_2_1_transfer_request() {
    let mut net = active();
    net.asp(0, request(1));
    net.asp(0, request(2));
    assert_eq!(
        net.ladder(),
        [
            "SGP <- DATA (1) <- ASP1",
            "SGP: MTP-TRANSFER request 1",
            "SGP <- DATA (1) <- ASP1",
            "SGP: MTP-TRANSFER request 2",
        ]
    );
}

/// At the gateway the indication becomes DATA, as in 5.5.2.2; at the ASP, DATA an indication.
#[test]
fn section_5_5_1_1_2_and_5_5_2_2_transfer_indication() {
    let mut net = active();
    net.network(MtpIndication::Transfer(transfer(EXCHANGE, OURS, 3)));
    assert_eq!(
        net.ladder(),
        ["SGP -> DATA (1) -> ASP1", "ASP1: MTP-TRANSFER indication 3",]
    );
}

#[test]
fn section_5_5_1_1_3_querying_of_destination_states() {
    let mut net = active();
    net.network(MtpIndication::Pause(pc(10)));
    net.forget();
    for destination in [EXCHANGE, 10, 11] {
        net.asp(
            0,
            Input::Audit {
                application_server: 0,
                destinations: vec![pc(destination)],
            },
        );
    }
    assert_eq!(
        net.ladder(),
        [
            "SGP <- DAUD 9 <- ASP1",
            "SGP -> DAVA 9 -> ASP1",
            "ASP1: 9 is Available",
            "SGP <- DAUD 10 <- ASP1",
            "SGP -> DUNA 10 -> ASP1",
            "ASP1: 10 is Unavailable",
            // RFC 4666 4.5.3: nobody knows it.
            "SGP <- DAUD 11 <- ASP1",
            "SGP -> DUNA 11 -> ASP1",
            "ASP1: 11 is Unavailable",
        ]
    );
}

#[test]
fn section_5_5_2_3_1_destination_unavailable() {
    let mut net = active();
    net.network(MtpIndication::Pause(pc(EXCHANGE)));
    assert_eq!(
        net.ladder(),
        ["SGP -> DUNA 9 -> ASP1", "ASP1: 9 is Unavailable"]
    );
}

#[test]
fn section_5_5_2_3_2_destination_available() {
    let mut net = active();
    net.network(MtpIndication::Pause(pc(EXCHANGE)));
    net.forget();
    net.network(MtpIndication::Resume(pc(EXCHANGE)));
    assert_eq!(
        net.ladder(),
        ["SGP -> DAVA 9 -> ASP1", "ASP1: 9 is Available"]
    );
}

#[test]
fn section_5_5_2_3_3_network_congestion() {
    let mut net = active();
    let congestion = MtpStatus::Congestion(2);
    net.network(MtpIndication::Status(pc(EXCHANGE), congestion));
    assert_eq!(
        net.ladder(),
        [
            "SGP -> SCON(2) 9 -> ASP1",
            "ASP1: 9 is Status(Congestion(2))"
        ]
    );
}

#[test]
fn section_5_5_2_3_4_destination_user_part_unavailable() {
    let mut net = active();
    let status = MtpStatus::UserPartInaccessible;
    net.network(MtpIndication::Status(pc(EXCHANGE), status));
    assert_eq!(
        net.ladder(),
        [
            "SGP -> DUPU 9 -> ASP1",
            "ASP1: 9 is Status(UserPartInaccessible)"
        ]
    );
}
