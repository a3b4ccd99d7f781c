//! The fuzz targets of `fuzz/`, with valid messages that are changed here and there: always the
//! same ones.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "support/generate.rs"]
mod generate;
#[path = "../../isup/tests/support/random.rs"]
mod random;
#[path = "support/targets.rs"]
mod targets;

use random::Random;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

#[test]
fn whatever_comes_is_read_or_refused() {
    run(targets::message, 40_000, |random| {
        let mut octets = generate::message(random);
        for _ in 0..random.below(3) {
            change(&mut octets, random);
        }
        octets
    });
}

#[test]
fn whatever_streams_in_is_cut_alike() {
    run(targets::stream, 5_000, |random| {
        let mut input = stream_head(random);
        for _ in 0..random.between(1, 3) {
            for _ in 0..random.below(4) {
                input.extend(b"\r\n");
            }
            let mut octets = generate::message(random);
            if random.below(3) == 0 {
                change(&mut octets, random);
            }
            input.extend(octets);
        }
        input
    });
}

#[test]
fn whatever_is_described_is_read_or_refused() {
    run(targets::sdp, 40_000, |random| {
        let mut octets = description(random);
        for _ in 0..random.below(3) {
            change(&mut octets, random);
        }
        octets
    });
}

/// What the generator makes is read, and streams of it are cut. Where `FUZZ_CORPUS` names a
/// folder, it is written there, for the fuzz targets when they are run by hand.
#[test]
fn seeds_hold() {
    let folder = std::env::var_os("FUZZ_CORPUS");
    let mut random = Random::new(1);
    let messages: Vec<_> = (0..1_000).map(|_| generate::message(&mut random)).collect();
    let streams = messages.chunks(3).map(|messages| {
        let head = [random.octet(), 0xff, 0xff, 0xff, 0xff];
        [&head[..], &messages.concat()].concat()
    });
    let streams = streams.collect();
    let descriptions = (0..100).map(|_| description(&mut random)).collect();
    for (name, target, inputs) in [
        ("message", targets::message as fn(&[u8]) -> bool, messages),
        ("stream", targets::stream, streams),
        ("sdp", targets::sdp, descriptions),
    ] {
        for (index, input) in inputs.iter().enumerate() {
            assert!(target(input), "{name}: {}", input.escape_ascii());
            if let Some(folder) = &folder {
                let folder = Path::new(folder).join(name);
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(folder.join(format!("seed-{index:05}")), input).unwrap();
            }
        }
    }
}

/// How a stream is cut, and limits: mostly such as let messages through.
fn stream_head(random: &mut Random) -> Vec<u8> {
    let mut head = vec![random.octet()];
    for _ in 0..2 {
        let limit = random.pick(&[100_u16, 500, 0xffff, 0xffff, 0xffff]);
        head.extend(limit.to_be_bytes());
    }
    head
}

fn description(random: &mut Random) -> Vec<u8> {
    let mut text = "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\n".to_owned();
    text.push_str(random.pick(&["c=IN IP4 192.0.2.2\r\n", "c=IN IP6 2001:db8::1\r\n"]));
    text.push_str("t=0 0\r\n");
    for _ in 0..random.between(1, 3) {
        text.push_str(random.pick(&[
            "m=audio 30000 RTP/AVP 8 0 101\r\n",
            "m=audio 30002 RTP/AVP 111 18 101\r\na=rtpmap:111 opus/48000/2\r\n",
            "m=audio 0 RTP/SAVP 8\r\n",
            "m=video 30004 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
            "m=image 30006 udptl t38\r\n",
        ]));
        for line in [
            "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n",
            "a=ptime:20\r\n",
            "a=sendonly\r\n",
            "a=inactive\r\n",
            "a=rtcp:30001\r\n",
            "a=fmtp:18 annexb=no\r\n",
            "a=x-y:z\r\n",
        ] {
            if random.below(3) == 0 {
                text.push_str(line);
            }
        }
    }
    text.into()
}

/// One change: an octet, or a piece that is left out, doubled or put elsewhere.
fn change(octets: &mut Vec<u8>, random: &mut Random) {
    let place = random.below(octets.len() + 1);
    let end = (place + random.between(1, 24)).min(octets.len());
    match random.below(8) {
        0 => octets.truncate(place),
        1 => drop(octets.drain(place..end)),
        2 => {
            let piece = octets[place..end].to_vec();
            let goal = random.below(octets.len() + 1);
            octets.splice(goal..goal, piece);
        }
        3 => {
            let length = random.between(1, 12);
            let piece = random.octets(length);
            octets.splice(place..place, piece);
        }
        4 => fill(octets, place, random.octet()),
        5 => {
            let piece = random.pick(PIECES).as_bytes();
            octets.splice(place..place, piece.iter().copied());
        }
        // Separators do more harm than other octets.
        _ => fill(octets, place, random.pick(b"\r\n\t \",;:<>@%\\\0=[]?&/-")),
    }
}

fn fill(octets: &mut [u8], place: usize, value: u8) {
    if let Some(octet) = octets.get_mut(place) {
        *octet = value;
    }
}

/// What means something in many places.
const PIECES: &[&str] = &[
    "\r\n",
    "\r\n ",
    "\r\n\r\n",
    "--b\r\n",
    "--b--",
    "%00",
    "%ff",
    "\\\"",
    "\"",
    "<sip:",
    ">;tag=",
    "[::1]",
    ":::",
    "\r\nl: 5\r\n",
    "\r\nContent-Length: 9\r\n",
    "\u{e4}",
    "\r\nVia: SIP/2.0/UDP h",
    "99999999999",
    "a=",
    "m=audio 1 RTP/AVP 0\r\n",
    "c=IN IP4 0.0.0.0\r\n",
];

/// Runs a target; the input that it does not bear is printed. Some inputs must come to its point.
fn run(target: fn(&[u8]) -> bool, inputs: usize, mut input: impl FnMut(&mut Random) -> Vec<u8>) {
    let mut random = Random::new(7);
    let mut came = 0;
    for _ in 0..inputs {
        let input = input(&mut random);
        match catch_unwind(AssertUnwindSafe(|| target(&input))) {
            Ok(point) => came += usize::from(point),
            Err(_) => panic!("input: {}", input.escape_ascii()),
        }
    }
    println!("{came} of {inputs}");
    assert!(came > inputs / 4 && came < inputs, "{came} of {inputs}");
}
