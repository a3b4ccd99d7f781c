//! Datagrams that do not belong, and anything at all.

use super::world::{
    CONTEXT, Chance, FarEnd, TRUNK_A, World, circuit, config, events, parameters, rtp,
};
use crate::{Channel, Discard, MgwConfig};
use std::net::SocketAddr;
use trunkline_codecs::tone::Sine;
use trunkline_model::media::{Codec, Mode, Notification, TerminationId};
use trunkline_rtp::RtpPacket;

fn packet(payload_type: u8, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    RtpPacket::new(payload_type, sequence, 0, 1, payload).write(&mut data);
    data
}

fn stranger() -> SocketAddr {
    "203.0.113.66:5004".parse().unwrap()
}

#[test]
fn wrong_source_type_and_form_are_dropped_and_counted() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Pcma);
    let [local, bearer] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let sound = packet(8, 1, &[0xd5; 160]);
    world.packet(local, stranger(), &sound);
    let mut other_port = phone.remote;
    other_port.set_port(5_006);
    world.packet(local, other_port, &sound);
    world.packet(bearer, phone.remote, &sound);
    world.packet(local, phone.remote, &packet(0, 1, &[0xff; 160]));
    world.packet(local, phone.remote, b"GET / HTTP/1.1");
    assert!(world.sent.is_empty());
    assert!(world.notified.is_empty());
    let counters = world.mgw.counters();
    assert_eq!(counters.discarded(Discard::WrongSource), 3);
    assert_eq!(counters.discarded(Discard::PayloadType), 1);
    assert_eq!(counters.discarded(Discard::Malformed), 1);
    let statistics = world.subtract(CONTEXT).unwrap();
    assert_eq!(statistics.a.packets_discarded, 4);
    assert_eq!(statistics.b.packets_discarded, 1);
    assert_eq!(statistics.a.packets_received, 0);
}

#[test]
fn payload_that_is_none_is_concealed_over() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::G729);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let mut end = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
    world.talk(&mut [&mut end, &mut converter], 500);
    let (sequence, timestamp) = (end.sequence, end.timestamp);
    end.sequence = sequence.wrapping_add(1);
    end.send(&mut world, false, 18, sequence, timestamp, &[1; 13]);
    world.talk(&mut [&mut end, &mut converter], 500);
    assert_eq!(world.mgw.counters().discarded(Discard::Undecodable), 1);
    converter.assert_unbroken();
}

#[test]
fn before_the_answer_nothing_comes_in() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Pcma);
    let bearer = trunkline_model::media::Bearer::Rtp {
        remote: None,
        ipv6: false,
    };
    let local = world
        .add(CONTEXT, TerminationId::A, bearer, Mode::SendReceive)
        .unwrap();
    world
        .add(
            CONTEXT,
            TerminationId::B,
            circuit(TRUNK_A, 1),
            Mode::SendReceive,
        )
        .unwrap();
    world.packet(local, phone.remote, &packet(8, 1, &[0xd5; 160]));
    assert_eq!(world.mgw.counters().discarded(Discard::WrongSource), 1);
    world
        .modify(CONTEXT, TerminationId::A, Some(phone), Mode::SendReceive)
        .unwrap();
    world.packet(local, phone.remote, &packet(8, 2, &[0xd5; 160]));
    assert_eq!(world.sent.len(), 1);
}

#[test]
fn latching_takes_the_first_source_and_keeps_it() {
    let mut world = World::new(MgwConfig {
        latch: true,
        ..config()
    });
    let phone = parameters(1, Codec::Pcma);
    let [local, bearer] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let nat: SocketAddr = "203.0.113.9:61000".parse().unwrap();
    // What is no RTP of the agreed type does not latch.
    world.packet(local, stranger(), &packet(0, 1, &[0xff; 160]));
    world.packet(local, nat, &packet(8, 1, &[0xd5; 160]));
    world.packet(local, stranger(), &packet(8, 2, &[0xd5; 160]));
    world.packet(local, phone.remote, &packet(8, 2, &[0xd5; 160]));
    assert_eq!(world.sent.len(), 1);
    assert_eq!(world.mgw.counters().discarded(Discard::WrongSource), 2);
    // And answers go there.
    let converter = FarEnd::converter(TRUNK_A, 1, Sine::new(1_000.0, -10.0));
    world.packet(bearer, converter.address, &packet(8, 1, &[0xd5; 160]));
    assert_eq!(world.sent[1].destination, nat);
    // A new address from signaling sets it free.
    let moved = parameters(2, Codec::Pcma);
    world
        .modify(CONTEXT, TerminationId::A, Some(moved), Mode::SendReceive)
        .unwrap();
    world.packet(bearer, converter.address, &packet(8, 2, &[0xd5; 160]));
    assert_eq!(world.sent[2].destination, moved.remote);
}

