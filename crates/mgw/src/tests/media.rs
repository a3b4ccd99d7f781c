//! Sound from end to end: a tone each way through every pair of codecs, packet lengths, loss.

use super::world::{
    CONTEXT, Chance, FarEnd, TRUNK_A, TRUNK_MU, World, circuit, config, parameters, rtp,
};
use crate::Timer;
use trunkline_codecs::tone::Sine;
use trunkline_model::media::{Codec, Law};

/// The signal-to-noise ratio that a path through both codecs must keep, in dB.
fn least_snr(from: Codec, to: Codec) -> f64 {
    let worst = |codec| match codec {
        Codec::Pcma | Codec::Pcmu => 30.0,
        Codec::Opus => 20.0,
        Codec::G729 => 15.0,
    };
    let snr = f64::min(worst(from), worst(to));
    if from == to && from == Codec::G729 {
        12.0
    } else {
        snr
    }
}

fn check(heard: &FarEnd, frequency: f64, level: f64, snr: f64, what: &str) {
    let measured = heard.measured(400);
    assert!(
        (measured.frequency_hz - frequency).abs() < 0.5,
        "{what}: {measured:?}"
    );
    assert!(
        (measured.level_dbm0 - level).abs() < 1.5,
        "{what}: {measured:?}"
    );
    assert!(
        measured.snr_db > snr,
        "{what}: {measured:?}, wanted {snr} dB"
    );
    // Nothing was left out: as many samples as time went by, but for what is on its way.
    assert!(
        heard.heard.len() > 8 * 2_850,
        "{what}: {} samples",
        heard.heard.len()
    );
}

#[test]
fn kilohertz_through_every_pair_of_codecs() {
    for a in Codec::ALL {
        for b in Codec::ALL {
            let mut world = World::new(config());
            let (to_a, to_b) = (parameters(1, a), parameters(2, b));
            let [local_a, local_b] = world.connect(rtp(to_a), rtp(to_b));
            let mut a_end = FarEnd::new(local_a, to_a, Sine::new(1_000.0, -10.0));
            let mut b_end = FarEnd::new(local_b, to_b, Sine::new(820.0, -13.0));
            world.talk(&mut [&mut a_end, &mut b_end], 3_000);
            check(
                &b_end,
                1_000.0,
                -10.0,
                least_snr(a, b),
                &format!("{a} to {b}"),
            );
            check(
                &a_end,
                820.0,
                -13.0,
                least_snr(b, a),
                &format!("{b} to {a}"),
            );
            a_end.assert_unbroken();
            b_end.assert_unbroken();
            let counters = world.mgw.counters();
            let relayed = a == b || (is_g711(a) && is_g711(b));
            assert_eq!(counters.relayed(a, b) > 0, relayed, "{a} to {b}");
            assert_eq!(counters.transcoded(a, b) > 0, !relayed, "{a} to {b}");
            assert_eq!(counters.concealed(), 0, "{a} to {b}");
        }
    }
}

#[test]
fn kilohertz_between_every_codec_and_a_circuit() {
    for codec in Codec::ALL {
        for (group, law) in [(TRUNK_A, Law::A), (TRUNK_MU, Law::Mu)] {
            let mut world = World::new(config());
            let phone = parameters(1, codec);
            let [local, bearer] = world.connect(rtp(phone), circuit(group, 5));
            let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
            let mut converter = FarEnd::converter(group, 5, Sine::new(1_004.0, -10.0));
            assert_eq!(bearer, converter.peer);
            world.talk(&mut [&mut phone, &mut converter], 3_000);
            let snr = least_snr(codec, law.codec());
            check(
                &converter,
                1_000.0,
                -10.0,
                snr,
                &format!("{codec} to {law:?}"),
            );
            check(&phone, 1_004.0, -10.0, snr, &format!("{law:?} to {codec}"));
            let statistics = world.subtract(CONTEXT).unwrap();
            assert_eq!(statistics.a.packets_lost + statistics.b.packets_lost, 0);
            assert_eq!(statistics.a.packets_received, 150);
            assert_eq!(statistics.b.packets_received, 150);
            assert!(statistics.b.packets_sent >= 146, "{statistics:?}");
        }
    }
}

#[test]
fn packet_lengths_differ_on_both_sides() {
    for (codec, spoken, wanted) in [
        (Codec::Pcma, 10, 10),
        (Codec::Pcma, 20, 40),
        (Codec::Pcma, 30, 30),
        (Codec::Pcmu, 60, 50),
        (Codec::Pcmu, 40, 10),
        (Codec::G729, 10, 60),
        (Codec::G729, 30, 30),
        (Codec::G729, 60, 20),
        (Codec::Opus, 10, 40),
        (Codec::Opus, 20, 60),
        (Codec::Opus, 60, 10),
        (Codec::Opus, 40, 30),
    ] {
        let what = format!("{codec}, {spoken} ms in, {wanted} ms out");
        let mut world = World::new(config());
        let mut phone = parameters(1, codec);
        phone.ptime = wanted;
        let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
        let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
        phone.ptime = spoken;
        let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(1_000.0, -10.0));
        world.talk(&mut [&mut phone, &mut converter], 3_000);
        // Opus has no frames of 30 or 50 ms: the next shorter is sent.
        let expected = match (codec, wanted) {
            (Codec::Opus, 30) => 20,
            (_, other) => other,
        };
        let lengths: Vec<usize> = phone.packets.iter().map(|packet| packet.3).collect();
        // The first packets may have been relayed before the difference showed.
        assert!(
            lengths
                .iter()
                .skip(2)
                .all(|&l| l == usize::from(expected) * 8),
            "{what}: {lengths:?}"
        );
        assert!(
            converter
                .packets
                .iter()
                .skip(2)
                .all(|packet| packet.3 == 160),
            "{what}"
        );
        check(
            &converter,
            1_000.0,
            -10.0,
            least_snr(codec, Codec::Pcma),
            &what,
        );
        check(&phone, 1_000.0, -10.0, least_snr(codec, Codec::Pcma), &what);
        converter.assert_unbroken();
    }
}

