//! Thousands of random calls through the whole system in virtual time, with faults everywhere, and
//! nothing of them left at the end.
//!
//! - `SOAK_CALLS=1000000 cargo test --release -p trunkline-tests --test soak calls -- --nocapture`
//!   is the long form; it prints what was counted.
//! - `SOAK_SEED=7` shows a run again, or another one; every failure prints its seed and the last
//!   messages.
//! - `SOAK_TRACE=1` prints every message.

use core::time::Duration;
use trunkline_model::media::Codec;
use trunkline_tests::world::{Link, Report, Settings, World};

/// Both directions, all subscribers and telephones at random, 2 % of SIP and 0.5 % of MTP messages
/// lost; pauses, resets, blockings, dual seizures and restarts of the exchange; more calls than
/// there are circuits, ports and contexts.
#[test]
fn nothing_is_left_of_ten_thousand_calls() {
    let calls = calls(10_000);
    let mut world = World::new(Settings::new(seed()));
    world.place_calls(calls, Duration::from_millis(130));
    world.settle();
    world.check_idle();
    println!("{}", world.report);
    if calls >= 5_000 {
        check_plausible(&world.report, calls as u64);
    }
}

/// The races that take two faults: a fifth of SIP and a twentieth of MTP messages lost, both late,
/// and something else wrong every second.
#[test]
fn nothing_is_left_of_calls_when_everything_goes_wrong() {
    let mut settings = Settings::new(seed());
    settings.sip = Link {
        lost: 200,
        repeated: 100,
        damaged: 0,
        least: 0,
        most: 900,
        in_order: false,
    };
    settings.mtp = Link {
        lost: 50,
        repeated: 0,
        damaged: 0,
        least: 1,
        most: 400,
        in_order: true,
    };
    settings.taken_ports = 50;
    settings.quiet = Some(Duration::from_secs(2));
    let mut world = World::new(settings);
    world.place_calls(calls(3_000), Duration::from_millis(200));
    world.settle();
    world.check_idle();
    println!("{}", world.report);
}

/// Every tenth SIP datagram has a wrong octet: in a tag, a branch, an address, a length, the SDP.
/// Who talks to whom is anybody's guess, but what it takes is given back.
#[test]
fn nothing_is_left_of_calls_with_damaged_messages() {
    let mut settings = Settings::new(seed());
    settings.sip.damaged = 100;
    let mut world = World::new(settings);
    world.place_calls(3_000, Duration::from_millis(130));
    world.calm();
    world.run(Duration::from_secs(300));
    // A dialog that the two sides name differently ends at neither by the other's BYE.
    world.hang_up_all();
    world.settle();
    world.check_idle();
    println!("{}", world.report);
    assert!(world.report.counted("mgc malformed") > 100);
    assert!(world.report.counted("phones malformed") > 100);
}

/// A shutdown in the rush hour: every call ends, new ones are refused, and the gateway is idle
/// long before the first timer of minutes.
#[test]
fn shutdown_ends_all_calls() {
    let mut settings = Settings::new(seed());
    settings.quiet = None;
    let mut world = World::new(settings);
    world.place_calls(500, Duration::from_millis(100));
    assert!(world.mgc.calls() > 20, "{} calls", world.mgc.calls());
    world.shut_down();
    let started = world.report.counted_of("started");
    world.calm();
    world.run(Duration::from_secs(60));
    assert!(world.mgc.is_idle());
    world.place_calls(20, Duration::from_millis(100));
    assert!(world.report.counted_of("started") > started);
    assert_eq!(world.mgc.calls(), 0);
    world.settle();
    world.check_idle();
}

