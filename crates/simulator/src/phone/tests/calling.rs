//! Calls of the telephone, to another telephone.

use super::soak::Wire;
use super::*;

fn two(change: impl FnOnce(&mut PhoneConfig, &mut PhoneConfig)) -> Wire {
    let mut caller = PhoneConfig::new("caller");
    let mut called = PhoneConfig::new("called");
    called.plays = Sound::TEST_TONE;
    called.seed = 2;
    change(&mut caller, &mut called);
    Wire::new(caller, called, 2)
}

fn call() -> OutgoingCall {
    OutgoingCall::new(format!("sip:called@{PEER}"), address(PEER))
}

#[test]
fn caller_talks_for_its_hold_time_and_both_hear_each_other() {
    for offer in [true, false] {
        let mut wire = two(|_, called| called.codecs = vec![Codec::Pcma, Codec::Opus]);
        let call = OutgoingCall {
            offer,
            hold: Some(Duration::from_secs(3)),
            ..call()
        };
        wire.phones[0].call(wire.now, call).unwrap();
        wire.run(10_000);
        wire.expect(&[
            "0 > INVITE",
            "0 < 100",
            "50 < 180",
            "2050 < 200",
            "2050 > ACK",
            "5050 > BYE",
            "5050 < 200 BYE",
        ]);
        let codec = if offer { Codec::Pcma } else { Codec::Opus };
        let (db, snr_db) = if offer { (0.3, 35.0) } else { (1.5, 15.0) };
        let [(why, talked, heard)] = &ends(&wire.events[0])[..] else {
            panic!()
        };
        assert_eq!((why, talked), (&Why::HungUp, &Some(3_000)));
        assert!(
            heard.is_tone(1004.0, -10.0, db, snr_db),
            "caller, {codec}: {heard}"
        );
        let [(why, _, heard)] = &ends(&wire.events[1])[..] else {
            panic!()
        };
        assert_eq!(why, &Why::Bye { reason: None });
        assert!(
            heard.is_tone(440.0, -10.0, db, snr_db),
            "called, {codec}: {heard}"
        );
        wire.expect_nothing_left();
    }
}

#[test]
fn refusal_is_reported_with_its_status() {
    let mut wire = two(|_, called| {
        called.does = PhoneBehaviour::Refuses(PhoneRefuses {
            status: 404,
            after_ms: 0,
            rings_first_ms: None,
        });
    });
    wire.phones[0].call(wire.now, call()).unwrap();
    wire.run(1_000);
    wire.expect(&["0 > INVITE", "0 < 100", "0 < 404", "0 > ACK"]);
    assert_eq!(
        ends(&wire.events[0])[0].0,
        Why::Rejected {
            status: 404,
            reason: None
        }
    );
    assert_eq!(ends(&wire.events[1])[0].0, Why::Refused { status: 404 });
    wire.expect_nothing_left();
}

#[test]
fn caller_gives_up_after_its_patience() {
    let mut wire = two(|_, called| called.does = PhoneBehaviour::NoAnswer);
    let call = OutgoingCall {
        patience: Some(Duration::from_secs(5)),
        ..call()
    };
    wire.phones[0].call(wire.now, call).unwrap();
    wire.run(10_000);
    wire.expect(&[
        "0 > INVITE",
        "0 < 100",
        "50 < 180",
        "5000 > CANCEL",
        "5000 < 200 CANCEL",
        "5000 < 487",
        "5000 > ACK",
    ]);
    assert_eq!(ends(&wire.events[0])[0].0, Why::HungUp);
    assert_eq!(ends(&wire.events[1])[0].0, Why::Cancelled { reason: None });
    wire.expect_nothing_left();
}

#[test]
fn either_side_can_be_told_to_hang_up() {
    for side in [0, 1] {
        let mut wire = two(|_, _| {});
        let number = wire.phones[0].call(wire.now, call()).unwrap();
        wire.run(3_000);
        if side == 0 {
            wire.phones[0].hang_up(wire.now, number);
        } else {
            wire.phones[1].hang_up_all(wire.now);
        }
        wire.run(100);
        assert_eq!(ends(&wire.events[side])[0].0, Why::HungUp);
        assert_eq!(ends(&wire.events[1 - side])[0].0, Why::Bye { reason: None });
        wire.expect_nothing_left();
    }
}