#[test]
fn bearers_of_circuits_never_latch() {
    let mut world = World::new(MgwConfig {
        latch: true,
        ..config()
    });
    let phone = parameters(1, Codec::Pcma);
    let [_, bearer] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    world.packet(bearer, stranger(), &packet(8, 1, &[0xd5; 160]));
    assert_eq!(world.mgw.counters().discarded(Discard::WrongSource), 1);
    assert!(world.sent.is_empty());
    let converter = FarEnd::converter(TRUNK_A, 1, Sine::new(1_000.0, -10.0));
    world.packet(bearer, converter.address, &packet(8, 2, &[0xd5; 160]));
    assert_eq!(world.sent.len(), 1);
}

#[test]
fn silence_of_the_far_end_is_reported_once_and_not_on_hold() {
    let limit = std::time::Duration::from_secs(30);
    let mut world = World::new(MgwConfig {
        inactivity: Some(limit),
        ..config()
    });
    let phone = parameters(1, Codec::Pcma);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let mut end = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
    let silences = |world: &World| -> Vec<TerminationId> {
        let silent = |&(id, event): &(TerminationId, Notification)| {
            matches!(event, Notification::Inactivity(30_000..=31_100)).then_some(id)
        };
        world.notified.iter().filter_map(silent).collect()
    };
    world.talk(&mut [&mut end, &mut converter], 1_000);
    world.talk(&mut [&mut converter], 29_000);
    assert!(silences(&world).is_empty());
    world.talk(&mut [&mut converter], 40_000);
    assert_eq!(silences(&world), [TerminationId::A]);
    world.talk(&mut [&mut end, &mut converter], 100);
    world
        .modify(CONTEXT, TerminationId::A, None, Mode::SendOnly)
        .unwrap();
    world.talk(&mut [&mut converter], 100_000);
    assert_eq!(silences(&world), [TerminationId::A]);
    world
        .modify(CONTEXT, TerminationId::A, None, Mode::SendReceive)
        .unwrap();
    world.talk(&mut [&mut converter], 29_000);
    assert_eq!(silences(&world), [TerminationId::A]);
    world.talk(&mut [&mut converter], 3_000);
    assert_eq!(silences(&world), [TerminationId::A, TerminationId::A]);
}

#[test]
fn restarted_source_is_followed() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Opus);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let mut end = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
    world.talk(&mut [&mut end, &mut converter], 1_000);
    // Another source, as after a transfer behind the same address.
    end.ssrc += 1;
    end.sequence = 5;
    end.timestamp = 99;
    world.talk(&mut [&mut end, &mut converter], 1_000);
    // The same source with a jump.
    end.sequence = 30_000;
    world.talk(&mut [&mut end, &mut converter], 1_000);
    converter.assert_unbroken();
    converter.heard.drain(..8 * 2_200);
    assert!(
        converter.measured(0).snr_db > 20.0,
        "{:?}",
        converter.measured(0)
    );
    assert_eq!(world.mgw.counters().discarded(Discard::Sequence), 1);
    assert_eq!(world.subtract(CONTEXT).unwrap().a.packets_lost, 0);
}

#[test]
fn anything_from_the_right_source_does_not_panic() {
    let mut chance = Chance(77);
    for codec in Codec::ALL {
        let mut world = World::new(config());
        let mut phone = parameters(1, codec);
        phone.telephone_event = events(101, 8_000);
        let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
        for index in 0..3_000_u32 {
            let length = (chance.next() % 100) as usize;
            let octets: Vec<u8> = (0..length).map(|_| chance.next() as u8).collect();
            let channel = if chance.next().is_multiple_of(8) {
                Channel::Rtcp
            } else {
                Channel::Rtp
            };
            let data = match chance.next() % 4 {
                0 => octets,
                1 => packet(101, chance.next() as u16, &octets),
                _ => {
                    let sequence = (index + chance.next() % 4) as u16;
                    packet(phone.receive_payload_type, sequence, &octets)
                }
            };
            world.datagram(local, channel, phone.remote, &data);
            if chance.next().is_multiple_of(3) {
                world.until(world.now + std::time::Duration::from_millis(20));
            }
        }
        world.subtract(CONTEXT).unwrap();
    }
}

#[test]
fn late_worker_skips_what_cannot_be_made_good() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Opus);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let mut end = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
    world.talk(&mut [&mut end, &mut converter], 500);
    world.now += std::time::Duration::from_secs(10);
    world.mgw.handle_timeout(world.now);
    let (at, _) = world.mgw.poll_timeout().unwrap();
    assert!(at > world.now);
    assert!((480..500).contains(&world.mgw.counters().overruns()));
}
