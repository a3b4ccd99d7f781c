//! The jitter buffer in virtual time: a source of 20 ms packets, a network, a consumer of 20 ms.

use super::Chance;
use crate::{Inserted, JitterBuffer, JitterConfig, JitterCounters, Playout};
use core::time::Duration;

const FRAME: Duration = Duration::from_millis(20);

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn insert(buffer: &mut JitterBuffer, now: u64, sequence: u16) -> Inserted {
    buffer.insert(millis(now), sequence, FRAME, &sequence.to_be_bytes())
}

/// What is played, as a packet number or a word.
fn played(buffer: &mut JitterBuffer, now: Duration) -> String {
    let number = |payload: &[u8]| u16::from_be_bytes([payload[0], payload[1]]).to_string();
    match buffer.next(now) {
        Playout::Packet(payload) => number(payload),
        Playout::Surplus(payload) => format!("surplus {}", number(payload)),
        Playout::Lost(_) => "lost".to_owned(),
        Playout::Starved(_) => "starved".to_owned(),
        Playout::Idle => "idle".to_owned(),
    }
}

/// Sends `packets` packets through a network that delays each by what `delay` says (`None`
/// loses it), and plays until all is over.
fn run(
    config: JitterConfig,
    packets: u16,
    mut delay: impl FnMut(u16) -> Option<u64>,
) -> (Vec<String>, JitterCounters) {
    let mut arrivals: Vec<(u64, u16)> = (0..packets)
        .filter_map(|index| delay(index).map(|delay| (u64::from(index) * 20 + delay, index)))
        .collect();
    arrivals.sort_unstable();
    let mut arrivals = arrivals.into_iter().peekable();
    let mut buffer = JitterBuffer::new(config);
    let mut out = Vec::new();
    for tick in 0..u64::from(packets) + 30 {
        let now = tick * 20 + 7;
        while let Some((at, sequence)) = arrivals.next_if(|&(at, _)| at <= now) {
            // Starting near the end of the number range: the roll-over is part of every test.
            buffer.insert(
                millis(at),
                sequence.wrapping_add(65_500),
                FRAME,
                &sequence.to_be_bytes(),
            );
        }
        loop {
            let played = played(&mut buffer, millis(now));
            let more = played.starts_with("surplus");
            out.push(played);
            if !more {
                break;
            }
        }
    }
    (out, buffer.counters())
}

#[test]
fn plays_in_order_after_the_initial_delay() {
    let (out, counters) = run(JitterConfig::default(), 20, |_| Some(5));
    assert_eq!(out[..2], ["idle", "idle"]);
    let packets: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    assert_eq!(out[2..22], packets);
    assert_eq!(counters.queued, 20);
    assert_eq!(
        (counters.lost, counters.late, counters.duplicates),
        (0, 0, 0)
    );
}

#[test]
fn reordered_packets_play_in_order() {
    let (out, counters) = run(JitterConfig::default(), 20, |index| {
        Some(if index % 5 == 2 { 30 } else { 5 })
    });
    let packets: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    assert_eq!(out[2..22], packets);
    assert_eq!(counters.lost, 0);
}

#[test]
fn a_lost_packet_is_said_once_in_its_place() {
    let (out, counters) = run(JitterConfig::default(), 10, |index| {
        (index != 4).then_some(5)
    });
    assert_eq!(
        out[2..12],
        ["0", "1", "2", "3", "lost", "5", "6", "7", "8", "9"]
    );
    assert_eq!(counters.lost, 1);
}

#[test]
fn duplicates_and_late_packets_are_refused() {
    let mut buffer = JitterBuffer::new(JitterConfig::default());
    assert_eq!(insert(&mut buffer, 0, 10), Inserted::Queued);
    assert_eq!(insert(&mut buffer, 1, 10), Inserted::Duplicate);
    insert(&mut buffer, 40, 12);
    assert_eq!(played(&mut buffer, millis(40)), "10");
    assert_eq!(played(&mut buffer, millis(60)), "lost");
    assert_eq!(insert(&mut buffer, 61, 11), Inserted::Late);
    assert_eq!(insert(&mut buffer, 62, 10), Inserted::Late);
    assert_eq!(played(&mut buffer, millis(80)), "12");
    let counters = buffer.counters();
    assert_eq!(
        (counters.duplicates, counters.late, counters.lost),
        (1, 2, 1)
    );
}

#[test]
fn a_late_spurt_makes_the_delay_grow_instead_of_losing_it() {
    // From the fifth on all packets take 60 ms longer.
    let (out, counters) = run(JitterConfig::default(), 30, |index| {
        Some(if index < 5 { 5 } else { 65 })
    });
    let numbers: Vec<&String> = out
        .iter()
        .filter(|played| played.parse::<u16>().is_ok())
        .collect();
    assert_eq!(numbers.len(), 30, "{out:?}");
    assert_eq!(counters.lost, 0);
    assert_eq!(counters.late, 0);
    let starved = out
        .iter()
        .take(25)
        .filter(|played| *played == "starved")
        .count();
    assert!((1..=3).contains(&starved), "{out:?}");
}

#[test]
fn delay_shrinks_where_packets_come_regularly() {
    let config = JitterConfig {
        initial: millis(100),
        min: millis(20),
        ..JitterConfig::default()
    };
    let (out, counters) = run(config, 1_000, |_| Some(5));
    assert_eq!(counters.lost + counters.overflowed, 0);
    // From 100 ms down to no less than 20 ms, one frame in two seconds.
    assert!((2..=4).contains(&counters.surplus), "{counters:?}");
    let starved = out
        .iter()
        .take(900)
        .filter(|played| *played == "starved")
        .count();
    assert_eq!(starved, 0);
}

