//! Signals: the ringing tone that a caller hears, and what ends it.

use super::world::{
    CONTEXT, FarEnd, TRUNK_A, TRUNK_MU, World, circuit, config, events, parameters, rtp,
};
use crate::Discard;
use std::net::SocketAddr;
use trunkline_codecs::tone::{Sine, measure};
use trunkline_model::TrunkGroupId;
use trunkline_model::media::{
    Bearer, Codec, ContextId, MediaError, Mode, RingingTone, Signal, TerminationId,
};
use trunkline_rtp::TelephoneEvent;

const RINGING: Option<Signal> = Some(Signal::RingingTone(RingingTone::European));

/// A call from a circuit whose SIP side has said nothing of its media yet, ringing.
fn ringing(group: TrunkGroupId) -> (World, FarEnd, SocketAddr) {
    let mut world = World::new(config());
    let add = |world: &mut World, termination, bearer, mode| {
        world.add(CONTEXT, termination, bearer, mode).unwrap()
    };
    let bearer = circuit(group, 1);
    add(&mut world, TerminationId::A, bearer, Mode::SendOnly);
    let bare = Bearer::Rtp {
        remote: None,
        ipv6: false,
    };
    let local = add(&mut world, TerminationId::B, bare, Mode::Inactive);
    let mut caller = FarEnd::converter(group, 1, Sine::new(1_000.0, -10.0));
    caller.silent = true;
    world.talk(&mut [&mut caller], 200);
    assert!(caller.packets.is_empty());
    world.signal(TerminationId::A, RINGING).unwrap();
    (world, caller, local)
}

/// The SIP side answers, or lets its early media be heard.
fn open(world: &mut World, local: SocketAddr, codec: Codec, mode: Mode) -> FarEnd {
    let phone = parameters(1, codec);
    world
        .modify(CONTEXT, TerminationId::B, Some(phone), mode)
        .unwrap();
    FarEnd::new(local, phone, Sine::new(1_004.0, -10.0))
}

/// Milliseconds of sound and of silence in turn.
fn cadence(pcm: &[i16]) -> Vec<(bool, usize)> {
    let mut runs: Vec<(bool, usize)> = Vec::new();
    for piece in pcm.chunks_exact(80) {
        // 500 is the peak of a sine at -33 dBm0.
        let loud = piece.iter().any(|sample| sample.unsigned_abs() > 500);
        match runs.last_mut() {
            Some((last, millis)) if *last == loud => *millis += 10,
            _ => runs.push((loud, 10)),
        }
    }
    runs
}

#[test]
fn caller_hears_425_hz_for_one_second_in_five() {
    for group in [TRUNK_A, TRUNK_MU] {
        let (mut world, mut caller, _) = ringing(group);
        world.talk(&mut [&mut caller], 16_000);
        let runs = cadence(&caller.heard);
        let expected = [
            (true, 1_000),
            (false, 4_000),
            (true, 1_000),
            (false, 4_000),
            (true, 1_000),
            (false, 4_000),
        ];
        assert_eq!(runs[..6], expected, "{group}");
        for start in [0, 5, 10] {
            let sound = measure(&caller.heard[start * 8_000..(start + 1) * 8_000]);
            assert!((sound.frequency_hz - 425.0).abs() < 0.1, "{sound:?}");
            assert!((sound.level_dbm0 + 20.0).abs() < 0.2, "{sound:?}");
            assert!(sound.snr_db > 30.0, "{sound:?}");
        }
        // A circuit has no pauses: 50 packets a second, one stream.
        assert!((799..=800).contains(&caller.packets.len()));
        caller.assert_unbroken();
        let marked = caller.packets.iter().filter(|packet| packet.2).count();
        assert_eq!(marked, 1);
        let codec = caller.parameters.codec;
        let sent = caller.packets.len() as u64;
        assert_eq!(world.mgw.counters().sent(codec), sent);
        assert_eq!(world.subtract(CONTEXT).unwrap().a.packets_sent, sent);
    }
}

#[test]
fn north_american_caller_hears_440_and_480_hz() {
    let (mut world, mut caller, _) = ringing(TRUNK_MU);
    // The new signal takes the place of the old one.
    let tone = Signal::RingingTone(RingingTone::NorthAmerican);
    world.signal(TerminationId::A, Some(tone)).unwrap();
    world.talk(&mut [&mut caller], 9_000);
    let runs = cadence(&caller.heard);
    assert_eq!(runs[..3], [(true, 2_000), (false, 4_000), (true, 2_000)]);
    let sound = measure(&caller.heard[..16_000]);
    let near = |hz: f64| (sound.frequency_hz - hz).abs() < 0.2;
    assert!(near(440.0) || near(480.0), "{sound:?}");
    assert!((sound.total_dbm0 + 16.0).abs() < 0.3, "{sound:?}");
}

