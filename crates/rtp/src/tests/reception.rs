//! Statistics against sums done by hand.

use super::Chance;
use crate::{ExtendedSequence, Reception, Validity};
use core::time::Duration;

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn counts_loss_over_the_roll_over() {
    let mut reception = Reception::new(8_000);
    for (index, sequence) in (65_530..=65_535).chain(0..=9).enumerate() {
        if sequence != 3 && sequence != 4 {
            let validity =
                reception.packet(millis(20 * index as u64), sequence, 160 * index as u32);
            assert_eq!(validity, Validity::Valid);
        }
    }
    assert_eq!(reception.received(), 14);
    assert_eq!(reception.lost(), 2);
    assert_eq!(reception.extended_highest(), 0x1_0009);
    // 2 of 16.
    assert_eq!(reception.fraction_lost(), 32);
    assert_eq!(reception.fraction_lost(), 0);
    assert_eq!(reception.jitter(), 0);
}

#[test]
fn duplicates_make_loss_negative_and_the_fraction_zero() {
    let mut reception = Reception::new(8_000);
    for sequence in [1, 2, 2, 3, 3] {
        reception.packet(millis(0), sequence, 0);
    }
    assert_eq!(reception.lost(), -2);
    assert_eq!(reception.fraction_lost(), 0);
}

#[test]
fn reordered_packets_are_not_lost() {
    let mut reception = Reception::new(8_000);
    for sequence in [10, 12, 11, 13] {
        reception.packet(millis(0), sequence, 0);
    }
    assert_eq!(reception.lost(), 0);
}

#[test]
fn a_jump_counts_only_when_it_is_followed_up() {
    let mut reception = Reception::new(8_000);
    assert_eq!(reception.packet(millis(0), 100, 0), Validity::Valid);
    assert_eq!(reception.packet(millis(20), 103, 480), Validity::Valid);
    assert_eq!(
        reception.packet(millis(40), 30_000, 0),
        Validity::Discontinuous
    );
    assert_eq!(reception.packet(millis(60), 104, 640), Validity::Valid);
    assert_eq!(
        reception.packet(millis(80), 40_000, 0),
        Validity::Discontinuous
    );
    assert_eq!(
        reception.packet(millis(100), 40_001, 160),
        Validity::Restarted
    );
    assert_eq!(reception.packet(millis(120), 40_003, 480), Validity::Valid);
    // Two before the restart, one after it.
    assert_eq!(reception.lost(), 3);
}

/// RFC 3550 A.8 with every second packet 10 ms late: the difference is always 80 units, and the
/// estimate closes in on it.
#[test]
fn jitter_closes_in_on_the_mean_difference() {
    let mut reception = Reception::new(8_000);
    for index in 0..200_u16 {
        let late = if index % 2 == 1 { 10 } else { 0 };
        let arrival = millis(20 * u64::from(index) + late);
        reception.packet(arrival, index, 160 * u32::from(index));
    }
    assert!(
        (76..=80).contains(&reception.jitter()),
        "{}",
        reception.jitter()
    );
    assert!(reception.jitter_time() <= millis(10));
}

#[test]
fn jitter_survives_the_roll_over_of_timestamps() {
    let mut reception = Reception::new(48_000);
    let first = u32::MAX - 5_000;
    for index in 0..50_u16 {
        let timestamp = first.wrapping_add(960 * u32::from(index));
        reception.packet(millis(20 * u64::from(index)), index, timestamp);
    }
    assert!(reception.jitter() < 2, "{}", reception.jitter());
}

#[test]
fn anything_does_not_panic() {
    let mut chance = Chance(3);
    let mut reception = Reception::new(8_000);
    for index in 0..100_000 {
        let sequence = if chance.next().is_multiple_of(3) {
            index as u16
        } else {
            chance.next() as u16
        };
        reception.packet(millis(u64::from(chance.next())), sequence, chance.next());
        reception.fraction_lost();
    }
    assert!(reception.received() > 0);
}

#[test]
fn extended_numbers_keep_order() {
    let mut extended = ExtendedSequence::default();
    let first = extended.extend(65_534);
    assert_eq!(extended.extend(1), first + 3);
    assert_eq!(extended.extend(65_535), first + 1);
    assert_eq!(extended.extend(2), first + 4);
    assert_eq!(extended.highest(), Some(first + 4));
}

#[test]
fn packets_of_another_clock_count_but_say_nothing_of_jitter() {
    let mut reception = Reception::new(48_000);
    assert_eq!(reception.untimed_packet(1), Validity::Valid);
    for index in 0..10_u16 {
        let time = millis(20 * u64::from(index));
        assert_eq!(
            reception.packet(time, 2 + 2 * index, 960 * u32::from(index)),
            Validity::Valid
        );
        assert_eq!(reception.untimed_packet(3 + 2 * index), Validity::Valid);
    }
    assert_eq!((reception.received(), reception.lost()), (21, 0));
    assert_eq!(reception.jitter(), 0);
}
