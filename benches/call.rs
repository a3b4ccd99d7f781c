//! A whole call through the MGC: INVITE, 100, IAM, ACM, 180, ANM, 200, ACK, BYE, 200, REL, RLC, in
//! both directions, at 100 calls a second with 1,200 calls up and all timers running.
//!
//! The peers' messages were made beforehand; see `trunkline_benches::calls`.

use core::time::Duration;
use divan::{AllocProfiler, Bencher, black_box, counter::ItemsCount};
use trunkline_benches::calls::{Run, Script};
use trunkline_benches::cpu::{Work, compare};
use trunkline_mgc::Direction;
use trunkline_sip::Message;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
    if trunkline_benches::measuring_everything() {
        for direction in [Direction::SipToIsup, Direction::IsupToSip] {
            let script = script(direction);
            let (sip, isup) = script.received();
            compare(
                &format!("one call, {}", direction.name()),
                9,
                vec![
                    Work::prepared(
                        "reading what comes in",
                        script.calls,
                        || (),
                        |()| {
                            read(&sip, &isup);
                        },
                    ),
                    Work::prepared(
                        "the whole call",
                        script.calls,
                        || script.warm(),
                        Run::window,
                    ),
                ],
            );
        }
    }
}

#[divan::bench(args = DIRECTIONS, sample_count = 10, sample_size = 1)]
fn calls(bencher: Bencher, direction: &str) {
    let script = script(named(direction));
    bencher
        .counter(ItemsCount::new(script.calls))
        .with_inputs(|| script.warm())
        .bench_local_values(Run::window);
}

/// The least that a call needs: its messages that come in, decoded.
#[divan::bench(args = DIRECTIONS, sample_count = 10, sample_size = 1)]
fn reading(bencher: Bencher, direction: &str) {
    let script = script(named(direction));
    let (sip, isup) = script.received();
    bencher
        .counter(ItemsCount::new(script.calls))
        .bench_local(|| read(&sip, &isup));
}

fn read(sip: &[&[u8]], isup: &[&[u8]]) {
    for data in sip {
        drop(black_box(Message::parse(data.to_vec())));
    }
    for data in isup {
        drop(black_box(trunkline_isup::decode(data)));
    }
}

fn script(direction: Direction) -> Script {
    if trunkline_benches::measuring() {
        Script::record(direction, Duration::from_millis(10), 1_000)
    } else {
        Script::record(direction, Duration::from_secs(1), 5)
    }
}

fn named(name: &str) -> Direction {
    if name == Direction::SipToIsup.name() {
        Direction::SipToIsup
    } else {
        Direction::IsupToSip
    }
}

const DIRECTIONS: [&str; 2] = [Direction::SipToIsup.name(), Direction::IsupToSip.name()];
