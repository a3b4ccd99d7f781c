//! Telephone events: reported once, played in band into circuits, passed on between RTP ends.

use super::world::{CONTEXT, FarEnd, TRUNK_A, World, circuit, config, events, parameters, rtp};
use trunkline_codecs::tone::{Sine, measure};
use trunkline_model::media::{Codec, RtpParameters, TelephoneEvent as Events};
use trunkline_rtp::TelephoneEvent;

const EVENT: u8 = 101;

fn report(digit: char, end: bool, duration: u16) -> TelephoneEvent {
    let event = TelephoneEvent::code(digit).unwrap();
    TelephoneEvent {
        event,
        end,
        volume: 10,
        duration,
    }
}

/// Presses a key for `millis`, as telephones do: a report each 20 ms, three at the end.
fn press(
    world: &mut World,
    phone: &mut FarEnd,
    others: &mut [&mut FarEnd],
    digit: char,
    millis: u16,
) {
    let start = phone.timestamp;
    let events = phone.parameters.telephone_event.unwrap();
    let units = (events.clock_rate / 1_000) as u16;
    for elapsed in (20..=millis).step_by(20) {
        phone.event(world, start, report(digit, false, elapsed * units));
        world.talk(others, 20);
    }
    for _ in 0..3 {
        phone.event(world, start, report(digit, true, millis * units));
    }
    let clock = phone.parameters.codec.clock_rate() / 1_000;
    phone.timestamp = start.wrapping_add(u32::from(millis) * clock);
}

/// Pieces of sound louder than -30 dBm0, in ms, and the strongest frequency of each.
fn bursts(pcm: &[i16]) -> Vec<(usize, f64)> {
    let loud: Vec<bool> = pcm
        .chunks_exact(80)
        .map(|piece| measure(piece).total_dbm0 > -30.0)
        .collect();
    let mut bursts = Vec::new();
    let mut start = 0;
    for index in 0..=loud.len() {
        if !loud.get(index).copied().unwrap_or(false) {
            if index > start {
                let measured = measure(&pcm[start * 80..index * 80]);
                bursts.push(((index - start) * 10, measured.frequency_hz));
            }
            start = index + 1;
        }
    }
    bursts
}

#[test]
fn circuit_hears_tones_for_digits() {
    for codec in Codec::ALL {
        let mut world = World::new(config());
        let mut phone = parameters(1, codec);
        phone.telephone_event = events(EVENT, phone.codec.clock_rate());
        let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
        let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
        let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
        converter.silent = true;
        for digit in ['1', '5', '#', '5'] {
            press(&mut world, &mut phone, &mut [&mut converter], digit, 100);
            world.talk(&mut [&mut converter], 100);
        }
        world.talk(&mut [&mut converter], 300);
        assert_eq!(world.digits(), "15#5", "{codec}");
        let bursts = bursts(&converter.heard);
        assert_eq!(bursts.len(), 4, "{codec}: {bursts:?}");
        for ((length, frequency), tones) in bursts.iter().zip([
            [697.0, 1_209.0],
            [770.0, 1_336.0],
            [941.0, 1_477.0],
            [770.0, 1_336.0],
        ]) {
            assert!((80..=140).contains(length), "{codec}: {bursts:?}");
            let near = tones
                .iter()
                .any(|tone: &f64| (frequency - tone).abs() < 15.0);
            assert!(near, "{codec}: {bursts:?}");
        }
        assert_eq!(world.mgw.counters().digits(), 4);
        converter.assert_unbroken();
    }
}

