//! The ISUP codec, beside a copy of the octets.

use divan::{AllocProfiler, Bencher, black_box, counter::BytesCount};
use trunkline_benches::cpu::{Work, compare};
use trunkline_benches::messages::{ACM, DIVERTED_IAM, IAM, REL};
use trunkline_isup::{Pdu, decode, encode};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
    if trunkline_benches::measuring_everything() {
        for (name, octets) in MESSAGES {
            let pdu = read(octets);
            let work = vec![
                Work::new("copy of the octets", TIMES, || black_box(octets).to_vec()),
                Work::new("decode", TIMES, || decode(black_box(octets))),
                Work::new("encode", TIMES, || encode(black_box(&pdu))),
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

fn octets(name: &str) -> &'static [u8] {
    MESSAGES
        .iter()
        .find(|(own, _)| *own == name)
        .map_or(&[], |&(_, octets)| octets)
}

fn read(octets: &[u8]) -> Pdu {
    decode(octets).expect("a message of this crate")
}

const MESSAGES: [(&str, &[u8]); 4] = [
    ("IAM", IAM),
    ("IAM of a diverted call", DIVERTED_IAM),
    ("ACM", ACM),
    ("REL", REL),
];
const NAMES: [&str; 4] = ["IAM", "IAM of a diverted call", "ACM", "REL"];
const TIMES: u32 = 200_000;
const ROUNDS: usize = 15;
