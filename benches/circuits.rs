//! Seizing circuits, among many; and what a circuit takes of memory.

use divan::{Bencher, counter::ItemsCount};
use trunkline_benches::circuits::Trunks;
use trunkline_benches::cpu::{Work, compare};
use trunkline_benches::heap::{ALLOCATOR as COUNTING, Allocator, Growth};

#[global_allocator]
static ALLOCATOR: Allocator = COUNTING;

fn main() {
    divan::main();
    if trunkline_benches::measuring_everything() {
        for circuits in [1_000, 100_000, 1_000_000] {
            let growth = Growth::start();
            let trunks = Trunks::new(circuits);
            let grown = growth.so_far();
            drop(trunks);
            let seizures = circuits.min(20_000) / 2;
            compare(
                &format!("one of {circuits} circuits"),
                5,
                vec![
                    Work::prepared(
                        "seize",
                        seizures as u32,
                        || Trunks::new(circuits),
                        move |trunks| seize(trunks, seizures),
                    ),
                    Work::prepared(
                        "seize and give back",
                        seizures as u32,
                        || Trunks::new(circuits),
                        move |trunks| seize_and_free(trunks, seizures),
                    ),
                ],
            );
            println!(
                "  {:.0} octets of heap a circuit",
                grown.heap as f64 / circuits as f64
            );
        }
    }
}

#[divan::bench(args = [1_000, 100_000], sample_count = 10, sample_size = 1)]
fn seizing(bencher: Bencher, circuits: usize) {
    let seizures = circuits.min(20_000) / 2;
    bencher
        .counter(ItemsCount::new(seizures))
        .with_inputs(|| Trunks::new(small(circuits)))
        .bench_local_values(|trunks| seize(trunks, seizures));
}

#[divan::bench(args = [1_000, 100_000], sample_count = 10, sample_size = 1)]
fn seizing_and_freeing(bencher: Bencher, circuits: usize) {
    let seizures = circuits.min(20_000) / 2;
    bencher
        .counter(ItemsCount::new(seizures))
        .with_inputs(|| Trunks::new(small(circuits)))
        .bench_local_values(|trunks| seize_and_free(trunks, seizures));
}

/// Seizes so many. Gives the table back, so that its end is not measured.
fn seize(mut trunks: Trunks, seizures: usize) -> (Trunks, usize) {
    let seized = (0..seizures).filter(|_| trunks.seize().is_some()).count();
    (trunks, seized)
}

fn seize_and_free(mut trunks: Trunks, seizures: usize) -> Trunks {
    for _ in 0..seizures {
        if let Some(circuit) = trunks.seize() {
            trunks.free(circuit);
        }
    }
    trunks
}

fn small(circuits: usize) -> usize {
    if trunkline_benches::measuring() {
        circuits
    } else {
        circuits.min(5_000)
    }
}
