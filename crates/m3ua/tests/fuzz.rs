//! The fuzz targets of `fuzz/`, with valid messages that are changed here and there: always the
//! same ones.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "support/generate.rs"]
mod generate;
#[path = "../../isup/tests/support/random.rs"]
mod random;
#[path = "support/targets.rs"]
mod targets;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use random::Random;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use trunkline_m3ua::encode;

const INPUTS: usize = 200_000;

#[test]
fn whatever_comes_is_read_or_refused() {
    let seeds = seeds();
    run(targets::decode, INPUTS / 4, |random| {
        let mut octets = seeds[random.below(seeds.len())].clone();
        for _ in 0..random.below(4) {
            change(&mut octets, random);
        }
        measure(&mut octets, random);
        octets
    });
}

#[test]
fn whatever_streams_in_is_cut_into_messages() {
    let seeds = seeds();
    run(targets::deframe, INPUTS / 4, |random| {
        let limit = random.pick(&[8, 16, 100, 1_000, 0xffff_u16]);
        let mut stream = limit.to_be_bytes().to_vec();
        for _ in 0..random.between(1, 4) {
            let mut octets = seeds[random.below(seeds.len())].clone();
            if random.below(3) == 0 {
                change(&mut octets, random);
                measure(&mut octets, random);
            }
            stream.extend(octets);
        }
        stream
    });
}

/// Messages to begin with hold what the targets hold. Where `FUZZ_CORPUS` names a folder, they are
/// written there, for the fuzz targets when they are run by hand.
#[test]
fn seeds_hold() {
    let folder = std::env::var_os("FUZZ_CORPUS");
    let decode = seeds();
    let streams = decode.chunks(3);
    let streams = streams.map(|messages| [&[0x10, 0][..], &messages.concat()].concat());
    let deframe = streams.collect::<Vec<_>>();
    for (name, target, inputs) in [
        ("decode", targets::decode as fn(&[u8]) -> bool, decode),
        ("deframe", targets::deframe, deframe),
    ] {
        for (index, input) in inputs.iter().enumerate() {
            assert!(target(input), "{name}: {input:02x?}");
            if let Some(folder) = &folder {
                let folder = Path::new(folder).join(name);
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(folder.join(format!("seed-{index:05}")), input).unwrap();
            }
        }
    }
}

/// Valid messages of every type with every parameter.
fn seeds() -> Vec<Vec<u8>> {
    let message = generate::message();
    let mut runner = TestRunner::deterministic();
    let messages = (0..1_000).map(|_| message.new_tree(&mut runner).unwrap().current());
    messages.map(|message| encode(&message)).collect()
}

/// One change: an octet, a word, or a piece that is left out, doubled or put elsewhere.
fn change(octets: &mut Vec<u8>, random: &mut Random) {
    let place = random.below(octets.len() + 1);
    // Tags, lengths and values begin where words do.
    let word = place & !3;
    let end = (word + 4 * random.between(1, 3)).min(octets.len());
    match random.below(8) {
        0 => octets.truncate(place),
        1 => drop(octets.drain(word..end.max(word))),
        2 => {
            let piece = octets[word.min(end)..end].to_vec();
            let goal = random.below(octets.len() + 1) & !3;
            octets.splice(goal..goal, piece);
        }
        3 => {
            let length = random.between(1, 12);
            let piece = random.octets(length);
            octets.splice(place..place, piece);
        }
        // What means something as length, class or type.
        4 => fill(octets, place, random.pick(&[0, 1, 3, 4, 5, 8, 9, 12, 0xff])),
        5 => fill(octets, place, random.octet()),
        6 => {
            // Another parameter, mostly one that exists.
            let high = random.pick(&[0, 2, 2, 0xff]);
            fill(octets, word, high);
            fill(octets, word + 1, random.octet() & 0x1f);
        }
        _ => {
            let bit = 1 << random.below(8);
            let octet = octets.get(place).copied().unwrap_or_default();
            fill(octets, place, octet ^ bit);
        }
    }
}

fn fill(octets: &mut [u8], place: usize, value: u8) {
    if let Some(octet) = octets.get_mut(place) {
        *octet = value;
    }
}

/// Makes the header right more often than not, so that what follows is looked at.
fn measure(octets: &mut [u8], random: &mut Random) {
    let length = (octets.len() as u32).to_be_bytes();
    if let Some(field) = octets.get_mut(4..8)
        && random.below(4) > 0
    {
        field.copy_from_slice(&length);
    }
}

/// Runs a target; the input that it does not bear is printed. Some inputs must come to its point.
fn run(target: fn(&[u8]) -> bool, point: usize, mut input: impl FnMut(&mut Random) -> Vec<u8>) {
    let mut random = Random::new(7);
    let mut came = 0;
    for _ in 0..INPUTS {
        let input = input(&mut random);
        match catch_unwind(AssertUnwindSafe(|| target(&input))) {
            Ok(point) => came += usize::from(point),
            Err(_) => panic!("input: {input:02x?}"),
        }
    }
    assert!(came > point && came < INPUTS, "{came} of {INPUTS}");
}
