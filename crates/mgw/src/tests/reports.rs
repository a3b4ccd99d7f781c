//! RTCP.

use super::world::{CONTEXT, FarEnd, TRUNK_A, World, circuit, config, events, parameters, rtp};
use crate::{Channel, Discard, MgwConfig};
use std::net::SocketAddr;
use trunkline_codecs::tone::Sine;
use trunkline_model::media::Codec;
use trunkline_rtp::TelephoneEvent;
use trunkline_rtp::rtcp::{self, RtcpPacket, SenderInfo};

fn call(config: MgwConfig) -> (World, FarEnd, FarEnd) {
    let mut world = World::new(config);
    let phone = parameters(1, Codec::Opus);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    let converter = FarEnd::converter(TRUNK_A, 1, Sine::new(425.0, -10.0));
    (world, phone, converter)
}

/// The reports sent to a far end, each as its packets.
fn reports(world: &World, to: &FarEnd) -> Vec<Vec<RtcpPacket>> {
    let mut port = to.address;
    port.set_port(port.port() + 1);
    world
        .sent
        .iter()
        .filter(|sent| sent.channel == Channel::Rtcp && sent.destination == port)
        .map(|sent| rtcp::parse(&sent.data).collect::<Result<_, _>>().unwrap())
        .collect()
}

#[test]
fn reports_say_what_was_sent_and_received() {
    let (mut world, mut phone, mut converter) = call(config());
    phone.loses = Box::new(|sequence| sequence == 65_520);
    world.talk(&mut [&mut phone, &mut converter], 20_000);
    let reports = reports(&world, &phone);
    assert!(
        (2..=7).contains(&reports.len()),
        "{} in 20 s",
        reports.len()
    );
    let first = &reports[0];
    let RtcpPacket::SenderReport {
        info,
        block: Some(block),
        ..
    } = first[0]
    else {
        panic!("{first:?}")
    };
    assert_eq!(first[1], RtcpPacket::Other { packet_type: 202 });
    assert!(info.packets > 100 && info.octets > 100 * 30, "{info:?}");
    assert_eq!(block.ssrc, phone.ssrc);
    assert_eq!(block.lost, 1);
    assert!(block.fraction_lost > 0);
    let RtcpPacket::SenderReport {
        block: Some(second),
        ..
    } = reports[1][0]
    else {
        panic!()
    };
    assert_eq!((second.lost, second.fraction_lost), (1, 0));
    world.subtract(CONTEXT).unwrap();
    let farewell = self::reports(&world, &phone).pop().unwrap();
    assert!(
        matches!(farewell.last(), Some(RtcpPacket::Bye { ssrc: Some(_) })),
        "{farewell:?}"
    );
}

#[test]
fn sender_report_of_the_far_end_is_answered() {
    let (mut world, mut phone, mut converter) = call(config());
    world.talk(&mut [&mut phone, &mut converter], 100);
    let info = SenderInfo {
        ntp: 0x1111_2222_3333_4444,
        rtp: 1,
        packets: 2,
        octets: 3,
    };
    let mut data = Vec::new();
    rtcp::write_report(phone.ssrc, Some(&info), None, "x", &mut data);
    let mut source = phone.address;
    source.set_port(source.port() + 1);
    world.datagram(phone.peer, Channel::Rtcp, source, &data);
    let stranger: SocketAddr = "203.0.113.66:5005".parse().unwrap();
    world.datagram(phone.peer, Channel::Rtcp, stranger, &data);
    world.datagram(phone.peer, Channel::Rtcp, source, &data[..20]);
    assert_eq!(world.mgw.counters().reports_received(), 1);
    assert_eq!(world.mgw.counters().discarded(Discard::WrongSource), 1);
    assert_eq!(world.mgw.counters().discarded(Discard::Malformed), 1);
    let came = world.now;
    world.talk(&mut [&mut phone, &mut converter], 9_000);
    let report = reports(&world, &phone).remove(0);
    let RtcpPacket::SenderReport {
        block: Some(block), ..
    } = report[0]
    else {
        panic!()
    };
    assert_eq!(block.last_report, 0x2222_3333);
    let seconds = f64::from(block.delay) / 65_536.0;
    let sent = world
        .sent
        .iter()
        .find(|sent| sent.channel == Channel::Rtcp)
        .unwrap();
    assert!(
        (seconds - sent.at.since(came).as_secs_f64()).abs() < 1.0,
        "{seconds}"
    );
}

#[test]
fn no_reports_where_they_are_not_wanted() {
    let (mut world, mut phone, mut converter) = call(MgwConfig {
        rtcp: false,
        ..config()
    });
    world.talk(&mut [&mut phone, &mut converter], 12_000);
    world.subtract(CONTEXT).unwrap();
    assert!(reports(&world, &phone).is_empty());
    assert_eq!(world.mgw.counters().reports_sent(), 0);
}

/// What the timestamps of events count where the clocks differ is not agreed among telephones.
#[test]
fn events_of_another_clock_are_no_jitter() {
    let mut world = World::new(config());
    let mut phone = parameters(1, Codec::Opus);
    phone.telephone_event = events(101, 8_000);
    let [local, _] = world.connect(rtp(phone), circuit(TRUNK_A, 1));
    let mut phone = FarEnd::new(local, phone, Sine::new(1_000.0, -10.0));
    world.talk(&mut [&mut phone], 400);
    for (end, duration) in [(false, 800), (true, 1_600)] {
        let event = TelephoneEvent {
            event: 7,
            end,
            volume: 10,
            duration,
        };
        phone.event(&mut world, 77, event);
    }
    world.talk(&mut [&mut phone], 10_000);
    assert_eq!(world.digits(), "7");
    let jitter: Vec<u32> = reports(&world, &phone)
        .iter()
        .filter_map(|packets| match packets[0] {
            RtcpPacket::SenderReport { block, .. } | RtcpPacket::ReceiverReport { block, .. } => {
                block.map(|block| block.jitter)
            }
            _ => None,
        })
        .collect();
    assert!(!jitter.is_empty());
    assert!(jitter.iter().all(|&units| units < 48), "{jitter:?}");
    assert_eq!(world.subtract(CONTEXT).unwrap().a.packets_lost, 0);
}