#[test]
fn early_media_is_heard_before_the_answer() {
    let mut wire = two(|_, called| {
        called.codecs = vec![Codec::Pcma];
        called.does = PhoneBehaviour::Answers(PhoneAnswers {
            early_media: true,
            answer_after_ms: 60_000,
            ..PhoneAnswers::USUAL
        });
    });
    let number = wire.phones[0].call(wire.now, call()).unwrap();
    wire.run(1_000);
    wire.phones[0].hang_up(wire.now, number);
    wire.run(100);
    let heard = ends(&wire.events[0])[0].2;
    assert!(heard.is_tone(425.0, -10.0, 0.3, 30.0), "{heard}");
    wire.expect_nothing_left();
}

#[test]
fn telephones_talk_over_ipv6() {
    let places = [
        ("[2001:db8::1]:5060", "[2001:db8::1]"),
        ("[2001:db8::2]:5060", "[2001:db8::2]"),
    ];
    let caller = PhoneConfig::new("caller");
    let called = PhoneConfig {
        codecs: vec![Codec::Pcmu],
        ..PhoneConfig::new("called")
    };
    let mut wire = Wire::at(places, caller, called, 2);
    let destination = address("[2001:db8::2]:5060");
    let call = OutgoingCall {
        hold: Some(Duration::from_secs(2)),
        ..OutgoingCall::new("sip:called@[2001:db8::2]", destination)
    };
    wire.phones[0].call(wire.now, call).unwrap();
    wire.run(10_000);
    for events in &wire.events {
        let heard = ends(events)[0].2;
        assert!(heard.is_tone(440.0, -10.0, 0.3, 35.0), "{heard}");
    }
    wire.expect_nothing_left();
}

#[test]
fn all_lines_busy_is_an_error() {
    let mut wire = two(|_, _| {});
    wire.phones[0].call(wire.now, call()).unwrap();
    wire.phones[0].call(wire.now, call()).unwrap();
    assert_eq!(wire.phones[0].call(wire.now, call()), Err(Busy));
}

/// RFC 3264 8.4.
#[test]
fn call_is_put_on_hold_and_taken_back() {
    let mut wire = two(|_, _| {});
    let number = wire.phones[0].call(wire.now, call()).unwrap();
    assert!(!wire.phones[0].hold(wire.now, number, true), "not answered");
    wire.run(3_000);
    let called_speaks = |wire: &mut Wire| {
        let media = wire.events[1].iter().rev().find_map(|event| match event {
            Event::Media { sends, listens, .. } => Some((*sends, *listens)),
            _ => None,
        });
        media.unwrap()
    };
    assert_eq!(called_speaks(&mut wire), (true, true));
    assert!(wire.phones[0].hold(wire.now, number, true));
    wire.run(1_000);
    assert_eq!(called_speaks(&mut wire), (false, true));
    assert!(wire.phones[0].hold(wire.now, number, false));
    wire.run(1_000);
    assert_eq!(called_speaks(&mut wire), (true, true));
    wire.phones[0].hang_up(wire.now, number);
    assert!(!wire.phones[0].hold(wire.now, number, true), "over");
    wire.expect(&[
        "0 > INVITE",
        "0 < 100",
        "50 < 180",
        "2050 < 200",
        "2050 > ACK",
        "3000 > INVITE",
        "3000 < 100",
        "3000 < 200",
        "3000 > ACK",
        "4000 > INVITE",
        "4000 < 100",
        "4000 < 200",
        "4000 > ACK",
    ]);
    wire.expect_nothing_left();
}

/// A caller without a CANCEL leaves nothing behind for ever.
#[test]
fn nobody_rings_for_ever() {
    for does in [PhoneBehaviour::NoAnswer, PhoneBehaviour::Ignores] {
        let mut wire = two(|_, called| called.does = does);
        wire.phones[0].call(wire.now, call()).unwrap();
        wire.run(599_000);
        assert_eq!(wire.phones[1].active_calls(), 1);
        wire.run(2_000);
        assert_eq!(ends(&wire.events[1])[0].0, Why::Refused { status: 480 });
        wire.expect_nothing_left();
    }
}
