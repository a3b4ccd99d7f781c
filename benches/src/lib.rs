//! What the benchmarks beside this folder measure, made ready: messages, calls, circuits, streams;
//! and how they measure CPU time and memory.
//!
//! `cargo bench -p trunkline-benches` measures; `cargo test -p trunkline-benches --benches` runs
//! everything once, on small inputs, so that it does not rot.

pub mod calls;
pub mod circuits;
pub mod cpu;
pub mod heap;
pub mod messages;
pub mod peers;
pub mod prefixes;
pub mod streams;

/// Whether this process was started to measure, by `cargo bench`. If not, inputs are small.
pub fn measuring() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// Whether nothing but to measure everything was asked for: no filter, no list.
pub fn measuring_everything() -> bool {
    std::env::args().skip(1).eq(["--bench"])
}
