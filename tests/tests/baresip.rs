//! baresip as a telephone: it calls a landline through `trunkline run`, is called from one, and
//! is joined with one by click-to-call. What both ends hear is measured.

use core::time::Duration;
use serde_json::Value;
use trunkline_codecs::tone::measure;
use trunkline_tests::peers::{Baresip, Gateway, PATIENCE, Ports, Setup, Wav, until};

/// Answers after 100 ms and plays 1004 Hz at -10 dBm0.
const LANDLINE: &str = "+493023125110";
/// A number that the gateway routes to the telephone.
const NUMBER: &str = "+493023125500";

#[test]
fn opus_telephone_calls_a_landline() {
    best_of_three(|| {
        let setup = Setup::new("baresip-calls");
        let mut phone = phone(&setup, "1001", "opus/48000/2");
        let mut gateway = Gateway::start(setup);

        phone.dial(&format!("sip:{LANDLINE}@{}", gateway.at.sip));
        phone.until_established();
        until_they_have_talked(&gateway, "opus", PACKETS);
        phone.hang_up();
        phone.until_closed();

        gateway.until_idle();
        for (from, to) in [("opus", "PCMA"), ("PCMA", "opus")] {
            let labels = [("how", "transcoded"), ("from", from), ("to", to)];
            let packets = gateway.metric("trunkline_rtp_forwarded_total", &labels);
            assert!(packets >= PACKETS * 0.9, "{from} to {to}: {packets}");
        }
        let released = [
            ("direction", "sip_to_isup"),
            ("side", "sip"),
            ("cause", "16"),
        ];
        let released = gateway.metric("trunkline_calls_released_total", &released);
        assert_eq!(released, 1.0);
        let landline = landline_heard(&gateway, Baresip::PLAYS_HZ, Baresip::PLAYS_DBM0);
        gateway.stop();
        landline.and(telephone_heard_the_landline(&phone.heard()))
    });
}

#[test]
fn click_to_call_rings_an_opus_telephone_then_a_landline() {
    best_of_three(|| {
        let mut setup = Setup::new("baresip-first");
        let phone = phone(&setup, "1001", "opus/48000/2");
        setup.phone = Some(setup.ports.peer(0));
        let mut gateway = Gateway::start(setup);
        click_to_call(&gateway, &phone, "1001", LANDLINE, REPORTED);
        let landline = landline_heard(&gateway, Baresip::PLAYS_HZ, Baresip::PLAYS_DBM0);
        gateway.stop();
        // Its first offer is of no sound (RFC 3725), after which baresip writes none to its file.
        // What it says of RTP and RTCP shows that it heard; it counts up to its last report.
        let summary = phone.summary();
        assert!(summary.received >= 100, "{summary:?}");
        assert_eq!((summary.lost_here, summary.lost_there), (0, 0));
        landline
    });
}

#[test]
fn click_to_call_rings_a_landline_then_an_opus_telephone() {
    best_of_three(|| {
        let mut setup = Setup::new("baresip-second");
        let phone = phone(&setup, "1001", "opus/48000/2");
        setup.phone = Some(setup.ports.peer(0));
        let mut gateway = Gateway::start(setup);
        click_to_call(&gateway, &phone, LANDLINE, "1001", PACKETS);
        let landline = landline_heard(&gateway, Baresip::PLAYS_HZ, Baresip::PLAYS_DBM0);
        gateway.stop();
        landline.and(telephone_heard_the_landline(&phone.heard()))
    });
}