#[test]
fn delay_stays_where_jitter_needs_it() {
    let mut chance = Chance(11);
    let config = JitterConfig {
        initial: millis(80),
        min: millis(20),
        ..JitterConfig::default()
    };
    let (out, counters) = run(config, 2_000, |_| Some(u64::from(chance.next() % 60)));
    let heard = out
        .iter()
        .filter(|played| !["lost", "starved", "idle"].contains(&played.as_str()))
        .count();
    assert!(heard >= 1_990, "{counters:?}");
    let starved = out
        .iter()
        .take(1_990)
        .filter(|played| *played == "starved")
        .count();
    assert!(starved <= 5, "{starved} {counters:?}");
}

#[test]
fn random_loss_is_said_exactly() {
    for seed in 1..=20 {
        let mut chance = Chance(seed);
        let mut lost = 0;
        let (out, counters) = run(JitterConfig::default(), 500, |index| {
            let gone = chance.next() % 100 < 5 && index > 0 && index < 499;
            lost += u64::from(gone);
            (!gone).then_some(5 + u64::from(chance.next() % 10))
        });
        assert_eq!(counters.lost, lost, "seed {seed}");
        assert_eq!(counters.queued, 500 - lost, "seed {seed}");
        let numbers: Vec<u16> = out
            .iter()
            .filter_map(|played| played.rsplit(' ').next()?.parse().ok())
            .collect();
        assert!(numbers.is_sorted(), "seed {seed}");
        assert_eq!(numbers.len() as u64, 500 - lost, "seed {seed}");
    }
}

/// Frames concealed while nothing was there stand for those that are missing afterwards.
#[test]
fn a_burst_of_loss_is_not_concealed_twice() {
    let (out, counters) = run(JitterConfig::default(), 40, |index| {
        (!(10..14).contains(&index)).then_some(5)
    });
    let at = |number: &str| out.iter().position(|played| played == number).unwrap();
    let between = at("14") - at("9") - 1;
    assert_eq!(between, 4, "{out:?}");
    assert_eq!(counters.lost, 4);
}

#[test]
fn a_pause_ends_the_talkspurt_and_the_next_is_held_again() {
    let (out, counters) = run(JitterConfig::default(), 100, |index| {
        (!(10..60).contains(&index)).then_some(5)
    });
    let at = |number: &str| out.iter().position(|played| played == number).unwrap();
    let pause = &out[at("9") + 1..at("60")];
    assert_eq!(
        pause.iter().filter(|played| *played == "starved").count(),
        5,
        "{pause:?}"
    );
    assert_eq!(pause.last().map(String::as_str), Some("idle"));
    assert_eq!(at("60"), at("9") + 51);
    assert_eq!(counters.lost, 0);
}

#[test]
fn too_much_is_shed_from_the_old_end() {
    let mut buffer = JitterBuffer::new(JitterConfig::default());
    for sequence in 0..10 {
        assert_eq!(insert(&mut buffer, 0, sequence), Inserted::Queued);
    }
    assert_eq!(insert(&mut buffer, 0, 10), Inserted::Overflow);
    assert_eq!(buffer.depth(), millis(200));
    assert_eq!(played(&mut buffer, millis(40)), "1");
    assert_eq!(buffer.counters().overflowed, 1);
}

#[test]
fn events_take_a_number_but_no_time() {
    let mut buffer = JitterBuffer::new(JitterConfig::default());
    insert(&mut buffer, 0, 1);
    buffer.insert(millis(20), 2, Duration::ZERO, &[]);
    buffer.insert(millis(20), 3, Duration::ZERO, &[]);
    insert(&mut buffer, 40, 4);
    assert_eq!(played(&mut buffer, millis(40)), "1");
    assert_eq!(played(&mut buffer, millis(60)), "4");
    assert_eq!(buffer.counters().lost, 0);
}

#[test]
fn a_stream_that_falls_behind_for_good_is_taken_up_again() {
    let mut buffer = JitterBuffer::new(JitterConfig::default());
    for sequence in 100..103 {
        insert(&mut buffer, 0, sequence);
    }
    for tick in 2..5 {
        played(&mut buffer, millis(20 * tick));
    }
    // Numbers behind those played: as after a restart that nobody announced.
    let mut outcomes = Vec::new();
    for sequence in 90..96 {
        outcomes.push(insert(&mut buffer, 100, sequence));
    }
    assert_eq!(
        outcomes[..4],
        [
            Inserted::Late,
            Inserted::Late,
            Inserted::Late,
            Inserted::Queued
        ]
    );
    assert_eq!(played(&mut buffer, millis(140)), "93");
}

#[test]
fn anything_does_not_panic_and_stays_bounded() {
    let mut chance = Chance(5);
    let mut buffer = JitterBuffer::new(JitterConfig::default());
    let mut now = Duration::ZERO;
    for index in 0..50_000_u32 {
        now += Duration::from_millis(u64::from(chance.next() % 30));
        let sequence = if chance.next().is_multiple_of(4) {
            chance.next() as u16
        } else {
            index as u16
        };
        let duration = Duration::from_millis(u64::from(chance.next() % 7) * 10);
        buffer.insert(now, sequence, duration, &[1, 2]);
        if chance.next().is_multiple_of(2) {
            buffer.next(now);
        }
        assert!(buffer.depth() <= millis(200));
    }
}