/// Few calls, but with every packet of sound through the MGW: relayed, changed from one law to the
/// other, decoded and encoded. Who talked heard the other side.
#[test]
fn sound_passes_whatever_the_codecs() {
    let mut settings = Settings::new(seed());
    settings.audio = true;
    settings.quiet = None;
    let mut world = World::new(settings);
    world.place_calls(150, Duration::from_millis(700));
    world.settle();
    world.check_idle();
    println!("{}", world.report);

    let counters = world.mgw.counters();
    let pcma = Codec::Pcma;
    for other in [Codec::Pcma, Codec::Pcmu] {
        assert!(counters.relayed(other, pcma) > 100, "{other}");
        assert!(counters.relayed(pcma, other) > 100, "{other}");
    }
    for other in [Codec::G729, Codec::Opus] {
        assert!(counters.transcoded(other, pcma) > 100, "{other}");
        assert!(counters.transcoded(pcma, other) > 100, "{other}");
    }
    let long = |talked| talked > Duration::from_secs(2);
    let listeners = world.report.heard.iter().filter(|who| long(who.talked));
    // Some were on hold at the end.
    let measured = listeners.filter(|who| who.heard.measured > Duration::from_millis(900));
    let measured: Vec<_> = measured.collect();
    assert!(measured.len() > 20, "{}", measured.len());
    let tones = measured.iter().filter(|who| {
        let hz = if who.phone.is_some() { 1_004.0 } else { 440.0 };
        (who.heard.sound.frequency_hz - hz).abs() < 2.0 && who.heard.sound.total_dbm0 > -13.0
    });
    // Some subscribers speak, and jitter makes a tone jump.
    let tones = tones.count();
    assert!(5 * tones > 4 * measured.len(), "{tones} of {measured:#?}");
}

#[test]
fn same_seed_same_run() {
    let run = |seed| {
        let mut world = World::new(Settings::new(seed));
        world.place_calls(300, Duration::from_millis(130));
        world.report.digest()
    };
    assert_eq!(run(seed()), run(seed()));
    assert_ne!(run(seed()), run(seed() + 1));
}

/// What one side says must fit what the others say.
fn check_plausible(report: &Report, calls: u64) {
    let counted = |what: String| report.counted(&what);
    // From the side that answers to the side that is told: what is lost on the way ends the call.
    for (direction, way) in [
        ("sip_to_isup", ["exchange", "mgc", "phones"]),
        ("isup_to_sip", ["phones", "mgc", "exchange"]),
    ] {
        let [first, second, third] = way.map(|who| counted(format!("{who} {direction} answered")));
        assert!(10 * first > calls, "{first} {direction} calls answered");
        for (said, heard) in [(first, second), (second, third)] {
            assert!(heard <= said, "{direction}: {heard} answers of {said}");
            assert!(
                10 * heard > 8 * said,
                "{direction}: {heard} answers of {said}"
            );
        }
        let started = counted(format!("mgc {direction} started"));
        let refused = counted(format!("mgc {direction} refused"));
        assert!(started > calls / 5, "{started} {direction} calls");
        assert!(refused < calls / 4, "{refused} {direction} calls refused");
    }
    let reached = report.counted("exchange sip_to_isup started");
    let sent = report.counted("mgc sip_to_isup started") + report.counted("mgc reattempts");
    // Some find no port, or a pause.
    assert!(reached <= sent, "{reached} of {sent}");
    assert!(10 * reached > 8 * sent, "{reached} of {sent}");
    for what in [
        "discarded dual_seizure",
        "mgc reattempts",
        "holds and retrievals",
        "MTP pauses",
        "restarts of the exchange",
        "refused no_circuit",
        "refused overload",
        "ports taken by others",
    ] {
        assert!(report.counted_of(what) > 0, "no {what}");
    }
    assert_eq!(
        report.counted_of("malformed") + report.counted("SIP to nobody"),
        0
    );
    // Nothing needs an operator: what is lost is repeated.
    assert_eq!(report.counted_of(" alarm "), 0);
}

fn seed() -> u64 {
    variable("SOAK_SEED").unwrap_or(1)
}

fn calls(usual: usize) -> usize {
    variable("SOAK_CALLS").map_or(usual, |calls| usize::try_from(calls).expect("64 bits"))
}

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name} must be a number, not {text:?}")))
}