#[test]
fn lost_packets_are_concealed_and_counted() {
    for codec in [Codec::Opus, Codec::G729] {
        let mut world = World::new(config());
        let phone = parameters(1, codec);
        let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
        let mut phone = FarEnd::new(local, phone, Sine::new(440.0, -10.0));
        let mut chance = Chance(9);
        phone.loses = Box::new(move |sequence| {
            chance.next() % 100 < 5 && !(65_500..65_510).contains(&sequence)
        });
        let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(1_000.0, -10.0));
        converter.silent = true;
        world.talk(&mut [&mut phone, &mut converter], 10_000);
        converter.assert_unbroken();
        // The circuit hears 20 ms each 20 ms, whatever was lost.
        let first = converter.heard.len();
        assert!(first > 8 * 9_900, "{codec}: {first} samples");
        let measured = converter.measured(400);
        assert!(
            (measured.frequency_hz - 440.0).abs() < 2.0,
            "{codec}: {measured:?}"
        );
        assert!(measured.total_dbm0 > -15.0, "{codec}: {measured:?}");
        let concealed = world.mgw.counters().concealed();
        let statistics = world.subtract(CONTEXT).unwrap();
        let lost = statistics.a.packets_lost;
        assert!((1..=30).contains(&lost), "{codec}: {lost} lost");
        assert_eq!(statistics.a.packets_received + lost, 500, "{codec}");
        assert!(concealed >= lost, "{codec}: {concealed} of {lost}");
    }
}

#[test]
fn jitter_is_taken_out() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Opus);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(1_000.0, -10.0));
    converter.silent = true;
    // Packets come up to 15 ms late, each by chance.
    let mut chance = Chance(4);
    for _ in 0..150 {
        let late = u64::from(chance.next() % 15);
        world.talk(&mut [&mut converter], late);
        phone.next = 0;
        world.talk(&mut [&mut phone, &mut converter], 1);
        let rest = 20 - late - 1;
        world.talk(&mut [&mut converter], rest);
    }
    let times: Vec<u64> = world
        .sent
        .iter()
        .filter(|sent| sent.destination == converter.address && sent.channel == crate::Channel::Rtp)
        .map(|sent| sent.at.as_micros())
        .collect();
    assert!(times.len() > 140);
    assert!(
        times.windows(2).all(|pair| pair[1] - pair[0] == 20_000),
        "{times:?}"
    );
    assert_eq!(world.mgw.counters().concealed(), 0);
}

#[test]
fn circuit_hears_on_when_the_far_end_pauses() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Opus);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(1_000.0, -10.0));
    converter.silent = true;
    world.talk(&mut [&mut converter], 500);
    assert!(
        converter.packets.is_empty(),
        "nothing to say before the far end speaks"
    );
    world.talk(&mut [&mut phone, &mut converter], 1_000);
    let spoken = converter.packets.len();
    phone.silent = true;
    world.talk(&mut [&mut phone, &mut converter], 1_000);
    assert_eq!(converter.packets.len(), spoken + 50);
    let end = &converter.heard[converter.heard.len() - 4_000..];
    assert!(end.iter().all(|&sample| sample == 8), "silence in A-law");
    phone.silent = false;
    world.talk(&mut [&mut phone, &mut converter], 1_000);
    assert_eq!(converter.packets.len(), spoken + 100);
    converter.assert_unbroken();
}

#[test]
fn ticks_are_spread_and_relays_have_none() {
    let mut world = World::new(config());
    world.connect(rtp(parameters(1, Codec::Pcma)), circuit(TRUNK_MU, 1));
    assert!(matches!(
        world.mgw.poll_timeout(),
        Some((_, Timer::Supervision))
    ));
    let mut phases = Vec::new();
    for place in 0..20 {
        let period = std::time::Duration::from_millis(20);
        let now = trunkline_model::Time::from_millis(1_000);
        let at = crate::timers::next_tick(now, place, period);
        assert!(at > now && at <= now + period);
        phases.push(at.as_micros() % 20_000 / 1_000);
    }
    phases.sort_unstable();
    let gaps = phases.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(gaps.clone().all(|gap| gap <= 2), "{phases:?}");
    assert!(gaps.filter(|&gap| gap == 0).count() < 10, "{phases:?}");
}

fn is_g711(codec: Codec) -> bool {
    matches!(codec, Codec::Pcma | Codec::Pcmu)
}
