//! Packets that are relayed without being taken apart.

use super::world::{CONTEXT, FarEnd, TRUNK_A, TRUNK_MU, World, circuit, config, parameters, rtp};
use trunkline_codecs::g711;
use trunkline_codecs::tone::Sine;
use trunkline_model::media::{Codec, Mode, TerminationId};
use trunkline_rtp::RtpPacket;

fn packet(sequence: u16, timestamp: u32, ssrc: u32, payload: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    RtpPacket::new(8, sequence, timestamp, ssrc, payload).write(&mut data);
    data
}

#[test]
fn goes_out_at_once_with_our_own_header() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Pcma);
    let [local, bearer] = world.connect(rtp(phone), circuit(TRUNK_A, 3));
    let payload: Vec<u8> = (0..160).map(|octet| octet as u8).collect();
    for index in 0..3 {
        let data = packet(100 + index, 160 * u32::from(index), 77, &payload);
        world.packet(local, phone.remote, &data);
    }
    assert_eq!(world.sent.len(), 3);
    let sent: Vec<RtpPacket<'_>> = world
        .sent
        .iter()
        .map(|sent| RtpPacket::parse(&sent.data).unwrap())
        .collect();
    for (index, (packet, sent)) in sent.iter().zip(&world.sent).enumerate() {
        assert_eq!(sent.at, world.now);
        assert_eq!(sent.source, bearer);
        assert_eq!(
            sent.destination,
            FarEnd::converter(TRUNK_A, 3, Sine::new(1.0, 0.0)).address
        );
        assert_eq!(packet.payload, payload);
        assert_ne!(packet.ssrc, 77);
        assert_eq!(packet.ssrc, sent_ssrc(&world.sent[0].data));
        assert_eq!(
            packet.sequence.wrapping_sub(index as u16),
            RtpPacket::parse(&world.sent[0].data).unwrap().sequence
        );
        assert_eq!(packet.marker, index == 0);
    }
    assert_eq!(sent[2].timestamp.wrapping_sub(sent[0].timestamp), 320);
    assert_eq!(world.mgw.counters().relayed(Codec::Pcma, Codec::Pcma), 3);
    assert_eq!(world.mgw.counters().received(Codec::Pcma), 3);
}

#[test]
fn loss_and_order_are_left_as_they_are() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Pcma);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 3));
    for sequence in [10, 12, 11, 15] {
        let data = packet(sequence, 160 * u32::from(sequence), 77, &[0xd5; 160]);
        world.packet(local, phone.remote, &data);
    }
    let numbers: Vec<u16> = world
        .sent
        .iter()
        .map(|sent| RtpPacket::parse(&sent.data).unwrap().sequence)
        .collect();
    let first = numbers[0];
    let relative: Vec<u16> = numbers
        .iter()
        .map(|number| number.wrapping_sub(first))
        .collect();
    assert_eq!(relative, [0, 2, 1, 5]);
}

#[test]
fn another_source_continues_the_stream() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Pcma);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 3));
    world.packet(local, phone.remote, &packet(10, 1_000, 77, &[0xd5; 160]));
    world.until(world.now + std::time::Duration::from_millis(20));
    world.packet(
        local,
        phone.remote,
        &packet(40_000, 9_000_000, 78, &[0xd5; 160]),
    );
    let [first, second] = [0, 1].map(|index: usize| world.sent[index].data.clone());
    let [first, second] = [&first, &second].map(|data| RtpPacket::parse(data).unwrap());
    assert_eq!(second.ssrc, first.ssrc);
    assert_eq!(second.sequence, first.sequence.wrapping_add(1));
    assert_eq!(second.timestamp, first.timestamp.wrapping_add(160));
    assert!(second.marker);
}

#[test]
fn laws_are_converted_by_table() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Pcma);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_MU, 3));
    let payload: Vec<u8> = (0..160).map(|octet| octet as u8).collect();
    world.packet(local, phone.remote, &packet(1, 0, 77, &payload));
    let sent = RtpPacket::parse(&world.sent[0].data).unwrap();
    let expected: Vec<u8> = payload
        .iter()
        .map(|&code| g711::ALAW_TO_ULAW[usize::from(code)])
        .collect();
    assert_eq!(sent.payload, expected);
    assert_eq!(sent.payload_type, 0);
}

#[test]
fn extension_and_padding_are_not_passed_on() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Pcma);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 3));
    let mut data = Vec::new();
    RtpPacket {
        padding: 4,
        ..RtpPacket::new(8, 1, 0, 5, &[0xd5; 160])
    }
    .write(&mut data);
    world.packet(local, phone.remote, &data);
    assert_eq!(world.sent[0].data.len(), 172);
}

#[test]
fn new_codec_by_modify_makes_a_new_path() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Pcma);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 3));
    let mut pcma = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let mut converter = FarEnd::converter(TRUNK_A, 3, Sine::new(600.0, -10.0));
    world.talk(&mut [&mut pcma, &mut converter], 500);
    let opus = parameters(1, Codec::Opus);
    world
        .modify(CONTEXT, TerminationId::A, Some(opus), Mode::SendReceive)
        .unwrap();
    let mut opus = FarEnd::new(local, opus, Sine::new(1_000.0, -10.0));
    converter.heard.clear();
    world.talk(&mut [&mut opus, &mut converter], 2_000);
    converter.assert_unbroken();
    opus.assert_unbroken();
    let measured = converter.measured(300);
    assert!(measured.snr_db > 24.0, "{measured:?}");
    let measured = opus.measured(300);
    assert!((measured.frequency_hz - 600.0).abs() < 0.5, "{measured:?}");
    let counters = world.mgw.counters();
    assert!(counters.relayed(Codec::Pcma, Codec::Pcma) > 0);
    assert!(counters.transcoded(Codec::Opus, Codec::Pcma) > 0);
    assert!(counters.transcoded(Codec::Pcma, Codec::Opus) > 0);
}

#[test]
fn buffers_are_used_again() {
    let mut world = World::new(config());
    let phone = parameters(1, Codec::Pcma);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 3));
    let data = packet(1, 0, 77, &[0xd5; 160]);
    world.packet(local, phone.remote, &data);
    let source = phone.remote;
    let (&socket, _) = world
        .sockets
        .iter()
        .find(|&(_, &address)| address == local)
        .unwrap();
    let mut pointers = Vec::new();
    for _ in 0..10 {
        let channel = crate::Channel::Rtp;
        let input = crate::Input::Packet {
            socket,
            channel,
            source,
            data: &data,
        };
        world.mgw.handle(world.now, input);
        while let Some(output) = world.mgw.poll_output() {
            if let crate::Output::Transmit { data, .. } = output {
                pointers.push(data.as_ptr());
                world.mgw.recycle(data);
            }
        }
    }
    pointers.dedup();
    assert_eq!(pointers.len(), 1);
}

fn sent_ssrc(data: &[u8]) -> u32 {
    RtpPacket::parse(data).unwrap().ssrc
}