/// A call that is connected, talked for a while and ended over HTTP.
fn click_to_call(
    gateway: &Gateway,
    phone: &Baresip,
    initiator: &str,
    destination: &str,
    packets: f64,
) {
    let call = format!(r#"{{"initiator": "{initiator}", "destination": "{destination}"}}"#);
    let placed = gateway.http("POST", "/api/v1/calls", Some(&call));
    assert_eq!(placed.status, 201, "{}", placed.body);
    let placed: Value = serde_json::from_str(&placed.body).unwrap();
    let path = format!("/api/v1/calls/{}", placed["id"].as_str().expect("an id"));
    let until_it_is = |state: &str| {
        until(&format!("call {state}"), PATIENCE, || {
            let shown = gateway.http("GET", &path, None);
            let call: Value = serde_json::from_str(&shown.body).unwrap();
            (call["state"] == state).then_some(())
        });
    };
    until_it_is("connected");
    phone.until_established();
    until_they_have_talked(gateway, "opus", packets);
    let deleted = gateway.http("DELETE", &path, None);
    assert!(deleted.status < 300, "{} {}", deleted.status, deleted.body);
    until_it_is("ended");
    phone.until_closed();
    gateway.until_idle();
}

#[test]
fn landline_calls_a_mu_law_telephone() {
    best_of_three(|| {
        let mut setup = Setup::new("baresip-called");
        let phone = phone(&setup, NUMBER, "PCMU");
        setup.peers.push((NUMBER.to_owned(), setup.ports.peer(0)));
        setup.callers.push(format!(
            "{{ number: \"{NUMBER}\", calling: \"+493023125100\", hold_ms: 4000 }}"
        ));
        let mut gateway = Gateway::start(setup);
        phone.until_established();
        phone.until_closed();
        gateway.until_idle();
        let released = [
            ("direction", "isup_to_sip"),
            ("side", "isup"),
            ("cause", "16"),
        ];
        let released = gateway.metric("trunkline_calls_released_total", &released);
        assert_eq!(released, 1.0);
        let labels = [("from", "PCMU"), ("to", "PCMA")];
        let packets = gateway.metric("trunkline_rtp_forwarded_total", &labels);
        assert!(packets >= PACKETS * 0.9, "{packets}");
        let landline = landline_heard(&gateway, Baresip::PLAYS_HZ, Baresip::PLAYS_DBM0);
        gateway.stop();
        landline.and(telephone_heard_the_landline(&phone.heard()))
    });
}

/// The first peer's address and media, the second's for its control.
fn phone(setup: &Setup, user: &str, codec: &str) -> Baresip {
    let ports: &Ports = &setup.ports;
    Baresip::start(
        &setup.folder,
        user,
        ports.peer(0),
        ports.peer(1),
        ports.peer_media(0),
        codec,
    )
}

/// Three seconds of sound.
const PACKETS: f64 = 150.0;
/// As many as it takes until reports of RTCP have been exchanged (RFC 3550 6.2: every 5 s or so).
const REPORTED: f64 = 450.0;

fn until_they_have_talked(gateway: &Gateway, codec: &str, packets: f64) {
    for direction in ["sent", "received"] {
        let labels = [("direction", direction), ("codec", codec)];
        gateway.until_at_least("trunkline_rtp_packets_total", &labels, packets);
    }
}

/// What the codecs on the way leave of a tone, in dB.
const SNR: f64 = 20.0;

/// What was heard, if it was not what it should be.
type Sound = Result<(), String>;

/// Signaling has to be right each time. Sound needs a machine that is not busy with other things
/// for a tenth of a second, which nobody promises: one good call of three is enough.
fn best_of_three(call: impl Fn() -> Sound) {
    let mut heard = Vec::new();
    for attempt in 1..=3 {
        match call() {
            Ok(()) => return,
            Err(what) => {
                eprintln!("!!! attempt {attempt}: {what}");
                heard.push(what);
            }
        }
    }
    panic!("{heard:#?}");
}

fn telephone_heard_the_landline(wav: &Wav) -> Sound {
    let pcm = wav.at_8_khz();
    // Without the beginning, when decoders and buffers settle, and the end.
    let settled = pcm.get(8_000..pcm.len().saturating_sub(1_600));
    let settled = settled.unwrap_or_else(|| panic!("{} samples", pcm.len()));
    assert!(settled.len() >= 8_000, "{} samples", settled.len());
    let heard = measure(settled);
    let right = (heard.frequency_hz - 1004.0).abs() < 1.0
        && (heard.level_dbm0 + 10.0).abs() < 1.0
        && heard.snr_db > SNR;
    let said = format!("the telephone heard {heard:?}");
    println!("{said}");
    if right { Ok(()) } else { Err(said) }
}

/// The exchange measures the last second of each call and logs it, as
/// `heard=440.0 Hz at -2.9 dBm0, SNR 31.0 dB, 150 packets, 0 lost`.
fn landline_heard(gateway: &Gateway, expected_hz: u32, expected_dbm0: f64) -> Sound {
    let limit = Duration::from_secs(5);
    let ended = "simulated exchange: call ended";
    let lines = gateway.process.until_printed(ended, 1, limit);
    let (_, heard) = lines[0].split_once("heard=").expect("what it heard");
    let said = format!("the landline heard {heard}");
    println!("{said}");
    let number_before = |unit: &str| -> Option<f64> {
        let (before, _) = heard.split_once(unit)?;
        before.rsplit(' ').next()?.parse().ok()
    };
    let packets = number_before(" packets").expect("a count of packets");
    assert!(packets >= PACKETS * 0.9, "{said}");
    let right = || {
        let (hz, dbm0) = (number_before(" Hz")?, number_before(" dBm0")?);
        let (snr, lost) = (number_before(" dB,")?, number_before(" lost")?);
        let is_it = (hz - f64::from(expected_hz)).abs() < 1.0
            && (dbm0 - expected_dbm0).abs() < 1.5
            && snr > SNR
            && lost == 0.0;
        is_it.then_some(())
    };
    right().ok_or(said)
}
