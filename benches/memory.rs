//! What a stable call takes of memory: in the MGC, and as a context in the MGW; and what an idle
//! circuit takes.
//!
//! Not a benchmark of time: it prints counted heap and resident memory, after less before. Each line
//! comes from a process of its own, so that nothing lives in what something else has freed.

use core::time::Duration;
use std::process::Command;
use trunkline_benches::calls::{Plan, World};
use trunkline_benches::circuits::Trunks;
use trunkline_benches::heap::{ALLOCATOR as COUNTING, Allocator, Grown, Growth};
use trunkline_benches::streams::Contexts;
use trunkline_mgc::Direction;
use trunkline_model::media::Codec;

#[global_allocator]
static ALLOCATOR: Allocator = COUNTING;

fn main() {
    let calls = if trunkline_benches::measuring() {
        1_000
    } else {
        20
    };
    let subjects = subjects();
    let only = std::env::args().find_map(|argument| argument.strip_prefix(ONLY)?.parse().ok());
    if let Some((_, measure)) = only.and_then(|only: usize| subjects.get(only)) {
        measure(calls);
        return;
    }
    println!("octets each                                heap   resident");
    let this = std::env::current_exe().expect("a path to this program");
    for (position, (name, _)) in subjects.iter().enumerate() {
        let mut command = Command::new(&this);
        command
            .args(std::env::args().skip(1))
            .arg(format!("{ONLY}{position}"));
        let status = command.status().expect("a process");
        assert!(status.success(), "{name}: {status}");
    }
}

type Subject = (&'static str, Box<dyn Fn(usize)>);

fn subjects() -> Vec<Subject> {
    let mut subjects: Vec<Subject> = Vec::new();
    for direction in [Direction::SipToIsup, Direction::IsupToSip] {
        subjects.push((
            direction.name(),
            Box::new(move |calls| mgc(direction, calls)),
        ));
    }
    for codec in Codec::ALL {
        subjects.push((codec.name(), Box::new(move |calls| mgw(codec, calls))));
    }
    subjects.push(("circuits", Box::new(|calls| circuits(calls * 100))));
    subjects
}

/// Stable calls in the MGC, made at ten a second: once while the transactions of the last ones
/// linger, and once when only the dialogs are left.
fn mgc(direction: Direction, calls: usize) {
    let plan = Plan {
        direction,
        interval: Duration::from_millis(100),
        hold: None,
        calls,
    };
    let mut world = World::new(plan);
    let growth = Growth::start();
    world.until(world.begin_of(calls) + Duration::from_secs(3));
    let busy = growth.so_far();
    world.until(world.begin_of(calls) + Duration::from_secs(50));
    let stable = growth.so_far();
    assert_eq!(world.mgc.sip_load(), (calls, 0), "calls are not stable");
    let name = direction.name();
    print(&format!("MGC, {name}, just answered"), busy, calls);
    print(&format!("MGC, {name}, stable"), stable, calls);
}

/// Contexts in the MGW that sound has not yet passed.
fn mgw(codec: Codec, calls: usize) {
    let mut contexts = Contexts::new(calls);
    let growth = Growth::start();
    for _ in 0..calls {
        contexts.add(codec);
    }
    print(
        &format!("MGW, {codec} and a circuit"),
        growth.so_far(),
        calls,
    );
}

fn circuits(count: usize) {
    let growth = Growth::start();
    let trunks = Trunks::new(count);
    print("circuit table, a circuit", growth.so_far(), count);
    drop(trunks);
}

fn print(name: &str, grown: Grown, count: usize) {
    let each = |octets: isize| octets as f64 / count as f64;
    let (heap, resident) = (each(grown.heap), each(grown.resident));
    println!("  {name:<36} {heap:>8.0} {resident:>10.0}   of {count}");
}

/// Tells a child which line it is to print.
const ONLY: &str = "--only=";