/// Telephones that send sound and events at once: the circuit hears the tone alone.
#[test]
fn sound_under_a_digit_is_not_heard() {
    let mut world = World::new(config());
    let mut phone = parameters(1, Codec::Pcma);
    phone.telephone_event = events(EVENT, phone.codec.clock_rate());
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let mut phone = FarEnd::new(local, phone, Sine::new(2_000.0, -5.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
    converter.silent = true;
    world.talk(&mut [&mut phone, &mut converter], 500);
    let start = phone.timestamp;
    converter.heard.clear();
    for elapsed in (160..=4_800).step_by(160) {
        phone.event(&mut world, start, report('1', false, elapsed));
        world.talk(&mut [&mut phone, &mut converter], 20);
    }
    let during = measure(&converter.heard[8 * 100..8 * 500]);
    let tones = [697.0, 1_209.0];
    assert!(
        tones
            .iter()
            .any(|tone| (during.frequency_hz - tone).abs() < 2.0),
        "{during:?}"
    );
    phone.event(&mut world, start, report('1', true, 4_800));
    world.talk(&mut [&mut phone, &mut converter], 1_000);
    let after = measure(&converter.heard[converter.heard.len() - 4_000..]);
    assert!((after.frequency_hz - 2_000.0).abs() < 1.0, "{after:?}");
    assert_eq!(world.digits(), "1");
}

#[test]
fn lost_reports_neither_lose_nor_double_a_digit() {
    let mut world = World::new(config());
    let mut phone = parameters(1, Codec::Opus);
    phone.telephone_event = events(EVENT, phone.codec.clock_rate());
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
    converter.silent = true;
    // Only one report of the end arrives.
    phone.event(&mut world, 1_000, report('7', true, 4_800));
    world.talk(&mut [&mut converter], 400);
    // The end never arrives.
    phone.event(&mut world, 90_000, report('8', false, 960));
    world.talk(&mut [&mut converter], 600);
    // A report of the digit before overtakes.
    phone.event(&mut world, 180_000, report('9', false, 960));
    phone.event(&mut world, 90_000, report('8', true, 4_800));
    phone.event(&mut world, 180_000, report('9', true, 4_800));
    world.talk(&mut [&mut converter], 600);
    assert_eq!(world.digits(), "789");
    let bursts = bursts(&converter.heard);
    let lengths: Vec<usize> = bursts.iter().map(|burst| burst.0).collect();
    assert_eq!(lengths.len(), 3, "{bursts:?}");
    assert!((80..=120).contains(&lengths[0]), "{bursts:?}");
    assert!((180..=240).contains(&lengths[1]), "{bursts:?}");
    assert!((80..=120).contains(&lengths[2]), "{bursts:?}");
}

#[test]
fn digits_in_a_burst_are_played_one_after_the_other() {
    let mut world = World::new(config());
    let mut phone = parameters(1, Codec::Pcmu);
    phone.telephone_event = events(EVENT, phone.codec.clock_rate());
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
    converter.silent = true;
    for (index, digit) in "123456".chars().enumerate() {
        let start = 1_000 + 400 * index as u32;
        phone.event(&mut world, start, report(digit, false, 160));
        phone.event(&mut world, start, report(digit, true, 320));
    }
    world.talk(&mut [&mut converter], 2_000);
    assert_eq!(world.digits(), "123456");
    let bursts = bursts(&converter.heard);
    assert_eq!(bursts.len(), 6, "{bursts:?}");
    assert!(
        bursts.iter().all(|burst| (80..=100).contains(&burst.0)),
        "{bursts:?}"
    );
}

/// RFC 4733 2.5.1.3: a tone of more than 65,535 units comes in segments and is one digit.
#[test]
fn long_digit_is_one_digit() {
    let mut world = World::new(config());
    let mut phone = parameters(1, Codec::Pcma);
    phone.telephone_event = events(EVENT, phone.codec.clock_rate());
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
    converter.silent = true;
    let mut start: u32 = 500;
    let mut elapsed: u32 = 0;
    for _ in 0..600 {
        elapsed += 160;
        if elapsed > 0xffff {
            phone.event(&mut world, start, report('0', false, 0xffff));
            start += 0xffff;
            elapsed -= 0xffff;
        }
        phone.event(&mut world, start, report('0', false, elapsed as u16));
        world.talk(&mut [&mut converter], 20);
    }
    phone.event(&mut world, start, report('0', true, elapsed as u16));
    world.talk(&mut [&mut converter], 500);
    assert_eq!(world.digits(), "0");
    let bursts = bursts(&converter.heard);
    assert_eq!(bursts.len(), 1, "{bursts:?}");
    assert!((11_900..=12_300).contains(&bursts[0].0), "{bursts:?}");
}

#[test]
fn relayed_between_rtp_ends_under_the_other_payload_type() {
    let mut world = World::new(config());
    let (mut a, mut b) = (parameters(1, Codec::Pcma), parameters(2, Codec::Pcmu));
    a.telephone_event = events(101, a.codec.clock_rate());
    b.telephone_event = events(96, 8_000);
    let [local_a, local_b] = world.connect(rtp(a), rtp(b));
    let mut a = FarEnd::new(local_a, a, Sine::new(1_000.0, -10.0));
    let mut b = FarEnd::new(local_b, b, Sine::new(425.0, -10.0));
    world.talk(&mut [&mut a, &mut b], 200);
    press(&mut world, &mut a, &mut [&mut b], '4', 100);
    world.talk(&mut [&mut a, &mut b], 200);
    assert_eq!(world.digits(), "4");
    // Five reports and three of the end.
    assert_eq!(b.events.len(), 8);
    assert!(
        b.events.iter().all(|(timestamp, event)| {
            *timestamp == b.events[0].0 && event.digit() == Some('4')
        })
    );
    b.assert_unbroken();
}

#[test]
fn made_anew_where_sound_is_transcoded() {
    let mut world = World::new(config());
    let (mut a, mut b) = (parameters(1, Codec::Opus), parameters(2, Codec::Pcma));
    a.telephone_event = events(101, a.codec.clock_rate());
    b.telephone_event = events(96, 8_000);
    let [local_a, local_b] = world.connect(rtp(a), rtp(b));
    let mut a = FarEnd::new(local_a, a, Sine::new(1_000.0, -10.0));
    let mut b = FarEnd::new(local_b, b, Sine::new(425.0, -10.0));
    world.talk(&mut [&mut a, &mut b], 200);
    press(&mut world, &mut a, &mut [&mut b], '4', 200);
    world.talk(&mut [&mut b], 400);
    world.talk(&mut [&mut a, &mut b], 200);
    assert_eq!(world.digits(), "4");
    let ends: Vec<_> = b.events.iter().filter(|(_, event)| event.end).collect();
    assert_eq!(ends.len(), 3, "{:?}", b.events);
    // In units of its own clock, growing.
    assert!(b.events.iter().map(|(_, event)| event.duration).is_sorted());
    let last = ends[0].1.duration;
    assert!((1_440..=1_920).contains(&last), "{last}");
    assert!(
        b.events
            .iter()
            .all(|(timestamp, _)| *timestamp == b.events[0].0)
    );
    b.assert_unbroken();
}

/// The length of a digit that the circuit is told late is what the phone said, in its clock.
#[test]
fn duration_is_read_in_the_clock_that_was_agreed() {
    for (codec, clock_rate) in [
        (Codec::Opus, 48_000),
        (Codec::Opus, 8_000),
        (Codec::Pcmu, 8_000),
    ] {
        let mut world = World::new(config());
        let mut phone = parameters(1, codec);
        phone.telephone_event = events(EVENT, clock_rate);
        let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
        let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
        let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
        converter.silent = true;
        // All but the end got lost.
        let duration = (clock_rate / 1_000 * 240) as u16;
        phone.event(&mut world, 1_000, report('7', true, duration));
        world.talk(&mut [&mut converter], 600);
        let bursts = bursts(&converter.heard);
        assert_eq!(bursts.len(), 1, "{codec} {clock_rate}: {bursts:?}");
        assert_eq!(bursts[0].0, 240, "{codec} {clock_rate}: {bursts:?}");
    }
}

/// What B is told when A presses a key for `millis`.
fn told(a: RtpParameters, b: RtpParameters, millis: u16) -> FarEnd {
    let mut world = World::new(config());
    let [local_a, local_b] = world.connect(rtp(a), rtp(b));
    let mut a = FarEnd::new(local_a, a, Sine::new(1_000.0, -10.0));
    let mut b = FarEnd::new(local_b, b, Sine::new(425.0, -10.0));
    world.talk(&mut [&mut a, &mut b], 200);
    press(&mut world, &mut a, &mut [&mut b], '4', millis);
    // The gateway may play the digit a little later than it was pressed.
    world.talk(&mut [&mut b], 100);
    world.talk(&mut [&mut a, &mut b], 400);
    assert_eq!(world.digits(), "4");
    b.assert_unbroken();
    b
}

#[test]
fn durations_are_told_in_the_clock_of_the_other_end() {
    for (from, from_rate, to, to_rate) in [
        (Codec::Pcma, 8_000, Codec::Opus, 8_000),
        (Codec::Pcma, 8_000, Codec::Opus, 48_000),
        (Codec::Opus, 8_000, Codec::Pcma, 8_000),
        (Codec::Opus, 48_000, Codec::Pcma, 8_000),
        // Nothing but the clock of the events differs.
        (Codec::Opus, 8_000, Codec::Opus, 48_000),
        (Codec::Opus, 48_000, Codec::Opus, 8_000),
    ] {
        let what = format!("{from}, event/{from_rate} to {to}, event/{to_rate}");
        let (mut a, mut b) = (parameters(1, from), parameters(2, to));
        a.telephone_event = events(101, from_rate);
        b.telephone_event = events(96, to_rate);
        let b = told(a, b, 200);
        let ends: Vec<_> = b.events.iter().filter(|(_, event)| event.end).collect();
        assert_eq!(ends.len(), 3, "{what}: {:?}", b.events);
        let durations: Vec<u16> = b.events.iter().map(|(_, event)| event.duration).collect();
        assert!(durations.is_sorted(), "{what}: {durations:?}");
        let millis = u32::from(ends[0].1.duration) * 1_000 / to_rate;
        assert!((180..=240).contains(&millis), "{what}: {durations:?}");
        assert_eq!(u32::from(durations[0]), to_rate / 50, "{what}");
        // One event, one timestamp; the sound after it goes on in its own clock.
        let timestamp = b.events[0].0;
        assert!(b.events.iter().all(|event| event.0 == timestamp), "{what}");
        let after = b.packets.iter().rev().find(|packet| packet.2).unwrap();
        let units = to.clock_rate() / 1_000;
        let later = after.1.wrapping_sub(timestamp) / units;
        assert!((200..=500).contains(&later), "{what}: {later} ms");
    }
}

/// RFC 4733 2.5.1.3: 65,535 units of 48 kHz are 1.4 s.
#[test]
fn long_digit_is_told_in_segments() {
    for (to, to_rate, segments) in [
        (Codec::Opus, 48_000, 3),
        (Codec::Opus, 8_000, 1),
        (Codec::Pcmu, 8_000, 1),
    ] {
        let (mut a, mut b) = (parameters(1, Codec::G729), parameters(2, to));
        a.telephone_event = events(101, 8_000);
        b.telephone_event = events(96, to_rate);
        let b = told(a, b, 4_000);
        let mut starts: Vec<u32> = b.events.iter().map(|event| event.0).collect();
        starts.dedup();
        assert_eq!(starts.len(), segments, "{to} {to_rate}");
        for pair in starts.windows(2) {
            assert_eq!(pair[1].wrapping_sub(pair[0]), 0xffff);
            let whole = (pair[0], report('4', false, 0xffff));
            let mut told = b.events.iter().map(|(start, event)| {
                let volume = 10;
                (*start, TelephoneEvent { volume, ..*event })
            });
            assert!(told.any(|event| event == whole), "{:?}", b.events);
        }
        let last = b.events.last().unwrap().1;
        assert!(last.end);
        let units = 0xffff * (segments as u32 - 1) + u32::from(last.duration);
        let millis = units / (to_rate / 1_000);
        assert!(
            (3_980..=4_060).contains(&millis),
            "{to} {to_rate}: {millis}"
        );
        // "The M bit of the first packet reporting the new segment MUST NOT be set."
        let reports = b.packets.iter().filter(|packet| packet.3 == 0);
        assert_eq!(reports.filter(|packet| packet.2).count(), 1);
    }
}

#[test]
fn each_way_has_its_own_payload_type() {
    let (mut a, mut b) = (parameters(1, Codec::Pcma), parameters(2, Codec::Opus));
    a.telephone_event = events(101, 8_000);
    b.telephone_event = Some(Events {
        payload_type: 97,
        receive_payload_type: 110,
        clock_rate: 48_000,
    });
    // Heard under 97; sent under 110.
    assert!(!told(a, b, 100).events.is_empty());
    assert!(!told(b, a, 100).events.is_empty());
}

#[test]
fn held_termination_gives_no_digits() {
    let mut world = World::new(config());
    let mut phone = parameters(1, Codec::Pcma);
    phone.telephone_event = events(EVENT, phone.codec.clock_rate());
    let mode = trunkline_model::media::Mode::SendOnly;
    let id = trunkline_model::media::TerminationId::A;
    let local = world.add(CONTEXT, id, rtp(phone), mode).unwrap();
    let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    press(&mut world, &mut phone, &mut [], '4', 100);
    assert_eq!(world.digits(), "");
}
