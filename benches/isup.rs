//! The ISUP codec, beside a copy of the octets.
//!
//! Decoding finds the parts and reads the mandatory parameters; optional ones are read when they
//! are asked for, which `decode and look` does with those that a gateway looks at. Transit is what
//! an exchange does that passes a message on.

use divan::{AllocProfiler, Bencher, black_box, counter::BytesCount};
use trunkline_benches::cpu::{Work, compare};
use trunkline_benches::messages::{ACM, DIVERTED_IAM, IAM, REL};
use trunkline_isup::{
    CallingPartyNumber, Frame, GenericNumber, HopCounter, Message, OptionalBackwardCallIndicators,
    OriginalCalledNumber, Pdu, RedirectingNumber, RedirectionInformation, UserServiceInformation,
    Variant, decode, encode,
};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
    if trunkline_benches::measuring_everything() {
        for (name, octets) in MESSAGES {
            let pdu = read(octets);
            let work = vec![
                Work::new("copy of the octets", TIMES, || black_box(octets).to_vec()),
                Work::new("frame", TIMES, || {
                    Frame::parse(Variant::itu(), black_box(octets))
                }),
                Work::new("decode", TIMES, || decode(black_box(octets))),
                Work::new("decode and look", TIMES, || look(black_box(octets))),
                Work::new("encode", TIMES, || encode(black_box(&pdu))),
                Work::new("transit", TIMES, || transit(black_box(octets))),
            ];
            compare(name, ROUNDS, work);
        }
    }
}

#[divan::bench(args = NAMES)]
fn copy(bencher: Bencher, name: &str) {
    let octets = octets(name);
    bencher
        .counter(BytesCount::of_slice(octets))
        .bench(|| black_box(octets).to_vec());
}

#[divan::bench(args = NAMES)]
fn decoding(bencher: Bencher, name: &str) {
    let octets = octets(name);
    bencher
        .counter(BytesCount::of_slice(octets))
        .bench(|| decode(black_box(octets)));
}

#[divan::bench(args = NAMES)]
fn encoding(bencher: Bencher, name: &str) {
    let octets = octets(name);
    let pdu = read(octets);
    bencher
        .counter(BytesCount::of_slice(octets))
        .bench(|| encode(black_box(&pdu)));
}

#[divan::bench(args = NAMES)]
fn looking(bencher: Bencher, name: &str) {
    let octets = octets(name);
    bencher
        .counter(BytesCount::of_slice(octets))
        .bench(|| look(black_box(octets)));
}

#[divan::bench(args = NAMES)]
fn passing_on(bencher: Bencher, name: &str) {
    let octets = octets(name);
    bencher
        .counter(BytesCount::of_slice(octets))
        .bench(|| transit(black_box(octets)));
}

/// Decodes and asks for the optional parameters that a gateway looks at.
fn look(octets: &[u8]) -> Pdu {
    let pdu = read(octets);
    if let Some(optional) = pdu.message.optional() {
        black_box(optional.get::<CallingPartyNumber>());
        black_box(optional.get::<OriginalCalledNumber>());
        black_box(optional.get::<RedirectingNumber>());
        black_box(optional.get::<RedirectionInformation>());
        black_box(optional.get::<UserServiceInformation>());
        black_box(optional.all::<GenericNumber>().count());
        black_box(optional.get::<HopCounter>());
        black_box(optional.get::<OptionalBackwardCallIndicators>());
    }
    pdu
}

/// Decodes, counts the exchange, and encodes.
fn transit(octets: &[u8]) -> Vec<u8> {
    let mut pdu = read(octets);
    if let Message::Iam(iam) = &mut pdu.message
        && let Some(HopCounter(count)) = iam.optional.get()
    {
        iam.optional.set(&HopCounter(count.saturating_sub(1)));
    }
    encode(&pdu)
}

fn octets(name: &str) -> &'static [u8] {
    MESSAGES
        .iter()
        .find(|(own, _)| *own == name)
        .map_or(&[], |&(_, octets)| octets)
}

fn read(octets: &[u8]) -> Pdu {
    decode(octets).expect("a message of this crate")
}

/// As [`IAM`], with spare bits that are set and octets behind the end.
const ODD_IAM: &[u8] = &[
    0x05, 0xf0, 0x01, 0xe0, 0x20, 0x01, 0x0a, 0x03, 0x02, 0x0a, // CIC to pointers
    0x08, 0x84, 0x1f, 0x94, 0x08, 0x21, 0x43, 0x65, 0xff, // called party number
    0x0a, 0x08, 0x04, 0x13, 0x44, 0x02, 0x21, 0x43, 0x65, 0x87, // calling party number
    0x1d, 0x03, 0x90, 0x90, 0xa3, // user service information
    0x3d, 0x01, 0xf4, // hop counter
    0x00, 0xff, 0xff,
];

const MESSAGES: [(&str, &[u8]); 5] = [
    ("IAM", IAM),
    ("odd IAM", ODD_IAM),
    ("IAM of a diverted call", DIVERTED_IAM),
    ("ACM", ACM),
    ("REL", REL),
];
const NAMES: [&str; 5] = ["IAM", "odd IAM", "IAM of a diverted call", "ACM", "REL"];
const TIMES: u32 = 200_000;
const ROUNDS: usize = 15;
