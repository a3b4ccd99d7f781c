//! The fuzz targets of `fuzz/`, with valid messages that are changed here and there: always the
//! same ones.

// What helpers of tests unwrap is a failure of the test.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/generate.rs"]
mod generate;
#[path = "support/random.rs"]
mod random;
#[path = "support/targets.rs"]
mod targets;

use generate::Generator;
use random::Random;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use trunkline_isup::segmentation::MOVABLE;
use trunkline_isup::{MessageType, ParameterCode, Variant};

const INPUTS: usize = 200_000;

#[test]
fn whatever_comes_is_read_or_refused() {
    let corpus = messages();
    let corpus = refs(&corpus);
    run(targets::decode, INPUTS / 3, |random| {
        mutated(random.pick(&corpus), random)
    });
}

#[test]
fn whatever_is_read_is_written_as_it_came() {
    let corpus = messages();
    let corpus = refs(&corpus);
    run(targets::decode_encode, INPUTS / 3, |random| {
        mutated(random.pick(&corpus), random)
    });
}

#[test]
fn whatever_is_split_is_put_together_again() {
    let corpus = long_messages();
    run(targets::segmentation, INPUTS / 10, |random| {
        // A variant, a limit, and some messages of that variant.
        let (variant, own) = &corpus[random.below(corpus.len())];
        let mut input = vec![*variant, random.between(24, 120) as u8];
        for _ in 0..random.between(1, 5) {
            let message = mutated(&own[random.below(own.len())], random);
            let length = message.len().min(255);
            input.extend([length as u8, random.octet()]);
            input.extend(&message[..length]);
        }
        input
    });
}

/// Messages to begin with hold what the targets hold. Where `FUZZ_CORPUS` names a folder, they are
/// written there, for the fuzz targets when they are run by hand.
#[test]
fn seeds_hold() {
    let folder = std::env::var_os("FUZZ_CORPUS");
    let seed = |target: &str, body: fn(&[u8]) -> bool, inputs: Vec<Vec<u8>>| {
        assert!(inputs.len() > 100, "{target}: {} seeds", inputs.len());
        let read = inputs.iter().filter(|input| body(input)).count();
        assert!(
            read * 3 > inputs.len(),
            "{target}: {read} of {}",
            inputs.len()
        );
        let Some(folder) = &folder else { return };
        let folder = Path::new(folder).join(target);
        std::fs::create_dir_all(&folder).unwrap();
        for (index, input) in inputs.iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{index:05}")), input).unwrap();
        }
    };
    seed("decode", targets::decode, messages());
    seed("decode_encode", targets::decode_encode, messages());
    let mut sequences = Vec::new();
    for (variant, own) in long_messages() {
        for pair in own.windows(2) {
            let mut input = vec![variant, 40];
            for message in pair {
                let length = message.len().min(255);
                input.extend([length as u8, 1]);
                input.extend(&message[..length]);
            }
            sequences.push(input);
        }
    }
    seed("segmentation", targets::segmentation, sequences);
}

/// Of each variant that segments, messages with much that can move, and segments.
fn long_messages() -> Vec<(u8, Vec<Vec<u8>>)> {
    const TYPES: [MessageType; 7] = [
        MessageType::Iam,
        MessageType::Acm,
        MessageType::Cpg,
        MessageType::Anm,
        MessageType::Con,
        MessageType::Sgm,
        MessageType::Blo,
    ];
    let mut corpus = Vec::new();
    for (index, variant) in Variant::all().enumerate() {
        if variant.message(MessageType::Sgm.code()).is_none() {
            continue;
        }
        let mut generator = Generator::new(variant, index as u64);
        let mut own = Vec::new();
        for row in TYPES.iter().filter_map(|it| variant.message(it.code())) {
            for _ in 0..20 {
                let count = generator.random.between(1, 6);
                let mut optional: Vec<_> =
                    (0..count).map(|_| generator.random.pick(MOVABLE)).collect();
                optional.extend(row.optional.iter().take(generator.random.below(3)));
                own.push(generator.message(row, &optional));
            }
        }
        corpus.push((index as u8, own));
    }
    corpus
}

fn refs(corpus: &[Vec<u8>]) -> Vec<&[u8]> {
    corpus.iter().map(Vec::as_slice).collect()
}

/// Valid messages of every type and variant, each behind an octet that picks the variant.
fn messages() -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    for (index, variant) in Variant::all().enumerate() {
        let mut generator = Generator::new(variant, index as u64);
        let all: Vec<ParameterCode> = variant.parameters().skip(1).map(|row| row.code).collect();
        for row in variant.messages() {
            for _ in 0..8 {
                let mut optional = Vec::new();
                for _ in 0..generator.random.below(6) {
                    let listed = !row.optional.is_empty() && generator.random.below(2) == 0;
                    optional.push(
                        generator
                            .random
                            .pick(if listed { row.optional } else { &all }),
                    );
                }
                let message = generator.message(row, &optional);
                messages.push([&[index as u8][..], &message].concat());
            }
        }
    }
    messages
}

/// A few changes: octets, bits, lengths, pieces that are left out, doubled or moved.
fn mutated(message: &[u8], random: &mut Random) -> Vec<u8> {
    let mut message = message.to_vec();
    for _ in 0..random.below(4) {
        let place = random.below(message.len());
        let end = (place + random.between(1, 8)).min(message.len());
        match random.below(8) {
            0 => message.truncate(place.max(1)),
            1 => drop(message.drain(place.max(1)..end.max(1))),
            2 => {
                let piece = message[place..end].to_vec();
                let goal = random.between(1, message.len());
                message.splice(goal..goal, piece);
            }
            3 => message[place] ^= 1 << random.below(8),
            4 => message[place] = random.octet(),
            // What means something as length, pointer, extension or end.
            5 => message[place] = random.pick(&[0, 1, 2, 3, 4, 5, 0x7f, 0x80, 0xff]),
            6 => message[place] = message[place].wrapping_add(1),
            _ => {
                let most = random.pick(&[20, 20, 20, 300]);
                let length = random.between(1, most);
                message.extend(random.octets(length));
            }
        }
    }
    message
}

/// Runs a target; the input that it does not bear is printed. Some inputs must come to its point.
fn run(target: fn(&[u8]) -> bool, point: usize, mut input: impl FnMut(&mut Random) -> Vec<u8>) {
    let mut random = Random::new(4);
    let mut came = 0;
    for _ in 0..INPUTS {
        let input = input(&mut random);
        match catch_unwind(AssertUnwindSafe(|| target(&input))) {
            Ok(point) => came += usize::from(point),
            Err(_) => panic!("input: {input:02x?}"),
        }
    }
    assert!(came > point, "{came} of {INPUTS}");
}
