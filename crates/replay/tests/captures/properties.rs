//! Whatever a capture holds: no panic, no end of memory, no end of time.

use crate::written::{sip_over_ipv6, whole_call};
use crate::{Seen, public};
use core::time::Duration;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use trunkline_replay::Dissector;
use trunkline_replay::capture::{DataLink, Frame, Reader};
use trunkline_replay::ladder::Ladder;

fn link() -> impl Strategy<Value = DataLink> {
    select(vec![
        DataLink::ETHERNET,
        DataLink::LINUX_SLL,
        DataLink::LINUX_SLL2,
        DataLink::NULL,
        DataLink::RAW,
        DataLink::IPV6,
        DataLink::Unknown(4711),
    ])
}

/// Shows everything that frames hold in every form there is.
fn show(frames: impl IntoIterator<Item = Frame>) {
    let (mut dissector, mut ladder) = (Dissector::default(), Ladder::new());
    let mut found = Vec::new();
    for frame in frames {
        found.extend(dissector.frame(&frame));
    }
    found.extend(dissector.finish());
    for sighting in found {
        let line = ladder.line(&sighting);
        assert!(!line.contains(char::is_control), "{line:?}");
        assert!(sighting.to_json(false).is_object() && sighting.to_json(true).is_object());
    }
}

/// The frames of the small public captures and of those written here.
fn known_frames() -> Vec<Frame> {
    let call = whole_call("192.0.2.1:9899", "192.0.2.2:9899");
    let mut files = vec![call, sip_over_ipv6()];
    for path in public::all() {
        let octets = std::fs::read(path).expect("a file that can be read");
        files.extend((octets.len() < 20_000).then_some(octets));
    }
    let readers = files
        .iter()
        .map(|octets| Reader::new(&octets[..]).expect("a capture"));
    readers
        .flat_map(|reader| reader.map(|frame| frame.expect("a frame")))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_frames_do_no_harm(
        frames in prop::collection::vec((link(), prop::collection::vec(any::<u8>(), 0..200)), 0..8)
    ) {
        show((1..).zip(frames).map(|(number, (link, data))| {
            Frame { number, time: Duration::from_secs(number), link, data }
        }));
    }

    #[test]
    fn arbitrary_payloads_do_no_harm(
        port in select(vec![5060_u16, 9899, 2905, 40_000]),
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..8),
    ) {
        let (from, to) = ("192.0.2.1:7000".parse().unwrap(), ([192, 0, 2, 2], port).into());
        let (mut dissector, mut ladder) = (Dissector::default(), Ladder::new());
        for payload in payloads {
            for sighting in dissector.datagram(Duration::ZERO, from, to, &payload) {
                ladder.line(&sighting);
            }
        }
        dissector.finish();
    }

    #[test]
    fn arbitrary_files_do_no_harm(
        magic in select(vec![[0x0a, 0x0d, 0x0d, 0x0a], [0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0x3c, 0x4d]]),
        octets in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        Seen::in_octets(&[&magic[..], &octets].concat()[..]);
    }
}

#[test]
fn damaged_frames_do_no_harm() {
    let frames = known_frames();
    let changes = prop::collection::vec((any::<Index>(), any::<Index>(), any::<u8>()), 1..40);
    let config = ProptestConfig {
        cases: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&changes, |changes| {
        let mut damaged = frames.clone();
        for (frame, octet, value) in changes {
            let data = &mut frame.get_mut(&mut damaged[..]).data;
            match value {
                0..=15 => data.truncate(octet.index(data.len() + 1)),
                _ if !data.is_empty() => *octet.get_mut(&mut data[..]) = value,
                _ => {}
            }
        }
        show(damaged);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn damaged_files_end_with_an_error_or_not_at_all() {
    let file = whole_call("192.0.2.1:9899", "192.0.2.2:9899");
    for length in 0..file.len() {
        let seen = Seen::in_octets(&file[..length]);
        assert!(seen.frames <= 7);
    }
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(&(any::<Index>(), any::<u8>()), |(octet, value)| {
        let mut damaged = file.clone();
        *octet.get_mut(&mut damaged[..]) = value;
        Seen::in_octets(&damaged[..]);
        Ok(())
    });
    outcome.unwrap();
}