#[test]
fn none_ends_it() {
    let (mut world, mut caller, _) = ringing(TRUNK_A);
    world.talk(&mut [&mut caller], 500);
    let heard = caller.packets.len();
    assert!(heard > 20);
    world.signal(TerminationId::A, None).unwrap();
    world.talk(&mut [&mut caller], 10_000);
    assert_eq!(caller.packets.len(), heard);
    // And it begins at the beginning if it comes again.
    world.signal(TerminationId::A, RINGING).unwrap();
    caller.heard.clear();
    world.talk(&mut [&mut caller], 2_000);
    assert_eq!(cadence(&caller.heard)[0], (true, 1_000));
}

#[test]
fn subtract_ends_it() {
    let (mut world, mut caller, _) = ringing(TRUNK_A);
    world.talk(&mut [&mut caller], 500);
    world.subtract(CONTEXT).unwrap();
    let sent = world.sent.len();
    assert_eq!(world.mgw.poll_timeout(), None);
    world.talk(&mut [&mut caller], 2_000);
    assert_eq!(world.sent.len(), sent);
}

/// RFC 3398 8.2.3: "ceasing any ringback tone that it may have begun to generate and then playing
/// media".
#[test]
fn first_packet_that_is_passed_on_ends_it() {
    for codec in Codec::ALL {
        let (mut world, mut caller, local) = ringing(TRUNK_A);
        world.talk(&mut [&mut caller], 500);
        let mut phone = open(&mut world, local, codec, Mode::ReceiveOnly);
        phone.silent = true;
        // It may be heard, but says nothing yet.
        world.talk(&mut [&mut phone, &mut caller], 250);
        let sound = measure(&caller.heard[caller.heard.len() - 1_600..]);
        assert!(
            (sound.frequency_hz - 425.0).abs() < 1.0,
            "{codec}: {sound:?}"
        );
        phone.silent = false;
        world.talk(&mut [&mut phone, &mut caller], 500);
        caller.heard.clear();
        world.talk(&mut [&mut phone, &mut caller], 6_000);
        let sound = caller.measured(0);
        assert!(
            (sound.frequency_hz - 1_004.0).abs() < 1.0,
            "{codec}: {sound:?}"
        );
        assert!(sound.snr_db > 15.0, "{codec}: {sound:?}");
        assert!((caller.heard.len() as i64 - 48_000).abs() <= 640, "{codec}");
        // One stream: the tone and the phone's sound follow each other without a hole, and in
        // the far end's time.
        caller.assert_unbroken();
        assert_timed(&caller, &world);
        // It does not come back when the phone falls silent.
        phone.silent = true;
        world.talk(&mut [&mut phone, &mut caller], 1_000);
        caller.heard.clear();
        world.talk(&mut [&mut phone, &mut caller], 6_000);
        assert!(
            !cadence(&caller.heard).iter().any(|(loud, _)| *loud),
            "{codec}"
        );
    }
}

/// That timestamps went on as the time did, to within a few packets.
fn assert_timed(caller: &FarEnd, world: &World) {
    let sent: Vec<_> = world
        .sent
        .iter()
        .filter(|sent| sent.destination == caller.address)
        .collect();
    let (first, last) = (sent.first().unwrap(), sent.last().unwrap());
    let elapsed = last.at.since(first.at).as_millis() as u32;
    let [first, last] = [first, last].map(|sent| {
        let packet = trunkline_rtp::RtpPacket::parse(&sent.data).unwrap();
        packet.timestamp
    });
    let told = last.wrapping_sub(first) / 8;
    assert!(
        told.abs_diff(elapsed) <= 60,
        "{told} ms told, {elapsed} ms gone"
    );
}

#[test]
fn digit_ends_it_too() {
    let (mut world, mut caller, local) = ringing(TRUNK_A);
    let mut phone = parameters(1, Codec::Pcma);
    phone.telephone_event = events(101, 8_000);
    world
        .modify(CONTEXT, TerminationId::B, Some(phone), Mode::SendReceive)
        .unwrap();
    let mut phone = FarEnd::new(local, phone, Sine::new(1_004.0, -10.0));
    world.talk(&mut [&mut caller], 200);
    caller.heard.clear();
    let event = TelephoneEvent {
        event: 1,
        end: true,
        volume: 10,
        duration: 1_600,
    };
    phone.event(&mut world, 1, event);
    world.talk(&mut [&mut caller], 1_000);
    let runs = cadence(&caller.heard);
    assert_eq!(runs[0], (true, 200), "{runs:?}");
    let sound = measure(&caller.heard[..1_600]);
    let near = |hz: f64| (sound.frequency_hz - hz).abs() < 3.0;
    assert!(near(697.0) || near(1_209.0), "{sound:?}");
}

/// What is thrown away is not heard, so it must not take the tone away either.
#[test]
fn packets_that_are_not_passed_on_leave_it() {
    let (mut world, mut caller, local) = ringing(TRUNK_A);
    let mut phone = open(&mut world, local, Codec::Pcma, Mode::Inactive);
    world.talk(&mut [&mut phone, &mut caller], 900);
    assert!(world.mgw.counters().discarded(Discard::Mode) > 40);
    world
        .modify(CONTEXT, TerminationId::B, None, Mode::ReceiveOnly)
        .unwrap();
    let stranger = "203.0.113.66:5004".parse().unwrap();
    phone.address = stranger;
    world.talk(&mut [&mut phone, &mut caller], 5_000);
    let runs = cadence(&caller.heard);
    assert_eq!(runs[..2], [(true, 1_000), (false, 4_000)], "{runs:?}");
    assert!(world.mgw.counters().discarded(Discard::WrongSource) > 200);
}

