//! 5.4 Auditing examples.

use super::ladder::{EXCHANGE, Net, pc};
use trunkline_m3ua::TrafficMode;
use trunkline_m3ua::asp::Input;
use trunkline_model::mtp::{MtpIndication, MtpStatus};

/// What an active ASP hears when it asks for the exchange, which was told of before.
fn audit(before: &[MtpIndication]) -> Vec<String> {
    let mut net = Net::sharing(TrafficMode::Loadshare, 1, 1);
    net.connect(0);
    net.activate(0);
    for indication in before {
        net.network(indication.clone());
    }
    net.forget();
    net.asp(
        0,
        Input::Audit {
            application_server: 0,
            destinations: vec![pc(EXCHANGE)],
        },
    );
    let messages = |line: &String| line.starts_with("SGP");
    net.ladder().into_iter().filter(messages).collect()
}

const fn congestion(level: u8) -> MtpIndication {
    let exchange = trunkline_model::PointCode::new(EXCHANGE).expect("fits");
    MtpIndication::Status(exchange, MtpStatus::Congestion(level))
}

#[test]
fn section_5_4_1_uncongested_available() {
    assert_eq!(
        audit(&[congestion(1), congestion(0)]),
        [
            "SGP <- DAUD 9 <- ASP1",
            "SGP -> SCON(0) 9 -> ASP1",
            "SGP -> DAVA 9 -> ASP1",
        ]
    );
}

#[test]
fn section_5_4_2_congested_available() {
    assert_eq!(
        audit(&[congestion(2)]),
        [
            "SGP <- DAUD 9 <- ASP1",
            "SGP -> SCON(2) 9 -> ASP1",
            "SGP -> DAVA 9 -> ASP1",
        ]
    );
}

#[test]
fn section_5_4_3_unknown_available() {
    assert_eq!(
        audit(&[]),
        ["SGP <- DAUD 9 <- ASP1", "SGP -> DAVA 9 -> ASP1"]
    );
}

#[test]
fn section_5_4_4_unavailable() {
    assert_eq!(
        audit(&[MtpIndication::Pause(pc(EXCHANGE))]),
        ["SGP <- DAUD 9 <- ASP1", "SGP -> DUNA 9 -> ASP1"]
    );
}
