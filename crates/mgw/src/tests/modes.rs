//! Modes are enforced in each direction.

use super::world::{CONTEXT, FarEnd, TRUNK_A, World, circuit, config, parameters, rtp};
use crate::Discard;
use trunkline_codecs::tone::Sine;
use trunkline_model::media::{Codec, Mode, Notification, TerminationId};

/// Talks for a second with the terminations in these modes; whether each far end heard anything.
fn heard(codec: Codec, a: Mode, b: Mode) -> [bool; 2] {
    let mut world = World::new(config());
    let phone = parameters(1, codec);
    let local = world.add(CONTEXT, TerminationId::A, rtp(phone), a).unwrap();
    world
        .add(CONTEXT, TerminationId::B, circuit(TRUNK_A, 1), b)
        .unwrap();
    let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(1_000.0, -10.0));
    world.talk(&mut [&mut phone, &mut converter], 1_000);
    [!phone.packets.is_empty(), !converter.packets.is_empty()]
}

#[test]
fn modes_open_and_shut_each_direction() {
    use Mode::{Inactive, ReceiveOnly, SendOnly, SendReceive};
    // Relayed and transcoded alike.
    for codec in [Codec::Pcma, Codec::Opus] {
        for a in [Inactive, SendOnly, ReceiveOnly, SendReceive] {
            for b in [Inactive, SendOnly, ReceiveOnly, SendReceive] {
                let expected = [a.sends() && b.receives(), b.sends() && a.receives()];
                assert_eq!(heard(codec, a, b), expected, "{codec} {a:?} {b:?}");
            }
        }
    }
}

/// Early media: the landline is heard before the answer, the caller only after it.
#[test]
fn backward_path_first_then_both() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Opus);
    let local = world
        .add(CONTEXT, TerminationId::A, rtp(phone), Mode::SendReceive)
        .unwrap();
    let bearer = circuit(TRUNK_A, 1);
    world
        .add(CONTEXT, TerminationId::B, bearer, Mode::ReceiveOnly)
        .unwrap();
    let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
    world.talk(&mut [&mut phone, &mut converter], 1_000);
    assert!(phone.measured(300).snr_db > 20.0);
    assert!(converter.packets.is_empty());
    assert!(world.mgw.counters().discarded(Discard::NoDestination) > 0);
    world
        .modify(CONTEXT, TerminationId::B, None, Mode::SendReceive)
        .unwrap();
    world.talk(&mut [&mut phone, &mut converter], 1_000);
    assert!(converter.measured(300).snr_db > 20.0);
    // What the caller said before the answer does not come out afterwards.
    assert!(converter.heard.len() <= 8_000);
    phone.assert_unbroken();
}

#[test]
fn hold_and_resume_play_nothing_stale() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::G729);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
    world.talk(&mut [&mut phone, &mut converter], 1_000);
    world
        .modify(CONTEXT, TerminationId::A, None, Mode::Inactive)
        .unwrap();
    let before = (phone.packets.len(), converter.packets.len());
    let discarded = world.mgw.counters().discarded(Discard::Mode);
    world.talk(&mut [&mut phone, &mut converter], 1_000);
    assert_eq!((phone.packets.len(), converter.packets.len()), before);
    assert_eq!(
        world.mgw.counters().discarded(Discard::Mode),
        discarded + 50
    );
    world
        .modify(CONTEXT, TerminationId::A, None, Mode::SendReceive)
        .unwrap();
    world.talk(&mut [&mut phone, &mut converter], 1_000);
    // The pause shows in the timestamps, as in time.
    let times: Vec<u32> = converter.packets.iter().map(|packet| packet.1).collect();
    let (last, first) = (times[before.1 - 1], times[before.1]);
    let pause = first.wrapping_sub(last) / 8;
    assert!((1_000..1_100).contains(&pause), "{pause} ms");
    assert!(converter.packets[before.1].2, "marker after the pause");
    // Packets thrown away by mode are not lost.
    assert_eq!(world.subtract(CONTEXT).unwrap().a.packets_lost, 0);
}

#[test]
fn first_packet_is_reported_once_whatever_the_mode() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Pcma);
    let local = world
        .add(CONTEXT, TerminationId::A, rtp(phone), Mode::Inactive)
        .unwrap();
    let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    world.talk(&mut [&mut phone], 200);
    assert_eq!(
        world.notified,
        [(TerminationId::A, Notification::MediaStarted)]
    );
}

#[test]
fn nothing_goes_to_no_address() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Opus);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let mut end = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
    world.talk(&mut [&mut end, &mut converter], 500);
    // Hold as RFC 2543 did it.
    let mut held = phone;
    held.remote.set_ip("0.0.0.0".parse().unwrap());
    world
        .modify(CONTEXT, TerminationId::A, Some(held), Mode::SendReceive)
        .unwrap();
    let sent = world.sent.len();
    world.talk(&mut [&mut converter], 500);
    assert_eq!(
        world.sent.len(),
        sent + 25,
        "the circuit only hears silence"
    );
    assert!(
        world.sent[sent..]
            .iter()
            .all(|sent| sent.destination == converter.address)
    );
}