/// Early media came, ended, and ringing follows: nothing stale is heard, and the stream goes on.
#[test]
fn tone_after_sound_goes_on_in_the_same_stream() {
    for codec in Codec::ALL {
        let mut world = World::new(config());
        let phone = parameters(1, codec);
        let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
        let mut phone = FarEnd::new(local, phone, Sine::new(1_004.0, -10.0));
        let mut caller = FarEnd::converter(TRUNK_A, 1, Sine::new(600.0, -10.0));
        caller.silent = true;
        world.talk(&mut [&mut phone, &mut caller], 1_000);
        phone.silent = true;
        world.signal(TerminationId::B, RINGING).unwrap();
        caller.heard.clear();
        world.talk(&mut [&mut phone, &mut caller], 3_000);
        assert_eq!(cadence(&caller.heard)[0], (true, 1_000), "{codec}");
        let sound = measure(&caller.heard[..8_000]);
        assert!(
            (sound.frequency_hz - 425.0).abs() < 0.2,
            "{codec}: {sound:?}"
        );
        phone.silent = false;
        world.talk(&mut [&mut phone, &mut caller], 1_000);
        caller.assert_unbroken();
        assert_timed(&caller, &world);
    }
}

/// A far end of RTP hears it in its codec and packet length, too.
#[test]
fn any_termination_can_play_it() {
    for (codec, ptime) in [
        (Codec::Pcmu, 20),
        (Codec::G729, 30),
        (Codec::Opus, 60),
        (Codec::Pcma, 10),
    ] {
        let mut world = World::new(config());
        let mut phone = parameters(1, codec);
        phone.ptime = ptime;
        let mode = Mode::SendReceive;
        let local = world.add(CONTEXT, TerminationId::A, rtp(phone), mode);
        world.signal(TerminationId::A, RINGING).unwrap();
        let mut phone = FarEnd::new(local.unwrap(), phone, Sine::new(1_000.0, -10.0));
        phone.silent = true;
        world.talk(&mut [&mut phone], 6_500);
        let sound = measure(&phone.heard[800..7_200]);
        assert!(
            (sound.frequency_hz - 425.0).abs() < 2.0,
            "{codec}: {sound:?}"
        );
        assert!(sound.snr_db > 8.0, "{codec}: {sound:?}");
        let runs = cadence(&phone.heard);
        let tones = runs.iter().filter(|(loud, _)| *loud);
        let lengths: Vec<usize> = tones.map(|run| run.1).collect();
        assert_eq!(lengths.len(), 2, "{codec}: {runs:?}");
        for length in lengths {
            assert!(length.abs_diff(1_000) <= 40, "{codec}: {runs:?}");
        }
        assert!(
            phone
                .packets
                .iter()
                .all(|packet| packet.3 == 8 * usize::from(ptime))
        );
        phone.assert_unbroken();
        // Held: it is not sent, and goes on afterwards where it would have been.
        world
            .modify(CONTEXT, TerminationId::A, None, Mode::Inactive)
            .unwrap();
        let before = phone.packets.len();
        world.talk(&mut [&mut phone], 1_000);
        assert_eq!(phone.packets.len(), before, "{codec}");
    }
}

#[test]
fn signal_waits_for_the_remote_descriptor() {
    let mut world = World::new(config());
    let bare = Bearer::Rtp {
        remote: None,
        ipv6: false,
    };
    let local = world
        .add(CONTEXT, TerminationId::A, bare, Mode::SendReceive)
        .unwrap();
    world.signal(TerminationId::A, RINGING).unwrap();
    world.until(world.now + std::time::Duration::from_secs(1));
    assert!(world.sent.is_empty());
    let phone = parameters(1, Codec::Pcma);
    world
        .modify(CONTEXT, TerminationId::A, Some(phone), Mode::SendReceive)
        .unwrap();
    let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    phone.silent = true;
    world.talk(&mut [&mut phone], 500);
    assert!(!phone.packets.is_empty());
}

#[test]
fn signals_of_unknown_things_are_refused() {
    let mut world = World::new(config());
    let refused = world.signal(TerminationId::A, RINGING);
    assert_eq!(refused, Err(MediaError::UnknownContext));
    let bearer = circuit(TRUNK_A, 1);
    world
        .add(CONTEXT, TerminationId::A, bearer, Mode::SendOnly)
        .unwrap();
    for signal in [RINGING, None] {
        let refused = world.signal(TerminationId::B, signal);
        assert_eq!(refused, Err(MediaError::UnknownTermination));
    }
    world.signal(TerminationId::A, None).unwrap();
    assert_eq!(
        world.subtract(ContextId(1)),
        Err(MediaError::UnknownContext)
    );
}
