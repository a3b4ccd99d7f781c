//! Longest prefix among a million, beside a hash table that is asked for each length.

use divan::{Bencher, black_box, counter::ItemsCount};
use trunkline_benches::cpu::{Work, compare};
use trunkline_benches::heap::{ALLOCATOR as COUNTING, Allocator, Growth};
use trunkline_benches::prefixes::Prefixes;

#[global_allocator]
static ALLOCATOR: Allocator = COUNTING;

fn main() {
    divan::main();
    if trunkline_benches::measuring_everything() {
        let prefixes = prefixes();
        let growth = Growth::start();
        let hashed = prefixes.hashed();
        let hash_table = growth.so_far();
        let growth = Growth::start();
        let routes = prefixes.routes();
        let trie = growth.so_far();
        let count = prefixes.prefixes.len();
        let numbers = prefixes.numbers.len() as u32;
        compare(
            &format!("longest of {count} prefixes"),
            15,
            vec![
                Work::prepared(
                    "hash table, length by length",
                    numbers,
                    || (),
                    |()| each(&prefixes, |number| hashed.find(number).copied()),
                ),
                Work::prepared(
                    "Routes::find",
                    numbers,
                    || (),
                    |()| each(&prefixes, |number| routes.find(number).copied()),
                ),
            ],
        );
        for (name, grown) in [("hash table", hash_table), ("Routes", trie)] {
            println!(
                "  {name:<12} {:.0} octets of heap a prefix",
                grown.heap as f64 / count as f64
            );
        }
    }
}

#[divan::bench]
fn routes_find(bencher: Bencher) {
    let prefixes = prefixes();
    let routes = prefixes.routes();
    bencher
        .counter(ItemsCount::new(prefixes.numbers.len()))
        .bench_local(|| each(&prefixes, |number| routes.find(number).copied()));
}

#[divan::bench]
fn hash_table_length_by_length(bencher: Bencher) {
    let prefixes = prefixes();
    let hashed = prefixes.hashed();
    bencher
        .counter(ItemsCount::new(prefixes.numbers.len()))
        .bench_local(|| each(&prefixes, |number| hashed.find(number).copied()));
}

/// Looks for all numbers; how many were found.
fn each(prefixes: &Prefixes, find: impl Fn(&str) -> Option<u32>) -> usize {
    prefixes
        .numbers
        .iter()
        .filter(|number| find(black_box(number)).is_some())
        .count()
}

fn prefixes() -> Prefixes {
    Prefixes::new(if trunkline_benches::measuring() {
        1_000_000
    } else {
        1_000
    })
}
